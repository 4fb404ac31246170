//! Starts a wave: its users are switched, or wait for the change window, as any switch does. One that was started goes on with those of its
//! users who were not switched.

use rollcall_core::action::Action;
use rollcall_core::id::OrganizationId;
use rollcall_core::rules::Reason;
use rollcall_core::time::Timestamp;
use rollcall_core::timeline::Happening;
use rollcall_core::wave::WaveState;
use rollcall_store::users::Chosen;
use rollcall_store::{StoreError, Thing, Transaction, timeline, waves};
use serde::Deserialize;
use ts_rs::TS;

use super::show::{PlanView, WaveView, view};
use crate::desk::Desk;
use crate::error::{Error, Result};
use crate::job::Job;
use crate::journal::actor;
use crate::users::act::{self, Acted};
use crate::users::cut_off::{self, CutOffAction};
use crate::users::meant::Meant;

/// Who starts a wave that starts by itself, in the journal.
const BY_ITSELF: &str = "rollout plan";

/// What a wave does with its users.
const SWITCH: Action = Action::Switch { at_once: false, not_ready: false };

/// A wave to start.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct StartWave {
    pub organization: OrganizationId,
    pub wave: u32,
    /// Whom it was agreed to have. Where it has others by now, nothing is done.
    pub expected: Meant,
}

/// Why nothing was started.
enum Refused {
    Now(Reason),
    /// It has these by now.
    Changed(Meant),
}

/// # Errors
/// `NotNow` where a criterion isn't met, the wave is held, or nobody of it is left to be switched; `Changed` when it has other users by now; `NotFound`.
pub async fn start(desk: &Desk, ask: StartWave, _job: &Job) -> Result<Acted> {
    let (busy, now) = (act::busy(desk), desk.now());
    let StartWave { organization, wave, expected } = ask;
    let under_way = CutOffAction::of(SWITCH, &Chosen::Filter(waves::users_of(organization, wave)), Some(expected.users), now);
    let agreed = expected.clone();
    let write = move |tx: &Transaction<'_>| {
        let plan = waves::plan(tx, organization)?.ok_or(StoreError::NotFound(Thing::Wave))?;
        begin(tx, &view(tx, &plan, now)?, wave, Some(&expected), &busy, now, None)
    };
    let outcome = cut_off::noted(desk, under_way, write).await?;
    match outcome {
        Ok(acted) => {
            desk.called.notify_one();
            Ok(acted)
        }
        Err(Refused::Now(reason)) => Err(Error::not_now(reason)),
        Err(Refused::Changed(found)) => Err(found.instead_of(&agreed)),
    }
}

/// Starts the waves that are to start by themselves and may; answers how many that were.
///
/// # Errors
/// Those of the store.
pub async fn start_due(desk: &Desk) -> Result<u32> {
    let mut started = 0;
    for organization in desk.read(waves::by_themselves).await? {
        let now = desk.now();
        // Everybody is counted for it, so it is not done where others wait to write.
        let next = desk
            .read(move |conn| {
                let Some(plan) = waves::plan(conn, organization)? else { return Ok(None) };
                Ok(next_by_itself(&view(conn, &plan, now)?).map(|wave| wave.number))
            })
            .await?;
        if let Some(next) = next {
            started += u32::from(start_by_itself(desk, organization, next).await?);
        }
    }
    Ok(started)
}

/// Starts a wave that was seen to start by itself next, and answers whether it did: not where that was taken back since it was seen, or
/// the wave was started by somebody.
///
/// # Errors
/// Those of the store.
pub async fn start_by_itself(desk: &Desk, organization: OrganizationId, number: u32) -> Result<bool> {
    let (busy, now) = (act::busy(desk), desk.now());
    desk.write(move |tx| {
        let Some(plan) = waves::plan(tx, organization)? else { return Ok(false) };
        let plan = view(tx, &plan, now)?;
        if next_by_itself(&plan).is_none_or(|next| next.number != number) {
            return Ok(false);
        }
        Ok(begin(tx, &plan, number, None, &busy, now, Some(BY_ITSELF))?.is_ok())
    })
    .await
}

/// The wave that starts by itself at the next look, if one does. The first is for a person to start.
pub(super) fn next_by_itself(plan: &PlanView) -> Option<&WaveView> {
    plan.waves.iter().skip(1).find(|wave| wave.state == WaveState::MayStart && wave.start.is_none()).filter(|_| plan.by_itself)
}

fn begin(
    tx: &Transaction<'_>,
    plan: &PlanView,
    number: u32,
    expected: Option<&Meant>,
    busy: &[OrganizationId],
    now: Timestamp,
    by_whom: Option<&str>,
) -> std::result::Result<std::result::Result<Acted, Refused>, StoreError> {
    let organization = plan.organization;
    let wave = plan.waves.iter().find(|wave| wave.number == number).ok_or(StoreError::NotFound(Thing::Wave))?;
    if let Some(reason) = wave.start {
        return Ok(Err(Refused::Now(reason)));
    }
    let by = by_whom.map_or_else(|| actor(tx, organization), |by| Ok(by.to_owned()))?;
    let chosen = Chosen::Filter(waves::users_of(organization, number));
    let first = wave.started.is_none();
    let members: Vec<_> = waves::candidates(tx, &chosen)?.into_iter().map(|(user, _)| user).collect();
    if let Some(expected) = expected {
        let found = Meant::of(members.iter().copied());
        if found != *expected {
            return Ok(Err(Refused::Changed(found)));
        }
    }
    waves::start(tx, organization, number, &by, now)?;
    super::record(tx, organization, "waves.start", (None, Some(format!("wave {number}, {} users", members.len()))), &by, now)?;
    if first {
        timeline::note(tx, &members, &Happening::InWave { wave: number }, Some(by.as_str()).filter(|by| !by.is_empty()), now)?;
    }
    Ok(act::within(tx, &chosen, SWITCH, None, busy, now, Some(&by))?.map_err(Refused::Changed))
}
