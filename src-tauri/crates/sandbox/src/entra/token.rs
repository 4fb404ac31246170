//! The token endpoint: codes, refresh tokens and client credentials become tokens.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use http::{Response, StatusCode};
use ring::digest::{SHA256, digest};
use serde_json::{Value, json};
use uuid::Uuid;

use super::client::{Client, identify};
use super::error::{self, Refusal};
use super::memory::{Code, Found, Renewal};
use super::{Ask, Entra, Realm, reply, scope};
use crate::token::{Caller, CallerKind, Particulars, Proof, mint};
use crate::world::{GRAPH_APP_ID, User, World};

/// Answers one token request.
pub(super) fn answer(entra: &Entra, ask: &Ask) -> Result<Response<Bytes>, Refusal> {
    let realm = entra.realm(ask)?;
    match ask.form.need("grant_type")? {
        "authorization_code" => redeem_code(entra, ask, realm),
        "refresh_token" => renew(entra, ask),
        "client_credentials" => application(entra, ask, realm),
        _ => Err(error::GRANT_TYPE_UNSUPPORTED.into()),
    }
}

fn application(entra: &Entra, ask: &Ask, realm: Realm) -> Result<Response<Bytes>, Refusal> {
    match realm {
        Realm::Directory => {}
        Realm::Organizations => return Err(error::NO_TENANT.into()),
        Realm::Common => return Err(error::NOT_ON_COMMON.into()),
    }
    let client = identify(entra, ask)?;
    if client.proof == Proof::Public {
        return Err(error::SECRET_MISSING.into());
    }
    scope::application(entra, ask.form.need("scope")?)?;
    let world = entra.world();
    let principal = world.principal_of(&client.app_id).ok_or_else(|| error::PRINCIPAL_MISSING.about(&client.app_id))?;
    let kind = CallerKind::App { roles: world.application_roles(&client.app_id, GRAPH_APP_ID) };
    let (access_token, life_s) = access_token(entra, ask, &client, kind, &principal.id);
    Ok(reply::json(
        StatusCode::OK,
        &json!({
            "token_type": "Bearer",
            "expires_in": life_s,
            "ext_expires_in": life_s,
            "access_token": access_token,
        }),
    ))
}

fn redeem_code(entra: &Entra, ask: &Ask, realm: Realm) -> Result<Response<Bytes>, Refusal> {
    let client = identify(entra, ask)?;
    let name = ask.form.need("code")?;
    let found = entra.memory().code(name, ask.now_ms);
    let code = match found {
        Found::Alive(code) => code,
        Found::Expired => return Err(error::GRANT_EXPIRED.into()),
        Found::Unknown => return Err(error::GRANT_UNKNOWN.into()),
    };
    check_code(ask, &client, realm, &code)?;
    let world = entra.world();
    let user = signed_in(&world, &client, &code.user_id)?;
    let wanted = code.sign_in.wanted.resolve(&world, &client.app_id);
    let scopes = asked_scopes(entra, ask, &world, &client, user, &wanted)?;
    if !entra.memory().redeem(name) {
        return Err(error::CODE_REDEEMED.into());
    }
    Ok(user_tokens(entra, ask, &client, user, &Consented { all: &wanted, now: &scopes }, code.sign_in.nonce.as_deref()))
}

fn check_code(ask: &Ask, client: &Client, realm: Realm, code: &Code) -> Result<(), Refusal> {
    if code.redeemed {
        return Err(error::CODE_REDEEMED.into());
    }
    if code.sign_in.app_id != client.app_id {
        return Err(error::GRANT_UNKNOWN.about("client_id"));
    }
    if code.realm != realm {
        return Err(error::CODE_OF_ANOTHER_TENANT.into());
    }
    if code.sign_in.redirect_uri != ask.form.need("redirect_uri")? {
        return Err(error::GRANT_UNKNOWN.about("redirect_uri"));
    }
    let verifier = ask.form.need("code_verifier")?;
    // RFC 7636 section 4.1.
    let well_formed =
        (43..=128).contains(&verifier.len()) && verifier.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte));
    if !well_formed || URL_SAFE_NO_PAD.encode(digest(&SHA256, verifier.as_bytes())) != code.sign_in.challenge {
        return Err(error::VERIFIER_MISMATCH.into());
    }
    Ok(())
}

fn renew(entra: &Entra, ask: &Ask) -> Result<Response<Bytes>, Refusal> {
    let client = identify(entra, ask)?;
    let name = ask.form.need("refresh_token")?;
    let memory = entra.memory();
    let renewal = match memory.renewal(name, ask.now_ms) {
        Found::Alive(renewal) if renewal.app_id != client.app_id => return Err(error::GRANT_UNKNOWN.into()),
        Found::Alive(renewal) if memory.is_revoked(&renewal) => return Err(error::SESSION_REVOKED.into()),
        Found::Alive(renewal) => renewal,
        Found::Expired => return Err(error::GRANT_EXPIRED.into()),
        Found::Unknown => return Err(error::GRANT_UNKNOWN.into()),
    };
    drop(memory);
    let world = entra.world();
    let user = signed_in(&world, &client, &renewal.user_id)?;
    let scopes = asked_scopes(entra, ask, &world, &client, user, &renewal.scopes)?;
    Ok(user_tokens(entra, ask, &client, user, &Consented { all: &renewal.scopes, now: &scopes }, None))
}

