//! Sign-in and renewal against an Entra that lies, fails and repeats our secrets back to us.

#![allow(clippy::unwrap_used, reason = "a test that can't go on should stop where it stands")]

use std::convert::Infallible;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use http::{Request, Response, header};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use rollcall_core::back_off::BackOff;
use rollcall_core::time::{Clock, Timestamp};
use rollcall_identity::cloud::{Authority, Endpoints};
use rollcall_identity::discovery::discover;
use rollcall_identity::error::{IdentityError, Kind};
use rollcall_identity::http::Wire;
use rollcall_identity::loopback::Invitation;
use rollcall_identity::secret::RefreshToken;
use rollcall_identity::session::{Party, Patience, Session};
use rollcall_identity::sign_in::{SignIn, SignedIn, sign_in};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;
use url::Url;

const TENANT: &str = "6f2c2c1e-0a4f-4c1e-9a55-3f0e6b7f9a10";
const OTHER: &str = "11111111-0a4f-4c1e-9a55-3f0e6b7f9a10";
const CLIENT: &str = "8410d572-e055-48e5-b2c7-869538daf671";
const DATE: &str = "Fri, 20 Nov 2026 10:00:00 GMT";
/// The moment of [`DATE`], in milliseconds.
const NOW: i64 = 1_795_168_800_000;
/// In every secret that the pretend Entra hands out.
const CANARY: &str = "canary";

/// How this Entra answers.
type Script = Box<dyn Fn(&Entra, &str) -> (u16, &'static str, String) + Send + Sync>;

struct Entra {
    base: String,
    nonce: Mutex<String>,
    redeemed: AtomicUsize,
    /// The wait that its next answers ask for.
    retry_after: Mutex<Option<&'static str>>,
}

/// An Entra whose token endpoint answers as the script says, and whose document is right unless `document` changes it.
async fn entra(document: fn(&mut Value), script: Script) -> Arc<Entra> {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}/p/x", listener.local_addr().unwrap());
    let entra = Arc::new(Entra { base, nonce: Mutex::default(), redeemed: AtomicUsize::new(0), retry_after: Mutex::default() });
    let (state, script) = (Arc::clone(&entra), Arc::new(script));
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let (state, script) = (Arc::clone(&state), Arc::clone(&script));
            let service = service_fn(move |request: Request<Incoming>| {
                let (status, kind, body) = state.answer(request.uri().path(), document, &script);
                let response = Response::builder().status(status).header(header::CONTENT_TYPE, kind);
                let asked = state.retry_after.lock().unwrap().map(|wait| (header::RETRY_AFTER, wait));
                let response = asked.into_iter().fold(response, |response, (name, wait)| response.header(name, wait));
                let response = response.header(header::DATE, DATE).body(Full::new(Bytes::from(body))).unwrap();
                async move { Ok::<_, Infallible>(response) }
            });
            tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
        }
    });
    entra
}

impl Entra {
    fn answer(&self, path: &str, document: fn(&mut Value), script: &Script) -> (u16, &'static str, String) {
        if path.ends_with("/token") {
            self.redeemed.fetch_add(1, Ordering::SeqCst);
            return script(self, path);
        }
        let base = &self.base;
        let mut said = json!({
            "issuer": format!("{base}/{TENANT}/v2.0"),
            "authorization_endpoint": format!("{base}/{TENANT}/oauth2/v2.0/authorize"),
            "token_endpoint": format!("{base}/{TENANT}/oauth2/v2.0/token"),
        });
        document(&mut said);
        (200, "application/json", said.to_string())
    }

    fn authority(&self) -> Authority {
        Authority::new(Endpoints::custom(&self.base, &format!("{}/graph", self.base)).unwrap(), TENANT).unwrap()
    }

    fn claims(&self) -> Value {
        json!({
            "iss": format!("{}/{TENANT}/v2.0", self.base), "aud": CLIENT, "tid": TENANT, "oid": OTHER,
            "nonce": *self.nonce.lock().unwrap(), "exp": NOW / 1000 + 3600, "preferred_username": "ada@contoso.example",
        })
    }

    fn tokens(&self, id_token: &str) -> String {
        let access = jwt("RS256", &json!({ "tid": TENANT, CANARY: CANARY }));
        json!({
            "token_type": "Bearer", "expires_in": 3600, "access_token": access, "scope": "User.Read",
            "refresh_token": format!("refresh-{CANARY}"), "id_token": id_token,
        })
        .to_string()
    }

