//! One sitting at a run: batches go out through the gate, answers come back and are committed in groups before they are shown, and
//! what can't be settled yet goes back to the queue on its own. Sending, storing, reading the queue and planning go on side by side.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use rollcall_core::address::SignInNeed;
use rollcall_core::id::ObjectId;
use rollcall_core::issue::Cause;
use rollcall_core::time::Timestamp;
use rollcall_core::verdict::Verdict;
use rollcall_core::workload::Workload;
use rollcall_graph::error::{GraphError, Trace};
use rollcall_graph::gate::{Gate, Lane, Pause};
use rollcall_graph::party::Party;
use rollcall_graph::probe::Probed;
use rollcall_identity::error::{IdentityError, Kind};
use rollcall_store::mailboxes;
use rollcall_store::probes::{self, Postponed, ProbeResult, QueuedProbe, Recorded};
use rollcall_store::runs::{self, Counters, Run};
use tokio::task::{JoinError, JoinSet};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::flight::{self, Landed, Later, ask, done};
use super::judge::{Judgement, judge, sign_in_refused, unasked};
use super::outage::Line;
use super::pace;
use super::queue::{Queue, Waiting};
use super::reach::{Reach, Way};
use super::tally::Tally;
use crate::connection::{Connected, Delegated};
use crate::desk::Desk;
use crate::error::{Code, Error, Result};
use crate::job::{Job, Progress};
use crate::mailboxes::tokens;

/// A group of results is put on disk when it has so many, and the last group was begun so long ago: each one costs a wait for the
/// disk and a page of every index that it touches, whatever is in it, and nobody reads more than four a second. As long as no mailbox is
/// done, somebody waits to see the first one …
const GROUP: usize = 100;
const APART: Duration = Duration::from_millis(240);
const APART_AT_FIRST: Duration = Duration::from_millis(100);
/// … or when its first result is so old …
const GROUP_AGE: Duration = Duration::from_millis(250);
/// … or when it has so many that the wait for the disk is little beside the rest, whichever comes first.
const FULL_GROUP: usize = 4_000;
/// While so many results wait for the disk nothing more is asked.
const MOST_UNSTORED: usize = 5_000;
/// Queued probes that are read at a time …
const WINDOW: u32 = 4_000;
/// … whenever fewer than these are at hand, which is more than can be asked before they are here.
const LOW: usize = 2_600;
/// Mailboxes that are planned at a time, while others are being asked: few enough that no answer waits long for the disk meanwhile.
const PLANNED_AT_ONCE: u32 = 2_000;

/// How a sitting ended.
pub(super) enum Ended {
    Settled,
    Stopped,
    /// Nothing can be asked before that moment of the gate's clock, which is longer away than anybody sits and waits.
    Parked {
        until: Timestamp,
    },
}

/// Sits at the run until everything is settled, nothing can be asked for a long time, or `stop` says so.
///
/// # Errors
/// Whatever ends it for good: no connection, a refused secret, a full disk. What was answered before is stored.
pub(super) async fn sit(desk: &Desk, run: Run, reach: &Reach<'_>, stop: &CancellationToken, job: &Job) -> Result<Ended> {
    let gate = Arc::clone(reach.gate());
    let mut sitting = Sitting {
        desk,
        tally: Tally::new(&run, &gate),
        run,
        reach,
        queue: Queue::new(Arc::clone(&gate)),
        gate,
        rows: Rows::More { after: None },
        planned: false,
        give_up: CancellationToken::new(),
        flights: JoinSet::new(),
        to_open: VecDeque::new(),
        opening: None,
        settled: Vec::new(),
        put_off: Vec::new(),
        refused: Vec::new(),
        since: None,
        last_commit: None,
        committing: None,
        reading: None,
        planning: None,
        line: Line::default(),
    };
    let ended = sitting.all(stop, job).await;
    if let Some(measured) = sitting.tally.measured(&sitting.run, &sitting.gate) {
        let tenant = sitting.run.tenant;
        desk.write(move |tx| pace::remember(tx, tenant, &measured)).await?;
    }
    ended
}

