//! Scope strings: which permissions of which API a request names.

use super::Entra;
use super::error::{RESOURCE_UNKNOWN, Refusal, SCOPE_INVALID, SCOPE_NOT_DEFAULT};
use crate::world::{GRAPH_APP_ID, World, scopes_of};

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
