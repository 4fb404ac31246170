//! Acts on users: one, some, or all that a filter leaves. What is done, what was so already and what is refused is counted, and the
//! refused are named with their reasons.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use rollcall_core::action::{Action, Effect};
use rollcall_core::eligibility::Eligibility;
use rollcall_core::id::{OrganizationId, UserId};
use rollcall_core::organization::{AccessType, Organization, SyncStatus};
use rollcall_core::presets;
use rollcall_core::rules::Reason;
use rollcall_core::time::Timestamp;
use rollcall_core::timeline::Happening;
use rollcall_store::journal::{self, Entry, Outcome};
use rollcall_store::users;
use rollcall_store::users::act::{self, Concerned};
pub use rollcall_store::users::{Chosen, UserFilter};
use rollcall_store::{Connection, StoreError, Transaction, deltas, integrations, organizations, proposals, tenants, timeline};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::cut_off::{self, CutOffAction};
use super::meant::Meant;
use crate::consent::lacking::is_lacking;
use crate::desk::Desk;
use crate::error::Result;
use crate::job::Job;
use crate::mailboxes::tokens;

/// So many of those who were refused are named.
const MOST_NAMED: usize = 500;

/// Whom to do what with.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct ActOnUsers {
    pub users: Chosen,
    pub action: Action,
    /// Whom it was agreed to concern. Where the filter leaves others by now, be they as many, nothing is done.
    #[serde(default)]
    #[ts(optional = nullable)]
    pub expected: Option<Meant>,
}

/// What came of it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, TS)]
pub struct Acted {
    pub done: u32,
    /// Switches that wait for their organization's change window.
    pub queued: u32,
    /// Those who were like that already.
    pub untouched: u32,
    pub refused: u32,
    /// How many are refused for which reason, those who aren't named included.
    pub reasons: Vec<Refused>,
    /// The first of the refused, by name.
    pub refusals: Vec<Refusal>,
}

/// A user with whom it can't be done, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct Refusal {
    pub user: UserId,
    pub upn: String,
    pub reason: Reason,
    /// What stands in the way, where the mailbox isn't ready.
    #[ts(optional = nullable)]
    pub eligibility: Option<Eligibility>,
}

/// How many are refused for a reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
pub struct Refused {
    pub reason: Reason,
    pub users: u32,
    /// What stands in the way, where mailboxes aren't ready.
    #[ts(optional = nullable)]
    pub eligibility: Option<Eligibility>,
}

/// The chosen users, sorted by what the action comes to.
pub(super) struct Sorted {
    /// All of them.
    pub meant: Meant,
    pub changes: Vec<Concerned>,
    /// Those of whom the switch has to wait for the change window.
    pub queued: Vec<Concerned>,
    pub untouched: u32,
    /// Those among the untouched of whom the switch waits already.
    pub waiting: u32,
    pub refused: Vec<(Concerned, Reason)>,
}

/// # Errors
/// `Changed` when the filter leaves others than were agreed to; `NotFound` for an organization that is gone.
pub async fn act(desk: &Desk, ask: ActOnUsers, _job: &Job) -> Result<Acted> {
    let ActOnUsers { users: chosen, action, expected } = ask;
    let (busy, now) = (busy(desk), desk.now());
    let agreed = expected.clone();
    let under_way = CutOffAction::of(action, &chosen, expected.as_ref().map(|meant| meant.users), now);
    let outcome = cut_off::noted(desk, under_way, move |tx| within(tx, &chosen, action, expected.as_ref(), &busy, now, None)).await?;
    // With a user, or its integration, the tokens go that were for them alone.
    if matches!(action, Action::Move { .. } | Action::Remove { .. }) {
        tokens::drop_after_removal(desk).await;
    }
    match outcome {
        Ok(acted) => {
            if matches!(action, Action::Force | Action::Switch { .. }) && acted.done > 0 {
                desk.called.notify_one();
            }
            Ok(acted)
        }
        Err(found) => Err(found.instead_of(agreed.as_ref().unwrap_or(&found))),
    }
}

