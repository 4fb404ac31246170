//! Sets up two organizations of the practice tenant to look at and to practise with: one whose integration reads everybody in its own
//! name, and one whose users sign in on their own and have several mailboxes. All of it is done by the verbs that an admin uses; people of
//! the practice tenant act at the pages of the browser.

use std::sync::Arc;
use std::time::Duration;

use rollcall_core::id::{AppId, IntegrationId, OrganizationId, TenantId};
use rollcall_core::integration::Preset;
use rollcall_core::organization::{AccessType, Organization};
use rollcall_core::rules::Reason;
use rollcall_store::users::{self, Sort, UserFilter, UserRow};
use rollcall_store::{integrations, organizations, tenants};
use serde::Serialize;
use ts_rs::TS;

use super::ground::Ground;
use crate::connection;
use crate::desk::Desk;
use crate::error::{Code, Error, Result};
use crate::integrations::add::{self, AddIntegration};
use crate::job::Job;
use crate::organizations::create::{self, CreateOrganization};
use crate::organizations::delete::OrganizationRef;
use crate::organizations::describe::{self, OrganizationView};
use crate::tenants::sign_in::TenantRef;
use crate::users::import::{self, ImportUsers, Source};

mod by_application;
mod by_users;

/// The two organizations.
#[derive(Debug, Clone, Serialize, TS)]
pub struct Examples {
    pub by_application: Organization,
    pub by_users: Organization,
}

/// What is there already stays as it is, and what is missing comes to it: after a failure part-way, or a start that forgot consent, checks
/// and sign-ins, the same call goes on from there.
///
/// # Errors
/// `InvalidInput` for a tenant that isn't this process's practice tenant; `NotNow` until somebody has signed in to it; those of the verbs
/// that set them up, after which what was made stays.
pub async fn examples(desk: &Desk, ask: TenantRef, job: &Job) -> Result<Examples> {
    let tenant = desk.read(move |conn| tenants::get(conn, ask.tenant)).await?;
    let ground = desk.practice().filter(|_| tenant.practice);
    let ground = ground.ok_or_else(|| Error::input("tenant", "it is not a practice tenant that runs here"))?;
    if !connection::is_signed_in(desk, tenant.id).await {
        return Err(Error::not_now(Reason::NotSignedIn));
    }
    let place = Place { desk, ground, tenant: tenant.id, job };
    let by_application = Box::pin(by_application::set_up(&place)).await?;
    let by_users = Box::pin(by_users::set_up(&place)).await?;
    Ok(Examples { by_application, by_users })
}

/// Where they are set up.
struct Place<'a> {
    desk: &'a Desk,
    ground: Arc<Ground>,
    tenant: TenantId,
    job: &'a Job,
}

/// An organization as it is wanted, and whom to bring in.
struct Example {
    name: &'static str,
    external_id: &'static str,
    access: AccessType,
    filter: &'static str,
}

impl Place<'_> {
    /// The integration of this name, made where there is none.
    async fn integration(&self, name: &str, client_id: AppId, preset: Preset) -> Result<IntegrationId> {
        let tenant = self.tenant;
        let known = self.desk.read(move |conn| integrations::list(conn, Some(tenant))).await?;
        if let Some(known) = known.iter().find(|integration| integration.name == name) {
            return Ok(known.id);
        }
        let ask = AddIntegration { tenant, name: name.to_owned(), client_id: client_id.to_string(), preset, permissions: None };
        Ok(add::add(self.desk, ask, self.job).await?.id)
    }

    /// The organization of an example, made where there is none.
    async fn organization(&self, example: &Example, integration: IntegrationId) -> Result<Organization> {
        let (tenant, name) = (self.tenant, example.name);
        let known = self.desk.read(move |conn| organizations::list(conn, Some(tenant))).await?;
        if let Some(known) = known.into_iter().find(|organization| organization.name == name) {
            return Ok(known);
        }
        let ask = CreateOrganization {
            name: name.to_owned(),
            external_id: example.external_id.to_owned(),
            integration,
            access: example.access,
            tenant: Some(tenant),
        };
        create::create(self.desk, ask, self.job).await
    }

    /// Brings in whom the example wants.
    async fn bring_in(&self, organization: OrganizationId, example: &Example) -> Result<()> {
        let from = Source::Filter { odata: example.filter.to_owned() };
        let ask = ImportUsers { organization, from, anew: false };
        Box::pin(import::import(self.desk, ask, self.job)).await.map(drop)
    }

    /// The same job, which is stopped after so long.
    fn for_at_most(&self, long: Duration) -> Job {
        let (stop, told) = (self.job.stop.child_token(), self.job.clone());
        let over = stop.clone();
        tokio::spawn(async move {
            tokio::time::sleep(long).await;
            over.cancel();
        });
        Job::new(stop, move |progress| told.tell(progress))
    }

    /// Checks and sessions that are stopped keep what they have, and are no errors; what comes after them isn't begun.
    fn goes_on(&self) -> Result<()> {
        if self.job.stop.is_cancelled() { Err(Error::new(Code::Stopped, "stopped on request")) } else { Ok(()) }
    }

    async fn view(&self, organization: OrganizationId) -> Result<OrganizationView> {
        describe::describe(self.desk, OrganizationRef { organization }, self.job).await
    }

    /// An organization's users, by name.
    async fn members(&self, organization: OrganizationId) -> Result<Vec<UserRow>> {
        let filter = UserFilter { organization: Some(organization), ..UserFilter::default() };
        let read = move |conn: &rollcall_store::Connection| {
            users::in_order(conn, &filter, Sort::default())?.into_iter().map(|id| users::get(conn, id)).collect()
        };
        self.desk.read(read).await
    }
}
