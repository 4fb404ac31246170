//! What passes the gates: figures for a panel and for scripts, and a trace file on demand.

pub mod describe;
pub mod record;
