//! Commits of a group of answers. This is what a run does all the time, so what the answers of neighbours need is read and written
//! in one go, and most answers cost no statement of their own.

use rollcall_core::id::{RunId, UserId};
use rollcall_core::issue::Cause;
use rollcall_core::time::Timestamp;
use rollcall_core::verdict::Verdict;
use rusqlite::{CachedStatement, Transaction, params};

use super::{Postponed, ProbeResult, Recorded};
use crate::checks::Keeper;
use crate::error::StoreError;
use crate::passes::{self, Workloads};
use crate::result::{Answer, of_mailbox};
use crate::runs::{Counters, Plan};
use crate::text;

/// Records answers (the probe, its mailbox's verdict, the user's issues, and the run's figures) and puts off what is to be asked
/// again. Only probes still queued change, so recording twice changes nothing and counts nothing twice; a group whose answers
/// were all recorded before adds no `counters` either.
///
/// # Errors
/// [`StoreError::NotFound`] when there is no such run.
pub fn commit(
    tx: &Transaction<'_>,
    run: RunId,
    settled: &[ProbeResult],
    put_off: &[Postponed],
    counters: Counters,
    now: Timestamp,
) -> Result<Recorded, StoreError> {
    let plan = Plan::of(tx, run)?;
    let mut recorded = Recorded::default();
    if plan.is_open() {
        let mut recorder = Recorder::new(tx, run, &plan, now)?;
        let asked = recorder.asked;
        let mut by_mailbox: Vec<&ProbeResult> = settled.iter().filter(|result| asked.contains(result.workload)).collect();
        by_mailbox.sort_by_key(|result| result.user);
        for of_block in by_mailbox.chunk_by(|one, other| passes::block_of(one.user) == passes::block_of(other.user)) {
            recorder.record(of_block, &mut recorded)?;
        }
        for probe in put_off.iter().filter(|probe| asked.contains(probe.workload)) {
            recorder.postpone(probe)?;
        }
    }
    if recorded.probes > 0 || settled.is_empty() {
        add_to_run(tx, run, recorded, counters)?;
    }
    Ok(recorded)
}

/// Where a mailbox stands within its run.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Mailbox {
    pub verdict: Verdict,
    /// Whether nothing of it is queued any more.
    pub complete: bool,
}

/// A mailbox with something queued, and what is known of it.
#[derive(Default)]
struct Member {
    verdict: Option<Verdict>,
    answered: Workloads,
    put_off: Workloads,
    /// Workloads with an open issue, of this run or one before.
    open: Workloads,
    /// The answers that are rows of their own.
    rows: Vec<(Verdict, Option<Cause>)>,
}

/// How a mailbox was completed.
enum Completed {
    /// With a pass and nothing else, as most are; that is written for all of a block together.
    Passed,
    /// Otherwise; it is written.
    Written,
}

/// The statements of one group, and what they need to know of the run.
struct Recorder<'a> {
    tx: &'a Transaction<'a>,
    run: RunId,
    plan: &'a Plan,
    asked: Workloads,
    not_covered: bool,
    now: Timestamp,
    members: CachedStatement<'a>,
    rows: CachedStatement<'a>,
    packed: CachedStatement<'a>,
    open: CachedStatement<'a>,
    pack: CachedStatement<'a>,
    settle: CachedStatement<'a>,
    unqueue: CachedStatement<'a>,
    postpone: CachedStatement<'a>,
    complete: CachedStatement<'a>,
    move_to: CachedStatement<'a>,
    keeper: Keeper<'a>,
}

