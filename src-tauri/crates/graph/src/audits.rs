//! Who granted what when, as the directory's own log tells it. It goes back thirty days at most, seven without a premium licence.

use rollcall_core::id::ObjectId;
use rollcall_core::time::Timestamp;
use serde::Deserialize;
use tokio_util::sync::CancellationToken;

use crate::error::GraphError;
use crate::moment;
use crate::pages::Pages;
use crate::send::Graph;
use crate::text::{self, Text};

/// The largest page of the log.
const TOP: &str = "500";

/// Something that was done about a client's grants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Audit {
    pub at: Timestamp,
    /// What, in the directory's words (`Consent to application`, `Add delegated permission grant`).
    pub activity: String,
    /// Who did it: a principal name, or an application's display name.
    pub by: Option<String>,
    /// All words that stand in what was changed; permissions' names are among them.
    words: Vec<String>,
}

impl Audit {
    /// Whether it gave that permission. What the log writes of a change differs by activity, but the name always stands in it.
    #[must_use]
    pub fn gave(&self, name: &str) -> bool {
        let gives = self.activity.starts_with("Consent") || self.activity.starts_with("Add");
        gives && self.words.iter().any(|word| word.eq_ignore_ascii_case(name))
    }
}

/// What was done about the grants of a client (its service principal) since then, the latest first.
///
/// # Errors
/// [`GraphError::Forbidden`] without the permission or the role; all that a read can end with.
pub async fn of_client(graph: &Graph, client: ObjectId, since: Timestamp, stop: &CancellationToken) -> Result<Vec<Audit>, GraphError> {
    let filter = format!("activityDateTime ge {} and targetResources/any(t:t/id eq '{client}')", moment::write(since));
    let first = graph.url(&["auditLogs", "directoryAudits"], &[("$filter", &filter), ("$top", TOP)]);
    let found: Vec<Option<Audit>> = Pages::of::<Wire>(graph, first, false, stop).all().await?;
    let mut audits: Vec<Audit> = found.into_iter().flatten().collect();
    audits.sort_by_key(|audit| std::cmp::Reverse(audit.at));
    Ok(audits)
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Wire {
    activity_date_time: Text,
    activity_display_name: Option<Text>,
    result: Option<Text>,
    initiated_by: Option<WireInitiator>,
    #[serde(default, deserialize_with = "text::or_empty")]
    target_resources: Vec<WireTarget>,
}

#[derive(Deserialize)]
struct WireInitiator {
    user: Option<WireUser>,
    app: Option<WireApp>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireUser {
    user_principal_name: Option<Text>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireApp {
    display_name: Option<Text>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireTarget {
    #[serde(default, deserialize_with = "text::or_empty")]
    modified_properties: Vec<WireProperty>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireProperty {
    new_value: Option<Text>,
}

impl From<Wire> for Option<Audit> {
    /// Nothing for what failed, and for what has no date.
    fn from(wire: Wire) -> Self {
        if wire.result.is_some_and(|result| !result.0.eq_ignore_ascii_case("success")) {
            return None;
        }
        let (user, app) = wire.initiated_by.map(|by| (by.user, by.app)).unwrap_or_default();
        let by_user = text::some(user.and_then(|user| user.user_principal_name));
        let by_app = || text::some(app.and_then(|app| app.display_name));
        let values = wire.target_resources.into_iter().flat_map(|target| target.modified_properties).filter_map(|one| one.new_value);
        let words = values.flat_map(|value| {
            let apart = |c: char| !(c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-'));
            value.0.split(apart).filter(|word| !word.is_empty()).map(str::to_owned).collect::<Vec<_>>()
        });
        Some(Audit {
            at: moment::read(&wire.activity_date_time.0)?,
            activity: text::some(wire.activity_display_name).unwrap_or_default(),
            by: by_user.or_else(by_app),
            words: words.collect(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(result: &str, activity: &str, value: &str) -> Option<Audit> {
        let json = serde_json::json!({
            "activityDateTime": "2026-11-20T10:00:00.1234567Z", "activityDisplayName": activity, "result": result,
            "initiatedBy": { "user": { "id": "x", "userPrincipalName": "admin@contoso.example" }, "app": null },
            "targetResources": [{ "id": "y", "modifiedProperties": [{ "displayName": "AppRole.Value", "oldValue": null, "newValue": value }] }]
        });
        serde_json::from_value::<Wire>(json).unwrap().into()
    }

    #[test]
    fn a_permission_is_found_in_what_was_added_and_not_in_what_was_removed_or_failed() {
        let scopes = read("success", "Consent to application", "[[Id: 1, Scope: Mail.Read User.Read, CreatedDateTime: ]]").unwrap();
        assert!(scopes.gave("mail.read") && scopes.gave("User.Read") && !scopes.gave("Mail.ReadWrite") && !scopes.gave("Mail"));
        assert_eq!((scopes.by.as_deref(), scopes.at), (Some("admin@contoso.example"), Timestamp(1_795_168_800_123)));
        let role = read("success", "Add app role assignment to service principal", "\"Mail.Read\"").unwrap();
        assert!(role.gave("Mail.Read"));
        assert!(!read("success", "Remove delegated permission grant", "\"Mail.Read\"").unwrap().gave("Mail.Read"));
        assert_eq!(read("failure", "Consent to application", "\"Mail.Read\""), None);
    }
}
