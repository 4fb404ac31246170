//! Opens the practice tenant: starts it, and connects it like any other tenant, with its integration and that one's secret.

use rollcall_core::id::{IntegrationId, TenantId};
use rollcall_core::integration::{Integration, Preset};
use rollcall_core::presets;
use rollcall_core::tenant::{Cloud, Tenant};
use rollcall_identity::vault::SecretName;
use rollcall_store::grants;
use rollcall_store::integrations::{self, IntegrationChange, NewIntegration};
use rollcall_store::mailboxes;
use rollcall_store::tenants::{self, NewTenant};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::ground::Ground;
use crate::connection;
use crate::desk::Desk;
use crate::error::{Code, Error, Result};
use crate::job::Job;
use crate::mailboxes::tokens;

/// Its name among the tenants.
const NAME: &str = "Practice tenant";
/// The name of the vendor's application, once it is an integration.
pub(super) const VENDOR: &str = "Practice Outreach";
/// The name of the one that reads everybody in its own name, once it is an integration.
pub(super) const READER: &str = "Practice Revenue Grid";
/// The name of its integration.
const INTEGRATION: &str = "Practice integration";

/// How to start it.
#[derive(Debug, Clone, Copy, Default, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct OpenPractice {
    /// How many users it has; the default where absent.
    pub users: Option<u32>,
    /// From which seed its people and faults are made.
    pub seed: Option<u32>,
}

/// The practice tenant as it is connected.
#[derive(Debug, Clone, Serialize, TS)]
pub struct Practice {
    pub tenant: Tenant,
    pub integration: Integration,
}

/// Each start is a fresh tenant in which nothing is granted and nobody signed in; organizations and users of an earlier
/// rehearsal stay, their grants count as unread and their mailboxes as not checked.
///
/// # Errors
/// `InvalidInput` where this face has no practice tenant; `Internal` when no port on loopback can be had.
pub async fn open(desk: &Desk, ask: OpenPractice, _job: &Job) -> Result<Practice> {
    let Some(start) = desk.start_practice() else {
        return Err(Error::input("command", "this face has no practice tenant"));
    };
    let ground = start(ask.users, ask.seed.map(u64::from))
        .await
        .map_err(|error| Error::new(Code::Internal, format!("the practice tenant could not start: {:?}", error.kind())))?;
    let ground = desk.set_practice(ground);
    let now = desk.now();
    let new = NewTenant {
        name: NAME.to_owned(),
        cloud: Cloud::Custom,
        authority: ground.authority.clone(),
        graph: ground.graph.clone(),
        directory: ground.directory.clone(),
        client_id: ground.console,
        practice: true,
    };
    let tenant = desk
        .write(move |tx| match tenants::list(tx)?.into_iter().find(|tenant| tenant.practice) {
            Some(known) => tenants::reconnect(tx, known.id, &new),
            None => tenants::insert(tx, &new, now),
        })
        .await?;
    forget_sign_ins(desk, tenant.id).await?;
    let (integration, reader) = integrations_of(desk, &tenant, &ground).await?;
    connection::keep(desk, SecretName::Credential(integration.id), ground.client_secret.reveal()).await;
    if let Some(reader) = reader {
        connection::keep(desk, SecretName::Credential(reader), ground.reader_secret.reveal()).await;
    }
    Ok(Practice { tenant, integration })
}

/// Whether a practice tenant was connected before.
pub async fn is_known(desk: &Desk) -> bool {
    desk.read(tenants::list).await.is_ok_and(|tenants| tenants.iter().any(|tenant| tenant.practice))
}

/// Tokens of an earlier start are worth nothing at this one.
async fn forget_sign_ins(desk: &Desk, tenant: TenantId) -> Result<()> {
    desk.app_only().clear();
    desk.gates().remove(&tenant);
    desk.write(move |tx| mailboxes::forget_sign_ins(tx, tenant)).await?;
    tokens::drop_discarded(desk).await?;
    connection::end_sign_in(desk, tenant).await
}

/// The practice integration, made where there is none; and that of the application that reads everybody in its own name, if there is one.
async fn integrations_of(desk: &Desk, tenant: &Tenant, ground: &Ground) -> Result<(Integration, Option<IntegrationId>)> {
    let new = NewIntegration {
        tenant: tenant.id,
        name: INTEGRATION.to_owned(),
        client_id: ground.client_id,
        preset: Preset::RevenueGrid,
        permissions: presets::permissions(Preset::RevenueGrid),
    };
    let (now, vendor, reader) = (desk.now(), ground.vendor, ground.reader);
    desk.write(move |tx| {
        let known = integrations::list(tx, Some(new.tenant))?;
        let of = |client_id| IntegrationChange { client_id: Some(client_id), ..IntegrationChange::default() };
        let mut reads = None;
        for integration in &known {
            grants::forget(tx, integration.id)?;
            integrations::forget_checks(tx, integration.id)?;
            // Another seed makes other applications.
            if integration.name == VENDOR {
                integrations::change(tx, integration.id, &of(vendor))?;
            } else if integration.name == READER {
                reads = Some(integrations::change(tx, integration.id, &of(reader))?.id);
            }
        }
        let client_id = new.client_id;
        let by_name = |integration: &Integration| integration.name == INTEGRATION;
        let own = match known.into_iter().find(|integration| integration.client_id == client_id || by_name(integration)) {
            Some(integration) => integrations::change(tx, integration.id, &of(client_id))?,
            None => integrations::insert(tx, &new, now)?,
        };
        Ok((own, reads))
    })
    .await
}
