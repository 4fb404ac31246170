//! Works on a run, sitting after sitting: a wait that is longer than a few minutes is not sat through but parks the run until it is
//! over.

use std::time::Duration;

use rollcall_core::bound::Bound;
use rollcall_core::id::RunId;
use rollcall_core::time::Timestamp;
use rollcall_graph::party::Party;
use rollcall_store::issues;
use rollcall_store::runs::{self, Run, RunEnd};

use super::outage::broke_off;
use super::reach::Reach;
use super::sitting::{self, Ended};
use super::tally;
use crate::claim::Claim;
use crate::cut_off;
use crate::desk::Desk;
use crate::error::Result;
use crate::job::{Job, Progress, Verified};
use crate::users::preflight;

/// Works on the run until everything is settled, the job is stopped, or something ends it. Answers the run as it then is; a stopped
/// or broken one is left interrupted, to be resumed.
pub(super) async fn work(desk: &Desk, claim: &Claim<'_, RunId>, reach: Reach<'_>, id: RunId, job: &Job) -> Result<Run> {
    claim.name(id);
    desk.cut_off().runs.retain(|cut_off| *cut_off != id);
    let run = sit_until_done(desk, claim, &reach, id, job).await;
    reach.gate().forget(Party::Run(id));
    if let Ok(run) = &run {
        preflight::judge_checked(desk, run.organization).await?;
    }
    run
}

async fn sit_until_done(desk: &Desk, claim: &Claim<'_, RunId>, reach: &Reach<'_>, id: RunId, job: &Job) -> Result<Run> {
    loop {
        let now = desk.now();
        let run = desk
            .write(move |tx| {
                cut_off::taken_up(tx, id)?;
                runs::resume(tx, id)?;
                let run = runs::get(tx, id)?;
                // Entra has given a token for it.
                issues::note_sign_in(tx, run.organization, None, now)?;
                Ok(run)
            })
            .await?;
        let outcome = Box::pin(sitting::sit(desk, run, reach, &claim.stop, job)).await;
        let end = match &outcome {
            Ok(Ended::Settled) => RunEnd::Finished,
            Ok(Ended::Parked { until }) => RunEnd::Parked { until: desk.by_day(*until) },
            Ok(Ended::Stopped) | Err(_) => RunEnd::Interrupted,
        };
        let broken_off = matches!(&outcome, Err(error) if broke_off(error.code));
        let run = end_sitting(desk, id, end, broken_off).await?;
        let Ended::Parked { until } = outcome? else { return Ok(run) };
        if !wait(desk, claim, &run, until, job).await {
            return end_sitting(desk, id, RunEnd::Interrupted, false).await;
        }
    }
}

/// A run that was `broken_off` from outside goes on by itself after the next start, where the admin chose that, as one that was cut off.
async fn end_sitting(desk: &Desk, id: RunId, end: RunEnd, broken_off: bool) -> Result<Run> {
    let now = desk.now();
    desk.write(move |tx| {
        runs::finish(tx, id, end, now)?;
        if broken_off {
            cut_off::note(tx, id)?;
        }
        let run = runs::get(tx, id)?;
        issues::snapshot(tx, run.organization, now)?;
        Ok(run)
    })
    .await
}

/// Waits with nothing under way. Answers whether the wait is over; it isn't when somebody stopped it.
async fn wait(desk: &Desk, claim: &Claim<'_, RunId>, run: &Run, until: Timestamp, job: &Job) -> bool {
    job.tell(Progress::Verified(parked(desk, run, until)));
    loop {
        let left = until.since((desk.steady)());
        if left.is_zero() {
            return true;
        }
        tokio::select! {
            () = claim.stop.cancelled() => return false,
            // In slices, because a timer may stand still while the computer sleeps and the clock doesn't.
            () = tokio::time::sleep(left.min(Duration::from_secs(1))) => {}
        }
    }
}

fn parked(desk: &Desk, run: &Run, until: Timestamp) -> Verified {
    Verified { waiting_until: Some(desk.by_day(until)), parked: true, bound: Bound::Pause, ..tally::figures(run) }
}
