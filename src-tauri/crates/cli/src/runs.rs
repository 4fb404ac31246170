//! Earlier runs: list them, look into one, compare two.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use clap::{Args, Subcommand};
use rollcall_core::id::{RunId, UserId};
use rollcall_core::time::Timestamp;
use rollcall_ops::error::Result;
use rollcall_ops::job::Job;
use rollcall_ops::runs::compare::{self, CompareRuns};
use rollcall_ops::runs::describe::{self, RunRef};
use rollcall_ops::runs::list::{self, ListRuns};
use rollcall_ops::runs::{Difference, Run, RunState, results};
use serde_json::{Value, json};

use crate::call::Call;
use crate::exit::Exit;
use crate::table::{Cell, Column, Paint, Table};
use crate::text::{count, counted};
use crate::verify::summary::{self, Summary};
use crate::{names, start};

#[derive(Subcommand)]
pub enum Runs {
    /// List the runs, the latest first
    List(List),
    /// Show a run with its problems by cause
    Describe(Describe),
    /// Compare two runs: who newly fails, who was mended
    Compare(Compare),
}

#[derive(Args)]
pub struct List {
    #[command(flatten)]
    only: names::Confined,
}

#[derive(Args)]
pub struct Describe {
    /// The run's number
    run: RunId,
}

#[derive(Args)]
pub struct Compare {
    /// The earlier run's number
    before: RunId,
    /// The later run's number
    after: RunId,
}

/// Does what is asked of runs.
///
/// # Errors
/// Those of the verbs.
pub async fn run(ask: Runs, call: &Call) -> Result<Exit> {
    match ask {
        Runs::List(ask) => list(&ask, call).await,
        Runs::Describe(ask) => {
            let detail = describe::describe(&call.desk, RunRef { run: ask.run }, &Job::quiet()).await?;
            call.screen.answer(&Summary::from(&detail), |screen| summary::show(&detail, screen));
            Ok(Exit::Fine)
        }
        Runs::Compare(ask) => compare(&ask, call).await,
    }
}

async fn list(ask: &List, call: &Call) -> Result<Exit> {
    let organization = ask.only.organization(call).await?;
    let all = list::list(&call.desk, ListRuns { organization }, &Job::quiet()).await?;
    call.screen.answer(&all, |screen| {
        if all.is_empty() {
            return screen.line("Nothing was checked yet. `rollcallctl verify --org NAME` does.");
        }
        let mut table = Table::new([
            Column::Right("run"),
            Column::Flexible("organization"),
            Column::Left("started"),
            Column::Left("state"),
            Column::Right("mailboxes"),
            Column::Right("passed"),
            Column::Right("failed"),
            Column::Right("unknown"),
            Column::Right("not checked"),
        ]);
        let now = start::now();
        for run in &all {
            table.row([
                run.id.to_string().into(),
                run.organization_name.as_str().into(),
                run.started.utc().into(),
                state(run, now),
                count(run.mailboxes).into(),
                count(run.ledger.passed).into(),
                counts(run.ledger.failed, Paint::Bad),
                counts(run.ledger.unknown, Paint::Open),
                counts(run.ledger.not_run, Paint::Open),
            ]);
        }
        screen.table(&table);
    });
    Ok(Exit::Fine)
}

async fn compare(ask: &Compare, call: &Call) -> Result<Exit> {
    let question = CompareRuns { before: ask.before, after: ask.after };
    let comparison = compare::compare(&call.desk, question, &Job::quiet()).await?;
    let kinds = [
        ("newly_failing", "Newly failing", &comparison.newly_failing, Paint::Bad),
        ("fixed", "Mended", &comparison.fixed, Paint::Good),
        ("still_failing", "Still failing", &comparison.still_failing, Paint::Bad),
        ("added", "Only in the later run", &comparison.added, Paint::Plain),
        ("gone", "Only in the earlier run", &comparison.gone, Paint::Plain),
    ];
    let upns = addresses(ask, kinds.iter().flat_map(|(_, _, difference, _)| &difference.users).copied().collect(), call).await?;
    let name = |id: &UserId| upns.get(id).map_or("", String::as_str);
    let document: serde_json::Map<String, Value> = kinds
        .iter()
        .map(|(key, _, Difference { count, users }, _)| {
            ((*key).to_owned(), json!({ "count": count, "users": users.iter().map(name).collect::<Vec<_>>() }))
        })
        .collect();
    call.screen.answer(&document, |screen| {
        screen.headline(&format!("Run {} against run {}", ask.after, ask.before));
        for (_, title, difference, paint) in kinds {
            let paint = if difference.count == 0 { Paint::Faint } else { paint };
            screen.painted(&format!("  {title}: {}", counted(difference.count, "mailbox", "mailboxes")), paint);
            for id in difference.users.iter().take(SHOWN) {
                screen.line(&format!("    {}", name(id)));
            }
            if difference.users.len() > SHOWN {
                screen.line("    … and more; --json has them all");
            }
        }
    });
    Ok(Exit::Fine)
}

/// How many mailboxes of a kind a person is shown by name.
const SHOWN: usize = 10;

/// The addresses of these users, as the two runs have them: a user may be gone by now.
async fn addresses(ask: &Compare, wanted: Vec<UserId>, call: &Call) -> Result<HashMap<UserId, String>> {
    let found: Arc<Mutex<HashMap<UserId, String>>> = Arc::new(Mutex::new(wanted.into_iter().map(|id| (id, String::new())).collect()));
    for run in [ask.before, ask.after] {
        let found = Arc::clone(&found);
        let take = move |mailbox: rollcall_ops::runs::MailboxResult| {
            if let Some(address) = found.lock().unwrap_or_else(PoisonError::into_inner).get_mut(&mailbox.user) {
                *address = mailbox.upn;
            }
        };
        results::each(&call.desk, run, take).await?;
    }
    let found = std::mem::take(&mut *found.lock().unwrap_or_else(PoisonError::into_inner));
    Ok(found)
}

fn state(run: &Run, now: Timestamp) -> Cell {
    match run.state {
        RunState::Running => Cell::painted("running", Paint::Open),
        RunState::Finished => "finished".into(),
        RunState::Cancelled => Cell::painted("cancelled", Paint::Faint),
        RunState::Interrupted => match summary::parked(run, now) {
            Some(until) => Cell::painted(&format!("parked until {until}"), Paint::Open),
            None => Cell::painted("interrupted", Paint::Open),
        },
    }
}

fn counts(number: u32, paint: Paint) -> Cell {
    Cell::painted(&count(number), if number == 0 { Paint::Faint } else { paint })
}
