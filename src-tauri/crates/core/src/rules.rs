//! What may be done to what now, and the reason when not. Faces show the reason on the disabled action; ops refuse with it.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::action::{self, BETWEEN_FORCED};
use crate::mailbox::MailboxStatus;
use crate::organization::{AccessType, SyncStatus, Ways};
use crate::time::Timestamp;

/// Why an action can't run now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// Nobody is signed in to the tenant.
    NotSignedIn,
    /// The organization has no users yet.
    NoUsers,
    /// The integration's secret is not in the keychain and was not handed in.
    NoSecret,
    /// A run of this organization is under way.
    RunUnderWay,
    /// The mailbox, or every one that is meant, is reached over EWS; over Graph nothing is learned about it.
    UsesEws,
    /// The mailboxes meant are reached by each user's own sign-in, and none of these users is signed in: never, or not since they have to
    /// sign in again.
    UsersMustSignIn,
    /// The organization still has users.
    HasUsers,
    /// Organizations still use the integration.
    HasOrganizations,
    /// The user's mailbox is initialized.
    StillInitialized,
    /// The signed-in admin is neither Privileged Role Administrator nor Global Administrator.
    NeedsPrivilegedRole,
    /// The signed-in admin is none of the administrators who may grant permissions.
    NeedsApplicationRole,
    /// The mailbox was taken out of synchronization.
    Excluded,
    /// Synchronization is disabled, for the user or for the organization.
    SyncDisabled,
    /// Synchronization was forced less than a minute ago.
    ForcedJustNow,
    /// Microsoft has removed EWS.
    EwsRemoved,
    /// Sync sessions of this organization are under way.
    SessionsUnderWay,
    /// The organization to move to is of another tenant.
    OtherTenant,
    /// Nobody has acknowledged yet what Graph can't do for the integration.
    LimitationsUnread,
    /// The integration reaches the mailbox in its own name; nobody signs in for it.
    NobodySignsIn,
    /// Nobody has signed in for the mailbox, or has to sign in again.
    MailboxNotConnected,
    /// The default mailbox sends.
    DefaultMustSend,
    /// The mailbox is the user's default.
    MailboxIsDefault,
    /// The user's mailbox is being migrated step by step.
    MigrationUnderWay,
    /// Steps before it are open, or it is done already.
    StepNotReached,
    /// The mailbox that the step depends on has not answered yet.
    StepNotChecked,
    /// The add-in is older than the version that the vendor asks for.
    AddInTooOld,
    /// One of the wave's entry criteria isn't met.
    WaveWaits,
    /// Somebody holds the wave.
    WaveHeld,
    /// Everybody of the wave is switched, or about to be.
    WaveDone,
    /// The wave was started, by which it is settled who is in it.
    WaveStarted,
    /// The wave came to what it had to and the next one was started by that: its criteria stay.
    WaveOver,
    /// Nobody would be left in a wave.
    WaveEmptied,
    /// The user is in another organization.
    OtherOrganization,
    /// The mailbox is reached over Graph, or about to be.
    AlreadySwitched,
    /// The user's switch waits for the change window.
    SwitchQueued,
    /// The mailbox isn't ready by the pre-flight.
    NotReady,
    /// What the workloads need is known not to be granted.
    ConsentMissing,
    /// The user is reached over EWS: only a switch leads to Graph.
    MustSwitch,
    /// It is like that already.
    AlreadySo,
    /// The wished access scope, of the organization or of another that shares the integration, gives the permission by a role of
    /// Exchange: granted for the whole tenant, it would make that scope void.
    WouldVoidScope,
    /// Another organization of the application wishes for another access scope.
    ScopeContested,
    /// What is in force of the access scope was not read since it was changed.
    ScopeUnread,
    /// An access scope limits application permissions, and the organization's access is delegated: only who signed in is reached.
    ReachesWhoSignedIn,
    /// Grants for the whole tenant stand that only the access policies limit.
    GrantsStand,
    /// Exchange has not assigned the roles that have to take the place of the grants.
    RolesMissing,
    /// What can be limited of an integration's permissions is nothing that a proof could ask a mailbox for.
    NothingToAsk,
}

