//! The only place requests leave: token, headers, ids, limits, and the one address they may go to.

mod answer;
mod call;
mod connections;
mod fault;

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

pub use http::HeaderValue;
use http::StatusCode;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE};
use rollcall_core::issue;
use rollcall_core::time::Timestamp;
use serde::de::DeserializeOwned;
use tokio_util::sync::CancellationToken;
use url::{Host, Url};
use uuid::Uuid;

use crate::error::{BearerError, GraphError, Trace};
use crate::gate::{Gate, Outcome, Permit, Shut, Size};
use crate::party::Party;
use crate::route;
use crate::traffic::Passage;
pub(crate) use answer::Answer;
use answer::Heard;
use call::Kind;
pub(crate) use call::{Call, Wants};
use connections::Connections;
use fault::Fault;

/// A future that can be kept and sent to another thread.
pub type BoxFuture<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// Which token is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ask {
    /// The one at hand, if it is still good.
    Current,
    /// Another than this one, which Graph has just refused.
    Renewed { refused: HeaderValue },
}

/// Yields the value of the Authorization header: `Bearer …`.
pub type Bearer = Arc<dyn Fn(Ask) -> BoxFuture<Result<HeaderValue, BearerError>> + Send + Sync>;

/// What it takes to talk to one tenant's Graph.
pub struct GraphOptions {
    /// Where Graph is, without a version: `https://graph.microsoft.com`. Plain HTTP is for this computer only.
    pub base: Url,
    pub bearer: Bearer,
    pub gate: Arc<Gate>,
}

/// Why there can be no connection to such a Graph.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    /// The address isn't one that a token may be sent to.
    #[error("not an address of Graph: it must be https, or http on this computer, without user name, query or fragment")]
    BadBase,
    /// The system's certificates can't be read.
    #[error("the system's certificates can't be read")]
    NoTrustStore,
}

/// A tenant's Graph. Cheap to clone.
#[derive(Clone)]
pub struct Graph {
    inner: Arc<Inner>,
    party: Party,
}

struct Inner {
    connections: Connections,
    root: Url,
    bearer: Bearer,
    gate: Arc<Gate>,
}

impl Graph {
    /// Prepares a connection; nothing is sent yet.
    ///
    /// # Errors
    /// [`SetupError`] says what is wrong with the address or this computer.
    pub fn new(options: GraphOptions) -> Result<Self, SetupError> {
        let GraphOptions { base, bearer, gate } = options;
        let here = is_loopback(&base);
        if !(base.scheme() == "https" || (base.scheme() == "http" && here)) || has_extras(&base) {
            return Err(SetupError::BadBase);
        }
        let mut root = base;
        root.path_segments_mut().map_err(|()| SetupError::BadBase)?.pop_if_empty().push("v1.0");
        let connections = Connections::new(gate.pace(), here).ok_or(SetupError::NoTrustStore)?;
        Ok(Self { inner: Arc::new(Inner { connections, root, bearer, gate }), party: Party::Console })
    }

    /// The same Graph, with requests on behalf of a party.
    #[must_use]
    pub fn of(&self, party: Party) -> Self {
        Self { inner: Arc::clone(&self.inner), party }
    }

    /// The gate that its requests pass.
    #[must_use]
    pub fn gate(&self) -> &Arc<Gate> {
        &self.inner.gate
    }

    /// The address of something: each segment is escaped, so that a `#` or `/` in a user name stays in its place.
    pub(crate) fn url(&self, segments: &[&str], query: &[(&str, &str)]) -> Result<Url, GraphError> {
        // "." and ".." would be taken for a way up.
        if segments.iter().any(|segment| matches!(*segment, "" | "." | "..")) {
            return Err(GraphError::ForeignLink);
        }
        let mut url = self.inner.root.clone();
        url.path_segments_mut().map_err(|()| GraphError::ForeignLink)?.extend(segments);
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        Ok(url)
    }

    /// The address of something that only the beta version has.
    pub(crate) fn beta(&self, segments: &[&str]) -> Result<Url, GraphError> {
        let mut url = self.inner.root.clone();
        url.path_segments_mut().map_err(|()| GraphError::ForeignLink)?.pop().push("beta").extend(segments);
        Ok(url)
    }

    /// The address of a path and query that we have written ourselves, below the version.
    pub(crate) fn below(&self, path: &str) -> Result<Url, GraphError> {
        self.link(&format!("{}{path}", self.inner.root))
    }

    /// The address that a next link names, if it is one of this Graph.
    pub(crate) fn link(&self, link: &str) -> Result<Url, GraphError> {
        let url = Url::parse(link).map_err(|_| GraphError::ForeignLink)?;
        if self.is_ours(&url) { Ok(url) } else { Err(GraphError::ForeignLink) }
    }

