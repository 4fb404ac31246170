//! Policies of conditional access, as far as they concern one application.

use rollcall_core::approval::{AccessPolicy, Concern, PolicyState};
use rollcall_core::id::{AppId, ObjectId};
use serde::Deserialize;
use tokio_util::sync::CancellationToken;

use crate::error::GraphError;
use crate::pages::Pages;
use crate::send::Graph;
use crate::text::{self, Text};

/// The policies that concern an application, which are in force or only report. `principal` is its service principal.
///
/// # Errors
/// [`GraphError::Forbidden`] without the permission or the role; all that a read can end with.
pub async fn concerning(
    graph: &Graph,
    app: AppId,
    principal: Option<ObjectId>,
    stop: &CancellationToken,
) -> Result<Vec<AccessPolicy>, GraphError> {
    let first = graph.url(&["identity", "conditionalAccess", "policies"], &[]);
    let all: Vec<Wire> = Pages::of::<Wire>(graph, first, false, stop).all().await?;
    let (app, principal) = (app.to_string(), principal.map(|id| id.to_string()));
    Ok(all.into_iter().filter_map(|policy| policy.about(&app, principal.as_deref())).collect())
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Wire {
    display_name: Option<Text>,
    state: Option<Text>,
    conditions: Option<Conditions>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Conditions {
    applications: Option<Applications>,
    client_applications: Option<Clients>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Applications {
    #[serde(default, deserialize_with = "text::or_empty")]
    include_applications: Vec<Text>,
    #[serde(default, deserialize_with = "text::or_empty")]
    exclude_applications: Vec<Text>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Clients {
    #[serde(default, deserialize_with = "text::or_empty")]
    include_service_principals: Vec<Text>,
    #[serde(default, deserialize_with = "text::or_empty")]
    exclude_service_principals: Vec<Text>,
}

impl Wire {
    fn about(self, app: &str, principal: Option<&str>) -> Option<AccessPolicy> {
        let conditions = self.conditions?;
        let has = |list: &[Text], wanted: &str| list.iter().any(|one| one.0.eq_ignore_ascii_case(wanted));
        let clients = conditions.client_applications.as_ref();
        let as_workload = clients.zip(principal).is_some_and(|(clients, principal)| {
            let included = &clients.include_service_principals;
            // All that the tenant owns.
            let all = has(included, "ServicePrincipalsInMyTenant");
            (has(included, principal) || all) && !has(&clients.exclude_service_principals, principal)
        });
        let of_workloads = clients.is_some_and(|clients| !clients.include_service_principals.is_empty());
        let concern = match conditions.applications {
            _ if as_workload => Concern::WorkloadIdentity,
            // A policy for workload identities says nothing about people who sign in.
            _ if of_workloads => return None,
            Some(judged) if has(&judged.exclude_applications, app) => return None,
            Some(judged) if has(&judged.include_applications, app) => Concern::NamesIt,
            Some(judged) if has(&judged.include_applications, "All") || has(&judged.include_applications, "Office365") => {
                Concern::AllApplications
            }
            Some(_) | None => return None,
        };
        let state = match self.state.as_ref().map(|state| state.0.as_str()) {
            Some("enabled") => PolicyState::On,
            Some("enabledForReportingButNotEnforced") => PolicyState::ReportOnly,
            Some(_) | None => PolicyState::Off,
        };
        Some(AccessPolicy { name: text::some(self.display_name).unwrap_or_default(), state, concern })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn concern(conditions: serde_json::Value) -> Option<Concern> {
        let json = serde_json::json!({ "displayName": "p", "state": "enabled", "conditions": conditions });
        serde_json::from_value::<Wire>(json).unwrap().about("app", Some("principal")).map(|policy| policy.concern)
    }

    #[test]
    fn a_policy_concerns_an_application_that_it_names_or_includes_and_does_not_exclude() {
        let applications = |include: &[&str], exclude: &[&str]| {
            concern(serde_json::json!({ "applications": { "includeApplications": include, "excludeApplications": exclude } }))
        };
        assert_eq!(applications(&["APP", "other"], &[]), Some(Concern::NamesIt));
        assert_eq!(applications(&["All"], &[]), Some(Concern::AllApplications));
        assert_eq!(applications(&["All"], &["app"]), None);
        assert_eq!(applications(&["other"], &[]), None);
        let workload = |include: &str| {
            concern(serde_json::json!({ "applications": { "includeApplications": ["All"] },
                                        "clientApplications": { "includeServicePrincipals": [include] } }))
        };
        assert_eq!(workload("principal"), Some(Concern::WorkloadIdentity));
        assert_eq!(workload("other"), None, "a policy for another workload identity is none for people");
        assert_eq!(concern(serde_json::json!({})), None);
    }
}
