//! Tenant-wide admin consent in the browser, and what it changes in the next token.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test stops where something is not as it must be")]

mod common;

use common::{Listener, app_token, authorize_url, claims, encode, get, small, tenant_url, value};
use rollcall_sandbox::Sandbox;
use rollcall_sandbox::browser::{Person, visit};
use rollcall_sandbox::world::{Activity, Actor, ConsentType, EXCHANGE_APP_ID, GRAPH_APP_ID, UserConsent};

fn consent_url(sandbox: &Sandbox, path: &str, redirect_uri: &str, scope: Option<&str>) -> String {
    let mut fields = vec![("client_id", sandbox.details().client_id.as_str()), ("redirect_uri", redirect_uri), ("state", "a-state")];
    fields.extend(scope.map(|scope| ("scope", scope)));
    format!("{}?{}", tenant_url(sandbox, path), encode(&fields))
}

async fn roles(sandbox: &Sandbox) -> usize {
    let token = app_token(sandbox, &[]).await.json();
    claims(token["access_token"].as_str().unwrap())["roles"].as_array().map_or(0, Vec::len)
}

#[tokio::test]
async fn an_admin_grants_everything_and_the_next_token_has_the_roles() {
    for (path, scope) in [("v2.0/adminconsent", Some(common::GRAPH)), ("adminconsent", None)] {
        let sandbox = small().await;
        let mut listener = Listener::open().await;
        assert_eq!(roles(&sandbox).await, 0, "{path}");
        let url = consent_url(&sandbox, path, &listener.redirect_uri, scope);
        visit(&url, &Person::Admin).await.unwrap();
        let answer = listener.next().await;
        assert_eq!(answer.get("error"), None, "{path}");
        assert_eq!(answer.get("admin_consent").as_deref(), Some("True"), "{path}");
        assert_eq!(answer.get("tenant").as_ref(), Some(&sandbox.details().tenant_id), "{path}");
        assert_eq!(answer.get("state").as_deref(), Some("a-state"), "{path}");
        assert_eq!(answer.get("scope").as_deref(), scope, "{path}");
        assert_eq!(roles(&sandbox).await, 8, "{path}: all application permissions of the registration");
    }
}

#[tokio::test]
async fn the_page_lists_what_is_asked_for() {
    let sandbox = small().await;
    let url = consent_url(&sandbox, "adminconsent", "http://localhost:1", None);
    let picker = get(&url, &[]).await;
    let flow = picker.text.split("name=\"flow\" value=\"").nth(1).unwrap().split('"').next().unwrap();
    let picked = [("flow", flow), ("account", sandbox.details().admin.as_str())];
    let page = common::post(&tenant_url(&sandbox, "login"), &picked).await.text;
    for permission in ["Mail.ReadWrite", "Tasks.ReadWrite.All", "offline_access", "Practice Integration"] {
        assert!(page.contains(permission), "{permission}: {page}");
    }
}

#[tokio::test]
async fn named_scopes_grant_delegated_permissions_only() {
    let sandbox = small().await;
    let mut listener = Listener::open().await;
    let scope = "https://graph.microsoft.com/Mail.Read User.Read";
    let url = consent_url(&sandbox, "v2.0/adminconsent", &listener.redirect_uri, Some(scope));
    visit(&url, &Person::Upn("cloud.admin@contoso.example".into())).await.unwrap();
    assert_eq!(listener.next().await.get("error"), None, "delegated permissions are within this role");
    let admin = sandbox.world().admin().unwrap().id;
    let granted = sandbox.world().delegated_scopes(&sandbox.details().client_id, &admin);
    assert_eq!(granted, ["Mail.Read", "User.Read"]);
    assert_eq!(roles(&sandbox).await, 0);
}

#[tokio::test]
async fn who_may_not_grant_is_sent_back_and_nothing_is_granted() {
    let sandbox = small().await;
    let mut listener = Listener::open().await;
    let ordinary = {
        let world = sandbox.world();
        world.users.iter().find(|user| user.enabled && user.admin_roles.is_empty()).unwrap().upn.clone()
    };
    let url = consent_url(&sandbox, "v2.0/adminconsent", &listener.redirect_uri, Some(common::GRAPH));
    for (person, error, number) in [
        (Person::Upn("cloud.admin@contoso.example".into()), "permission_denied", "AADSTS90093"),
        (Person::Upn(ordinary), "consent_required", "AADSTS90094"),
        (Person::Cancels, "access_denied", "AADSTS65004"),
        (Person::Declines(sandbox.details().admin.clone()), "access_denied", "AADSTS65004"),
    ] {
        visit(&url, &person).await.unwrap();
        let answer = listener.next().await;
        assert_eq!(answer.get("error").as_deref(), Some(error), "{person:?}");
        assert!(answer.get("error_description").unwrap().starts_with(number), "{person:?}");
        assert_eq!(answer.get("admin_consent").as_deref(), Some("True"), "refusals carry it too: {person:?}");
        assert_eq!(answer.get("state").as_deref(), Some("a-state"), "{person:?}");
        assert_eq!(answer.get("tenant"), None, "{person:?}");
    }
    assert_eq!(roles(&sandbox).await, 0);
}

