//! A rollout in waves by command.

use clap::{ArgGroup, Args, Subcommand};
use rollcall_core::action::Action;
use rollcall_core::id::{ObjectId, OrganizationId};
use rollcall_core::rules::Reason;
use rollcall_core::time::Timestamp;
use rollcall_core::verdict::Verdict;
use rollcall_core::wave::{Criterion, Entry, Exit as Criteria, JudgedCriterion, Met, Severity, WaveState};
use rollcall_ops::error::{Error, Result};
use rollcall_ops::job::Job;
use rollcall_ops::organizations::delete::OrganizationRef;
use rollcall_ops::users::act::{self, ActOnUsers, Chosen, UserFilter};
use rollcall_ops::users::foresee::{self, ForeseeAction, Foreseen};
use rollcall_ops::users::query::{self, Sort, UserQuery};
use rollcall_ops::waves::hold::{self, HoldWave};
use rollcall_ops::waves::plan::{self, Pilot, PlanWaves};
use rollcall_ops::waves::put::{self, PutInWave};
use rollcall_ops::waves::remove;
use rollcall_ops::waves::show::{self, PlanView, WaveView};
use rollcall_ops::waves::start::{self, StartWave};
use serde::Serialize;
use serde_json::json;

use super::Named;
use crate::call::Call;
use crate::exit::Exit;
use crate::names;
use crate::screen::Screen;
use crate::table::Paint;
use crate::text::{count, counted, quoted};
use crate::users::act::{accept_limitations, answer, named, show_foreseen, tell_limitations};
use crate::words::of_reason;

mod criteria;

use criteria::{Own, SetTo};

#[derive(Subcommand)]
pub enum Waves {
    /// Show where each wave stands, and by which criteria
    Show(Named),
    /// Lay the switch out in waves: a pilot, shares of the others, and whoever is left
    Plan(Plan),
    /// Change by what its waves are judged, as far as they are not over; what isn't named stays
    Criteria(SetTo),
    /// Put users into another wave, as long as neither was started
    Put(Put),
    /// Start a wave whose criteria are met: switch its users, or have them wait for the change window
    Start(Start),
    /// Hold a wave: it doesn't start, and its switches that wait are taken back
    Hold(OnlyOne),
    /// Hold a wave no more
    Release(OnlyOne),
    /// Reach the users of a wave over EWS again, as long as Exchange Online has it; `hold` takes back its switches that still wait
    GoBack(One),
    /// Drop the plan; nothing changes for its users
    Remove(Named),
}

#[derive(Args)]
pub struct OnlyOne {
    #[command(flatten)]
    named: Named,
    /// The wave's number; the pilot is 1
    #[arg(long, value_name = "N")]
    wave: u32,
}

#[derive(Args)]
pub struct One {
    #[command(flatten)]
    one: OnlyOne,
    /// Say what it would do, and do nothing
    #[arg(long)]
    dry_run: bool,
}

#[derive(Args)]
pub struct Start {
    /// What Graph can't do for the integration has been read and is accepted
    #[arg(long)]
    acknowledge: bool,
    #[command(flatten)]
    one: One,
}

#[derive(Args)]
pub struct Put {
    #[command(flatten)]
    one: One,
    /// Users of the organization, by user principal name or address
    #[arg(required = true, value_name = "UPN")]
    upns: Vec<String>,
}

