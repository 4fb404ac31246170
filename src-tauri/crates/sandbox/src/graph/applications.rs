use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::error::{Refusal, bad_request, no_object};
use super::query;
use super::{Ask, Reply, time};
use crate::entra::certificate;
use crate::world::{Activity, App, FOUNDED_MS, Modified, Principal, Required, RequiredKind, World, hash, roles_of, scopes_of, uuid_from};

/// The directory in which Microsoft registers its own APIs.
const MICROSOFT: &str = "f8cdef31-a31e-4b4a-93e4-5f571e91255a";
const YEAR_MS: i64 = 365 * 86_400_000;

pub(super) fn list_apps(ask: &Ask<'_>) -> Result<Reply, Refusal> {
    let apps: Vec<Value> = ask.state.world().apps.iter().filter(|app| !app.multi_tenant).map(app_object).collect();
    query::objects(ask, "applications", "application", &apps)
}

pub(super) fn one_app(ask: &Ask<'_>) -> Result<Reply, Refusal> {
    let world = ask.state.world();
    let at = find_app(ask, &world)?;
    let app = world.apps.get(at).map(app_object).ok_or_else(|| no_object(ask.segment(1)))?;
    query::object(ask, "applications", "application", &app)
}

/// Changes the name, the wished-for permissions or the certificates of a registration.
pub(super) fn patch_app(ask: &Ask<'_>) -> Result<Reply, Refusal> {
    let body = ask.json_body()?;
    let mut world = ask.state.world_mut();
    let at = find_app(ask, &world)?;
    let required = body.get("requiredResourceAccess").map(required_of).transpose()?;
    let certificates = body.get("keyCredentials").map(certificates_of).transpose()?;
    let Some(app) = world.apps.get_mut(at) else { return Err(no_object(ask.segment(1))) };
    if let Some(name) = body.get("displayName").and_then(Value::as_str) {
        name.clone_into(&mut app.display_name);
    }
    if let Some(required) = required {
        app.required = required;
    }
    if let Some(certificates) = certificates {
        app.certificates = certificates;
        let signed = ask.signature(&world);
        world.audit_credentials(at, &signed);
    }
    Ok(Reply::empty(204))
}

/// Creates a client secret; its text is told this once.
pub(super) fn add_password(ask: &Ask<'_>) -> Result<Reply, Refusal> {
    let body = ask.json_body()?;
    let wanted = body.get("passwordCredential");
    let end = wanted.and_then(|wanted| wanted.get("endDateTime")).and_then(Value::as_str).and_then(time::parse);
    let expires_ms = end.unwrap_or(ask.now_ms + 2 * YEAR_MS);
    let mut world = ask.state.world_mut();
    let at = find_app(ask, &world)?;
    let name = wanted.and_then(|wanted| wanted.get("displayName")).and_then(Value::as_str).map(str::to_owned);
    let made = world.add_secret(at, name.clone(), ask.now_ms, Some(expires_ms));
    let (key_id, value) = made.ok_or_else(|| no_object(ask.segment(1)))?;
    let signed = ask.signature(&world);
    world.audit_credentials(at, &signed);
    let credential = json!({
        "keyId": key_id,
        "secretText": value,
        "hint": value.get(..3),
        "displayName": name,
        "startDateTime": time::moment(ask.now_ms),
        "endDateTime": time::moment(expires_ms),
    });
    Ok(Reply::json(200, credential))
}

pub(super) fn remove_password(ask: &Ask<'_>) -> Result<Reply, Refusal> {
    let body = ask.json_body()?;
    let key_id = body.get("keyId").and_then(Value::as_str).ok_or_else(|| bad_request("keyId is missing."))?;
    let mut world = ask.state.world_mut();
    let at = find_app(ask, &world)?;
    let Some(app) = world.apps.get_mut(at) else { return Err(no_object(ask.segment(1))) };
    let before = app.secrets.len();
    app.secrets.retain(|secret| !secret.key_id.eq_ignore_ascii_case(key_id));
    if app.secrets.len() == before {
        return Err(bad_request("No password credential has this keyId."));
    }
    let signed = ask.signature(&world);
    world.audit_credentials(at, &signed);
    Ok(Reply::empty(204))
}