/// The same as a part of a larger write; `Err` is who is meant by now, where it was agreed to others. By default it is done by the signed-in admin.
pub(crate) fn within(
    tx: &Transaction<'_>,
    chosen: &Chosen,
    action: Action,
    expected: Option<&Meant>,
    busy: &[OrganizationId],
    now: Timestamp,
    by_whom: Option<&str>,
) -> std::result::Result<std::result::Result<Acted, Meant>, StoreError> {
    let sorted = sort(tx, chosen, action, busy, now)?;
    if expected.is_some_and(|agreed| *agreed != sorted.meant) {
        return Ok(Err(sorted.meant));
    }
    let by_whom = match by_whom {
        Some(by_whom) => by_whom.to_owned(),
        None => actor(tx, sorted.changes.iter().chain(&sorted.queued).next())?,
    };
    carry_out(tx, action, &sorted, &by_whom, now)?;
    let named: Vec<UserId> = sorted.refused.iter().take(MOST_NAMED).map(|(one, _)| one.user).collect();
    let mut names = act::principal_names(tx, &named)?;
    let refusals = sorted.refused.iter().take(MOST_NAMED).map(|(one, reason)| Refusal {
        user: one.user,
        upn: names.remove(&one.user).unwrap_or_default(),
        reason: *reason,
        eligibility: standing_in_the_way(one, *reason),
    });
    Ok(Ok(Acted {
        done: length(sorted.changes.len()),
        queued: length(sorted.queued.len()),
        untouched: sorted.untouched,
        refused: length(sorted.refused.len()),
        reasons: by_reason(&sorted.refused),
        refusals: refusals.collect(),
    }))
}

/// Begins the switches of an organization that wait, if its change window is open; answers how many that were.
///
/// # Errors
/// Those of the store.
pub(crate) async fn begin_queued(desk: &Desk, organization: OrganizationId) -> Result<u32> {
    let (busy, now) = (busy(desk), desk.now());
    let filter = UserFilter { organization: Some(organization), queued: true, ..UserFilter::default() };
    // Whether those who aren't ready are to come along was decided when they were queued.
    let action = Action::Switch { at_once: true, not_ready: true };
    let (chosen, at_runs) = (Chosen::Filter(filter.clone()), busy.clone());
    // As long as all of them wait, for the window or for the consent, nothing is written.
    let is_time = desk.read(move |conn| {
        if organizations::get(conn, organization)?.window.is_some_and(|window| !window.is_open(now)) {
            return Ok(false);
        }
        let sorted = sort(conn, &chosen, action, &at_runs, now)?;
        let waiting = sorted.refused.iter().filter(|(_, reason)| *reason == Reason::ConsentMissing).count();
        Ok(sorted.meant.users > length(waiting))
    });
    if !is_time.await? {
        return Ok(0);
    }
    let begun = desk
        .write(move |tx| {
            let sorted = sort(tx, &Chosen::Filter(filter.clone()), action, &busy, now)?;
            carry_out(tx, action, &sorted, BY_ITSELF, now)?;
            // Whoever can't be switched any more waits for nothing, but for those who wait for the consent, too.
            let waiting: BTreeSet<UserId> =
                sorted.refused.iter().filter(|(_, reason)| *reason == Reason::ConsentMissing).map(|(one, _)| one.user).collect();
            let rest = act::concerned(tx, &Chosen::Filter(filter), &busy)?.into_iter().map(|one| one.user);
            let rest: Vec<UserId> = rest.filter(|user| !waiting.contains(user)).collect();
            act::queue(tx, &rest, None)?;
            Ok(length(sorted.changes.len()))
        })
        .await?;
    Ok(begun)
}

/// Who begins what was queued, in the journal.
const BY_ITSELF: &str = "change window";

/// The organizations of which a run is under way.
pub(crate) fn busy(desk: &Desk) -> Vec<OrganizationId> {
    desk.verifying().organizations()
}

/// Sorts the chosen users by what the action comes to for each.
pub(super) fn sort(
    conn: &Connection,
    chosen: &Chosen,
    action: Action,
    busy: &[OrganizationId],
    now: Timestamp,
) -> std::result::Result<Sorted, StoreError> {
    let tenant = target(conn, action)?.map(|target| target.tenant);
    let mut switches = Switches { conn, now, known: HashMap::new() };
    let concerned = act::concerned(conn, chosen, busy)?;
    let meant = Meant::of(concerned.iter().map(|one| one.user));
    let mut sorted = Sorted { meant, changes: Vec::new(), queued: Vec::new(), untouched: 0, waiting: 0, refused: Vec::new() };
    for one in concerned {
        let mut effect = action.effect(&one.standing, now);
        if effect == Effect::Changes {
            if tenant.is_some_and(|tenant| tenant != one.tenant) {
                effect = Effect::Refused(Reason::OtherTenant);
            } else if let Action::Switch { at_once, .. } = action {
                let (may, lacking) = switches.of(one.standing.organization)?;
                let in_own_name = one.standing.access().over_graph() == AccessType::GraphAppOnly;
                match may {
                    _ if lacking && in_own_name => effect = Effect::Refused(Reason::ConsentMissing),
                    MaySwitch::Unread => effect = Effect::Refused(Reason::LimitationsUnread),
                    MaySwitch::Later if !at_once => {
                        sorted.queued.push(one);
                        continue;
                    }
                    MaySwitch::Later | MaySwitch::Now => {}
                }
            }
        }
        match effect {
            Effect::Changes => sorted.changes.push(one),
            Effect::Nothing => {
                sorted.untouched += 1;
                sorted.waiting += u32::from(one.standing.queued);
            }
            Effect::Refused(reason) => sorted.refused.push((one, reason)),
        }
    }
    Ok(sorted)
}

