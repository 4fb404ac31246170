//! Nouns: what is true without network, disk, clock or async. Every other room speaks in these words.

pub mod approval;
pub mod arrival;
pub mod bound;
pub mod consent;
pub mod eligibility;
pub mod grant;
pub mod group;
pub mod id;
pub mod integration;
pub mod issue;
pub mod manifest;
pub mod membership_rule;
pub mod organization;
pub mod permission;
pub mod presets;
pub mod role;
pub mod rules;
pub mod tenant;
pub mod time;
pub mod user;
pub mod user_consent;
pub mod verdict;
pub mod workload;
