//! Says beforehand what an action would do to users: how many it changes, how many are like that already, who is refused and why, and
//! what changes for them. Nothing is done by it.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use rollcall_core::action::Action;
use rollcall_core::change_window::ChangeWindow;
use rollcall_core::ews::{self, EndOfEws};
use rollcall_core::id::OrganizationId;
use rollcall_core::mailbox::MailboxStatus;
use rollcall_core::organization::{AccessType, Organization, SyncStatus};
use rollcall_core::presets;
use rollcall_core::rules::Reason;
use rollcall_core::time::Timestamp;
use rollcall_store::users::Chosen;
use rollcall_store::users::act::Concerned;
use rollcall_store::{Connection, StoreError, grants, integrations, organizations};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::act::{Refused, Sorted, busy, by_reason, own_access_after, sort, target};
use super::meant::Meant;
use crate::desk::Desk;
use crate::error::Result;
use crate::job::Job;

/// Whom and what.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct ForeseeAction {
    pub users: Chosen,
    pub action: Action,
}

/// What it would come to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct Foreseen {
    /// How many users are meant, and what stands for exactly these: what is to be agreed to.
    pub users: u32,
    pub seal: String,
    pub changes: u32,
    /// Switches that would wait; beside them those that would once the limitations are acknowledged; and until when the first of all.
    pub queued: u32,
    pub queued_once_read: u32,
    pub opens: Option<Timestamp>,
    /// Those who are like that already.
    pub untouched: u32,
    pub refused: Vec<Refused>,
    /// Why it changes nobody, if so. Those who are refused only until the limitations are acknowledged are changed once that is done.
    pub none: Option<Reason>,
    /// Changed ways of reaching mailboxes, the most frequent first.
    pub access: Vec<AccessChange>,
    /// Users who stay on EWS although the organization that they come to is on Graph: only a switch leads there.
    pub kept_on_ews: u32,
    /// Users whose integration becomes another one: what was granted to the one they leave is not granted to the other.
    pub integration: u32,
    /// Users whose mailbox is initialized now and has to be initialized again.
    pub initialized: u32,
    /// Users whose next sign-in is theirs to do.
    pub must_sign_in: u32,
    /// Whether synchronization is off in the organization that they come to.
    pub into_disabled: bool,
    /// What Graph can't do for the integrations concerned, where it has to be acknowledged first, and by which organizations.
    pub limitations: Vec<String>,
    pub unread: Vec<OrganizationId>,
    /// Users who come to Graph though nobody has read back yet what is granted to their integration.
    pub consent_unread: u32,
    /// How long EWS lasts, where the way leads there.
    pub ews: Option<EndOfEws>,
}

impl Foreseen {
    /// Whom it was foreseen for.
    #[must_use]
    pub fn meant(&self) -> Meant {
        Meant { users: self.users, seal: self.seal.clone() }
    }
}

/// How many users are reached in another way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
pub struct AccessChange {
    pub from: AccessType,
    pub to: AccessType,
    pub users: u32,
}

/// # Errors
/// `NotFound` for an organization that is gone.
pub async fn foresee(desk: &Desk, ask: ForeseeAction, _job: &Job) -> Result<Foreseen> {
    let (busy, now) = (busy(desk), desk.now());
    desk.read(move |conn| foreseen(conn, &ask, &busy, now)).await
}

fn foreseen(conn: &Connection, ask: &ForeseeAction, busy: &[OrganizationId], now: Timestamp) -> std::result::Result<Foreseen, StoreError> {
    let sorted = sort(conn, &ask.users, ask.action, busy, now)?;
    let target = target(conn, ask.action)?;
    let mut access: BTreeMap<(&str, &str), AccessChange> = BTreeMap::new();
    let mut from: BTreeMap<OrganizationId, u32> = BTreeMap::new();
    let (mut initialized, mut must_sign_in, mut kept_on_ews) = (0, 0, 0);
    // Those who are refused only until the limitations are acknowledged are shown what they will come to.
    let unread = sorted.refused.iter().filter(|(_, reason)| *reason == Reason::LimitationsUnread).map(|(one, _)| one);
    for one in sorted.changes.iter().chain(&sorted.queued).chain(unread) {
        *from.entry(one.standing.organization).or_default() += 1;
        let (before, after) = (one.standing.access(), access_after(ask.action, one, target.as_ref()));
        if before != after {
            access.entry((before.name(), after.name())).or_insert(AccessChange { from: before, to: after, users: 0 }).users += 1;
        }
        kept_on_ews += u32::from(target.as_ref().is_some_and(|target| after.comes_to_graph(target.access)));
        let over = ask.action.step().is_some() && one.standing.mailbox == MailboxStatus::Initialized;
        initialized += u32::from(over && !matches!(ask.action, Action::Exclude));
        must_sign_in += u32::from(matches!(ask.action, Action::Switch { .. }) && after == AccessType::GraphDelegated);
    }
    let mut integration = 0;
    if let Some(target) = &target {
        for (id, users) in &from {
            integration += if organizations::get(conn, *id)?.integration == target.integration { 0 } else { *users };
        }
    }
    let refused = by_reason(&sorted.refused);
    let changes =
        !sorted.changes.is_empty() || !sorted.queued.is_empty() || refused.iter().any(|one| one.reason == Reason::LimitationsUnread);
    let none = match refused.iter().max_by_key(|one| one.users) {
        _ if changes => None,
        Some(most) => Some(most.reason),
        None => Some(so_already(ask.action, sorted.waiting > 0)),
    };
    let (limitations, unread) =
        if matches!(ask.action, Action::Switch { .. }) { limitations(conn, &sorted)? } else { (Vec::new(), Vec::new()) };
    let consent_unread = if matches!(ask.action, Action::Switch { .. }) { consent_unread(conn, &from)? } else { 0 };
    let (queued_once_read, opens) = waits(conn, &sorted, ask.action, now)?;
    let mut access: Vec<AccessChange> = access.into_values().collect();
    access.sort_by_key(|change| std::cmp::Reverse(change.users));
    let leads_to_ews = access.iter().any(|change| !change.to.is_over_graph());
    Ok(Foreseen {
        users: sorted.meant.users,
        seal: sorted.meant.seal,
        changes: count(sorted.changes.len()),
        queued: count(sorted.queued.len()),
        queued_once_read,
        opens,
        untouched: sorted.untouched,
        refused,
        none,
        access,
        kept_on_ews,
        integration,
        initialized,
        must_sign_in,
        into_disabled: target.is_some_and(|target| target.sync != SyncStatus::Enabled),
        limitations,
        unread,
        consent_unread,
        ews: leads_to_ews.then_some(ews::END),
    })
}

