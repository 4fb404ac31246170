//! Says what an address of a user is used for.

use rollcall_core::address::{self, AddressChange, Connection, MailboxAddress};
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
    let (_, one) = subject.named(&ask.address)?;
    let connection = describe::connection_of(desk, &subject, one).await;
    let now = desk.now();
    let subject = desk
        .write(move |tx| {
            // From how everything stands by now: another change may have come between.
            let subject = Subject::read(tx, ask.user)?;
            let (one, addresses) = match after(&subject, &ask, connection) {
                Ok(after) => after,
                Err(error) => return Ok(Err(error)),
            };
            if addresses == subject.addresses {
                return Ok(Ok(subject));
            }
            mailboxes::set_addresses(tx, ask.user, &addresses)?;
            let what = Happening::MailboxSet { address: one.clone(), change: ask.change };
            subject.tell(tx, "mailboxes.change", Told::after(what, told(&one, ask.change)), now)?;
            Subject::read(tx, ask.user).map(Ok)
        })
        .await??;
    describe::view(desk, subject).await
}

/// The address that is changed, and all of the user's after it.
fn after(subject: &Subject, ask: &ChangeMailbox, connection: Connection) -> Result<(String, Vec<MailboxAddress>)> {
    let (at, one) = subject.named(&ask.address)?;
    if subject.is_migrating() {
        return Err(Error::not_now(Reason::MigrationUnderWay));
    }
    address::may_change(one, ask.change, connection).map_err(Error::not_now)?;
    Ok((one.address.clone(), address::changed(subject.addresses.clone(), at, ask.change)))
}

fn told(address: &str, change: AddressChange) -> String {
    let state = |on| if on { "on" } else { "off" };
    match change {
        AddressChange::Sync { on } => format!("{address}: sync {}", state(on)),
        AddressChange::Send { on } => format!("{address}: send {}", state(on)),
        AddressChange::Default => format!("{address}: default"),
    }
}
