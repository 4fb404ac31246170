//! An organization whose users sign in to Outreach, and one of them who works with several mailboxes.

use std::sync::Arc;
use std::time::Duration;

use rollcall_core::address::AddressChange;
use rollcall_core::id::{IntegrationId, ObjectId, OrganizationId, UserId};
use rollcall_core::integration::Preset;
use rollcall_core::organization::AccessType;
use rollcall_core::rules::Reason;
use rollcall_identity::vault::SecretName;
use rollcall_ops::error::Result;
use rollcall_ops::job::Job;
use rollcall_ops::mailboxes::change::{ChangeMailbox, change};
use rollcall_ops::mailboxes::check::MailboxRef;
use rollcall_ops::mailboxes::connect::{ConnectMailbox, connect};
use rollcall_ops::mailboxes::describe::{MailboxesOf, MailboxesView, describe};
use rollcall_ops::mailboxes::migrate::{MigrateMailbox, MigrationAct, migrate};
use rollcall_ops::mailboxes::secondary::add;
use rollcall_sandbox::FaultPlan;
use rollcall_sandbox::browser::Person;
use rollcall_store::users::UserFilter;
use rollcall_tests::{Keychain, Rehearsal, Scene, at_the_browser};

/// Healthy, enabled, and nobody's secondary mailbox but the one that it becomes here.
pub const OUTBOUND: &str = "plain.user@contoso.example";

/// An organization of Outreach whose consent is given, and one of its users: one with another primary address than the principal name.
pub struct Company {
    pub rehearsal: Rehearsal,
    pub organization: OrganizationId,
    pub integration: IntegrationId,
    pub user: UserId,
    pub account: ObjectId,
    pub upn: String,
    pub mail: String,
}

impl Company {
    pub async fn new() -> Self {
        Self::at(Duration::ZERO).await
    }

    /// Far away from Graph, by so much.
    pub async fn at(latency: Duration) -> Self {
        let rehearsal = Rehearsal::on(Scene { users: 120, faults: FaultPlan::none(), latency, ..Scene::default() }).await;
        rehearsal.sign_in().await.unwrap();
        let created = rehearsal.organization_of("outreach", Preset::Outreach, AccessType::GraphDelegated).await;
        let (organization, integration) = (created.id, created.integration);
        rehearsal.import(organization).await.unwrap();
        rehearsal.grant_as(organization, Person::Admin).await.unwrap();
        let everybody = rehearsal.found(UserFilter { organization: Some(organization), ..UserFilter::default() }).await;
        let row = everybody
            .into_iter()
            .find(|row| {
                let directory = &row.user.directory;
                directory.enabled && directory.mail.as_ref().is_some_and(|mail| *mail != directory.upn) && !directory.aliases.is_empty()
            })
            .expect("somebody has another primary address than principal name, and an alias");
        let directory = row.user.directory;
        let (account, mail) = (directory.object_id, directory.mail.unwrap());
        Self { rehearsal, organization, integration, user: row.user.id, account, upn: directory.upn, mail }
    }

    /// Whether the keychain holds the user's token.
    pub async fn holds_token(&self) -> bool {
        self.rehearsal.vault.get(SecretName::User(self.integration, self.account)).await.unwrap().is_some()
    }

    /// The same after Rollcall was closed and opened again.
    pub fn restarted(self) -> Self {
        Self { rehearsal: self.rehearsal.restarted(), ..self }
    }

    /// The same after a restart, with all that was secret in a keychain.
    pub async fn with_keychain(self, accounts: &[ObjectId]) -> (Self, Arc<Keychain>) {
        let names = accounts.iter().map(|account| SecretName::User(self.integration, *account));
        let names = names.chain([SecretName::Refresh(self.rehearsal.tenant.id)]).collect::<Vec<_>>();
        let (rehearsal, keychain) = self.rehearsal.with_keychain(names).await;
        (Self { rehearsal, ..self }, keychain)
    }

    pub async fn view(&self) -> MailboxesView {
        describe(&self.rehearsal.desk, MailboxesOf { user: self.user }, &Job::quiet()).await.unwrap()
    }

    pub async fn connect_as(&self, address: Option<&str>, upn: &str) -> Result<MailboxesView> {
        let ask = ConnectMailbox { user: self.user, address: address.map(str::to_owned) };
        Box::pin(connect(&self.rehearsal.desk, ask, &at_the_browser(Person::Upn(upn.to_owned())))).await
    }

    pub async fn set(&self, address: &str, to: AddressChange) -> Result<MailboxesView> {
        let ask = ChangeMailbox { user: self.user, address: address.to_owned(), change: to };
        change(&self.rehearsal.desk, ask, &Job::quiet()).await
    }

    pub async fn add(&self, address: &str) -> Result<MailboxesView> {
        add(&self.rehearsal.desk, self.named(address), &Job::quiet()).await
    }

    pub fn named(&self, address: &str) -> MailboxRef {
        MailboxRef { user: self.user, address: address.to_owned() }
    }

    pub async fn migrate(&self, act: MigrationAct) -> Result<MailboxesView> {
        Box::pin(migrate(&self.rehearsal.desk, MigrateMailbox { user: self.user, act }, &Job::quiet())).await
    }

    /// Connected, sync and send on for the primary address, another mailbox named: what a migration begins from.
    pub async fn ready_to_migrate(&self) {
        self.connect_as(None, &self.upn).await.unwrap();
        for change in [AddressChange::Sync { on: true }, AddressChange::Send { on: true }] {
            self.set(&self.mail, change).await.unwrap();
        }
        self.add(OUTBOUND).await.unwrap();
    }

    pub fn begin(&self) -> MigrationAct {
        MigrationAct::Begin { to: OUTBOUND.to_owned(), add_in: "2.4.1".to_owned(), minimum: "2.4".to_owned() }
    }
}

pub fn reason<T>(refused: Result<T>) -> Option<Reason> {
    refused.err().and_then(|error| error.reason)
}
