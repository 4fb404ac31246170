//! What an admin does with users: bring them in, find them, look at one, take them out.

pub mod act;
pub mod csv_list;
pub mod cut_off;
pub mod describe;
pub mod export;
pub mod foresee;
pub mod import;
pub mod meant;
pub mod preflight;
pub mod preview;
pub mod query;
mod source;
mod unjudged;
