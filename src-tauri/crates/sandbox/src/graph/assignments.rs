use serde_json::{Value, json};

use super::applications::find_principal;
use super::error::{Refusal, bad_request, no_object};
use super::query;
use super::users::demand_role;
use super::{Ask, Reply, time};
use crate::world::{
    Activity, Assigned, AssigneeKind, GLOBAL_ADMINISTRATOR, GRAPH_APP_ID, GrantRefused, PRIVILEGED_ROLE_ADMINISTRATOR, RoleAssignment,
    World,
};

/// What the client was granted.
pub(super) fn of_client(ask: &Ask<'_>) -> Result<Reply, Refusal> {
    let world = ask.state.world();
    let principal = &world.principals.get(find_principal(ask, &world)?).map(|principal| principal.id.as_str());
    let held = settled(ask, &world).filter(|grant| Some(grant.principal_id.as_str()) == *principal);
    show(ask, &held.map(|grant| object(&world, grant)).collect::<Vec<_>>())
}

/// Who was granted roles of this API, and which people and groups were assigned to this application.
pub(super) fn of_resource(ask: &Ask<'_>) -> Result<Reply, Refusal> {
    let world = ask.state.world();
    let principal = &world.principals.get(find_principal(ask, &world)?).map(|principal| principal.id.as_str());
    let clients = settled(ask, &world).filter(|grant| Some(grant.resource_id.as_str()) == *principal);
    let assigned = world.assigned.iter().filter(|assigned| Some(assigned.resource_id.as_str()) == *principal);
    let all = clients.map(|grant| object(&world, grant)).chain(assigned.map(|assigned| assigned_object(&world, assigned)));
    show(ask, &all.collect::<Vec<_>>())
}

pub(super) fn one(ask: &Ask<'_>) -> Result<Reply, Refusal> {
    let world = ask.state.world();
    let at = find(ask, &world)?;
    let grant = world.role_assignments.get(at).map(|grant| object(&world, grant)).ok_or_else(|| no_object(ask.segment(3)))?;
    query::object(ask, "appRoleAssignments", "appRoleAssignment", &grant)
}

/// Grants an application permission. Roles of Microsoft Graph need a Privileged Role Administrator ("Grant tenant-wide admin consent").
pub(super) fn create(ask: &Ask<'_>) -> Result<Reply, Refusal> {
    let body = ask.json_body()?;
    let field = |name: &str| body.get(name).and_then(Value::as_str).ok_or_else(|| bad_request(format!("Property '{name}' is required.")));
    let (principal_id, resource_id, role_id) = (field("principalId")?, field("resourceId")?, field("appRoleId")?);
    let mut world = ask.state.world_mut();
    let named = find_principal(ask, &world)?;
    let of_path = world.principals.get(named).is_some_and(|named| named.id == principal_id || named.id == resource_id);
    if !of_path {
        return Err(bad_request("The service principal of the path is neither the client nor the resource."));
    }
    if world.principal(resource_id).is_some_and(|resource| resource.app_id == GRAPH_APP_ID) {
        demand_role(ask, &[PRIVILEGED_ROLE_ADMINISTRATOR, GLOBAL_ADMINISTRATOR])?;
    }
    match world.assign_role(principal_id, resource_id, role_id, ask.now_ms) {
        Ok(grant) => {
            let signed = ask.signature(&world);
            world.audit_role(Activity::AddRole, &grant, &signed);
            Ok(Reply::json(201, object(&world, &grant)))
        }
        Err(GrantRefused::Missing) => Err(no_object(principal_id)),
        Err(GrantRefused::UnknownPermission) => Err(bad_request("Permission being assigned was not found on application")),
        Err(GrantRefused::Duplicate) => Err(bad_request("Permission being assigned already exists on the object")),
    }
}

pub(super) fn delete(ask: &Ask<'_>) -> Result<Reply, Refusal> {
    let mut world = ask.state.world_mut();
    let at = find(ask, &world)?;
    let signed = ask.signature(&world);
    let gone = world.role_assignments.remove(at);
    world.audit_role(Activity::RemoveRole, &gone, &signed);
    Ok(Reply::empty(204))
}

fn find(ask: &Ask<'_>, world: &World) -> Result<usize, Refusal> {
    let named = find_principal(ask, world)?;
    let principal = world.principals.get(named).map(|principal| principal.id.as_str()).unwrap_or_default();
    let id = ask.segment(3);
    world
        .role_assignments
        .iter()
        .position(|grant| grant.id.eq_ignore_ascii_case(id) && (grant.principal_id == principal || grant.resource_id == principal))
        .ok_or_else(|| no_object(id))
}

/// The assignments that lists know of already.
fn settled<'a>(ask: &'a Ask<'_>, world: &'a World) -> impl Iterator<Item = &'a RoleAssignment> {
    world.role_assignments.iter().filter(|grant| ask.state.has_settled(grant.created_ms, ask.now_ms))
}

fn show(ask: &Ask<'_>, grants: &[Value]) -> Result<Reply, Refusal> {
    query::objects(ask, "appRoleAssignments", "appRoleAssignment", grants)
}

/// The role of who is assigned without a role of the application's own ("appRoleAssignment resource type").
const NO_ROLE: &str = "00000000-0000-0000-0000-000000000000";

fn assigned_object(world: &World, assigned: &Assigned) -> Value {
    let id = &assigned.assignee_id;
    let (kind, name) = match assigned.kind {
        AssigneeKind::User => ("User", world.user(id).map(|user| user.display_name.clone())),
        AssigneeKind::Group => ("Group", world.group(id).map(|group| group.display_name.clone())),
    };
    json!({
        "id": assigned.id,
        "principalId": id,
        "principalType": kind,
        "principalDisplayName": name,
        "resourceId": assigned.resource_id,
        "resourceDisplayName": world.principal(&assigned.resource_id).map(|principal| principal.display_name.clone()),
        "appRoleId": NO_ROLE,
        "createdDateTime": time::moment(assigned.created_ms),
        "deletedDateTime": null,
    })
}

