//! Tokens of an application itself, by its secret.

use rollcall_core::id::AppId;
use rollcall_core::permission::Resource;
use rollcall_core::time::Clock;

use crate::claims::Claims;
use crate::cloud::{Authority, Directory};
use crate::error::{IdentityError, Kind};
use crate::http::Wire;
use crate::secret::ClientSecret;
use crate::session::Lease;
use crate::token::redeem;

/// Gets a token for Graph by client credentials ("OAuth 2.0 client credentials flow"). The token holds exactly the
/// application permissions that are granted at this moment, possibly none; a later grant needs a new token.
///
/// # Errors
/// [`Kind::WrongSecret`], [`Kind::SecretExpired`], [`Kind::AppUnknown`], [`Kind::AppDisabled`], [`Kind::WrongTenant`], or
/// [`Kind::NotTrusted`] when the token names another tenant; and the failures of the network.
pub async fn app_only(
    wire: &Wire,
    authority: &Authority,
    client_id: AppId,
    secret: &ClientSecret,
    clock: &Clock,
) -> Result<Lease, IdentityError> {
    let fields = [
        ("grant_type", "client_credentials"),
        ("client_id", &client_id.to_string()),
        ("client_secret", secret.reveal()),
        ("scope", &authority.endpoints().scope(Resource::Graph, ".default")),
    ];
    let tokens = redeem(wire, &authority.token_endpoint(), &fields, clock).await?;
    let tenant = Claims::read(tokens.access.reveal()).ok().and_then(|claims| claims.directory_id);
    match (tenant, authority.directory()) {
        (Some(tenant), Directory::Id(id)) if tenant != *id => {
            Err(IdentityError::plain(Kind::NotTrusted, "the token belongs to another tenant"))
        }
        (Some(_) | None, Directory::Id(_) | Directory::Domain(_)) => {
            Ok(Lease { token: tokens.access, from: clock(), lives: tokens.lives, served: tokens.server_time, scopes: Vec::new() })
        }
    }
}
