//! Signing in through the browser, and living on the refresh token.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test stops where something is not as it must be")]

mod common;

use std::time::Duration;

use common::{Listener, authorize_url, claims, get, post, redemption, small, tenant_url, token, value};
use http::Method;
use rollcall_sandbox::browser::{Person, Visited, visit};
use rollcall_sandbox::{FaultPlan, Options, People, Sandbox};

const MINUTE: Duration = Duration::from_secs(60);

async fn signed_in(sandbox: &Sandbox, listener: &mut Listener) -> String {
    visit(&authorize_url(sandbox, &listener.redirect_uri, &[]), &Person::Admin).await.unwrap();
    listener.next().await.get("code").expect("a code")
}

async fn redeemed(sandbox: &Sandbox, listener: &mut Listener) -> serde_json::Value {
    let code = signed_in(sandbox, listener).await;
    token(sandbox, &redemption(sandbox, listener, &code)).await.json()
}

fn ordinary(sandbox: &Sandbox) -> String {
    let world = sandbox.world();
    let user = world.users.iter().find(|user| user.enabled && user.admin_roles.is_empty());
    user.expect("an ordinary person").upn.clone()
}

#[tokio::test]
async fn an_admin_signs_in_by_form_post() {
    let sandbox = small().await;
    let mut listener = Listener::open().await;
    let url = authorize_url(&sandbox, &listener.redirect_uri, &[]);
    let seen = visit(&url, &Person::Admin).await.unwrap();
    assert!(seen.text.contains("close this window"), "the way ends at the application: {seen:?}");

    let answer = listener.next().await;
    assert_eq!(answer.method, Method::POST);
    assert_eq!(answer.headers["sec-fetch-mode"], "navigate");
    assert_eq!(answer.headers["origin"], url.split("/p/").next().unwrap(), "a browser names the page's origin");
    assert_eq!(answer.get("state").as_deref(), Some("a state & more"));
    let code = answer.get("code").unwrap();

    let tokens = token(&sandbox, &redemption(&sandbox, &listener, &code)).await.json();
    assert_eq!(tokens["scope"], "openid profile User.Read", "offline_access is no permission");
    assert!(tokens["refresh_token"].is_string());
    let access = claims(tokens["access_token"].as_str().unwrap());
    assert_eq!(access["idtyp"], "user");
    assert_eq!(access["tid"], sandbox.details().tenant_id);
    assert_eq!(access["scp"], "openid profile User.Read");
    assert_eq!(access["wids"][0], "62e90394-69f5-4237-9190-012177145e10", "Global Administrator");
    let life = access["exp"].as_i64().unwrap() - access["iat"].as_i64().unwrap();
    assert_eq!(life, tokens["expires_in"].as_i64().unwrap());
    let id = claims(tokens["id_token"].as_str().unwrap());
    assert_eq!(id["nonce"], "a-nonce");
    assert_eq!(id["aud"], sandbox.details().client_id);
    assert_eq!(id["preferred_username"], sandbox.details().admin);
}

#[tokio::test]
async fn the_pages_say_that_they_are_practice_and_nobody_may_frame_them() {
    let sandbox = small().await;
    let page = get(&authorize_url(&sandbox, "http://localhost:1", &[]), &[]).await;
    assert!(page.text.contains("Practice tenant – not Microsoft"));
    assert_eq!(page.header("x-frame-options"), Some("DENY"));
    assert!(page.header("content-security-policy").unwrap().contains("frame-ancestors 'none'"));
    assert!(!page.text.contains("style=\""), "no inline style");
}

#[tokio::test]
async fn a_second_sign_in_needs_no_consent_unless_it_is_asked_for() {
    let sandbox = small().await;
    let mut listener = Listener::open().await;
    signed_in(&sandbox, &mut listener).await;
    let admin = sandbox.details().admin.clone();
    let again = authorize_url(&sandbox, &listener.redirect_uri, &[]);
    visit(&again, &Person::Declines(admin.clone())).await.unwrap();
    assert!(listener.next().await.get("code").is_some(), "there was no consent page to decline");
    let asked = authorize_url(&sandbox, &listener.redirect_uri, &[("prompt", "consent")]);
    visit(&asked, &Person::Declines(admin)).await.unwrap();
    assert_eq!(listener.next().await.get("error_subcode").as_deref(), Some("cancel"));
}

