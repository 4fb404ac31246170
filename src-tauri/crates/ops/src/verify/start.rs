//! Starts a run over an organization's users and works on it until it is done or stopped.

use rollcall_core::rules::Reason;
use rollcall_store::runs::{self, Run, Which};
use rollcall_store::{integrations, organizations, users};

use super::plan::{Verify, may, workloads};
use super::reach::Reach;
use super::work::work;
use crate::desk::Desk;
use crate::error::{Error, Result};
use crate::job::Job;
use crate::organizations::describe::standing;

/// Stopping the call pauses the run: what was answered is kept, and [`resume`](super::resume::resume) goes on from there.
///
/// # Errors
/// `NotNow` with the reason; `WrongSecret`, `SecretExpired`, `AppUnknown` and the like before anything is asked; once under way,
/// an error that ends the sitting leaves the run interrupted.
pub async fn start(desk: &Desk, ask: Verify, job: &Job) -> Result<Run> {
    let standing = standing(desk, ask.organization).await?;
    let (organization, which) = (ask.organization, Which::from(ask.which));
    // Where nobody is on EWS, whoever is meant can be asked, and nobody waits for a count.
    let (which, mailboxes) = desk
        .read(move |conn| {
            let mailboxes = if standing.ways.ews { runs::count(conn, organization, &which)? } else { standing.users };
            Ok((which, mailboxes))
        })
        .await?;
    may(&standing, mailboxes).map_err(Error::not_now)?;
    let claim = desk.verifying().claim(organization, &job.stop).ok_or_else(|| Error::not_now(Reason::RunUnderWay))?;
    // A wrong secret ends here, before there is a run that can't begin.
    let connected = Reach::of(desk, organization, &claim.stop).await?;
    let now = desk.now();
    let run = desk
        .write(move |tx| {
            let organization = organizations::get(tx, organization)?;
            let integration = integrations::get(tx, organization.integration)?;
            let ways = users::ways(tx, organization.id)?;
            runs::create(tx, organization.id, &workloads(&organization, &integration, ways), &which, now)
        })
        .await?;
    work(desk, &claim, connected, run, job).await
}
