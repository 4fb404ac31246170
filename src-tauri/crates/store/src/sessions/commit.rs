//! Commits of a group of sessions: what was read, where it goes on, and what that makes of the users, all in one transaction, so that a
//! session that is shown is a session whose cursors are kept.

use rollcall_core::id::{OrganizationId, UserId};
use rollcall_core::mailbox::{MailboxStatus, Step};
use rollcall_core::organization::SyncStatus;
use rollcall_core::session::{self, Reading};
use rollcall_core::time::Timestamp;
use rollcall_core::timeline::Happening;
use rollcall_core::verdict::Verdict;
use rusqlite::{OptionalExtension, Transaction, params};
use serde::Serialize;
use ts_rs::TS;

use super::{DAYS_OF_FIGURES, Ended, HOUR, KEPT};
use crate::error::StoreError;
use crate::result::Answer;
use crate::{checks, cursors, organizations, text, timeline};

/// What a group of sessions came to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, TS)]
pub struct Committed {
    pub passed: u32,
    pub failed: u32,
    pub unknown: u32,
    pub changed: u32,
    pub removed: u32,
    pub requests: u32,
    /// Mailboxes that became initialized.
    pub initialized: u32,
    /// Users who were disabled because too many sessions had failed.
    pub disabled: u32,
}

impl std::ops::AddAssign for Committed {
    fn add_assign(&mut self, more: Self) {
        self.passed += more.passed;
        self.failed += more.failed;
        self.unknown += more.unknown;
        self.changed += more.changed;
        self.removed += more.removed;
        self.requests += more.requests;
        self.initialized += more.initialized;
        self.disabled += more.disabled;
    }
}

/// Keeps sessions of an organization's users. What was found out about somebody who has left it meanwhile is not theirs any more.
///
/// # Errors
/// [`StoreError::NotFound`] when there is no such organization.
pub fn commit(tx: &Transaction<'_>, organization: OrganizationId, ended: &[Ended], now: Timestamp) -> Result<Committed, StoreError> {
    let limit = organizations::get(tx, organization)?.rhythm.failures;
    let (mut committed, mut took, mut latest) = (Committed::default(), 0, Timestamp(0));
    for session in ended {
        let Some(before) = before(tx, organization, session.user)? else { continue };
        let verdict = session::verdict(&session.readings);
        let after = before.after(verdict, limit);
        keep(tx, session, verdict, &before, now)?;
        write(tx, session, verdict, &before, after, now)?;
        committed.count(session, verdict, &before, after);
        took += i64::try_from(session.ended.since(session.started).as_millis()).unwrap_or(i64::MAX);
        latest = latest.max(session.ended);
    }
    if committed != Committed::default() {
        count_hour(tx, organization, &Group { committed, took, latest }, now)?;
    }
    Ok(committed)
}

/// A user before the session.
struct Before {
    mailbox: MailboxStatus,
    sync: SyncStatus,
    last: Option<Verdict>,
    failing: u32,
    sessions: u32,
    open_issues: u32,
}

/// What the session makes of the user.
#[derive(Clone, Copy)]
struct After {
    mailbox: MailboxStatus,
    sync: SyncStatus,
    failing: u32,
}

impl Before {
    fn after(&self, verdict: Verdict, limit: u32) -> After {
        let failing = match verdict {
            Verdict::Passed => 0,
            Verdict::Failed => self.failing + 1,
            Verdict::Unknown | Verdict::NotRun => self.failing,
        };
        let given_up = verdict == Verdict::Failed && failing >= limit && self.sync == SyncStatus::Enabled;
        After {
            mailbox: self.mailbox.after(Step::Session(verdict)),
            sync: if given_up { SyncStatus::DisabledDueToError } else { self.sync },
            failing,
        }
    }
}

impl Committed {
    fn count(&mut self, session: &Ended, verdict: Verdict, before: &Before, after: After) {
        match verdict {
            Verdict::Passed => self.passed += 1,
            Verdict::Failed => self.failed += 1,
            Verdict::Unknown | Verdict::NotRun => self.unknown += 1,
        }
        self.changed += sum(session, |reading| reading.changed);
        self.removed += sum(session, |reading| reading.removed);
        self.requests += session.requests;
        self.initialized += u32::from(after.mailbox == MailboxStatus::Initialized && before.mailbox != MailboxStatus::Initialized);
        self.disabled += u32::from(after.sync != before.sync);
    }
}

fn before(tx: &Transaction<'_>, organization: OrganizationId, user: UserId) -> Result<Option<Before>, StoreError> {
    let mut statement = tx.prepare_cached(
        "SELECT mailbox, sync, session, failing, sessions, (SELECT open_issues FROM verdicts WHERE user = id)
         FROM   users
         WHERE  id = ?1 AND organization = ?2",
    )?;
    let before = statement.query_row(params![user.0, organization.0], |row| {
        Ok(Before {
            mailbox: text::named(row, 0)?,
            sync: text::named(row, 1)?,
            last: text::maybe_named(row, 2)?,
            failing: row.get(3)?,
            sessions: row.get(4)?,
            open_issues: row.get::<_, Option<u32>>(5)?.unwrap_or_default(),
        })
    });
    Ok(before.optional()?)
}

