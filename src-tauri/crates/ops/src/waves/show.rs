//! Shows an organization's plan: where each wave stands, by which criteria, and who is how far.

use rollcall_core::consent;
use rollcall_core::id::OrganizationId;
use rollcall_core::organization::AccessType;
use rollcall_core::presets;
use rollcall_core::rules::Reason;
use rollcall_core::time::Timestamp;
use rollcall_core::wave::{self, Entry, Exit, Ground, JudgedCriterion, WaveFigures, WaveState};
use rollcall_store::users::{self, MailboxCounts};
use rollcall_store::waves::{self, Plan, Wave};
use rollcall_store::{Connection, StoreError, grants, integrations, organizations};
use serde::Serialize;
use ts_rs::TS;

use crate::consent::lacking::lacks;
use crate::desk::Desk;
use crate::error::Result;
use crate::job::Job;
use crate::organizations::delete::OrganizationRef;
use crate::scope::roles::given;

/// A plan with its waves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct PlanView {
    pub organization: OrganizationId,
    pub entry: Entry,
    pub exit: Exit,
    pub by_itself: bool,
    pub made: Timestamp,
    pub made_by: String,
    pub waves: Vec<WaveView>,
    /// Why no other plan can take its place, if so.
    pub change: Option<Reason>,
    /// Why its criteria can't be changed, if so.
    pub criteria: Option<Reason>,
}

/// A wave and where it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct WaveView {
    /// From 1, which is the pilot.
    pub number: u32,
    /// Its share of those after the pilot; the pilot and the last wave have none.
    pub percent: Option<u32>,
    pub state: WaveState,
    pub started: Option<Timestamp>,
    pub started_by: Option<String>,
    pub held: Option<Timestamp>,
    /// Its users by mailbox status.
    pub mailboxes: MailboxCounts,
    pub seen: WaveFigures,
    pub entry: Vec<JudgedCriterion>,
    pub exit: Vec<JudgedCriterion>,
    /// What it has to come to, where that differs from the plan.
    pub own: Option<Exit>,
    /// It came to what it had to and the next one was started by that: its criteria stay.
    pub over: bool,
    /// Why it can't be started, or go on, if so.
    pub start: Option<Reason>,
}

/// The plan, where there is one.
///
/// # Errors
/// `NotFound` for an organization that is gone.
pub async fn show(desk: &Desk, ask: OrganizationRef, _job: &Job) -> Result<Option<PlanView>> {
    let now = desk.now();
    desk.read(move |conn| {
        organizations::get(conn, ask.organization)?;
        waves::plan(conn, ask.organization)?.map(|plan| view(conn, &plan, now)).transpose()
    })
    .await
}

pub(super) fn view(conn: &Connection, plan: &Plan, now: Timestamp) -> std::result::Result<PlanView, StoreError> {
    judged(conn, plan, waves::waves(conn, plan.organization)?, now)
}

/// How the waves stand when a plan judges them so, whatever is kept.
pub(super) fn judged(conn: &Connection, plan: &Plan, waves: Vec<Wave>, now: Timestamp) -> std::result::Result<PlanView, StoreError> {
    let organization = organizations::get(conn, plan.organization)?;
    let integration = integrations::get(conn, organization.integration)?;
    let held = grants::get(conn, integration.id)?.and_then(|read| read.held);
    let (needs, given) = (organization.needs(&integration), given(conn, plan.organization, &integration)?);
    let mut ground = Ground {
        acknowledged: organization.has_acknowledged(presets::limitations(integration.preset)),
        authorization: consent::compare(needs, held.as_deref(), given.beside(), &[]).authorization,
        window_open: organization.window.as_ref().is_none_or(|window| window.is_open(now)),
        previous: None,
    };
    let in_own_name = organization.access.over_graph() == AccessType::GraphAppOnly;
    let is_lacking = in_own_name && held.is_some_and(|held| lacks(needs, &held, given.beside()));
    let lacking = is_lacking.then_some(Reason::ConsentMissing);
    let mut views: Vec<WaveView> = Vec::new();
    for wave in waves {
        let criteria = wave.exit.unwrap_or(plan.exit);
        let seen = waves::seen(conn, plan.organization, &wave, criteria.issues)?;
        let (entry, exit) = (wave::entry(plan.entry, &ground), wave::exit(criteria, &seen));
        let state = wave::state(wave.started.is_some(), wave.held.is_some(), &entry, &exit, &seen);
        ground.previous = Some(state);
        if let Some(before) = views.last_mut() {
            before.over = wave::is_over(before.state, Some(wave.started.is_some()));
        }
        views.push(WaveView {
            over: wave::is_over(state, None),
            start: wave::may_start(wave.started.is_some(), wave.held.is_some(), &entry, &seen).err().or(lacking),
            own: wave.exit,
            number: wave.number,
            percent: wave.percent,
            state,
            started: wave.started,
            started_by: wave.started_by,
            held: wave.held,
            mailboxes: users::counts_by_status(conn, &waves::users_of(plan.organization, wave.number))?,
            seen,
            entry,
            exit,
        });
    }
    Ok(PlanView {
        organization: plan.organization,
        entry: plan.entry,
        exit: plan.exit,
        by_itself: plan.by_itself,
        made: plan.made,
        made_by: plan.made_by.clone(),
        change: wave::may_change(views.iter().map(|wave| wave.started.is_some())).err(),
        criteria: wave::may_set_criteria(views.iter().map(|wave| wave.over)).err(),
        waves: views,
    })
}
