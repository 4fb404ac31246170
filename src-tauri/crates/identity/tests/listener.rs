//! The listener against requests that no browser bringing our answer would send. After each of them the real answer must
//! still be accepted.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a test that can't go on should stop where it stands")]

use std::time::Duration;

use rollcall_identity::cloud::Endpoints;
use rollcall_identity::error::IdentityError;
use rollcall_identity::form::Form;
use rollcall_identity::loopback::{Carrier, Judged, Loopback};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinHandle;

use rollcall_core::tenant::Cloud;

/// The connection ended without an answer.
const SILENT: u16 = 0;
/// The state that this attempt waits for.
const STATE: &str = "9Yk3Qe7bq2s1dV0mXr8tUw5zAcEfGhJkLnPqRsTuVwX";

struct Attempt {
    port: u16,
    ended: JoinHandle<Result<String, IdentityError>>,
}

impl Attempt {
    async fn begin(carrier: Carrier) -> Self {
        let listener = Loopback::bind().await.unwrap();
        let port = listener.port();
        let ended = tokio::spawn(async move {
            let endpoints = Endpoints::of(Cloud::Global).unwrap();
            listener.wait(carrier, &endpoints, judge).await
        });
        Self { port, ended }
    }

    /// Sends these bytes and reads until the other side closes; the status, or [`SILENT`].
    async fn send(&self, bytes: &[u8]) -> u16 {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).await.unwrap();
        // A server that has read enough to refuse may close before it has read all.
        let _ = stream.write_all(bytes).await;
        let mut answer = Vec::new();
        let patience = Duration::from_millis(500);
        if tokio::time::timeout(patience, stream.read_to_end(&mut answer)).await.is_err() {
            // It waits for more of a request that has no more.
            let _ = stream.shutdown().await;
            let _ = tokio::time::timeout(Duration::from_secs(10), stream.read_to_end(&mut answer)).await.unwrap();
        }
        let text = String::from_utf8_lossy(&answer);
        assert!(!text.to_ascii_lowercase().contains("access-control"), "no other origin is ever let in");
        assert!(!text.contains(STATE), "nothing of a request is echoed");
        text.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(SILENT)
    }

    async fn code(self) -> String {
        tokio::time::timeout(Duration::from_secs(2), self.ended).await.unwrap().unwrap().unwrap()
    }
}

/// Stands for the flow's judge, which has its own tests: our state and a code, or our state and an error.
fn judge(form: &Form) -> Judged<String> {
    if form.get("state") != Some(STATE) {
        return None;
    }
    form.get("code").filter(|code| !code.is_empty()).map(|code| Ok(code.to_owned()))
}

/// The request that Entra's page makes a browser send.
fn good(port: u16) -> Vec<u8> {
    post(port, "", &format!("code=real&state={STATE}&session_state=s"))
}

fn post(port: u16, more: &str, body: &str) -> Vec<u8> {
    raw("POST / HTTP/1.1", port, &format!("{FORM}{more}"), body)
}

const FORM: &str = "Content-Type: application/x-www-form-urlencoded\r\n";

fn raw(line: &str, port: u16, headers: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!("{line}\r\nHost: localhost:{port}\r\nContent-Length: {length}\r\n{headers}\r\n{body}").into_bytes()
}

/// Plays one group: each request against a listener of its own, followed by the real answer. `answers` are the statuses that
/// refuse for this group's reason.
async fn none_gets_in(group: &str, answers: &[u16], cases: impl Fn(u16) -> Vec<(String, Vec<u8>)>) {
    let count = cases(0).len();
    for at in 0..count {
        let attempt = Attempt::begin(Carrier::FormPost).await;
        let (name, bytes) = cases(attempt.port).swap_remove(at);
        let status = attempt.send(&bytes).await;
        assert!(answers.contains(&status), "{group}, {name}: answered {status}");
        assert_eq!(attempt.send(&good(attempt.port)).await, 200, "{group}, {name}: the real answer was turned away");
        assert_eq!(attempt.code().await, "real", "{group}, {name}");
    }
}

fn named(name: &str, bytes: Vec<u8>) -> (String, Vec<u8>) {
    (name.chars().take(60).collect(), bytes)
}

fn valid_body() -> String {
    format!("code=stolen&state={STATE}")
}

