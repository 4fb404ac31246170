//! *Check users' access*: plan a run, start it, resume it, cancel it. It changes nothing in the tenant.

pub mod cancel;
pub mod cut_off;
pub(crate) mod flight;
pub(crate) mod judge;
pub(crate) mod outage;
pub(crate) mod pace;
pub mod plan;
pub(crate) mod queue;
mod reach;
pub mod resume;
mod sitting;
pub mod start;
mod tally;
mod work;
