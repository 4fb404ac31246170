//! Batches: each probe gets its own answer, whatever order, letter case or gaps the whole comes with.

use std::time::{Duration, Instant};

use rollcall_core::id::ObjectId;
use rollcall_core::time::Timestamp;
use rollcall_core::workload::Workload;
use rollcall_graph::batch;
use rollcall_graph::error::GraphError;
use rollcall_graph::feed::{self, Feed, Untold};
use rollcall_graph::gate::{Lane, Visit};
use rollcall_graph::probe::{Answer, Probe, Probed};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::stub::{self, Stub, graph, quick};

const NOW: Timestamp = Timestamp(1_795_168_800_000);

fn probes(count: usize) -> Vec<Probe> {
    let at = |number: usize| Probe { user: ObjectId(Uuid::from_u128(number as u128)), workload: Workload::ALL[number % 5], attempt: 1 };
    (0..count).map(at).collect()
}

/// What `count` probes end with when the batch is answered by this.
async fn probed(count: usize, answer: Value) -> Result<Vec<Probed>, GraphError> {
    let stub = Stub::always(stub::json(200, answer.to_string())).await;
    batch::probe(&graph(&stub, quick()), &probes(count), NOW, &CancellationToken::new()).await
}

#[tokio::test]
async fn answers_find_their_questions_in_any_order() {
    let answers = json!({ "responses": [
        { "id": "3", "status": 404, "headers": { "REQUEST-ID": "0a000000-0000-4000-8000-000000000003" }, "body": { "error": { "code": "ErrorInvalidUser", "message": "m" } } },
        { "id": "0", "status": 200, "body": { "id": "x" } },
        { "id": "2", "status": 429, "headers": { "retry-AFTER": "7" }, "body": { "error": { "code": "ApplicationThrottled" } } },
        { "id": "1", "status": 503, "headers": { "Retry-After": "5" }, "body": { "error": { "code": "ErrorMailboxMoveInProgress" } } },
    ] });
    let probed = probed(5, answers).await.unwrap();
    assert_eq!(probed.iter().map(|one| one.probe).collect::<Vec<_>>(), probes(5), "as they were asked");
    let kept = |seconds: u64| Some(Duration::from_millis(seconds * 1000 + 1));
    assert!(matches!(&probed[0].answer, Answer::Answered(trace) if trace.http == Some(200)));
    let Answer::Refused { trace, retry_after } = &probed[1].answer else { panic!("{:?}", probed[1]) };
    assert_eq!((trace.http, trace.code.as_str(), *retry_after), (Some(503), "ErrorMailboxMoveInProgress", kept(5)));
    let Answer::Throttled { trace, retry_after } = &probed[2].answer else { panic!("{:?}", probed[2]) };
    assert_eq!((trace.http, trace.code.as_str(), *retry_after), (Some(429), "ApplicationThrottled", kept(7)));
    let Answer::Refused { trace, .. } = &probed[3].answer else { panic!("{:?}", probed[3]) };
    assert_eq!(trace.request_id.as_deref(), Some("0a000000-0000-4000-8000-000000000003"), "its own id, not the batch's");
    let Answer::Unanswered(trace) = &probed[4].answer else { panic!("{:?}", probed[4]) };
    assert_eq!((trace.http, trace.request_id.is_some()), (None, true), "the batch's id is all there is to ask support with");
}

#[tokio::test]
async fn an_answer_that_is_not_graphs_is_no_answer() {
    let inner = |status: u16, body: Value| json!({ "responses": [{ "id": "0", "status": status, "body": body }] });
    for body in [json!("PGh0bWw+"), json!(null), json!([]), json!(7)] {
        let probed = probed(2, inner(200, body.clone())).await.unwrap();
        assert!(matches!(probed[0].answer, Answer::Unanswered(_)), "{body}: {probed:?}");
    }
    let probed = probed(2, inner(504, json!("PGh0bWw+"))).await.unwrap();
    let Answer::Refused { trace, .. } = &probed[0].answer else { panic!("{probed:?}") };
    assert_eq!((trace.http, trace.code.as_str()), (Some(504), ""));
}

