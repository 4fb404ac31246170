//! *Check users' access*: every mailbox of an organization is asked by name, and the answer is a ledger, not a feeling.

pub mod lines;
pub mod summary;

use std::str::FromStr;

use clap::{Args, ValueEnum};
use rollcall_core::bound::Bound;
use rollcall_core::id::{OrganizationId, RunId, UserId};
use rollcall_core::issue::Cause;
use rollcall_core::mailbox::MailboxStatus;
use rollcall_core::rules::Reason;
use rollcall_core::verdict::Verdict;
use rollcall_ops::error::{Error, Result};
use rollcall_ops::integrations::set_secret::{self, SetSecret};
use rollcall_ops::job::Job;
use rollcall_ops::organizations::describe::OrganizationView;
use rollcall_ops::runs::describe::{self, RunRef};
use rollcall_ops::runs::list::{self, ListRuns};
use rollcall_ops::runs::results::{self, ResultQuery};
use rollcall_ops::runs::{ResultFilter, Run, RunState};
use rollcall_ops::settings::Resume;
use rollcall_ops::traffic::describe::Route;
use rollcall_ops::users::query::{self, Sort, UserFilter, UserQuery, WINDOW_LIMIT};
use rollcall_ops::verify::plan::{self, Plan, Scope, Verify as Question};
use rollcall_ops::verify::{cut_off, resume, start};
use serde::Serialize;

use self::summary::Summary;
use crate::call::Call;
use crate::exit::Exit;
use crate::text::{count, counted, quoted, range};
use crate::{names, secret, traffic, users, words};

const AFTER: &str = "\
Ctrl+C pauses the run; --resume goes on with it, after a crash too. When Graph
asks for a long pause the run is parked and goes on by itself after it.

Exit codes: 0 every mailbox passed, 1 one failed, 3 one is unknown or was not
asked, 4 no secret at hand or a wrong one.";

#[derive(Args)]
#[command(after_help = AFTER)]
pub struct Verify {
    #[command(flatten)]
    of: names::Organization,
    /// Only those that failed when they were last checked
    #[arg(long, conflicts_with = "resume")]
    failed_only: bool,
    /// Only those that are unknown since they were last checked, or never were
    #[arg(long, conflicts_with_all = ["resume", "failed_only"])]
    unknown_only: bool,
    /// Only these users, by principal name or address; several are told apart by commas
    #[arg(long = "user", value_name = "UPN", value_delimiter = ',', conflicts_with_all = ["resume", "failed_only", "unknown_only"])]
    users: Vec<String>,
    /// Go on with a run that was paused or cut off, or with the `last` of them; mailboxes that have answered are not asked again
    #[arg(long, value_name = "RUN|last")]
    resume: Option<Interrupted>,
    /// Take the integration's secret from stdin, for this call only
    #[arg(long)]
    pub secret_stdin: bool,
    /// A summary, or one JSON line a mailbox
    #[arg(long, default_value = "summary")]
    format: Format,
    /// Write each request to a trace file in the data folder: route, answer and times, no person, no secret
    #[arg(long)]
    trace: bool,
}

/// Which run to go on with.
#[derive(Clone, Copy)]
enum Interrupted {
    Last,
    Run(RunId),
}

impl FromStr for Interrupted {
    type Err = &'static str;

