//! What an admin does with users, and what that does to each of them: done, nothing to do, or refused with the reason.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::eligibility::Eligibility;
use crate::ews;
use crate::id::OrganizationId;
use crate::mailbox::{MailboxStatus, Step};
use crate::organization::{AccessType, SyncStatus};
use crate::rules::{self, Reason};
use crate::time::Timestamp;

/// A user is not read more often than this on demand, whoever asks: the vendors' rule.
pub const BETWEEN_FORCED: Duration = Duration::from_secs(60);

/// What to do with users. Nothing of it changes the tenant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Action {
    /// Into another organization of the same tenant.
    Move {
        to: OrganizationId,
    },
    /// A mailbox access type of their own, or with none the organization's. From EWS to Graph only a switch leads.
    SetAccess {
        access: Option<AccessType>,
    },
    EnableSync,
    DisableSync,
    /// Over Graph from now on. Outside of the organization's change window it is queued, unless `at_once`; whoever isn't ready by the
    /// pre-flight is left alone, unless `not_ready`.
    Switch {
        at_once: bool,
        #[serde(default)]
        not_ready: bool,
    },
    /// Takes a switch that waits for the change window back.
    Withdraw,
    /// Over EWS again, as long as there is EWS.
    GoBack,
    /// Forgets what was read of the mailbox, so that the next session begins anew.
    Reset,
    /// Takes the mailbox out of synchronization, or back in.
    Exclude,
    Include,
    /// Brings the next session forward.
    Force,
    /// Out of the organization and out of Rollcall; also those whose mailbox is initialized, where `force`.
    Remove {
        force: bool,
    },
}

/// What is known of a user when an action on it is judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    pub organization: OrganizationId,
    /// The user's own access type and that of the organization.
    pub own_access: Option<AccessType>,
    pub access_of_organization: AccessType,
    /// The user's own synchronization status and that of the organization.
    pub sync: SyncStatus,
    pub sync_of_organization: SyncStatus,
    pub mailbox: MailboxStatus,
    pub eligibility: Eligibility,
    /// When a session was last brought forward.
    pub forced: Option<Timestamp>,
    /// Whether a switch waits for the change window.
    pub queued: bool,
    /// Whether the user has signed in to the integration, and doesn't have to again.
    pub connected: bool,
    /// Whether a verification run of the organization is under way.
    pub run_under_way: bool,
}

/// What an action comes to for one user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// It changes the user.
    Changes,
    /// The user is like that already.
    Nothing,
    Refused(Reason),
}

impl Standing {
    /// The user's own access type or else the organization's.
    #[must_use]
    pub fn access(&self) -> AccessType {
        self.own_access.unwrap_or(self.access_of_organization)
    }

    /// The access type that the user has of its own in another organization, which has `there`. Whoever is reached over EWS stays so
    /// until it is switched.
    #[must_use]
    pub fn own_access_in(&self, there: AccessType) -> Option<AccessType> {
        self.own_access.or_else(|| Some(self.access()).filter(|access| access.comes_to_graph(there)))
    }

    /// The stricter of the user's and the organization's.
    #[must_use]
    pub fn effective_sync(&self) -> SyncStatus {
        self.sync.stricter(self.sync_of_organization)
    }
}

impl Action {
    /// What it does to a user.
    #[must_use]
    pub fn effect(self, user: &Standing, now: Timestamp) -> Effect {
        let unless = |already: bool| if already { Effect::Nothing } else { Effect::Changes };
        match self {
            Self::Move { to } if to == user.organization => Effect::Nothing,
            Self::Move { .. } | Self::Remove { .. } if user.run_under_way => Effect::Refused(Reason::RunUnderWay),
            Self::Move { .. } | Self::Remove { force: true } => Effect::Changes,
            Self::Remove { force: false } => match rules::may_delete_user(user.mailbox) {
                Ok(()) => Effect::Changes,
                Err(reason) => Effect::Refused(reason),
            },
            Self::SetAccess { access } if access == user.own_access => Effect::Nothing,
            Self::SetAccess { access } => {
                let wanted = access.unwrap_or(user.access_of_organization);
                if user.access().comes_to_graph(wanted) { Effect::Refused(Reason::MustSwitch) } else { ews_or(wanted, now) }
            }
            Self::EnableSync => unless(user.sync == SyncStatus::Enabled),
            Self::DisableSync => unless(user.sync == SyncStatus::Disabled),
            Self::Switch { .. } if user.access().is_over_graph() => Effect::Nothing,
            Self::Switch { .. } if user.mailbox == MailboxStatus::Excluded => Effect::Refused(Reason::Excluded),
            Self::Switch { at_once: false, .. } if user.queued => Effect::Nothing,
            Self::Switch { not_ready: false, .. } if user.eligibility != Eligibility::Ready => Effect::Refused(Reason::NotReady),
            Self::Switch { .. } => Effect::Changes,
            Self::Withdraw => unless(!user.queued),
            Self::GoBack if !user.access().is_over_graph() => Effect::Nothing,
            Self::GoBack => ews_or(user.access().over_ews(), now),
            Self::Reset => unless(user.mailbox == MailboxStatus::Excluded),
            Self::Exclude => unless(user.mailbox == MailboxStatus::Excluded),
            Self::Include => unless(user.mailbox != MailboxStatus::Excluded),
            Self::Force => match rules::may_read(user, now) {
                Ok(()) => Effect::Changes,
                Err(reason) => Effect::Refused(reason),
            },
        }
    }