    async fn sign_in(&self, now: i64) -> Result<SignedIn, IdentityError> {
        let authority = self.authority();
        let limit = Duration::from_secs(20);
        let client_id = CLIENT.parse().unwrap();
        let ask = SignIn { authority: &authority, client_id, scopes: &[], login_hint: None, limit };
        let clock: Clock = Arc::new(move || Timestamp(now));
        let present = |invitation: &Invitation| {
            let url = &invitation.page;
            *self.nonce.lock().unwrap() = asked(url, "nonce");
            let form = format!("code=code-{CANARY}&state={}", asked(url, "state"));
            tokio::spawn(bring(asked(url, "redirect_uri"), form));
        };
        sign_in(&Wire::new().unwrap(), ask, present, &CancellationToken::new(), &clock).await
    }

    fn session(&self, clock: Clock, keep: Arc<Mutex<Vec<String>>>) -> Session {
        self.session_on(Wire::new().unwrap(), clock, keep)
    }

    fn session_on(&self, wire: Wire, clock: Clock, keep: Arc<Mutex<Vec<String>>>) -> Session {
        let client_id = CLIENT.parse().unwrap();
        let back_off = BackOff { first: Duration::from_millis(1), longest: Duration::from_secs(10) };
        let party = Party { wire, authority: self.authority(), client_id, clock, patience: Patience { tries: 3, back_off } };
        let keep = Box::new(move |refresh: RefreshToken| keep.lock().unwrap().push(refresh.reveal().to_owned()));
        Session::delegated(party, &["User.Read".to_owned()], RefreshToken::new(format!("first-{CANARY}")), None, keep)
    }
}

fn jwt(alg: &str, claims: &Value) -> String {
    let coded = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    format!("{}.{}.c2ln", coded(&json!({ "alg": alg })), coded(claims))
}

fn asked(url: &Url, name: &str) -> String {
    url.query_pairs().find(|(key, _)| key == name).unwrap().1.into_owned()
}

/// What the browser does when Entra's page posts its form.
async fn bring(redirect: String, form: String) {
    let host = redirect.strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(host.replace("localhost", "127.0.0.1")).await.unwrap();
    let head = format!(
        "POST / HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n",
        form.len()
    );
    stream.write_all(format!("{head}{form}").as_bytes()).await.unwrap();
    let mut page = String::new();
    stream.read_to_string(&mut page).await.unwrap();
    assert!(page.starts_with("HTTP/1.1 200"), "{page}");
}

#[tokio::test]
async fn an_id_token_is_checked_as_openid_connect_asks() {
    type Change = fn(&Entra, &mut Value);
    let cases: [(&str, Change, Option<Kind>); 17] = [
        ("right", |_, _| {}, None),
        ("another audience", |_, c| c["aud"] = OTHER.into(), Some(Kind::NotTrusted)),
        ("no audience", |_, c| c["aud"] = Value::Null, Some(Kind::NotTrusted)),
        ("several audiences", |_, c| c["aud"] = json!([CLIENT, OTHER]), Some(Kind::NotTrusted)),
        ("another issuer", |_, c| c["iss"] = "https://login.contoso.example".into(), Some(Kind::NotTrusted)),
        ("no issuer", |_, c| c["iss"] = Value::Null, Some(Kind::NotTrusted)),
        ("a v1 issuer", |_, c| c["iss"] = format!("https://sts.windows.net/{TENANT}/").into(), Some(Kind::NotTrusted)),
        ("a slash too many", |e, c| c["iss"] = format!("{}/{TENANT}/v2.0/", e.base).into(), Some(Kind::NotTrusted)),
        ("another nonce", |_, c| c["nonce"] = "x".into(), Some(Kind::NotTrusted)),
        ("no nonce", |_, c| c["nonce"] = Value::Null, Some(Kind::NotTrusted)),
        ("another tenant", |_, c| c["tid"] = OTHER.into(), Some(Kind::WrongTenant)),
        ("no tenant", |_, c| c["tid"] = Value::Null, Some(Kind::WrongTenant)),
        ("a personal account", |_, c| c["tid"] = "9188040d-6c67-4c5b-b112-36a304b66dad".into(), Some(Kind::WrongTenant)),
        ("nobody", |_, c| c["oid"] = Value::Null, Some(Kind::NotTrusted)),
        ("expired", |_, c| c["exp"] = (NOW / 1000 - 600).into(), Some(Kind::NotTrusted)),
        ("no end", |_, c| c["exp"] = Value::Null, Some(Kind::NotTrusted)),
        ("a guest of this tenant", |_, c| c["preferred_username"] = "bo@fabrikam.example".into(), None),
    ];
    for (name, change, expected) in cases {
        let entra = entra(
            |_| {},
            Box::new(move |entra, _| {
                let mut claims = entra.claims();
                change(entra, &mut claims);
                (200, "application/json", entra.tokens(&jwt("RS256", &claims)))
            }),
        )
        .await;
        assert_eq!(entra.sign_in(NOW).await.err().map(|error| error.kind), expected, "{name}");
    }
}

