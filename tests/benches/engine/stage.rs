//! A desk of the engine's own in a fresh folder, connected to the practice tenant and ready to import and to verify.

use std::path::Path;

use anyhow::{Result, ensure};
use rollcall_core::consent::Authorization;
use rollcall_core::id::OrganizationId;
use rollcall_core::integration::{Preset, RequiredPermission, covers};
use rollcall_core::organization::AccessType;
use rollcall_core::permission::{PermissionType, Resource};
use rollcall_core::tenant::Cloud;
use rollcall_core::workload::Workload;
use rollcall_identity::secret::ClientSecret;
use rollcall_ops::desk::{Desk, Pace};
use rollcall_ops::integrations::add::AddIntegration;
use rollcall_ops::integrations::set_secret::SetSecret;
use rollcall_ops::job::Job;
use rollcall_ops::organizations::create::CreateOrganization;
use rollcall_ops::organizations::delete::OrganizationRef;
use rollcall_ops::settings::Settings;
use rollcall_ops::tenants::add::AddTenant;
use rollcall_ops::tenants::sign_in::TenantRef;
use rollcall_ops::{consent, integrations, organizations, tenants};
use rollcall_sandbox::browser::Person;

use crate::serve::Details;

/// The workloads that are asked: what the permissions below cover.
pub const WORKLOADS: [Workload; 4] = [Workload::Mail, Workload::Calendar, Workload::Contacts, Workload::Settings];
const PERMISSIONS: [&str; 5] = ["Mail.ReadWrite", "Calendars.ReadWrite", "Contacts.ReadWrite", "MailboxSettings.Read", "User.Read.All"];

/// The pace of production; with `in_flight`, always so many at once and never more or fewer.
pub fn pace(in_flight: Option<u32>) -> Pace {
    let usual = Pace::default();
    match in_flight {
        Some(fixed) => Pace { first_in_flight: fixed, most_in_flight: fixed, ..usual },
        None => usual,
    }
}

/// Opens a desk in the folder, signs the admin in, and prepares an organization whose integration is consented to.
pub async fn set(folder: &Path, details: &Details, in_flight: Option<u32>) -> Result<(Desk, OrganizationId)> {
    let desk = rollcall_tests::open_desk(folder, &pace(in_flight)).map_err(told)?;
    let quiet = Job::quiet();
    // Nobody else uses the practice tenant, so nothing is left to the integration's live work.
    let settings = Settings { leave_to_integration: 0, ..Settings::default() };
    rollcall_ops::settings::set(&desk, settings, &quiet).await.map_err(told)?;
    let tenant = AddTenant {
        name: "Contoso".into(),
        cloud: Cloud::Custom,
        directory: details.tenant_id.clone(),
        client_id: details.client_id.clone(),
        authority: Some(details.authority.clone()),
        graph: Some(details.graph.clone()),
    };
    let tenant = tenants::add::add(&desk, tenant, &quiet).await.map_err(told)?.id;
    let permission = |name: &str| RequiredPermission {
        name: name.into(),
        kind: PermissionType::Application,
        resource: Resource::Graph,
        feature: None,
        purpose: None,
        optional: false,
    };
    let integration = AddIntegration {
        tenant,
        name: "CRM".into(),
        client_id: details.client_id.clone(),
        preset: Preset::Custom,
        permissions: Some(PERMISSIONS.map(permission).to_vec()),
    };
    let integration = integrations::add::add(&desk, integration, &quiet).await.map_err(told)?;
    let covered: Vec<Workload> =
        Workload::ALL.into_iter().filter(|&workload| covers(&integration.permissions, workload, AccessType::GraphAppOnly)).collect();
    ensure!(covered == WORKLOADS, "four workloads are to be asked, the permissions cover {covered:?}");
    let secret = SetSecret { integration: integration.id, secret: ClientSecret::new(details.client_secret.clone()) };
    integrations::set_secret::set_secret(&desk, secret, &quiet).await.map_err(told)?;
    let browser = rollcall_tests::at_the_browser(Person::Admin);
    Box::pin(tenants::sign_in::sign_in(&desk, TenantRef { tenant }, &browser)).await.map_err(told)?;
    let organization = CreateOrganization {
        name: "Contoso EU".into(),
        external_id: "EU-01".into(),
        integration: integration.id,
        access: AccessType::GraphAppOnly,
        tenant: None,
    };
    let organization = organizations::create::create(&desk, organization, &quiet).await.map_err(told)?.id;
    let consent = Box::pin(consent::read::read(&desk, OrganizationRef { organization }, &quiet)).await.map_err(told)?;
    ensure!(consent.consent.authorization == Authorization::Authorized, "the integration is not consented to");
    Ok((desk, organization))
}

/// A verb's refusal, with its code.
pub fn told(error: rollcall_ops::error::Error) -> anyhow::Error {
    anyhow::anyhow!("{error:?}")
}
