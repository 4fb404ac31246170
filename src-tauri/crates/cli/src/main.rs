//! The command line: the same engine without a window. Reads what was asked, opens the desk, runs one verb, ends with its code.

mod args;
mod call;
mod consent;
mod csv_text;
mod exit;
mod ground;
mod integration;
mod issues;
mod journal;
mod moment;
mod names;
mod org;
mod permissions;
mod practice;
mod problems;
mod progress;
mod rollout;
mod runs;
mod screen;
mod secret;
mod session;
mod start;
mod table;
mod tenant;
mod text;
mod users;
mod verify;
mod words;

use std::io::IsTerminal;
use std::process::ExitCode;

use clap::Parser;
use clap::error::ErrorKind;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use crate::args::{Arguments, Command};
use crate::call::Call;
use crate::exit::Exit;
use crate::screen::Screen;

fn main() -> ExitCode {
    log();
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => return not_understood(&error),
    };
    let screen = Screen::new(arguments.globals.json, arguments.globals.quiet);
    let exit = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime.block_on(Box::pin(run(arguments, screen.clone()))),
        Err(error) => {
            screen.note(&format!("no worker threads could be had: {:?}", error.kind()));
            Exit::Fault
        }
    };
    if screen.was_cut_off() { Exit::Incomplete.into() } else { exit.into() }
}

/// Logs to stderr where `ROLLCALL_LOG` asks for it, and only what we wrote: nobody here vouches for what a library's trace
/// holds.
fn log() {
    let Ok(filter) = EnvFilter::try_from_env("ROLLCALL_LOG") else { return };
    let ours = filter_fn(|line| line.target().starts_with("rollcall"));
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr).with_ansi(std::io::stderr().is_terminal());
    tracing_subscriber::registry().with(lines).with(filter).with(ours).init();
}

async fn run(arguments: Arguments, screen: Screen) -> Exit {
    let Arguments { globals, command } = arguments;
    let stop = start::stop_on_signal();
    let outcome = match command {
        Command::Practice(ask) => practice::run(ask, &screen, &stop).await,
        Command::Rollout(ask) => Box::pin(rollout::run(ask, &screen, &stop)).await,
        Command::Permissions(ask) => Ok(permissions::run(&ask, &screen)),
        command => {
            let secrets = match &command {
                Command::Verify(ask) if ask.secret_stdin => start::Secrets::ThisCall,
                _ => start::Secrets::Keychain,
            };
            match start::desk(&globals, secrets).await {
                Ok(desk) => {
                    let call = Call::new(desk, screen.clone(), stop);
                    call.tell_of_quarantine();
                    let outcome = Box::pin(on_the_desk(command, &call)).await;
                    match outcome {
                        Ok(exit) => Ok(exit),
                        Err(error) => Err(call.with_keychain(error).await),
                    }
                }
                Err(error) => Err(error),
            }
        }
    };
    outcome.unwrap_or_else(|error| {
        screen.error(&error);
        Exit::of(&error)
    })
}

async fn on_the_desk(command: Command, call: &Call) -> rollcall_ops::error::Result<Exit> {
    match command {
        Command::Tenant(ask) => tenant::run(ask, call).await,
        Command::SignIn(ask) => session::sign_in(ask, call).await,
        Command::SignOut(ask) => session::sign_out(ask, call).await,
        Command::Integration(ask) => integration::run(ask, call).await,
        Command::Org(ask) => org::run(ask, call).await,
        Command::Users(ask) => users::run(ask, call).await,
        Command::Consent(ask) => consent::run(ask, call).await,
        Command::Verify(ask) => verify::run(ask, call).await,
        Command::Runs(ask) => runs::run(ask, call).await,
        Command::Issues(ask) => issues::run(ask, call).await,
        Command::Journal(ask) => journal::run(ask, call).await,
        // Dealt with before a desk is opened.
        Command::Practice(_) | Command::Rollout(_) | Command::Permissions(_) => Ok(Exit::Fault),
    }
}

/// Help and version are answers; anything else is a usage error, in JSON where that was asked for.
fn not_understood(error: &clap::Error) -> ExitCode {
    let answer = matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion);
    if !answer && std::env::args_os().any(|argument| argument == "--json") {
        Screen::new(true, false).usage(&error.to_string());
    } else if error.print().is_err() {
        return Exit::Incomplete.into();
    }
    if answer { Exit::Fine.into() } else { Exit::Usage.into() }
}