#[tokio::test]
async fn an_unsigned_absent_or_unreadable_id_token_is_refused() {
    let cases: [fn(&Entra) -> String; 5] = [
        |entra| entra.tokens(&jwt("none", &entra.claims())),
        |entra| entra.tokens(jwt("RS256", &entra.claims()).trim_end_matches("c2ln")),
        |entra| entra.tokens("nonsense"),
        |entra| entra.tokens(&"a".repeat(20_000)),
        |_| json!({ "token_type": "Bearer", "expires_in": 1, "access_token": "x" }).to_string(),
    ];
    for answer in cases {
        let entra = entra(|_| {}, Box::new(move |entra, _| (200, "application/json", answer(entra)))).await;
        assert_eq!(entra.sign_in(NOW).await.err().map(|error| error.kind), Some(Kind::NotTrusted));
    }
}

#[tokio::test]
async fn a_document_that_points_elsewhere_ends_it_before_the_browser_opens() {
    let cases: [fn(&mut Value); 4] = [
        |d| d["issuer"] = format!("https://login.contoso.example/{TENANT}/v2.0").into(),
        |d| d["authorization_endpoint"] = "https://login.contoso.example/authorize".into(),
        |d| d["token_endpoint"] = "https://login.contoso.example/token".into(),
        |d| d["issuer"] = d["issuer"].as_str().unwrap().replace(TENANT, OTHER).into(),
    ];
    for document in cases {
        let entra = entra(document, Box::new(|_, _| unreachable!("no code is redeemed"))).await;
        assert_eq!(entra.sign_in(NOW).await.err().map(|error| error.kind), Some(Kind::NotTrusted));
        assert!(entra.nonce.lock().unwrap().is_empty(), "the browser was opened");
    }
}

#[tokio::test]
async fn a_computer_whose_clock_is_wrong_can_sign_in() {
    let entra = entra(|_| {}, Box::new(|entra, _| (200, "application/json", entra.tokens(&jwt("RS256", &entra.claims()))))).await;
    for days in [-20_000, -1, 1, 400] {
        let signed_in = entra.sign_in(NOW + days * 86_400_000).await;
        assert!(signed_in.is_ok(), "{days} days off: the server's own time counts");
    }
}

