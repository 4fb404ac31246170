//! Users: the people and resources that were brought in, found by any column and by any part of their names.

use std::collections::{BTreeMap, HashMap};
use std::ops::AddAssign;

use rollcall_core::address::SignInState;
use rollcall_core::eligibility::{Eligibility, Judged, Purpose};
use rollcall_core::id::{ObjectId, OrganizationId, TenantId, UserId};
use rollcall_core::issue::Cause;
use rollcall_core::organization::{AccessType, SyncStatus};
use rollcall_core::time::Timestamp;
use rollcall_core::user::{DirectoryUser, MailboxKind, MailboxStatus, User};
use rollcall_core::verdict::Verdict;
use rusqlite::{Connection, OptionalExtension, Row, params, params_from_iter};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::checks::WorkloadVerdict;
use crate::error::{StoreError, Thing};
use crate::fold::fold;
use crate::text;

pub mod act;
pub mod eligibility;
pub(crate) mod filter;
mod ids;
mod in_order;
mod known;
mod left;
mod lines;
mod roster;
mod searched;
mod window;
mod write;

use filter::{OTHER_MAILBOXES, SIGN_IN, Where};
pub use in_order::in_order;
pub use known::{Known, known, own_access, places, ways};
pub(crate) use lines::make_up_for_lines;
pub(crate) use roster::Roster;
pub(crate) use searched::{search, teach};
pub use window::query;
pub use write::{delete, forget_checks, last_known, mark_gone, move_to, upsert_page};

/// What became of a page of the directory.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, TS)]
pub struct Upserted {
    pub new: u32,
    pub changed: u32,
    pub same: u32,
    /// Already in another organization of the tenant; left there.
    pub elsewhere: u32,
}

impl AddAssign for Upserted {
    fn add_assign(&mut self, page: Self) {
        self.new += page.new;
        self.changed += page.changed;
        self.same += page.same;
        self.elsewhere += page.elsewhere;
    }
}

/// Which users are meant. Empty lists and `None` don't narrow.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default, deny_unknown_fields)]
pub struct UserFilter {
    pub organization: Option<OrganizationId>,
    pub tenant: Option<TenantId>,
    /// In the wave of this number of their organization's plan.
    pub wave: Option<u32>,
    pub mailbox: Vec<MailboxStatus>,
    pub verdict: Vec<Verdict>,
    pub kind: Vec<MailboxKind>,
    pub eligibility: Vec<Eligibility>,
    /// With an open issue of this fingerprint.
    pub fingerprint: Option<String>,
    /// With any open issue.
    pub with_issues: bool,
    /// By what the last sync session came to; not run where there was none.
    pub session: Vec<Verdict>,
    /// By the effective mailbox access type.
    pub access: Vec<AccessType>,
    /// By the effective synchronization status.
    pub sync: Vec<SyncStatus>,
    /// Whose mailbox stands where it stands since this moment or longer.
    pub mailbox_before: Option<Timestamp>,
    /// Who was switched to Graph at this moment or later, as their timelines tell.
    pub switched_since: Option<Timestamp>,
    /// Whose switch waits for the change window.
    pub queued: bool,
    /// Whether they have signed in, of those whose mailboxes answer only to their own sign-ins.
    pub sign_in: Vec<SignInState>,
    /// For whom another mailbox was named.
    pub several_mailboxes: bool,
    /// Whose mailbox was not checked since this moment, or never.
    pub checked_before: Option<Timestamp>,
    /// Parts of names, addresses, department, job title or object id, or of an open issue's status, code,
    /// or the name or title of its cause, or the whole id of a request that a check or a session ended with, now or before;
    /// all of them must be found.
    pub search: Option<String>,
}

/// What users are ordered by.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum UserSort {
    #[default]
    Name,
    Upn,
    Organization,
    Access,
    Mailbox,
    Kind,
    Verdict,
    Checked,
    Issues,
    Session,
    Sync,
}

/// An order.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default, deny_unknown_fields)]
pub struct Sort {
    pub by: UserSort,
    pub descending: bool,
}

/// A user as lists show it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct UserRow {
    pub user: User,
    pub organization_name: String,
    /// The user's own access type or else the organization's.
    pub effective_access: AccessType,
    /// The stricter of the user's and the organization's.
    pub effective_sync: SyncStatus,
    pub kind: MailboxKind,
    /// What stands in the way of the mailbox, and who says so.
    pub judged: Judged,
    /// What the mailbox said of itself, if it was asked.
    pub purpose: Option<Purpose>,
    /// Of the last check; not run when there was none.
    pub verdict: Verdict,
    /// When the last check of the mailbox was complete.
    pub checked: Option<Timestamp>,
    /// Workloads that failed or stayed unknown when they were last asked.
    pub open_issues: u32,
    /// The cause of the gravest of them.
    pub first_cause: Option<Cause>,
    /// When the last sync session ended, and what it came to.
    pub synced: Option<Timestamp>,
    pub session: Option<Verdict>,
    /// How many sessions in a row have failed.
    pub failing: u32,
    /// When the next session was last brought forward.
    pub forced: Option<Timestamp>,
    /// Since when a switch waits for the change window.
    pub queued: Option<Timestamp>,
    /// Whether the user has signed in; `None` where nobody signs in for the mailbox.
    pub sign_in: Option<SignInState>,
    /// How many other mailboxes were named for the user.
    pub other_mailboxes: u32,
    /// What each workload last answered, where that was asked for.
    pub workloads: Option<Vec<WorkloadVerdict>>,
}

