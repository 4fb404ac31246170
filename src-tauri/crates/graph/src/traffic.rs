//! What passed the gate: every request by route, status, wait and repetition, and on demand each one as it happens.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::Duration;

use rollcall_core::time::{Clock, Timestamp};
use rollcall_core::workload::Workload;
use serde::Serialize;

use crate::gate::Lane;
use crate::probe::{Answer, Probed};
use crate::route;

/// Over so many whole seconds the rate is taken.
const WINDOW: i64 = 5;

/// One request that was answered, or wasn't, or a part of a batch that was refused. It names no person and holds no secret, so it may be
/// written down.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Passage {
    /// When it was over, by the gate's clock.
    pub at: Timestamp,
    /// The service that was asked: `directory` or `outlook`.
    pub lane: &'static str,
    /// Method and shape of the address.
    pub route: String,
    /// Whether it is a part of a batch; those that were answered are told by the batch itself.
    pub inside: bool,
    /// `None` where no answer came.
    pub status: Option<u16>,
    /// Requests inside, for a batch; one otherwise.
    pub items: u32,
    /// Which try it was, from 1.
    pub attempt: u32,
    /// Milliseconds that it waited at the gate.
    pub waited_ms: u64,
    /// Milliseconds until its answer was here.
    pub took_ms: u64,
    /// Milliseconds that the answer asked to stay away.
    pub retry_after_ms: Option<u64>,
    pub request_id: Option<String>,
    pub client_request_id: Option<String>,
}

/// Told of each request.
pub type Ear = Arc<dyn Fn(&Passage) + Send + Sync>;

/// Where a request is counted.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Kind {
    pub route: String,
    /// Whether it was a part of a batch.
    pub inside: bool,
    /// `None` where no answer came.
    pub status: Option<u16>,
}

/// What was counted of one kind.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Figures {
    pub count: u64,
    /// Of these, tries after the first.
    pub repeats: u64,
    /// Waited at the gate, all together.
    pub waited: Duration,
    /// From leaving to the answer, all together.
    pub took: Duration,
}

/// The books.
pub struct Traffic {
    clock: Clock,
    books: Mutex<Books>,
    ear: RwLock<Option<Ear>>,
}

#[derive(Default)]
struct Books {
    kinds: HashMap<Kind, Figures>,
    /// Parts of batches; there are many, so they are kept without their route's text.
    inside: HashMap<(Workload, Option<u16>), Figures>,
    /// Requests and their parts of the last seconds: second, requests, parts.
    seconds: Vec<(i64, u64, u64)>,
}

impl Traffic {
    pub(crate) fn new(clock: Clock) -> Self {
        Self { clock, books: Mutex::default(), ear: RwLock::default() }
    }

    /// Sets who is told of each request, or that nobody is.
    pub fn listen(&self, ear: Option<Ear>) {
        *self.ear.write().unwrap_or_else(PoisonError::into_inner) = ear;
    }

    /// All kinds in order, with what was counted.
    #[must_use]
    pub fn figures(&self) -> Vec<(Kind, Figures)> {
        let books = self.books();
        let inside = books
            .inside
            .iter()
            .map(|(&(workload, status), figures)| (Kind { route: route::of_probe(workload).to_owned(), inside: true, status }, *figures));
        let alone = books.kinds.iter().map(|(kind, figures)| (kind.clone(), *figures));
        let mut figures: Vec<(Kind, Figures)> = alone.chain(inside).collect();
        figures.sort_by(|one, other| one.0.cmp(&other.0));
        figures
    }

    /// Requests a second, and with the parts of batches in their place, over the last few seconds.
    #[must_use]
    pub fn rate(&self) -> (f64, f64) {
        let now = (self.clock)().0.div_euclid(1_000);
        let books = self.books();
        let window = books.seconds.iter().filter(|(second, ..)| (now - WINDOW..now).contains(second));
        let (requests, parts) = window.fold((0, 0), |sum, (_, requests, parts)| (sum.0 + requests, sum.1 + parts));
        // Some thousands at most, which a float holds exactly.
        #[expect(clippy::cast_precision_loss, reason = "counts of a few seconds are far below 2^52")]
        let rate = |count: u64| count as f64 / WINDOW as f64;
        (rate(requests), rate(parts))
    }

    /// Notes a request that is over.
    pub(crate) fn note(&self, passage: &Passage) {
        let kind = Kind { route: passage.route.clone(), inside: false, status: passage.status };
        {
            let mut books = self.books();
            let figures = books.kinds.entry(kind).or_default();
            figures.count += 1;
            figures.repeats += u64::from(passage.attempt > 1);
            figures.waited += Duration::from_millis(passage.waited_ms);
            figures.took += Duration::from_millis(passage.took_ms);
            books.count(passage.at.0.div_euclid(1_000), 1, u64::from(passage.items));
        }
        let ear = self.ear.read().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(ear) = ear {
            ear(passage);
        }
    }

