use serde_json::{Value, json};

use super::error::{Refusal, no_object};
use super::query;
use super::{Ask, Reply, time};
use crate::world::{Asked, ConsentRequest, World};

/// What people asked for ("List appConsentRequests"). An answered request stays, with nothing pending.
pub(super) fn list(ask: &Ask<'_>) -> Result<Reply, Refusal> {
    let world = ask.state.world();
    let requests: Vec<Value> = world.consent_requests.iter().map(|request| object(&world, request)).collect();
    query::objects(ask, "identityGovernance/appConsent/appConsentRequests", "appConsentRequest", &requests)
}

pub(super) fn one(ask: &Ask<'_>) -> Result<Reply, Refusal> {
    let world = ask.state.world();
    let request = object(&world, find(ask, &world)?);
    query::object(ask, "identityGovernance/appConsent/appConsentRequests", "appConsentRequest", &request)
}

/// Who asked, when and why.
pub(super) fn of_users(ask: &Ask<'_>) -> Result<Reply, Refusal> {
    let world = ask.state.world();
    let request = find(ask, &world)?;
    let asked: Vec<Value> = request.asked.iter().map(|asked| asked_object(&world, asked)).collect();
    query::objects(ask, "identityGovernance/appConsent/appConsentRequests('request')/userConsentRequests", "userConsentRequest", &asked)
}

fn find<'a>(ask: &Ask<'_>, world: &'a World) -> Result<&'a ConsentRequest, Refusal> {
    let id = ask.segment(3);
    world.consent_requests.iter().find(|request| request.id.eq_ignore_ascii_case(id)).ok_or_else(|| no_object(id))
}

fn object(world: &World, request: &ConsentRequest) -> Value {
    json!({
        "id": request.id,
        "appId": request.app_id,
        "appDisplayName": world.app(&request.app_id).map(|app| app.display_name.as_str()),
        "pendingScopes": request.pending.iter().map(|scope| json!({ "displayName": scope })).collect::<Vec<_>>(),
    })
}

fn asked_object(world: &World, asked: &Asked) -> Value {
    let user = world.user(&asked.user_id);
    json!({
        "id": asked.id,
        "reason": asked.reason,
        "status": if asked.completed_ms.is_some() { "Completed" } else { "InProgress" },
        "createdDateTime": time::moment(asked.created_ms),
        "completedDateTime": asked.completed_ms.map(time::moment),
        "createdBy": { "user": {
            "id": asked.user_id,
            "displayName": user.map(|user| user.display_name.as_str()),
            "userPrincipalName": user.map(|user| user.upn.as_str()),
        } },
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::faults::FaultPlan;
    use crate::graph::testing::Desk;
    use crate::world::GRAPH_APP_ID;

    #[test]
    fn requests_stand_until_everybody_was_granted_what_they_ask_for() {
        let scopes = ["ConsentRequest.Read.All", "DelegatedPermissionGrant.ReadWrite.All", "Application.ReadWrite.All"];
        let desk = Desk::new(60, &FaultPlan::none()).person("cloud.admin@contoso.example", &scopes);
        let url = "/identityGovernance/appConsent/appConsentRequests";
        let outreach = desk.state.world().app_by_key("outreach").unwrap().client_id.clone();
        let requests = desk.get(&format!("{url}?$filter=appId%20eq%20'{outreach}'")).body["value"].as_array().cloned().unwrap();
        let pending = |at: usize| requests[at]["pendingScopes"].as_array().unwrap().len();
        assert_eq!((requests.len(), pending(0), pending(1)), (2, 9, 11), "one asks for more than is needed");
        let of_users = |at: usize| format!("{url}/{}/userConsentRequests", requests[at]["id"].as_str().unwrap());
        let asked = desk.get(&of_users(0)).body["value"][0].clone();
        assert_eq!(asked["status"], "InProgress");
        assert!(asked["createdBy"]["user"]["id"].is_string() && asked["reason"].is_string() && asked["createdDateTime"].is_string());

        let client = desk.send("POST", "/servicePrincipals", &json!({ "appId": outreach })).body["id"].clone();
        let graph = desk.state.world().principal_of(GRAPH_APP_ID).unwrap().id.clone();
        let names: Vec<&str> =
            requests[0]["pendingScopes"].as_array().unwrap().iter().filter_map(|scope| scope["displayName"].as_str()).collect();
        let wish = json!({ "clientId": client, "consentType": "AllPrincipals", "resourceId": graph, "scope": names.join(" ") });
        assert_eq!(desk.send("POST", "/oauth2PermissionGrants", &wish).status, 201);
        assert_eq!(desk.get(&of_users(0)).body["value"][0]["status"], "Completed");
        assert_eq!(desk.get(&of_users(1)).body["value"][0]["status"], "InProgress");
        let left = desk.get(&format!("{url}/{}", requests[1]["id"].as_str().unwrap())).body["pendingScopes"].clone();
        assert_eq!(left, json!([{ "displayName": "Contacts.ReadWrite" }, { "displayName": "Files.Read.All" }]));
        assert_eq!(desk.person("plain.user@contoso.example", &scopes).get(url).status, 403);
    }
}
