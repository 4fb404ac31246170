//! Groups of the directory: found by name, and counted before anybody is brought in by one.

use rollcall_core::group::Group;
use rollcall_core::id::{ObjectId, OrganizationId};
use rollcall_core::rules;
use rollcall_graph::groups::{self, Members};
use rollcall_graph::send::Graph;
use rollcall_store::organizations;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::connection;
use crate::desk::Desk;
use crate::error::{Error, Result};
use crate::job::Job;
use crate::organizations::describe::standing;

/// Which groups of an organization's tenant.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct FindGroups {
    pub organization: OrganizationId,
    /// How words of the name or the address begin, or an object id.
    pub text: String,
}

/// A group of an organization's tenant.
#[derive(Debug, Clone, Copy, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct GroupRef {
    pub organization: OrganizationId,
    pub group: ObjectId,
}

/// A group and how many users are in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct GroupSize {
    pub group: Group,
    /// Those who are in the group itself.
    pub direct: u32,
    /// Those of groups inside it, too; each counts once.
    pub nested: u32,
}

/// # Errors
/// `NotNow` when nobody is signed in; those of the network.
pub async fn search(desk: &Desk, ask: FindGroups, job: &Job) -> Result<Vec<Group>> {
    let text = ask.text.trim();
    if text.is_empty() {
        return Ok(Vec::new());
    }
    let graph = directory(desk, ask.organization).await?;
    if let Ok(id) = text.parse::<ObjectId>() {
        return Ok(groups::by_id(&graph, id, &job.stop).await?.into_iter().collect());
    }
    let mut found = groups::search(&graph, text, &job.stop).await?;
    found.sort_by_cached_key(|group| group.display_name.to_lowercase());
    Ok(found)
}

/// # Errors
/// `NotFound`; `NotNow` when nobody is signed in; those of the network.
pub async fn size(desk: &Desk, ask: GroupRef, job: &Job) -> Result<GroupSize> {
    let graph = directory(desk, ask.organization).await?;
    let (group, direct, nested) = tokio::join!(
        groups::by_id(&graph, ask.group, &job.stop),
        groups::size(&graph, ask.group, Members::Direct, &job.stop),
        groups::size(&graph, ask.group, Members::Transitive, &job.stop),
    );
    let group = group?.ok_or_else(|| Error::not_found("the directory has no such group"))?;
    Ok(GroupSize { group, direct: direct?, nested: nested? })
}

/// The directory of an organization's tenant, as the signed-in admin.
pub(crate) async fn directory(desk: &Desk, organization: OrganizationId) -> Result<Graph> {
    let standing = standing(desk, organization).await?;
    rules::may_import(&standing).map_err(Error::not_now)?;
    let tenant = desk.read(move |conn| Ok(organizations::get(conn, organization)?.tenant)).await?;
    connection::delegated(desk, tenant).await
}
