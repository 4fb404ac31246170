//! Opens the desk for the window: the data folder, the keychain, the clock.

use std::sync::Arc;
use std::time::UNIX_EPOCH;

use rollcall_core::time::{self, Clock, Timestamp};
use rollcall_identity::vault::Vault;
use rollcall_ops::desk::{Desk, Opening, Pace, default_folder};
use rollcall_ops::error::{Error, Result};

use crate::practice;

/// Opens the desk on the data folder of this user, or on the one that `ROLLCALL_DATA_DIR` names.
///
/// # Errors
/// Those of [`Desk::open`]; the window then shows them in place of the console.
pub async fn desk() -> Result<Desk> {
    let folder = default_folder(|name| std::env::var_os(name))
        .ok_or_else(|| Error::input("data folder", "this account has no home; set ROLLCALL_DATA_DIR"))?;
    // Secrets are filed under the folder's path, which has to be the same wherever Rollcall is started from.
    let folder = std::path::absolute(folder).map_err(|_| Error::input("data folder", "it is not a path"))?;
    let vault = Vault::open(&folder.to_string_lossy()).await;
    Desk::open(Opening { folder, vault, clock: clock(), steady: steady(), pace: Pace::default(), start_practice: Some(practice::start()) })
}

/// Counts the time that the computer sleeps, and isn't changed by setting its clock.
fn steady() -> Clock {
    let begun = boot_time::Instant::now();
    time::steady(clock()(), move || begun.elapsed())
}

fn clock() -> Clock {
    Arc::new(|| {
        #[expect(clippy::disallowed_methods, reason = "a face is where the clock is read")]
        let now = std::time::SystemTime::now();
        let since = now.duration_since(UNIX_EPOCH).unwrap_or_default();
        Timestamp(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
    })
}
