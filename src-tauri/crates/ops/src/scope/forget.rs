//! Forgets what Exchange's test cmdlets said, all of it.

use rollcall_store::scopes;
use serde::Serialize;
use ts_rs::TS;

use crate::desk::Desk;
use crate::error::Result;
use crate::job::Job;
use crate::organizations::delete::OrganizationRef;

/// Of how many mailboxes something was forgotten.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
pub struct Forgotten {
    pub mailboxes: u32,
}

/// # Errors
/// Those of the store.
pub async fn forget(desk: &Desk, ask: OrganizationRef, _job: &Job) -> Result<Forgotten> {
    let mailboxes = desk.write(move |tx| scopes::forget_said(tx, ask.organization)).await?;
    Ok(Forgotten { mailboxes })
}
