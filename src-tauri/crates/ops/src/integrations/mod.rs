//! What an admin does with an integration: describe it, change it, hand in its secret, take it away.

pub mod add;
pub mod change;
pub mod list;
pub mod presets;
pub mod remove;
pub mod set_secret;