    /// The access type that a user has of its own after it, where it changes one.
    #[must_use]
    pub fn access_after(self, user: &Standing) -> Option<Option<AccessType>> {
        let own = |access: AccessType| (access != user.access_of_organization).then_some(access);
        match self {
            Self::SetAccess { access } => Some(access),
            Self::Switch { .. } => Some(own(user.access().over_graph())),
            Self::GoBack => Some(own(user.access().over_ews())),
            Self::Move { .. }
            | Self::Withdraw
            | Self::EnableSync
            | Self::DisableSync
            | Self::Reset
            | Self::Exclude
            | Self::Include
            | Self::Force
            | Self::Remove { .. } => None,
        }
    }

    /// How it moves the mailbox on, where it does.
    #[must_use]
    pub const fn step(self) -> Option<Step> {
        match self {
            Self::Switch { .. } => Some(Step::Switched),
            // What was read in another way, or for another integration, is not known to the one that reads from now on.
            Self::Move { .. } | Self::SetAccess { .. } | Self::GoBack | Self::Reset => Some(Step::StartedOver),
            Self::Exclude => Some(Step::Excluded),
            Self::Include => Some(Step::Included),
            Self::Withdraw | Self::EnableSync | Self::DisableSync | Self::Force | Self::Remove { .. } => None,
        }
    }

    /// The name used in the journal, in timelines and in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Move { .. } => "move",
            Self::SetAccess { .. } => "set_access",
            Self::EnableSync => "enable_sync",
            Self::DisableSync => "disable_sync",
            Self::Switch { .. } => "switch",
            Self::Withdraw => "withdraw",
            Self::GoBack => "go_back",
            Self::Reset => "reset",
            Self::Exclude => "exclude",
            Self::Include => "include",
            Self::Force => "force",
            Self::Remove { .. } => "remove",
        }
    }
}

