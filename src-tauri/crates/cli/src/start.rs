//! Opens the desk for one command: the data folder, the keychain, the clock, and what Ctrl+C does.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::UNIX_EPOCH;

use rollcall_core::time::{self, Clock, Timestamp};
use rollcall_identity::vault::Vault;
use rollcall_ops::desk::{Desk, Opening, Pace, StartPractice, default_folder};
use rollcall_ops::error::{Error, Result};
use tokio_util::sync::CancellationToken;

use crate::args::Globals;
use crate::exit::Exit;

/// Where the secrets of a command rest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Secrets {
    Keychain,
    /// Nowhere: what is handed in is used for this call only.
    ThisCall,
}

/// Opens the desk on the data folder that was chosen, or on this account's.
///
/// # Errors
/// Those of [`Desk::open`].
pub async fn desk(globals: &Globals, secrets: Secrets) -> Result<Desk> {
    let folder = folder(globals)?;
    let vault = match secrets {
        // The window files its secrets under the same id.
        Secrets::Keychain => Vault::open(&folder.to_string_lossy()).await,
        Secrets::ThisCall => Vault::session_only(),
    };
    open(folder, vault, None)
}

/// Opens a desk on this folder with this vault.
///
/// # Errors
/// Those of [`Desk::open`].
pub fn open(folder: PathBuf, vault: Vault, start_practice: Option<StartPractice>) -> Result<Desk> {
    Desk::open(Opening { folder, vault, clock: Arc::new(now), steady: steady(), pace: Pace::default(), start_practice })
}

/// A token that the first Ctrl+C (or SIGTERM) cancels. The second ends the process, for whoever doesn't want to wait.
pub fn stop_on_signal() -> CancellationToken {
    let stop = CancellationToken::new();
    let first = stop.clone();
    tokio::spawn(async move {
        signal().await;
        first.cancel();
        signal().await;
        std::process::exit(Exit::Incomplete as i32);
    });
    stop
}

fn folder(globals: &Globals) -> Result<PathBuf> {
    let chosen = match &globals.data_dir {
        Some(chosen) => chosen.clone(),
        None => default_folder(|name| std::env::var_os(name))
            .ok_or_else(|| Error::input("data folder", "this account has no home: say --data-dir or set ROLLCALL_DATA_DIR"))?,
    };
    std::path::absolute(chosen).map_err(|_| Error::input("data folder", "it is not a path"))
}

/// Counts the time that the computer sleeps, and isn't changed by setting its clock.
fn steady() -> Clock {
    let begun = boot_time::Instant::now();
    time::steady(now(), move || begun.elapsed())
}

/// The time of day.
pub fn now() -> Timestamp {
    #[expect(clippy::disallowed_methods, reason = "a face is where the clock is read")]
    let now = std::time::SystemTime::now();
    let since = now.duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

#[cfg(unix)]
async fn signal() {
    use tokio::signal::unix::{SignalKind, signal};
    match signal(SignalKind::terminate()) {
        Ok(mut terminate) => {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = terminate.recv() => {}
            }
        }
        Err(_) => interrupted().await,
    }
}

#[cfg(not(unix))]
async fn signal() {
    interrupted().await;
}

/// Where the system gives no signals, none ever comes.
async fn interrupted() {
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}
