use serde_json::{Map, Value, json};

use super::error::{Refusal, no_object};
use super::query::{self, Collection};
use super::{Ask, Reply, time};
use crate::world::{Actor, Audit, World};

const PROPERTIES: [&str; 12] = [
    "id",
    "category",
    "correlationId",
    "result",
    "resultReason",
    "activityDisplayName",
    "activityDateTime",
    "loggedByService",
    "operationType",
    "initiatedBy",
    "targetResources",
    "additionalDetails",
];

/// The directory's audit log, the newest record first ("List directoryAudits").
pub(super) fn list(ask: &Ask<'_>) -> Result<Reply, Refusal> {
    let world = ask.state.world();
    let newest_first: Vec<&Audit> = {
        let mut all: Vec<&Audit> = world.audits.iter().collect();
        all.sort_by_key(|audit| std::cmp::Reverse(audit.at_ms));
        all
    };
    with(&world, &newest_first, |audits| query::page(ask, audits))
}

pub(super) fn one(ask: &Ask<'_>) -> Result<Reply, Refusal> {
    let world = ask.state.world();
    let found = world.audits.iter().find(|audit| audit.id == ask.segment(2)).ok_or_else(|| no_object(ask.segment(2)))?;
    with(&world, &[found], |audits| query::entity(ask, audits, 0))
}

