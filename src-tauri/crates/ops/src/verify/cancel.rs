//! Cancels a run for good: what was answered stays, the rest is marked as not asked.

use rollcall_store::runs::{self, Run, RunEnd, RunState};

use crate::desk::Desk;
use crate::error::{Error, Result};
use crate::job::Job;
use crate::runs::describe::RunRef;

/// # Errors
/// `InvalidInput` for a run that is over already.
pub async fn cancel(desk: &Desk, ask: RunRef, _job: &Job) -> Result<Run> {
    let run = desk.read(move |conn| runs::get(conn, ask.run)).await?;
    if matches!(run.state, RunState::Finished | RunState::Cancelled) {
        return Err(Error::input("run", "it is over already"));
    }
    desk.verifying().end(run.organization, run.id).await;
    let now = desk.now();
    desk.write(move |tx| {
        if !matches!(runs::get(tx, ask.run)?.state, RunState::Finished | RunState::Cancelled) {
            runs::finish(tx, ask.run, RunEnd::Cancelled, now)?;
        }
        runs::get(tx, ask.run)
    })
    .await
}
