//! Goes on with a run that was paused, or cut off by a crash.

use rollcall_core::rules::{self, Reason};
use rollcall_store::runs::{self, Run, RunState};

use super::reach::Reach;
use super::work::work;
use crate::desk::Desk;
use crate::error::{Error, Result};
use crate::job::Job;
use crate::organizations::describe::standing;
use crate::runs::describe::RunRef;

/// Mailboxes that have answered are not asked again.
///
/// # Errors
/// `InvalidInput` for a run that is over; `NotNow`; those of [`start`](super::start::start).
pub async fn resume(desk: &Desk, ask: RunRef, job: &Job) -> Result<Run> {
    let run = desk.read(move |conn| runs::get(conn, ask.run)).await?;
    match run.state {
        RunState::Running | RunState::Interrupted => {}
        RunState::Finished | RunState::Cancelled => return Err(Error::input("run", "it is over; start a new one")),
    }
    let standing = standing(desk, run.organization).await?;
    match rules::may_verify(&standing) {
        // Users that left the organization since are still part of the run.
        Ok(()) | Err(Reason::NoUsers) => {
            let claim = desk.verifying().claim(run.organization, &job.stop).ok_or_else(|| Error::not_now(Reason::RunUnderWay))?;
            let connected = Reach::of(desk, run.organization, &claim.stop).await?;
            work(desk, &claim, connected, run.id, job).await
        }
        Err(reason) => Err(Error::not_now(reason)),
    }
}
