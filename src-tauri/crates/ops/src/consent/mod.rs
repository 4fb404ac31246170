//! What the integration needs and what it holds: show it, read it back, grant it in the browser or permission by permission, take it
//! back, and undo what was done.

pub mod change;
pub mod export;
pub mod grant;
pub(crate) mod lacking;
pub mod read;
mod settling;
pub mod show;
pub mod tenant;
pub mod users;
