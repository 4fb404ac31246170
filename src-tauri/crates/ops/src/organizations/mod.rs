//! What an admin does with an organization: create, look at, change, adjust what it requires, delete.

pub mod acknowledge;
pub mod adjust;
pub mod change;
pub mod create;
pub mod delete;
pub mod describe;
pub mod export;
pub(crate) mod record;
pub mod window;
