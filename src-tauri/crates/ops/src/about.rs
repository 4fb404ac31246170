//! What this Rollcall is and where its data and secrets rest.

use serde::Serialize;
use ts_rs::TS;

use crate::connection;
use crate::desk::Desk;
use crate::error::Result;
use crate::job::Job;
use crate::tenants::sign_in::Kept;

/// Version, folder and keychain.
#[derive(Debug, Clone, Serialize, TS)]
pub struct About {
    pub version: String,
    pub data_folder: String,
    pub keychain: Kept,
    /// Where a damaged database was put at the start, if it was.
    pub quarantined: Option<String>,
}

/// # Errors
/// None.
pub async fn describe(desk: &Desk, _ask: (), _job: &Job) -> Result<About> {
    Ok(About {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        data_folder: desk.folder().display().to_string(),
        keychain: connection::rests(desk),
        quarantined: desk.quarantined().map(|path| path.display().to_string()),
    })
}
