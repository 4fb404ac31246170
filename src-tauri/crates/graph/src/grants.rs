//! What the tenant has consented to: app role assignments and delegated grants of a service principal. Ids here are object ids of
//! service principals, never application ids.

use std::collections::BTreeMap;

use http::Method;
use rollcall_core::consent::{ForWhom, Held};
use rollcall_core::id::{ObjectId, PermissionId};
use rollcall_core::permission::{PermissionType, Resource};
use serde::{Deserialize, Serialize};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::applications::{self, ServicePrincipal};
use crate::error::GraphError;
use crate::pages::Pages;
use crate::send::{Call, Graph, Wants};
use crate::text::Text;
use crate::users::TOP;

/// An application permission that a client holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoleAssignment {
    /// Needed to remove it.
    pub id: String,
    /// The service principal of the API.
    pub resource: ObjectId,
    pub role: PermissionId,
}

/// The delegated permissions that a client holds on one API, for everyone or for one user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DelegatedGrant {
    /// Needed to change or revoke it.
    pub id: String,
    /// The service principal of the API.
    pub resource: ObjectId,
    pub grantee: Grantee,
    pub scopes: Vec<String>,
}

/// For whom a delegated grant is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Grantee {
    Everyone,
    User(ObjectId),
}

/// All permissions of Graph and Exchange that a client (its service principal) holds, with the names that these APIs publish, each
/// once. Permissions of other APIs are not among them.
///
/// # Errors
/// Whatever part can't be read is the whole's error: half a list would look like a missing permission.
pub async fn held(graph: &Graph, client: ObjectId, stop: &CancellationToken) -> Result<Vec<Held>, GraphError> {
    let (roles, grants, of_graph, of_exchange) = tokio::try_join!(
        role_assignments(graph, client, stop),
        delegated_grants(graph, client, stop),
        applications::service_principal(graph, Resource::Graph.app_id(), stop),
        applications::service_principal(graph, Resource::Exchange.app_id(), stop),
    )?;
    Ok(name(&roles, &grants, &[(Resource::Graph, of_graph), (Resource::Exchange, of_exchange)]))
}

/// The application permissions that a client holds.
///
/// # Errors
/// All that a read can end with.
pub async fn role_assignments(graph: &Graph, client: ObjectId, stop: &CancellationToken) -> Result<Vec<RoleAssignment>, GraphError> {
    let first = graph.url(&["servicePrincipals", &client.to_string(), "appRoleAssignments"], &[("$top", TOP)]);
    Pages::of::<WireRole>(graph, first, false, stop).all().await
}

/// The delegated permissions that a client holds.
///
/// # Errors
/// All that a read can end with.
pub async fn delegated_grants(graph: &Graph, client: ObjectId, stop: &CancellationToken) -> Result<Vec<DelegatedGrant>, GraphError> {
    let first = graph.url(&["servicePrincipals", &client.to_string(), "oauth2PermissionGrants"], &[("$top", TOP)]);
    Pages::of::<WireGrant>(graph, first, false, stop).all().await
}

/// Grants a client an application permission of an API.
///
/// # Errors
/// [`GraphError::Exists`] when it is granted already, [`GraphError::OutcomeUnknown`] when no answer came: read back then.
pub async fn assign_role(
    graph: &Graph,
    client: ObjectId,
    resource: ObjectId,
    role: PermissionId,
    stop: &CancellationToken,
) -> Result<RoleAssignment, GraphError> {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Body {
        principal_id: ObjectId,
        resource_id: ObjectId,
        app_role_id: PermissionId,
    }
    let url = graph.url(&["servicePrincipals", &client.to_string(), "appRoleAssignments"], &[])?;
    let body = Body { principal_id: client, resource_id: resource, app_role_id: role };
    graph.json::<WireRole>(&Call::change(Method::POST, url, &body, Wants::Json), stop).await.map(Into::into)
}

/// Takes an application permission from a client.
///
/// # Errors
/// [`GraphError::NotFound`] when it is gone already, [`GraphError::OutcomeUnknown`] when no answer came.
pub async fn remove_role(graph: &Graph, client: ObjectId, assignment: &str, stop: &CancellationToken) -> Result<(), GraphError> {
    let url = graph.url(&["servicePrincipals", &client.to_string(), "appRoleAssignments", assignment], &[])?;
    graph.done(&Call::delete(url), stop).await
}

