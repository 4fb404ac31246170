//! Applications: the registration in the tenant that owns it, and the service principal in each tenant that uses it.

use http::Method;
use rollcall_core::id::{AppId, ObjectId, PermissionId};
use rollcall_core::permission::PermissionType;
use serde::{Deserialize, Serialize};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::error::GraphError;
use crate::send::{Call, Graph, Wants};
use crate::text::{self, Text};

/// An application's representative in the tenant ("enterprise application").
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServicePrincipal {
    pub id: ObjectId,
    pub app_id: AppId,
    pub display_name: String,
    /// Whether tokens are issued for it.
    pub enabled: bool,
    /// The permissions that it publishes, where it is an API.
    pub publishes: Vec<Published>,
}

/// A permission that an API publishes: an app role or a delegated scope.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Published {
    pub kind: PermissionType,
    pub id: PermissionId,
    /// Its name, such as `Mail.ReadWrite`; empty for the few that have none.
    pub name: String,
    pub enabled: bool,
}

impl ServicePrincipal {
    /// The name that it publishes for a permission.
    #[must_use]
    pub fn name_of(&self, kind: PermissionType, id: PermissionId) -> Option<&str> {
        let found = self.publishes.iter().find(|published| published.kind == kind && published.id == id)?;
        (!found.name.is_empty()).then_some(found.name.as_str())
    }

    /// The id that it publishes for a permission's name.
    #[must_use]
    pub fn id_of(&self, kind: PermissionType, name: &str) -> Option<PermissionId> {
        self.publishes.iter().find(|published| published.kind == kind && published.name.eq_ignore_ascii_case(name)).map(|found| found.id)
    }
}

/// An application's registration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registration {
    pub id: ObjectId,
    pub app_id: AppId,
    pub display_name: String,
    /// Whether accounts of other tenants may use it.
    pub multi_tenant: bool,
    /// What admin consent for all that it asks for would grant.
    pub required: Vec<Asked>,
}

/// A permission that a registration asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asked {
    pub resource: AppId,
    pub kind: PermissionType,
    pub id: PermissionId,
}

/// The service principal of an application in this tenant; `None` when it has none.
///
/// # Errors
/// All that a read can end with, but for [`GraphError::NotFound`].
pub async fn service_principal(graph: &Graph, app: AppId, stop: &CancellationToken) -> Result<Option<ServicePrincipal>, GraphError> {
    let select = "id,appId,displayName,accountEnabled,appRoles,oauth2PermissionScopes";
    let call = Call::read(graph.url(&[&format!("servicePrincipals(appId='{app}')")], &[("$select", select)])?);
    found(graph.json::<WirePrincipal>(&call, stop).await)
}

/// The service principal of that object id in this tenant; `None` when it has none.
///
/// # Errors
/// All that a read can end with, but for [`GraphError::NotFound`].
pub async fn service_principal_of_id(
    graph: &Graph,
    id: ObjectId,
    stop: &CancellationToken,
) -> Result<Option<ServicePrincipal>, GraphError> {
    let select = "id,appId,displayName,accountEnabled,appRoles,oauth2PermissionScopes";
    let call = Call::read(graph.url(&["servicePrincipals", &id.to_string()], &[("$select", select)])?);
    found(graph.json::<WirePrincipal>(&call, stop).await)
}

/// The registration of an application, if this tenant owns it; else `None`.
///
/// # Errors
/// All that a read can end with, but for [`GraphError::NotFound`].
pub async fn registration(graph: &Graph, app: AppId, stop: &CancellationToken) -> Result<Option<Registration>, GraphError> {
    let select = "id,appId,displayName,signInAudience,requiredResourceAccess";
    let call = Call::read(graph.url(&[&format!("applications(appId='{app}')")], &[("$select", select)])?);
    found(graph.json::<WireRegistration>(&call, stop).await)
}

/// Gives an application a service principal in this tenant. Grants to it may be refused as unknown for some seconds.
///
/// # Errors
/// [`GraphError::Exists`] when it has one, [`GraphError::OutcomeUnknown`] when no answer came.
pub async fn create_service_principal(graph: &Graph, app: AppId, stop: &CancellationToken) -> Result<ServicePrincipal, GraphError> {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Body {
        app_id: AppId,
    }
    let call = Call::change(Method::POST, graph.url(&["servicePrincipals"], &[])?, &Body { app_id: app }, Wants::Json);
    graph.json::<WirePrincipal>(&call, stop).await.map(Into::into)
}

pub(crate) fn found<W: Into<T>, T>(answer: Result<W, GraphError>) -> Result<Option<T>, GraphError> {
    match answer {
        Ok(wire) => Ok(Some(wire.into())),
        Err(GraphError::NotFound(_)) => Ok(None),
        Err(error) => Err(error),
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WirePrincipal {
    id: Uuid,
    app_id: Uuid,
    display_name: Option<Text>,
    account_enabled: Option<bool>,
    #[serde(default, deserialize_with = "text::or_empty")]
    app_roles: Vec<WirePermission>,
    #[serde(default, deserialize_with = "text::or_empty")]
    oauth2_permission_scopes: Vec<WirePermission>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WirePermission {
    id: Uuid,
    value: Option<Text>,
    is_enabled: Option<bool>,
}

impl WirePermission {
    fn of(self, kind: PermissionType) -> Published {
        let name = text::some(self.value).unwrap_or_default();
        Published { kind, id: PermissionId(self.id), name, enabled: self.is_enabled.unwrap_or(true) }
    }
}

impl From<WirePrincipal> for ServicePrincipal {
    fn from(wire: WirePrincipal) -> Self {
        let roles = wire.app_roles.into_iter().map(|role| role.of(PermissionType::Application));
        let scopes = wire.oauth2_permission_scopes.into_iter().map(|scope| scope.of(PermissionType::Delegated));
        Self {
            id: ObjectId(wire.id),
            app_id: AppId(wire.app_id),
            display_name: text::some(wire.display_name).unwrap_or_default(),
            enabled: wire.account_enabled.unwrap_or(true),
            publishes: roles.chain(scopes).collect(),
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireRegistration {
    id: Uuid,
    app_id: Uuid,
    display_name: Option<Text>,
    sign_in_audience: Option<Text>,
    #[serde(default, deserialize_with = "text::or_empty")]
    required_resource_access: Vec<WireResource>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireResource {
    resource_app_id: Uuid,
    #[serde(default, deserialize_with = "text::or_empty")]
    resource_access: Vec<WireAccess>,
}

#[derive(Deserialize)]
struct WireAccess {
    id: Uuid,
    r#type: WireKind,
}

#[derive(Deserialize)]
enum WireKind {
    Role,
    Scope,
}

impl From<WireRegistration> for Registration {
    fn from(wire: WireRegistration) -> Self {
        let asked = |resource: WireResource| {
            let id = AppId(resource.resource_app_id);
            resource.resource_access.into_iter().map(move |access| Asked {
                resource: id,
                kind: match access.r#type {
                    WireKind::Role => PermissionType::Application,
                    WireKind::Scope => PermissionType::Delegated,
                },
                id: PermissionId(access.id),
            })
        };
        Self {
            id: ObjectId(wire.id),
            app_id: AppId(wire.app_id),
            display_name: text::some(wire.display_name).unwrap_or_default(),
            multi_tenant: wire.sign_in_audience.is_some_and(|audience| audience.0 != "AzureADMyOrg"),
            required: wire.required_resource_access.into_iter().flat_map(asked).collect(),
        }
    }
}
