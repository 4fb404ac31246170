//! One sitting at a verification run, in a process of its own that a test can kill: starts a run of the only organization, or
//! resumes the one that was cut off, and says on each line how many mailboxes are shown as done.

use std::io::{Read, Write, stdin, stdout};
use std::path::PathBuf;

use anyhow::Context;
use rollcall_identity::secret::ClientSecret;
use rollcall_ops::desk::Pace;
use rollcall_ops::integrations::set_secret::{SetSecret, set_secret};
use rollcall_ops::job::{Job, Progress};
use rollcall_ops::runs::describe::RunRef;
use rollcall_ops::verify::plan::{Scope, Verify};
use rollcall_ops::{integrations, organizations, runs, verify};
use rollcall_store::runs::RunState;
use rollcall_tests::{Scene, open_desk};
use tokio_util::sync::CancellationToken;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let folder: PathBuf = std::env::args_os().nth(1).context("the data folder")?.into();
    let mut secret = String::new();
    stdin().read_to_string(&mut secret)?;
    // Slowly, so that there is something to break off.
    let desk = open_desk(&folder, &Pace { most_in_flight: 4, ..Scene::default().pace })?;
    let quiet = Job::quiet();
    let integration = integrations::list::list(&desk, (), &quiet).await?.first().context("an integration")?.integration.id;
    set_secret(&desk, SetSecret { integration, secret: ClientSecret::new(secret) }, &quiet).await?;
    let organization = organizations::describe::list(&desk, (), &quiet).await?.first().context("an organization")?.organization.id;
    let job = Job::new(CancellationToken::new(), |progress| {
        if let Progress::Verified(line) = progress {
            say(&format!("{} {}", line.run, line.done));
        }
    });
    let last = runs::list::list(&desk, runs::list::ListRuns { organization: Some(organization) }, &quiet).await?.into_iter().next();
    let run = match last {
        Some(run) if run.state == RunState::Interrupted => Box::pin(verify::resume::resume(&desk, RunRef { run: run.id }, &job)).await?,
        _ => Box::pin(verify::start::start(&desk, Verify { organization, which: Scope::All }, &job)).await?,
    };
    say(&format!("{} {} end", run.id, run.mailboxes_done));
    Ok(())
}

/// A line that is out before the next instruction, so that what the parent has read was shown.
fn say(line: &str) {
    let mut out = stdout().lock();
    let _ = writeln!(out, "{line}").and_then(|()| out.flush());
}
