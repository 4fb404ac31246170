//! One sitting at a proof: the probes of a verification, through the same gate and batches; a mailbox is stored once all of its
//! workloads have answered, and stored before it is told.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use rollcall_core::id::{ProofId, UserId};
use rollcall_core::scope::Expected;
use rollcall_core::scope::finding::{Finding, Observed, judge as find, worst};
use rollcall_core::scope::why::Call;
use rollcall_core::time::Timestamp;
use rollcall_graph::error::GraphError;
use rollcall_graph::gate::{Gate, Lane};
use rollcall_graph::party::Party;
use rollcall_graph::probe::Probed;
use rollcall_graph::send::Graph;
use rollcall_store::probes::ProbeResult;
use rollcall_store::proofs::{self, Proof, Settled};
use rollcall_store::runs::RunState;
use tokio::task::JoinSet;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::show::ProofView;
use super::shown::Shown;
use crate::claim::Claim;
use crate::connection::Connected;
use crate::cut_off;
use crate::desk::Desk;
use crate::error::{Code, Error, Result};
use crate::job::{Job, Progress, Proven};
use crate::told::Told;
use crate::verify::flight::{self, Landed, ask};
use crate::verify::judge::{Judgement, judge};
use crate::verify::outage::{Broken, Line, broke_off};
use crate::verify::queue::{Queue, Waiting};

/// Mailboxes that are read at a time, whenever fewer probes than these are at hand.
const WINDOW: u32 = 1_000;
const LOW: usize = 1_300;
/// Mailboxes that are put on disk together, or whatever there is after so long.
const GROUP: usize = 100;
const GROUP_AGE: Duration = Duration::from_millis(250);

/// Works on a proof until everything has come to something, the job is stopped, or something ends it.
pub(super) async fn work(desk: &Desk, claim: &Claim<'_, ProofId>, connected: &Connected, id: ProofId, job: &Job) -> Result<ProofView> {
    claim.name(id);
    desk.cut_off().proofs.retain(|cut_off| *cut_off != id);
    let now = desk.now();
    let proof = desk
        .write(move |tx| {
            cut_off::taken_up(tx, id)?;
            proofs::mark(tx, id, RunState::Running, now)?;
            proofs::get(tx, id)
        })
        .await?;
    let graph = connected.app.graph.of(Party::Proof(claim.organization));
    let (organization, permitted) = (claim.organization, connected.permitted.clone());
    let shown = desk.read(move |conn| Shown::of(conn, organization, Some(id), permitted)).await?;
    let ended = Box::pin(sit(desk, proof, graph, shown, &claim.stop, job)).await;
    connected.app.graph.gate().forget(Party::Proof(claim.organization));
    let state = if matches!(ended, Ok(true)) { RunState::Finished } else { RunState::Interrupted };
    let broken_off = matches!(&ended, Err(error) if broke_off(error.code));
    let now = desk.now();
    let proof = desk
        .write(move |tx| {
            proofs::mark(tx, id, state, now)?;
            if broken_off {
                cut_off::note(tx, id)?;
            }
            proofs::get(tx, id)
        })
        .await?;
    ended.map(|_| proof.into())
}

/// Sits at it. Answers whether everything has come to something; it hasn't when somebody stopped it.
async fn sit(desk: &Desk, proof: Proof, graph: Graph, shown: Shown, stop: &CancellationToken, job: &Job) -> Result<bool> {
    let gate = Arc::clone(graph.gate());
    let told = Told::nothing(&gate);
    let mut sitting = Sitting {
        desk,
        proof,
        graph,
        queue: Queue::new(Arc::clone(&gate)),
        gate,
        shown,
        after: Some(0),
        open: HashMap::new(),
        give_up: CancellationToken::new(),
        flights: JoinSet::new(),
        settled: Vec::new(),
        put_off: Vec::new(),
        since: None,
        line: Line::default(),
        told,
    };
    let ended = sitting.all(stop, job).await;
    sitting.commit(job).await?;
    sitting.judge_anew().await?;
    ended
}

type Flight = (Vec<Waiting>, std::result::Result<Vec<Probed>, GraphError>);

/// A mailbox that is being asked.
struct Open {
    waiting: proofs::Waiting,
    calls: Vec<Call>,
}

