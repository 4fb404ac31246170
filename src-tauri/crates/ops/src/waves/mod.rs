//! What an admin does with a rollout in waves: plan it, look at it, set its criteria, put users into another wave, start a wave, hold
//! it, drop the plan. A whole wave goes back as its users do, whom a filter names.

pub mod criteria;
pub mod hold;
pub mod plan;
pub mod put;
pub mod remove;
pub mod show;
pub mod start;

use rollcall_core::id::OrganizationId;
use rollcall_core::time::Timestamp;
use rollcall_store::journal::{self, Entry, Outcome};
use rollcall_store::{StoreError, Transaction, organizations};

/// Writes into the journal what was done with a plan or a wave of it.
fn record(
    tx: &Transaction<'_>,
    organization: OrganizationId,
    action: &str,
    (before, after): (Option<String>, Option<String>),
    actor: &str,
    now: Timestamp,
) -> std::result::Result<(), StoreError> {
    let organization = organizations::get(tx, organization)?;
    let entry = Entry {
        at: now,
        actor: actor.to_owned(),
        tenant: Some(organization.tenant),
        action: action.to_owned(),
        target: organization.name,
        before,
        after,
        request_id: None,
        outcome: Outcome::Done,
    };
    journal::append(tx, &entry)?;
    Ok(())
}
