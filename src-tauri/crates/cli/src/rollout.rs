//! All three stages in one go against a fresh practice tenant: a rehearsal, a demonstration, and a test of the whole engine, since
//! the practice tenant knows what every mailbox must come to.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use clap::Args;
use rollcall_core::consent::Authorization;
use rollcall_core::issue::Cause;
use rollcall_core::organization::AccessType;
use rollcall_core::verdict::{Ledger, Verdict};
use rollcall_identity::vault::Vault;
use rollcall_ops::consent::change::ConsentPage;
use rollcall_ops::consent::grant::{self, GrantConsent};
use rollcall_ops::consent::show::ConsentView;
use rollcall_ops::desk::Desk;
use rollcall_ops::error::{Code, Error, Result};
use rollcall_ops::job::Job;
use rollcall_ops::organizations::create::{self, CreateOrganization};
use rollcall_ops::practice::open::{self, OpenPractice};
use rollcall_ops::runs::describe::{self, RunDetail, RunRef};
use rollcall_ops::runs::{MailboxResult, RunState, results};
use rollcall_ops::tenants::sign_in::{self, TenantRef};
use rollcall_ops::traffic::describe::Route;
use rollcall_ops::users::import::{self, ImportUsers, Imported, Source};
use rollcall_ops::verify::plan::{Scope, Verify};
use rollcall_ops::verify::start;
use rollcall_sandbox::Planted;
use rollcall_sandbox::browser::Person;
use serde::Serialize;
use tokio_util::sync::CancellationToken;

use crate::exit::Exit;
use crate::ground::Rehearsal;
use crate::progress::{self, Browser, Unopened};
use crate::screen::Screen;
use crate::table::{Cell, Column, Paint, Table};
use crate::text::{count, counted, seconds};
use crate::verify::summary::Summary;
use crate::{problems, start as opening, traffic, words};

const AFTER: &str = "\
Exit codes: 0 when all stages were done and every mailbox came to what was
planted in it (some are planted to fail), 1 when one did not, 3 when stopped.";

/// What to rehearse with.
#[derive(Args)]
#[command(after_help = AFTER)]
pub struct Rollout {
    /// Against a practice tenant that is made for this call and gone after it
    #[arg(long, required = true)]
    practice: bool,
    /// How many users it has
    #[arg(long, value_name = "N", default_value_t = 250, value_parser = clap::value_parser!(u32).range(2..=100_000))]
    users: u32,
    /// The same seed gives the same people and the same troubles
    #[arg(long, value_name = "S", default_value_t = 1)]
    seed: u32,
}

/// What the three stages came to.
struct Outcome {
    imported: Imported,
    consent: ConsentView,
    detail: RunDetail,
    /// Mailboxes that came to something else than what was planted, by principal name.
    different: Vec<String>,
    planted: u32,
    traffic: Vec<Route>,
    took: [u64; 3],
}

/// Runs the rehearsal.
///
/// # Errors
/// Those of the verbs.
pub async fn run(ask: Rollout, screen: &Screen, stop: &CancellationToken) -> Result<Exit> {
    let folder = tempfile::Builder::new()
        .prefix("rollcall-rehearsal-")
        .tempdir()
        .map_err(|error| Error::new(Code::DiskFull, format!("no folder for the rehearsal could be made: {:?}", error.kind())))?;
    let rehearsal = Rehearsal::default();
    let desk = opening::open(folder.path().to_owned(), Vault::session_only(), Some(rehearsal.start()))?;
    let job = || progress::job(screen, stop.clone(), Browser::Person(Person::Admin), Unopened::default());
    let outcome = Box::pin(stages(&ask, &desk, &rehearsal, screen, job)).await.map_err(|error| desk.told(error))?;
    screen.answer(&document(&outcome), |screen| show(&outcome, screen));
    Ok(exit(&outcome))
}

async fn stages(ask: &Rollout, desk: &Desk, rehearsal: &Rehearsal, screen: &Screen, job: impl Fn() -> Job) -> Result<Outcome> {
    screen.note(&format!("Stage 1: a practice tenant with {}, an organization, its users", counted(ask.users, "user", "users")));
    let begin = Instant::now();
    let practice = open::open(desk, OpenPractice { users: Some(ask.users), seed: Some(ask.seed) }, &job()).await?;
    Box::pin(sign_in::sign_in(desk, TenantRef { tenant: practice.tenant.id }, &job())).await?;
    let create = CreateOrganization {
        name: "Practice organization".to_owned(),
        external_id: "practice-1".to_owned(),
        integration: practice.integration.id,
        access: AccessType::GraphAppOnly,
        tenant: Some(practice.tenant.id),
    };
    let organization = create::create(desk, create, &job()).await?.id;
    let imported = Box::pin(import::import(desk, ImportUsers { organization, from: Source::All, anew: false }, &job())).await?;
    let first = begin.elapsed().as_secs();

    screen.note("Stage 2: admin consent in the browser, and reading it back");
    let begin = Instant::now();
    let consent = Box::pin(grant::grant(desk, GrantConsent { organization, with: ConsentPage::Registered }, &job())).await?.view;
    let second = begin.elapsed().as_secs();

    screen.note("Stage 3: every mailbox by name");
    let begin = Instant::now();
    let run = Box::pin(start::start(desk, Verify { organization, which: Scope::All }, &job())).await?;
    let detail = describe::describe(desk, RunRef { run: run.id }, &Job::quiet()).await?;
    let planted = rehearsal.planted();
    let different = compare(desk, &detail, &planted).await?;
    let took = [first, second, begin.elapsed().as_secs()];
    let planted = u32::try_from(planted.len()).unwrap_or(u32::MAX);
    let traffic = traffic::of(desk, practice.tenant.id).await?;
    Ok(Outcome { imported, consent, detail, different, planted, traffic, took })
}

