//! Sessions that were: the latest of a user, and an organization's in figures.

use std::time::Duration;

use rollcall_core::id::{OrganizationId, UserId};
use rollcall_core::mailbox::STUCK_AFTER;
use rollcall_core::time::Timestamp;
use rollcall_graph::gate::Lane;
use rollcall_store::halts::{self, Halt};
pub use rollcall_store::sessions::Session;
use rollcall_store::sessions::{self, Hour, Standing};
use rollcall_store::{organizations, users};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::desk::Desk;
use crate::error::{Error, Result};
use crate::job::Job;

/// The user whose sessions are meant.
#[derive(Debug, Clone, Copy, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct SessionsOf {
    pub user: UserId,
}

/// The organization, and how many days back.
#[derive(Debug, Clone, Copy, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct SessionFigures {
    pub organization: OrganizationId,
    /// 1 to 90.
    pub days: u32,
}

/// An organization's sessions in figures.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct Figures {
    pub standing: Standing,
    /// Whether sessions are under way.
    pub under_way: bool,
    /// Why none can come about, if so.
    pub halt: Option<Halt>,
    /// Until when everything waits because Graph asked for it.
    pub waiting_until: Option<Timestamp>,
    /// A switch that has not ended since this moment is stuck.
    pub stuck_before: Timestamp,
    /// Hours with sessions, the earliest first.
    pub hours: Vec<Hour>,
}

/// The latest sessions of a user, the last one first.
///
/// # Errors
/// `NotFound`.
pub async fn of_user(desk: &Desk, ask: SessionsOf, _job: &Job) -> Result<Vec<Session>> {
    desk.read(move |conn| {
        users::get(conn, ask.user)?;
        sessions::of_user(conn, ask.user)
    })
    .await
}

/// # Errors
/// `InvalidInput` for more days than are kept; `NotFound`; those of the store.
pub async fn figures(desk: &Desk, ask: SessionFigures, _job: &Job) -> Result<Figures> {
    let most = u32::try_from(sessions::DAYS_OF_FIGURES).unwrap_or(u32::MAX);
    if !(1..=most).contains(&ask.days) {
        return Err(Error::input("days", format!("between 1 and {most} days are kept")));
    }
    let now = desk.now();
    let (since, stuck_before) = (now.before(Duration::from_secs(u64::from(ask.days) * 24 * 60 * 60)), now.before(STUCK_AFTER));
    let under_way = desk.syncing().is_at(ask.organization);
    let tenant = desk.read(move |conn| Ok(organizations::get(conn, ask.organization)?.tenant)).await?;
    let waiting_until = desk.gate(tenant)?.held(Lane::Outlook).map(|until| desk.by_day(until));
    desk.read(move |conn| {
        Ok(Figures {
            standing: sessions::standing(conn, ask.organization, stuck_before)?,
            under_way,
            halt: halts::get(conn, ask.organization)?,
            waiting_until,
            stuck_before,
            hours: sessions::hours(conn, ask.organization, since)?,
        })
    })
    .await
}
