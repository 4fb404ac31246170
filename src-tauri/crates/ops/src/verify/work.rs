//! Works on a run: batches go out through the gate, answers come back and are committed in groups before they are shown, and
//! what can't be settled yet goes back to the queue on its own.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use rollcall_core::id::{ObjectId, OrganizationId, RunId, TenantId};
use rollcall_core::issue::{self, Cause, Refusal};
use rollcall_core::rules::Reason;
use rollcall_core::time::Timestamp;
use rollcall_core::verdict::Verdict;
use rollcall_core::workload::Workload;
use rollcall_graph::batch;
use rollcall_graph::error::{GraphError, Trace};
use rollcall_graph::gate::Lane;
use rollcall_graph::pace::Pace;
use rollcall_graph::probe::{Answer, Probe, Probed};
use rollcall_graph::send::Graph;
use rollcall_store::probes::{self, Postponed, ProbeResult};
use rollcall_store::runs::{self, Run, RunEnd};
use rollcall_store::{organizations, settings};
use tokio::task::{JoinError, JoinSet};
use tokio_util::sync::CancellationToken;

use super::queue::{Queue, Waiting};
use super::tally::Tally;
use crate::connection::{self, AppOnly};
use crate::desk::{Desk, Sitting};
use crate::error::{Code, Error, Result};
use crate::job::{Job, Progress};

/// Results are on disk after at most so many of them …
const GROUP: usize = 100;
/// … or after so long, whichever comes first.
const GROUP_AGE: Duration = Duration::from_millis(250);
/// How long a stopped sitting waits for the answers to what it has already asked: promised is that a stop acts within a second.
const LANDING: Duration = Duration::from_millis(700);

/// Works on the run until everything is settled, the job is stopped, or something ends the sitting. Answers the run as it
/// then is; a stopped or broken sitting leaves it interrupted, to be resumed.
pub(super) async fn work(desk: &Desk, claim: &Claim<'_>, connected: Connected, id: RunId, job: &Job) -> Result<Run> {
    claim.name(id);
    let run = desk
        .write(move |tx| {
            runs::resume(tx, id)?;
            runs::get(tx, id)
        })
        .await?;
    let outcome = Box::pin(sit(desk, &run, connected, &claim.stop, job)).await;
    let end = match &outcome {
        Ok(Ended::Settled) => RunEnd::Finished,
        Ok(Ended::Stopped) | Err(_) => RunEnd::Interrupted,
    };
    let now = desk.now();
    let run = desk
        .write(move |tx| {
            runs::finish(tx, id, end, now)?;
            runs::get(tx, id)
        })
        .await?;
    outcome.map(|_| run)
}

/// The integration's own connection, and the workloads that its token opens.
pub(super) struct Connected {
    app: Arc<AppOnly>,
    permitted: Vec<Workload>,
}

/// How a sitting ended.
enum Ended {
    Settled,
    Stopped,
}

async fn sit(desk: &Desk, run: &Run, connected: Connected, stop: &CancellationToken, job: &Job) -> Result<Ended> {
    let Connected { app, permitted } = connected;
    let (id, tenant, now) = (run.id, run.tenant, desk.now());
    let (queued, held) =
        desk.read(move |conn| Ok((probes::queued(conn, id, None, u32::MAX)?, settings::get(conn, &held_key(tenant))?))).await?;
    let mut queue = Queue::default();
    for probe in queued {
        let waiting = Waiting { user: probe.user, object_id: probe.object_id, workload: probe.workload, attempts: probe.attempts };
        queue.add(waiting, probe.due, now);
    }
    if let Some(until) = held {
        app.graph.gate().hold(Lane::Outlook, until);
    }
    let tally = Tally::new(run, app.graph.gate(), now);
    let mut work = Work {
        desk,
        run: run.id,
        tenant,
        graph: app.graph.clone(),
        permitted,
        queue,
        give_up: CancellationToken::new(),
        flights: JoinSet::new(),
        settled: Vec::new(),
        put_off: Vec::new(),
        since: None,
        tally,
    };
    work.all(stop, job).await
}

