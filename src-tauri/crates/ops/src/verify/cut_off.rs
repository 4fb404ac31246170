//! The runs that the end of the program has cut off, or a wait of theirs, and that are to go on by themselves.

use rollcall_store::runs::{self, Run, RunState};

use crate::desk::Desk;
use crate::error::Result;
use crate::job::Job;
use crate::settings::{self, Resume};

/// Answers them once after the desk was opened, and none where the admin chose to resume on a click. A run that somebody has paused
/// isn't among them.
///
/// # Errors
/// Those of the store.
pub async fn cut_off(desk: &Desk, _ask: (), _job: &Job) -> Result<Vec<Run>> {
    let cut_off = std::mem::take(&mut desk.cut_off().runs);
    desk.read(move |conn| {
        if settings::of(conn)?.resume == Resume::OnClick {
            return Ok(Vec::new());
        }
        let runs = runs::unfinished(conn)?.into_iter();
        Ok(runs.filter(|run| run.state == RunState::Interrupted && cut_off.contains(&run.id)).collect())
    })
    .await
}