fn ews_or(access: AccessType, now: Timestamp) -> Effect {
    if !access.is_over_graph() && ews::is_removed(now) { Effect::Refused(Reason::EwsRemoved) } else { Effect::Changes }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp(1_795_000_000_000);
    const ON_EWS: Standing = Standing {
        organization: OrganizationId(1),
        own_access: None,
        access_of_organization: AccessType::EwsAppOnly,
        sync: SyncStatus::Enabled,
        sync_of_organization: SyncStatus::Enabled,
        mailbox: MailboxStatus::NotInitialized,
        eligibility: Eligibility::Ready,
        forced: None,
        queued: false,
        connected: false,
        run_under_way: false,
    };
    const ON_GRAPH: Standing = Standing { access_of_organization: AccessType::GraphAppOnly, mailbox: MailboxStatus::Initialized, ..ON_EWS };

    #[test]
    fn a_switch_takes_a_user_over_to_graph_of_the_same_kind_and_the_way_back_undoes_it() {
        let switch = Action::Switch { at_once: false, not_ready: false };
        assert_eq!(switch.effect(&ON_EWS, NOW), Effect::Changes);
        assert_eq!(switch.access_after(&ON_EWS), Some(Some(AccessType::GraphAppOnly)));
        let switched = Standing { own_access: Some(AccessType::GraphAppOnly), mailbox: MailboxStatus::Switching, ..ON_EWS };
        assert_eq!(switch.effect(&switched, NOW), Effect::Nothing, "twice is once");
        assert_eq!(Action::GoBack.access_after(&switched), Some(None), "the organization's own is EWS");
        let delegated = Standing { access_of_organization: AccessType::EwsDelegated, ..ON_EWS };
        assert_eq!(switch.access_after(&delegated), Some(Some(AccessType::GraphDelegated)));
        let kept = Standing { own_access: Some(AccessType::EwsAppOnly), access_of_organization: AccessType::GraphAppOnly, ..ON_EWS };
        assert_eq!((switch.effect(&kept, NOW), switch.access_after(&kept)), (Effect::Changes, Some(None)), "as its organization by then");
        for mailbox in MailboxStatus::ALL {
            for at_once in [false, true] {
                let there = Standing { mailbox, ..ON_GRAPH };
                assert_eq!(
                    Action::Switch { at_once, not_ready: false }.effect(&there, NOW),
                    Effect::Nothing,
                    "{mailbox:?} over Graph already"
                );
            }
        }
    }

    #[test]
    fn whoever_is_not_ready_is_switched_only_where_that_is_meant() {
        let guest = Standing { eligibility: Eligibility::Guest, ..ON_EWS };
        assert_eq!(Action::Switch { at_once: true, not_ready: false }.effect(&guest, NOW), Effect::Refused(Reason::NotReady));
        assert_eq!(Action::Switch { at_once: false, not_ready: true }.effect(&guest, NOW), Effect::Changes);
    }

    #[test]
    fn nobody_comes_from_ews_to_graph_but_by_a_switch() {
        let graph = Action::SetAccess { access: Some(AccessType::GraphDelegated) };
        assert_eq!(graph.effect(&ON_EWS, NOW), Effect::Refused(Reason::MustSwitch));
        let kept = Standing { own_access: Some(AccessType::EwsAppOnly), ..ON_GRAPH };
        assert_eq!(Action::SetAccess { access: None }.effect(&kept, NOW), Effect::Refused(Reason::MustSwitch));
        assert_eq!(graph.effect(&ON_GRAPH, NOW), Effect::Changes, "that one is over Graph already");
        assert_eq!(ON_EWS.own_access_in(AccessType::GraphAppOnly), Some(AccessType::EwsAppOnly), "moved, it stays on EWS");
        assert_eq!(ON_EWS.own_access_in(AccessType::EwsDelegated), None);
        assert_eq!(ON_GRAPH.own_access_in(AccessType::EwsAppOnly), None);
    }

    #[test]
    fn there_is_no_way_back_to_what_is_gone() {
        assert_eq!(Action::GoBack.effect(&ON_GRAPH, NOW), Effect::Changes);
        assert_eq!(Action::GoBack.effect(&ON_GRAPH, ews::REMOVED), Effect::Refused(Reason::EwsRemoved));
        let ews = Action::SetAccess { access: Some(AccessType::EwsDelegated) };
        assert_eq!(ews.effect(&ON_GRAPH, ews::REMOVED), Effect::Refused(Reason::EwsRemoved));
    }

    #[test]
    fn a_session_is_brought_forward_once_a_minute_and_only_where_there_can_be_one() {
        assert_eq!(Action::Force.effect(&ON_GRAPH, NOW), Effect::Changes);
        let forced = Standing { forced: Some(NOW), ..ON_GRAPH };
        assert_eq!(Action::Force.effect(&forced, NOW.after(Duration::from_secs(59))), Effect::Refused(Reason::ForcedJustNow));
        assert_eq!(Action::Force.effect(&forced, NOW.after(BETWEEN_FORCED)), Effect::Changes);
        assert_eq!(Action::Force.effect(&ON_EWS, NOW), Effect::Refused(Reason::UsesEws));
        let own = Standing { access_of_organization: AccessType::GraphDelegated, ..ON_GRAPH };
        assert_eq!(Action::Force.effect(&own, NOW), Effect::Refused(Reason::UsersMustSignIn));
        assert_eq!(Action::Force.effect(&Standing { connected: true, ..own }, NOW), Effect::Changes);
        let off = Standing { sync_of_organization: SyncStatus::Disabled, ..ON_GRAPH };
        assert_eq!(Action::Force.effect(&off, NOW), Effect::Refused(Reason::SyncDisabled));
    }

    #[test]
    fn an_initialized_mailbox_is_removed_by_force_only_and_nobody_leaves_during_a_run() {
        assert_eq!(Action::Remove { force: false }.effect(&ON_GRAPH, NOW), Effect::Refused(Reason::StillInitialized));
        assert_eq!(Action::Remove { force: true }.effect(&ON_GRAPH, NOW), Effect::Changes);
        let checked = Standing { run_under_way: true, ..ON_GRAPH };
        for action in [Action::Remove { force: true }, Action::Move { to: OrganizationId(2) }] {
            assert_eq!(action.effect(&checked, NOW), Effect::Refused(Reason::RunUnderWay));
        }
        assert_eq!(Action::Move { to: OrganizationId(1) }.effect(&checked, NOW), Effect::Nothing);
    }
}
