//! Reads the grants back from Graph. A failed read is remembered as such: what was known before no longer counts.

use rollcall_core::consent::Held;
use rollcall_core::integration::Integration;
use rollcall_core::rules;
use rollcall_graph::{applications, grants};
use rollcall_store::{integrations, organizations};

use super::show::{self, ConsentView};
use crate::connection;
use crate::desk::Desk;
use crate::error::{Error, Result};
use crate::job::Job;
use crate::organizations::delete::OrganizationRef;
use crate::organizations::describe::standing;

/// # Errors
/// `NotNow` when nobody is signed in; otherwise what went wrong with the read, after it has been remembered.
pub async fn read(desk: &Desk, ask: OrganizationRef, job: &Job) -> Result<ConsentView> {
    let standing = standing(desk, ask.organization).await?;
    rules::may_consent(&standing).map_err(Error::not_now)?;
    let integration = desk.read(move |conn| integrations::get(conn, organizations::get(conn, ask.organization)?.integration)).await?;
    refresh(desk, &integration, job).await?;
    show::show(desk, ask, job).await
}

/// Asks Graph what the integration holds and remembers the answer, whatever it is.
pub(crate) async fn refresh(desk: &Desk, integration: &Integration, job: &Job) -> Result<()> {
    let read = held(desk, integration, job).await;
    let (id, now) = (integration.id, desk.now());
    match read {
        Ok(held) => desk.write(move |tx| integrations::set_grants(tx, id, &held, now)).await,
        Err(error) => {
            let code = error.code.name();
            desk.write(move |tx| integrations::set_grants_failed(tx, id, code, now)).await?;
            Err(error)
        }
    }
}

async fn held(desk: &Desk, integration: &Integration, job: &Job) -> Result<Vec<Held>> {
    let graph = connection::delegated(desk, integration.tenant).await?;
    // Without a service principal nothing can have been granted: that is an answer, not a failure.
    match applications::service_principal(&graph, integration.client_id, &job.stop).await? {
        Some(principal) => Ok(grants::held(&graph, principal.id, &job.stop).await?),
        None => Ok(Vec::new()),
    }
}
