//! Sets up two organizations of the practice tenant to look at and to practise with: one whose integration reads everybody in its own
//! name, and one whose users sign in on their own and have several mailboxes.

use rollcall_core::action::Action;
use rollcall_core::id::{IntegrationId, OrganizationId, TenantId};
use rollcall_core::integration::Preset;
use rollcall_core::membership_rule::{Attribute, Condition, RuleAction, Test};
use rollcall_core::organization::{AccessType, Organization};
use rollcall_core::rules::Reason;
use rollcall_core::user::DirectoryUser;
use rollcall_store::users::{self, Chosen, Sort, UserFilter, UserRow};
use rollcall_store::{integrations, organizations, tenants};
use serde::Serialize;
use ts_rs::TS;

use super::open::{INTEGRATION, VENDOR};
use crate::connection;
use crate::desk::Desk;
use crate::error::{Error, Result};
use crate::integrations::add::{self, AddIntegration};
use crate::job::Job;
use crate::mailboxes::check::MailboxRef;
use crate::mailboxes::secondary;
use crate::organizations::create::{self, CreateOrganization};
use crate::rules;
use crate::rules::add::AddRule;
use crate::tenants::sign_in::TenantRef;
use crate::users::act::{self, ActOnUsers};
use crate::users::import::{self, ImportUsers, Source};

/// What is set up, and for whom.
const BY_APPLICATION: Example =
    Example { name: "Example: app-only", external_id: "EXAMPLE-APP", access: AccessType::GraphAppOnly, filter: "department eq 'Sales'" };
const BY_USERS: Example = Example {
    name: "Example: delegated",
    external_id: "EXAMPLE-USERS",
    access: AccessType::GraphDelegated,
    filter: "department eq 'Marketing'",
};
/// So many people of the first are still reached over EWS, to be switched.
const ON_EWS: usize = 10;
/// Whom a rule of the first finds: those who are in, and others whom it proposes.
const BY_RULE: [&str; 2] = ["Sales", "Legal"];
/// So many people get another mailbox.
const WITH_SECONDARY: usize = 2;
const MOST: usize = 1_000;

struct Example {
    name: &'static str,
    external_id: &'static str,
    access: AccessType,
    filter: &'static str,
}

/// The two organizations.
#[derive(Debug, Clone, Serialize, TS)]
pub struct Examples {
    pub by_application: Organization,
    pub by_users: Organization,
}

/// What is there already stays as it is.
///
/// # Errors
/// `InvalidInput` for a tenant that isn't this process's practice tenant; `NotNow` until somebody has signed in to it; those of
/// importing.
pub async fn examples(desk: &Desk, ask: TenantRef, job: &Job) -> Result<Examples> {
    let tenant = desk.read(move |conn| tenants::get(conn, ask.tenant)).await?;
    let vendor = desk.practice_vendor().filter(|_| tenant.practice);
    let vendor = vendor.ok_or_else(|| Error::input("tenant", "it is not a practice tenant that runs here"))?;
    if !connection::is_signed_in(desk, tenant.id).await {
        return Err(Error::not_now(Reason::NotSignedIn));
    }
    let known = desk.read(move |conn| integrations::list(conn, Some(ask.tenant))).await?;
    let named = |name: &str| known.iter().find(|integration| integration.name == name).map(|integration| integration.id);
    let own = named(INTEGRATION).ok_or_else(|| Error::not_found("the practice integration is gone"))?;
    let vendors = match named(VENDOR) {
        Some(known) => known,
        None => {
            let ask = AddIntegration {
                tenant: tenant.id,
                name: VENDOR.to_owned(),
                client_id: vendor.to_string(),
                preset: Preset::Outreach,
                permissions: None,
            };
            add::add(desk, ask, job).await?.id
        }
    };
    let (by_application, is_new) = organization(desk, tenant.id, &BY_APPLICATION, own, job).await?;
    if is_new {
        leave_on_ews(desk, by_application.id, job).await?;
        propose(desk, tenant.id, by_application.id, job).await?;
    }
    let (by_users, _) = organization(desk, tenant.id, &BY_USERS, vendors, job).await?;
    name_secondaries(desk, by_users.id, job).await?;
    Ok(Examples { by_application, by_users })
}

