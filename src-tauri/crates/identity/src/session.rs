//! A signed-in session: access tokens in memory only, and one renewal for all who wait.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use rollcall_core::back_off::BackOff;
use rollcall_core::id::AppId;
use rollcall_core::time::{Clock, Timestamp};
use tokio::sync::{Mutex, MutexGuard};
use uuid::Uuid;

use crate::app_only::app_only;
use crate::cloud::Authority;
use crate::error::{IdentityError, Kind};
use crate::http::Wire;
use crate::secret::{AccessToken, ClientSecret, RefreshToken};
use crate::token::redeem;

/// How long before its end a token is renewed, so that no request leaves with one that lapses on its way.
const MARGIN: Duration = Duration::from_secs(5 * 60);

/// An access token and how long it lives.
#[derive(Clone)]
pub struct Lease {
    /// The token.
    pub token: AccessToken,
    /// When it was obtained, by this computer's clock.
    pub from: Timestamp,
    /// How long it lives from then.
    pub lives: Duration,
    /// When it was handed out, by the sign-in service's clock.
    pub served: Option<Timestamp>,
    /// The delegated permissions of Graph that it carries, by their short names; none for an application's own token.
    pub scopes: Vec<String>,
}

/// Where rotated refresh tokens go, to be put into the vault.
pub type Sink = Box<dyn FnMut(RefreshToken) + Send>;

/// Yields access tokens for one tenant and one application. Clones share everything.
#[derive(Clone)]
pub struct Session(Arc<Inner>);

struct Inner {
    wire: Wire,
    authority: Authority,
    client_id: AppId,
    clock: Clock,
    patience: Patience,
    /// How many renewals have ended. Who sees it grow while waiting takes over that renewal's outcome.
    renewals: AtomicU64,
    /// What the sign-in service said the time was, until somebody takes note.
    date: std::sync::Mutex<Option<Timestamp>>,
    state: Mutex<State>,
}

struct State {
    grant: Grant,
    lease: Option<Lease>,
    /// Before that moment a token that still lives isn't renewed: a renewal has failed for a reason that passes.
    renew_from: Timestamp,
    failure: Option<IdentityError>,
}

enum Grant {
    Delegated { refresh: RefreshToken, scopes: String, keep: Sink },
    AppOnly(ClientSecret),
    Over(IdentityError),
}

/// Who the session speaks for.
pub struct Party {
    /// The connections to renew on.
    pub wire: Wire,
    /// The tenant and its cloud.
    pub authority: Authority,
    /// The application.
    pub client_id: AppId,
    /// Tells the time.
    pub clock: Clock,
    pub patience: Patience,
}

/// How patiently a token is asked for while the network or Entra fails for a reason that passes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// How often a token is asked for at most, where none is at hand that lives.
    pub tries: u32,
    /// Between two of them. A wait that Entra asks for is sat through in full where it is no longer than the longest of these; else it
    /// is told to the caller, and nobody asks before its end.
    pub back_off: BackOff,
}

impl Lease {
    /// Whether the token can still be used at `now`, with room for the request to arrive. A clock that was put back makes
    /// it unknown, which counts as no.
    #[must_use]
    pub fn is_fresh(&self, now: Timestamp) -> bool {
        now >= self.from && now.since(self.from) + MARGIN.min(self.lives / 2) < self.lives
    }

    /// Whether it lives at all.
    fn lives_at(&self, now: Timestamp) -> bool {
        now >= self.from && now.since(self.from) < self.lives
    }
}

impl Session {
    /// A person's session, renewed with `refresh`. `first` is the token of the sign-in, if it is at hand; `keep` gets each
    /// refresh token that replaces the last one.
    #[must_use]
    pub fn delegated(party: Party, scopes: &[String], refresh: RefreshToken, first: Option<Lease>, keep: Sink) -> Self {
        Self::new(party, Grant::Delegated { refresh, scopes: scopes.join(" "), keep }, first)
    }

