//! Passes over users that the end of the program has cut off. The next start says in the journal how far each had come, and to whoever
//! opens the window.

use rollcall_core::id::OrganizationId;
use rollcall_core::time::Timestamp;
use rollcall_store::journal::{self, Entry, Outcome};
use rollcall_store::{StoreError, Transaction, organizations, sessions, settings};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::cut_off;
use crate::desk::Desk;
use crate::error::Result;
use crate::job::Job;
use crate::pauses;

/// Where they are kept while they are under way.
const KEY: &str = "sessions_under_way";
/// Where they wait to be told in the window, so that a program that was opened in between forgets none.
const UNTOLD: &str = "sessions_cut_off";
/// Who tells it, in the journal.
const BY_ITSELF: &str = "start of the program";

/// A pass under way.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct UnderWay {
    organization: OrganizationId,
    users: u32,
    since: Timestamp,
}

/// A pass that was cut off.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct CutOffPass {
    pub organization: OrganizationId,
    pub organization_name: String,
    /// How many were to be read.
    pub users: u32,
    /// How many were read; what was read is kept, and the others are read when they are due, unless sessions are paused.
    pub read: u32,
    /// How many of the others were asked for: they are read next, though sessions be paused.
    #[serde(default)]
    pub forward: u32,
    pub since: Timestamp,
}

/// Answers each once: the latest of an organization.
///
/// # Errors
/// Those of the store.
pub async fn cut_off(desk: &Desk, _ask: (), _job: &Job) -> Result<Vec<CutOffPass>> {
    cut_off::taken(desk, UNTOLD).await
}

/// A pass over so many users begins.
pub(super) fn begun(
    tx: &Transaction<'_>,
    organization: OrganizationId,
    users: u32,
    since: Timestamp,
) -> std::result::Result<(), StoreError> {
    let mut all = known(tx)?;
    all.retain(|one| one.organization != organization);
    all.push(UnderWay { organization, users, since });
    settings::set(tx, KEY, &all)
}

/// The pass over an organization's users has ended, in whatever way.
pub(super) fn ended(tx: &Transaction<'_>, organization: OrganizationId) -> std::result::Result<(), StoreError> {
    let mut all = known(tx)?;
    all.retain(|one| one.organization != organization);
    settings::set(tx, KEY, &all)
}

/// Writes down which passes never ended.
pub(crate) fn tell(tx: &Transaction<'_>, now: Timestamp) -> std::result::Result<(), StoreError> {
    let all = known(tx)?;
    if all.is_empty() {
        return Ok(());
    }
    let mut untold: Vec<CutOffPass> = cut_off::listed(tx, UNTOLD)?;
    for one in all {
        untold.retain(|told| told.organization != one.organization);
        let organization = match organizations::get(tx, one.organization) {
            Ok(organization) => organization,
            Err(StoreError::NotFound(_)) => continue,
            Err(error) => return Err(error),
        };
        pauses::doubt(tx, organization.tenant, now)?;
        let read = sessions::ended_since(tx, one.organization, one.since)?.min(one.users);
        let rest = one.users - read;
        let forward = sessions::count_forward(tx, one.organization)?.min(rest);
        untold.push(CutOffPass {
            organization: one.organization,
            organization_name: organization.name.clone(),
            users: one.users,
            read,
            forward,
            since: one.since,
        });
        let later = match (organization.rhythm.paused.is_some(), rest - forward) {
            (_, 0) if forward > 0 => "are read next, as they were asked for".to_owned(),
            (true, _) if forward > 0 => {
                format!("{forward} of them are read next, as they were asked for; the rest wait, as sessions are paused")
            }
            (true, _) => "wait, as sessions are paused".to_owned(),
            (false, _) => "are when they are due".to_owned(),
        };
        let entry = Entry {
            at: now,
            actor: BY_ITSELF.to_owned(),
            tenant: Some(organization.tenant),
            action: "sync.cut_off".to_owned(),
            target: organization.name,
            before: Some(format!("{} users were to be read from {} on", one.users, one.since.iso())),
            after: Some(format!("{read} were read and are kept; {rest} were not, and {later}")),
            request_id: None,
            outcome: Outcome::Done,
        };
        journal::append(tx, &entry)?;
    }
    settings::set(tx, UNTOLD, &untold)?;
    settings::set::<[UnderWay]>(tx, KEY, &[])
}

fn known(tx: &Transaction<'_>) -> std::result::Result<Vec<UnderWay>, StoreError> {
    cut_off::listed(tx, KEY)
}
