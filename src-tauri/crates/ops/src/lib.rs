//! Verbs: what an admin does, one file per verb; the folder is the noun. A face asks, a verb answers, nothing here prints.

pub mod about;
#[cfg(test)]
mod bindings;
mod browser;
mod claim;
pub mod commands;
mod connection;
pub mod consent;
pub mod csv_text;
mod cut_off;
pub mod desk;
pub mod error;
pub mod groups;
pub mod integrations;
pub mod issues;
pub mod job;
pub mod journal;
pub mod mailboxes;
pub mod organizations;
mod pauses;
pub mod permissions;
pub mod practice;
pub mod rules;
pub mod runs;
pub mod scope;
pub mod settings;
pub mod sync;
pub mod tenants;
mod told;
pub mod traffic;
pub mod users;
pub mod verify;
pub mod views;
pub mod waves;
mod writer;
