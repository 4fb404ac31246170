//! The kept sessions of an organization's users as a table for a spreadsheet.

use rollcall_core::id::OrganizationId;
use rollcall_core::time::Timestamp;
use rollcall_core::verdict::Verdict;
use rollcall_store::organizations;
use rollcall_store::sessions::{self, Session};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::csv_text;
use crate::desk::Desk;
use crate::error::Result;
use crate::job::Job;

/// The organization whose sessions are wanted as a table.
#[derive(Debug, Clone, Copy, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct ExportSessions {
    pub organization: OrganizationId,
}

/// A file that isn't written yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct SessionTable {
    /// CSV (RFC 4180), the first line its header; times in UTC.
    pub text: String,
    pub sessions: u32,
}

const HEADER: &[&str] =
    &["upn", "number", "kind", "outcome", "started", "ended", "milliseconds", "changed", "removed", "requests", "refused", "request_ids"];

/// # Errors
/// `NotFound`.
pub async fn export(desk: &Desk, ask: ExportSessions, _job: &Job) -> Result<SessionTable> {
    let rows = desk
        .read(move |conn| {
            organizations::get(conn, ask.organization)?;
            let mut rows = Vec::new();
            sessions::of_organization(conn, ask.organization, |upn, session| rows.push(record(upn, &session)))?;
            Ok(rows)
        })
        .await?;
    let count = u32::try_from(rows.len()).unwrap_or(u32::MAX);
    Ok(SessionTable { text: csv_text::text(Some(HEADER), rows)?, sessions: count })
}

fn record(upn: String, session: &Session) -> Vec<String> {
    let open = || session.readings.iter().filter(|reading| matches!(reading.verdict, Verdict::Failed | Verdict::Unknown));
    let refused = open().map(|reading| {
        let code = reading.code.as_deref().or(reading.cause.map(|cause| cause.name())).unwrap_or("no code");
        let of = reading.mailbox.as_ref().map_or_else(String::new, |address| format!(" of {address}"));
        format!("{}{of}: {code}", reading.workload)
    });
    let ids = open().filter_map(|reading| reading.request_id.clone());
    let exact = |moment: Timestamp| moment.utc();
    vec![
        upn,
        session.number.to_string(),
        session.kind.name().to_owned(),
        session.verdict.name().to_owned(),
        exact(session.started),
        exact(session.ended),
        session.ended.since(session.started).as_millis().to_string(),
        session.changed.to_string(),
        session.removed.to_string(),
        session.requests.to_string(),
        refused.collect::<Vec<_>>().join("; "),
        ids.collect::<Vec<_>>().join(" "),
    ]
}