/// A batch that came back: what it asked, and what came of it.
type Flight = (Vec<Waiting>, Landing);

/// What came of a batch.
enum Landing {
    Answers {
        answers: std::result::Result<Vec<Probed>, GraphError>,
        /// The workloads that the token opens.
        permitted: Vec<Workload>,
    },
    /// The user's sign-in gave no token, so nothing was asked.
    NoToken(Box<IdentityError>),
}

/// What a user asks itself, with the connection to ask it; `None` where the token isn't at hand any more.
type Opened = (Vec<Waiting>, Option<Arc<Delegated>>);

struct Sitting<'a> {
    desk: &'a Desk,
    /// The run, with the figures that are on disk.
    run: Run,
    reach: &'a Reach<'a>,
    gate: Arc<Gate>,
    queue: Queue,
    rows: Rows,
    /// Whether all probes of the run are on disk.
    planned: bool,
    /// Gives up the requests under way.
    give_up: CancellationToken,
    flights: JoinSet<Flight>,
    /// What users ask themselves and whose token is still to be opened, and that whose token is on its way.
    to_open: VecDeque<Vec<Waiting>>,
    opening: Later<'a, Opened>,
    settled: Vec<ProbeResult>,
    put_off: Vec<Postponed>,
    /// Whose sign-in was refused, with the number that says why.
    refused: Vec<(ObjectId, Option<u32>)>,
    /// When the oldest result that is not on its way to disk came in.
    since: Option<Instant>,
    last_commit: Option<Instant>,
    committing: Later<'a, (Recorded, Counters)>,
    /// What is read, and whether all was planned by then.
    reading: Later<'a, (Vec<QueuedProbe>, bool)>,
    planning: Later<'a, bool>,
    tally: Tally,
    line: Line,
}

/// How much of the durable queue has been read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Rows {
    /// All up to a turn.
    More {
        after: Option<i64>,
    },
    /// All there are so far; more are being planned.
    Dry {
        after: Option<i64>,
    },
    All,
}

/// What happened next.
enum Event {
    Stopped,
    Landed(std::result::Result<Flight, JoinError>),
    Opened(Result<Opened>),
    Committed(Result<(Recorded, Counters)>),
    Read(Result<(Vec<QueuedProbe>, bool)>),
    Planned(Result<bool>),
    Time,
}

impl<'a> Sitting<'a> {
    async fn all(&mut self, stop: &CancellationToken, job: &Job) -> Result<Ended> {
        loop {
            self.plan();
            self.read();
            self.take_off();
            self.commit();
            if self.is_done() {
                return Ok(Ended::Settled);
            }
            if let Some(until) = self.too_long_a_wait() {
                self.land(job).await?;
                return Ok(Ended::Parked { until });
            }
            self.tell_meanwhile(job);
            match self.next(stop).await {
                Event::Stopped => {
                    self.land(job).await?;
                    return Ok(Ended::Stopped);
                }
                Event::Landed(landed) => {
                    if let Err(error) = self.landed(landed) {
                        self.land(job).await?;
                        return Err(error);
                    }
                    if self.line.is_down() {
                        self.tell(job);
                    }
                }
                Event::Opened(Ok(opened)) => self.opened(opened),
                Event::Opened(Err(error)) => {
                    self.land(job).await?;
                    return Err(error);
                }
                Event::Committed(committed) => self.committed(committed?, job),
                Event::Read(read) => self.add(read?),
                Event::Planned(more) => self.on_planned(more?),
                Event::Time => {}
            }
        }
    }

    async fn next(&mut self, stop: &CancellationToken) -> Event {
        let wake = self.wake_in();
        let Self { flights, opening, committing, reading, planning, .. } = self;
        tokio::select! {
            biased;
            () = stop.cancelled() => Event::Stopped,
            // The disk goes first: its work begins when it is first looked at, and answers may come without a gap.
            committed = done(committing) => Event::Committed(committed),
            rows = done(reading) => Event::Read(rows),
            more = done(planning) => Event::Planned(more),
            opened = done(opening) => Event::Opened(opened),
            Some(landed) = flights.join_next() => Event::Landed(landed),
            () = tokio::time::sleep(wake) => Event::Time,
        }
    }

