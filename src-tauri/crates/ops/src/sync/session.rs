//! One session: reads the feeds of each covered workload of one mailbox, one request after the other.

use std::sync::Arc;
use std::time::Duration;

use rollcall_core::issue::{self, Cause, Refusal};
use rollcall_core::session::{Reading, SessionKind};
use rollcall_core::time::{Clock, Timestamp};
use rollcall_core::verdict::Verdict;
use rollcall_core::workload::Workload;
use rollcall_graph::batch;
use rollcall_graph::error::{GraphError, Trace};
use rollcall_graph::feed::{self, Feed, Told, Untold};
use rollcall_graph::gate::Shut;
use rollcall_graph::probe::{Answer, Probe};
use rollcall_graph::send::Graph;
use rollcall_identity::error::IdentityError;
use rollcall_store::cursors::{Cursor, Feeds};
use rollcall_store::sessions::Ended;
use tokio_util::sync::CancellationToken;

use super::parts::ToRead;
use crate::mailboxes::tokens::RefusedSignIn;

/// What goes into a mail folder's feed at its beginning: messages of so long ago and later.
const MAIL_BACK: Duration = Duration::from_secs(30 * 24 * 60 * 60);
/// The window of the calendar, behind and ahead of the day it is opened, and how much of it must be left when it is used.
const EVENTS_BACK: Duration = Duration::from_secs(7 * 24 * 60 * 60);
const EVENTS_AHEAD: Duration = Duration::from_secs(90 * 24 * 60 * 60);
const EVENTS_LEFT: Duration = Duration::from_secs(30 * 24 * 60 * 60);
/// A wait that Graph asks for is sat through inside of a session up to this; a longer one ends the session.
const LONGEST_WAIT: Duration = Duration::from_secs(60);

/// What the sessions have in common that are read with the same token.
pub(super) struct Reader {
    pub graph: Graph,
    /// All workloads, with the cause why one isn't read.
    pub plan: Vec<(Workload, Option<Cause>)>,
    /// The workloads that the token opens.
    pub permitted: Vec<Workload>,
    /// The time of day.
    pub clock: Clock,
}

/// Why a session came to no end of its own.
pub(super) enum Broken {
    Stopped,
    /// Graph has asked for a long pause in all that is asked of the tenant, until that moment of the gate's clock.
    Held {
        until: Timestamp,
    },
    /// What concerns every mailbox: no token, no network.
    Error(GraphError),
}

/// How a feed was read, after all waits.
enum Read {
    Told(Told),
    Refused(Trace),
    /// No usable answer: what is known of the request.
    Silent(Trace),
    /// Graph asked for a wait longer than a session takes, until that moment of the gate's clock.
    Later {
        trace: Trace,
        until: Timestamp,
    },
}

/// A session under way.
struct Work<'a> {
    reader: &'a Reader,
    one: &'a ToRead,
    known: &'a [Cursor],
    stop: &'a CancellationToken,
    requests: u32,
    feeds: Vec<Feeds>,
    anew: bool,
    held: Option<Timestamp>,
}

/// Reads one mailbox. A session that is broken off is as if it had not been begun: it is told again from the same places.
pub(super) async fn session(reader: &Arc<Reader>, one: &ToRead, known: &[Cursor], stop: &CancellationToken) -> Result<Ended, Broken> {
    let started = (reader.clock)();
    let gate = reader.graph.gate();
    // A session has one request under way at a time, for which it keeps its place at the mailbox.
    let (_guest, held) = match gate.visit_when_free(one.account, LONGEST_WAIT, stop).await {
        Ok(guest) => (Some(guest), None),
        Err(Shut::Stopped) => return Err(Broken::Stopped),
        Err(Shut::Held { until }) => (None, Some(gate.by_service(until))),
    };
    let mut work = Work { reader, one, known, stop, requests: 0, feeds: Vec::new(), anew: false, held };
    let mut readings = Vec::with_capacity(reader.plan.len());
    for &(workload, not_read) in &reader.plan {
        readings.push(match not_read {
            Some(cause) => Reading { cause: Some(cause), ..plain(workload, Verdict::NotRun) },
            // The mailbox asked to be left alone, with whatever is read there.
            None if work.held.is_some() => nothing(workload, Cause::Throttled),
            None if workload == Workload::Settings => Box::pin(work.settings()).await?,
            None => Box::pin(work.feeds(workload)).await?,
        });
    }
    let kind = match (known.is_empty(), work.anew) {
        (true, _) => SessionKind::First,
        (false, true) => SessionKind::Resync,
        (false, false) => SessionKind::Incremental,
    };
    let Work { requests, feeds, held, .. } = work;
    Ok(Ended { user: one.user, kind, started, ended: (reader.clock)(), requests, readings, feeds, held })
}

