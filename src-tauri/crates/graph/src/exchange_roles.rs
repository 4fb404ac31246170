//! Roles of Exchange that an application was given ("RBAC for Applications"), as Graph tells them: in beta only.

use std::collections::HashMap;

use rollcall_core::id::ObjectId;
use rollcall_core::scope::present::{Assignment, Reach};
use serde::Deserialize;
use tokio_util::sync::CancellationToken;

use crate::error::GraphError;
use crate::pages::Pages;
use crate::send::Graph;
use crate::text::{self, Text};

/// The roles of a service principal, and how far each of them reaches.
///
/// # Errors
/// [`GraphError::Forbidden`] without the permission or the role; all that a read can end with.
pub async fn of_principal(graph: &Graph, principal: ObjectId, stop: &CancellationToken) -> Result<Vec<Assignment>, GraphError> {
    let (assigned, roles, scopes) = tokio::try_join!(
        all::<WireAssignment>(graph, "roleAssignments", stop),
        all::<WireRole>(graph, "roleDefinitions", stop),
        all::<WireScope>(graph, "customAppScopes", stop),
    )?;
    let roles: HashMap<String, String> =
        roles.into_iter().map(|role| (role.id.0, text::some(role.display_name).unwrap_or_default())).collect();
    let scopes: HashMap<String, WireScope> = scopes.into_iter().map(|scope| (scope.id.0.clone(), scope)).collect();
    let own = format!("/ServicePrincipals/{principal}");
    Ok(assigned
        .into_iter()
        .filter(|assigned| assigned.principal_id.as_ref().is_some_and(|id| id.0.eq_ignore_ascii_case(&own)))
        .map(|assigned| {
            let reach = reach(&assigned, &scopes);
            let role = assigned.role_definition_id.map(|id| id.0).unwrap_or_default();
            Assignment { id: assigned.id.0, role: roles.get(&role).cloned().unwrap_or(role), reach }
        })
        .collect())
}

async fn all<W: serde::de::DeserializeOwned + Send + 'static>(
    graph: &Graph,
    what: &str,
    stop: &CancellationToken,
) -> Result<Vec<W>, GraphError> {
    Pages::of::<W>(graph, graph.beta(&["roleManagement", "exchange", what]), false, stop).all().await
}

/// "unifiedRoleAssignment": `appScopeId` names a scope of the application, `directoryScopeId` a place of the directory; `/` is all of it.
fn reach(assigned: &WireAssignment, scopes: &HashMap<String, WireScope>) -> Reach {
    let named = |id: &Option<Text>| id.as_ref().map(|id| id.0.clone()).filter(|id| !id.is_empty() && id != "/");
    if let Some(id) = named(&assigned.app_scope_id) {
        return match scopes.get(&id) {
            Some(scope) => Reach::Scope {
                name: scope.display_name.as_ref().map(|name| name.0.clone()).unwrap_or_default(),
                filter: scope
                    .custom_attributes
                    .as_ref()
                    .and_then(|own| own.recipient_filter.clone())
                    .map(|text| text.0)
                    .unwrap_or_default(),
            },
            None => Reach::Other { place: id },
        };
    }
    let Some(place) = named(&assigned.directory_scope_id) else { return Reach::Everything };
    match place.strip_prefix("/AdministrativeUnits/").and_then(|id| id.parse().ok()) {
        Some(id) => Reach::Unit { id },
        None => Reach::Other { place },
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireAssignment {
    id: Text,
    principal_id: Option<Text>,
    role_definition_id: Option<Text>,
    directory_scope_id: Option<Text>,
    app_scope_id: Option<Text>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireRole {
    id: Text,
    display_name: Option<Text>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireScope {
    id: Text,
    display_name: Option<Text>,
    custom_attributes: Option<WireAttributes>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct WireAttributes {
    recipient_filter: Option<Text>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn assigned(directory: Option<&str>, app: Option<&str>) -> Reach {
        let scope =
            r#"{"id":"7","displayName":"Rollcall","customAttributes":{"Exclusive":false,"RecipientFilter":"MemberOfGroup -eq 'x'"}}"#;
        let scopes = [("7".to_owned(), serde_json::from_str::<WireScope>(scope).unwrap())].into();
        let wire = serde_json::json!({ "id": "1", "directoryScopeId": directory, "appScopeId": app });
        reach(&serde_json::from_value(wire).unwrap(), &scopes)
    }

    #[test]
    fn how_far_a_role_reaches_is_told_by_two_places() {
        let filter = "MemberOfGroup -eq 'x'".to_owned();
        assert_eq!(assigned(Some("/"), Some("7")), Reach::Scope { name: "Rollcall".to_owned(), filter });
        assert_eq!(assigned(Some("/"), None), Reach::Everything);
        let id: ObjectId = "0f0e0d0c-0000-4000-8000-000000000001".parse().unwrap();
        assert_eq!(assigned(Some("/AdministrativeUnits/0f0e0d0c-0000-4000-8000-000000000001"), None), Reach::Unit { id });
        assert_eq!(assigned(Some("/Groups/1"), None), Reach::Other { place: "/Groups/1".to_owned() });
        assert_eq!(assigned(None, Some("8")), Reach::Other { place: "8".to_owned() }, "a scope that is gone is not everything");
    }
}
