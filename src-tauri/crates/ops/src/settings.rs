//! How the console looks. Kept in the data folder, so that a moved folder takes it along.

use rollcall_store::settings;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::desk::Desk;
use crate::error::Result;
use crate::job::Job;

const KEY: &str = "appearance";

/// Light, dark, or as the system says.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Theme {
    #[default]
    System,
    Light,
    Dark,
}

/// How close together rows stand.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Density {
    #[default]
    Comfortable,
    Compact,
}

/// The choices of the person at the console.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    pub theme: Theme,
    pub density: Density,
}

/// # Errors
/// Those of the store.
pub async fn get(desk: &Desk, _ask: (), _job: &Job) -> Result<Settings> {
    desk.read(|conn| Ok(settings::get(conn, KEY)?.unwrap_or_default())).await
}

/// # Errors
/// Those of the store.
pub async fn set(desk: &Desk, ask: Settings, _job: &Job) -> Result<Settings> {
    desk.write(move |tx| settings::set(tx, KEY, &ask)).await?;
    Ok(ask)
}