    /// When there is something to do though nothing happens. In slices, because a timer may stand still while the computer sleeps and
    /// the clock doesn't.
    fn wake_in(&self) -> Duration {
        let now = self.gate.now();
        let due = self.queue.look_again_in(now);
        let held = self.gate.held(Lane::Outlook).map(|until| until.since(now));
        let commit = self.commit_in().filter(|_| self.committing.is_none());
        let line = self.line.again(now).map(|again| again.since(now));
        let next = [due, held, commit, line].into_iter().flatten().min();
        next.map_or(Duration::from_secs(1), |wait| wait.min(Duration::from_secs(1))).min(self.tally.look_in(now))
    }

    fn is_done(&self) -> bool {
        let asked = self.planned && self.rows == Rows::All && self.reading.is_none() && self.queue.is_empty() && self.is_idle();
        asked && self.committing.is_none() && self.settled.is_empty() && self.put_off.is_empty()
    }

    /// Whether nothing is asked, nor about to be.
    fn is_idle(&self) -> bool {
        self.flights.is_empty() && self.opening.is_none()
    }

    /// Until when nothing can be asked, if that is longer than the pace's patience.
    fn too_long_a_wait(&mut self) -> Option<Timestamp> {
        let now = self.gate.now();
        self.nothing_before().max(self.line.again(now)).filter(|until| until.since(now) > self.gate.pace().patience)
    }

    /// Until when nothing is asked: the service has asked for a pause, or all that is left was put off.
    fn nothing_before(&mut self) -> Option<Timestamp> {
        let now = self.gate.now();
        let held = self.gate.held(Lane::Outlook);
        let idle = self.rows == Rows::All && self.reading.is_none() && self.is_idle() && self.queue.ready(now) == 0;
        let due = self.queue.next_due().filter(|_| idle);
        held.max(due)
    }

    /// Has the rest of the probes written, while those that are there are asked.
    fn plan(&mut self) {
        if !self.planned && self.planning.is_none() {
            let (desk, id) = (self.desk, self.run.id);
            self.planning = Some(Box::pin(async move { desk.write(move |tx| runs::plan_more(tx, id, PLANNED_AT_ONCE)).await }));
        }
    }

    fn on_planned(&mut self, more: bool) {
        self.planned = !more;
        if let Rows::Dry { after } = self.rows {
            self.rows = Rows::More { after };
        }
    }

    /// Reads more of the durable queue before the probes at hand run out.
    fn read(&mut self) {
        let Rows::More { after } = self.rows else { return };
        if self.reading.is_none() && self.queue.ready(self.gate.now()) < LOW {
            let (desk, id, planned) = (self.desk, self.run.id, self.planned);
            self.reading = Some(Box::pin(async move {
                let rows = desk.read(move |conn| probes::queued(conn, id, after, WINDOW)).await?;
                Ok((rows, planned))
            }));
        }
    }

    fn add(&mut self, (rows, planned): (Vec<QueuedProbe>, bool)) {
        let now = self.gate.now();
        self.rows = match (rows.last(), self.rows) {
            (Some(last), _) => Rows::More { after: Some(last.turn) },
            (None, _) if planned => Rows::All,
            // What was planned since then is behind what was read.
            (None, Rows::More { after }) if !self.planned => Rows::Dry { after },
            (None, rows) => rows,
        };
        for QueuedProbe { user, object_id, workload, due, attempts, .. } in rows {
            // A probe that was never put off is due from the start, whatever the clocks say.
            let ours = if attempts == 0 { now } else { self.gate.by_ours(due) };
            let object_id = self.reach.first(user, object_id);
            if ours > now {
                // What the mailbox asked for holds for what else is read there, too.
                self.gate.restore_mailbox(object_id, Pause { until: due, long: ours.since(now) });
            }
            self.queue.add(Waiting { user, object_id, workload, attempts }, ours, now);
        }
    }

