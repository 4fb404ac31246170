//! Signing a person in: listener up, browser open, answer judged, code redeemed, token checked.

use std::time::Duration;

use rollcall_core::id::{AppId, DirectoryId, ObjectId};
use rollcall_core::time::{Clock, Timestamp};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::claims::Claims;
use crate::cloud::Authority;
use crate::discovery::{Discovery, discover};
use crate::error::{IdentityError, Kind};
use crate::flow::{self, Question};
use crate::http::Wire;
use crate::loopback::{Carrier, Invitation, Loopback};
use crate::secret::{Nonce, RefreshToken};
use crate::session::Lease;
use crate::token::{Tokens, redeem};

/// What every sign-in asks for beside the caller's permissions: who signed in, and a token to renew with.
const ALWAYS: [&str; 3] = ["openid", "profile", "offline_access"];
/// How far this computer's clock may be off when the server doesn't tell the time.
const CLOCK_TOLERANCE: Duration = Duration::from_secs(24 * 3600);

/// A sign-in to be done.
#[derive(Clone, Copy)]
pub struct SignIn<'a> {
    /// The tenant and its cloud.
    pub authority: &'a Authority,
    /// The application that the person signs in to.
    pub client_id: AppId,
    /// Permissions of Graph, such as `User.Read`; what identifies the person and renews the token is added.
    pub scopes: &'a [String],
    /// The account expected to sign in; without it the person chooses.
    pub login_hint: Option<&'a str>,
    /// How long the whole may take.
    pub limit: Duration,
}

/// A person who signed in. No `Debug`: it names them.
pub struct SignedIn {
    /// Who.
    pub account: Account,
    /// The first access token. The permissions that it carries may be fewer or more than were asked for.
    pub access: Lease,
    /// What renews it, when the tenant allows that.
    pub refresh: Option<RefreshToken>,
}

/// An account, as its id token names it.
#[derive(Clone, PartialEq, Eq)]
pub struct Account {
    /// Its tenant.
    pub directory_id: DirectoryId,
    /// Its object id.
    pub object_id: ObjectId,
    /// Its user principal name, for display.
    pub upn: Option<String>,
    /// Its display name.
    pub name: Option<String>,
    /// Template ids of its directory roles, when the token tells them.
    pub directory_roles: Vec<Uuid>,
}

/// Signs a person in through the system browser. `present` is handed the page once the listener is up, and opens it.
///
/// # Errors
/// [`Kind::Cancelled`] after `stop`, [`Kind::TimedOut`] after the limit, [`Kind::WrongTenant`] when an account of another
/// tenant signed in, [`Kind::NotTrusted`] when an answer doesn't belong to the question, and what Entra or the network say.
pub async fn sign_in(
    wire: &Wire,
    ask: SignIn<'_>,
    present: impl FnOnce(&Invitation),
    stop: &CancellationToken,
    clock: &Clock,
) -> Result<SignedIn, IdentityError> {
    within(ask.limit, stop, Box::pin(signed_in(wire, ask, present, clock))).await
}

/// Runs an exchange with the browser until it ends, is stopped or takes too long.
pub(crate) async fn within<T>(
    limit: Duration,
    stop: &CancellationToken,
    exchange: impl Future<Output = Result<T, IdentityError>>,
) -> Result<T, IdentityError> {
    tokio::select! {
        biased;
        () = stop.cancelled() => Err(IdentityError::plain(Kind::Cancelled, "stopped on request")),
        ended = tokio::time::timeout(limit, exchange) => {
            ended.unwrap_or_else(|_| Err(IdentityError::plain(Kind::TimedOut, "no answer came from the browser in time")))
        }
    }
}

async fn signed_in(wire: &Wire, ask: SignIn<'_>, present: impl FnOnce(&Invitation), clock: &Clock) -> Result<SignedIn, IdentityError> {
    let discovery = discover(wire, ask.authority).await?;
    // Nobody is sent to the browser for a code that can't be redeemed.
    wire.may_ask(&discovery.token, clock())?;
    let scopes = with_always(ask.scopes);
    let mut listener = Loopback::bind().await?;
    let redirect = listener.redirect_uri();
    let question = Question { client_id: ask.client_id, redirect: &redirect, scopes: &scopes, login_hint: ask.login_hint };
    let (url, waiting) = flow::begin(&discovery, &question)?;
    let (nonce, verifier) = (waiting.nonce.clone(), waiting.verifier.clone());
    present(&listener.lead_to(url)?);
    let endpoints = ask.authority.endpoints();
    let code = listener.wait(Carrier::FormPost, endpoints, move |form| waiting.answer(form)).await?;
    let tokens = redeem(
        wire,
        &discovery.token,
        &[
            ("grant_type", "authorization_code"),
            ("client_id", &ask.client_id.to_string()),
            ("code", code.reveal()),
            ("redirect_uri", &redirect),
            ("code_verifier", verifier.reveal()),
            ("scope", &scopes.join(" ")),
        ],
        clock,
    )
    .await?;
    let now = clock();
    let account = account_of(&tokens, &discovery, ask.client_id, &nonce, now)?;
    let access = Lease { token: tokens.access, from: now, lives: tokens.lives, served: tokens.server_time, scopes: tokens.scopes };
    Ok(SignedIn { account, access, refresh: tokens.refresh })
}

fn with_always(scopes: &[String]) -> Vec<String> {
    let missing = ALWAYS.iter().filter(|name| !scopes.iter().any(|scope| scope == *name));
    scopes.iter().cloned().chain(missing.map(|name| (*name).to_owned())).collect()
}

/// Checks the id token as OpenID Connect Core 3.1.3.7 asks. Its signature needs no check, since it came straight from the
/// token endpoint over TLS (item 6 there).
fn account_of(tokens: &Tokens, discovery: &Discovery, client_id: AppId, nonce: &Nonce, now: Timestamp) -> Result<Account, IdentityError> {
    let odd = |detail| IdentityError::plain(Kind::NotTrusted, detail);
    let id = tokens.id.as_ref().ok_or_else(|| odd("the answer does not say who signed in"))?;
    let id = Claims::read(id.reveal()).map_err(|_| odd("the id token can't be read"))?;
    if !id.nonce.as_deref().is_some_and(|value| nonce.is(value)) {
        return Err(odd("the id token answers another question"));
    }
    let audience = id.audience.as_deref().and_then(|text| text.parse().ok());
    if audience != Some(client_id) {
        return Err(odd("the id token is meant for another application"));
    }
    // The access token is Graph's to check; but if it can be read and names another tenant, something is badly wrong.
    let access = Claims::read(tokens.access.reveal()).unwrap_or_default();
    let tenants = [id.directory_id, access.directory_id];
    if id.directory_id.is_none() || tenants.iter().flatten().any(|tenant| *tenant != discovery.directory_id) {
        return Err(IdentityError::plain(Kind::WrongTenant, "an account of another tenant signed in"));
    }
    if id.issuer.as_deref() != Some(discovery.issuer.as_str()) {
        return Err(odd("the id token was issued by somebody else"));
    }
    let (now, tolerance) = tokens.server_time.map_or((now, CLOCK_TOLERANCE), |server| (server, Duration::from_secs(300)));
    if id.expires.is_none_or(|expires| expires.after(tolerance) < now) {
        return Err(odd("the id token has expired"));
    }
    let object_id = id.object_id.ok_or_else(|| odd("the id token does not say who signed in"))?;
    let roles = if access.directory_roles.is_empty() { id.directory_roles } else { access.directory_roles };
    Ok(Account { directory_id: discovery.directory_id, object_id, upn: id.upn, name: id.name, directory_roles: roles })
}
