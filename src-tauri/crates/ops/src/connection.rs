//! The open connections of a desk: who speaks to which tenant, with which token, through which gate.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};

use rollcall_core::id::{AppId, IntegrationId, ObjectId, OrganizationId, TenantId};
use rollcall_core::integration::Integration;
use rollcall_core::issue::cause_of_sign_in;
use rollcall_core::permission;
use rollcall_core::tenant::{Cloud, Tenant};
use rollcall_core::workload::Workload;
use rollcall_graph::error::BearerError;
use rollcall_graph::gate::Gate;
use rollcall_graph::send::{Ask, Bearer, Graph, GraphOptions, HeaderValue};
use rollcall_identity::claims::Claims;
use rollcall_identity::cloud::{Authority, Endpoints};
use rollcall_identity::error::{IdentityError, Kind};
use rollcall_identity::secret::{AccessToken, ClientSecret, RefreshToken};
use rollcall_identity::session::{Lease, Party, Patience, Session};
use rollcall_identity::vault::{Rest, SecretBytes, SecretName};
use rollcall_store::issues::{self, SignInRefusal};
use rollcall_store::{integrations, organizations, tenants};
use serde::Serialize;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use ts_rs::TS;

use crate::desk::Desk;
use crate::error::{Code, Error, Result};
use crate::job::{AtBrowser, Job};
use crate::scope::roles;
use crate::tenants::sign_in::{Kept, asked, in_browser};

/// Graph as a person who signed in: the admin to Rollcall, or a user to an integration.
pub(crate) struct Delegated {
    pub graph: Graph,
    session: Session,
    keeping: Keeping,
}

/// Renewed refresh tokens that are on their way into the vault.
type Keeping = Arc<Mutex<Vec<JoinHandle<()>>>>;

/// Graph as the integration itself.
pub(crate) struct AppOnly {
    pub graph: Graph,
    session: Session,
}

/// Where the integration's secret can be taken from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum SecretAtHand {
    /// It is in the keychain.
    Keychain,
    /// It is in memory until Rollcall is closed.
    Session,
    None,
}

impl Delegated {
    /// A connection with a refresh token that was just given out, or taken from the vault. Each renewal asks for `more` beside what
    /// every sign-in asks for.
    pub fn open(desk: &Desk, tenant: &Tenant, refresh: RefreshToken, first: Option<Lease>, more: &[String]) -> Result<Self> {
        Self::open_as(desk, tenant, tenant.client_id, SecretName::Refresh(tenant.id), &asked(more), refresh, first)
    }

    /// A user's connection to an integration, with these permissions.
    pub fn open_for(
        desk: &Desk,
        tenant: &Tenant,
        integration: &Integration,
        account: ObjectId,
        scopes: &[String],
        refresh: RefreshToken,
        first: Option<Lease>,
    ) -> Result<Self> {
        Self::open_as(desk, tenant, integration.client_id, SecretName::User(integration.id, account), scopes, refresh, first)
    }

    fn open_as(
        desk: &Desk,
        tenant: &Tenant,
        client_id: AppId,
        name: SecretName,
        scopes: &[String],
        refresh: RefreshToken,
        first: Option<Lease>,
    ) -> Result<Self> {
        let vault = desk.vault.clone();
        let keeping: Keeping = Arc::default();
        let started = Arc::clone(&keeping);
        let keep = Box::new(move |next: RefreshToken| {
            let vault = vault.clone();
            let task = tokio::spawn(async move {
                vault.put(name, bytes(next.reveal())).await;
            });
            let mut keeping = started.lock().unwrap_or_else(PoisonError::into_inner);
            keeping.retain(|task| !task.is_finished());
            keeping.push(task);
        });
        let session = Session::delegated(party(desk, tenant, client_id)?, scopes, refresh, first, keep);
        Ok(Self { graph: graph(desk, tenant, &session)?, session, keeping })
    }

    /// Gets a token, so that it is known whether Entra gives one, and why not.
    pub async fn sign_in(&self) -> std::result::Result<(), IdentityError> {
        self.session.token().await.map(|_| ())
    }

    /// The workloads that the token opens; gets one where none is at hand.
    pub async fn permitted(&self) -> std::result::Result<Vec<Workload>, IdentityError> {
        let scopes = self.session.scopes().await?;
        Ok(Workload::ALL.into_iter().filter(|&workload| scopes.iter().any(|scope| permission::opens(scope, workload))).collect())
    }

