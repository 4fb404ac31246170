//! What a token says about itself, read for diagnosis. Tokens of Graph are opaque by contract and their signatures are
//! Graph's to check ("Access tokens in the Microsoft identity platform"), so nothing here proves anything.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rollcall_core::id::{AppId, DirectoryId, ObjectId};
use rollcall_core::time::Timestamp;
use serde::Deserialize;
use serde_json::Value;
use thiserror::Error;
use uuid::Uuid;

/// No token of Entra is near this long.
const LARGEST_TOKEN: usize = 16 * 1024;

/// The claims that a diagnosis needs ("Access token claims reference").
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Claims {
    /// Whom the token is for.
    pub audience: Option<String>,
    /// Who issued it.
    pub issuer: Option<String>,
    /// `tid`: the tenant.
    pub directory_id: Option<DirectoryId>,
    /// `oid`: the user or the service principal.
    pub object_id: Option<ObjectId>,
    /// `appid` of v1 tokens, `azp` of v2 tokens: the application.
    pub app_id: Option<AppId>,
    /// `roles`: application permissions.
    pub roles: Vec<String>,
    /// `scp`: delegated permissions.
    pub scopes: Vec<String>,
    /// `wids`: template ids of the person's directory roles.
    pub directory_roles: Vec<Uuid>,
    /// `exp`.
    pub expires: Option<Timestamp>,
    /// `nonce`, of id tokens.
    pub nonce: Option<String>,
    /// `upn` or `preferred_username`: for display only, never a key.
    pub upn: Option<String>,
    /// `name`: for display only.
    pub name: Option<String>,
    /// `idtyp`: `app` for application tokens, where the tenant has switched it on.
    pub id_type: Option<String>,
}

/// A token that can't be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the token can't be read")]
pub struct Unreadable;

impl Claims {
    /// Reads the claims of a signed JWT of at most 16 KiB, without checking its signature.
    ///
    /// # Errors
    /// [`Unreadable`] when it isn't a JWT of three parts, is unsigned (`alg` of `none`), is too long or isn't JSON.
    pub fn read(token: &str) -> Result<Self, Unreadable> {
        if token.len() > LARGEST_TOKEN {
            return Err(Unreadable);
        }
        let mut parts = token.split('.');
        let (Some(header), Some(payload), Some(signature), None) = (parts.next(), parts.next(), parts.next(), parts.next()) else {
            return Err(Unreadable);
        };
        let Header { alg } = part(header)?;
        if alg.eq_ignore_ascii_case("none") || signature.is_empty() {
            return Err(Unreadable);
        }
        let wire: Wire = part(payload)?;
        Ok(wire.into())
    }

    /// Whether this is a token of an application, not of a person.
    #[must_use]
    pub fn is_app_only(&self) -> bool {
        self.id_type.as_deref() == Some("app") || (self.scopes.is_empty() && self.upn.is_none())
    }
}

/// Shows only what can't identify a person or a tenant.
impl fmt::Debug for Claims {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Claims")
            .field("roles", &self.roles.len())
            .field("scopes", &self.scopes.len())
            .field("expires", &self.expires)
            .finish_non_exhaustive()
    }
}

#[derive(Deserialize)]
struct Header {
    alg: String,
}

#[derive(Deserialize)]
#[serde(default)]
#[derive(Default)]
struct Wire {
    aud: Option<String>,
    iss: Option<String>,
    tid: Option<String>,
    oid: Option<String>,
    appid: Option<String>,
    azp: Option<String>,
    roles: Vec<String>,
    scp: Option<String>,
    wids: Vec<String>,
    exp: Option<Value>,
    nonce: Option<String>,
    upn: Option<String>,
    preferred_username: Option<String>,
    name: Option<String>,
    idtyp: Option<String>,
}

impl From<Wire> for Claims {
    fn from(wire: Wire) -> Self {
        Self {
            audience: wire.aud,
            issuer: wire.iss,
            directory_id: wire.tid.and_then(|id| id.parse().ok()),
            object_id: wire.oid.and_then(|id| id.parse().ok()),
            app_id: wire.appid.or(wire.azp).and_then(|id| id.parse().ok()),
            roles: wire.roles,
            scopes: wire.scp.map(|text| text.split_whitespace().map(str::to_owned).collect()).unwrap_or_default(),
            directory_roles: wire.wids.iter().filter_map(|id| id.parse().ok()).collect(),
            expires: wire.exp.as_ref().and_then(Value::as_i64).map(|s| Timestamp(s.saturating_mul(1000))),
            nonce: wire.nonce,
            upn: wire.upn.or(wire.preferred_username),
            name: wire.name,
            id_type: wire.idtyp,
        }
    }
}

fn part<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, Unreadable> {
    let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| Unreadable)?;
    // A derived reader would also take a list of values for an object.
    if bytes.first() != Some(&b'{') {
        return Err(Unreadable);
    }
    serde_json::from_slice(&bytes).map_err(|_| Unreadable)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(alg: &str, payload: &Value) -> String {
        let coded = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        format!("{}.{}.c2ln", coded(&serde_json::json!({ "alg": alg })), coded(payload))
    }

    #[test]
    fn what_a_diagnosis_needs_is_read() {
        let claims = Claims::read(&token(
            "RS256",
            &serde_json::json!({
                "tid": "6f2c2c1e-0a4f-4c1e-9a55-3f0e6b7f9a10", "azp": "8410d572-e055-48e5-b2c7-869538daf671",
                "roles": ["Mail.Send"], "scp": "User.Read Mail.Read", "exp": 1_795_168_800,
                "wids": ["62e90394-69f5-4237-9190-012177145e10", "not a role"], "preferred_username": "ada@contoso.example",
            }),
        ))
        .unwrap();
        assert_eq!(claims.roles, ["Mail.Send"]);
        assert_eq!(claims.scopes, ["User.Read", "Mail.Read"]);
        assert_eq!(claims.expires, Some(Timestamp(1_795_168_800_000)));
        assert_eq!(claims.directory_roles.len(), 1);
        assert!(claims.app_id.is_some() && claims.directory_id.is_some() && !claims.is_app_only());
        assert!(!format!("{claims:?}").contains("ada"), "a name is not for logs");
    }

    #[test]
    fn what_is_no_signed_token_is_refused() {
        let good = token("RS256", &serde_json::json!({}));
        assert!(Claims::read(&good).is_ok());
        let unsigned = good.rsplit_once('.').unwrap().0;
        let long = token("RS256", &serde_json::json!({ "name": "x".repeat(LARGEST_TOKEN) }));
        for bad in [
            "",
            "a.b.c",
            "..",
            &format!("{unsigned}."),
            unsigned,
            &format!("{good}.x"),
            &token("none", &Value::Null),
            &token("nOnE", &serde_json::json!({})),
            &token("RS256", &serde_json::json!([])),
            &long,
        ] {
            assert_eq!(Claims::read(bad), Err(Unreadable), "{bad:.40}");
        }
    }

    #[test]
    fn a_claim_of_an_odd_shape_is_absent_or_refused_but_never_a_panic() {
        let odd = token("RS256", &serde_json::json!({ "tid": "not a guid", "exp": "soon" }));
        let claims = Claims::read(&odd).unwrap();
        assert_eq!((claims.directory_id, claims.expires), (None, None));
        let huge = Claims::read(&token("RS256", &serde_json::json!({ "exp": i64::MAX }))).unwrap();
        assert_eq!(huge.expires, Some(Timestamp(i64::MAX)));
    }
}