/// A window of users.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct UserPage {
    /// How many there are in the organization or tenant.
    pub total: u32,
    /// How many of them the whole filter leaves.
    pub matching: u32,
    pub rows: Vec<UserRow>,
}

/// How many users stand where.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, TS)]
pub struct MailboxCounts {
    pub not_initialized: u32,
    pub switching: u32,
    pub initialized: u32,
    pub error: u32,
    pub excluded: u32,
}

/// The users that a write is for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case", tag = "by", content = "of")]
pub enum Chosen {
    Ids(Vec<UserId>),
    Filter(UserFilter),
    /// All whom the filter leaves but these.
    FilterBut {
        filter: UserFilter,
        but: Vec<UserId>,
    },
}

/// One user.
///
/// # Errors
/// [`StoreError::NotFound`] when there is none of that number.
pub fn get(conn: &Connection, id: UserId) -> Result<UserRow, StoreError> {
    let mut statement = conn.prepare_cached(&format!(
        "SELECT u.id, u.organization, u.object_id, u.upn, u.display_name, u.mail, u.aliases, u.department, u.job_title, u.enabled,
                u.guest, u.on_premises, u.exchange_plan, u.access, u.sync, u.mailbox, u.created, u.seen,
                u.kind, v.verdict, v.checked, v.open_issues, v.first_cause, o.name, o.access, o.sync, u.gone,
                u.mailbox_since, u.synced, u.session, u.failing, u.forced, u.queued, u.eligibility, u.evidence, u.purpose,
                {SIGN_IN}, {OTHER_MAILBOXES}
         FROM   users AS u JOIN organizations AS o ON o.id = u.organization LEFT JOIN verdicts AS v ON v.user = u.id
         WHERE  u.id = ?1"
    ))?;
    statement.query_row([id.0], user_row).optional()?.ok_or(StoreError::NotFound(Thing::User))
}

/// The user of a tenant with that principal name, primary address or alias, whatever its case.
///
/// # Errors
/// [`StoreError`] when the disk can't be read.
pub fn by_upn(conn: &Connection, tenant: TenantId, address: &str) -> Result<Option<UserRow>, StoreError> {
    Ok(by_addresses(conn, tenant, &[address])?.pop().flatten())
}

/// The same for each of several addresses, in their order; everybody is gone through once for all of them. Whose principal name it is goes
/// before whose primary address it is, and who came in earlier before who came later.
///
/// # Errors
/// [`StoreError`] when the disk can't be read.
pub fn by_addresses(conn: &Connection, tenant: TenantId, addresses: &[&str]) -> Result<Vec<Option<UserRow>>, StoreError> {
    let wanted: Vec<String> = addresses.iter().map(|address| address.trim().to_lowercase()).collect();
    let mut places: HashMap<String, Vec<usize>> = HashMap::new();
    for (place, address) in addresses.iter().enumerate() {
        places.entry(fold(address.trim())).or_default().push(place);
    }
    let mut of_tenant = conn.prepare_cached("SELECT 1 FROM users WHERE id = ?1 AND tenant = ?2")?;
    let mut found: Vec<Option<(Matched, UserRow)>> = vec![None; wanted.len()];
    for (folded, id) in lines::with_address(conn, |folded| places.contains_key(folded))? {
        if !of_tenant.exists(params![id.0, tenant.0])? {
            continue;
        }
        let row = get(conn, id)?;
        for place in places.get(&folded).into_iter().flatten().copied() {
            // Folded they are the same, accents or not.
            let Some(matched) = matched(&row.user.directory, &wanted[place]) else { continue };
            if found[place].as_ref().is_none_or(|(before, _)| matched < *before) {
                found[place] = Some((matched, row.clone()));
            }
        }
    }
    Ok(found.into_iter().map(|found| found.map(|(_, row)| row)).collect())
}

/// What an address is of a person: the first of them goes before the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Matched {
    PrincipalName,
    PrimaryAddress,
    Alias,
}

fn matched(person: &DirectoryUser, lower_case: &str) -> Option<Matched> {
    let is_it = |address: &str| address.to_lowercase() == lower_case;
    if is_it(&person.upn) {
        Some(Matched::PrincipalName)
    } else if person.mail.as_deref().is_some_and(is_it) {
        Some(Matched::PrimaryAddress)
    } else {
        person.aliases.iter().any(|alias| is_it(alias)).then_some(Matched::Alias)
    }
}

