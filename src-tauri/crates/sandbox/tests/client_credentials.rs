//! The application alone: secrets, certificates, and everything Entra refuses.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test stops where something is not as it must be")]

mod common;

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use common::{app_token, claims, encode, get, post, small, tenant_url, token, try_send};
use http::Method;
use ring::digest::{SHA1_FOR_LEGACY_USE_ONLY, SHA256, digest};
use ring::rand::SystemRandom;
use ring::signature::{RSA_PKCS1_SHA256, RSA_PSS_SHA256, RsaEncoding, RsaKeyPair};
use rollcall_sandbox::Sandbox;
use serde_json::{Value, json};

const CERTIFICATE: &[u8] = include_bytes!("fixtures/practice-app.certificate.der");
const PRIVATE_KEY: &[u8] = include_bytes!("fixtures/practice-app.key.der");
const ASSERTION: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

#[tokio::test]
async fn a_secret_yields_a_token_with_the_roles_granted_at_that_moment() {
    let sandbox = small().await;
    let client_id = sandbox.details().client_id.clone();
    assert_eq!(app_token(&sandbox, &[]).await.status, 200, "the principal exists, nothing is granted yet");
    let bare = app_token(&sandbox, &[]).await.json()["access_token"].as_str().unwrap().to_owned();
    assert!(claims(&bare).get("roles").is_none());

    let now_ms = sandbox.now_ms();
    sandbox.change(|world| world.grant_tenant_wide(&client_id, now_ms));
    let answer = app_token(&sandbox, &[]).await.json();
    let granted = claims(answer["access_token"].as_str().unwrap());
    assert_eq!(granted["idtyp"], "app");
    assert_eq!(granted["appid"], client_id);
    assert_eq!(granted["appidacr"], "1");
    assert!(granted["roles"].as_array().unwrap().contains(&json!("Mail.ReadWrite")));
    assert!(answer.get("refresh_token").is_none() && answer.get("scope").is_none());
    assert!((3600..=5400).contains(&answer["expires_in"].as_i64().unwrap()));
    assert!(claims(&bare).get("roles").is_none(), "a token issued before keeps what it had");
}

#[tokio::test]
async fn the_scope_may_name_graph_by_either_address() {
    let sandbox = small().await;
    let own = format!("{}/.default", sandbox.details().graph);
    assert_eq!(app_token(&sandbox, &[("scope", &own)]).await.status, 200);
}

#[tokio::test]
async fn every_refusal_has_entras_status_class_and_number() {
    let sandbox = small().await;
    type Changed = &'static [(&'static str, &'static str)];
    let cases: [(Changed, u16, &str, i64); 9] = [
        (&[("client_secret", "wrong")], 401, "invalid_client", 7_000_215),
        (&[("client_secret", "")], 401, "invalid_client", 7_000_218),
        (&[("client_id", "11111111-1111-1111-1111-111111111111")], 400, "unauthorized_client", 700_016),
        (&[("client_id", "")], 400, "invalid_request", 900_144),
        (&[("scope", "https://graph.microsoft.com/Mail.Read")], 400, "invalid_scope", 1_002_012),
        (&[("scope", "https://graph.microsoft.com/.default User.Read")], 400, "invalid_scope", 1_002_012),
        (&[("scope", "https://vault.example/.default")], 400, "invalid_resource", 500_011),
        (&[("grant_type", "password")], 400, "unsupported_grant_type", 70003),
        (&[("grant_type", "")], 400, "invalid_request", 900_144),
    ];
    for (changed, status, error, code) in cases {
        let answer = app_token(&sandbox, changed).await;
        let body = answer.json();
        assert_eq!((answer.status, answer.code()), (status, code), "{changed:?}");
        assert_eq!(body["error"], error, "{changed:?}");
        let description = body["error_description"].as_str().unwrap();
        assert!(description.starts_with(&format!("AADSTS{code}: ")), "{description}");
        for field in ["timestamp", "trace_id", "correlation_id", "error_uri"] {
            assert!(body[field].is_string(), "{field} in {changed:?}");
        }
        assert!(!answer.text.contains(&sandbox.details().client_secret), "no secret in a refusal");
        let explained = get(body["error_uri"].as_str().unwrap(), &[]).await;
        assert!(explained.text.contains(&format!("AADSTS{code}")), "the link leads to a page about the number");
    }
}

