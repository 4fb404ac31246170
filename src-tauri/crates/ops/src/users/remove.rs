//! Takes users out of their organization. Nothing changes in the tenant: the directory can bring them in again.

use std::collections::BTreeSet;

use rollcall_core::id::UserId;
use rollcall_core::rules::{self, Reason};
use rollcall_store::users::{self, Chosen};
use rollcall_store::{StoreError, deltas, organizations};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::desk::Desk;
use crate::error::Result;
use crate::job::Job;

/// Whom to take out.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct RemoveUsers {
    pub users: Vec<UserId>,
    /// Also those whose mailbox is initialized.
    pub force: bool,
}

/// Who is out, and who was refused for which reason.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, TS)]
pub struct Removed {
    pub done: Vec<UserId>,
    pub refused: Vec<Refused>,
}

/// A user that stays, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
pub struct Refused {
    pub user: UserId,
    pub reason: Reason,
}

/// # Errors
/// Those of the store. Users that are not there any more are passed over.
pub async fn remove(desk: &Desk, ask: RemoveUsers, _job: &Job) -> Result<Removed> {
    let verifying: Vec<_> = desk.verifying().keys().copied().collect();
    desk.write(move |tx| {
        let mut removed = Removed::default();
        let mut left = BTreeSet::new();
        for id in ask.users {
            let row = match users::get(tx, id) {
                Ok(row) => row,
                Err(StoreError::NotFound(_)) => continue,
                Err(error) => return Err(error),
            };
            let may = if verifying.contains(&row.user.organization) {
                Err(Reason::RunUnderWay)
            } else if ask.force {
                Ok(())
            } else {
                rules::may_delete_user(row.user.mailbox)
            };
            match may {
                Ok(()) => {
                    removed.done.push(id);
                    left.insert(row.user.organization);
                }
                Err(reason) => removed.refused.push(Refused { user: id, reason }),
            }
        }
        users::delete(tx, &Chosen::Ids(removed.done.clone()))?;
        // Whom the next import is to bring back, no change of the directory names.
        for organization in left {
            deltas::forget_tenant(tx, organizations::get(tx, organization)?.tenant)?;
        }
        Ok(removed)
    })
    .await
}
