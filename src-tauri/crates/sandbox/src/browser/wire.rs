//! One HTTP request as a browser sends it: a navigation, with the headers by which servers recognise one.

use std::time::Duration;

use bytes::Bytes;
use http::header::{ACCEPT, CONTENT_TYPE, HOST, LOCATION, ORIGIN};
use http::{Method, Request, StatusCode};
use http_body_util::{BodyExt, Full, Limited};
use hyper::client::conn::http1::handshake;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::{Lost, Step, origin};

/// What came back.
pub(super) struct Reply {
    pub status: StatusCode,
    pub location: Option<String>,
    pub text: String,
}

/// Longer than any page of ours takes, shorter than a person's patience.
const PATIENCE: Duration = Duration::from_secs(30);
const LARGEST_PAGE: usize = 1024 * 1024;

/// Sends one request over a connection of its own.
pub(super) async fn send(step: &Step) -> Result<Reply, Lost> {
    timeout(PATIENCE, exchange(step)).await.map_err(|_| Lost::Unreachable("it took too long".to_owned()))?
}

async fn exchange(step: &Step) -> Result<Reply, Lost> {
    let host = step.url.host().unwrap_or_default();
    let port = step.url.port_u16().unwrap_or(80);
    let stream = TcpStream::connect((host.trim_matches(['[', ']']), port)).await.map_err(lost)?;
    let (mut sender, connection) = handshake(TokioIo::new(stream)).await.map_err(lost)?;
    let driver = tokio::spawn(connection);
    let reply = sender.send_request(request(step)?).await.map_err(lost)?;
    let status = reply.status();
    let location = reply.headers().get(LOCATION).and_then(|to| to.to_str().ok()).map(str::to_owned);
    let body = Limited::new(reply.into_body(), LARGEST_PAGE).collect().await.map_err(lost)?;
    driver.abort();
    Ok(Reply { status, location, text: String::from_utf8_lossy(&body.to_bytes()).into_owned() })
}

fn request(step: &Step) -> Result<Request<Full<Bytes>>, Lost> {
    let target = step.url.path_and_query().map_or("/", |target| target.as_str());
    let mut request = Request::builder()
        .method(&step.method)
        .uri(target)
        .header(HOST, step.url.authority().map_or("", |authority| authority.as_str()))
        .header(ACCEPT, "text/html,application/xhtml+xml,*/*;q=0.8")
        .header("upgrade-insecure-requests", "1")
        .header("sec-fetch-mode", "navigate")
        .header("sec-fetch-dest", "document")
        .header("sec-fetch-user", "?1")
        .header("sec-fetch-site", site(step));
    if step.method == Method::POST {
        request = request.header(CONTENT_TYPE, "application/x-www-form-urlencoded").header(ORIGIN, step.from.as_deref().unwrap_or("null"));
    }
    request.body(Full::from(step.body.clone())).map_err(|error| Lost::Unreachable(error.to_string()))
}

/// The relation of the page to the target (Fetch Metadata Request Headers); ports do not separate sites.
fn site(step: &Step) -> &'static str {
    let host = |origin: &str| origin.rsplit_once(':').map_or(origin, |(host, _)| host).to_owned();
    match &step.from {
        None => "none",
        Some(from) if *from == origin(&step.url) => "same-origin",
        Some(from) if host(from) == host(&origin(&step.url)) => "same-site",
        Some(_) => "cross-site",
    }
}

fn lost(error: impl std::fmt::Display) -> Lost {
    Lost::Unreachable(error.to_string())
}
