use serde_json::{Map, Value, json};

use super::error::{Refusal, bad_request, no_object};
use super::query;
use super::{Ask, Reply, groups};
use crate::world::{AppPolicy, ExchangeAssignment, ExchangeLimits, ManagementScope, Reach};

/// `/beta/roleManagement/exchange/roleAssignments`.
pub(super) fn assignments(ask: &Ask<'_>) -> Result<Reply, Refusal> {
    let world = ask.state.world();
    let limits = world.exchange.now();
    let object = |assigned: &ExchangeAssignment| {
        let (directory, app) = match &assigned.reach {
            Reach::Everything => ("/".to_owned(), None),
            Reach::Unit(id) => (format!("/AdministrativeUnits/{id}"), None),
            Reach::Scope(name) => {
                let scope = limits.scopes.iter().find(|scope| scope.name.eq_ignore_ascii_case(name));
                ("/".to_owned(), scope.map(|scope| scope.id.clone()))
            }
        };
        json!({
            "id": assigned.id,
            "principalId": format!("/ServicePrincipals/{}", assigned.principal_id),
            "roleDefinitionId": role_id(&assigned.role),
            "directoryScopeId": directory,
            "appScopeId": app,
        })
    };
    let all: Vec<Value> = limits.assignments.iter().map(object).collect();
    query::objects(ask, "roleManagement/exchange/roleAssignments", "unifiedRoleAssignment", &all)
}

