//! Notes that somebody has changed what is in force, which starts the propagation clock.

use rollcall_core::id::OrganizationId;
use rollcall_core::scope::clock::{Change, Changed, Untold, told};
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
/// `InvalidInput` for a moment at which it can't have been, or without a scope; `NotFound`.
pub async fn changed(desk: &Desk, ask: NoteChange, job: &Job) -> Result<ScopeView> {
    let now = desk.now();
    let at = ask.at.unwrap_or(now);
    let of = OrganizationRef { organization: ask.organization };
    let facts = desk.read(move |conn| show::facts(conn, of)).await?;
    if facts.set_at.is_none() {
        return Err(Error::input("scope", "say first whom the integration is to reach"));
    }
    told(at, facts.changed_after, now).map_err(|why| Error::input("at", reason(why)))?;
    let what = facts.desired.limit().map_or(Changed::Rbac, |limit| Changed::by(limit.mechanism));
    desk.write(move |tx| scopes::note_change(tx, ask.organization, Change { what, at })).await?;
    show::show(desk, of, job).await
}

fn reason(why: Untold) -> String {
    match why {
        Untold::NotYet => "this moment hasn't come yet".to_owned(),
        Untold::LongAgo { since } => {
            format!("it is before {}: what was changed then has long settled; say that moment, or the real one", since.utc())
        }
        Untold::StillBefore { read } => format!(
            "Rollcall read what was in force before the change as late as {}: the change came after that, so say a later moment",
            read.utc()
        ),
    }
}