fn with<R>(world: &World, audits: &[&Audit], use_it: impl FnOnce(&Collection<'_>) -> R) -> R {
    let property = |at: usize, name: &str| audits.get(at).and_then(|audit| property(world, audit, name));
    use_it(&Collection {
        context: "auditLogs/directoryAudits",
        kind: query::AUDIT,
        len: audits.len(),
        property: &property,
        write: None,
        beginning: None,
        listed: &|_| true,
        usual: &PROPERTIES,
        more: &[],
        most: 1_000,
    })
}

fn property(world: &World, audit: &Audit, name: &str) -> Option<Value> {
    let known = PROPERTIES.iter().find(|known| known.eq_ignore_ascii_case(name))?;
    Some(match *known {
        "id" => audit.id.as_str().into(),
        "category" => "ApplicationManagement".into(),
        "correlationId" => audit.id.trim_start_matches("Directory_").into(),
        "result" => "success".into(),
        "resultReason" => "".into(),
        "activityDisplayName" => audit.activity.name().into(),
        "activityDateTime" => time::moment(audit.at_ms).into(),
        "loggedByService" => "Core Directory".into(),
        "operationType" => audit.activity.operation().into(),
        "initiatedBy" => initiated_by(world, &audit.by),
        "targetResources" => targets(audit),
        _ => Value::Array(Vec::new()),
    })
}

fn initiated_by(world: &World, by: &Actor) -> Value {
    match by {
        Actor::User { id, upn } => json!({
            "app": null,
            "user": { "id": id, "displayName": null, "ipAddress": "127.0.0.1", "userPrincipalName": upn },
        }),
        Actor::App { client_id } => {
            let principal = world.principal_of(client_id);
            json!({
                "user": null,
                "app": {
                    "appId": client_id,
                    "displayName": principal.map(|principal| principal.display_name.as_str()),
                    "servicePrincipalId": principal.map(|principal| principal.id.as_str()),
                    "servicePrincipalName": null,
                },
            })
        }
    }
}

fn targets(audit: &Audit) -> Value {
    let modified: Vec<Value> = audit
        .modified
        .iter()
        .map(|changed| json!({ "displayName": changed.name, "oldValue": changed.old, "newValue": changed.new }))
        .collect();
    let target = |(at, target): (usize, &crate::world::Target)| {
        let mut object = Map::new();
        object.insert("id".to_owned(), target.id.as_str().into());
        object.insert("type".to_owned(), target.kind.into());
        object.insert("displayName".to_owned(), target.name.as_deref().into());
        object.insert("userPrincipalName".to_owned(), Value::Null);
        object.insert("groupType".to_owned(), Value::Null);
        object.insert("modifiedProperties".to_owned(), if at == 0 { modified.clone() } else { Vec::new() }.into());
        Value::Object(object)
    };
    audit.targets.iter().enumerate().map(target).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::faults::FaultPlan;
    use crate::graph::testing::Desk;
    use crate::world::GRAPH_APP_ID;

    const MAIL_READ: &str = "810c84a8-4a9e-49e6-bf7d-12d183f40d01";

    #[test]
    fn a_grant_and_its_end_say_who_when_and_what() {
        let scopes =
            ["AppRoleAssignment.ReadWrite.All", "Application.Read.All", "DelegatedPermissionGrant.ReadWrite.All", "AuditLog.Read.All"];
        let mut desk = Desk::new(60, &FaultPlan::none()).person("admin@contoso.example", &scopes);
        let (client, graph) = {
            let world = desk.state.world();
            let client = world.principal_of(&world.practice_app().unwrap().client_id).unwrap().id.clone();
            (client, world.principal_of(GRAPH_APP_ID).unwrap().id.clone())
        };
        let role = json!({ "principalId": client, "resourceId": graph, "appRoleId": MAIL_READ });
        let made = desk.send("POST", &format!("/servicePrincipals/{client}/appRoleAssignments"), &role).body["id"].clone();
        let gone = format!("/servicePrincipals/{client}/appRoleAssignments/{}", made.as_str().unwrap());
        assert_eq!(desk.send("DELETE", &gone, &Value::Null).status, 204);
        let wish = json!({ "clientId": client, "consentType": "AllPrincipals", "resourceId": graph, "scope": "User.Read" });
        let grant = desk.send("POST", "/oauth2PermissionGrants", &wish).body["id"].as_str().unwrap().to_owned();
        let grant = format!("/oauth2PermissionGrants/{grant}");
        assert_eq!(desk.send("PATCH", &grant, &json!({ "scope": "User.Read Mail.Read" })).status, 204);
        assert_eq!(desk.send("PATCH", &grant, &json!({ "scope": "" })).status, 204);

        desk.now_ms += 60_000;
        let since = super::time::moment(desk.now_ms - 3_600_000);
        let url = format!(
            "/auditLogs/directoryAudits?$filter=activityDateTime%20ge%20{since}%20and%20targetResources/any(t:t/id%20eq%20'{client}')"
        );
        let log = desk.get(&url).body["value"].as_array().cloned().unwrap();
        let mut names: Vec<&str> = log.iter().filter_map(|record| record["activityDisplayName"].as_str()).collect();
        names.sort_unstable();
        assert_eq!(
            names,
            [
                "Add app role assignment to service principal",
                "Add delegated permission grant",
                "Add delegated permission grant",
                "Remove app role assignment from service principal",
                "Remove delegated permission grant",
            ]
        );
        for record in &log {
            assert_eq!(record["initiatedBy"]["user"]["userPrincipalName"], "admin@contoso.example");
            assert_eq!(record["result"], "success");
        }
        let added = desk.get(&format!(
            "/auditLogs/directoryAudits?$filter=activityDisplayName%20eq%20'Add%20app%20role%20assignment%20to%20service%20principal'\
             %20and%20targetResources/any(t:t/id%20eq%20'{client}')"
        ));
        assert!(added.body["value"][0]["targetResources"].to_string().contains("Mail.Read"));
        let id = added.ids().remove(0);
        assert_eq!(desk.get(&format!("/auditLogs/directoryAudits/{id}")).body["id"], id.as_str());
    }

    #[test]
    fn the_log_is_for_readers_and_five_times_in_ten_seconds() {
        let desk = Desk::new(60, &FaultPlan::none()).person("global.reader@contoso.example", &["User.Read"]);
        let url = "/auditLogs/directoryAudits?$top=5";
        assert_eq!(desk.get(url).code(), "Authentication_MSGraphPermissionMissing");
        let desk = desk.person("cloud.admin@contoso.example", &["AuditLog.Read.All"]);
        assert_eq!((desk.get(url).status, desk.get(url).code()), (403, "Authentication_RequestFromUnsupportedUserRole"));
        let mut desk = desk.person("reports.reader@contoso.example", &["AuditLog.Read.All"]);
        for _ in 0..5 {
            assert_eq!(desk.get(url).status, 200);
        }
        let refused = desk.get(url);
        assert_eq!((refused.status, refused.retry_after()), (429, Some("10")));
        desk.now_ms += 10_000;
        assert_eq!(desk.get(url).status, 200);
        assert_eq!(desk.state.violations(), 0);
    }
}
