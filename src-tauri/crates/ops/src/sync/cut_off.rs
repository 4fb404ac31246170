//! Passes over users that the end of the program has cut off. The next start says in the journal how far each had come.

use rollcall_core::id::OrganizationId;
use rollcall_core::time::Timestamp;
use rollcall_store::journal::{self, Entry, Outcome};
use rollcall_store::{StoreError, Transaction, organizations, sessions, settings};
use serde::{Deserialize, Serialize};

/// Where they are kept while they are under way.
const KEY: &str = "sessions_under_way";
/// Who tells it, in the journal.
const BY_ITSELF: &str = "start of the program";

/// A pass under way.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct UnderWay {
    organization: OrganizationId,
    users: u32,
    since: Timestamp,
}

/// A pass over so many users begins.
pub(super) fn begun(tx: &Transaction<'_>, organization: OrganizationId, users: u32, since: Timestamp) -> Result<(), StoreError> {
    let mut all = known(tx)?;
    all.retain(|one| one.organization != organization);
    all.push(UnderWay { organization, users, since });
    settings::set(tx, KEY, &all)
}

/// The pass over an organization's users has ended, in whatever way.
pub(super) fn ended(tx: &Transaction<'_>, organization: OrganizationId) -> Result<(), StoreError> {
    let mut all = known(tx)?;
    all.retain(|one| one.organization != organization);
    settings::set(tx, KEY, &all)
}

/// Writes down which passes never ended.
pub(crate) fn tell(tx: &Transaction<'_>, now: Timestamp) -> Result<(), StoreError> {
    let all = known(tx)?;
    if all.is_empty() {
        return Ok(());
    }
    for one in all {
        let organization = match organizations::get(tx, one.organization) {
            Ok(organization) => organization,
            Err(StoreError::NotFound(_)) => continue,
            Err(error) => return Err(error),
        };
        let read = sessions::ended_since(tx, one.organization, one.since)?.min(one.users);
        let entry = Entry {
            at: now,
            actor: BY_ITSELF.to_owned(),
            tenant: Some(organization.tenant),
            action: "sync.cut_off".to_owned(),
            target: organization.name,
            before: Some(format!("{} users were to be read from {} on", one.users, one.since.iso())),
            after: Some(format!("{read} were read and are kept; {} were not, and are when they are due", one.users - read)),
            request_id: None,
            outcome: Outcome::Done,
        };
        journal::append(tx, &entry)?;
    }
    settings::set::<[UnderWay]>(tx, KEY, &[])
}

fn known(tx: &Transaction<'_>) -> Result<Vec<UnderWay>, StoreError> {
    Ok(settings::get(tx, KEY)?.unwrap_or_default())
}
