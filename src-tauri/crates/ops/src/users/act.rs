//! Acts on users: one, some, or all that a filter leaves. What is done, what was so already and what is refused is counted, and the
//! refused are named with their reasons.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use rollcall_core::action::{Action, Effect};
use rollcall_core::id::{OrganizationId, UserId};
use rollcall_core::organization::{Organization, SyncStatus};
use rollcall_core::presets;
use rollcall_core::rules::Reason;
use rollcall_core::time::Timestamp;
use rollcall_core::timeline::Happening;
use rollcall_store::journal::{self, Entry, Outcome};
use rollcall_store::users;
pub use rollcall_store::users::Chosen;
use rollcall_store::users::act::{self, Concerned};
use rollcall_store::{Connection, StoreError, Transaction, deltas, integrations, organizations, tenants, timeline};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::desk::Desk;
use crate::error::{Code, Error, Result};
use crate::job::Job;

/// So many of those who were refused are named.
const MOST_NAMED: usize = 500;

/// Whom to do what with.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct ActOnUsers {
    pub users: Chosen,
    pub action: Action,
    /// How many it was agreed to concern. Where the filter leaves another number by now, nothing is done.
    #[serde(default)]
    #[ts(optional = nullable)]
    pub expected: Option<u32>,
}

/// What came of it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, TS)]
pub struct Acted {
    pub done: u32,
    /// Those who were like that already.
    pub untouched: u32,
    pub refused: u32,
    /// The first of the refused, by name.
    pub refusals: Vec<Refusal>,
}

/// A user with whom it can't be done, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct Refusal {
    pub user: UserId,
    pub upn: String,
    pub reason: Reason,
}

/// The chosen users, sorted by what the action comes to.
pub(super) struct Sorted {
    pub changes: Vec<Concerned>,
    pub untouched: u32,
    pub refused: Vec<(Concerned, Reason)>,
}

/// # Errors
/// `Changed` when the filter leaves another number than was agreed to; `NotFound` for an organization that is gone.
pub async fn act(desk: &Desk, ask: ActOnUsers, _job: &Job) -> Result<Acted> {
    let ActOnUsers { users: chosen, action, expected } = ask;
    let (busy, now) = (busy(desk), desk.now());
    let outcome = desk
        .write(move |tx| {
            let sorted = sort(tx, &chosen, action, &busy, now)?;
            let found = sorted.count();
            if expected.is_some_and(|expected| expected != found) {
                return Ok(Err(found));
            }
            carry_out(tx, action, &sorted, now)?;
            let named: Vec<UserId> = sorted.refused.iter().take(MOST_NAMED).map(|(one, _)| one.user).collect();
            let mut names = act::principal_names(tx, &named)?;
            let refusals = sorted.refused.iter().take(MOST_NAMED).map(|(one, reason)| Refusal {
                user: one.user,
                upn: names.remove(&one.user).unwrap_or_default(),
                reason: *reason,
            });
            Ok(Ok(Acted {
                done: length(sorted.changes.len()),
                untouched: sorted.untouched,
                refused: length(sorted.refused.len()),
                refusals: refusals.collect(),
            }))
        })
        .await?;
    match outcome {
        Ok(acted) => {
            if action == Action::Force && acted.done > 0 {
                desk.called.notify_one();
            }
            Ok(acted)
        }
        Err(found) => Err(Error::new(Code::Changed, format!("{found} users are meant by now, not {}", expected.unwrap_or(0)))),
    }
}

/// The organizations of which a run is under way.
pub(super) fn busy(desk: &Desk) -> Vec<OrganizationId> {
    desk.verifying().keys().copied().collect()
}

impl Sorted {
    fn count(&self) -> u32 {
        length(self.changes.len()) + self.untouched + length(self.refused.len())
    }
}

