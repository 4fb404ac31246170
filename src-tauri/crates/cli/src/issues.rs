//! Open issues: one by one, and in groups of one cause; what mends them, checking only those again, putting them aside.

mod aside;
mod groups;

use clap::{Args, Subcommand, ValueEnum};
use rollcall_core::id::OrganizationId;
use rollcall_ops::error::{Error, Result};
use rollcall_ops::issues::board::{self, Board, GroupIssues};
use rollcall_ops::issues::export::export;
use rollcall_ops::issues::{self, IssueFilter, IssueQuery};
use rollcall_ops::job::Job;
use rollcall_ops::users::query::WINDOW_LIMIT;

use crate::call::Call;
use crate::exit::Exit;
use crate::table::{Column, Table};
use crate::text::counted;
use crate::{names, verify, words};

#[derive(Subcommand)]
pub enum Issues {
    /// List the open issues, the newest first
    List(List),
    /// Show them in groups of one cause, with what mends each
    Groups(groups::Groups),
    /// Show one group: what happened, how we know, what mends it, request ids
    Show(groups::Show),
    /// Put a group aside with a note, until a day or until it grows by half
    Snooze(aside::Snooze),
    /// Take up again what was put aside
    Unsnooze(aside::Unsnooze),
    /// Check only the mailboxes of a group again; exit codes as of verify
    Recheck(Recheck),
}

#[derive(Args)]
pub struct List {
    #[command(flatten)]
    only: names::Confined,
    /// Only of this group
    #[arg(long, value_name = "FINGERPRINT")]
    fingerprint: Option<String>,
    /// Parts of names or addresses, or of an open issue's status, code or title; all must be found
    #[arg(long, value_name = "TEXT")]
    search: Option<String>,
    /// A table, or CSV with request ids and times
    #[arg(long, default_value = "table", conflicts_with = "json")]
    format: Format,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Table,
    Csv,
}

/// Groups by their names.
#[derive(Args)]
pub struct Named {
    /// As `issues groups` names it; without the workload, or as the name of a cause, it stands for all that begin so
    #[arg(required = true, value_name = "FINGERPRINT")]
    fingerprints: Vec<String>,
}

#[derive(Args)]
pub struct Recheck {
    #[command(flatten)]
    named: Named,
    #[command(flatten)]
    of: names::Organization,
    /// Take the integration's secret from stdin, for this call only
    #[arg(long)]
    pub secret_stdin: bool,
}

/// Does what is asked of issues.
///
/// # Errors
/// Those of the verbs.
pub async fn run(ask: Issues, call: &Call) -> Result<Exit> {
    match ask {
        Issues::List(ask) => list(ask, call).await,
        Issues::Groups(ask) => groups::groups(&ask, call).await,
        Issues::Show(ask) => groups::show(&ask, call).await,
        Issues::Snooze(ask) => aside::snooze(ask, call).await,
        Issues::Unsnooze(ask) => aside::unsnooze(&ask, call).await,
        Issues::Recheck(ask) => Box::pin(recheck(&ask, call)).await,
    }
}

async fn list(ask: List, call: &Call) -> Result<Exit> {
    let filter = IssueFilter {
        organization: ask.only.organization(call).await?,
        tenant: ask.only.tenant(call).await?,
        fingerprints: ask.fingerprint.into_iter().collect(),
        search: ask.search,
    };
    if ask.format == Format::Csv {
        call.screen.file(&export(&call.desk, filter, &Job::quiet()).await?.text);
        return Ok(Exit::Fine);
    }
    let mut offset = 0;
    loop {
        let question = IssueQuery { filter: filter.clone(), offset, limit: WINDOW_LIMIT };
        let page = issues::list(&call.desk, question, &Job::quiet()).await?;
        let rows = u32::try_from(page.rows.len()).unwrap_or(WINDOW_LIMIT);
        let complete = rows < WINDOW_LIMIT;
        let (first, last) = (offset == 0, complete || call.stop.is_cancelled());
        if call.screen.is_json() {
            call.screen.array_part(&page.rows, first, last);
        } else if page.rows.is_empty() && first {
            call.screen.line("There is no open issue.");
        } else {
            call.screen.table_page(&table(&page.rows), first);
        }
        if last {
            call.screen.note(&counted(page.matching, "open issue", "open issues"));
            return Ok(if complete { Exit::Fine } else { Exit::Incomplete });
        }
        offset += WINDOW_LIMIT;
    }
}

fn table(rows: &[issues::Issue]) -> Table {
    let mut table = Table::new([
        Column::Left("user"),
        Column::Spare("organization"),
        Column::Left("workload"),
        Column::Flexible("why"),
        Column::Spare("code"),
        Column::Spare("since"),
    ]);
    for issue in rows {
        let result = &issue.check.result;
        table.row([
            issue.upn.as_str().into(),
            issue.organization_name.as_str().into(),
            words::of_mailbox(result.workload.name(), result.mailbox.as_deref()).into(),
            words::of_group(result.cause).title.into(),
            result.code.as_deref().unwrap_or("–").into(),
            issue.check.first_seen.utc().into(),
        ]);
    }
    table
}

async fn recheck(ask: &Recheck, call: &Call) -> Result<Exit> {
    let organization = ask.of.find(call).await?;
    let id = organization.organization.id;
    let fingerprints = ask.named.find(&board(Some(id), call).await?)?;
    if ask.secret_stdin {
        verify::take_secret(&organization, call).await?;
    }
    verify::recheck(id, fingerprints, call).await
}

async fn board(organization: Option<OrganizationId>, call: &Call) -> Result<Board> {
    board::groups(&call.desk, GroupIssues { organization }, &Job::quiet()).await
}

impl Named {
    /// The fingerprints that are meant, each of which is open.
    fn find(&self, board: &Board) -> Result<Vec<String>> {
        let mut found = Vec::new();
        for name in &self.fingerprints {
            let before = found.len();
            for problem in &board.problems {
                let whole = problem.key == *name || problem.cause.name() == name;
                let meant = problem.groups.iter().filter(|group| whole || group.fingerprint == *name || group.family == *name);
                found.extend(meant.map(|group| group.fingerprint.clone()));
            }
            if found.len() == before {
                return Err(Error::not_found(format!("no open issue is called {name} here; `issues groups` has them all")));
            }
        }
        Ok(found)
    }
}
