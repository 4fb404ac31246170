//! Says what should be known of a wish before it is set: whom the mechanism counts, and what other organizations of the application
//! wish. Nothing is kept.

use rollcall_core::scope::{Count, Desired, Limit, Mechanism, Remark, remarks};
use rollcall_graph::groups::{self, Members};
use rollcall_graph::units;
use serde::Serialize;
use ts_rs::TS;

use super::set::{SetScope, Wish, unit_of};
use super::shared::{Sharer, is_contested, sharers};
use crate::desk::Desk;
use crate::error::Result;
use crate::groups::directory;
use crate::job::Job;

/// What should be known of a wish.
#[derive(Debug, Clone, Serialize, TS)]
pub struct WeighedWish {
    /// How many the mechanism counts in the unit; `None` where everyone is to be reached.
    pub counted: Option<u32>,
    pub remarks: Vec<Remark>,
    /// The other organizations of the application that it concerns.
    pub shared: Vec<Sharer>,
    /// Whether one of them wishes otherwise: nothing is planned then for either.
    pub contested: bool,
}

/// # Errors
/// `NotFound` for a group or unit that the directory doesn't have; `NotNow` when nobody is signed in; those of the network.
pub async fn weigh(desk: &Desk, ask: SetScope, job: &Job) -> Result<WeighedWish> {
    let (desired, counted, remarks) = match ask.wish {
        Wish::Everyone => (Desired::Everyone, None, Vec::new()),
        Wish::Limited { rule, mechanism, unit } => {
            let limit = Limit { rule, mechanism, unit: unit_of(desk, ask.organization, mechanism, unit, job).await? };
            let members = count(desk, &ask, &limit, job).await?;
            let remarks = remarks(&limit, members);
            let counted = members.counted(limit.mechanism);
            (Desired::Limited { limit }, Some(counted), remarks)
        }
    };
    let shared = desk.read(move |conn| sharers(conn, ask.organization, &desired)).await?;
    Ok(WeighedWish { counted, remarks, contested: is_contested(&shared), shared })
}

async fn count(desk: &Desk, ask: &SetScope, limit: &Limit, job: &Job) -> Result<Count> {
    let graph = directory(desk, ask.organization).await?;
    let id = limit.unit.id;
    match limit.mechanism {
        Mechanism::AdministrativeUnit => {
            let mut pages = units::members(&graph, id, &job.stop);
            let mut direct = 0_usize;
            while let Some(page) = pages.next().await? {
                direct += page.items.len();
            }
            let direct = u32::try_from(direct).unwrap_or(u32::MAX);
            Ok(Count { direct, nested: direct })
        }
        Mechanism::ManagementScope | Mechanism::AccessPolicy => {
            let (direct, nested) = tokio::try_join!(
                groups::size(&graph, id, Members::Direct, &job.stop),
                groups::size(&graph, id, Members::Transitive, &job.stop),
            )?;
            Ok(Count { direct, nested })
        }
    }
}
