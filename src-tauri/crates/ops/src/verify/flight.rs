//! A batch of probes that is sent, and what it came back with.

use std::future::{Future, pending};
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use rollcall_core::time::Timestamp;
use rollcall_graph::batch::{self, LARGEST};
use rollcall_graph::error::GraphError;
use rollcall_graph::gate::Lane;
use rollcall_graph::probe::{Answer, Probe, Probed};
use rollcall_graph::send::Graph;
use tokio::task::{JoinError, JoinSet};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::outage::{self, Broken};
use super::queue::{Queue, Waiting};
use crate::error;

/// Asks the probes of a batch. They come back in the order in which they were asked.
pub(crate) async fn ask(graph: &Graph, batch: &[Waiting], day: Timestamp, stop: &CancellationToken) -> Result<Vec<Probed>, GraphError> {
    let asked: Vec<Probe> =
        batch.iter().map(|waiting| Probe { user: waiting.object_id, workload: waiting.workload, attempt: waiting.attempts + 1 }).collect();
    Box::pin(batch::probe(graph, &asked, day, stop)).await
}

/// How long a stopped sitting waits for the answers to what it has already asked: promised is that a stop acts within a second.
const LANDING: Duration = Duration::from_millis(700);

/// The next batch, where one may be sent: as many may be in flight as the gate lets, and one more that waits at it. `whole` is whether
/// all that waits is in the queue; else few at hand are not few in all. It has at most `most` probes.
pub(crate) fn next(queue: &mut Queue, in_flight: usize, whole: bool, most: u32) -> Option<Vec<Waiting>> {
    let gate = Arc::clone(queue.gate());
    if gate.held(Lane::Outlook).is_some() || in_flight > gate.allowed(Lane::Outlook) as usize {
        return None;
    }
    let now = gate.now();
    let ready = u32::try_from(queue.ready(now)).unwrap_or(u32::MAX);
    let largest = u32::try_from(LARGEST).unwrap_or(u32::MAX);
    let size = if whole { gate.together(largest, ready) } else { largest };
    let batch = queue.batch(size.min(most) as usize, now);
    (!batch.is_empty()).then_some(batch)
}

/// Ends the flights of a sitting, or of a pass: what was already asked may still answer for a moment, so that it isn't asked again; then it is
/// given up and stays waiting.
pub(crate) async fn land<T: 'static>(flights: &mut JoinSet<T>, give_up: &CancellationToken) -> Vec<Result<T, JoinError>> {
    let deadline = Instant::now() + LANDING;
    let mut landed = Vec::new();
    while let Ok(Some(flight)) = tokio::time::timeout_at(deadline, flights.join_next()).await {
        landed.push(flight);
    }
    give_up.cancel();
    flights.shutdown().await;
    landed
}

/// Work on the disk, or at the keychain, that goes on beside the flights.
pub(crate) type Later<'a, T> = Option<Pin<Box<dyn Future<Output = error::Result<T>> + Send + 'a>>>;

/// What comes of work beside the rest, once; never, while there is none.
///
/// # Errors
/// Those of the work.
pub(crate) async fn done<T>(later: &mut Later<'_, T>) -> error::Result<T> {
    let Some(work) = later else { return pending().await };
    let outcome = work.await;
    *later = None;
    outcome
}

/// What a batch comes to as a whole.
pub(crate) enum Came {
    /// One for each probe.
    Answers(Vec<Answer>),
    /// The gate is held for longer than a call waits.
    NeverLeft,
    /// It was throttled as a whole.
    Throttled { until: Timestamp },
    /// Somebody has stopped it, which is dealt with where that is waited for.
    Stopped,
    /// It got nowhere, or no token could be had for it, which passes by itself.
    Broken(Broken),
    /// The sitting can't go on.
    Failed(GraphError),
}

impl Came {
    /// What the answers to so many probes come to.
    pub fn of(answers: Result<Vec<Probed>, GraphError>, asked: usize) -> Self {
        match answers {
            Ok(answers) => Self::Answers(answers.into_iter().map(|probed| probed.answer).collect()),
            Err(GraphError::Throttled { trace, .. }) if trace.http.is_none() => Self::NeverLeft,
            Err(GraphError::Throttled { until, .. }) => Self::Throttled { until },
            // Something about this very batch: its probes are asked again, and in the end given up one by one.
            Err(
                GraphError::Damaged(trace) | GraphError::TooLarge(trace) | GraphError::Unavailable(trace) | GraphError::TimedOut(trace),
            ) => Self::Answers(vec![Answer::Unanswered(*trace); asked]),
            Err(GraphError::Cancelled) => Self::Stopped,
            Err(error) => outage::of_line(error).map_or_else(Self::Failed, Self::Broken),
        }
    }
}

