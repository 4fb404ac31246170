//! Administrative units, and the users in them.

use rollcall_core::id::ObjectId;
use rollcall_core::user::DirectoryUser;
use serde::Deserialize;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::applications::found;
use crate::error::GraphError;
use crate::pages::Pages;
use crate::send::{Call, Graph};
use crate::text::{self, Text};
use crate::users::{SELECT, TOP, User};

/// An administrative unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AdministrativeUnit {
    pub id: ObjectId,
    pub display_name: String,
}

/// The unit of that object id; `None` when there is none.
///
/// # Errors
/// All that a read can end with, but for [`GraphError::NotFound`].
pub async fn by_id(graph: &Graph, id: ObjectId, stop: &CancellationToken) -> Result<Option<AdministrativeUnit>, GraphError> {
    let call = Call::read(graph.url(&["directory", "administrativeUnits", &id.to_string()], &[("$select", "id,displayName")])?);
    found(graph.json::<Wire>(&call, stop).await)
}

/// All units of the tenant.
///
/// # Errors
/// All that a read can end with.
pub async fn all(graph: &Graph, stop: &CancellationToken) -> Result<Vec<AdministrativeUnit>, GraphError> {
    let first = graph.url(&["directory", "administrativeUnits"], &[("$select", "id,displayName")]);
    Pages::of::<Wire>(graph, first, false, stop).all().await
}

/// The users in a unit.
#[must_use]
pub fn members(graph: &Graph, id: ObjectId, stop: &CancellationToken) -> Pages<DirectoryUser> {
    let query = [("$select", SELECT), ("$top", TOP), ("$count", "true")];
    let first = graph.url(&["directory", "administrativeUnits", &id.to_string(), "members", "microsoft.graph.user"], &query);
    Pages::of::<User>(graph, first, true, stop)
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Wire {
    id: Uuid,
    display_name: Option<Text>,
}

impl From<Wire> for AdministrativeUnit {
    fn from(wire: Wire) -> Self {
        Self { id: ObjectId(wire.id), display_name: text::some(wire.display_name).unwrap_or_default() }
    }
}