/// The organization that a move leads to.
///
/// # Errors
/// [`StoreError::NotFound`](rollcall_store::StoreError::NotFound) when it is gone.
pub(super) fn target(conn: &Connection, action: Action) -> std::result::Result<Option<Organization>, StoreError> {
    match action {
        Action::Move { to } => organizations::get(conn, to).map(Some),
        _ => Ok(None),
    }
}

/// The access type that a user has of its own afterwards, where that is settled by the action or by the organization it moves to.
pub(super) fn own_access_after(action: Action, one: &Concerned, target: Option<&Organization>) -> Option<Option<AccessType>> {
    action.access_after(&one.standing).or_else(|| target.map(|target| one.standing.own_access_in(target.access)))
}

/// Whether users of an organization may be switched.
#[derive(Clone, Copy)]
enum MaySwitch {
    Now,
    /// When the change window opens.
    Later,
    /// Not before somebody has acknowledged what Graph can't do for the integration.
    Unread,
}

/// Whether users may be switched, by their organizations, and whether the consent is known to lack something that workloads need.
struct Switches<'a> {
    conn: &'a Connection,
    now: Timestamp,
    known: HashMap<OrganizationId, (MaySwitch, bool)>,
}

impl Switches<'_> {
    fn of(&mut self, id: OrganizationId) -> std::result::Result<(MaySwitch, bool), StoreError> {
        if let Some(known) = self.known.get(&id) {
            return Ok(*known);
        }
        let organization = organizations::get(self.conn, id)?;
        let integration = integrations::get(self.conn, organization.integration)?;
        let may = if !organization.has_acknowledged(presets::limitations(integration.preset)) {
            MaySwitch::Unread
        } else if organization.window.as_ref().is_some_and(|window| !window.is_open(self.now)) {
            MaySwitch::Later
        } else {
            MaySwitch::Now
        };
        let known = (may, is_lacking(self.conn, &organization, &integration)?);
        self.known.insert(id, known);
        Ok(known)
    }
}

/// How many are refused, reason by reason.
pub(super) fn by_reason(refused: &[(Concerned, Reason)]) -> Vec<Refused> {
    let mut counted: BTreeMap<String, Refused> = BTreeMap::new();
    for (one, reason) in refused {
        let eligibility = standing_in_the_way(one, *reason);
        let new = Refused { reason: *reason, users: 0, eligibility };
        counted.entry(format!("{reason:?}{eligibility:?}")).or_insert(new).users += 1;
    }
    counted.into_values().collect()
}

/// What stands in the way of whom is refused for not being ready.
fn standing_in_the_way(one: &Concerned, reason: Reason) -> Option<Eligibility> {
    (reason == Reason::NotReady).then_some(one.standing.eligibility)
}

fn carry_out(tx: &Transaction<'_>, action: Action, sorted: &Sorted, actor: &str, now: Timestamp) -> std::result::Result<(), StoreError> {
    if !sorted.queued.is_empty() {
        let ids: Vec<UserId> = sorted.queued.iter().map(|one| one.user).collect();
        record(tx, "users.queue_switch", action, &sorted.queued, actor, now)?;
        timeline::note(tx, &ids, &Happening::SwitchQueued, Some(actor).filter(|actor| !actor.is_empty()), now)?;
        act::queue(tx, &ids, Some(now))?;
    }
    if sorted.changes.is_empty() {
        return Ok(());
    }
    let changes = &sorted.changes;
    let ids: Vec<UserId> = changes.iter().map(|one| one.user).collect();
    record(tx, &format!("users.{}", action.name()), action, changes, actor, now)?;
    tell(tx, action, changes, actor, now)?;
    let chosen = Chosen::Ids(ids.clone());
    if let Some(step) = action.step() {
        act::step(tx, changes, step, now)?;
    }
    let target = target(tx, action)?;
    let access: Vec<_> = changes.iter().filter_map(|one| Some((one.user, own_access_after(action, one, target.as_ref())?))).collect();
    act::set_access(tx, &access)?;
    match action {
        Action::Move { to } => {
            act::queue(tx, &ids, None)?;
            act::forget_sessions(tx, &ids)?;
            users::move_to(tx, &chosen, to)?;
            proposals::settle_present(tx, to)?;
        }
        Action::SetAccess { .. } | Action::GoBack | Action::Reset => {
            act::forget_sessions(tx, &ids)?;
            users::forget_checks(tx, &chosen)?;
        }
        // The sessions of before the switch are cancelled, which is no error; those of after it begin anew.
        Action::Switch { .. } => {
            act::queue(tx, &ids, None)?;
            act::forget_sessions(tx, &ids)?;
            users::forget_checks(tx, &chosen)?;
            act::force(tx, &ids, now)?;
        }
        Action::EnableSync => act::set_sync(tx, &ids, SyncStatus::Enabled)?,
        Action::DisableSync => act::set_sync(tx, &ids, SyncStatus::Disabled)?,
        Action::Force => act::force(tx, &ids, now)?,
        Action::Withdraw => act::queue(tx, &ids, None)?,
        Action::Exclude | Action::Include => {}
        Action::Remove { .. } => {
            let tenants: BTreeSet<_> = changes.iter().map(|one| one.tenant).collect();
            proposals::turn_away(tx, &ids, now)?;
            users::delete(tx, &chosen)?;
            // Whom the next import is to bring back, no change of the directory names.
            for tenant in tenants {
                deltas::forget_tenant(tx, tenant)?;
            }
        }
    }
    Ok(())
}

