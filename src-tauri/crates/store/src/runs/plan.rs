//! Planning: which mailboxes a run asks for what. Their number is settled at once, their rows are written in steps, so that the
//! first answers needn't wait for the last row.

use rollcall_core::id::{OrganizationId, RunId};
use rollcall_core::issue::Cause;
use rollcall_core::time::Timestamp;
use rollcall_core::workload::Workload;
use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, Transaction, params};

use super::{Planned, RunState, Which, get};
use crate::error::{StoreError, Thing};
use crate::issues::with_issues;
use crate::{organizations, text};

/// How many mailboxes are planned with the run itself: work for the first seconds.
const FIRST_STEP: u32 = 960;

/// Mailboxes of the largest block.
const LARGEST_BLOCK: u32 = 80;

/// The size of a queue's block: a run that is stopped half way has settled half of the mailboxes and not half of each, and
/// neighbours in a block are of different mailboxes. The first blocks are small, so that the first mailboxes are done soon; later
/// ones are large enough that batches under way seldom meet at one mailbox, and small enough that the answers of a commit lie on
/// few pages of the file.
pub(crate) const fn block(number: u32) -> u32 {
    match number {
        0 | 1 => 20,
        2 => 40,
        _ => LARGEST_BLOCK,
    }
}

/// The first border between blocks that is no earlier than after so many mailboxes.
const fn border(mailboxes: u32) -> u32 {
    let (mut number, mut at) = (0, 0);
    while at < mailboxes && at < LARGEST_BLOCK {
        at += block(number);
        number += 1;
    }
    if at < mailboxes { mailboxes.div_ceil(LARGEST_BLOCK).saturating_mul(LARGEST_BLOCK) } else { at }
}

/// Plans a run: its mailboxes are settled from now on, whoever comes or goes. A workload with a cause is not asked and says so
/// from the start. The first mailboxes are queued at once, the rest by [`plan_more`].
///
/// # Errors
/// [`StoreError::NotFound`] when there is no such organization, or no such earlier run of it.
pub fn create(
    tx: &Transaction<'_>,
    organization: OrganizationId,
    workloads: &[(Workload, Option<Cause>)],
    only: &Which,
    now: Timestamp,
) -> Result<RunId, StoreError> {
    organizations::get(tx, organization)?;
    let failed_of = match only {
        Which::FailedOf(earlier) | Which::UnsettledOf(earlier) => Some(*earlier),
        Which::All | Which::Users(_) | Which::WithIssues(_) => None,
    };
    if let Some(earlier) = failed_of
        && get(tx, earlier)?.organization != organization
    {
        return Err(StoreError::NotFound(Thing::Run));
    }
    let plan: Vec<Planned> = workloads.iter().map(|&(workload, not_asked)| Planned { workload, not_asked }).collect();
    let run = tx.query_row(
        "INSERT INTO runs (organization, state,     workloads, failed_of, started)
         VALUES           (?1,           'running', ?2,        ?3,        ?4)
         RETURNING id",
        params![organization.0, text::to_json(&plan)?, failed_of.map(|id| id.0), now.0],
        |row| row.get(0).map(RunId),
    )?;
    let mailboxes = choose(tx, run, organization, only)?;
    let asked: u32 = workloads.iter().map(|(_, cause)| u32::from(cause.is_none())).sum();
    let not_asked: u32 = workloads.iter().map(|(_, cause)| u32::from(cause.is_some())).sum();
    tx.execute(
        "UPDATE runs
         SET    mailboxes = ?2, mailboxes_done = iif(?3 = 0, ?2, 0), probes = ?2 * (?3 + ?4), probes_done = ?2 * ?4
         WHERE  id = ?1",
        params![run.0, mailboxes, asked, not_asked],
    )?;
    plan_more(tx, run, FIRST_STEP)?;
    Ok(run)
}

/// How many mailboxes a run would ask.
///
/// # Errors
/// [`StoreError`] when the disk can't be read.
pub fn count(conn: &Connection, organization: OrganizationId, only: &Which) -> Result<u32, StoreError> {
    let (those, value) = those(only)?;
    let mut statement = conn.prepare_cached(&format!("SELECT count(*) FROM users WHERE ?1 IS NULL AND {those} AND {ASKED}"))?;
    Ok(statement.query_row(params![Value::Null, organization.0, value], |row| row.get(0))?)
}

