//! The practice Graph, v1.0: each request is answered from the world, the token and the faults alone; sockets and waiting are the server's.

mod applications;
mod assignments;
mod audits;
mod batch;
mod content;
mod delta;
mod dispatch;
mod error;
mod exchange;
mod filter;
mod grants;
mod groups;
mod mailbox;
mod organization;
mod policies;
mod probe;
mod query;
mod requests;
mod route;
mod seal;
mod state;
mod sync;
mod time;
mod traffic;
mod users;

#[cfg(test)]
mod testing;
#[cfg(test)]
mod troubles;

use std::sync::Arc;

use bytes::Bytes;
use http::header::{CONTENT_TYPE, DATE, HeaderValue};
use http::{HeaderMap, HeaderName, Method};
use serde_json::Value;

pub use state::{Limits, Load, State};

use crate::token::{Caller, CallerKind};
use crate::world::{Actor, Signature, World};
use dispatch::{Outcome, Place, single};
use error::Refusal;
use query::Query;
use traffic::{App, Hold, Tally};

/// One HTTP request, or one inside of a batch.
pub struct Request {
    pub method: Method,
    /// After the Graph base, still percent-encoded: `/v1.0/users/…`.
    pub path: String,
    /// After the `?`, still encoded; empty when there is none.
    pub query: String,
    pub headers: HeaderMap,
    pub body: Bytes,
    /// Who the bearer token speaks for; `None` when it is missing or not of this start.
    pub caller: Option<Arc<Caller>>,
    /// When it arrived, in microseconds since 1970.
    pub now_us: i64,
}

/// What is sent back.
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Bytes,
    /// Rounds of Outlook requests behind it: none, 1, or more for a batch that had to queue inside.
    pub rounds: u32,
    /// Requests that were answered: 1, or those of the batch.
    pub items: u32,
    /// Whether the connection ends instead of carrying this.
    pub lost: bool,
    /// Keeps the mailboxes busy until the answer has been delivered; [`Hold::deliver`] it then.
    pub hold: Hold,
}

/// Answers a request. Repeatable: the same world, history and request give the same answer.
pub fn answer(state: &State, request: &Request) -> Answer {
    let serial = state.next_serial();
    let mut work = Work::default();
    let outcome = match without_version(&request.path) {
        None => Outcome::Answered(Err(Refusal::new(400, "BadRequest", "Invalid version."))),
        Some(path) if path.trim_matches('/').eq_ignore_ascii_case("$batch") => {
            Outcome::Answered(batch::answer(state, serial, request, &mut work))
        }
        Some(_) => match enter(state, request, 1, &mut work.hold) {
            Ok(app) => single(state, app.as_ref(), request, Place::Alone, &mut work),
            Err(refusal) => {
                work.tally.add(&request.method, dispatch::template(request), refusal.status);
                Outcome::Answered(Err(refusal))
            }
        },
    };
    let Work { hold, tally, rounds, items } = work;
    state.traffic().count(tally);
    let lost = matches!(outcome, Outcome::Lost);
    let (status, headers, body) = match outcome {
        Outcome::Answered(result) => envelope(state, serial, request, result),
        Outcome::LeftOut | Outcome::Lost => envelope(state, serial, request, Ok(Reply::empty(204))),
        Outcome::Gateway => gateway(),
    };
    Answer { status, headers, body, rounds, items: items.max(1), lost, hold }
}

/// What was done for an HTTP request so far.
#[derive(Default)]
pub(crate) struct Work {
    hold: Hold,
    tally: Tally,
    rounds: u32,
    items: u32,
}

/// Counts the request towards its app's limits; there is no app without a token.
fn enter(state: &State, request: &Request, items: u32, hold: &mut Hold) -> Result<Option<Arc<App>>, Refusal> {
    let Some(caller) = &request.caller else { return Ok(None) };
    let app = state.app(&caller.app_id);
    state.traffic().enter(&app, items, request.now_us, hold)?;
    Ok(Some(app))
}

/// A reply before its envelope.
pub(crate) struct Reply {
    status: u16,
    headers: HeaderMap,
    body: Body,
}

pub(crate) enum Body {
    Json(Value),
    /// JSON that was written already.
    Raw(Vec<u8>),
    Text(String),
    Empty,
}

impl Reply {
    fn json(status: u16, body: Value) -> Reply {
        Reply { status, headers: HeaderMap::new(), body: Body::Json(body) }
    }

    fn raw(status: u16, body: Vec<u8>) -> Reply {
        Reply { status, headers: HeaderMap::new(), body: Body::Raw(body) }
    }

    fn text(body: String) -> Reply {
        Reply { status: 200, headers: HeaderMap::new(), body: Body::Text(body) }
    }

    /// The same without the second half of its body.
    fn cut_off(mut self) -> Reply {
        let whole = match self.body {
            Body::Json(value) => value.to_string().into_bytes(),
            Body::Raw(body) => body,
            Body::Text(text) => text.into_bytes(),
            Body::Empty => Vec::new(),
        };
        let half = whole.get(..whole.len() / 2).unwrap_or_default().to_vec();
        self.body = Body::Raw(half);
        self
    }

