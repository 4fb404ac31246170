//! How the console looks and behaves. Kept in the data folder, so that a moved folder takes it along.

use rollcall_store::{Connection, StoreError, settings};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::desk::Desk;
use crate::error::{Error, Result};
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

/// What becomes of a verification run that the end of the program has cut off.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Resume {
    /// It waits until somebody resumes it.
    #[default]
    OnClick,
    /// It goes on when the console is opened.
    ByItself,
}

/// The choices of the person at the console.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    pub theme: Theme,
    pub density: Density,
    pub resume: Resume,
    /// Percent of what Microsoft allows the integration that checks leave to its live work: 0 to 90.
    pub leave_to_integration: u8,
}

impl Default for Settings {
    fn default() -> Self {
        Self { theme: Theme::default(), density: Density::default(), resume: Resume::default(), leave_to_integration: 25 }
    }
}

/// The most that can be left to the integration, in percent: something has to be left for the check.
const MOST_LEFT: u8 = 90;

/// The choices as they are kept.
pub(crate) fn of(conn: &Connection) -> std::result::Result<Settings, StoreError> {
    Ok(settings::get(conn, KEY)?.unwrap_or_default())
}

/// # Errors
/// Those of the store.
pub async fn get(desk: &Desk, _ask: (), _job: &Job) -> Result<Settings> {
    desk.read(of).await
}

/// What is left to the integration counts for runs under way, too.
///
/// # Errors
/// `InvalidInput` for more than 90 percent; those of the store.
pub async fn set(desk: &Desk, ask: Settings, _job: &Job) -> Result<Settings> {
    if ask.leave_to_integration > MOST_LEFT {
        return Err(Error::input("leave_to_integration", "90 percent at most can be left to the integration"));
    }
    desk.write(move |tx| settings::set(tx, KEY, &ask)).await?;
    for gate in desk.gates().values() {
        gate.leave(ask.leave_to_integration);
    }
    Ok(ask)
}