#[derive(Args)]
#[command(group(ArgGroup::new("who").args(["pilot", "pilot_users", "pilot_search", "pilot_group", "keep_pilot"]).required(true)))]
pub struct Plan {
    #[command(flatten)]
    named: Named,
    /// So many users go first, spread over the organization
    #[arg(long, value_name = "N")]
    pilot: Option<u32>,
    /// These users go first
    #[arg(long, value_delimiter = ',', value_name = "UPN,...")]
    pilot_users: Vec<String>,
    /// Users whose name, address, department or job title has this go first
    #[arg(long, value_name = "TEXT")]
    pilot_search: Option<String>,
    /// The members of this group of the directory, those of groups inside it too, go first
    #[arg(long, value_name = "ID")]
    pilot_group: Option<ObjectId>,
    /// Only who is in the group itself
    #[arg(long, requires = "pilot_group")]
    direct: bool,
    /// Whoever is in the pilot of the present plan goes first again
    #[arg(long)]
    keep_pilot: bool,
    /// Percent of the others, a wave each; whoever is left makes the last
    #[arg(long, value_delimiter = ',', value_name = "PERCENT,...", default_value = "10,30")]
    shares: Vec<u32>,
    /// A wave starts only when all that is required was read back as granted
    #[arg(long)]
    require_consent: bool,
    /// A wave starts only while the change window is open; otherwise its switches wait for it
    #[arg(long)]
    require_window: bool,
    /// So many percent of a wave have to be initialized
    #[arg(long, value_name = "PERCENT", default_value_t = 95)]
    initialized: u32,
    /// So many percent of a wave may fail
    #[arg(long, value_name = "PERCENT", default_value_t = 2)]
    failed: u32,
    /// A wave is watched for so many hours after its last switch
    #[arg(long, value_name = "N", default_value_t = 24)]
    hours: u32,
    /// Open issues that pass by themselves count, too
    #[arg(long, conflicts_with = "ignore_issues")]
    any_issue: bool,
    /// Open issues don't matter
    #[arg(long)]
    ignore_issues: bool,
    /// What one wave has to come to, where that differs: N:KEY=VALUE,... with initialized, failed, hours, and issues=lasting, any or none
    #[arg(long, value_name = "CRITERIA")]
    own: Vec<Own>,
    /// Start the next wave by itself when its criteria are met
    #[arg(long)]
    by_itself: bool,
    /// Say how many users each wave would have, and keep nothing
    #[arg(long)]
    dry_run: bool,
}

/// Does what is asked of an organization's waves.
///
/// # Errors
/// Those of the verbs.
pub async fn run(ask: Waves, call: &Call) -> Result<Exit> {
    match ask {
        Waves::Show(named) => {
            let view = show::show(&call.desk, reference(&named, call).await?, &Job::quiet()).await?;
            let missed = missed(view.as_ref(), &named.name, call).await?;
            call.screen.answer(&view, |screen| match &view {
                Some(view) => {
                    tell(view, screen);
                    for line in &missed {
                        screen.line(line);
                    }
                }
                None => screen
                    .line(&format!("There is no rollout plan. `rollcallctl org waves plan {} --pilot 5` makes one.", quoted(&named.name))),
            });
            Ok(if view.is_some_and(|view| view.waves.iter().any(|wave| wave.state == WaveState::NotMet)) {
                Exit::Failed
            } else {
                Exit::Fine
            })
        }
        Waves::Plan(ask) => planned(ask, call).await,
        Waves::Criteria(ask) => criteria::run(ask, call).await,
        Waves::Put(ask) => put_into(ask, call).await,
        Waves::Start(ask) => started(&ask, call).await,
        Waves::Hold(ask) => held(&ask, true, call).await,
        Waves::Release(ask) => held(&ask, false, call).await,
        Waves::GoBack(ask) => went_back(&ask, call).await,
        Waves::Remove(named) => {
            remove::remove(&call.desk, reference(&named, call).await?, &call.job()).await?;
            call.screen
                .answer(&json!({ "removed": true }), |screen| screen.line("The rollout plan is dropped; its users stay as they are."));
            Ok(Exit::Fine)
        }
    }
}

async fn reference(named: &Named, call: &Call) -> Result<OrganizationRef> {
    let view = names::organization(call, &named.name, named.tenant.as_deref()).await?;
    call.screen.about(&view);
    Ok(OrganizationRef { organization: view.organization.id })
}

