//! Asks one mailbox of a user whether it answers.

use rollcall_core::address::Seen;
use rollcall_core::id::UserId;
use rollcall_store::mailboxes;
use serde::Deserialize;
use ts_rs::TS;

use super::describe::{self, MailboxesView};
use super::subject::Subject;
use super::tokens;
use crate::desk::Desk;
use crate::error::{Error, Result};
use crate::job::Job;

/// An address of a user.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct MailboxRef {
    pub user: UserId,
    pub address: String,
}

/// # Errors
/// `NotNow` where it can't be asked; `NotFound`; those of the network.
pub async fn check(desk: &Desk, ask: MailboxRef, job: &Job) -> Result<MailboxesView> {
    let subject = desk.read(move |conn| Subject::read(conn, ask.user)).await?;
    let at = subject.place(&ask.address)?;
    let subject = checked(desk, &subject, at, job).await?.0;
    describe::view(desk, subject).await
}

/// Asks the mailbox at a place among the user's addresses, and keeps what it answers with each address of that mailbox.
pub(super) async fn checked(desk: &Desk, subject: &Subject, at: usize, job: &Job) -> Result<(Subject, Seen)> {
    let one = subject.addresses.get(at).ok_or_else(|| Error::not_found("the user has no such address"))?;
    let (account, user) = (one.account, subject.row.user.id);
    let seen = tokens::ask(desk, subject, subject.account(one), &job.stop).await?;
    let kept = seen.clone();
    let subject = desk
        .write(move |tx| {
            let mut subject = Subject::read(tx, user)?;
            for one in subject.addresses.iter_mut().filter(|one| one.account == account) {
                one.seen = Some(kept.clone());
            }
            mailboxes::set_addresses(tx, user, &subject.addresses)?;
            Ok(subject)
        })
        .await?;
    Ok((subject, seen))
}
