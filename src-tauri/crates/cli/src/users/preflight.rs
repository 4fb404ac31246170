//! Finds out which mailboxes of an organization can be worked on.

use clap::Args;
use rollcall_core::eligibility::Eligibility;
use rollcall_ops::error::Result;
use rollcall_ops::integrations::set_secret::{self, SetSecret};
use rollcall_ops::organizations::delete::OrganizationRef;
use rollcall_ops::users::preflight;

use crate::call::Call;
use crate::exit::Exit;
use crate::table::{Column, Paint, Table};
use crate::text::{count, counted};
use crate::{names, secret, words};

#[derive(Args)]
pub struct Preflight {
    #[command(flatten)]
    of: names::Organization,
    /// Take the integration's secret from stdin, for this call only
    #[arg(long)]
    pub secret_stdin: bool,
}

/// Judges, and says how many there are of each.
///
/// # Errors
/// Those of the verb.
pub async fn run(ask: &Preflight, call: &Call) -> Result<Exit> {
    let organization = ask.of.find(call).await?.organization;
    if ask.secret_stdin {
        let question = SetSecret { integration: organization.integration, secret: secret::read().await? };
        set_secret::set_secret(&call.desk, question, &call.job()).await?;
    }
    let found = Box::pin(preflight::preflight(&call.desk, OrganizationRef { organization: organization.id }, &call.job())).await?;
    call.screen.answer(&found, |screen| {
        let mut table = Table::new([Column::Right("users"), Column::Left("eligibility"), Column::Flexible("what to do")]);
        for (eligibility, number) in found.counts.iter().filter(|(_, number)| **number > 0) {
            let words = words::of_eligibility(*eligibility);
            table.row([count(*number).as_str().into(), words.title.into(), words.advice.into()]);
        }
        screen.table(&table);
        if found.not_eligible > 0 {
            screen.line(&format!("{} not eligible.", counted(found.not_eligible, "user is", "users are")));
        }
        if let Some(unasked) = found.unasked {
            let words = words::of_unasked(unasked);
            screen.painted(
                &format!("Mailboxes were not all asked what they are: {}. {}", words.title, screen.filled(words.advice)),
                Paint::Open,
            );
        }
    });
    let unsure = found.unasked.is_some() && found.counts.get(&Eligibility::SharedOrResource).is_some_and(|number| *number > 0);
    Ok(if unsure { Exit::Incomplete } else { Exit::Fine })
}
