//! *Check users' access*: every mailbox of an organization is asked by name, and the answer is a ledger, not a feeling.

use clap::{Args, ValueEnum};
use rollcall_core::id::{ObjectId, OrganizationId, RunId};
use rollcall_core::issue::Cause;
use rollcall_core::verdict::Verdict;
use rollcall_core::workload::Workload;
use rollcall_ops::error::{Error, Result};
use rollcall_ops::integrations::set_secret::{self, SetSecret};
use rollcall_ops::job::Job;
use rollcall_ops::organizations::describe::OrganizationView;
use rollcall_ops::runs::describe::{self, RunDetail, RunRef};
use rollcall_ops::runs::list::{self, ListRuns};
use rollcall_ops::runs::{MailboxResult, Run, RunState, results};
use rollcall_ops::users::query::{self, Sort, UserFilter, UserQuery, WINDOW_LIMIT};
use rollcall_ops::verify::plan::{Scope, Verify as Question};
use rollcall_ops::verify::{resume, start};
use serde::Serialize;

use crate::call::Call;
use crate::exit::Exit;
use crate::problems::Group;
use crate::screen::Screen;
use crate::table::{Cell, Column, Paint, Table};
use crate::text::{count, counted, seconds};
use crate::{names, problems, secret, words};

const AFTER: &str = "\
Ctrl+C pauses the run; --resume goes on with it, after a crash too.

Exit codes: 0 every mailbox passed, 1 one failed, 3 one is unknown or was not
asked, 4 no secret at hand or a wrong one.";

#[derive(Args)]
#[command(after_help = AFTER)]
pub struct Verify {
    /// The organization's name
    #[arg(long, value_name = "NAME")]
    org: String,
    /// Its tenant, where several have one of that name
    #[arg(long, value_name = "NAME")]
    tenant: Option<String>,
    /// Only those that failed when they were last checked
    #[arg(long, conflicts_with = "resume")]
    failed_only: bool,
    /// Only those that are unknown since they were last checked, or never were
    #[arg(long, conflicts_with_all = ["resume", "failed_only"])]
    unknown_only: bool,
    /// Go on with a run that was interrupted; mailboxes that have answered are not asked again
    #[arg(long, value_name = "RUN")]
    resume: Option<RunId>,
    /// Take the integration's secret from stdin, for this call only
    #[arg(long)]
    pub secret_stdin: bool,
    /// A summary, or one JSON line a mailbox
    #[arg(long, default_value = "summary")]
    format: Format,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Summary,
    Jsonl,
}

/// Runs the check. Ends with 0 when every mailbox passed, 1 when one failed, 3 when one is unknown or the run was stopped.
///
/// # Errors
/// Those of the verbs.
pub async fn run(ask: Verify, call: &Call) -> Result<Exit> {
    let organization = names::organization(call, &ask.org, ask.tenant.as_deref()).await?;
    let id = organization.organization.id;
    if ask.secret_stdin {
        let secret = secret::read().await?;
        let question = SetSecret { integration: organization.organization.integration, secret };
        set_secret::set_secret(&call.desk, question, &call.job()).await?;
    }
    let job = call.job();
    let run = match ask.resume {
        Some(run) => {
            own_run(run, id, call).await?;
            Box::pin(resume::resume(&call.desk, RunRef { run }, &job)).await
        }
        None => {
            let which = match (ask.failed_only, ask.unknown_only) {
                (true, _) => having(id, &[Verdict::Failed], call).await?,
                (false, true) => having(id, &[Verdict::Unknown, Verdict::NotRun], call).await?,
                (false, false) => Scope::All,
            };
            Box::pin(start::start(&call.desk, Question { organization: id, which }, &job)).await
        }
    };
    drop(job);
    let run = match run {
        Ok(run) => run,
        Err(error) => {
            tell_how_to_resume(&organization, call).await?;
            return Err(error);
        }
    };
    let detail = describe::describe(&call.desk, RunRef { run: run.id }, &Job::quiet()).await?;
    match ask.format {
        Format::Jsonl => lines(run.id, call).await?,
        Format::Summary => call.screen.answer(&Summary::from(&detail), |screen| show(&detail, screen)),
    }
    Ok(if run.state == RunState::Finished {
        Exit::of_ledger(&run.ledger)
    } else {
        tell_how_to_resume(&organization, call).await?;
        Exit::Incomplete
    })
}