/// What is left to be done about a batch that came back.
pub(crate) enum Landed {
    /// Each probe with its answer.
    Answers(Vec<(Waiting, Answer)>),
    /// They are to be put off.
    Throttled {
        asked: Vec<Waiting>,
        until: Timestamp,
    },
    /// Nothing gets through: they are in the queue again, as if they had not been sent.
    Broken(Broken),
    Nothing,
}

impl Landed {
    /// Tells the queue that the batch is back. What never left is in it again; what somebody has stopped waits on disk.
    ///
    /// # Errors
    /// What ends the sitting.
    pub fn of(queue: &mut Queue, asked: Vec<Waiting>, answers: Result<Vec<Probed>, GraphError>) -> Result<Self, GraphError> {
        match Came::of(answers, asked.len()) {
            Came::Answers(answers) => {
                free(queue, &asked);
                Ok(Self::Answers(asked.into_iter().zip(answers).collect()))
            }
            Came::Throttled { until } => {
                free(queue, &asked);
                Ok(Self::Throttled { asked, until })
            }
            Came::Stopped => {
                free(queue, &asked);
                Ok(Self::Nothing)
            }
            Came::NeverLeft => {
                take_back(queue, asked);
                Ok(Self::Nothing)
            }
            Came::Broken(broken) => {
                take_back(queue, asked);
                Ok(Self::Broken(broken))
            }
            Came::Failed(error) => {
                free(queue, &asked);
                Err(error)
            }
        }
    }
}

fn free(queue: &mut Queue, asked: &[Waiting]) {
    asked.iter().for_each(|waiting| queue.done(waiting.object_id));
}

fn take_back(queue: &mut Queue, asked: Vec<Waiting>) {
    asked.into_iter().for_each(|waiting| queue.take_back(waiting));
}

#[cfg(test)]
mod tests {
    use rollcall_core::id::{ObjectId, UserId};
    use rollcall_core::issue::Cause;
    use rollcall_core::workload::Workload;
    use rollcall_graph::error::Trace;
    use rollcall_graph::gate::Gate;
    use rollcall_graph::pace::Pace;

    use super::super::judge::{Judgement, judge};
    use super::*;

    fn waiting(attempts: u32) -> Waiting {
        Waiting { user: UserId(1), object_id: ObjectId(uuid::Uuid::nil()), workload: Workload::Mail, attempts }
    }

    fn empty() -> Queue {
        Queue::new(Gate::new(Arc::new(|| Timestamp(0)), Pace::default(), None))
    }

    fn landed(queue: &mut Queue, error: GraphError, pace: &Pace) -> Landed {
        queue.add(waiting(pace.tries - 1), Timestamp(0), Timestamp(0));
        let asked = queue.batch(1, Timestamp(0));
        Landed::of(queue, asked, Err(error)).unwrap()
    }

    #[test]
    fn a_probe_without_an_answer_keeps_the_id_of_its_last_request() {
        let (mut queue, pace) = (empty(), Pace::default());
        let trace = Trace { client_request_id: Some("ours".into()), ..Trace::default() };
        let Landed::Answers(answers) = landed(&mut queue, GraphError::TimedOut(Box::new(trace)), &pace) else { panic!("it was asked") };
        let [(waiting, answer)] = <[_; 1]>::try_from(answers).unwrap();
        let Judgement::Settled(result) = judge(&waiting, answer, true, &pace) else { panic!("it was the last try") };
        assert_eq!((result.cause, result.client_request_id.as_deref()), (Some(Cause::NoAnswer), Some("ours")));
    }

    #[test]
    fn what_never_left_is_in_its_place_again_and_was_no_try() {
        let (mut queue, pace) = (empty(), Pace::default());
        assert!(matches!(landed(&mut queue, GraphError::Offline, &pace), Landed::Broken(Broken { asked: None, .. })));
        assert_eq!(queue.batch(1, Timestamp(0)), [waiting(pace.tries - 1)]);
    }
}