pub(super) fn list_principals(ask: &Ask<'_>) -> Result<Reply, Refusal> {
    query::objects(ask, "servicePrincipals", "servicePrincipal", &principal_objects(ask))
}

pub(super) fn count_principals(ask: &Ask<'_>) -> Result<Reply, Refusal> {
    query::count_objects(ask, "servicePrincipal", &principal_objects(ask))
}

pub(super) fn one_principal(ask: &Ask<'_>) -> Result<Reply, Refusal> {
    let world = ask.state.world();
    let at = find_principal(ask, &world)?;
    let principal =
        world.principals.get(at).map(|principal| principal_object(&world, principal)).ok_or_else(|| no_object(ask.segment(1)))?;
    query::object(ask, "servicePrincipals", "servicePrincipal", &principal)
}

/// Makes an app known in the tenant, without any permission.
pub(super) fn create_principal(ask: &Ask<'_>) -> Result<Reply, Refusal> {
    let body = ask.json_body()?;
    let app_id = body.get("appId").and_then(Value::as_str).ok_or_else(|| bad_request("appId is missing."))?;
    let mut world = ask.state.world_mut();
    if world.principal_of(app_id).is_some() {
        return Err(Refusal::new(
            409,
            "Request_MultipleObjectsWithSameKeyValue",
            "The service principal cannot be created because the service principal name is already in use.",
        ));
    }
    let at = world.ensure_principal(app_id, ask.now_ms).ok_or_else(|| {
        Refusal::new(400, "Request_BadRequest", "The appId of the service principal does not reference a valid application object.")
    })?;
    let created = world.principals.get(at).map(|principal| principal_object(&world, principal)).unwrap_or_default();
    if let Some(id) = world.principals.get(at).map(|principal| principal.id.clone()) {
        let signed = ask.signature(&world);
        world.audit_principal(Activity::AddPrincipal, &id, Vec::new(), &signed);
    }
    Ok(Reply::json(201, created))
}

/// Switches sign-in on or off, or demands assignment.
pub(super) fn patch_principal(ask: &Ask<'_>) -> Result<Reply, Refusal> {
    let body = ask.json_body()?;
    let mut world = ask.state.world_mut();
    let at = find_principal(ask, &world)?;
    let Some(principal) = world.principals.get_mut(at) else { return Err(no_object(ask.segment(1))) };
    let id = principal.id.clone();
    let mut modified = Vec::new();
    let mut set = |name, property: &mut bool| {
        if let Some(new) = body.get(name).and_then(Value::as_bool) {
            let old = std::mem::replace(property, new);
            modified.push(Modified { name, old: Some(old.to_string()), new: Some(new.to_string()) });
        }
    };
    set("accountEnabled", &mut principal.enabled);
    set("appRoleAssignmentRequired", &mut principal.assignment_required);
    let signed = ask.signature(&world);
    world.audit_principal(Activity::UpdatePrincipal, &id, modified, &signed);
    Ok(Reply::empty(204))
}

/// Deletes a service principal with all that was granted to it.
pub(super) fn delete_principal(ask: &Ask<'_>) -> Result<Reply, Refusal> {
    let mut world = ask.state.world_mut();
    let at = find_principal(ask, &world)?;
    let signed = ask.signature(&world);
    if let Some(id) = world.principals.get(at).map(|principal| principal.id.clone()) {
        world.audit_principal(Activity::RemovePrincipal, &id, Vec::new(), &signed);
    }
    let gone = world.principals.remove(at);
    world.role_assignments.retain(|grant| grant.principal_id != gone.id && grant.resource_id != gone.id);
    world.delegated_grants.retain(|grant| grant.client_id != gone.id && grant.resource_id != gone.id);
    world.assigned.retain(|assigned| assigned.resource_id != gone.id);
    Ok(Reply::empty(204))
}

