//! The administrative units of an organization's tenant, to choose one.

use rollcall_core::id::ObjectId;
use serde::Serialize;
use ts_rs::TS;

use crate::desk::Desk;
use crate::error::Result;
use crate::groups::directory;
use crate::job::Job;
use crate::organizations::delete::OrganizationRef;

/// An administrative unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct UnitView {
    pub id: ObjectId,
    pub name: String,
}

/// # Errors
/// `NotNow` when nobody is signed in; those of the network.
pub async fn units(desk: &Desk, ask: OrganizationRef, job: &Job) -> Result<Vec<UnitView>> {
    let graph = directory(desk, ask.organization).await?;
    let mut units: Vec<UnitView> = rollcall_graph::units::all(&graph, &job.stop)
        .await?
        .into_iter()
        .map(|unit| UnitView { id: unit.id, name: unit.display_name })
        .collect();
    units.sort_by_cached_key(|unit| unit.name.to_lowercase());
    Ok(units)
}
