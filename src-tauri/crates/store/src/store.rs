//! The open store: one writer, several readers, and the news of each commit.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError, RwLock};

use rusqlite::{Connection, Transaction, TransactionBehavior};

use crate::changes::Changes;
use crate::error::StoreError;
use crate::lock::Lock;
use crate::users::Roster;
use crate::{open, organizations};

/// Told the new revision after each commit. It runs on the writer's thread and must not write to the store itself.
pub type Listener = Box<dyn Fn(u64) + Send + Sync>;

/// Readers that wait for their next use; more are opened when all are busy and closed again afterwards.
const IDLE_READERS: usize = 4;

/// What is remembered on disk. While it lives, no other process can open the same folder.
pub struct Store {
    // Fields are dropped in this order: the writer closes last of the connections, because only it can fold the WAL into the
    // file, and all of them before the lock is given up.
    readers: Mutex<Vec<Connection>>,
    writer: Mutex<Connection>,
    folder: PathBuf,
    revision: AtomicU64,
    listener: RwLock<Option<Listener>>,
    changes: Changes,
    /// Who there is, in short: read when somebody first asks for a window of users.
    roster: Mutex<Option<Roster>>,
    _lock: Lock,
}

impl Store {
    pub(crate) fn new(mut writer: Connection, folder: PathBuf, lock: Lock) -> Result<Self, StoreError> {
        Ok(Self {
            changes: Changes::of(&mut writer)?,
            roster: Mutex::new(None),
            writer: Mutex::new(writer),
            readers: Mutex::new(Vec::new()),
            folder,
            revision: AtomicU64::new(0),
            listener: RwLock::new(None),
            _lock: lock,
        })
    }

    /// The folder that everything rests in.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// How many commits there were since the store was opened.
    pub fn revision(&self) -> u64 {
        self.revision.load(Ordering::Acquire)
    }

    /// Sets who is told of each commit, in place of whoever was.
    pub fn on_change(&self, listener: Listener) {
        *self.listener.write().unwrap_or_else(PoisonError::into_inner) = Some(listener);
    }

    /// Reads: what `read` sees is one moment of the store, whatever is written meanwhile.
    ///
    /// # Errors
    /// Those of `read`, and [`StoreError`] when no connection can be had.
    pub fn read<T>(&self, read: impl FnOnce(&Connection) -> Result<T, StoreError>) -> Result<T, StoreError> {
        let idle = held(&self.readers).pop();
        let mut reader = idle.map_or_else(|| open::reader(&self.folder), Ok)?;
        let answer = read(&*reader.transaction()?);
        let mut idle = held(&self.readers);
        if idle.len() < IDLE_READERS {
            idle.push(reader);
        }
        answer
    }

    /// Reads with the roster as it is in the moment that is read.
    ///
    /// # Errors
    /// Those of `read`, and [`StoreError`] when the roster can't be read.
    pub(crate) fn read_roster<T>(&self, read: impl FnOnce(&Connection, &mut Roster) -> Result<T, StoreError>) -> Result<T, StoreError> {
        let mut kept = held(&self.roster);
        // Until it is true again there is no roster: after a failure or a panic in between it is read as a whole.
        let (before, taken) = (kept.take(), self.changes.take());
        self.read(|conn| {
            // The first statement fixes the moment that is read.
            let organizations = organizations::standings(conn)?;
            let touched = taken.and(self.changes.peek());
            let roster = Roster::renewed(before, conn, &touched, organizations)?;
            read(conn, kept.insert(roster))
        })
    }

    /// Writes: all of `write` is kept, or, when it fails or panics, nothing. After the commit the revision has grown and the
    /// listener was told.
    ///
    /// # Errors
    /// Those of `write`, and [`StoreError`] when the commit fails.
    pub fn write<T>(&self, write: impl FnOnce(&Transaction<'_>) -> Result<T, StoreError>) -> Result<T, StoreError> {
        let answer = {
            let mut writer = held(&self.writer);
            let transaction = writer.transaction_with_behavior(TransactionBehavior::Immediate)?;
            self.changes.begin();
            let answer = write(&transaction)?;
            self.changes.announce();
            transaction.commit()?;
            self.changes.publish();
            answer
        };
        let revision = self.revision.fetch_add(1, Ordering::AcqRel) + 1;
        if let Some(listener) = self.listener.read().unwrap_or_else(PoisonError::into_inner).as_ref() {
            listener(revision);
        }
        Ok(answer)
    }
}

/// A panic inside a transaction rolled it back when it unwound, so the connection behind a poisoned mutex is sound.
fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
