//! Drops the plan of an organization. Who was switched stays so, and switches that wait for the change window go on waiting.

use rollcall_store::waves;

use crate::desk::Desk;
use crate::error::Result;
use crate::job::Job;
use crate::journal::actor;
use crate::organizations::delete::OrganizationRef;

/// # Errors
/// `NotFound` where there is no plan.
pub async fn remove(desk: &Desk, ask: OrganizationRef, _job: &Job) -> Result<()> {
    let now = desk.now();
    desk.write(move |tx| {
        waves::remove(tx, ask.organization)?;
        let by = actor(tx, ask.organization)?;
        super::record(tx, ask.organization, "waves.remove", (None, None), &by, now)
    })
    .await
}