/// The organization of an example, and whether it was made just now.
async fn organization(
    desk: &Desk,
    tenant: TenantId,
    example: &Example,
    integration: IntegrationId,
    job: &Job,
) -> Result<(Organization, bool)> {
    let name = example.name;
    let known = desk.read(move |conn| organizations::list(conn, Some(tenant))).await?;
    if let Some(known) = known.into_iter().find(|organization| organization.name == name) {
        return Ok((known, false));
    }
    let ask = CreateOrganization {
        name: name.to_owned(),
        external_id: example.external_id.to_owned(),
        integration,
        access: example.access,
        tenant: Some(tenant),
    };
    let organization = create::create(desk, ask, job).await?;
    let from = Source::Filter { odata: example.filter.to_owned() };
    Box::pin(import::import(desk, ImportUsers { organization: organization.id, from, anew: false }, job)).await?;
    Ok((organization, true))
}

/// Some are reached over EWS still, so that a switch to Graph can be practised from its beginning.
async fn leave_on_ews(desk: &Desk, organization: OrganizationId, job: &Job) -> Result<()> {
    let first = members(desk, organization, ON_EWS).await?.into_iter().map(|row| row.user.id).collect();
    let action = Action::SetAccess { access: Some(AccessType::EwsAppOnly) };
    act::act(desk, ActOnUsers { users: Chosen::Ids(first), action, expected: None }, job).await.map(drop)
}

/// A rule, and the people whom it proposes.
async fn propose(desk: &Desk, tenant: TenantId, organization: OrganizationId, job: &Job) -> Result<()> {
    let is = Test::OneOf { values: BY_RULE.map(str::to_owned).to_vec() };
    let condition = Condition::Attribute { attribute: Attribute::Department, is };
    rules::add::add(desk, AddRule { organization, condition, action: RuleAction::Propose }, job).await?;
    Box::pin(rules::evaluate::evaluate(desk, TenantRef { tenant }, job)).await.map(drop)
}

/// So many of an organization's users, by name.
async fn members(desk: &Desk, organization: OrganizationId, most: usize) -> Result<Vec<UserRow>> {
    let filter = UserFilter { organization: Some(organization), ..UserFilter::default() };
    desk.read(move |conn| users::in_order(conn, &filter, Sort::default())?.into_iter().take(most).map(|id| users::get(conn, id)).collect())
        .await
}

/// Each gets the mailbox of the colleague who comes next: those first whose addresses are of several kinds.
async fn name_secondaries(desk: &Desk, organization: OrganizationId, job: &Job) -> Result<()> {
    let mut rows = members(desk, organization, MOST).await?;
    rows.retain(|row| row.user.directory.enabled && row.user.directory.mail.is_some());
    rows.sort_by_key(|row| std::cmp::Reverse(kinds(&row.user.directory)));
    for pair in rows.chunks_exact(2).take(WITH_SECONDARY) {
        let [one, other] = pair else { continue };
        name(desk, one, other, job).await?;
    }
    Ok(())
}

async fn name(desk: &Desk, one: &UserRow, other: &UserRow, job: &Job) -> Result<()> {
    let ask = MailboxRef { user: one.user.id, address: other.user.directory.upn.clone() };
    match secondary::add(desk, ask, job).await {
        // It is on the list since the last time.
        Err(error) if error.code == crate::error::Code::InvalidInput => Ok(()),
        named => named.map(|_| ()),
    }
}

/// How many kinds of address somebody has beside the primary one.
fn kinds(directory: &DirectoryUser) -> usize {
    usize::from(directory.mail.as_ref().is_some_and(|mail| *mail != directory.upn)) + usize::from(!directory.aliases.is_empty())
}
