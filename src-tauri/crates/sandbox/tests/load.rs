//! What the practice tenant is as an opponent of a fast client: precise, limited where it is told to be, and the same over every wire.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test stops where something is not as it must be")]

mod common;

use std::io::Read;
use std::time::{Duration, Instant};

use common::{app_token, get, try_send};
use flate2::read::GzDecoder;
use http::{Method, Request, Version};
use http_body_util::{BodyExt, Empty};
use hyper::body::Bytes;
use hyper_util::rt::{TokioExecutor, TokioIo};
use rollcall_sandbox::{FaultPlan, Limits, Load, Options, Sandbox};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

async fn granted(options: Options) -> (Sandbox, String) {
    let sandbox = Sandbox::start(options).await.unwrap();
    let (client_id, now_ms) = (sandbox.details().client_id.clone(), sandbox.now_ms());
    sandbox.change(|world| world.grant_tenant_wide(&client_id, now_ms));
    let token = app_token(&sandbox, &[]).await.json()["access_token"].as_str().unwrap().to_owned();
    (sandbox, format!("Bearer {token}"))
}

fn healthy(users: u32) -> Options {
    Options { users, faults: FaultPlan::none(), ..Options::default() }
}

fn folder(sandbox: &Sandbox, at: usize) -> String {
    let id = sandbox.world().users[at].id.to_string();
    format!("{}/v1.0/users/{id}/mailFolders/inbox?$select=id", sandbox.details().graph)
}

/// How long the quickest of some requests took.
async fn quickest(latency: Duration) -> Duration {
    let (sandbox, bearer) = granted(Options { latency, ..healthy(10) }).await;
    let url = format!("{}/v1.0/organization", sandbox.details().graph);
    let mut quickest = Duration::MAX;
    for _ in 0..20 {
        let began = Instant::now();
        get(&url, &[("authorization", &bearer)]).await;
        quickest = quickest.min(began.elapsed());
    }
    quickest
}

#[tokio::test]
async fn a_latency_is_kept_to_the_millisecond() {
    let latency = Duration::from_millis(80);
    // What this computer takes for the request itself, slow or busy as it may be.
    let (without, with) = (quickest(Duration::ZERO).await, quickest(latency).await);
    assert!(with >= latency, "{with:?}");
    assert!(with < latency + without + Duration::from_micros(1_500), "{with:?}, and {without:?} without");
}

#[tokio::test]
async fn a_limited_capacity_makes_the_others_wait_without_an_error() {
    let latency = Duration::from_millis(50);
    let limits = Limits { capacity: Some(2), ..Limits::default() };
    let (sandbox, bearer) = granted(Options { latency, limits, ..healthy(10) }).await;
    let began = Instant::now();
    let mut all = JoinSet::new();
    for at in 0..6 {
        let (url, bearer) = (folder(&sandbox, at), bearer.clone());
        all.spawn(async move { get(&url, &[("authorization", &bearer)]).await.status });
    }
    assert_eq!(all.join_all().await, [200; 6]);
    assert!(began.elapsed() >= latency * 3, "two at a time");
}

#[tokio::test]
async fn who_comes_back_before_the_time_since_the_answer_was_sent_is_early() {
    let latency = Duration::from_millis(400);
    let limits = Limits { throttled_per_mille: 1_000, ..Limits::default() };
    let (sandbox, bearer) = granted(Options { latency, limits, ..healthy(10) }).await;
    let header = [("authorization", bearer.as_str())];
    let (patient, hasty) = (folder(&sandbox, 4), folder(&sandbox, 5));

    let refused = get(&patient, &header).await;
    assert_eq!((refused.status, refused.header("retry-after")), (429, Some("1")));
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(get(&patient, &header).await.status, 200);
    assert_eq!(sandbox.violations(), 0);

    let asked = Instant::now();
    assert_eq!(get(&hasty, &header).await.status, 429);
    tokio::time::sleep_until((asked + Duration::from_millis(1_300)).into()).await;
    assert_eq!(get(&hasty, &header).await.status, 429, "a second after asking is not a second after the answer");
    assert_eq!(sandbox.violations(), 1);
}

#[tokio::test]
async fn what_it_had_to_do_and_what_was_asked_twice_can_be_read() {
    let (sandbox, bearer) = granted(healthy(10)).await;
    let idle = sandbox.load();
    assert_eq!(idle, Load::default());
    let requests: Vec<Value> = (0..3)
        .map(|at| json!({ "id": at.to_string(), "method": "GET", "url": format!("/users/{}/todo/lists?$top=1", sandbox.world().users[at].id) }))
        .collect();
    let (url, body) = (format!("{}/v1.0/$batch", sandbox.details().graph), json!({ "requests": requests }).to_string());
    let header = [("authorization", bearer.as_str()), ("content-type", "application/json")];
    for round in 0..2 {
        assert_eq!(try_send(Method::POST, &url, &header, &body).await.unwrap().status, 200);
        assert_eq!(sandbox.duplicates(), round * 3);
    }
    let load = sandbox.load();
    assert_eq!((load.requests, load.items), (2, 6));
    assert!(load.busy > Duration::ZERO);
    sandbox.forget_history();
    try_send(Method::POST, &url, &header, &body).await.unwrap();
    assert_eq!(sandbox.duplicates(), 0);
}