/// The user of a tenant with that object id.
///
/// # Errors
/// [`StoreError`] when the disk can't be read.
pub fn by_object_id(conn: &Connection, tenant: TenantId, object_id: ObjectId) -> Result<Option<UserRow>, StoreError> {
    let mut statement = conn.prepare_cached("SELECT id FROM users WHERE tenant = ?1 AND object_id = ?2")?;
    let id = statement.query_row(params![tenant.0, object_id.to_string()], |row| row.get(0)).optional()?;
    id.map(|id| get(conn, UserId(id))).transpose()
}

/// The principal names of those of a tenant's users that are known here.
///
/// # Errors
/// [`StoreError`] when the disk can't be read.
pub fn names(conn: &Connection, tenant: TenantId, users: &[ObjectId]) -> Result<BTreeMap<ObjectId, String>, StoreError> {
    let mut statement = conn.prepare_cached("SELECT upn FROM users WHERE tenant = ?1 AND object_id = ?2")?;
    let mut names = BTreeMap::new();
    for user in users {
        if let Some(upn) = statement.query_row(params![tenant.0, user.to_string()], |row| row.get(0)).optional()? {
            names.insert(*user, upn);
        }
    }
    Ok(names)
}

/// How many of the users that `filter` leaves stand where.
///
/// # Errors
/// [`StoreError`] when the disk can't be read.
pub fn counts_by_status(conn: &Connection, filter: &UserFilter) -> Result<MailboxCounts, StoreError> {
    let matching = Where::of(filter)?;
    let mut statement = conn.prepare_cached(&format!("SELECT u.mailbox, count(*) FROM users AS u {matching} GROUP BY u.mailbox"))?;
    let mut rows = statement.query(params_from_iter(matching.values()))?;
    let mut counts = MailboxCounts::default();
    while let Some(row) = rows.next()? {
        let count = match text::named(row, 0)? {
            MailboxStatus::NotInitialized => &mut counts.not_initialized,
            MailboxStatus::Switching => &mut counts.switching,
            MailboxStatus::Initialized => &mut counts.initialized,
            MailboxStatus::Error => &mut counts.error,
            MailboxStatus::Excluded => &mut counts.excluded,
        };
        *count = row.get(1)?;
    }
    Ok(counts)
}

/// How many users `chosen` names.
///
/// # Errors
/// [`StoreError`] when the disk can't be read.
pub fn count(conn: &Connection, chosen: &Chosen) -> Result<u32, StoreError> {
    let matching = Where::chosen(chosen)?;
    let mut statement = conn.prepare_cached(&format!("SELECT count(*) FROM users AS u {matching}"))?;
    Ok(statement.query_row(params_from_iter(matching.values()), |row| row.get(0))?)
}

fn user_row(row: &Row<'_>) -> rusqlite::Result<UserRow> {
    let (access, sync): (Option<AccessType>, SyncStatus) = (text::maybe_named(row, 13)?, text::named(row, 14)?);
    let of_organization: (AccessType, SyncStatus) = (text::named(row, 24)?, text::named(row, 25)?);
    Ok(UserRow {
        user: User {
            id: UserId(row.get(0)?),
            organization: OrganizationId(row.get(1)?),
            directory: directory_user(row, 2)?,
            access,
            sync,
            mailbox: text::named(row, 15)?,
            mailbox_since: text::maybe_moment(row, 27)?,
            created: text::moment(row, 16)?,
            seen: text::moment(row, 17)?,
            gone: text::maybe_moment(row, 26)?,
        },
        organization_name: row.get(23)?,
        effective_access: access.unwrap_or(of_organization.0),
        effective_sync: sync.stricter(of_organization.1),
        kind: text::named(row, 18)?,
        judged: eligibility::judged(row, 33)?,
        purpose: text::maybe_named(row, 35)?,
        verdict: text::maybe_named(row, 19)?.unwrap_or(Verdict::NotRun),
        checked: text::maybe_moment(row, 20)?,
        open_issues: row.get::<_, Option<u32>>(21)?.unwrap_or_default(),
        first_cause: text::maybe_named(row, 22)?,
        synced: text::maybe_moment(row, 28)?,
        session: text::maybe_named(row, 29)?,
        failing: row.get(30)?,
        forced: text::maybe_moment(row, 31)?,
        queued: text::maybe_moment(row, 32)?,
        sign_in: text::maybe_named(row, 36)?,
        other_mailboxes: row.get(37)?,
        workloads: None,
    })
}

/// Reads eleven columns, from the object id to the Exchange plan.
fn directory_user(row: &Row<'_>, first: usize) -> rusqlite::Result<DirectoryUser> {
    Ok(DirectoryUser {
        object_id: text::parsed(row, first)?,
        upn: row.get(first + 1)?,
        display_name: row.get(first + 2)?,
        mail: row.get(first + 3)?,
        aliases: text::json(row, first + 4)?,
        department: row.get(first + 5)?,
        job_title: row.get(first + 6)?,
        enabled: row.get(first + 7)?,
        guest: row.get(first + 8)?,
        on_premises: row.get(first + 9)?,
        exchange_plan: row.get(first + 10)?,
    })
}