    fn empty(status: u16) -> Reply {
        Reply { status, headers: HeaderMap::new(), body: Body::Empty }
    }
}

/// What a route's handler sees.
pub(crate) struct Ask<'a> {
    state: &'a State,
    /// Percent-decoded, keys of parentheses split off, `/me` replaced: `["users", "{id}", "messages"]`.
    segments: Vec<String>,
    /// The path as it was asked for, for links to more pages.
    path: &'a str,
    query: Query,
    headers: &'a HeaderMap,
    body: &'a [u8],
    caller: &'a Caller,
    app: &'a Arc<App>,
    now_us: i64,
    now_ms: i64,
}

impl Ask<'_> {
    /// Who changes something now, for the audit log.
    fn signature(&self, world: &World) -> Signature {
        let signed = match &self.caller.kind {
            CallerKind::User { user_id, .. } => world.signature(user_id, self.now_ms),
            CallerKind::App { .. } => None,
        };
        signed.unwrap_or_else(|| Signature { by: Actor::App { client_id: self.caller.app_id.clone() }, at_ms: self.now_ms })
    }

    fn segment(&self, at: usize) -> &str {
        self.segments.get(at).map_or("", String::as_str)
    }

    /// Whether the advanced query capabilities of the directory are switched on for this request.
    fn eventual(&self) -> bool {
        header(self.headers, "consistencylevel").is_some_and(|level| level.eq_ignore_ascii_case("eventual"))
    }

    /// A value of the `Prefer` headers, such as `odata.maxpagesize`.
    fn preference(&self, name: &str) -> Option<String> {
        self.headers
            .get_all("prefer")
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(','))
            .filter_map(|part| part.trim().split_once('='))
            .find(|(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.trim_matches('"').to_owned())
    }

    fn json_body(&self) -> Result<Value, Refusal> {
        serde_json::from_slice(self.body).map_err(|_| {
            Refusal::new(
                400,
                "BadRequest",
                "Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid JSON format.",
            )
        })
    }
}

