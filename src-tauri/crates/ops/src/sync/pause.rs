//! Has an organization's sessions wait, or go on. Sessions that are brought forward run all the same.

use rollcall_core::id::OrganizationId;
use rollcall_core::organization::Organization;
use rollcall_store::organizations;
use serde::Deserialize;
use ts_rs::TS;

use crate::desk::Desk;
use crate::error::Result;
use crate::job::Job;
use crate::organizations::record::record;

/// The organization, and whether its sessions are to wait.
#[derive(Debug, Clone, Copy, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct PauseSessions {
    pub organization: OrganizationId,
    pub paused: bool,
}

/// Sessions under way end at the next safe point; what they read is kept.
///
/// # Errors
/// `NotFound`.
pub async fn pause(desk: &Desk, ask: PauseSessions, _job: &Job) -> Result<Organization> {
    let now = desk.now();
    let organization = desk
        .write(move |tx| {
            let before = organizations::get(tx, ask.organization)?;
            let after = organizations::pause(tx, ask.organization, ask.paused.then_some(now))?;
            record(tx, "sync.pause", &before, &after, now)?;
            Ok(after)
        })
        .await?;
    if ask.paused {
        desk.syncing().stop(ask.organization);
    } else {
        desk.called.notify_one();
    }
    Ok(organization)
}
