//! Who is signed in, and which administrator roles are active.

use rollcall_core::id::ObjectId;
use serde::Deserialize;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::error::GraphError;
use crate::pages::Pages;
use crate::send::{Call, Graph};
use crate::text::{self, Text};

/// The signed-in user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Me {
    pub id: ObjectId,
    pub upn: String,
    pub display_name: String,
}

/// Reads who is signed in. Works with a delegated token only.
///
/// # Errors
/// All that a read can end with.
pub async fn read(graph: &Graph, stop: &CancellationToken) -> Result<Me, GraphError> {
    let call = Call::read(graph.url(&["me"], &[("$select", "id,userPrincipalName,displayName")])?);
    let wire: Wire = graph.json(&call, stop).await?;
    Ok(Me { id: ObjectId(wire.id), upn: wire.user_principal_name.0, display_name: text::some(wire.display_name).unwrap_or_default() })
}

/// The template ids of the directory roles that the signed-in user has now, also through groups; eligible ones that aren't
/// activated are not among them ("Microsoft Entra built-in roles" lists the ids).
///
/// # Errors
/// All that a read can end with.
pub async fn roles(graph: &Graph, stop: &CancellationToken) -> Result<Vec<Uuid>, GraphError> {
    let first =
        graph.url(&["me", "transitiveMemberOf", "microsoft.graph.directoryRole"], &[("$select", "roleTemplateId"), ("$count", "true")]);
    let roles = Pages::<Option<Uuid>>::of::<Role>(graph, first, true, stop).all().await?;
    Ok(roles.into_iter().flatten().collect())
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Wire {
    id: Uuid,
    user_principal_name: Text,
    display_name: Option<Text>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Role {
    role_template_id: Option<Uuid>,
}

impl From<Role> for Option<Uuid> {
    fn from(role: Role) -> Self {
        role.role_template_id
    }
}