impl<'a> Recorder<'a> {
    fn new(tx: &'a Transaction<'_>, run: RunId, plan: &'a Plan, now: Timestamp) -> Result<Self, StoreError> {
        Ok(Self {
            tx,
            run,
            plan,
            asked: plan.asked().collect(),
            not_covered: plan.not_asked().any(|(_, cause)| cause == Cause::NotCovered),
            now,
            members: tx
                .prepare_cached("SELECT user, verdict FROM run_mailboxes WHERE run = ?1 AND user BETWEEN ?2 AND ?3 AND remaining > 0")?,
            rows: tx.prepare_cached("SELECT user, workload, verdict, cause FROM probes WHERE run = ?1 AND user BETWEEN ?2 AND ?3")?,
            packed: tx.prepare_cached("SELECT completed, answers, digest IS NOT NULL FROM passes WHERE run = ?1 AND block = ?2")?,
            open: tx.prepare_cached(
                "SELECT user, workload FROM checks NOT INDEXED WHERE user BETWEEN ?1 AND ?2 AND verdict IN ('failed', 'unknown')",
            )?,
            pack: tx.prepare_cached(
                "INSERT INTO passes (run, block, completed, checked, answers, digest)
                 VALUES             (?1,  ?2,    ?3,        ?4,      ?5,      ?6)",
            )?,
            settle: tx.prepare_cached(
                "INSERT INTO probes (run, user, workload, turn, due, verdict, http, code, cause, fingerprint, request_id,
                                     client_request_id, checked, attempts, digest, mailbox)
                 VALUES             (?1, ?2, ?3, 0, 0, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)
                 ON CONFLICT (run, user, workload) DO UPDATE
                 SET   verdict = excluded.verdict, http = excluded.http, code = excluded.code, cause = excluded.cause,
                       fingerprint = excluded.fingerprint, request_id = excluded.request_id,
                       client_request_id = excluded.client_request_id, checked = excluded.checked, attempts = excluded.attempts,
                       digest = excluded.digest, mailbox = excluded.mailbox
                 WHERE probes.verdict IS NULL",
            )?,
            unqueue: tx.prepare_cached("DELETE FROM probes WHERE run = ?1 AND user = ?2 AND workload = ?3 AND verdict IS NULL")?,
            postpone: tx.prepare_cached(
                "INSERT INTO probes (run, user, workload, turn, due, attempts)
                 SELECT              run, user, ?3,       0,    ?4,  ?5
                 FROM   run_mailboxes
                 WHERE  run = ?1 AND user = ?2
                 ON CONFLICT (run, user, workload) DO UPDATE
                 SET   due = excluded.due, attempts = excluded.attempts
                 WHERE probes.verdict IS NULL",
            )?,
            complete: tx.prepare_cached("UPDATE run_mailboxes SET remaining = 0, verdict = ?3 WHERE run = ?1 AND user = ?2")?,
            move_to: tx.prepare_cached("UPDATE run_mailboxes SET verdict = ?3 WHERE run = ?1 AND user = ?2")?,
            keeper: Keeper::new(tx, run, plan, now)?,
        })
    }

    /// Records the answers about the mailboxes of one block, which come in order of mailbox.
    fn record(&mut self, answers: &[&ProbeResult], recorded: &mut Recorded) -> Result<(), StoreError> {
        let (Some(first), Some(last)) = (answers.first(), answers.last()) else { return Ok(()) };
        let block = passes::block_of(first.user);
        let mut members = self.read(block, first.user, last.user)?;
        let (mut packed, mut completed, mut passed) = (Vec::new(), 0_u32, 0_u32);
        for of_one in answers.chunk_by(|one, other| one.user == other.user) {
            let Some(user) = of_one.first().map(|answer| answer.user) else { continue };
            let place = passes::place_of(user);
            // Nobody of this run, or all of it is settled.
            let Some(member) = members.get_mut(place).filter(|member| member.verdict.is_some()) else { continue };
            match self.record_one(user, of_one, member, &mut packed, recorded)? {
                Some(Completed::Passed) => passed |= 1 << place,
                Some(Completed::Written) => completed |= 1 << place,
                None => {}
            }
        }
        if passed != 0 {
            let (start, end) = passes::users_of(block);
            self.keeper.pass(start, end, passed)?;
            completed |= passed;
        }
        if !packed.is_empty() || passed != 0 || (completed != 0 && self.not_covered) {
            let seal = passes::seal(self.run, block, completed, self.now, &packed);
            self.pack.execute(params![self.run.0, block, completed, self.now.0, packed, seal])?;
        }
        Ok(())
    }

    /// What is known of the mailboxes of a block between two users, in their places.
    fn read(&mut self, block: u32, first: UserId, last: UserId) -> Result<[Member; passes::PLACES], StoreError> {
        let mut members: [Member; passes::PLACES] = Default::default();
        let here = params![self.run.0, first.0, last.0];
        let mut rows = self.members.query(here)?;
        while let Some(row) = rows.next()? {
            let verdict = row.get_ref(1)?.as_str().ok().and_then(|name| text::by_name(name).ok());
            members[passes::place_of(UserId(row.get(0)?))].verdict = Some(verdict.unwrap_or(Verdict::Unknown));
        }
        drop(rows);
        let mut rows = self.rows.query(here)?;
        while let Some(row) = rows.next()? {
            let (member, workload) = (&mut members[passes::place_of(UserId(row.get(0)?))], text::named(row, 1)?);
            match text::maybe_named(row, 2)? {
                // In the first version, what isn't asked had rows, too.
                Some(_) if !self.asked.contains(workload) => {}
                Some(verdict) => {
                    member.answered.insert(workload);
                    member.rows.push((verdict, text::maybe_named(row, 3)?));
                }
                None => member.put_off.insert(workload),
            }
        }
        drop(rows);
        let mut rows = self.packed.query(params![self.run.0, block])?;
        while let Some(row) = rows.next()? {
            let completed: u32 = row.get(0)?;
            let packed = row.get_ref(1)?.as_blob().map_err(rusqlite::Error::from)?;
            for (place, workload) in passes::places(packed, row.get(2)?) {
                if let Some(member) = members.get_mut(place) {
                    member.answered.insert(workload);
                }
            }
            // Who has passed has no word of it in the row of the mailbox.
            for (_, member) in members.iter_mut().enumerate().filter(|(place, _)| completed >> place & 1 != 0) {
                member.verdict = None;
            }
        }
        drop(rows);
        let mut rows = self.open.query(params![first.0, last.0])?;
        while let Some(row) = rows.next()? {
            members[passes::place_of(UserId(row.get(0)?))].open.insert(text::named(row, 1)?);
        }
        Ok(members)
    }

    /// Records the answers about one mailbox, its passes among those that are packed; says whether it was completed with them, and
    /// whether that is still to be written.
    fn record_one(
        &mut self,
        user: UserId,
        answers: &[&ProbeResult],
        member: &mut Member,
        packed: &mut Vec<u8>,
        recorded: &mut Recorded,
    ) -> Result<Option<Completed>, StoreError> {
        let before = member.verdict.unwrap_or(Verdict::Unknown);
        let (mut new, mut worst, mut touched) = (0, before, !member.open.is_empty());
        // Only who has an issue, old or new, has rows in the checks.
        let mut here = None;
        for result in answers {
            if member.answered.contains(result.workload) {
                continue;
            }
            member.answered.insert(result.workload);
            let answer = answer(result, self.now);
            let pass = passes::pack(packed, user, &answer);
            let digest = if pass { None } else { Some(answer.digest(self.run, user)) };
            if let Some(digest) = &digest {
                self.settle(user, &answer, result.attempts, digest)?;
                member.rows.push((result.verdict, result.cause));
            } else if member.put_off.contains(result.workload) {
                self.unqueue.execute(params![self.run.0, user.0, result.workload.name()])?;
            }
            new += 1;
            worst = graver(worst, result.verdict);
            touched |= is_issue(result.verdict);
            let kept = if pass { member.open.contains(result.workload) } else { result.verdict != Verdict::NotRun };
            if kept && is_here(&mut self.keeper, user, &mut here)? {
                let digest = digest.unwrap_or_else(|| answer.digest(self.run, user));
                self.keeper.keep(user, &answer, &digest)?;
            }
        }
        if new == 0 {
            return Ok(None);
        }
        recorded.probes += new;
        let complete = member.answered.hold(self.asked);
        let verdict = if complete && !is_issue(worst) { self.verdict(member) } else { worst };
        if complete {
            recorded.completed(verdict);
            if !touched && verdict == Verdict::Passed {
                return Ok(Some(Completed::Passed));
            }
            self.complete.execute(params![self.run.0, user.0, verdict.name()])?;
        } else if verdict != before {
            self.move_to.execute(params![self.run.0, user.0, verdict.name()])?;
        }
        if !touched {
            if complete {
                self.keeper.complete(user, verdict)?;
            }
        } else if is_here(&mut self.keeper, user, &mut here)? {
            self.keeper.summarize(user, Mailbox { verdict, complete })?;
        }
        Ok(complete.then_some(Completed::Written))
    }

    /// Writes the answer of a probe that is still queued as a row of its own.
    fn settle(&mut self, user: UserId, answer: &Answer<'_>, attempts: u32, digest: &[u8; 32]) -> Result<(), StoreError> {
        self.settle.execute(params![
            self.run.0,
            user.0,
            answer.workload.name(),
            answer.verdict.name(),
            answer.http,
            answer.code,
            answer.cause.map(Cause::name),
            answer.fingerprint,
            answer.request_id,
            answer.client_request_id,
            answer.checked.map(|at| at.0),
            attempts,
            digest,
            answer.mailbox,
        ])?;
        Ok(())
    }

    /// The verdict of a mailbox of which nothing is queued any more, from all of its answers: those without a row of their own are
    /// passes.
    fn verdict(&self, member: &Member) -> Verdict {
        let mut verdicts = member.rows.clone();
        verdicts.extend(self.plan.asked().skip(member.rows.len()).map(|_| (Verdict::Passed, None)));
        verdicts.extend(self.plan.not_asked().map(|(_, cause)| (Verdict::NotRun, Some(cause))));
        of_mailbox(&verdicts)
    }

    /// Puts off a probe that is still queued.
    fn postpone(&mut self, probe: &Postponed) -> Result<(), StoreError> {
        let passed = passes::between(self.tx, self.run, probe.user, probe.user)?;
        if !passed.contains(&(probe.user, probe.workload)) {
            self.postpone.execute(params![self.run.0, probe.user.0, probe.workload.name(), probe.due.0, probe.attempts])?;
        }
        Ok(())
    }
}

