//! The practice tenant's bearer tokens: minted with the key of this start, and refused when any other key signed them.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::hmac;
use serde_json::{Value, json};

/// Who a bearer token speaks for. Roles and scopes are those frozen into the token when it was issued.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// Client id of the application.
    pub app_id: String,
    /// The directory that issued the token.
    pub tenant_id: String,
    /// The application alone, or a person through it.
    pub kind: CallerKind,
}

/// Which half of Graph's permission model applies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CallerKind {
    /// Client credentials: the application itself.
    App {
        /// Application permissions, such as `Mail.ReadWrite`.
        roles: Vec<String>,
    },
    /// A person who signed in.
    User {
        /// Object id of the person.
        user_id: String,
        /// Delegated permissions, such as `User.Read`.
        scopes: Vec<String>,
        /// Template ids of the person's directory roles (claim `wids`).
        wids: Vec<String>,
    },
}

/// How the client proved itself (claim `appidacr`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Proof {
    Public,
    Secret,
    Certificate,
}

impl Proof {
    fn claim(self) -> &'static str {
        match self {
            Proof::Public => "0",
            Proof::Secret => "1",
            Proof::Certificate => "2",
        }
    }
}

/// What goes into an access token beside its [`Caller`].
pub(crate) struct Particulars<'a> {
    pub issuer: &'a str,
    pub audience: &'a str,
    /// Object id of the service principal, for application tokens.
    pub principal_id: &'a str,
    pub proof: Proof,
    pub issued_ms: i64,
    pub life_s: i64,
    /// Names the token in logs; unique.
    pub id: &'a str,
}

/// The signing key of one start. Tokens of an earlier start are worth nothing.
pub(crate) struct Key {
    key: hmac::Key,
    /// All that was made with it, for tests that look where it must not be.
    made: Mutex<Vec<String>>,
    /// Tokens whose signature was checked before.
    known: RwLock<HashMap<String, Verified>>,
}

impl Key {
    pub(crate) fn new(bytes: &[u8; 32]) -> Key {
        Key { key: hmac::Key::new(hmac::HMAC_SHA256, bytes), made: Mutex::default(), known: RwLock::default() }
    }

    /// Every token, code and form id of this start so far.
    pub(crate) fn made(&self) -> Vec<String> {
        self.made.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn note(&self, made: String) -> String {
        self.made.lock().unwrap_or_else(PoisonError::into_inner).push(made.clone());
        made
    }

    /// An unguessable name for the `n`th thing of a kind: authorization codes, refresh tokens, form ids.
    pub(crate) fn opaque(&self, kind: &str, n: u64) -> String {
        let tag = hmac::sign(&self.key, format!("opaque {kind} {n}").as_bytes());
        self.note(format!("{kind}.{}", URL_SAFE_NO_PAD.encode(tag.as_ref())))
    }

    /// Signs claims as a compact JWT.
    pub(crate) fn sign(&self, claims: &Value) -> String {
        let header = URL_SAFE_NO_PAD.encode(HEADER);
        let payload = URL_SAFE_NO_PAD.encode(claims.to_string());
        let signed = format!("{header}.{payload}");
        let tag = hmac::sign(&self.key, signed.as_bytes());
        self.note(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(tag.as_ref())))
    }

    /// The claims of a token that this key signed.
    fn open(&self, token: &str) -> Option<Value> {
        let (signed, signature) = token.rsplit_once('.')?;
        let (header, payload) = signed.split_once('.')?;
        // The exact header is demanded, so `alg: none` and a genuine Entra token (RS256) end here.
        if URL_SAFE_NO_PAD.decode(header).ok()? != HEADER.as_bytes() {
            return None;
        }
        let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
        hmac::verify(&self.key, signed.as_bytes(), &signature).ok()?;
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).ok()?).ok()
    }
}

const HEADER: &str = r#"{"typ":"JWT","alg":"HS256","kid":"practice"}"#;

/// Mints an access token for the practice Graph. Claims follow Entra's v1.0 access tokens, which is what Graph uses.
pub(crate) fn mint(key: &Key, caller: &Caller, about: &Particulars<'_>) -> String {
    let issued = about.issued_ms.div_euclid(1000);
    let mut claims = json!({
        "aud": about.audience,
        "iss": about.issuer,
        "iat": issued,
        "nbf": issued,
        "exp": issued + about.life_s,
        "appid": caller.app_id,
        "appidacr": about.proof.claim(),
        "tid": caller.tenant_id,
        "uti": about.id,
        "use": "access",
        "ver": "1.0",
    });
    match &caller.kind {
        CallerKind::App { roles } => {
            claims["idtyp"] = "app".into();
            claims["oid"] = about.principal_id.into();
            claims["sub"] = about.principal_id.into();
            if !roles.is_empty() {
                claims["roles"] = json!(roles);
            }
        }
        CallerKind::User { user_id, scopes, wids } => {
            claims["idtyp"] = "user".into();
            claims["oid"] = json!(user_id);
            claims["sub"] = json!(user_id);
            claims["scp"] = scopes.join(" ").into();
            claims["wids"] = json!(wids);
        }
    }
    key.sign(&claims)
}

