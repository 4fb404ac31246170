//! Lays an organization's switch out in waves. Who is in which is decided here; new users come to the last.

use std::collections::HashSet;

use rollcall_core::eligibility::Eligibility;
use rollcall_core::id::{ObjectId, OrganizationId, UserId};
use rollcall_core::organization::AccessType;
use rollcall_core::rules::Reason;
use rollcall_core::user::MailboxStatus;
use rollcall_core::wave::{self, Entry, Exit, OwnExit};
use rollcall_graph::groups::{self as directory, Members};
use rollcall_store::users::{self, Chosen, UserFilter};
use rollcall_store::waves::{self, LaidOut, Plan};
use rollcall_store::{Connection, StoreError, organizations};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::show::{PlanView, view};
use crate::desk::Desk;
use crate::error::{Code, Error, Result};
use crate::groups;
use crate::job::Job;
use crate::journal::actor;

/// The pilot's number.
const PILOT: u32 = 1;
/// So many addresses that nobody has are named.
const MOST_TOLD: usize = 10;

/// Who goes first.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Pilot {
    /// Those of the organization who have these addresses.
    Named { addresses: Vec<String> },
    /// So many, spread over the organization.
    Number { number: u32 },
    /// Those of the organization whom a filter leaves.
    Filter { filter: Box<UserFilter> },
    /// Those of the organization who are in a group of the directory; of groups inside it too, where `nested`.
    Group { group: ObjectId, nested: bool },
    /// Those of the present plan's pilot.
    Present,
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
    /// Waves that have to come to something else.
    #[serde(default)]
    pub own: Vec<OwnExit>,
    /// Whether the next wave starts by itself when it may; the first never does.
    #[serde(default)]
    pub by_itself: bool,
}

/// What a plan would come to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct ForeseenPlan {
    /// How many users each wave would have.
    pub sizes: Vec<u32>,
    /// The addresses of the pilot that nobody of the organization has.
    pub unknown: Vec<String>,
    /// Users who aren't ready by the pre-flight, and others who were switched or read over Graph already: none is dealt out, and all but
    /// those who are named for the pilot are in the last wave, but no wave switches them.
    pub not_ready: u32,
    pub on_graph: u32,
    /// Why it can't be kept, if so.
    pub refused: Option<Reason>,
}

/// Says how many users each wave would have.
///
/// # Errors
/// `InvalidInput` says what is wrong with the plan; `NotNow` where nobody is signed in to be asked for a group's members; `NotFound`;
/// those of the network.
pub async fn foresee(desk: &Desk, ask: PlanWaves, job: &Job) -> Result<ForeseenPlan> {
    wave::checked(&ask.shares, ask.exit, &ask.own).map_err(|why| Error::input("plan", why))?;
    let group = members(desk, &ask, job).await?;
    desk.read(move |conn| Ok(deal(conn, &ask, &group)?.0)).await
}

/// Keeps the plan. Nobody is switched by it.
///
/// # Errors
/// `InvalidInput` says what is wrong with the plan, also which addresses of its pilot nobody has; `NotNow` where a wave of it would have
/// nobody, one of the present plan was started, or nobody is signed in to be asked for a group's members; `NotFound`; those of the
/// network.
pub async fn plan(desk: &Desk, ask: PlanWaves, job: &Job) -> Result<PlanView> {
    wave::checked(&ask.shares, ask.exit, &ask.own).map_err(|why| Error::input("plan", why))?;
    let group = members(desk, &ask, job).await?;
    let now = desk.now();
    let kept = desk
        .write(move |tx| {
            let id = ask.organization;
            let (foreseen, dealt) = deal(tx, &ask, &group)?;
            if foreseen.refused.is_some() || !foreseen.unknown.is_empty() {
                return Ok(Err(foreseen));
            }
            let by = actor(tx, id)?;
            let sizes: Vec<String> = foreseen.sizes.iter().map(u32::to_string).collect();
            super::record(tx, id, "waves.plan", (None, Some(format!("{} users", sizes.join(" + ")))), &by, now)?;
            let plan = Plan { organization: id, entry: ask.entry, exit: ask.exit, by_itself: ask.by_itself, made: now, made_by: by };
            waves::keep(tx, &plan, &dealt)?;
            Ok(Ok(view(tx, &plan, now)?))
        })
        .await?;
    kept.map_err(|foreseen| match foreseen.refused {
        _ if !foreseen.unknown.is_empty() => Error::input("pilot", unknown(&foreseen.unknown)),
        Some(reason) => Error::not_now(reason),
        None => Error::new(Code::Internal, "a plan without a fault was not kept"),
    })
}

/// Says which addresses nobody has, the first of them by name.
fn unknown(addresses: &[String]) -> String {
    let told = addresses.iter().take(MOST_TOLD).map(String::as_str).collect::<Vec<_>>().join(", ");
    let more = addresses.len().saturating_sub(MOST_TOLD);
    let and_more = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("nobody of the organization has these addresses: {told}{and_more}")
}

