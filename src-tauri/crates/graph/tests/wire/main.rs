//! The wire against a server that does what no real one should.

#![expect(clippy::unwrap_used, reason = "a stub or a test that can't go on has failed")]

mod batches;
mod connections;
mod feeds;
mod hostile;
mod patience;
mod stub;