/// The readings of a mailbox of which nothing is asked, and why.
pub(super) fn unasked(plan: &[(Workload, Option<Cause>)], why: Cause) -> Vec<Reading> {
    let cause = |not_read: Option<Cause>| Some(not_read.unwrap_or(why));
    plan.iter().map(|&(workload, not_read)| Reading { cause: cause(not_read), ..plain(workload, Verdict::NotRun) }).collect()
}

/// The session of a mailbox whose sign-in the service refuses to renew: nothing is read, and it fails for that.
pub(super) fn sign_in_refused(
    plan: &[(Workload, Option<Cause>)],
    one: &ToRead,
    first: bool,
    refused: &IdentityError,
    now: Timestamp,
) -> Ended {
    let refused = RefusedSignIn::of(refused);
    let reading = |&(workload, not_read): &(Workload, Option<Cause>)| match not_read {
        Some(cause) => Reading { cause: Some(cause), ..plain(workload, Verdict::NotRun) },
        None => Reading {
            cause: Some(refused.cause),
            code: refused.code.clone(),
            fingerprint: Some(refused.fingerprint.clone()),
            request_id: refused.request_id.clone(),
            ..plain(workload, refused.cause.verdict())
        },
    };
    Ended {
        user: one.user,
        kind: if first { SessionKind::First } else { SessionKind::Incremental },
        started: now,
        ended: now,
        requests: 0,
        readings: plan.iter().map(reading).collect(),
        feeds: Vec::new(),
        held: None,
    }
}