#[tokio::test]
async fn the_newer_endpoint_wants_a_scope_and_a_tenant() {
    let sandbox = small().await;
    let redirect_uri = "http://localhost:1";
    let common =
        consent_url(&sandbox, "v2.0/adminconsent", redirect_uri, Some(common::GRAPH)).replace(&sandbox.details().tenant_id, "common");
    for url in [common, consent_url(&sandbox, "v2.0/adminconsent", redirect_uri, None)] {
        let answer = get(&url, &[]).await;
        let location = answer.header("location").unwrap();
        assert_eq!(value(location, "error").as_deref(), Some("invalid_request"), "{location}");
    }
    let older = consent_url(&sandbox, "adminconsent", redirect_uri, None).replace(&sandbox.details().tenant_id, "common");
    assert_eq!(get(&older, &[]).await.status, 200, "the older endpoint lives on common too");
}

/// The tenant-wide grant of an app for an API.
fn everyone(sandbox: &Sandbox, client_id: &str, resource: &str) -> Option<String> {
    let world = sandbox.world();
    let (client, resource) = (&world.principal_of(client_id)?.id, &world.principal_of(resource)?.id);
    let mut all = world.delegated_grants.iter();
    let found =
        all.find(|grant| grant.client_id == *client && grant.resource_id == *resource && grant.consent_type == ConsentType::AllPrincipals);
    found.map(|grant| grant.scope.clone())
}

#[tokio::test]
async fn named_scopes_of_both_apis_are_granted_and_rewrite_what_stood_there() {
    let sandbox = small().await;
    let client_id = sandbox.details().client_id.clone();
    let mut listener = Listener::open().await;
    let everyone = |resource| everyone(&sandbox, &client_id, resource);
    for (scope, graph, exchange) in [
        ("User.Read Mail.Read", Some("User.Read Mail.Read"), None),
        ("https://outlook.office365.com/EWS.AccessAsUser.All", Some("User.Read Mail.Read"), Some("EWS.AccessAsUser.All")),
        (
            "https://graph.microsoft.com/User.Read https://outlook.office365.com/IMAP.AccessAsUser.All openid",
            Some("User.Read openid"),
            Some("IMAP.AccessAsUser.All"),
        ),
    ] {
        visit(&consent_url(&sandbox, "v2.0/adminconsent", &listener.redirect_uri, Some(scope)), &Person::Admin).await.unwrap();
        assert_eq!(listener.next().await.get("error"), None, "{scope}");
        assert_eq!(everyone(GRAPH_APP_ID).as_deref(), graph, "{scope}");
        assert_eq!(everyone(EXCHANGE_APP_ID).as_deref(), exchange, "{scope}");
    }
    let unknown = consent_url(&sandbox, "v2.0/adminconsent", &listener.redirect_uri, Some("https://outlook.office365.com/Mail.Read"));
    let location = get(&unknown, &[]).await.header("location").unwrap().to_owned();
    assert!(value(&location, "error_description").unwrap().starts_with("AADSTS70011"), "an application permission is no scope");
}

#[tokio::test]
async fn default_is_what_is_registered_for_that_api_alone() {
    let sandbox = small().await;
    let app = sandbox.app("room_display").unwrap();
    let mut listener = Listener::open().await;
    sandbox.change(|world| world.role_assignments.clear());
    let url = |path: &str, scope| {
        consent_url(&sandbox, path, &listener.redirect_uri, scope).replace(&sandbox.details().client_id, &app.client_id)
    };
    let (graph, exchange) = (
        url("v2.0/adminconsent", Some("https://graph.microsoft.com/.default")),
        url("v2.0/adminconsent", Some("https://outlook.office365.com/.default")),
    );
    let roles = || sandbox.world().application_roles(&app.client_id, EXCHANGE_APP_ID);
    visit(&graph, &Person::Admin).await.unwrap();
    assert_eq!(listener.next().await.get("error"), None);
    assert!(roles().is_empty(), "nothing is registered for Graph");
    // A role of Exchange is within a Cloud Application Administrator.
    visit(&exchange, &Person::Upn("cloud.admin@contoso.example".into())).await.unwrap();
    assert_eq!(listener.next().await.get("error"), None);
    assert_eq!(roles(), ["full_access_as_app"]);
}