    /// Notes the parts of a batch.
    pub(crate) fn note_inside(&self, parts: &[Probed]) {
        {
            let mut books = self.books();
            for Probed { probe, answer } in parts {
                let figures = books.inside.entry((probe.workload, answer.trace().http)).or_default();
                figures.count += 1;
                figures.repeats += u64::from(probe.attempt > 1);
            }
        }
        let ear = self.ear.read().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(ear) = ear {
            let at = (self.clock)();
            parts.iter().filter_map(|part| refused(part, at)).for_each(|passage| ear(&passage));
        }
    }

    fn books(&self) -> MutexGuard<'_, Books> {
        self.books.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What is told of a part of a batch that wasn't answered with data. Its times are those of the batch.
fn refused(part: &Probed, at: Timestamp) -> Option<Passage> {
    let (trace, retry_after) = match &part.answer {
        Answer::Answered(_) => return None,
        Answer::Refused { trace, retry_after } | Answer::Throttled { trace, retry_after } => (trace, *retry_after),
        Answer::Unanswered(trace) => (trace, None),
    };
    Some(Passage {
        at,
        lane: Lane::Outlook.name(),
        route: route::of_probe(part.probe.workload).to_owned(),
        inside: true,
        status: trace.http,
        items: 1,
        attempt: part.probe.attempt,
        waited_ms: 0,
        took_ms: 0,
        retry_after_ms: retry_after.map(|wait| u64::try_from(wait.as_millis()).unwrap_or(u64::MAX)),
        request_id: trace.request_id.clone(),
        client_request_id: trace.client_request_id.clone(),
    })
}

impl Books {
    fn count(&mut self, second: i64, requests: u64, parts: u64) {
        match self.seconds.last_mut() {
            Some(last) if last.0 == second => {
                last.1 += requests;
                last.2 += parts;
            }
            _ => {
                self.seconds.retain(|(known, ..)| *known >= second - WINDOW);
                self.seconds.push((second, requests, parts));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Trace;
    use crate::probe::Probe;
    use rollcall_core::id::ObjectId;
    use std::sync::atomic::{AtomicI64, Ordering};

    fn passage(at: i64, status: Option<u16>, attempt: u32) -> Passage {
        Passage {
            at: Timestamp(at),
            lane: "outlook",
            route: "POST /$batch".into(),
            inside: false,
            status,
            items: 20,
            attempt,
            waited_ms: 5,
            took_ms: 80,
            retry_after_ms: None,
            request_id: None,
            client_request_id: None,
        }
    }

    #[test]
    fn requests_are_counted_by_route_and_status_and_told_to_who_listens() {
        let now = Arc::new(AtomicI64::new(0));
        let clock: Clock = {
            let now = Arc::clone(&now);
            Arc::new(move || Timestamp(now.load(Ordering::Relaxed)))
        };
        let traffic = Traffic::new(clock);
        let heard = Arc::new(Mutex::new(0));
        traffic.listen(Some({
            let heard = Arc::clone(&heard);
            Arc::new(move |_| *heard.lock().unwrap() += 1)
        }));
        for second in 0..5 {
            traffic.note(&passage(second * 1_000, Some(200), 1));
            traffic.note(&passage(second * 1_000 + 500, Some(200), 2));
        }
        traffic.listen(None);
        traffic.note(&passage(4_999, None, 1));
        let tasks = |attempt| Probed {
            probe: Probe { user: ObjectId(uuid::Uuid::nil()), workload: Workload::Tasks, attempt },
            answer: Answer::Throttled { trace: Trace { http: Some(429), ..Trace::default() }, retry_after: None },
        };
        traffic.note_inside(&[tasks(1), tasks(2)]);

        now.store(5_000, Ordering::Relaxed);
        assert_eq!(traffic.rate(), (11.0 / 5.0, 220.0 / 5.0));
        now.store(60_000, Ordering::Relaxed);
        assert_eq!(traffic.rate(), (0.0, 0.0), "what is long ago is no rate");
        assert_eq!(*heard.lock().unwrap(), 10);
        let figures = traffic.figures();
        let counts: Vec<_> = figures.iter().map(|(kind, figures)| (kind.inside, kind.status, figures.count, figures.repeats)).collect();
        assert_eq!(counts, [(true, Some(429), 2, 1), (false, None, 1, 0), (false, Some(200), 10, 5)]);
        assert_eq!(figures[2].1.took, Duration::from_millis(800));
    }
}
