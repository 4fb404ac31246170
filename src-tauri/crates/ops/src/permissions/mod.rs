//! What is known of permissions themselves.

pub mod list;
