//! The sign-in in the browser: account, consent if something is missing, and the code back to the application.

use bytes::Bytes;
use http::{Response, StatusCode};
use uuid::Uuid;

use super::error::{self, Refusal};
use super::memory::{Code, Flow, Wish};
use super::redirect::{self, Mode};
use super::scope::{self, Wanted};
use super::{Ask, Entra, Realm, admin_consent, pages, reply};
use crate::People;
use crate::world::{Activity, App, Consenter, GRAPH_APP_ID, User, World};

/// What the application asked for, checked.
#[derive(Clone)]
pub(super) struct SignIn {
    pub app_id: String,
    pub redirect_uri: String,
    pub wanted: Wanted,
    pub nonce: Option<String>,
    /// base64url(SHA-256(verifier)), see RFC 7636.
    pub challenge: String,
    pub state: Option<String>,
    pub mode: Mode,
    pub realm: Realm,
    prompt: Prompt,
    login_hint: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Prompt {
    /// Also `login` and `select_account`: an account is always picked anew, nobody stays signed in.
    Account,
    Consent,
    Silent,
}

/// Opens the sign-in. Faults of the application's address end on a page; all others return to that address.
pub(super) fn open(entra: &Entra, ask: &Ask) -> Result<Response<Bytes>, Refusal> {
    let realm = entra.realm(ask)?;
    let address = address_of(entra, ask, realm)?;
    let mode = if ask.query.get("response_mode") == Some("form_post") { Mode::FormPost } else { Mode::Query };
    let opened = read(entra, ask, realm, &address, mode).and_then(|sign_in| begin(entra, ask, sign_in));
    opened.or_else(|refusal| Ok(refuse(entra, ask, mode, &address, ask.query.get("state"), &refusal)))
}

/// A form of one of our pages came in: an account was picked, or a question was answered.
pub(super) fn step(entra: &Entra, ask: &Ask) -> Result<Response<Bytes>, Refusal> {
    let flow = ask.form.get("flow").and_then(|name| entra.memory().take_flow(name, ask.now_ms));
    let Some(flow) = flow else { return Err(error::REQUEST_INVALID.about("this page is out of date; start again")) };
    match (ask.form.get("decide"), ask.form.get("account"), flow.user_id) {
        (Some("cancel"), _, _) => Ok(match &flow.wish {
            Wish::SignIn(sign_in) => {
                let state = sign_in.state.as_deref();
                refuse(entra, ask, sign_in.mode, &sign_in.redirect_uri, state, &error::DECLINED.into())
            }
            Wish::AdminConsent(consent) => admin_consent::refuse(entra, ask, consent, &error::DECLINED.into()),
        }),
        (_, Some(account), None) => picked(entra, ask, flow.wish, account),
        (Some("accept"), _, Some(user_id)) => match flow.wish {
            Wish::SignIn(sign_in) => Ok(accepted(entra, ask, sign_in, &user_id)),
            Wish::AdminConsent(consent) => Ok(admin_consent::accepted(entra, ask, &consent, &user_id)),
        },
        (Some("ask"), _, Some(user_id)) => match flow.wish {
            Wish::SignIn(sign_in) => Ok(asked_for_approval(entra, ask, &sign_in, &user_id)),
            Wish::AdminConsent(_) => Err(error::REQUEST_INVALID.about("administrators do not ask")),
        },
        _ => Err(error::REQUEST_INVALID.about("the form has no answer")),
    }
}

/// The application's registered address; without one nothing may be sent anywhere.
pub(super) fn address_of(entra: &Entra, ask: &Ask, realm: Realm) -> Result<String, Refusal> {
    let client_id = ask.query.need("client_id")?;
    let world = entra.world();
    let app = world.app(client_id).ok_or_else(|| error::CLIENT_UNKNOWN.about(client_id))?;
    if realm == Realm::Common && !app.multi_tenant {
        return Err(error::SINGLE_TENANT_APP.about(client_id));
    }
    let address = ask.query.get("redirect_uri").ok_or(error::REDIRECT_MISSING)?;
    if !redirect::is_registered(app, address) {
        return Err(error::REDIRECT_MISMATCH.about(address));
    }
    Ok(address.to_owned())
}

/// The page that asks who is there.
pub(super) fn picker(entra: &Entra, ask: &Ask, wish: Wish, hint: Option<&str>, unknown: Option<&str>) -> Response<Bytes> {
    let flow = entra.memory().keep_flow(&entra.key, Flow { wish: wish.clone(), user_id: None }, ask.now_ms);
    let world = entra.world();
    let app = match &wish {
        Wish::SignIn(sign_in) => world.app(&sign_in.app_id),
        Wish::AdminConsent(consent) => world.app(&consent.app_id),
    };
    let app_name = app.map_or("", |app| app.display_name.as_str());
    let accounts = accounts(&world, hint);
    let page = pages::picker(&action(entra), &flow, app_name, &accounts, unknown);
    // 400 tells a scripted browser that the account was refused; a person reads it on the page.
    reply::html(if unknown.is_some() { StatusCode::BAD_REQUEST } else { StatusCode::OK }, &page)
}

/// Where our forms are sent.
pub(super) fn action(entra: &Entra) -> String {
    format!("{}/{}/login", entra.authority, entra.tenant_id)
}

fn read(entra: &Entra, ask: &Ask, realm: Realm, address: &str, mode: Mode) -> Result<SignIn, Refusal> {
    if ask.query.need("response_type")? != "code" {
        return Err(error::RESPONSE_TYPE_UNSUPPORTED.into());
    }
    if !matches!(ask.query.get("response_mode"), None | Some("query" | "form_post")) {
        return Err(error::REQUEST_INVALID.about("response_mode"));
    }
    let challenge = ask.query.get("code_challenge").filter(|challenge| challenge.len() == 43);
    let challenge = challenge.filter(|_| ask.query.get("code_challenge_method") == Some("S256"));
    let prompt = match ask.query.get("prompt") {
        None | Some("login" | "select_account") => Prompt::Account,
        Some("consent") => Prompt::Consent,
        Some("none") => Prompt::Silent,
        Some(_) => return Err(error::REQUEST_INVALID.about("prompt")),
    };
    let client_id = ask.query.need("client_id")?;
    let world = entra.world();
    if world.app(client_id).is_some_and(|app| app.blocked) {
        return Err(error::APP_BLOCKED.about(client_id));
    }
    if world.principal_of(client_id).is_some_and(|principal| !principal.enabled) {
        return Err(error::PRINCIPAL_DISABLED.about(client_id));
    }
    Ok(SignIn {
        app_id: world.app(client_id).map(|app| app.client_id.clone()).unwrap_or_default(),
        redirect_uri: address.to_owned(),
        wanted: scope::delegated(entra, ask.query.need("scope")?)?,
        nonce: ask.query.get("nonce").map(str::to_owned),
        challenge: challenge.ok_or(error::CHALLENGE_MISSING)?.to_owned(),
        state: ask.query.get("state").map(str::to_owned),
        mode,
        realm,
        prompt,
        login_hint: ask.query.get("login_hint").map(str::to_owned),
    })
}

fn begin(entra: &Entra, ask: &Ask, sign_in: SignIn) -> Result<Response<Bytes>, Refusal> {
    match entra.people {
        People::Auto => {
            let world = entra.world();
            let hinted = sign_in.login_hint.as_deref().and_then(|hint| world.user_by_upn(hint));
            let user_id = hinted.or(world.admin()).map(|user| user.id.to_string());
            drop(world);
            let user_id = user_id.ok_or(error::ACCOUNT_UNKNOWN)?;
            Ok(accepted(entra, ask, sign_in, &user_id))
        }
        People::Ask if sign_in.prompt == Prompt::Silent => Err(error::NO_SESSION.into()),
        People::Ask => {
            let hint = sign_in.login_hint.clone();
            Ok(picker(entra, ask, Wish::SignIn(sign_in), hint.as_deref(), None))
        }
    }
}

fn picked(entra: &Entra, ask: &Ask, wish: Wish, account: &str) -> Result<Response<Bytes>, Refusal> {
    let world = entra.world();
    let Some(user) = world.user_by_upn(account.trim()) else {
        drop(world);
        return Ok(picker(entra, ask, wish, None, Some(account)));
    };
    if !user.enabled {
        return Err(error::ACCOUNT_DISABLED.into());
    }
    match wish {
        Wish::AdminConsent(consent) => Ok(admin_consent::picked(entra, ask, &world, consent, user)),
        Wish::SignIn(sign_in) => {
            if !world.may_use(&sign_in.app_id, user) {
                return Err(error::NOT_ASSIGNED.about(&user.upn));
            }
            let names = sign_in.wanted.resolve(&world, &sign_in.app_id);
            let granted = world.delegated_scopes(&sign_in.app_id, &user.id);
            let missing: Vec<String> = names.iter().filter(|name| !granted.contains(name)).cloned().collect();
            let asked = if sign_in.prompt == Prompt::Consent { names } else { missing };
            if asked.is_empty() {
                return Ok(finish(entra, ask, sign_in, &user.id));
            }
            Ok(consent_page(entra, ask, &world, sign_in, user, &asked))
        }
    }
}

fn consent_page(entra: &Entra, ask: &Ask, world: &World, sign_in: SignIn, user: &User, asked: &[String]) -> Response<Bytes> {
    let Some(app) = world.app(&sign_in.app_id) else { return reply::empty(StatusCode::NOT_FOUND) };
    let blocked = is_blocked(world, app, user, asked);
    let flow = Flow { wish: Wish::SignIn(sign_in), user_id: Some(user.id.to_string()) };
    let flow = entra.memory().keep_flow(&entra.key, flow, ask.now_ms);
    match (blocked, world.consent.workflow) {
        (true, true) => reply::html(StatusCode::OK, &pages::approval(&action(entra), &flow, &app.display_name, asked)),
        (true, false) => reply::html(StatusCode::FORBIDDEN, &pages::admin_needed(&action(entra), &flow, &app.display_name)),
        (false, _) => {
            let page = pages::consent(&pages::Consent {
                action: &action(entra),
                flow: &flow,
                app_name: &app.display_name,
                account: &user.upn,
                delegated: asked,
                application: &[],
                tenant: None,
            });
            reply::html(StatusCode::OK, &page)
        }
    }
}

/// Whether the tenant's settings leave this consent to an administrator.
fn is_blocked(world: &World, app: &App, user: &User, asked: &[String]) -> bool {
    !admin_consent::may_grant_delegated(user) && asked.iter().any(|scope| !world.may_consent(app, scope))
}

/// Somebody asked an administrator for approval. This page does not lead back to the application.
fn asked_for_approval(entra: &Entra, ask: &Ask, sign_in: &SignIn, user_id: &str) -> Response<Bytes> {
    let reason: String = ask.form.get("reason").unwrap_or_default().chars().take(500).collect();
    let mut world = entra.world_mut();
    let wanted = sign_in.wanted.resolve(&world, &sign_in.app_id);
    world.ask_for_consent(&sign_in.app_id, user_id, &wanted, &reason, ask.now_ms);
    reply::html(StatusCode::OK, &pages::asked())
}

/// The person said yes, or nothing is left to say yes to. Settings that changed while the page was open still count.
fn accepted(entra: &Entra, ask: &Ask, sign_in: SignIn, user_id: &str) -> Response<Bytes> {
    let mut world = entra.world_mut();
    let names = sign_in.wanted.resolve(&world, &sign_in.app_id);
    let granted = world.delegated_scopes(&sign_in.app_id, user_id);
    let missing: Vec<&str> = names.iter().filter(|name| !granted.contains(name)).map(String::as_str).collect();
    if !missing.is_empty() {
        let asked: Vec<String> = missing.iter().map(|name| (*name).to_owned()).collect();
        if let (Some(app), Some(user)) = (world.app(&sign_in.app_id), world.user(user_id))
            && is_blocked(&world, app, user, &asked)
        {
            return consent_page(entra, ask, &world, sign_in, user, &asked);
        }
        consent(&mut world, &sign_in.app_id, user_id, &missing, ask.now_ms);
    }
    drop(world);
    finish(entra, ask, sign_in, user_id)
}

/// Writes a person's own consent, and the log.
fn consent(world: &mut World, app_id: &str, user_id: &str, scopes: &[&str], now_ms: i64) {
    let Some(signed) = world.signature(user_id, now_ms) else { return };
    let known = world.principal_of(app_id).is_some();
    let client = world.ensure_principal(app_id, now_ms).and_then(|at| world.principals.get(at)).map(|client| client.id.clone());
    let Some(client) = client else { return };
    if !known {
        world.audit_principal(Activity::AddPrincipal, &client, Vec::new(), &signed);
    }
    let graph = world.principal_of(GRAPH_APP_ID).map(|graph| graph.id.clone());
    let own = |world: &World| {
        let mut all = world.delegated_grants.iter();
        all.find(|grant| {
            grant.client_id == client && Some(&grant.resource_id) == graph.as_ref() && grant.principal_id.as_deref() == Some(user_id)
        })
        .cloned()
    };
    let before = own(world).map(|grant| grant.scope).unwrap_or_default();
    world.grant_for_user(app_id, user_id, scopes);
    if let Some(grant) = own(world) {
        world.audit_grant(&grant, &before, &signed);
    }
    let named: Vec<String> = scopes.iter().map(|scope| (*scope).to_owned()).collect();
    world.audit_consent(&client, Consenter::Oneself, &named, &signed);
}

fn finish(entra: &Entra, ask: &Ask, sign_in: SignIn, user_id: &str) -> Response<Bytes> {
    let (mode, address, state) = (sign_in.mode, sign_in.redirect_uri.clone(), sign_in.state.clone());
    let code = Code { realm: sign_in.realm, sign_in, user_id: user_id.to_owned(), redeemed: false };
    let code = entra.memory().keep_code(&entra.key, code, ask.now_ms);
    let mut parameters = vec![("code", code)];
    parameters.extend(state.map(|state| ("state", state)));
    parameters.push(("session_state", Uuid::new_v4().to_string()));
    redirect::deliver(mode, &address, &parameters)
}

fn refuse(entra: &Entra, ask: &Ask, mode: Mode, address: &str, state: Option<&str>, refusal: &Refusal) -> Response<Bytes> {
    let mut parameters = refusal.parameters(&entra.authority, ask);
    parameters.extend(state.map(|state| ("state", state.to_owned())));
    redirect::deliver(mode, address, &parameters)
}

/// The hinted account first, then those a rehearsal needs: whoever holds a role, and a few ordinary people.
fn accounts<'a>(world: &'a World, hint: Option<&str>) -> Vec<&'a User> {
    let hinted = hint.and_then(|hint| world.user_by_upn(hint));
    let may_sign_in = |user: &&User| user.enabled && Some(&*user.id) != hinted.map(|user| &*user.id);
    let admins = world.users.iter().filter(|user| !user.admin_roles.is_empty()).filter(may_sign_in);
    let others = world.users.iter().filter(|user| user.admin_roles.is_empty()).filter(may_sign_in).take(3);
    hinted.into_iter().chain(admins).chain(others).collect()
}
