//! The journal: what was changed in the tenants, by whom, and whether the record is what was written.

use rollcall_core::id::{OrganizationId, TenantId};
use rollcall_core::time::Timestamp;
pub use rollcall_store::journal::Outcome;
use rollcall_store::journal::{self, Verified};
use rollcall_store::{Connection, StoreError, organizations, tenants};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::desk::Desk;
use crate::error::Result;
use crate::job::Job;
use crate::users::query::check_window;

/// Which entries.
#[derive(Debug, Clone, Copy, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct ListJournal {
    /// Only those before this number; the latest where absent.
    pub before: Option<u32>,
    pub limit: u32,
}

/// One thing that was done, with its place in the chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct JournalEntry {
    /// 1 is the first.
    pub number: u32,
    pub at: Timestamp,
    /// The signed-in admin's principal name.
    pub actor: String,
    /// The tenant's number; stays when the tenant is forgotten.
    pub tenant: Option<TenantId>,
    /// The command, such as `consent.grant`.
    pub action: String,
    pub target: String,
    pub before: Option<String>,
    pub after: Option<String>,
    pub request_id: Option<String>,
    pub outcome: Outcome,
    /// SHA-256 over the entry and the digest before it; lower-case hexadecimal.
    pub digest: String,
}

/// Whether the chain is what was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case", tag = "state")]
pub enum JournalState {
    /// Every entry follows from the one before. A cut tail shows when `head` isn't the one that was kept elsewhere.
    Whole { entries: u32, head: String },
    /// The first entry that doesn't follow.
    Broken { at: u32 },
}

/// The admin who is signed in to an organization's tenant, or was last: who did what the journal tells of.
///
/// # Errors
/// Those of the store.
pub(crate) fn actor(conn: &Connection, organization: OrganizationId) -> std::result::Result<String, StoreError> {
    Ok(tenants::get(conn, organizations::get(conn, organization)?.tenant)?.admin())
}

/// The latest entries first.
///
/// # Errors
/// `InvalidInput` for a window that is too large.
pub async fn list(desk: &Desk, ask: ListJournal, _job: &Job) -> Result<Vec<JournalEntry>> {
    check_window(ask.limit)?;
    let kept = desk.read(move |conn| journal::list(conn, ask.before, ask.limit)).await?;
    Ok(kept.into_iter().map(JournalEntry::from).collect())
}

/// Follows the chain from the first entry to the last.
///
/// # Errors
/// Those of the store. A broken chain is an answer.
pub async fn verify(desk: &Desk, _ask: (), _job: &Job) -> Result<JournalState> {
    Ok(match desk.read(journal::verify).await? {
        Verified::Whole { entries, head } => JournalState::Whole { entries, head },
        Verified::Broken { at } => JournalState::Broken { at },
    })
}

impl From<journal::Kept> for JournalEntry {
    fn from(kept: journal::Kept) -> Self {
        let journal::Kept { number, entry, digest } = kept;
        let journal::Entry { at, actor, tenant, action, target, before, after, request_id, outcome } = entry;
        Self { number, at, actor, tenant, action, target, before, after, request_id, outcome, digest }
    }
}