/// Whether the user is still in the run's organization, asked once.
fn is_here(keeper: &mut Keeper<'_>, user: UserId, known: &mut Option<bool>) -> Result<bool, StoreError> {
    if let Some(known) = *known {
        return Ok(known);
    }
    Ok(*known.insert(keeper.is_here(user)?))
}

impl Recorded {
    const fn completed(&mut self, verdict: Verdict) {
        self.mailboxes += 1;
        match verdict {
            Verdict::Passed => self.passed += 1,
            Verdict::Failed => self.failed += 1,
            Verdict::Unknown => self.unknown += 1,
            Verdict::NotRun => {}
        }
    }
}

pub(super) const fn is_issue(verdict: Verdict) -> bool {
    matches!(verdict, Verdict::Failed | Verdict::Unknown)
}

/// What a mailbox is while it waits for more: a refusal is certain already, a pass isn't.
const fn graver(before: Verdict, answer: Verdict) -> Verdict {
    match (before, answer) {
        (Verdict::Failed, _) | (_, Verdict::Failed) => Verdict::Failed,
        (Verdict::Unknown, _) | (_, Verdict::Unknown) => Verdict::Unknown,
        (Verdict::Passed | Verdict::NotRun, Verdict::Passed | Verdict::NotRun) => Verdict::NotRun,
    }
}

fn answer(result: &ProbeResult, now: Timestamp) -> Answer<'_> {
    Answer {
        workload: result.workload,
        verdict: result.verdict,
        http: result.http,
        code: result.code.as_deref(),
        cause: result.cause,
        fingerprint: result.fingerprint.as_deref(),
        request_id: result.request_id.as_deref(),
        client_request_id: result.client_request_id.as_deref(),
        mailbox: result.mailbox.as_deref(),
        checked: Some(now),
    }
}

fn add_to_run(tx: &Transaction<'_>, run: RunId, recorded: Recorded, counters: Counters) -> Result<(), StoreError> {
    let mut statement = tx.prepare_cached(
        "UPDATE runs
         SET    probes_done = probes_done + ?2, mailboxes_done = mailboxes_done + ?3,
                passed = passed + ?4, failed = failed + ?5, unknown = unknown + ?6,
                requests = requests + ?7, throttled = throttled + ?8, retried = retried + ?9
         WHERE  id = ?1",
    )?;
    statement.execute(params![
        run.0,
        recorded.probes,
        recorded.mailboxes,
        recorded.passed,
        recorded.failed,
        recorded.unknown,
        counters.requests,
        counters.throttled,
        counters.retried
    ])?;
    Ok(())
}