#[tokio::test]
async fn query_mode_and_the_login_hint_work() {
    let sandbox = small().await;
    let mut listener = Listener::open().await;
    let hint = "cloud.admin@contoso.example";
    let url = authorize_url(&sandbox, &listener.redirect_uri, &[("response_mode", ""), ("login_hint", hint)]);
    visit(&url, &Person::Admin).await.unwrap();
    let answer = listener.next().await;
    assert_eq!(answer.method, Method::GET);
    let code = answer.get("code").unwrap();
    let tokens = token(&sandbox, &redemption(&sandbox, &listener, &code)).await.json();
    assert_eq!(claims(tokens["id_token"].as_str().unwrap())["preferred_username"], hint);
}

#[tokio::test]
async fn cancelling_returns_access_denied() {
    let sandbox = small().await;
    let mut listener = Listener::open().await;
    visit(&authorize_url(&sandbox, &listener.redirect_uri, &[]), &Person::Cancels).await.unwrap();
    let answer = listener.next().await;
    assert_eq!(answer.get("error").as_deref(), Some("access_denied"));
    assert_eq!(answer.get("error_subcode").as_deref(), Some("cancel"));
    assert!(answer.get("error_description").unwrap().starts_with("AADSTS65004: "));
    assert_eq!(answer.get("state").as_deref(), Some("a state & more"));
}

#[tokio::test]
async fn an_ordinary_person_is_stopped_where_an_admin_must_consent() {
    let sandbox = small().await;
    sandbox.set_consent_workflow(false);
    let mut listener = Listener::open().await;
    let person = Person::Upn(ordinary(&sandbox));
    let url = authorize_url(&sandbox, &listener.redirect_uri, &[("scope", "openid Directory.Read.All")]);
    let seen = visit(&url, &person).await.unwrap();
    assert!(seen.text.contains("AADSTS90094"), "{seen:?}");
    assert!(listener.is_silent(), "this page does not return to the application");

    visit(&authorize_url(&sandbox, &listener.redirect_uri, &[]), &person).await.unwrap();
    assert!(listener.next().await.get("code").is_some(), "User.Read is theirs to consent to");
}

#[tokio::test]
async fn faults_of_the_application_end_on_a_page_and_never_redirect() {
    let sandbox = small().await;
    let mut listener = Listener::open().await;
    for (changed, expected) in [
        (("redirect_uri", "https://attacker.example/"), "AADSTS50011"),
        (("redirect_uri", "http://localhost.attacker.example/"), "AADSTS50011"),
        (("redirect_uri", ""), "AADSTS900971"),
        (("client_id", "11111111-1111-1111-1111-111111111111"), "AADSTS700016"),
        (("client_id", ""), "AADSTS900144"),
    ] {
        let seen = get(&authorize_url(&sandbox, &listener.redirect_uri, &[changed]), &[]).await;
        assert_eq!(seen.status, 400, "{expected}");
        assert!(seen.text.contains(expected), "{expected}: {}", seen.text);
        assert_eq!(seen.header("location"), None, "{expected}");
    }
    let elsewhere = authorize_url(&sandbox, &listener.redirect_uri, &[]).replace(&sandbox.details().tenant_id, "nowhere.example");
    assert!(get(&elsewhere, &[]).await.text.contains("AADSTS90002"));
    assert!(listener.is_silent());
}

