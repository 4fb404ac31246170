//! The one-time listener that the browser brings its answer to. Everything that isn't exactly that answer is turned away
//! and changes nothing; the first good answer ends it.

use std::convert::Infallible;
use std::io;
use std::net::{Ipv4Addr, Ipv6Addr};
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bytes::Bytes;
use http::header::{self, HeaderName};
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode, Version};
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use url::Url;
use zeroize::Zeroizing;

use crate::cloud::Endpoints;
use crate::error::{IdentityError, Kind};
use crate::flow::unguessable;
use crate::form::Form;
use crate::page;

/// The longest body, and the longest head, of a request.
const LARGEST_REQUEST: usize = 32 * 1024;
/// How long one request may take.
const REQUEST_LIMIT: Duration = Duration::from_secs(10);
/// How many requests may be under way; a stalled one holds its place for [`REQUEST_LIMIT`].
const MOST_GUESTS: usize = 128;

/// How the answer arrives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Carrier {
    /// In the body of a POST, as sign-in asks for with `response_mode=form_post`.
    FormPost,
    /// In the query of a GET: the admin consent page knows no other way. Its answer holds no secret.
    Query,
}

/// A port of our own on this computer's loopback addresses, open from [`Loopback::bind`] until the answer came.
pub struct Loopback {
    v4: TcpListener,
    v6: Option<TcpListener>,
    port: u16,
    led: Option<Led>,
}

/// Where a person has to go: the page itself, and an address on this computer that leads there. The page's address carries
/// the state and the nonce, so it is for the browser only; the link carries neither, and may be shown and copied.
pub struct Invitation {
    /// Microsoft's page.
    pub page: Url,
    /// Leads to it, as long as the listener waits.
    pub link: Url,
}

/// The path of the link, and where it leads.
struct Led {
    path: String,
    page: HeaderValue,
}

/// What a judge makes of a form: nothing (not our answer), or the end of the wait.
pub type Judged<T> = Option<Result<T, IdentityError>>;

impl Loopback {
    /// Opens the same port on 127.0.0.1 and on `[::1]`, so that nobody else can answer for `localhost`. A computer without
    /// IPv6 has only the former.
    ///
    /// # Errors
    /// [`Kind::NoListener`] when no port can be opened.
    pub async fn bind() -> Result<Self, IdentityError> {
        let closed = |_| IdentityError::plain(Kind::NoListener, "no port of this computer could be opened for the answer");
        // A port that is free in one family may be taken in the other; another one will do.
        for _ in 0..32 {
            let v4 = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.map_err(closed)?;
            let port = v4.local_addr().map_err(closed)?.port();
            match TcpListener::bind((Ipv6Addr::LOCALHOST, port)).await {
                Ok(v6) => return Ok(Self { v4, v6: Some(v6), port, led: None }),
                Err(fault) if matches!(fault.kind(), io::ErrorKind::AddrInUse | io::ErrorKind::PermissionDenied) => {}
                Err(_) => return Ok(Self { v4, v6: None, port, led: None }),
            }
        }
        Err(IdentityError::plain(Kind::NoListener, "no port is free on both loopback addresses"))
    }

    /// The address to register with the question. It has no path: Entra ignores the port of a registered
    /// `http://localhost` but compares the path ("Redirect URI restrictions and limitations"), so an unguessable path would
    /// need a registration of its own. The unguessable part is the state.
    #[must_use]
    pub fn redirect_uri(&self) -> String {
        format!("http://localhost:{}", self.port)
    }

    /// Leads to this page from an address of the listener's own, under a path that can't be guessed.
    ///
    /// # Errors
    /// [`Kind::Protocol`] when the page's address can't be put into a header, which no address of Entra is.
    pub fn lead_to(&mut self, page: Url) -> Result<Invitation, IdentityError> {
        let no_address = || IdentityError::plain(Kind::Protocol, "the page's address can't be used");
        let path = format!("/to/{}", unguessable().secret());
        let link = Url::parse(&format!("http://localhost:{}{path}", self.port)).map_err(|_| no_address())?;
        let mut target = HeaderValue::from_str(page.as_str()).map_err(|_| no_address())?;
        target.set_sensitive(true);
        self.led = Some(Led { path, page: target });
        Ok(Invitation { page, link })
    }

