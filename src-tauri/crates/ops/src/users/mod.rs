//! What an admin does with users: bring them in, find them, look at one, take them out.

pub mod act;
pub mod describe;
pub mod export;
pub mod foresee;
pub mod import;
pub mod query;
