//! The consent matrix, and the users' own consent, as tables for a spreadsheet, as they were read last.

use rollcall_core::consent::{ConsentRow, ForWhom};
use rollcall_core::id::OrganizationId;
use rollcall_core::permission::Risk;
use rollcall_core::time::Timestamp;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::show::{ConsentView, show};
use super::users::{ConsentUsers, WhichConsents, found};
use crate::csv_text;
use crate::desk::Desk;
use crate::error::Result;
use crate::job::Job;
use crate::organizations::delete::OrganizationRef;

/// A file that isn't written yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct ConsentTable {
    /// CSV (RFC 4180), the first line its header.
    pub text: String,
}

/// # Errors
/// `NotFound`.
pub async fn export(desk: &Desk, ask: OrganizationRef, job: &Job) -> Result<ConsentTable> {
    let view = show(desk, ask, job).await?;
    Ok(ConsentTable { text: table(&view)? })
}

/// The matrix of a view that is at hand, as CSV.
///
/// # Errors
/// `Internal` when it can't be written.
pub fn table(view: &ConsentView) -> Result<String> {
    let read = view.read_at.map_or_else(String::new, Timestamp::utc);
    let rows = view.consent.rows.iter().map(|row| record(row, &read));
    csv_text::text(Some(HEADER), rows)
}

/// Whose consent is wanted as a table.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct ExportConsents {
    pub organization: OrganizationId,
    pub which: WhichConsents,
    /// Words of names or principal names.
    pub search: Option<String>,
}

/// Who of the users has consented to what, all that match.
///
/// # Errors
/// `NotFound`.
pub async fn export_users(desk: &Desk, ask: ExportConsents, _job: &Job) -> Result<ConsentTable> {
    let ExportConsents { organization, which, search } = ask;
    let page = found(desk, ConsentUsers { organization, which, search, holding: None, offset: 0, limit: u32::MAX }).await?;
    let read = page.read_at.map_or_else(String::new, Timestamp::utc);
    let rows = page.rows.iter().map(|row| {
        let state = match &row.missing {
            None => "unknown",
            Some(missing) if missing.is_empty() => "complete",
            Some(_) => "missing",
        };
        let missing = row.missing.as_deref().unwrap_or_default().join(" ");
        [row.upn.clone(), row.display_name.clone(), state.to_owned(), missing, row.own.join(" "), read.clone()]
    });
    Ok(ConsentTable { text: csv_text::text(Some(&["upn", "name", "consent", "missing", "own", "read_at"]), rows)? })
}

/// Each row says when it was read: a table that was sent on tells nothing else of its age.
const HEADER: &[&str] = &[
    "api",
    "type",
    "permission",
    "state",
    "required",
    "admin_consent",
    "risk",
    "granted_for",
    "granted_at",
    "granted_by",
    "purpose",
    "feature",
    "instead",
    "read_at",
];

fn record(row: &ConsentRow, read: &str) -> [String; 14] {
    let required = match (row.required, row.optional) {
        (true, false) => "yes",
        (true, true) => "optional",
        (false, _) => "no",
    };
    let whom = match row.whom {
        None => String::new(),
        Some(ForWhom::Everyone) => "everyone".to_owned(),
        Some(ForWhom::Users { count }) => format!("{count} users"),
    };
    [
        row.resource.name().to_owned(),
        row.kind.name().to_owned(),
        row.name.clone(),
        row.state.name().to_owned(),
        required.to_owned(),
        row.admin_consent.map_or("", |needed| if needed { "required" } else { "not_required" }).to_owned(),
        row.risk.map_or("", Risk::name).to_owned(),
        whom,
        row.since.map_or_else(String::new, Timestamp::utc),
        row.by.clone().unwrap_or_default(),
        row.purpose.clone().unwrap_or_default(),
        row.feature.clone().unwrap_or_default(),
        row.instead.clone().unwrap_or_default(),
        read.to_owned(),
    ]
}
