//! A program that talks to the practice tenant over real HTTP, and the loopback listener of an application that signs in.
#![allow(dead_code, reason = "each test binary uses its part")]

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::{Method, Request, Uri};
use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::service::service_fn;
use hyper::{HeaderMap, Response};
use hyper_util::rt::TokioIo;
use ring::digest::{SHA256, digest};
use rollcall_sandbox::{FaultPlan, Options, Sandbox};
use serde_json::Value;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;

pub const VERIFIER: &str = "a-verifier-of-at-least-forty-three-characters-0123456789";
pub const GRAPH: &str = "https://graph.microsoft.com/.default";

pub async fn small() -> Sandbox {
    Sandbox::start(Options { users: 30, faults: FaultPlan::none(), ..Options::default() }).await.unwrap()
}

pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub text: String,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("not JSON: {} {}", self.status, self.text))
    }

    /// The AADSTS number of a token error.
    pub fn code(&self) -> i64 {
        self.json()["error_codes"][0].as_i64().unwrap_or_else(|| panic!("no error: {}", self.text))
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

/// Sends one request; `None` when the connection ended without an answer.
pub async fn try_send(method: Method, url: &str, headers: &[(&str, &str)], body: &str) -> Option<Answer> {
    let url: Uri = url.parse().unwrap();
    let address = url.authority().unwrap().as_str();
    let stream = TcpStream::connect(address).await.unwrap();
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.unwrap();
    let driver = tokio::spawn(connection);
    let mut request = Request::builder().method(method).uri(url.path_and_query().unwrap().as_str());
    if !headers.iter().any(|(name, _)| *name == "host") {
        request = request.header("host", address);
    }
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let response = sender.send_request(request.body(Full::<Bytes>::from(body.to_owned())).unwrap()).await.ok()?;
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    let body = response.into_body().collect().await.ok()?.to_bytes();
    driver.abort();
    Some(Answer { status, headers, text: String::from_utf8(body.to_vec()).unwrap() })
}

pub async fn get(url: &str, headers: &[(&str, &str)]) -> Answer {
    try_send(Method::GET, url, headers, "").await.expect("an answer")
}

pub async fn post(url: &str, fields: &[(&str, &str)]) -> Answer {
    let form = [("content-type", "application/x-www-form-urlencoded")];
    try_send(Method::POST, url, &form, &encode(fields)).await.expect("an answer")
}

pub fn encode(fields: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
}

/// The value of one parameter in an encoded query or form, or in a whole address.
pub fn value(encoded: &str, name: &str) -> Option<String> {
    let query = encoded.split_once('?').map_or(encoded, |(_, query)| query);
    form_urlencoded::parse(query.as_bytes()).find(|(found, _)| found == name).map(|(_, value)| value.into_owned())
}

pub fn claims(token: &str) -> Value {
    let payload = token.split('.').nth(1).expect("a JWT");
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).unwrap()).unwrap()
}

pub fn tenant_url(sandbox: &Sandbox, path: &str) -> String {
    format!("{}/{}/{path}", sandbox.details().authority, sandbox.details().tenant_id)
}

pub async fn token(sandbox: &Sandbox, fields: &[(&str, &str)]) -> Answer {
    post(&tenant_url(sandbox, "oauth2/v2.0/token"), fields).await
}

/// Client credentials of the practice integration, with some fields replaced; an empty value leaves the field out.
pub async fn app_token(sandbox: &Sandbox, changed: &[(&str, &str)]) -> Answer {
    let details = sandbox.details();
    let usual = [
        ("grant_type", "client_credentials"),
        ("client_id", details.client_id.as_str()),
        ("client_secret", details.client_secret.as_str()),
        ("scope", GRAPH),
    ];
    let is_changed = |name: &str| changed.iter().any(|(other, _)| *other == name);
    let kept = usual.iter().filter(|(name, _)| !is_changed(name));
    let fields: Vec<(&str, &str)> = kept.chain(changed).copied().filter(|(_, value)| !value.is_empty()).collect();
    token(sandbox, &fields).await
}

/// What the application's listener received.
pub struct Received {
    pub method: Method,
    pub headers: HeaderMap,
    /// Query of a GET, form of a POST.
    pub parameters: String,
}

impl Received {
    pub fn get(&self, name: &str) -> Option<String> {
        value(&self.parameters, name)
    }
}

/// The application's side of a sign-in: a listener on loopback with any port.
pub struct Listener {
    pub redirect_uri: String,
    received: mpsc::UnboundedReceiver<Received>,
}

impl Listener {
    pub async fn open() -> Listener {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let redirect_uri = format!("http://localhost:{}", listener.local_addr().unwrap().port());
        let (sender, received) = mpsc::unbounded_channel();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let sender = sender.clone();
                let service = service_fn(move |request| receive(request, sender.clone()));
                tokio::spawn(hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service));
            }
        });
        Listener { redirect_uri, received }
    }

    pub async fn next(&mut self) -> Received {
        self.received.recv().await.expect("the application's listener is open")
    }

    /// Whether anything came that was not read yet.
    pub fn is_silent(&mut self) -> bool {
        self.received.try_recv().is_err()
    }
}

async fn receive(request: Request<Incoming>, sender: mpsc::UnboundedSender<Received>) -> Result<Response<Full<Bytes>>, hyper::Error> {
    let (head, body) = request.into_parts();
    let body = body.collect().await?.to_bytes();
    let parameters = match head.uri.query() {
        Some(query) => query.to_owned(),
        None => String::from_utf8_lossy(&body).into_owned(),
    };
    let _ = sender.send(Received { method: head.method, headers: head.headers, parameters });
    Ok(Response::new(Full::from("<p>You can close this window.</p>")))
}

/// The address that opens a sign-in, with some parameters replaced; an empty value leaves the parameter out.
pub fn authorize_url(sandbox: &Sandbox, redirect_uri: &str, changed: &[(&str, &str)]) -> String {
    let challenge = URL_SAFE_NO_PAD.encode(digest(&SHA256, VERIFIER.as_bytes()));
    let usual = [
        ("client_id", sandbox.details().client_id.as_str()),
        ("response_type", "code"),
        ("redirect_uri", redirect_uri),
        ("scope", "openid profile offline_access User.Read"),
        ("state", "a state & more"),
        ("nonce", "a-nonce"),
        ("code_challenge", challenge.as_str()),
        ("code_challenge_method", "S256"),
        ("response_mode", "form_post"),
    ];
    let is_changed = |name: &str| changed.iter().any(|(other, _)| *other == name);
    let kept = usual.iter().filter(|(name, _)| !is_changed(name));
    let fields: Vec<(&str, &str)> = kept.chain(changed).copied().filter(|(_, value)| !value.is_empty()).collect();
    format!("{}?{}", tenant_url(sandbox, "oauth2/v2.0/authorize"), encode(&fields))
}

/// The fields that redeem a code.
pub fn redemption<'a>(sandbox: &'a Sandbox, listener: &'a Listener, code: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![
        ("grant_type", "authorization_code"),
        ("client_id", &sandbox.details().client_id),
        ("code", code),
        ("redirect_uri", &listener.redirect_uri),
        ("code_verifier", VERIFIER),
    ]
}
