//! Describes a user's mailboxes: the addresses, whether each is connected, and how far a migration is.

use rollcall_core::address::{self, AddressMay, Connection, MailboxAddress, Seen, SignInNeed};
use rollcall_core::id::UserId;
use rollcall_core::integration::Integration;
use rollcall_core::migration::{MigrationStep, Tick, Version};
use rollcall_core::organization::AccessType;
use rollcall_core::presets;
use rollcall_core::rules::Reason;
use rollcall_core::tenant::{Cloud, Tenant};
use rollcall_core::time::Timestamp;
use rollcall_identity::vault::SecretName;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::connect;
use super::subject::Subject;
use crate::connection;
use crate::desk::Desk;
use crate::error::Result;
use crate::job::Job;

/// The user meant.
#[derive(Debug, Clone, Copy, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct MailboxesOf {
    pub user: UserId,
}

/// A user's mailboxes.
#[derive(Debug, Clone, Serialize, TS)]
pub struct MailboxesView {
    pub user: UserId,
    pub upn: String,
    /// How the integration reaches them.
    pub access: AccessType,
    pub addresses: Vec<AddressView>,
    pub migration: Option<MigrationView>,
    /// When the organization's change window opens; `None` while it is open, or where there is none.
    pub window_opens: Option<Timestamp>,
    /// Who makes the integration, where that is known.
    pub vendor: Option<&'static str>,
    /// Why nobody can sign in, if so.
    pub connect: Option<Reason>,
    /// Microsoft's page that leads the user to the integration's own sign-in, where the cloud has one.
    pub link: Option<String>,
}

/// An address, and whether it is connected.
#[derive(Debug, Clone, Serialize, TS)]
pub struct AddressView {
    #[serde(flatten)]
    #[ts(flatten)]
    pub address: MailboxAddress,
    /// Whether sessions and checks read the mailbox.
    pub read: bool,
    pub connection: Connection,
    pub may: AddressMay,
}

/// A guided migration as it stands.
#[derive(Debug, Clone, Serialize, TS)]
pub struct MigrationView {
    pub from: String,
    pub to: String,
    pub add_in: Version,
    pub minimum: Version,
    pub begun: Tick,
    pub steps: Vec<StepView>,
}

/// A step of a migration.
#[derive(Debug, Clone, Serialize, TS)]
pub struct StepView {
    pub step: MigrationStep,
    /// The address that has to answer before it can be ticked off, where one has.
    pub asks: Option<String>,
    pub seen: Option<Seen>,
    pub done: Option<Tick>,
    /// Why it can't be ticked off now.
    pub tick: Option<Reason>,
}

/// # Errors
/// `NotFound`.
pub async fn describe(desk: &Desk, ask: MailboxesOf, _job: &Job) -> Result<MailboxesView> {
    let subject = desk.read(move |conn| Subject::read(conn, ask.user)).await?;
    view(desk, subject).await
}

pub(super) async fn view(desk: &Desk, subject: Subject) -> Result<MailboxesView> {
    let now = desk.now();
    let mut addresses = Vec::with_capacity(subject.addresses.len());
    for address in &subject.addresses {
        let connection = connection_of(desk, &subject, address).await;
        let may = address::may(address, connection, subject.is_migrating());
        let read = address::is_read(&subject.addresses, address.account);
        addresses.push(AddressView { address: address.clone(), read, connection, may });
    }
    Ok(MailboxesView {
        user: subject.row.user.id,
        upn: subject.row.user.directory.upn.clone(),
        access: subject.row.effective_access,
        addresses,
        migration: migration(&subject),
        window_opens: subject.organization.window.as_ref().and_then(|window| window.opens(now)),
        vendor: presets::describe(subject.integration.preset).vendor,
        connect: connect::may_connect(subject.row.effective_access).err(),
        link: link(&subject.tenant, &subject.integration),
    })
}

/// Whether an address is connected: what was noted, and whether the token is there.
pub(super) async fn connection_of(desk: &Desk, subject: &Subject, address: &MailboxAddress) -> Connection {
    match subject.row.effective_access {
        AccessType::GraphAppOnly => return Connection::ByApplication,
        AccessType::EwsAppOnly | AccessType::EwsDelegated => return Connection::OverEws,
        AccessType::GraphDelegated => {}
    }
    let account = subject.account(address);
    let Some(sign_in) = subject.sign_in(account) else { return Connection::NotConnected };
    if let Some(need) = sign_in.need {
        return Connection::SignInNeeded { need };
    }
    let name = SecretName::User(subject.integration.id, account);
    if connection::is_kept(desk, name).await {
        Connection::Connected { since: sign_in.since }
    } else {
        Connection::SignInNeeded { need: SignInNeed::TokenMissing }
    }
}

fn migration(subject: &Subject) -> Option<MigrationView> {
    let migration = subject.migration.as_ref()?;
    let steps = migration.steps.iter().map(|state| StepView {
        step: state.step,
        asks: migration.asked_by(state.step).map(str::to_owned),
        seen: state.seen.clone(),
        done: state.done.clone(),
        tick: migration.may_tick(state.step).err(),
    });
    Some(MigrationView {
        from: migration.from.clone(),
        to: migration.to.clone(),
        add_in: migration.add_in.clone(),
        minimum: migration.minimum.clone(),
        begun: migration.begun.clone(),
        steps: steps.collect(),
    })
}

/// The *user access URL* of an enterprise application ("Properties of an enterprise application"): it leads to the application's own
/// sign-in, where it has one. The global cloud alone is known to have it.
fn link(tenant: &Tenant, integration: &Integration) -> Option<String> {
    let directory = tenant.identity.as_ref().filter(|_| tenant.cloud == Cloud::Global)?.directory_id;
    Some(format!("https://myapps.microsoft.com/signin/{}?tenantId={directory}", integration.client_id))
}
