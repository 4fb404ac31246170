//! Wire: what is true of Microsoft Graph over HTTP. It knows no disk, no keychain and no sign-in: whoever opens a [`send::Graph`]
//! hands in what yields a token.

pub mod applications;
pub mod audits;
pub mod batch;
pub mod changes;
pub mod conditional_access;
pub mod consent_requests;
pub mod consent_settings;
pub mod enterprise;
pub mod error;
pub mod everyone;
pub mod exchange_roles;
pub mod feed;
pub mod gate;
pub mod grants;
pub mod groups;
pub mod me;
pub mod membership;
mod moment;
pub mod named;
pub mod organization;
pub mod pace;
pub mod pages;
pub mod party;
pub mod practice_exchange;
pub mod probe;
pub mod purposes;
mod route;
pub mod send;
mod text;
pub mod traffic;
pub mod units;
pub mod users;
