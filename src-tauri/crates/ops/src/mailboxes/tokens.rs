//! The tokens of users who signed in: used to ask their mailboxes, and taken out of the keychain with their sign-ins.

use std::sync::Arc;

use rollcall_core::address::{Seen, SignInNeed};
use rollcall_core::id::ObjectId;
use rollcall_core::integration::Integration;
use rollcall_core::issue::{self, Cause, Refusal};
use rollcall_core::organization::{AccessType, Organization};
use rollcall_core::permission::{PermissionType, Resource};
use rollcall_core::rules::Reason;
use rollcall_core::tenant::Tenant;
use rollcall_core::verdict::Verdict;
use rollcall_core::workload::Workload;
use rollcall_graph::batch;
use rollcall_graph::error::{GraphError, Trace};
use rollcall_graph::probe::{Answer, Probe};
use rollcall_graph::send::Graph;
use rollcall_identity::error::{IdentityError, Kind};
use rollcall_identity::secret::RefreshToken;
use rollcall_identity::vault::SecretName;
use rollcall_store::journal::{self, Entry, Outcome};
use rollcall_store::{integrations, mailboxes, tenants};
use tokio_util::sync::CancellationToken;
use tracing::warn;

use super::subject::Subject;
use crate::connection::{self, Delegated};
use crate::desk::Desk;
use crate::error::{Error, Result};

/// Who takes tokens out of the keychain, in the journal.
const BY_ITSELF: &str = "keychain";

/// Asks the mailbox of an account, as the integration reaches the user's: in its own name, or with the account's sign-in. A sign-in that
/// has run out is noted, and is an answer.
///
/// # Errors
/// `NotNow` over EWS, without the integration's secret or without a sign-in; those of the network; `Stopped`.
pub(super) async fn ask(desk: &Desk, subject: &Subject, account: ObjectId, stop: &CancellationToken) -> Result<Seen> {
    match subject.row.effective_access {
        AccessType::EwsAppOnly | AccessType::EwsDelegated => Err(Error::not_now(Reason::UsesEws)),
        AccessType::GraphAppOnly => {
            let app = connection::app_only(desk, subject.integration.id).await?;
            probe(desk, &app.graph, account, stop).await
        }
        AccessType::GraphDelegated => {
            let open = as_user(desk, subject, account).await?;
            match open.sign_in().await {
                Ok(()) => probe(desk, &open.graph, account, stop).await,
                Err(refused) => refusal(desk, subject, account, refused).await,
            }
        }
    }
}

/// Asks a mailbox for mail: the workload that every integration of this kind has.
///
/// # Errors
/// Those of the network; `Stopped`.
pub(super) async fn probe(desk: &Desk, graph: &Graph, account: ObjectId, stop: &CancellationToken) -> Result<Seen> {
    let probe = Probe { user: account, workload: Workload::Mail, attempt: 1 };
    let answers = batch::probe(graph, &[probe], desk.now(), stop).await?;
    let answer = answers.into_iter().next().map_or_else(|| Answer::Unanswered(Trace::default()), |probed| probed.answer);
    let cause = match &answer {
        Answer::Answered(_) => None,
        Answer::Refused { trace, .. } => {
            Some(issue::diagnose(Refusal { http: trace.http, code: &trace.code, message: trace.message(), permitted: true }))
        }
        Answer::Throttled { .. } => Some(Cause::Throttled),
        Answer::Unanswered(_) => Some(Cause::NoAnswer),
    };
    let trace = answer.trace();
    Ok(Seen {
        at: desk.now(),
        verdict: cause.map_or(Verdict::Passed, Cause::verdict),
        cause,
        code: Some(trace.code.clone()).filter(|code| !code.is_empty()),
        request_id: trace.request_id.clone(),
    })
}

/// The connection of an account that signed in; taken up again from the keychain after a restart.
async fn as_user(desk: &Desk, subject: &Subject, account: ObjectId) -> Result<Arc<Delegated>> {
    let unconnected = || Error::not_now(Reason::MailboxNotConnected);
    if subject.sign_in(account).ok_or_else(unconnected)?.need.is_some() {
        return Err(unconnected());
    }
    open_as(desk, &subject.tenant, &subject.integration, account, &subject.scopes()).await?.ok_or_else(unconnected)
}

/// What a refused token says: the user has to sign in again, or nothing.
async fn refusal(desk: &Desk, subject: &Subject, account: ObjectId, refused: IdentityError) -> Result<Seen> {
    if !ends_sign_in(&refused) {
        return Err(refused.into());
    }
    let (integration, number) = (subject.integration.id, refused.aadsts);
    desk.as_users().remove(&(integration, account));
    desk.write(move |tx| mailboxes::note_need(tx, integration, account, SignInNeed::Refused { number })).await?;
    let RefusedSignIn { cause, code, request_id, .. } = RefusedSignIn::of(&refused);
    Ok(Seen { at: desk.now(), verdict: cause.verdict(), cause: Some(cause), code, request_id })
}

/// A user's sign-in that the service refuses to renew, in the words of an answer that a mailbox gives.
pub(crate) struct RefusedSignIn {
    pub cause: Cause,
    pub code: Option<String>,
    pub fingerprint: String,
    pub request_id: Option<String>,
}

impl RefusedSignIn {
    pub fn of(refused: &IdentityError) -> Self {
        let cause = refused.aadsts.map_or(Cause::SignInExpired, issue::cause_of_sign_in);
        Self {
            cause,
            code: refused.aadsts.map(|number| format!("AADSTS{number}")),
            fingerprint: issue::sign_in_fingerprint(cause, refused.aadsts),
            request_id: refused.correlation_id.map(|id| id.to_string()),
        }
    }
}

