//! One sitting in a process of its own that a test can kill, at what its second argument says: a verification run of the only
//! organization, started or taken up where it was cut off; the sessions of whoever is due; a switch of everybody and the sessions
//! after it; or everybody taken out of synchronization, or back in. It says on each line how far it is.

use std::io::{Read, Write, stdin, stdout};
use std::path::PathBuf;

use anyhow::{Context, bail};
use rollcall_core::action::Action;
use rollcall_core::id::OrganizationId;
use rollcall_identity::secret::ClientSecret;
use rollcall_ops::desk::{Desk, Pace};
use rollcall_ops::integrations::set_secret::{SetSecret, set_secret};
use rollcall_ops::job::{Job, Progress};
use rollcall_ops::runs::describe::RunRef;
use rollcall_ops::sync::run::{RunSessions, Whose};
use rollcall_ops::users::act::{ActOnUsers, act};
use rollcall_ops::verify::plan::{Scope, Verify};
use rollcall_ops::{integrations, organizations, runs, sync, verify};
use rollcall_store::runs::RunState;
use rollcall_store::users::{Chosen, UserFilter};
use rollcall_tests::{Scene, open_desk};
use tokio_util::sync::CancellationToken;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let mut arguments = std::env::args_os().skip(1);
    let folder: PathBuf = arguments.next().context("the data folder")?.into();
    let what = arguments.next().and_then(|what| what.into_string().ok()).context("what to do")?;
    let mut secret = String::new();
    stdin().read_to_string(&mut secret)?;
    // Slowly, so that there is something to break off.
    let desk = open_desk(&folder, &Pace { most_in_flight: 4, ..Scene::default().pace })?;
    let quiet = Job::quiet();
    let organization = organizations::describe::list(&desk, (), &quiet).await?.first().context("an organization")?.organization.id;
    match what.as_str() {
        "verify" => {
            hand_in(&desk, secret).await?;
            verified(&desk, organization).await
        }
        "sessions" => {
            hand_in(&desk, secret).await?;
            read(&desk, organization).await
        }
        "switch" => {
            hand_in(&desk, secret).await?;
            acted(&desk, organization, Action::Switch { at_once: true, not_ready: false }).await?;
            read(&desk, organization).await
        }
        "exclude" => acted(&desk, organization, Action::Exclude).await,
        "include" => acted(&desk, organization, Action::Include).await,
        other => bail!("nobody knows what {other} is"),
    }
}

async fn hand_in(desk: &Desk, secret: String) -> anyhow::Result<()> {
    let integration = integrations::list::list(desk, (), &Job::quiet()).await?.first().context("an integration")?.integration.id;
    set_secret(desk, SetSecret { integration, secret: ClientSecret::new(secret) }, &Job::quiet()).await?;
    Ok(())
}

async fn verified(desk: &Desk, organization: OrganizationId) -> anyhow::Result<()> {
    let job = telling();
    let last = runs::list::list(desk, runs::list::ListRuns { organization: Some(organization) }, &Job::quiet()).await?.into_iter().next();
    let run = match last {
        Some(run) if run.state == RunState::Interrupted => Box::pin(verify::resume::resume(desk, RunRef { run: run.id }, &job)).await?,
        _ => Box::pin(verify::start::start(desk, Verify { organization, which: Scope::All }, &job)).await?,
    };
    say(&format!("{} {} end", run.id, run.mailboxes_done));
    Ok(())
}

async fn read(desk: &Desk, organization: OrganizationId) -> anyhow::Result<()> {
    let sessions = Box::pin(sync::run::run(desk, RunSessions { organization, whose: Whose::Due }, &telling())).await?;
    say(&format!("sessions {} end", sessions.done));
    Ok(())
}

async fn acted(desk: &Desk, organization: OrganizationId, action: Action) -> anyhow::Result<()> {
    let users = Chosen::Filter(UserFilter { organization: Some(organization), ..UserFilter::default() });
    say("begun 0");
    let acted = act(desk, ActOnUsers { users, action, expected: None }, &Job::quiet()).await?;
    say(&format!("acted {}", acted.done));
    Ok(())
}

fn telling() -> Job {
    Job::new(CancellationToken::new(), |progress| match progress {
        Progress::Verified(line) => say(&format!("{} {}", line.run, line.done)),
        Progress::Synced(line) => say(&format!("sessions {}", line.done)),
        _ => {}
    })
}

/// A line that is out before the next instruction, so that what the parent has read was shown.
fn say(line: &str) {
    let mut out = stdout().lock();
    let _ = writeln!(out, "{line}").and_then(|()| out.flush());
}
