//! What an admin does with users: bring them in, find them, look at one, take them out.

pub mod csv_list;
pub mod describe;
pub mod import;
pub mod preflight;
pub mod preview;
pub mod query;
pub mod remove;
mod source;
