//! Lists users page by page, so that a hundred thousand of them need no more memory than a thousand.

use clap::{Args, ValueEnum};
use rollcall_core::address::SignInState;
use rollcall_core::eligibility::Eligibility;
use rollcall_core::mailbox::STUCK_AFTER;
use rollcall_core::organization::{AccessType, SyncStatus};
use rollcall_core::user::MailboxStatus;
use rollcall_core::verdict::Verdict;
use rollcall_ops::csv_text;
use rollcall_ops::error::Result;
use rollcall_ops::job::Job;
use rollcall_ops::users::export;
use rollcall_ops::users::query::{self, Sort, UserFilter, UserPage, UserQuery, UserRow};

use super::verdict;
use crate::call::Call;
use crate::exit::Exit;
use crate::moment::utc_or_dash;
use crate::org::Access;
use crate::table::{Column, Table};
use crate::text::{count, counted};
use crate::{names, start, words};

#[derive(Args)]
pub struct List {
    #[command(flatten)]
    only: names::Confined,
    /// Only with this mailbox status; `--verdict failed` lists users whose check failed
    #[arg(long)]
    status: Option<Status>,
    /// Only with this eligibility; several are told apart by commas
    #[arg(long, value_delimiter = ',', value_name = "ELIGIBILITY", value_parser = eligibility)]
    eligibility: Vec<Eligibility>,
    /// Parts of names, addresses, department, job title or object id, or of an open issue's code or cause, or the whole
    /// request ID of an answer that Microsoft's support asks about; all must be found
    #[arg(long, value_name = "TEXT")]
    search: Option<String>,
    /// Only of the wave of this number in their organization's rollout plan; the pilot is 1
    #[arg(long, value_name = "N")]
    wave: Option<u32>,
    /// Only with this verdict of the last check; several are told apart by commas
    #[arg(long, value_delimiter = ',')]
    verdict: Vec<Outcome>,
    /// Only whose last sync session came to this, which is what a wave is judged by; several are told apart by commas
    #[arg(long, value_delimiter = ',')]
    session: Vec<Outcome>,
    /// Only who are reached in this way, by themselves or by their organization; several are told apart by commas
    #[arg(long, value_delimiter = ',')]
    access: Vec<Access>,
    /// Only whose synchronization stands so, by themselves or by their organization; several are told apart by commas
    #[arg(long, value_delimiter = ',')]
    sync: Vec<SyncIs>,
    /// Only whose switch waits for the change window
    #[arg(long)]
    queued: bool,
    /// Only whose switch hangs: two hours or longer
    #[arg(long, conflicts_with = "status")]
    stuck: bool,
    /// Only with an open issue
    #[arg(long)]
    with_issues: bool,
    #[command(flatten)]
    mailboxes: OfMailboxes,
    /// Say of each what its workloads last answered, too
    #[arg(long)]
    workloads: bool,
    /// How they are written
    #[arg(long, default_value = "table")]
    format: Format,
}

/// By who has signed in, and for which mailboxes.
#[derive(Args)]
struct OfMailboxes {
    /// Only of those whose mailboxes answer only to their own sign-ins, and whose sign-in stands so; several are told apart by commas
    #[arg(long, value_delimiter = ',', value_name = "STATE")]
    sign_in: Vec<SignIn>,
    /// Only for whom another mailbox was named
    #[arg(long)]
    several_mailboxes: bool,
}

/// Whether somebody has signed in.
#[derive(Clone, Copy, ValueEnum)]
enum SignIn {
    Connected,
    /// It has to be done again
    Needed,
    #[value(alias = "not_signed_in")]
    NotSignedIn,
}

impl From<SignIn> for SignInState {
    fn from(state: SignIn) -> Self {
        match state {
            SignIn::Connected => Self::Connected,
            SignIn::Needed => Self::Needed,
            SignIn::NotSignedIn => Self::NotSignedIn,
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Table,
    Json,
    Csv,
}

#[derive(Clone, Copy, ValueEnum)]
#[value(rename_all = "snake_case")]
enum Status {
    NotInitialized,
    Switching,
    Initialized,
    Error,
    Excluded,
}

impl From<Status> for MailboxStatus {
    fn from(status: Status) -> Self {
        match status {
            Status::NotInitialized => Self::NotInitialized,
            Status::Switching => Self::Switching,
            Status::Initialized => Self::Initialized,
            Status::Error => Self::Error,
            Status::Excluded => Self::Excluded,
        }
    }
}

/// How a user's synchronization stands.
#[derive(Clone, Copy, ValueEnum)]
#[value(rename_all = "snake_case")]
enum SyncIs {
    Enabled,
    Disabled,
    DisabledDueToError,
}

impl From<SyncIs> for SyncStatus {
    fn from(sync: SyncIs) -> Self {
        match sync {
            SyncIs::Enabled => Self::Enabled,
            SyncIs::Disabled => Self::Disabled,
            SyncIs::DisabledDueToError => Self::DisabledDueToError,
        }
    }
}

/// What a check or a session came to.
#[derive(Clone, Copy, ValueEnum)]
enum Outcome {
    Passed,
    Failed,
    Unknown,
    #[value(alias = "not_run")]
    NotRun,
}

impl From<Outcome> for Verdict {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Passed => Self::Passed,
            Outcome::Failed => Self::Failed,
            Outcome::Unknown => Self::Unknown,
            Outcome::NotRun => Self::NotRun,
        }
    }
}