impl Work<'_> {
    /// Reads all feeds of a workload; the first that fails decides.
    async fn feeds(&mut self, workload: Workload) -> Result<Reading, Broken> {
        let mut reading = plain(workload, Verdict::Passed);
        let mut kept: Vec<Cursor> = Vec::new();
        let mut vanished = false;
        let mut open: Vec<_> = self.begin(workload).into_iter().collect();
        while let Some((place, feed, until)) = open.pop() {
            let link = self.link(workload, &place, until).map(str::to_owned);
            let goes_on = link.is_some();
            let (read, anew) = self.feed(&feed, link).await?;
            reading.anew |= anew;
            let told = match read {
                Read::Told(told) => told,
                Read::Refused(trace) if !place.is_empty() && has_vanished(&trace) => {
                    vanished = true;
                    continue;
                }
                Read::Refused(trace) => return Ok(self.refused(workload, &trace)),
                Read::Silent(trace) => return Ok(unanswered(workload, trace)),
                Read::Later { trace, until } => {
                    self.held = Some(self.reader.graph.gate().by_service(until));
                    let unasked = trace.http.is_none();
                    return Ok(if unasked { nothing(workload, Cause::Throttled) } else { self.refused(workload, &trace) });
                }
            };
            reading.changed = reading.changed.saturating_add(told.changed);
            reading.removed = reading.removed.saturating_add(told.removed);
            if feed.leads_on() {
                open.extend(self.within(workload, &told, goes_on && !anew));
            }
            (reading.request_id, reading.client_request_id) = (told.trace.request_id, told.trace.client_request_id);
            kept.push(Cursor { workload, place, link: told.link, until });
        }
        if vanished {
            // If it is there all the same, the next session finds it again where all are told.
            kept.retain(|cursor| !cursor.place.is_empty());
        }
        self.anew |= reading.anew;
        self.feeds.push(Feeds { mailbox: self.one.other(), workload, cursors: kept });
        Ok(reading)
    }

    /// The feed that a workload begins with, its place and the end of its window.
    fn begin(&self, workload: Workload) -> Option<(String, Feed, Option<Timestamp>)> {
        let (feed, until) = match workload {
            Workload::Mail => (Feed::MailFolders, None),
            Workload::Calendar => {
                let now = (self.reader.clock)();
                let until = self.window(workload).filter(|until| until.since(now) >= EVENTS_LEFT);
                let to = until.unwrap_or_else(|| now.after(EVENTS_AHEAD));
                (Feed::Events { from: self.ago(EVENTS_BACK), to }, Some(to))
            }
            Workload::Contacts => (Feed::Contacts, None),
            Workload::Tasks => (Feed::TaskLists, None),
            Workload::Settings => return None,
        };
        Some((String::new(), feed, until))
    }

    /// The folders or lists to be read: those that came with this answer, and, where it told changes only, those that are known and
    /// not gone.
    fn within(&self, workload: Workload, told: &Told, changes: bool) -> Vec<(String, Feed, Option<Timestamp>)> {
        let known = self.known.iter().filter(|cursor| changes && cursor.workload == workload && !cursor.place.is_empty());
        let mut places: Vec<&String> = known.map(|cursor| &cursor.place).filter(|place| !told.gone.contains(place)).collect();
        places.extend(&told.ids);
        places.sort();
        places.dedup();
        let feed = |place: String| match workload {
            Workload::Mail => Some(Feed::Messages { folder: place, since: self.ago(MAIL_BACK) }),
            Workload::Tasks => Some(Feed::Tasks { list: place }),
            Workload::Calendar | Workload::Contacts | Workload::Settings => None,
        };
        places.into_iter().filter_map(|place| Some((place.clone(), feed(place.clone())?, None))).collect()
    }

    fn ago(&self, long: Duration) -> Timestamp {
        Timestamp((self.reader.clock)().0.saturating_sub(i64::try_from(long.as_millis()).unwrap_or(0)))
    }

    fn window(&self, workload: Workload) -> Option<Timestamp> {
        self.known.iter().find(|cursor| cursor.workload == workload)?.until
    }

    /// Where a feed goes on, if it is the same feed still.
    fn link(&self, workload: Workload, place: &str, until: Option<Timestamp>) -> Option<&str> {
        let known = self.known.iter().find(|cursor| cursor.workload == workload && cursor.place == place)?;
        (known.until == until).then_some(known.link.as_str())
    }

    /// Reads a feed, with the waits that it takes, from its beginning where the service has lost the place. Says whether it had.
    async fn feed(&mut self, feed: &Feed, mut link: Option<String>) -> Result<(Read, bool), Broken> {
        let (mut failures, mut throttled, mut anew) = (0, 0, false);
        loop {
            if let Some(until) = self.left_alone().await? {
                return Ok((Read::Later { trace: Trace::default(), until }, anew));
            }
            let untold = match feed::read(&self.reader.graph, self.one.account, feed, link.as_deref(), self.stop).await {
                Ok(told) => {
                    self.requests += told.requests;
                    return Ok((Read::Told(told), anew));
                }
                Err(untold) => untold,
            };
            match untold {
                Untold::Resync { requests } => {
                    self.requests += requests;
                    // A beginning that is refused for its place is no place.
                    if link.take().is_none() {
                        return Ok((Read::Silent(Trace::default()), anew));
                    }
                    anew = true;
                }
                Untold::Refused { trace, retry_after, requests } => {
                    self.requests += requests;
                    match self.again(&trace, retry_after, &mut failures, &mut throttled) {
                        Again::In(wait) => self.wait(wait).await?,
                        Again::Later(until) => return Ok((Read::Later { trace: *trace, until }, anew)),
                        Again::Not => return Ok((Read::Refused(*trace), anew)),
                    }
                }
                Untold::Error { error, requests } => {
                    self.requests += requests;
                    return Ok((Read::Silent(of_one_feed(error)?), anew));
                }
            }
        }
    }

    /// Settings have no feed: their one property is read as verification reads it.
    async fn settings(&mut self) -> Result<Reading, Broken> {
        let workload = Workload::Settings;
        let (mut failures, mut throttled) = (0, 0);
        loop {
            if let Some(until) = self.left_alone().await? {
                self.held = Some(self.reader.graph.gate().by_service(until));
                return Ok(nothing(workload, Cause::Throttled));
            }
            let probe = Probe { user: self.one.account, workload, attempt: failures + throttled + 1 };
            let answers = match batch::probe(&self.reader.graph, &[probe], (self.reader.clock)(), self.stop).await {
                Ok(answers) => answers,
                // Somebody else was told to leave the mailbox alone since it was looked at.
                Err(GraphError::Throttled { .. }) if self.reader.graph.gate().held_mailbox(&[self.one.account]).is_some() => continue,
                Err(error) => {
                    self.requests += 1;
                    return Ok(unanswered(workload, of_one_feed(error)?));
                }
            };
            self.requests += 1;
            let Some(answer) = answers.into_iter().next().map(|probed| probed.answer) else {
                return Ok(unanswered(workload, Trace::default()));
            };
            let (trace, retry_after) = match answer {
                Answer::Answered(Trace { request_id, client_request_id, .. }) => {
                    return Ok(Reading { request_id, client_request_id, ..plain(workload, Verdict::Passed) });
                }
                Answer::Unanswered(trace) => return Ok(unanswered(workload, trace)),
                Answer::Refused { trace, retry_after } | Answer::Throttled { trace, retry_after } => (trace, retry_after),
            };
            match self.again(&trace, retry_after, &mut failures, &mut throttled) {
                Again::In(wait) => self.wait(wait).await?,
                Again::Later(until) => {
                    self.held = Some(self.reader.graph.gate().by_service(until));
                    return Ok(self.refused(workload, &trace));
                }
                Again::Not => return Ok(self.refused(workload, &trace)),
            }
        }
    }

    /// Whether what was refused is asked again, and when: never before Graph says so.
    fn again(&self, trace: &Trace, retry_after: Option<Duration>, failures: &mut u32, throttled: &mut u32) -> Again {
        let gate = self.reader.graph.gate();
        let pace = gate.pace();
        let (tries, most) = if trace.http == Some(429) { (throttled, pace.throttled_tries) } else { (failures, pace.tries) };
        if !issue::may_pass(trace.http, &trace.code) {
            return Again::Not;
        }
        *tries += 1;
        let wait = retry_after.unwrap_or_else(|| pace.wait_after(*tries, u64::from(self.one.user.0).wrapping_mul(0x9E37_79B9)));
        if wait > LONGEST_WAIT || retry_after.is_some() && *tries >= most {
            Again::Later(gate.now().after(wait))
        } else if *tries >= most {
            Again::Not
        } else {
            Again::In(wait)
        }
    }

    /// Waits while the mailbox is to be left alone, which somebody else may have been told; answers until when where that is too long.
    async fn left_alone(&self) -> Result<Option<Timestamp>, Broken> {
        let gate = self.reader.graph.gate();
        while let Some(until) = gate.held_mailbox(&[self.one.account]) {
            let wait = until.since(gate.now());
            if wait > LONGEST_WAIT {
                return Ok(Some(until));
            }
            self.wait(wait).await?;
        }
        Ok(None)
    }

    async fn wait(&self, wait: Duration) -> Result<(), Broken> {
        let gate = self.reader.graph.gate();
        let until = gate.now().after(wait);
        // In slices, because a timer may stand still while the computer sleeps and the clock doesn't.
        loop {
            let left = until.since(gate.now());
            if left.is_zero() {
                return Ok(());
            }
            tokio::select! {
                () = self.stop.cancelled() => return Err(Broken::Stopped),
                () = tokio::time::sleep(left.min(Duration::from_secs(1))) => {}
            }
        }
    }

    fn refused(&self, workload: Workload, trace: &Trace) -> Reading {
        let permitted = self.reader.permitted.contains(&workload);
        let refusal = Refusal { http: trace.http, code: &trace.code, message: trace.message(), permitted };
        let cause = issue::diagnose(refusal);
        Reading {
            fingerprint: Some(issue::fingerprint(cause, refusal, workload)),
            http: trace.http,
            code: (!trace.code.is_empty()).then(|| trace.code.clone()),
            cause: Some(cause),
            request_id: trace.request_id.clone(),
            client_request_id: trace.client_request_id.clone(),
            ..plain(workload, cause.verdict())
        }
    }
}

