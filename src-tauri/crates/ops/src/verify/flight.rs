//! A batch of probes that is sent, and what it came back with.

use rollcall_core::time::Timestamp;
use rollcall_graph::batch;
use rollcall_graph::error::GraphError;
use rollcall_graph::probe::{Answer, Probe, Probed};
use rollcall_graph::send::Graph;
use tokio_util::sync::CancellationToken;

use super::queue::{Queue, Waiting};

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
    /// Somebody has stopped it, which is dealt with where that is waited for.
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

/// What is left to be done about a batch that came back.
pub(crate) enum Landed {
    /// Each probe with its answer; `None` where none came.
    Answers(Vec<(Waiting, Option<Answer>)>),
    /// They are to be put off.
    Throttled {
        asked: Vec<Waiting>,
        until: Timestamp,
    },
    Nothing,
}

impl Landed {
    /// Tells the queue that the batch is back. What never left is in it again; what somebody has stopped waits on disk.
    ///
    /// # Errors
    /// What ends the sitting.
    pub fn of(queue: &mut Queue, asked: Vec<Waiting>, answers: Result<Vec<Probed>, GraphError>) -> Result<Self, GraphError> {
        let came = Came::of(answers, asked.len());
        if matches!(came, Came::NeverLeft) {
            asked.into_iter().for_each(|waiting| queue.take_back(waiting));
            return Ok(Self::Nothing);
        }
        asked.iter().for_each(|waiting| queue.done(waiting.user));
        match came {
            Came::Answers(answers) => Ok(Self::Answers(asked.into_iter().zip(answers).collect())),
            Came::Throttled { until } => Ok(Self::Throttled { asked, until }),
            Came::NeverLeft | Came::Stopped => Ok(Self::Nothing),
            Came::Failed(error) => Err(error),
        }
    }
}
