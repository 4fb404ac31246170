//! Tells what the end of an earlier Rollcall has cut off of actions on users and of sync sessions, before the next command on them.

use rollcall_core::action::Action;
use rollcall_ops::error::Result;
use rollcall_ops::job::Job;
use rollcall_ops::organizations::delete::OrganizationRef;
use rollcall_ops::organizations::describe;
use rollcall_ops::sync::cut_off::{self as passes, CutOffPass};
use rollcall_ops::users::cut_off::{self as actions, CutOffAction};

use crate::call::Call;
use crate::text::{count, counted};

/// Each is told once. Where nobody would read it, it is left for the next one; the journal has it in any case.
///
/// # Errors
/// Those of the store.
pub async fn tell(call: &Call) -> Result<()> {
    if call.screen.is_quiet() {
        return Ok(());
    }
    for action in actions::cut_off(&call.desk, (), &Job::quiet()).await? {
        call.screen.note(&of_action(&action));
    }
    for pass in passes::cut_off(&call.desk, (), &Job::quiet()).await? {
        // One that was deleted since has nobody who waits.
        let of = OrganizationRef { organization: pass.organization };
        let standing = describe::describe(&call.desk, of, &Job::quiet()).await.ok();
        let paused = standing.is_some_and(|view| view.organization.rhythm.paused.is_some());
        call.screen.note(&of_pass(&pass, paused));
    }
    Ok(())
}

fn of_action(action: &CutOffAction) -> String {
    let whom = action.users.map_or_else(|| "the users of a filter".to_owned(), |users| counted(users, "user", "users"));
    format!(
        "Not done: to {} {whom}. Rollcall ended at {} or later, before it was. Nobody was changed: do it again if it is still meant.",
        doing(action.action),
        action.since.utc()
    )
}

const fn doing(action: Action) -> &'static str {
    match action {
        Action::Move { .. } => "move",
        Action::SetAccess { .. } => "set the mailbox access type of",
        Action::EnableSync => "enable synchronization of",
        Action::DisableSync => "disable synchronization of",
        Action::Switch { .. } => "switch",
        Action::Withdraw => "withdraw the switch of",
        Action::GoBack => "take back to EWS",
        Action::Reset => "reset the mailboxes of",
        Action::Exclude => "exclude",
        Action::Include => "include",
        Action::Force => "force synchronization of",
        Action::Remove { .. } => "delete",
    }
}

fn of_pass(pass: &CutOffPass, paused: bool) -> String {
    let CutOffPass { organization_name, users, read, forward, since, .. } = pass;
    let mut told = format!(
        "Sync sessions of {organization_name}, begun at {}, were cut off: {} of {} read, which is kept.",
        since.utc(),
        count(*read),
        counted(*users, "user was", "users were")
    );
    if *forward > 0 {
        told.push_str(&format!(" {} for and read next.", counted(*forward, "of the others is asked", "of the others are asked")));
    }
    if users.saturating_sub(*read).saturating_sub(*forward) > 0 {
        told.push_str(if paused {
            " Sessions are paused, so the rest wait until somebody starts or runs them."
        } else {
            " The rest are read when they are due: `rollcallctl org sync` reads them now."
        });
    }
    told
}

#[cfg(test)]
mod tests {
    use rollcall_core::id::OrganizationId;
    use rollcall_core::time::Timestamp;

    use super::*;

    #[test]
    fn what_was_not_done_is_told_with_whom_it_meant_and_what_was_read_with_the_rest() {
        let action = CutOffAction { action: Action::Reset, users: Some(12), since: Timestamp(0) };
        assert_eq!(
            of_action(&action),
            "Not done: to reset the mailboxes of 12 users. Rollcall ended at 1970-01-01 00:00 UTC or later, before it was. Nobody was changed: \
             do it again if it is still meant."
        );
        let name = "HQ".to_owned();
        let pass =
            CutOffPass { organization: OrganizationId(1), organization_name: name, users: 9, read: 4, forward: 5, since: Timestamp(0) };
        assert!(of_pass(&pass, false).ends_with("4 of 9 users were read, which is kept. 5 of the others are asked for and read next."));
        assert!(of_pass(&CutOffPass { forward: 0, ..pass }, true).ends_with("the rest wait until somebody starts or runs them."));
    }
}
