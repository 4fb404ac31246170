//! The problems behind the open issues: thousands of failures come to a few, each with one cause.

use rollcall_core::id::OrganizationId;
use rollcall_core::issue::{Cause, Reach, SnoozeState};
use rollcall_core::organization::Organization;
use rollcall_core::time::Timestamp;
use rollcall_core::workload::Workload;
pub use rollcall_store::issues::Sample;
use rollcall_store::issues::{self, Days, GroupRow, ReachRow, SignInIssue, Snooze};
use rollcall_store::{Connection, StoreError, organizations};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::fold;
use crate::desk::Desk;
use crate::error::Result;
use crate::job::Job;

/// Of one organization, or of all.
#[derive(Debug, Clone, Copy, Default, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct GroupIssues {
    pub organization: Option<OrganizationId>,
}

/// What is open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct Board {
    /// What is new first, and of that what concerns most. What is put aside is among them.
    pub problems: Vec<Problem>,
    /// When a mailbox was last checked.
    pub checked: Option<Timestamp>,
    /// Mailboxes about which nothing is known: silence about them means nothing.
    pub not_checked: u32,
}

/// Issues with one cause. Where the cause is a general one, also with one code and text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct Problem {
    /// The same from one day to the next.
    pub key: String,
    pub cause: Cause,
    /// Each user counts once, whatever the number of workloads.
    pub users: u32,
    /// How many users its organizations have.
    pub of: u32,
    pub reach: Reach,
    pub organizations: Vec<Concerned>,
    pub first_seen: Timestamp,
    pub last_seen: Timestamp,
    /// Nobody had it before the last check.
    pub new: bool,
    /// By half since the last day on which something was checked.
    pub growing: bool,
    /// Everywhere, and nothing has brought it back.
    pub snoozed: bool,
    pub trend: Vec<TrendDay>,
    /// Its fingerprints, the one with most users first.
    pub groups: Vec<IssueGroup>,
}

/// An organization that has a problem.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct Concerned {
    pub organization: OrganizationId,
    pub name: String,
    pub users: u32,
    /// What somebody put aside of it.
    pub snooze: Option<SnoozeView>,
}

/// Who put something aside, why, and whether it stays there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct SnoozeView {
    pub note: String,
    /// Empty where nobody was signed in.
    pub actor: String,
    pub at: Timestamp,
    /// `None`: until it grows by half.
    pub until: Option<Timestamp>,
    /// How many users it had then.
    pub users: u32,
    pub state: SnoozeState,
}

/// How many had it at the end of a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
pub struct TrendDay {
    /// When the day began, in UTC.
    pub day: Timestamp,
    /// `None` where nothing was checked on that day.
    pub users: Option<u32>,
}

/// Equal errors: one answer of Microsoft's, on one workload.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct IssueGroup {
    pub fingerprint: String,
    /// The fingerprint without its workload: the same answer on other workloads has it, too.
    pub family: String,
    /// `None` where nobody could be asked.
    pub workload: Option<Workload>,
    pub http: Option<u16>,
    pub code: Option<String>,
    /// Whether Rollcall's catalogue has the code. Where it doesn't, only the status is understood.
    pub code_known: bool,
    pub users: u32,
    pub first_seen: Timestamp,
    pub last_seen: Timestamp,
    pub new: bool,
    pub organizations: Vec<Concerned>,
    pub trend: Vec<TrendDay>,
    /// Up to five, for Microsoft support.
    pub samples: Vec<Sample>,
}

/// Days of a trend, today included.
pub(super) const TREND: i64 = 14;

/// Request ids of a group.
const SAMPLES: u32 = 5;

/// What is known of one organization.
pub(super) struct Known {
    pub organization: Organization,
    pub users: u32,
    pub groups: Vec<GroupRow>,
    pub reaches: Vec<ReachRow>,
    pub sign_in: Option<SignInIssue>,
    pub snoozes: Vec<Snooze>,
    pub days: Days,
}

/// # Errors
/// `NotFound`.
pub async fn groups(desk: &Desk, ask: GroupIssues, _job: &Job) -> Result<Board> {
    let now = desk.now();
    desk.read(move |conn| board(conn, ask.organization, now)).await
}

pub(super) fn board(conn: &Connection, only: Option<OrganizationId>, now: Timestamp) -> std::result::Result<Board, StoreError> {
    let organizations = match only {
        Some(id) => vec![organizations::get(conn, id)?],
        None => organizations::list(conn, None)?,
    };
    let mut groups = issues::groups(conn, only)?;
    let mut reaches = issues::reaches(conn, only)?;
    let mut sign_ins = issues::sign_in_issues(conn, only)?;
    let mut snoozes = issues::snoozes(conn, only)?;
    let (mut all, mut checked, mut not_checked) = (Vec::new(), None, 0);
    for organization in organizations {
        let id = organization.id;
        let tally = organizations::tally(conn, id)?;
        checked = checked.max(tally.checked);
        not_checked += tally.verdicts.not_run;
        all.push(Known {
            organization,
            users: tally.users,
            groups: groups.extract_if(.., |row| row.organization == id).collect(),
            reaches: reaches.extract_if(.., |row| row.organization == id).collect(),
            sign_in: sign_ins.extract_if(.., |issue| issue.organization == id).next(),
            snoozes: snoozes.extract_if(.., |snooze| snooze.organization == id).collect(),
            days: issues::days(conn, id, Days::number(now) - TREND)?,
        });
    }
    let mut problems = fold::problems(&all, now);
    for group in problems.iter_mut().flat_map(|problem| &mut problem.groups).filter(|group| group.samples.is_empty()) {
        group.samples = issues::samples(conn, only, &group.fingerprint, SAMPLES)?;
    }
    Ok(Board { problems, checked, not_checked })
}
