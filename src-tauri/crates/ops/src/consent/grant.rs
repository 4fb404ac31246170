//! Grants what the integration asks for, by Microsoft's admin-consent page in the browser, and believes only the read-back.

use std::collections::BTreeSet;

use rollcall_core::grant::{Grant, all};
use rollcall_core::id::OrganizationId;
use rollcall_core::integration::{Integration, RequiredPermission};
use rollcall_core::permission::{PermissionType, Resource};
use rollcall_core::rules::{self, Reason};
use rollcall_identity::admin_consent::{Request, admin_consent};
use rollcall_store::journal::{self, Entry, Outcome};
use rollcall_store::{integrations, organizations, tenants};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::change::{ConsentPage, Looked, PreviewChange, Wanted, look, recorded};
use super::read::{held_now, read_back};
use super::settling;
use super::show::{self, ConsentView};
use crate::browser::{self, PATIENCE};
use crate::connection;
use crate::desk::Desk;
use crate::error::{Error, Result};
use crate::job::{AtBrowser, Job, Progress};
use crate::organizations::delete::OrganizationRef;
use crate::organizations::describe::standing;
use crate::scope::roles::given;

/// Consent for an organization's integration.
#[derive(Debug, Clone, Copy, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct GrantConsent {
    pub organization: OrganizationId,
    /// What the page is asked for; everything that the registration asks for where it isn't said.
    #[serde(default)]
    pub with: ConsentPage,
}

/// What a consent came to, and how all stands after it.
#[derive(Debug, Clone, Serialize, TS)]
pub struct Consented {
    /// Permissions that are granted since, for whomever; absent where what was granted before couldn't be read.
    pub added: Option<u32>,
    /// Permissions that are granted no more since: Microsoft's page replaces delegated ones.
    pub removed: Option<u32>,
    #[serde(flatten)]
    pub view: ConsentView,
}

/// Whatever the browser says, the grants are read afterwards: an admin may have consented and then closed the page.
///
/// # Errors
/// `NotNow`, also where the page would grant what makes an access scope void; `ConsentDeclined`, `NotPermitted`, `SignInCancelled`,
/// `SignInTimedOut`, `StateMismatch` and the other sign-in codes; those of the network.
pub async fn grant(desk: &Desk, ask: GrantConsent, job: &Job) -> Result<Consented> {
    let standing = standing(desk, ask.organization).await?;
    rules::may_consent(&standing).map_err(Error::not_now)?;
    let (tenant, integration, required, given) = desk
        .read(move |conn| {
            let organization = organizations::get(conn, ask.organization)?;
            let integration = integrations::get(conn, organization.integration)?;
            let required = organization.needs(&integration).to_vec();
            let given = given(conn, ask.organization, &integration)?;
            Ok((tenants::get(conn, organization.tenant)?, integration, required, given))
        })
        .await?;
    let request = request(&required, ask.with)?;
    let page = match Box::pin(foresee(desk, &integration, ask, job)).await {
        Ok(page) if page.voids => return Err(Error::not_now(Reason::WouldVoidScope)),
        Ok(page) => Some(page),
        // Nobody can say then that the page leaves the scope what it is.
        Err(error) if ask.with == ConsentPage::Registered && given.can_be_voided() => return Err(error),
        Err(_) => None,
    };
    // What was there before is part of the evidence; where it can't be read, the journal says that it isn't known.
    let before: Option<BTreeSet<Grant>> = page.as_ref().map(|page| all(&page.holdings.objects).into_iter().collect());
    let added = page.map(|page| page.plan.added).unwrap_or_default();
    let authority = connection::authority(&tenant)?;
    let actor = tenant.identity.as_ref().map_or_else(String::new, |identity| identity.admin.clone());
    let entry = Entry {
        at: desk.now(),
        actor,
        tenant: Some(tenant.id),
        action: "consent.grant".to_owned(),
        target: integration.client_id.to_string(),
        before: before.as_ref().map(|before| recorded(before.iter(), None)),
        after: None,
        request_id: None,
        outcome: Outcome::Intended,
    };
    let intent = entry.clone();
    desk.write(move |tx| journal::append(tx, &intent)).await?;

    let present = browser::present(desk, AtBrowser::Consent, job);
    let claim = admin_consent(&authority, integration.client_id, &request, present, &job.stop, PATIENCE).await;
    job.tell(Progress::ReadingBack);
    // The stop that ended the wait must not end the read that tells what is true now.
    let quiet = Job::quiet();
    let mut after = held(desk, &integration, &quiet).await;
    for time in settling::WAITS {
        let lacks = after.as_ref().is_some_and(|after| added.iter().any(|grant| !after.contains(grant)));
        let lags = claim.is_ok() && after == before && lacks;
        if !lags || !settling::wait(time, &job.stop).await {
            break;
        }
        after = held(desk, &integration, &quiet).await.or(after);
    }
    let outcome = outcome(before.as_ref(), after.as_ref(), claim.is_ok());
    let done = Entry { at: desk.now(), after: after.as_ref().map(|after| recorded(after.iter(), None)), outcome, ..entry };
    desk.write(move |tx| journal::append(tx, &done)).await?;
    let read = read_back(desk, &integration, &quiet).await;
    claim.map_err(Error::from)?;
    read?;
    let view = show::show(desk, OrganizationRef { organization: ask.organization }, job).await?;
    let fewer = |more: Option<&BTreeSet<Grant>>, less: Option<&BTreeSet<Grant>>| {
        more.zip(less).map(|(more, less)| u32::try_from(more.difference(less).count()).unwrap_or(u32::MAX))
    };
    Ok(Consented { added: fewer(after.as_ref(), before.as_ref()), removed: fewer(before.as_ref(), after.as_ref()), view })
}

/// What is held now; `None` where it can't be read.
async fn held(desk: &Desk, integration: &Integration, job: &Job) -> Option<BTreeSet<Grant>> {
    let graph = connection::delegated(desk, integration.tenant).await.ok()?;
    held_now(&graph, integration, job).await
}

/// What the page would do, as its preview shows it.
async fn foresee(desk: &Desk, integration: &Integration, ask: GrantConsent, job: &Job) -> Result<Looked> {
    let graph = connection::delegated(desk, integration.tenant).await?;
    let page = PreviewChange { organization: ask.organization, wanted: Wanted::Page { with: ask.with } };
    Box::pin(look(desk, &graph, &page, job)).await
}

fn request(required: &[RequiredPermission], with: ConsentPage) -> Result<Request> {
    match with {
        ConsentPage::Registered => Ok(Request::Registered(Resource::Graph)),
        ConsentPage::Required => {
            let delegated = required.iter().filter(|wanted| wanted.kind == PermissionType::Delegated);
            let scopes: Vec<(Resource, String)> = delegated.map(|wanted| (wanted.resource, wanted.name.clone())).collect();
            if scopes.is_empty() {
                return Err(Error::input(
                    "with",
                    "no delegated permission is required, and the page grants no single application permission",
                ));
            }
            Ok(Request::Scopes(scopes))
        }
    }
}

/// What the read-back shows. Consent that was refused and changed nothing has failed, however much was granted before.
fn outcome(before: Option<&BTreeSet<Grant>>, after: Option<&BTreeSet<Grant>>, claimed: bool) -> Outcome {
    match (before, after) {
        (_, None) => Outcome::Unknown,
        (Some(before), Some(after)) if before != after => Outcome::Done,
        (None, Some(_)) if !claimed => Outcome::Unknown,
        (_, Some(_)) if claimed => Outcome::Done,
        (_, Some(_)) => Outcome::Failed,
    }
}