/// Where a pause that Graph asked for is kept, so that it outlives the process.
fn held_key(tenant: TenantId) -> String {
    format!("held.{tenant}")
}

/// A batch that came back: what it asked, and the answers.
type Flight = (Vec<Waiting>, std::result::Result<Vec<Probed>, GraphError>);

struct Work<'a> {
    desk: &'a Desk,
    run: RunId,
    tenant: TenantId,
    graph: Graph,
    permitted: Vec<Workload>,
    queue: Queue,
    /// Gives up the requests under way.
    give_up: CancellationToken,
    flights: JoinSet<Flight>,
    settled: Vec<ProbeResult>,
    put_off: Vec<Postponed>,
    /// When the oldest result that is not on disk came in.
    since: Option<tokio::time::Instant>,
    tally: Tally,
}

impl Work<'_> {
    async fn all(&mut self, stop: &CancellationToken, job: &Job) -> Result<Ended> {
        loop {
            self.take_off();
            if self.flights.is_empty() && self.queue.is_empty() {
                self.commit(job).await?;
                return Ok(Ended::Settled);
            }
            let commit_at = self.since.map(|since| since + GROUP_AGE);
            let due_in = self.queue.next_due().map(|due| due.since(self.desk.now()).max(Duration::from_millis(1)));
            tokio::select! {
                biased;
                () = stop.cancelled() => return self.land(job).await,
                Some(landed) = self.flights.join_next() => {
                    if let Err(error) = self.landed(landed) {
                        self.commit(job).await?;
                        return Err(error);
                    }
                    if self.settled.len() + self.put_off.len() >= GROUP {
                        self.commit(job).await?;
                    }
                }
                () = tokio::time::sleep_until(commit_at.unwrap_or_else(tokio::time::Instant::now)), if commit_at.is_some() => self.commit(job).await?,
                // In slices, because a timer may stand still while the computer sleeps and the clock doesn't.
                () = tokio::time::sleep(due_in.unwrap_or_default().min(Duration::from_secs(1))), if due_in.is_some() => {}
            }
        }
    }

    /// Sends off as many batches as the gate lets be in flight at once, and one more that waits at the gate.
    fn take_off(&mut self) {
        let most = self.graph.gate().limit(Lane::Outlook) as usize + 1;
        while self.flights.len() < most {
            let now = self.desk.now();
            let batch = self.queue.batch(now);
            if batch.is_empty() {
                return;
            }
            let (graph, stop) = (self.graph.clone(), self.give_up.clone());
            self.flights.spawn(async move {
                let asked: Vec<Probe> = batch.iter().map(|waiting| Probe { user: waiting.object_id, workload: waiting.workload }).collect();
                let answers = Box::pin(batch::probe(&graph, &asked, now, &stop)).await;
                (batch, answers)
            });
        }
    }

    /// Stopped: what was already asked may still answer for a moment, so that it isn't asked again; then it is given up and
    /// stays queued.
    async fn land(&mut self, job: &Job) -> Result<Ended> {
        let deadline = tokio::time::Instant::now() + LANDING;
        while let Ok(Some(landed)) = tokio::time::timeout_at(deadline, self.flights.join_next()).await {
            // The sitting ends in any case; an error of a late answer leaves its probes queued.
            let _ = self.landed(landed);
        }
        self.give_up.cancel();
        self.flights.shutdown().await;
        self.commit(job).await?;
        Ok(Ended::Stopped)
    }

    fn landed(&mut self, landed: std::result::Result<Flight, JoinError>) -> Result<()> {
        let (asked, answers) = landed.map_err(|_| Error::new(Code::Internal, "a batch task ended without an answer"))?;
        self.take_in(asked, answers)
    }

    /// Sorts a batch's answers into settled ones and ones to be asked again. An error ends the sitting; the probes stay queued.
    fn take_in(&mut self, asked: Vec<Waiting>, answers: std::result::Result<Vec<Probed>, GraphError>) -> Result<()> {
        for waiting in &asked {
            self.queue.done(waiting.user);
        }
        self.since.get_or_insert_with(tokio::time::Instant::now);
        match answers {
            Ok(answers) => {
                let mut by_probe: HashMap<(ObjectId, Workload), Answer> =
                    answers.into_iter().map(|probed| ((probed.probe.user, probed.probe.workload), probed.answer)).collect();
                for waiting in asked {
                    let answer = by_probe.remove(&(waiting.object_id, waiting.workload));
                    self.judge(waiting, answer);
                }
                Ok(())
            }
            Err(GraphError::Throttled { until, .. }) => {
                for waiting in asked {
                    self.put_off(waiting, until, waiting.attempts);
                }
                Ok(())
            }
            // Something about this very batch: its probes are asked again, and in the end given up one by one.
            Err(GraphError::Damaged(trace) | GraphError::TooLarge(trace) | GraphError::Unavailable(trace)) => {
                for waiting in asked {
                    self.judge(waiting, Some(Answer::Unanswered((*trace).clone())));
                }
                Ok(())
            }
            Err(GraphError::TimedOut) => {
                for waiting in asked {
                    self.judge(waiting, None);
                }
                Ok(())
            }
            // The stop is dealt with where it is waited for; the probes stay queued.
            Err(GraphError::Cancelled) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    fn judge(&mut self, waiting: Waiting, answer: Option<Answer>) {
        let pace = self.graph.gate().pace().clone();
        match answer {
            Some(Answer::Answered(trace)) => self.settle(waiting, &trace, None),
            Some(Answer::Throttled { trace, retry_after }) => {
                self.tally.throttled();
                match again(&pace, waiting.attempts, pace.throttled_tries, retry_after) {
                    Some(wait) => self.ask_again(waiting, wait),
                    None => self.settle(waiting, &trace, Some(Cause::Throttled)),
                }
            }
            Some(Answer::Refused { trace, retry_after }) => {
                let wait =
                    issue::may_pass(trace.http, &trace.code).then(|| again(&pace, waiting.attempts, pace.tries, retry_after)).flatten();
                match wait {
                    Some(wait) => self.ask_again(waiting, wait),
                    None => {
                        let permitted = self.permitted.contains(&waiting.workload);
                        let cause = issue::diagnose(Refusal { http: trace.http, code: &trace.code, message: trace.message(), permitted });
                        self.settle(waiting, &trace, Some(cause));
                    }
                }
            }
            Some(Answer::Unanswered(trace)) => self.unanswered(waiting, &trace, &pace),
            None => self.unanswered(waiting, &Trace::default(), &pace),
        }
    }

    fn unanswered(&mut self, waiting: Waiting, trace: &Trace, pace: &Pace) {
        match again(pace, waiting.attempts, pace.tries, None) {
            Some(wait) => self.ask_again(waiting, wait),
            None => self.settle(waiting, trace, Some(Cause::NoAnswer)),
        }
    }

    fn ask_again(&mut self, waiting: Waiting, wait: Duration) {
        self.tally.again();
        self.put_off(waiting, self.desk.now().after(wait), waiting.attempts + 1);
    }

    fn put_off(&mut self, waiting: Waiting, due: Timestamp, attempts: u32) {
        self.put_off.push(Postponed { user: waiting.user, workload: waiting.workload, due, attempts });
        self.queue.add(Waiting { attempts, ..waiting }, due, self.desk.now());
    }

    fn settle(&mut self, waiting: Waiting, trace: &Trace, cause: Option<Cause>) {
        self.settled.push(ProbeResult {
            user: waiting.user,
            workload: waiting.workload,
            verdict: cause.map_or(Verdict::Passed, Cause::verdict),
            http: trace.http,
            code: (!trace.code.is_empty()).then(|| trace.code.clone()),
            cause,
            fingerprint: cause.map(|cause| issue::fingerprint(cause, trace.http, &trace.code, waiting.workload)),
            request_id: trace.request_id.clone(),
            client_request_id: trace.client_request_id.clone(),
            attempts: waiting.attempts + 1,
        });
    }

    /// Puts what has come in on disk, and only then tells it.
    async fn commit(&mut self, job: &Job) -> Result<()> {
        self.since = None;
        let (settled, put_off) = (std::mem::take(&mut self.settled), std::mem::take(&mut self.put_off));
        let counters = self.tally.unbooked(self.graph.gate());
        let (id, tenant, now) = (self.run, self.tenant, self.desk.now());
        let held = self.graph.gate().held(Lane::Outlook);
        let run = self
            .desk
            .write(move |tx| {
                if let Some(until) = held {
                    settings::set(tx, &held_key(tenant), &until)?;
                }
                probes::commit(tx, id, &settled, &put_off, counters, now)?;
                runs::get(tx, id)
            })
            .await?;
        job.tell(Progress::Verified(self.tally.line(&run, self.graph.gate(), self.desk.now())));
        Ok(())
    }
}

/// How long to wait before a probe is asked again; `None` when it has been asked often enough. Never less than was asked for.
fn again(pace: &Pace, attempts: u32, tries: u32, retry_after: Option<Duration>) -> Option<Duration> {
    (attempts + 1 < tries)
        .then(|| retry_after.unwrap_or_else(|| pace.wait_after(attempts + 1, u64::from(attempts).wrapping_mul(0x9E37_79B9))))
}

/// While it lives, no other sitting can work on the organization.
pub(super) struct Claim<'a> {
    desk: &'a Desk,
    organization: OrganizationId,
    stop: CancellationToken,
}