#[tokio::test]
async fn faults_of_the_request_return_to_the_application() {
    let sandbox = small().await;
    let redirect_uri = "http://localhost:1/answer";
    for (changed, error, number) in [
        (("code_challenge", ""), "invalid_request", "AADSTS50147"),
        (("code_challenge", "short"), "invalid_request", "AADSTS50147"),
        (("code_challenge_method", "plain"), "invalid_request", "AADSTS50147"),
        (("response_mode", "fragment"), "invalid_request", "AADSTS90023"),
        (("response_type", "token"), "unsupported_response_type", "AADSTS700054"),
        (("prompt", "none"), "login_required", "AADSTS50058"),
        (("prompt", "login consent"), "invalid_request", "AADSTS90023"),
        (("scope", "No.Such.Permission"), "invalid_scope", "AADSTS70011"),
        (("scope", "https://vault.example/.default"), "invalid_resource", "AADSTS500011"),
        (("scope", "User.Read https://graph.microsoft.com/.default"), "invalid_scope", "AADSTS70011"),
    ] {
        // The answer's mode is set last, so that the case may change it.
        let mode = if changed.0 == "response_mode" { changed } else { ("response_mode", "query") };
        let seen = get(&authorize_url(&sandbox, redirect_uri, &[changed, mode]), &[]).await;
        let location = seen.header("location").unwrap_or_else(|| panic!("{changed:?}: {}", seen.text));
        assert!(location.starts_with("http://localhost:1/answer?"), "{location}");
        assert_eq!(value(location, "error").as_deref(), Some(error), "{changed:?}");
        assert!(value(location, "error_description").unwrap().starts_with(number), "{changed:?}: {location}");
        assert_eq!(value(location, "state").as_deref(), Some("a state & more"), "{changed:?}");
    }
}

#[tokio::test]
async fn a_page_answers_once_and_only_from_our_own_form() {
    let sandbox = small().await;
    let page = get(&authorize_url(&sandbox, "http://localhost:1", &[]), &[]).await;
    let flow = page.text.split("name=\"flow\" value=\"").nth(1).unwrap().split('"').next().unwrap();
    let login = tenant_url(&sandbox, "login");
    let admin = sandbox.details().admin.clone();
    let forged = post(&login, &[("flow", "page.guess"), ("account", &admin)]).await;
    assert_eq!(forged.status, 400);
    let fields = [("flow", flow), ("account", admin.as_str())];
    assert_eq!(post(&login, &fields).await.status, 200);
    assert_eq!(post(&login, &fields).await.status, 400, "the same form a second time");
}

#[tokio::test]
async fn an_unknown_or_disabled_account_gets_no_further() {
    let sandbox = small().await;
    let url = authorize_url(&sandbox, "http://localhost:1", &[]);
    let unknown: Visited = visit(&url, &Person::Upn("nobody@contoso.example".into())).await.unwrap();
    assert!(unknown.text.contains("AADSTS50034"), "{unknown:?}");
    let upn = ordinary(&sandbox);
    sandbox.change(|world| world.users.iter_mut().find(|user| user.upn == upn).unwrap().enabled = false);
    let disabled = visit(&url, &Person::Upn(upn)).await.unwrap();
    assert!(disabled.text.contains("AADSTS50057"), "{disabled:?}");
}

#[tokio::test]
async fn a_code_is_redeemed_once_by_its_owner_only() {
    let sandbox = small().await;
    let mut listener = Listener::open().await;
    let code = signed_in(&sandbox, &mut listener).await;
    let with = |name: &'static str, value: &'static str| {
        let mut fields = redemption(&sandbox, &listener, &code);
        fields.retain(|(found, _)| *found != name);
        fields.push((name, value));
        fields
    };
    let wrong = "another-verifier-of-at-least-forty-three-characters";
    assert_eq!(token(&sandbox, &with("code_verifier", wrong)).await.code(), 501_481);
    assert_eq!(token(&sandbox, &with("redirect_uri", "http://localhost:2")).await.code(), 70000);
    assert_eq!(token(&sandbox, &with("code", "code.unknown")).await.code(), 70000);
    let other_path = tenant_url(&sandbox, "oauth2/v2.0/token").replace(&sandbox.details().tenant_id, "organizations");
    assert_eq!(post(&other_path, &redemption(&sandbox, &listener, &code)).await.code(), 700_005);

    let fields = redemption(&sandbox, &listener, &code);
    assert_eq!(token(&sandbox, &fields).await.status, 200, "none of the failures spent the code");
    assert_eq!(token(&sandbox, &fields).await.code(), 54005);

    let late = signed_in(&sandbox, &mut listener).await;
    sandbox.advance(11 * MINUTE);
    assert_eq!(token(&sandbox, &redemption(&sandbox, &listener, &late)).await.code(), 70008);
}