/// Sorts the chosen users by what the action comes to for each.
pub(super) fn sort(
    conn: &Connection,
    chosen: &Chosen,
    action: Action,
    busy: &[OrganizationId],
    now: Timestamp,
) -> std::result::Result<Sorted, StoreError> {
    let tenant = match action {
        Action::Move { to } => Some(organizations::get(conn, to)?.tenant),
        _ => None,
    };
    let mut unread = Unread { conn, known: HashMap::new() };
    let mut sorted = Sorted { changes: Vec::new(), untouched: 0, refused: Vec::new() };
    for one in act::concerned(conn, chosen, busy)? {
        let mut effect = action.effect(&one.standing, now);
        if effect == Effect::Changes {
            if tenant.is_some_and(|tenant| tenant != one.tenant) {
                effect = Effect::Refused(Reason::OtherTenant);
            } else if matches!(action, Action::Switch { .. }) && unread.is(one.standing.organization)? {
                effect = Effect::Refused(Reason::LimitationsUnread);
            }
        }
        match effect {
            Effect::Changes => sorted.changes.push(one),
            Effect::Nothing => sorted.untouched += 1,
            Effect::Refused(reason) => sorted.refused.push((one, reason)),
        }
    }
    Ok(sorted)
}

/// The organizations of whose integration Graph's limitations were not acknowledged.
struct Unread<'a> {
    conn: &'a Connection,
    known: HashMap<OrganizationId, bool>,
}

impl Unread<'_> {
    fn is(&mut self, id: OrganizationId) -> std::result::Result<bool, StoreError> {
        if let Some(known) = self.known.get(&id) {
            return Ok(*known);
        }
        let organization = organizations::get(self.conn, id)?;
        let integration = integrations::get(self.conn, organization.integration)?;
        let unread = organization.acknowledged.is_none() && !presets::limitations(integration.preset).is_empty();
        self.known.insert(id, unread);
        Ok(unread)
    }
}

fn carry_out(tx: &Transaction<'_>, action: Action, sorted: &Sorted, now: Timestamp) -> std::result::Result<(), StoreError> {
    if sorted.changes.is_empty() {
        return Ok(());
    }
    let changes = &sorted.changes;
    let ids: Vec<UserId> = changes.iter().map(|one| one.user).collect();
    let actor = actor(tx, changes)?;
    record(tx, action, changes, &actor, now)?;
    tell(tx, action, changes, &actor, now)?;
    let chosen = Chosen::Ids(ids.clone());
    if let Some(step) = action.step() {
        act::step(tx, changes, step, now)?;
    }
    let access: Vec<_> = changes.iter().filter_map(|one| Some((one.user, action.access_after(&one.standing)?))).collect();
    act::set_access(tx, &access)?;
    match action {
        Action::Move { to } => {
            act::forget_sessions(tx, &ids)?;
            users::move_to(tx, &chosen, to)?;
        }
        Action::SetAccess { .. } | Action::GoBack | Action::Reset => {
            act::forget_sessions(tx, &ids)?;
            users::forget_checks(tx, &chosen)?;
        }
        // The sessions of before the switch are cancelled, which is no error; those of after it begin anew.
        Action::Switch { .. } => {
            act::forget_sessions(tx, &ids)?;
            users::forget_checks(tx, &chosen)?;
            act::force(tx, &ids, now)?;
        }
        Action::EnableSync => act::set_sync(tx, &ids, SyncStatus::Enabled)?,
        Action::DisableSync => act::set_sync(tx, &ids, SyncStatus::Disabled)?,
        Action::Force => act::force(tx, &ids, now)?,
        Action::Exclude | Action::Include => {}
        Action::Remove { .. } => {
            let tenants: BTreeSet<_> = changes.iter().map(|one| one.tenant).collect();
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
fn actor(conn: &Connection, changes: &[Concerned]) -> std::result::Result<String, StoreError> {
    let Some(first) = changes.first() else { return Ok(String::new()) };
    Ok(tenants::get(conn, first.tenant)?.identity.map_or_else(String::new, |identity| identity.admin))
}

/// One entry for each organization that is concerned, however many users it is.
fn record(tx: &Transaction<'_>, action: Action, changes: &[Concerned], actor: &str, now: Timestamp) -> std::result::Result<(), StoreError> {
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
            Action::EnableSync
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
            action: format!("users.{}", action.name()),
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
