//! Sets by which criteria the waves of a plan are judged, while waves run as well. Who is in which wave stays. A wave that is over keeps
//! what it was judged by, and which waves would stand elsewhere or start by themselves is named before anything is kept.

use rollcall_core::id::OrganizationId;
use rollcall_core::rules::Reason;
use rollcall_core::time::Timestamp;
use rollcall_core::wave::{self, Entry, Exit, OwnExit, Severity, WaveState};
use rollcall_store::waves::{self, Plan, Wave};
use rollcall_store::{Connection, StoreError, Thing};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::show::{PlanView, judged};
use super::start::next_by_itself;
use crate::desk::Desk;
use crate::error::{Code, Error, Result};
use crate::job::Job;
use crate::journal::actor;

/// The criteria of a plan as they are wanted.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct SetCriteria {
    pub organization: OrganizationId,
    pub entry: Entry,
    pub exit: Exit,
    /// Waves that have to come to something else.
    #[serde(default)]
    pub own: Vec<OwnExit>,
    /// Whether the next wave starts by itself when it may; the first never does.
    #[serde(default)]
    pub by_itself: bool,
    /// Where each wave was agreed to stand afterwards. Where one would stand elsewhere by now, nothing is done.
    #[serde(default)]
    #[ts(optional = nullable)]
    pub expected: Option<Vec<WaveState>>,
}

/// One thing that changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum CriteriaChange {
    /// Whether a start needs all that is required to be granted.
    Authorized { required: bool },
    /// Whether a start needs the change window to be open.
    Window { required: bool },
    /// Whether the next wave starts by itself.
    ByItself { on: bool },
    /// What a wave has to come to.
    Exit { wave: u32, before: Exit, after: Exit },
    /// Where a wave stands.
    State { wave: u32, before: WaveState, after: WaveState },
    /// The wave starts by itself, which it didn't before; so many users would be switched.
    Starts { wave: u32, users: u32 },
}

/// What other criteria come to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct ForeseenCriteria {
    pub changes: Vec<CriteriaChange>,
    /// The waves that are over, and keep what they were judged by.
    pub over: Vec<u32>,
    /// Where each wave stands afterwards: what is to be agreed to.
    pub states: Vec<WaveState>,
    /// Why they aren't kept, if so.
    pub none: Option<Reason>,
}

/// Says what would change.
///
/// # Errors
/// `InvalidInput` says what is wrong with the criteria; `NotFound` where there is no plan.
pub async fn foresee(desk: &Desk, ask: SetCriteria, _job: &Job) -> Result<ForeseenCriteria> {
    let now = desk.now();
    let outlook = desk.read(move |conn| outlook(conn, &ask, now)).await?;
    Ok(outlook.map_err(wrong)?.foreseen)
}

/// Judges by other criteria from now on. Nobody is switched by it; a wave that starts by itself does so at the next look.
///
/// # Errors
/// `InvalidInput` says what is wrong with the criteria; `NotNow` where a wave that is over would be judged otherwise, or nothing changes;
/// `Changed` where a wave would stand elsewhere than was agreed to; `NotFound` where there is no plan.
pub async fn set(desk: &Desk, ask: SetCriteria, _job: &Job) -> Result<PlanView> {
    let now = desk.now();
    desk.write(move |tx| {
        let outlook = match outlook(tx, &ask, now)? {
            Ok(outlook) => outlook,
            Err(why) => return Ok(Err(wrong(why))),
        };
        if ask.expected.as_ref().is_some_and(|expected| *expected != outlook.foreseen.states) {
            return Ok(Err(Error::new(Code::Changed, "the waves would stand elsewhere by now")));
        }
        if let Some(reason) = outlook.foreseen.none {
            return Ok(Err(Error::not_now(reason)));
        }
        waves::judge(tx, &outlook.plan, &outlook.waves)?;
        let by = actor(tx, ask.organization)?;
        let after = told(&outlook.after) + &outlook.foreseen.changes.iter().filter_map(stands).collect::<String>();
        super::record(tx, ask.organization, "waves.criteria", (Some(told(&outlook.before)), Some(after)), &by, now)?;
        Ok(Ok(outlook.after))
    })
    .await?
}

fn wrong(why: &str) -> Error {
    Error::input("criteria", why)
}

/// The plan as it is wanted, and how it stands before and after.
struct Outlook {
    plan: Plan,
    waves: Vec<Wave>,
    before: PlanView,
    after: PlanView,
    foreseen: ForeseenCriteria,
}

