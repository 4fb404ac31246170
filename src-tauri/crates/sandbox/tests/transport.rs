//! Troubles of the way to Graph, and its slowness.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test stops where something is not as it must be")]

mod common;

use std::time::{Duration, Instant};

use common::{app_token, get, small, try_send};
use http::Method;
use rollcall_sandbox::{FaultPlan, Options, Sandbox, Wire};

#[tokio::test]
async fn troubles_befall_the_next_requests_one_each() {
    let sandbox = small().await;
    let url = format!("{}/v1.0/organization", sandbox.details().graph);
    let elsewhere = "http://elsewhere.example/".to_owned();
    sandbox.next_answers(vec![
        Wire::HtmlProxyPage,
        Wire::TruncatedJson,
        Wire::Close,
        Wire::ServiceUnavailable { retry_after: Some(7) },
        Wire::ServiceUnavailable { retry_after: None },
        Wire::Redirect(elsewhere.clone()),
    ]);
    let page = get(&url, &[]).await;
    assert_eq!((page.status, page.header("content-type")), (200, Some("text/html")));
    let cut = get(&url, &[]).await;
    assert_eq!(cut.header("content-type"), Some("application/json"));
    assert!(serde_json::from_str::<serde_json::Value>(&cut.text).is_err());
    assert!(try_send(Method::GET, &url, &[], "").await.is_none(), "closed without an answer");
    let busy = get(&url, &[]).await;
    assert_eq!((busy.status, busy.header("retry-after")), (503, Some("7")));
    assert_eq!(get(&url, &[]).await.header("retry-after"), None);
    let moved = get(&url, &[]).await;
    assert_eq!((moved.status, moved.header("location")), (302, Some(elsewhere.as_str())));
    assert_eq!(get(&url, &[]).await.status, 401, "then Graph answers by itself again");
}

#[tokio::test]
async fn graph_is_as_slow_as_it_was_told_to_be() {
    let latency = Duration::from_millis(120);
    let options = Options { users: 5, faults: FaultPlan::none(), latency, ..Options::default() };
    let sandbox = Sandbox::start(options).await.unwrap();
    let before = Instant::now();
    get(&format!("{}/v1.0/organization", sandbox.details().graph), &[]).await;
    assert!(before.elapsed() >= latency);
}

/// A bearer header of the practice integration with everything granted.
async fn granted(sandbox: &Sandbox) -> String {
    let (client_id, now_ms) = (sandbox.details().client_id.clone(), sandbox.now_ms());
    sandbox.change(|world| world.grant_tenant_wide(&client_id, now_ms));
    format!("Bearer {}", app_token(sandbox, &[]).await.json()["access_token"].as_str().unwrap())
}

#[tokio::test]
async fn pages_of_users_link_back_through_the_same_door() {
    let sandbox = small().await;
    let bearer = granted(&sandbox).await;
    let mut url = format!("{}/v1.0/users?$top=7&$select=id", sandbox.details().graph);
    let mut seen = 0;
    loop {
        assert!(url.starts_with(&sandbox.details().graph), "{url}");
        let page = get(&url, &[("authorization", &bearer)]).await.json();
        seen += page["value"].as_array().unwrap().len();
        match page["@odata.nextLink"].as_str() {
            Some(next) => url = next.to_owned(),
            None => break,
        }
    }
    assert_eq!(seen, sandbox.world().users.len());
}

#[tokio::test]
async fn a_mailbox_is_busy_until_its_answer_was_sent() {
    let latency = Duration::from_millis(300);
    let options = Options { users: 30, faults: FaultPlan::none(), latency, ..Options::default() };
    let sandbox = Sandbox::start(options).await.unwrap();
    let bearer = granted(&sandbox).await;
    let url = format!("{}/v1.0/users/{}/mailFolders", sandbox.details().graph, sandbox.details().admin);
    let header = [("authorization", bearer.as_str())];
    let ask = || get(&url, &header);
    let (a, b, c, d, e) = tokio::join!(ask(), ask(), ask(), ask(), ask());
    let refused = [a, b, c, d, e].iter().filter(|answer| answer.status == 429).count();
    assert_eq!(refused, 1, "four at once is the limit, so the fifth is refused while they are under way");
}