async fn planned(ask: Plan, call: &Call) -> Result<Exit> {
    let OrganizationRef { organization } = reference(&ask.named, call).await?;
    let pilot = if let Some(number) = ask.pilot {
        Pilot::Number { number }
    } else if let Some(search) = ask.pilot_search {
        Pilot::Filter { filter: Box::new(UserFilter { search: Some(search), ..UserFilter::default() }) }
    } else if let Some(group) = ask.pilot_group {
        Pilot::Group { group, nested: !ask.direct }
    } else if ask.keep_pilot {
        Pilot::Present
    } else {
        Pilot::Named { addresses: ask.pilot_users }
    };
    let issues = match (ask.ignore_issues, ask.any_issue) {
        (true, _) => None,
        (false, true) => Some(Severity::Any),
        (false, false) => Some(Severity::Lasting),
    };
    let exit = Criteria { initialized: ask.initialized, failed: ask.failed, hours: ask.hours, issues };
    let wanted = PlanWaves {
        organization,
        pilot,
        shares: ask.shares,
        entry: Entry { authorized: ask.require_consent, window: ask.require_window },
        exit,
        own: ask.own.into_iter().map(|own| own.within(exit)).collect(),
        by_itself: ask.by_itself,
    };
    if ask.dry_run {
        let foreseen = plan::foresee(&call.desk, wanted, &Job::quiet()).await?;
        call.screen.answer(
            &json!({
                "waves": foreseen.sizes,
                "unknown": foreseen.unknown,
                "not_ready": foreseen.not_ready,
                "on_graph": foreseen.on_graph,
            }),
            |screen| {
                for address in &foreseen.unknown {
                    screen.painted(&format!("Nobody of the organization has the address {address}."), Paint::Open);
                }
                for (size, number) in foreseen.sizes.iter().zip(1_u32..) {
                    screen.line(&format!("Wave {number} would have {}.", counted(*size, "user", "users")));
                }
                if foreseen.not_ready > 0 {
                    let users = counted(foreseen.not_ready, "user isn't ready", "users aren't ready");
                    screen.painted(&format!("{users} by the pre-flight: whatever the wave, it doesn't switch them."), Paint::Open);
                }
                if foreseen.on_graph > 0 {
                    let users = counted(foreseen.on_graph, "user is", "users are");
                    screen.line(&format!("{users} on Graph already: in the last wave, which has nothing to switch with them."));
                }
            },
        );
        return Ok(if foreseen.unknown.is_empty() { Exit::Fine } else { Exit::Incomplete });
    }
    let view = plan::plan(&call.desk, wanted, &call.job()).await?;
    call.screen.answer(&view, |screen| tell(&view, screen));
    Ok(Exit::Fine)
}

async fn put_into(ask: Put, call: &Call) -> Result<Exit> {
    let OrganizationRef { organization } = reference(&ask.one.one.named, call).await?;
    let tenant = ask.one.one.named.tenant.as_deref();
    let users = Chosen::Ids(named(&ask.upns, tenant, call).await?);
    let wanted = PutInWave { organization, users, wave: ask.one.one.wave, expected: None };
    let came = if ask.one.dry_run {
        put::foresee(&call.desk, wanted, &Job::quiet()).await?
    } else {
        put::put(&call.desk, wanted, &call.job()).await?
    };
    call.screen.answer(&came, |screen| {
        let would = if ask.one.dry_run { "would come" } else { "came" };
        let users = counted(came.changes, "user", "users");
        screen.line(&format!("{users} {would} to wave {}, {} in it already.", ask.one.one.wave, count(came.untouched)));
        for refused in &came.refused {
            let words = of_reason(refused.reason);
            screen.painted(
                &format!("{} refused: {}. {}", counted(refused.users, "user", "users"), words.title, screen.filled(words.advice)),
                Paint::Open,
            );
        }
        for (size, number) in came.sizes.iter().zip(1_u32..) {
            screen.line(&format!("Wave {number}: {}.", counted(*size, "user", "users")));
        }
    });
    Ok(if came.none.is_none() && came.refused.is_empty() { Exit::Fine } else { Exit::Incomplete })
}

/// What a start would come to, and why it can't be, if so.
#[derive(Serialize)]
struct ForeseenStart<'a> {
    #[serde(flatten)]
    foreseen: &'a Foreseen,
    start: Option<Reason>,
}