#[tokio::test]
async fn consent_for_everybody_is_logged_with_its_author_and_answers_who_asked() {
    let sandbox = small().await;
    let outreach = sandbox.app("outreach").unwrap();
    let asked = |sandbox: &Sandbox| sandbox.world().consent_requests.iter().filter(|request| !request.pending.is_empty()).count();
    assert_eq!(asked(&sandbox), 2);
    let mut listener = Listener::open().await;
    let url =
        consent_url(&sandbox, "adminconsent", &listener.redirect_uri, None).replace(&sandbox.details().client_id, &outreach.client_id);
    visit(&url, &Person::Admin).await.unwrap();
    assert_eq!(listener.next().await.get("error"), None);
    assert_eq!(asked(&sandbox), 1, "what goes beyond the need still waits");
    let world = sandbox.world();
    let client = world.principal_of(&outreach.client_id).unwrap().id.clone();
    let last = world.audits.last().unwrap();
    assert_eq!((last.activity, last.targets[0].id.as_str()), (Activity::Consent, client.as_str()));
    assert!(matches!(&last.by, Actor::User { upn, .. } if upn == "admin@contoso.example"));
    assert!(last.modified.iter().any(|changed| changed.new.as_deref().is_some_and(|new| new.contains("Calendars.ReadWrite"))));
}

#[tokio::test]
async fn the_tenants_setting_decides_what_people_consent_to_by_themselves() {
    let sandbox = small().await;
    sandbox.set_consent_workflow(false);
    let person = {
        let world = sandbox.world();
        let ordinary = world.users.iter().rev().find(|user| user.enabled && user.admin_roles.is_empty() && user.other_mail.is_none());
        Person::Upn(ordinary.unwrap().upn.clone())
    };
    let listener = Listener::open().await;
    for (setting, scope, allowed) in [
        (UserConsent::None, "openid User.Read", false),
        (UserConsent::Low, "openid User.Read", true),
        (UserConsent::Low, "Contacts.Read", false),
        (UserConsent::Recommended, "Contacts.Read", true),
        (UserConsent::Recommended, "Mail.Send", false),
        (UserConsent::Legacy, "Mail.Send", true),
        (UserConsent::Legacy, "Directory.Read.All", false),
    ] {
        sandbox.set_user_consent(setting);
        let seen = visit(&authorize_url(&sandbox, &listener.redirect_uri, &[("scope", scope)]), &person).await.unwrap();
        assert_eq!(!seen.text.contains("AADSTS90094"), allowed, "{setting:?} {scope}: {}", seen.text);
    }
}

#[tokio::test]
async fn who_may_not_consent_can_ask_when_the_workflow_is_on() {
    let sandbox = small().await;
    let crelate = sandbox.app("crelate").unwrap();
    let person = {
        let world = sandbox.world();
        let ordinary = world.users.iter().rev().find(|user| user.enabled && user.admin_roles.is_empty());
        ordinary.unwrap().upn.clone()
    };
    let mut listener = Listener::open().await;
    let changed = [("client_id", crelate.client_id.as_str()), ("scope", "openid Mail.Send")];
    let url = authorize_url(&sandbox, &listener.redirect_uri, &changed);
    let seen = visit(&url, &Person::Upn(person.clone())).await.unwrap();
    assert!(seen.text.contains("Request sent"), "{}", seen.text);
    assert!(listener.is_silent(), "this page does not return to the application");
    let world = sandbox.world();
    let request = world.consent_requests.iter().find(|request| request.app_id == crelate.client_id).unwrap();
    assert_eq!(request.pending, ["openid", "Mail.Send"]);
    assert_eq!(request.asked[0].user_id, *world.user_by_upn(&person).unwrap().id);
}

#[tokio::test]
async fn an_app_for_assigned_people_and_one_that_microsoft_disabled_stop_the_sign_in() {
    let sandbox = small().await;
    let (travel, merger) = (sandbox.app("travel_desk").unwrap(), sandbox.app("mail_merger").unwrap());
    let mut listener = Listener::open().await;
    let url = |client_id: &str| authorize_url(&sandbox, &listener.redirect_uri, &[("client_id", client_id)]);
    let (travel, merger) = (url(&travel.client_id), url(&merger.client_id));
    let stopped = visit(&travel, &Person::Upn("cloud.admin@contoso.example".into())).await.unwrap();
    assert!(stopped.text.contains("AADSTS50105"), "{}", stopped.text);
    visit(&travel, &Person::Admin).await.unwrap();
    assert!(listener.next().await.get("code").is_some(), "the administrator is assigned");
    visit(&merger, &Person::Admin).await.unwrap();
    assert!(listener.next().await.get("error_description").unwrap().starts_with("AADSTS1000031"));
}
