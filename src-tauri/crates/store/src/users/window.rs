//! Windows of users: which rows, in which order, answered from the roster.

use rollcall_core::id::UserId;
use rollcall_core::organization::{AccessType, SyncStatus};
use rollcall_core::user::{MailboxKind, MailboxStatus};
use rollcall_core::verdict::Verdict;
use rusqlite::Connection;

use super::ids::Ids;
use super::left::left;
use super::roster::{Member, Roster};
use super::{Sort, UserFilter, UserPage, UserSort, get};
use crate::error::StoreError;
use crate::store::Store;

/// A window of the users that `filter` leaves.
///
/// # Errors
/// [`StoreError`] when the disk can't be read.
pub fn query(store: &Store, filter: &UserFilter, sort: Sort, offset: u32, limit: u32) -> Result<UserPage, StoreError> {
    store.read_roster(|conn, roster| {
        let left = left(conn, roster, filter)?;
        let window = window(conn, roster, &left, sort, offset as usize, limit as usize)?;
        Ok(UserPage {
            total: roster.total(filter.organization, filter.tenant),
            matching: left.len(),
            rows: window.into_iter().map(|id| get(conn, id)).collect::<Result<_, _>>()?,
        })
    })
}

/// Where a window lies within an order: the descending one is the ascending one from its end, so that windows fit together.
fn window(conn: &Connection, roster: &mut Roster, left: &Ids, sort: Sort, offset: usize, limit: usize) -> Result<Vec<UserId>, StoreError> {
    let ordered = match sort.by {
        UserSort::Name => roster.by_name(conn)?,
        UserSort::Upn => roster.by_upn(conn)?,
        by @ (UserSort::Organization
        | UserSort::Access
        | UserSort::Mailbox
        | UserSort::Kind
        | UserSort::Verdict
        | UserSort::Checked
        | UserSort::Issues
        | UserSort::Session
        | UserSort::Sync) => return Ok(by_key(roster, left, by, sort.descending, offset, limit)),
    };
    let is_left = |id: &&UserId| left.contains(**id);
    Ok(if sort.descending {
        ordered.iter().rev().filter(is_left).skip(offset).take(limit).copied().collect()
    } else {
        ordered.iter().filter(is_left).skip(offset).take(limit).copied().collect()
    })
}

/// Puts only the window in order, and not what comes before or after it.
fn by_key(roster: &Roster, left: &Ids, by: UserSort, descending: bool, offset: usize, limit: usize) -> Vec<UserId> {
    let members = roster.members().iter().filter(|member| left.contains(member.id));
    let mut keys: Vec<(i64, UserId)> = members.map(|member| (key(member, by, roster), member.id)).collect();
    let (first, end) = (offset.min(keys.len()), offset.saturating_add(limit).min(keys.len()));
    let (first, end) = if descending { (keys.len() - end, keys.len() - first) } else { (first, end) };
    let mut window = keys.as_mut_slice();
    if end < window.len() {
        window = window.select_nth_unstable(end).0;
    }
    if first > 0 && first < window.len() {
        window.select_nth_unstable(first);
    }
    let window = &mut window[first..];
    window.sort_unstable();
    let ids = window.iter().map(|(_, id)| *id);
    if descending { ids.rev().collect() } else { ids.collect() }
}

/// A number that orders as SQL orders the column.
fn key(member: &Member, by: UserSort, roster: &Roster) -> i64 {
    let of = || roster.standing(member.organization);
    match by {
        // Lists of all have these orders ready.
        UserSort::Name | UserSort::Upn => 0,
        UserSort::Organization => of().map_or(0, |of| of.place.into()),
        UserSort::Access => of().map_or(0, |of| access(member.access.unwrap_or(of.access))),
        UserSort::Mailbox => mailbox(member.mailbox),
        UserSort::Kind => kind(member.kind),
        UserSort::Verdict => verdict(member.verdict),
        UserSort::Checked => member.checked,
        UserSort::Issues => member.open_issues.into(),
        UserSort::Session => member.synced,
        UserSort::Sync => of().map_or(0, |of| sync(member.sync.stricter(of.sync))),
    }
}

/// In the order of what needs somebody's attention.
const fn verdict(verdict: Verdict) -> i64 {
    match verdict {
        Verdict::Failed => 0,
        Verdict::Unknown => 1,
        Verdict::NotRun => 2,
        Verdict::Passed => 3,
    }
}

/// The others in the order of their names.
const fn access(access: AccessType) -> i64 {
    match access {
        AccessType::EwsAppOnly => 0,
        AccessType::EwsDelegated => 1,
        AccessType::GraphAppOnly => 2,
        AccessType::GraphDelegated => 3,
    }
}

const fn mailbox(status: MailboxStatus) -> i64 {
    match status {
        MailboxStatus::Error => 0,
        MailboxStatus::Excluded => 1,
        MailboxStatus::Initialized => 2,
        MailboxStatus::NotInitialized => 3,
        MailboxStatus::Switching => 4,
    }
}

const fn kind(kind: MailboxKind) -> i64 {
    match kind {
        MailboxKind::Guest => 0,
        MailboxKind::OnPremises => 1,
        MailboxKind::SharedOrResource => 2,
        MailboxKind::Unlicensed => 3,
        MailboxKind::User => 4,
    }
}

const fn sync(status: SyncStatus) -> i64 {
    match status {
        SyncStatus::Disabled => 0,
        SyncStatus::DisabledDueToError => 1,
        SyncStatus::Enabled => 2,
    }
}