/// The mailboxes that differ from what was planted, and those that were never asked.
async fn compare(desk: &Desk, detail: &RunDetail, planted: &[Planted]) -> Result<Vec<String>> {
    let open: Arc<Mutex<HashMap<String, Planted>>> =
        Arc::new(Mutex::new(planted.iter().map(|planted| (planted.user_id.clone(), planted.clone())).collect()));
    let left = Arc::clone(&open);
    let take = move |mailbox: MailboxResult| {
        let mut open = open.lock().unwrap_or_else(PoisonError::into_inner);
        let id = mailbox.object_id.to_string();
        if open.get(&id).is_some_and(|planted| agrees(&mailbox, planted)) {
            open.remove(&id);
        }
    };
    results::each(desk, detail.run.id, take).await?;
    let mut different: Vec<String> =
        left.lock().unwrap_or_else(PoisonError::into_inner).values().map(|planted| planted.upn.clone()).collect();
    different.sort_unstable();
    Ok(different)
}

/// Whether each workload that was asked, and the mailbox over those, came to what was planted.
fn agrees(mailbox: &MailboxResult, planted: &Planted) -> bool {
    let wanted = |name: &str| {
        let same = |kind: &rollcall_sandbox::Workload| format!("{kind:?}").eq_ignore_ascii_case(name);
        planted.workloads.iter().find(|(kind, _)| same(kind)).map(|(_, expected)| expected.verdict)
    };
    let asked = mailbox.workloads.iter().filter(|result| result.cause != Some(Cause::NotCovered));
    let each = asked.clone().all(|result| wanted(result.workload.name()) == Some(result.verdict.name()));
    each && asked.count() > 0 && Verdict::of_mailbox(mailbox.workloads.iter().map(|result| result.verdict)) == mailbox.verdict
}

fn exit(outcome: &Outcome) -> Exit {
    let consented = outcome.consent.consent.authorization == Authorization::Authorized;
    if outcome.detail.run.state != RunState::Finished {
        Exit::Incomplete
    } else if outcome.different.is_empty() && consented && outcome.detail.run.mailboxes > 0 {
        Exit::Fine
    } else {
        Exit::Failed
    }
}

/// The rehearsal as scripts read it.
#[derive(Serialize)]
struct Document<'a> {
    import: &'a Imported,
    consent: Authorization,
    verify: Summary<'a>,
    planted: Comparison<'a>,
    traffic: &'a [Route],
}

/// How many mailboxes there are, and which came to something else than what was planted.
#[derive(Serialize)]
struct Comparison<'a> {
    mailboxes: u32,
    different: &'a [String],
}

fn document(outcome: &Outcome) -> Document<'_> {
    Document {
        import: &outcome.imported,
        consent: outcome.consent.consent.authorization,
        verify: Summary::from(&outcome.detail),
        planted: Comparison { mailboxes: outcome.planted, different: &outcome.different },
        traffic: &outcome.traffic,
    }
}

/// How many mailboxes that differ a person is shown by name.
const SHOWN: usize = 20;

fn show(outcome: &Outcome, screen: &Screen) {
    let run = &outcome.detail.run;
    let rows = &outcome.consent.consent.rows;
    let required = rows.iter().filter(|row| row.required).count();
    let held = rows.iter().filter(|row| row.required && row.holds()).count();
    let matching = outcome.planted.saturating_sub(u32::try_from(outcome.different.len()).unwrap_or(u32::MAX));
    screen.headline("Rollout against a practice tenant");
    screen.gap();
    let mut table = Table::new([Column::Left("stage"), Column::Flexible("what was done"), Column::Left("verdict"), Column::Right("took")]);
    let [first, second, third] = outcome.took.map(seconds);
    table.row([
        "1 Organization and users".into(),
        format!("1 organization, {} brought in", counted(outcome.imported.new, "user", "users")).into(),
        Cell::painted("done", Paint::Good),
        first.into(),
    ]);
    let authorization = outcome.consent.consent.authorization;
    let paint = if authorization == Authorization::Authorized { Paint::Good } else { Paint::Bad };
    table.row([
        "2 Consent".into(),
        format!("{held} of {required} permissions granted").into(),
        Cell::painted(words::of_authorization(authorization), paint),
        second.into(),
    ]);
    let (verdict, paint) = if outcome.different.is_empty() { ("as planted", Paint::Good) } else { ("not as planted", Paint::Bad) };
    table.row(["3 Verify".into(), answered(&run.ledger).into(), Cell::painted(verdict, paint), third.into()]);
    screen.table(&table);
    problems::show(&outcome.detail.fingerprints, screen);
    screen.gap();
    screen.painted(&format!("As planted: {} of {}.", count(matching), counted(outcome.planted, "mailbox", "mailboxes")), paint);
    for upn in outcome.different.iter().take(SHOWN) {
        screen.line(&format!("  not so: {upn}"));
    }
    if outcome.different.len() > SHOWN {
        screen.line("  … and more; --json has them all");
    }
}

fn answered(ledger: &Ledger) -> String {
    let answered = format!("{} passed, {} failed, {} unknown", count(ledger.passed), count(ledger.failed), count(ledger.unknown));
    match ledger.not_run {
        0 => answered,
        not_run => format!("{answered}, {} not checked", count(not_run)),
    }
}
