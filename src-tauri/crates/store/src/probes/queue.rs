//! The queue of a run. It is not written down: it is what the run's mailboxes have no answer to, in an order that follows from
//! the mailboxes alone, so that it is the same after every restart.

use std::collections::HashMap;

use rollcall_core::id::{ObjectId, RunId, UserId};
use rollcall_core::time::Timestamp;
use rollcall_core::workload::Workload;
use rusqlite::{Connection, params};

use super::QueuedProbe;
use crate::error::StoreError;
use crate::runs::{Plan, block};
use crate::{passes, text};

/// The queued probes after a turn, or from the first, in order of turn: neighbours are of different mailboxes, and mailboxes are
/// completed in blocks. Those put off are among them. A probe stays queued until it is committed: who has it in hand must
/// remember so. Fewer than `limit` means that no more are planned yet; [`crate::runs::plan_more`] tells whether there will be.
///
/// # Errors
/// [`StoreError::NotFound`] when there is no such run.
pub fn queued(conn: &Connection, run: RunId, after: Option<i64>, limit: u32) -> Result<Vec<QueuedProbe>, StoreError> {
    let plan = Plan::of(conn, run)?;
    let asked: Vec<Workload> = plan.asked().collect();
    let mut queued = Vec::new();
    if !plan.is_open() || asked.is_empty() {
        return Ok(queued);
    }
    let after = after.map(Turn::from);
    let (mut first, mut number) = after.map_or((0, 0), |turn| (turn.first, turn.block));
    loop {
        let members = members(conn, run, first, block(number))?;
        let (Some(start), Some(end)) = (members.first(), members.last()) else { return Ok(queued) };
        let (start, end) = (start.user.0, end.user.0);
        if members.iter().any(|member| member.waits) {
            let known = known(conn, run, start, end)?;
            for (workload, asked) in (0..).zip(&asked) {
                for (place, member) in (0..).zip(&members).filter(|(_, member)| member.waits) {
                    let turn = Turn { first: start, block: number, workload, place };
                    if after.is_some_and(|after| turn <= after) {
                        continue;
                    }
                    let (due, attempts) = match known.get(&(member.user, *asked)) {
                        Some(Known::Answered) => continue,
                        Some(Known::PutOff { due, attempts }) => (*due, *attempts),
                        None => (plan.started, 0),
                    };
                    if queued.len() >= limit as usize {
                        return Ok(queued);
                    }
                    let (user, object_id) = (member.user, member.object_id);
                    queued.push(QueuedProbe { turn: turn.into(), user, object_id, workload: *asked, due, attempts });
                }
            }
        }
        let Some(next) = end.checked_add(1) else { return Ok(queued) };
        (first, number) = (next, (number + 1).min(LAST_BLOCK));
    }
}

/// From this one on, blocks are of one size.
const LAST_BLOCK: u32 = 3;

/// A place in the queue: the block, told by the first of its mailboxes; within it the workload; within that the mailbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Turn {
    first: u32,
    /// The block's number, which gives its size; not counted beyond [`LAST_BLOCK`].
    block: u32,
    workload: u32,
    place: u32,
}

impl From<Turn> for i64 {
    fn from(turn: Turn) -> Self {
        Self::from(turn.first) << 16 | Self::from(turn.block) << 12 | Self::from(turn.workload) << 8 | Self::from(turn.place)
    }
}

impl From<i64> for Turn {
    fn from(turn: i64) -> Self {
        let bits = |shift: u32, mask: i64| u32::try_from(turn >> shift & mask).unwrap_or_default();
        Self { first: bits(16, i64::from(u32::MAX)), block: bits(12, 15), workload: bits(8, 15), place: bits(0, 255) }
    }
}

struct Member {
    user: UserId,
    object_id: ObjectId,
    /// Whether anything of it may be queued: of who has passed, the answers say that nothing is.
    waits: bool,
}

fn members(conn: &Connection, run: RunId, first: u32, size: u32) -> Result<Vec<Member>, StoreError> {
    let mut statement = conn.prepare_cached(
        "SELECT   user, object_id, remaining > 0
         FROM     run_mailboxes
         WHERE    run = ?1 AND user >= ?2
         ORDER BY user
         LIMIT    ?3",
    )?;
    let members = statement.query_map(params![run.0, first, size], |row| {
        Ok(Member { user: UserId(row.get(0)?), object_id: text::parsed(row, 1)?, waits: row.get(2)? })
    })?;
    Ok(members.collect::<rusqlite::Result<_>>()?)
}

enum Known {
    Answered,
    PutOff { due: Timestamp, attempts: u32 },
}

fn known(conn: &Connection, run: RunId, start: u32, end: u32) -> Result<HashMap<(UserId, Workload), Known>, StoreError> {
    let mut statement = conn.prepare_cached(
        "SELECT user, workload, verdict IS NOT NULL, due, attempts
         FROM   probes
         WHERE  run = ?1 AND user BETWEEN ?2 AND ?3",
    )?;
    let known = statement.query_map(params![run.0, start, end], |row| {
        let known = if row.get(2)? { Known::Answered } else { Known::PutOff { due: text::moment(row, 3)?, attempts: row.get(4)? } };
        Ok(((UserId(row.get(0)?), text::named(row, 1)?), known))
    })?;
    let mut known: HashMap<_, _> = known.collect::<rusqlite::Result<_>>()?;
    known.extend(passes::between(conn, run, UserId(start), UserId(end))?.into_iter().map(|probe| (probe, Known::Answered)));
    Ok(known)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_turn_comes_back_from_its_number_and_numbers_are_in_order() {
        let turn = |first, block, workload, place| Turn { first, block, workload, place };
        let turns = [turn(1, 0, 0, 0), turn(1, 0, 0, 19), turn(1, 0, 4, 0), turn(21, 1, 0, 0), turn(u32::MAX, 3, 4, 79)];
        assert_eq!(turns.map(i64::from).map(Turn::from), turns);
        assert!(turns.map(i64::from).is_sorted());
        assert_eq!(block(LAST_BLOCK), block(LAST_BLOCK + 1));
        assert_ne!(block(LAST_BLOCK - 1), block(LAST_BLOCK));
    }
}
