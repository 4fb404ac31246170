//! Open issues as a table for a spreadsheet: one line an answer, with the ids that Microsoft support asks for.

use rollcall_core::issue::Cause;
use rollcall_core::time::Timestamp;
use rollcall_store::checks;
use serde::Serialize;
use ts_rs::TS;

use super::{Issue, IssueFilter};
use crate::csv_text;
use crate::desk::Desk;
use crate::error::Result;
use crate::job::Job;

/// A file that isn't written yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct IssueTable {
    /// CSV (RFC 4180), the first line its header.
    pub text: String,
}

/// All that match.
///
/// # Errors
/// Those of the store.
pub async fn export(desk: &Desk, ask: IssueFilter, _job: &Job) -> Result<IssueTable> {
    let page = desk.read(move |conn| checks::issues(conn, &ask, 0, u32::MAX)).await?;
    Ok(IssueTable { text: csv_text::text(Some(HEADER), page.rows.iter().map(record))? })
}

const HEADER: &[&str] = &[
    "upn",
    "name",
    "organization",
    "workload",
    "verdict",
    "cause",
    "who",
    "http",
    "code",
    "since",
    "checked",
    "request_id",
    "client_request_id",
    "fingerprint",
    "mailbox",
];

fn record(issue: &Issue) -> [String; 15] {
    let result = &issue.check.result;
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    [
        issue.upn.clone(),
        issue.display_name.clone(),
        issue.organization_name.clone(),
        result.workload.name().to_owned(),
        result.verdict.name().to_owned(),
        result.cause.map_or("", Cause::name).to_owned(),
        result.cause.map_or("", |cause| cause.who().name()).to_owned(),
        result.http.map_or_else(String::new, |http| http.to_string()),
        text(&result.code),
        issue.check.first_seen.iso(),
        result.checked.map_or_else(String::new, Timestamp::iso),
        text(&result.request_id),
        text(&result.client_request_id),
        text(&result.fingerprint),
        // The user's own, where nothing else is told.
        result.mailbox.clone().unwrap_or_else(|| issue.upn.clone()),
    ]
}
