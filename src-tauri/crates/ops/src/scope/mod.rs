//! The access scope: say whom the integration is to reach, read what is in force, plan the change, and prove it from both sides.

pub mod again;
pub mod ask;
pub mod cancel;
pub mod changed;
pub mod cut_off;
pub mod evidence;
pub mod foresee;
pub mod forget;
pub(crate) mod granted;
pub mod mailboxes;
mod members;
pub mod plan;
pub mod prove;
pub mod read;
pub mod resume;
pub mod roles;
pub mod said;
pub mod set;
pub mod shared;
pub mod show;
mod shown;
mod sitting;
pub mod units;
pub mod weigh;
pub mod why;
