//! Describes one user: addresses, status, and where each workload stands.

use rollcall_core::id::{TenantId, UserId};
use rollcall_store::checks::{self, Check};
use rollcall_store::users::{self, UserRow};
use rollcall_store::{StoreError, Thing};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::desk::Desk;
use crate::error::Result;
use crate::job::Job;

/// The user meant: by our number, or by user principal name or any address.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum UserRef {
    Id { user: UserId },
    Address { tenant: TenantId, address: String },
}

/// A user with the last check of each workload.
#[derive(Debug, Clone, Serialize, TS)]
pub struct UserDetail {
    pub row: UserRow,
    pub checks: Vec<Check>,
}

/// # Errors
/// `NotFound`.
pub async fn describe(desk: &Desk, ask: UserRef, _job: &Job) -> Result<UserDetail> {
    desk.read(move |conn| {
        let row = match &ask {
            UserRef::Id { user } => users::get(conn, *user)?,
            UserRef::Address { tenant, address } => users::by_upn(conn, *tenant, address)?.ok_or(StoreError::NotFound(Thing::User))?,
        };
        let checks = checks::of_user(conn, row.user.id)?;
        Ok(UserDetail { row, checks })
    })
    .await
}
