//! Checks: the latest answer of each mailbox's workload; one that is no pass is an open issue of the user.

use rollcall_core::id::{OrganizationId, RunId, TenantId, UserId};
use rollcall_core::time::Timestamp;
use rusqlite::Connection;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::error::StoreError;
use crate::runs::{FingerprintRow, WorkloadResult};

/// The latest answer of one workload of a user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct Check {
    pub result: WorkloadResult,
    /// The run that asked.
    pub run: RunId,
    /// Since when the answer is of this fingerprint, or a pass.
    pub first_seen: Timestamp,
}

/// Which issues are meant. `None` doesn't narrow.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default, deny_unknown_fields)]
pub struct IssueFilter {
    pub organization: Option<OrganizationId>,
    pub tenant: Option<TenantId>,
    pub fingerprint: Option<String>,
    /// As in [`crate::users::UserFilter`].
    pub search: Option<String>,
}

/// An unresolved error of a user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct Issue {
    pub user: UserId,
    pub upn: String,
    pub display_name: String,
    pub organization: OrganizationId,
    pub organization_name: String,
    pub check: Check,
}

/// A window of issues.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct IssuePage {
    pub matching: u32,
    pub rows: Vec<Issue>,
}

/// A window of the open issues, the newest first.
///
/// # Errors
/// [`StoreError`] when the disk can't be read.
pub fn issues(conn: &Connection, filter: &IssueFilter, offset: u32, limit: u32) -> Result<IssuePage, StoreError> {
    todo!()
}

/// The open issues of an organization, or of all, in groups, the largest first.
///
/// # Errors
/// [`StoreError`] when the disk can't be read.
pub fn groups(conn: &Connection, organization: Option<OrganizationId>) -> Result<Vec<FingerprintRow>, StoreError> {
    todo!()
}

/// The latest answer of each workload of a user.
///
/// # Errors
/// [`StoreError`] when the disk can't be read.
pub fn of_user(conn: &Connection, user: UserId) -> Result<Vec<Check>, StoreError> {
    todo!()
}