/// The run as scripts read it; the names of the fields are a contract.
#[derive(Serialize)]
pub struct Summary<'a> {
    run: RunId,
    org: &'a str,
    state: RunState,
    expected: u32,
    passed: u32,
    failed: u32,
    unknown: u32,
    not_run: u32,
    seconds: u64,
    requests: u32,
    throttled: u32,
    fingerprints: Vec<Group<'a>>,
}

impl<'a> From<&'a RunDetail> for Summary<'a> {
    fn from(RunDetail { run, fingerprints }: &'a RunDetail) -> Self {
        Self {
            run: run.id,
            org: &run.organization_name,
            state: run.state,
            expected: run.mailboxes,
            passed: run.ledger.passed,
            failed: run.ledger.failed,
            unknown: run.ledger.unknown,
            not_run: run.ledger.not_run,
            seconds: took(run),
            requests: run.counters.requests,
            throttled: run.counters.throttled,
            fingerprints: fingerprints.iter().map(Group::from).collect(),
        }
    }
}

/// The run for a person: the ledger, and the problems by cause.
pub fn show(detail: &RunDetail, screen: &Screen) {
    let RunDetail { run, fingerprints } = detail;
    screen.headline(&format!("Check users' access: {}, run {}", run.organization_name, run.id));
    ledger(run, screen);
    let asked = counted(run.counters.requests, "request", "requests");
    let waited = match run.counters.throttled {
        0 => String::new(),
        throttled => format!(", {} asked to wait", counted(throttled, "answer", "answers")),
    };
    screen.painted(&format!("  {} in {asked}{waited}", seconds(took(run))), Paint::Faint);
    let skipped: Vec<&str> =
        run.workloads.iter().filter(|planned| planned.not_asked.is_some()).map(|planned| planned.workload.name()).collect();
    if !skipped.is_empty() {
        screen.paragraph(&format!("Not asked, because no permission covers it: {}.", skipped.join(", ")), "  ", "  ");
    }
    problems::show(fingerprints, screen);
}

fn ledger(run: &Run, screen: &Screen) {
    let mut table = Table::new([Column::Left("  "), Column::Right("mailboxes"), Column::Right("")]);
    for (verdict, mailboxes, paint) in [
        (Verdict::Passed, run.ledger.passed, Paint::Good),
        (Verdict::Failed, run.ledger.failed, Paint::Bad),
        (Verdict::Unknown, run.ledger.unknown, Paint::Open),
        (Verdict::NotRun, run.ledger.not_run, Paint::Plain),
    ] {
        let paint = if mailboxes == 0 { Paint::Faint } else { paint };
        table.row([
            Cell::painted(&format!("  {}", words::of_verdict(verdict)), paint),
            Cell::painted(&count(mailboxes), paint),
            Cell::painted(&share(mailboxes, run.mailboxes), Paint::Faint),
        ]);
    }
    screen.table_page(&table, false);
}

/// Rounded down, so that 100 % is said of all of them only.
fn share(part: u32, whole: u32) -> String {
    match u64::from(part) * 100 {
        0 => String::new(),
        hundredfold if hundredfold < u64::from(whole) => "<1 %".to_owned(),
        hundredfold => format!("{} %", hundredfold / u64::from(whole.max(1))),
    }
}

/// From the start to the end of the run, the time between two sittings included.
fn took(run: &Run) -> u64 {
    run.ended.map_or(0, |ended| ended.since(run.started).as_secs())
}

async fn lines(run: RunId, call: &Call) -> Result<()> {
    let screen = call.screen.clone();
    results::each(&call.desk, run, move |mailbox| screen.json_line(&line(&mailbox))).await
}

