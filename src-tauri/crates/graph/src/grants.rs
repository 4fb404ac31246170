//! What the tenant has consented to: app role assignments and delegated grants of a service principal. Ids here are object ids of
//! service principals, never application ids.

use http::Method;
use rollcall_core::grant::{Api, Grantee, Holding, Step, What};
use rollcall_core::id::{ObjectId, PermissionId};
use rollcall_core::permission::{PermissionType, Resource};
use rollcall_core::time::Timestamp;
use serde::{Deserialize, Serialize};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::applications::{self, ServicePrincipal};
use crate::error::GraphError;
use crate::moment;
use crate::pages::Pages;
use crate::send::{Call, Graph, Wants};
use crate::text::Text;
use crate::users::TOP;

/// What a client holds, and the APIs whose permissions these are.
#[derive(Debug, Clone)]
pub struct Holdings {
    pub objects: Vec<Holding>,
    pub apis: Apis,
}

/// The APIs of a tenant: Graph and Exchange, where it has them, and any other that a client holds something of.
#[derive(Debug, Clone)]
pub struct Apis(Vec<(Api, ServicePrincipal)>);

/// Why a step can't even be tried.
#[derive(Debug, thiserror::Error)]
pub enum StepError {
    /// The tenant has no such API, or the API publishes no such permission.
    #[error("the tenant's API publishes no such permission")]
    Unpublished,
    #[error(transparent)]
    Graph(#[from] GraphError),
}

impl Apis {
    /// The service principal of an API.
    #[must_use]
    pub fn get(&self, api: Api) -> Option<&ServicePrincipal> {
        self.0.iter().find_map(|(known, principal)| (*known == api).then_some(principal))
    }

    /// The id of an application permission by its name, or by its id where the API publishes no name for it.
    fn role(&self, api: Api, name: &str) -> Option<(ObjectId, PermissionId)> {
        let principal = self.get(api)?;
        let id = principal.id_of(PermissionType::Application, name).or_else(|| name.parse().ok())?;
        Some((principal.id, id))
    }

