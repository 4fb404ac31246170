//! Proofs of an access scope: which mailboxes are asked, what is expected of each, and what each has come to.

use rollcall_core::id::{ObjectId, OrganizationId, ProofId};
use rollcall_core::scope::basis::Basis;
use rollcall_core::scope::clock::Change;
use rollcall_core::scope::cmdlet::{Disagreement, Report, disagreement};
use rollcall_core::scope::finding::{Finding, Tally};
use rollcall_core::scope::why::Call;
use rollcall_core::scope::{Desired, Expected};
use rollcall_core::time::Timestamp;
use rollcall_core::workload::Workload;
use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::error::{StoreError, Thing};
use crate::runs::RunState;
use crate::{scopes, text};

/// Which mailboxes a proof asks, so that anybody can draw them again.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(rename = "ProofSample")]
pub struct Sample {
    pub seed: u32,
    /// So many of those that must answer; all where absent.
    pub inside: Option<u32>,
    /// So many of those that must be refused; all where absent.
    pub outside: Option<u32>,
    /// Addresses that are asked in any case.
    pub named: Vec<String>,
    /// Those of them that the directory doesn't know, or that have no mailbox.
    pub unknown: Vec<String>,
    /// How many mailboxes must answer, and how many must be refused, of which the sample was drawn.
    pub of_inside: u32,
    pub of_outside: u32,
}

/// Why the clock couldn't go on with a proof, and when it tries again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(rename = "ProofPutOff")]
pub struct PutOff {
    /// How often in a row.
    pub failures: u32,
    pub until: Timestamp,
    /// The code that faces have words for.
    pub code: String,
}

/// A proof.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct Proof {
    pub id: ProofId,
    pub organization: OrganizationId,
    pub state: RunState,
    pub started: Timestamp,
    pub finished: Option<Timestamp>,
    pub desired: Desired,
    /// The change that it comes after.
    pub change: Option<Change>,
    /// What it stands on; `None` of one that was begun by an older version.
    pub basis: Option<Basis>,
    pub workloads: Vec<Workload>,
    pub sample: Sample,
    pub tally: Tally,
    /// When the oldest answer came that was too early to judge.
    pub early: Option<Timestamp>,
    /// `None` where the last try did not fail.
    pub put_off: Option<PutOff>,
}

/// A mailbox to be asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewTarget {
    pub object_id: ObjectId,
    pub upn: String,
    pub mail: Option<String>,
    pub display_name: String,
    pub expected: Expected,
    pub named: bool,
}

/// A mailbox that waits to be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Waiting {
    pub number: u32,
    pub object_id: ObjectId,
    pub expected: Expected,
    pub due: Timestamp,
}

/// What a mailbox has come to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settled {
    pub number: u32,
    pub finding: Finding,
    pub asked: Timestamp,
    pub calls: Vec<Call>,
}

/// A mailbox of a proof: what is expected, what the cmdlet said, what was observed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(rename = "ProofTarget")]
pub struct Target {
    pub number: u32,
    pub object_id: ObjectId,
    pub upn: String,
    pub display_name: String,
    pub expected: Expected,
    /// Whether it was asked for by name.
    pub named: bool,
    pub said: Option<Report>,
    /// What that is otherwise than.
    pub disagrees: Option<Disagreement>,
    /// `None` while it waits.
    pub finding: Option<Finding>,
    /// Until when what was confirmed is provisional: it was asked while what was in force before may have answered.
    pub provisional: Option<Timestamp>,
    pub asked: Option<Timestamp>,
    pub calls: Vec<Call>,
}

/// A page of a proof's mailboxes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(rename = "ProofPage")]
pub struct TargetPage {
    pub total: u32,
    pub rows: Vec<Target>,
}

