//! Shows required against granted, from the last time that the grants were read.

use rollcall_core::consent::{self, Consent};
use rollcall_core::presets;
use rollcall_core::time::Timestamp;
use rollcall_store::{integrations, organizations};
use serde::Serialize;
use ts_rs::TS;

use crate::desk::Desk;
use crate::error::Result;
use crate::job::Job;
use crate::organizations::delete::OrganizationRef;

/// The consent matrix of an organization's integration.
#[derive(Debug, Clone, Serialize, TS)]
pub struct ConsentView {
    pub consent: Consent,
    /// When the grants were last asked for.
    pub read_at: Option<Timestamp>,
    /// The code of the failed read, when the last one failed: then everything is unknown.
    pub error: Option<String>,
    /// What the integration can't do over Graph.
    pub limitations: Vec<String>,
}

/// # Errors
/// `NotFound`.
pub async fn show(desk: &Desk, ask: OrganizationRef, _job: &Job) -> Result<ConsentView> {
    let (organization, integration, grants) = desk
        .read(move |conn| {
            let organization = organizations::get(conn, ask.organization)?;
            let integration = integrations::get(conn, organization.integration)?;
            let grants = integrations::grants(conn, integration.id)?;
            Ok((organization, integration, grants))
        })
        .await?;
    let held = grants.as_ref().and_then(|read| read.held.as_deref());
    Ok(ConsentView {
        consent: consent::compare(organization.needs(&integration), held),
        read_at: grants.as_ref().map(|read| read.at),
        error: grants.as_ref().and_then(|read| read.error_code.clone()),
        limitations: presets::limitations(integration.preset).iter().map(|&text| text.to_owned()).collect(),
    })
}