async fn started(ask: &Start, call: &Call) -> Result<Exit> {
    let One { one, dry_run } = &ask.one;
    let OrganizationRef { organization } = reference(&one.named, call).await?;
    let wave = one.wave;
    let action = Action::Switch { at_once: false, not_ready: false };
    let users = Chosen::Filter(within(organization, wave));
    if ask.acknowledge {
        accept_limitations(action, users.clone(), *dry_run, call).await?;
    }
    let foreseen = foresee::foresee(&call.desk, ForeseeAction { users, action }, &Job::quiet()).await?;
    if *dry_run {
        let plan = show::show(&call.desk, OrganizationRef { organization }, &Job::quiet()).await?;
        let mut waves = plan.iter().flat_map(|plan| &plan.waves);
        let may = waves.find(|one| one.number == wave).map(|one| one.start).ok_or_else(|| Error::not_found("there is no such wave"))?;
        call.screen.answer(&ForeseenStart { foreseen: &foreseen, start: may }, |screen| {
            if let Some(reason) = may {
                let words = of_reason(reason);
                screen.painted(&format!("It can't be started: {}. {}", words.title, screen.filled(words.advice)), Paint::Open);
            }
            show_foreseen(action, &foreseen, true, call);
        });
        return Ok(if may.is_none() { Exit::of_foreseen(&foreseen) } else { Exit::Incomplete });
    }
    tell_limitations(&foreseen, call);
    let acted = start::start(&call.desk, StartWave { organization, wave, expected: foreseen.meant() }, &call.job()).await?;
    answer(&acted, call);
    Ok(if acted.refused == 0 { Exit::Fine } else { Exit::Incomplete })
}

async fn went_back(ask: &One, call: &Call) -> Result<Exit> {
    let OrganizationRef { organization } = reference(&ask.one.named, call).await?;
    let plan = show::show(&call.desk, OrganizationRef { organization }, &Job::quiet()).await?;
    let mut waves = plan.iter().flat_map(|plan| &plan.waves);
    let wave = waves.find(|one| one.number == ask.one.wave).ok_or_else(|| Error::not_found("there is no such wave"))?;
    // Whoever was on Graph before the wave is nothing of its doing; one that was not started has switched nobody.
    let started = wave.started.unwrap_or(Timestamp(i64::MAX));
    let users = Chosen::Filter(UserFilter { switched_since: Some(started), ..within(organization, wave.number) });
    let action = Action::GoBack;
    let foreseen = foresee::foresee(&call.desk, ForeseeAction { users: users.clone(), action }, &Job::quiet()).await?;
    if ask.dry_run {
        call.screen.answer(&foreseen, |_| show_foreseen(action, &foreseen, false, call));
        return Ok(Exit::of_foreseen(&foreseen));
    }
    let acted = act::act(&call.desk, ActOnUsers { users, action, expected: Some(foreseen.meant()) }, &call.job()).await?;
    answer(&acted, call);
    Ok(if acted.refused == 0 { Exit::Fine } else { Exit::Incomplete })
}

async fn held(ask: &OnlyOne, held: bool, call: &Call) -> Result<Exit> {
    let OrganizationRef { organization } = reference(&ask.named, call).await?;
    let view = hold::hold(&call.desk, HoldWave { organization, wave: ask.wave, held }, &call.job()).await?;
    call.screen.answer(&view, |screen| tell(&view, screen));
    Ok(Exit::Fine)
}

fn within(organization: OrganizationId, wave: u32) -> UserFilter {
    UserFilter { organization: Some(organization), wave: Some(wave), ..UserFilter::default() }
}

fn tell(view: &PlanView, screen: &Screen) {
    for wave in &view.waves {
        screen.painted(&heading(wave), Paint::Strong);
        let judged = if wave.started.is_some() { &wave.exit } else { &wave.entry };
        for one in judged {
            let paint = match one.met {
                Met::Met => Paint::Good,
                Met::NotMet => Paint::Bad,
                Met::Unknown => Paint::Open,
            };
            screen.painted(&format!("  {}: {}", met(one.met), words(*one)), paint);
        }
    }
    screen.line(if view.by_itself {
        "The next wave starts by itself when its criteria are met, while the console is open."
    } else {
        "No wave starts by itself."
    });
}

/// How many of those who failed are named.
const NAMED: u32 = 5;

