//! The rules of the house, the three stages, and what happens when things go wrong: through the verbs, on real HTTP.
#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic, reason = "a test that can't go on should stop where it stands")]

mod bad_input;
mod bringing_in;
mod company;
mod consent;
mod daily;
mod directory;
mod engine;
mod examples;
mod house;
mod inspector;
mod kill;
mod lists;
mod mailboxes;
mod organizations;
mod read_mailboxes;
mod rollout;
mod scope;
mod scope_granted;
mod scope_roles;
mod scope_shared;
mod scope_worth;
mod secrets;
mod sessions;
mod switching;
mod waves;
