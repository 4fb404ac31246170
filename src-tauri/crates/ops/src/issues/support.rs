//! What Microsoft support asks for, as a text to hand on: ids, codes and UTC times. In English, because it is for Microsoft.

use std::fmt::Write;

use rollcall_core::id::OrganizationId;
use rollcall_core::time::Timestamp;
use rollcall_store::issues::{self, Sample};
use rollcall_store::{Connection, StoreError, integrations, organizations, tenants, users};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::board::{IssueGroup, board};
use crate::desk::Desk;
use crate::error::{Error, Result};
use crate::job::Job;

/// Of which groups.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct SupportAsk {
    pub fingerprints: Vec<String>,
    /// Of one organization, or of all that have them.
    pub organization: Option<OrganizationId>,
    /// Whether the mailboxes are named: addresses are personal data, so only where the admin says so.
    pub with_addresses: bool,
}

/// The text. It holds no token and no secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct SupportBlock {
    pub text: String,
}

/// Answers of each group that are named.
const SAMPLES: u32 = 20;

/// # Errors
/// `NotFound` where nothing of it is open.
pub async fn support(desk: &Desk, ask: SupportAsk, _job: &Job) -> Result<SupportBlock> {
    let now = desk.now();
    let text = desk.read(move |conn| text(conn, &ask, now)).await?;
    text.map(|text| SupportBlock { text }).ok_or_else(|| Error::not_found("no open issue has this fingerprint here"))
}

fn text(conn: &Connection, ask: &SupportAsk, now: Timestamp) -> std::result::Result<Option<String>, StoreError> {
    let board = board(conn, ask.organization, now)?;
    let groups = board.problems.into_iter().flat_map(|problem| problem.groups);
    let groups: Vec<IssueGroup> = groups.filter(|group| ask.fingerprints.contains(&group.fingerprint)).collect();
    if groups.is_empty() {
        return Ok(None);
    }
    let mut text = format!("Rollcall support block of {}\n", now.iso());
    for line in places(conn, &groups)? {
        let _ = writeln!(text, "{line}");
    }
    for group in &groups {
        let _ = writeln!(text, "\n{}", group.fingerprint);
        let said = [group.http.map(|http| format!("HTTP {http}")), group.code.clone()].into_iter().flatten().collect::<Vec<_>>().join(" ");
        let _ = writeln!(text, "  answer: {}", if said.is_empty() { "none" } else { &said });
        if let Some(workload) = group.workload {
            let _ = writeln!(text, "  workload: {workload}");
        }
        let (first, last) = (group.first_seen.iso(), group.last_seen.iso());
        let _ = writeln!(text, "  mailboxes: {}, since {first}, last {last}", group.users);
        let samples = match group.workload {
            Some(_) => issues::samples(conn, ask.organization, &group.fingerprint, SAMPLES)?,
            None => group.samples.clone(),
        };
        for sample in samples {
            let _ = writeln!(text, "  {}", line(conn, &sample, ask.with_addresses)?);
        }
    }
    Ok(Some(text))
}

/// The tenants and applications that are concerned, each once.
fn places(conn: &Connection, groups: &[IssueGroup]) -> std::result::Result<Vec<String>, StoreError> {
    let mut lines = Vec::new();
    for concerned in groups.iter().flat_map(|group| &group.organizations) {
        let organization = organizations::get(conn, concerned.organization)?;
        let tenant = tenants::get(conn, organization.tenant)?;
        let integration = integrations::get(conn, organization.integration)?;
        let directory = tenant.identity.map_or(tenant.directory, |identity| identity.directory_id.to_string());
        let line = format!("Tenant ID: {directory}\nApplication (client) ID: {}", integration.client_id);
        if !lines.contains(&line) {
            lines.push(line);
        }
    }
    Ok(lines)
}

fn line(conn: &Connection, sample: &Sample, with_addresses: bool) -> std::result::Result<String, StoreError> {
    let mut line = sample.at.iso();
    for (name, id) in [("request-id", &sample.request_id), ("client-request-id", &sample.client_request_id)] {
        if let Some(id) = id {
            let _ = write!(line, "  {name} {id}");
        }
    }
    if let (Some(user), true) = (sample.user, with_addresses) {
        let _ = write!(line, "  mailbox {}", users::get(conn, user)?.user.directory.upn);
    }
    Ok(line)
}
