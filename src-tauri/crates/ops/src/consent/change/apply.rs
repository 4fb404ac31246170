//! Does a change that was shown and agreed to: the intent goes into the journal before, what came of it after, and what came of it is
//! read from the tenant and not from the writes' own answers.

use std::collections::BTreeSet;

use rollcall_core::grant::{self, Grant, Plan, Step};
use rollcall_core::rules::{self, Reason};
use rollcall_graph::error::GraphError;
use rollcall_graph::grants::{self as wire, StepError};
use rollcall_graph::send::Graph;
use rollcall_graph::{applications, enterprise};
use rollcall_store::journal::{self, Entry, Outcome};
use serde::{Deserialize, Serialize};
use tokio::task::JoinSet;
use ts_rs::TS;

use super::preview::{GrantLine, in_words};
use super::{Looked, PreviewChange, Wanted, look, recorded};
use crate::connection;
use crate::consent::read::{held_now, read_back};
use crate::consent::settling;
use crate::consent::show::{self, ConsentView};
use crate::desk::Desk;
use crate::error::{Code, Error, Result};
use crate::job::{Job, Progress};
use crate::organizations::delete::OrganizationRef;
use crate::organizations::describe::standing;

/// Writes that are under way at once. Each is another object of the directory.
const AT_ONCE: usize = 6;

/// A change that was agreed to.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct ApplyChange {
    pub change: PreviewChange,
    /// The preview's.
    pub seal: String,
}

/// What came of a change.
#[derive(Debug, Clone, Serialize, TS)]
pub struct Applied {
    /// What was read back as added, and as gone.
    pub added: Vec<GrantLine>,
    pub dropped: Vec<GrantLine>,
    pub failed: Vec<NotDone>,
    /// What Microsoft has accepted and does not show yet: it is there in some minutes, or it was not done after all.
    pub settling: Vec<GrantLine>,
    /// How many were not tried, because something before them ended it.
    pub untouched: u32,
    /// The number of the journal's entry, by which it can be undone.
    pub entry: u32,
    pub consent: ConsentView,
}

/// A part of the change that did not happen, and why.
#[derive(Debug, Clone, Serialize, TS)]
pub struct NotDone {
    pub line: GrantLine,
    pub error: Error,
}

/// # Errors
/// `Changed` when what is held is not what the preview showed; `NotNow`; `InvalidInput` for Microsoft's page, which is not ours to
/// fill in; those of the preview and of a sign-in with more permissions. Once a write was sent, what failed is part of the answer;
/// `OutcomeUnknown` when it can't be read back.
pub async fn apply(desk: &Desk, ask: ApplyChange, job: &Job) -> Result<Applied> {
    let ApplyChange { change, seal } = ask;
    let organization = change.organization;
    let standing = standing(desk, organization).await?;
    rules::may_consent(&standing).map_err(Error::not_now)?;
    if matches!(change.wanted, Wanted::Page { .. }) {
        return Err(Error::input("wanted", "Microsoft's page is opened by consent.grant"));
    }
    let tenant = desk.read(move |conn| Ok(rollcall_store::organizations::get(conn, organization)?.tenant)).await?;
    let graph = connection::delegated(desk, tenant).await?;
    let looked = Box::pin(look(desk, &graph, &change, job)).await?;
    agreed(&looked, &seal)?;
    // Asking for more may take its time in the browser, and meanwhile somebody else may have changed something.
    let graph = connection::allowed(desk, tenant, &looked.scopes(), job).await?;
    let mut looked = Box::pin(look(desk, &graph, &change, job)).await?;
    agreed(&looked, &seal)?;

    let entry = entry(desk, &looked, &change.wanted).await?;
    let intent = entry.clone();
    desk.write(move |tx| journal::append(tx, &intent)).await?;
    let tried = Box::pin(carry_out(&graph, &mut looked, job)).await;

    job.tell(Progress::ReadingBack);
    // The stop that ended the writes must not end the read that tells what is true now.
    let quiet = Job::quiet();
    let mut now = held_now(&graph, &looked.integration, &quiet).await;
    for time in settling::WAITS {
        let lags = now.as_ref().is_some_and(|now| unseen(&looked.plan, now).any(|grant| tried.accepted(grant)));
        if !lags || !settling::wait(time, &job.stop).await {
            break;
        }
        now = held_now(&graph, &looked.integration, &quiet).await.or(now);
    }
    let outcome = match &now {
        None => Outcome::Unknown,
        Some(now) if looked.plan.added.iter().all(|grant| now.contains(grant)) && !any(&looked.plan.dropped, now) => Outcome::Done,
        Some(now) if unseen(&looked.plan, now).all(|grant| tried.accepted(grant)) => Outcome::Unknown,
        Some(now) if any(&looked.plan.added, now) || !looked.plan.dropped.iter().all(|grant| now.contains(grant)) => Outcome::Done,
        Some(_) => Outcome::Failed,
    };
    let after = now.as_ref().map(|now| recorded(now.iter(), Some(&looked.plan)));
    let done = Entry { at: desk.now(), after, outcome, request_id: tried.request_id(), ..entry };
    let number = desk.write(move |tx| journal::append(tx, &done)).await?;
    let read = read_back(desk, &looked.integration, &quiet).await;
    let Some(now) = now else {
        return Err(Error::new(Code::OutcomeUnknown, "the writes were sent, and what is granted now could not be read"));
    };
    read?;
    answer(desk, &looked, &now, tried, number).await
}