/// The caller behind a bearer token; `None` for one that is foreign, altered, expired, or not an access token.
pub(crate) fn verify(key: &Key, token: &str, audience: &str, now_ms: i64) -> Option<Arc<Caller>> {
    let known = key.known.read().unwrap_or_else(PoisonError::into_inner).get(token).cloned();
    let verified = match known {
        Some(verified) => verified,
        None => {
            let verified = read(key, token)?;
            let mut known = key.known.write().unwrap_or_else(PoisonError::into_inner);
            // Tokens come again and again; those of long ago are read anew.
            if known.len() == MOST_KNOWN {
                known.clear();
            }
            known.insert(token.to_owned(), verified.clone());
            verified
        }
    };
    let now = now_ms.div_euclid(1000);
    let in_time = verified.not_before <= now && now < verified.expires;
    (in_time && verified.audience == audience).then_some(verified.caller)
}

/// An access token whose signature is ours; its time and its audience are still to be checked.
#[derive(Clone)]
struct Verified {
    caller: Arc<Caller>,
    audience: String,
    /// Seconds since 1970.
    not_before: i64,
    expires: i64,
}

const MOST_KNOWN: usize = 1_000;

fn read(key: &Key, token: &str) -> Option<Verified> {
    let claims = key.open(token)?;
    let text = |name: &str| claims.get(name).and_then(Value::as_str).map(str::to_owned);
    let words = |name: &str| -> Vec<String> {
        let listed = claims.get(name).and_then(Value::as_array);
        listed.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
    };
    if text("use")? != "access" {
        return None;
    }
    let kind = match text("idtyp")?.as_str() {
        "app" => CallerKind::App { roles: words("roles") },
        "user" => CallerKind::User {
            user_id: text("oid")?,
            scopes: text("scp")?.split_whitespace().map(str::to_owned).collect(),
            wids: words("wids"),
        },
        _ => return None,
    };
    Some(Verified {
        caller: Arc::new(Caller { app_id: text("appid")?, tenant_id: text("tid")?, kind }),
        audience: text("aud")?,
        not_before: claims.get("nbf")?.as_i64()?,
        expires: claims.get("exp")?.as_i64()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_700_000_000_000;

    fn app(roles: &[&str]) -> Caller {
        Caller {
            app_id: "app".into(),
            tenant_id: "tenant".into(),
            kind: CallerKind::App { roles: roles.iter().map(|role| (*role).to_owned()).collect() },
        }
    }

    fn token(key: &Key, caller: &Caller) -> String {
        mint(
            key,
            caller,
            &Particulars {
                issuer: "http://127.0.0.1/tenant/",
                audience: "graph",
                principal_id: "principal",
                proof: Proof::Secret,
                issued_ms: NOW,
                life_s: 3600,
                id: "1",
            },
        )
    }

    #[test]
    fn a_token_gives_back_its_caller_until_it_expires() {
        let key = Key::new(&[7; 32]);
        let caller = app(&["Mail.ReadWrite"]);
        let token = token(&key, &caller);
        assert_eq!(verify(&key, &token, "graph", NOW), Some(Arc::new(caller)));
        assert_eq!(verify(&key, &token, "graph", NOW + 3_600_000), None, "an expired token is refused");
        assert_eq!(verify(&key, &token, "graph", NOW - 1000), None, "a token from the future is refused");
        assert_eq!(verify(&key, &token, "other", NOW), None, "another audience is refused");
    }

    #[test]
    fn a_token_without_grants_has_no_roles_claim() {
        let key = Key::new(&[7; 32]);
        let claims = key.open(&token(&key, &app(&[]))).unwrap();
        assert!(claims.get("roles").is_none(), "Entra leaves the claim out instead of sending an empty list");
    }

    #[test]
    fn foreign_and_altered_tokens_are_refused() {
        let key = Key::new(&[7; 32]);
        let good = token(&key, &app(&["Mail.ReadWrite"]));
        let unsigned = good.rsplit_once('.').unwrap().0.to_owned() + ".";
        let (_, payload) = unsigned.split_once('.').unwrap();
        let none = format!("{}.{payload}", URL_SAFE_NO_PAD.encode(r#"{"typ":"JWT","alg":"none"}"#));
        let other = token(&Key::new(&[8; 32]), &app(&["Mail.ReadWrite"]));
        let id_token = key.sign(&json!({"use": "id", "aud": "graph", "nbf": 0, "exp": i64::MAX, "idtyp": "app"}));
        for (what, bad) in [("unsigned", unsigned), ("alg none", none), ("other key", other), ("id token", id_token)] {
            assert_eq!(verify(&key, &bad, "graph", NOW), None, "{what}");
        }
    }
}
