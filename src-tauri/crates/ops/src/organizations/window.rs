//! Sets the change window of an organization: switches outside of it wait and begin by themselves.

use rollcall_core::change_window::{BadWindow, ChangeWindow};
use rollcall_core::id::OrganizationId;
use rollcall_core::organization::Organization;
use rollcall_store::organizations;
use serde::Deserialize;
use ts_rs::TS;

use super::record::record;
use crate::desk::Desk;
use crate::error::{Error, Result};
use crate::job::Job;

/// The organization and its window.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct SetWindow {
    pub organization: OrganizationId,
    /// Absent where users may be switched at any time.
    pub window: Option<ChangeWindow>,
}

/// Switches that wait begin at once where the new window is open, or where there is none any more.
///
/// # Errors
/// `InvalidInput` says what is wrong with the window; `NotFound`.
pub async fn set_window(desk: &Desk, ask: SetWindow, _job: &Job) -> Result<Organization> {
    let window = ask.window.map(ChangeWindow::checked).transpose().map_err(|why| Error::input(field(why), why))?;
    let now = desk.now();
    let organization = desk
        .write(move |tx| {
            let before = organizations::get(tx, ask.organization)?;
            let after = organizations::set_window(tx, ask.organization, window.as_ref())?;
            record(tx, "organizations.set_window", &before, &after, now)?;
            Ok(after)
        })
        .await?;
    desk.called.notify_one();
    Ok(organization)
}

/// Which part of a window it is.
const fn field(why: BadWindow) -> &'static str {
    match why {
        BadWindow::NoDay => "days",
        BadWindow::NotATime | BadWindow::Empty => "to",
        BadWindow::UnknownZone => "zone",
    }
}