    /// The port.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Waits until `judge` takes a form as the answer; closes the port and returns what it made of it. `endpoints` say whose
    /// pages may send it. Waits for ever, so put a limit around it.
    ///
    /// # Errors
    /// Whatever the judge found in the answer.
    pub async fn wait<T, J>(mut self, carrier: Carrier, endpoints: &Endpoints, judge: J) -> Result<T, IdentityError>
    where
        T: Send + 'static,
        J: Fn(&Form) -> Judged<T> + Send + Sync + 'static,
    {
        let hosts = [format!("localhost:{}", self.port), format!("127.0.0.1:{}", self.port)];
        let door =
            Arc::new(Door { carrier, endpoints: endpoints.clone(), hosts, judge, led: self.led.take(), settled: AtomicBool::new(false) });
        let mut guests = JoinSet::new();
        loop {
            tokio::select! {
                Some(left) = guests.join_next() => {
                    if let Ok(Some(outcome)) = left {
                        return outcome;
                    }
                }
                came = self.accept() => match came {
                    Ok(stream) if guests.len() < MOST_GUESTS => {
                        guests.spawn(receive(stream, Arc::clone(&door)));
                    }
                    Ok(_) => {}
                    // Out of file handles, say: guests that leave free some.
                    Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
                },
            }
        }
    }

    async fn accept(&self) -> io::Result<TcpStream> {
        let (stream, _) = match &self.v6 {
            Some(v6) => tokio::select! { came = self.v4.accept() => came?, came = v6.accept() => came? },
            None => self.v4.accept().await?,
        };
        Ok(stream)
    }
}

struct Door<J> {
    carrier: Carrier,
    endpoints: Endpoints,
    hosts: [String; 2],
    judge: J,
    led: Option<Led>,
    settled: AtomicBool,
}

/// Serves one request of one connection; yields the outcome once the page has been sent.
async fn receive<T, J>(stream: TcpStream, door: Arc<Door<J>>) -> Judged<T>
where
    T: Send + 'static,
    J: Fn(&Form) -> Judged<T> + Send + Sync + 'static,
{
    let outcome = Mutex::new(None);
    let service = service_fn(|request| async {
        if let Some(page) = door.leads(&request) {
            return Ok(page::onward(page));
        }
        let answer = match door.judged(request).await {
            Ok(judged) => {
                let page = if judged.is_ok() { page::done() } else { page::refused() };
                *outcome.lock().unwrap_or_else(PoisonError::into_inner) = Some(judged);
                page
            }
            Err(status) => page::not_for_us(status),
        };
        Ok::<Response<Full<Bytes>>, Infallible>(answer)
    });
    let serving = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(REQUEST_LIMIT)
        .keep_alive(false)
        .max_buf_size(LARGEST_REQUEST)
        .max_headers(64)
        .serve_connection(TokioIo::new(stream), service);
    // However the connection ended, what was judged counts.
    let _ = tokio::time::timeout(REQUEST_LIMIT, serving).await;
    outcome.into_inner().unwrap_or_else(PoisonError::into_inner)
}

impl<J> Door<J> {
    async fn judged<T>(&self, request: Request<Incoming>) -> Result<Result<T, IdentityError>, StatusCode>
    where
        J: Fn(&Form) -> Judged<T>,
    {
        self.admit(&request)?;
        let fields = match self.carrier {
            Carrier::Query => Zeroizing::new(request.uri().query().unwrap_or_default().as_bytes().to_vec()),
            Carrier::FormPost => {
                let body = Limited::new(request.into_body(), LARGEST_REQUEST).collect().await;
                Zeroizing::new(body.map_err(|_| StatusCode::BAD_REQUEST)?.to_bytes().to_vec())
            }
        };
        let form = Form::parse(&fields).ok_or(StatusCode::BAD_REQUEST)?;
        let outcome = (self.judge)(&form).ok_or(StatusCode::BAD_REQUEST)?;
        if self.settled.swap(true, Ordering::AcqRel) {
            return Err(StatusCode::GONE);
        }
        Ok(outcome)
    }

    /// Where to, if a person followed the link.
    fn leads(&self, request: &Request<Incoming>) -> Option<HeaderValue> {
        let led = self.led.as_ref()?;
        let host = only(request.headers(), header::HOST)?;
        let ours = self.hosts.iter().any(|known| known == host) && request.uri().path() == led.path && request.uri().query().is_none();
        let by_hand = request.headers().get("sec-fetch-mode").is_none_or(|mode| mode == "navigate");
        (ours && by_hand && request.method() == Method::GET).then(|| led.page.clone())
    }

