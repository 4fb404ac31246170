//! Grants what the integration asks for, by Microsoft's admin-consent page in the browser, and believes only the read-back.

use std::time::Duration;

use rollcall_core::consent::Consent;
use rollcall_core::rules;
use rollcall_identity::admin_consent::admin_consent;
use rollcall_identity::loopback::Invitation;
use rollcall_store::journal::{self, Entry, Outcome};
use rollcall_store::{integrations, organizations, tenants};

use super::read::refresh;
use super::show::{self, ConsentView};
use crate::connection;
use crate::desk::Desk;
use crate::error::{Error, Result};
use crate::job::{Job, Progress};
use crate::organizations::delete::OrganizationRef;
use crate::organizations::describe::standing;

/// How long the browser may take before the attempt is given up.
const PATIENCE: Duration = Duration::from_secs(10 * 60);

/// Whatever the browser says, the grants are read afterwards: an admin may have consented and then closed the page.
///
/// # Errors
/// `NotNow`; `ConsentDeclined`, `NotPermitted`, `SignInCancelled`, `SignInTimedOut`, `StateMismatch` and the other sign-in codes; those of the network.
pub async fn grant(desk: &Desk, ask: OrganizationRef, job: &Job) -> Result<ConsentView> {
    let standing = standing(desk, ask.organization).await?;
    rules::may_consent(&standing).map_err(Error::not_now)?;
    let (tenant, integration) = desk
        .read(move |conn| {
            let organization = organizations::get(conn, ask.organization)?;
            Ok((tenants::get(conn, organization.tenant)?, integrations::get(conn, organization.integration)?))
        })
        .await?;
    // What was there before is part of the evidence, so it is read now; where it can't be, the journal says that it isn't known.
    let before = match refresh(desk, &integration, job).await {
        Ok(()) => Some(granted(&show::show(desk, ask, job).await?.consent)),
        Err(_) => None,
    };
    let authority = connection::authority(&tenant)?;
    let actor = tenant.identity.as_ref().map_or_else(String::new, |identity| identity.admin.clone());
    let entry = Entry {
        at: desk.now(),
        actor,
        tenant: Some(tenant.id),
        action: "consent.grant".to_owned(),
        target: integration.client_id.to_string(),
        before: before.clone(),
        after: None,
        request_id: None,
        outcome: Outcome::Intended,
    };
    let intent = entry.clone();
    desk.write(move |tx| journal::append(tx, &intent)).await?;

    let present = |invitation: &Invitation| job.tell(invitation.into());
    let claim = admin_consent(&authority, integration.client_id, present, &job.stop, PATIENCE).await;
    job.tell(Progress::ReadingBack);
    // The stop that ended the wait must not end the read that tells what is true now.
    let read = refresh(desk, &integration, &Job::quiet()).await;
    let after = show::show(desk, ask, job).await?;
    let now_granted = read.is_ok().then(|| granted(&after.consent));
    let outcome = outcome(before.as_ref(), now_granted.as_ref(), claim.is_ok());
    let done = Entry { at: desk.now(), after: now_granted, outcome, ..entry };
    desk.write(move |tx| journal::append(tx, &done)).await?;
    claim.map_err(Error::from)?;
    read?;
    Ok(after)
}

/// What the read-back shows. Consent that was refused and changed nothing has failed, however much was granted before.
fn outcome(before: Option<&String>, after: Option<&String>, claimed: bool) -> Outcome {
    match (before, after) {
        (_, None) => Outcome::Unknown,
        (Some(before), Some(after)) if before != after => Outcome::Done,
        (None, Some(_)) if !claimed => Outcome::Unknown,
        (_, Some(_)) if claimed => Outcome::Done,
        (_, Some(_)) => Outcome::Failed,
    }
}

fn granted(consent: &Consent) -> String {
    let names: Vec<&str> = consent.rows.iter().filter(|row| row.whom.is_some()).map(|row| row.name.as_str()).collect();
    names.join(" ")
}
