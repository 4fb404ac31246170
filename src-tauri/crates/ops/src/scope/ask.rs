//! Asks one mailbox now, in the integration's own name, and says why it can or can't be reached.

use std::time::Duration;

use rollcall_core::id::{ObjectId, UserId};
use rollcall_core::scope::clock::Change;
use rollcall_core::scope::finding::{Finding, judge as find, worst};
use rollcall_core::scope::why::Call;
use rollcall_core::time::Timestamp;
use rollcall_core::workload::Workload;
use rollcall_graph::error::Trace;
use rollcall_graph::gate::{Lane, Shut};
use rollcall_graph::probe::Answer;
use rollcall_graph::send::Graph;

use super::prove::may_ask;
use super::show::Stands;
use super::shown::Shown;
use super::sitting::call_of;
use super::why::{MailboxState, Subject, Why, WhyMailbox, look_up, proven};
use crate::connection;
use crate::desk::Desk;
use crate::error::{Code, Error, Result};
use crate::groups::directory;
use crate::job::Job;
use crate::verify::flight::{self, Came};
use crate::verify::judge::{Judgement, judge};
use crate::verify::outage::Broken;
use crate::verify::queue::Waiting;

/// The longest wait between two tries that somebody is left to sit through.
const PATIENCE: Duration = Duration::from_secs(30);

/// Nothing of it is kept: it stands in no proof.
///
/// # Errors
/// Those of [`why`](super::why::why); those of the integration's sign-in; `Throttled` where Microsoft asks for a long wait.
pub async fn ask(desk: &Desk, ask: WhyMailbox, job: &Job) -> Result<Why> {
    let (facts, known) = proven(desk, ask.organization, ask.mailbox.clone()).await?;
    may_ask(&facts.coverage)?;
    let known = known.filter(|known| known.stands == Stands::Now);
    let proof = known.as_ref().map(|known| known.proof);
    let subject = match known {
        Some(known) => {
            let state = MailboxState::look(desk, &facts, known.target.object_id, job).await;
            Subject::known(known.target, state)
        }
        None => {
            let person = look_up(&directory(desk, ask.organization).await?, &ask.mailbox, job).await?;
            Subject::of(desk, ask.organization, &facts.desired, person, job).await?
        }
    };
    let connected = connection::anew(desk, ask.organization, &job.stop).await?;
    let mut calls = Vec::new();
    for &workload in &facts.coverage.workloads {
        let permitted = connected.permitted.contains(&workload);
        calls.push(Box::pin(call(desk, &connected.app.graph, permitted, (subject.object_id, workload), job)).await?);
    }
    let permitted = connected.permitted.clone();
    let shown = desk.read(move |conn| Shown::of(conn, ask.organization, proof, permitted)).await?;
    let mechanism = facts.desired.limit().map(|limit| limit.mechanism);
    let right = |call: &Call| shown.right(mechanism, call.workload);
    let finding = worst(calls.iter().map(|call| find(subject.expected, call.observed, right(call), facts.change, call.at)));
    let confirmed = matches!(finding, Finding::ConfirmedInside | Finding::ConfirmedOutside);
    let settling = facts.change.filter(|change| confirmed && change.is_settling(desk.now()));
    let mut why = subject.why(&facts, &facts.desired, Some(finding), &calls);
    why.mailbox.provisional = settling.map(Change::settles);
    Ok(why)
}

async fn call(desk: &Desk, graph: &Graph, permitted: bool, (object_id, workload): (ObjectId, Workload), job: &Job) -> Result<Call> {
    // The number is for a queue of many, and there is none.
    let mut waiting = Waiting { user: UserId(0), object_id, workload, attempts: 0 };
    loop {
        let guest = graph.gate().visit_when_free(object_id, PATIENCE, &job.stop).await.map_err(|shut| match shut {
            Shut::Stopped => Error::new(Code::Stopped, "stopped before a mailbox was asked"),
            Shut::Held { until } => wait_asked_for(Some(until)),
        })?;
        let answers = flight::ask(graph, &[waiting], desk.now(), &job.stop).await;
        drop(guest);
        let answer = match Came::of(answers, 1) {
            Came::Answers(answers) => answers.into_iter().next().unwrap_or_else(|| Answer::Unanswered(Trace::default())),
            // The mailbox is to be left alone, or all are.
            Came::NeverLeft => {
                let gate = graph.gate();
                return Err(wait_asked_for(gate.held(Lane::Outlook).max(gate.held_mailbox(&[object_id]))));
            }
            Came::Throttled { until } => return Err(wait_asked_for(Some(until))),
            Came::Stopped => return Err(Error::new(Code::Stopped, "stopped while a mailbox was asked")),
            Came::Broken(Broken { error, .. }) | Came::Failed(error) => return Err(error.into()),
        };
        match judge(&waiting, answer, permitted, graph.gate().pace()) {
            Judgement::Settled(result) => return Ok(call_of(*result, desk.now())),
            Judgement::Again { wait, .. } if wait > PATIENCE => return Err(wait_asked_for(Some(graph.gate().now().after(wait)))),
            Judgement::Again { wait, .. } => tokio::select! {
                () = job.stop.cancelled() => return Err(Error::new(Code::Stopped, "stopped while a mailbox was asked")),
                () = tokio::time::sleep(wait) => waiting.attempts += 1,
            },
        }
    }
}

fn wait_asked_for(until: Option<Timestamp>) -> Error {
    Error { until, ..Error::new(Code::Throttled, "Microsoft asks for a longer wait: ask the mailbox again later") }
}