    fn from_str(text: &str) -> std::result::Result<Self, Self::Err> {
        match text {
            "last" => Ok(Self::Last),
            number => number.parse().map(Self::Run).map_err(|_| "it is the number of a run, or `last`"),
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Summary,
    Jsonl,
}

/// The check as scripts read it: the run, and what it sent; the names of the fields are a contract.
#[derive(Serialize)]
struct Checked<'a> {
    #[serde(flatten)]
    summary: Summary<'a>,
    traffic: Vec<Route>,
}

/// Runs the check. Ends with 0 when every mailbox passed, 1 when one failed, 3 when one is unknown or the run was stopped.
///
/// # Errors
/// Those of the verbs.
pub async fn run(ask: Verify, call: &Call) -> Result<Exit> {
    let organization = ask.of.find(call).await?;
    if ask.secret_stdin {
        take_secret(&organization, call).await?;
    }
    if ask.trace {
        traffic::trace(call).await?;
    }
    let run = Box::pin(work(&ask, &organization, call)).await;
    if ask.trace {
        traffic::end_trace(call).await?;
    }
    let run = match run {
        Ok(run) => run,
        Err(error) => {
            if let Some(run) = latest_interrupted(organization.organization.id, call).await? {
                tell_how_to_resume(&run, call);
            }
            return Err(error);
        }
    };
    conclude(&run, ask.format, call).await
}

/// Takes the integration's secret from stdin.
///
/// # Errors
/// Those of the verb.
pub async fn take_secret(organization: &OrganizationView, call: &Call) -> Result<()> {
    let question = SetSecret { integration: organization.organization.integration, secret: secret::read().await? };
    set_secret::set_secret(&call.desk, question, &call.job()).await.map(|_| ())
}

/// Checks again whoever has an open issue of some fingerprints, with the exit codes of every check.
///
/// # Errors
/// Those of the verbs.
pub async fn recheck(organization: OrganizationId, fingerprints: Vec<String>, call: &Call) -> Result<Exit> {
    let question = Question { organization, which: Scope::WithIssues { fingerprints } };
    tell(&plan::plan(&call.desk, question.clone(), &Job::quiet()).await?, call);
    let run = Box::pin(start::start(&call.desk, question, &call.job())).await?;
    conclude(&run, Format::Summary, call).await
}

/// Says what a run came to.
async fn conclude(run: &Run, format: Format, call: &Call) -> Result<Exit> {
    let detail = describe::describe(&call.desk, RunRef { run: run.id }, &Job::quiet()).await?;
    match format {
        Format::Jsonl => lines::write(run.id, call).await?,
        Format::Summary => {
            let traffic = traffic::of(&call.desk, run.tenant).await?;
            let checked = Checked { summary: Summary::from(&detail), traffic };
            call.screen.answer(&checked, |screen| summary::show(&detail, screen));
            if run.state == RunState::Finished && run.ledger.not_run > 0 && must_sign_in(run.id, call).await? {
                let org = quoted(&run.organization_name);
                call.screen.note(&format!(
                    "Not checked: an account has to sign in first. `users list --org {org} --sign-in needed,not-signed-in` names whose, \
                     `users mailboxes UPN` for which mailbox."
                ));
            }
        }
    }
    Ok(if run.state == RunState::Finished {
        Exit::of_ledger(&run.ledger)
    } else {
        if is_interrupted(run) {
            tell_how_to_resume(run, call);
        }
        Exit::Incomplete
    })
}

/// Whether the first mailbox that wasn't checked waits for a sign-in.
async fn must_sign_in(run: RunId, call: &Call) -> Result<bool> {
    let filter = ResultFilter { verdict: vec![Verdict::NotRun], ..ResultFilter::default() };
    let page = results::results(&call.desk, ResultQuery { run, filter, offset: 0, limit: 1 }, &Job::quiet()).await?;
    let of_sign_in = |cause: Option<Cause>| cause == Some(Cause::NeedsUserSignIn);
    Ok(page.rows.iter().flat_map(|row| &row.workloads).any(|result| of_sign_in(result.cause)))
}

/// Starts the run that is asked for, or goes on with it, and works on it until it is over or stopped.
async fn work(ask: &Verify, organization: &OrganizationView, call: &Call) -> Result<Run> {
    let id = organization.organization.id;
    if let Some(interrupted) = ask.resume {
        return go_on(find(interrupted, id, call).await?.id, id, call).await;
    }
    let which = match (ask.failed_only, ask.unknown_only) {
        (true, _) => having(id, &[Verdict::Failed], call).await?,
        (false, true) => having(id, &[Verdict::Unknown, Verdict::NotRun], call).await?,
        (false, false) if ask.users.is_empty() => Scope::All,
        (false, false) => Scope::Users { users: named(&ask.users, organization, call).await? },
    };
    let question = Question { organization: id, which };
    let plan = plan::plan(&call.desk, question.clone(), &Job::quiet()).await?;
    if matches!(question.which, Scope::All)
        && let Some(run) = going_on_by_itself(id, plan.mailboxes, call).await?
    {
        call.screen.note(&format!("Run {run} was cut off and goes on; `settings set --resume on-click` would start a new one."));
        return go_on(run, id, call).await;
    }
    if let Some(run) = latest_interrupted(id, call).await? {
        call.screen.note(&format!("Run {} stays interrupted; --resume {} goes on with it in place of a new run.", run.id, run.id));
    }
    tell(&plan, call);
    Box::pin(start::start(&call.desk, question, &call.job())).await
}

/// The users who are named, all of whom are asked.
///
/// # Errors
/// `NotFound`; `InvalidInput` for one of another organization; `NotNow` for one who is on EWS or excluded.
async fn named(upns: &[String], organization: &OrganizationView, call: &Call) -> Result<Vec<UserId>> {
    let mut asked = Vec::with_capacity(upns.len());
    for upn in upns {
        let row = users::find(upn, Some(&organization.tenant_name), call).await?.row;
        if row.user.organization != organization.organization.id {
            return Err(Error::input("user", format!("{} is in {}", row.user.directory.upn, row.organization_name)));
        }
        let reason = match row.user.mailbox {
            MailboxStatus::Excluded => Some(Reason::Excluded),
            _ => (!row.effective_access.is_over_graph()).then_some(Reason::UsesEws),
        };
        if let Some(reason) = reason {
            call.screen.note(&format!("{} can't be asked, and nobody was.", row.user.directory.upn));
            return Err(Error::not_now(reason));
        }
        asked.push(row.user.id);
    }
    Ok(asked)
}

async fn go_on(run: RunId, organization: OrganizationId, call: &Call) -> Result<Run> {
    let left = Question { organization, which: Scope::UnsettledOf { run } };
    tell(&plan::plan(&call.desk, left, &Job::quiet()).await?, call);
    Box::pin(resume::resume(&call.desk, RunRef { run }, &call.job())).await
}

/// The run that a crash cut off, where the settings want it to go on by itself. One that checks only some of the mailboxes is none:
/// whoever asks for all would be told of those.
async fn going_on_by_itself(organization: OrganizationId, mailboxes: u32, call: &Call) -> Result<Option<RunId>> {
    let cut_off = cut_off::cut_off(&call.desk, (), &Job::quiet()).await?;
    let going_on = cut_off.runs.into_iter().filter(|_| cut_off.resume == Resume::ByItself);
    Ok(going_on.filter(|run| run.organization == organization && run.mailboxes == mailboxes).map(|run| run.id).max())
}

/// Says beforehand how long it will take, and what will bound it. Where it can't be begun the verb says why.
fn tell(plan: &Plan, call: &Call) {
    if plan.may.is_none() && plan.probes > 0 {
        call.screen.note(&foretold(plan));
    }
}

fn foretold(plan: &Plan) -> String {
    let (mailboxes, probes) = (counted(plan.mailboxes, "mailbox", "mailboxes"), counted(plan.probes, "question", "questions"));
    format!("{mailboxes}, {probes}: {}", probably(plan.seconds, plan.bound, plan.measured))
}

/// About how long work with mailboxes takes, what will bound it, and how that is known.
pub fn probably(seconds: (u32, u32), bound: Bound, measured: bool) -> String {
    let range = range(seconds);
    if measured {
        format!("probably {range}, bound by {}; measured when this tenant was last checked.", words::of_bound(bound))
    } else {
        format!("probably {range}, bound by Microsoft's limits; assumed, because nothing was measured in this tenant yet.")
    }
}

/// The run to go on with, which has to be one of the organization.
async fn find(interrupted: Interrupted, organization: OrganizationId, call: &Call) -> Result<Run> {
    match interrupted {
        Interrupted::Last => all(organization, call)
            .await?
            .into_iter()
            .find(is_interrupted)
            .ok_or_else(|| Error::not_found("no run of this organization was paused or cut off; without --resume a new one starts")),
        Interrupted::Run(run) => {
            let found = describe::describe(&call.desk, RunRef { run }, &Job::quiet()).await?.run;
            if found.organization == organization { Ok(found) } else { Err(Error::input("run", "it is a run of another organization")) }
        }
    }
}

/// The latest run of the organization, where it was paused or cut off. An older one has been overtaken by those after it.
async fn latest_interrupted(organization: OrganizationId, call: &Call) -> Result<Option<Run>> {
    Ok(all(organization, call).await?.into_iter().next().filter(is_interrupted))
}

/// The runs of the organization, the latest first.
async fn all(organization: OrganizationId, call: &Call) -> Result<Vec<Run>> {
    list::list(&call.desk, ListRuns { organization: Some(organization) }, &Job::quiet()).await
}

fn is_interrupted(run: &Run) -> bool {
    run.state == RunState::Interrupted
}

/// The users of an organization whose last check came to one of these verdicts.
async fn having(organization: OrganizationId, verdict: &[Verdict], call: &Call) -> Result<Scope> {
    let filter = UserFilter { organization: Some(organization), verdict: verdict.to_vec(), ..UserFilter::default() };
    let mut users = Vec::new();
    loop {
        let offset = u32::try_from(users.len()).unwrap_or(u32::MAX);
        let question = UserQuery { filter: filter.clone(), sort: Sort::default(), offset, limit: WINDOW_LIMIT, workloads: false };
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
fn tell_how_to_resume(run: &Run, call: &Call) {
    let (done, all) = (count(run.mailboxes_done), counted(run.mailboxes, "mailbox", "mailboxes"));
    call.screen.note(&format!("Run {} is paused: {done} of {all} have answered, and nothing of that is lost.", run.id));
    call.screen.note(&format!("Go on with: rollcallctl verify --org {} --resume {}", quoted(&run.organization_name), run.id));
}

#[cfg(test)]
mod tests {
    use super::*;
    use rollcall_core::bound::Bound;

    #[test]
    fn a_plan_says_what_it_goes_by() {
        let plan = |measured, bound| Plan {
            mailboxes: 20_000,
            probes: 80_000,
            not_covered: Vec::new(),
            seconds: (100, 290),
            bound,
            measured,
            may: None,
        };
        assert_eq!(
            foretold(&plan(true, Bound::Share)),
            "20,000 mailboxes, 80,000 questions: probably 1 to 5 min, bound by what is left to the integration's own work; measured when \
             this tenant was last checked."
        );
        assert!(foretold(&plan(false, Bound::Finding)).contains("assumed"));
    }
}