/// Keeps the session, where its feeds go on, and what it says of the user's issues.
fn keep(tx: &Transaction<'_>, session: &Ended, verdict: Verdict, before: &Before, now: Timestamp) -> Result<(), StoreError> {
    let mut statement = tx.prepare_cached(
        "INSERT OR REPLACE INTO sessions (user, place, number, kind, verdict, started, ended, changed, removed, requests, readings)
         VALUES                          (?1,   ?2,    ?3,     ?4,   ?5,      ?6,      ?7,    ?8,      ?9,      ?10,      ?11)",
    )?;
    let number = before.sessions + 1;
    statement.execute(params![
        session.user.0,
        number % KEPT,
        number,
        session.kind.name(),
        verdict.name(),
        session.started.0,
        session.ended.0,
        sum(session, |reading| reading.changed),
        sum(session, |reading| reading.removed),
        session.requests,
        text::to_json(&session.readings)?,
    ])?;
    for feeds in &session.feeds {
        cursors::replace(tx, session.user, feeds)?;
    }
    let mut touched = false;
    for reading in &session.readings {
        let kept = match reading.verdict {
            Verdict::Failed | Verdict::Unknown => true,
            Verdict::Passed => before.open_issues > 0 && checks::is_open(tx, session.user, reading.workload)?,
            Verdict::NotRun => false,
        };
        if kept {
            checks::keep_of_session(tx, session.user, &answer(reading, now))?;
            touched = true;
        }
    }
    if touched { checks::summarize(tx, session.user, now) } else { Ok(()) }
}

/// Brings the user's row and timeline in line.
fn write(tx: &Transaction<'_>, session: &Ended, verdict: Verdict, before: &Before, after: After, now: Timestamp) -> Result<(), StoreError> {
    let mut statement = tx.prepare_cached(
        "UPDATE users
         SET    synced = ?2, session = ?3, failing = ?4, sessions = ?5, sync = ?6, mailbox = ?7,
                mailbox_since = iif(mailbox = ?7, mailbox_since, ?8), held = ?9
         WHERE  id = ?1",
    )?;
    statement.execute(params![
        session.user.0,
        session.ended.0,
        verdict.name(),
        after.failing,
        before.sessions + 1,
        after.sync.name(),
        after.mailbox.name(),
        now.0,
        session.held.map(|until| until.0),
    ])?;
    let note = |what: &Happening| timeline::note(tx, &[session.user], what, None, now);
    if session.kind == session::SessionKind::Resync {
        note(&Happening::Resynced)?;
    }
    if verdict == Verdict::Failed && before.last != Some(Verdict::Failed) {
        let first = session.readings.iter().find(|reading| reading.verdict == Verdict::Failed);
        note(&Happening::SessionFailed {
            cause: first.and_then(|reading| reading.cause),
            code: first.and_then(|reading| reading.code.clone()),
        })?;
    }
    if verdict == Verdict::Passed && before.failing > 0 {
        note(&Happening::SessionRecovered)?;
    }
    if after.mailbox == MailboxStatus::Initialized && before.mailbox != MailboxStatus::Initialized {
        note(&Happening::Initialized)?;
    }
    if after.sync != before.sync {
        note(&Happening::SyncDisabledDueToError { failures: after.failing })?;
    }
    Ok(())
}

/// What a group adds to its hour.
struct Group {
    committed: Committed,
    took: i64,
    /// When the last of its sessions ended.
    latest: Timestamp,
}

fn count_hour(tx: &Transaction<'_>, organization: OrganizationId, group: &Group, now: Timestamp) -> Result<(), StoreError> {
    let hour = now.0.div_euclid(HOUR);
    let mut statement = tx.prepare_cached(
        "INSERT INTO session_hours (organization, hour, passed, failed, unknown, changed, removed, requests, took, latest)
         VALUES                    (?1,           ?2,   ?3,     ?4,     ?5,      ?6,      ?7,      ?8,       ?9,   ?10)
         ON CONFLICT (organization, hour) DO UPDATE
         SET passed = passed + excluded.passed, failed = failed + excluded.failed, unknown = unknown + excluded.unknown,
             changed = changed + excluded.changed, removed = removed + excluded.removed,
             requests = requests + excluded.requests, took = took + excluded.took,
             latest = max(coalesce(latest, 0), excluded.latest)",
    )?;
    let Committed { passed, failed, unknown, changed, removed, requests, .. } = group.committed;
    let (took, latest) = (group.took, group.latest.0);
    statement.execute(params![organization.0, hour, passed, failed, unknown, changed, removed, requests, took, latest])?;
    let oldest = hour - DAYS_OF_FIGURES * 24;
    tx.prepare_cached("DELETE FROM session_hours WHERE organization = ?1 AND hour < ?2")?.execute([i64::from(organization.0), oldest])?;
    Ok(())
}

fn answer(reading: &Reading, now: Timestamp) -> Answer<'_> {
    Answer {
        workload: reading.workload,
        verdict: reading.verdict,
        http: reading.http,
        code: reading.code.as_deref(),
        cause: reading.cause,
        fingerprint: reading.fingerprint.as_deref(),
        request_id: reading.request_id.as_deref(),
        client_request_id: reading.client_request_id.as_deref(),
        mailbox: reading.mailbox.as_deref(),
        checked: Some(now),
    }
}

fn sum(session: &Ended, count: impl Fn(&Reading) -> u32) -> u32 {
    session.readings.iter().map(count).fold(0, u32::saturating_add)
}
