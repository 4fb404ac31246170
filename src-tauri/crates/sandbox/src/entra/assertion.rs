//! Client assertions: a JWT that the application signed with its certificate's key.
//! Rules from "Microsoft identity platform application authentication certificate credentials".

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::digest::{SHA1_FOR_LEGACY_USE_ONLY, SHA256, digest};
use ring::signature::{RSA_PKCS1_2048_8192_SHA256, RSA_PSS_2048_8192_SHA256, RsaParameters, UnparsedPublicKey};
use serde_json::Value;

use super::error::{self, Refusal};
use super::{Ask, Entra, certificate};
use crate::world::App;

const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
/// How far the client's clock may be off, in seconds.
const SKEW_S: i64 = 300;

/// Checks signature, audience, issuer, subject and time.
pub(super) fn verify(entra: &Entra, ask: &Ask, app: &App, signed: &str) -> Result<(), Refusal> {
    if ask.form.get("client_assertion_type") != Some(ASSERTION_TYPE) {
        return Err(error::ASSERTION_REFUSED.about("client_assertion_type"));
    }
    let (body, signature) = signed.rsplit_once('.').ok_or(error::ASSERTION_REFUSED)?;
    let (header, claims) = body.split_once('.').ok_or(error::ASSERTION_REFUSED)?;
    let (header, claims) = (document(header)?, document(claims)?);
    let signature = URL_SAFE_NO_PAD.decode(signature).map_err(|_| error::ASSERTION_REFUSED)?;

    let algorithm: &RsaParameters = match text(&header, "alg") {
        Some("PS256") => &RSA_PSS_2048_8192_SHA256,
        Some("RS256") => &RSA_PKCS1_2048_8192_SHA256,
        _ => return Err(error::ASSERTION_REFUSED.about("alg")),
    };
    let named = app.certificates.iter().find(|der| is_named(&header, der)).ok_or(error::ASSERTION_KEY_UNKNOWN)?;
    let key = certificate::rsa_key(named).ok_or(error::ASSERTION_KEY_UNKNOWN)?;
    let public = UnparsedPublicKey::new(algorithm, key);
    public.verify(body.as_bytes(), &signature).map_err(|_| error::ASSERTION_KEY_UNKNOWN)?;

    let client = Some(app.client_id.as_str());
    if text(&claims, "sub") != client || text(&claims, "iss") != client {
        return Err(error::SUBJECT_MISMATCH.into());
    }
    if !text(&claims, "aud").is_some_and(|audience| is_ours(entra, audience)) {
        return Err(error::ASSERTION_REFUSED.about("aud"));
    }
    let now = ask.now_ms.div_euclid(1000);
    let begins = claims.get("nbf").and_then(Value::as_i64).unwrap_or(now);
    let ends = claims.get("exp").and_then(Value::as_i64).ok_or(error::ASSERTION_OUT_OF_TIME)?;
    if begins > now + SKEW_S || ends <= now - SKEW_S {
        return Err(error::ASSERTION_OUT_OF_TIME.into());
    }
    Ok(())
}

fn document(encoded: &str) -> Result<Value, Refusal> {
    let decoded = URL_SAFE_NO_PAD.decode(encoded).map_err(|_| error::ASSERTION_REFUSED)?;
    serde_json::from_slice(&decoded).map_err(|_| error::ASSERTION_REFUSED.into())
}

fn text<'a>(document: &'a Value, name: &str) -> Option<&'a str> {
    document.get(name).and_then(Value::as_str)
}

/// Whether the header names this certificate, by either thumbprint.
fn is_named(header: &Value, der: &[u8]) -> bool {
    match (text(header, "x5t#S256"), text(header, "x5t")) {
        (Some(thumbprint), _) => thumbprint == URL_SAFE_NO_PAD.encode(digest(&SHA256, der)),
        (None, Some(thumbprint)) => thumbprint == URL_SAFE_NO_PAD.encode(digest(&SHA1_FOR_LEGACY_USE_ONLY, der)),
        (None, None) => false,
    }
}

/// The token endpoint of this directory under either of its names, or the issuer.
fn is_ours(entra: &Entra, audience: &str) -> bool {
    let rest = audience.strip_prefix(entra.authority.as_str()).and_then(|rest| rest.strip_prefix('/'));
    let Some((tenant, path)) = rest.and_then(|rest| rest.split_once('/')) else { return false };
    let tenant_is_ours = tenant == entra.tenant_id || tenant == entra.domain;
    tenant_is_ours && matches!(path, "oauth2/v2.0/token" | "v2.0")
}