/// The grants of a change that the tenant doesn't show as they should be.
fn unseen<'a>(plan: &'a Plan, now: &'a BTreeSet<Grant>) -> impl Iterator<Item = &'a Grant> {
    let not_added = plan.added.iter().filter(|grant| !now.contains(grant));
    not_added.chain(plan.dropped.iter().filter(|grant| now.contains(grant)))
}

fn any(grants: &[Grant], now: &BTreeSet<Grant>) -> bool {
    grants.iter().any(|grant| now.contains(grant))
}

/// Whether it is still what was agreed to, and nothing that was wished meanwhile stands against it.
fn agreed(looked: &Looked, seal: &str) -> Result<()> {
    if looked.seal() != seal {
        Err(Error::new(Code::Changed, "what the integration holds is not what the preview showed"))
    } else if looked.voids {
        Err(Error::not_now(Reason::WouldVoidScope))
    } else {
        Ok(())
    }
}

async fn entry(desk: &Desk, looked: &Looked, wanted: &Wanted) -> Result<Entry> {
    let action = match wanted {
        Wanted::Grant { .. } | Wanted::GrantMissing => "consent.add",
        Wanted::Revoke { .. } => "consent.remove",
        Wanted::RevokeAll => "consent.remove_all",
        Wanted::Restore { .. } => "consent.restore",
        Wanted::Page { .. } => "consent.grant",
    };
    // Who is signed in may have changed with the sign-in for more permissions.
    let id = looked.tenant.id;
    let tenant = desk.read(move |conn| rollcall_store::tenants::get(conn, id)).await?;
    Ok(Entry {
        at: desk.now(),
        actor: tenant.admin(),
        tenant: Some(looked.tenant.id),
        action: action.to_owned(),
        target: looked.integration.client_id.to_string(),
        before: Some(recorded(grant::all(&looked.holdings.objects).iter(), Some(&looked.plan))),
        after: Some(recorded(looked.plan.kept.iter().chain(&looked.plan.added), Some(&looked.plan))),
        request_id: None,
        outcome: Outcome::Intended,
    })
}

/// What became of the writes: an error each, or `None` for one that went through.
struct Tried {
    steps: Vec<(Step, Option<Error>)>,
    /// Those that were not sent.
    untried: Vec<Step>,
}

impl Tried {
    /// The request id of the first write that failed.
    fn request_id(&self) -> Option<String> {
        self.steps.iter().find_map(|(_, error)| error.as_ref()?.request_id.clone())
    }

    /// Whether a write about this grant was answered with success.
    fn accepted(&self, grant: &Grant) -> bool {
        self.steps.iter().any(|(step, error)| error.is_none() && concerns(step, grant))
    }
}

/// Sends the writes, those that add before those that take. What one of them says about itself ends the rest only where it would
/// say the same of each.
async fn carry_out(graph: &Graph, looked: &mut Looked, job: &Job) -> Tried {
    let (makes, takes): (Vec<Step>, Vec<Step>) =
        looked.plan.steps.iter().cloned().partition(|step| matches!(step, Step::Assign { .. } | Step::Create { .. }));
    let alters = takes.iter().position(|step| !adds(step)).unwrap_or(takes.len());
    let (alters, takes) = takes.split_at(alters);
    let mut tried = Tried { steps: Vec::new(), untried: Vec::new() };
    let total = u32::try_from(looked.plan.steps.len()).unwrap_or(u32::MAX);
    let is_new = looked.makes_app();
    if is_new {
        match client(graph, looked, job).await {
            Ok(client) => looked.client = Some(client),
            Err(error) => {
                let mut steps = looked.plan.steps.clone().into_iter();
                tried.steps.extend(steps.next().map(|step| (step, Some(error))));
                tried.untried = steps.collect();
                return tried;
            }
        }
    }
    for wave in [&makes[..], alters, takes] {
        send(graph, looked, wave, &mut tried, (total, is_new), job).await;
    }
    tried
}

/// Whether a write of an object that is there only adds to it.
fn adds(step: &Step) -> bool {
    match step {
        Step::Assign { .. } | Step::Create { .. } => true,
        Step::Alter { before, after, .. } => before.iter().all(|name| after.contains(name)),
        Step::Unassign { .. } | Step::Delete { .. } => false,
    }
}