/// By object id, or by `appId='…'` in parentheses. One that was made a moment ago may not be found yet.
pub(super) fn find_principal(ask: &Ask<'_>, world: &World) -> Result<usize, Refusal> {
    let key = ask.segment(1);
    let found = world.principals.iter().position(|principal| match app_id_key(key) {
        Some(app_id) => principal.app_id.eq_ignore_ascii_case(app_id),
        None => principal.id.eq_ignore_ascii_case(key),
    });
    let settled = |principal: &Principal| ask.state.has_settled(principal.created_ms, ask.now_ms);
    let found = found.filter(|at| world.principals.get(*at).is_some_and(settled));
    found.ok_or_else(|| no_object(app_id_key(key).unwrap_or(key)))
}

/// A registration of this tenant. Those of the vendors live in the vendors' tenants and cannot be read here.
fn find_app(ask: &Ask<'_>, world: &World) -> Result<usize, Refusal> {
    let key = ask.segment(1);
    let found = match app_id_key(key) {
        Some(app_id) => world.apps.iter().position(|app| app.client_id.eq_ignore_ascii_case(app_id)),
        None => world.app_by_object_id(key),
    };
    let found = found.filter(|at| world.apps.get(*at).is_some_and(|app| !app.multi_tenant));
    found.ok_or_else(|| no_object(app_id_key(key).unwrap_or(key)))
}

fn app_id_key(key: &str) -> Option<&str> {
    let (name, value) = key.split_once('=')?;
    name.trim().eq_ignore_ascii_case("appId").then(|| value.trim().trim_matches('\''))
}

fn app_object(app: &App) -> Value {
    let mut resources: Vec<&str> = Vec::new();
    for wish in &app.required {
        if !resources.contains(&wish.resource_app_id.as_str()) {
            resources.push(&wish.resource_app_id);
        }
    }
    let required: Vec<Value> = resources
        .into_iter()
        .map(|resource| {
            let access: Vec<Value> = app
                .required
                .iter()
                .filter(|wish| wish.resource_app_id == resource)
                .map(|wish| json!({ "id": wish.id, "type": match wish.kind { RequiredKind::Role => "Role", RequiredKind::Scope => "Scope" } }))
                .collect();
            json!({ "resourceAppId": resource, "resourceAccess": access })
        })
        .collect();
    let secrets: Vec<Value> = app
        .secrets
        .iter()
        .map(|secret| {
            json!({
                "keyId": secret.key_id,
                "hint": secret.value.get(..3),
                "displayName": secret.display_name,
                "secretText": null,
                "startDateTime": time::moment(secret.created_ms),
                "endDateTime": time::moment(secret.expires_ms.unwrap_or(FOUNDED_MS + 100 * YEAR_MS)),
            })
        })
        .collect();
    let certificates: Vec<Value> = app
        .certificates
        .iter()
        .map(|der| {
            let name = STANDARD.encode(der);
            // A bare public key says nothing about its time, so it has none.
            let validity = certificate::validity(der).and_then(|(start, end)| Some((utc(start)?, utc(end)?)));
            json!({
                "keyId": uuid_from(hash(&name, 30), hash(&name, 31)),
                "type": "AsymmetricX509Cert",
                "usage": "Verify",
                "key": null,
                "displayName": certificate::common_name(der).map(|name| format!("CN={name}")),
                "startDateTime": validity.map(|(start, _)| time::moment(start)),
                "endDateTime": validity.map(|(_, end)| time::moment(end)),
            })
        })
        .collect();
    json!({
        "id": app.id,
        "appId": app.client_id,
        "displayName": app.display_name,
        "signInAudience": if app.multi_tenant { "AzureADMultipleOrgs" } else { "AzureADMyOrg" },
        "isFallbackPublicClient": app.public_client,
        "publicClient": { "redirectUris": app.redirect_uris },
        "requiredResourceAccess": required,
        "passwordCredentials": secrets,
        "keyCredentials": certificates,
        "createdDateTime": time::moment(FOUNDED_MS),
    })
}

