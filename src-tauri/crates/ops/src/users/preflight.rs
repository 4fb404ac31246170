//! Judges whether the mailboxes of an organization can be worked on, before anything is asked of the integration: by the directory, by
//! what disabled accounts' mailboxes say that they are, and by the last check.

use std::collections::HashSet;

use rollcall_core::arrival::Addresses;
use rollcall_core::eligibility::{self, Eligibility, Facts, Judged, Purpose, Unasked};
use rollcall_core::id::{IntegrationId, ObjectId, OrganizationId, UserId};
use rollcall_core::workload::Workload;
use rollcall_graph::error::GraphError;
use rollcall_graph::purposes::{self, Told};
use rollcall_graph::send::Graph;
use rollcall_store::users::eligibility::{self as store, Candidate, Eligibilities, Whose};
use rollcall_store::users::known;
use rollcall_store::{StoreError, Transaction, organizations};

use super::unjudged;
use crate::connection::{self, SecretAtHand};
use crate::desk::Desk;
use crate::error::{Code, Error, Result};
use crate::job::{Job, Progress};
use crate::organizations::delete::OrganizationRef;

/// Users that are judged in one go, of all …
const PAGE: u32 = 5_000;
/// … and of some: an import has enough in memory already.
const DOUBTFUL: usize = 500;
/// Mailboxes that are asked before what they said is stored and shown.
const AT_ONCE: usize = 100;

/// Reads no directory: what an import read last is judged again, with what mailboxes say and what was checked since. What was asked
/// until it is stopped is kept.
///
/// # Errors
/// `NotFound`; `Stopped`; those of the store. That mailboxes can't be asked is part of the answer.
pub async fn preflight(desk: &Desk, ask: OrganizationRef, job: &Job) -> Result<Eligibilities> {
    let OrganizationRef { organization } = ask;
    let integration = desk.read(move |conn| Ok(organizations::get(conn, organization)?.integration)).await?;
    let unasked = ask_mailboxes(desk, organization, integration, job).await?;
    judge_all(desk, organization).await?;
    let now = desk.now();
    desk.write(move |tx| store::set_judged(tx, organization, unasked, now)).await?;
    if job.stop.is_cancelled() {
        return Err(Error::new(Code::Stopped, "stopped while mailboxes were asked"));
    }
    desk.read(move |conn| store::of_organization(conn, organization)).await
}

/// Asks those whom only the mailbox itself can tell; answers why some were not asked or did not answer.
async fn ask_mailboxes(desk: &Desk, organization: OrganizationId, integration: IntegrationId, job: &Job) -> Result<Option<Unasked>> {
    let wanting = wanting(desk, organization).await?;
    if wanting.is_empty() {
        return Ok(None);
    }
    let graph = match as_integration(desk, integration).await {
        Ok(graph) => graph,
        Err(why) => return Ok(Some(why)),
    };
    let total = u32::try_from(wanting.len()).unwrap_or(u32::MAX);
    let (mut done, mut silent) = (0, false);
    job.tell(Progress::Asked { done, total });
    for some in wanting.chunks(AT_ONCE) {
        let users: Vec<ObjectId> = some.iter().map(|(_, object_id)| *object_id).collect();
        let told = match purposes::ask(&graph, &users, &job.stop).await {
            Ok(told) => told,
            Err(GraphError::Cancelled) => return Ok(Some(Unasked::BrokenOff)),
            Err(error) => {
                tracing::info!(organization.id = %organization, "Mailboxes could not be asked what they are: {}", Error::from(error).code.name());
                return Ok(Some(Unasked::BrokenOff));
            }
        };
        let said: Vec<(UserId, Purpose)> = some
            .iter()
            .zip(&told)
            .filter_map(|((user, _), told)| match told {
                Told::Is(purpose) => Some((*user, *purpose)),
                Told::Nothing => None,
            })
            .collect();
        silent |= said.len() < some.len();
        done += u32::try_from(some.len()).unwrap_or(u32::MAX);
        desk.write(move |tx| store::set_purposes(tx, &said)).await?;
        job.tell(Progress::Asked { done, total });
    }
    Ok(silent.then_some(Unasked::NoAnswer))
}

async fn wanting(desk: &Desk, organization: OrganizationId) -> Result<Vec<(UserId, ObjectId)>> {
    let mut wanting = Vec::new();
    let mut after = UserId(0);
    loop {
        let page = page(desk, organization, after).await?;
        let Some(last) = page.last() else { return Ok(wanting) };
        after = last.user;
        let asked = |one: &&Candidate| eligibility::wants_purpose(&one.directory) || one.purpose.is_some();
        wanting.extend(page.iter().filter(asked).map(|one| (one.user, one.directory.object_id)));
    }
}