    /// An application's session, renewed with its secret.
    #[must_use]
    pub fn app_only(party: Party, secret: ClientSecret) -> Self {
        Self::new(party, Grant::AppOnly(secret), None)
    }

    /// A token that lives for some minutes more; renews it when needed. Whoever asks while a renewal is under way gets that
    /// renewal's outcome, its failure included.
    ///
    /// # Errors
    /// As the token endpoint or the network say; after [`Kind::SignInAgain`] the session is over and asks no more.
    pub async fn token(&self) -> Result<AccessToken, IdentityError> {
        self.current(None).await
    }

    /// A token other than `refused`, which Graph has just answered with 401: a renewed one, or the one that somebody else
    /// has renewed meanwhile. Ask once for a request; a second 401 isn't about the token.
    ///
    /// # Errors
    /// As [`Session::token`].
    pub async fn renew_after(&self, refused: &AccessToken) -> Result<AccessToken, IdentityError> {
        self.current(Some(refused)).await
    }

    /// The delegated permissions that the token at hand carries; gets one where none is.
    ///
    /// # Errors
    /// As [`Session::token`].
    pub async fn scopes(&self) -> Result<Vec<String>, IdentityError> {
        self.token().await?;
        let state = self.0.state.lock().await;
        Ok(state.lease.as_ref().map(|lease| lease.scopes.clone()).unwrap_or_default())
    }

    /// From now on asks for these permissions: a token that was asked for with others is not handed out any more.
    pub async fn ask_for(&self, wanted: &[String]) {
        let mut state = self.0.state.lock().await;
        let wanted = wanted.join(" ");
        if let Grant::Delegated { scopes, .. } = &mut state.grant
            && *scopes != wanted
        {
            *scopes = wanted;
            (state.lease, state.failure) = (None, None);
        }
    }

    /// Goes on with a later sign-in of the same person, for all its clones. Answers whether it did: a session that is over stays over.
    pub async fn sign_in_again(&self, wanted: &[String], later: RefreshToken, first: Option<Lease>) -> bool {
        let mut state = self.0.state.lock().await;
        let Grant::Delegated { refresh, scopes, .. } = &mut state.grant else { return false };
        (*refresh, *scopes) = (later, wanted.join(" "));
        (state.lease, state.failure) = (first, None);
        true
    }

