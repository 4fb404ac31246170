//! Users: the people and resources that were brought in, found by any column and by any part of their names.

use rollcall_core::id::{ObjectId, OrganizationId, TenantId, UserId};
use rollcall_core::issue::Cause;
use rollcall_core::organization::{AccessType, SyncStatus};
use rollcall_core::time::Timestamp;
use rollcall_core::user::{DirectoryUser, MailboxKind, MailboxStatus, User};
use rollcall_core::verdict::Verdict;
use rusqlite::{Connection, Transaction};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::error::StoreError;

/// What became of a page of the directory.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, TS)]
pub struct Upserted {
    pub new: u32,
    pub changed: u32,
    pub same: u32,
    /// Already in another organization of the tenant; left there.
    pub elsewhere: u32,
}

/// Which users are meant. Empty lists and `None` don't narrow.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default, deny_unknown_fields)]
pub struct UserFilter {
    pub organization: Option<OrganizationId>,
    pub tenant: Option<TenantId>,
    pub mailbox: Vec<MailboxStatus>,
    pub verdict: Vec<Verdict>,
    pub kind: Vec<MailboxKind>,
    /// With an open issue of this fingerprint.
    pub fingerprint: Option<String>,
    /// With any open issue.
    pub with_issues: bool,
    /// Parts of names, addresses, department, job title or object id; all of them must be found.
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
    /// Of the last check; not run when there was none.
    pub verdict: Verdict,
    /// When the last check of the mailbox was complete.
    pub checked: Option<Timestamp>,
    /// Workloads that failed or stayed unknown when they were last asked.
    pub open_issues: u32,
    /// The cause of the gravest of them.
    pub first_cause: Option<Cause>,
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
}

/// Brings in a page of the directory, or refreshes it. A person of a tenant is in one organization only: who is in another
/// already stays there.
///
/// # Errors
/// [`StoreError::NotFound`] when there is no such organization.
pub fn upsert_page(tx: &Transaction<'_>, organization: OrganizationId, page: &[DirectoryUser], now: Timestamp) -> Result<Upserted, StoreError> {
    todo!()
}

/// A window of the users that `filter` leaves.
///
/// # Errors
/// [`StoreError`] when the disk can't be read.
pub fn query(conn: &Connection, filter: &UserFilter, sort: Sort, offset: u32, limit: u32) -> Result<UserPage, StoreError> {
    todo!()
}

/// One user.
///
/// # Errors
/// [`StoreError::NotFound`] when there is none of that number.
pub fn get(conn: &Connection, id: UserId) -> Result<UserRow, StoreError> {
    todo!()
}

/// The user of a tenant with that principal name, primary address or alias, whatever its case.
///
/// # Errors
/// [`StoreError`] when the disk can't be read.
pub fn by_upn(conn: &Connection, tenant: TenantId, address: &str) -> Result<Option<UserRow>, StoreError> {
    todo!()
}

/// The user of a tenant with that object id.
///
/// # Errors
/// [`StoreError`] when the disk can't be read.
pub fn by_object_id(conn: &Connection, tenant: TenantId, object_id: ObjectId) -> Result<Option<UserRow>, StoreError> {
    todo!()
}

/// How many of the users that `filter` leaves stand where.
///
/// # Errors
/// [`StoreError`] when the disk can't be read.
pub fn counts_by_status(conn: &Connection, filter: &UserFilter) -> Result<MailboxCounts, StoreError> {
    todo!()
}

/// How many users `chosen` names.
///
/// # Errors
/// [`StoreError`] when the disk can't be read.
pub fn count(conn: &Connection, chosen: &Chosen) -> Result<u32, StoreError> {
    todo!()
}

/// Sets where the mailboxes stand; answers how many changed.
///
/// # Errors
/// [`StoreError`] when it can't be written.
pub fn set_mailbox(tx: &Transaction<'_>, chosen: &Chosen, status: MailboxStatus) -> Result<u32, StoreError> {
    todo!()
}

/// Removes users with their issues; answers how many. Runs keep what they found out about them.
///
/// # Errors
/// [`StoreError`] when it can't be written.
pub fn delete(tx: &Transaction<'_>, chosen: &Chosen) -> Result<u32, StoreError> {
    todo!()
}

/// Moves users to another organization of the same tenant; answers how many moved.
///
/// # Errors
/// [`StoreError::NotFound`] when there is no such organization.
pub fn move_to(tx: &Transaction<'_>, chosen: &Chosen, organization: OrganizationId) -> Result<u32, StoreError> {
    todo!()
}