    /// Sends off as many requests as the gate lets; on a line that is down one at a time, each after a wait.
    fn take_off(&mut self) {
        if self.line.again(self.gate.now()).is_some() {
            return;
        }
        let most = if self.reach.is_one_by_one() { self.gate.per_mailbox() } else { u32::MAX };
        while self.settled.len() < MOST_UNSTORED {
            let whole = self.rows == Rows::All;
            let under_way = self.flights.len() + self.to_open.len() + usize::from(self.opening.is_some());
            if self.line.is_down() && under_way > 0 {
                return;
            }
            let Some(batch) = flight::next(&mut self.queue, under_way, whole, most) else { return };
            self.send(batch);
        }
    }

    /// Sends off what the integration asks as one request, and what users ask as one for each.
    fn send(&mut self, batch: Vec<Waiting>) {
        let (mut together, mut by_users) = (Vec::with_capacity(batch.len()), Vec::new());
        let (mut application, reach) = (None, self.reach);
        for waiting in batch {
            match reach.way(&waiting) {
                Way::Application(connected) => {
                    application = Some(connected);
                    together.push(waiting);
                }
                Way::User => match by_users
                    .iter_mut()
                    .find(|of_one: &&mut Vec<Waiting>| of_one.first().is_some_and(|first| first.object_id == waiting.object_id))
                {
                    Some(of_one) => of_one.push(waiting),
                    None => by_users.push(vec![waiting]),
                },
                Way::Unasked(cause) => self.leave_out(&waiting, cause),
            }
        }
        if let Some(Connected { app, opened, .. }) = application {
            let (graph, permitted) = (app.graph.of(Party::Run(self.run.id)), opened.clone());
            let (stop, day) = (self.give_up.clone(), self.desk.now());
            self.flights.spawn(async move {
                let answers = ask(&graph, &together, day, &stop).await;
                (together, Landing::Answers { answers, permitted })
            });
        }
        self.to_open.extend(by_users);
        self.open_next();
    }

    /// Has the token of the next user opened, one at a time, beside what is being asked.
    fn open_next(&mut self) {
        if self.opening.is_some() {
            return;
        }
        let Some(batch) = self.to_open.pop_front() else { return };
        let Some(account) = batch.first().map(|waiting| waiting.object_id) else { return };
        let reach = self.reach;
        self.opening = Some(Box::pin(async move { Ok((batch, reach.open(account).await?)) }));
    }

    /// The token that was on its way is here; whoever's isn't at hand any more has to sign in again.
    fn opened(&mut self, (batch, sign_in): Opened) {
        match sign_in {
            Some(user) => self.take_off_as(user, batch),
            None => batch.iter().for_each(|waiting| self.leave_out(waiting, Cause::NeedsUserSignIn)),
        }
        self.open_next();
    }

    /// Settles a probe that isn't asked.
    fn leave_out(&mut self, waiting: &Waiting, cause: Cause) {
        self.queue.done(waiting.object_id);
        self.settle(waiting, unasked(waiting, cause));
    }

    /// Asks one mailbox with its user's own token.
    fn take_off_as(&mut self, user: Arc<Delegated>, batch: Vec<Waiting>) {
        let (run, stop, day) = (self.run.id, self.give_up.clone(), self.desk.now());
        self.flights.spawn(async move {
            match user.permitted().await {
                Ok(permitted) => match ask(&user.graph.of(Party::Run(run)), &batch, day, &stop).await.map_err(tokens::of_sign_in) {
                    Ok(answers) => (batch, Landing::Answers { answers: Ok(answers), permitted }),
                    Err(Err(error)) => (batch, Landing::Answers { answers: Err(error), permitted }),
                    Err(Ok(refused)) => (batch, Landing::NoToken(refused)),
                },
                Err(refused) => (batch, Landing::NoToken(Box::new(refused))),
            }
        });
    }

