//! A batch of probes that is sent, and what it came back with.

use rollcall_core::time::Timestamp;
use rollcall_graph::batch;
use rollcall_graph::error::GraphError;
use rollcall_graph::probe::{Answer, Probe, Probed};
use rollcall_graph::send::Graph;
use tokio_util::sync::CancellationToken;

use super::queue::Waiting;

/// Asks the probes of a batch. They come back in the order in which they were asked.
pub(crate) async fn ask(graph: &Graph, batch: &[Waiting], day: Timestamp, stop: &CancellationToken) -> Result<Vec<Probed>, GraphError> {
    let asked: Vec<Probe> =
        batch.iter().map(|waiting| Probe { user: waiting.object_id, workload: waiting.workload, attempt: waiting.attempts + 1 }).collect();
    Box::pin(batch::probe(graph, &asked, day, stop)).await
}

/// What a batch comes to as a whole.
pub(crate) enum Came {
    /// One for each probe; `None` where none came.
    Answers(Vec<Option<Answer>>),
    /// The gate is held for longer than a call waits.
    NeverLeft,
    /// It was throttled as a whole.
    Throttled { until: Timestamp },
    /// Somebody has stopped it. That is dealt with where it is waited for; the probes stay queued.
    Stopped,
    /// The sitting can't go on.
    Failed(GraphError),
}

impl Came {
    /// What the answers to so many probes come to.
    pub fn of(answers: Result<Vec<Probed>, GraphError>, asked: usize) -> Self {
        match answers {
            Ok(answers) => Self::Answers(answers.into_iter().map(|probed| Some(probed.answer)).collect()),
            Err(GraphError::Throttled { trace, .. }) if trace.http.is_none() => Self::NeverLeft,
            Err(GraphError::Throttled { until, .. }) => Self::Throttled { until },
            // Something about this very batch: its probes are asked again, and in the end given up one by one.
            Err(GraphError::Damaged(trace) | GraphError::TooLarge(trace) | GraphError::Unavailable(trace)) => {
                Self::Answers(vec![Some(Answer::Unanswered(*trace)); asked])
            }
            Err(GraphError::TimedOut) => Self::Answers(vec![None; asked]),
            Err(GraphError::Cancelled) => Self::Stopped,
            Err(error) => Self::Failed(error),
        }
    }
}