    /// From now on asks for these permissions, with what is under way as well.
    pub async fn ask_for(&self, scopes: &[String]) {
        self.session.ask_for(scopes).await;
    }

    /// Goes on with a later sign-in, so that what is under way isn't cut off; `false` when the session is over. When this returns, no
    /// renewal of the sign-in before can put a token into the vault any more.
    pub async fn sign_in_again(&self, scopes: &[String], refresh: RefreshToken, first: Option<Lease>) -> bool {
        let goes_on = self.session.sign_in_again(scopes, refresh, first).await;
        self.kept().await;
        goes_on
    }

    /// Ends the session for good. When this returns, no renewal that was under way can put a token into the vault any more.
    pub async fn close(&self) {
        self.session.sign_out().await;
        self.kept().await;
    }

    /// Waits for renewed refresh tokens to be in the vault.
    async fn kept(&self) {
        let keeping = std::mem::take(&mut *self.keeping.lock().unwrap_or_else(PoisonError::into_inner));
        for task in keeping {
            // A task that panicked has put nothing.
            let _ = task.await;
        }
    }
}

impl AppOnly {
    /// A connection with the integration's secret. Nothing is sent before the first question.
    pub fn open(desk: &Desk, tenant: &Tenant, integration: &Integration, secret: ClientSecret) -> Result<Self> {
        let session = Session::app_only(party(desk, tenant, integration.client_id)?, secret);
        Ok(Self { graph: graph(desk, tenant, &session)?, session })
    }

    /// Gets a token, so that a wrong secret is known before anything else is.
    pub async fn try_secret(&self, stop: &CancellationToken) -> Result<()> {
        tokio::select! {
            signed_in = self.sign_in() => Ok(signed_in?),
            () = stop.cancelled() => Err(Error::new(Code::Stopped, "stopped while a token was fetched")),
        }
    }

    /// Gets a token, so that it is known whether Entra gives one, and why not.
    pub async fn sign_in(&self) -> std::result::Result<(), IdentityError> {
        self.token().await.map(|_| ())
    }

    async fn token(&self) -> std::result::Result<AccessToken, IdentityError> {
        let token = self.session.token().await?;
        hear_date(&self.session, self.graph.gate());
        Ok(token)
    }

    /// The workloads that the token as it is now has a permission for. A grant given since it was issued needs a new token.
    pub async fn permitted(&self) -> Result<Vec<Workload>> {
        let token = self.token().await?;
        let roles = Claims::read(token.reveal()).map(|claims| claims.roles).unwrap_or_default();
        Ok(Workload::ALL.into_iter().filter(|&workload| roles.iter().any(|role| permission::opens(role, workload))).collect())
    }
}

/// The sign-in side of a tenant.
pub(crate) fn authority(tenant: &Tenant) -> Result<Authority> {
    let endpoints = match tenant.cloud {
        Cloud::Custom => Endpoints::custom(&tenant.authority, &tenant.graph).map_err(|why| Error::input("authority and graph", why))?,
        Cloud::Global | Cloud::UsGov | Cloud::UsGovDod | Cloud::China => {
            Endpoints::of(tenant.cloud).ok_or_else(|| Error::new(Code::Internal, "a national cloud without endpoints"))?
        }
    };
    // Once the tenant's GUID is known it replaces the domain: a domain can move to another tenant.
    let directory = tenant.identity.as_ref().map_or_else(|| tenant.directory.clone(), |identity| identity.directory_id.to_string());
    Authority::new(endpoints, &directory).map_err(|why| Error::input("directory", why))
}

/// Graph as the signed-in admin; takes the sign-in up again from the keychain after a restart.
pub(crate) async fn delegated(desk: &Desk, id: TenantId) -> Result<Graph> {
    Ok(as_admin(desk, id).await?.graph.clone())
}

/// The delegated permissions that the signed-in admin's token carries.
pub(crate) async fn scopes(desk: &Desk, id: TenantId) -> Result<Vec<String>> {
    Ok(as_admin(desk, id).await?.session.scopes().await?)
}