struct Sitting<'a> {
    desk: &'a Desk,
    proof: Proof,
    graph: Graph,
    gate: Arc<Gate>,
    shown: Shown,
    /// Probes that wait; a mailbox is known to it by its number.
    queue: Queue,
    /// Up to which number the mailboxes that wait were read; `None` when all were.
    after: Option<u32>,
    open: HashMap<u32, Open>,
    give_up: CancellationToken,
    flights: JoinSet<Flight>,
    settled: Vec<Settled>,
    put_off: Vec<(u32, Timestamp)>,
    since: Option<Instant>,
    line: Line,
    told: Told<Proven>,
}

impl Sitting<'_> {
    async fn all(&mut self, stop: &CancellationToken, job: &Job) -> Result<bool> {
        loop {
            self.read().await?;
            self.take_off();
            if self.after.is_none() && self.queue.is_empty() && self.flights.is_empty() {
                return Ok(true);
            }
            let aged = self.since.is_some_and(|since| since.elapsed() >= GROUP_AGE);
            if self.settled.len() + self.put_off.len() >= GROUP || aged {
                self.commit(job).await?;
            }
            if self.told.look_in(self.gate.now()).is_zero() {
                self.tell(job);
            }
            let wake = self.wake_in();
            tokio::select! {
                biased;
                () = stop.cancelled() => {
                    self.land().await;
                    return Ok(false);
                }
                Some(landed) = self.flights.join_next() => {
                    let (asked, answers) =
                        landed.map_err(|_| Error::new(Code::Internal, "a batch task ended without an answer"))?;
                    self.take_in(asked, answers)?;
                }
                () = tokio::time::sleep(wake) => {}
            }
        }
    }

    /// In slices, because a timer may stand still while the computer sleeps and the clock doesn't.
    fn wake_in(&self) -> Duration {
        let now = self.gate.now();
        let due = self.queue.look_again_in(now);
        let held = self.gate.held(Lane::Outlook).map(|until| until.since(now));
        let commit = self.since.map(|since| GROUP_AGE.saturating_sub(since.elapsed()));
        let line = self.line.again(now).map(|again| again.since(now));
        let look = self.told.look_in(now);
        [due, held, commit, line].into_iter().flatten().fold(look, Duration::min).min(Duration::from_secs(1))
    }

    async fn read(&mut self) -> Result<()> {
        let now = self.gate.now();
        while let Some(after) = self.after.filter(|_| self.queue.ready(now) < LOW) {
            let id = self.proof.id;
            let rows = self.desk.read(move |conn| proofs::waiting(conn, id, after, WINDOW)).await?;
            self.after = rows.last().map(|last| last.number);
            for waiting in rows {
                // One that was never put off is due from the start, whatever the clocks say.
                let due = if waiting.due.0 == 0 { now } else { self.gate.by_ours(waiting.due) };
                for &workload in &self.proof.workloads {
                    let probe = Waiting { user: UserId(waiting.number), object_id: waiting.object_id, workload, attempts: 0 };
                    self.queue.add(probe, due, now);
                }
                self.open.insert(waiting.number, Open { waiting, calls: Vec::new() });
            }
        }
        Ok(())
    }

    fn take_off(&mut self) {
        if self.line.again(self.gate.now()).is_some() {
            return;
        }
        while (!self.line.is_down() || self.flights.is_empty())
            && let Some(batch) = flight::next(&mut self.queue, self.flights.len(), self.after.is_none(), u32::MAX)
        {
            let (graph, stop, day) = (self.graph.clone(), self.give_up.clone(), self.desk.now());
            self.flights.spawn(async move {
                let answers = ask(&graph, &batch, day, &stop).await;
                (batch, answers)
            });
        }
    }

    async fn land(&mut self) {
        for (asked, answers) in flight::land(&mut self.flights, &self.give_up).await.into_iter().flatten() {
            // The sitting ends in any case.
            let _ = self.take_in(asked, answers);
        }
    }

    /// An error ends the sitting; the mailboxes stay waiting.
    fn take_in(&mut self, asked: Vec<Waiting>, answers: std::result::Result<Vec<Probed>, GraphError>) -> Result<()> {
        self.line.hears(&answers);
        let answers = match Landed::of(&mut self.queue, asked, answers)? {
            Landed::Answers(answers) => answers,
            Landed::Broken(Broken { asked, error }) => {
                let random = Uuid::new_v4().as_u64_pair().1;
                let waits = self.line.fails(self.gate.now(), asked, self.gate.pace(), random);
                return if waits { Ok(()) } else { Err(error.into()) };
            }
            Landed::Throttled { asked, until } => {
                asked.into_iter().for_each(|waiting| self.again(waiting, until, waiting.attempts.max(1)));
                return Ok(());
            }
            Landed::Nothing => return Ok(()),
        };
        let gate = Arc::clone(&self.gate);
        for (waiting, answer) in answers {
            match judge(&waiting, answer, self.shown.is_permitted(waiting.workload), gate.pace()) {
                Judgement::Settled(result) => self.answered(call_of(*result, self.desk.now()), waiting.user.0),
                Judgement::Again { wait, .. } => self.again(waiting, gate.now().after(wait), waiting.attempts + 1),
            }
        }
        Ok(())
    }

    fn answered(&mut self, call: Call, number: u32) {
        let Some(mut open) = self.open.remove(&number) else { return };
        open.calls.push(call);
        if open.calls.len() < self.proof.workloads.len() {
            self.open.insert(number, open);
            return;
        }
        let Open { waiting, mut calls } = open;
        calls.sort_by_key(|call| call.workload);
        if waiting.expected == Expected::Inside {
            calls.iter().filter(|call| call.observed == Observed::Answered).for_each(|call| self.shown.note(call.workload));
        }
        let finding = self.finding(waiting.expected, &calls);
        let asked = calls.iter().map(|call| call.at).max().unwrap_or_else(|| self.desk.now());
        self.settled.push(Settled { number, finding, asked, calls });
        self.since.get_or_insert_with(Instant::now);
    }

    fn finding(&self, expected: Expected, calls: &[Call]) -> Finding {
        let mechanism = self.proof.desired.limit().map(|limit| limit.mechanism);
        let right = |call: &Call| self.shown.right(mechanism, call.workload);
        worst(calls.iter().map(|call| find(expected, call.observed, right(call), self.proof.change, call.at)))
    }

    /// Judges those anew that were refused before the first mailbox inside answered, and so showed that the application may open any.
    async fn judge_anew(&self) -> Result<()> {
        let (id, mut after) = (self.proof.id, 0);
        loop {
            let rows = self.desk.read(move |conn| proofs::unknown_outside(conn, id, after, WINDOW)).await?;
            let Some(last) = rows.last() else { return Ok(()) };
            after = last.number;
            let judged = rows.into_iter().map(|row| Settled { finding: self.finding(Expected::Outside, &row.calls), ..row });
            let judged: Vec<Settled> = judged.filter(|row| row.finding != Finding::Unknown).collect();
            if !judged.is_empty() {
                self.desk.write(move |tx| proofs::commit(tx, id, &judged, &[])).await?;
            }
        }
    }

    /// Puts a probe off to a moment of the gate's clock; on disk it is one of the service's, which nobody sets.
    fn again(&mut self, waiting: Waiting, due: Timestamp, attempts: u32) {
        self.put_off.push((waiting.user.0, self.gate.by_service(due)));
        self.since.get_or_insert_with(Instant::now);
        self.queue.add(Waiting { attempts, ..waiting }, due, self.gate.now());
    }

    async fn commit(&mut self, job: &Job) -> Result<()> {
        self.since = None;
        let (settled, put_off) = (std::mem::take(&mut self.settled), std::mem::take(&mut self.put_off));
        let id = self.proof.id;
        for one in &settled {
            self.proof.tally.add(one.finding, 1);
            self.proof.tally.waiting = self.proof.tally.waiting.saturating_sub(1);
        }
        if !(settled.is_empty() && put_off.is_empty()) {
            self.desk.write(move |tx| proofs::commit(tx, id, &settled, &put_off)).await?;
        }
        self.tell(job);
        Ok(())
    }

    fn tell(&mut self, job: &Job) {
        let tally = &self.proof.tally;
        let line = Proven {
            proof: self.proof.id.0,
            organization: self.proof.organization.0,
            done: tally.asked(),
            total: tally.asked() + tally.waiting,
            leaks: tally.leaks,
            lock_outs: tally.lock_outs,
            waiting_until: self.told.until(self.gate.held(Lane::Outlook).map(|until| self.desk.by_day(until))),
        };
        if let Some(line) = self.told.news(line, self.gate.now()) {
            job.tell(Progress::Proven(line));
        }
    }
}

/// What an answer shows of the scope.
pub(super) fn call_of(result: ProbeResult, at: Timestamp) -> Call {
    let ProbeResult { workload, cause, http, code, request_id, .. } = result;
    Call { workload, observed: Observed::of(cause, http), http, code, request_id, at }
}
