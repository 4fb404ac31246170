//! Tenant-wide consent by an administrator, at both of Entra's endpoints.

use bytes::Bytes;
use http::{Response, StatusCode};

use super::authorize::{action, address_of, picker};
use super::error::{self, Refusal};
use super::memory::{Flow, Wish};
use super::redirect::{Mode, deliver};
use super::scope::{self, Part, PartWanted};
use super::{Ask, Entra, Realm, pages, reply};
use crate::People;
use crate::world::{
    APPLICATION_ADMINISTRATOR, Activity, CLOUD_APPLICATION_ADMINISTRATOR, Consenter, EXCHANGE_APP_ID, GLOBAL_ADMINISTRATOR, GRAPH_APP_ID,
    PRIVILEGED_ROLE_ADMINISTRATOR, Required, RequiredKind, Signature, User, World, scopes_of,
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
    /// What was asked for of each API; application permissions come through `.default` alone.
    Parts(Vec<Part>),
}

/// `/{tenant}/v2.0/adminconsent`: a scope is required, and `common` is not accepted.
pub(super) fn open_v2(entra: &Entra, ask: &Ask) -> Result<Response<Bytes>, Refusal> {
    let realm = entra.realm(ask)?;
    let consent = request(entra, ask)?;
    let scope = ask.query.need("scope").and_then(|scope| Ok((scope, scope::consented(entra, scope)?)));
    match (realm, scope) {
        (Realm::Common, _) => Ok(refuse(entra, ask, &consent, &error::PARAMETER_MISSING.about("response_type"))),
        (Realm::Directory | Realm::Organizations, Err(refusal)) => Ok(refuse(entra, ask, &consent, &refusal)),
        (Realm::Directory | Realm::Organizations, Ok((scope, parts))) => {
            Ok(begin(entra, ask, AdminConsent { scope: Some(scope.to_owned()), list: List::Parts(parts), ..consent }))
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
    let names = |wishes: &[Required]| -> Vec<String> { wishes.iter().map(shown).collect() };
    let page = pages::consent(&pages::Consent {
        action: &action(entra),
        flow: &flow,
        app_name: &app_name,
        account: &user.upn,
        delegated: &names(&asked.delegated),
        application: &names(&asked.application),
        tenant: Some(&world.name),
    });
    reply::html(StatusCode::OK, &page)
}

/// The administrator said yes: writes the grants and returns to the application.
pub(super) fn accepted(entra: &Entra, ask: &Ask, consent: &AdminConsent, user_id: &str) -> Response<Bytes> {
    let mut world = entra.world_mut();
    if let Some(signed) = world.signature(user_id, ask.now_ms) {
        grant(&mut world, consent, &signed);
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
    application: Vec<Required>,
    delegated: Vec<Required>,
    graph_roles: bool,
}

fn asked(world: &World, consent: &AdminConsent) -> Asked {
    let registered = world.app(&consent.app_id).map(|app| app.required.as_slice()).unwrap_or_default();
    let all: Vec<Required> = match &consent.list {
        List::Registered => registered.to_vec(),
        List::Parts(parts) => parts
            .iter()
            .flat_map(|part| match &part.wanted {
                PartWanted::Registered => {
                    registered.iter().filter(|wish| wish.resource_app_id == part.resource_app_id).cloned().collect::<Vec<_>>()
                }
                PartWanted::Named(names) => names.iter().filter_map(|name| delegated(part.resource_app_id, name)).collect(),
            })
            .collect(),
    };
    let (application, delegated): (Vec<Required>, Vec<Required>) = all.into_iter().partition(|wish| wish.kind == RequiredKind::Role);
    let graph_roles = application.iter().any(|wish| wish.resource_app_id == GRAPH_APP_ID);
    Asked { application, delegated, graph_roles }
}

fn delegated(resource_app_id: &str, name: &str) -> Option<Required> {
    let scope = scopes_of(resource_app_id).into_iter().find(|scope| scope.value == name)?;
    let (resource_app_id, id, value) = (resource_app_id.to_owned(), scope.id.to_owned(), scope.value.to_owned());
    Some(Required { resource_app_id, id, kind: RequiredKind::Scope, value })
}

/// A permission as the page lists it; those of Graph by their names alone.
fn shown(wish: &Required) -> String {
    if wish.resource_app_id == GRAPH_APP_ID { wish.value.clone() } else { format!("{} (Office 365 Exchange Online)", wish.value) }
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
        People::Auto => {
            let admin = entra.world().admin().map(|admin| admin.id.to_string());
            accepted(entra, ask, &consent, &admin.unwrap_or_default())
        }
        People::Ask => picker(entra, ask, Wish::AdminConsent(consent), None, None),
    }
}

/// Writes what the page listed. Of each API that it names, the tenant-wide delegated grant becomes exactly the list: what is not in it
/// goes ("Grant tenant-wide admin consent to an application"). Application permissions are only added, and so are other APIs' grants
/// left alone.
fn grant(world: &mut World, consent: &AdminConsent, signed: &Signature) {
    let asked = asked(world, consent);
    let known = world.principal_of(&consent.app_id).is_some();
    let client = world.ensure_principal(&consent.app_id, signed.at_ms).and_then(|at| world.principals.get(at));
    let Some(client_id) = client.map(|principal| principal.id.clone()) else { return };
    if !known {
        world.audit_principal(Activity::AddPrincipal, &client_id, Vec::new(), signed);
    }
    for wish in &asked.application {
        let resource = world.principal_of(&wish.resource_app_id).map(|principal| principal.id.clone());
        // What was granted before stays as it is.
        let Some(Ok(grant)) = resource.map(|resource| world.assign_role(&client_id, &resource, &wish.id, signed.at_ms)) else { continue };
        world.audit_role(Activity::AddRole, &grant, signed);
    }
    for resource_app_id in [GRAPH_APP_ID, EXCHANGE_APP_ID] {
        let names: Vec<String> =
            asked.delegated.iter().filter(|wish| wish.resource_app_id == resource_app_id).map(|wish| wish.value.clone()).collect();
        let resource = world.principal_of(resource_app_id).map(|principal| principal.id.clone());
        let Some(resource) = resource.filter(|_| !names.is_empty()) else { continue };
        if let Some((grant, before)) = world.rewrite_scopes(&client_id, &resource, &names, signed.at_ms) {
            world.audit_grant(&grant, &before, signed);
        }
    }
    let granted: Vec<String> = asked.application.iter().chain(&asked.delegated).map(|wish| wish.value.clone()).collect();
    world.audit_consent(&client_id, Consenter::Everyone, &granted, signed);
    world.settle_requests(&client_id, signed.at_ms);
}