async fn as_integration(desk: &Desk, integration: IntegrationId) -> std::result::Result<Graph, Unasked> {
    if connection::secret_at_hand(desk, integration).await == SecretAtHand::None {
        return Err(Unasked::NoSecret);
    }
    // A token carries the permissions of the moment it was issued, so what was granted meanwhile takes a new one.
    desk.app_only().remove(&integration);
    let app = connection::app_only(desk, integration).await.map_err(|_| Unasked::BrokenOff)?;
    let permitted = app.permitted().await.map_err(|_| Unasked::BrokenOff)?;
    if permitted.contains(&Workload::Settings) { Ok(app.graph.clone()) } else { Err(Unasked::NotPermitted) }
}

async fn page(desk: &Desk, organization: OrganizationId, after: UserId) -> Result<Vec<Candidate>> {
    desk.read(move |conn| store::candidates(conn, organization, Whose::After(after, PAGE))).await
}

/// Judges everybody of an organization.
pub(crate) async fn judge_all(desk: &Desk, organization: OrganizationId) -> Result<()> {
    let contested = contested(desk, organization).await?;
    let mut after = UserId(0);
    loop {
        let page = page(desk, organization, after).await?;
        let Some(last) = page.last() else { return Ok(()) };
        after = last.user;
        write(desk, differing(&page, |one| contested.contains(&one.directory.object_id))).await?;
    }
}

/// Judges those of an organization of whom something may have changed with others who came in after the user `known`: who was not ready,
/// whom the last check found out about, and `these`. Whoever has an address that is another one's, too, is `contested`.
pub(crate) async fn judge_doubtful(
    desk: &Desk,
    organization: OrganizationId,
    known: Option<UserId>,
    these: Vec<ObjectId>,
    contested: HashSet<ObjectId>,
) -> Result<()> {
    let contested = move |one: &Candidate| contested.contains(&one.directory.object_id);
    judge_some(desk, organization, move |tx| store::doubtful(tx, organization, known, &these), contested).await
}

/// Judges those of an organization whose judgement a check may have overturned, which changes nobody's addresses; where an import was cut
/// off before its users were judged, all of them.
pub(crate) async fn judge_checked(desk: &Desk, organization: OrganizationId) -> Result<()> {
    if desk.read(move |conn| unjudged::is_noted(conn, organization)).await? {
        return judge_all(desk, organization).await;
    }
    let contested = |one: &Candidate| one.judged.eligibility == Eligibility::AddressConflict;
    judge_some(desk, organization, move |tx| store::doubtful_after_check(tx, organization), contested).await
}

async fn judge_some(
    desk: &Desk,
    organization: OrganizationId,
    whom: impl FnOnce(&Transaction<'_>) -> std::result::Result<Vec<UserId>, StoreError> + Send + 'static,
    contested: impl Fn(&Candidate) -> bool + Send + 'static,
) -> Result<()> {
    // Read where they are written: a reader of its own would fill a cache of its own with what is looked at once.
    desk.write(move |tx| {
        for some in whom(tx)?.chunks(DOUBTFUL) {
            let candidates = store::candidates(tx, organization, Whose::Those(some))?;
            store::set(tx, &differing(&candidates, &contested))?;
        }
        Ok(())
    })
    .await
}

/// Who of the organization's tenant has an address that is another one's, too.
async fn contested(desk: &Desk, organization: OrganizationId) -> Result<HashSet<ObjectId>> {
    desk.read(move |conn| {
        let tenant = organizations::get(conn, organization)?.tenant;
        let mut addresses = Addresses::default();
        for one in known(conn, tenant)? {
            for address in &one.addresses {
                addresses.claim(one.object_id, address);
            }
        }
        Ok(addresses.contested())
    })
    .await
}

/// Whoever is judged otherwise than before.
fn differing(candidates: &[Candidate], contested: impl Fn(&Candidate) -> bool) -> Vec<(UserId, Judged)> {
    let judged = candidates.iter().map(|one| {
        let Candidate { directory, purpose, verdict, cause, .. } = one;
        let facts = Facts { directory, purpose: *purpose, contested: contested(one), verdict: *verdict, cause: *cause };
        (one, eligibility::judge(&facts))
    });
    judged.filter(|(one, judged)| one.judged != *judged).map(|(one, judged)| (one.user, judged)).collect()
}

async fn write(desk: &Desk, judgements: Vec<(UserId, Judged)>) -> Result<()> {
    if judgements.is_empty() { Ok(()) } else { desk.write(move |tx| store::set(tx, &judgements)).await }
}
