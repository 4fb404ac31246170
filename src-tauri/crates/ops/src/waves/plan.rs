//! Lays an organization's switch out in waves. Who is in which is decided here and stays so; new users come to the last.

use std::collections::HashSet;

use rollcall_core::id::{OrganizationId, UserId};
use rollcall_core::wave::{self, Entry, Exit};
use rollcall_store::users::{Chosen, UserFilter};
use rollcall_store::waves::{self, Plan};
use rollcall_store::{Connection, StoreError, organizations};
use serde::Deserialize;
use ts_rs::TS;

use super::show::{PlanView, view};
use crate::desk::Desk;
use crate::error::{Error, Result};
use crate::job::Job;
use crate::journal::actor;

/// Who goes first.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Pilot {
    /// These, as far as they are in the organization.
    Users { users: Vec<UserId> },
    /// So many, spread over the organization.
    Number { number: u32 },
    /// Those of the organization whom a filter leaves.
    Filter { filter: Box<UserFilter> },
}

/// A plan as it is wanted.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct PlanWaves {
    pub organization: OrganizationId,
    pub pilot: Pilot,
    /// Percent of those after the pilot, a wave each. Who is left makes the last wave.
    pub shares: Vec<u32>,
    pub entry: Entry,
    pub exit: Exit,
    /// Whether the next wave starts by itself when it may; the first never does.
    #[serde(default)]
    pub by_itself: bool,
}

type Dealt = Vec<(Option<u32>, Vec<UserId>)>;

/// Says how many users each wave would have.
///
/// # Errors
/// `InvalidInput` says what is wrong with the plan; `NotFound`.
pub async fn foresee(desk: &Desk, ask: PlanWaves, _job: &Job) -> Result<Vec<u32>> {
    wave::checked(&ask.shares, ask.exit).map_err(|why| Error::input("plan", why))?;
    let dealt = desk.read(move |conn| deal(conn, &ask)).await?;
    Ok(dealt.iter().map(|(_, users)| u32::try_from(users.len()).unwrap_or(u32::MAX)).collect())
}

/// Keeps the plan. Nobody is switched by it.
///
/// # Errors
/// `InvalidInput` says what is wrong with the plan, also that a wave would have nobody or that one of the present plan was started;
/// `NotFound`.
pub async fn plan(desk: &Desk, ask: PlanWaves, _job: &Job) -> Result<PlanView> {
    wave::checked(&ask.shares, ask.exit).map_err(|why| Error::input("plan", why))?;
    let now = desk.now();
    let kept = desk
        .write(move |tx| {
            let id = ask.organization;
            if waves::waves(tx, id)?.iter().any(|wave| wave.started.is_some()) {
                return Ok(Err("a wave of the present plan was started: drop that plan first"));
            }
            let dealt = deal(tx, &ask)?;
            if dealt.iter().any(|(_, users)| users.is_empty()) {
                return Ok(Err("a wave of it would have nobody"));
            }
            let by = actor(tx, id)?;
            let sizes: Vec<String> = dealt.iter().map(|(_, users)| users.len().to_string()).collect();
            super::record(tx, id, "waves.plan", Some(format!("{} users", sizes.join(" + "))), &by, now)?;
            let plan = Plan { organization: id, entry: ask.entry, exit: ask.exit, by_itself: ask.by_itself, made: now, made_by: by };
            waves::keep(tx, &plan, &dealt)?;
            Ok(Ok(view(tx, &plan, now)?))
        })
        .await?;
    kept.map_err(|why| Error::input("plan", why))
}

fn deal(conn: &Connection, ask: &PlanWaves) -> std::result::Result<Dealt, StoreError> {
    let organization = organizations::get(conn, ask.organization)?;
    let everybody = UserFilter { organization: Some(organization.id), ..UserFilter::default() };
    let all = waves::candidates(conn, &Chosen::Filter(everybody))?;
    let pilot: HashSet<UserId> = match &ask.pilot {
        Pilot::Users { users } => users.iter().copied().collect(),
        Pilot::Number { number } => wave::in_order(&organization.external_id, all.clone()).into_iter().take(*number as usize).collect(),
        Pilot::Filter { filter } => {
            let filter = UserFilter { organization: Some(organization.id), ..(**filter).clone() };
            waves::candidates(conn, &Chosen::Filter(filter))?.into_iter().map(|(user, _)| user).collect()
        }
    };
    let (first, rest): (Vec<_>, Vec<_>) = all.into_iter().partition(|(user, _)| pilot.contains(user));
    let shares = ask.shares.iter().copied().map(Some).chain([None]);
    let mut dealt: Dealt = vec![(None, first.into_iter().map(|(user, _)| user).collect())];
    dealt.extend(shares.zip(wave::deal(&organization.external_id, rest, &ask.shares)));
    Ok(dealt)
}
