//! Reads what an integration was granted, and whether it may be used at all, and remembers it. A failed read makes everything
//! unknown; a part that not every admin may read says why it wasn't.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use rollcall_core::approval::{Approval, Assigned, Part, Unread};
use rollcall_core::consent::{self, ForWhom, Held};
use rollcall_core::grant::{self, Api, Grant, Grantee, Holding};
use rollcall_core::id::ObjectId;
use rollcall_core::integration::Integration;
use rollcall_core::permission::{self, PermissionType};
use rollcall_core::role::Action;
use rollcall_core::rules;
use rollcall_core::time::Timestamp;
use rollcall_graph::audits::Audit;
use rollcall_graph::error::GraphError;
use rollcall_graph::grants::Holdings;
use rollcall_graph::send::Graph;
use rollcall_graph::{audits, conditional_access, enterprise, grants as wire};
use rollcall_store::grants::{self, Snapshot};
use rollcall_store::{integrations, organizations};

use super::show::{self, ConsentView};
use super::tenant;
use crate::connection;
use crate::desk::Desk;
use crate::error::{Error, Result};
use crate::job::Job;
use crate::organizations::delete::OrganizationRef;
use crate::organizations::describe::standing;
use crate::scope::granted;
use crate::tenants::allow::{READ_AUDITS, READ_POLICIES};

/// The directory's log goes back so far at most.
const LOG: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// # Errors
/// `NotNow` when nobody is signed in; otherwise what went wrong with the read, after it has been remembered.
pub async fn read(desk: &Desk, ask: OrganizationRef, job: &Job) -> Result<ConsentView> {
    let standing = standing(desk, ask.organization).await?;
    rules::may_consent(&standing).map_err(Error::not_now)?;
    let integration = desk.read(move |conn| integrations::get(conn, organizations::get(conn, ask.organization)?.integration)).await?;
    refresh(desk, &integration, job).await?;
    tenant::refresh(desk, integration.tenant, job).await?;
    show::show(desk, ask, job).await
}

/// Asks Graph what the integration holds and remembers the answer, whatever it is.
pub(crate) async fn refresh(desk: &Desk, integration: &Integration, job: &Job) -> Result<()> {
    let read = Box::pin(snapshot(desk, integration, job)).await;
    let (id, now) = (integration.id, desk.now());
    match read {
        Ok(read) => {
            desk.write(move |tx| {
                grants::set(tx, id, &read, now)?;
                granted::renew(tx, id, &read, now)
            })
            .await
        }
        Err(error) => {
            let code = error.code.name();
            desk.write(move |tx| grants::set_failed(tx, id, code, now)).await?;
            Err(error)
        }
    }
}

/// The same after something was sent that may have changed it: where it can't be read, what was known before counts as from before
/// a change.
pub(crate) async fn read_back(desk: &Desk, integration: &Integration, job: &Job) -> Result<()> {
    let read = refresh(desk, integration, job).await;
    if read.is_err() {
        let (id, now) = (integration.id, desk.now());
        desk.write(move |tx| granted::doubt(tx, id, now)).await?;
    }
    read
}

/// What a client holds, as objects that can be changed; nothing where the tenant has no enterprise application for it, which is an
/// answer and not a failure.
pub(crate) async fn holdings(graph: &Graph, client: Option<ObjectId>, job: &Job) -> Result<Holdings> {
    match client {
        Some(client) => Ok(Box::pin(wire::holdings(graph, client, &job.stop)).await?),
        None => Ok(Holdings { objects: Vec::new(), apis: wire::apis(graph, &job.stop).await? }),
    }
}

/// What an integration holds at this moment, grant by grant; `None` where that can't be read.
pub(super) async fn held_now(graph: &Graph, integration: &Integration, job: &Job) -> Option<BTreeSet<Grant>> {
    let app = enterprise::app(graph, integration.client_id, &job.stop).await.ok()?;
    let held = holdings(graph, app.map(|app| app.id), job).await.ok()?;
    Some(grant::all(&held.objects).into_iter().collect())
}