impl<'a> Claim<'a> {
    /// Claims the organization for one sitting.
    ///
    /// # Errors
    /// `NotNow` while another sitting works on it.
    pub fn on(desk: &'a Desk, organization: OrganizationId, job: &Job) -> Result<Self> {
        let mut verifying = desk.verifying();
        if verifying.contains_key(&organization) {
            return Err(Error::not_now(Reason::RunUnderWay));
        }
        let stop = job.stop.child_token();
        verifying.insert(organization, Sitting { run: None, stop: stop.clone() });
        Ok(Self { desk, organization, stop })
    }

    /// Connects as the integration, before there is anything to be left half done. A token carries the permissions of the moment
    /// it was issued, so each sitting begins with a new one ("OAuth 2.0 client credentials flow"): what was granted since the
    /// last one counts at once.
    ///
    /// # Errors
    /// `WrongSecret`, `SecretExpired`, `AppUnknown` and the like; those of the network; `Stopped`.
    pub async fn connect(&self) -> Result<Connected> {
        let organization = self.organization;
        let integration = self.desk.read(move |conn| Ok(organizations::get(conn, organization)?.integration)).await?;
        self.desk.app_only().remove(&integration);
        let app = connection::app_only(self.desk, integration).await?;
        let permitted = tokio::select! {
            permitted = app.permitted() => permitted?,
            () = self.stop.cancelled() => return Err(Error::new(Code::Stopped, "stopped while a token was fetched")),
        };
        Ok(Connected { app, permitted })
    }

    /// Says which run it is for.
    fn name(&self, run: RunId) {
        if let Some(sitting) = self.desk.verifying().get_mut(&self.organization) {
            sitting.run = Some(run);
        }
    }
}

impl Drop for Claim<'_> {
    fn drop(&mut self) {
        self.desk.verifying().remove(&self.organization);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_retry_after_is_never_shortened_and_tries_run_out() {
        let pace = Pace::default();
        let long = Duration::from_secs(3_600);
        assert_eq!(again(&pace, 0, 5, Some(long)), Some(long));
        assert!(again(&pace, 3, 5, None).is_some());
        assert_eq!(again(&pace, 4, 5, None), None, "the fifth try was the last");
    }
}
