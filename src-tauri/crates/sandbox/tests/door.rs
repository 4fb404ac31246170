//! Nobody gets in without the token of this start: not by another name, method, origin, path or bearer token.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test stops where something is not as it must be")]

mod common;

use common::{app_token, authorize_url, claims, get, small, tenant_url, token, try_send};
use http::Method;
use rollcall_sandbox::{FaultPlan, Options, Sandbox};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

fn port(sandbox: &Sandbox) -> u16 {
    let host = sandbox.details().graph.split('/').nth(2).unwrap();
    host.rsplit_once(':').unwrap().1.parse().unwrap()
}

#[tokio::test]
async fn without_the_start_token_everything_is_404_without_content() {
    let sandbox = small().await;
    let base = format!("http://127.0.0.1:{}", port(&sandbox));
    let other = small().await;
    let foreign_token = other.details().graph.split('/').nth(4).unwrap();
    for path in [
        "/".to_owned(),
        "/graph/v1.0/users".to_owned(),
        "/p".to_owned(),
        "/p/".to_owned(),
        "/p/x/graph/v1.0/users".to_owned(),
        format!("/p/{foreign_token}/graph/v1.0/users"),
        format!("/p/{}/oauth2/v2.0/token", sandbox.details().tenant_id),
        "/organizations/v2.0/.well-known/openid-configuration".to_owned(),
        sandbox.details().graph.split_once("/p/").unwrap().1.to_owned().to_uppercase().replacen("", "/P/", 1),
        "//p/../graph".to_owned(),
    ] {
        for method in [Method::GET, Method::POST, Method::OPTIONS, Method::DELETE] {
            let answer = try_send(method.clone(), &format!("{base}{path}"), &[], "").await.unwrap();
            assert_eq!((answer.status, answer.text.as_str()), (404, ""), "{method} {path}");
        }
    }
}

#[tokio::test]
async fn only_our_own_names_are_answered() {
    let sandbox = small().await;
    let port = port(&sandbox);
    let url = tenant_url(&sandbox, "v2.0/.well-known/openid-configuration");
    let wrong = [
        "attacker.example".to_owned(),
        format!("attacker.example:{port}"),
        "127.0.0.1".to_owned(),
        "localhost".to_owned(),
        format!("127.0.0.1:{}", port ^ 1),
        format!("127.0.0.1.attacker.example:{port}"),
        format!("LOCALHOST:{port}"),
        format!("[::1]:{port}"),
        format!("0.0.0.0:{port}"),
        format!("localhost.:{port}"),
        String::new(),
    ];
    for host in wrong {
        let answer = get(&url, &[("host", &host)]).await;
        assert_eq!((answer.status, answer.text.as_str()), (421, ""), "{host:?}");
    }
    for host in [format!("127.0.0.1:{port}"), format!("localhost:{port}")] {
        assert_eq!(get(&url, &[("host", &host)]).await.status, 200, "{host}");
    }
}

#[tokio::test]
async fn a_web_page_cannot_use_it_and_never_sees_a_cors_header() {
    let sandbox = small().await;
    let own = format!("http://127.0.0.1:{}", port(&sandbox));
    let urls = [
        format!("{}/v1.0/users", sandbox.details().graph),
        tenant_url(&sandbox, "v2.0/.well-known/openid-configuration"),
        tenant_url(&sandbox, "oauth2/v2.0/token"),
        authorize_url(&sandbox, "http://localhost:1", &[]),
    ];
    let foreign: [&[(&str, &str)]; 7] = [
        &[("origin", "https://attacker.example")],
        &[("origin", "null")],
        &[("origin", "http://localhost:1")],
        &[("origin", "https://127.0.0.1")],
        &[("sec-fetch-mode", "cors")],
        &[("sec-fetch-mode", "no-cors"), ("sec-fetch-site", "cross-site")],
        &[("sec-fetch-mode", "websocket")],
    ];
    for url in &urls {
        for headers in foreign {
            for method in [Method::GET, Method::POST, Method::PATCH] {
                let answer = try_send(method.clone(), url, headers, "").await.unwrap();
                assert_eq!((answer.status, answer.text.as_str()), (403, ""), "{method} {url} {headers:?}");
            }
        }
        for method in [Method::OPTIONS, Method::HEAD, Method::TRACE] {
            let headers = [("origin", own.as_str()), ("access-control-request-method", "POST")];
            let answer = try_send(method.clone(), url, &headers, "").await.unwrap();
            assert_eq!(answer.status, 405, "{method} {url}");
            assert!(answer.headers.keys().all(|name| !name.as_str().starts_with("access-control")), "{method} {url}");
        }
    }
    let served = get(&urls[1], &[("origin", &own)]).await;
    assert_eq!(served.status, 200, "our own pages may");
    assert!(served.headers.keys().all(|name| !name.as_str().starts_with("access-control")));
}

