//! Tests of what befalls reads and writes of the directory on their way.

use std::time::Duration;

use serde_json::{Value, json};

use super::testing::Desk;
use crate::faults::{FaultPlan, RouteFault, Trouble};
use crate::world::GRAPH_APP_ID;

const MAIL_READ: &str = "810c84a8-4a9e-49e6-bf7d-12d183f40d01";

/// A Global Administrator with everything, the practice integration's and Graph's object ids.
fn admin() -> (Desk, String, String) {
    let scopes = [
        "AppRoleAssignment.ReadWrite.All",
        "Application.ReadWrite.All",
        "DelegatedPermissionGrant.ReadWrite.All",
        "AuditLog.Read.All",
        "Policy.Read.All",
    ];
    let desk = Desk::new(30, &FaultPlan::none()).person("admin@contoso.example", &scopes);
    let (client, graph) = {
        let world = desk.state.world();
        let client = world.principal_of(&world.practice_app().unwrap().client_id).unwrap().id.clone();
        (client, world.principal_of(GRAPH_APP_ID).unwrap().id.clone())
    };
    (desk, client, graph)
}

#[test]
fn a_read_of_one_client_fails_as_often_as_planned() {
    let (desk, client, graph) = admin();
    let route = "GET /servicePrincipals/{sp}/appRoleAssignments";
    let url = format!("/servicePrincipals/{client}/appRoleAssignments");
    let plan = [Trouble::Forbidden, Trouble::Throttled { retry_after: 7 }, Trouble::Unavailable, Trouble::CutOff];
    for trouble in plan {
        desk.state.fail(RouteFault::always(route, trouble).about(&client).times(1));
    }
    assert_eq!(desk.get(&format!("/servicePrincipals/{graph}/appRoleAssignments")).status, 200, "another client");
    assert_eq!(desk.get(&url).code(), "Authorization_RequestDenied");
    let throttled = desk.get(&url);
    assert_eq!((throttled.status, throttled.retry_after()), (429, Some("7")));
    assert_eq!(desk.get(&url).status, 503);
    let cut = desk.get(&url);
    assert_eq!(cut.status, 200);
    assert!(matches!(cut.body, Value::String(text) if text.starts_with('{')), "no JSON any more");
    assert_eq!(desk.get(&url).status, 200, "all over");

    desk.state.fail(RouteFault::always("GET /policies/authorizationPolicy", Trouble::Unavailable));
    for _ in 0..3 {
        assert_eq!(desk.get("/policies/authorizationPolicy").status, 503);
    }
    desk.state.heal();
    assert_eq!(desk.get("/policies/authorizationPolicy").status, 200);
}

#[test]
fn a_client_may_be_named_in_a_filter() {
    let (desk, client, _) = admin();
    let url = format!("/oauth2PermissionGrants?$filter=clientId%20eq%20'{client}'");
    desk.state.fail(RouteFault::always("GET /oauth2PermissionGrants", Trouble::Forbidden).about(&client));
    assert_eq!(desk.get(&url).status, 403);
    assert_eq!(desk.get("/oauth2PermissionGrants").status, 200);
}

#[test]
fn a_write_without_an_answer_happened_or_did_not() {
    let (desk, client, graph) = admin();
    let url = format!("/servicePrincipals/{client}/appRoleAssignments");
    let wish = json!({ "principalId": client, "resourceId": graph, "appRoleId": MAIL_READ });
    let held = |desk: &Desk| desk.get(&url).ids().len();
    let route = "POST /servicePrincipals/{sp}/appRoleAssignments";

    desk.state.fail(RouteFault::always(route, Trouble::UndoneUnanswered).times(1));
    assert!(desk.answer("POST", &url, &wish).lost);
    assert_eq!(held(&desk), 0);

    desk.state.fail(RouteFault::always(route, Trouble::DoneUnanswered).times(1));
    assert!(desk.answer("POST", &url, &wish).lost);
    assert_eq!(held(&desk), 1);
    assert_eq!(desk.send("POST", &url, &wish).status, 400, "it exists");
}

#[test]
fn what_is_new_is_found_when_it_has_settled() {
    let (mut desk, client, graph) = admin();
    desk.state.settle_after(Duration::from_secs(5));
    let app_id = desk.state.world().app_by_key("crelate").unwrap().client_id.clone();
    let made = desk.send("POST", "/servicePrincipals", &json!({ "appId": app_id })).body["id"].as_str().unwrap().to_owned();
    let role = json!({ "principalId": client, "resourceId": graph, "appRoleId": MAIL_READ });
    let assignments = format!("/servicePrincipals/{client}/appRoleAssignments");
    assert_eq!(desk.send("POST", &assignments, &role).status, 201);
    let own = json!({ "clientId": made, "consentType": "AllPrincipals", "resourceId": graph, "scope": "Mail.Send" });
    let others = json!({ "clientId": client, "consentType": "AllPrincipals", "resourceId": graph, "scope": "Mail.Send" });
    assert_eq!(desk.send("POST", "/oauth2PermissionGrants", &own).code(), "Request_ResourceNotFound");
    let grant = desk.send("POST", "/oauth2PermissionGrants", &others).body["id"].as_str().unwrap().to_owned();

    let grants = format!("/servicePrincipals/{client}/oauth2PermissionGrants");
    assert_eq!(desk.get(&format!("/servicePrincipals/{made}")).code(), "Request_ResourceNotFound");
    assert!(desk.get(&format!("/servicePrincipals?$filter=appId%20eq%20'{app_id}'")).ids().is_empty());
    assert!(desk.get(&assignments).ids().is_empty() && desk.get(&grants).ids().is_empty(), "lists lag behind");
    assert_eq!(desk.get(&format!("/oauth2PermissionGrants/{grant}")).status, 200, "by its id it is there");
    desk.now_ms += 5_000;
    assert_eq!(desk.get(&format!("/servicePrincipals/{made}")).status, 200);
    assert_eq!((desk.get(&assignments).ids().len(), desk.get(&grants).ids().len()), (1, 1));
    assert_eq!(desk.send("POST", "/oauth2PermissionGrants", &own).status, 201);
}

#[test]
fn duplicates_are_refused_each_in_its_way() {
    let (desk, client, graph) = admin();
    let grant = json!({ "clientId": client, "consentType": "AllPrincipals", "resourceId": graph, "scope": "Mail.Send" });
    let url = desk.send("POST", "/oauth2PermissionGrants", &grant).body["id"].as_str().map(|id| format!("/oauth2PermissionGrants/{id}"));
    let again = desk.send("POST", "/oauth2PermissionGrants", &grant);
    assert_eq!((again.status, again.code()), (400, "Request_BadRequest"));
    let url = url.unwrap();
    assert_eq!(desk.send("PATCH", &url, &json!({ "scope": "" })).status, 204);
    assert_eq!(desk.get(&url).body["scope"], "", "a grant of nothing stays until it is deleted");
    assert_eq!(desk.send("DELETE", &url, &Value::Null).status, 204);
    assert_eq!(desk.send("DELETE", &url, &Value::Null).code(), "Request_ResourceNotFound");
    let known = desk.state.world().practice_app().unwrap().client_id.clone();
    assert_eq!(desk.send("POST", "/servicePrincipals", &json!({ "appId": known })).status, 409);
}