    fn is_ours(&self, url: &Url) -> bool {
        let root = &self.inner.root;
        let base = root.path().strip_suffix("v1.0").unwrap_or_default();
        let within = |part: &str| url.path().strip_prefix(base).is_some_and(|rest| rest.starts_with(part));
        // The one part that only beta has.
        let below = within("v1.0/") || within("beta/roleManagement/exchange/");
        let same =
            url.scheme() == root.scheme() && url.host() == root.host() && url.port_or_known_default() == root.port_or_known_default();
        same && below && url.username().is_empty() && url.password().is_none() && url.fragment().is_none()
    }

    /// Sends a call and reads its answer as `T`.
    pub(crate) async fn json<T: DeserializeOwned>(&self, call: &Call, stop: &CancellationToken) -> Result<T, GraphError> {
        let answer = self.send(call, stop).await?;
        match serde_json::from_slice(&answer.body) {
            Ok(read) => {
                answer.permit.report(Outcome::Good(Size::Other));
                Ok(read)
            }
            Err(_) if call.kind == Kind::Write => Err(GraphError::OutcomeUnknown(Box::new(answer.trace))),
            Err(_) => Err(GraphError::Damaged(Box::new(answer.trace))),
        }
    }

    /// Sends a call whose answer says nothing but that it is done.
    pub(crate) async fn done(&self, call: &Call, stop: &CancellationToken) -> Result<(), GraphError> {
        let answer = self.send(call, stop).await?;
        answer.permit.report(Outcome::Good(Size::Other));
        Ok(())
    }

    /// Sends a call until it is answered for good. Reads are repeated while the service throttles or fails, and when the
    /// connection does; writes only when throttled, because only then nothing surely happened.
    pub(crate) async fn send(&self, call: &Call, stop: &CancellationToken) -> Result<Answer, GraphError> {
        if !self.is_ours(&call.url) {
            return Err(GraphError::ForeignLink);
        }
        let (mut failures, mut throttled, mut ask, mut renewed) = (0, 0, Ask::Current, false);
        let mut attempt = call.tried;
        loop {
            let came = self.now();
            let permit = self.inner.gate.enter(call.lane, self.party, stop).await.map_err(|shut| match shut {
                Shut::Stopped => GraphError::Cancelled,
                Shut::Held { until } => GraphError::Throttled { until, trace: Box::default() },
            })?;
            let bearer = tokio::select! {
                () = stop.cancelled() => return Err(GraphError::Cancelled),
                bearer = (self.inner.bearer)(std::mem::replace(&mut ask, Ask::Current)) => bearer.map_err(GraphError::Bearer)?,
            };
            // A token may take its time, and a pause may have begun meanwhile.
            if self.inner.gate.held(call.lane).is_some() {
                permit.give_back();
                continue;
            }
            // Since it was made ready one of its mailboxes may have asked to be left alone; whoever asks goes by that.
            if let Some(until) = self.inner.gate.held_mailbox(&call.mailboxes) {
                permit.give_back();
                return Err(GraphError::Throttled { until, trace: Box::default() });
            }
            let id = Uuid::new_v4();
            attempt += 1;
            let left = self.now();
            let heard = self.once(call, bearer.clone(), id, stop).await;
            self.note(call, attempt, left.since(came), left, heard.as_ref().ok(), id);
            let heard = match heard {
                Ok(heard) => heard,
                Err(fault) => {
                    drop(permit);
                    failures += 1;
                    self.after_fault(fault, call, failures, id, stop).await?;
                    continue;
                }
            };
            match self.judge(heard, call, renewed, throttled, permit) {
                Next::Answered(answer) => return Ok(*answer),
                Next::Failed(error) => return Err(error),
                Next::Renew => (ask, renewed) = (Ask::Renewed { refused: bearer }, true),
                Next::Wait { until, trace } => {
                    throttled += 1;
                    if throttled >= self.inner.gate.pace().throttled_tries {
                        return Err(GraphError::Throttled { until, trace });
                    }
                }
                Next::BackOff(trace) => {
                    failures += 1;
                    if failures >= self.inner.gate.pace().tries {
                        return Err(GraphError::Unavailable(trace));
                    }
                    self.back_off(failures, id, stop).await?;
                }
            }
        }
    }

    async fn once(&self, call: &Call, mut bearer: HeaderValue, id: Uuid, stop: &CancellationToken) -> Result<Heard, Fault> {
        bearer.set_sensitive(true);
        let mut request = self
            .inner
            .connections
            .client()
            .request(call.method.clone(), call.url.clone())
            .header(AUTHORIZATION, bearer)
            .header(ACCEPT, call.wants.accept())
            .header("client-request-id", id.to_string());
        if call.eventual {
            request = request.header("ConsistencyLevel", "eventual");
        }
        if let Some(prefer) = call.prefer {
            request = request.header("Prefer", prefer);
        }
        if let Some(body) = &call.body {
            request = request.header(CONTENT_TYPE, "application/json").body(body.clone());
        }
        let hear = answer::hear(request, id);
        match call.kind {
            // A change that is under way is waited for, so that its outcome is known.
            Kind::Write => hear.await,
            Kind::Read => tokio::select! {
                () = stop.cancelled() => Err(Fault::Stopped),
                heard = hear => heard,
            },
        }
    }