/// Makes the enterprise application that grants belong to, where the tenant has none yet.
async fn client(graph: &Graph, looked: &Looked, job: &Job) -> Result<rollcall_core::id::ObjectId> {
    match applications::create_service_principal(graph, looked.integration.client_id, &job.stop).await {
        Ok(made) => Ok(made.id),
        Err(GraphError::Exists(_)) => {
            let app = enterprise::app(graph, looked.integration.client_id, &job.stop).await?;
            app.map(|app| app.id).ok_or_else(|| Error::new(Code::NotFound, "the enterprise application is not there yet"))
        }
        Err(error) => Err(error.into()),
    }
}

/// Sends writes that may overlap. Of an enterprise application that is new, Graph knows nothing for some seconds.
async fn send(graph: &Graph, looked: &Looked, wave: &[Step], tried: &mut Tried, (total, is_new): (u32, bool), job: &Job) {
    let Some(client) = looked.client else { return };
    let mut left = wave.iter().cloned();
    let mut under_way: JoinSet<(Step, std::result::Result<(), StepError>)> = JoinSet::new();
    loop {
        while under_way.len() < AT_ONCE
            && tried.untried.is_empty()
            && !job.stop.is_cancelled()
            && let Some(step) = left.next()
        {
            let (graph, apis, stop) = (graph.clone(), looked.holdings.apis.clone(), job.stop.clone());
            under_way.spawn(async move {
                let mut done = Box::pin(wire::perform(&graph, client, &apis, &step, &stop)).await;
                for time in settling::WAITS {
                    let unknown = is_new && matches!(done, Err(StepError::Graph(GraphError::NotFound(_))));
                    if !unknown || !settling::wait(time, &stop).await {
                        break;
                    }
                    done = Box::pin(wire::perform(&graph, client, &apis, &step, &stop)).await;
                }
                (step, done)
            });
        }
        match under_way.join_next().await {
            None => break,
            Some(Ok((step, done))) => {
                let error = done.err().map(Error::from);
                if error.as_ref().is_some_and(|error| ends_all(error.code)) {
                    tried.untried.extend(left.by_ref());
                }
                tried.steps.push((step, error));
                job.tell(Progress::Written { done: u32::try_from(tried.steps.len()).unwrap_or(u32::MAX), total });
            }
            // The task ends early only when the runtime is shut down; what it wrote is read back.
            Some(Err(_)) => {}
        }
    }
    tried.untried.extend(left);
}

/// Whether every other write would end the same way.
const fn ends_all(code: Code) -> bool {
    matches!(
        code,
        Code::NotSignedIn
            | Code::NotPermitted
            | Code::ConsentMissing
            | Code::PolicyBlocked
            | Code::Offline
            | Code::NotGraph
            | Code::Stopped
    )
}

async fn answer(desk: &Desk, looked: &Looked, now: &BTreeSet<Grant>, tried: Tried, entry: u32) -> Result<Applied> {
    let plan = &looked.plan;
    let added: Vec<Grant> = plan.added.iter().filter(|grant| now.contains(grant)).cloned().collect();
    let dropped: Vec<Grant> = plan.dropped.iter().filter(|grant| !now.contains(grant)).cloned().collect();
    let open: Vec<Grant> = unseen(plan, now).cloned().collect();
    let (mut failed, mut settling) = (Vec::new(), Vec::new());
    let mut untouched = 0;
    for line in in_words(desk, looked, &open).await? {
        if tried.accepted(&line.grant) {
            settling.push(line);
            continue;
        }
        let why = tried.steps.iter().find(|(step, error)| error.is_some() && concerns(step, &line.grant));
        match why.and_then(|(_, error)| error.clone()) {
            Some(error) => failed.push(NotDone { line, error }),
            None => untouched += 1,
        }
    }
    Ok(Applied {
        added: in_words(desk, looked, &added).await?,
        dropped: in_words(desk, looked, &dropped).await?,
        failed,
        settling,
        untouched,
        entry,
        consent: show::show(desk, OrganizationRef { organization: looked.organization.id }, &Job::quiet()).await?,
    })
}

/// Whether a write is about a grant.
fn concerns(step: &Step, grant: &Grant) -> bool {
    let scopes = |api, grantee, names: &[String]| {
        api == grant.api && grantee == grant.grantee && names.iter().any(|name| name.eq_ignore_ascii_case(&grant.name))
    };
    match step {
        Step::Assign { api, role } | Step::Unassign { api, role, .. } => *grant == Grant::role(*api, role),
        Step::Create { api, grantee, scopes: names } => scopes(*api, *grantee, names),
        Step::Alter { api, grantee, before, after, .. } => scopes(*api, *grantee, before) || scopes(*api, *grantee, after),
        Step::Delete { api, grantee, before, .. } => scopes(*api, *grantee, before),
    }
}

impl From<StepError> for Error {
    fn from(error: StepError) -> Self {
        match error {
            StepError::Unpublished => Self::input("permissions", error),
            StepError::Graph(error) => error.into(),
        }
    }
}
