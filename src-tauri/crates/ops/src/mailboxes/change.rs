//! Says what an address of a user is used for.

use rollcall_core::address::{self, AddressChange};
use rollcall_core::id::UserId;
use rollcall_core::rules::Reason;
use rollcall_core::timeline::Happening;
use rollcall_store::mailboxes;
use serde::Deserialize;
use ts_rs::TS;

use super::describe::{self, MailboxesView};
use super::subject::{Subject, Told};
use crate::desk::Desk;
use crate::error::{Error, Result};
use crate::job::Job;

/// A change of one address.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct ChangeMailbox {
    pub user: UserId,
    pub address: String,
    pub change: AddressChange,
}

/// Changes nothing at the vendor, whose switches Graph doesn't show: it is the note of them, which a migration begins from.
///
/// # Errors
/// `NotNow` while the mailbox isn't connected, for the default one, or during a migration; `NotFound`.
pub async fn change(desk: &Desk, ask: ChangeMailbox, _job: &Job) -> Result<MailboxesView> {
    let subject = desk.read(move |conn| Subject::read(conn, ask.user)).await?;
    let at = subject.place(&ask.address)?;
    let one = subject.addresses.get(at).ok_or_else(|| Error::not_found("the user has no such address"))?.clone();
    if subject.is_migrating() {
        return Err(Error::not_now(Reason::MigrationUnderWay));
    }
    let connection = describe::connection_of(desk, &subject, &one).await;
    address::may_change(&one, ask.change, connection).map_err(Error::not_now)?;
    let (now, addresses) = (desk.now(), address::changed(subject.addresses.clone(), at, ask.change));
    if addresses == subject.addresses {
        return describe::view(desk, subject).await;
    }
    let subject = desk
        .write(move |tx| {
            mailboxes::set_addresses(tx, ask.user, &addresses)?;
            let what = Happening::MailboxSet { address: one.address.clone(), change: ask.change };
            subject.tell(tx, "mailboxes.change", Told::after(what, told(&one.address, ask.change)), now)?;
            Subject::read(tx, ask.user)
        })
        .await?;
    describe::view(desk, subject).await
}

fn told(address: &str, change: AddressChange) -> String {
    let state = |on| if on { "on" } else { "off" };
    match change {
        AddressChange::Sync { on } => format!("{address}: sync {}", state(on)),
        AddressChange::Send { on } => format!("{address}: send {}", state(on)),
        AddressChange::Default => format!("{address}: default"),
    }
}