/// The signed-in admin, where one was identified.
fn actor(conn: &Connection, first: Option<&Concerned>) -> std::result::Result<String, StoreError> {
    let Some(first) = first else { return Ok(String::new()) };
    Ok(tenants::get(conn, first.tenant)?.admin())
}

/// One entry for each organization that is concerned, however many users it is.
fn record(
    tx: &Transaction<'_>,
    named: &str,
    action: Action,
    changes: &[Concerned],
    actor: &str,
    now: Timestamp,
) -> std::result::Result<(), StoreError> {
    let mut by_organization: BTreeMap<OrganizationId, Vec<&Concerned>> = BTreeMap::new();
    for one in changes {
        by_organization.entry(one.standing.organization).or_default().push(one);
    }
    for (id, users) in by_organization {
        let Organization { name, tenant, .. } = organizations::get(tx, id)?;
        let target = match users.as_slice() {
            [one] => act::principal_names(tx, &[one.user])?.remove(&one.user).unwrap_or_default(),
            several => format!("{} users of {name}", several.len()),
        };
        let after = match action {
            Action::Move { to } => Some(organizations::get(tx, to)?.name),
            Action::SetAccess { access } => Some(access.map_or("the organization's", |access| access.name()).to_owned()),
            Action::Switch { .. } | Action::GoBack => {
                let access = |one: &&Concerned| {
                    if action == Action::GoBack { one.standing.access().over_ews() } else { one.standing.access().over_graph() }
                };
                users.first().map(|one| access(one).name().to_owned())
            }
            Action::Withdraw
            | Action::EnableSync
            | Action::DisableSync
            | Action::Reset
            | Action::Exclude
            | Action::Include
            | Action::Force
            | Action::Remove { .. } => None,
        };
        let entry = Entry {
            at: now,
            actor: actor.to_owned(),
            tenant: Some(tenant),
            action: named.to_owned(),
            target,
            before: None,
            after,
            request_id: None,
            outcome: Outcome::Done,
        };
        journal::append(tx, &entry)?;
    }
    Ok(())
}

/// Tells it in the users' timelines.
fn tell(tx: &Transaction<'_>, action: Action, changes: &[Concerned], actor: &str, now: Timestamp) -> std::result::Result<(), StoreError> {
    let mut told: Vec<(Happening, Vec<UserId>)> = Vec::new();
    let mut names: HashMap<OrganizationId, String> = HashMap::new();
    for one in changes {
        let what = match action {
            Action::Move { to } => {
                let mut name = |id: OrganizationId| -> std::result::Result<String, StoreError> {
                    if let Some(name) = names.get(&id) {
                        return Ok(name.clone());
                    }
                    let name = organizations::get(tx, id)?.name;
                    names.insert(id, name.clone());
                    Ok(name)
                };
                Happening::Moved { from: name(one.standing.organization)?, to: name(to)? }
            }
            Action::SetAccess { access } => Happening::AccessSet { access },
            Action::EnableSync => Happening::SyncEnabled,
            Action::DisableSync => Happening::SyncDisabled,
            Action::Switch { .. } => Happening::Switched { to: one.standing.access().over_graph() },
            Action::Withdraw => Happening::SwitchWithdrawn,
            Action::GoBack => Happening::WentBack { to: one.standing.access().over_ews() },
            Action::Reset => Happening::Reset,
            Action::Exclude => Happening::Excluded,
            Action::Include => Happening::Included,
            Action::Force => Happening::Forced,
            // With the user the timeline goes.
            Action::Remove { .. } => return Ok(()),
        };
        match told.iter_mut().find(|(known, _)| *known == what) {
            Some((_, users)) => users.push(one.user),
            None => told.push((what, vec![one.user])),
        }
    }
    for (what, users) in told {
        timeline::note(tx, &users, &what, Some(actor).filter(|actor| !actor.is_empty()), now)?;
    }
    Ok(())
}

fn length(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
