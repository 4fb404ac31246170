//! Tenant-wide consent by an administrator, at both of Entra's endpoints.

use bytes::Bytes;
use http::{Response, StatusCode};

use super::authorize::{action, address_of, picker};
use super::error::{self, Refusal};
use super::memory::{Flow, Wish};
use super::redirect::{Mode, deliver};
use super::scope::{self, Wanted};
use super::{Ask, Entra, Realm, pages, reply};
use crate::People;
use crate::world::{
    APPLICATION_ADMINISTRATOR, CLOUD_APPLICATION_ADMINISTRATOR, ConsentType, DelegatedGrant, GLOBAL_ADMINISTRATOR, GRAPH_APP_ID,
    PRIVILEGED_ROLE_ADMINISTRATOR, RequiredKind, User, World,
};

/// What an application asks the administrator for.
#[derive(Clone)]
pub(super) struct AdminConsent {
    pub app_id: String,
    redirect_uri: String,
    state: Option<String>,
    /// `scope` of the v2.0 endpoint, given back with the answer; the older endpoint has none.
    scope: Option<String>,
    list: List,
}

#[derive(Clone)]
enum List {
    /// Everything in the registration.
    Registered,
    /// Only these delegated permissions; application permissions come through `.default` alone.
    Named(Vec<String>),
}

/// `/{tenant}/v2.0/adminconsent`: a scope is required, and `common` is not accepted.
pub(super) fn open_v2(entra: &Entra, ask: &Ask) -> Result<Response<Bytes>, Refusal> {
    let realm = entra.realm(ask)?;
    let consent = request(entra, ask)?;
    let scope = ask.query.need("scope").and_then(|scope| Ok((scope, scope::delegated(entra, scope)?)));
    match (realm, scope) {
        (Realm::Common, _) => Ok(refuse(entra, ask, &consent, &error::PARAMETER_MISSING.about("response_type"))),
        (Realm::Directory | Realm::Organizations, Err(refusal)) => Ok(refuse(entra, ask, &consent, &refusal)),
        (Realm::Directory | Realm::Organizations, Ok((scope, wanted))) => {
            let list = match wanted {
                Wanted::Default(_) => List::Registered,
                Wanted::Named(names) => List::Named(names),
            };
            Ok(begin(entra, ask, AdminConsent { scope: Some(scope.to_owned()), list, ..consent }))
        }
    }
}

/// `/{tenant}/adminconsent`: everything the registration lists.
pub(super) fn open_v1(entra: &Entra, ask: &Ask) -> Result<Response<Bytes>, Refusal> {
    entra.realm(ask)?;
    let consent = request(entra, ask)?;
    Ok(begin(entra, ask, consent))
}

/// An account was picked: shows what is asked for, to those who may grant it.
pub(super) fn picked(entra: &Entra, ask: &Ask, world: &World, consent: AdminConsent, user: &User) -> Response<Bytes> {
    let asked = asked(world, &consent);
    if user.admin_roles.is_empty() {
        return refuse(entra, ask, &consent, &error::ADMIN_NEEDED.into());
    }
    if !may_grant(user, &asked) {
        return refuse(entra, ask, &consent, &error::MAY_NOT_GRANT.into());
    }
    let app_name = world.app(&consent.app_id).map(|app| app.display_name.clone()).unwrap_or_default();
    let flow = Flow { wish: Wish::AdminConsent(consent), user_id: Some(user.id.to_string()) };
    let flow = entra.memory().keep_flow(&entra.key, flow, ask.now_ms);
    let page = pages::consent(&pages::Consent {
        action: &action(entra),
        flow: &flow,
        app_name: &app_name,
        account: &user.upn,
        delegated: &asked.delegated,
        application: &asked.application,
        tenant: Some(&world.name),
    });
    reply::html(StatusCode::OK, &page)
}

/// The administrator said yes: writes the grants and returns to the application.
pub(super) fn accepted(entra: &Entra, ask: &Ask, consent: &AdminConsent) -> Response<Bytes> {
    let mut world = entra.world_mut();
    match &consent.list {
        List::Registered => world.grant_tenant_wide(&consent.app_id, ask.now_ms),
        List::Named(names) => grant_named(&mut world, &consent.app_id, names, ask.now_ms),
    }
    drop(world);
    let mut parameters = vec![("admin_consent", "True".to_owned()), ("tenant", entra.tenant_id.clone())];
    parameters.extend(consent.scope.clone().map(|scope| ("scope", scope)));
    parameters.extend(consent.state.clone().map(|state| ("state", state)));
    deliver(Mode::Query, &consent.redirect_uri, &parameters)
}

