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
use crate::world::{App, GRAPH_APP_ID, User, World, scopes_of};

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
            Wish::AdminConsent(consent) => Ok(admin_consent::accepted(entra, ask, &consent)),
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
    let app_name = world.app(&sign_in.app_id).map(|app: &App| app.display_name.clone()).unwrap_or_default();
    let needs_admin = scopes_of(GRAPH_APP_ID).iter().any(|scope| scope.admin && asked.iter().any(|name| name == scope.value));
    let flow = Flow { wish: Wish::SignIn(sign_in), user_id: Some(user.id.to_string()) };
    let flow = entra.memory().keep_flow(&entra.key, flow, ask.now_ms);
    if needs_admin && !admin_consent::may_grant_delegated(user) {
        return reply::html(StatusCode::FORBIDDEN, &pages::admin_needed(&action(entra), &flow, &app_name));
    }
    let page = pages::consent(&pages::Consent {
        action: &action(entra),
        flow: &flow,
        app_name: &app_name,
        account: &user.upn,
        delegated: asked,
        application: &[],
        tenant: None,
    });
    reply::html(StatusCode::OK, &page)
}

fn accepted(entra: &Entra, ask: &Ask, sign_in: SignIn, user_id: &str) -> Response<Bytes> {
    let mut world = entra.world_mut();
    let names = sign_in.wanted.resolve(&world, &sign_in.app_id);
    let granted = world.delegated_scopes(&sign_in.app_id, user_id);
    let missing: Vec<&str> = names.iter().filter(|name| !granted.contains(name)).map(String::as_str).collect();
    if !missing.is_empty() {
        world.grant_for_user(&sign_in.app_id, user_id, &missing);
    }
    drop(world);
    finish(entra, ask, sign_in, user_id)
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