fn without_version(path: &str) -> Option<&str> {
    let path = path.trim_start_matches('/');
    let (version, rest) = path.split_once('/').unwrap_or((path, ""));
    // What is in beta only is asked for there.
    let beta = version.eq_ignore_ascii_case("beta") && rest.to_ascii_lowercase().starts_with("rolemanagement/exchange/");
    (beta || version.eq_ignore_ascii_case("v1.0")).then_some(rest)
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

/// Puts a reply or a refusal into its HTTP answer.
fn envelope(state: &State, serial: u64, request: &Request, result: Result<Reply, Refusal>) -> (u16, HeaderMap, Bytes) {
    let reply = dress(state, serial, request, result);
    let body = match reply.body {
        Body::Json(value) => Bytes::from(value.to_string()),
        Body::Raw(body) => Bytes::from(body),
        Body::Text(text) => Bytes::from(text),
        Body::Empty => Bytes::new(),
    };
    (reply.status, reply.headers, body)
}

/// Adds the ids and the date that Microsoft's support asks for.
fn dress(state: &State, serial: u64, request: &Request, result: Result<Reply, Refusal>) -> Reply {
    let ids = error::Ids::of(state, serial, request);
    let mut reply = result.unwrap_or_else(|refusal| refusal.reply(&ids));
    let headers = &mut reply.headers;
    for (name, text) in [("request-id", Some(&ids.request)), ("client-request-id", ids.client.as_ref())] {
        if let Some(value) = text.and_then(|text| HeaderValue::from_str(text).ok()) {
            headers.insert(HeaderName::from_static(name), value);
        }
    }
    if let Ok(date) = HeaderValue::from_str(&time::http_date(request.now_us.div_euclid(1_000))) {
        headers.insert(DATE, date);
    }
    let content_type = match reply.body {
        Body::Json(_) | Body::Raw(_) => Some(JSON),
        Body::Text(_) => Some("text/plain"),
        Body::Empty => None,
    };
    if let Some(content_type) = content_type {
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    }
    reply
}

/// What a gateway in front of Graph sends: a page, no JSON, no ids.
fn gateway() -> (u16, HeaderMap, Bytes) {
    let mut headers = HeaderMap::new();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/html"));
    (504, headers, Bytes::from_static(GATEWAY_PAGE.as_bytes()))
}

const JSON: &str = "application/json; odata.metadata=minimal; charset=utf-8";

const GATEWAY_PAGE: &str = "<html><head><title>504 Gateway Time-out</title></head><body><h1>504 Gateway Time-out</h1></body></html>";

#[cfg(test)]
mod tests {
    use super::testing::{Desk, NOW, probe};
    use crate::faults::{Expected, FaultKind, FaultPlan, Planted, Workload};

    /// Asks until the answer lasts, never before it may; thirty answers of a passing kind in a row count as lasting.
    fn patiently(desk: &mut Desk, user: &str, workload: Workload) -> Expected {
        for attempt in 0..30 {
            let seen = desk.get(&probe(user, workload));
            let passing = matches!(seen.status, 429 | 502 | 503 | 504) || seen.code() == "ErrorApiQuarantined";
            let verdict = match seen.status {
                200 => "passed",
                _ if !passing => "failed",
                _ if attempt == 29 => "unknown",
                _ => {
                    desk.now_ms += 2_000;
                    continue;
                }
            };
            let code = seen.body["error"]["code"].as_str().map(str::to_owned);
            let http = (seen.status != 200).then_some(seen.status);
            return Expected { verdict, http, code };
        }
        unreachable!("the last attempt decides")
    }

    #[test]
    fn a_patient_client_finds_out_what_was_planted() {
        let mut desk = Desk::new(250, &FaultPlan::default());
        let planted: Vec<Planted> = desk.state.world().users.iter().map(Planted::of).collect();
        for truth in planted {
            for (workload, expected) in &truth.workloads {
                let found = patiently(&mut desk, &truth.user_id, *workload);
                assert_eq!(&found, expected, "{:?} on {workload:?}", truth.fault);
            }
        }
        assert_eq!(desk.state.violations(), 0);
    }

    #[test]
    fn errors_carry_the_ids_that_support_asks_for() {
        let mut desk = Desk::new(10, &FaultPlan::none());
        desk.headers.push(("client-request-id", "8c2b2a5e-0000-4000-8000-000000000001"));
        let (first, second) = (desk.get("/users/nobody"), desk.get("/users/nobody"));
        assert_eq!((first.status, first.code()), (404, "Request_ResourceNotFound"));
        // Both spellings occur, so a client must not rely on one.
        let inner = &first.body["error"]["innerError"];
        let other = &second.body["error"]["innererror"];
        assert_eq!(inner["request-id"].as_str(), first.headers["request-id"].to_str().ok());
        assert_eq!(other["client-request-id"], "8c2b2a5e-0000-4000-8000-000000000001");
        assert_eq!(first.headers["client-request-id"], "8c2b2a5e-0000-4000-8000-000000000001");
        assert!(first.headers.contains_key("date"));
        assert_ne!(inner["request-id"], other["request-id"]);
    }

    #[test]
    fn coming_back_too_early_is_noticed_and_starts_the_wait_again() {
        let mut desk = Desk::new(30, &FaultPlan::none().with(FaultKind::ThrottledOnce, 1));
        let url = probe(&desk.afflicted(Some(FaultKind::ThrottledOnce)), Workload::Mail);
        assert_eq!(desk.get(&url).retry_after(), Some("1"));

        desk.now_ms = NOW + 999;
        assert_eq!(desk.get(&url).status, 429);
        assert_eq!(desk.state.violations(), 1);

        desk.now_ms = NOW + 1_000;
        assert_eq!(desk.get(&url).status, 429, "the early request started the second again");
        desk.now_ms = NOW + 2_000;
        assert_eq!(desk.get(&url).status, 200);
        assert_eq!(desk.state.violations(), 2);
    }

    #[test]
    fn a_date_says_when_to_come_back() {
        let mut desk = Desk::new(30, &FaultPlan::none().with(FaultKind::ThrottledDate, 1));
        desk.now_ms = NOW + 1;
        let url = probe(&desk.afflicted(Some(FaultKind::ThrottledDate)), Workload::Mail);
        let until = httpdate::parse_http_date(desk.get(&url).retry_after().unwrap()).unwrap();
        let until_ms = i64::try_from(until.duration_since(std::time::UNIX_EPOCH).unwrap().as_millis()).unwrap();
        assert!(until_ms - desk.now_ms >= 1_000);
        desk.now_ms = until_ms;
        assert_eq!(desk.get(&url).status, 200);
        assert_eq!(desk.state.violations(), 0);
    }

    #[test]
    fn the_fifth_request_at_a_time_to_a_mailbox_is_refused() {
        let desk = Desk::new(30, &FaultPlan::none());
        let user = desk.afflicted(None);
        let ask = |workload| desk.answer("GET", &probe(&user, workload), &serde_json::Value::Null);
        let under_way: Vec<_> = Workload::ALL[..4].iter().map(|workload| ask(*workload)).collect();
        assert!(under_way.iter().all(|answer| answer.status == 200));
        let fifth = desk.get(&probe(&user, Workload::Settings));
        assert_eq!((fifth.status, fifth.code(), fifth.retry_after()), (429, "ApplicationThrottled", Some("1")));
        drop(under_way);

        let mut later = desk;
        later.now_ms += 1_000;
        assert_eq!(later.get(&probe(&user, Workload::Settings)).status, 200);
    }

    #[test]
    fn every_request_is_counted_by_route_and_status() {
        let desk = Desk::new(30, &FaultPlan::none());
        desk.get(&probe(&desk.afflicted(None), Workload::Mail));
        desk.get("/USERS?$top=5");
        let counts = desk.state.counts();
        assert_eq!(counts[&("GET /users/{u}/mailFolders/{f}".to_owned(), 200)], 1);
        assert_eq!(counts[&("GET /users".to_owned(), 200)], 1, "letter case of segments does not matter");
    }
}