#[tokio::test]
async fn what_browsers_send_is_accepted() {
    let fetch = "Sec-Fetch-Mode: navigate\r\nSec-Fetch-Dest: document\r\nSec-Fetch-Site: cross-site\r\nSec-Fetch-User: ?1\r\n";
    let browser = format!(
        "Origin: https://login.microsoftonline.com\r\nCache-Control: max-age=0\r\nUpgrade-Insecure-Requests: 1\r\n\
         User-Agent: Mozilla/5.0\r\nAccept: text/html,*/*;q=0.8\r\nAccept-Encoding: gzip, deflate, br\r\n\
         Referer: https://login.microsoftonline.com/\r\nConnection: keep-alive\r\n{fetch}"
    );
    let cases = [
        ("plain", post as fn(u16, &str, &str) -> Vec<u8>, String::new(), format!("code=real&state={STATE}")),
        ("state first", post, String::new(), format!("state={STATE}&code=real")),
        ("session state", post, String::new(), format!("code=real&session_state=a%2Db&state={STATE}")),
        ("a browser's headers", post, browser, format!("code=real&state={STATE}")),
        ("a page without origin", post, "Origin: null\r\n".into(), format!("code=real&state={STATE}")),
        ("another name of the cloud", post, "Origin: https://login.microsoft.com\r\n".into(), format!("code=real&state={STATE}")),
        ("escaped letters", post, String::new(), format!("%63ode=r%65al&state={STATE}")),
    ];
    for (name, build, headers, body) in cases {
        let attempt = Attempt::begin(Carrier::FormPost).await;
        assert_eq!(attempt.send(&build(attempt.port, &headers, &body)).await, 200, "{name}");
        assert_eq!(attempt.code().await, "real", "{name}");
    }
    for kind in [
        "application/x-www-form-urlencoded; charset=UTF-8",
        "APPLICATION/X-WWW-Form-Urlencoded",
        "application/x-www-form-urlencoded;charset=utf-8",
    ] {
        let attempt = Attempt::begin(Carrier::FormPost).await;
        let bytes = raw("POST / HTTP/1.1", attempt.port, &format!("CONTENT-type: {kind}\r\n"), &format!("code=real&state={STATE}"));
        assert_eq!(attempt.send(&bytes).await, 200, "{kind}");
        assert_eq!(attempt.code().await, "real");
    }
}

#[tokio::test]
async fn other_methods_are_refused() {
    none_gets_in("method", &[400, 403, 404, 405], |port| {
        let body = valid_body();
        let mut cases = Vec::new();
        let long = "M".repeat(256);
        for method in ["HEAD", "OPTIONS", "PUT", "DELETE", "PATCH", "TRACE", "PROPFIND", "post", "Post", "GET", "PO\0ST", long.as_str()] {
            cases.push(named(method, raw(&format!("{method} / HTTP/1.1"), port, FORM, &body)));
        }
        cases.push(named("code in a GET", raw(&format!("GET /?{body} HTTP/1.1"), port, "", "")));
        cases.push(named("bare GET", raw("GET / HTTP/1.1", port, "", "")));
        for path in ["/favicon.ico", "/robots.txt", "/apple-touch-icon.png", "/.well-known/appspecific/com.chrome.devtools.json"] {
            cases.push(named(path, raw(&format!("GET {path} HTTP/1.1"), port, "", "")));
        }
        cases.push(named("tunnel", raw(&format!("CONNECT localhost:{port} HTTP/1.1"), port, FORM, &body)));
        let preflight = "Origin: https://evil.example\r\nAccess-Control-Request-Method: POST\r\n";
        cases.push(named("preflight", raw("OPTIONS / HTTP/1.1", port, preflight, "")));
        let private = format!("{preflight}Access-Control-Request-Private-Network: true\r\n");
        cases.push(named("private network preflight", raw("OPTIONS / HTTP/1.1", port, &private, "")));
        cases
    })
    .await;
}

#[tokio::test]
async fn other_paths_are_refused() {
    none_gets_in("path", &[400, 404, 431], |port| {
        let body = valid_body();
        let long = format!("/{}", "a".repeat(64 * 1024));
        let absolute = format!("http://localhost:{port}/");
        let both = format!("/?{body}");
        ["//", "/%2f", "/%2e", "/x/..", "/./", "/;x=1", "/%00", "/x", "/?", "*", "", "/\\", absolute.as_str(), both.as_str(), long.as_str()]
            .iter()
            .map(|path| named(path, raw(&format!("POST {path} HTTP/1.1"), port, FORM, &body)))
            .collect()
    })
    .await;
}

