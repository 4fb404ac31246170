//! Scope strings: which permissions of which API a request names.

use super::Entra;
use super::error::{RESOURCE_UNKNOWN, Refusal, SCOPE_INVALID, SCOPE_NOT_DEFAULT};
use crate::world::{EXCHANGE_APP_ID, GRAPH_APP_ID, World, scopes_of};

/// Delegated permissions in a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Wanted {
    /// `.default`: what the registration lists. OpenID words may stand beside it.
    Default(Vec<String>),
    /// Single permissions by name, OpenID words included.
    Named(Vec<String>),
}

impl Wanted {
    /// The permission names this comes to for an application.
    pub(super) fn resolve(&self, world: &World, app_id: &str) -> Vec<String> {
        match self {
            Wanted::Named(names) => names.clone(),
            Wanted::Default(open_id) => {
                let listed = world.app(app_id).map(|app| app.required.as_slice()).unwrap_or_default();
                let listed = listed
                    .iter()
                    .filter(|wish| wish.resource_app_id == GRAPH_APP_ID)
                    .filter(|wish| scopes_of(GRAPH_APP_ID).iter().any(|scope| scope.id == wish.id))
                    .map(|wish| wish.value.clone());
                let mut names: Vec<String> = listed.collect();
                names.extend(open_id.iter().filter(|word| !names.contains(word)).cloned().collect::<Vec<_>>());
                names
            }
        }
    }
}

/// The words of OpenID Connect, which belong to no API.
pub(super) fn is_open_id(name: &str) -> bool {
    matches!(name, "openid" | "profile" | "email" | "offline_access")
}

/// Reads delegated scopes. Only Graph's exist here; a name without a prefix means Graph.
pub(super) fn delegated(entra: &Entra, scope: &str) -> Result<Wanted, Refusal> {
    let (mut names, mut default) = (Vec::new(), false);
    for word in scope.split_whitespace() {
        let name = without_resource(entra, word)?;
        if name == ".default" {
            default = true;
            continue;
        }
        let known = scopes_of(GRAPH_APP_ID).into_iter().find(|known| known.value.eq_ignore_ascii_case(name));
        let value = known.ok_or_else(|| SCOPE_INVALID.about(word))?.value;
        if !names.iter().any(|seen| seen == value) {
            names.push(value.to_owned());
        }
    }
    match (default, names.is_empty()) {
        (true, _) if names.iter().all(|name| is_open_id(name)) => Ok(Wanted::Default(names)),
        (false, false) => Ok(Wanted::Named(names)),
        // `.default` cannot stand beside named permissions.
        (true | false, _) => Err(SCOPE_INVALID.about(scope)),
    }
}

/// What an administrator is asked for of one API.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Part {
    pub resource_app_id: &'static str,
    pub wanted: PartWanted,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum PartWanted {
    /// `.default`: what the registration lists for this API, application permissions among it.
    Registered,
    /// Delegated permissions by name.
    Named(Vec<String>),
}

/// Reads the scopes of a tenant-wide consent. Unlike a sign-in it may name both APIs; a name without a prefix means Graph.
pub(super) fn consented(entra: &Entra, scope: &str) -> Result<Vec<Part>, Refusal> {
    let mut parts: Vec<Part> = Vec::new();
    for word in scope.split_whitespace() {
        let (resource_app_id, name) = resource_of(entra, word)?;
        let value = scopes_of(resource_app_id).into_iter().find(|known| known.value.eq_ignore_ascii_case(name)).map(|known| known.value);
        let known = parts.iter_mut().find(|part| part.resource_app_id == resource_app_id);
        match (known, name) {
            (None, ".default") => parts.push(Part { resource_app_id, wanted: PartWanted::Registered }),
            (None, _) => {
                let value = value.ok_or_else(|| SCOPE_INVALID.about(word))?;
                parts.push(Part { resource_app_id, wanted: PartWanted::Named(vec![value.to_owned()]) });
            }
            (Some(Part { wanted: PartWanted::Registered, .. }), ".default") => {}
            (Some(Part { wanted: PartWanted::Registered, .. }), _) if is_open_id(name) => {}
            (Some(Part { wanted: PartWanted::Named(names), .. }), ".default") if names.iter().all(|name| is_open_id(name)) => {
                parts.retain(|part| part.resource_app_id != resource_app_id);
                parts.push(Part { resource_app_id, wanted: PartWanted::Registered });
            }
            (Some(Part { wanted: PartWanted::Named(names), .. }), _) if name != ".default" => {
                let value = value.ok_or_else(|| SCOPE_INVALID.about(word))?;
                if !names.iter().any(|seen| seen == value) {
                    names.push(value.to_owned());
                }
            }
            // `.default` cannot stand beside named permissions of the same API.
            (Some(_), _) => return Err(SCOPE_INVALID.about(scope)),
        }
    }
    if parts.is_empty() { Err(SCOPE_INVALID.about(scope)) } else { Ok(parts) }
}

/// Splits a scope into its API and the permission's name.
fn resource_of<'a>(entra: &Entra, word: &'a str) -> Result<(&'static str, &'a str), Refusal> {
    const EXCHANGE: [&str; 3] = ["https://outlook.office365.com", "https://outlook.office.com", EXCHANGE_APP_ID];
    let exchange = EXCHANGE.iter().find_map(|prefix| word.strip_prefix(prefix)?.strip_prefix('/'));
    match exchange {
        Some(name) => Ok((EXCHANGE_APP_ID, name)),
        None => without_resource(entra, word).map(|name| (GRAPH_APP_ID, name)),
    }
}

/// Checks the scope of client credentials: exactly `{Graph}/.default`.
pub(super) fn application(entra: &Entra, scope: &str) -> Result<(), Refusal> {
    let Some(resource) = scope.strip_suffix("/.default") else { return Err(SCOPE_NOT_DEFAULT.about(scope)) };
    if resource.contains(char::is_whitespace) {
        return Err(SCOPE_NOT_DEFAULT.about(scope));
    }
    without_resource(entra, scope).map(|_| ())
}

fn without_resource<'a>(entra: &Entra, word: &'a str) -> Result<&'a str, Refusal> {
    let prefixes = ["https://graph.microsoft.com", entra.graph.as_str(), GRAPH_APP_ID];
    let bare = prefixes.iter().find_map(|prefix| word.strip_prefix(prefix)?.strip_prefix('/'));
    match bare {
        Some(name) => Ok(name),
        None if word.contains('/') => Err(RESOURCE_UNKNOWN.about(word)),
        None => Ok(word),
    }
}
