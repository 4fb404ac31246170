//! The audit log: the entries, and whether they are what was written.

use clap::{Args, Subcommand};
use rollcall_ops::error::Result;
use rollcall_ops::job::Job;
use rollcall_ops::journal::{self, JournalState, ListJournal, Outcome};

use crate::call::Call;
use crate::exit::Exit;
use crate::table::{Cell, Column, Paint, Table};
use crate::text::counted;

#[derive(Subcommand)]
pub enum Journal {
    /// List what was changed in the tenants, the latest first
    List(List),
    /// Follow the chain of digests and say whether an entry was changed, dropped or inserted
    Verify,
}

#[derive(Args)]
pub struct List {
    /// Only entries before this number
    #[arg(long, value_name = "NUMBER")]
    before: Option<u32>,
    /// At most so many
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=1_000))]
    limit: u32,
}

/// Does what is asked of the journal.
///
/// # Errors
/// Those of the verbs.
pub async fn run(ask: Journal, call: &Call) -> Result<Exit> {
    match ask {
        Journal::List(ask) => list(&ask, call).await,
        Journal::Verify => verify(call).await,
    }
}

async fn list(ask: &List, call: &Call) -> Result<Exit> {
    let entries = journal::list(&call.desk, ListJournal { before: ask.before, limit: ask.limit }, &Job::quiet()).await?;
    call.screen.answer(&entries, |screen| {
        if entries.is_empty() {
            return screen.line("Nothing was changed in a tenant yet.");
        }
        let mut table = Table::new([
            Column::Right("no."),
            Column::Left("when"),
            Column::Flexible("who"),
            Column::Left("what"),
            Column::Flexible("on"),
            Column::Left("outcome"),
        ]);
        for entry in &entries {
            table.row([
                entry.number.to_string().into(),
                entry.at.utc().into(),
                entry.actor.as_str().into(),
                entry.action.as_str().into(),
                entry.target.as_str().into(),
                outcome(entry.outcome),
            ]);
        }
        screen.table(&table);
    });
    Ok(Exit::Fine)
}

async fn verify(call: &Call) -> Result<Exit> {
    let state = journal::verify(&call.desk, (), &Job::quiet()).await?;
    call.screen.answer(&state, |screen| match &state {
        JournalState::Whole { entries, head } => {
            screen.painted(&format!("The journal is whole: {}.", counted(*entries, "entry", "entries")), Paint::Good);
            if !head.is_empty() {
                screen.line(&format!("Its last digest is {head}."));
                screen.line("Keep that elsewhere: a cut end shows only against it.");
            }
        }
        JournalState::Broken { at } => {
            screen.painted(&format!("The journal is broken: entry {at} doesn't follow from those before it."), Paint::Bad);
        }
    });
    Ok(match state {
        JournalState::Whole { .. } => Exit::Fine,
        JournalState::Broken { .. } => Exit::Failed,
    })
}

fn outcome(outcome: Outcome) -> Cell {
    match outcome {
        Outcome::Intended => Cell::painted("intended", Paint::Faint),
        Outcome::Done => Cell::painted("done", Paint::Good),
        Outcome::Failed => Cell::painted("failed", Paint::Bad),
        Outcome::Unknown => Cell::painted("unknown", Paint::Open),
    }
}
