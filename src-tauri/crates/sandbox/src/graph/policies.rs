use serde_json::{Value, json};

use super::error::{Refusal, bad_request, no_object};
use super::query;
use super::{Ask, Reply, time};
use crate::world::{AccessPolicy, AccessState, UserConsent, World};

const OF_USERS: &str = "ManagePermissionGrantsForSelf.";

/// What users may do by themselves, consent among it.
pub(super) fn authorization(ask: &Ask<'_>) -> Result<Reply, Refusal> {
    let assigned: Vec<String> =
        ask.state.world().consent.user_consent.policy().map(|policy| format!("{OF_USERS}{policy}")).into_iter().collect();
    let policy = json!({
        "id": "authorizationPolicy",
        "displayName": "Authorization Policy",
        "allowInvitesFrom": "everyone",
        "allowUserConsentForRiskyApps": null,
        "defaultUserRolePermissions": {
            "allowedToCreateApps": false,
            "allowedToReadOtherUsers": true,
            "permissionGrantPoliciesAssigned": assigned,
        },
    });
    query::object(ask, "policies/authorizationPolicy", "authorizationPolicy", &policy)
}

/// Changes which of the built-in policies holds for users' consent.
pub(super) fn patch_authorization(ask: &Ask<'_>) -> Result<Reply, Refusal> {
    let body = ask.json_body()?;
    let assigned = body
        .pointer("/defaultUserRolePermissions/permissionGrantPoliciesAssigned")
        .and_then(Value::as_array)
        .ok_or_else(|| bad_request("Only permissionGrantPoliciesAssigned can be changed here."))?;
    let own: Vec<&str> = assigned.iter().filter_map(|entry| entry.as_str()?.strip_prefix(OF_USERS)).collect();
    let chosen = match own.as_slice() {
        [] => Some(UserConsent::None),
        [one] => UserConsent::ALL.into_iter().find(|consent| consent.policy() == Some(one)),
        _ => None,
    };
    ask.state.world_mut().consent.user_consent = chosen.ok_or_else(|| bad_request("The permission grant policy does not exist."))?;
    Ok(Reply::empty(204))
}

/// Whether people may ask for what they may not consent to, and who answers.
pub(super) fn admin_consent(ask: &Ask<'_>) -> Result<Reply, Refusal> {
    let world = ask.state.world();
    let workflow = world.consent.workflow;
    let reviewers: Vec<Value> = world
        .admin()
        .filter(|_| workflow)
        .map(|admin| json!({ "query": format!("/users/{}", admin.id), "queryType": "MicrosoftGraph", "queryRoot": null }))
        .into_iter()
        .collect();
    let policy = json!({
        "isEnabled": workflow,
        "notifyReviewers": workflow,
        "remindersEnabled": workflow,
        "requestDurationInDays": if workflow { 30 } else { 0 },
        "reviewers": reviewers,
        "version": u8::from(workflow),
    });
    // A singleton without an id, so it is written as it is.
    let Value::Object(policy) = policy else { return Err(no_object("adminConsentRequestPolicy")) };
    let mut body = json!({ "@odata.context": query::context(ask, "policies/adminConsentRequestPolicy/$entity") });
    if let Some(fields) = body.as_object_mut() {
        fields.extend(policy);
    }
    Ok(Reply::json(200, body))
}

/// The built-in conditions under which somebody may consent.
pub(super) fn permission_grants(ask: &Ask<'_>) -> Result<Reply, Refusal> {
    query::objects(ask, "policies/permissionGrantPolicies", "permissionGrantPolicy", &permission_grant_policies())
}

pub(super) fn permission_grant(ask: &Ask<'_>) -> Result<Reply, Refusal> {
    let found = permission_grant_policies().into_iter().find(|policy| policy["id"] == ask.segment(2));
    query::object(ask, "policies/permissionGrantPolicies", "permissionGrantPolicy", &found.ok_or_else(|| no_object(ask.segment(2)))?)
}

fn permission_grant_policies() -> Vec<Value> {
    let policy = |id: &str, name: &str, classification: &str, verified: bool| {
        json!({
            "id": id,
            "displayName": name,
            "description": name,
            "includes": [{
                "id": "any",
                "permissionType": "delegated",
                "permissionClassification": classification,
                "permissions": ["all"],
                "resourceApplication": "any",
                "clientApplicationIds": ["all"],
                "clientApplicationsFromVerifiedPublisherOnly": verified,
            }],
            "excludes": [],
        })
    };
    vec![
        policy("microsoft-user-default-legacy", "User consent to what needs no administrator", "all", false),
        policy("microsoft-user-default-low", "User consent to what is classified as low", "low", true),
        policy("microsoft-user-default-recommended", "User consent as Microsoft recommends it", "all", false),
        policy("microsoft-user-default-allow-consent-apps", "User consent to popular mail clients", "all", true),
    ]
}

pub(super) fn access(ask: &Ask<'_>) -> Result<Reply, Refusal> {
    let policies: Vec<Value> = ask.state.world().access_policies.iter().map(access_object).collect();
    query::objects(ask, "identity/conditionalAccess/policies", "conditionalAccessPolicy", &policies)
}

pub(super) fn one_access(ask: &Ask<'_>) -> Result<Reply, Refusal> {
    let world = ask.state.world();
    let policy = find_access(&world, ask.segment(3)).ok_or_else(|| no_object(ask.segment(3)))?;
    query::object(ask, "identity/conditionalAccess/policies", "conditionalAccessPolicy", &access_object(policy))
}