#[tokio::test]
async fn the_roster_can_be_read_in_parts_by_the_beginning_of_the_name() {
    let (sandbox, bearer) = granted(Options { users: 3_000, ..Options::default() }).await;
    let header = [("authorization", bearer.as_str()), ("consistencylevel", "eventual")];
    let mut met = Vec::new();
    for first in ('a'..='z').chain('0'..='9') {
        let filter = format!("startswith(userPrincipalName,'{}')", first.to_uppercase());
        let filter = filter.replace('\'', "%27");
        let mut url = format!("{}/v1.0/users?$filter={filter}&$select=id,userPrincipalName&$top=100&$count=true", sandbox.details().graph);
        let (mut counted, mut part) = (None, 0);
        loop {
            let page = get(&url, &header).await.json();
            counted = page["@odata.count"].as_u64().or(counted);
            for user in page["value"].as_array().unwrap() {
                assert!(user["userPrincipalName"].as_str().unwrap().to_lowercase().starts_with(first));
                met.push(user["id"].as_str().unwrap().to_owned());
                part += 1;
            }
            match page["@odata.nextLink"].as_str() {
                Some(next) => next.clone_into(&mut url),
                None => break,
            }
        }
        assert_eq!(counted, Some(part), "{first}");
    }
    let all = sandbox.world().users.len();
    met.sort();
    met.dedup();
    assert_eq!(met.len(), all, "the parts together are the whole");
    let both = "startswith(userPrincipalName,%27x%27)%20or%20startswith(userPrincipalName,%27AD%27)";
    let page = get(&format!("{}/v1.0/users?$filter={both}&$top=999&$count=true", sandbox.details().graph), &header).await.json();
    let expected = sandbox.world().users.iter().filter(|user| user.upn.starts_with('x') || user.upn.starts_with("ad")).count();
    assert_eq!((page["value"].as_array().unwrap().len(), page["@odata.count"].as_u64()), (expected, Some(expected as u64)));
    let refused = get(&format!("{}/v1.0/users?$filter=endswith(userPrincipalName,%27x%27)", sandbox.details().graph), &header[..1]).await;
    assert_eq!((refused.status, refused.json()["error"]["code"].as_str()), (400, Some("Request_UnsupportedQuery")));
}

/// Asks over HTTP/2 without having asked for it in HTTP/1.1 first.
async fn get_h2(url: &str, bearer: &str, host: Option<&str>) -> Option<(u16, Value)> {
    let uri: http::Uri = url.parse().unwrap();
    let stream = TcpStream::connect(uri.authority().unwrap().as_str()).await.unwrap();
    let (mut sender, connection) = hyper::client::conn::http2::handshake(TokioExecutor::new(), TokioIo::new(stream)).await.unwrap();
    let driver = tokio::spawn(connection);
    let uri = match host {
        Some(host) => url.replacen(uri.authority().unwrap().as_str(), host, 1),
        None => url.to_owned(),
    };
    let request = Request::builder().version(Version::HTTP_2).uri(uri).header("authorization", bearer);
    let response = sender.send_request(request.body(Empty::<Bytes>::new()).unwrap()).await.ok()?;
    let status = response.status().as_u16();
    let body = response.into_body().collect().await.ok()?.to_bytes();
    driver.abort();
    Some((status, serde_json::from_slice(&body).unwrap_or_default()))
}

#[tokio::test]
async fn http_2_is_spoken_on_the_same_port_and_guarded_by_the_same_door() {
    let (sandbox, bearer) = granted(healthy(30)).await;
    let url = format!("{}/v1.0/users?$select=id,displayName&$top=20", sandbox.details().graph);
    let one = get(&url, &[("authorization", &bearer)]).await.json();
    let (status, two) = get_h2(&url, &bearer, None).await.unwrap();
    assert_eq!((status, two), (200, one));
    assert_eq!(get_h2(&url, &bearer, Some("attacker.example")).await.unwrap().0, 421);
    assert_eq!(get_h2(&url.replace("/p/", "/p/x"), &bearer, None).await.unwrap().0, 404);
}

#[tokio::test]
async fn a_compressed_answer_says_the_same() {
    let (sandbox, bearer) = granted(Options { gzip: true, ..healthy(30) }).await;
    let page = format!("{}/v1.0/users?$top=20", sandbox.details().graph);
    let plain = get(&page, &[("authorization", &bearer)]).await;
    assert_eq!(plain.header("content-encoding"), None, "nobody asked for it");
    let refused = get(&page, &[("authorization", &bearer), ("accept-encoding", "gzip;q=0")]).await;
    assert_eq!(refused.header("content-encoding"), None);

    let uri: http::Uri = page.parse().unwrap();
    let stream = TcpStream::connect(uri.authority().unwrap().as_str()).await.unwrap();
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.unwrap();
    tokio::spawn(connection);
    let mut ask = async |path: &str| {
        let request = Request::get(path)
            .header("host", uri.authority().unwrap().as_str())
            .header("authorization", bearer.as_str())
            .header("accept-encoding", "br, gzip");
        let response = sender.send_request(request.body(Empty::<Bytes>::new()).unwrap()).await.unwrap();
        let coding = response.headers().get("content-encoding").map(|coding| coding.to_str().unwrap().to_owned());
        (coding, response.into_body().collect().await.unwrap().to_bytes())
    };
    let (coding, body) = ask(uri.path_and_query().unwrap().as_str()).await;
    assert_eq!(coding.as_deref(), Some("gzip"));
    let mut text = String::new();
    GzDecoder::new(&body[..]).read_to_string(&mut text).unwrap();
    assert_eq!(text, plain.text);
    assert!(body.len() < text.len());
    let (coding, _) = ask(&format!("{}/v1.0/domains", uri.path().trim_end_matches("/v1.0/users"))).await;
    assert_eq!(coding, None, "it is too small");
}
