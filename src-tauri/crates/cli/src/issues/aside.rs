//! Puts groups aside, and takes them up again.

use clap::Args;
use rollcall_core::time::Timestamp;
use rollcall_ops::error::Result;
use rollcall_ops::issues::snooze::{self, SnoozeIssues, UnsnoozeIssues};
use rollcall_ops::job::Job;
use serde_json::json;

use super::{Named, board};
use crate::call::Call;
use crate::exit::Exit;
use crate::names;

#[derive(Args)]
pub struct Snooze {
    #[command(flatten)]
    named: Named,
    #[command(flatten)]
    of: names::Organization,
    /// Why, for whoever asks
    #[arg(long, value_name = "TEXT")]
    note: String,
    /// The day on which it comes back, in UTC; it comes back sooner when it grows by half
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = day)]
    until: Option<Timestamp>,
}

#[derive(Args)]
pub struct Unsnooze {
    #[command(flatten)]
    named: Named,
    #[command(flatten)]
    of: names::Organization,
}

fn day(text: &str) -> std::result::Result<Timestamp, &'static str> {
    Timestamp::of_day(text).ok_or("it is a day, written as 2026-12-31")
}

/// # Errors
/// Those of the verb.
pub async fn snooze(ask: Snooze, call: &Call) -> Result<Exit> {
    let organization = ask.of.find(call).await?.organization.id;
    let fingerprints = ask.named.find(&board(Some(organization), call).await?)?;
    let question = SnoozeIssues { fingerprints: fingerprints.clone(), organization: Some(organization), note: ask.note, until: ask.until };
    snooze::snooze(&call.desk, question, &Job::quiet()).await?;
    call.screen.answer(&json!({ "snoozed": fingerprints }), |screen| match ask.until {
        Some(until) => screen.line(&format!("Put aside until {}, or until it grows by half.", until.utc())),
        None => screen.line("Put aside until it grows by half."),
    });
    Ok(Exit::Fine)
}

/// # Errors
/// Those of the verb.
pub async fn unsnooze(ask: &Unsnooze, call: &Call) -> Result<Exit> {
    let organization = ask.of.find(call).await?.organization.id;
    let fingerprints = ask.named.find(&board(Some(organization), call).await?)?;
    let question = UnsnoozeIssues { fingerprints: fingerprints.clone(), organization: Some(organization) };
    snooze::unsnooze(&call.desk, question, &Job::quiet()).await?;
    call.screen.answer(&json!({ "unsnoozed": fingerprints }), |screen| screen.line("Taken up again."));
    Ok(Exit::Fine)
}
