//! Changes what may be changed of an organization: its name, mailbox access type, synchronization status and rhythm.

use std::ops::RangeInclusive;

use rollcall_core::ews;
use rollcall_core::id::{OrganizationId, UserId};
use rollcall_core::mailbox::{MailboxStatus, Step};
use rollcall_core::organization::{self, AccessType, Organization, RHYTHM_FAILURES, RHYTHM_MINUTES, SyncStatus};
use rollcall_core::rules::Reason;
use rollcall_core::time::Timestamp;
use rollcall_core::timeline::Happening;
use rollcall_store::organizations::{self, OrganizationChange};
use rollcall_store::users::{Chosen, act};
use rollcall_store::{StoreError, Transaction, tenants, timeline};
use serde::Deserialize;
use ts_rs::TS;

use super::record::record;
use crate::desk::Desk;
use crate::error::{Code, Error, Result};
use crate::job::Job;

/// The changes; what is absent stays.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct ChangeOrganization {
    pub organization: OrganizationId,
    pub name: Option<String>,
    pub access: Option<AccessType>,
    pub sync: Option<SyncStatus>,
    /// Minutes between two sessions of a user: 5 to 1,440.
    #[serde(default)]
    #[ts(optional = nullable)]
    pub every_minutes: Option<u32>,
    /// After so many failed sessions in a row a user is disabled: 1 to 100.
    #[serde(default)]
    #[ts(optional = nullable)]
    pub failures: Option<u32>,
    /// Refused unless it is the one the organization has: the External ID is fixed.
    #[serde(default)]
    #[ts(optional = nullable)]
    pub external_id: Option<String>,
}

impl ChangeOrganization {
    /// No change at all, to be filled in.
    #[must_use]
    pub const fn of(organization: OrganizationId) -> Self {
        Self { organization, name: None, access: None, sync: None, every_minutes: None, failures: None, external_id: None }
    }
}

/// Another access type takes those back to EWS, or begins anew with them, who have none of their own. Nobody comes to Graph by it: from
/// EWS to Graph it is for those who come from now on, and whoever is on EWS stays there until it is switched.
///
/// # Errors
/// `ExternalIdFixed`; `InvalidInput`; `NotNow` where EWS is removed; `DuplicateName`; `NotFound`.
pub async fn change(desk: &Desk, ask: ChangeOrganization, _job: &Job) -> Result<Organization> {
    let name = ask.name.as_deref().map(organization::name).transpose().map_err(|why| Error::input("name", why))?;
    let present = desk.read(move |conn| organizations::get(conn, ask.organization)).await?;
    if ask.external_id.as_deref().is_some_and(|wanted| wanted.trim() != present.external_id.as_str()) {
        return Err(Error::new(Code::ExternalIdFixed, format!("organization {} keeps its External ID", present.id)));
    }
    let ChangeOrganization { access, sync, every_minutes, failures, .. } = ask;
    within("every_minutes", every_minutes, RHYTHM_MINUTES)?;
    within("failures", failures, RHYTHM_FAILURES)?;
    let change = OrganizationChange { name, access, sync, every_minutes, failures };
    let now = desk.now();
    let changed = desk
        .write(move |tx| {
            let before = organizations::get(tx, ask.organization)?;
            let access = access.unwrap_or(before.access);
            if before.access != access && !access.is_over_graph() && ews::is_removed(now) {
                return Ok(Err(Reason::EwsRemoved));
            }
            if before.access != access && !before.access.comes_to_graph(access) {
                start_over(tx, &before, access, now)?;
            }
            let after = organizations::change(tx, ask.organization, &change)?;
            record(tx, "organizations.change", &before, &after, now)?;
            Ok(Ok(after))
        })
        .await?
        .map_err(Error::not_now)?;
    desk.called.notify_one();
    Ok(changed)
}

/// What was read of those who have no access type of their own was read in another way than from now on.
fn start_over(tx: &Transaction<'_>, organization: &Organization, to: AccessType, now: Timestamp) -> std::result::Result<(), StoreError> {
    let users = act::concerned(tx, &Chosen::Ids(organizations::inheriting(tx, organization.id)?), &[])?;
    let ids: Vec<UserId> = users.iter().map(|one| one.user).collect();
    if organization.access.is_over_graph() && !to.is_over_graph() {
        // Whoever was never read over Graph, or was taken out, has nothing to come back from.
        let is_back = |mailbox| !matches!(mailbox, MailboxStatus::NotInitialized | MailboxStatus::Excluded);
        let back = users.iter().filter(|one| is_back(one.standing.mailbox)).map(|one| one.user);
        let by = tenants::get(tx, organization.tenant)?.admin();
        timeline::note(tx, &back.collect::<Vec<_>>(), &Happening::WentBack { to }, Some(by.as_str()).filter(|by| !by.is_empty()), now)?;
    }
    act::step(tx, &users, Step::StartedOver, now)?;
    act::forget_sessions(tx, &ids)
}

fn within(what: &str, number: Option<u32>, range: RangeInclusive<u32>) -> Result<()> {
    match number.filter(|number| !range.contains(number)) {
        None => Ok(()),
        Some(_) => Err(Error::input(what, format!("it must be between {} and {}", range.start(), range.end()))),
    }
}
