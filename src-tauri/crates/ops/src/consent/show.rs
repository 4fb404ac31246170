//! Shows required against granted, from the last time that the grants were read, and all that decides what can be done about it.

use rollcall_core::approval::{Approval, Credential, CredentialState, Registered};
use rollcall_core::consent::{self, Consent};
use rollcall_core::permission::{self, PermissionType};
use rollcall_core::presets;
use rollcall_core::role::{Action, Role};
use rollcall_core::rules::Reason;
use rollcall_core::time::Timestamp;
use rollcall_core::user_consent::OwnConsent;
use rollcall_store::{grants, integrations, organizations};
use serde::Serialize;
use ts_rs::TS;

use super::change::ConsentPage;
use super::tenant::{self, RequestView, TenantConsent};
use crate::connection;
use crate::desk::Desk;
use crate::error::Result;
use crate::job::Job;
use crate::organizations::delete::OrganizationRef;
use crate::scope::roles::{RolesRead, given};

/// The consent matrix of an organization's integration.
#[derive(Debug, Clone, Serialize, TS)]
pub struct ConsentView {
    pub consent: Consent,
    /// When the grants were last asked for.
    pub read_at: Option<Timestamp>,
    /// The code of the failed read, when the last one failed: then everything is unknown.
    pub error: Option<String>,
    /// What the integration holds of other APIs, as the journal writes it.
    pub others: Vec<String>,
    /// Of when the roles of Exchange are known that stand beside the grants; *Access scope* reads them.
    pub roles: RolesRead,
    /// The organizations of the application whose wished access scope gives by roles, this one first. A grant for the whole tenant would
    /// make theirs void.
    pub scoped_by: Vec<String>,
    /// Whether the application may be used at all, as of the same read.
    pub approval: Option<Approval>,
    /// The credentials of its registration, where this tenant owns it.
    pub credentials: Vec<CredentialView>,
    /// What was read of the tenant; `None` when nothing ever was.
    pub tenant: Option<TenantConsent>,
    /// Whether users can consent to it by themselves, for each delegated permission that is required, where that could be read.
    pub own: Vec<OwnConsentView>,
    /// Requests of users for this integration that wait for an administrator.
    pub requests: Vec<RequestView>,
    /// What the integration can't do over Graph.
    pub limitations: Vec<String>,
    /// The most that Microsoft's page can be asked for without making a wished access scope void; absent where whatever it would be asked
    /// for does.
    pub page: Option<ConsentPage>,
    pub may: MayGrant,
}

/// A credential and how it stands now.
#[derive(Debug, Clone, Serialize, TS)]
pub struct CredentialView {
    pub credential: Credential,
    pub state: CredentialState,
}

/// Whether users can consent to a permission by themselves.
#[derive(Debug, Clone, Serialize, TS)]
pub struct OwnConsentView {
    pub name: String,
    pub can: OwnConsent,
}

/// Why consent can't be granted now, if it can't: what needs the higher role, and the rest.
#[derive(Debug, Clone, Copy, Serialize, TS)]
pub struct MayGrant {
    /// Application permissions of Graph, and everything that the registration asks for.
    pub graph_roles: Option<Reason>,
    /// Delegated permissions, and application permissions of other APIs.
    pub others: Option<Reason>,
}

/// # Errors
/// `NotFound`.
pub async fn show(desk: &Desk, ask: OrganizationRef, _job: &Job) -> Result<ConsentView> {
    let (organization, integration, read, tenant, given) = desk
        .read(move |conn| {
            let organization = organizations::get(conn, ask.organization)?;
            let integration = integrations::get(conn, organization.integration)?;
            let (read, tenant) = (grants::get(conn, organization.integration)?, tenant::view(conn, organization.tenant)?);
            let given = given(conn, ask.organization, &integration)?;
            Ok((organization, integration, read, tenant, given))
        })
        .await?;
    let required = organization.needs(&integration);
    let requests: Vec<RequestView> = tenant.requests.into_iter().filter(|view| view.request.app == integration.client_id).collect();
    let requested: Vec<String> = requests.iter().flat_map(|view| view.request.scopes.clone()).collect();
    let tenant = tenant.tenant;
    let settings = tenant.as_ref().and_then(|tenant| tenant.settings.value());
    let roles = tenant.as_ref().and_then(|tenant| tenant.roles.as_deref());
    let signed_in = connection::is_signed_in(desk, organization.tenant).await;
    let approval = read.as_ref().and_then(|read| read.approval.clone());
    let now = desk.now();
    let own = settings.into_iter().flat_map(|settings| {
        let delegated = required.iter().filter(|wanted| wanted.kind == PermissionType::Delegated);
        delegated.map(|wanted| {
            let known = permission::find(wanted.resource, wanted.kind, &wanted.name);
            OwnConsentView { name: wanted.name.clone(), can: settings.users.allows(&wanted.name, known.map(|known| known.admin_consent)) }
        })
    });
    let held = read.as_ref().and_then(|read| read.held.as_deref());
    let consent = consent::compare(required, held, given.beside(), &requested);
    Ok(ConsentView {
        page: ConsentPage::harmless(&consent.rows),
        consent,
        read_at: read.as_ref().map(|read| read.at),
        error: read.as_ref().and_then(|read| read.error_code.clone()),
        others: read.iter().flat_map(|read| &read.others).map(ToString::to_string).collect(),
        credentials: credentials(approval.as_ref(), now),
        own: own.collect(),
        limitations: presets::limitations(integration.preset).iter().map(|&text| text.to_owned()).collect(),
        may: MayGrant { graph_roles: refusal(signed_in, roles, Action::GrantGraphRole), others: refusal(signed_in, roles, Action::Grant) },
        roles: given.read,
        scoped_by: given.scoped_by,
        approval,
        requests,
        tenant,
    })
}

/// Why somebody can't do it. Roles that aren't known refuse nothing: Graph decides then.
pub(super) fn refusal(signed_in: bool, roles: Option<&[Role]>, action: Action) -> Option<Reason> {
    match roles {
        _ if !signed_in => Some(Reason::NotSignedIn),
        Some(roles) if !action.is_open_to(roles) => Some(match action {
            Action::GrantGraphRole => Reason::NeedsPrivilegedRole,
            Action::Grant
            | Action::ReadAudits
            | Action::ReadConsentSettings
            | Action::ReadConsentRequests
            | Action::ReadConditionalAccess => Reason::NeedsApplicationRole,
        }),
        Some(_) | None => None,
    }
}

fn credentials(approval: Option<&Approval>, now: Timestamp) -> Vec<CredentialView> {
    match approval.and_then(|approval| approval.registered.value()) {
        Some(Registered::Here { credentials }) => {
            credentials.iter().map(|credential| CredentialView { state: credential.state(now), credential: credential.clone() }).collect()
        }
        Some(Registered::Elsewhere) | None => Vec::new(),
    }
}
