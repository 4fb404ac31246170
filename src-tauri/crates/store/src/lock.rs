//! The lock on the data folder. The operating system gives it up with the process, so a dead owner never blocks a start.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::Path;

use crate::error::OpenError;

const FILE: &str = "rollcall.lock";

/// Held while the store is open.
pub struct Lock {
    file: File,
}

impl Lock {
    /// Takes the folder's lock and writes down who has it.
    pub fn take(folder: &Path) -> Result<Self, OpenError> {
        let of_file = |error| OpenError::of_file(error, folder);
        let mut file = OpenOptions::new().create(true).truncate(false).read(true).write(true).open(folder.join(FILE)).map_err(of_file)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(OpenError::InUse { pid: owner(&mut file) }),
            Err(TryLockError::Error(error)) => return Err(of_file(error)),
        }
        file.set_len(0).map_err(of_file)?;
        file.seek(SeekFrom::Start(0)).map_err(of_file)?;
        writeln!(file, "{}", std::process::id()).map_err(of_file)?;
        Ok(Self { file })
    }
}

impl Drop for Lock {
    /// A process that is being started at this moment still shares the file, so closing our side alone wouldn't give it up.
    fn drop(&mut self) {
        if let Err(error) = self.file.unlock() {
            tracing::debug!(kind = ?error.kind(), "The lock on the data folder goes with the process");
        }
    }
}

/// Who has the lock: unknown for the moment between taking it and writing it down, and where a locked file can't be read.
fn owner(file: &mut File) -> Option<u32> {
    let mut text = String::new();
    file.read_to_string(&mut text).ok()?;
    text.trim().parse().ok()
}