#[tokio::test]
async fn refresh_tokens_rotate_and_end_with_a_revocation() {
    let sandbox = small().await;
    let mut listener = Listener::open().await;
    let first = redeemed(&sandbox, &mut listener).await["refresh_token"].as_str().unwrap().to_owned();
    let client_id = sandbox.details().client_id.as_str();
    let renew = |refresh_token: String, scope: &'static str| {
        let sandbox = &sandbox;
        async move {
            let fields = [("grant_type", "refresh_token"), ("client_id", client_id), ("refresh_token", &refresh_token), ("scope", scope)];
            token(sandbox, &fields).await
        }
    };
    let answer = renew(first.clone(), "User.Read").await.json();
    let second = answer["refresh_token"].as_str().unwrap().to_owned();
    assert_ne!(first, second, "each renewal brings a new one");
    assert_eq!(answer["scope"], "User.Read");
    assert_eq!(renew(first.clone(), "User.Read").await.status, 200, "use does not end the old one");
    let more = renew(second.clone(), "Directory.Read.All").await;
    assert_eq!((more.code(), more.json()["suberror"].as_str()), (65001, Some("consent_required")));

    sandbox.revoke(&sandbox.details().admin);
    let refused = renew(second, "User.Read").await;
    assert_eq!((refused.status, refused.code()), (400, 50173));
    sandbox.advance(MINUTE);
    let fresh = redeemed(&sandbox, &mut listener).await["refresh_token"].as_str().unwrap().to_owned();
    assert_eq!(renew(fresh.clone(), "User.Read").await.status, 200, "a later sign-in counts");
    sandbox.advance(91 * 24 * 60 * MINUTE);
    assert_eq!(renew(fresh, "User.Read").await.code(), 70008);
}

#[tokio::test]
async fn with_nobody_at_the_screen_the_pages_answer_by_themselves() {
    let options = Options { users: 30, faults: FaultPlan::none(), people: People::Auto, ..Options::default() };
    let sandbox = Sandbox::start(options).await.unwrap();
    let url = authorize_url(&sandbox, "http://localhost:1", &[("response_mode", "query"), ("prompt", "none")]);
    let answer = get(&url, &[]).await;
    assert!(value(answer.header("location").unwrap(), "code").is_some());
}

#[tokio::test]
async fn discovery_names_every_endpoint_and_an_unknown_tenant_is_refused() {
    let sandbox = small().await;
    let path = "v2.0/.well-known/openid-configuration";
    let document = get(&tenant_url(&sandbox, path), &[]).await.json();
    assert_eq!(document["issuer"], tenant_url(&sandbox, "v2.0"));
    assert_eq!(document["token_endpoint"], tenant_url(&sandbox, "oauth2/v2.0/token"));
    for field in ["authorization_endpoint", "jwks_uri", "end_session_endpoint", "userinfo_endpoint", "device_authorization_endpoint"] {
        let endpoint = document[field].as_str().unwrap_or_else(|| panic!("{field} is missing"));
        assert!(endpoint.starts_with(&sandbox.details().authority), "{field}: {endpoint}");
    }
    let collective = get(&format!("{}/organizations/{path}", sandbox.details().authority), &[]).await.json();
    assert!(collective["issuer"].as_str().unwrap().contains("{tenantid}"));
    let unknown = get(&format!("{}/fabrikam.example/{path}", sandbox.details().authority), &[]).await;
    assert_eq!((unknown.status, unknown.code()), (400, 90002));
    assert!(get(&tenant_url(&sandbox, "oauth2/v2.0/logout"), &[]).await.text.contains("You are signed out"));
}
