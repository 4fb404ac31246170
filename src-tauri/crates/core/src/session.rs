//! A sync session: one pass over one user, in which every enabled workload is read once.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::issue::Cause;
use crate::verdict::Verdict;
use crate::workload::Workload;

/// How often an organization's users are read, where nothing else is set: what vendors of such integrations use.
pub const USUAL_INTERVAL: Duration = Duration::from_secs(30 * 60);

/// After so many failed sessions in a row a user is disabled, where nothing else is set.
pub const USUAL_FAILURES: u32 = 5;

/// What a session had to go by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum SessionKind {
    /// Nothing was known of the mailbox yet.
    First,
    /// What changed since the session before.
    Incremental,
    /// What was known before no longer held for at least one workload, which was read anew ("Use delta query to track changes",
    /// synchronization reset).
    Resync,
}

impl SessionKind {
    /// The name used in JSON and in the database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::First => "first",
            Self::Incremental => "incremental",
            Self::Resync => "resync",
        }
    }
}

/// What one workload came to in a session. Counts only: no id, subject or address of an item is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct Reading {
    pub workload: Workload,
    pub verdict: Verdict,
    /// Under which address the mailbox that decided is the user's, where it isn't the user's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mailbox: Option<String>,
    /// Items that are new or changed, as the service tells them: once in a session, however often it tells of one there. Of one that it
    /// tells again in a later session, as it may ("Use delta query to track changes", replays), it can't be known, and it counts there
    /// again.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub changed: u32,
    /// Items that are gone, counted likewise.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub removed: u32,
    /// Whether it had to be read anew although it was read before.
    #[serde(default, skip_serializing_if = "is_false")]
    pub anew: bool,
    /// The status of the deciding answer, where the workload didn't pass.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub http: Option<u16>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<Cause>,
    /// The group of equal errors that it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fingerprint: Option<String>,
    /// Graph's id of the deciding answer, or of the last one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_request_id: Option<String>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands in a reference")]
const fn is_zero(count: &u32) -> bool {
    *count == 0
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands in a reference")]
const fn is_false(flag: &bool) -> bool {
    !*flag
}

/// What a session that read several mailboxes of a user came to: of each workload the gravest, the counts of all of them. What couldn't be
/// asked of one mailbox is graver than a pass of another, because not all of the user's work was proven.
#[must_use]
pub fn merged(mailboxes: Vec<Vec<Reading>>) -> Vec<Reading> {
    let mut mailboxes = mailboxes.into_iter();
    let mut merged = mailboxes.next().unwrap_or_default();
    for reading in mailboxes.flatten() {
        let Some(so_far) = merged.iter_mut().find(|known| known.workload == reading.workload) else {
            merged.push(reading);
            continue;
        };
        let (changed, removed) = (so_far.changed.saturating_add(reading.changed), so_far.removed.saturating_add(reading.removed));
        let anew = so_far.anew || reading.anew;
        if gravity(reading.verdict) > gravity(so_far.verdict) {
            *so_far = reading;
        }
        (so_far.changed, so_far.removed, so_far.anew) = (changed, removed, anew);
    }
    merged
}

const fn gravity(verdict: Verdict) -> u8 {
    match verdict {
        Verdict::Passed => 0,
        Verdict::NotRun => 1,
        Verdict::Unknown => 2,
        Verdict::Failed => 3,
    }
}

/// What a session came to from what its workloads came to: one that wasn't asked because nothing covers it holds nothing back, one that
/// couldn't be asked of one of the mailboxes leaves open what the session comes to.
#[must_use]
pub fn verdict(readings: &[Reading]) -> Verdict {
    let could_not = |reading: &Reading| reading.verdict == Verdict::NotRun && !matches!(reading.cause, None | Some(Cause::NotCovered));
    match Verdict::of_mailbox(readings.iter().map(|reading| reading.verdict)) {
        Verdict::Passed | Verdict::NotRun if readings.iter().any(could_not) => Verdict::Unknown,
        verdict => verdict,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reading(workload: Workload, verdict: Verdict) -> Reading {
        Reading {
            workload,
            verdict,
            mailbox: None,
            changed: 0,
            removed: 0,
            anew: false,
            http: None,
            code: None,
            cause: None,
            fingerprint: None,
            request_id: None,
            client_request_id: None,
        }
    }

    #[test]
    fn a_session_passes_when_all_that_was_read_was_read_well() {
        let not_covered = reading(Workload::Tasks, Verdict::NotRun);
        let mail = reading(Workload::Mail, Verdict::Passed);
        assert_eq!(verdict(&[mail.clone(), not_covered.clone()]), Verdict::Passed);
        assert_eq!(verdict(&[mail.clone(), reading(Workload::Contacts, Verdict::Unknown)]), Verdict::Unknown);
        assert_eq!(verdict(&[mail, reading(Workload::Contacts, Verdict::Failed)]), Verdict::Failed);
        assert_eq!(verdict(&[not_covered]), Verdict::NotRun, "nothing read is nothing proven");
        let no_sign_in = Reading { cause: Some(Cause::NeedsUserSignIn), ..reading(Workload::Mail, Verdict::NotRun) };
        assert_eq!(verdict(&[no_sign_in]), Verdict::Unknown, "another mailbox of the user was read, and this one couldn't be");
    }

    #[test]
    fn of_several_mailboxes_the_gravest_decides_and_is_named() {
        let of = |address: &str, mail, changed| {
            let mailbox = Some(address.to_owned());
            vec![Reading { mailbox, changed, ..reading(Workload::Mail, mail) }, reading(Workload::Tasks, Verdict::NotRun)]
        };
        for (own, other, verdict, decided) in [
            (Verdict::Passed, Verdict::Passed, Verdict::Passed, "own"),
            (Verdict::Passed, Verdict::NotRun, Verdict::NotRun, "other"),
            (Verdict::NotRun, Verdict::Unknown, Verdict::Unknown, "other"),
            (Verdict::Failed, Verdict::Failed, Verdict::Failed, "own"),
            (Verdict::Failed, Verdict::Unknown, Verdict::Failed, "own"),
        ] {
            let readings = merged(vec![of("own", own, 2), of("other", other, 3)]);
            let [mail, tasks] = &*readings else { panic!("one for each workload: {readings:?}") };
            assert_eq!((mail.verdict, mail.mailbox.as_deref(), mail.changed), (verdict, Some(decided), 5));
            assert_eq!(tasks.verdict, Verdict::NotRun);
        }
        assert_eq!(merged(vec![]), []);
    }

    #[test]
    fn an_ordinary_reading_takes_few_bytes_and_is_read_back() {
        let mut kept = reading(Workload::Mail, Verdict::Passed);
        let text = serde_json::to_string(&kept).unwrap();
        assert_eq!(text, r#"{"workload":"mail","verdict":"passed"}"#);
        kept.changed = 3;
        let text = serde_json::to_string(&kept).unwrap();
        assert_eq!(serde_json::from_str::<Reading>(&text).unwrap(), kept);
    }
}
