//! The users that a filter leaves as a table for a spreadsheet: exactly the rows that are counted, in their order, and the columns that
//! were chosen.

use std::time::Instant;

use rollcall_core::address::SignInState;
use rollcall_core::organization::{AccessType, SyncStatus};
use rollcall_core::time::Timestamp;
use rollcall_core::user::MailboxKind;
use rollcall_core::verdict::Verdict;
use rollcall_store::checks;
use rollcall_store::users::{self, Sort, UserFilter, UserRow};
use serde::{Deserialize, Serialize};
use tracing::debug;
use ts_rs::TS;

use crate::csv_text;
use crate::desk::Desk;
use crate::error::{Code, Error, Result};
use crate::job::Job;

/// Which users, in which order, with which columns.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct ExportUsers {
    pub filter: UserFilter,
    pub sort: Sort,
    /// At least one.
    pub columns: Vec<UserColumn>,
}

/// A column of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum UserColumn {
    Name,
    Upn,
    /// The primary address, or the principal name where there is none.
    Address,
    Aliases,
    Organization,
    Verdict,
    Mailbox,
    Access,
    Cause,
    Checked,
    Issues,
    Session,
    Outcome,
    Sync,
    Kind,
    Eligibility,
    /// Who said so.
    Evidence,
    Department,
    JobTitle,
    /// Whether the directory shows an Exchange Online plan with a mailbox.
    Licence,
    /// When the user was brought in.
    Created,
    /// Whether the user has signed in, where the mailbox answers only to that.
    SignIn,
    /// How many other mailboxes were named for the user.
    OtherMailboxes,
    /// What each workload last answered.
    Workloads,
}

/// A file that isn't written yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct UserTable {
    /// CSV (RFC 4180), the first line its header; times in UTC.
    pub text: String,
    pub users: u32,
}

/// Between so many rows it is looked at whether it is to stop.
const ROWS_AT_ONCE: usize = 1_000;

/// # Errors
/// `InvalidInput` without a column; `Stopped`.
pub async fn export(desk: &Desk, ask: ExportUsers, job: &Job) -> Result<UserTable> {
    if ask.columns.is_empty() {
        return Err(Error::input("columns", "at least one is needed"));
    }
    let (began, stop) = (Instant::now(), job.stop.clone());
    let columns = ask.columns.clone();
    let rows = desk
        .read(move |conn| {
            let ids = users::in_order(conn, &ask.filter, ask.sort)?;
            let mut rows = Vec::with_capacity(ids.len());
            for some in ids.chunks(ROWS_AT_ONCE) {
                if stop.is_cancelled() {
                    return Ok(None);
                }
                for id in some {
                    let mut row = users::get(conn, *id)?;
                    if ask.columns.contains(&UserColumn::Workloads) {
                        row.workloads = Some(checks::verdicts(conn, *id)?);
                    }
                    rows.push(ask.columns.iter().map(|column| column.cell(&row)).collect::<Vec<_>>());
                }
            }
            Ok(Some(rows))
        })
        .await?;
    let Some(rows) = rows else { return Err(Error::new(Code::Stopped, "the export was stopped")) };
    let count = u32::try_from(rows.len()).unwrap_or(u32::MAX);
    let write = move || {
        let header: Vec<&str> = columns.iter().map(|column| column.name()).collect();
        csv_text::text(Some(&header), rows)
    };
    let text = tokio::task::spawn_blocking(write).await.map_err(|_| Error::new(Code::Internal, "writing the table was broken off"))??;
    debug!("Wrote {count} users into a table within {} ms", began.elapsed().as_millis());
    Ok(UserTable { text, users: count })
}

impl UserColumn {
    /// The name in the header, the same as in JSON.
    const fn name(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Upn => "upn",
            Self::Address => "address",
            Self::Aliases => "aliases",
            Self::Organization => "organization",
            Self::Verdict => "check_result",
            Self::Mailbox => "mailbox_status",
            Self::Access => "access_type",
            Self::Cause => "problem",
            Self::Checked => "last_check",
            Self::Issues => "open_issues",
            Self::Session => "last_session",
            Self::Outcome => "session_result",
            Self::Sync => "synchronization",
            Self::Kind => "mailbox_kind",
            Self::Eligibility => "eligibility",
            Self::Evidence => "according_to",
            Self::Department => "department",
            Self::JobTitle => "job_title",
            Self::Licence => "exchange_plan",
            Self::Created => "brought_in",
            Self::SignIn => "sign_in",
            Self::OtherMailboxes => "other_mailboxes",
            Self::Workloads => "workloads",
        }
    }

    fn cell(self, row: &UserRow) -> String {
        let moment = |at: Option<Timestamp>| at.map_or_else(String::new, Timestamp::utc);
        let directory = &row.user.directory;
        match self {
            Self::Name => directory.display_name.clone(),
            Self::Upn => directory.upn.clone(),
            Self::Address => directory.mail.clone().unwrap_or_else(|| directory.upn.clone()),
            Self::Aliases => directory.aliases.join(" "),
            Self::Organization => row.organization_name.clone(),
            Self::Verdict => row.verdict.name().to_owned(),
            Self::Mailbox => row.user.mailbox.name().to_owned(),
            Self::Access => AccessType::name(row.effective_access).to_owned(),
            Self::Cause => row.first_cause.map_or_else(String::new, |cause| cause.name().to_owned()),
            Self::Checked => moment(row.checked),
            Self::Issues => row.open_issues.to_string(),
            Self::Session => moment(row.synced),
            Self::Outcome => row.session.unwrap_or(Verdict::NotRun).name().to_owned(),
            Self::Sync => SyncStatus::name(row.effective_sync).to_owned(),
            Self::Kind => kind(row.kind).to_owned(),
            Self::Eligibility => row.judged.eligibility.name().to_owned(),
            Self::Evidence => row.judged.evidence.name().to_owned(),
            Self::Department => directory.department.clone().unwrap_or_default(),
            Self::JobTitle => directory.job_title.clone().unwrap_or_default(),
            Self::Licence => if directory.exchange_plan { "yes" } else { "no" }.to_owned(),
            Self::Created => row.user.created.utc(),
            Self::SignIn => row.sign_in.map_or("", SignInState::name).to_owned(),
            Self::OtherMailboxes => row.other_mailboxes.to_string(),
            Self::Workloads => workloads(row),
        }
    }
}

/// What the workloads of a user last answered, in one cell: `mail passed, calendar failed`.
#[must_use]
pub fn workloads(row: &UserRow) -> String {
    let each = row.workloads.iter().flatten().map(|one| format!("{} {}", one.workload.name(), one.verdict.name()));
    each.collect::<Vec<_>>().join(", ")
}

const fn kind(kind: MailboxKind) -> &'static str {
    match kind {
        MailboxKind::User => "user",
        MailboxKind::SharedOrResource => "shared_or_resource",
        MailboxKind::Guest => "guest",
        MailboxKind::OnPremises => "on_premises",
        MailboxKind::Unlicensed => "unlicensed",
    }
}
