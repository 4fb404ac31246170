//! Whether an application may be used in the tenant: the state of its enterprise application, who is assigned to it, and the
//! credentials of its registration, where this tenant owns it.

use rollcall_core::approval::{Assigned, Credential, CredentialKind, EnterpriseApp, Registered};
use rollcall_core::id::{AppId, DirectoryId, ObjectId};
use serde::Deserialize;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::applications::found;
use crate::error::GraphError;
use crate::moment;
use crate::pages::Pages;
use crate::send::{Call, Graph};
use crate::text::{self, Text};
use crate::users::TOP;

/// Names that are kept of those who are assigned.
const NAMES: usize = 20;

/// The enterprise application of an application; `None` when the tenant has none.
///
/// # Errors
/// All that a read can end with, but for [`GraphError::NotFound`].
pub async fn app(graph: &Graph, app: AppId, stop: &CancellationToken) -> Result<Option<EnterpriseApp>, GraphError> {
    let select = "id,displayName,accountEnabled,appRoleAssignmentRequired,disabledByMicrosoftStatus,appOwnerOrganizationId";
    let call = Call::read(graph.url(&[&format!("servicePrincipals(appId='{app}')")], &[("$select", select)])?);
    found(graph.json::<Wire>(&call, stop).await)
}

/// Who is assigned to an enterprise application.
///
/// # Errors
/// All that a read can end with.
pub async fn assigned(graph: &Graph, principal: ObjectId, stop: &CancellationToken) -> Result<Assigned, GraphError> {
    let first = graph.url(&["servicePrincipals", &principal.to_string(), "appRoleAssignedTo"], &[("$top", TOP)]);
    let all: Vec<WireAssigned> = Pages::of::<WireAssigned>(graph, first, false, stop).all().await?;
    let mut assigned = Assigned::default();
    for one in all {
        match one.principal_type.as_ref().map(|kind| kind.0.as_str()) {
            Some("User") => assigned.users += 1,
            Some("Group") => assigned.groups += 1,
            // Other applications that hold a role of this one are no people who sign in.
            Some(_) | None => continue,
        }
        if let Some(name) = text::some(one.principal_display_name).filter(|_| assigned.names.len() < NAMES) {
            assigned.names.push(name);
        }
    }
    Ok(assigned)
}

/// The registration of an application, as far as its credentials go. Their values are never asked for.
///
/// # Errors
/// All that a read can end with, but for [`GraphError::NotFound`].
pub async fn registered(graph: &Graph, app: AppId, stop: &CancellationToken) -> Result<Registered, GraphError> {
    let select = "id,passwordCredentials,keyCredentials";
    let call = Call::read(graph.url(&[&format!("applications(appId='{app}')")], &[("$select", select)])?);
    let here: Option<Registered> = found(graph.json::<WireRegistration>(&call, stop).await)?;
    Ok(here.unwrap_or(Registered::Elsewhere))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Wire {
    id: Uuid,
    display_name: Option<Text>,
    account_enabled: Option<bool>,
    app_role_assignment_required: Option<bool>,
    disabled_by_microsoft_status: Option<Text>,
    app_owner_organization_id: Option<Uuid>,
}

impl From<Wire> for EnterpriseApp {
    fn from(wire: Wire) -> Self {
        // "NotDisabled" and null both mean that it isn't ("servicePrincipal resource type").
        let disabled = text::some(wire.disabled_by_microsoft_status).filter(|status| status != "NotDisabled");
        Self {
            id: ObjectId(wire.id),
            display_name: text::some(wire.display_name).unwrap_or_default(),
            enabled: wire.account_enabled.unwrap_or(true),
            assignment_required: wire.app_role_assignment_required.unwrap_or(false),
            disabled_by_microsoft: disabled,
            owner: wire.app_owner_organization_id.map(DirectoryId),
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireAssigned {
    principal_type: Option<Text>,
    principal_display_name: Option<Text>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireRegistration {
    #[serde(default, deserialize_with = "text::or_empty")]
    password_credentials: Vec<WireCredential>,
    #[serde(default, deserialize_with = "text::or_empty")]
    key_credentials: Vec<WireCredential>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireCredential {
    key_id: Option<Text>,
    display_name: Option<Text>,
    end_date_time: Option<Text>,
}

impl From<WireRegistration> for Registered {
    fn from(wire: WireRegistration) -> Self {
        let read = |kind: CredentialKind| {
            move |wire: WireCredential| Credential {
                kind,
                key_id: text::some(wire.key_id).unwrap_or_default(),
                name: text::some(wire.display_name),
                ends: wire.end_date_time.and_then(|text| moment::read(&text.0)),
            }
        };
        let secrets = wire.password_credentials.into_iter().map(read(CredentialKind::Secret));
        let certificates = wire.key_credentials.into_iter().map(read(CredentialKind::Certificate));
        Self::Here { credentials: secrets.chain(certificates).collect() }
    }
}
