//! The token endpoint: a grant goes in, tokens come out.

use std::time::Duration;

use rollcall_core::time::{Clock, Timestamp};
use serde::Deserialize;
use url::Url;

use crate::error::{IdentityError, Kind};
use crate::http::Wire;
use crate::secret::{AccessToken, IdToken, RefreshToken};

/// What the token endpoint handed out ("Microsoft identity platform and OAuth 2.0 authorization code flow").
pub(crate) struct Tokens {
    pub access: AccessToken,
    pub lives: Duration,
    pub refresh: Option<RefreshToken>,
    pub id: Option<IdToken>,
    /// By their short names.
    pub scopes: Vec<String>,
    pub server_time: Option<Timestamp>,
}

/// Redeems a grant, unless the endpoint has asked to be left alone for longer; a wait that it asks for holds for all who ask it.
///
/// The `oauth2` crate is not used for this, as its answer types must be printable and serialisable, and it keeps the raw
/// answer in its errors: tokens would then be one log line away from a file.
pub(crate) async fn redeem(wire: &Wire, endpoint: &Url, fields: &[(&str, &str)], clock: &Clock) -> Result<Tokens, IdentityError> {
    wire.may_ask(endpoint, clock())?;
    let answer = wire.post_form(endpoint, fields).await?;
    let said: Said = answer.json().inspect_err(|refused: &IdentityError| {
        if let Some(wait) = refused.retry_after {
            // One millisecond more, because moments are cut to whole ones.
            wire.leave_alone(endpoint, clock().after(wait.saturating_add(Duration::from_millis(1))));
        }
    })?;
    if !said.token_type.eq_ignore_ascii_case("bearer") || said.access_token.header().is_none() {
        return Err(IdentityError::plain(Kind::Protocol, "the token is of a kind that Graph does not take"));
    }
    Ok(Tokens {
        access: said.access_token,
        lives: Duration::from_secs(said.expires_in),
        refresh: said.refresh_token,
        id: said.id_token,
        scopes: said.scope.split_whitespace().map(short).collect(),
        server_time: answer.date(),
    })
}

/// A scope without its resource, which Entra writes before it now and then (`https://graph.microsoft.com/Mail.Read`).
fn short(scope: &str) -> String {
    scope.rsplit('/').next().unwrap_or(scope).to_owned()
}

#[derive(Deserialize)]
struct Said {
    token_type: String,
    expires_in: u64,
    access_token: AccessToken,
    refresh_token: Option<RefreshToken>,
    id_token: Option<IdToken>,
    #[serde(default)]
    scope: String,
}