#[tokio::test]
async fn one_probe_is_asked_without_a_batch_and_told_apart_in_the_same_way() {
    let refused = r#"{"error":{"code":"ErrorAccessDenied"}}"#;
    let stub = Stub::start(move |nth, _, _| {
        Some(match nth {
            0 => stub::json(200, r#"{"id":"x"}"#),
            1 => stub::answer(
                429,
                &[("Retry-After", "7"), ("Content-Type", "application/json")],
                r#"{"error":{"code":"ApplicationThrottled"}}"#,
            ),
            2 => stub::json(403, refused),
            3 => stub::answer(504, &[("Content-Type", "text/html")], "<html>"),
            _ => stub::json(200, "[]"),
        })
    })
    .await;
    let graph = graph(&stub, quick());
    let ask = async |mailbox: u128| {
        let probe = Probe { user: ObjectId(Uuid::from_u128(mailbox)), workload: Workload::Mail, attempt: 1 };
        batch::probe(&graph, &[probe], NOW, &CancellationToken::new()).await.unwrap().remove(0).answer
    };
    assert!(matches!(ask(0).await, Answer::Answered(trace) if trace.http == Some(200)));
    let Answer::Throttled { retry_after, .. } = ask(1).await else { panic!("a busy mailbox") };
    assert_eq!(retry_after, Some(Duration::from_millis(7_001)));
    let standing = graph.gate().standing(Lane::Outlook);
    assert_eq!((standing.held, standing.allowed), (None, 4), "one mailbox that is busy holds nobody else");
    assert!(matches!(ask(2).await, Answer::Refused { trace, .. } if trace.code == "ErrorAccessDenied"));
    assert!(matches!(ask(3).await, Answer::Refused { trace, .. } if trace.http == Some(504)));
    assert!(matches!(ask(4).await, Answer::Unanswered(_)));
    let seen = stub.seen();
    assert_eq!(seen.len(), 5, "whoever asks decides what is asked again");
    let target = format!("/v1.0/users/{}/mailFolders/inbox?$select=id,totalItemCount", Uuid::nil());
    assert!(seen[0].line.contains(&target), "{}", seen[0].line);
}

#[tokio::test]
async fn one_probe_that_meets_the_limit_of_all_holds_everybody_and_is_asked_again_after_it() {
    let stub = Stub::start(|nth, _, _| {
        Some(match nth {
            0 => {
                stub::answer(429, &[("Retry-After", "1"), ("Content-Type", "application/json")], r#"{"error":{"code":"TooManyRequests"}}"#)
            }
            _ => stub::json(200, r#"{"id":"x"}"#),
        })
    })
    .await;
    let graph = graph(&stub, quick());
    let (asked, stop) = (probes(1), CancellationToken::new());
    let begun = Instant::now();
    let (answer, held) = tokio::join!(batch::probe(&graph, &asked, NOW, &stop), async {
        while graph.gate().held(Lane::Outlook).is_none() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        begun.elapsed()
    });
    assert!(held < Duration::from_secs(1), "whoever else asks waits, too");
    assert!(matches!(answer.unwrap().remove(0).answer, Answer::Answered(_)));
    assert!(begun.elapsed() >= Duration::from_secs(1));
    assert_eq!(stub.seen().len(), 2);
}

#[tokio::test]
async fn a_mailbox_that_names_a_wait_is_left_alone_by_all_who_pass_the_gate() {
    let stub = Stub::start(|_, seen, _| {
        let busy = r#"{"error":{"code":"ApplicationThrottled"}}"#;
        let of_batch = json!({ "responses": [
            { "id": "0", "status": 200, "body": {} },
            { "id": "1", "status": 429, "headers": { "Retry-After": "9" }, "body": { "error": { "code": "ApplicationThrottled" } } },
        ] });
        Some(match seen.line.contains("$batch") {
            true => stub::json(200, of_batch.to_string()),
            false => stub::answer(429, &[("Retry-After", "7"), ("Content-Type", "application/json")], busy),
        })
    })
    .await;
    let graph = graph(&stub, quick());
    let [one, two, three] = [1, 2, 3].map(|number| ObjectId(Uuid::from_u128(number)));
    let probe = |user| Probe { user, workload: Workload::Mail, attempt: 1 };
    let stop = CancellationToken::new();
    let until = |mailbox| match graph.gate().visit(mailbox) {
        Visit::Held { until } => Some(until.since(graph.gate().now())),
        Visit::Admitted(_) | Visit::Full => None,
    };
    batch::probe(&graph, &[probe(one), probe(two)], NOW, &stop).await.unwrap();
    batch::probe(&graph, &[probe(three)], NOW, &stop).await.unwrap();
    assert_eq!(until(one), None);
    assert!(until(two).is_some_and(|wait| wait > Duration::from_secs(8)));
    assert!(until(three).is_some_and(|wait| (Duration::from_secs(6)..=Duration::from_secs(8)).contains(&wait)));
    let told = feed::read(&graph, one, &Feed::Contacts, None, &stop).await;
    assert!(matches!(told, Err(Untold::Refused { retry_after: Some(_), .. })), "{told:?}");
    assert!(until(one).is_some(), "a feed says it like a probe");
}

#[tokio::test]
async fn answers_to_other_questions_are_damage() {
    let good = json!({ "id": "0", "status": 200, "body": {} });
    let with = |id: Value| json!({ "responses": [good, { "id": id, "status": 200, "body": {} }] });
    for answer in [
        with(json!("0")),
        with(json!("2")),
        with(json!("20")),
        with(json!("-1")),
        with(json!("01")),
        with(json!("+1")),
        with(json!("one")),
        with(json!("")),
        with(json!(1)),
        with(json!(null)),
        json!({ "responses": [{ "id": "0", "status": "200" }] }),
        json!({ "responses": [{ "id": "0", "status": 70_000 }] }),
        json!({ "responses": {} }),
        json!({}),
    ] {
        let error = probed(2, answer.clone()).await.unwrap_err();
        assert!(matches!(error, GraphError::Damaged(_)), "{answer}: {error:?}");
    }
}

#[tokio::test]
async fn more_than_twenty_go_in_several_requests_and_none_in_none() {
    let stub = Stub::start(|_, seen, _| {
        let asked: Value = serde_json::from_slice(&seen.body).unwrap();
        let answer = |request: &Value| json!({ "id": request["id"], "status": 200, "body": {} });
        let answers: Vec<_> = asked["requests"].as_array().unwrap().iter().rev().map(answer).collect();
        Some(stub::json(200, json!({ "responses": answers }).to_string()))
    })
    .await;
    let graph = graph(&stub, quick());
    let probed = batch::probe(&graph, &probes(45), NOW, &CancellationToken::new()).await.unwrap();
    assert!(probed.len() == 45 && probed.iter().all(|one| matches!(one.answer, Answer::Answered(_))));
    assert!(batch::probe(&graph, &[], NOW, &CancellationToken::new()).await.unwrap().is_empty());
    let sizes: Vec<_> = stub.seen().iter().map(|one| requests(&one.body).len()).collect();
    assert_eq!(sizes, [20, 20, 5]);
    assert_eq!(stub.seen()[0].line, "POST /p/token/graph/v1.0/$batch HTTP/1.1");
}

#[tokio::test]
async fn a_probe_is_the_cheapest_question() {
    let stub = Stub::always(stub::json(200, r#"{"responses":[]}"#)).await;
    batch::probe(&graph(&stub, quick()), &probes(5), NOW, &CancellationToken::new()).await.unwrap();
    let urls: Vec<_> = requests(&stub.seen()[0].body).iter().map(|one| one["url"].as_str().unwrap().to_owned()).collect();
    let user = |number: u128| Uuid::from_u128(number);
    assert_eq!(
        urls,
        [
            format!("/users/{}/mailFolders/inbox?$select=id,totalItemCount", user(0)),
            format!(
                "/users/{}/calendarView?startDateTime=2026-11-20T10:00:00Z&endDateTime=2026-11-21T10:00:00Z&$top=1&$select=id",
                user(1)
            ),
            format!("/users/{}/contactFolders?$top=1&$select=id", user(2)),
            format!("/users/{}/todo/lists?$top=1", user(3)),
            format!("/users/{}/mailboxSettings/userPurpose", user(4)),
        ]
    );
}

#[tokio::test]
async fn a_throttled_whole_is_waited_for_and_many_throttled_parts_slow_the_rest() {
    let throttled = |of: usize| {
        let answer = move |at: usize| json!({ "id": at.to_string(), "status": if at < of { 429 } else { 200 }, "body": {} });
        stub::json(200, json!({ "responses": (0..20).map(answer).collect::<Vec<_>>() }).to_string())
    };
    for (parts, limit) in [(0, 4), (4, 4), (5, 2), (20, 2)] {
        let stub =
            Stub::start(move |nth, _, _| Some(if nth == 0 { stub::answer(429, &[("Retry-After", "0")], "") } else { throttled(parts) }))
                .await;
        let pace = rollcall_graph::pace::Pace { first_in_flight: 8, good_for_one_more: 1, ..quick() };
        let graph = graph(&stub, pace);
        let probed = batch::probe(&graph, &probes(20), NOW, &CancellationToken::new()).await.unwrap();
        assert_eq!(probed.iter().filter(|one| matches!(one.answer, Answer::Throttled { .. })).count(), parts);
        assert_eq!(graph.gate().allowed(Lane::Outlook), limit, "{parts} of 20, after the whole had halved 8 to 4");
    }
}

fn requests(body: &[u8]) -> Vec<Value> {
    serde_json::from_slice::<Value>(body).unwrap()["requests"].as_array().unwrap().clone()
}
