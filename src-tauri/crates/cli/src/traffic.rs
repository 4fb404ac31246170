//! What went over the line: figures for scripts, and a trace file for whoever has to find out.

use rollcall_core::id::TenantId;
use rollcall_ops::desk::Desk;
use rollcall_ops::error::Result;
use rollcall_ops::job::Job;
use rollcall_ops::traffic::describe::{self, Route};
use rollcall_ops::traffic::record::{self, RecordTraffic};

use crate::call::Call;

/// All requests of this command to the tenant, by route and answer; the names of the fields are a contract.
///
/// # Errors
/// Those of the store.
pub async fn of(desk: &Desk, tenant: TenantId) -> Result<Vec<Route>> {
    let all = describe::describe(desk, (), &Job::quiet()).await?.tenants;
    Ok(all.into_iter().find(|line| line.tenant == tenant).map(|line| line.routes).unwrap_or_default())
}

/// Begins to write each request to a trace file, and says where it is.
///
/// # Errors
/// Those of the verb.
pub async fn trace(call: &Call) -> Result<()> {
    if let Some(file) = record::record(&call.desk, RecordTraffic { on: true }, &call.job()).await?.recording {
        call.screen.note(&format!("Each request is written down in {file}, which names no person and holds no secret."));
    }
    Ok(())
}

/// Ends the trace file.
///
/// # Errors
/// Those of the verb.
pub async fn end_trace(call: &Call) -> Result<()> {
    record::record(&call.desk, RecordTraffic { on: false }, &call.job()).await.map(|_| ())
}
