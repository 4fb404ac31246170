//! Groups, and the users in them.

use rollcall_core::id::ObjectId;
use rollcall_core::user::DirectoryUser;
use serde::Deserialize;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::error::GraphError;
use crate::pages::Pages;
use crate::send::{Call, Graph};
use crate::text::{self, Text};
use crate::users::{SELECT, TOP, User};

/// A group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    pub id: ObjectId,
    pub display_name: String,
    pub mail: Option<String>,
    pub security: bool,
}

/// Whose membership counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Members {
    /// Those who are in the group itself.
    Direct,
    /// Those of nested groups too.
    Transitive,
}

/// The group of that object id; `None` when there is none.
///
/// # Errors
/// All that a read can end with, but for [`GraphError::NotFound`].
pub async fn by_id(graph: &Graph, id: ObjectId, stop: &CancellationToken) -> Result<Option<Group>, GraphError> {
    let call = Call::read(graph.url(&["groups", &id.to_string()], &[("$select", "id,displayName,mail,securityEnabled")])?);
    match graph.json::<Wire>(&call, stop).await {
        Ok(group) => Ok(Some(group.into())),
        Err(GraphError::NotFound(_)) => Ok(None),
        Err(error) => Err(error),
    }
}

/// The users in a group; devices, contacts and other members are left out.
#[must_use]
pub fn members(graph: &Graph, id: ObjectId, which: Members, stop: &CancellationToken) -> Pages<DirectoryUser> {
    let list = match which {
        Members::Direct => "members",
        Members::Transitive => "transitiveMembers",
    };
    // A cast to one type needs the advanced query ("Advanced query capabilities on directory objects").
    let query = [("$select", SELECT), ("$top", TOP), ("$count", "true")];
    let first = graph.url(&["groups", &id.to_string(), list, "microsoft.graph.user"], &query);
    Pages::of::<User>(graph, first, true, stop)
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Wire {
    id: Uuid,
    display_name: Option<Text>,
    mail: Option<Text>,
    security_enabled: Option<bool>,
}

impl From<Wire> for Group {
    fn from(wire: Wire) -> Self {
        Self {
            id: ObjectId(wire.id),
            display_name: text::some(wire.display_name).unwrap_or_default(),
            mail: text::some(wire.mail),
            security: wire.security_enabled.unwrap_or(false),
        }
    }
}
