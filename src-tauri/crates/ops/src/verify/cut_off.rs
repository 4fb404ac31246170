//! The runs that the end of the program has cut off, or a wait of theirs, and that are to go on by themselves.

use rollcall_core::id::RunId;
use rollcall_store::runs::{self, Run, RunState};
use rollcall_store::{Connection, StoreError, Transaction};

use crate::desk::Desk;
use crate::error::Result;
use crate::job::Job;
use crate::settings::{self, Resume};

/// Where their numbers are kept, so that a program that was opened in between forgets none.
const KEY: &str = "cut_off";

/// Answers them once after the desk was opened, and none where the admin chose to resume on a click. A run that somebody has paused
/// isn't among them.
///
/// # Errors
/// Those of the store.
pub async fn cut_off(desk: &Desk, _ask: (), _job: &Job) -> Result<Vec<Run>> {
    let cut_off = std::mem::take(&mut *desk.cut_off());
    desk.read(move |conn| {
        if settings::of(conn)?.resume == Resume::OnClick {
            return Ok(Vec::new());
        }
        let runs = runs::unfinished(conn)?.into_iter();
        Ok(runs.filter(|run| run.state == RunState::Interrupted && cut_off.contains(&run.id)).collect())
    })
    .await
}

/// The runs that were cut off and that nobody has taken up since.
pub(crate) fn known(conn: &Connection) -> std::result::Result<Vec<RunId>, StoreError> {
    Ok(rollcall_store::settings::get(conn, KEY)?.unwrap_or_default())
}

/// Remembers them, in place of those of before.
pub(crate) fn remember(tx: &Transaction<'_>, runs: &[RunId]) -> std::result::Result<(), StoreError> {
    rollcall_store::settings::set(tx, KEY, &runs)
}

/// Somebody has taken the run up.
pub(crate) fn taken_up(tx: &Transaction<'_>, run: RunId) -> std::result::Result<(), StoreError> {
    let before = known(tx)?;
    let left: Vec<RunId> = before.iter().copied().filter(|cut_off| *cut_off != run).collect();
    if left == before { Ok(()) } else { remember(tx, &left) }
}