#[tokio::test]
async fn the_request_id_of_the_client_is_echoed() {
    let sandbox = small().await;
    let id = "3f2504e0-4f89-41d3-9a0c-0305e82c3301";
    let headers = [("content-type", "application/x-www-form-urlencoded"), ("client-request-id", id)];
    let url = tenant_url(&sandbox, "oauth2/v2.0/token");
    let answer = try_send(Method::POST, &url, &headers, "grant_type=none").await.unwrap();
    assert_eq!(answer.json()["correlation_id"], id);
}

#[tokio::test]
async fn answers_carry_the_practice_tenants_time() {
    let sandbox = small().await;
    sandbox.advance(Duration::from_secs(3 * 24 * 3600));
    let answer = app_token(&sandbox, &[]).await;
    let date = httpdate::parse_http_date(answer.header("date").unwrap()).unwrap();
    let date_s = date.duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    assert!(date_s.abs_diff(u64::try_from(sandbox.now_ms()).unwrap() / 1000) <= 2, "clients set their clock by it");
}

#[tokio::test]
async fn collective_and_unknown_tenants_give_no_application_token() {
    let sandbox = small().await;
    let details = sandbox.details();
    let fields = [
        ("grant_type", "client_credentials"),
        ("client_id", details.client_id.as_str()),
        ("client_secret", details.client_secret.as_str()),
        ("scope", common::GRAPH),
    ];
    for (tenant, expected) in
        [("contoso.example", None), ("organizations", Some(50059)), ("common", Some(9_001_023)), ("fabrikam.example", Some(90002))]
    {
        let answer = post(&format!("{}/{tenant}/oauth2/v2.0/token", details.authority), &fields).await;
        match expected {
            None => assert_eq!(answer.status, 200, "{tenant}"),
            Some(code) => assert_eq!(answer.code(), code, "{tenant}"),
        }
    }
}

#[tokio::test]
async fn secrets_expire_and_principals_can_be_missing_or_disabled() {
    let sandbox = small().await;
    let client_id = sandbox.details().client_id.clone();
    let expires_ms = sandbox.now_ms() + 60_000;
    sandbox.change(|world| {
        let app = world.apps.iter_mut().find(|app| app.client_id == client_id).unwrap();
        app.secrets[0].expires_ms = Some(expires_ms);
    });
    assert_eq!(app_token(&sandbox, &[]).await.status, 200);
    sandbox.advance(Duration::from_secs(61));
    let expired = app_token(&sandbox, &[]).await;
    assert_eq!((expired.status, expired.code()), (401, 7_000_222));

    sandbox.change(|world| {
        let app = world.apps.iter_mut().find(|app| app.client_id == client_id).unwrap();
        app.secrets[0].expires_ms = None;
        world.principals.iter_mut().find(|principal| principal.app_id == client_id).unwrap().enabled = false;
    });
    assert_eq!(app_token(&sandbox, &[]).await.code(), 7_000_112);
    sandbox.change(|world| world.principals.retain(|principal| principal.app_id != client_id));
    assert_eq!(app_token(&sandbox, &[]).await.code(), 7_000_229);
}

#[tokio::test]
async fn the_secret_may_come_as_http_basic() {
    let sandbox = small().await;
    let details = sandbox.details();
    let plain = encode(&[("", &details.client_secret)]);
    let basic = STANDARD.encode(format!("{}:{}", details.client_id, plain.trim_start_matches('=')));
    let basic = format!("Basic {basic}");
    let headers = [("content-type", "application/x-www-form-urlencoded"), ("authorization", basic.as_str())];
    let body = encode(&[("grant_type", "client_credentials"), ("scope", common::GRAPH)]);
    let url = tenant_url(&sandbox, "oauth2/v2.0/token");
    let answer = try_send(Method::POST, &url, &headers, &body).await.unwrap();
    assert_eq!(answer.status, 200, "{}", answer.text);
}

/// An assertion that is right in every respect, before a test spoils one.
fn assertion(sandbox: &Sandbox) -> (Value, Value) {
    let now = sandbox.now_ms() / 1000;
    let client_id = &sandbox.details().client_id;
    let header = json!({"alg": "PS256", "typ": "JWT", "x5t#S256": URL_SAFE_NO_PAD.encode(digest(&SHA256, CERTIFICATE))});
    let claims = json!({
        "aud": tenant_url(sandbox, "oauth2/v2.0/token"),
        "iss": client_id, "sub": client_id, "jti": "1", "nbf": now, "iat": now, "exp": now + 600,
    });
    (header, claims)
}

