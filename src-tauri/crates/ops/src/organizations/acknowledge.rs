//! Acknowledges what Graph can't do for an organization's integration, which is asked before its users are switched.

use rollcall_core::organization::Organization;
use rollcall_store::journal::{self, Entry, Outcome};
use rollcall_store::{organizations, tenants};

use super::delete::OrganizationRef;
use crate::desk::Desk;
use crate::error::Result;
use crate::job::Job;

/// # Errors
/// `NotFound`.
pub async fn acknowledge(desk: &Desk, ask: OrganizationRef, _job: &Job) -> Result<Organization> {
    let now = desk.now();
    desk.write(move |tx| {
        let organization = organizations::get(tx, ask.organization)?;
        let actor = tenants::get(tx, organization.tenant)?.admin();
        let entry = Entry {
            at: now,
            actor: actor.clone(),
            tenant: Some(organization.tenant),
            action: "organizations.acknowledge".to_owned(),
            target: organization.name,
            before: None,
            after: None,
            request_id: None,
            outcome: Outcome::Done,
        };
        journal::append(tx, &entry)?;
        organizations::acknowledge(tx, ask.organization, &actor, now)
    })
    .await
}
