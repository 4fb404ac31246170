//! The window: opens it, hands out the desk. What a person may ask goes through the door; the rooms below decide.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

mod arguments;
mod changes;
mod door;
mod lines;
mod practice;
mod save;
mod start;
mod window;

use std::io::Write;
use std::process::ExitCode;

use arguments::Asked;
use tracing::error;

fn main() -> ExitCode {
    let practice = match arguments::read(std::env::args().skip(1)) {
        Asked::Window { practice } => practice,
        Asked::Help => return said(arguments::HELP),
        Asked::Version => return said(concat!("rollcall ", env!("CARGO_PKG_VERSION"))),
        Asked::Unknown(option) => {
            let _ = writeln!(std::io::stderr(), "There is no option {option}. `rollcall --help` names those that there are.");
            return ExitCode::from(2);
        }
    };
    let filter = tracing_subscriber::EnvFilter::try_from_env("ROLLCALL_LOG").unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("warn"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    if let Some(missing) = no_display() {
        let _ = writeln!(std::io::stderr(), "{missing}");
        return ExitCode::from(2);
    }
    match window::run(practice) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            error!("The window could not be opened: {failure:#}");
            ExitCode::from(70)
        }
    }
}

/// Answers on the terminal, and opens nothing.
fn said(text: &str) -> ExitCode {
    // Where nobody reads there is nobody to be told.
    let _ = writeln!(std::io::stdout(), "{text}");
    ExitCode::SUCCESS
}

/// What to do where there is no screen to open a window on; the toolkit itself would only abort.
fn no_display() -> Option<&'static str> {
    let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    let none = cfg!(target_os = "linux") && !set("DISPLAY") && !set("WAYLAND_DISPLAY");
    none.then_some(
        "There is no display to open the window on. `rollcallctl` does the same in the terminal: try `rollcallctl rollout --practice`.",
    )
}