fn signed_in<'a>(world: &'a World, client: &Client, user_id: &str) -> Result<&'a User, Refusal> {
    let user = world.user(user_id).ok_or(error::ACCOUNT_UNKNOWN)?;
    if !user.enabled {
        return Err(error::ACCOUNT_DISABLED.into());
    }
    if world.may_use(&client.app_id, user) { Ok(user) } else { Err(error::NOT_ASSIGNED.about(&user.upn)) }
}

/// The permissions of this request, or those of the sign-in when it names none. Each must be granted now.
fn asked_scopes(
    entra: &Entra,
    ask: &Ask,
    world: &World,
    client: &Client,
    user: &User,
    signed_in_for: &[String],
) -> Result<Vec<String>, Refusal> {
    let asked = match ask.form.get("scope") {
        Some(scope) => scope::delegated(entra, scope)?.resolve(world, &client.app_id),
        None => signed_in_for.to_vec(),
    };
    let granted = world.delegated_scopes(&client.app_id, &user.id);
    match asked.iter().find(|name| !scope::is_open_id(name) && !granted.contains(name)) {
        Some(name) => Err(error::NOT_CONSENTED.about(name)),
        None => Ok(asked),
    }
}

/// Permissions of the whole sign-in, and those this token is for.
struct Consented<'a> {
    all: &'a [String],
    now: &'a [String],
}

fn user_tokens(entra: &Entra, ask: &Ask, client: &Client, user: &User, consented: &Consented<'_>, nonce: Option<&str>) -> Response<Bytes> {
    // `offline_access` asks for a refresh token; it is no permission that Graph would see.
    let scopes: Vec<String> = consented.now.iter().filter(|name| *name != "offline_access").cloned().collect();
    let has = |names: &[String], word: &str| names.iter().any(|name| name == word);
    let kind = CallerKind::User {
        user_id: user.id.to_string(),
        scopes: scopes.clone(),
        wids: user.admin_roles.iter().map(|role| (*role).to_owned()).collect(),
    };
    let (access_token, life_s) = access_token(entra, ask, client, kind, "");
    let mut body = json!({
        "token_type": "Bearer",
        "scope": scopes.join(" "),
        "expires_in": life_s,
        "ext_expires_in": life_s,
        "access_token": access_token,
    });
    if has(consented.all, "offline_access") || has(consented.now, "offline_access") {
        let renewal =
            Renewal { app_id: client.app_id.clone(), user_id: user.id.to_string(), scopes: consented.all.to_vec(), issued_ms: ask.now_ms };
        body["refresh_token"] = entra.memory().keep_renewal(&entra.key, renewal, ask.now_ms).into();
    }
    if has(consented.now, "openid") {
        body["id_token"] = id_token(entra, ask, client, user, life_s, nonce).into();
    }
    reply::json(StatusCode::OK, &body)
}

fn access_token(entra: &Entra, ask: &Ask, client: &Client, kind: CallerKind, principal_id: &str) -> (String, i64) {
    let life_s = life_s(entra.seed, entra.memory().next());
    let caller = Caller { app_id: client.app_id.clone(), tenant_id: entra.tenant_id.clone(), kind };
    let particulars = Particulars {
        issuer: &format!("{}/{}/", entra.authority, entra.tenant_id),
        audience: &entra.graph,
        principal_id,
        proof: client.proof,
        issued_ms: ask.now_ms,
        life_s,
        id: &Uuid::new_v4().simple().to_string(),
    };
    (mint(&entra.key, &caller, &particulars), life_s)
}

fn id_token(entra: &Entra, ask: &Ask, client: &Client, user: &User, life_s: i64, nonce: Option<&str>) -> String {
    let issued = ask.now_ms.div_euclid(1000);
    let mut claims: Value = json!({
        "aud": client.app_id,
        "iss": entra.issuer(),
        "iat": issued,
        "nbf": issued,
        "exp": issued + life_s,
        "name": user.display_name,
        "preferred_username": user.upn,
        "email": user.upn,
        "oid": user.id,
        "sub": pairwise(&client.app_id, &user.id),
        "tid": entra.tenant_id,
        "use": "id",
        "ver": "2.0",
    });
    if let Some(nonce) = nonce {
        claims["nonce"] = nonce.into();
    }
    entra.key.sign(&claims)
}

/// The subject differs from app to app ("Subject identifier types", OpenID Connect Core section 8).
fn pairwise(app_id: &str, user_id: &str) -> String {
    URL_SAFE_NO_PAD.encode(digest(&SHA256, format!("{app_id} {user_id}").as_bytes()))
}

/// 60 to 90 minutes ("Configurable token lifetimes"), the same for the same seed and order of requests.
fn life_s(seed: u64, n: u64) -> i64 {
    let mixed = digest(&SHA256, format!("{seed} {n}").as_bytes());
    let spread = mixed.as_ref().iter().take(4).fold(0_i64, |sum, byte| sum << 8 | i64::from(*byte));
    3600 + spread % 1801
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn access_tokens_live_sixty_to_ninety_minutes() {
        let lives: Vec<i64> = (0..200).map(|n| life_s(1, n)).collect();
        assert!(lives.iter().all(|life| (3600..=5400).contains(life)), "{lives:?}");
        assert!(lives.windows(2).any(|pair| pair[0] != pair[1]), "they are spread");
    }
}