/// Milliseconds since 1970 of the times in certificates, `YYMMDDhhmmssZ` or `YYYYMMDDhhmmssZ` (RFC 5280, 4.1.2.5).
fn utc(text: &str) -> Option<i64> {
    let (century, rest) = match text.len() {
        13 if text < "50" => ("20", text),
        13 => ("19", text),
        15 => text.split_at_checked(2)?,
        _ => return None,
    };
    let part = |at: usize| rest.get(at..at + 2);
    let (year, month, day) = (part(0)?, part(2)?, part(4)?);
    time::parse(&format!("{century}{year}-{month}-{day}T{}:{}:{}Z", part(6)?, part(8)?, part(10)?))
}

fn principal_objects(ask: &Ask<'_>) -> Vec<Value> {
    let world = ask.state.world();
    let settled = world.principals.iter().filter(|principal| ask.state.has_settled(principal.created_ms, ask.now_ms));
    settled.map(|principal| principal_object(&world, principal)).collect()
}

fn principal_object(world: &World, principal: &Principal) -> Value {
    let roles: Vec<Value> = roles_of(&principal.app_id)
        .into_iter()
        .map(|role| {
            json!({
                "id": role.id, "value": role.value, "displayName": role.value, "description": role.value,
                "allowedMemberTypes": ["Application"], "isEnabled": true,
            })
        })
        .collect();
    let scopes: Vec<Value> = scopes_of(&principal.app_id)
        .into_iter()
        .map(|scope| {
            json!({
                "id": scope.id, "value": scope.value, "type": if scope.admin { "Admin" } else { "User" }, "isEnabled": true,
                "adminConsentDisplayName": scope.value, "adminConsentDescription": scope.value,
                "userConsentDisplayName": scope.value, "userConsentDescription": scope.value,
            })
        })
        .collect();
    let app = world.app(&principal.app_id);
    let multi_tenant = app.is_none_or(|app| app.multi_tenant);
    let owner = match app {
        None => MICROSOFT.to_owned(),
        Some(app) if app.multi_tenant => uuid_from(hash(&app.client_id, 32), hash(&app.client_id, 33)),
        Some(_) => world.tenant_id.clone(),
    };
    let verified = app.filter(|app| app.multi_tenant && app.verified).map(
        |app| json!({ "displayName": app.display_name, "verifiedPublisherId": format!("{:08}", hash(&app.client_id, 34) % 100_000_000) }),
    );
    let tags: &[&str] = if app.is_some() { &["WindowsAzureActiveDirectoryIntegratedApp"] } else { &[] };
    json!({
        "id": principal.id,
        "appId": principal.app_id,
        "displayName": principal.display_name,
        "appDisplayName": principal.display_name,
        "accountEnabled": principal.enabled,
        "appRoleAssignmentRequired": principal.assignment_required,
        "servicePrincipalType": "Application",
        "servicePrincipalNames": [principal.app_id],
        "signInAudience": if multi_tenant { "AzureADMultipleOrgs" } else { "AzureADMyOrg" },
        "appOwnerOrganizationId": owner,
        "disabledByMicrosoftStatus": app.filter(|app| app.blocked).map(|_| "DisabledDueToViolationOfServicesAgreement"),
        "verifiedPublisher": verified,
        "tags": tags,
        "createdDateTime": time::moment(principal.created_ms),
        "appRoles": roles,
        "oauth2PermissionScopes": scopes,
    })
}

fn required_of(value: &Value) -> Result<Vec<Required>, Refusal> {
    let wrong = || bad_request("requiredResourceAccess is not valid.");
    let mut required = Vec::new();
    for resource in value.as_array().ok_or_else(wrong)? {
        let app_id = resource.get("resourceAppId").and_then(Value::as_str).ok_or_else(wrong)?;
        for access in resource.get("resourceAccess").and_then(Value::as_array).ok_or_else(wrong)? {
            let id = access.get("id").and_then(Value::as_str).ok_or_else(wrong)?;
            let (kind, name) = match access.get("type").and_then(Value::as_str) {
                Some("Role") => {
                    (RequiredKind::Role, roles_of(app_id).into_iter().find(|role| role.id.eq_ignore_ascii_case(id)).map(|role| role.value))
                }
                Some("Scope") => (
                    RequiredKind::Scope,
                    scopes_of(app_id).into_iter().find(|scope| scope.id.eq_ignore_ascii_case(id)).map(|scope| scope.value),
                ),
                Some(_) | None => return Err(wrong()),
            };
            let value = name.ok_or_else(wrong)?.to_owned();
            required.push(Required { resource_app_id: app_id.to_owned(), id: id.to_owned(), kind, value });
        }
    }
    Ok(required)
}