    /// Waits before the next try, or ends with the error that the fault is.
    async fn after_fault(&self, fault: Fault, call: &Call, failures: u32, id: Uuid, stop: &CancellationToken) -> Result<(), GraphError> {
        let sent = fault.was_sent();
        if call.kind == Kind::Write && sent {
            return Err(GraphError::OutcomeUnknown(Box::new(Trace::unanswered(id))));
        }
        if !fault.may_pass() || failures >= self.inner.gate.pace().tries {
            return Err(fault.into());
        }
        tracing::debug!(client_request_id = %id, %failures, "no answer from Graph, trying again");
        self.back_off(failures, id, stop).await
    }

    async fn back_off(&self, failures: u32, id: Uuid, stop: &CancellationToken) -> Result<(), GraphError> {
        let wait = self.inner.gate.pace().wait_after(failures, id.as_u64_pair().1);
        tokio::select! {
            () = stop.cancelled() => Err(GraphError::Cancelled),
            () = tokio::time::sleep(wait) => Ok(()),
        }
    }

    /// What an answer means for the call, and for all that wait at the gate.
    fn judge(&self, heard: Heard, call: &Call, renewed: bool, throttled: u32, permit: Permit) -> Next {
        let trace = heard.trace();
        let status = heard.status;
        if let Some(date) = trace.date {
            self.inner.gate.hear_date(date);
        }
        tracing::debug!(http = status.as_u16(), client_request_id = %heard.id, "Graph answered");
        if let Some(kind) = heard.foreign(call.wants) {
            return Next::Failed(GraphError::NotGraph { kind, trace: Box::new(trace) });
        }
        if status.is_success() {
            return Next::Answered(Box::new(Answer { body: heard.body, trace, permit, retry_after: None }));
        }
        if status == StatusCode::UNAUTHORIZED && !renewed {
            return Next::Renew;
        }
        let asked_wait = heard.retry_after(self.now());
        if status == StatusCode::SERVICE_UNAVAILABLE {
            // A front end that is overloaded stays so; another may not be ("Best practices for working with Microsoft Graph").
            self.inner.connections.renew(self.now());
        }
        if call.probes && (status != StatusCode::TOO_MANY_REQUESTS || trace.is_of_one_mailbox()) {
            // Whatever one mailbox says is its own affair, as it would be inside of a batch.
            return Next::Answered(Box::new(Answer { body: heard.body, trace, permit, retry_after: asked_wait }));
        }
        if status == StatusCode::TOO_MANY_REQUESTS {
            let own = || self.inner.gate.pace().wait_after(throttled + 1, heard.id.as_u64_pair().1);
            let until = self.until(asked_wait.unwrap_or_else(own));
            permit.report(Outcome::Throttled { until });
            return Next::Wait { until, trace: Box::new(trace) };
        }
        let service = matches!(status.as_u16(), 408 | 500 | 502 | 503 | 504 | 509);
        if !service {
            permit.report(Outcome::Good(Size::Other));
            return Next::Failed(GraphError::from_trace(trace));
        }
        match asked_wait {
            Some(wait) => permit.report(Outcome::Throttled { until: self.until(wait) }),
            None => permit.report(Outcome::Strained),
        }
        if call.kind == Kind::Write {
            Next::Failed(GraphError::OutcomeUnknown(Box::new(trace)))
        } else if issue::may_pass(trace.http, &trace.code) {
            Next::BackOff(Box::new(trace))
        } else {
            Next::Failed(GraphError::Refused(Box::new(trace)))
        }
    }

    /// The moment a wait is over; one millisecond more, because moments are cut to whole ones.
    fn until(&self, wait: Duration) -> Timestamp {
        self.now().after(wait.saturating_add(Duration::from_millis(1)))
    }

    /// The time by the gate's clock.
    pub(crate) fn now(&self) -> Timestamp {
        self.inner.gate.now()
    }

    fn note(&self, call: &Call, attempt: u32, waited: Duration, left: Timestamp, heard: Option<&Heard>, id: Uuid) {
        let now = self.now();
        let millis = |duration: Duration| u64::try_from(duration.as_millis()).unwrap_or(u64::MAX);
        self.inner.gate.traffic().note(&Passage {
            at: now,
            lane: call.lane.name(),
            route: route::of(&call.method, &call.url, &self.inner.root),
            inside: false,
            status: heard.map(|heard| heard.status.as_u16()),
            items: call.items,
            attempt,
            waited_ms: millis(waited),
            took_ms: millis(now.since(left)),
            retry_after_ms: heard.and_then(|heard| heard.retry_after(now)).map(millis),
            request_id: heard.and_then(Heard::request_id),
            client_request_id: Some(id.to_string()),
        });
    }
}

enum Next {
    Answered(Box<Answer>),
    Failed(GraphError),
    Renew,
    Wait { until: Timestamp, trace: Box<Trace> },
    BackOff(Box<Trace>),
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

fn has_extras(url: &Url) -> bool {
    !url.username().is_empty() || url.password().is_some() || url.query().is_some() || url.fragment().is_some()
}