    /// Ends the sitting: what is about to be answered may, what is under way is given up, and what has come in is put on disk.
    async fn land(&mut self, job: &Job) -> Result<()> {
        for landed in flight::land(&mut self.flights, &self.give_up).await {
            // The sitting ends in any case; an error of a late answer leaves its probes queued.
            let _ = self.landed(landed);
        }
        self.to_open.clear();
        self.opening = None;
        self.store_all(job).await
    }

    /// Puts everything that has come in on disk, before the sitting ends.
    async fn store_all(&mut self, job: &Job) -> Result<()> {
        loop {
            if let Some(committing) = self.committing.take() {
                self.committed(committing.await?, job);
            }
            if self.settled.is_empty() && self.put_off.is_empty() {
                return Ok(());
            }
            self.start_commit();
        }
    }

    fn landed(&mut self, landed: std::result::Result<Flight, JoinError>) -> Result<()> {
        let (asked, landing) = landed.map_err(|_| Error::new(Code::Internal, "a batch task ended without an answer"))?;
        match landing {
            Landing::Answers { answers, permitted } => self.take_in(asked, answers, &permitted),
            Landing::NoToken(refused) => self.without_token(asked, *refused),
        }
    }

    /// A refusal is about that user alone and is settled; what may pass is asked again; what is about the connection ends the sitting.
    fn without_token(&mut self, asked: Vec<Waiting>, refused: IdentityError) -> Result<()> {
        if tokens::ends_sign_in(&refused) {
            for waiting in &asked {
                self.queue.done(waiting.object_id);
                self.settle(waiting, sign_in_refused(waiting, &refused));
            }
            self.refused.extend(asked.first().map(|waiting| (waiting.object_id, refused.aadsts)));
            return Ok(());
        }
        if refused.kind == Kind::Offline {
            asked.into_iter().for_each(|waiting| self.queue.take_back(waiting));
            return self.falls(None, refused.into());
        }
        if let Some(wait) = refused.retry_after.filter(|_| refused.may_pass()) {
            let until = self.gate.now().after(wait);
            for waiting in asked {
                self.queue.done(waiting.object_id);
                self.put_off(waiting, until, waiting.attempts.max(1));
            }
            return Ok(());
        }
        if matches!(refused.kind, Kind::TryLater | Kind::Truncated) {
            let trace = Trace { request_id: refused.correlation_id.map(|id| id.to_string()), ..Trace::default() };
            return self.take_in(asked, Err(GraphError::TimedOut(Box::new(trace))), &[]);
        }
        asked.iter().for_each(|waiting| self.queue.done(waiting.object_id));
        Err(refused.into())
    }

    /// Sorts a batch's answers into settled ones and ones to be asked again. An error ends the sitting; the probes stay queued.
    fn take_in(
        &mut self,
        asked: Vec<Waiting>,
        answers: std::result::Result<Vec<Probed>, GraphError>,
        permitted: &[Workload],
    ) -> Result<()> {
        self.line.hears(&answers);
        let answers = match Landed::of(&mut self.queue, asked, answers)? {
            Landed::Answers(answers) => answers,
            Landed::Broken(broken) => return self.falls(broken.asked, broken.error.into()),
            Landed::Throttled { asked, until } => {
                asked.into_iter().for_each(|waiting| self.put_off(waiting, until, waiting.attempts.max(1)));
                return Ok(());
            }
            Landed::Nothing => return Ok(()),
        };
        let gate = Arc::clone(&self.gate);
        for (waiting, answer) in answers {
            let permitted = permitted.contains(&waiting.workload);
            match judge(&waiting, answer, permitted, gate.pace()) {
                Judgement::Settled(result) => self.settle(&waiting, *result),
                Judgement::Again { wait, throttled } => {
                    self.tally.again(throttled);
                    self.put_off(waiting, gate.now().after(wait), waiting.attempts + 1);
                }
            }
        }
        Ok(())
    }

    /// Nothing gets through. It is waited for, until that has lasted too long.
    fn falls(&mut self, asked: Option<Duration>, error: Error) -> Result<()> {
        let random = Uuid::new_v4().as_u64_pair().1;
        if self.line.fails(self.gate.now(), asked, self.gate.pace(), random) { Ok(()) } else { Err(error) }
    }

