//! Commits of a group of answers. This is what a run does all the time, so each answer costs as few statements as it can.

use rollcall_core::id::{RunId, UserId};
use rollcall_core::issue::Cause;
use rollcall_core::time::Timestamp;
use rollcall_core::verdict::Verdict;
use rollcall_core::workload::Workload;
use rusqlite::{CachedStatement, OptionalExtension, Transaction, params};

use super::{Postponed, ProbeResult, Recorded};
use crate::checks::Keeper;
use crate::error::StoreError;
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
        let asked: Vec<Workload> = plan.asked().collect();
        let mut by_mailbox: Vec<&ProbeResult> = settled.iter().filter(|result| asked.contains(&result.workload)).collect();
        by_mailbox.sort_by_key(|result| result.user);
        let mut recorder = Recorder::new(tx, run, &plan, now)?;
        for of_one in by_mailbox.chunk_by(|one, other| one.user == other.user) {
            recorder.record(of_one, &mut recorded)?;
        }
        postpone(tx, run, put_off.iter().filter(|probe| asked.contains(&probe.workload)))?;
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

/// The statements of one group, and what they need to know of the run.
struct Recorder<'a> {
    run: RunId,
    plan: &'a Plan,
    now: Timestamp,
    find: CachedStatement<'a>,
    settle: CachedStatement<'a>,
    count_down: CachedStatement<'a>,
    move_to: CachedStatement<'a>,
    answers: CachedStatement<'a>,
    keeper: Keeper<'a>,
}

impl<'a> Recorder<'a> {
    fn new(tx: &'a Transaction<'_>, run: RunId, plan: &'a Plan, now: Timestamp) -> Result<Self, StoreError> {
        Ok(Self {
            run,
            plan,
            now,
            find: tx.prepare_cached(
                "SELECT m.remaining, m.verdict, u.open_issues
                 FROM   run_mailboxes AS m LEFT JOIN users AS u ON u.id = m.user AND u.organization = ?3
                 WHERE  m.run = ?1 AND m.user = ?2",
            )?,
            settle: tx.prepare_cached(
                "INSERT INTO probes (run, user, workload, turn, due, verdict, http, code, cause, fingerprint, request_id,
                                     client_request_id, checked, attempts, digest)
                 VALUES             (?1, ?2, ?3, 0, 0, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)
                 ON CONFLICT (run, user, workload) DO UPDATE
                 SET   verdict = excluded.verdict, http = excluded.http, code = excluded.code, cause = excluded.cause,
                       fingerprint = excluded.fingerprint, request_id = excluded.request_id,
                       client_request_id = excluded.client_request_id, checked = excluded.checked, attempts = excluded.attempts,
                       digest = excluded.digest
                 WHERE probes.verdict IS NULL",
            )?,
            count_down: tx.prepare_cached("UPDATE run_mailboxes SET remaining = ?3 WHERE run = ?1 AND user = ?2")?,
            move_to: tx.prepare_cached("UPDATE run_mailboxes SET remaining = ?3, verdict = ?4 WHERE run = ?1 AND user = ?2")?,
            answers: tx.prepare_cached("SELECT verdict, cause FROM probes WHERE run = ?1 AND user = ?2")?,
            keeper: Keeper::new(tx, run, plan, now)?,
        })
    }

    /// Records the answers about one mailbox.
    fn record(&mut self, answers: &[&ProbeResult], recorded: &mut Recorded) -> Result<(), StoreError> {
        let Some(user) = answers.first().map(|answer| answer.user) else { return Ok(()) };
        let found = self.find.query_row(params![self.run.0, user.0, self.plan.organization.0], |row| {
            let before = row.get_ref(1)?.as_str().ok().and_then(|name| text::by_name(name).ok());
            Ok((row.get::<_, u32>(0)?, before.unwrap_or(Verdict::Unknown), row.get::<_, Option<u32>>(2)?))
        });
        // Nobody of this run, or all of it is settled.
        let Some((remaining @ 1.., before, open_issues)) = found.optional()? else { return Ok(()) };
        let (mut new, mut worst, mut touched) = (0, before, false);
        for result in answers {
            let answer = answer(result, self.now);
            let digest = answer.digest(self.run, user);
            if !self.settle(user, &answer, result.attempts, &digest)? {
                continue;
            }
            new += 1;
            worst = graver(worst, result.verdict);
            if open_issues.is_some() && result.verdict != Verdict::NotRun {
                self.keeper.keep(user, &answer, &digest)?;
            }
            touched |= is_issue(result.verdict);
        }
        if new == 0 {
            return Ok(());
        }
        recorded.probes += new;
        let remaining = remaining.saturating_sub(new);
        let complete = remaining == 0;
        let verdict = if complete && !is_issue(worst) { self.verdict(user)? } else { worst };
        if verdict == before {
            self.count_down.execute(params![self.run.0, user.0, remaining])?;
        } else {
            self.move_to.execute(params![self.run.0, user.0, remaining, verdict.name()])?;
        }
        if complete {
            recorded.completed(verdict);
        }
        let Some(open_issues) = open_issues else { return Ok(()) };
        touched |= open_issues > 0;
        if touched || complete {
            self.keeper.summarize(user, Mailbox { verdict, complete }, touched)?;
        }
        Ok(())
    }

    /// Writes the answer of a probe; says whether it was still queued.
    fn settle(&mut self, user: UserId, answer: &Answer<'_>, attempts: u32, digest: &[u8; 32]) -> Result<bool, StoreError> {
        let changed = self.settle.execute(params![
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
        ])?;
        Ok(changed > 0)
    }

    /// The verdict of a mailbox of which nothing is queued any more, from all of its answers.
    fn verdict(&mut self, user: UserId) -> Result<Verdict, StoreError> {
        let answers = self.answers.query_map(params![self.run.0, user.0], |row| {
            Ok((text::maybe_named(row, 0)?.unwrap_or(Verdict::NotRun), text::maybe_named(row, 1)?))
        })?;
        let mut verdicts: Vec<(Verdict, Option<Cause>)> = answers.collect::<rusqlite::Result<_>>()?;
        verdicts.extend(self.plan.not_asked().map(|(_, cause)| (Verdict::NotRun, Some(cause))));
        Ok(of_mailbox(&verdicts))
    }
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
        checked: Some(now),
    }
}

/// Puts off probes that are still queued.
fn postpone<'a>(tx: &Transaction<'_>, run: RunId, probes: impl Iterator<Item = &'a Postponed>) -> Result<(), StoreError> {
    let mut statement = tx.prepare_cached(
        "INSERT INTO probes (run, user, workload, turn, due, attempts)
         SELECT              run, user, ?3,       0,    ?4,  ?5
         FROM   run_mailboxes
         WHERE  run = ?1 AND user = ?2
         ON CONFLICT (run, user, workload) DO UPDATE
         SET   due = excluded.due, attempts = excluded.attempts
         WHERE probes.verdict IS NULL",
    )?;
    for probe in probes {
        statement.execute(params![run.0, probe.user.0, probe.workload.name(), probe.due.0, probe.attempts])?;
    }
    Ok(())
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