/// What is known about an organization when an action on it is judged.
#[derive(Debug, Clone, Copy)]
pub struct Standing {
    pub signed_in: bool,
    pub users: u32,
    pub has_secret: bool,
    /// Whether any of its users has signed in to the integration, and doesn't have to again.
    pub connected: bool,
    pub run_under_way: bool,
    pub access: AccessType,
    pub ways: Ways,
}

/// An action's permission to run: `Err` carries why not.
pub type May = Result<(), Reason>;

/// May users be brought in from the directory?
///
/// # Errors
/// The reason, when not.
pub const fn may_import(standing: &Standing) -> May {
    if standing.signed_in { Ok(()) } else { Err(Reason::NotSignedIn) }
}

/// May consent be granted, or read back?
///
/// # Errors
/// The reason, when not.
pub const fn may_consent(standing: &Standing) -> May {
    if standing.signed_in { Ok(()) } else { Err(Reason::NotSignedIn) }
}

/// May *Check users' access* be started? It asks those who are reached over Graph, whatever their organization is, with the integration's
/// own identity or that of each user who has signed in to it; no admin has to be signed in.
///
/// # Errors
/// The reason, when not.
pub const fn may_verify(standing: &Standing) -> May {
    if standing.users == 0 && standing.access.is_over_graph() {
        Err(Reason::NoUsers)
    } else if !standing.ways.app_only && !standing.ways.delegated {
        Err(Reason::UsesEws)
    } else if standing.run_under_way {
        Err(Reason::RunUnderWay)
    } else if standing.ways.app_only && !standing.has_secret {
        Err(Reason::NoSecret)
    } else if !standing.ways.app_only && !standing.connected {
        Err(Reason::UsersMustSignIn)
    } else {
        Ok(())
    }
}

/// May an access scope be proven? The directory says whose mailboxes there are, the integration's own identity asks them.
///
/// # Errors
/// The reason, when not.
pub const fn may_prove(standing: &Standing) -> May {
    match standing.access {
        AccessType::EwsAppOnly | AccessType::EwsDelegated => Err(Reason::UsesEws),
        AccessType::GraphDelegated => Err(Reason::ReachesWhoSignedIn),
        AccessType::GraphAppOnly if !standing.signed_in => Err(Reason::NotSignedIn),
        AccessType::GraphAppOnly if !standing.has_secret => Err(Reason::NoSecret),
        AccessType::GraphAppOnly => Ok(()),
    }
}

/// May an organization be deleted?
///
/// # Errors
/// The reason, when not.
pub const fn may_delete_organization(standing: &Standing) -> May {
    if standing.run_under_way {
        Err(Reason::RunUnderWay)
    } else if standing.users > 0 {
        Err(Reason::HasUsers)
    } else {
        Ok(())
    }
}

/// May an organization be deleted with all its users?
///
/// # Errors
/// The reason, when not.
pub const fn may_delete_with_users(standing: &Standing) -> May {
    if standing.run_under_way { Err(Reason::RunUnderWay) } else { Ok(()) }
}

/// May a user be deleted from its organization without force?
///
/// # Errors
/// The reason, when not.
pub const fn may_delete_user(mailbox: MailboxStatus) -> May {
    match mailbox {
        MailboxStatus::Initialized | MailboxStatus::Switching => Err(Reason::StillInitialized),
        MailboxStatus::NotInitialized | MailboxStatus::Error | MailboxStatus::Excluded => Ok(()),
    }
}

/// May sync sessions of an organization be run now? They use the integration's own identity, or that of each user who has signed in.
///
/// # Errors
/// The reason, when not.
pub const fn may_sync(standing: &Standing) -> May {
    if standing.users == 0 {
        Err(Reason::NoUsers)
    } else if standing.has_secret || standing.connected {
        Ok(())
    } else if matches!(standing.access, AccessType::GraphDelegated | AccessType::EwsDelegated) {
        Err(Reason::UsersMustSignIn)
    } else {
        Err(Reason::NoSecret)
    }
}

