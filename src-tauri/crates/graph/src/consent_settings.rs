//! The tenant's settings for consent: what users may consent to by themselves, and whether they can ask for more.

use rollcall_core::user_consent::UserConsent;
use serde::Deserialize;
use tokio_util::sync::CancellationToken;

use crate::error::GraphError;
use crate::send::{Call, Graph};
use crate::text::{self, Text};

/// To what users may consent.
///
/// # Errors
/// [`GraphError::Forbidden`] without the permission; all that a read can end with.
pub async fn user_consent(graph: &Graph, stop: &CancellationToken) -> Result<UserConsent, GraphError> {
    let call = Call::read(graph.url(&["policies", "authorizationPolicy"], &[])?);
    let policy: Authorization = graph.json(&call, stop).await?;
    let assigned: Vec<String> =
        policy.default_user_role_permissions.permission_grant_policies_assigned.into_iter().map(|policy| policy.0).collect();
    Ok(UserConsent::of(&assigned))
}

/// Whether users can ask an administrator for approval of an application ("Configure the admin consent workflow").
///
/// # Errors
/// [`GraphError::Forbidden`] without the permission or the role; all that a read can end with.
pub async fn workflow(graph: &Graph, stop: &CancellationToken) -> Result<bool, GraphError> {
    let call = Call::read(graph.url(&["policies", "adminConsentRequestPolicy"], &[])?);
    let policy: Workflow = graph.json(&call, stop).await?;
    Ok(policy.is_enabled)
}

// What is missing from these answers is no setting but a damaged answer, so nothing has a default.

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Authorization {
    default_user_role_permissions: Permissions,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Permissions {
    #[serde(deserialize_with = "text::or_empty")]
    permission_grant_policies_assigned: Vec<Text>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Workflow {
    is_enabled: bool,
}
