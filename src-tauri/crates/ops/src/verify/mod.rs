//! *Check users' access*: plan a run, start it, resume it, cancel it. It changes nothing in the tenant.

pub mod cancel;
pub mod plan;
mod queue;
pub mod resume;
pub mod start;
mod tally;
mod work;
