//! The command line as a script sees it: the real binary, its two streams and its exit code.

// Signals are sent as a shell sends them.
#![cfg(unix)]
#![expect(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "a script that can't go on is a failed test")]

mod acting;
mod answers;
mod checks;
mod listing;
mod rehearsal;
mod scope;
mod script;
mod walk;
mod waves;
