//! What changed among the users of a directory since it was last read ("Use delta query to track changes").

use rollcall_core::id::ObjectId;
use rollcall_core::user::DirectoryUser;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::error::GraphError;
use crate::pages::Pages;
use crate::send::Graph;
use crate::users::{SELECT, User};

/// One change. The same one may be told again, and the last one told counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// As the user is now.
    Is(Box<DirectoryUser>),
    /// Something about the user changed, and the answer doesn't say all of what the user is now: ask.
    Ask(ObjectId),
    /// Deleted, for now or for good.
    Gone(ObjectId),
}

/// The link at which changes from now on can be asked for, without reading anybody.
///
/// # Errors
/// All that a read can end with; [`GraphError::Endless`] when the service hands out no link.
pub async fn from_now(graph: &Graph, stop: &CancellationToken) -> Result<String, GraphError> {
    let first = graph.url(&["users", "delta"], &[("$select", SELECT), ("$deltatoken", "latest")]);
    since(graph, first?.as_str(), stop).await.map(|(_, link)| link)
}

/// The changes since a link was handed out, and the link for the next time.
///
/// # Errors
/// [`GraphError::Resync`] when they can't be told any more: links of the directory live for seven days. All that a list can end
/// with; [`GraphError::Endless`] when the service hands out no new link.
pub async fn since(graph: &Graph, link: &str, stop: &CancellationToken) -> Result<(Vec<Change>, String), GraphError> {
    let mut pages = Pages::of::<Wire>(graph, graph.link(link), false, stop);
    let mut changes = Vec::new();
    while let Some(page) = pages.next().await? {
        changes.extend(page.items);
    }
    let link = pages.delta().ok_or_else(|| pages.endless())?.to_owned();
    // It is kept and asked later, so it must be one that we would ask now.
    graph.link(&link)?;
    Ok((changes, link))
}

/// A change as Graph spells it: a user, some properties of one, or a note that there is none any more.
struct Wire(Change);

#[derive(Deserialize)]
struct Head {
    id: Uuid,
    #[serde(rename = "@removed")]
    removed: Option<serde::de::IgnoredAny>,
    #[serde(rename = "userPrincipalName")]
    upn: Option<serde::de::IgnoredAny>,
}

impl<'de> Deserialize<'de> for Wire {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = Box::<RawValue>::deserialize(deserializer)?;
        let head: Head = serde_json::from_str(raw.get()).map_err(D::Error::custom)?;
        let id = ObjectId(head.id);
        if head.removed.is_some() {
            return Ok(Self(Change::Gone(id)));
        }
        if head.upn.is_none() {
            return Ok(Self(Change::Ask(id)));
        }
        let user: User = serde_json::from_str(raw.get()).map_err(D::Error::custom)?;
        Ok(Self(Change::Is(Box::new(user.into()))))
    }
}

impl From<Wire> for Change {
    fn from(wire: Wire) -> Self {
        wire.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_is_a_user_a_part_of_one_or_an_end() {
        let id = "00000000-0000-4000-8000-000000000001";
        let read = |rest: &str| serde_json::from_str::<Wire>(&format!(r#"{{"id":"{id}"{rest}}}"#)).map(Change::from);
        let object_id = ObjectId(id.parse().unwrap());
        assert!(
            matches!(read(r#","userPrincipalName":"ada@contoso.example","displayName":"Ada""#), Ok(Change::Is(ada)) if ada.display_name == "Ada")
        );
        assert_eq!(read(r#","department":"Sales""#).unwrap(), Change::Ask(object_id));
        assert_eq!(read(r#","userPrincipalName":"ada@contoso.example","@removed":{"reason":"changed"}"#).unwrap(), Change::Gone(object_id));
        assert!(serde_json::from_str::<Wire>(r#"{"id":"nobody"}"#).is_err());
        assert!(read(r#","userPrincipalName":7"#).is_err());
    }
}