/// Grants a client delegated permissions of an API. There is one grant for each client, API and grantee.
///
/// # Errors
/// [`GraphError::Exists`] when there is one: change it instead. [`GraphError::OutcomeUnknown`] when no answer came.
pub async fn grant_scopes(
    graph: &Graph,
    client: ObjectId,
    resource: ObjectId,
    grantee: Grantee,
    scopes: &[&str],
    stop: &CancellationToken,
) -> Result<DelegatedGrant, GraphError> {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Body {
        client_id: ObjectId,
        consent_type: &'static str,
        principal_id: Option<ObjectId>,
        resource_id: ObjectId,
        scope: String,
    }
    let (consent_type, principal_id) = match grantee {
        Grantee::Everyone => ("AllPrincipals", None),
        Grantee::User(user) => ("Principal", Some(user)),
    };
    let body = Body { client_id: client, consent_type, principal_id, resource_id: resource, scope: scopes.join(" ") };
    let url = graph.url(&["oauth2PermissionGrants"], &[])?;
    graph.json::<WireGrant>(&Call::change(Method::POST, url, &body, Wants::Json), stop).await.map(Into::into)
}

/// Replaces the scopes of a delegated grant.
///
/// # Errors
/// [`GraphError::NotFound`] when it is gone, [`GraphError::OutcomeUnknown`] when no answer came.
pub async fn change_scopes(graph: &Graph, grant: &str, scopes: &[&str], stop: &CancellationToken) -> Result<(), GraphError> {
    #[derive(Serialize)]
    struct Body {
        scope: String,
    }
    let url = graph.url(&["oauth2PermissionGrants", grant], &[])?;
    graph.done(&Call::change(Method::PATCH, url, &Body { scope: scopes.join(" ") }, Wants::Nothing), stop).await
}

/// Revokes a delegated grant with all its scopes.
///
/// # Errors
/// [`GraphError::NotFound`] when it is gone already, [`GraphError::OutcomeUnknown`] when no answer came.
pub async fn revoke_scopes(graph: &Graph, grant: &str, stop: &CancellationToken) -> Result<(), GraphError> {
    graph.done(&Call::delete(graph.url(&["oauth2PermissionGrants", grant], &[])?), stop).await
}

fn name(roles: &[RoleAssignment], grants: &[DelegatedGrant], apis: &[(Resource, Option<ServicePrincipal>)]) -> Vec<Held> {
    let api = |id: ObjectId| apis.iter().find_map(|(resource, found)| Some((*resource, found.as_ref().filter(|one| one.id == id)?)));
    let mut held: BTreeMap<(Resource, PermissionType, String), Vec<Grantee>> = BTreeMap::new();
    for assignment in roles {
        let Some((resource, published)) = api(assignment.resource) else { continue };
        let name = published.name_of(PermissionType::Application, assignment.role);
        let name = name.map_or_else(|| assignment.role.to_string(), str::to_owned);
        held.entry((resource, PermissionType::Application, name)).or_default().push(Grantee::Everyone);
    }
    for grant in grants {
        let Some((resource, _)) = api(grant.resource) else { continue };
        for scope in &grant.scopes {
            held.entry((resource, PermissionType::Delegated, scope.clone())).or_default().push(grant.grantee);
        }
    }
    held.into_iter().map(|((resource, kind, name), grantees)| Held { resource, kind, name, whom: whom(grantees) }).collect()
}

