//! Has a user sign in to the integration on this workstation, so that its mailbox can be read with its own token; and ends that again.

use std::sync::Arc;

use rollcall_core::id::UserId;
use rollcall_core::organization::AccessType;
use rollcall_core::rules::{May, Reason};
use rollcall_core::timeline::Happening;
use rollcall_identity::sign_in::{self as identity, SignIn};
use rollcall_identity::vault::SecretName;
use rollcall_store::mailboxes;
use serde::Deserialize;
use ts_rs::TS;

use super::describe::{self, MailboxesView};
use super::subject::{Subject, Told};
use super::tokens;
use crate::browser::{self, PATIENCE};
use crate::connection::{self, Delegated};
use crate::desk::Desk;
use crate::error::{Code, Error, Result};
use crate::job::{AtBrowser, Job, Progress};

/// The mailbox that somebody signs in for.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct ConnectMailbox {
    pub user: UserId,
    /// A secondary mailbox; the user's own where absent.
    #[serde(default)]
    #[ts(optional = nullable)]
    pub address: Option<String>,
}

/// May somebody sign in for a mailbox that is reached in this way?
///
/// # Errors
/// The reason, when not.
pub(super) const fn may_connect(access: AccessType) -> May {
    match access {
        AccessType::GraphDelegated => Ok(()),
        AccessType::GraphAppOnly => Err(Reason::NobodySignsIn),
        AccessType::EwsAppOnly | AccessType::EwsDelegated => Err(Reason::UsesEws),
    }
}

/// The account that signs in has to be the mailbox's own: its token opens no other one.
///
/// # Errors
/// `NotNow` where nobody signs in; `WrongAccount`, and then nothing is kept; `NotFound`; the sign-in codes; those of the network.
pub async fn connect(desk: &Desk, ask: ConnectMailbox, job: &Job) -> Result<MailboxesView> {
    let subject = desk.read(move |conn| Subject::read(conn, ask.user)).await?;
    may_connect(subject.row.effective_access).map_err(Error::not_now)?;
    let at = ask.address.as_deref().map_or(Ok(0), |address| subject.place(address))?;
    let address = subject.addresses.get(at).ok_or_else(|| Error::not_found("the user has no address"))?.clone();
    let account = subject.account(&address);

    let authority = connection::authority(&subject.tenant)?;
    let scopes = subject.scopes();
    let hint = if address.account.is_some() { &address.address } else { &subject.row.user.directory.upn };
    let question = SignIn {
        authority: &authority,
        client_id: subject.integration.client_id,
        scopes: &scopes,
        login_hint: Some(hint),
        limit: PATIENCE,
    };
    browser::tell_unless_kept(desk, job).await;
    let present = browser::present(desk, AtBrowser::SignIn, job);
    let tokens = Box::pin(identity::sign_in(&desk.wire, question, present, &job.stop, &desk.steady)).await?;
    if tokens.account.object_id != account {
        return Err(Error::new(Code::WrongAccount, format!("{} signed in, not {account}", tokens.account.object_id)));
    }
    let Some(refresh) = tokens.refresh else {
        return Err(Error::new(Code::SignInRefused, "Entra sent no refresh token; the integration must be allowed offline_access"));
    };
    job.tell(Progress::ReadingBack);
    let open =
        Delegated::open_for(desk, &subject.tenant, &subject.integration, account, &scopes, refresh.clone(), Some(tokens.access.clone()))?;
    let seen = tokens::probe(desk, &open.graph, account, &job.stop).await?;

    let key = (subject.integration.id, account);
    let before = desk.as_users().get(&key).cloned();
    let goes_on = match before {
        Some(before) => before.sign_in_again(&scopes, refresh.clone(), Some(tokens.access)).await,
        None => false,
    };
    connection::keep(desk, SecretName::User(key.0, key.1), refresh.reveal()).await;
    if !goes_on {
        desk.as_users().insert(key, Arc::new(open));
    }
    let now = desk.now();
    let subject = desk
        .write(move |tx| {
            let mut subject = Subject::read(tx, ask.user)?;
            let sign_in = mailboxes::SignIn { account, integration: key.0, since: now, need: None };
            mailboxes::note_sign_in(tx, ask.user, &sign_in)?;
            for one in subject.addresses.iter_mut().filter(|one| one.account == address.account) {
                one.seen = Some(seen.clone());
            }
            mailboxes::set_addresses(tx, ask.user, &subject.addresses)?;
            let told = Told {
                request_id: seen.request_id.clone(),
                ..Told::after(Happening::Connected { address: address.address.clone() }, address.address.clone())
            };
            subject.tell(tx, "mailboxes.connect", told, now)?;
            Subject::read(tx, ask.user)
        })
        .await?;
    describe::view(desk, subject).await
}

/// Takes the token out of the keychain. What was consented to stays: that is the tenant's, not this computer's.
///
/// # Errors
/// `NotFound`; `Keychain` when the token may still be there, though it isn't used any more.
pub async fn disconnect(desk: &Desk, ask: ConnectMailbox, _job: &Job) -> Result<MailboxesView> {
    let subject = desk.read(move |conn| Subject::read(conn, ask.user)).await?;
    let at = ask.address.as_deref().map_or(Ok(0), |address| subject.place(address))?;
    let address = subject.addresses.get(at).ok_or_else(|| Error::not_found("the user has no address"))?.clone();
    let account = subject.account(&address);
    let now = desk.now();
    let subject = desk
        .write(move |tx| {
            let subject = Subject::read(tx, ask.user)?;
            if subject.sign_in(account).is_some() {
                mailboxes::forget_sign_in(tx, ask.user, account)?;
                let what = Happening::Disconnected { address: address.address.clone() };
                subject.tell(tx, "mailboxes.disconnect", Told::after(what, address.address), now)?;
            }
            Subject::read(tx, ask.user)
        })
        .await?;
    tokens::drop_discarded(desk).await?;
    describe::view(desk, subject).await
}