/// `/beta/roleManagement/exchange/roleDefinitions`: those that are assigned.
pub(super) fn definitions(ask: &Ask<'_>) -> Result<Reply, Refusal> {
    let world = ask.state.world();
    let mut names: Vec<&str> = world.exchange.now().assignments.iter().map(|assigned| assigned.role.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    let all: Vec<Value> = names.iter().map(|name| json!({ "id": role_id(name), "displayName": name })).collect();
    query::objects(ask, "roleManagement/exchange/roleDefinitions", "unifiedRoleDefinition", &all)
}

/// `/beta/roleManagement/exchange/customAppScopes`.
pub(super) fn scopes(ask: &Ask<'_>) -> Result<Reply, Refusal> {
    let world = ask.state.world();
    let object = |scope: &ManagementScope| {
        json!({
            "id": scope.id,
            "type": "RecipientScope",
            "displayName": scope.name,
            "customAttributes": { "Exclusive": false, "RecipientFilter": scope.filter },
        })
    };
    let all: Vec<Value> = world.exchange.now().scopes.iter().map(object).collect();
    query::objects(ask, "roleManagement/exchange/customAppScopes", "customAppScope", &all)
}

fn role_id(role: &str) -> String {
    format!("role-{}", role.to_lowercase().replace([' ', '.'], "-"))
}

pub(super) fn units(ask: &Ask<'_>) -> Result<Reply, Refusal> {
    let units: Vec<Value> = ask.state.world().units.iter().map(|unit| json!({ "id": unit.id, "displayName": unit.display_name })).collect();
    query::objects(ask, "directory/administrativeUnits", "administrativeUnit", &units)
}

pub(super) fn unit(ask: &Ask<'_>) -> Result<Reply, Refusal> {
    let world = ask.state.world();
    let unit = world.unit(ask.segment(2)).ok_or_else(|| no_object(ask.segment(2)))?;
    query::object(ask, "directory/administrativeUnits", "administrativeUnit", &json!({ "id": unit.id, "displayName": unit.display_name }))
}

pub(super) fn unit_users(ask: &Ask<'_>) -> Result<Reply, Refusal> {
    let world = ask.state.world();
    let unit = world.unit(ask.segment(2)).ok_or_else(|| no_object(ask.segment(2)))?;
    groups::cast(ask, &world, &unit.members)
}

/// Plays Exchange Online PowerShell, which no practice tenant has: one cmdlet with its parameters, in the body that the module sends.
pub(super) fn invoke(ask: &Ask<'_>) -> Result<Reply, Refusal> {
    let body = ask.json_body()?;
    let name = body.pointer("/CmdletInput/CmdletName").and_then(Value::as_str).unwrap_or_default().to_owned();
    let none = Map::new();
    let given = body.pointer("/CmdletInput/Parameters").and_then(Value::as_object).unwrap_or(&none);
    let text = |parameter: &str| given.get(parameter).and_then(Value::as_str).unwrap_or_default().to_owned();
    let mut world = ask.state.world_mut();
    if let "Test-ServicePrincipalAuthorization" | "Test-ApplicationAccessPolicy" = name.as_str() {
        let mailbox = if name.starts_with("Test-S") { text("Resource") } else { text("Identity") };
        let at = world.user_index(&mailbox).and_then(|at| u32::try_from(at).ok()).ok_or_else(|| no_object(&mailbox))?;
        let rows: Vec<Value> = if name.starts_with("Test-S") {
            let row = |(role, inside): (String, bool)| json!({ "Mailbox": mailbox, "RoleName": role, "InScope": inside.to_string() });
            world.test_roles(&text("Identity"), at).into_iter().map(row).collect()
        } else {
            let said = if world.test_policies(&text("AppId"), at) { "Granted" } else { "Denied" };
            vec![json!({ "Mailbox": mailbox, "AccessCheckResult": said })]
        };
        return Ok(Reply::json(200, json!({ "value": rows })));
    }
    if name == "Get-ManagementRoleAssignment" {
        let named = world.exchange.now().assignments.iter().find(|assigned| assigned.name == text("Identity"));
        let found = named.ok_or_else(|| no_object(&text("Identity")))?;
        return Ok(Reply::json(200, json!({ "value": [{ "Name": found.name, "Role": found.role }] })));
    }
    if name == "New-ServicePrincipal" && world.principal(&text("ObjectId")).is_none() {
        return Err(no_object(&text("ObjectId")));
    }
    if name == "New-ApplicationAccessPolicy" && world.group(&text("PolicyScopeGroupId")).is_none() {
        return Err(no_object(&text("PolicyScopeGroupId")));
    }
    let fresh = world.new_id();
    world.exchange.change(ask.now_ms, |limits| apply(limits, &name, &text, fresh))?;
    Ok(Reply::json(200, json!({ "value": [] })))
}

fn apply(limits: &mut ExchangeLimits, name: &str, text: &dyn Fn(&str) -> String, fresh: String) -> Result<(), Refusal> {
    let reach = || match (text("CustomResourceScope"), text("RecipientAdministrativeUnitScope")) {
        (scope, _) if !scope.is_empty() => Reach::Scope(scope),
        (_, unit) if !unit.is_empty() => Reach::Unit(unit),
        _ => Reach::Everything,
    };
    match name {
        "New-ServicePrincipal" => {
            if !limits.known.contains(&text("ObjectId")) {
                limits.known.push(text("ObjectId"));
            }
        }
        "New-ManagementScope" | "Set-ManagementScope" => {
            let named = if name.starts_with("New") { text("Name") } else { text("Identity") };
            limits.scopes.retain(|scope| !scope.name.eq_ignore_ascii_case(&named));
            limits.scopes.push(ManagementScope { id: fresh, name: named, filter: text("RecipientRestrictionFilter") });
        }
        "Remove-ManagementScope" => {
            let used = |scope: &ManagementScope| {
                limits.assignments.iter().any(|assigned| matches!(&assigned.reach, Reach::Scope(name) if *name == scope.name))
            };
            if limits.scopes.iter().any(|scope| scope.name.eq_ignore_ascii_case(&text("Identity")) && used(scope)) {
                return Err(bad_request("The management scope is still in use."));
            }
            limits.scopes.retain(|scope| !scope.name.eq_ignore_ascii_case(&text("Identity")));
        }
        "New-ManagementRoleAssignment" => {
            if !limits.known.contains(&text("App")) {
                return Err(no_object(&text("App")));
            }
            limits.assignments.retain(|assigned| assigned.name != text("Name"));
            limits.assignments.push(ExchangeAssignment {
                id: fresh,
                name: text("Name"),
                role: text("Role"),
                principal_id: text("App"),
                reach: reach(),
            });
        }
        "Remove-ManagementRoleAssignment" => limits.assignments.retain(|assigned| assigned.name != text("Identity")),
        "New-ApplicationAccessPolicy" => {
            limits.policies.retain(|policy| policy.description != text("Description") || policy.app_id != text("AppId"));
            limits.policies.push(AppPolicy {
                app_id: text("AppId"),
                group_id: text("PolicyScopeGroupId"),
                deny: text("AccessRight") == "DenyAccess",
                description: text("Description"),
            });
        }
        "Remove-ApplicationAccessPolicy" => limits.policies.retain(|policy| {
            let other = policy.app_id != text("AppId");
            other || (!text("Keep").is_empty() && policy.description == text("Keep")) || !policy.description.starts_with(&text("Like"))
        }),
        _ => return Err(bad_request("The practice Exchange has no cmdlet of this name.")),
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::faults::FaultPlan;
    use crate::graph::testing::{Desk, Seen};
    use crate::world::Member;

    fn desk() -> Desk {
        let mut desk = Desk::new(80, &FaultPlan::none());
        desk.state.world_mut().exchange.propagation.roles = std::time::Duration::from_secs(3_600);
        desk.state.world_mut().exchange.propagation.policies = std::time::Duration::from_secs(600);
        desk.now_ms += 1;
        desk
    }

    fn cmdlet(desk: Desk, name: &str, parameters: &Value) -> (Desk, Seen) {
        let caller = desk.caller.clone();
        let admin = desk.person("admin@contoso.example", &["User.Read.All"]);
        let seen =
            admin.send("POST", "/practice/exchangeCmdlet", &json!({ "CmdletInput": { "CmdletName": name, "Parameters": parameters } }));
        (Desk { caller, ..admin }, seen)
    }

    fn as_practice(desk: Desk, roles: &[&str]) -> Desk {
        let app_id = desk.state.world().practice_app().unwrap().client_id.clone();
        let mut desk = desk.app(roles);
        let mut caller = desk.caller.as_deref().unwrap().clone();
        caller.app_id = app_id;
        desk.caller = Some(std::sync::Arc::new(caller));
        desk
    }

    fn ids(desk: &Desk) -> (String, String, String, String, String) {
        let world = desk.state.world();
        let app = world.practice_app().unwrap();
        let group = world.groups.iter().find(|group| group.display_name == "Integration Pilot").unwrap();
        let Member::User(inside) = group.members[0] else { panic!("the pilot's members are people") };
        let outside = (0..u32::try_from(world.users.len()).unwrap())
            .find(|at| !group.members.contains(&Member::User(*at)) && world.users[*at as usize].enabled)
            .unwrap();
        let user = |at: u32| world.users[at as usize].id.to_string();
        (app.client_id.clone(), world.principal_of(&app.client_id).unwrap().id.clone(), group.id.clone(), user(inside), user(outside))
    }

    #[test]
    fn a_policy_closes_what_entra_opened_once_exchange_has_heard_of_it() {
        let desk = as_practice(desk(), &["Mail.Read"]);
        let (app, _, group, inside, outside) = ids(&desk);
        let policy = json!({ "AccessRight": "RestrictAccess", "AppId": app, "PolicyScopeGroupId": group, "Description": "Rollcall: 1" });
        let (mut desk, done) = cmdlet(desk, "New-ApplicationAccessPolicy", &policy);
        assert_eq!(done.status, 200);
        let mail = |user: &str| format!("/users/{user}/mailFolders/inbox?$select=id");
        assert_eq!(desk.get(&mail(&outside)).status, 200, "not yet");
        desk.now_ms += 600_000;
        assert_eq!(desk.get(&mail(&outside)).code(), "ErrorAccessDenied");
        assert_eq!(desk.get(&mail(&inside)).status, 200);
    }

    #[test]
    fn roles_open_without_entra_and_add_to_what_it_has_granted() {
        let desk = as_practice(desk(), &[]);
        let (app, principal, group, inside, outside) = ids(&desk);
        let known = json!({ "AppId": app, "ObjectId": principal });
        let scope = json!({ "Name": "Scope", "RecipientRestrictionFilter": format!("MemberOfGroup -eq '{group}'") });
        let role = json!({ "Name": "A", "Role": "Application Mail.Read", "App": principal, "CustomResourceScope": "Scope" });
        let (desk, unknown) = cmdlet(desk, "New-ManagementRoleAssignment", &role);
        assert_eq!(unknown.status, 404, "Exchange has to know the service principal first");
        let (desk, _) = cmdlet(desk, "New-ServicePrincipal", &known);
        let (desk, _) = cmdlet(desk, "New-ManagementScope", &scope);
        let (mut desk, assigned) = cmdlet(desk, "New-ManagementRoleAssignment", &role);
        assert_eq!(assigned.status, 200);
        let mail = |user: &str| format!("/users/{user}/mailFolders/inbox?$select=id");
        assert_eq!(desk.get(&mail(&inside)).status, 401, "not yet");
        desk.now_ms += 3_600_000;
        assert_eq!(desk.get(&mail(&inside)).status, 200);
        assert_eq!(desk.get(&mail(&outside)).code(), "ErrorAccessDenied");
        let test = json!({ "Identity": principal, "Resource": outside });
        let (desk, said) = cmdlet(desk, "Test-ServicePrincipalAuthorization", &test);
        assert_eq!(said.body["value"][0]["InScope"], "false");
        let desk = as_practice(desk, &["Mail.Read"]);
        assert_eq!(desk.get(&mail(&outside)).status, 200, "the grant of Entra voids the scope, whatever the cmdlet says");
    }
}
