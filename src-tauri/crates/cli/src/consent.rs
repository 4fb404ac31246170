//! Consent: required against granted, and granting in the browser.

use clap::{Args, Subcommand};
use rollcall_core::consent::{Authorization, ConsentRow, ConsentState, ForWhom};
use rollcall_core::rules::Reason;
use rollcall_ops::consent::change::ConsentPage;
use rollcall_ops::consent::show::ConsentView;
use rollcall_ops::consent::{grant, read, show};
use rollcall_ops::error::Result;
use rollcall_ops::organizations::delete::OrganizationRef;
use rollcall_ops::organizations::describe::OrganizationView;

use crate::call::Call;
use crate::exit::Exit;
use crate::moment::utc;
use crate::progress::Browser;
use crate::screen::Screen;
use crate::table::{Cell, Column, Paint, Table};
use crate::text::counted;
use crate::{names, words};

#[derive(Subcommand)]
pub enum Consent {
    /// Read the grants and compare: required, granted, missing, excess, stronger than needed
    Show(Show),
    /// Grant what is required on Microsoft's admin-consent page, then read back what is true
    Grant(Grant),
}

const AFTER: &str = "\
Exit codes: 0 authorized, 1 partly or not authorized, 3 unknown.";

#[derive(Args)]
#[command(after_help = AFTER)]
pub struct Show {
    #[command(flatten)]
    of: names::Organization,
    /// What was read last, without asking Graph again
    #[arg(long)]
    cached: bool,
}

#[derive(Args)]
pub struct Grant {
    #[command(flatten)]
    of: names::Organization,
    /// Write the address to stdout, on a line of its own, in place of opening a browser
    #[arg(long)]
    print_url: bool,
}

/// Does what is asked of consent. Ends with 0 when all that is required is granted, 1 when not, 3 when it isn't known.
///
/// # Errors
/// Those of the verbs.
pub async fn run(ask: Consent, call: &Call) -> Result<Exit> {
    match ask {
        Consent::Show(ask) => {
            let organization = ask.of.find(call).await?;
            let question = OrganizationRef { organization: organization.organization.id };
            // Whoever isn't signed in is shown what was known last, with its age.
            let signed_out = organization.may.consent == Some(Reason::NotSignedIn);
            let view = if ask.cached || signed_out {
                show::show(&call.desk, question, &call.job()).await?
            } else {
                Box::pin(read::read(&call.desk, question, &call.job())).await?
            };
            if signed_out && !ask.cached {
                call.screen.note("Nobody is signed in to the tenant, so this is what was read last.");
            }
            Ok(answer(&view, &organization, call))
        }
        Consent::Grant(ask) => {
            let organization = ask.of.find(call).await?;
            let question = grant::GrantConsent { organization: organization.organization.id, with: ConsentPage::Registered };
            let browser = if ask.print_url { Browser::Print } else { Browser::Open };
            let view = Box::pin(grant::grant(&call.desk, question, &call.job_with(browser))).await?;
            Ok(answer(&view, &organization, call))
        }
    }
}

fn answer(view: &ConsentView, organization: &OrganizationView, call: &Call) -> Exit {
    call.screen.answer(view, |screen| show_view(view, organization, screen));
    Exit::of_consent(view.consent.authorization)
}

fn show_view(view: &ConsentView, organization: &OrganizationView, screen: &Screen) {
    let authorization = view.consent.authorization;
    screen.painted(
        &format!("{} in {}: {}", organization.integration_name, organization.tenant_name, words::of_authorization(authorization)),
        match authorization {
            Authorization::Authorized => Paint::Good,
            Authorization::PartlyAuthorized => Paint::Open,
            Authorization::NotAuthorized => Paint::Bad,
            Authorization::Unknown => Paint::Strong,
        },
    );
    let age = match (view.read_at, &view.error) {
        (Some(at), None) => format!("Read from Graph at {}.", utc(at)),
        (Some(at), Some(code)) => format!("The grants could not be read at {} ({code}), so nothing is known about them.", utc(at)),
        (None, _) => "The grants were never read.".to_owned(),
    };
    screen.line(&age);
    screen.gap();
    let mut table = Table::new([
        Column::Left("permission"),
        Column::Left("type"),
        Column::Left("needed"),
        Column::Left("state"),
        Column::Spare("for whom"),
        Column::Flexible("feature"),
    ]);
    for row in &view.consent.rows {
        table.row([row.name.as_str().into(), row.kind.name().into(), needed(row), state(row.state), whom(row).into(), remark(row).into()]);
    }
    screen.table(&table);
    if !view.consent.features_off.is_empty() {
        screen.gap();
        screen.paragraph(&format!("Off without the missing permissions: {}.", view.consent.features_off.join("; ")), "", "");
    }
}

fn needed(row: &ConsentRow) -> Cell {
    match (row.required, row.optional) {
        (true, false) => "required".into(),
        (true, true) => Cell::painted("optional", Paint::Faint),
        (false, _) => Cell::painted("no", Paint::Faint),
    }
}

fn state(state: ConsentState) -> Cell {
    let paint = match state {
        ConsentState::Granted => Paint::Good,
        ConsentState::Missing | ConsentState::PendingRequest => Paint::Bad,
        ConsentState::Excess | ConsentState::StrongerThanNeeded => Paint::Open,
        ConsentState::Unknown => Paint::Faint,
    };
    Cell::painted(words::of_consent(state), paint)
}

fn whom(row: &ConsentRow) -> String {
    match row.whom {
        Some(ForWhom::Everyone) => "everyone".to_owned(),
        Some(ForWhom::Users { count }) => counted(count, "user", "users"),
        None => "–".to_owned(),
    }
}

fn remark(row: &ConsentRow) -> String {
    match (&row.feature, &row.instead) {
        (Some(feature), Some(instead)) => format!("{feature} ({instead} is granted)"),
        (Some(feature), None) => feature.clone(),
        (None, Some(instead)) => format!("{instead} would do"),
        (None, None) => String::new(),
    }
}
