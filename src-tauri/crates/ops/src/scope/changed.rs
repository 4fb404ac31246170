//! Notes that somebody has changed what is in force, which starts the propagation clock.

use rollcall_core::id::OrganizationId;
use rollcall_core::scope::clock::{Change, Changed};
use rollcall_core::time::Timestamp;
use rollcall_store::scopes;
use serde::Deserialize;
use ts_rs::TS;

use super::show::{self, ScopeView};
use crate::desk::Desk;
use crate::error::{Error, Result};
use crate::job::Job;
use crate::organizations::delete::OrganizationRef;

/// When the script was run.
#[derive(Debug, Clone, Copy, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct NoteChange {
    pub organization: OrganizationId,
    /// Now, where absent.
    pub at: Option<Timestamp>,
}

/// # Errors
/// `InvalidInput` for a moment that hasn't come yet, or without a scope; `NotFound`.
pub async fn changed(desk: &Desk, ask: NoteChange, job: &Job) -> Result<ScopeView> {
    let at = ask.at.unwrap_or_else(|| desk.now());
    if at > desk.now() {
        return Err(Error::input("at", "this moment hasn't come yet"));
    }
    let of = OrganizationRef { organization: ask.organization };
    let facts = desk.read(move |conn| show::facts(conn, of)).await?;
    if facts.set_at.is_none() {
        return Err(Error::input("scope", "say first whom the integration is to reach"));
    }
    let what = facts.desired.limit().map_or(Changed::Rbac, |limit| Changed::by(limit.mechanism));
    desk.write(move |tx| scopes::note_change(tx, ask.organization, Change { what, at })).await?;
    show::show(desk, of, job).await
}