    /// Whether the request looks like a browser bringing our answer, judged by its head alone.
    fn admit(&self, request: &Request<Incoming>) -> Result<(), StatusCode> {
        let (headers, uri) = (request.headers(), request.uri());
        let host = only(headers, header::HOST).ok_or(StatusCode::BAD_REQUEST)?;
        // A page that made its own name point here (DNS rebinding) is told apart by the name.
        if !self.hosts.iter().any(|known| known == host) {
            return Err(StatusCode::MISDIRECTED_REQUEST);
        }
        if uri.scheme().is_some() || uri.authority().is_some() || request.version() != Version::HTTP_11 {
            return Err(StatusCode::BAD_REQUEST);
        }
        if uri.path() != "/" {
            return Err(StatusCode::NOT_FOUND);
        }
        self.admit_sender(headers)?;
        let empty = !headers.contains_key(header::CONTENT_LENGTH) && !headers.contains_key(header::TRANSFER_ENCODING);
        match self.carrier {
            Carrier::Query if request.method() != Method::GET => Err(StatusCode::METHOD_NOT_ALLOWED),
            Carrier::Query if !empty || uri.query().is_none() => Err(StatusCode::BAD_REQUEST),
            Carrier::Query => Ok(()),
            Carrier::FormPost if request.method() != Method::POST => Err(StatusCode::METHOD_NOT_ALLOWED),
            Carrier::FormPost if uri.query().is_some() => Err(StatusCode::BAD_REQUEST),
            Carrier::FormPost => admit_form(headers),
        }
    }

    /// Only a person's own navigation, from a page of the authority, may bring an answer; not a script, a frame, a
    /// preview or a page of another site.
    fn admit_sender(&self, headers: &HeaderMap) -> Result<(), StatusCode> {
        let allowed = |name: &'static str, right: &dyn Fn(&str) -> bool| {
            let mut values = headers.get_all(HeaderName::from_static(name)).iter();
            values.all(|value| value.to_str().is_ok_and(right))
        };
        let from_authority = |origin: &str| origin == "null" || self.endpoints.may_answer_from(origin);
        if allowed("sec-fetch-mode", &|mode| mode == "navigate")
            && allowed("sec-fetch-dest", &|target| target == "document")
            && allowed("origin", &from_authority)
            && allowed("sec-purpose", &|_| false)
            && allowed("purpose", &|_| false)
            && allowed("upgrade", &|_| false)
            && allowed("expect", &|_| false)
        {
            Ok(())
        } else {
            Err(StatusCode::FORBIDDEN)
        }
    }
}

fn admit_form(headers: &HeaderMap) -> Result<(), StatusCode> {
    let kind = only(headers, header::CONTENT_TYPE).ok_or(StatusCode::UNSUPPORTED_MEDIA_TYPE)?.to_ascii_lowercase();
    let (kind, parameter) = kind.split_once(';').map_or((kind.as_str(), None), |(kind, rest)| (kind, Some(rest)));
    let charset_fits = parameter.is_none_or(|text| matches!(text.trim(), "charset=utf-8" | "charset=\"utf-8\""));
    if kind.trim() != "application/x-www-form-urlencoded" || !charset_fits {
        return Err(StatusCode::UNSUPPORTED_MEDIA_TYPE);
    }
    if headers.contains_key(header::CONTENT_ENCODING) {
        return Err(StatusCode::UNSUPPORTED_MEDIA_TYPE);
    }
    // Browsers always say how long a form is.
    let length = only(headers, header::CONTENT_LENGTH).ok_or(StatusCode::LENGTH_REQUIRED)?;
    if headers.contains_key(header::TRANSFER_ENCODING) {
        return Err(StatusCode::BAD_REQUEST);
    }
    match length.parse::<usize>() {
        Ok(length) if length <= LARGEST_REQUEST => Ok(()),
        Ok(_) => Err(StatusCode::PAYLOAD_TOO_LARGE),
        Err(_) => Err(StatusCode::BAD_REQUEST),
    }
}

/// The value of a header that occurs exactly once.
fn only(headers: &HeaderMap, name: HeaderName) -> Option<&str> {
    let mut values = headers.get_all(name).iter();
    let (first, None) = (values.next()?, values.next()) else { return None };
    first.to_str().ok()
}
