//! With whose token each mailbox of a run is asked: the integration's own, or that of its user, who has signed in to it.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use rollcall_core::id::{ObjectId, OrganizationId, UserId};
use rollcall_core::issue::Cause;
use rollcall_core::organization::AccessType;
use rollcall_core::workload::Workload;
use rollcall_graph::gate::Gate;
use rollcall_store::mailboxes::Reached;
use rollcall_store::{integrations, mailboxes, organizations, users};
use tokio_util::sync::CancellationToken;

use super::plan::{covered, mostly};
use super::queue::Waiting;
use crate::connection::{self, Connected, Delegated};
use crate::desk::Desk;
use crate::error::Result;
use crate::mailboxes::tokens::SignIns;

/// Whose tokens there are for a run; all go through the tenant's gate.
pub(super) struct Reach<'a> {
    gate: Arc<Gate>,
    /// Whether most of the users sign in.
    by_user: bool,
    /// Those with whom it is the other way round, and what is asked of them.
    otherwise: HashSet<UserId>,
    of_them: Vec<(Workload, Option<Cause>)>,
    application: Option<Connected>,
    /// Who has signed in for the own mailbox, and doesn't have to again.
    connected: HashSet<UserId>,
    /// Of whom another mailbox is asked than their own, or several, one after the other.
    read_otherwise: HashMap<UserId, Vec<Reached>>,
    sign_ins: SignIns<'a>,
}

/// How a probe is asked.
pub(super) enum Way<'a> {
    Application(&'a Connected),
    /// With the token of the mailbox's account, which is to be opened.
    User,
    /// It isn't, and why.
    Unasked(Cause),
}

impl<'a> Reach<'a> {
    /// Connects as the users of an organization are reached.
    ///
    /// # Errors
    /// Those of [`connection::anew`] where anybody is asked in the integration's own name.
    pub async fn of(desk: &'a Desk, id: OrganizationId, stop: &CancellationToken) -> Result<Self> {
        let (organization, integration, own, ways) = desk
            .read(move |conn| {
                let organization = organizations::get(conn, id)?;
                let integration = integrations::get(conn, organization.integration)?;
                Ok((organization, integration, users::own_access(conn, id)?, users::ways(conn, id)?))
            })
            .await?;
        let by_user = mostly(&organization, ways) == AccessType::GraphDelegated;
        let other = if by_user { AccessType::GraphAppOnly } else { AccessType::GraphDelegated };
        let of_them = covered(&organization, &integration, other);
        let otherwise: HashSet<UserId> = own.into_iter().filter(|(_, access)| *access == other).map(|(user, _)| user).collect();
        // Of a run whose users have all left since, the rest is asked as it was begun.
        let in_own_name = ways.app_only || !by_user && !ways.delegated;
        let application = if in_own_name { Some(connection::anew(desk, id, stop).await?) } else { None };
        let (mut connected, mut read_otherwise) =
            desk.read(move |conn| Ok((mailboxes::connected(conn, id)?, mailboxes::read_otherwise(conn, id)?))).await?;
        // Those that can't be asked come last, so that they hide nothing that is wrong with another.
        read_otherwise.values_mut().for_each(|all| all.sort_by_key(|reached| !reached.signed_in));
        connected.retain(|user| by_user != otherwise.contains(user));
        let sign_ins = SignIns::of(desk, &organization).await?;
        let (gate, connected) = (desk.gate(organization.tenant)?, connected.into_iter().collect());
        Ok(Self { gate, by_user, otherwise, of_them, application, connected, read_otherwise, sign_ins })
    }

    /// The gate that everything passes.
    pub fn gate(&self) -> &Arc<Gate> {
        &self.gate
    }

    /// Whether each mailbox is asked by itself, with a token of its own.
    pub fn is_one_by_one(&self) -> bool {
        self.application.is_none()
    }

    /// How a probe is asked.
    pub fn way(&self, waiting: &Waiting) -> Way<'_> {
        let otherwise = self.otherwise.contains(&waiting.user);
        let not_covered = self.of_them.iter().find(|(workload, _)| *workload == waiting.workload).and_then(|(_, cause)| *cause);
        match (not_covered.filter(|_| otherwise), &self.application) {
            (Some(cause), _) => Way::Unasked(cause),
            (None, Some(connected)) if self.by_user == otherwise => Way::Application(connected),
            (None, _) if self.signed_in(waiting) => Way::User,
            (None, _) => Way::Unasked(Cause::NeedsUserSignIn),
        }
    }

    fn signed_in(&self, waiting: &Waiting) -> bool {
        match self.reached(waiting) {
            Some(reached) => reached.signed_in,
            None => self.connected.contains(&waiting.user),
        }
    }

    /// The mailbox that a probe is for, where it is of a user whose own isn't all that is asked.
    fn reached(&self, waiting: &Waiting) -> Option<&Reached> {
        self.read_otherwise.get(&waiting.user)?.iter().find(|reached| reached.mailbox.account == waiting.object_id)
    }

    /// The account that is asked first for a user.
    pub fn first(&self, user: UserId, own: ObjectId) -> ObjectId {
        self.read_otherwise.get(&user).and_then(|all| all.first()).map_or(own, |reached| reached.mailbox.account)
    }

    /// The account that is asked after one that has passed.
    pub fn next(&self, waiting: &Waiting) -> Option<ObjectId> {
        let mut all = self.read_otherwise.get(&waiting.user)?.iter().map(|reached| reached.mailbox.account);
        all.find(|account| *account == waiting.object_id)?;
        all.next()
    }

    /// Under which address a mailbox is the user's, where it isn't the user's own.
    pub fn address(&self, waiting: &Waiting) -> Option<String> {
        self.reached(waiting)?.mailbox.address.clone()
    }

    /// The connection of an account that is asked with its own token; `None` where that isn't at hand any more.
    ///
    /// # Errors
    /// `Keychain`.
    pub async fn open(&self, account: ObjectId) -> Result<Option<Arc<Delegated>>> {
        self.sign_ins.open(account).await
    }
}
