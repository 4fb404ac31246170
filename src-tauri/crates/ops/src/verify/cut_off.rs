//! The runs that the end of the program has cut off, or a wait of theirs, or an outage that lasted: they go on by themselves or on a
//! click, as the admin chose.

use rollcall_store::runs::{self, Run, RunState};
use serde::Serialize;
use ts_rs::TS;

use crate::desk::Desk;
use crate::error::Result;
use crate::job::Job;
use crate::settings::{self, Resume};

/// The runs, and what becomes of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct CutOffRuns {
    pub runs: Vec<Run>,
    pub resume: Resume,
}

/// Answers them once after the desk was opened. A run that somebody has paused isn't among them.
///
/// # Errors
/// Those of the store.
pub async fn cut_off(desk: &Desk, _ask: (), _job: &Job) -> Result<CutOffRuns> {
    let cut_off = std::mem::take(&mut desk.cut_off().runs);
    desk.read(move |conn| {
        let runs = runs::unfinished(conn)?.into_iter();
        let runs = runs.filter(|run| run.state == RunState::Interrupted && cut_off.contains(&run.id)).collect();
        Ok(CutOffRuns { runs, resume: settings::of(conn)?.resume })
    })
    .await
}