/// Begins a proof over these mailboxes.
///
/// # Errors
/// [`StoreError`] when it can't be written.
pub fn create(
    tx: &Transaction<'_>,
    organization: OrganizationId,
    (desired, change, basis): (&Desired, Option<Change>, Option<&Basis>),
    workloads: &[Workload],
    sample: &Sample,
    targets: &[NewTarget],
    now: Timestamp,
) -> Result<ProofId, StoreError> {
    tx.prepare_cached(
        "INSERT INTO proofs (organization, state, started, desired, change, workloads, sample, basis)
         VALUES             (?1,           ?2,    ?3,      ?4,      ?5,     ?6,        ?7,     ?8)",
    )?
    .execute(params![
        organization.0,
        RunState::Running.name(),
        now.0,
        text::to_json(desired)?,
        change.map(|change| text::to_json(&change)).transpose()?,
        text::to_json(workloads)?,
        text::to_json(sample)?,
        basis.map(text::to_json).transpose()?
    ])?;
    let id = ProofId(u32::try_from(tx.last_insert_rowid()).unwrap_or(u32::MAX));
    let mut insert = tx.prepare_cached(
        "INSERT INTO scope_targets (proof, number, object_id, upn, mail, display_name, expected, named)
         VALUES                    (?1,    ?2,     ?3,        ?4,  ?5,   ?6,           ?7,       ?8)",
    )?;
    for (number, target) in (1_u32..).zip(targets) {
        insert.execute(params![
            id.0,
            number,
            target.object_id.to_string(),
            target.upn,
            target.mail,
            target.display_name,
            target.expected.name(),
            target.named
        ])?;
    }
    Ok(id)
}

const COLUMNS: &str = "SELECT id, organization, state, started, finished, desired, change, workloads, sample, put_off, basis FROM proofs";

/// A proof.
///
/// # Errors
/// [`StoreError::NotFound`].
pub fn get(conn: &Connection, id: ProofId) -> Result<Proof, StoreError> {
    let mut statement = conn.prepare_cached(&format!("{COLUMNS} WHERE id = ?1"))?;
    let proof = statement.query_row([id.0], read).optional()?.ok_or(StoreError::NotFound(Thing::Proof))?;
    counted(conn, proof)
}

/// The last proof of an organization.
///
/// # Errors
/// [`StoreError`] when the disk can't be read.
pub fn latest(conn: &Connection, organization: OrganizationId) -> Result<Option<Proof>, StoreError> {
    let mut statement = conn.prepare_cached(&format!("{COLUMNS} WHERE organization = ?1 ORDER BY id DESC LIMIT 1"))?;
    let proof = statement.query_row([organization.0], read).optional()?;
    proof.map(|proof| counted(conn, proof)).transpose()
}

/// Proofs that are marked as running.
///
/// # Errors
/// [`StoreError`] when the disk can't be read.
pub fn running(conn: &Connection) -> Result<Vec<ProofId>, StoreError> {
    let mut statement = conn.prepare_cached("SELECT id FROM proofs WHERE state = 'running'")?;
    let ids = statement.query_map([], |row| row.get(0).map(ProofId))?;
    Ok(ids.collect::<rusqlite::Result<_>>()?)
}

fn read(row: &Row<'_>) -> rusqlite::Result<Proof> {
    Ok(Proof {
        id: ProofId(row.get(0)?),
        organization: OrganizationId(row.get(1)?),
        state: text::named(row, 2)?,
        started: text::moment(row, 3)?,
        finished: text::maybe_moment(row, 4)?,
        desired: text::json(row, 5)?,
        change: text::maybe_json(row, 6)?,
        workloads: text::json(row, 7)?,
        sample: text::json(row, 8)?,
        tally: Tally::default(),
        early: None,
        put_off: text::maybe_json(row, 9)?,
        basis: text::maybe_json(row, 10)?,
    })
}

fn counted(conn: &Connection, mut proof: Proof) -> Result<Proof, StoreError> {
    let mut statement = conn.prepare_cached("SELECT finding, count(*), min(asked) FROM scope_targets WHERE proof = ?1 GROUP BY finding")?;
    let mut rows = statement.query([proof.id.0])?;
    while let Some(row) = rows.next()? {
        let (finding, count): (Option<Finding>, u32) = (text::maybe_named(row, 0)?, row.get(1)?);
        match finding {
            Some(finding) => proof.tally.add(finding, count),
            None => proof.tally.waiting += count,
        }
        if finding == Some(Finding::TooEarly) {
            proof.early = text::maybe_moment(row, 2)?;
        }
    }
    if let Some(change) = proof.change {
        let mut statement = conn.prepare_cached(
            "SELECT count(*) FROM scope_targets WHERE proof = ?1 AND finding IN ('confirmed_inside', 'confirmed_outside') AND asked < ?2",
        )?;
        proof.tally.provisional = statement.query_row(params![proof.id.0, change.settles().0], |row| row.get(0))?;
    }
    proof.tally.disagreements = disagreements(conn, &proof)?;
    Ok(proof)
}