/// Graph as the signed-in admin with these delegated permissions. Where the token lacks one that the admin has not allowed before,
/// Microsoft's page asks for it: at the moment of need, and for this session only.
///
/// # Errors
/// `ConsentMissing` when the admin was signed in and the permission still isn't there; the sign-in codes.
pub(crate) async fn allowed(desk: &Desk, id: TenantId, wanted: &[&str], job: &Job) -> Result<Graph> {
    let held = scopes(desk, id).await?;
    let lacks = |held: &[String], scope: &&&str| !held.iter().any(|held| permission::covers(held, scope));
    if wanted.iter().any(|scope| lacks(&held, &scope)) {
        let tenant = desk.read(move |conn| tenants::get(conn, id)).await?;
        let new = wanted.iter().filter(|scope| lacks(&held, scope)).map(|&scope| scope.to_owned()).collect();
        let more: Vec<String> = held.into_iter().chain(wanted.iter().map(|&scope| scope.to_owned())).collect();
        if let Some(wider) = widened(desk, &tenant, &more).await?
            && !wanted.iter().any(|scope| lacks(&wider.held, &scope))
        {
            desk.delegated().insert(id, Arc::new(wider.open));
            return delegated(desk, id).await;
        }
        Box::pin(in_browser(desk, &tenant, &more, AtBrowser::Allow { scopes: new }, job)).await?;
        let now = scopes(desk, id).await?;
        if let Some(missing) = wanted.iter().find(|scope| lacks(&now, scope)) {
            return Err(Error::new(Code::ConsentMissing, format!("Microsoft did not give {missing} to this sign-in")));
        }
    }
    delegated(desk, id).await
}

/// A connection whose token carries more.
struct Wider {
    open: Delegated,
    held: Vec<String>,
}

/// What the admin has allowed Rollcall before needs no page again: a refresh token is good for all that its user and its client have
/// ("Refresh tokens in the Microsoft identity platform"). `None` where it is refused, which ends nothing.
async fn widened(desk: &Desk, tenant: &Tenant, more: &[String]) -> Result<Option<Wider>> {
    let Some(refresh) = secret(desk, SecretName::Refresh(tenant.id)).await? else { return Ok(None) };
    let open = Delegated::open(desk, tenant, RefreshToken::new(refresh), None, more)?;
    let held = open.session.scopes().await;
    Ok(held.ok().map(|held| Wider { open, held }))
}

async fn as_admin(desk: &Desk, id: TenantId) -> Result<Arc<Delegated>> {
    if let Some(open) = desk.delegated().get(&id) {
        return Ok(Arc::clone(open));
    }
    let Some(refresh) = secret(desk, SecretName::Refresh(id)).await? else {
        return Err(Error::new(Code::NotSignedIn, format!("nobody is signed in to tenant {id}")));
    };
    let tenant = desk.read(move |conn| tenants::get(conn, id)).await?;
    let open = Arc::new(Delegated::open(desk, &tenant, RefreshToken::new(refresh), None, &[])?);
    desk.delegated().insert(id, Arc::clone(&open));
    Ok(open)
}

/// The integration's own connection, with the secret from the keychain.
pub(crate) async fn app_only(desk: &Desk, id: IntegrationId) -> Result<Arc<AppOnly>> {
    if let Some(open) = desk.app_only().get(&id) {
        return Ok(Arc::clone(open));
    }
    let Some(secret) = secret(desk, SecretName::Credential(id)).await? else {
        // What halts sync sessions is noted without its reason, so the detail has to say it.
        let detail = "the integration's secret is not at hand".to_owned();
        return Err(Error { detail, ..Error::not_now(rollcall_core::rules::Reason::NoSecret) });
    };
    let (tenant, integration) = desk
        .read(move |conn| {
            let integration = integrations::get(conn, id)?;
            Ok((tenants::get(conn, integration.tenant)?, integration))
        })
        .await?;
    let open = Arc::new(AppOnly::open(desk, &tenant, &integration, ClientSecret::new(secret))?);
    desk.app_only().insert(id, Arc::clone(&open));
    Ok(open)
}

/// The integration's own connection.
pub(crate) struct Connected {
    pub app: Arc<AppOnly>,
    /// The workloads that its token opens, for the whole tenant.
    pub permitted: Vec<Workload>,
    /// Beside them those that roles of Exchange open for some mailboxes: a refusal there is about the mailbox.
    pub opened: Vec<Workload>,
}

