//! Requests of users that an administrator approve an application ("Review admin consent requests").

use rollcall_core::id::AppId;
use rollcall_core::time::Timestamp;
use serde::Deserialize;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::error::GraphError;
use crate::moment;
use crate::pages::Pages;
use crate::send::Graph;
use crate::text::{self, Text};

/// What is asked for an application.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsentRequest {
    pub id: String,
    pub app: AppId,
    pub app_name: String,
    /// Names of delegated permissions that are not consented to yet.
    pub scopes: Vec<String>,
}

/// A user who asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asker {
    pub name: Option<String>,
    pub at: Option<Timestamp>,
    /// What the user gave as the reason.
    pub reason: Option<String>,
    /// Whether the request still waits for an answer.
    pub pending: bool,
}

/// All requests that the tenant has.
///
/// # Errors
/// [`GraphError::Forbidden`] without the permission or the role; all that a read can end with.
pub async fn all(graph: &Graph, stop: &CancellationToken) -> Result<Vec<ConsentRequest>, GraphError> {
    let first = graph.url(&["identityGovernance", "appConsent", "appConsentRequests"], &[]);
    Pages::of::<Wire>(graph, first, false, stop).all().await
}

/// Who asks by a request.
///
/// # Errors
/// As [`all`].
pub async fn askers(graph: &Graph, request: &str, stop: &CancellationToken) -> Result<Vec<Asker>, GraphError> {
    let first = graph.url(&["identityGovernance", "appConsent", "appConsentRequests", request, "userConsentRequests"], &[]);
    Pages::of::<WireAsker>(graph, first, false, stop).all().await
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Wire {
    id: Text,
    app_id: Uuid,
    app_display_name: Option<Text>,
    #[serde(default, deserialize_with = "text::or_empty")]
    pending_scopes: Vec<WireScope>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireScope {
    display_name: Option<Text>,
}

impl From<Wire> for ConsentRequest {
    fn from(wire: Wire) -> Self {
        Self {
            id: wire.id.0,
            app: AppId(wire.app_id),
            app_name: text::some(wire.app_display_name).unwrap_or_default(),
            scopes: wire.pending_scopes.into_iter().filter_map(|scope| text::some(scope.display_name)).collect(),
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireAsker {
    created_date_time: Option<Text>,
    reason: Option<Text>,
    status: Option<Text>,
    created_by: Option<WireCreator>,
}

#[derive(Deserialize)]
struct WireCreator {
    user: Option<WireUser>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireUser {
    display_name: Option<Text>,
    user_principal_name: Option<Text>,
}

impl From<WireAsker> for Asker {
    fn from(wire: WireAsker) -> Self {
        let user = wire.created_by.and_then(|by| by.user);
        let name = user.and_then(|user| text::some(user.user_principal_name).or_else(|| text::some(user.display_name)));
        Self {
            name,
            at: wire.created_date_time.and_then(|text| moment::read(&text.0)),
            reason: text::some(wire.reason),
            pending: wire.status.is_none_or(|status| status.0.eq_ignore_ascii_case("InProgress")),
        }
    }
}
