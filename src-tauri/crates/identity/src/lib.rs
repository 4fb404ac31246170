//! Wire: how we prove who we are, and where the secret rests. Access tokens live in memory only; refresh tokens and
//! application secrets rest in the keychain, or nowhere.

pub mod admin_consent;
pub mod app_only;
pub mod claims;
pub mod cloud;
pub mod discovery;
pub mod error;
pub mod flow;
pub mod form;
pub mod http;
mod keychain;
pub mod loopback;
mod page;
pub mod secret;
pub mod session;
pub mod sign_in;
mod token;
pub mod vault;
