//! The answer of one probe as it is stored: with a digest, because a flipped bit in a row is not noticed by SQLite.

use ring::digest::{Context, SHA256};
use rollcall_core::id::{RunId, UserId};
use rollcall_core::issue::Cause;
use rollcall_core::time::Timestamp;
use rollcall_core::verdict::{Ledger, Verdict};
use rollcall_core::workload::Workload;
use rusqlite::Row;
use rusqlite::types::ValueRef;
use serde::Serialize;
use ts_rs::TS;

use crate::text;

/// What one workload of a mailbox came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct WorkloadResult {
    pub workload: Workload,
    /// Not run while it is queued; unknown when the stored row is damaged.
    pub verdict: Verdict,
    pub http: Option<u16>,
    pub code: Option<String>,
    pub cause: Option<Cause>,
    pub fingerprint: Option<String>,
    pub request_id: Option<String>,
    pub client_request_id: Option<String>,
    /// When the answer was recorded; `None` when it wasn't asked, or not yet.
    pub checked: Option<Timestamp>,
    /// Whether the stored row is what was written. One that isn't says nothing about the mailbox.
    pub intact: bool,
}

impl WorkloadResult {
    /// What the row's digest must be.
    pub(crate) fn digest(&self, run: RunId, user: UserId) -> [u8; 32] {
        let mut context = Context::new(&SHA256);
        let number = |value: Option<i64>| value.map(|value| value.to_string());
        let fields = [
            Some(run.to_string()),
            Some(user.to_string()),
            Some(self.workload.name().to_owned()),
            Some(self.verdict.name().to_owned()),
            number(self.http.map(i64::from)),
            self.code.clone(),
            self.cause.map(|cause| cause.name().to_owned()),
            self.fingerprint.clone(),
            self.request_id.clone(),
            self.client_request_id.clone(),
            number(self.checked.map(|at| at.0)),
        ];
        for field in fields {
            // The length goes first, so that no two lists of fields feed the same bytes.
            let length = field.as_ref().map_or(u64::MAX, |field| field.len() as u64);
            context.update(&length.to_be_bytes());
            context.update(field.unwrap_or_default().as_bytes());
        }
        let mut digest = [0; 32];
        digest.copy_from_slice(context.finish().as_ref());
        digest
    }

    /// Reads ten columns: workload, verdict, http, code, cause, fingerprint, request id, client request id, checked, digest.
    pub(crate) fn read(row: &Row<'_>, first: usize, run: RunId, user: UserId) -> rusqlite::Result<Self> {
        let workload = text::named(row, first)?;
        let stored = Self::fields(row, first, workload).ok();
        let digest: Option<[u8; 32]> = row.get(first + 9).ok();
        match stored {
            Some(queued) if queued.checked.is_none() && digest.is_none() && queued.verdict == Verdict::NotRun => Ok(queued),
            Some(answered) if digest == Some(answered.digest(run, user)) => Ok(answered),
            Some(_) | None => Ok(Self::damaged(workload)),
        }
    }

    fn fields(row: &Row<'_>, first: usize, workload: Workload) -> rusqlite::Result<Self> {
        Ok(Self {
            workload,
            verdict: text::maybe_named(row, first + 1)?.unwrap_or(Verdict::NotRun),
            http: row.get(first + 2)?,
            code: row.get(first + 3)?,
            cause: text::maybe_named(row, first + 4)?,
            fingerprint: row.get(first + 5)?,
            request_id: row.get(first + 6)?,
            client_request_id: row.get(first + 7)?,
            checked: text::maybe_moment(row, first + 8)?,
            intact: true,
        })
    }

    const fn damaged(workload: Workload) -> Self {
        Self {
            workload,
            verdict: Verdict::Unknown,
            http: None,
            code: None,
            cause: None,
            fingerprint: None,
            request_id: None,
            client_request_id: None,
            checked: None,
            intact: false,
        }
    }
}

/// The verdict of a mailbox from its workloads, asked or not: what was never meant to be asked doesn't hold back a pass, what
/// was cancelled or still waits does.
pub fn of_mailbox(workloads: &[(Verdict, Option<Cause>)]) -> Verdict {
    let verdict = Verdict::of_mailbox(workloads.iter().map(|&(verdict, _)| verdict));
    let open = |&(verdict, cause): &(Verdict, Option<Cause>)| {
        verdict == Verdict::NotRun && !matches!(cause, Some(Cause::NotCovered | Cause::NeedsUserSignIn))
    };
    if verdict == Verdict::Passed && workloads.iter().any(open) { Verdict::NotRun } else { verdict }
}

/// Adds mailboxes to a ledger under a stored verdict. One that can't be read is unknown.
pub fn count_verdict(ledger: &mut Ledger, stored: ValueRef<'_>, mailboxes: u32) {
    let verdict = stored.as_str().ok().and_then(|name| text::by_name(name).ok());
    match verdict.unwrap_or(Verdict::Unknown) {
        Verdict::Passed => ledger.passed += mailboxes,
        Verdict::Failed => ledger.failed += mailboxes,
        Verdict::Unknown => ledger.unknown += mailboxes,
        Verdict::NotRun => ledger.not_run += mailboxes,
    }
}
