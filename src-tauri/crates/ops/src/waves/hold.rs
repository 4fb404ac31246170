//! Holds a wave: it doesn't start, and its switches that wait for the change window are taken back. Who was switched stays so.

use rollcall_core::action::Action;
use rollcall_core::id::OrganizationId;
use rollcall_store::users::Chosen;
use rollcall_store::{StoreError, waves};
use serde::Deserialize;
use ts_rs::TS;

use super::show::{PlanView, view};
use crate::desk::Desk;
use crate::error::{Error, Result};
use crate::job::Job;
use crate::journal::actor;
use crate::users::act;

/// A wave, and whether it is to be held.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct HoldWave {
    pub organization: OrganizationId,
    pub wave: u32,
    /// No more, where false. Those who were taken back are switched when the wave is started once more.
    pub held: bool,
}

/// # Errors
/// `NotFound`.
pub async fn hold(desk: &Desk, ask: HoldWave, _job: &Job) -> Result<PlanView> {
    let (busy, now) = (act::busy(desk), desk.now());
    let HoldWave { organization, wave, held } = ask;
    let held = desk
        .write(move |tx| {
            waves::hold(tx, organization, wave, held.then_some(now))?;
            let by = actor(tx, organization)?;
            let action = if held { "waves.hold" } else { "waves.release" };
            super::record(tx, organization, action, (None, Some(format!("wave {wave}"))), &by, now)?;
            if held {
                let chosen = Chosen::Filter(waves::users_of(organization, wave));
                let _ = act::within(tx, &chosen, Action::Withdraw, None, &busy, now, Some(&by))?;
            }
            let plan = waves::plan(tx, organization)?;
            plan.map(|plan| view(tx, &plan, now)).transpose()
        })
        .await?;
    held.ok_or_else(|| Error::from(StoreError::NotFound(rollcall_store::Thing::Wave)))
}
