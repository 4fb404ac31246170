//! The practice Graph over real HTTP: sign in, grant, list, probe.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test stops where something is not as it must be")]

mod common;

use std::time::{Duration, Instant};

use common::{Answer, app_token, get, try_send};
use http::Method;
use rollcall_sandbox::world::{ConsentSettings, UserConsent};
use rollcall_sandbox::{FaultKind, FaultPlan, Options, RouteFault, Sandbox, Trouble};
use serde_json::{Value, json};

async fn granted(options: Options) -> (Sandbox, String) {
    let sandbox = Sandbox::start(options).await.expect("a practice tenant");
    let (client_id, now_ms) = (sandbox.details().client_id.clone(), sandbox.now_ms());
    sandbox.change(|world| world.grant_tenant_wide(&client_id, now_ms));
    let token = app_token(&sandbox, &[]).await.json()["access_token"].as_str().expect("a token").to_owned();
    (sandbox, format!("Bearer {token}"))
}

async fn read(url: &str, bearer: &str) -> Answer {
    get(url, &[("authorization", bearer)]).await
}

async fn batch(sandbox: &Sandbox, bearer: &str, urls: &[String]) -> Value {
    let requests: Vec<Value> =
        urls.iter().enumerate().map(|(at, url)| json!({ "id": at.to_string(), "method": "GET", "url": url })).collect();
    let headers = [("authorization", bearer), ("content-type", "application/json")];
    let url = format!("{}/v1.0/$batch", sandbox.details().graph);
    let answer = try_send(Method::POST, &url, &headers, &json!({ "requests": requests }).to_string()).await.expect("an answer");
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer.json()
}

#[tokio::test]
async fn the_roster_is_listed_by_following_absolute_links() {
    let (sandbox, bearer) = granted(Options { users: 250, ..Options::default() }).await;
    let mut url = format!("{}/v1.0/users?$select=id,userPrincipalName&$top=99", sandbox.details().graph);
    let mut met = 0;
    loop {
        let page = read(&url, &bearer).await.json();
        met += page["value"].as_array().expect("a page").len();
        let Some(next) = page["@odata.nextLink"].as_str() else { break };
        assert!(next.starts_with(&sandbox.details().graph));
        next.clone_into(&mut url);
    }
    assert_eq!(met, 250);
    assert_eq!(read(&url, "Bearer not.of.this.start").await.status, 401);
}

#[tokio::test]
async fn consent_decides_what_the_next_token_may_read() {
    let sandbox = Sandbox::start(Options { users: 30, faults: FaultPlan::none(), ..Options::default() }).await.expect("a practice tenant");
    let bearer = |token: &Answer| format!("Bearer {}", token.json()["access_token"].as_str().expect("a token"));
    let before = bearer(&app_token(&sandbox, &[]).await);
    let url = format!("{}/v1.0/users/admin@contoso.example/mailFolders/inbox?$select=id", sandbox.details().graph);
    assert_eq!(read(&url, &before).await.status, 401, "a token without any role");

    let (client_id, now_ms) = (sandbox.details().client_id.clone(), sandbox.now_ms());
    sandbox.change(|world| world.grant_tenant_wide(&client_id, now_ms));
    assert_eq!(read(&url, &before).await.status, 401, "roles are frozen in the token");
    let after = bearer(&app_token(&sandbox, &[]).await);
    assert_eq!(read(&url, &after).await.status, 200);
}

#[tokio::test]
async fn a_batch_takes_the_latency_once_and_for_each_four_outlook_requests_the_service() {
    let (latency, service) = (Duration::from_millis(60), Duration::from_millis(20));
    let (sandbox, bearer) = granted(Options { users: 60, faults: FaultPlan::none(), latency, service, ..Options::default() }).await;
    let ids: Vec<String> = sandbox.world().users.iter().take(20).map(|user| user.id.to_string()).collect();
    let urls: Vec<String> = ids.iter().map(|id| format!("/users/{id}/mailFolders/inbox?$select=id")).collect();
    let began = Instant::now();
    let answer = batch(&sandbox, &bearer, &urls).await;
    let took = began.elapsed();
    assert!(took >= latency + service * 5, "four Outlook requests of a batch run at a time");
    assert!(took < latency * 5, "the way there and back is gone once");
    assert!(answer["responses"].as_array().expect("responses").iter().all(|response| response["status"] == 200));
}

#[tokio::test]
async fn a_request_for_a_busy_mailbox_is_refused_while_another_is_under_way() {
    let plan = FaultPlan::none().with(FaultKind::Concurrency, 1);
    let latency = Duration::from_millis(300);
    let (sandbox, bearer) = granted(Options { users: 30, faults: plan, latency, ..Options::default() }).await;
    let busy = sandbox.planted().into_iter().find(|planted| planted.fault == Some(FaultKind::Concurrency)).expect("it was planted");
    let url = |path: &str| format!("{}/v1.0/users/{}/{path}", sandbox.details().graph, busy.user_id);
    let (folders, lists) = (url("contactFolders"), url("todo/lists"));
    let (first, second) = tokio::join!(read(&folders, &bearer), read(&lists, &bearer));
    let mut seen = [first.status, second.status];
    seen.sort_unstable();
    assert_eq!(seen, [200, 429]);
}

#[tokio::test]
async fn an_answer_can_get_lost_until_the_route_is_healed() {
    let lost = RouteFault::always("GET /organization", Trouble::DoneUnanswered);
    let (sandbox, bearer) =
        granted(Options { users: 30, faults: FaultPlan::none().on_route(lost), consent: quiet(), ..Options::default() }).await;
    let url = format!("{}/v1.0/organization", sandbox.details().graph);
    let headers = [("authorization", bearer.as_str())];
    assert!(try_send(Method::GET, &url, &headers, "").await.is_none(), "the connection ends");
    assert_eq!(sandbox.counts()[&("GET /organization".to_owned(), 0)], 1, "it is counted without a status");
    sandbox.heal();
    assert_eq!(read(&url, &bearer).await.status, 200);
    assert_eq!(sandbox.world().consent, quiet(), "the tenant opens as it was told to");
}

fn quiet() -> ConsentSettings {
    ConsentSettings { user_consent: UserConsent::None, workflow: false }
}
