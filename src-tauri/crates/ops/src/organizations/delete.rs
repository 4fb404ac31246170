//! Deletes an organization: an empty one, or by force with all its users. Its runs and sessions go with it; the journal stays.

use rollcall_core::id::OrganizationId;
use rollcall_core::rules::{self, Reason};
use rollcall_store::journal::{self, Entry, Outcome};
pub use rollcall_store::organizations::Belongings;
use rollcall_store::{deltas, organizations, tenants};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::describe;
use crate::desk::Desk;
use crate::error::{Code, Error, Result};
use crate::job::Job;
use crate::mailboxes::tokens;

/// The organization meant.
#[derive(Debug, Clone, Copy, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct OrganizationRef {
    pub organization: OrganizationId,
}

/// The organization to delete, and whether its users go with it.
#[derive(Debug, Clone, Copy, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct DeleteOrganization {
    pub organization: OrganizationId,
    /// Also while it has users, those whose mailbox is initialized among them.
    pub force: bool,
    /// How many users it was agreed to delete with it. Where it has another number by now, nothing is done.
    #[serde(default)]
    #[ts(optional = nullable)]
    pub expected: Option<u32>,
}

/// The organizations of which deleting is considered.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct ForeseeDeletion {
    pub organizations: Vec<OrganizationId>,
}

/// What would go with an organization, and why it can't be deleted as it is.
#[derive(Debug, Clone, Copy, Serialize, TS)]
pub struct Deletion {
    pub organization: OrganizationId,
    pub belongings: Belongings,
    /// Without force, and with it.
    pub refused: Option<Reason>,
    pub refused_by_force: Option<Reason>,
}

/// Says what would go, without deleting anything. Organizations that are gone already are left out.
///
/// # Errors
/// Those of the store.
pub async fn foresee(desk: &Desk, ask: ForeseeDeletion, _job: &Job) -> Result<Vec<Deletion>> {
    let mut found = Vec::with_capacity(ask.organizations.len());
    for organization in ask.organizations {
        let standing = match describe::standing(desk, organization).await {
            Err(gone) if gone.code == Code::NotFound => continue,
            standing => standing?,
        };
        found.push(Deletion {
            organization,
            belongings: desk.read(move |conn| organizations::belongings(conn, organization)).await?,
            refused: rules::may_delete_organization(&standing).err(),
            refused_by_force: rules::may_delete_with_users(&standing).err(),
        });
    }
    Ok(found)
}

/// Sessions under way end first; whatever they still read is nobody's.
///
/// # Errors
/// `NotNow` while it has users and isn't forced, or a run is under way; `Changed` when it has another number of users than was agreed
/// to; `NotFound`.
pub async fn delete(desk: &Desk, ask: DeleteOrganization, _job: &Job) -> Result<Belongings> {
    let standing = describe::standing(desk, ask.organization).await?;
    let may = if ask.force { rules::may_delete_with_users(&standing) } else { rules::may_delete_organization(&standing) };
    may.map_err(Error::not_now)?;
    desk.syncing().stop(ask.organization);
    let now = desk.now();
    let deleted = desk
        .write(move |tx| {
            let organization = organizations::get(tx, ask.organization)?;
            let gone = organizations::belongings(tx, organization.id)?;
            if ask.expected.is_some_and(|expected| expected != gone.users) {
                return Ok(Err(Error::new(Code::Changed, format!("it has {} users by now", gone.users))));
            }
            if gone.users > 0 && !ask.force {
                return Ok(Err(Error::not_now(Reason::HasUsers)));
            }
            let Belongings { users, initialized, runs, .. } = gone;
            let entry = Entry {
                at: now,
                actor: tenants::get(tx, organization.tenant)?.admin(),
                tenant: Some(organization.tenant),
                action: "organizations.delete".to_owned(),
                target: organization.name,
                before: Some(format!(
                    "{}: {users} users, {initialized} of them initialized or switching; {runs} runs",
                    organization.external_id
                )),
                after: None,
                request_id: None,
                outcome: Outcome::Done,
            };
            journal::append(tx, &entry)?;
            // Whom the next import is to bring back, no change of the directory names.
            deltas::forget_tenant(tx, organization.tenant)?;
            organizations::delete(tx, organization.id)?;
            Ok(Ok(gone))
        })
        .await?;
    tokens::drop_after_removal(desk).await;
    deleted
}
