//! The results of a run, mailbox by mailbox, one window at a time.

use rollcall_core::id::RunId;
use rollcall_store::runs::{self, MailboxResult, ResultFilter, ResultPage};
use serde::Deserialize;
use ts_rs::TS;

use crate::desk::Desk;
use crate::error::Result;
use crate::job::Job;
use crate::users::query::check_window;

/// Which results of which run.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct ResultQuery {
    pub run: RunId,
    pub filter: ResultFilter,
    pub offset: u32,
    pub limit: u32,
}

/// # Errors
/// `NotFound`; `InvalidInput` for a window that is too large.
pub async fn results(desk: &Desk, ask: ResultQuery, _job: &Job) -> Result<ResultPage> {
    check_window(ask.limit)?;
    desk.read(move |conn| runs::results(conn, ask.run, &ask.filter, ask.offset, ask.limit)).await
}

/// Hands each mailbox of the run to `take`, in order, without holding them all.
///
/// # Errors
/// `NotFound`; those of the store.
pub async fn each(desk: &Desk, run: RunId, mut take: impl FnMut(MailboxResult) + Send + 'static) -> Result<()> {
    desk.read(move |conn| {
        runs::get(conn, run)?;
        runs::each_result(conn, run, |result| {
            take(result);
            Ok(())
        })
    })
    .await
}