/// Whether a folder or list was deleted between the answer that named it and the question about it.
fn has_vanished(trace: &Trace) -> bool {
    trace.http == Some(404) && matches!(trace.code.as_str(), "ErrorItemNotFound" | "ErrorFolderNotFound")
}

enum Again {
    In(Duration),
    /// Not within this session.
    Later(Timestamp),
    Not,
}

/// Passes over an error that leaves this one feed without an answer, and tells what is known of its request; one that concerns every
/// mailbox ends the session.
fn of_one_feed(error: GraphError) -> Result<Trace, Broken> {
    match error {
        GraphError::Cancelled => Err(Broken::Stopped),
        GraphError::Throttled { until, .. } => Err(Broken::Held { until }),
        GraphError::Damaged(trace)
        | GraphError::TooLarge(trace)
        | GraphError::Unavailable(trace)
        | GraphError::Endless(trace)
        | GraphError::TimedOut(trace) => Ok(*trace),
        GraphError::ForeignLink => Ok(Trace::default()),
        error @ (GraphError::Unauthorized(_)
        | GraphError::Forbidden(_)
        | GraphError::NotFound(_)
        | GraphError::Resync(_)
        | GraphError::Exists(_)
        | GraphError::Refused(_)
        | GraphError::NotGraph { .. }
        | GraphError::Offline
        | GraphError::Untrusted
        | GraphError::OutcomeUnknown(_)
        | GraphError::Bearer(_)) => Err(Broken::Error(error)),
    }
}