#[tokio::test]
async fn other_hosts_are_refused() {
    none_gets_in("host", &[400, 421], |port| {
        let hosts = [
            "evil.example".to_owned(),
            format!("evil.example:{port}"),
            format!("localhost.evil.example:{port}"),
            format!("127.0.0.1.nip.io:{port}"),
            format!("2130706433:{port}"),
            format!("0x7f000001:{port}"),
            format!("0177.0.0.1:{port}"),
            format!("127.1:{port}"),
            format!("0.0.0.0:{port}"),
            format!("[::ffff:127.0.0.1]:{port}"),
            format!("localhost:{}", port.wrapping_add(1)),
            "localhost".to_owned(),
            format!("ada@localhost:{port}"),
            format!("localhost:{port}#x"),
            String::new(),
            format!("localhost:{port}, evil.example"),
            format!("localhost%00:{port}"),
            format!("l\u{043e}calhost:{port}"),
            format!("localhost.:{port}"),
            format!("localhost:{port}\r\nHost: evil.example"),
            format!("evil.example\r\nHost: localhost:{port}"),
            format!("localhost:{port}\r\nHost: localhost:{port}"),
        ];
        let body = valid_body();
        let request =
            |headers: &str| format!("POST / HTTP/1.1\r\n{headers}{FORM}Content-Length: {}\r\n\r\n{body}", body.len()).into_bytes();
        let mut cases: Vec<_> = hosts.iter().map(|host| named(host, request(&format!("Host: {host}\r\n")))).collect();
        cases.push(named("no host", request("")));
        cases
    })
    .await;
}

#[tokio::test]
async fn other_senders_are_refused() {
    none_gets_in("origin", &[403], |port| {
        [
            "Sec-Fetch-Mode: no-cors\r\n".to_owned(),
            "Sec-Fetch-Mode: cors\r\n".to_owned(),
            "Sec-Fetch-Mode: same-origin\r\n".to_owned(),
            "Sec-Fetch-Mode: navigate\r\nSec-Fetch-Dest: iframe\r\n".to_owned(),
            "Sec-Fetch-Mode: websocket\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n".to_owned(),
            "Upgrade: websocket\r\nConnection: Upgrade\r\n".to_owned(),
            "Sec-Purpose: prefetch\r\n".to_owned(),
            "Purpose: prefetch\r\n".to_owned(),
            "Origin: https://evil.example\r\n".to_owned(),
            "Origin: http://localhost:1\r\n".to_owned(),
            format!("Origin: http://localhost:{port}\r\n"),
            "Origin: https://login.microsoftonline.com.evil.example\r\n".to_owned(),
            "Origin: http://login.microsoftonline.com\r\n".to_owned(),
            "Origin: null\r\nOrigin: https://evil.example\r\n".to_owned(),
        ]
        .iter()
        .map(|headers| named(headers, post(port, headers, &valid_body())))
        .collect()
    })
    .await;
}

#[tokio::test]
async fn forms_that_are_not_our_answer_are_refused() {
    none_gets_in("param", &[400, 413], |port| {
        let lower = STATE.to_ascii_lowercase();
        let (half, s) = (&STATE[..STATE.len() / 2], STATE);
        let long = "a".repeat(64 * 1024);
        let many = (0..5_000).map(|n| format!("&f{n}=")).collect::<String>();
        [
            "code=x".to_owned(),
            "code=x&state=".to_owned(),
            "code=x&state=wrong".to_owned(),
            format!("code=x&state={s}x"),
            format!("code=x&state=x{s}"),
            format!("code=x&state={half}"),
            format!("code=x&state={lower}"),
            format!("code=x&state={s}+"),
            format!("code=x&state={s}%20"),
            format!("code=x&state={s}%00"),
            format!("code=x&state={s}%0D%0A"),
            format!("code=x&state={s}&state={s}"),
            format!("code=x&state=wrong&state={s}"),
            format!("code=x&state={s}&state=wrong"),
            format!("code=x&code=y&state={s}"),
            format!("code=&state={s}"),
            format!("state={s}"),
            format!("Code=x&state={s}"),
            format!("code=x&State={s}"),
            format!("code[]=x&state={s}"),
            format!("code=x;state={s}"),
            format!("code=x&amp;state={s}"),
            format!("code=x&state={}", s.replace('9', "%2539")),
            format!("code=%ff&state={s}"),
            format!("code=%c0%80&state={s}"),
            format!("code=%&state={s}"),
            format!("code=%2&state={s}"),
            format!("code=%zz&state={s}"),
            format!("\u{feff}code=x&state={s}"),
            format!("code=x\u{202e}&state={s}"),
            format!("code={long}&state={s}"),
            format!("code=x&state={s}{many}"),
            "error=access_denied".to_owned(),
            "error=access_denied&state=wrong".to_owned(),
            "error=%3Cscript%3E&state=wrong".to_owned(),
            "error_description=%1b%5b2J&state=wrong".to_owned(),
            String::new(),
            "&&&&".to_owned(),
            "=".to_owned(),
        ]
        .iter()
        .map(|body| named(body, post(port, "", body)))
        .collect()
    })
    .await;
}

