//! Open issues: one by one, and in groups of one cause.

use clap::{Args, Subcommand};
use rollcall_ops::error::Result;
use rollcall_ops::issues::{self, GroupIssues, IssueFilter, IssueQuery};
use rollcall_ops::job::Job;
use rollcall_ops::users::query::WINDOW_LIMIT;

use crate::call::Call;
use crate::exit::Exit;
use crate::table::{Column, Table};
use crate::text::counted;
use crate::{names, problems, words};

#[derive(Subcommand)]
pub enum Issues {
    /// List the open issues, the newest first
    List(List),
    /// Show them in groups of one cause, with what mends each
    Groups(Groups),
}

#[derive(Args)]
pub struct List {
    #[command(flatten)]
    only: names::Confined,
    /// Only of this group
    #[arg(long, value_name = "FINGERPRINT")]
    fingerprint: Option<String>,
    /// Parts of names or addresses, all of which must be found
    #[arg(long, value_name = "TEXT")]
    search: Option<String>,
}

#[derive(Args)]
pub struct Groups {
    #[command(flatten)]
    only: names::Confined,
}

/// Does what is asked of issues.
///
/// # Errors
/// Those of the verbs.
pub async fn run(ask: Issues, call: &Call) -> Result<Exit> {
    match ask {
        Issues::List(ask) => list(ask, call).await,
        Issues::Groups(ask) => groups(&ask, call).await,
    }
}

async fn list(ask: List, call: &Call) -> Result<Exit> {
    let filter = IssueFilter {
        organization: ask.only.organization(call).await?,
        tenant: ask.only.tenant(call).await?,
        fingerprint: ask.fingerprint,
        search: ask.search,
    };
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
            result.workload.name().into(),
            words::of_group(result.cause).title.into(),
            result.code.as_deref().unwrap_or("–").into(),
            issue.check.first_seen.utc().into(),
        ]);
    }
    table
}

async fn groups(ask: &Groups, call: &Call) -> Result<Exit> {
    let organization = ask.only.organization(call).await?;
    let groups = issues::groups(&call.desk, GroupIssues { organization }, &Job::quiet()).await?;
    let document: Vec<_> = groups.iter().map(problems::Group::from).collect();
    call.screen.answer(&document, |screen| {
        if groups.is_empty() {
            return screen.line("There is no open issue.");
        }
        problems::show(&groups, screen);
    });
    Ok(Exit::Fine)
}