fn sign(header: &Value, claims: &Value) -> String {
    let body = format!("{}.{}", URL_SAFE_NO_PAD.encode(header.to_string()), URL_SAFE_NO_PAD.encode(claims.to_string()));
    let key = RsaKeyPair::from_pkcs8(PRIVATE_KEY).unwrap();
    let padding: &dyn RsaEncoding = if header["alg"] == "RS256" { &RSA_PKCS1_SHA256 } else { &RSA_PSS_SHA256 };
    let mut signature = vec![0; key.public().modulus_len()];
    key.sign(padding, &SystemRandom::new(), body.as_bytes(), &mut signature).unwrap();
    format!("{body}.{}", URL_SAFE_NO_PAD.encode(signature))
}

async fn with_assertion(sandbox: &Sandbox, signed: &str) -> common::Answer {
    app_token(sandbox, &[("client_secret", ""), ("client_assertion_type", ASSERTION), ("client_assertion", signed)]).await
}

async fn with_certificate() -> Sandbox {
    let sandbox = small().await;
    let client_id = sandbox.details().client_id.clone();
    sandbox.change(|world| {
        let app = world.apps.iter_mut().find(|app| app.client_id == client_id).unwrap();
        app.certificates.push(CERTIFICATE.to_vec());
    });
    sandbox
}

#[tokio::test]
async fn a_certificate_signs_in_with_both_algorithms_and_both_thumbprints() {
    let sandbox = with_certificate().await;
    let (header, claims_of) = assertion(&sandbox);
    let answer = with_assertion(&sandbox, &sign(&header, &claims_of)).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    assert_eq!(claims(answer.json()["access_token"].as_str().unwrap())["appidacr"], "2");

    let legacy = json!({"alg": "RS256", "typ": "JWT", "x5t": URL_SAFE_NO_PAD.encode(digest(&SHA1_FOR_LEGACY_USE_ONLY, CERTIFICATE))});
    assert_eq!(with_assertion(&sandbox, &sign(&legacy, &claims_of)).await.status, 200);
}

#[tokio::test]
async fn a_spoilt_assertion_is_refused_for_its_own_reason() {
    let sandbox = with_certificate().await;
    let (header, claims) = assertion(&sandbox);
    let now = sandbox.now_ms() / 1000;
    let spoilt = |name: &str, value: Value| {
        let mut claims = claims.clone();
        claims[name] = value;
        sign(&header, &claims)
    };
    let other_thumbprint = json!({"alg": "PS256", "x5t#S256": URL_SAFE_NO_PAD.encode(digest(&SHA256, b"other"))});
    let unsigned = sign(&header, &claims).rsplit_once('.').unwrap().0.to_owned() + ".";
    for (what, signed, code) in [
        ("expired", spoilt("exp", json!(now - 301)), 700_024),
        ("not yet valid", spoilt("nbf", json!(now + 400)), 700_024),
        ("another audience", spoilt("aud", json!("https://login.microsoftonline.com/contoso.example/oauth2/v2.0/token")), 50012),
        ("another subject", spoilt("sub", json!("somebody")), 50048),
        ("another issuer", spoilt("iss", json!("somebody")), 50048),
        ("another certificate", sign(&other_thumbprint, &claims), 700_027),
        ("no signature", unsigned, 700_027),
        ("no algorithm", sign(&json!({"alg": "none"}), &claims), 50012),
        ("no JWT", "nonsense".to_owned(), 50012),
    ] {
        let answer = with_assertion(&sandbox, &signed).await;
        assert_eq!((answer.status, answer.code()), (401, code), "{what}");
    }
    let (altered, good) = (spoilt("jti", json!("2")), sign(&header, &claims));
    let mixed = format!("{}.{}", altered.rsplit_once('.').unwrap().0, good.rsplit_once('.').unwrap().1);
    assert_eq!(with_assertion(&sandbox, &mixed).await.code(), 700_027, "a signature over other claims");
}

#[tokio::test]
async fn the_device_code_flow_is_blocked_and_an_unknown_path_says_nothing() {
    let sandbox = small().await;
    assert_eq!(post(&tenant_url(&sandbox, "oauth2/v2.0/devicecode"), &[("client_id", "x")]).await.code(), 53003);
    assert_eq!(get(&tenant_url(&sandbox, "oauth2/v2.0/token"), &[]).await.status, 404, "tokens are only posted for");
    assert_eq!(token(&sandbox, &[]).await.code(), 900_144);
}
