//! The command line: the same engine without a window. Reads what was asked, opens the desk, runs one verb, ends with its code.

mod args;
mod call;
mod consent;
mod cut_off;
mod exit;
mod ground;
mod integration;
mod issues;
mod journal;
mod lists;
mod moment;
mod names;
mod org;
mod permissions;
mod practice;
mod problems;
mod progress;
mod rollout;
mod rules;
mod runs;
mod scope;
mod screen;
mod secret;
mod session;
mod settings;
mod start;
mod sync;
mod table;
mod tenant;
mod text;
mod traffic;
mod users;
mod verify;
mod words;

use std::io::IsTerminal;
use std::process::ExitCode;

use clap::Parser;
use clap::error::ErrorKind;
use rollcall_ops::error::Result;
use tokio_util::sync::CancellationToken;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use crate::args::{Arguments, Command, Globals};
use crate::call::Call;
use crate::exit::Exit;
use crate::screen::Screen;
use crate::start::Secrets;

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
    let desk = Door { globals: &globals, screen: &screen, stop: &stop };
    let kept = Secrets::Keychain;
    let outcome = match command {
        Command::Tenant(ask) => desk.open(kept, async |call| tenant::run(ask, call).await).await,
        Command::SignIn(ask) => desk.open(kept, async |call| session::sign_in(ask, call).await).await,
        Command::SignOut(ask) => desk.open(kept, async |call| session::sign_out(ask, call).await).await,
        Command::Integration(ask) => desk.open(kept, async |call| integration::run(ask, call).await).await,
        Command::Org(ask) => desk.open(secrets_for(ask.takes_secret()), async |call| told(call, Box::pin(org::run(ask, call))).await).await,
        Command::Users(ask) => {
            desk.open(secrets_for(ask.takes_secret()), async |call| told(call, Box::pin(users::run(ask, call))).await).await
        }
        Command::Rules(ask) => desk.open(kept, async |call| rules::run(ask, call).await).await,
        Command::Permissions(ask) => Ok(permissions::run(&ask, &screen)),
        Command::Consent(ask) => desk.open(kept, async |call| consent::run(ask, call).await).await,
        Command::Verify(ask) => desk.open(secrets_for(ask.secret_stdin), async |call| verify::run(ask, call).await).await,
        Command::Scope(ask) => desk.open(secrets_for(ask.takes_secret()), async |call| scope::run(ask, call).await).await,
        Command::Runs(ask) => desk.open(kept, async |call| runs::run(ask, call).await).await,
        Command::Issues(ask) => desk.open(kept, async |call| issues::run(ask, call).await).await,
        Command::Journal(ask) => desk.open(kept, async |call| journal::run(ask, call).await).await,
        Command::Settings(ask) => desk.open(kept, async |call| settings::run(ask, call).await).await,
        Command::Practice(ask) => practice::run(ask, &screen, &stop).await,
        Command::Rollout(ask) => Box::pin(rollout::run(ask, &screen, &stop)).await,
    };
    outcome.unwrap_or_else(|error| {
        screen.error(&error);
        Exit::of(&error)
    })
}

/// Tells what was cut off before, and does what is asked now.
async fn told(call: &Call, verb: impl Future<Output = Result<Exit>>) -> Result<Exit> {
    cut_off::tell(call).await?;
    verb.await
}

/// Where secrets rest during a call: in memory only, where one is handed in for it.
const fn secrets_for(this_call: bool) -> Secrets {
    if this_call { Secrets::ThisCall } else { Secrets::Keychain }
}

/// The way to the desk, for the commands that need one.
struct Door<'a> {
    globals: &'a Globals,
    screen: &'a Screen,
    stop: &'a CancellationToken,
}

impl Door<'_> {
    /// Opens the desk for as long as the verb takes.
    async fn open(&self, secrets: Secrets, verb: impl AsyncFnOnce(&Call) -> Result<Exit>) -> Result<Exit> {
        let desk = start::desk(self.globals, secrets).await?;
        let call = Call::new(desk, self.screen.clone(), self.stop.clone());
        call.tell_of_quarantine();
        match Box::pin(verb(&call)).await {
            Ok(exit) => Ok(exit),
            Err(error) => Err(call.explained(error).await),
        }
    }
}

/// Help and version are answers; anything else is a usage error, in JSON where that was asked for.
fn not_understood(error: &clap::Error) -> ExitCode {
    let answer = matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion);
    if !answer && std::env::args_os().any(|argument| argument == "--json") {
        Screen::new(true, false).usage(&error.to_string());
    } else if error.print().is_err_and(|error| error.kind() != std::io::ErrorKind::BrokenPipe) {
        // Whoever has read enough of it, as `head` does, misses nothing.
        return Exit::Incomplete.into();
    }
    if answer { Exit::Fine.into() } else { Exit::Usage.into() }
}