/// `admin_consent=True` stands on refusals too; only the absence of `error` tells them apart.
pub(super) fn refuse(entra: &Entra, ask: &Ask, consent: &AdminConsent, refusal: &Refusal) -> Response<Bytes> {
    let mut parameters = refusal.parameters(&entra.authority, ask);
    parameters.push(("admin_consent", "True".to_owned()));
    parameters.extend(consent.state.clone().map(|state| ("state", state)));
    deliver(Mode::Query, &consent.redirect_uri, &parameters)
}

/// Delegated permissions may be granted by four roles ("Grant tenant-wide admin consent to an application").
pub(super) fn may_grant_delegated(user: &User) -> bool {
    let enough = [APPLICATION_ADMINISTRATOR, CLOUD_APPLICATION_ADMINISTRATOR];
    may_grant_roles(user) || user.admin_roles.iter().any(|role| enough.contains(role))
}

/// Graph's application permissions may be granted by two roles only.
fn may_grant_roles(user: &User) -> bool {
    let enough = [GLOBAL_ADMINISTRATOR, PRIVILEGED_ROLE_ADMINISTRATOR];
    user.admin_roles.iter().any(|role| enough.contains(role))
}

fn may_grant(user: &User, asked: &Asked) -> bool {
    if asked.graph_roles { may_grant_roles(user) } else { may_grant_delegated(user) }
}

struct Asked {
    application: Vec<String>,
    delegated: Vec<String>,
    graph_roles: bool,
}

fn asked(world: &World, consent: &AdminConsent) -> Asked {
    let registered = world.app(&consent.app_id).map(|app| app.required.as_slice()).unwrap_or_default();
    match &consent.list {
        List::Named(names) => Asked { application: Vec::new(), delegated: names.clone(), graph_roles: false },
        List::Registered => {
            let values = |kind: RequiredKind| -> Vec<String> {
                registered.iter().filter(|wish| wish.kind == kind).map(|wish| wish.value.clone()).collect()
            };
            Asked {
                application: values(RequiredKind::Role),
                delegated: values(RequiredKind::Scope),
                graph_roles: registered.iter().any(|wish| wish.kind == RequiredKind::Role && wish.resource_app_id == GRAPH_APP_ID),
            }
        }
    }
}

fn request(entra: &Entra, ask: &Ask) -> Result<AdminConsent, Refusal> {
    Ok(AdminConsent {
        // The older endpoint lives on `common` for single-tenant apps too, so the path is no reason to refuse one.
        redirect_uri: address_of(entra, ask, Realm::Directory)?,
        app_id: ask.query.need("client_id")?.to_owned(),
        state: ask.query.get("state").map(str::to_owned),
        scope: None,
        list: List::Registered,
    })
}

fn begin(entra: &Entra, ask: &Ask, consent: AdminConsent) -> Response<Bytes> {
    match entra.people {
        People::Auto => accepted(entra, ask, &consent),
        People::Ask => picker(entra, ask, Wish::AdminConsent(consent), None, None),
    }
}

fn grant_named(world: &mut World, app_id: &str, names: &[String], now_ms: i64) {
    let client = world.ensure_principal(app_id, now_ms).and_then(|at| world.principals.get(at));
    let client = client.map(|principal| principal.id.clone());
    let resource = world.principal_of(GRAPH_APP_ID).map(|principal| principal.id.clone());
    let (Some(client_id), Some(resource_id)) = (client, resource) else { return };
    let standing = world
        .delegated_grants
        .iter_mut()
        .find(|grant| grant.client_id == client_id && grant.resource_id == resource_id && grant.consent_type == ConsentType::AllPrincipals);
    match standing {
        // Microsoft's consent page rewrites the tenant-wide grant: what is not in the new list goes.
        Some(grant) => grant.scope = names.join(" "),
        None => {
            let _refused_never = world.add_grant(DelegatedGrant {
                id: String::new(),
                client_id,
                consent_type: ConsentType::AllPrincipals,
                principal_id: None,
                resource_id,
                scope: names.join(" "),
            });
        }
    }
}
