//! How problems grow: how many users each had, day by day, as the last check of the day left it.

use std::collections::BTreeMap;

use rollcall_core::id::OrganizationId;
use rollcall_core::time::Timestamp;
use rusqlite::{Connection, Transaction, params};

use super::{general, problem};
use crate::error::StoreError;

const DAY: i64 = 86_400_000;

/// How long a day is remembered.
const KEPT: i64 = 60;

/// How many users had what, by day and subject: a fingerprint, or a problem. A day that is there and doesn't have the subject had
/// none of it; on a day that isn't there nothing was checked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Days(BTreeMap<i64, BTreeMap<String, u32>>);

impl Days {
    /// The number of the day of a moment, in UTC.
    #[must_use]
    pub const fn number(at: Timestamp) -> i64 {
        at.0.div_euclid(DAY)
    }

    /// The moment at which a day begins.
    #[must_use]
    pub const fn begin(day: i64) -> Timestamp {
        Timestamp(day.saturating_mul(DAY))
    }

    /// How many had it on that day; `None` where nothing was checked.
    #[must_use]
    pub fn on(&self, day: i64, subject: &str) -> Option<u32> {
        self.0.get(&day).map(|subjects| subjects.get(subject).copied().unwrap_or_default())
    }

    /// How many had it on the last day before that on which something was checked.
    #[must_use]
    pub fn before(&self, day: i64, subject: &str) -> Option<u32> {
        self.0.range(..day).next_back().map(|(_, subjects)| subjects.get(subject).copied().unwrap_or_default())
    }
}

/// Puts down how many users of an organization have which problem now, in place of what this day had before. What was put aside and
/// is gone is put aside no longer: if it comes back, it is news.
///
/// # Errors
/// [`StoreError`] when it can't be written.
pub fn snapshot(tx: &Transaction<'_>, organization: OrganizationId, now: Timestamp) -> Result<(), StoreError> {
    let day = Days::number(now);
    tx.execute("DELETE FROM issue_days WHERE organization = ?1 AND (day = ?2 OR day <= ?2 - ?3)", params![organization.0, day, KEPT])?;
    // Who has open issues is told by an index, and their checks are read once, user by user.
    tx.execute(
        concat!(
            "WITH open AS MATERIALIZED (
                 SELECT c.fingerprint, ",
            problem!(),
            " AS problem, c.user
                 FROM   verdicts AS v INDEXED BY verdicts_amiss
                        CROSS JOIN users  AS u ON u.id = v.user
                        CROSS JOIN checks AS c ON c.user = v.user
                 WHERE  v.open_issues > 0 AND u.organization = ?1 AND c.verdict IN ('failed', 'unknown') AND c.fingerprint IS NOT NULL
             )
             INSERT INTO issue_days (organization, subject, day, users)
             SELECT   ?1, fingerprint, ?3, count(*)
             FROM     open
             GROUP BY fingerprint
             UNION ALL
             SELECT   ?1, problem, ?3, count(DISTINCT user)
             FROM     open
             GROUP BY problem
             UNION ALL
             SELECT   ?1, '', ?3, count(*)
             FROM     verdicts AS v INDEXED BY verdicts_amiss CROSS JOIN users AS u ON u.id = v.user
             WHERE    v.open_issues > 0 AND u.organization = ?1"
        ),
        params![organization.0, general()?, day],
    )?;
    tx.execute(
        "DELETE FROM snoozes
         WHERE  organization = ?1
                AND fingerprint NOT IN (SELECT subject FROM issue_days WHERE organization = ?1 AND day = ?2)
                AND fingerprint NOT IN (SELECT fingerprint FROM sign_in_issues WHERE organization = ?1)",
        params![organization.0, day],
    )?;
    Ok(())
}

/// The days of an organization from one on.
///
/// # Errors
/// [`StoreError`] when the disk can't be read.
pub fn days(conn: &Connection, organization: OrganizationId, from: i64) -> Result<Days, StoreError> {
    let mut statement = conn.prepare_cached("SELECT day, subject, users FROM issue_days WHERE organization = ?1 AND day >= ?2")?;
    let mut rows = statement.query(params![organization.0, from])?;
    let mut days = Days::default();
    while let Some(row) = rows.next()? {
        let (day, subject, users): (i64, String, u32) = (row.get(0)?, row.get(1)?, row.get(2)?);
        days.0.entry(day).or_default().insert(subject, users);
    }
    Ok(days)
}
