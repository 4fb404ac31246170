//! Tenant-wide admin consent in the browser, and what it changes in the next token.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test stops where something is not as it must be")]

mod common;

use common::{Listener, app_token, claims, encode, get, small, tenant_url, value};
use rollcall_sandbox::Sandbox;
use rollcall_sandbox::browser::{Person, visit};

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
