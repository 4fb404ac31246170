//! Windows of users: which rows, in which order. Filters and orders are answered from the roster; what only the disk knows, such as who
//! has a word, comes in as a set of numbers.

use rollcall_core::id::UserId;
use rollcall_core::organization::{AccessType, SyncStatus};
use rollcall_core::user::{MailboxKind, MailboxStatus};
use rollcall_core::verdict::Verdict;
use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};

use super::ids::Ids;
use super::roster::{Member, NEVER, Roster};
use super::searched::{self, Way, Word, words};
use super::{Sort, UserFilter, UserPage, UserSort, get};
use crate::error::StoreError;
use crate::organizations::Standing;
use crate::store::Store;
use crate::waves;

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

/// Whom the filter leaves.
fn left(conn: &Connection, roster: &Roster, filter: &UserFilter) -> Result<Ids, StoreError> {
    let wanted = Wanted::of(filter);
    let mut left: Ids = roster.members().iter().filter(|member| wanted.has(member, roster)).map(|member| member.id).collect();
    if let Some(wave) = filter.wave {
        left.retain(&in_wave(conn, roster, wave)?);
    }
    if let Some(fingerprint) = &filter.fingerprint {
        let with_it = "SELECT user FROM checks WHERE fingerprint = ? AND verdict IN ('failed', 'unknown')";
        left.retain(&named(conn, &(with_it, vec![fingerprint.clone().into()]))?);
    }
    if let Some(searched) = &filter.search {
        found(conn, roster, searched, &mut left)?;
    }
    Ok(left)
}

/// What a filter wants of the columns that the roster has. A set of values is a bit for each.
struct Wanted<'a> {
    filter: &'a UserFilter,
    mailbox: u32,
    verdict: u32,
    kind: u32,
    eligibility: u32,
    session: u32,
    access: u32,
    sync: u32,
}

impl<'a> Wanted<'a> {
    fn of(filter: &'a UserFilter) -> Self {
        Self {
            filter,
            mailbox: any_of(&filter.mailbox, |one| one as u32),
            verdict: any_of(&filter.verdict, |one| one as u32),
            kind: any_of(&filter.kind, |one| one as u32),
            eligibility: any_of(&filter.eligibility, |one| one as u32),
            session: any_of(&filter.session, |one| one as u32),
            access: any_of(&filter.access, |one| one as u32),
            sync: any_of(&filter.sync, |one| one as u32),
        }
    }

    fn has(&self, member: &Member, roster: &Roster) -> bool {
        let of_itself = self.filter.organization.is_none_or(|wanted| wanted == member.organization)
            && self.mailbox & bit(member.mailbox as u32) != 0
            && self.verdict & bit(member.verdict as u32) != 0
            && self.kind & bit(member.kind as u32) != 0
            && self.eligibility & bit(member.eligibility as u32) != 0
            && self.session & bit(member.session.unwrap_or(Verdict::NotRun) as u32) != 0
            && self.filter.mailbox_before.is_none_or(|moment| member.mailbox_since != NEVER && member.mailbox_since <= moment.0)
            && (!self.filter.queued || member.queued)
            && self.filter.checked_before.is_none_or(|moment| member.checked <= moment.0)
            && (!self.filter.with_issues || member.open_issues > 0);
        of_itself && (!self.asks_the_organization() || roster.standing(member.organization).is_some_and(|of| self.has_with(member, of)))
    }

    fn asks_the_organization(&self) -> bool {
        self.filter.tenant.is_some() || self.access != ANY || self.sync != ANY
    }

    fn has_with(&self, member: &Member, organization: &Standing) -> bool {
        self.filter.tenant.is_none_or(|wanted| wanted == organization.tenant)
            && self.access & bit(member.access.unwrap_or(organization.access) as u32) != 0
            && self.sync & bit(member.sync.stricter(organization.sync) as u32) != 0
    }
}

const ANY: u32 = u32::MAX;

/// A bit for each wanted value; without any, all are wanted.
fn any_of<T: Copy>(wanted: &[T], number: impl Fn(T) -> u32) -> u32 {
    if wanted.is_empty() { ANY } else { wanted.iter().fold(0, |bits, one| bits | bit(number(*one))) }
}

const fn bit(number: u32) -> u32 {
    1 << number
}

/// Who is in the wave of a number of the organization's plan; whoever is dealt into none is in the last one.
fn in_wave(conn: &Connection, roster: &Roster, wave: u32) -> Result<Ids, StoreError> {
    let (mut dealt, mut into_it) = (Ids::default(), Ids::default());
    for (user, organization, number) in waves::dealt(conn)? {
        if roster.member(user).is_some_and(|member| member.organization == organization) {
            dealt.insert(user);
            if number == wave {
                into_it.insert(user);
            }
        }
    }
    let last = waves::last(conn)?;
    let others = roster.members().iter().filter(|member| !dealt.contains(member.id) && last.get(&member.organization) == Some(&wave));
    into_it.extend(&others.map(|member| member.id).collect());
    Ok(into_it)
}

/// Leaves those who have all words of a search. Words that no error has are looked for together, because the search index leaps from
/// one of the rarest to the next; and a word of everybody's domain needn't be looked for at all: it is what would take longest.
fn found(conn: &Connection, roster: &Roster, searched: &str, left: &mut Ids) -> Result<(), StoreError> {
    let mut together = Vec::new();
    for word in words(searched) {
        match word {
            Word::Long(text) if roster.shared_by_all(text, left) => {}
            Word::Long(text) if named(conn, &searched::failed_with(text))?.is_empty() => together.push(text),
            Word::Long(_) | Word::PartOfId(_) | Word::Short(_) | Word::ShortAmongLong(_) => {
                left.retain(&any_way(conn, &word.ways())?);
            }
        }
        if left.is_empty() {
            return Ok(());
        }
    }
    if !together.is_empty() {
        left.retain(&any_way(conn, &[searched::indexed(&together), searched::waiting(&together)])?);
    }
    Ok(())
}

fn any_way(conn: &Connection, ways: &[Way]) -> Result<Ids, StoreError> {
    let mut ids = Ids::default();
    for way in ways {
        ids.extend(&named(conn, way)?);
    }
    Ok(ids)
}

/// Whom a statement names.
fn named(conn: &Connection, (sql, values): &Way) -> Result<Ids, StoreError> {
    let mut statement = conn.prepare_cached(sql)?;
    let ids = statement.query_map(params_from_iter::<&[Value]>(values), |row| row.get(0).map(UserId))?;
    Ok(ids.collect::<rusqlite::Result<_>>()?)
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
