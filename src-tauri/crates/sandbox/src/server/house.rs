//! Everything behind the door, and which part of it answers a request.

use std::collections::VecDeque;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, UNIX_EPOCH};

use http::HeaderValue;
use http::header::{AUTHORIZATION, CONTENT_TYPE, DATE};
use http::request::Parts;
use http_body_util::Full;
use hyper::body::Bytes;
use hyper::{Response, StatusCode};

use tokio::sync::Semaphore;

use super::door::Place;
use super::{Alarm, Wire, compress};
use crate::clock::Clock;
use crate::entra::{Ask, Entra, Fields};
use crate::graph::{self, State};
use crate::token::{Caller, Key, verify};

pub(crate) struct House {
    pub start_token: String,
    /// The values that a Host header may have.
    pub hosts: [String; 2],
    /// How long Graph takes for an HTTP request, whatever is in it.
    pub latency: Duration,
    /// How long Outlook takes in addition for each round of its requests.
    pub service: Duration,
    /// Graph requests that may still be begun, when that is limited.
    pub capacity: Option<Semaphore>,
    pub alarm: Alarm,
    /// Whether answers are compressed for who accepts it.
    pub gzip: bool,
    pub clock: Clock,
    pub key: Arc<Key>,
    pub entra: Entra,
    pub graph: State,
    /// Troubles for the next Graph requests.
    pub wires: Mutex<VecDeque<Wire>>,
    pub tokens: Mutex<Tokens>,
}

/// Troubles of the token endpoint.
#[derive(Default)]
pub(crate) struct Tokens {
    /// For the next requests.
    pub wires: VecDeque<Wire>,
    /// Until when it has asked to be left alone.
    left_alone: Option<Instant>,
    /// Requests that came before that.
    pub early: u64,
}

impl Tokens {
    /// Notes a request; answers the trouble that befalls it.
    fn next(&mut self, now: Instant) -> Option<Wire> {
        self.early += u64::from(self.left_alone.is_some_and(|until| now < until));
        let wire = self.wires.pop_front()?;
        if let Wire::ServiceUnavailable { retry_after: Some(seconds) } = wire {
            self.left_alone = Some(now + Duration::from_secs(seconds.into()));
        }
        Some(wire)
    }
}

impl House {
    /// Answers a request that was let in. An error closes the connection.
    pub(super) async fn answer(&self, place: Place, head: Parts, body: Bytes) -> io::Result<Response<Full<Bytes>>> {
        match place {
            Place::Graph(path) => self.graph(path, head, body).await,
            Place::Entra { tenant, path } => {
                let trouble = path.ends_with("/token").then(|| self.tokens().next(Instant::now())).flatten();
                trouble.map_or_else(|| Ok(self.entra(tenant, path, head, &body)), Wire::answer)
            }
            Place::Error => Ok(self.entra.explain(&query_of(&head)).map(Full::new)),
        }
    }

    /// The troubles of the token endpoint.
    pub fn tokens(&self) -> MutexGuard<'_, Tokens> {
        self.tokens.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn graph(&self, path: String, head: Parts, body: Bytes) -> io::Result<Response<Full<Bytes>>> {
        let wire = self.wires.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
        if let Some(wire) = wire {
            return wire.answer();
        }
        let now_us = self.clock.now_us();
        let began = Instant::now();
        let caller = self.caller(&head, now_us.div_euclid(1_000));
        if path == "/oidc/userinfo" {
            return Ok(self.entra.userinfo(caller.as_deref()).map(Full::new));
        }
        let query = head.uri.query().unwrap_or_default().to_owned();
        let request = graph::Request { method: head.method, path, query, headers: head.headers, body, caller, now_us };
        let mut answer = graph::answer(&self.graph, &request);
        if self.gzip {
            compress::answer(&request.headers, &mut answer);
        }
        self.graph.worked(answer.items, began.elapsed());
        // What is judged is judged as it came; what has to queue for its turn takes longer.
        let (_turn, begun) = match &self.capacity {
            Some(capacity) => (capacity.acquire().await.ok(), Instant::now()),
            None => (None, began),
        };
        self.alarm.until(begun + self.latency + self.service.saturating_mul(answer.rounds)).await;
        if answer.lost {
            return Err(io::ErrorKind::ConnectionAborted.into());
        }
        let mut response = Response::new(Full::new(answer.body));
        *response.status_mut() = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        *response.headers_mut() = answer.headers;
        answer.hold.deliver(self.clock.now_us());
        Ok(response)
    }

    fn entra(&self, tenant: String, path: String, head: Parts, body: &[u8]) -> Response<Full<Bytes>> {
        let ask = Ask {
            tenant,
            path,
            query: query_of(&head),
            form: if is_form(&head) { Fields::read(body) } else { Fields::read(b"") },
            method: head.method,
            headers: head.headers,
            now_ms: self.clock.now_ms(),
        };
        let mut response = self.entra.answer(&ask).map(Full::new);
        // Clients set their clock by this header, so it must follow ours and not the system's.
        let since = Duration::from_millis(u64::try_from(ask.now_ms).unwrap_or_default());
        if let Ok(date) = HeaderValue::try_from(httpdate::fmt_http_date(UNIX_EPOCH + since)) {
            response.headers_mut().insert(DATE, date);
        }
        response
    }

    /// Who the request's one bearer token speaks for.
    fn caller(&self, head: &Parts, now_ms: i64) -> Option<Arc<Caller>> {
        let mut sent = head.headers.get_all(AUTHORIZATION).iter();
        let (Some(header), None) = (sent.next(), sent.next()) else { return None };
        let (scheme, token) = header.to_str().ok()?.split_once(' ')?;
        let bearer = scheme.eq_ignore_ascii_case("bearer");
        bearer.then(|| verify(&self.key, token.trim(), &self.entra.graph, now_ms))?
    }
}

fn query_of(head: &Parts) -> Fields {
    Fields::read(head.uri.query().unwrap_or_default().as_bytes())
}

fn is_form(head: &Parts) -> bool {
    let sent = head.headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let kind = sent.split(';').next().unwrap_or_default().trim();
    kind.eq_ignore_ascii_case("application/x-www-form-urlencoded")
}