/// Judges the waves by the criteria that are wanted; says what is wrong with those, where something is.
fn outlook(
    conn: &Connection,
    ask: &SetCriteria,
    now: Timestamp,
) -> std::result::Result<std::result::Result<Outlook, &'static str>, StoreError> {
    let present = waves::plan(conn, ask.organization)?.ok_or(StoreError::NotFound(Thing::Wave))?;
    let mut waves = waves::waves(conn, ask.organization)?;
    let shares: Vec<u32> = waves.iter().filter_map(|wave| wave.percent).collect();
    if let Err(why) = wave::checked(&shares, ask.exit, &ask.own) {
        return Ok(Err(why));
    }
    let before = judged(conn, &present, waves.clone(), now)?;
    let mut settled = false;
    for (wave, view) in waves.iter_mut().zip(&before.waves) {
        let own = ask.own.iter().find(|own| own.wave == wave.number).map(|own| own.exit);
        wave.exit = if view.over {
            let kept = wave.exit.unwrap_or(present.exit);
            settled |= own.is_some_and(|own| own != kept);
            Some(kept).filter(|kept| own.is_some() || *kept != ask.exit)
        } else {
            own
        };
    }
    let plan = Plan { entry: ask.entry, exit: ask.exit, by_itself: ask.by_itself, ..present };
    let after = judged(conn, &plan, waves.clone(), now)?;
    let changes = changes(&before, &after);
    let none = match before.criteria {
        Some(reason) => Some(reason),
        None if settled => Some(Reason::WaveOver),
        None => changes.is_empty().then_some(Reason::AlreadySo),
    };
    let foreseen = ForeseenCriteria {
        changes,
        over: before.waves.iter().filter(|wave| wave.over).map(|wave| wave.number).collect(),
        states: after.waves.iter().map(|wave| wave.state).collect(),
        none,
    };
    Ok(Ok(Outlook { plan, waves, before, after, foreseen }))
}

fn changes(before: &PlanView, after: &PlanView) -> Vec<CriteriaChange> {
    let mut changes = Vec::new();
    if before.entry.authorized != after.entry.authorized {
        changes.push(CriteriaChange::Authorized { required: after.entry.authorized });
    }
    if before.entry.window != after.entry.window {
        changes.push(CriteriaChange::Window { required: after.entry.window });
    }
    if before.by_itself != after.by_itself {
        changes.push(CriteriaChange::ByItself { on: after.by_itself });
    }
    for (was, is) in before.waves.iter().zip(&after.waves) {
        let (exit_before, exit_after) = (was.own.unwrap_or(before.exit), is.own.unwrap_or(after.exit));
        if exit_before != exit_after {
            changes.push(CriteriaChange::Exit { wave: is.number, before: exit_before, after: exit_after });
        }
    }
    for (was, is) in before.waves.iter().zip(&after.waves) {
        if was.state != is.state {
            changes.push(CriteriaChange::State { wave: is.number, before: was.state, after: is.state });
        }
    }
    if let Some(next) = next_by_itself(after)
        && next_by_itself(before).is_none_or(|before| before.number != next.number)
    {
        changes.push(CriteriaChange::Starts { wave: next.number, users: next.seen.left });
    }
    changes
}

/// A plan's criteria in the journal.
fn told(plan: &PlanView) -> String {
    let Entry { authorized, window } = plan.entry;
    let entry: Vec<&str> =
        [(authorized, "granted"), (window, "window open")].into_iter().filter(|(on, _)| *on).map(|(_, word)| word).collect();
    let entry = if entry.is_empty() { String::new() } else { format!("before a start: {}; ", entry.join(", ")) };
    let own = plan.waves.iter().filter_map(|wave| Some(format!("; wave {}: {}", wave.number, told_exit(wave.own?))));
    let by_itself = if plan.by_itself { "; by itself" } else { "" };
    format!("{entry}{}{}{by_itself}", told_exit(plan.exit), own.collect::<String>())
}

fn told_exit(exit: Exit) -> String {
    let issues = match exit.issues {
        Some(Severity::Lasting) => "no lasting issue",
        Some(Severity::Any) => "no issue",
        None => "any issues",
    };
    format!("{} % initialized, {} % failed, {} h, {issues}", exit.initialized, exit.failed, exit.hours)
}

/// Where a wave came to stand, in the journal.
fn stands(change: &CriteriaChange) -> Option<String> {
    match change {
        CriteriaChange::State { wave, before, after } => Some(format!("; wave {wave} from {} to {}", before.name(), after.name())),
        CriteriaChange::Starts { wave, users } => Some(format!("; wave {wave} starts by itself, {users} users")),
        CriteriaChange::Authorized { .. }
        | CriteriaChange::Window { .. }
        | CriteriaChange::ByItself { .. }
        | CriteriaChange::Exit { .. } => None,
    }
}