fn find_access<'a>(world: &'a World, id: &str) -> Option<&'a AccessPolicy> {
    world.access_policies.iter().find(|policy| policy.id.eq_ignore_ascii_case(id))
}

fn access_object(policy: &AccessPolicy) -> Value {
    let about_people = policy.workloads.is_empty();
    let workloads = json!({ "includeServicePrincipals": policy.workloads, "excludeServicePrincipals": [] });
    json!({
        "id": policy.id,
        "displayName": policy.display_name,
        "state": match policy.state {
            AccessState::Enabled => "enabled",
            AccessState::Disabled => "disabled",
            AccessState::ReportOnly => "enabledForReportingButNotEnforced",
        },
        "createdDateTime": time::moment(policy.created_ms),
        "modifiedDateTime": null,
        "conditions": {
            "applications": {
                "includeApplications": policy.include,
                "excludeApplications": policy.exclude,
                "includeUserActions": [],
            },
            "users": {
                "includeUsers": if about_people { ["All"] } else { ["None"] },
                "excludeUsers": [], "includeGroups": [], "excludeGroups": [], "includeRoles": [], "excludeRoles": [],
            },
            "clientAppTypes": ["all"],
            "clientApplications": if about_people { Value::Null } else { workloads },
        },
        "grantControls": { "operator": "OR", "builtInControls": [policy.control] },
        "sessionControls": null,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::faults::FaultPlan;
    use crate::graph::testing::Desk;
    use crate::world::UserConsent;

    const ASSIGNED: &str = "/defaultUserRolePermissions/permissionGrantPoliciesAssigned";

    #[test]
    fn the_settings_about_consent_are_told_and_changed() {
        let scopes = ["Policy.Read.All", "Policy.ReadWrite.Authorization", "Policy.Read.PermissionGrant"];
        let desk = Desk::new(60, &FaultPlan::none()).person("privileged.admin@contoso.example", &scopes);
        let url = "/policies/authorizationPolicy";
        let assigned = |desk: &Desk| desk.get(url).body.pointer(ASSIGNED).cloned().unwrap();
        assert_eq!(assigned(&desk), json!(["ManagePermissionGrantsForSelf.microsoft-user-default-recommended"]));
        let none = json!({ "defaultUserRolePermissions": { "permissionGrantPoliciesAssigned": [] } });
        assert_eq!(desk.send("PATCH", url, &none).status, 204);
        assert_eq!(assigned(&desk), json!([]));
        for consent in UserConsent::ALL {
            desk.state.world_mut().consent.user_consent = consent;
            let told = assigned(&desk);
            let policy = told[0].as_str().and_then(|entry| entry.strip_prefix("ManagePermissionGrantsForSelf."));
            assert_eq!(policy, consent.policy());
            if let Some(policy) = policy {
                assert_eq!(desk.get(&format!("/policies/permissionGrantPolicies/{policy}")).status, 200);
            }
        }
        assert_eq!(desk.get("/policies/permissionGrantPolicies").ids().len(), 4);
        let desk = desk.person("cloud.admin@contoso.example", &scopes);
        assert_eq!(desk.send("PATCH", url, &none).code(), "Authorization_RequestDenied");
    }

    #[test]
    fn the_workflow_says_whether_it_is_on_to_those_who_may_know() {
        let desk = Desk::new(60, &FaultPlan::none()).person("global.reader@contoso.example", &["Policy.Read.All"]);
        let url = "/policies/adminConsentRequestPolicy";
        assert_eq!(desk.get(url).body["isEnabled"], true);
        assert_eq!(desk.get(url).body["reviewers"].as_array().map(Vec::len), Some(1));
        desk.state.world_mut().consent.workflow = false;
        assert_eq!(desk.get(url).body["isEnabled"], false);
        let desk = desk.person("plain.user@contoso.example", &["Policy.Read.All"]);
        assert_eq!(desk.get(url).status, 403);
    }

    #[test]
    fn access_policies_name_apps_and_workloads_once_a_second() {
        let mut desk = Desk::new(60, &FaultPlan::none()).person("global.reader@contoso.example", &["Policy.Read.All"]);
        let url = "/identity/conditionalAccess/policies";
        let listed = desk.get(url).body["value"].as_array().cloned().unwrap();
        let crelate = json!(["8410d572-e055-48e5-b2c7-869538daf671"]);
        assert!(listed.iter().any(|policy| policy["conditions"]["applications"]["includeApplications"] == crelate));
        let all = listed.iter().find(|policy| policy["state"] == "enabledForReportingButNotEnforced").unwrap();
        assert_eq!(all["conditions"]["applications"]["includeApplications"], json!(["All"]));
        assert!(listed.iter().any(|policy| policy["conditions"]["clientApplications"]["includeServicePrincipals"][0].is_string()));
        let refused = desk.get(url);
        assert_eq!((refused.status, refused.retry_after()), (429, None), "without a time to wait");
        desk.now_ms += 1_000;
        let id = listed[0]["id"].as_str().unwrap();
        assert_eq!(desk.get(&format!("{url}/{id}")).body["id"], id);
        desk.now_ms += 1_000;
        assert_eq!(desk.person("plain.user@contoso.example", &["Policy.Read.All"]).get(url).status, 403);
    }
}
