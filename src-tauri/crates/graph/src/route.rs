//! The shape of a request's address, without whom or what it is about: safe to count, show and write down.

use http::Method;
use rollcall_core::workload::Workload;
use url::Url;

/// The words of Graph's addresses that we use; anything else is an id, a name or an address of somebody.
const WORDS: &[&str] = &[
    "$batch",
    "$count",
    "$ref",
    "adminConsentRequestPolicy",
    "administrativeUnits",
    "appConsent",
    "appConsentRequests",
    "appRoleAssignedTo",
    "appRoleAssignments",
    "applications",
    "auditLogs",
    "authorizationPolicy",
    "calendarView",
    "conditionalAccess",
    "contactFolders",
    "contacts",
    "customAppScopes",
    "delta",
    "directory",
    "directoryAudits",
    "exchange",
    "exchangeCmdlet",
    "groups",
    "identity",
    "identityGovernance",
    "inbox",
    "lists",
    "mailFolders",
    "mailboxSettings",
    "me",
    "members",
    "memberOf",
    "messages",
    "microsoft.graph.directoryRole",
    "microsoft.graph.user",
    "oauth2PermissionGrants",
    "organization",
    "policies",
    "practice",
    "roleAssignments",
    "roleDefinitions",
    "roleManagement",
    "sentitems",
    "servicePrincipals",
    "tasks",
    "todo",
    "transitiveMemberOf",
    "transitiveMembers",
    "userConsentRequests",
    "userPurpose",
    "users",
];

/// `GET /users/{id}/mailFolders` for an address below `root`.
pub(crate) fn of(method: &Method, url: &Url, root: &Url) -> String {
    let beta = || url.path().strip_prefix(root.path().strip_suffix("v1.0")?)?.strip_prefix("beta");
    let below = url.path().strip_prefix(root.path()).or_else(beta).unwrap_or_default();
    let mut route = method.as_str().to_owned();
    route.push(' ');
    for segment in below.split('/').filter(|segment| !segment.is_empty()) {
        let segment = segment.split('(').next().unwrap_or_default();
        route.push('/');
        route.push_str(WORDS.iter().find(|word| **word == segment).copied().unwrap_or("{id}"));
    }
    route
}

/// The route of a probe, alone or inside a batch.
pub(crate) const fn of_probe(workload: Workload) -> &'static str {
    match workload {
        Workload::Mail => "GET /users/{id}/mailFolders/inbox",
        Workload::Calendar => "GET /users/{id}/calendarView",
        Workload::Contacts => "GET /users/{id}/contactFolders",
        Workload::Tasks => "GET /users/{id}/todo/lists",
        Workload::Settings => "GET /users/{id}/mailboxSettings/userPurpose",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_route_names_nobody() {
        let root: Url = "https://graph.microsoft.com/v1.0".parse().unwrap();
        for (path, route) in [
            ("/users/ada%40contoso.example/mailFolders/inbox?$select=id", "GET /users/{id}/mailFolders/inbox"),
            ("/users('$ada%40contoso.example')", "GET /users"),
            ("/groups/0f0e0d0c-0000-4000-8000-000000000001/members?$top=999", "GET /groups/{id}/members"),
            ("/users/$count", "GET /users/$count"),
            ("/servicePrincipals(appId='x')", "GET /servicePrincipals"),
            ("/users/inboxing", "GET /users/{id}"),
        ] {
            let url: Url = format!("{root}{path}").parse().unwrap();
            assert_eq!(of(&Method::GET, &url, &root), route, "{path}");
        }
    }
}