fn plain(workload: Workload, verdict: Verdict) -> Reading {
    Reading {
        workload,
        verdict,
        mailbox: None,
        changed: 0,
        removed: 0,
        anew: false,
        http: None,
        code: None,
        cause: None,
        fingerprint: None,
        request_id: None,
        client_request_id: None,
    }
}

fn unanswered(workload: Workload, trace: Trace) -> Reading {
    let Trace { request_id, client_request_id, .. } = trace;
    Reading { request_id, client_request_id, ..nothing(workload, Cause::NoAnswer) }
}

/// The reading of a workload of which nothing was heard, and why.
fn nothing(workload: Workload, cause: Cause) -> Reading {
    let silence = Refusal { http: None, code: "", message: "", permitted: true };
    Reading { cause: Some(cause), fingerprint: Some(issue::fingerprint(cause, silence, workload)), ..plain(workload, Verdict::Unknown) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_folder_or_list_that_is_not_there_has_vanished() {
        let of = |http, code: &str| has_vanished(&Trace { http: Some(http), code: code.to_owned(), ..Trace::default() });
        assert!(of(404, "ErrorItemNotFound") && of(404, "ErrorFolderNotFound"));
        assert!(!of(404, "MailboxNotEnabledForRESTAPI") && !of(404, "ErrorInvalidUser") && !of(403, "ErrorItemNotFound"));
    }
}
