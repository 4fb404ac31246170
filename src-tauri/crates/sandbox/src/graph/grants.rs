use serde_json::Value;

use super::applications::find_principal;
use super::error::{Refusal, bad_request, no_object};
use super::query::{self, Collection};
use super::{Ask, Reply};
use crate::world::{ConsentType, DelegatedGrant, GrantRefused, World};

pub(super) fn list(ask: &Ask<'_>) -> Result<Reply, Refusal> {
    show(ask, |_| true)
}

pub(super) fn of_client(ask: &Ask<'_>) -> Result<Reply, Refusal> {
    let world = ask.state.world();
    let at = find_principal(ask, &world)?;
    let client = world.principals.get(at).map(|principal| principal.id.clone());
    drop(world);
    show(ask, |grant| Some(&grant.client_id) == client.as_ref())
}

pub(super) fn of_user(ask: &Ask<'_>) -> Result<Reply, Refusal> {
    let user = ask.state.world().user(ask.segment(1)).map(|user| user.id.to_string());
    let user = user.ok_or_else(|| no_object(ask.segment(1)))?;
    show(ask, |grant| grant.principal_id.as_ref() == Some(&user))
}

pub(super) fn one(ask: &Ask<'_>) -> Result<Reply, Refusal> {
    let world = ask.state.world();
    let at = find(ask, &world)?;
    let grant = world.delegated_grants.get(at).map(object).unwrap_or_default();
    query::object(ask, "oauth2PermissionGrants", "oAuth2PermissionGrant", &grant)
}

/// Writes a grant; one exists per client, API, consent type and user ("Create oAuth2PermissionGrant").
pub(super) fn create(ask: &Ask<'_>) -> Result<Reply, Refusal> {
    let body = ask.json_body()?;
    let text = |name: &str| body.get(name).and_then(Value::as_str).map(str::to_owned);
    let needed = |name: &str| text(name).ok_or_else(|| bad_request(format!("Property '{name}' is required.")));
    let principal_id = text("principalId");
    let consent_type = match (needed("consentType")?.as_str(), &principal_id) {
        ("AllPrincipals", None) => ConsentType::AllPrincipals,
        ("Principal", Some(_)) => ConsentType::Principal,
        _ => return Err(bad_request("consentType and principalId do not fit together.")),
    };
    let grant = DelegatedGrant {
        id: String::new(),
        client_id: needed("clientId")?,
        consent_type,
        principal_id,
        resource_id: needed("resourceId")?,
        scope: needed("scope")?,
        created_ms: ask.now_ms,
    };
    let mut world = ask.state.world_mut();
    if world.principal(&grant.client_id).is_some_and(|client| !ask.state.has_settled(client.created_ms, ask.now_ms)) {
        return Err(no_object(&grant.client_id));
    }
    let signed = ask.signature(&world);
    match world.add_grant(grant) {
        Ok(grant) => {
            world.audit_grant(&grant, "", &signed);
            world.settle_requests(&grant.client_id, ask.now_ms);
            Ok(Reply::json(201, object(&grant)))
        }
        Err(GrantRefused::Duplicate) => Err(bad_request("Permission entry already exists.")),
        Err(GrantRefused::Missing | GrantRefused::UnknownPermission) => Err(no_object(&needed("clientId")?)),
    }
}

/// Changes `scope`, the only property that can change. An empty one leaves a grant of nothing; Microsoft's pages are silent about it.
pub(super) fn patch(ask: &Ask<'_>) -> Result<Reply, Refusal> {
    let body = ask.json_body()?;
    let scope = body.get("scope").and_then(Value::as_str).ok_or_else(|| bad_request("Property 'scope' is required."))?;
    if body.as_object().is_some_and(|fields| fields.len() > 1) {
        return Err(bad_request("Only the property 'scope' can be changed."));
    }
    let mut world = ask.state.world_mut();
    let at = find(ask, &world)?;
    let signed = ask.signature(&world);
    let Some(grant) = world.delegated_grants.get_mut(at) else { return Err(no_object(ask.segment(1))) };
    let before = std::mem::replace(&mut grant.scope, scope.to_owned());
    let grant = grant.clone();
    world.audit_grant(&grant, &before, &signed);
    world.settle_requests(&grant.client_id, ask.now_ms);
    Ok(Reply::empty(204))
}

pub(super) fn delete(ask: &Ask<'_>) -> Result<Reply, Refusal> {
    let mut world = ask.state.world_mut();
    let at = find(ask, &world)?;
    let signed = ask.signature(&world);
    let mut gone = world.delegated_grants.remove(at);
    let before = std::mem::take(&mut gone.scope);
    world.audit_grant(&gone, &before, &signed);
    Ok(Reply::empty(204))
}

fn find(ask: &Ask<'_>, world: &World) -> Result<usize, Refusal> {
    let id = ask.segment(1);
    world.delegated_grants.iter().position(|grant| grant.id == id).ok_or_else(|| no_object(id))
}

const PROPERTIES: [&str; 6] = ["id", "clientId", "consentType", "principalId", "resourceId", "scope"];

