//! What a tenant lets its users consent to, what they have asked for, and which roles the signed-in admin has: read, and remembered
//! with the time of the read.

use rollcall_core::approval::Part;
use rollcall_core::id::{AppId, TenantId};
use rollcall_core::role::{Action, Role};
use rollcall_core::time::Timestamp;
use rollcall_core::user_consent::ConsentSettings;
use rollcall_graph::send::Graph;
use rollcall_graph::{consent_requests, consent_settings, me};
use rollcall_store::{Connection, StoreError, integrations, settings};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::read::{not_asked, part};
use crate::connection;
use crate::desk::Desk;
use crate::error::Result;
use crate::job::Job;
use crate::tenants::allow::{READ_POLICIES, READ_REQUESTS};
use crate::tenants::sign_in::TenantRef;

/// What was read of a tenant. Nothing was, before the first read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct TenantConsent {
    pub settings: Part<ConsentSettings>,
    pub requests: Part<Vec<PendingRequest>>,
    /// The active roles of the admin who was signed in; `None` when they could not be read.
    pub roles: Option<Vec<Role>>,
    pub read_at: Timestamp,
}

/// What users ask an administrator to approve.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct PendingRequest {
    pub id: String,
    pub app: AppId,
    pub app_name: String,
    /// Names of delegated permissions.
    pub scopes: Vec<String>,
    pub askers: Vec<Asker>,
}

/// A user who waits for an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Asker {
    pub name: Option<String>,
    pub at: Option<Timestamp>,
    pub reason: Option<String>,
}

/// A request beside what the integration needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct RequestView {
    pub request: PendingRequest,
    /// The name of the integration that it is about; `None` for an application that Rollcall doesn't look after.
    pub integration: Option<String>,
    /// What is asked for and the integration doesn't need.
    pub beyond: Vec<String>,
    /// What the integration needs and isn't asked for.
    pub lacking: Vec<String>,
}

/// A tenant's consent as it is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct TenantConsentView {
    /// `None`: never read.
    pub tenant: Option<TenantConsent>,
    /// The requests among it, compared.
    pub requests: Vec<RequestView>,
}

/// Shows what was read the last time.
///
/// # Errors
/// Those of the store.
pub async fn show(desk: &Desk, ask: TenantRef, _job: &Job) -> Result<TenantConsentView> {
    desk.read(move |conn| view(conn, ask.tenant)).await
}

/// Reads it anew.
///
/// # Errors
/// `NotSignedIn`. What can't be read is part of the answer, with the reason.
pub async fn read(desk: &Desk, ask: TenantRef, job: &Job) -> Result<TenantConsentView> {
    refresh(desk, ask.tenant, job).await?;
    show(desk, ask, job).await
}

/// Reads it anew and remembers it.
pub(crate) async fn refresh(desk: &Desk, id: TenantId, job: &Job) -> Result<()> {
    let graph = connection::delegated(desk, id).await?;
    let scopes = connection::scopes(desk, id).await?;
    let (settings_read, requests, roles) =
        tokio::join!(consent_settings(&graph, &scopes, job), requests(&graph, &scopes, job), me::roles(&graph, &job.stop));
    let tenant = TenantConsent {
        settings: settings_read,
        requests,
        roles: roles.ok().map(|templates| Role::among(&templates)),
        read_at: desk.now(),
    };
    desk.write(move |tx| settings::set(tx, &key(id), &tenant)).await
}

/// What was read of a tenant the last time.
pub(super) fn remembered(conn: &Connection, id: TenantId) -> std::result::Result<Option<TenantConsent>, StoreError> {
    settings::get(conn, &key(id))
}

/// What was read, with each request compared to what its integration needs.
pub(super) fn view(conn: &Connection, id: TenantId) -> std::result::Result<TenantConsentView, StoreError> {
    let tenant = remembered(conn, id)?;
    let known = integrations::list(conn, Some(id))?;
    let pending = tenant.as_ref().and_then(|tenant| tenant.requests.value()).cloned().unwrap_or_default();
    let requests = pending.into_iter().map(|request| {
        let integration = known.iter().find(|integration| integration.client_id == request.app);
        let needed: Vec<&str> = integration
            .iter()
            .flat_map(|integration| &integration.permissions)
            .filter(|wanted| wanted.kind == rollcall_core::permission::PermissionType::Delegated)
            .map(|wanted| wanted.name.as_str())
            .collect();
        let asks = |name: &str| request.scopes.iter().any(|scope| scope.eq_ignore_ascii_case(name));
        let needs = |scope: &str| needed.iter().any(|name| name.eq_ignore_ascii_case(scope));
        RequestView {
            integration: integration.map(|integration| integration.name.clone()),
            beyond: request.scopes.iter().filter(|scope| integration.is_some() && !needs(scope)).cloned().collect(),
            lacking: needed.iter().filter(|name| !asks(name)).map(|&name| name.to_owned()).collect(),
            request,
        }
    });
    Ok(TenantConsentView { requests: requests.collect(), tenant })
}

async fn consent_settings(graph: &Graph, scopes: &[String], job: &Job) -> Part<ConsentSettings> {
    if let Some(unread) = not_asked(scopes, READ_POLICIES) {
        return unread;
    }
    let (users, workflow) = tokio::join!(consent_settings::user_consent(graph, &job.stop), consent_settings::workflow(graph, &job.stop));
    part(users.map(|users| ConsentSettings { users, workflow: workflow.ok() }), Action::ReadConsentSettings)
}

async fn requests(graph: &Graph, scopes: &[String], job: &Job) -> Part<Vec<PendingRequest>> {
    if let Some(unread) = not_asked(scopes, READ_REQUESTS) {
        return unread;
    }
    let all = match consent_requests::all(graph, &job.stop).await {
        Ok(all) => all,
        Err(error) => return part(Err(error), Action::ReadConsentRequests),
    };
    let mut pending = Vec::new();
    for request in all.into_iter().filter(|request| !request.scopes.is_empty()) {
        // Who asks is worth knowing; that somebody asks is known without.
        let askers = consent_requests::askers(graph, &request.id, &job.stop).await.unwrap_or_default();
        if !askers.is_empty() && askers.iter().all(|asker| !asker.pending) {
            continue;
        }
        let waiting = askers.into_iter().filter(|asker| asker.pending);
        pending.push(PendingRequest {
            id: request.id,
            app: request.app,
            app_name: request.app_name,
            scopes: request.scopes,
            askers: waiting.map(|asker| Asker { name: asker.name, at: asker.at, reason: asker.reason }).collect(),
        });
    }
    Part::Read { value: pending }
}

fn key(tenant: TenantId) -> String {
    format!("consent.{tenant}")
}
