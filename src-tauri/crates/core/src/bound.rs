//! What keeps long work from going faster: shown beside its rate, so that nobody has to guess.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// The factor that bounds the rate of requests.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Bound {
    /// Not known yet: more at once is being tried.
    #[default]
    Finding,
    /// There is too little left to do for more at once.
    Work,
    /// The service asked for a pause, and everything waits for its end.
    Pause,
    /// The service throttles when more is asked at once.
    Throttling,
    /// More at once makes each answer slower, so nothing comes of it: the line or the service carries no more.
    Line,
    /// The most that is ever asked at once; beyond it the limit of an app across tenants is near ("Microsoft Graph throttling limits").
    Ceiling,
    /// What is left to the live integration.
    Share,
    /// Nothing gets through to the service; it is tried again now and then.
    Offline,
}