/// Who is in the pilot's group, as the directory has it now; nobody where the pilot is none.
async fn members(desk: &Desk, ask: &PlanWaves, job: &Job) -> Result<HashSet<ObjectId>> {
    let Pilot::Group { group, nested } = ask.pilot else { return Ok(HashSet::new()) };
    let graph = groups::directory(desk, ask.organization).await?;
    let which = if nested { Members::Transitive } else { Members::Direct };
    let members = directory::members(&graph, group, which, &job.stop).all().await?;
    Ok(members.into_iter().map(|user| user.object_id).collect())
}

fn some(conn: &Connection, filter: UserFilter) -> std::result::Result<impl Iterator<Item = UserId>, StoreError> {
    Ok(ids(waves::candidates(conn, &Chosen::Filter(filter))?))
}

fn length(many: usize) -> u32 {
    u32::try_from(many).unwrap_or(u32::MAX)
}

fn ids(users: Vec<(UserId, ObjectId)>) -> impl Iterator<Item = UserId> {
    users.into_iter().map(|(user, _)| user)
}

/// What the plan comes to, and who is in which wave.
fn deal(conn: &Connection, ask: &PlanWaves, group: &HashSet<ObjectId>) -> std::result::Result<(ForeseenPlan, Vec<LaidOut>), StoreError> {
    let organization = organizations::get(conn, ask.organization)?;
    let everybody = UserFilter { organization: Some(organization.id), ..UserFilter::default() };
    let ready = UserFilter { eligibility: vec![Eligibility::Ready], ..everybody.clone() };
    let on_graph = UserFilter {
        access: AccessType::ALL.into_iter().filter(|access| access.is_over_graph()).collect(),
        mailbox: vec![MailboxStatus::Switching, MailboxStatus::Initialized],
        ..ready.clone()
    };
    let on_graph: HashSet<UserId> = some(conn, on_graph)?.collect();
    let dealable: HashSet<UserId> = some(conn, ready)?.filter(|user| !on_graph.contains(user)).collect();
    let everybody = waves::candidates(conn, &Chosen::Filter(everybody))?;
    let not_ready = length(everybody.len() - dealable.len() - on_graph.len());
    let on_graph = length(on_graph.len());
    let (all, others): (Vec<_>, Vec<_>) = everybody.into_iter().partition(|(user, _)| dealable.contains(user));
    let mut unknown = Vec::new();
    let pilot: HashSet<UserId> = match &ask.pilot {
        Pilot::Named { addresses } => {
            let mut found = HashSet::new();
            let asked: Vec<&str> = addresses.iter().map(|address| address.trim()).collect();
            for (address, row) in asked.iter().zip(users::by_addresses(conn, organization.tenant, &asked)?) {
                match row {
                    Some(row) if row.user.organization == organization.id => _ = found.insert(row.user.id),
                    Some(_) | None => unknown.push((*address).to_owned()),
                }
            }
            found
        }
        Pilot::Number { number } => wave::in_order(&organization.external_id, all.clone()).into_iter().take(*number as usize).collect(),
        Pilot::Filter { filter } => {
            let filter = UserFilter { organization: Some(organization.id), ..(**filter).clone() };
            some(conn, filter)?.filter(|user| dealable.contains(user)).collect()
        }
        Pilot::Group { .. } => all.iter().filter(|(_, object)| group.contains(object)).map(|(user, _)| *user).collect(),
        Pilot::Present => some(conn, waves::users_of(organization.id, PILOT))?.collect(),
    };
    let (mut first, rest): (Vec<_>, Vec<_>) = all.into_iter().partition(|(user, _)| pilot.contains(user));
    let (named, last): (Vec<_>, Vec<_>) = others.into_iter().partition(|(user, _)| pilot.contains(user));
    first.extend(named);
    let shares = ask.shares.iter().copied().map(Some).chain([None]);
    let mut dealt = vec![LaidOut { users: ids(first).collect(), ..LaidOut::default() }];
    let after = wave::deal(&organization.external_id, rest, &ask.shares);
    dealt.extend(shares.zip(after).map(|(percent, users)| LaidOut { percent, users, exit: None }));
    if let Some(wave) = dealt.last_mut() {
        wave.users.extend(ids(last));
    }
    for (wave, number) in dealt.iter_mut().zip(PILOT..) {
        wave.exit = ask.own.iter().find(|own| own.wave == number).map(|own| own.exit);
    }
    let sizes: Vec<u32> = dealt.iter().map(|wave| length(wave.users.len())).collect();
    let present = waves::waves(conn, organization.id)?;
    let refused = match wave::may_change(present.iter().map(|wave| wave.started.is_some())) {
        Err(reason) => Some(reason),
        Ok(()) => sizes.contains(&0).then_some(Reason::WaveEmptied),
    };
    Ok((ForeseenPlan { sizes, unknown, not_ready, on_graph, refused }, dealt))
}
