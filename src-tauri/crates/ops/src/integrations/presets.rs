//! Lists the built-in integrations with what each needs.

use rollcall_core::integration::{Preset, RequiredPermission};
use rollcall_core::presets as built_in;
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
}

/// # Errors
/// None: the presets are part of the program.
pub async fn presets(_desk: &Desk, _ask: (), _job: &Job) -> Result<Vec<PresetView>> {
    Ok(Preset::ALL
        .into_iter()
        .map(|preset| PresetView {
            preset,
            permissions: built_in::permissions(preset),
            limitations: built_in::limitations(preset).iter().map(|&text| text.to_owned()).collect(),
        })
        .collect())
}
