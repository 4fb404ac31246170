//! A user with all that the verbs on mailboxes need to know.

use rollcall_core::address::{self, MailboxAddress};
use rollcall_core::id::{ObjectId, UserId};
use rollcall_core::integration::Integration;
use rollcall_core::migration::Migration;
use rollcall_core::organization::Organization;
use rollcall_core::tenant::Tenant;
use rollcall_core::time::Timestamp;
use rollcall_core::timeline::Happening;
use rollcall_store::journal::{self, Entry, Outcome};
use rollcall_store::mailboxes::{self, SignIn};
use rollcall_store::users::{self, UserRow};
use rollcall_store::{Connection, StoreError, Transaction, integrations, organizations, tenants, timeline};

use super::tokens::scopes_of;
use crate::error::{Error, Result};

/// A user, its mailboxes, and where it belongs.
#[derive(Clone)]
pub(super) struct Subject {
    pub row: UserRow,
    pub addresses: Vec<MailboxAddress>,
    pub sign_ins: Vec<SignIn>,
    pub migration: Option<Migration>,
    pub organization: Organization,
    pub integration: Integration,
    pub tenant: Tenant,
}

impl Subject {
    pub fn read(conn: &Connection, user: UserId) -> std::result::Result<Self, StoreError> {
        let row = users::get(conn, user)?;
        let organization = organizations::get(conn, row.user.organization)?;
        let integration = integrations::get(conn, organization.integration)?;
        Ok(Self {
            addresses: address::discover(&row.user.directory, &mailboxes::addresses(conn, user)?),
            sign_ins: mailboxes::sign_ins(conn, user)?,
            migration: mailboxes::migration(conn, user)?,
            tenant: tenants::get(conn, organization.tenant)?,
            row,
            organization,
            integration,
        })
    }

    /// Where an address stands among the user's.
    ///
    /// # Errors
    /// `NotFound`.
    pub fn place(&self, address: &str) -> Result<usize> {
        address::position(&self.addresses, address).ok_or_else(|| Error::not_found("the user has no such address"))
    }

    /// An address of the user, and where it stands.
    ///
    /// # Errors
    /// `NotFound`.
    pub fn named(&self, address: &str) -> Result<(usize, &MailboxAddress)> {
        let at = self.place(address)?;
        self.addresses.get(at).map(|one| (at, one)).ok_or_else(|| Error::not_found("the user has no such address"))
    }

    /// Whether steps of a migration are open.
    pub fn is_migrating(&self) -> bool {
        self.migration.as_ref().is_some_and(|migration| migration.current().is_some())
    }

    /// The account that an address belongs to.
    pub fn account(&self, address: &MailboxAddress) -> ObjectId {
        address.account.unwrap_or(self.row.user.directory.object_id)
    }

    /// The sign-in for an account to the organization's integration.
    pub fn sign_in(&self, account: ObjectId) -> Option<&SignIn> {
        self.sign_ins.iter().find(|known| known.account == account && known.integration == self.integration.id)
    }

    /// The permissions that the integration asks of a user who signs in.
    pub fn scopes(&self) -> Vec<String> {
        scopes_of(&self.organization, &self.integration)
    }

    /// Writes down what happened: in the user's timeline, and in the journal.
    pub fn tell(&self, tx: &Transaction<'_>, action: &str, told: Told, now: Timestamp) -> std::result::Result<(), StoreError> {
        let actor = self.tenant.admin();
        let by = Some(actor.as_str()).filter(|actor| !actor.is_empty());
        timeline::note(tx, &[self.row.user.id], &told.what, by, now)?;
        let entry = Entry {
            at: now,
            actor: actor.clone(),
            tenant: Some(self.tenant.id),
            action: action.to_owned(),
            target: self.row.user.directory.upn.clone(),
            before: told.before,
            after: told.after,
            request_id: told.request_id,
            outcome: Outcome::Done,
        };
        journal::append(tx, &entry).map(|_| ())
    }
}

/// What is written down of an action.
pub(super) struct Told {
    pub what: Happening,
    pub before: Option<String>,
    pub after: Option<String>,
    pub request_id: Option<String>,
}

impl Told {
    /// What happened, and what is so after it.
    pub fn after(what: Happening, after: impl Into<String>) -> Self {
        Self { what, before: None, after: Some(after.into()), request_id: None }
    }
}