/// Of how many mailboxes the test cmdlets say otherwise. Only those of which something was imported are looked at.
fn disagreements(conn: &Connection, proof: &Proof) -> Result<u32, StoreError> {
    let any = conn
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM scope_said WHERE organization = ?1)")?
        .query_row([proof.organization.0], |row| row.get::<_, bool>(0))?;
    if !any {
        return Ok(0);
    }
    let said = "SELECT mailbox FROM scope_said WHERE organization = ?2";
    let mut statement =
        conn.prepare_cached(&format!("{TARGETS} WHERE t.proof = ?1 AND (lower(t.upn) IN ({said}) OR lower(t.mail) IN ({said}))"))?;
    let mut rows = statement.query(params![proof.id.0, proof.organization.0])?;
    let mut counted = 0;
    while let Some(row) = rows.next()? {
        let (expected, finding) = (text::named(row, 4)?, text::maybe_named(row, 7)?);
        counted += u32::from(report(row)?.is_some_and(|report| disagreement(expected, finding, report).is_some()));
    }
    Ok(counted)
}

/// Marks where a proof stands; it is put off no longer.
///
/// # Errors
/// [`StoreError`] when it can't be written.
pub fn mark(tx: &Transaction<'_>, id: ProofId, state: RunState, now: Timestamp) -> Result<(), StoreError> {
    let finished = matches!(state, RunState::Finished | RunState::Cancelled).then_some(now.0);
    tx.prepare_cached("UPDATE proofs SET state = ?2, finished = ?3, put_off = NULL WHERE id = ?1")?.execute(params![
        id.0,
        state.name(),
        finished
    ])?;
    Ok(())
}

/// Puts a proof off that couldn't be gone on with.
///
/// # Errors
/// [`StoreError`] when it can't be written.
pub fn put_off(tx: &Transaction<'_>, id: ProofId, put_off: &PutOff) -> Result<(), StoreError> {
    tx.prepare_cached("UPDATE proofs SET put_off = ?2 WHERE id = ?1")?.execute(params![id.0, text::to_json(put_off)?])?;
    Ok(())
}