/// A page of those grants. There may be one for every person of the tenant, so only what is on the page becomes JSON.
fn show(ask: &Ask<'_>, belongs: impl Fn(&DelegatedGrant) -> bool) -> Result<Reply, Refusal> {
    let world = ask.state.world();
    let grants: Vec<&DelegatedGrant> = world.delegated_grants.iter().filter(|grant| belongs(grant)).collect();
    let listed = |at: usize| grants.get(at).is_some_and(|grant| ask.state.has_settled(grant.created_ms, ask.now_ms));
    let property = |at: usize, name: &str| grants.get(at).and_then(|grant| property(grant, name));
    let collection = Collection {
        context: "oauth2PermissionGrants",
        kind: "oAuth2PermissionGrant",
        len: grants.len(),
        property: &property,
        write: None,
        beginning: None,
        listed: &listed,
        usual: &PROPERTIES,
        more: &[],
        most: 999,
    };
    query::page(ask, &collection)
}

fn property(grant: &DelegatedGrant, name: &str) -> Option<Value> {
    let value = match name.to_ascii_lowercase().as_str() {
        "id" => grant.id.as_str().into(),
        "clientid" => grant.client_id.as_str().into(),
        "consenttype" => match grant.consent_type {
            ConsentType::AllPrincipals => "AllPrincipals".into(),
            ConsentType::Principal => "Principal".into(),
        },
        "principalid" => grant.principal_id.as_deref().into(),
        "resourceid" => grant.resource_id.as_str().into(),
        "scope" => grant.scope.as_str().into(),
        _ => return None,
    };
    Some(value)
}

fn object(grant: &DelegatedGrant) -> Value {
    PROPERTIES.iter().map(|name| ((*name).to_owned(), property(grant, name).unwrap_or_default())).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::faults::FaultPlan;
    use crate::graph::testing::Desk;
    use crate::world::{Adoption, GRAPH_APP_ID};

    #[test]
    fn one_grant_per_client_api_and_user_changes_by_patch() {
        let desk = Desk::new(30, &FaultPlan::none()).person("cloud.admin@contoso.example", &["DelegatedPermissionGrant.ReadWrite.All"]);
        let (client, graph) = {
            let world = desk.state.world();
            let client = world.principal_of(&world.practice_app().unwrap().client_id).unwrap().id.clone();
            (client, world.principal_of(GRAPH_APP_ID).unwrap().id.clone())
        };
        let wish =
            json!({ "clientId": client, "consentType": "AllPrincipals", "principalId": null, "resourceId": graph, "scope": "User.Read" });
        let created = desk.send("POST", "/oauth2PermissionGrants", &wish);
        assert_eq!(created.status, 201);
        assert_eq!(desk.send("POST", "/oauth2PermissionGrants", &wish).body["error"]["message"], "Permission entry already exists.");

        let url = format!("/oauth2PermissionGrants/{}", created.body["id"].as_str().unwrap());
        assert_eq!(desk.send("PATCH", &url, &json!({ "scope": "User.Read Mail.Read" })).status, 204);
        assert_eq!(desk.send("PATCH", &url, &json!({ "consentType": "Principal" })).status, 400);
        let found = desk.get(&format!("/oauth2PermissionGrants?$filter=clientId%20eq%20'{client}'"));
        assert_eq!(found.body["value"][0]["scope"], "User.Read Mail.Read");
        assert_eq!(desk.get(&format!("/servicePrincipals/{client}/oauth2PermissionGrants")).ids().len(), 1);
        assert_eq!(desk.send("DELETE", &url, &Value::Null).status, 204);
        assert_eq!(desk.get(&url).status, 404);
    }

    #[test]
    fn the_grants_of_two_thousand_people_are_read_page_by_page() {
        let desk = Desk::new(2_000, &FaultPlan::default()).app(&["Directory.Read.All"]);
        desk.state.world_mut().adopt("outreach", Adoption::default());
        let client = {
            let world = desk.state.world();
            world.principal_of(&world.app_by_key("outreach").unwrap().client_id).unwrap().id.clone()
        };
        let mut url = format!("/oauth2PermissionGrants?$filter=clientId%20eq%20'{client}'&$top=500");
        let mut met = std::collections::HashSet::new();
        loop {
            let page = desk.get(&url);
            assert_eq!(page.status, 200);
            met.extend(page.ids());
            match page.link("@odata.nextLink") {
                Some(next) => url = next,
                None => break,
            }
        }
        let planted = desk.state.world().delegated_grants.iter().filter(|grant| grant.client_id == client).count();
        assert_eq!(met.len(), planted);
        let of_one = desk.get(&format!("/servicePrincipals/{client}/oauth2PermissionGrants?$top=1")).body;
        let person = of_one["value"][0]["principalId"].as_str().unwrap().to_owned();
        let own = desk.get(&format!("/users/{person}/oauth2PermissionGrants")).body;
        assert!(own["value"].as_array().unwrap().iter().any(|grant| grant["clientId"] == client.as_str()));
    }
}
