//! What an admin does with a user's mailboxes: see which there are, say what each is used for, have the user sign in, and move the
//! user from one to another.

pub mod change;
pub mod check;
pub mod connect;
pub mod describe;
pub mod migrate;
pub mod secondary;
mod subject;
pub(crate) mod tokens;
