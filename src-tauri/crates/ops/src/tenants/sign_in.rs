//! Signs the admin in through the system browser, and proves by Graph reads which tenant that is.

use std::sync::Arc;

use rollcall_core::id::TenantId;
use rollcall_core::tenant::{Tenant, TenantIdentity};
use rollcall_graph::organization;
use rollcall_identity::error::{IdentityError, Kind};
use rollcall_identity::sign_in::{self as identity, SignIn};
use rollcall_identity::vault::{Reason as NoKeychain, SecretName};
use rollcall_store::tenants;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::browser::{self, PATIENCE};
use crate::connection::{self, Delegated};
use crate::desk::Desk;
use crate::error::{Code, Error, Result};
use crate::job::{AtBrowser, Job, Progress};

/// What Rollcall asks for at sign-in: reading only. Unprefixed scopes mean Microsoft Graph.
pub const SCOPES: &[&str] = &["openid", "profile", "offline_access", "User.Read.All", "Directory.Read.All", "Application.Read.All"];

/// The tenant to sign in to.
#[derive(Debug, Clone, Copy, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct TenantRef {
    pub tenant: TenantId,
}

/// Where a secret rests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Kept {
    /// In the operating system's keychain.
    Keychain,
    /// In memory, until Rollcall is closed: the keychain can't be used, and why.
    SessionOnly { reason: NoKeychain },
}

/// Who is signed in to what.
#[derive(Debug, Clone, Serialize, TS)]
pub struct SignedIn {
    pub account: String,
    pub tenant: Tenant,
    pub kept: Kept,
}

/// # Errors
/// The sign-in codes (`SignInCancelled`, `SignInTimedOut`, `SignInRefused`, `WrongTenant`, `StateMismatch`, …) and those of the
/// network. Nothing is stored unless the tenant has been confirmed by a Graph read.
pub async fn sign_in(desk: &Desk, ask: TenantRef, job: &Job) -> Result<SignedIn> {
    let tenant = desk.read(move |conn| tenants::get(conn, ask.tenant)).await?;
    Box::pin(in_browser(desk, &tenant, &[], AtBrowser::SignIn, job)).await
}

/// What a sign-in asks for: what each does, and `more`.
pub(crate) fn asked(more: &[String]) -> Vec<String> {
    let more = more.iter().filter(|scope| !SCOPES.contains(&scope.as_str()));
    SCOPES.iter().map(|&scope| scope.to_owned()).chain(more.cloned()).collect()
}

/// Signs in with `more` permissions than usual; `what` is what the person is told that it is for. Whoever is signed in already is
/// proposed for it.
///
/// # Errors
/// As [`sign_in`].
pub(crate) async fn in_browser(desk: &Desk, tenant: &Tenant, more: &[String], what: AtBrowser, job: &Job) -> Result<SignedIn> {
    let authority = connection::authority(tenant)?;
    let scopes = asked(more);
    let login_hint = tenant.identity.as_ref().filter(|_| !more.is_empty()).map(|identity| identity.admin.as_str());
    let question = SignIn { authority: &authority, client_id: tenant.client_id, scopes: &scopes, login_hint, limit: PATIENCE };
    browser::tell_unless_kept(desk, job).await;
    let present = browser::present(desk, what, job);
    let tokens = Box::pin(identity::sign_in(&desk.wire, question, present, &job.stop, &desk.steady)).await.map_err(refused)?;
    job.tell(Progress::ReadingBack);

    let Some(refresh) = tokens.refresh else {
        return Err(Error::new(Code::SignInRefused, "Entra sent no refresh token; the application must be allowed offline_access"));
    };
    let delegated = Delegated::open(desk, tenant, refresh.clone(), Some(tokens.access), more)?;
    let organization = organization::read(&delegated.graph, &job.stop).await?;
    let claimed = tokens.account.directory_id;
    if organization.id != claimed {
        return Err(Error::new(Code::WrongTenant, format!("the sign-in is for {claimed} but Graph answers as {}", organization.id)));
    }

    let kept = connection::keep(desk, SecretName::Refresh(tenant.id), refresh.reveal()).await;
    let account = tokens.account.upn.unwrap_or_else(|| tokens.account.object_id.to_string());
    let identity =
        TenantIdentity { directory_id: organization.id, display_name: organization.name, admin: account.clone(), seen: desk.now() };
    let id = tenant.id;
    let tenant = desk
        .write(move |tx| {
            tenants::set_identity(tx, id, &identity)?;
            tenants::get(tx, id)
        })
        .await?;
    desk.delegated().insert(tenant.id, Arc::new(delegated));
    Ok(SignedIn { account, tenant, kept })
}

/// Declining Microsoft's page is, at a sign-in, the person's way to cancel it.
fn refused(error: IdentityError) -> Error {
    match error.kind {
        Kind::Declined => Error { code: Code::SignInCancelled, ..error.into() },
        _ => error.into(),
    }
}