/// A judgement by the name that it has in JSON.
fn eligibility(text: &str) -> std::result::Result<Eligibility, String> {
    let known = Eligibility::ALL.into_iter().find(|one| one.name() == text.trim());
    known.ok_or_else(|| format!("it is one of {}", Eligibility::ALL.map(Eligibility::name).join(", ")))
}

const PAGE: u32 = query::WINDOW_LIMIT;

/// Writes the users that match.
///
/// # Errors
/// Those of the verb.
pub async fn run(ask: List, call: &Call) -> Result<Exit> {
    let status = if ask.stuck { Some(MailboxStatus::Switching) } else { ask.status.map(MailboxStatus::from) };
    let filter = UserFilter {
        organization: ask.only.organization(call).await?,
        tenant: ask.only.tenant(call).await?,
        mailbox: status.into_iter().collect(),
        mailbox_before: ask.stuck.then(|| start::now().before(STUCK_AFTER)),
        access: ask.access.into_iter().map(AccessType::from).collect(),
        sync: ask.sync.into_iter().map(SyncStatus::from).collect(),
        queued: ask.queued,
        eligibility: ask.eligibility,
        wave: ask.wave,
        verdict: ask.verdict.into_iter().map(Verdict::from).collect(),
        session: ask.session.into_iter().map(Verdict::from).collect(),
        sign_in: ask.mailboxes.sign_in.into_iter().map(SignInState::from).collect(),
        several_mailboxes: ask.mailboxes.several_mailboxes,
        with_issues: ask.with_issues,
        search: ask.search,
        ..UserFilter::default()
    };
    let by_status = matches!(ask.status, Some(Status::Error));
    let format = if call.screen.is_json() { Format::Json } else { ask.format };
    let mut offset = 0;
    loop {
        let question = UserQuery { filter: filter.clone(), sort: Sort::default(), offset, limit: PAGE, workloads: ask.workloads };
        let page = query::query(&call.desk, question, &Job::quiet()).await?;
        let complete = page.rows.is_empty() || u32::try_from(page.rows.len()).is_ok_and(|rows| rows < PAGE);
        let (first, last) = (offset == 0, complete || call.stop.is_cancelled());
        write(&page, (format, ask.workloads), first, last, call)?;
        if by_status && first && page.rows.is_empty() && format == Format::Table {
            call.screen.note("This is the mailbox's status; `--verdict failed` in its place lists users whose check failed.");
        }
        if last {
            return Ok(if complete { Exit::Fine } else { Exit::Incomplete });
        }
        offset += PAGE;
    }
}

fn write(page: &UserPage, (format, workloads): (Format, bool), first: bool, last: bool, call: &Call) -> Result<()> {
    let screen = &call.screen;
    match format {
        Format::Table => {
            if page.rows.is_empty() && first {
                screen.line("No user matches.");
            } else {
                screen.table_page(&table(&page.rows, workloads), first);
            }
            if last {
                screen.note(&format!("{} of {}", count(page.matching), counted(page.total, "user", "users")));
            }
        }
        Format::Json => screen.array_part(&page.rows, first, last),
        Format::Csv => {
            let header = if workloads { [HEADER, &["workloads"]].concat() } else { HEADER.to_vec() };
            let records = page
                .rows
                .iter()
                .map(|row| -> Vec<String> { record(row).into_iter().chain(workloads.then(|| export::workloads(row))).collect() });
            screen.file(&csv_text::text(first.then_some(&header), records)?);
        }
    }
    Ok(())
}

fn table(rows: &[UserRow], workloads: bool) -> Table {
    let columns = [
        Column::Left("user principal name"),
        Column::Spare("name"),
        Column::Spare("organization"),
        Column::Spare("mailbox"),
        Column::Spare("eligibility"),
        Column::Left("verdict"),
        Column::Flexible("why"),
    ];
    let mut table = Table::new(columns.into_iter().chain(workloads.then_some(Column::Left("workloads"))));
    for row in rows {
        let cells = [
            row.user.directory.upn.as_str().into(),
            row.user.directory.display_name.as_str().into(),
            row.organization_name.as_str().into(),
            row.user.mailbox.name().into(),
            row.judged.eligibility.name().into(),
            verdict(row.verdict),
            row.first_cause.map_or("", |cause| words::of_cause(cause).title).into(),
        ];
        table.row(cells.into_iter().chain(workloads.then(|| export::workloads(row).into())));
    }
    table
}

const HEADER: &[&str] = &[
    "user",
    "upn",
    "name",
    "mail",
    "department",
    "job_title",
    "organization",
    "access",
    "sync",
    "mailbox",
    "verdict",
    "cause",
    "open_issues",
    "checked",
    "eligibility",
    "eligibility_source",
    "exchange_plan",
    "brought_in",
];

fn record(row: &UserRow) -> [String; 18] {
    let directory = &row.user.directory;
    [
        directory.object_id.to_string(),
        directory.upn.clone(),
        directory.display_name.clone(),
        directory.mail.clone().unwrap_or_default(),
        directory.department.clone().unwrap_or_default(),
        directory.job_title.clone().unwrap_or_default(),
        row.organization_name.clone(),
        row.effective_access.name().to_owned(),
        row.effective_sync.name().to_owned(),
        row.user.mailbox.name().to_owned(),
        row.verdict.name().to_owned(),
        row.first_cause.map_or("", |cause| cause.name()).to_owned(),
        row.open_issues.to_string(),
        row.checked.map_or_else(String::new, |at| utc_or_dash(Some(at))),
        row.judged.eligibility.name().to_owned(),
        row.judged.evidence.name().to_owned(),
        if directory.exchange_plan { "yes" } else { "no" }.to_owned(),
        utc_or_dash(Some(row.user.created)),
    ]
}
