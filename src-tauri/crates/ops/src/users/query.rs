//! Finds users: one window of rows at a time, filtered, searched and sorted in the store.

pub use rollcall_store::users::{Sort, UserFilter, UserPage, UserRow};
use rollcall_store::{checks, users};
use serde::Deserialize;
use ts_rs::TS;

use crate::desk::Desk;
use crate::error::{Error, Result};
use crate::job::Job;

/// The most rows that one window holds.
pub const WINDOW_LIMIT: u32 = 1_000;

/// Which users, in which order, from where to where.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct UserQuery {
    pub filter: UserFilter,
    pub sort: Sort,
    pub offset: u32,
    pub limit: u32,
    /// Whether each row says what its workloads answered, which is looked up user by user.
    pub workloads: bool,
}

/// # Errors
/// `InvalidInput` for a window that is too large.
pub async fn query(desk: &Desk, ask: UserQuery, _job: &Job) -> Result<UserPage> {
    check_window(ask.limit)?;
    desk.ask(move |store| {
        let mut page = users::query(store, &ask.filter, ask.sort, ask.offset, ask.limit)?;
        if ask.workloads {
            store.read(|conn| {
                page.rows.iter_mut().try_for_each(|row| {
                    row.workloads = Some(checks::verdicts(conn, row.user.id)?);
                    Ok(())
                })
            })?;
        }
        Ok(page)
    })
    .await
}

/// Refuses a window that holds nothing, or too much to carry over to a screen at once.
pub(crate) fn check_window(limit: u32) -> Result<()> {
    if (1..=WINDOW_LIMIT).contains(&limit) {
        Ok(())
    } else {
        Err(Error::input("limit", format!("it must be between 1 and {WINDOW_LIMIT}")))
    }
}