#[tokio::test]
async fn broken_framing_is_refused() {
    none_gets_in("framing", &[SILENT, 400, 403, 411, 413, 415, 431], |port| {
        let body = valid_body();
        let with = |headers: &str, body: &str| format!("POST / HTTP/1.1\r\nHost: localhost:{port}\r\n{headers}\r\n{body}").into_bytes();
        let mut cases = Vec::new();
        let lengths = ["-1", "many", "1099511627776", "18446744073709551617", "0x30", "+60", "1.5", "32769", ""];
        for length in lengths {
            cases.push(named(length, with(&format!("{FORM}Content-Length: {length}\r\n"), &body)));
        }
        let real = body.len();
        for headers in [
            format!("{FORM}Content-Length: {real}\r\nContent-Length: 5\r\n"),
            format!("{FORM}Content-Length: 5\r\n"),
            FORM.to_owned(),
            format!("{FORM}Transfer-Encoding: chunked\r\n"),
            format!("{FORM}Transfer-Encoding: chunked\r\nContent-Length: {real}\r\n"),
            format!("{FORM}Transfer-Encoding: gzip\r\n"),
            format!("{FORM}Content-Length: {real}\r\nContent-Encoding: gzip\r\n"),
            format!("{FORM}Content-Length: {real}\r\nExpect: 100-continue\r\n"),
            format!("Content-Type: application/json\r\nContent-Length: {real}\r\n"),
            format!("Content-Type: text/plain\r\nContent-Length: {real}\r\n"),
            format!("Content-Type: multipart/form-data; boundary=x\r\nContent-Length: {real}\r\n"),
            format!("Content-Type: application/x-www-form-urlencoded; charset=utf-16\r\nContent-Length: {real}\r\n"),
            format!("{FORM}{FORM}Content-Length: {real}\r\n"),
            format!("Content-Length: {real}\r\n"),
            format!("{FORM}Content-Length: {real}\r\nX: a\r\n b\r\n"),
            format!("{FORM}Content-Length: {real}\r\nX: a\0b\r\n"),
            format!("{FORM}Content-Length: {real}\r\nX y: z\r\n"),
            format!("{FORM}Content-Length: {real}\r\nX: {}\r\n", "a".repeat(64 * 1024)),
            format!("{FORM}Content-Length: {real}\r\n{}", "X: y\r\n".repeat(2_000)),
        ] {
            cases.push(named(&headers, with(&headers, &body)));
        }
        let huge = "a".repeat(1024 * 1024);
        cases.push(named("1 MiB", post(port, "", &huge)));
        cases.push(named("bad chunk", with(&format!("{FORM}Transfer-Encoding: chunked\r\n"), "zz\r\ncode")));
        cases.push(named("huge chunk", with(&format!("{FORM}Transfer-Encoding: chunked\r\n"), "ffffffffffffffff1\r\n")));
        for line in ["POST / HTTP/1.0", "POST / HTTP/9.9", "POST / HTTP/2.0", "POST /", "POST  / HTTP/1.1", "/ POST HTTP/1.1"] {
            cases.push(named(line, raw(line, port, FORM, &body)));
        }
        cases.push(named("HTTP/2 preface", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec()));
        cases.push(named("TLS hello", b"\x16\x03\x01\x00\xa5\x01\x00\x00\xa1\x03\x03".to_vec()));
        cases.push(named("SSH", b"SSH-2.0-OpenSSH_9.2\r\n".to_vec()));
        cases.push(named("noise", vec![0xff; 4096]));
        cases.push(named("half a request", b"POST / HTT".to_vec()));
        cases.push(named("nothing", Vec::new()));
        cases
    })
    .await;
}

#[tokio::test]
async fn idle_and_half_sent_requests_do_not_hold_up_the_answer() {
    let attempt = Attempt::begin(Carrier::FormPost).await;
    let mut open = Vec::new();
    for part in [b"".as_slice(), b"POST / HTTP/1.1\r\nHost: lo", b"GET"] {
        for _ in 0..20 {
            let mut stream = TcpStream::connect(("127.0.0.1", attempt.port)).await.unwrap();
            stream.write_all(part).await.unwrap();
            open.push(stream);
        }
    }
    let head = good(attempt.port);
    let mut stalled = TcpStream::connect(("127.0.0.1", attempt.port)).await.unwrap();
    stalled.write_all(&head[..head.len() - 5]).await.unwrap();
    assert_eq!(attempt.send(&good(attempt.port)).await, 200);
    assert_eq!(attempt.code().await, "real");
}

