//! The organization whose integration reads everybody in its own name: consented to, checked, synchronized, and with some users left to be
//! switched in waves.

use std::time::Duration;

use rollcall_core::action::Action;
use rollcall_core::change_window::{ChangeWindow, Day};
use rollcall_core::consent::Authorization;
use rollcall_core::id::OrganizationId;
use rollcall_core::integration::Preset;
use rollcall_core::membership_rule::{Attribute, Condition, RuleAction, Test};
use rollcall_core::organization::{AccessType, Organization};
use rollcall_core::rules::Reason;
use rollcall_core::wave::{Entry, Exit, Severity};
use rollcall_store::runs::RunState;
use rollcall_store::users::Chosen;
use rollcall_store::{organizations, waves};

use super::super::open::READER;
use super::{Example, Place};
use crate::consent::change::ConsentPage;
use crate::consent::grant::{self, GrantConsent};
use crate::error::Result;
use crate::integrations::set_secret::{self, SetSecret};
use crate::organizations::window::{self, SetWindow};
use crate::rules::{self, add::AddRule};
use crate::runs::describe::RunRef;
use crate::sync::pause::{self, PauseSessions};
use crate::sync::run::{self, RunSessions, Whose};
use crate::tenants::sign_in::TenantRef;
use crate::users::act::{self, ActOnUsers};
use crate::verify::plan::{Scope, Verify};
use crate::verify::{resume, start};
use crate::waves::plan::{self, Pilot, PlanWaves};

const EXAMPLE: Example = Example {
    name: "Example: app-only",
    external_id: "EXAMPLE-APP",
    access: AccessType::GraphAppOnly,
    filter: "department in ('Sales', 'Operations', 'Engineering')",
};
/// So many people are still reached over EWS, to be switched.
const ON_EWS: usize = 10;
/// Whom a rule finds: those who are in, and others whom it proposes.
const BY_RULE: [&str; 2] = ["Sales", "Legal"];
/// First sessions, and then one that reads what has changed.
const PASSES: u32 = 2;
/// For one of them. Whoever is told to wait longer is read when it is due, as always.
const PATIENCE: Duration = Duration::from_secs(3);
/// In minutes after midnight: from 20:00 to 23:00.
const EVENING: (u16, u16) = (20 * 60, 23 * 60);

/// Sets it up, or goes on with it.
///
/// # Errors
/// Those of the verbs.
pub(super) async fn set_up(place: &Place<'_>) -> Result<Organization> {
    let ground = &place.ground;
    let integration = place.integration(READER, ground.reader, Preset::RevenueGrid).await?;
    let organization = place.organization(&EXAMPLE, integration).await?;
    if organization.integration == integration {
        let ask = SetSecret { integration, secret: ground.reader_secret.clone() };
        set_secret::set_secret(place.desk, ask, place.job).await?;
    }
    // Who reads by itself every half hour would come in between.
    let waits = |paused| pause::pause(place.desk, PauseSessions { organization: organization.id, paused }, place.job);
    waits(true).await?;
    let filled = Box::pin(fill(place, organization.id)).await;
    waits(false).await?;
    filled?;
    place.desk.read(move |conn| organizations::get(conn, organization.id)).await
}

async fn fill(place: &Place<'_>, organization: OrganizationId) -> Result<()> {
    let (desk, job) = (place.desk, place.job);
    if place.view(organization).await?.users == 0 {
        place.bring_in(organization, &EXAMPLE).await?;
        leave_on_ews(place, organization).await?;
    }
    propose(place, organization).await?;
    if place.view(organization).await?.consent.authorization != Authorization::Authorized {
        let ask = GrantConsent { organization, with: ConsentPage::Registered };
        Box::pin(grant::grant(desk, ask, &place.ground.answered_by(None, job))).await?;
    }
    let view = place.view(organization).await?;
    match &view.last_run {
        Some(run) if run.state == RunState::Interrupted => _ = Box::pin(resume::resume(desk, RunRef { run: run.id }, job)).await?,
        Some(_) | None if view.verdicts.not_run == view.verdicts.total() => {
            Box::pin(start::start(desk, Verify { organization, which: Scope::All }, job)).await?;
        }
        Some(_) | None => {}
    }
    place.goes_on()?;
    if view.last_session.is_none() {
        for _ in 0..PASSES {
            let patient = place.for_at_most(PATIENCE);
            Box::pin(run::run(desk, RunSessions { organization, whose: Whose::Everybody }, &patient)).await?;
            place.goes_on()?;
        }
    }
    if view.organization.window.is_none() {
        let days = vec![Day::Monday, Day::Tuesday, Day::Wednesday, Day::Thursday];
        let window = ChangeWindow { days, from: EVENING.0, to: EVENING.1, zone: "UTC".to_owned() };
        window::set_window(desk, SetWindow { organization, window: Some(window) }, job).await?;
    }
    plan_waves(place, organization).await
}

/// Some are reached over EWS still, so that a switch to Graph can be practised from its beginning.
async fn leave_on_ews(place: &Place<'_>, organization: OrganizationId) -> Result<()> {
    let first = place.members(organization).await?.into_iter().take(ON_EWS).map(|row| row.user.id).collect();
    let action = Action::SetAccess { access: Some(AccessType::EwsAppOnly) };
    act::act(place.desk, ActOnUsers { users: Chosen::Ids(first), action, expected: None }, place.job).await.map(drop)
}

/// A rule, and the people whom it proposes.
async fn propose(place: &Place<'_>, organization: OrganizationId) -> Result<()> {
    let (desk, job, tenant) = (place.desk, place.job, TenantRef { tenant: place.tenant });
    if rules::list::list(desk, tenant, job).await?.iter().any(|known| known.rule.organization == organization) {
        return Ok(());
    }
    let is = Test::OneOf { values: BY_RULE.map(str::to_owned).to_vec() };
    let condition = Condition::Attribute { attribute: Attribute::Department, is };
    rules::add::add(desk, AddRule { organization, condition, action: RuleAction::Propose }, job).await?;
    Box::pin(rules::evaluate::evaluate(desk, tenant, job)).await.map(drop)
}

/// A pilot of two, then half of the others, then the rest. A tenant with too few to be switched stays without.
async fn plan_waves(place: &Place<'_>, organization: OrganizationId) -> Result<()> {
    if place.desk.read(move |conn| waves::plan(conn, organization)).await?.is_some() {
        return Ok(());
    }
    let ask = PlanWaves {
        organization,
        pilot: Pilot::Number { number: 2 },
        shares: vec![50],
        entry: Entry { authorized: true, window: false },
        exit: Exit { initialized: 90, failed: 10, hours: 24, issues: Some(Severity::Lasting) },
        own: Vec::new(),
        by_itself: false,
    };
    match plan::plan(place.desk, ask, place.job).await {
        Err(error) if error.reason == Some(Reason::WaveEmptied) => Ok(()),
        planned => planned.map(drop),
    }
}
