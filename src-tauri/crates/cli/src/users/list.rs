//! Lists users page by page, so that a hundred thousand of them need no more memory than a thousand.

use clap::{Args, ValueEnum};
use rollcall_ops::csv_text;
use rollcall_ops::error::Result;
use rollcall_ops::job::Job;
use rollcall_ops::users::export;
use rollcall_ops::users::query::{self, Sort, UserPage, UserQuery, UserRow};

use super::verdict;
use super::wanted::Wanted;
use crate::call::Call;
use crate::exit::Exit;
use crate::moment::utc_or_dash;
use crate::table::{Column, Table};
use crate::text::{count, counted};
use crate::words;

#[derive(Args)]
pub struct List {
    #[command(flatten)]
    wanted: Wanted,
    /// Say of each what its workloads last answered, too
    #[arg(long)]
    workloads: bool,
    /// How they are written
    #[arg(long, default_value = "table")]
    format: Format,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Table,
    Json,
    Csv,
}

const PAGE: u32 = query::WINDOW_LIMIT;

/// Writes the users that match.
///
/// # Errors
/// Those of the verb.
pub async fn run(ask: List, call: &Call) -> Result<Exit> {
    let by_status = ask.wanted.is_status_error();
    let filter = ask.wanted.filter(call).await?;
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
