//! Describes one user: addresses, status, and where each workload stands.

use rollcall_core::action::{self, Action, Effect};
use rollcall_core::id::{TenantId, UserId};
use rollcall_core::organization::Organization;
use rollcall_core::rules::{self, Reason};
use rollcall_core::time::Timestamp;
use rollcall_core::timeline::Moment;
use rollcall_store::checks::{self, Check};
use rollcall_store::users::{self, Chosen, UserRow, act};
use rollcall_store::{StoreError, Thing, organizations, sessions, timeline};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::act::busy;
use super::foresee::so_already;
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

/// A user with the last check of each workload and what happened lately.
#[derive(Debug, Clone, Serialize, TS)]
pub struct UserDetail {
    pub row: UserRow,
    pub checks: Vec<Check>,
    /// The latest first.
    pub timeline: Vec<Moment>,
    /// Whether the switch hangs.
    pub stuck: bool,
    /// When the next session is due, where one is.
    pub next_session: Option<Timestamp>,
    /// Whether it is left alone until the wave starts that it is in.
    pub waits_for_wave: bool,
    /// When the change window opens for which the user's switch waits; none where nothing waits, or the window is open by now.
    pub switch_begins: Option<Timestamp>,
    pub may: MayDo,
}

/// What may be done with the user now; a reason where it may not.
#[derive(Debug, Clone, Copy, Serialize, TS)]
pub struct MayDo {
    pub force: Option<Reason>,
    pub switch: Option<Reason>,
    pub go_back: Option<Reason>,
    pub remove: Option<Reason>,
}

/// So much of a timeline is shown.
const MOMENTS: u32 = 200;

/// # Errors
/// `NotFound`.
pub async fn describe(desk: &Desk, ask: UserRef, _job: &Job) -> Result<UserDetail> {
    let (busy, now) = (busy(desk), desk.now());
    desk.read(move |conn| {
        let row = match &ask {
            UserRef::Id { user } => users::get(conn, *user)?,
            UserRef::Address { tenant, address } => users::by_upn(conn, *tenant, address)?.ok_or(StoreError::NotFound(Thing::User))?,
        };
        let user = row.user.id;
        let checks = checks::of_user(conn, user)?;
        let timeline = timeline::of_user(conn, user, MOMENTS)?;
        let Organization { rhythm, window, .. } = organizations::get(conn, row.user.organization)?;
        let stuck = row.user.mailbox.is_stuck(row.user.mailbox_since, now);
        let concerned = act::concerned(conn, &Chosen::Ids(vec![user]), &busy)?.into_iter().next();
        let standing = concerned.ok_or(StoreError::NotFound(Thing::User))?.standing;
        let why_not = |action: Action| match action.effect(&standing, now) {
            Effect::Refused(reason) => Some(reason),
            Effect::Nothing => Some(so_already(action, standing.queued)),
            Effect::Changes => None,
        };
        let may = MayDo {
            force: why_not(Action::Force),
            switch: why_not(Action::Switch { at_once: false, not_ready: false }),
            go_back: why_not(Action::GoBack),
            remove: why_not(Action::Remove { force: false }),
        };
        let waits_for_wave = sessions::waits(conn, user)?;
        let may_read = rules::may_read(&action::Standing { forced: None, ..standing }, now).is_ok();
        let forward = standing.forced.is_some_and(|asked| row.synced.is_none_or(|synced| synced < asked));
        let read = may_read && !waits_for_wave && (forward || rhythm.paused.is_none());
        let next_session = read.then(|| row.synced.filter(|_| !forward).map_or(now, |at| at.after(rhythm.every())));
        let window = window.filter(|window| standing.queued && !window.is_open(now));
        let switch_begins = window.and_then(|window| window.opens(now));
        let waits_for_wave = may_read && waits_for_wave;
        Ok(UserDetail { row, checks, timeline, stuck, next_session, waits_for_wave, switch_begins, may })
    })
    .await
}
