//! The practice tenant: a place to rehearse in.

pub mod examples;
pub mod exchange;
pub mod ground;
pub mod open;
