//! Lists the integrations, with whether their secret is at hand.

use rollcall_core::integration::Integration;
use rollcall_core::presets;
use rollcall_store::{integrations, organizations};
use serde::Serialize;
use ts_rs::TS;

use crate::connection;
pub use crate::connection::SecretAtHand;
use crate::desk::Desk;
use crate::error::Result;
use crate::job::Job;

/// An integration and what is known around it.
#[derive(Debug, Clone, Serialize, TS)]
pub struct IntegrationView {
    pub integration: Integration,
    pub secret: SecretAtHand,
    /// How many organizations use it.
    pub organizations: u32,
    /// What it can't do over Graph.
    pub limitations: Vec<String>,
}

/// # Errors
/// Those of the store.
pub async fn list(desk: &Desk, _ask: (), _job: &Job) -> Result<Vec<IntegrationView>> {
    let (integrations, organizations) = desk.read(|conn| Ok((integrations::list(conn, None)?, organizations::list(conn, None)?))).await?;
    let mut views = Vec::with_capacity(integrations.len());
    for integration in integrations {
        let users = organizations.iter().filter(|organization| organization.integration == integration.id).count();
        views.push(IntegrationView {
            secret: connection::secret_at_hand(desk, integration.id).await,
            organizations: u32::try_from(users).unwrap_or(u32::MAX),
            limitations: presets::limitations(integration.preset).iter().map(|&text| text.to_owned()).collect(),
            integration,
        });
    }
    Ok(views)
}
