//! The answer of one probe as it is stored: with a digest, because a flipped bit in a row is not noticed by SQLite.

use ring::digest::SHA256;
use rollcall_core::id::{RunId, UserId};
use rollcall_core::issue::Cause;
use rollcall_core::time::Timestamp;
use rollcall_core::verdict::Verdict;
use rollcall_core::workload::Workload;
use rusqlite::Row;
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
    /// Under which address the mailbox that answered is the user's, where it isn't the user's own.
    pub mailbox: Option<String>,
    /// When the answer was recorded; `None` when it wasn't asked, or not yet.
    pub checked: Option<Timestamp>,
    /// Whether the stored row is what was written. One that isn't says nothing about the mailbox.
    pub intact: bool,
}

impl WorkloadResult {
    /// What the row's digest must be.
    pub(crate) fn digest(&self, run: RunId, user: UserId) -> [u8; 32] {
        let answer = Answer {
            workload: self.workload,
            verdict: self.verdict,
            http: self.http,
            code: self.code.as_deref(),
            cause: self.cause,
            fingerprint: self.fingerprint.as_deref(),
            request_id: self.request_id.as_deref(),
            client_request_id: self.client_request_id.as_deref(),
            mailbox: self.mailbox.as_deref(),
            checked: self.checked,
        };
        answer.digest(run, user)
    }

    /// A workload that nobody asked about (`cause` says why), or not yet.
    pub(crate) fn unanswered(workload: Workload, cause: Option<Cause>) -> Self {
        Self { verdict: Verdict::NotRun, cause, intact: true, ..Self::damaged(workload) }
    }

    /// Reads eleven columns: workload, verdict, http, code, cause, fingerprint, request id, client request id, checked, digest, mailbox.
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
            mailbox: row.get(first + 10)?,
            checked: text::maybe_moment(row, first + 8)?,
            intact: true,
        })
    }

    /// One whose row isn't what was written.
    pub(crate) const fn damaged(workload: Workload) -> Self {
        Self {
            workload,
            verdict: Verdict::Unknown,
            http: None,
            code: None,
            cause: None,
            fingerprint: None,
            request_id: None,
            client_request_id: None,
            mailbox: None,
            checked: None,
            intact: false,
        }
    }
}

/// What is written of an answer, borrowed.
#[derive(Clone, Copy)]
pub struct Answer<'a> {
    pub workload: Workload,
    pub verdict: Verdict,
    pub http: Option<u16>,
    pub code: Option<&'a str>,
    pub cause: Option<Cause>,
    pub fingerprint: Option<&'a str>,
    pub request_id: Option<&'a str>,
    pub client_request_id: Option<&'a str>,
    pub mailbox: Option<&'a str>,
    pub checked: Option<Timestamp>,
}

impl Answer<'_> {
    /// A digest of every field, and of whose answer it is.
    pub fn digest(&self, run: RunId, user: UserId) -> [u8; 32] {
        let mut bytes = Vec::with_capacity(384);
        let mut number = [0; 20];
        field(&mut bytes, Some(decimal(i64::from(run.0), &mut number)));
        field(&mut bytes, Some(decimal(i64::from(user.0), &mut number)));
        field(&mut bytes, Some(self.workload.name().as_bytes()));
        field(&mut bytes, Some(self.verdict.name().as_bytes()));
        field(&mut bytes, self.http.map(|http| decimal(i64::from(http), &mut number)));
        field(&mut bytes, self.code.map(str::as_bytes));
        field(&mut bytes, self.cause.map(|cause| cause.name().as_bytes()));
        field(&mut bytes, self.fingerprint.map(str::as_bytes));
        field(&mut bytes, self.request_id.map(str::as_bytes));
        field(&mut bytes, self.client_request_id.map(str::as_bytes));
        field(&mut bytes, self.checked.map(|at| decimal(at.0, &mut number)));
        // Of the user's own mailbox there is nothing more, as in the first version.
        if self.mailbox.is_some() {
            field(&mut bytes, self.mailbox.map(str::as_bytes));
        }
        let mut digest = [0; 32];
        digest.copy_from_slice(ring::digest::digest(&SHA256, &bytes).as_ref());
        digest
    }
}

/// The length goes first, so that no two lists of fields are the same bytes.
fn field(bytes: &mut Vec<u8>, content: Option<&[u8]>) {
    let length = content.map_or(u64::MAX, |content| content.len() as u64);
    bytes.extend_from_slice(&length.to_be_bytes());
    bytes.extend_from_slice(content.unwrap_or_default());
}

/// The number in decimal, without the formatter: it is written for each answer of a run.
fn decimal(value: i64, digits: &mut [u8; 20]) -> &[u8] {
    let (mut at, mut rest) = (digits.len(), value.unsigned_abs());
    loop {
        at -= 1;
        digits[at] = b'0' + u8::try_from(rest % 10).unwrap_or_default();
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    if value < 0 {
        at -= 1;
        digits[at] = b'-';
    }
    &digits[at..]
}

/// The verdict of a mailbox from its workloads, asked or not: what was never meant to be asked doesn't hold back a pass, what
/// was cancelled or still waits does.
pub fn of_mailbox(workloads: &[(Verdict, Option<Cause>)]) -> Verdict {
    let verdict = Verdict::of_mailbox(workloads.iter().map(|&(verdict, _)| verdict));
    let open = |&(verdict, cause): &(Verdict, Option<Cause>)| verdict == Verdict::NotRun && cause != Some(Cause::NotCovered);
    if verdict == Verdict::Passed && workloads.iter().any(open) { Verdict::NotRun } else { verdict }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_everywhere() {
        for value in [0, 7, 10, -1, 1_800_000_000_000, i64::MAX, i64::MIN] {
            assert_eq!(decimal(value, &mut [0; 20]), value.to_string().as_bytes());
        }
    }

    #[test]
    fn a_digest_is_what_it_was_in_the_first_version() {
        let answer = Answer {
            workload: Workload::Mail,
            verdict: Verdict::Failed,
            http: Some(403),
            code: Some("ErrorAccessDenied"),
            cause: Some(Cause::OutOfScope),
            fingerprint: None,
            request_id: Some(""),
            client_request_id: None,
            mailbox: None,
            checked: Some(Timestamp(1_800_000_000_000)),
        };
        let digest: String = answer.digest(RunId(3), UserId(41)).iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(digest, "cd1a4f16cdd2197ae273d4572c801d23354fd0ab7871abcbefb94d15bf71d7dc");
        let of_another = Answer { mailbox: Some("outbound@contoso.example"), ..answer };
        assert_ne!(of_another.digest(RunId(3), UserId(41)), answer.digest(RunId(3), UserId(41)), "whose mailbox it was counts");
    }
}