async fn snapshot(desk: &Desk, integration: &Integration, job: &Job) -> Result<Snapshot> {
    let graph = connection::delegated(desk, integration.tenant).await?;
    let scopes = connection::scopes(desk, integration.tenant).await?;
    let app = enterprise::app(&graph, integration.client_id, &job.stop).await?;
    let client = app.as_ref().map(|app| app.id);
    let Holdings { objects, .. } = holdings(&graph, client, job).await?;

    let assigned = async {
        match client {
            Some(client) => part(enterprise::assigned(&graph, client, &job.stop).await, Action::Grant),
            None => Part::Read { value: Assigned::default() },
        }
    };
    let registered = async { part(enterprise::registered(&graph, integration.client_id, &job.stop).await, Action::Grant) };
    let policies = async {
        match not_asked(&scopes, READ_POLICIES) {
            Some(unread) => unread,
            None => {
                let policies = conditional_access::concerning(&graph, integration.client_id, client, &job.stop).await;
                part(policies, Action::ReadConditionalAccess)
            }
        }
    };
    let log = async {
        match (client, not_asked(&scopes, READ_AUDITS)) {
            (_, Some(unread)) => unread,
            (Some(client), None) => {
                let since = Timestamp(desk.now().0 - i64::try_from(LOG.as_millis()).unwrap_or(i64::MAX));
                // Who granted something is told where it can be; what is granted is known without.
                part(audits::of_client(&graph, client, since, &job.stop).await, Action::ReadAudits)
            }
            (None, None) => Part::Read { value: Vec::new() },
        }
    };
    let (assigned, registered, policies, log) = tokio::join!(assigned, registered, policies, log);
    let (history, log) = match log {
        Part::Read { value } => (Part::Read { value: u32::try_from(value.len()).unwrap_or(u32::MAX) }, value),
        Part::Unread { why } => (Part::Unread { why }, Vec::new()),
    };
    let held = consent::summary(&objects).into_iter().map(|held| with_history(held, &log)).collect();
    let approval = Approval { app, assigned, registered, policies, history };
    Ok(Snapshot { held, others: others(&objects), approval, users: of_users(&objects) })
}

/// The part that a permission is lacking for, before it is asked for in vain.
pub(crate) fn not_asked<T>(scopes: &[String], scope: &str) -> Option<Part<T>> {
    let held = scopes.iter().any(|held| permission::covers(held, scope));
    (!held).then(|| Part::Unread { why: Unread::NotAsked { scope: scope.to_owned() } })
}

/// What a read of a part came to; `action` names the roles that a refusal is about.
pub(crate) fn part<T>(read: std::result::Result<T, GraphError>, action: Action) -> Part<T> {
    match read {
        Ok(value) => Part::Read { value },
        Err(GraphError::Forbidden(_)) => Part::Unread { why: Unread::NoRole { roles: action.roles().to_vec() } },
        Err(error) => Part::Unread { why: Unread::Failed { code: Error::from(error).code.name().to_owned() } },
    }
}

fn with_history(held: Held, log: &[Audit]) -> Held {
    if held.whom != ForWhom::Everyone {
        return held;
    }
    let of_kind = |audit: &&Audit| match held.kind {
        PermissionType::Application => !audit.activity.contains("delegated"),
        PermissionType::Delegated => !audit.activity.contains("app role"),
    };
    match log.iter().filter(of_kind).find(|audit| audit.gave(&held.name)) {
        Some(audit) => Held { since: held.since.or(Some(audit.at)), by: audit.by.clone(), ..held },
        None => held,
    }
}

fn others(objects: &[Holding]) -> Vec<Grant> {
    grant::all(objects).into_iter().filter(|grant| matches!(grant.api, Api::Other(_))).collect()
}

/// What each user consented to alone, in one text a user.
fn of_users(objects: &[Holding]) -> Vec<(ObjectId, String)> {
    let mut users: BTreeMap<ObjectId, Vec<String>> = BTreeMap::new();
    for grant in grant::all(objects) {
        if let (Grantee::User(user), Api::Known(resource)) = (grant.grantee, grant.api) {
            users.entry(user).or_default().push(format!("{}/{}", resource.name(), grant.name));
        }
    }
    users.into_iter().map(|(user, scopes)| (user, scopes.join(" "))).collect()
}
