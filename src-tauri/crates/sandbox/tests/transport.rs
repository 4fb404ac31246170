//! Troubles of the way to Graph, and its slowness.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test stops where something is not as it must be")]

mod common;

use std::time::{Duration, Instant};

use common::{get, small, try_send};
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
