//! The command line as a script sees it: the real binary, its two streams and its exit code.

#![cfg(unix)] // Signals are sent as a shell does.

mod answers;
mod rehearsal;
mod script;
mod walk;