fn object(world: &World, grant: &RoleAssignment) -> Value {
    let name = |id: &str| world.principal(id).map(|principal| principal.display_name.clone());
    json!({
        "id": grant.id,
        "principalId": grant.principal_id,
        "principalType": "ServicePrincipal",
        "principalDisplayName": name(&grant.principal_id),
        "resourceId": grant.resource_id,
        "resourceDisplayName": name(&grant.resource_id),
        "appRoleId": grant.app_role_id,
        "createdDateTime": time::moment(grant.created_ms),
        "deletedDateTime": null,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::faults::FaultPlan;
    use crate::graph::testing::Desk;
    use crate::world::GRAPH_APP_ID;

    const SCOPES: [&str; 2] = ["AppRoleAssignment.ReadWrite.All", "Application.Read.All"];
    const MAIL_READ: &str = "810c84a8-4a9e-49e6-bf7d-12d183f40d01";

    fn wish(desk: &Desk) -> (String, Value) {
        let world = desk.state.world();
        let client = world.principal_of(&world.practice_app().unwrap().client_id).unwrap().id.clone();
        let graph = world.principal_of(GRAPH_APP_ID).unwrap().id.clone();
        (client.clone(), json!({ "principalId": client, "resourceId": graph, "appRoleId": MAIL_READ }))
    }

    #[test]
    fn a_role_is_granted_read_back_refused_twice_and_taken_away() {
        let desk = Desk::new(30, &FaultPlan::none()).person("admin@contoso.example", &SCOPES);
        let (client, wish) = wish(&desk);
        let url = format!("/servicePrincipals/{client}/appRoleAssignments");
        let created = desk.send("POST", &url, &wish);
        assert_eq!(created.status, 201);
        assert_eq!(desk.get(&url).body["value"][0]["appRoleId"], MAIL_READ);
        assert_eq!(desk.send("POST", &url, &wish).status, 400, "it exists");
        let app_id = desk.state.world().practice_app().unwrap().client_id.clone();
        assert_eq!(desk.state.world().application_roles(&app_id, GRAPH_APP_ID), ["Mail.Read"]);

        let id = created.body["id"].as_str().unwrap();
        assert_eq!(desk.send("DELETE", &format!("{url}/{id}"), &Value::Null).status, 204);
        assert!(desk.get(&url).ids().is_empty());
    }

    #[test]
    fn an_application_shows_who_is_assigned_to_it() {
        let desk = Desk::new(60, &FaultPlan::none()).person("global.reader@contoso.example", &["Application.Read.All"]);
        let app_id = desk.state.world().app_by_key("travel_desk").unwrap().client_id.clone();
        let by_key = format!("/servicePrincipals(appId='{app_id}')");
        assert_eq!(desk.get(&by_key).body["appRoleAssignmentRequired"], true);
        let assigned = desk.get(&format!("{by_key}/appRoleAssignedTo")).body["value"].clone();
        let kinds: Vec<&str> = assigned.as_array().unwrap().iter().filter_map(|one| one["principalType"].as_str()).collect();
        assert_eq!((kinds.len(), kinds.iter().filter(|kind| **kind == "Group").count()), (6, 1));
        assert!(assigned.as_array().unwrap().iter().any(|one| one["principalDisplayName"] == "Ada Admin"));
    }

    #[test]
    fn a_role_of_exchange_is_within_an_application_administrator() {
        use crate::world::EXCHANGE_APP_ID;
        let (client, wish) = {
            let desk = Desk::new(60, &FaultPlan::none());
            let (client, mut wish) = wish(&desk);
            wish["resourceId"] = desk.state.world().principal_of(EXCHANGE_APP_ID).unwrap().id.clone().into();
            wish["appRoleId"] = "dc890d15-9560-4a4c-9b7f-a736ec74ec40".into();
            (client, wish)
        };
        let url = format!("/servicePrincipals/{client}/appRoleAssignments");
        for (person, status) in [("app.admin", 201), ("global.reader", 403), ("plain.user", 403)] {
            let desk = Desk::new(60, &FaultPlan::none()).person(&format!("{person}@contoso.example"), &SCOPES);
            let answer = desk.send("POST", &url, &wish);
            assert_eq!(answer.status, status, "{person}");
            assert_eq!(status == 403, answer.code() == "Authorization_RequestDenied", "{person}");
        }
    }

    #[test]
    fn roles_of_graph_need_more_than_an_application_administrator() {
        let desk = Desk::new(60, &FaultPlan::none()).person("cloud.admin@contoso.example", &SCOPES);
        let (client, wish) = wish(&desk);
        let refused = desk.send("POST", &format!("/servicePrincipals/{client}/appRoleAssignments"), &wish);
        assert_eq!((refused.status, refused.code()), (403, "Authorization_RequestDenied"));
        let desk = Desk::new(60, &FaultPlan::none()).person("privileged.admin@contoso.example", &SCOPES);
        assert_eq!(desk.send("POST", &format!("/servicePrincipals/{client}/appRoleAssignments"), &wish).status, 201);
        let desk = desk.person("admin@contoso.example", &SCOPES[..1]);
        assert_eq!(
            desk.send("POST", &format!("/servicePrincipals/{client}/appRoleAssignments"), &wish).status,
            403,
            "both scopes are needed"
        );
    }
}