fn certificates_of(value: &Value) -> Result<Vec<Vec<u8>>, Refusal> {
    let wrong = || bad_request("keyCredentials is not valid.");
    let keys = value.as_array().ok_or_else(wrong)?;
    keys.iter().map(|key| STANDARD.decode(key.get("key").and_then(Value::as_str).ok_or_else(wrong)?).map_err(|_| wrong())).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::faults::FaultPlan;
    use crate::graph::testing::Desk;
    use crate::world::GRAPH_APP_ID;

    #[test]
    fn an_app_becomes_known_in_the_tenant_once() {
        let desk = Desk::new(30, &FaultPlan::none()).app(&["Application.ReadWrite.All"]);
        let app_id = "8410d572-e055-48e5-b2c7-869538daf671";
        let by_key = format!("/servicePrincipals(appId='{app_id}')");
        assert_eq!(desk.get(&by_key).status, 404, "there is no consent yet");
        assert_eq!(desk.send("POST", "/servicePrincipals", &json!({ "appId": app_id })).status, 201);
        assert_eq!(desk.get(&by_key).body["displayName"], "Crelate");
        let filtered = desk.get(&format!("/servicePrincipals?$filter=appId%20eq%20'{app_id}'&$select=id,appId"));
        assert_eq!(filtered.ids().len(), 1);
        assert_eq!(desk.send("POST", "/servicePrincipals", &json!({ "appId": app_id })).code(), "Request_MultipleObjectsWithSameKeyValue");
    }

    #[test]
    fn only_registrations_of_this_tenant_can_be_read() {
        let desk = Desk::new(30, &FaultPlan::none()).app(&["Application.Read.All"]);
        let keys = ["practice", "invoice_scanner", "payroll_mailer", "room_display", "outreach", "crelate", "sales_insights"];
        let ids: Vec<(String, String)> = {
            let world = desk.state.world();
            keys.iter().map(|key| world.app_by_key(key).map(|app| (app.id.clone(), app.client_id.clone())).unwrap()).collect()
        };
        for (at, (id, client_id)) in ids.iter().enumerate() {
            let status = if at < 4 { 200 } else { 404 };
            assert_eq!(desk.get(&format!("/applications(appId='{client_id}')")).status, status, "{}", keys[at]);
            assert_eq!(desk.get(&format!("/applications/{id}")).status, status, "{}", keys[at]);
            let listed = desk.get(&format!("/applications?$filter=appId%20eq%20'{client_id}'")).ids().len();
            assert_eq!(listed, usize::from(at < 4), "{}", keys[at]);
        }
        let owner = |key: &str| {
            let app_id = desk.state.world().app_by_key(key).unwrap().client_id.clone();
            desk.get(&format!("/servicePrincipals(appId='{app_id}')")).body["appOwnerOrganizationId"].clone()
        };
        assert_eq!(owner("practice"), desk.state.world().tenant_id.as_str());
        assert_ne!(owner("sales_insights"), desk.state.world().tenant_id.as_str());
    }

    #[test]
    fn credentials_show_when_they_end_and_never_what_they_are() {
        let desk = Desk::new(30, &FaultPlan::none()).app(&["Application.Read.All"]);
        desk.state.world_mut().apps[0].certificates.push(include_bytes!("../../tests/fixtures/practice-app.certificate.der").to_vec());
        let app = |key: &str| {
            let app_id = desk.state.world().app_by_key(key).unwrap().client_id.clone();
            desk.get(&format!("/applications(appId='{app_id}')")).body
        };
        let end = |key: &str| {
            let secret = app(key)["passwordCredentials"][0].clone();
            assert!(secret["secretText"].is_null() && secret["keyId"].is_string() && secret["displayName"].is_string(), "{key}");
            super::time::parse(secret["endDateTime"].as_str().unwrap()).unwrap()
        };
        let left = end("payroll_mailer") - desk.now_ms;
        assert!((0..30 * 86_400_000).contains(&left), "it ends within 30 days");
        assert!(end("invoice_scanner") < desk.now_ms, "it has ended");
        let key = app("practice")["keyCredentials"][0].clone();
        assert!(key["key"].is_null() && key["keyId"].is_string());
        let (start, end) = (key["startDateTime"].as_str().unwrap(), key["endDateTime"].as_str().unwrap());
        assert!(super::time::parse(start) < super::time::parse(end), "{key}");
    }

    #[test]
    fn an_enterprise_application_says_whether_it_may_be_used() {
        let desk = Desk::new(60, &FaultPlan::none()).person("cloud.admin@contoso.example", &["Application.ReadWrite.All"]);
        let url = |key: &str| format!("/servicePrincipals(appId='{}')", desk.state.world().app_by_key(key).unwrap().client_id);
        assert_eq!(desk.get(&url("mail_merger")).body["disabledByMicrosoftStatus"], "DisabledDueToViolationOfServicesAgreement");
        assert!(desk.get(&url("travel_desk")).body["disabledByMicrosoftStatus"].is_null());
        let off = desk.get(&url("newsletter_tool")).body;
        assert_eq!((off["accountEnabled"].as_bool(), off["disabledByMicrosoftStatus"].is_null()), (Some(false), true));
        assert_eq!(desk.send("PATCH", &url("newsletter_tool"), &json!({ "accountEnabled": true })).status, 204);
        assert_eq!(desk.send("PATCH", &url("newsletter_tool"), &json!({ "appRoleAssignmentRequired": true })).status, 204);
        let on = desk.get(&url("newsletter_tool")).body;
        assert_eq!((on["accountEnabled"].as_bool(), on["appRoleAssignmentRequired"].as_bool()), (Some(true), Some(true)));
        let url = url("newsletter_tool");
        let desk = desk.person("global.reader@contoso.example", &["Application.ReadWrite.All"]);
        assert_eq!(desk.send("PATCH", &url, &json!({ "accountEnabled": false })).code(), "Authorization_RequestDenied");
    }

    #[test]
    fn graph_publishes_what_can_be_granted() {
        let desk = Desk::new(30, &FaultPlan::none()).app(&["Application.Read.All"]);
        let graph = desk.get(&format!("/servicePrincipals(appId='{GRAPH_APP_ID}')?$select=id,appRoles,oauth2PermissionScopes")).body;
        let roles = graph["appRoles"].as_array().unwrap();
        assert!(roles.iter().any(|role| role["value"] == "Tasks.ReadWrite.All" && role["id"] == "44e666d1-d276-445b-a5fc-8815eeb81d55"));
        assert!(graph["oauth2PermissionScopes"].as_array().unwrap().iter().any(|scope| scope["value"] == "offline_access"));
    }

    #[test]
    fn a_new_secret_is_told_once() {
        let desk = Desk::new(30, &FaultPlan::none()).app(&["Application.ReadWrite.All"]);
        let app = desk.get("/applications?$filter=displayName%20eq%20'Practice%20Integration'").ids().remove(0);
        let created =
            desk.send("POST", &format!("/applications/{app}/addPassword"), &json!({ "passwordCredential": { "displayName": "new" } }));
        assert!(created.body["secretText"].as_str().is_some_and(|text| text.len() > 20));
        let listed = desk.get(&format!("/applications/{app}")).body["passwordCredentials"].clone();
        assert!(listed.as_array().unwrap().iter().all(|secret| secret["secretText"].is_null()));
        let key_id = created.body["keyId"].clone();
        assert_eq!(desk.send("POST", &format!("/applications/{app}/removePassword"), &json!({ "keyId": key_id })).status, 204);
    }
}
