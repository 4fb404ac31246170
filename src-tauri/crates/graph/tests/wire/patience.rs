//! Waiting, repeating, stopping: reads are patient, writes are never made twice, and a pause is kept by all.

use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::stub::{Stub, answer, graph, graph_with, json, quick, renewing};
use rollcall_core::grant::Grantee;
use rollcall_core::id::{ObjectId, PermissionId};
use rollcall_graph::error::GraphError;
use rollcall_graph::gate::{Gate, Lane};
use rollcall_graph::grants;
use rollcall_graph::pace::Pace;
use rollcall_graph::party::Party;
use rollcall_graph::send::{Ask, Graph, GraphOptions};
use rollcall_graph::{me, users};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

const ME: &str = r#"{"id":"00000000-0000-4000-8000-000000000001","userPrincipalName":"ada@contoso.example","displayName":"Ada"}"#;
const JSON: (&str, &str) = ("Content-Type", "application/json");

fn stop() -> CancellationToken {
    CancellationToken::new()
}

fn object(number: u128) -> ObjectId {
    ObjectId(Uuid::from_u128(number))
}

fn refusal(status: u16, code: &str) -> Vec<u8> {
    json(status, format!(r#"{{"error":{{"code":"{code}","message":"ada@contoso.example"}}}}"#))
}

/// First these answers, then success.
async fn after(first: Vec<Vec<u8>>, success: Vec<u8>) -> Stub {
    Stub::start(move |nth, _, _| Some(first.get(nth).unwrap_or(&success).clone())).await
}

#[tokio::test]
async fn each_try_carries_the_token_and_an_id_of_its_own() {
    let stub =
        after(vec![refusal(503, "ServiceUnavailable"), answer(502, &[("Content-Type", "text/html")], "<html>")], json(200, ME)).await;
    let ada = me::read(&graph(&stub, quick()), &stop()).await.unwrap();
    assert_eq!(ada.upn, "ada@contoso.example");
    let seen = stub.seen();
    let ids: std::collections::HashSet<_> = seen.iter().map(|one| one.header("client-request-id").unwrap().to_owned()).collect();
    assert_eq!(ids.len(), 3);
    for one in &seen {
        assert_eq!(one.header("authorization"), Some("Bearer tell-tale"));
        assert_eq!(one.header("accept"), Some("application/json"));
        assert!(one.header("user-agent").unwrap().starts_with("Rollcall/"));
        assert_eq!(one.header("consistencylevel"), None, "it is only for questions that need it");
    }
}

#[tokio::test]
async fn the_header_of_advanced_questions_goes_with_every_page() {
    let stub = Stub::start(|nth, _, port| {
        let link = format!(r#","@odata.nextLink":"http://127.0.0.1:{port}/p/token/graph/v1.0/users?$skiptoken={nth}""#);
        Some(json(200, format!(r#"{{"value":[]{}}}"#, if nth < 2 { link } else { String::new() })))
    })
    .await;
    users::pages(&graph(&stub, quick()), Some("userType ne 'Guest'"), &stop()).all().await.unwrap();
    assert_eq!(stub.seen().len(), 3);
    assert!(stub.seen().iter().all(|one| one.header("ConsistencyLevel") == Some("eventual")));
}

#[tokio::test]
async fn active_roles_are_known_by_their_templates() {
    let admin = Uuid::from_u128(7);
    let stub = Stub::always(json(200, format!(r#"{{"value":[{{"id":"x","roleTemplateId":"{admin}"}},{{"roleTemplateId":null}}]}}"#))).await;
    assert_eq!(me::roles(&graph(&stub, quick()), &stop()).await.unwrap(), [admin]);
    let asked = &stub.seen()[0];
    assert!(asked.line.contains("/me/transitiveMemberOf/microsoft.graph.directoryRole?"), "{}", asked.line);
    assert_eq!(asked.header("ConsistencyLevel"), Some("eventual"), "a cast needs it");
}

#[tokio::test]
async fn the_next_page_is_on_its_way_while_this_one_is_stored() {
    let stub = Stub::start(|nth, _, port| {
        let link = format!(r#","@odata.nextLink":"http://127.0.0.1:{port}/p/token/graph/v1.0/users?$skiptoken={nth}""#);
        Some(json(200, format!(r#"{{"value":[]{}}}"#, if nth < 2 { link } else { String::new() })))
    })
    .await;
    let mut pages = users::pages(&graph(&stub, quick()), None, &stop());
    pages.next().await.unwrap().unwrap();
    tokio::time::timeout(Duration::from_secs(10), async {
        while stub.seen().len() < 2 {
            tokio::task::yield_now().await;
        }
    })
    .await
    .expect("the second page is asked for without anybody waiting for it");
}

#[tokio::test]
async fn a_refused_token_is_renewed_once() {
    let (bearer, asked) = renewing();
    let stub = after(vec![refusal(401, "InvalidAuthenticationToken")], json(200, ME)).await;
    me::read(&graph_with(&stub, quick(), bearer), &stop()).await.unwrap();
    let asked_for = asked.lock().unwrap().clone();
    let [Ask::Current, Ask::Renewed { refused }] = asked_for.as_slice() else { panic!("{asked_for:?}") };
    assert_eq!(refused, "Bearer old", "the renewal is told which token was refused");
    assert_eq!(stub.seen()[1].header("authorization"), Some("Bearer new"));

    let (bearer, asked) = renewing();
    let stub = Stub::always(refusal(401, "InvalidAuthenticationToken")).await;
    let error = me::read(&graph_with(&stub, quick(), bearer), &stop()).await.unwrap_err();
    assert!(matches!(error, GraphError::Unauthorized(_)), "{error:?}");
    assert_eq!(asked.lock().unwrap().len(), 2, "a token is not renewed for ever");
    assert_eq!(error.trace().unwrap().code, "InvalidAuthenticationToken");
}

#[tokio::test]
async fn no_token_means_no_request() {
    let stub = Stub::always(json(200, ME)).await;
    let graph = graph_with(&stub, quick(), Arc::new(|_| Box::pin(async { Err("signed out".into()) })));
    let error = me::read(&graph, &stop()).await.unwrap_err();
    assert!(matches!(&error, GraphError::Bearer(inner) if inner.to_string() == "signed out"), "{error:?}");
    assert!(stub.seen().is_empty());
}

#[tokio::test]
async fn a_pause_is_kept_in_full_by_everyone() {
    let stub = Stub::start(|nth, _, _| Some(if nth == 0 { answer(429, &[("Retry-After", "1"), JSON], "{}") } else { json(200, ME) })).await;
    let graph = graph(&stub, quick());
    let asked = Instant::now();
    me::read(&graph, &stop()).await.unwrap();
    me::read(&graph, &stop()).await.unwrap();
    assert!(stub.seen()[1].at - asked >= Duration::from_secs(1));
    assert_eq!(graph.gate().counters(Party::Console).throttled, 1);
}

#[tokio::test]
async fn a_429_that_names_no_wait_is_waited_for_longer_each_time() {
    let stub =
        after(vec![refusal(429, "TooManyRequests"), refusal(429, "TooManyRequests"), refusal(429, "TooManyRequests")], json(200, ME)).await;
    let pace = Pace { throttled_tries: 4, back_off: Duration::from_millis(100), ..quick() };
    me::read(&graph(&stub, pace), &stop()).await.unwrap();
    let came: Vec<Instant> = stub.seen().iter().map(|one| one.at).collect();
    let waits: Vec<Duration> = came.windows(2).map(|pair| pair[1] - pair[0]).collect();
    assert!(waits.iter().zip([100, 200, 400]).all(|(wait, least)| *wait >= Duration::from_millis(least)), "{waits:?}");
}

#[tokio::test]
async fn a_pause_beyond_patience_ends_the_call_and_holds_the_next() {
    let stub = Stub::always(answer(429, &[("Retry-After", "3600"), ("Date", "Fri, 20 Nov 2026 10:00:00 GMT"), JSON], "{}")).await;
    let graph = graph(&stub, quick());
    for _ in 0..2 {
        let error = me::read(&graph, &stop()).await.unwrap_err();
        let GraphError::Throttled { until, .. } = error else { panic!("{error:?}") };
        assert!(until.0 >= 1_795_168_800_000 + 3_600_000, "never below the value");
    }
    assert_eq!(stub.seen().len(), 1, "the second call isn't even sent");
}

#[tokio::test]
async fn a_service_that_goes_on_failing_is_given_up() {
    let stub = Stub::always(refusal(503, "ServiceUnavailable")).await;
    let error = me::read(&graph(&stub, quick()), &stop()).await.unwrap_err();
    assert!(matches!(error, GraphError::Unavailable(_)), "{error:?}");
    assert_eq!(stub.seen().len(), 3);
    assert_eq!(error.trace().unwrap().request_id.as_deref(), Some("0a0b0c0d-0000-4000-8000-00000000000a"));
    assert!(!format!("{error:?} {error}").contains("contoso"), "{error:?}");

    let lasting = Stub::always(refusal(500, "ErrorMailboxConfiguration")).await;
    let error = me::read(&graph(&lasting, quick()), &stop()).await.unwrap_err();
    assert!(matches!(error, GraphError::Refused(_)), "{error:?}");
    assert_eq!(lasting.seen().len(), 1, "the code says that time doesn't help");
}

#[tokio::test]
async fn refusals_are_told_apart_and_not_repeated() {
    for (status, code, expected) in [
        (400, "Request_BadRequest", "refused"),
        (403, "Authorization_RequestDenied", "forbidden"),
        (404, "Request_ResourceNotFound", "not found"),
        (409, "Request_MultipleObjectsWithSameKeyValue", "exists"),
        (410, "resyncRequired", "resync"),
        (501, "NotImplemented", "refused"),
    ] {
        let stub = Stub::always(refusal(status, code)).await;
        let error = me::read(&graph(&stub, quick()), &stop()).await.unwrap_err();
        let is = match error {
            GraphError::Refused(_) => "refused",
            GraphError::Forbidden(_) => "forbidden",
            GraphError::NotFound(_) => "not found",
            GraphError::Exists(_) => "exists",
            GraphError::Resync(_) => "resync",
            _ => "something else",
        };
        assert_eq!(is, expected, "{status}: {error:?}");
        assert_eq!((stub.seen().len(), error.trace().unwrap().code.as_str()), (1, code));
    }
}

#[tokio::test]
async fn a_change_is_repeated_only_when_it_surely_was_not_made() {
    let role = PermissionId(Uuid::from_u128(3));
    let made = json(201, format!(r#"{{"id":"x","principalId":"{0}","resourceId":"{0}","appRoleId":"{0}"}}"#, object(1)));
    let throttled = answer(429, &[("Retry-After", "0"), JSON], "{}");
    let stub = after(vec![throttled], made.clone()).await;
    grants::assign_role(&graph(&stub, quick()), object(1), object(2), role, &stop()).await.unwrap();
    assert_eq!(stub.seen().len(), 2);
    let body: serde_json::Value = serde_json::from_slice(&stub.seen()[1].body).unwrap();
    assert_eq!(
        body,
        serde_json::json!({ "principalId": object(1).to_string(), "resourceId": object(2).to_string(), "appRoleId": role.to_string() })
    );

    let cut = made[..made.len() - 5].to_vec();
    for unclear in [refusal(503, "ServiceUnavailable"), refusal(500, "generalException"), json(201, "{"), cut] {
        let stub = Stub::always(unclear).await;
        let error = grants::assign_role(&graph(&stub, quick()), object(1), object(2), role, &stop()).await.unwrap_err();
        assert!(matches!(error, GraphError::OutcomeUnknown(_)), "{error:?}");
        assert_eq!(stub.seen().len(), 1, "it may have been made");
    }
    let silent = Stub::start(|_, _, _| None).await;
    let graph = graph(&silent, Pace { whole: Duration::from_millis(50), ..quick() });
    let error =
        grants::grant_scopes(&graph, object(1), object(2), Grantee::Everyone, &["User.Read".to_owned()], &stop()).await.unwrap_err();
    assert!(matches!(error, GraphError::OutcomeUnknown(_)), "{error:?}");
    assert!(error.trace().unwrap().client_request_id.is_some(), "support can still look for it");
}

#[tokio::test]
async fn stopping_ends_a_read_at_once_but_lets_a_change_finish() {
    let silent = Stub::start(|_, _, _| None).await;
    let (stop, reading) = (CancellationToken::new(), graph(&silent, quick()));
    let read = tokio::spawn({
        let stop = stop.clone();
        async move { me::read(&reading, &stop).await }
    });
    wait_for_request(&silent).await;
    stop.cancel();
    assert!(matches!(read.await.unwrap(), Err(GraphError::Cancelled)));

    let (stop, stopping) = (CancellationToken::new(), Arc::new(std::sync::OnceLock::<CancellationToken>::new()));
    stopping.set(stop.clone()).unwrap();
    let stub = Stub::start(move |_, _, _| {
        stopping.get().unwrap().cancel();
        Some(answer(204, &[], ""))
    })
    .await;
    let graph = graph(&stub, quick());
    grants::revoke_scopes(&graph, "x", &stop).await.expect("it was on its way when the stop came, so its outcome is waited for");
    let error = grants::revoke_scopes(&graph, "y", &stop).await.unwrap_err();
    assert!(matches!(error, GraphError::Cancelled), "{error:?}");
    assert_eq!(stub.seen().len(), 1, "after the stop nothing new is sent");
}

#[tokio::test]
async fn a_number_is_read_as_a_number() {
    for (kind, body, expected) in [
        ("text/plain", "250", Some(250)),
        ("text/plain; charset=utf-8", "\u{feff}7\n", Some(7)),
        ("text/plain", "-1", None),
        ("text/plain", "many", None),
        ("text/html", "1", None),
    ] {
        let stub = Stub::always(answer(200, &[("Content-Type", kind)], body)).await;
        assert_eq!(users::count(&graph(&stub, quick()), None, &stop()).await.ok(), expected, "{kind} {body}");
    }
}

#[test]
fn only_an_address_of_graph_is_taken() {
    let setup = |base: &str| {
        let gate = Gate::new(crate::stub::clock(), quick(), None);
        let bearer: rollcall_graph::send::Bearer = Arc::new(|_| Box::pin(async { Ok(crate::stub::token("x")) }));
        Graph::new(GraphOptions { base: base.parse().unwrap(), bearer, gate }).is_ok()
    };
    for good in [
        "https://graph.microsoft.com",
        "https://graph.microsoft.us/",
        "http://127.0.0.1:8080/p/x/graph",
        "http://localhost:1/",
        "http://[::1]:1",
    ] {
        assert!(setup(good), "{good}");
    }
    for bad in [
        "http://graph.microsoft.com",
        "http://10.0.0.1",
        "ftp://graph.microsoft.com",
        "https://me@graph.microsoft.com",
        "https://graph.microsoft.com?x=1",
        "https://graph.microsoft.com/#x",
        "http://localhost.contoso.example",
        "data:text/plain,x",
    ] {
        assert!(!setup(bad), "{bad}");
    }
    assert_eq!(Gate::new(crate::stub::clock(), quick(), None).held(Lane::Directory), None);
}

async fn wait_for_request(stub: &Stub) {
    tokio::time::timeout(Duration::from_secs(10), async {
        while stub.seen().is_empty() {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    })
    .await
    .unwrap();
}