/// Connects as an organization's integration. A token carries the permissions of the moment it was issued, so each piece of work
/// begins with a new one ("OAuth 2.0 client credentials flow"): what was granted since the last one counts at once.
///
/// # Errors
/// `WrongSecret`, `SecretExpired`, `AppUnknown` and the like; those of the network; `Stopped`.
pub(crate) async fn anew(desk: &Desk, organization: OrganizationId, stop: &CancellationToken) -> Result<Connected> {
    let integration = desk.read(move |conn| Ok(organizations::get(conn, organization)?.integration)).await?;
    desk.app_only().remove(&integration);
    let app = app_only(desk, integration).await?;
    let signed_in = tokio::select! {
        signed_in = app.sign_in() => signed_in,
        () = stop.cancelled() => return Err(Error::new(Code::Stopped, "stopped while a token was fetched")),
    };
    if let Err(refused) = signed_in {
        note_refusal(desk, organization, &refused).await?;
        return Err(refused.into());
    }
    let permitted = app.permitted().await?;
    let mut opened = desk.read(move |conn| roles::opened(conn, organization)).await?;
    opened.extend(&permitted);
    Ok(Connected { app, permitted, opened })
}

/// Without a token none of the organization's mailboxes can be asked, which is an issue of the organization until one is given. What was
/// no answer of Entra's says nothing about it.
async fn note_refusal(desk: &Desk, organization: OrganizationId, refused: &IdentityError) -> Result<()> {
    let Some(number) = refused.aadsts else { return Ok(()) };
    let request_id = refused.correlation_id.map(|id| id.to_string());
    let refusal = SignInRefusal { cause: cause_of_sign_in(number), number: Some(number), request_id };
    let now = desk.now();
    desk.write(move |tx| issues::note_sign_in(tx, organization, Some(&refusal), now)).await
}

/// Whether a sign-in to the tenant is at hand.
pub(crate) async fn is_signed_in(desk: &Desk, id: TenantId) -> bool {
    desk.delegated().contains_key(&id) || is_kept(desk, SecretName::Refresh(id)).await
}

/// Where the integration's secret can be taken from.
pub(crate) async fn secret_at_hand(desk: &Desk, id: IntegrationId) -> SecretAtHand {
    match (is_kept(desk, SecretName::Credential(id)).await, desk.vault.rests()) {
        (false, _) => SecretAtHand::None,
        (true, Rest::Keychain) => SecretAtHand::Keychain,
        (true, Rest::ThisSession(_)) => SecretAtHand::Session,
    }
}

/// Puts a secret into the vault and says where it rests.
pub(crate) async fn keep(desk: &Desk, name: SecretName, secret: &str) -> Kept {
    let rest = desk.vault.put(name, bytes(secret)).await;
    desk.kept().insert(name, true);
    rest_as_kept(rest)
}

/// Ends the sign-in to a tenant: first the session, then what the vault holds, so that nothing puts it back.
///
/// # Errors
/// `Keychain`: the refresh token may still be there.
pub(crate) async fn end_sign_in(desk: &Desk, id: TenantId) -> Result<()> {
    let open = desk.delegated().remove(&id);
    if let Some(open) = open {
        open.close().await;
    }
    drop_secret(desk, SecretName::Refresh(id)).await
}

/// Takes a secret out of the vault.
///
/// # Errors
/// `Keychain`: the secret may still be there.
pub(crate) async fn drop_secret(desk: &Desk, name: SecretName) -> Result<()> {
    desk.vault.delete(name).await.map_err(|why| Error::new(Code::Keychain, why.to_string()))?;
    desk.kept().insert(name, false);
    Ok(())
}

/// Where secrets rest on this desk.
pub(crate) fn rests(desk: &Desk) -> Kept {
    rest_as_kept(desk.vault.rests())
}

pub(crate) async fn secret(desk: &Desk, name: SecretName) -> Result<Option<String>> {
    let found = desk.vault.get(name).await.map_err(|why| Error::new(Code::Keychain, why.to_string()))?;
    Ok(found.and_then(|bytes| String::from_utf8(bytes.reveal().to_vec()).ok()))
}

/// Whether the vault holds a secret of that name: asked once, then remembered, because a keychain takes its time.
pub(crate) async fn is_kept(desk: &Desk, name: SecretName) -> bool {
    if let Some(&kept) = desk.kept().get(&name) {
        return kept;
    }
    // A keychain that can't tell now, locked for a moment, is asked again; and what was put meanwhile counts.
    match desk.vault.get(name).await {
        Ok(found) => *desk.kept().entry(name).or_insert(found.is_some()),
        Err(_) => false,
    }
}

fn rest_as_kept(rest: Rest) -> Kept {
    match rest {
        Rest::Keychain => Kept::Keychain,
        Rest::ThisSession(reason) => Kept::SessionOnly { reason },
    }
}

fn bytes(secret: &str) -> SecretBytes {
    SecretBytes::new(secret.as_bytes().to_vec())
}