/// May a user's next session be brought forward?
///
/// # Errors
/// The reason, when not.
pub fn may_read(user: &action::Standing, now: Timestamp) -> May {
    match user.access() {
        _ if user.mailbox == MailboxStatus::Excluded => Err(Reason::Excluded),
        AccessType::EwsAppOnly | AccessType::EwsDelegated => Err(Reason::UsesEws),
        AccessType::GraphDelegated if !user.connected => Err(Reason::UsersMustSignIn),
        AccessType::GraphAppOnly | AccessType::GraphDelegated if user.effective_sync() != SyncStatus::Enabled => Err(Reason::SyncDisabled),
        // A clock that was put back makes no moment later than now a reason to refuse.
        AccessType::GraphAppOnly | AccessType::GraphDelegated
            if user.forced.is_some_and(|at| at <= now && now.since(at) < BETWEEN_FORCED) =>
        {
            Err(Reason::ForcedJustNow)
        }
        AccessType::GraphAppOnly | AccessType::GraphDelegated => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const READY: Standing = Standing {
        signed_in: true,
        users: 10,
        has_secret: true,
        connected: false,
        run_under_way: false,
        access: AccessType::GraphAppOnly,
        ways: Ways { app_only: true, delegated: false, ews: false },
    };

    #[test]
    fn a_check_says_why_it_can_not_run() {
        assert_eq!(may_verify(&READY), Ok(()));
        assert_eq!(may_verify(&Standing { users: 0, ..READY }), Err(Reason::NoUsers));
        assert_eq!(may_verify(&Standing { has_secret: false, ..READY }), Err(Reason::NoSecret));
        let ways = Ways { delegated: true, ..Ways::default() };
        let delegated = Standing { access: AccessType::GraphDelegated, ways, has_secret: false, ..READY };
        assert_eq!(may_verify(&delegated), Err(Reason::UsersMustSignIn));
        assert_eq!(may_verify(&Standing { connected: true, ..delegated }), Ok(()), "whoever has signed in can be asked");
        assert_eq!(may_verify(&Standing { signed_in: false, ..READY }), Ok(()), "the integration asks in its own name");
        let on_ews = Standing { access: AccessType::EwsAppOnly, ways: Ways { ews: true, ..Ways::default() }, ..READY };
        assert_eq!(may_verify(&on_ews), Err(Reason::UsesEws));
        let some = Standing { ways: Ways { ews: true, ..READY.ways }, ..on_ews };
        assert_eq!(may_verify(&some), Ok(()), "some of them are over Graph by their own access type");
    }

    #[test]
    fn no_scope_of_delegated_access_is_proven_and_the_reason_is_not_that_nobody_has_signed_in() {
        assert_eq!(may_prove(&READY), Ok(()));
        for connected in [false, true] {
            let delegated = Standing { access: AccessType::GraphDelegated, connected, ..READY };
            assert_eq!(may_prove(&delegated), Err(Reason::ReachesWhoSignedIn));
        }
    }

    #[test]
    fn an_organization_is_deleted_with_its_users_only_where_that_is_meant_and_never_during_a_run() {
        assert_eq!(may_delete_organization(&READY), Err(Reason::HasUsers));
        assert_eq!(may_delete_organization(&Standing { users: 0, ..READY }), Ok(()));
        assert_eq!(may_delete_with_users(&READY), Ok(()));
        let checked = Standing { run_under_way: true, ..READY };
        assert_eq!(
            (may_delete_organization(&checked), may_delete_with_users(&checked)),
            (Err(Reason::RunUnderWay), Err(Reason::RunUnderWay))
        );
    }

    #[test]
    fn an_initialized_mailbox_is_not_deleted_by_accident() {
        assert_eq!(may_delete_user(MailboxStatus::Initialized), Err(Reason::StillInitialized));
        assert_eq!(may_delete_user(MailboxStatus::Error), Ok(()));
    }
}