fn whom(mut grantees: Vec<Grantee>) -> ForWhom {
    if grantees.contains(&Grantee::Everyone) {
        return ForWhom::Everyone;
    }
    grantees.sort_unstable();
    grantees.dedup();
    ForWhom::Users { count: u32::try_from(grantees.len()).unwrap_or(u32::MAX) }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireRole {
    id: Text,
    resource_id: Uuid,
    app_role_id: Uuid,
}

impl From<WireRole> for RoleAssignment {
    fn from(wire: WireRole) -> Self {
        Self { id: wire.id.0, resource: ObjectId(wire.resource_id), role: PermissionId(wire.app_role_id) }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireGrant {
    id: Text,
    resource_id: Uuid,
    #[serde(flatten)]
    grantee: WireGrantee,
    scope: Option<Text>,
}

#[derive(Deserialize)]
#[serde(tag = "consentType")]
enum WireGrantee {
    AllPrincipals,
    Principal {
        #[serde(rename = "principalId")]
        user: Uuid,
    },
}

impl From<WireGrant> for DelegatedGrant {
    fn from(wire: WireGrant) -> Self {
        Self {
            id: wire.id.0,
            resource: ObjectId(wire.resource_id),
            grantee: match wire.grantee {
                WireGrantee::AllPrincipals => Grantee::Everyone,
                WireGrantee::Principal { user } => Grantee::User(ObjectId(user)),
            },
            scopes: wire.scope.map(|scope| scope.0.split_whitespace().map(str::to_owned).collect()).unwrap_or_default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::applications::Published;

    fn object(number: u128) -> ObjectId {
        ObjectId(Uuid::from_u128(number))
    }

    fn api(id: u128, role: u128, name: &str) -> ServicePrincipal {
        let published =
            Published { kind: PermissionType::Application, id: PermissionId(Uuid::from_u128(role)), name: name.into(), enabled: true };
        ServicePrincipal {
            id: object(id),
            app_id: Resource::Graph.app_id(),
            display_name: String::new(),
            enabled: true,
            publishes: vec![published],
        }
    }

    fn role(resource: u128, role: u128) -> RoleAssignment {
        RoleAssignment { id: "a".into(), resource: object(resource), role: PermissionId(Uuid::from_u128(role)) }
    }

    fn grant(resource: u128, grantee: Grantee, scopes: &[&str]) -> DelegatedGrant {
        DelegatedGrant {
            id: "g".into(),
            resource: object(resource),
            grantee,
            scopes: scopes.iter().map(|&scope| scope.to_owned()).collect(),
        }
    }

    #[test]
    fn permissions_are_named_by_the_api_that_published_them() {
        let apis = [(Resource::Graph, Some(api(1, 10, "Mail.Read"))), (Resource::Exchange, Some(api(2, 10, "full_access_as_app")))];
        let held = name(&[role(2, 10), role(1, 10), role(1, 11), role(9, 10)], &[], &apis);
        let names: Vec<_> = held.iter().map(|one| (one.resource, one.name.as_str())).collect();
        let unpublished = Uuid::from_u128(11).to_string();
        assert_eq!(
            names,
            [(Resource::Graph, unpublished.as_str()), (Resource::Graph, "Mail.Read"), (Resource::Exchange, "full_access_as_app")],
            "the same id of two APIs is two permissions, and a permission of a third API is none of ours"
        );
    }

    #[test]
    fn users_are_counted_once_and_everyone_outranks_them() {
        let (ada, bob) = (Grantee::User(object(5)), Grantee::User(object(6)));
        let apis = [(Resource::Graph, Some(api(1, 10, "Mail.Read")))];
        let grants = [
            grant(1, ada, &["Mail.Read", "User.Read"]),
            grant(1, ada, &["Mail.Read"]),
            grant(1, bob, &["Mail.Read"]),
            grant(1, Grantee::Everyone, &["User.Read"]),
        ];
        let held = name(&[], &grants, &apis);
        let whom: Vec<_> = held.iter().map(|one| (one.name.as_str(), one.whom)).collect();
        assert_eq!(whom, [("Mail.Read", ForWhom::Users { count: 2 }), ("User.Read", ForWhom::Everyone)]);
    }

    #[test]
    fn a_grant_for_one_user_must_say_for_whom() {
        let read = |json: &str| serde_json::from_str::<WireGrant>(json).map(DelegatedGrant::from);
        let one = read(
            r#"{"id":"x","clientId":"y","consentType":"AllPrincipals","principalId":null,"resourceId":"00000000-0000-0000-0000-000000000001","scope":" Mail.Read  User.Read"}"#,
        );
        assert_eq!(one.unwrap(), DelegatedGrant { id: "x".into(), ..grant(1, Grantee::Everyone, &["Mail.Read", "User.Read"]) });
        assert!(
            read(r#"{"id":"x","consentType":"Principal","principalId":null,"resourceId":"00000000-0000-0000-0000-000000000001"}"#).is_err()
        );
    }
}