fn party(desk: &Desk, tenant: &Tenant, client_id: AppId) -> Result<Party> {
    let patience = Patience { tries: desk.pace.tries, back_off: desk.pace.waits() };
    Ok(Party { wire: desk.wire.clone(), authority: authority(tenant)?, client_id, clock: Arc::clone(&desk.steady), patience })
}

fn graph(desk: &Desk, tenant: &Tenant, session: &Session) -> Result<Graph> {
    let base = tenant.graph.parse().map_err(|_| Error::input("graph", "it is not an address"))?;
    let gate = desk.gate(tenant.id)?;
    let bearer = bearer(session.clone(), Arc::clone(&gate));
    Graph::new(GraphOptions { base, bearer, gate }).map_err(Error::from)
}

/// What hands Graph a token for each request. After a 401 the token that was refused is renewed, once for all who wait. The sign-in
/// service tells the gate what time it is there, so that a pause from before a restart is known before anything is sent.
fn bearer(session: Session, gate: Arc<Gate>) -> Bearer {
    Arc::new(move |ask| {
        let (session, gate) = (session.clone(), Arc::clone(&gate));
        let answer: Pin<Box<dyn Future<Output = _> + Send>> = Box::pin(async move {
            let token = match ask {
                Ask::Current => session.token().await,
                Ask::Renewed { refused } => session.renew_after(&token_in(&refused)).await,
            };
            let token = token.map_err(|error| Box::new(error) as BearerError)?;
            hear_date(&session, &gate);
            token.header().ok_or_else(|| Box::new(Unusable) as BearerError)
        });
        answer
    })
}

/// Tells the gate what the time is at the sign-in service, where it has just said so.
fn hear_date(session: &Session, gate: &Gate) {
    if let Some(date) = session.take_date() {
        gate.hear_date(date);
    }
}

/// The token that a header carries; it was made from one.
fn token_in(header: &HeaderValue) -> AccessToken {
    let text = header.to_str().unwrap_or_default();
    AccessToken::new(text.strip_prefix("Bearer ").unwrap_or(text).to_owned())
}

/// The token has characters that no header can carry.
#[derive(Debug, thiserror::Error)]
#[error("the token can't be sent")]
struct Unusable;

impl From<IdentityError> for Error {
    fn from(error: IdentityError) -> Self {
        let code = match error.kind {
            Kind::SignInAgain => Code::NotSignedIn,
            Kind::ConsentMissing => Code::ConsentMissing,
            Kind::NotPermitted => Code::NotPermitted,
            Kind::Declined => Code::ConsentDeclined,
            Kind::WrongSecret => Code::WrongSecret,
            Kind::SecretExpired => Code::SecretExpired,
            Kind::AppUnknown => Code::AppUnknown,
            Kind::AppDisabled => Code::AppDisabled,
            Kind::AppMisconfigured => Code::SignInRefused,
            Kind::RedirectNotRegistered => Code::RedirectNotRegistered,
            // Entra has one code for a tenant that doesn't exist; the others name an account of another tenant.
            Kind::WrongTenant if matches!(error.aadsts, Some(90_002 | 900_023)) => Code::UnknownTenant,
            Kind::WrongTenant | Kind::WrongCloud => Code::WrongTenant,
            Kind::PolicyBlocked => Code::PolicyBlocked,
            Kind::ClockWrong => Code::SignInRefused,
            Kind::Cancelled => Code::SignInCancelled,
            Kind::TimedOut => Code::SignInTimedOut,
            Kind::NotTrusted => Code::StateMismatch,
            Kind::NoListener => Code::Internal,
            Kind::Offline | Kind::TlsRefused => Code::Offline,
            Kind::Intercepted => Code::NotGraph,
            Kind::Truncated => Code::DamagedAnswer,
            Kind::TryLater if error.retry_after.is_some() => Code::Throttled,
            Kind::TryLater => Code::ServiceUnavailable,
            Kind::Protocol => Code::SignInRefused,
        };
        let detail = match error.aadsts {
            Some(number) => format!("AADSTS{number}: {}", error.detail),
            None => error.detail.to_owned(),
        };
        let detail = match error.retry_after {
            // Never told as less than it is.
            Some(wait) => format!("{detail}; it is not asked again for {} s", wait.as_millis().div_ceil(1_000)),
            None => detail,
        };
        Self::new(code, detail).with_request(error.correlation_id.map(|id| id.to_string()))
    }
}
