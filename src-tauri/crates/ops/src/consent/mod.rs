//! What the integration needs and what it holds: show it, read it back, grant it in the browser.

pub mod grant;
pub mod read;
pub mod show;