/// What a call with a user's own token says of that sign-in alone; any other error is given back.
///
/// # Errors
/// The error, where it isn't about the sign-in.
pub(crate) fn of_sign_in(error: GraphError) -> std::result::Result<Box<IdentityError>, GraphError> {
    match error {
        GraphError::Bearer(source) => source.downcast::<IdentityError>().map_err(GraphError::Bearer),
        // A token that was just renewed isn't taken either.
        GraphError::Unauthorized(_) => Ok(Box::new(IdentityError {
            kind: Kind::SignInAgain,
            aadsts: None,
            correlation_id: None,
            retry_after: None,
            detail: "Graph doesn't take the user's token",
        })),
        other => Err(other),
    }
}

/// Whether a refusal to renew a user's token stays until that user signs in again.
pub(crate) const fn ends_sign_in(refused: &IdentityError) -> bool {
    match refused.kind {
        Kind::SignInAgain | Kind::ConsentMissing | Kind::PolicyBlocked | Kind::NotPermitted => true,
        Kind::Declined
        | Kind::WrongSecret
        | Kind::SecretExpired
        | Kind::AppUnknown
        | Kind::AppDisabled
        | Kind::AppMisconfigured
        | Kind::RedirectNotRegistered
        | Kind::WrongTenant
        | Kind::WrongCloud
        | Kind::ClockWrong
        | Kind::Cancelled
        | Kind::TimedOut
        | Kind::NotTrusted
        | Kind::NoListener
        | Kind::Offline
        | Kind::TlsRefused
        | Kind::Intercepted
        | Kind::Truncated
        | Kind::TryLater
        | Kind::Protocol => false,
    }
}

/// The sign-ins of an organization's users to its integration. Each is taken out of the keychain when that user's turn comes: a keychain
/// answers one call at a time, and a thousand users would wait for the last of them before the first is asked.
pub(crate) struct SignIns<'a> {
    desk: &'a Desk,
    tenant: Tenant,
    integration: Integration,
    scopes: Vec<String>,
}

impl<'a> SignIns<'a> {
    /// # Errors
    /// Those of the store.
    pub async fn of(desk: &'a Desk, organization: &Organization) -> Result<Self> {
        let integration = organization.integration;
        let (integration, tenant) = desk
            .read(move |conn| {
                let integration = integrations::get(conn, integration)?;
                let tenant = tenants::get(conn, integration.tenant)?;
                Ok((integration, tenant))
            })
            .await?;
        let scopes = scopes_of(organization, &integration);
        Ok(Self { desk, tenant, integration, scopes })
    }

    /// The connection of an account; `None` where its token isn't at hand.
    ///
    /// # Errors
    /// `Keychain`.
    pub async fn open(&self, account: ObjectId) -> Result<Option<Arc<Delegated>>> {
        open_as(self.desk, &self.tenant, &self.integration, account, &self.scopes).await
    }
}

/// The permissions that an organization's integration asks of a user who signs in.
pub(super) fn scopes_of(organization: &Organization, integration: &Integration) -> Vec<String> {
    let of_user = |kind, resource| kind == PermissionType::Delegated && resource == Resource::Graph;
    let needs = organization.needs(integration).iter();
    needs.filter(|wanted| of_user(wanted.kind, wanted.resource)).map(|wanted| wanted.name.clone()).collect()
}

/// The connection of an account; `None` where its token isn't at hand.
async fn open_as(
    desk: &Desk,
    tenant: &Tenant,
    integration: &Integration,
    account: ObjectId,
    scopes: &[String],
) -> Result<Option<Arc<Delegated>>> {
    let key = (integration.id, account);
    let open = desk.as_users().get(&key).cloned();
    if let Some(open) = open {
        // What the integration requires may have been adjusted since it was opened.
        open.ask_for(scopes).await;
        return Ok(Some(open));
    }
    let Some(refresh) = connection::secret(desk, SecretName::User(key.0, key.1)).await? else { return Ok(None) };
    let open = Delegated::open_for(desk, tenant, integration, account, scopes, RefreshToken::new(refresh), None)?;
    Ok(Some(Arc::clone(desk.as_users().entry(key).or_insert(Arc::new(open)))))
}

/// Takes the tokens out of the keychain whose sign-ins are gone, and those that couldn't be taken out before. They stay noted until they
/// are out, and the journal says what keeps them in.
///
/// # Errors
/// `Keychain`: a token may still be there.
pub(crate) async fn drop_discarded(desk: &Desk) -> Result<()> {
    let mut failed = None;
    for (integration, account) in desk.read(mailboxes::discarded).await? {
        let open = desk.as_users().remove(&(integration, account));
        if let Some(open) = open {
            open.close().await;
        }
        match connection::drop_secret(desk, SecretName::User(integration, account)).await {
            Ok(()) => desk.write(move |tx| mailboxes::token_dropped(tx, integration, account)).await?,
            Err(error) => failed = Some((account, error)),
        }
    }
    let Some((account, error)) = failed else { return Ok(()) };
    let entry = Entry {
        at: desk.now(),
        actor: BY_ITSELF.to_owned(),
        tenant: None,
        action: "mailboxes.drop_token".to_owned(),
        target: account.to_string(),
        before: None,
        after: Some(format!("{}; it is tried again at the next start, and with whatever is removed next", error.code.name())),
        request_id: None,
        outcome: Outcome::Failed,
    };
    desk.write(move |tx| journal::append(tx, &entry)).await?;
    Err(error)
}

/// The same after something was removed: that is done whatever the keychain says.
pub(crate) async fn drop_after_removal(desk: &Desk) {
    if let Err(error) = drop_discarded(desk).await {
        warn!("Tokens of removed users could not be taken out of the keychain: {}", error.code.name());
    }
}