/// Why an action leaves those as they are with whom it would change nothing; `queued` where the switch of any of them waits.
pub(super) const fn so_already(action: Action, queued: bool) -> Reason {
    match action {
        Action::Switch { .. } if queued => Reason::SwitchQueued,
        Action::Switch { .. } => Reason::AlreadySwitched,
        Action::Move { .. }
        | Action::SetAccess { .. }
        | Action::EnableSync
        | Action::DisableSync
        | Action::Withdraw
        | Action::GoBack
        | Action::Reset
        | Action::Exclude
        | Action::Include
        | Action::Force
        | Action::Remove { .. } => Reason::AlreadySo,
    }
}

fn access_after(action: Action, one: &Concerned, target: Option<&Organization>) -> AccessType {
    let of_organization = target.map_or(one.standing.access_of_organization, |target| target.access);
    own_access_after(action, one, target).unwrap_or(one.standing.own_access).unwrap_or(of_organization)
}

/// What Graph can't do for the integrations of those who are to be switched, and the organizations that have not acknowledged it.
fn limitations(conn: &Connection, sorted: &Sorted) -> std::result::Result<(Vec<String>, Vec<OrganizationId>), StoreError> {
    let unread = sorted.refused.iter().filter(|(_, reason)| *reason == Reason::LimitationsUnread).map(|(one, _)| one);
    let concerned: BTreeSet<_> =
        sorted.changes.iter().chain(&sorted.queued).chain(unread.clone()).map(|one| one.standing.organization).collect();
    let mut texts: Vec<String> = Vec::new();
    for id in concerned {
        let integration = integrations::get(conn, organizations::get(conn, id)?.integration)?;
        for &text in presets::limitations(integration.preset) {
            if !texts.iter().any(|known| known == text) {
                texts.push(text.to_owned());
            }
        }
    }
    let unread: BTreeSet<_> = unread.map(|one| one.standing.organization).collect();
    Ok((texts, unread.into_iter().collect()))
}

/// How many of those who are concerned, by their organizations, have an integration whose grants were never read.
fn consent_unread(conn: &Connection, concerned: &BTreeMap<OrganizationId, u32>) -> std::result::Result<u32, StoreError> {
    let mut unread = 0;
    for (id, users) in concerned {
        let read = grants::get(conn, organizations::get(conn, *id)?.integration)?;
        unread += if read.is_some_and(|read| read.held.is_some()) { 0 } else { *users };
    }
    Ok(unread)
}

/// How many switches would wait for a change window once the limitations are acknowledged, and when the first of the windows opens that
/// any switch waits for.
fn waits(conn: &Connection, sorted: &Sorted, action: Action, now: Timestamp) -> std::result::Result<(u32, Option<Timestamp>), StoreError> {
    let mut closed: HashMap<OrganizationId, Option<ChangeWindow>> = HashMap::new();
    let unread = sorted.refused.iter().filter(|(_, reason)| *reason == Reason::LimitationsUnread).map(|(one, _)| (one, 1));
    let unread = unread.filter(|_| matches!(action, Action::Switch { at_once: false, .. }));
    let (mut once_read, mut first) = (0, None);
    for (one, waits) in sorted.queued.iter().map(|one| (one, 0)).chain(unread) {
        let window = match closed.entry(one.standing.organization) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(new) => {
                let window = organizations::get(conn, *new.key())?.window.filter(|window| !window.is_open(now));
                first = [first, window.as_ref().and_then(|window| window.opens(now))].into_iter().flatten().min();
                new.insert(window)
            }
        };
        once_read += if window.is_some() { waits } else { 0 };
    }
    Ok((once_read, first))
}

fn count(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}
