//! Nouns: what is true without network, disk, clock or async. Every other room speaks in these words.

pub mod action;
pub mod approval;
pub mod bound;
pub mod change_window;
pub mod consent;
pub mod ews;
pub mod grant;
pub mod id;
pub mod integration;
pub mod issue;
pub mod mailbox;
pub mod manifest;
pub mod organization;
pub mod permission;
pub mod presets;
pub mod role;
pub mod rules;
pub mod session;
pub mod tenant;
pub mod time;
pub mod timeline;
pub mod user;
pub mod user_consent;
pub mod verdict;
pub mod workload;
