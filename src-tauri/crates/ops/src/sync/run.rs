//! Runs sync sessions now, of whoever is due or of users who are named, and says what came of them.

use rollcall_core::id::{OrganizationId, UserId};
use rollcall_core::rules::{self, Reason};
use rollcall_core::time::Timestamp;
use rollcall_graph::gate::Gate;
use rollcall_store::organizations;
pub use rollcall_store::sessions::Committed;
use rollcall_store::sessions::{self, Due};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::cut_off;
use super::pass::{self, Passed};
use crate::desk::Desk;
use crate::error::{Error, Result};
use crate::job::Job;
use crate::organizations::describe::standing;

/// Whose sessions to run.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Whose {
    /// Whoever is due by the organization's rhythm, or brought forward.
    Due,
    /// Everybody who is read. Whoever is in a wave that has not started is left alone, as by the rhythm.
    Everybody,
    /// These, as far as they are in the organization and are read.
    Users { users: Vec<UserId> },
}

/// An organization and whose sessions.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct RunSessions {
    pub organization: OrganizationId,
    pub whose: Whose,
}

/// What the sessions came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
pub struct Sessions {
    /// Users who were to be read, and sessions that ended.
    pub users: u32,
    pub done: u32,
    pub committed: Committed,
    /// Users who could be read, and were left alone because the wave that they are in has not started.
    pub waiting: u32,
    /// Whether all were read. It was stopped, or Graph asked for a long pause, where they weren't; the others are due still.
    pub whole: bool,
    /// Until when Graph asked to wait, where that is why not all were read.
    pub waiting_until: Option<Timestamp>,
}

/// Stopping keeps what was read; whoever was not read is due still.
///
/// # Errors
/// `NotNow` with the reason; `WrongSecret`, `SecretExpired`, `AppUnknown` and the like; those of the network.
pub async fn run(desk: &Desk, ask: RunSessions, job: &Job) -> Result<Sessions> {
    let standing = standing(desk, ask.organization).await?;
    rules::may_sync(&standing).map_err(Error::not_now)?;
    let waiting = match &ask.whose {
        Whose::Due | Whose::Everybody => desk.read(move |conn| sessions::waiting(conn, ask.organization)).await?,
        Whose::Users { .. } => 0,
    };
    let (users, Passed { committed, done, whole, waiting_until }) = sit(desk, ask.organization, ask.whose, job).await?;
    Ok(Sessions { users, done, committed, waiting, whole, waiting_until })
}

/// Claims the organization and reads whoever is meant: how many they are, and what came of it.
///
/// # Errors
/// `NotNow` while its sessions are under way; those of [`pass::pass`].
pub(super) async fn sit(desk: &Desk, organization: OrganizationId, whose: Whose, job: &Job) -> Result<(u32, Passed)> {
    let claim = desk.syncing().claim(organization, &job.stop).ok_or_else(|| Error::not_now(Reason::SessionsUnderWay))?;
    let tenant = desk.read(move |conn| Ok(organizations::get(conn, organization)?.tenant)).await?;
    let service = by_service(&*desk.gate(tenant)?);
    let now = desk.now();
    let users = desk
        .read(move |conn| match &whose {
            Whose::Due => {
                let rhythm = organizations::get(conn, organization)?.rhythm;
                let due = due(rhythm.paused.is_none(), rhythm.every(), now);
                sessions::due(conn, organization, due, service, u32::MAX)
            }
            Whose::Everybody => sessions::due(conn, organization, Due::Since(Timestamp(i64::MAX)), service, u32::MAX),
            Whose::Users { users } => sessions::among(conn, organization, users, service),
        })
        .await?;
    let count = u32::try_from(users.len()).unwrap_or(u32::MAX);
    if users.is_empty() {
        return Ok((0, Passed { whole: true, ..Passed::default() }));
    }
    desk.write(move |tx| cut_off::begun(tx, organization, count, now)).await?;
    let passed = Box::pin(pass::pass(desk, organization, users, &claim.stop, job)).await;
    let told = desk.write(move |tx| cut_off::ended(tx, organization)).await;
    let passed = passed?;
    told?;
    Ok((count, passed))
}

/// Who is due now: while an organization's sessions wait, only whoever is brought forward.
pub(super) fn due(goes_on: bool, every: std::time::Duration, now: Timestamp) -> Due {
    let ago = i64::try_from(every.as_millis()).unwrap_or(i64::MAX);
    if goes_on { Due::Since(Timestamp(now.0.saturating_sub(ago))) } else { Due::Forced }
}

/// This moment by the service's clock.
pub(super) fn by_service(gate: &Gate) -> Timestamp {
    gate.by_service(gate.now())
}