/// Whoever is reached over Graph and was not taken out. Those who are reached otherwise than their organization are few and looked up
/// once, so that nobody's wide row is read.
const ASKED: &str = "mailbox <> 'excluded'
         AND CASE WHEN (SELECT access LIKE 'graph%' FROM organizations WHERE id = ?2)
                  THEN id NOT IN (SELECT id FROM users INDEXED BY users_with_own_access
                                  WHERE organization = ?2 AND access IS NOT NULL AND access LIKE 'ews%')
                  ELSE id IN (SELECT id FROM users INDEXED BY users_with_own_access
                              WHERE organization = ?2 AND access IS NOT NULL AND access LIKE 'graph%')
             END";

/// Settles whom a run asks, in ranges of users that follow one another: an import numbers a whole directory in a row, and the first
/// answers wait until this is written.
fn choose(tx: &Transaction<'_>, run: RunId, organization: OrganizationId, only: &Which) -> Result<u32, StoreError> {
    let (those, value) = those(only)?;
    let mut statement = tx.prepare_cached(&format!("SELECT id FROM users WHERE ?1 IS NULL AND {those} AND {ASKED}"))?;
    let chosen = statement.query_map(params![Value::Null, organization.0, value], |row| row.get(0))?;
    let mut chosen: Vec<u32> = chosen.collect::<rusqlite::Result<_>>()?;
    chosen.sort_unstable();
    let mut range = tx.prepare_cached("INSERT INTO unplanned (run, first, last) VALUES (?1, ?2, ?3)")?;
    for in_a_row in chosen.chunk_by(|one, next| one.checked_add(1) == Some(*next)) {
        range.execute(params![run.0, in_a_row.first(), in_a_row.last()])?;
    }
    Ok(u32::try_from(chosen.len()).unwrap_or(u32::MAX))
}

/// Those of the organization ?2 whom a run is for, as a condition with the value ?3.
fn those(only: &Which) -> Result<(&'static str, Value), StoreError> {
    // Where the mailboxes are named, it is looked whose they are; an organization is not searched for them.
    Ok(match only {
        Which::All => ("organization = ?2 AND ?3 IS NULL", Value::Null),
        Which::FailedOf(earlier) => {
            ("+organization = ?2 AND id IN (SELECT user FROM run_mailboxes WHERE run = ?3 AND verdict = 'failed')", earlier.0.into())
        }
        Which::UnsettledOf(earlier) => (
            "+organization = ?2 AND id IN (SELECT user FROM mailboxes_of_runs WHERE run = ?3 AND verdict IN ('unknown', 'not_run'))",
            earlier.0.into(),
        ),
        Which::Users(ids) => ("+organization = ?2 AND id IN (SELECT value FROM json_each(?3))", text::to_json(ids)?.into()),
        Which::WithIssues(fingerprints) => (concat!("organization = ?2 AND ", with_issues!()), text::to_json(fingerprints)?.into()),
    })
}