/// The next mailboxes that wait, after one of them.
///
/// # Errors
/// [`StoreError`] when the disk can't be read.
pub fn waiting(conn: &Connection, id: ProofId, after: u32, most: u32) -> Result<Vec<Waiting>, StoreError> {
    let mut statement = conn.prepare_cached(
        "SELECT number, object_id, expected, due FROM scope_targets
         WHERE  proof = ?1 AND finding IS NULL AND number > ?2
         ORDER  BY number LIMIT ?3",
    )?;
    let rows = statement.query_map(params![id.0, after, most], |row| {
        Ok(Waiting { number: row.get(0)?, object_id: text::parsed(row, 1)?, expected: text::named(row, 2)?, due: text::moment(row, 3)? })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Puts what mailboxes came to on disk, and until when others are not to be asked.
///
/// # Errors
/// [`StoreError`] when it can't be written.
pub fn commit(tx: &Transaction<'_>, id: ProofId, settled: &[Settled], put_off: &[(u32, Timestamp)]) -> Result<(), StoreError> {
    let mut update =
        tx.prepare_cached("UPDATE scope_targets SET finding = ?3, gravity = ?4, asked = ?5, calls = ?6 WHERE proof = ?1 AND number = ?2")?;
    for one in settled {
        let calls = text::to_json(&one.calls)?;
        update.execute(params![id.0, one.number, one.finding.name(), gravity(one.finding), one.asked.0, calls])?;
    }
    let mut later = tx.prepare_cached("UPDATE scope_targets SET due = ?3 WHERE proof = ?1 AND number = ?2")?;
    for (number, due) in put_off {
        later.execute(params![id.0, number, due.0])?;
    }
    Ok(())
}

/// What a proof has shown of whether the application may open anything: whether any mailbox that must answer is among its own, and for
/// which workloads one of them has.
///
/// # Errors
/// [`StoreError`] when the disk can't be read.
pub fn answered_inside(conn: &Connection, id: ProofId) -> Result<(bool, Vec<Workload>), StoreError> {
    let any = conn
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM scope_targets WHERE proof = ?1 AND expected = 'inside')")?
        .query_row([id.0], |row| row.get(0))?;
    let mut statement = conn.prepare_cached(
        "SELECT DISTINCT json_extract(call.value, '$.workload')
         FROM   scope_targets AS t, json_each(t.calls) AS call
         WHERE  t.proof = ?1 AND t.expected = 'inside' AND t.finding IS NOT NULL AND json_extract(call.value, '$.observed') = 'answered'",
    )?;
    let workloads = statement.query_map([id.0], |row| text::named(row, 0))?.collect::<rusqlite::Result<_>>()?;
    Ok((any, workloads))
}

/// Mailboxes that must be refused, of which nothing is known although all was asked, after one of them: they may be judged anew.
///
/// # Errors
/// [`StoreError`] when the disk can't be read.
pub fn unknown_outside(conn: &Connection, id: ProofId, after: u32, most: u32) -> Result<Vec<Settled>, StoreError> {
    let mut statement = conn.prepare_cached(
        "SELECT   number, finding, asked, calls
         FROM     scope_targets
         WHERE    proof = ?1 AND number > ?2 AND expected = 'outside' AND finding = 'unknown'
         ORDER BY number
         LIMIT    ?3",
    )?;
    let rows = statement.query_map(params![id.0, after, most], |row| {
        Ok(Settled { number: row.get(0)?, finding: text::named(row, 1)?, asked: text::moment(row, 2)?, calls: text::json(row, 3)? })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Has those asked again whose contradiction was too early to judge; and once `settled`, the moment from which on answers count, has come
/// by `now`, whoever was asked before it. The proof is marked as running with it, so that one that is cut off is known for such.
///
/// # Errors
/// [`StoreError`] when it can't be written.
pub fn ask_again(tx: &Transaction<'_>, id: ProofId, settled: Timestamp, now: Timestamp) -> Result<(), StoreError> {
    tx.prepare_cached(
        "UPDATE scope_targets SET finding = NULL, gravity = 4, due = 0
             WHERE  proof = ?1 AND finding IS NOT NULL AND (finding = 'too_early' OR ?3 >= ?2 AND asked < ?2)",
    )?
    .execute(params![id.0, settled.0, now.0])?;
    mark(tx, id, RunState::Running, now)
}

const TARGETS: &str = "SELECT t.number, t.object_id, t.upn, t.display_name, t.expected, t.named,
            (SELECT   json_array(s.said, s.at)
             FROM     scope_said AS s
             WHERE    s.organization = p.organization AND s.mailbox IN (lower(t.upn), lower(t.mail))
             ORDER BY s.mailbox = lower(t.upn) DESC
             LIMIT    1),
            t.finding, t.asked, t.calls, p.change, w.change, w.set_at
     FROM      scope_targets AS t
     JOIN      proofs        AS p ON p.id = t.proof
     LEFT JOIN scopes        AS w ON w.organization = p.organization";

/// Mailboxes of a proof, the gravest first and those alike by name; those of one finding or all; those whose name or address holds the
/// text.
///
/// # Errors
/// [`StoreError`] when the disk can't be read.
pub fn targets(
    conn: &Connection,
    id: ProofId,
    finding: Option<Finding>,
    search: &str,
    (offset, limit): (u32, u32),
) -> Result<TargetPage, StoreError> {
    let search = search.trim().to_lowercase();
    let (least, most) = finding.map_or((gravity(Finding::Leak), gravity(Finding::ConfirmedInside)), |one| (gravity(one), gravity(one)));
    let chosen = chosen(&search);
    let total =
        conn.prepare_cached(&format!("SELECT count(*) {chosen}"))?.query_row(params![id.0, least, most, search], |row| row.get(0))?;
    let mut statement = conn.prepare_cached(&page(&chosen))?;
    let rows = statement.query_map(params![id.0, least, most, search, limit, offset], target)?;
    Ok(TargetPage { total, rows: rows.collect::<rusqlite::Result<_>>()? })
}

/// The mailboxes of a list. Without a search the index alone tells which rows a page has, however far down it is.
fn chosen(search: &str) -> String {
    let fits = if search.is_empty() { "?4 = ''" } else { "(instr(lower(c.upn), ?4) > 0 OR instr(lower(c.display_name), ?4) > 0)" };
    format!("FROM scope_targets AS c WHERE c.proof = ?1 AND c.gravity BETWEEN ?2 AND ?3 AND {fits}")
}

/// The rows of a page. The plus keeps the order from being the way in: each row is looked up by its number.
fn page(chosen: &str) -> String {
    let order = BY_GRAVITY.replace("t.", "c.");
    format!(
        "{TARGETS}
         WHERE    t.proof = ?1 AND t.number IN (SELECT c.number {chosen} ORDER BY {order} LIMIT ?5 OFFSET ?6)
         ORDER BY +{BY_GRAVITY}"
    )
}

const BY_GRAVITY: &str = "t.gravity, t.display_name COLLATE NOCASE, t.number";

/// The place of a finding in the column `gravity`; those who were not asked yet are before the confirmed ones.
const fn gravity(finding: Finding) -> u8 {
    match finding {
        Finding::Leak => 0,
        Finding::LockOut => 1,
        Finding::TooEarly => 2,
        Finding::Unknown => 3,
        Finding::ConfirmedOutside => 5,
        Finding::ConfirmedInside => 6,
    }
}

/// Addresses to be tried with the test cmdlets: so many of each side, those that were named and the gravest first.
///
/// # Errors
/// [`StoreError`] when the disk can't be read.
pub fn to_try(conn: &Connection, id: ProofId, of_each: u32) -> Result<Vec<String>, StoreError> {
    let mut statement = conn.prepare_cached(&format!(
        "SELECT t.upn FROM scope_targets AS t WHERE t.proof = ?1 AND t.expected = ?2 ORDER BY t.named DESC, {BY_GRAVITY} LIMIT ?3"
    ))?;
    let mut found = Vec::new();
    for side in [Expected::Inside, Expected::Outside] {
        for upn in statement.query_map(params![id.0, side.name(), of_each], |row| row.get(0))? {
            found.push(upn?);
        }
    }
    Ok(found)
}

/// The mailbox of a proof with this address or object id.
///
/// # Errors
/// [`StoreError`] when the disk can't be read.
pub fn find(conn: &Connection, id: ProofId, mailbox: &str) -> Result<Option<Target>, StoreError> {
    let mut statement =
        conn.prepare_cached(&format!("{TARGETS} WHERE t.proof = ?1 AND (lower(t.upn) = ?2 OR lower(t.mail) = ?2 OR t.object_id = ?2)"))?;
    Ok(statement.query_row(params![id.0, mailbox.trim().to_lowercase()], target).optional()?)
}

/// What the cmdlet said of the mailbox of a row, and whether that was before the scope became what it is.
fn report(row: &Row<'_>) -> rusqlite::Result<Option<Report>> {
    let Some((said, at)) = text::maybe_json(row, 6)? else { return Ok(None) };
    let (change, set_at): (Option<Change>, _) = (text::maybe_json(row, 11)?, text::maybe_moment(row, 12)?);
    Ok(Some(Report { said, at, before_change: scopes::is_before(at, set_at, change) }))
}

fn target(row: &Row<'_>) -> rusqlite::Result<Target> {
    let (expected, finding, asked, said) = (text::named(row, 4)?, text::maybe_named(row, 7)?, text::maybe_moment(row, 8)?, report(row)?);
    let change: Option<Change> = text::maybe_json(row, 10)?;
    let confirmed = matches!(finding, Some(Finding::ConfirmedInside | Finding::ConfirmedOutside));
    let settling = change.filter(|change| confirmed && asked.is_some_and(|asked| change.is_settling(asked)));
    Ok(Target {
        number: row.get(0)?,
        object_id: text::parsed(row, 1)?,
        upn: row.get(2)?,
        display_name: row.get(3)?,
        expected,
        named: row.get(5)?,
        said,
        disagrees: said.and_then(|said| disagreement(expected, finding, said)),
        finding,
        provisional: settling.map(Change::settles),
        asked,
        calls: text::maybe_json(row, 9)?.unwrap_or_default(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Store;

    #[test]
    fn a_page_far_down_is_found_in_the_index_alone() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path(), Timestamp(1)).unwrap().store;
        let plan = store.read(|conn| {
            let mut statement = conn.prepare(&format!("EXPLAIN QUERY PLAN {}", page(&chosen(""))))?;
            let steps = statement.query_map(params![1, 0, 6, "", 100, 4_900], |row| row.get::<_, String>(3))?;
            Ok::<_, StoreError>(steps.collect::<rusqlite::Result<Vec<_>>>()?)
        });
        let plan = plan.unwrap().join("\n");
        assert!(plan.contains("SEARCH c USING COVERING INDEX scope_targets_by_gravity (proof=? AND gravity>? AND gravity<?)"), "{plan}");
        assert!(plan.contains("SEARCH t USING PRIMARY KEY (proof=? AND number=?)"), "{plan}");
        assert!(!plan.contains("SCAN"), "{plan}");
        assert_eq!(plan.matches("TEMP B-TREE").count(), 2, "only the rows of the page are sorted, and what was said of each: {plan}");
    }
}