/// A mailbox as one line of JSON; the names of the fields are a contract.
#[derive(Serialize)]
struct Line<'a> {
    user: ObjectId,
    upn: &'a str,
    verdict: Verdict,
    workloads: Five<'a>,
}

/// All five workloads, whatever was asked.
#[derive(Serialize)]
struct Five<'a> {
    mail: Answered<'a>,
    calendar: Answered<'a>,
    contacts: Answered<'a>,
    tasks: Answered<'a>,
    settings: Answered<'a>,
}

/// The deciding answer of one workload, and why it is no pass.
#[derive(Serialize)]
struct Answered<'a> {
    verdict: Verdict,
    http: Option<u16>,
    code: Option<&'a str>,
    request_id: Option<&'a str>,
    reason: Option<&'static str>,
}

fn line(mailbox: &MailboxResult) -> Line<'_> {
    let of = |workload: Workload| {
        let found = mailbox.workloads.iter().find(|result| result.workload == workload);
        Answered {
            verdict: found.map_or(Verdict::NotRun, |result| result.verdict),
            http: found.and_then(|result| result.http),
            code: found.and_then(|result| result.code.as_deref()),
            request_id: found.and_then(|result| result.request_id.as_deref()),
            reason: found.and_then(|result| result.cause).map(Cause::name),
        }
    };
    Line {
        user: mailbox.object_id,
        upn: &mailbox.upn,
        verdict: mailbox.verdict,
        workloads: Five {
            mail: of(Workload::Mail),
            calendar: of(Workload::Calendar),
            contacts: of(Workload::Contacts),
            tasks: of(Workload::Tasks),
            settings: of(Workload::Settings),
        },
    }
}

async fn own_run(run: RunId, organization: OrganizationId, call: &Call) -> Result<()> {
    let found = describe::describe(&call.desk, RunRef { run }, &Job::quiet()).await?.run;
    if found.organization == organization { Ok(()) } else { Err(Error::input("run", "it is a run of another organization")) }
}

/// The users of an organization whose last check came to one of these verdicts.
async fn having(organization: OrganizationId, verdict: &[Verdict], call: &Call) -> Result<Scope> {
    let filter = UserFilter { organization: Some(organization), verdict: verdict.to_vec(), ..UserFilter::default() };
    let mut users = Vec::new();
    loop {
        let offset = u32::try_from(users.len()).unwrap_or(u32::MAX);
        let question = UserQuery { filter: filter.clone(), sort: Sort::default(), offset, limit: WINDOW_LIMIT };
        let page = query::query(&call.desk, question, &Job::quiet()).await?;
        users.extend(page.rows.iter().map(|row| row.user.id));
        if page.rows.is_empty() || users.len() >= page.matching as usize {
            break;
        }
    }
    if users.is_empty() {
        Err(Error::not_found("nobody of the organization is in that state, so there is nobody to check"))
    } else {
        Ok(Scope::Users { users })
    }
}

/// A run that was cut off says how to go on with it.
async fn tell_how_to_resume(organization: &OrganizationView, call: &Call) -> Result<()> {
    let id = organization.organization.id;
    let runs = list::list(&call.desk, ListRuns { organization: Some(id) }, &Job::quiet()).await?;
    if let Some(run) = runs.first().filter(|run| run.state == RunState::Interrupted) {
        let (done, all) = (count(run.mailboxes_done), counted(run.mailboxes, "mailbox", "mailboxes"));
        call.screen.note(&format!("Run {} is paused: {done} of {all} have answered, and nothing of that is lost.", run.id));
        call.screen.note(&format!("Go on with: rollcallctl verify --org '{}' --resume {}", organization.organization.name, run.id));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hundred_percent_is_all_of_them() {
        assert_eq!(share(999_999, 1_000_000), "99 %");
        assert_eq!(share(1, 1_000), "<1 %");
        assert_eq!(share(7, 7), "100 %");
        assert_eq!(share(0, 0), "");
    }
}
