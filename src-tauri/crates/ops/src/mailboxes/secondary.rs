//! Puts another mailbox on a user's list, or takes it off. Which ones a user works with no directory says: the admin names them, and
//! Graph says whether there is such a mailbox.

use rollcall_core::address::{self, AddressKind, MailboxAddress};
use rollcall_core::rules::Reason;
use rollcall_core::timeline::Happening;
use rollcall_graph::named;
use rollcall_store::{cursors, mailboxes};

use super::check::{self, MailboxRef};
use super::describe::{self, MailboxesView};
use super::subject::{Subject, Told};
use super::tokens;
use crate::connection;
use crate::desk::Desk;
use crate::error::{Error, Result};
use crate::job::Job;

/// It is asked at once, where somebody can ask it: what it answers stands beside it.
///
/// # Errors
/// `NotFound` where nobody in the directory has that address; `InvalidInput` where it is the user's own, on the list, or several
/// people's; `NotSignedIn`; those of the network.
pub async fn add(desk: &Desk, ask: MailboxRef, job: &Job) -> Result<MailboxesView> {
    let subject = desk.read(move |conn| Subject::read(conn, ask.user)).await?;
    let wanted = ask.address.trim().to_owned();
    if !wanted.contains('@') {
        return Err(Error::input("address", "it is not an e-mail address"));
    }
    let graph = connection::delegated(desk, subject.tenant.id).await?;
    let mut found = named::by_address(&graph, &wanted, &job.stop).await?;
    let person = match (found.pop(), found.is_empty()) {
        (None, _) => return Err(Error::not_found("nobody in the directory has this address")),
        (Some(_), false) => return Err(Error::input("address", "several people in the directory have it")),
        (Some(person), true) => person,
    };
    let secondary = MailboxAddress {
        address: person.mail.clone().unwrap_or_else(|| person.upn.clone()),
        kind: AddressKind::Secondary,
        account: Some(person.object_id),
        sync: false,
        send: false,
        default: false,
        seen: None,
    };
    let on_list = [&wanted, &secondary.address].into_iter().any(|address| address::position(&subject.addresses, address).is_some());
    if on_list || person.object_id == subject.row.user.directory.object_id {
        return Err(Error::input("address", "it is on the user's list already"));
    }
    let now = desk.now();
    let subject = desk
        .write(move |tx| {
            let mut subject = Subject::read(tx, ask.user)?;
            subject.addresses.push(secondary.clone());
            mailboxes::set_addresses(tx, ask.user, &subject.addresses)?;
            let what = Happening::MailboxAdded { address: secondary.address.clone() };
            subject.tell(tx, "mailboxes.add", Told::after(what, secondary.address), now)?;
            Ok(subject)
        })
        .await?;
    let last = subject.addresses.len().saturating_sub(1);
    match check::checked(desk, &subject, last, job).await {
        Ok((subject, _)) => describe::view(desk, subject).await,
        // It is named all the same; that it was not asked is what the list says.
        Err(_) => describe::view(desk, subject).await,
    }
}

/// Its sign-in goes with it.
///
/// # Errors
/// `NotNow` while it is the default or the user is being migrated; `InvalidInput` for an address of the user's own mailbox;
/// `NotFound`.
pub async fn remove(desk: &Desk, ask: MailboxRef, _job: &Job) -> Result<MailboxesView> {
    let subject = desk.read(move |conn| Subject::read(conn, ask.user)).await?;
    let one = subject.named(&ask.address)?.1.clone();
    let Some(account) = one.account else {
        return Err(Error::input("address", "it belongs to the user's own mailbox, as the directory says"));
    };
    if subject.is_migrating() {
        return Err(Error::not_now(Reason::MigrationUnderWay));
    }
    address::may_take_off(&one).map_err(Error::not_now)?;
    let now = desk.now();
    let subject = desk
        .write(move |tx| {
            let mut subject = Subject::read(tx, ask.user)?;
            subject.addresses.retain(|kept| kept.account != Some(account));
            mailboxes::set_addresses(tx, ask.user, &subject.addresses)?;
            mailboxes::forget_sign_in(tx, ask.user, account)?;
            cursors::forget_mailbox(tx, ask.user, account)?;
            let what = Happening::MailboxTakenOff { address: one.address.clone() };
            subject.tell(tx, "mailboxes.remove", Told { before: Some(one.address), after: None, ..Told::after(what, "") }, now)?;
            Subject::read(tx, ask.user)
        })
        .await?;
    tokens::drop_after_removal(desk).await;
    describe::view(desk, subject).await
}
