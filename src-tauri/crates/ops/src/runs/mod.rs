//! Verification runs that are under way or over: list them, look into one, compare two.

pub mod compare;
pub mod describe;
pub mod list;
pub mod results;

pub use rollcall_store::runs::{Comparison, Difference, FingerprintRow, MailboxResult, ResultFilter, Run, RunState, WorkloadResult};
