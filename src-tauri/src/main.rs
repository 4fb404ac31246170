//! The window: opens it, hands out the desk. What a person may ask goes through the door; the rooms below decide.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

mod door;
mod practice;
mod start;
mod window;

use std::process::ExitCode;

use tracing::error;

fn main() -> ExitCode {
    let filter = tracing_subscriber::EnvFilter::try_from_env("ROLLCALL_LOG").unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("warn"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    match window::run(std::env::args().any(|argument| argument == "--practice")) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            error!("The window could not be opened: {failure:#}");
            ExitCode::from(70)
        }
    }
}