#[tokio::test]
async fn the_first_answer_ends_it() {
    let attempt = Attempt::begin(Carrier::FormPost).await;
    let port = attempt.port;
    let twice = [good(port), post(port, "", &valid_body())].concat();
    assert_eq!(attempt.send(&twice).await, 200);
    assert_eq!(attempt.code().await, "real", "what was sent behind it is not read");
    assert!(TcpStream::connect(("127.0.0.1", port)).await.is_err(), "the port is closed");
}

#[tokio::test]
async fn nobody_else_can_answer_on_the_other_loopback_address() {
    let listener = Loopback::bind().await.unwrap();
    if std::net::TcpListener::bind("[::1]:0").is_err() {
        println!("skipped: this computer has no IPv6");
        return;
    }
    let squatter = std::net::TcpListener::bind(("::1", listener.port()));
    assert!(squatter.is_err(), "the port is held in both families");
}

#[tokio::test]
async fn the_link_leads_a_person_to_the_page_and_settles_nothing() {
    let mut listener = Loopback::bind().await.unwrap();
    let port = listener.port();
    let page = format!("https://login.microsoftonline.com/authorize?state={STATE}");
    let invitation = listener.lead_to(page.parse().unwrap()).unwrap();
    assert!(!invitation.link.as_str().contains(STATE), "the link may be shown and copied");
    let path = invitation.link.path().to_owned();
    let ended = tokio::spawn(async move { listener.wait(Carrier::FormPost, &Endpoints::of(Cloud::Global).unwrap(), judge).await });
    let answer = |request: Vec<u8>| async move {
        let mut stream = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
        stream.write_all(&request).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        answer
    };
    let led = answer(raw_get(port, &path)).await;
    assert!(led.starts_with("HTTP/1.1 302") && led.contains(&format!("location: {page}")), "{led}");
    for (name, request) in [
        ("another path", raw_get(port, &format!("{path}x"))),
        ("a query", raw_get(port, &format!("{path}?x=1"))),
        ("another host", format!("GET {path} HTTP/1.1\r\nHost: evil.example\r\n\r\n").into_bytes()),
        ("a script", format!("GET {path} HTTP/1.1\r\nHost: localhost:{port}\r\nSec-Fetch-Mode: cors\r\n\r\n").into_bytes()),
        ("another method", format!("HEAD {path} HTTP/1.1\r\nHost: localhost:{port}\r\n\r\n").into_bytes()),
    ] {
        let refused = answer(request).await;
        assert!(refused.starts_with("HTTP/1.1 4") && !refused.contains(STATE), "{name}: {refused}");
    }
    assert!(answer(good(port)).await.starts_with("HTTP/1.1 200"));
    assert_eq!(ended.await.unwrap().unwrap(), "real");
}

#[tokio::test]
async fn a_consent_answer_comes_by_get_and_nothing_else_does() {
    let attempt = Attempt::begin(Carrier::Query).await;
    let consent = |more: &str| raw_get(attempt.port, &format!("/?code=real&state={STATE}{more}"));
    for bad in [
        raw_get(attempt.port, "/"),
        raw_get(attempt.port, "/?state=wrong&code=x"),
        raw_get(attempt.port, &format!("/x?code=x&state={STATE}")),
        post(attempt.port, "", &valid_body()),
        consent("&state=wrong"),
        consent("&x=%ff"),
        raw(&format!("GET /?code=x&state={STATE} HTTP/1.1"), attempt.port, "Sec-Fetch-Dest: image\r\n", ""),
        raw(&format!("GET /?code=x&state={STATE} HTTP/1.1"), attempt.port, "Sec-Purpose: prefetch\r\n", ""),
        raw(&format!("GET /?code=x&state={STATE} HTTP/1.1"), attempt.port, "", "body"),
        raw(&format!("HEAD /?code=x&state={STATE} HTTP/1.1"), attempt.port, "", ""),
    ] {
        let status = attempt.send(&bad).await;
        assert!((400..500).contains(&status), "{status}");
    }
    assert_eq!(attempt.send(&consent("")).await, 200);
    assert_eq!(attempt.code().await, "real");
}

fn raw_get(port: u16, target: &str) -> Vec<u8> {
    format!("GET {target} HTTP/1.1\r\nHost: localhost:{port}\r\n\r\n").into_bytes()
}