    /// The sign-in service's time, once after each renewal: take it at once, while it is still true.
    #[must_use]
    pub fn take_date(&self) -> Option<Timestamp> {
        self.0.date.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// Forgets every token and secret of the session, for all its clones.
    pub async fn sign_out(&self) {
        let mut state = self.0.state.lock().await;
        state.grant = Grant::Over(IdentityError::plain(Kind::SignInAgain, "signed out"));
        state.lease = None;
        state.failure = None;
    }

    fn new(party: Party, grant: Grant, lease: Option<Lease>) -> Self {
        let Party { wire, authority, client_id, clock, patience } = party;
        let state = Mutex::new(State { grant, lease, renew_from: Timestamp(i64::MIN), failure: None });
        let (renewals, date) = (AtomicU64::new(0), std::sync::Mutex::default());
        Self(Arc::new(Inner { wire, authority, client_id, clock, patience, renewals, date, state }))
    }

    async fn current(&self, refused: Option<&AccessToken>) -> Result<AccessToken, IdentityError> {
        let seen = self.0.renewals.load(Ordering::Acquire);
        let mut state = self.0.state.lock().await;
        let now = (self.0.clock)();
        let unrefused = state.lease.as_ref().filter(|lease| refused.is_none_or(|bad| !bad.is(lease.token.reveal())));
        if let Some(lease) = unrefused.filter(|lease| lease.is_fresh(now)) {
            return Ok(lease.token.clone());
        }
        let living = unrefused.filter(|lease| lease.lives_at(now)).map(|lease| lease.token.clone());
        if let Some(token) = living.as_ref().filter(|_| now < state.renew_from) {
            return Ok(token.clone());
        }
        if self.0.renewals.load(Ordering::Acquire) != seen
            && let Some(failure) = &state.failure
        {
            return Err(failure.clone());
        }
        // While a token lives, nobody waits for another one.
        let tries = if living.is_some() { 1 } else { self.0.patience.tries };
        let renewed = self.0.renew_patiently(&mut state, tries).await;
        self.0.renewals.fetch_add(1, Ordering::AcqRel);
        match renewed {
            Ok(lease) => {
                let token = lease.token.clone();
                *self.0.date.lock().unwrap_or_else(PoisonError::into_inner) = lease.served;
                (state.lease, state.failure) = (Some(lease), None);
                Ok(token)
            }
            Err(failure) => {
                if let Some(token) = living.filter(|_| failure.may_pass()) {
                    let wait = failure.retry_after.unwrap_or_default().max(self.0.patience.back_off.longest);
                    state.renew_from = (self.0.clock)().after(wait);
                    return Ok(token);
                }
                (state.lease, state.failure) = (None, Some(failure.clone()));
                if failure.kind == Kind::SignInAgain {
                    // Asking on with a dead grant would only earn a lock-out (AADSTS50196).
                    state.grant = Grant::Over(failure.clone());
                }
                Err(failure)
            }
        }
    }
}

impl Inner {
    /// Renews, again after a wait where what has failed passes by itself.
    async fn renew_patiently(&self, state: &mut MutexGuard<'_, State>, tries: u32) -> Result<Lease, IdentityError> {
        let mut failures = 0;
        loop {
            let failure = match self.renew(state).await {
                Err(failure) if failure.may_pass() => failure,
                renewed => return renewed,
            };
            failures += 1;
            let longest = self.patience.back_off.longest;
            if failures >= tries || failure.retry_after.is_some_and(|asked| asked > longest) {
                return Err(failure);
            }
            tracing::debug!(?failure, %failures, "no token, trying again");
            let own = self.patience.back_off.after(failures, Uuid::new_v4().as_u64_pair().1);
            tokio::time::sleep(failure.retry_after.map_or(own, |asked| asked.saturating_add(Duration::from_millis(1)))).await;
        }
    }

    async fn renew(&self, state: &mut MutexGuard<'_, State>) -> Result<Lease, IdentityError> {
        match &mut state.grant {
            Grant::Over(why) => Err(why.clone()),
            Grant::AppOnly(secret) => app_only(&self.wire, &self.authority, self.client_id, secret, &self.clock).await,
            Grant::Delegated { refresh, scopes, keep } => {
                let fields = [
                    ("grant_type", "refresh_token"),
                    ("client_id", &self.client_id.to_string()),
                    ("refresh_token", refresh.reveal()),
                    ("scope", scopes),
                ];
                let tokens = redeem(&self.wire, &self.authority.token_endpoint(), &fields, &self.clock).await?;
                if let Some(next) = tokens.refresh {
                    *refresh = next.clone();
                    keep(next);
                }
                Ok(Lease {
                    token: tokens.access,
                    from: (self.clock)(),
                    lives: tokens.lives,
                    served: tokens.server_time,
                    scopes: tokens.scopes,
                })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lease(lives: u64) -> Lease {
        Lease {
            token: AccessToken::new("t".into()),
            from: Timestamp(1_000_000),
            lives: Duration::from_secs(lives),
            served: None,
            scopes: vec![],
        }
    }

    #[test]
    fn a_token_is_fresh_until_five_minutes_before_its_end() {
        let at = |seconds: i64| Timestamp(1_000_000 + seconds * 1000);
        assert!(lease(3600).is_fresh(at(0)) && lease(3600).is_fresh(at(3299)));
        assert!(!lease(3600).is_fresh(at(3300)));
        assert!(!lease(3600).is_fresh(at(-1)), "after the clock was put back nobody knows");
        assert!(lease(60).is_fresh(at(0)), "a short token is used for half its life");
        assert!(!lease(60).is_fresh(at(30)));
    }
}
