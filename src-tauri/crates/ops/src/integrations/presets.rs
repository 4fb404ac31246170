//! Lists the built-in integrations with what each needs, and what has to be in place for it.

use rollcall_core::id::AppId;
use rollcall_core::integration::{Preset, RequiredPermission};
use rollcall_core::organization::AccessType;
use rollcall_core::presets::{self as built_in, Description, Requirement};
use serde::Serialize;
use ts_rs::TS;

use crate::desk::Desk;
use crate::error::Result;
use crate::job::Job;

/// One built-in integration.
#[derive(Debug, Clone, Serialize, TS)]
pub struct PresetView {
    pub preset: Preset,
    pub permissions: Vec<RequiredPermission>,
    pub limitations: Vec<String>,
    /// Who makes it; nobody, where the admin brings the description.
    #[ts(optional = nullable)]
    pub vendor: Option<&'static str>,
    /// The application id that the vendor publishes for every tenant, where it does.
    #[ts(optional = nullable)]
    pub client_id: Option<AppId>,
    /// The ways in which it can reach a mailbox.
    #[ts(as = "Option<Vec<AccessType>>", optional = nullable)]
    pub access: &'static [AccessType],
    /// What has to be in place besides permissions.
    #[ts(as = "Option<Vec<Requirement>>", optional = nullable)]
    pub requirements: &'static [Requirement],
}

/// # Errors
/// None: the presets are part of the program.
pub async fn presets(_desk: &Desk, _ask: (), _job: &Job) -> Result<Vec<PresetView>> {
    Ok(Preset::ALL
        .into_iter()
        .map(|preset| {
            let &Description { vendor, client_id, access, limitations, requirements, .. } = built_in::describe(preset);
            PresetView {
                preset,
                permissions: built_in::permissions(preset),
                limitations: limitations.iter().map(|&text| text.to_owned()).collect(),
                vendor,
                client_id,
                access,
                requirements,
            }
        })
        .collect())
}
