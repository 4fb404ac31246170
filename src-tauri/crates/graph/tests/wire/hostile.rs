//! Hostile and broken answers: each ends in a named error, and no token leaves for another place.

use std::io::Write as _;
use std::time::Duration;

use crate::stub::{Stub, answer, graph, json, quick};
use rollcall_graph::error::{Foreign, GraphError};
use rollcall_graph::{me, users};
use tokio_util::sync::CancellationToken;

const ADA: &str = r#"{"id":"00000000-0000-4000-8000-000000000001","userPrincipalName":"ada@contoso.example"}"#;

/// What listing users of a server that always answers so ends with.
async fn listing(body: Vec<u8>) -> (GraphError, usize) {
    let stub = Stub::always(body).await;
    let error = users::pages(&graph(&stub, quick()), None, &CancellationToken::new()).all().await.unwrap_err();
    (error, stub.seen().len())
}

fn page(link: &str) -> Vec<u8> {
    json(200, format!(r#"{{"value":[{ADA}],"@odata.nextLink":"{link}"}}"#))
}

#[tokio::test]
async fn a_list_that_leads_to_itself_or_in_a_ring_ends() {
    for ring in [1, 2, 3, 10] {
        let stub = Stub::start(move |nth, _, port| {
            let next = if nth == 0 { 0 } else { nth % ring };
            Some(page(&format!("http://127.0.0.1:{port}/p/token/graph/v1.0/users?$skiptoken={next}")))
        })
        .await;
        let error = users::pages(&graph(&stub, quick()), None, &CancellationToken::new()).all().await.unwrap_err();
        assert!(matches!(error, GraphError::Endless(_)), "a ring of {ring}: {error:?}");
        assert!(error.trace().unwrap().client_request_id.is_some(), "that of the page that leads back");
        assert!(stub.seen().len() <= ring + 1, "no page is asked for twice");
    }
}

#[tokio::test]
async fn empty_pages_lead_on_but_not_for_ever() {
    let script = |pages: usize| {
        move |nth: usize, _: &crate::stub::Seen, port: u16| {
            let link = format!(r#","@odata.nextLink":"http://127.0.0.1:{port}/p/token/graph/v1.0/users?$skiptoken={nth}""#);
            Some(json(200, if nth < pages { format!(r#"{{"value":[]{link}}}"#) } else { format!(r#"{{"value":[{ADA}]}}"#) }))
        }
    };
    let stub = Stub::start(script(20)).await;
    let found = users::pages(&graph(&stub, quick()), None, &CancellationToken::new()).all().await.unwrap();
    assert_eq!(found.len(), 1, "an empty page isn't the end");
    let stub = Stub::start(script(usize::MAX)).await;
    let error = users::pages(&graph(&stub, quick()), None, &CancellationToken::new()).all().await.unwrap_err();
    assert!(matches!(error, GraphError::Endless(_)), "{error:?}");
    assert_eq!(stub.seen().len(), 1_000);
}

#[tokio::test]
async fn a_link_to_anywhere_else_is_not_followed() {
    let sink = Stub::always(page("x")).await;
    let other = sink.port();
    for make in [
        "http://127.0.0.1:SINK/p/token/graph/v1.0/users",
        "http://localhost:OWN/p/token/graph/v1.0/users",
        "http://[::1]:OWN/p/token/graph/v1.0/users",
        "https://127.0.0.1:OWN/p/token/graph/v1.0/users",
        "http://127.0.0.1:OWN@127.0.0.1:SINK/p/token/graph/v1.0/users",
        "http://user@127.0.0.1:OWN/p/token/graph/v1.0/users",
        "http://:secret@127.0.0.1:OWN/p/token/graph/v1.0/users",
        "http://127.0.0.1:OWN/p/token/graph/beta/users",
        "http://127.0.0.1:OWN/p/token/graph/v1.0",
        "http://127.0.0.1:OWN/p/token/graph/v1.0evil/users",
        "http://127.0.0.1:OWN/p/token/graph/v1.0/../../../other/users",
        "http://127.0.0.1:OWN/p/token/graph/v1.0/%2e%2e/%2e%2e/users",
        "http://127.0.0.1:OWN/p/other/graph/v1.0/users",
        "http://127.0.0.1/p/token/graph/v1.0/users",
        "//127.0.0.1:SINK/p/token/graph/v1.0/users",
        "/p/token/graph/v1.0/users?$skiptoken=1",
        "http://127.0.0.1:OWN/p/token/graph/v1.0/users#fragment",
        "http://graph.microsoft.com/v1.0/users",
        "https://graph.microsoft.com.contoso.example/v1.0/users",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "not a link",
    ] {
        let stub =
            Stub::start(move |_, _, own| Some(page(&make.replace("SINK", &other.to_string()).replace("OWN", &own.to_string())))).await;
        let mut pages = users::pages(&graph(&stub, quick()), None, &CancellationToken::new());
        assert_eq!(pages.next().await.unwrap().unwrap().items.len(), 1, "the page that is here is good");
        let error = pages.next().await.unwrap_err();
        assert!(matches!(error, GraphError::ForeignLink), "{make}: {error:?}");
        assert!(pages.next().await.unwrap().is_none(), "after an error there is nothing more");
        assert_eq!(stub.seen().len(), 1, "{make}");
    }
    assert!(sink.seen().is_empty(), "no request, so no token, went to another server");
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let sink = Stub::always(json(200, "{}")).await;
    let target = format!("http://127.0.0.1:{}/v1.0/users", sink.port());
    for status in [301, 302, 303, 307, 308] {
        let (error, _) = listing(answer(status, &[("Location", &target)], "")).await;
        assert!(matches!(error, GraphError::NotGraph { .. }), "{status}: {error:?}");
    }
    assert!(sink.seen().is_empty());
}

#[tokio::test]
async fn a_page_for_people_is_told_from_data() {
    for (status, kind, body, expected) in [
        (200, "text/html", "<html>Sign in to the guest network</html>", Foreign::Html),
        (200, "", "  <!doctype html>", Foreign::Html),
        (200, "text/plain", "ok", Foreign::Other),
        (200, "application/octet-stream", r#"{"value":[]}"#, Foreign::Other),
        (403, "text/html; charset=utf-8", "<html>Blocked by policy</html>", Foreign::Html),
        (404, "TEXT/HTML", "", Foreign::Html),
        (407, "text/html", "<html>Proxy</html>", Foreign::Html),
        (511, "text/html", "<html>Network authentication</html>", Foreign::Html),
    ] {
        let (error, asked) = listing(answer(status, &[("Content-Type", kind)], body)).await;
        assert!(matches!(error, GraphError::NotGraph { kind, .. } if kind == expected), "{status} {kind}: {error:?}");
        assert_eq!(error.trace().unwrap().http, Some(status));
        assert_eq!(asked, 1, "asking again shows the same page");
    }
}

#[tokio::test]
async fn what_breaks_off_is_asked_for_again_and_then_called_damaged() {
    let whole = json(200, format!(r#"{{"value":[{ADA}]}}"#));
    let cut = whole[..whole.len() - 10].to_vec();
    let (error, asked) = listing(cut.clone()).await;
    assert!(matches!(error, GraphError::Damaged(_)), "{error:?}");
    assert_eq!(asked, 3);

    let stub = Stub::start(move |nth, _, _| Some(if nth == 0 { cut.clone() } else { whole.clone() })).await;
    let found = users::pages(&graph(&stub, quick()), None, &CancellationToken::new()).all().await.unwrap();
    assert_eq!(found.len(), 1, "a connection that broke once does no harm");
}

#[tokio::test]
async fn json_that_is_not_a_list_of_users_is_damaged() {
    let ended = format!(r#"{{"value":{}{}}}"#, "[".repeat(60), "]".repeat(60));
    for body in [
        "",
        "{",
        "null",
        "[]",
        "{}",
        r#"{"value":null}"#,
        r#"{"value":{}}"#,
        r#"{"value":[null]}"#,
        r#"{"value":[7]}"#,
        r#"{"value":[{}]}"#,
        r#"{"value":[],"value":[]}"#,
        r#"{"value":[],"@odata.nextLink":7}"#,
        r#"{"value":[],"@odata.nextLink":{}}"#,
        r#"{"value":[]}trailing"#,
        "\u{feff}{\"value\":[]}x",
        "NaN",
        &ended,
    ] {
        let (error, asked) = listing(json(200, body)).await;
        assert!(matches!(error, GraphError::Damaged(_)), "{:.60}: {error:?}", body);
        assert_eq!(asked, 1, "the same question has the same answer");
    }
}

#[tokio::test]
async fn what_is_too_large_is_not_read_to_its_end() {
    let mut bomb = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    for _ in 0..64 {
        bomb.write_all(&[b' '; 1 << 20]).unwrap();
    }
    let bomb = bomb.finish().unwrap();
    assert!(bomb.len() < 100_000, "64 MiB in less than 100 kB");
    let headers = [("Content-Type", "application/json"), ("Content-Encoding", "gzip")];
    let (error, asked) = listing(answer(200, &headers, bomb)).await;
    assert!(matches!(error, GraphError::TooLarge(_)), "{error:?}");
    assert_eq!(asked, 1);

    let endless =
        [b"HTTP/1.1 200 X\r\nConnection: close\r\nContent-Type: application/json\r\n\r\n".to_vec(), vec![b' '; 20 << 20]].concat();
    let (error, _) = listing(endless).await;
    assert!(matches!(error, GraphError::TooLarge(_)), "{error:?}");

    let promised = b"HTTP/1.1 200 X\r\nContent-Type: application/json\r\nContent-Length: 99999999999\r\n\r\n{".to_vec();
    let (error, _) = listing(promised).await;
    assert!(matches!(error, GraphError::TooLarge(_)), "{error:?}");

    let many = vec![ADA; 10_001].join(",");
    let (error, _) = listing(json(200, format!(r#"{{"value":[{many}]}}"#))).await;
    assert!(matches!(error, GraphError::TooLarge(_)), "{error:?}");

    let (error, _) = listing(json(200, "[".repeat(1_000_000))).await;
    assert!(matches!(error, GraphError::TooLarge(_)), "brackets within brackets: {error:?}");
}

#[tokio::test]
async fn not_http_at_all_and_no_one_there_are_told_apart() {
    let (error, _) = listing(b"SSH-2.0-OpenSSH_9.9\r\n".to_vec()).await;
    assert!(matches!(error, GraphError::Damaged(_)), "{error:?}");
    let gone = Stub::gone().await;
    let error = me::read(&graph(&gone, quick()), &CancellationToken::new()).await.unwrap_err();
    assert!(matches!(error, GraphError::Offline), "{error:?}");
    let silent = Stub::start(|_, _, _| None).await;
    let pace = rollcall_graph::pace::Pace { whole: Duration::from_millis(50), ..quick() };
    let error = me::read(&graph(&silent, pace), &CancellationToken::new()).await.unwrap_err();
    assert!(matches!(error, GraphError::TimedOut(_)), "{error:?}");
    let sent = silent.seen().last().and_then(|seen| seen.header("client-request-id").map(str::to_owned));
    assert_eq!(error.trace().unwrap().client_request_id, sent, "the last try's");
}

#[tokio::test]
async fn a_name_from_outside_stays_in_its_place() {
    let stub = Stub::always(json(200, ADA)).await;
    let graph = graph(&stub, quick());
    for (who, line) in [
        ("bob_contoso.example#EXT#@fabrikam.example", "users/bob_contoso.example%23EXT%23@fabrikam.example?"),
        ("../../me", "users/..%2F..%2Fme?"),
        ("a?$select=x", "users/a%3F$select=x?"),
        ("a%2Fb", "users/a%252Fb?"),
        ("o'brien@contoso.example", "users/o'brien@contoso.example?"),
        ("$o'b@contoso.example", "users('$o''b@contoso.example')?"),
    ] {
        users::by_id_or_upn(&graph, who, &CancellationToken::new()).await.unwrap();
        let asked = stub.seen().last().unwrap().line.clone();
        assert!(asked.starts_with(&format!("GET /p/token/graph/v1.0/{line}")), "{who}: {asked}");
    }
    for who in ["", ".", ".."] {
        assert_eq!(users::by_id_or_upn(&graph, who, &CancellationToken::new()).await.unwrap(), None);
    }
    assert_eq!(stub.seen().len(), 6);
}
