//! Sync sessions: each enabled workload of each user is read once in a while, ids and counts only.

pub mod cut_off;
pub mod export;
pub mod history;
pub mod keep;
mod parts;
mod pass;
pub mod pause;
pub mod run;
mod session;
