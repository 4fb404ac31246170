//! What can be expected of mailboxes: the facts that a judgement is made of, the judgements, and how many there are of each.

use std::collections::BTreeMap;

use rollcall_core::eligibility::{Eligibility, Evidence, Judged, Purpose, Unasked};
use rollcall_core::id::{ObjectId, OrganizationId, UserId};
use rollcall_core::issue::Cause;
use rollcall_core::time::Timestamp;
use rollcall_core::user::DirectoryUser;
use rollcall_core::verdict::Verdict;
use rusqlite::{Connection, Row, Transaction, params, params_from_iter};

use super::directory_user;
use crate::error::StoreError;
use crate::mailboxes::own_is_read;
use crate::text;

/// A user with all that its eligibility is judged by, and how it was judged last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    pub user: UserId,
    pub directory: DirectoryUser,
    pub purpose: Option<Purpose>,
    /// What the user's own mailbox came to when it was checked last.
    pub verdict: Verdict,
    pub cause: Option<Cause>,
    pub judged: Judged,
}

/// Which users of an organization.
#[derive(Debug, Clone, Copy)]
pub enum Whose<'a> {
    /// So many after a number.
    After(UserId, u32),
    /// These, as far as they are in it.
    Those(&'a [UserId]),
}

/// The candidates of an organization, by number.
///
/// # Errors
/// [`StoreError`] when the disk can't be read.
pub fn candidates(conn: &Connection, organization: OrganizationId, whose: Whose<'_>) -> Result<Vec<Candidate>, StoreError> {
    // What another mailbox of the user came to says nothing of the user's own.
    const COLUMNS: &str = concat!(
        "SELECT u.id, u.object_id, u.upn, u.display_name, u.mail, u.aliases, u.department, u.job_title, u.enabled, u.guest,
                u.on_premises, u.exchange_plan, u.purpose, iif(",
        own_is_read!(),
        ", coalesce(v.verdict, 'not_run'), 'not_run'),
                (SELECT c.cause FROM checks AS c WHERE c.user = u.id AND c.cause = v.first_cause AND c.mailbox IS NULL LIMIT 1),
                u.eligibility, u.evidence
         FROM   users AS u LEFT JOIN verdicts AS v ON v.user = u.id"
    );
    let (condition, values): (_, Vec<rusqlite::types::Value>) = match whose {
        Whose::After(after, limit) => {
            ("WHERE u.organization = ? AND u.id > ? ORDER BY u.id LIMIT ?", vec![organization.0.into(), after.0.into(), limit.into()])
        }
        Whose::Those(ids) => (
            "WHERE +u.organization = ? AND u.id IN (SELECT value FROM json_each(?)) ORDER BY u.id",
            vec![organization.0.into(), text::to_json(ids)?.into()],
        ),
    };
    let mut statement = conn.prepare_cached(&format!("{COLUMNS} {condition}"))?;
    let rows = statement.query_map(params_from_iter(values), |row| {
        Ok(Candidate {
            user: UserId(row.get(0)?),
            directory: directory_user(row, 1)?,
            purpose: text::maybe_named(row, 12)?,
            verdict: text::named(row, 13)?,
            cause: text::maybe_named(row, 14)?,
            judged: judged(row, 15)?,
        })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Those of the organization `?1` whose last check found something out about the mailbox itself, in SQL. A cross join is done in the order
/// in which it is written: each of them is looked for, and not everybody among them.
macro_rules! found_out {
    () => {
        "SELECT u.id
         FROM   verdicts AS v INDEXED BY verdicts_amiss CROSS JOIN users AS u ON u.id = v.user
         WHERE  v.open_issues > 0 AND v.first_cause IN ('no_mailbox', 'mailbox_elsewhere', 'account_disabled', 'license_missing')
                AND u.organization = ?1"
    };
}

/// Those of an organization who were not ready, those whose last check found something out about the mailbox itself, and `these`, by
/// number. Who came in after the user `known` was judged then, and is not among them but for `these`.
///
/// # Errors
/// [`StoreError`] when the disk can't be read.
pub fn doubtful(
    conn: &Connection,
    organization: OrganizationId,
    known: Option<UserId>,
    these: &[ObjectId],
) -> Result<Vec<UserId>, StoreError> {
    let these: Vec<String> = these.iter().map(ToString::to_string).collect();
    let mut statement = conn.prepare_cached(concat!(
        "SELECT id FROM users WHERE organization = ?1 AND eligibility IS NOT NULL AND (?3 IS NULL OR id <= ?3)
         UNION ",
        found_out!(),
        "
         UNION
         SELECT m.id
         FROM   organizations AS o
                CROSS JOIN json_each(?2) AS j
                CROSS JOIN users AS m ON m.tenant = o.tenant AND m.object_id = j.value
         WHERE  o.id = ?1 AND +m.organization = o.id
         ORDER BY id"
    ))?;
    let values = params![organization.0, text::to_json(&these)?, known.map(|known| known.0)];
    let ids = statement.query_map(values, |row| row.get(0).map(UserId))?;
    Ok(ids.collect::<rusqlite::Result<_>>()?)
}

/// Those of an organization whose judgement a check may have overturned, by number: who was not ready by what goes by the mailbox's
/// answer, and those of whom the check found something out about the mailbox itself. Who is ready because the mailbox has once answered
/// stays so.
///
/// # Errors
/// [`StoreError`] when the disk can't be read.
pub fn doubtful_after_check(conn: &Connection, organization: OrganizationId) -> Result<Vec<UserId>, StoreError> {
    let mut statement = conn.prepare_cached(concat!(
        "SELECT id
         FROM   users INDEXED BY users_not_ready
         WHERE  organization = ?1 AND eligibility IS NOT NULL
                AND coalesce(evidence, 'assigned_plans') IN (SELECT value FROM json_each(?2))
         UNION ",
        found_out!(),
        "
         ORDER BY id"
    ))?;
    let ids = statement.query_map(params![organization.0, text::to_json(&Evidence::BY_ANSWER)?], |row| row.get(0).map(UserId))?;
    Ok(ids.collect::<rusqlite::Result<_>>()?)
}

/// Writes judgements.
///
/// # Errors
/// [`StoreError`] when it can't be written.
pub fn set(tx: &Transaction<'_>, judgements: &[(UserId, Judged)]) -> Result<(), StoreError> {
    let mut statement = tx.prepare_cached("UPDATE users SET eligibility = ?2, evidence = ?3 WHERE id = ?1")?;
    for (user, judged) in judgements {
        let (eligibility, evidence) = written(*judged);
        statement.execute(params![user.0, eligibility, evidence])?;
    }
    Ok(())
}

/// What is written of a judgement: of who is ready by a plan, nothing.
pub(super) fn written(Judged { eligibility, evidence }: Judged) -> (Option<&'static str>, Option<&'static str>) {
    ((eligibility != Eligibility::Ready).then(|| eligibility.name()), (evidence != Evidence::AssignedPlans).then(|| evidence.name()))
}

/// Writes what mailboxes said of themselves.
///
/// # Errors
/// [`StoreError`] when it can't be written.
pub fn set_purposes(tx: &Transaction<'_>, told: &[(UserId, Purpose)]) -> Result<(), StoreError> {
    let mut statement = tx.prepare_cached("UPDATE users SET purpose = ?2 WHERE id = ?1")?;
    for (user, purpose) in told {
        statement.execute(params![user.0, purpose.name()])?;
    }
    Ok(())
}

/// Remembers when an organization's users were judged, and why mailboxes were not asked, where they weren't.
///
/// # Errors
/// [`StoreError`] when it can't be written.
pub fn set_judged(tx: &Transaction<'_>, organization: OrganizationId, unasked: Option<Unasked>, now: Timestamp) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE organizations SET judged = ?2, unasked = ?3 WHERE id = ?1",
        params![organization.0, now.0, unasked.map(Unasked::name)],
    )?;
    Ok(())
}

/// How an organization's users were judged.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, ts_rs::TS)]
pub struct Eligibilities {
    /// How many there are of each; none of those that aren't named.
    pub counts: BTreeMap<Eligibility, u32>,
    /// How many of them aren't ready.
    pub not_eligible: u32,
    /// When the mailboxes were last asked, or that was tried.
    pub judged: Option<Timestamp>,
    /// Why they were not asked what they are.
    pub unasked: Option<Unasked>,
}

/// How an organization's users were judged.
///
/// # Errors
/// [`StoreError`] when the disk can't be read.
pub fn of_organization(conn: &Connection, organization: OrganizationId) -> Result<Eligibilities, StoreError> {
    let mut statement = conn.prepare_cached("SELECT users, judged, unasked FROM organizations WHERE id = ?1")?;
    let (users, judged, unasked): (u32, _, _) =
        statement.query_row([organization.0], |row| Ok((row.get(0)?, text::maybe_moment(row, 1)?, text::maybe_named(row, 2)?)))?;
    let mut statement = conn.prepare_cached(
        "SELECT   eligibility, count(*)
         FROM     users
         WHERE    organization = ?1 AND eligibility IS NOT NULL
         GROUP BY eligibility",
    )?;
    let rows = statement.query_map([organization.0], |row| Ok((text::named(row, 0)?, row.get(1)?)))?;
    let mut counts: BTreeMap<Eligibility, u32> = rows.collect::<rusqlite::Result<_>>()?;
    let not_eligible = counts.values().sum();
    counts.insert(Eligibility::Ready, users.saturating_sub(not_eligible));
    Ok(Eligibilities { counts, not_eligible, judged, unasked })
}

/// Two columns, the eligibility and the evidence. Nothing is written of who is ready by a plan.
pub(super) fn judged(row: &Row<'_>, first: usize) -> rusqlite::Result<Judged> {
    Ok(Judged {
        eligibility: text::maybe_named(row, first)?.unwrap_or(Eligibility::Ready),
        evidence: text::maybe_named(row, first + 1)?.unwrap_or(Evidence::AssignedPlans),
    })
}