#[tokio::test]
async fn what_fails_on_the_way_is_named() {
    let cases: [(u16, &str, &str, Kind); 6] = [
        (200, "text/html", "<html>Welcome to the hotel</html>", Kind::Intercepted),
        (302, "text/html", "", Kind::Intercepted),
        (200, "application/json", r#"{"access_token":"canary"#, Kind::Truncated),
        (200, "application/json", r#"["canary"]"#, Kind::Protocol),
        (503, "text/plain", "canary", Kind::TryLater),
        (400, "application/json", r#"{"error":"invalid_grant","error_description":"AADSTS70008: canary"}"#, Kind::SignInAgain),
    ];
    for (status, kind, body, expected) in cases {
        let kind: &'static str = kind;
        let entra = entra(|_| {}, Box::new(move |_, _| (status, kind, body.to_owned()))).await;
        let error = entra.sign_in(NOW).await.err().unwrap();
        assert_eq!(error.kind, expected, "{status} {kind}");
        assert!(!format!("{error} {error:?}").contains(CANARY), "an error shows what the server sent");
    }
}

#[tokio::test]
async fn what_breaks_below_http_is_named() {
    let cases: [(&str, &[u8], Kind); 4] = [
        ("https", b"HTTP/1.1 302 Found\r\nLocation: https://portal.contoso.example\r\n\r\n", Kind::Intercepted),
        ("http", b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n{\"iss", Kind::Truncated),
        ("http", b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{\"iss", Kind::Truncated),
        ("http", b"", Kind::Offline),
    ];
    for (scheme, answer, expected) in cases {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("{scheme}://{}", listener.local_addr().unwrap());
        tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let _ = stream.read(&mut [0; 4096]).await.unwrap();
            stream.write_all(answer).await.unwrap();
        });
        let authority = Authority::new(Endpoints::custom(&base, &base).unwrap(), TENANT).unwrap();
        let found = discover(&Wire::new().unwrap(), &authority).await;
        assert_eq!(found.unwrap_err().kind, expected, "{scheme} {}", String::from_utf8_lossy(answer));
    }
}

#[tokio::test]
async fn stopping_and_waiting_too_long_end_it() {
    let entra = entra(|_| {}, Box::new(|_, _| unreachable!("nobody signs in"))).await;
    let authority = entra.authority();
    let clock: Clock = Arc::new(|| Timestamp(NOW));
    let wire = Wire::new().unwrap();
    let client_id = CLIENT.parse().unwrap();
    let mut ask = SignIn { authority: &authority, client_id, scopes: &[], login_hint: None, limit: Duration::from_secs(60) };
    let stop = CancellationToken::new();
    let stopped = sign_in(&wire, ask, |_| stop.cancel(), &stop, &clock).await;
    assert_eq!(stopped.err().map(|error| error.kind), Some(Kind::Cancelled));
    ask.limit = Duration::from_millis(300);
    let late = sign_in(&wire, ask, |_| {}, &CancellationToken::new(), &clock).await;
    assert_eq!(late.err().map(|error| error.kind), Some(Kind::TimedOut));
}

#[tokio::test]
async fn all_who_wait_share_one_renewal() {
    let entra = entra(|_| {}, Box::new(|entra, _| (200, "application/json", entra.tokens("")))).await;
    let now = Arc::new(Mutex::new(Timestamp(NOW)));
    let told = Arc::clone(&now);
    let kept = Arc::new(Mutex::new(Vec::new()));
    let session = entra.session(Arc::new(move || *told.lock().unwrap()), Arc::clone(&kept));
    let ask_many = async || {
        let asked: Vec<_> = (0..50).map(|_| session.clone()).map(|s| tokio::spawn(async move { s.token().await })).collect();
        for answer in asked {
            assert!(answer.await.unwrap().is_ok());
        }
        entra.redeemed.load(Ordering::SeqCst)
    };
    assert_eq!(ask_many().await, 1);
    assert_eq!(*kept.lock().unwrap(), [format!("refresh-{CANARY}")], "the new refresh token goes to the vault");
    *now.lock().unwrap() = Timestamp(NOW + 50 * 60_000);
    assert_eq!(ask_many().await, 1, "ten minutes before its end a token is still good");
    *now.lock().unwrap() = Timestamp(NOW + 56 * 60_000);
    assert_eq!(ask_many().await, 2, "four minutes before its end it is renewed");
}

#[tokio::test]
async fn all_who_wait_share_a_failure_and_a_dead_grant_is_not_asked_again() {
    let revoked = r#"{"error":"invalid_grant","error_description":"canary","error_codes":[50173]}"#;
    for (body, at_first, later) in [(revoked, 1, 1), (r#"{"error":"temporarily_unavailable"}"#, 3, 6)] {
        let entra = entra(|_| {}, Box::new(move |_, _| (400, "application/json", body.to_owned()))).await;
        let session = entra.session(Arc::new(|| Timestamp(NOW)), Arc::default());
        let asked: Vec<_> = (0..50).map(|_| session.clone()).map(|s| tokio::spawn(async move { s.token().await })).collect();
        for answer in asked {
            assert!(answer.await.unwrap().is_err());
        }
        assert_eq!(entra.redeemed.load(Ordering::SeqCst), at_first, "fifty waiters share one renewal and its tries");
        assert!(session.token().await.is_err());
        assert_eq!(entra.redeemed.load(Ordering::SeqCst), later, "{body}");
    }
}

/// A clock that the test sets.
fn set_clock() -> (Arc<Mutex<Timestamp>>, Clock) {
    let now = Arc::new(Mutex::new(Timestamp(NOW)));
    let told = Arc::clone(&now);
    (now, Arc::new(move || *told.lock().unwrap()))
}

#[tokio::test]
async fn a_failure_that_passes_is_tried_again_before_anybody_is_told() {
    let entra = entra(
        |_| {},
        Box::new(|entra, _| match entra.redeemed.load(Ordering::SeqCst) {
            1 => (503, "text/html", String::new()),
            2 => (200, "application/json", "{\"access_tok".to_owned()),
            _ => (200, "application/json", entra.tokens("")),
        }),
    )
    .await;
    let session = entra.session(Arc::new(|| Timestamp(NOW)), Arc::default());
    assert!(session.token().await.is_ok());
    assert_eq!(entra.redeemed.load(Ordering::SeqCst), 3);
}

#[tokio::test]
async fn a_token_that_lives_is_used_on_while_a_new_one_can_not_be_had() {
    let entra = entra(
        |_| {},
        Box::new(|entra, _| match entra.redeemed.load(Ordering::SeqCst) {
            1 => (200, "application/json", entra.tokens("")),
            _ => (503, "text/html", String::new()),
        }),
    )
    .await;
    let (now, clock) = set_clock();
    let session = entra.session(clock, Arc::default());
    let first = session.token().await.unwrap();
    *now.lock().unwrap() = Timestamp(NOW + 56 * 60_000);
    for _ in 0..20 {
        assert!(session.token().await.unwrap().is(first.reveal()));
    }
    assert_eq!(entra.redeemed.load(Ordering::SeqCst), 2, "it is tried once, and nobody waits for it");
    *now.lock().unwrap() = Timestamp(NOW + 57 * 60_000);
    assert!(session.token().await.unwrap().is(first.reveal()));
    assert_eq!(entra.redeemed.load(Ordering::SeqCst), 3, "and again after a while");
    assert_eq!(session.renew_after(&first).await.err().unwrap().kind, Kind::TryLater, "what Graph has refused is used no more");
    *now.lock().unwrap() = Timestamp(NOW + 60 * 60_000);
    assert_eq!(session.token().await.err().unwrap().kind, Kind::TryLater);
}

#[tokio::test]
async fn a_short_wait_that_entra_asks_for_is_sat_through_in_full() {
    let entra = entra(
        |_| {},
        Box::new(|entra, _| match entra.redeemed.load(Ordering::SeqCst) {
            1 => (429, "application/json", r#"{"error":"slow_down"}"#.to_owned()),
            _ => (200, "application/json", entra.tokens("")),
        }),
    )
    .await;
    *entra.retry_after.lock().unwrap() = Some("1");
    let begun = std::time::Instant::now();
    let clock: Clock = Arc::new(move || Timestamp(NOW).after(begun.elapsed()));
    assert!(entra.session(clock, Arc::default()).token().await.is_ok());
    assert!(begun.elapsed() >= Duration::from_secs(1), "{:?}", begun.elapsed());
    assert_eq!(entra.redeemed.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn nobody_asks_for_a_token_before_a_long_wait_is_over() {
    for asked in ["120", "Fri, 20 Nov 2026 10:02:00 GMT"] {
        let entra = entra(
            |_| {},
            Box::new(|entra, _| match entra.redeemed.load(Ordering::SeqCst) {
                1 => (503, "text/html", String::new()),
                _ => (200, "application/json", entra.tokens("")),
            }),
        )
        .await;
        *entra.retry_after.lock().unwrap() = Some(asked);
        let (now, clock) = set_clock();
        let wire = Wire::new().unwrap();
        let [one, other] = [(); 2].map(|()| entra.session_on(wire.clone(), Arc::clone(&clock), Arc::default()));
        let told = one.token().await.err().unwrap();
        assert_eq!((told.kind, told.retry_after), (Kind::TryLater, Some(Duration::from_secs(120))), "{asked}");
        *now.lock().unwrap() = Timestamp(NOW + 119_000);
        for session in [&one, &other] {
            let told = session.token().await.err().unwrap();
            assert_eq!(told.kind, Kind::TryLater);
            assert!(told.retry_after.is_some_and(|left| left <= Duration::from_millis(1_001)), "{told:?}: what is left of it");
        }
        assert_eq!(entra.redeemed.load(Ordering::SeqCst), 1, "{asked}: it holds for all who ask for tokens of the tenant");
        *now.lock().unwrap() = Timestamp(NOW + 120_001);
        assert!(other.token().await.is_ok() && one.token().await.is_ok());
    }
}

#[tokio::test]
async fn nothing_secret_is_logged_even_at_trace() {
    #[derive(Clone, Default)]
    struct Log(Arc<Mutex<Vec<u8>>>);
    impl std::io::Write for Log {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing_subscriber::filter::LevelFilter::TRACE)
        .with_writer(move || writer.clone())
        .finish();
    let _guard = tracing::subscriber::set_default(subscriber);
    tracing::trace!("the log works");
    let entra = entra(|_| {}, Box::new(|entra, _| (200, "application/json", entra.tokens(&jwt("RS256", &entra.claims()))))).await;
    assert!(entra.sign_in(NOW).await.is_ok());
    let text = String::from_utf8_lossy(&log.0.lock().unwrap()).into_owned();
    assert!(text.contains("the log works"));
    let nonce = entra.nonce.lock().unwrap().clone();
    for secret in [CANARY, nonce.as_str(), "ada@contoso"] {
        assert!(!text.contains(secret), "the log holds {secret}");
    }
}