/// Sends bytes as they are; gives back the status of the answer, or 0 when there was none.
async fn raw(sandbox: &Sandbox, request: &str) -> u16 {
    let mut stream = TcpStream::connect(("127.0.0.1", port(sandbox))).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer).await;
    let answer = String::from_utf8_lossy(&answer);
    answer.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0)
}

#[tokio::test]
async fn ambiguous_framing_and_oversize_are_never_served() {
    let sandbox = small().await;
    let host = format!("127.0.0.1:{}", port(&sandbox));
    let path = tenant_url(&sandbox, "v2.0/.well-known/openid-configuration").replacen(&format!("http://{host}"), "", 1);
    let end = "Connection: close\r\n\r\n";
    let good = format!("GET {path} HTTP/1.1\r\nHost: {host}\r\n{end}");
    assert_eq!(raw(&sandbox, &good).await, 200, "the plain request is fine");
    for (what, request) in [
        ("two hosts", format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nHost: {host}\r\n{end}")),
        ("no host", format!("GET {path} HTTP/1.1\r\n{end}")),
        ("HTTP/1.0 without host", format!("GET {path} HTTP/1.0\r\n{end}")),
        ("foreign absolute target", format!("GET http://attacker.example{path} HTTP/1.1\r\nHost: {host}\r\n{end}")),
        ("asterisk", format!("OPTIONS * HTTP/1.1\r\nHost: {host}\r\n{end}")),
        ("tunnel", format!("CONNECT {host} HTTP/1.1\r\nHost: {host}\r\n{end}")),
        ("two lengths", format!("POST {path} HTTP/1.1\r\nHost: {host}\r\nContent-Length: 1\r\nContent-Length: 2\r\n{end}ab")),
        ("negative length", format!("POST {path} HTTP/1.1\r\nHost: {host}\r\nContent-Length: -1\r\n{end}")),
        ("bad chunk", format!("POST {path} HTTP/1.1\r\nHost: {host}\r\nTransfer-Encoding: chunked\r\n{end}zz\r\n")),
        ("unknown coding", format!("POST {path} HTTP/1.1\r\nHost: {host}\r\nTransfer-Encoding: gzip\r\n{end}")),
        ("blank in a header name", format!("GET {path} HTTP/1.1\r\nHost : {host}\r\n{end}")),
        ("no version", format!("GET {path}\r\n\r\n")),
        ("huge header", format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nX-Big: {}\r\n{end}", "x".repeat(64 * 1024))),
        ("many headers", format!("GET {path} HTTP/1.1\r\nHost: {host}\r\n{}{end}", "X-Many: 1\r\n".repeat(100))),
        ("long target", format!("GET {path}?{} HTTP/1.1\r\nHost: {host}\r\n{end}", "x".repeat(64 * 1024))),
    ] {
        let status = raw(&sandbox, &request).await;
        assert!(status == 0 || status >= 400, "{what}: {status}");
    }
    let large = "x".repeat(4 * 1024 * 1024 + 1);
    let answer = try_send(Method::POST, &tenant_url(&sandbox, "oauth2/v2.0/token"), &[], &large).await;
    assert!(answer.is_none_or(|answer| answer.status == 413), "a body beyond 4 MiB");
}

#[tokio::test]
async fn only_access_tokens_of_this_start_open_graph() {
    let sandbox = small().await;
    // The same world and app, but another start and therefore another key.
    let twin = small().await;
    assert_eq!(sandbox.details().tenant_id, twin.details().tenant_id, "the same seed gives the same tenant");
    let now_ms = sandbox.now_ms();
    let client_id = sandbox.details().client_id.clone();
    for each in [&sandbox, &twin] {
        each.change(|world| world.grant_tenant_wide(&client_id, now_ms));
    }
    let good = app_token(&sandbox, &[]).await.json()["access_token"].as_str().unwrap().to_owned();
    let foreign = app_token(&twin, &[]).await.json()["access_token"].as_str().unwrap().to_owned();
    // Shaped like a token of Entra: RS256, Microsoft's issuer, a signature that is only noise here.
    let entra = "eyJ0eXAiOiJKV1QiLCJhbGciOiJSUzI1NiIsImtpZCI6IngifQ.\
        eyJhdWQiOiJodHRwczovL2dyYXBoLm1pY3Jvc29mdC5jb20iLCJpc3MiOiJodHRwczovL3N0cy53aW5kb3dzLm5ldC94LyJ9.c2ln";
    let (signed, _) = good.rsplit_once('.').unwrap();
    let users = format!("{}/v1.0/users?$top=1", sandbox.details().graph);
    for (what, header) in [
        ("none", String::new()),
        ("empty", "Bearer ".to_owned()),
        ("another start's", format!("Bearer {foreign}")),
        ("one that looks like Entra's", format!("Bearer {entra}")),
        ("unsigned", format!("Bearer {signed}.")),
        ("cut", format!("Bearer {}", &good[..good.len() - 2])),
        ("as basic", format!("Basic {good}")),
        ("the secret itself", format!("Bearer {}", sandbox.details().client_secret)),
    ] {
        let headers: &[(&str, &str)] = if header.is_empty() { &[] } else { &[("authorization", &header)] };
        let answer = get(&users, headers).await;
        assert_eq!(answer.status, 401, "{what}");
        assert_eq!(answer.json()["error"]["code"], "InvalidAuthenticationToken", "{what}");
    }
    let bearer = format!("Bearer {good}");
    assert_eq!(get(&users, &[("authorization", &bearer)]).await.status, 200);
    let twice = [("authorization", bearer.as_str()), ("authorization", bearer.as_str())];
    assert_eq!(get(&users, &twice).await.status, 401, "two tokens are none");
    let life = claims(&good)["exp"].as_u64().unwrap() - claims(&good)["iat"].as_u64().unwrap();
    sandbox.advance(std::time::Duration::from_secs(life));
    assert_eq!(get(&users, &[("authorization", &bearer)]).await.status, 401, "expired");
}

#[tokio::test]
async fn a_token_of_entra_buys_nothing_at_the_token_endpoint_either() {
    let sandbox = small().await;
    let client_id = sandbox.details().client_id.as_str();
    let real = "0.AXoAreal-looking-refresh-token.AgABAAEAAAD";
    let fields = [("grant_type", "refresh_token"), ("client_id", client_id), ("refresh_token", real)];
    let answer = token(&sandbox, &fields).await;
    assert_eq!(answer.code(), 70000);
    assert!(!answer.text.contains(real), "nothing of it is repeated");
}

#[tokio::test]
async fn every_start_has_its_own_token_and_a_stopped_one_is_gone() {
    let first = small().await;
    let graph = first.details().graph.clone();
    let second = Sandbox::start(Options { users: 5, faults: FaultPlan::none(), ..Options::default() }).await.unwrap();
    let start_token = |graph: &str| graph.split('/').nth(4).unwrap().to_owned();
    assert_ne!(start_token(&graph), start_token(&second.details().graph));
    assert_eq!(start_token(&graph).len(), 32, "128 bits in hexadecimal");
    let address = format!("127.0.0.1:{}", port(&first));
    first.stop().await;
    assert!(TcpStream::connect(address).await.is_err(), "the port is closed");
}
