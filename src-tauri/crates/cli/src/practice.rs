//! Runs the practice tenant on its own, for whoever wants to sign in to it from elsewhere: another Rollcall, a script, a course.

use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::{Args, Subcommand};
use rollcall_ops::error::{Code, Error, Result};
use rollcall_sandbox::{FaultPlan, Limits, Options, People, Sandbox};
use tokio_util::sync::CancellationToken;

use crate::exit::Exit;
use crate::screen::Screen;
use crate::text::counted;

#[derive(Subcommand)]
pub enum Practice {
    /// Run the practice tenant until interrupted; its first line is JSON with its addresses and credentials
    Serve(Serve),
}

#[derive(Args)]
pub struct Serve {
    /// How many users it has
    #[arg(long, value_name = "N", default_value_t = 250, value_parser = clap::value_parser!(u32).range(2..=100_000))]
    users: u32,
    /// The same seed gives the same people and the same troubles
    #[arg(long, value_name = "S", default_value_t = 1)]
    seed: u64,
    /// The port on 127.0.0.1; any free one where it is 0
    #[arg(long, value_name = "P", default_value_t = 0)]
    port: u16,
    /// How long each answer of Graph takes, whatever is in it
    #[arg(long, value_name = "MS", default_value_t = 0, value_parser = clap::value_parser!(u64).range(0..=60_000))]
    latency_ms: u64,
    /// How long mailboxes take in addition, for each four of a batch's requests to them
    #[arg(long, value_name = "MS", default_value_t = 0, value_parser = clap::value_parser!(u64).range(0..=60_000))]
    service_ms: u64,
    /// How many of a thousand requests to mailboxes are told to come back in a second, once
    #[arg(long, value_name = "N", default_value_t = 0, value_parser = clap::value_parser!(u32).range(0..=1_000))]
    throttle_per_mille: u32,
    /// What is to go wrong, as JSON such as {"quota_exceeded": 3}; a realistic mix where it is left out
    #[arg(long, value_name = "FILE")]
    faults: Option<PathBuf>,
    /// Its pages answer by themselves, as the administrator, and say yes
    #[arg(long)]
    auto: bool,
}

/// Runs it.
///
/// # Errors
/// `InvalidInput` for a file of faults that can't be used, or a port that is taken.
pub async fn run(ask: Practice, screen: &Screen, stop: &CancellationToken) -> Result<Exit> {
    let Practice::Serve(ask) = ask;
    let options = Options {
        users: ask.users,
        seed: ask.seed,
        port: ask.port,
        latency: Duration::from_millis(ask.latency_ms),
        service: Duration::from_millis(ask.service_ms),
        limits: Limits { throttled_per_mille: ask.throttle_per_mille, ..Limits::default() },
        faults: ask.faults.as_deref().map(faults).transpose()?.unwrap_or_default(),
        people: if ask.auto { People::Auto } else { People::Ask },
        ..Options::default()
    };
    let sandbox = Sandbox::start(options).await.map_err(|error| match error.kind() {
        std::io::ErrorKind::AddrInUse | std::io::ErrorKind::PermissionDenied => {
            Error::input("port", "it can't be had; leave --port out for any free one")
        }
        kind => Error::new(Code::Internal, format!("the practice tenant could not start: {kind:?}")),
    })?;
    screen.json_line(sandbox.details());
    screen.note(&format!("A practice tenant with {} is running. Ctrl+C ends it.", counted(ask.users, "user", "users")));
    stop.cancelled().await;
    sandbox.stop().await;
    Ok(Exit::Fine)
}

fn faults(file: &Path) -> Result<FaultPlan> {
    let text =
        std::fs::read_to_string(file).map_err(|error| Error::input("faults", format!("the file can't be read ({:?})", error.kind())))?;
    serde_json::from_str(&text).map_err(|error| Error::input("faults", error))
}
