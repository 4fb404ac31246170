//! Organizations as a table for a spreadsheet: the rows that are named, in their order, and the columns that were chosen.

use rollcall_core::consent::Authorization;
use rollcall_core::id::OrganizationId;
use rollcall_core::time::Timestamp;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::describe::{self, OrganizationView, Stage, StageState};
use crate::csv_text;
use crate::desk::Desk;
use crate::error::{Code, Error, Result};
use crate::job::Job;

/// Which organizations, with which columns.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct ExportOrganizations {
    /// In this order.
    pub organizations: Vec<OrganizationId>,
    /// At least one.
    pub columns: Vec<OrganizationColumn>,
}

/// A column of the list; some are several in the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum OrganizationColumn {
    Name,
    ExternalId,
    Integration,
    Tenant,
    Access,
    Users,
    /// A column for each mailbox status.
    Statuses,
    Sync,
    /// Whether sessions begin by themselves.
    Sessions,
    Session,
    /// A column for each stage.
    Stage,
    Consent,
    Checked,
    Issues,
}

/// A file that isn't written yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct OrganizationTable {
    /// CSV (RFC 4180), the first line its header; times in UTC.
    pub text: String,
    pub organizations: u32,
}

/// # Errors
/// `InvalidInput` without a column; `NotFound` when one of them is gone.
pub async fn export(desk: &Desk, ask: ExportOrganizations, job: &Job) -> Result<OrganizationTable> {
    if ask.columns.is_empty() {
        return Err(Error::input("columns", "at least one is needed"));
    }
    let all = describe::list(desk, (), job).await?;
    let mut rows = Vec::with_capacity(ask.organizations.len());
    for id in ask.organizations {
        let Some(view) = all.iter().find(|view| view.organization.id == id) else {
            return Err(Error::new(Code::NotFound, format!("organization {id}")));
        };
        rows.push(ask.columns.iter().flat_map(|column| column.cells(view)).collect::<Vec<_>>());
    }
    let header: Vec<&str> = ask.columns.iter().flat_map(|column| column.names()).copied().collect();
    let count = u32::try_from(rows.len()).unwrap_or(u32::MAX);
    Ok(OrganizationTable { text: csv_text::text(Some(&header), rows)?, organizations: count })
}

impl OrganizationColumn {
    /// The names in the header.
    const fn names(self) -> &'static [&'static str] {
        match self {
            Self::Name => &["name"],
            Self::ExternalId => &["external_id"],
            Self::Integration => &["integration"],
            Self::Tenant => &["tenant"],
            Self::Access => &["access_type"],
            Self::Users => &["users"],
            Self::Statuses => &["initialized", "switching", "not_initialized", "error", "excluded"],
            Self::Sync => &["synchronization"],
            Self::Sessions => &["sessions"],
            Self::Session => &["last_session"],
            Self::Stage => &["stage_users", "stage_consent", "stage_verify"],
            Self::Consent => &["app_access"],
            Self::Checked => &["last_check"],
            Self::Issues => &["with_issues"],
        }
    }

    fn cells(self, view: &OrganizationView) -> Vec<String> {
        let organization = &view.organization;
        let moment = |at: Option<Timestamp>| at.map_or_else(String::new, Timestamp::utc);
        match self {
            Self::Name => vec![organization.name.clone()],
            Self::ExternalId => vec![organization.external_id.to_string()],
            Self::Integration => vec![view.integration_name.clone()],
            Self::Tenant => vec![view.tenant_name.clone()],
            Self::Access => vec![organization.access.name().to_owned()],
            Self::Users => vec![view.users.to_string()],
            Self::Statuses => {
                let counts = &view.mailboxes;
                [counts.initialized, counts.switching, counts.not_initialized, counts.error, counts.excluded].map(|n| n.to_string()).into()
            }
            Self::Sync => vec![organization.sync.name().to_owned()],
            Self::Sessions => vec![if organization.rhythm.paused.is_some() { "paused" } else { "started" }.to_owned()],
            Self::Session => vec![moment(view.last_session)],
            Self::Stage => [view.stages.organization, view.stages.consent, view.stages.verify].map(|one| state(one).to_owned()).into(),
            Self::Consent => vec![authorization(view.consent.authorization).to_owned()],
            Self::Checked => vec![moment(view.checked)],
            Self::Issues => vec![view.with_issues.to_string()],
        }
    }
}

const fn state(stage: Stage) -> &'static str {
    match stage.state {
        StageState::NotStarted => "not_started",
        StageState::InProgress => "in_progress",
        StageState::NeedsAttention => "needs_attention",
        StageState::Done => "done",
        StageState::Stale => "stale",
    }
}

const fn authorization(authorization: Authorization) -> &'static str {
    match authorization {
        Authorization::Authorized => "authorized",
        Authorization::PartlyAuthorized => "partly_authorized",
        Authorization::NotAuthorized => "not_authorized",
        Authorization::Unknown => "unknown",
    }
}