/// For each wave that did not meet its criteria: who failed, which commands list the users concerned, and the next step.
async fn missed(view: Option<&PlanView>, org: &str, call: &Call) -> Result<Vec<String>> {
    let Some(view) = view else { return Ok(Vec::new()) };
    let org = quoted(org);
    let mut lines = Vec::new();
    for wave in view.waves.iter().filter(|wave| wave.state == WaveState::NotMet) {
        let number = wave.number;
        let list = format!("rollcallctl users list --org {org} --wave {number}");
        for one in wave.exit.iter().filter(|one| one.met == Met::NotMet) {
            match one.criterion {
                Criterion::Failed { users, .. } => {
                    let failed = failed_of(view.organization, number, call).await?;
                    let more = users.saturating_sub(u32::try_from(failed.len()).unwrap_or(u32::MAX));
                    let more = if more > 0 { format!(" and {} more", count(more)) } else { String::new() };
                    lines.push(format!("Failed in wave {number}: {}{more}. `{list} --session failed` lists them.", failed.join(", ")));
                }
                Criterion::Initialized { .. } => lines.push(format!("`{list}` says how far each user of wave {number} is.")),
                Criterion::Issues { .. } => lines.push(format!("`{list} --with-issues` lists whoever of wave {number} has an open issue.")),
                // Those of a start, and one that waiting alone meets.
                Criterion::Acknowledged
                | Criterion::Authorized
                | Criterion::PreviousMet
                | Criterion::WindowOpen
                | Criterion::Watched { .. } => {}
            }
        }
        lines.push(format!(
            "Next: mend what `rollcallctl issues groups --org {org}` names, then `rollcallctl org sync {org} --all`; \
             or take the wave back with `rollcallctl org waves go-back {org} --wave {number}`."
        ));
    }
    Ok(lines)
}

/// Some of those of a wave whose last session failed.
async fn failed_of(organization: OrganizationId, wave: u32, call: &Call) -> Result<Vec<String>> {
    let filter = UserFilter { organization: Some(organization), wave: Some(wave), session: vec![Verdict::Failed], ..UserFilter::default() };
    let ask = UserQuery { filter, sort: Sort::default(), offset: 0, limit: NAMED, workloads: false };
    let page = query::query(&call.desk, ask, &Job::quiet()).await?;
    Ok(page.rows.into_iter().map(|row| row.user.directory.upn).collect())
}

fn heading(wave: &WaveView) -> String {
    let what = match (wave.number, wave.percent) {
        (1, _) => "pilot".to_owned(),
        (_, Some(percent)) => format!("{percent} %"),
        (_, None) => "whoever is left".to_owned(),
    };
    let all_wait = wave.seen.queued > 0 && wave.seen.queued == wave.seen.under_way;
    let state = if wave.state == WaveState::Running && all_wait { "waits for the change window" } else { standing(wave.state) };
    let since = wave.started.map_or_else(String::new, |at| format!(", started {}", at.utc()));
    let initialized = count(wave.seen.initialized);
    format!("Wave {} ({what}) {state}{since}: {initialized} of {} initialized", wave.number, counted(wave.seen.users, "user", "users"))
}

const fn standing(state: WaveState) -> &'static str {
    match state {
        WaveState::Waiting => "waits",
        WaveState::MayStart => "may start",
        WaveState::Running => "is running",
        WaveState::Met => "met its criteria",
        WaveState::NotMet => "did not meet its criteria",
        WaveState::Held => "is held",
    }
}

const fn met(met: Met) -> &'static str {
    match met {
        Met::Met => "met",
        Met::NotMet => "not met",
        Met::Unknown => "unknown",
    }
}

/// A criterion with its figures.
fn words(judged: JudgedCriterion) -> String {
    match judged.criterion {
        Criterion::Acknowledged => "what Graph can't do is acknowledged".to_owned(),
        Criterion::Authorized => "all that is required is granted".to_owned(),
        Criterion::PreviousMet => "the wave before met its criteria".to_owned(),
        Criterion::WindowOpen => "the change window is open".to_owned(),
        Criterion::Initialized { percent, users, of } => {
            format!("at least {percent} % initialized ({} of {})", count(users), count(of))
        }
        Criterion::Failed { percent, users, unseen, of } => {
            format!("at most {percent} % failed ({} of {}, {} not seen)", count(users), count(of), count(unseen))
        }
        Criterion::Watched { hours, minutes } => {
            let so_far = minutes.map_or_else(|| "not seen yet".to_owned(), |minutes| format!("{} h {} min", minutes / 60, minutes % 60));
            format!("watched for {hours} h since the last switch ({so_far})")
        }
        Criterion::Issues { severity, users, unseen } => {
            let which = match severity {
                Severity::Lasting => "no open issue that lasts",
                Severity::Any => "no open issue",
            };
            format!("{which} ({} with one, {} not checked)", counted(users, "user", "users"), count(unseen))
        }
    }
}
