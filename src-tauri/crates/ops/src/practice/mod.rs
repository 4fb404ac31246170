//! The practice tenant: a place to rehearse in.

pub mod exchange;
pub mod open;