    /// Takes in what a mailbox came to. Where that is a pass and the user has more of them, the next one is asked before it counts.
    fn settle(&mut self, waiting: &Waiting, result: ProbeResult) {
        if result.verdict == Verdict::Passed
            && let Some(object_id) = self.reach.next(waiting)
        {
            let now = self.gate.now();
            self.queue.add(Waiting { object_id, attempts: 0, ..*waiting }, now, now);
            return;
        }
        self.settled.push(ProbeResult { mailbox: self.reach.address(waiting), ..result });
        self.since.get_or_insert_with(Instant::now);
    }

    /// Puts a probe off to a moment of the gate's clock; on disk it is one of the service's, which nobody sets.
    fn put_off(&mut self, waiting: Waiting, due: Timestamp, attempts: u32) {
        let kept = Postponed { user: waiting.user, workload: waiting.workload, due: self.gate.by_service(due), attempts };
        self.put_off.push(kept);
        self.since.get_or_insert_with(Instant::now);
        self.queue.add(Waiting { attempts, ..waiting }, due, self.gate.now());
    }

    /// Puts what has come in on its way to disk, when it is time and the last group is there.
    fn commit(&mut self) {
        if self.committing.is_none() && self.commit_in().is_some_and(|wait| wait.is_zero()) {
            self.start_commit();
        }
    }

    /// How long it is until what has come in should be on its way to disk; `None` while there is nothing.
    fn commit_in(&self) -> Option<Duration> {
        let by_age = GROUP_AGE.saturating_sub(self.since?.elapsed());
        let apart = if self.run.mailboxes_done == 0 { APART_AT_FIRST } else { APART };
        let apart = self.last_commit.map_or(Duration::ZERO, |last| apart.saturating_sub(last.elapsed()));
        let waiting = self.settled.len() + self.put_off.len();
        if self.is_idle() || waiting >= FULL_GROUP {
            // Nothing more comes, or nothing more is worth waiting for.
            Some(Duration::ZERO)
        } else if waiting >= GROUP {
            Some(apart.min(by_age))
        } else {
            Some(by_age)
        }
    }

    fn start_commit(&mut self) {
        (self.since, self.last_commit) = (None, Some(Instant::now()));
        let (settled, put_off) = (std::mem::take(&mut self.settled), std::mem::take(&mut self.put_off));
        let counters = self.tally.unbooked(&self.run, &self.gate);
        let (desk, id, now) = (self.desk, self.run.id, self.desk.now());
        let (refused, organization) = (std::mem::take(&mut self.refused), self.run.organization);
        self.committing = Some(Box::pin(async move {
            let recorded = desk
                .write(move |tx| {
                    for (account, number) in refused {
                        mailboxes::note_need_in(tx, organization, account, SignInNeed::Refused { number })?;
                    }
                    probes::commit(tx, id, &settled, &put_off, counters, now)
                })
                .await?;
            Ok((recorded, counters))
        }));
    }

    /// Tells what is on disk now, and nothing else.
    fn committed(&mut self, (recorded, counters): (Recorded, Counters), job: &Job) {
        let run = &mut self.run;
        run.probes_done += recorded.probes;
        run.mailboxes_done += recorded.mailboxes;
        run.ledger.passed += recorded.passed;
        run.ledger.failed += recorded.failed;
        run.ledger.unknown += recorded.unknown;
        run.counters.requests += counters.requests;
        run.counters.throttled += counters.throttled;
        run.counters.retried += counters.retried;
        self.tell(job);
    }

    /// Tells how it stands while nothing lands.
    fn tell_meanwhile(&mut self, job: &Job) {
        if self.tally.look_in(self.gate.now()).is_zero() {
            self.tell(job);
        }
    }

    fn tell(&mut self, job: &Job) {
        let (desk, until, is_down) = (self.desk, self.nothing_before(), self.line.is_down());
        if let Some(line) = self.tally.news(&self.run, &self.gate, (until, is_down), |steady| desk.by_day(steady)) {
            job.tell(Progress::Verified(line));
        }
    }
}
