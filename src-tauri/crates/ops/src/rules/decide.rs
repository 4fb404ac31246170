//! The admin's word on proposals: accept, decline, or ask again about those who were declined.

use std::collections::HashSet;

use rollcall_core::id::{ObjectId, OrganizationId};
use rollcall_graph::users as directory;
use rollcall_store::{organizations, proposals};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::desk::Desk;
use crate::error::Result;
use crate::groups;
use crate::job::Job;
use crate::users::import::{Arrivals, Imported};

/// People that the directory is asked for at once.
const AT_ONCE: usize = 15;

/// On whom.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct Decide {
    pub organization: OrganizationId,
    /// `None` for all that wait, or that were declined.
    pub users: Option<Vec<ObjectId>>,
}

/// How many were decided on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
pub struct Decided {
    pub users: u32,
}

/// Brings those who are proposed into the organization, as the directory has them now.
///
/// # Errors
/// `NotNow` when nobody is signed in; those of the network; `Stopped`. What was brought in until then stays.
pub async fn accept(desk: &Desk, ask: Decide, job: &Job) -> Result<Imported> {
    let organization = ask.organization;
    let graph = groups::directory(desk, organization).await?;
    let tenant = desk.read(move |conn| Ok(organizations::get(conn, organization)?.tenant)).await?;
    let people = meant(desk, ask, false).await?;
    let mut arrivals = Arrivals::at(desk, organization, tenant, job);
    for some in people.chunks(AT_ONCE) {
        let filter = some.iter().map(|(id, _)| format!("'{id}'")).collect::<Vec<_>>().join(",");
        let found = directory::pages(&graph, Some(&format!("id in ({filter})")), &job.stop).all().await?;
        let here: HashSet<ObjectId> = found.iter().map(|person| person.object_id).collect();
        arrivals.imported.unmatched.extend(some.iter().filter(|(id, _)| !here.contains(id)).map(|(_, upn)| upn.clone()));
        arrivals.store(found).await?;
        let settled: Vec<ObjectId> = some.iter().map(|(id, _)| *id).collect();
        desk.write(move |tx| proposals::settle(tx, organization, &settled)).await?;
    }
    arrivals.settle().await?;
    Ok(arrivals.imported)
}

/// Declines those who are proposed: no rule proposes them for this organization until they are asked about again.
///
/// # Errors
/// Those of the store.
pub async fn decline(desk: &Desk, ask: Decide, _job: &Job) -> Result<Decided> {
    decided(desk, ask, true).await
}

/// Proposes those again who were declined, as far as a rule still wants them.
///
/// # Errors
/// Those of the store.
pub async fn reconsider(desk: &Desk, ask: Decide, _job: &Job) -> Result<Decided> {
    decided(desk, ask, false).await
}

async fn decided(desk: &Desk, ask: Decide, declined: bool) -> Result<Decided> {
    let (organization, now) = (ask.organization, desk.now());
    let people: Vec<ObjectId> = meant(desk, ask, !declined).await?.into_iter().map(|(id, _)| id).collect();
    let users = desk.write(move |tx| proposals::decide(tx, organization, &people, declined, now)).await?;
    Ok(Decided { users })
}

/// Those meant among the ones that wait, or that were declined.
async fn meant(desk: &Desk, ask: Decide, declined: bool) -> Result<Vec<(ObjectId, String)>> {
    let Decide { organization, users } = ask;
    let chosen: Option<HashSet<ObjectId>> = users.map(|users| users.into_iter().collect());
    let page = desk.read(move |conn| proposals::query(conn, organization, declined, 0, u32::MAX)).await?;
    let meant = page.rows.into_iter().map(|row| (row.object_id, row.upn));
    Ok(meant.filter(|(id, _)| chosen.as_ref().is_none_or(|chosen| chosen.contains(id))).collect())
}
