//! Groups, and the users in them.

use rollcall_core::group::{Group, GroupKind};
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

/// The properties of a group that are asked for.
const GROUP: &str = "id,displayName,mail,mailEnabled,securityEnabled,groupTypes";
/// Groups that a search answers with.
const FOUND: &str = "25";

/// Whose membership counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Members {
    /// Those who are in the group itself.
    Direct,
    /// Those of nested groups too.
    Transitive,
}

impl Members {
    const fn list(self) -> &'static str {
        match self {
            Self::Direct => "members",
            Self::Transitive => "transitiveMembers",
        }
    }
}

/// The group of that object id; `None` when there is none.
///
/// # Errors
/// All that a read can end with, but for [`GraphError::NotFound`].
pub async fn by_id(graph: &Graph, id: ObjectId, stop: &CancellationToken) -> Result<Option<Group>, GraphError> {
    let call = Call::read(graph.url(&["groups", &id.to_string()], &[("$select", GROUP)])?);
    match graph.json::<Wire>(&call, stop).await {
        Ok(group) => Ok(Some(group.into())),
        Err(GraphError::NotFound(_)) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Groups with words of their name, or an address, that begin so: the first ones that the directory finds.
///
/// # Errors
/// All that a read can end with.
pub async fn search(graph: &Graph, text: &str, stop: &CancellationToken) -> Result<Vec<Group>, GraphError> {
    // Within the quotes of a clause neither of the two can stand ("Use the $search query parameter").
    let plain: String = text.chars().filter(|c| !matches!(c, '"' | '\\') && !c.is_control()).collect();
    let clauses = format!("\"displayName:{plain}\" OR \"mail:{plain}\"");
    let first = graph.url(&["groups"], &[("$select", GROUP), ("$top", FOUND), ("$search", &clauses)]);
    let page = Pages::of::<Wire>(graph, first, true, stop).next().await?;
    Ok(page.map(|page| page.items).unwrap_or_default())
}

/// How many users are in a group.
///
/// # Errors
/// All that a read can end with; [`GraphError::Endless`] when the answer doesn't say.
pub async fn size(graph: &Graph, id: ObjectId, which: Members, stop: &CancellationToken) -> Result<u32, GraphError> {
    let query = [("$select", "id"), ("$top", "1"), ("$count", "true")];
    let first = graph.url(&["groups", &id.to_string(), which.list(), "microsoft.graph.user"], &query);
    let mut pages = Pages::<Counted>::of::<Counted>(graph, first, true, stop);
    let page = pages.next().await?;
    page.and_then(|page| page.total).ok_or_else(|| pages.endless())
}

/// Somebody of whom nothing is wanted.
#[derive(Deserialize)]
struct Counted {}

/// The users in a group; devices, contacts and other members are left out.
#[must_use]
pub fn members(graph: &Graph, id: ObjectId, which: Members, stop: &CancellationToken) -> Pages<DirectoryUser> {
    // A cast to one type needs the advanced query ("Advanced query capabilities on directory objects").
    let query = [("$select", SELECT), ("$top", TOP), ("$count", "true")];
    let first = graph.url(&["groups", &id.to_string(), which.list(), "microsoft.graph.user"], &query);
    Pages::of::<User>(graph, first, true, stop)
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Wire {
    id: Uuid,
    display_name: Option<Text>,
    mail: Option<Text>,
    mail_enabled: Option<bool>,
    security_enabled: Option<bool>,
    #[serde(default, deserialize_with = "text::or_empty")]
    group_types: Vec<Text>,
}

impl From<Wire> for Group {
    fn from(wire: Wire) -> Self {
        let unified = wire.group_types.iter().any(|kind| kind.0 == "Unified");
        Self {
            id: ObjectId(wire.id),
            display_name: text::some(wire.display_name).unwrap_or_default(),
            mail: text::some(wire.mail),
            kind: GroupKind::of(unified, wire.mail_enabled.unwrap_or(false), wire.security_enabled.unwrap_or(false)),
        }
    }
}