    fn of(&self, id: ObjectId) -> Option<(Api, &ServicePrincipal)> {
        self.0.iter().find_map(|(api, principal)| (principal.id == id).then_some((*api, principal)))
    }
}

/// The APIs that mail integrations use, as this tenant has them.
///
/// # Errors
/// All that a read can end with.
pub async fn apis(graph: &Graph, stop: &CancellationToken) -> Result<Apis, GraphError> {
    let (of_graph, of_exchange) = tokio::try_join!(
        applications::service_principal(graph, Resource::Graph.app_id(), stop),
        applications::service_principal(graph, Resource::Exchange.app_id(), stop),
    )?;
    let known = [(Api::Known(Resource::Graph), of_graph), (Api::Known(Resource::Exchange), of_exchange)];
    Ok(Apis(known.into_iter().filter_map(|(api, found)| Some((api, found?))).collect()))
}

/// All that a client (its service principal) holds, with the names that the APIs publish.
///
/// # Errors
/// Whatever part can't be read is the whole's error: half a list would look like a missing permission.
pub async fn holdings(graph: &Graph, client: ObjectId, stop: &CancellationToken) -> Result<Holdings, GraphError> {
    let (roles, grants, mut apis) =
        tokio::try_join!(role_assignments(graph, client, stop), delegated_grants(graph, client, stop), apis(graph, stop))?;
    let resources = roles.iter().map(|role| role.resource).chain(grants.iter().map(|grant| grant.resource));
    let others: std::collections::BTreeSet<ObjectId> = resources.filter(|id| apis.of(*id).is_none()).collect();
    for id in others {
        // An API that was removed leaves grants behind that open nothing.
        if let Some(principal) = applications::service_principal_of_id(graph, id, stop).await? {
            apis.0.push((Api::Other(principal.app_id), principal));
        }
    }
    Ok(Holdings { objects: name(roles, grants, &apis), apis })
}

/// Does one write of a planned change for a client.
///
/// # Errors
/// [`StepError::Unpublished`] before anything is sent; [`GraphError::OutcomeUnknown`] when no answer came: read back then. What is
/// there already, or gone already, is no error.
pub async fn perform(graph: &Graph, client: ObjectId, apis: &Apis, step: &Step, stop: &CancellationToken) -> Result<(), StepError> {
    let done = match step {
        Step::Assign { api, role } => {
            let (resource, role) = apis.role(*api, role).ok_or(StepError::Unpublished)?;
            assign_role(graph, client, resource, role, stop).await
        }
        Step::Unassign { id, .. } => remove_role(graph, client, id, stop).await,
        Step::Create { api, grantee, scopes } => {
            let resource = apis.get(*api).ok_or(StepError::Unpublished)?.id;
            // A second object is refused; what it holds by now isn't known here, so that is told and read back.
            return Ok(grant_scopes(graph, client, resource, *grantee, scopes, stop).await?);
        }
        Step::Alter { id, after, .. } => return Ok(change_scopes(graph, id, after, stop).await?),
        Step::Delete { id, .. } => revoke_scopes(graph, id, stop).await,
    };
    match done {
        Ok(()) | Err(GraphError::Exists(_)) => Ok(()),
        Err(GraphError::NotFound(_)) if matches!(step, Step::Unassign { .. } | Step::Delete { .. }) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

struct RoleAssignment {
    id: String,
    resource: ObjectId,
    role: PermissionId,
    since: Option<Timestamp>,
}

struct DelegatedGrant {
    id: String,
    resource: ObjectId,
    grantee: Grantee,
    scopes: Vec<String>,
}

async fn role_assignments(graph: &Graph, client: ObjectId, stop: &CancellationToken) -> Result<Vec<RoleAssignment>, GraphError> {
    let first = graph.url(&["servicePrincipals", &client.to_string(), "appRoleAssignments"], &[("$top", TOP)]);
    Pages::of::<WireRole>(graph, first, false, stop).all().await
}

async fn delegated_grants(graph: &Graph, client: ObjectId, stop: &CancellationToken) -> Result<Vec<DelegatedGrant>, GraphError> {
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
) -> Result<(), GraphError> {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Body {
        principal_id: ObjectId,
        resource_id: ObjectId,
        app_role_id: PermissionId,
    }
    let url = graph.url(&["servicePrincipals", &client.to_string(), "appRoleAssignments"], &[])?;
    let body = Body { principal_id: client, resource_id: resource, app_role_id: role };
    graph.json::<WireRole>(&Call::change(Method::POST, url, &body, Wants::Json), stop).await.map(|_| ())
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
    scopes: &[String],
    stop: &CancellationToken,
) -> Result<(), GraphError> {
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
    graph.json::<WireGrant>(&Call::change(Method::POST, url, &body, Wants::Json), stop).await.map(|_| ())
}

/// Replaces the scopes of a delegated grant.
///
/// # Errors
/// [`GraphError::NotFound`] when it is gone, [`GraphError::OutcomeUnknown`] when no answer came.
pub async fn change_scopes(graph: &Graph, grant: &str, scopes: &[String], stop: &CancellationToken) -> Result<(), GraphError> {
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

fn name(roles: Vec<RoleAssignment>, grants: Vec<DelegatedGrant>, apis: &Apis) -> Vec<Holding> {
    let of_roles = roles.into_iter().filter_map(|assignment| {
        let (api, published) = apis.of(assignment.resource)?;
        let name = published.name_of(PermissionType::Application, assignment.role);
        let name = name.map_or_else(|| assignment.role.to_string(), str::to_owned);
        Some(Holding { id: assignment.id, api, since: assignment.since, what: What::Role(name) })
    });
    let of_grants = grants.into_iter().filter_map(|grant| {
        let (api, _) = apis.of(grant.resource)?;
        Some(Holding { id: grant.id, api, since: None, what: What::Scopes { grantee: grant.grantee, names: grant.scopes } })
    });
    of_roles.chain(of_grants).collect()
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireRole {
    id: Text,
    resource_id: Uuid,
    app_role_id: Uuid,
    created_date_time: Option<Text>,
}

impl From<WireRole> for RoleAssignment {
    fn from(wire: WireRole) -> Self {
        let since = wire.created_date_time.and_then(|text| moment::read(&text.0));
        Self { id: wire.id.0, resource: ObjectId(wire.resource_id), role: PermissionId(wire.app_role_id), since }
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

    fn api(id: u128, resource: Resource, role: u128, name: &str) -> (Api, ServicePrincipal) {
        let published =
            Published { kind: PermissionType::Application, id: PermissionId(Uuid::from_u128(role)), name: name.into(), enabled: true };
        let principal = ServicePrincipal {
            id: object(id),
            app_id: resource.app_id(),
            display_name: String::new(),
            enabled: true,
            publishes: vec![published],
        };
        (Api::Known(resource), principal)
    }

    fn role(resource: u128, role: u128) -> RoleAssignment {
        RoleAssignment { id: "a".into(), resource: object(resource), role: PermissionId(Uuid::from_u128(role)), since: None }
    }

    #[test]
    fn permissions_are_named_by_the_api_that_published_them() {
        let apis = Apis(vec![api(1, Resource::Graph, 10, "Mail.Read"), api(2, Resource::Exchange, 10, "full_access_as_app")]);
        let held = name(vec![role(2, 10), role(1, 10), role(1, 11), role(9, 10)], vec![], &apis);
        let names: Vec<String> = held.iter().flat_map(Holding::grants).map(|grant| grant.to_string()).collect();
        let unpublished = format!("graph/application/{}", Uuid::from_u128(11));
        assert_eq!(
            names,
            ["exchange/application/full_access_as_app", "graph/application/Mail.Read", &unpublished],
            "the same id of two APIs is two permissions, and one of an API that is gone opens nothing"
        );
        assert_eq!(apis.role(Api::Known(Resource::Graph), "mail.read"), Some((object(1), PermissionId(Uuid::from_u128(10)))));
        let nameless = Uuid::from_u128(11).to_string();
        assert_eq!(apis.role(Api::Known(Resource::Graph), &nameless), Some((object(1), PermissionId(Uuid::from_u128(11)))));
        assert_eq!(apis.role(Api::Known(Resource::Graph), "full_access_as_app"), None);
    }

    #[test]
    fn a_grant_for_one_user_must_say_for_whom() {
        let read = |json: &str| serde_json::from_str::<WireGrant>(json).map(DelegatedGrant::from);
        let one = read(
            r#"{"id":"x","clientId":"y","consentType":"AllPrincipals","principalId":null,"resourceId":"00000000-0000-0000-0000-000000000001","scope":" Mail.Read  User.Read"}"#,
        );
        let one = one.unwrap();
        assert_eq!((one.id.as_str(), one.resource, one.grantee), ("x", object(1), Grantee::Everyone));
        assert_eq!(one.scopes, ["Mail.Read", "User.Read"]);
        assert!(
            read(r#"{"id":"x","consentType":"Principal","principalId":null,"resourceId":"00000000-0000-0000-0000-000000000001"}"#).is_err()
        );
    }
}
