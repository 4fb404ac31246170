//! Acknowledges what Graph can't do for an organization's integration, which is asked before its integration gets consent or its users are
//! switched, and once for the same.

use rollcall_core::organization::{Acknowledged, Organization};
use rollcall_core::presets;
use rollcall_store::journal::{self, Entry, Outcome};
use rollcall_store::{integrations, organizations, tenants};

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
        let limitations = presets::limitations(integrations::get(tx, organization.integration)?.preset);
        let read = Acknowledged {
            at: now,
            by: Some(actor.clone()).filter(|actor| !actor.is_empty()),
            integration: organization.integration,
            limitations: limitations.iter().map(|&text| text.to_owned()).collect(),
        };
        let entry = Entry {
            at: now,
            actor,
            tenant: Some(organization.tenant),
            action: "organizations.acknowledge".to_owned(),
            target: organization.name,
            before: None,
            after: Some(format!("{} limitations", limitations.len())),
            request_id: None,
            outcome: Outcome::Done,
        };
        journal::append(tx, &entry)?;
        organizations::acknowledge(tx, ask.organization, &read)
    })
    .await
}
