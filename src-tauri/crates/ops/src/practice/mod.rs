//! The practice tenant: a place to rehearse in.

pub mod open;