/// Queues the next mailboxes of a run, `mailboxes` of them or a few more; says whether there are still more. Only what is queued
/// can be read from the queue and answered; a run whose planning was cut off goes on with it like this, too.
///
/// # Errors
/// [`StoreError::NotFound`] when there is no such run.
pub fn plan_more(tx: &Transaction<'_>, run: RunId, mailboxes: u32) -> Result<bool, StoreError> {
    let (planned, all): (u32, u32) = tx
        .query_row("SELECT planned, mailboxes FROM runs WHERE id = ?1", [run.0], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?
        .ok_or(StoreError::NotFound(Thing::Run))?;
    if planned >= all {
        return Ok(false);
    }
    // Whole blocks, so that one never grows after it was handed out.
    let target = border(planned.saturating_add(mailboxes.max(1))).min(all);
    let asked: u32 = Plan::of(tx, run)?.asked().map(|_| 1).sum();
    tx.execute(
        "INSERT INTO run_mailboxes (run,   user, object_id,   upn,   display_name,   name_key,   verdict,   remaining)
         SELECT                     n.run, u.id, u.object_id, u.upn, u.display_name, u.name_key, 'not_run', ?2
         FROM     unplanned AS n CROSS JOIN users AS u ON u.id BETWEEN n.first AND n.last
         WHERE    n.run = ?1
         ORDER BY n.first, u.id
         LIMIT    ?3",
        params![run.0, asked, target - planned],
    )?;
    let last: Option<u32> = tx.query_row("SELECT max(user) FROM run_mailboxes WHERE run = ?1", [run.0], |row| row.get(0))?;
    tx.execute("DELETE FROM unplanned WHERE run = ?1 AND last <= ?2", params![run.0, last])?;
    tx.execute("UPDATE unplanned SET first = ?2 + 1 WHERE run = ?1 AND first <= ?2", params![run.0, last])?;
    tx.execute("UPDATE runs SET planned = ?2 WHERE id = ?1", params![run.0, target])?;
    Ok(target < all)
}

/// Plans the runs that are still to ask one of these users (a JSON list of ids) to the end: a run names its mailboxes itself,
/// also those of users who are removed.
pub(crate) fn plan_before_removal(tx: &Transaction<'_>, ids: &str) -> Result<(), StoreError> {
    let mut statement = tx.prepare_cached(
        "SELECT r.run
         FROM   (SELECT DISTINCT run FROM unplanned) AS r
         WHERE  EXISTS (SELECT 1
                        FROM   json_each(?1) AS removed
                        WHERE  (SELECT n.last FROM unplanned AS n WHERE n.run = r.run AND n.first <= removed.value
                                ORDER BY n.first DESC LIMIT 1) >= removed.value)",
    )?;
    let runs: Vec<RunId> = statement.query_map([ids], |row| row.get(0).map(RunId))?.collect::<rusqlite::Result<_>>()?;
    for run in runs {
        plan_more(tx, run, u32::MAX)?;
    }
    Ok(())
}

/// What a run asks, and how far it has come with its planning.
pub(crate) struct Plan {
    pub organization: OrganizationId,
    pub state: RunState,
    pub workloads: Vec<Planned>,
    pub started: Timestamp,
    pub mailboxes: u32,
    /// How many of them have passed.
    pub passed: u32,
    /// Whether every mailbox has its row.
    pub complete: bool,
}

impl Plan {
    pub fn of(conn: &Connection, run: RunId) -> Result<Self, StoreError> {
        let mut statement = conn.prepare_cached(
            "SELECT organization, state, workloads, started, mailboxes, passed, planned >= mailboxes FROM runs WHERE id = ?1",
        )?;
        let plan = statement.query_row([run.0], |row| {
            Ok(Self {
                organization: OrganizationId(row.get(0)?),
                state: text::named(row, 1)?,
                workloads: text::json(row, 2)?,
                started: text::moment(row, 3)?,
                mailboxes: row.get(4)?,
                passed: row.get(5)?,
                complete: row.get(6)?,
            })
        });
        plan.optional()?.ok_or(StoreError::NotFound(Thing::Run))
    }

    /// The view of its mailboxes.
    pub const fn source(&self) -> &'static str {
        if self.complete { "planned_mailboxes" } else { "mailboxes_of_runs" }
    }

    /// Whether answers are still taken.
    pub fn is_open(&self) -> bool {
        matches!(self.state, RunState::Running | RunState::Interrupted)
    }

    /// The workloads that are asked.
    pub fn asked(&self) -> impl Iterator<Item = Workload> {
        self.workloads.iter().filter(|planned| planned.not_asked.is_none()).map(|planned| planned.workload)
    }

    /// Those that are not asked, and why.
    pub fn not_asked(&self) -> impl Iterator<Item = (Workload, Cause)> {
        self.workloads.iter().filter_map(|planned| planned.not_asked.map(|cause| (planned.workload, cause)))
    }

    /// Why a workload of a mailbox has no answer: it was never asked, was cancelled before its turn, or (`None`) still waits.
    pub fn unanswered(&self, workload: Workload) -> Option<Cause> {
        let not_asked = self.not_asked().find(|(other, _)| *other == workload).map(|(_, cause)| cause);
        not_asked.or((self.state == RunState::Cancelled).then_some(Cause::Cancelled))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn planning_ends_where_a_block_ends() {
        let mut borders = vec![];
        let (mut at, mut number) = (0, 0);
        while at < 2_000 {
            at += block(number);
            number += 1;
            borders.push(at);
        }
        for mailboxes in 1..1_900 {
            let next = borders.iter().copied().find(|border| *border >= mailboxes);
            assert_eq!(Some(border(mailboxes)), next, "{mailboxes}");
        }
        assert_eq!(border(u32::MAX), u32::MAX, "all of them");
    }
}
