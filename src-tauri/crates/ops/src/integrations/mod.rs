//! What an admin does with an integration: describe it, bring and share the list of what it needs, change it, hand in its secret,
//! take it away.

pub mod add;
pub mod change;
pub mod export;
pub mod from_registration;
mod json_list;
pub mod list;
pub mod presets;
pub(crate) mod published;
pub mod read_list;
pub mod remove;
pub mod set_secret;
