//! Rows: what we remember on disk. Reads take a connection; writes take a transaction.

mod changes;
mod error;
mod fold;
mod lock;
mod migrate;
mod open;
mod passes;
mod quarantine;
mod result;
mod schema;
mod store;
mod text;

pub mod checks;
pub mod cursors;
pub mod deltas;
pub mod grants;
pub mod halts;
pub mod integrations;
pub mod issues;
pub mod journal;
pub mod mailboxes;
pub mod membership_rules;
pub mod organizations;
pub mod probes;
pub mod proofs;
pub mod proposals;
pub mod runs;
pub mod scopes;
pub mod sessions;
pub mod settings;
pub mod tenants;
pub mod timeline;
pub mod users;
pub mod waves;

pub use error::{Field, OpenError, StoreError, Thing};
pub use open::Opened;
pub use rusqlite::{Connection, Transaction};
pub use store::{Listener, Store};
