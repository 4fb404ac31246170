//! Which application calls the token endpoint, and how it proved that.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::header::AUTHORIZATION;
use percent_encoding::percent_decode_str;

use super::error::{self, Refusal};
use super::{Ask, Entra, assertion};
use crate::token::Proof;
use crate::world::App;

pub(super) struct Client {
    pub app_id: String,
    pub proof: Proof,
}

/// Identifies the caller of the token endpoint. A public client is one that sends no credential and may do so.
pub(super) fn identify(entra: &Entra, ask: &Ask) -> Result<Client, Refusal> {
    let (basic_id, basic_secret) = basic(ask).unzip();
    let client_id = match basic_id {
        Some(id) => id,
        None => ask.form.need("client_id")?.to_owned(),
    };
    let world = entra.world();
    let app = world.app(&client_id).ok_or_else(|| error::CLIENT_UNKNOWN.about(&client_id))?;
    let secret = basic_secret.as_deref().or(ask.form.get("client_secret"));
    let proof = match (secret, ask.form.get("client_assertion")) {
        (Some(_), Some(_)) => return Err(error::REQUEST_INVALID.about("two credentials")),
        (Some(secret), None) => {
            check_secret(app, secret, ask.now_ms)?;
            Proof::Secret
        }
        (None, Some(signed)) => {
            assertion::verify(entra, ask, app, signed)?;
            Proof::Certificate
        }
        (None, None) if app.public_client => Proof::Public,
        (None, None) => return Err(error::SECRET_MISSING.into()),
    };
    if app.blocked {
        return Err(error::APP_BLOCKED.about(&app.client_id));
    }
    if world.principal_of(&app.client_id).is_some_and(|principal| !principal.enabled) {
        return Err(error::PRINCIPAL_DISABLED.about(&app.client_id));
    }
    Ok(Client { app_id: app.client_id.clone(), proof })
}

fn check_secret(app: &App, sent: &str, now_ms: i64) -> Result<(), Refusal> {
    let known = app.secrets.iter().find(|secret| secret.value == sent).ok_or(error::SECRET_WRONG)?;
    match known.expires_ms {
        Some(expires_ms) if expires_ms <= now_ms => Err(error::SECRET_EXPIRED.into()),
        Some(_) | None => Ok(()),
    }
}

/// HTTP Basic, whose parts are form-encoded first (RFC 6749 section 2.3.1).
fn basic(ask: &Ask) -> Option<(String, String)> {
    let header = ask.headers.get(AUTHORIZATION)?.to_str().ok()?;
    let (scheme, encoded) = header.split_once(' ')?;
    let decoded = scheme.eq_ignore_ascii_case("basic").then(|| STANDARD.decode(encoded.trim()).ok())??;
    let decoded = String::from_utf8(decoded).ok()?;
    let (id, secret) = decoded.split_once(':')?;
    let plain = |part: &str| Some(percent_decode_str(&part.replace('+', " ")).decode_utf8().ok()?.into_owned());
    Some((plain(id)?, plain(secret)?))
}
