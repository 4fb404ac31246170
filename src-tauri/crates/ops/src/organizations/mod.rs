//! What an admin does with an organization: create, look at, change, delete.

pub mod change;
pub mod create;
pub mod delete;
pub mod describe;
