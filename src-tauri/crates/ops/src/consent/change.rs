//! Changes of what an integration holds: what is wanted, what that would do, and doing exactly what was shown.

pub mod apply;
pub mod preview;

use std::collections::BTreeSet;
use std::hash::{DefaultHasher, Hash, Hasher};

use rollcall_core::consent::{self, ByRoles, ConsentRow, ConsentState};
use rollcall_core::grant::{self, Api, Change, Grant, Grantee, Plan, Step};
use rollcall_core::id::{ObjectId, OrganizationId};
use rollcall_core::integration::{Integration, RequiredPermission};
use rollcall_core::organization::Organization;
use rollcall_core::permission::{PermissionType, Resource};
use rollcall_core::role::Action;
use rollcall_core::tenant::Tenant;
use rollcall_graph::error::GraphError;
use rollcall_graph::grants::Holdings;
use rollcall_graph::send::Graph;
use rollcall_graph::{applications, enterprise};
use rollcall_store::{integrations, journal, organizations, tenants};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::read::holdings;
use crate::desk::Desk;
use crate::error::{Code, Error, Result};
use crate::job::Job;
use crate::scope::roles::given;
use crate::tenants::allow::{ASSIGN_ROLES, GRANT_SCOPES, MAKE_APPS};

/// A permission by name.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct PermissionRef {
    pub resource: Resource,
    #[serde(rename = "type")]
    pub kind: PermissionType,
    pub name: String,
}

/// What Microsoft's consent page is asked for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ConsentPage {
    /// Everything that the application's registration asks of Graph, application permissions included.
    #[default]
    Registered,
    /// Exactly the delegated permissions that the organization requires.
    Required,
}

impl ConsentPage {
    /// The most that the page can be asked for without making a wished access scope void, as far as the matrix tells; `None` where it can't
    /// be asked for anything. What the registration asks for is taken to be what the integration needs: the page itself is looked at
    /// before it is opened.
    pub(crate) fn harmless(rows: &[ConsentRow]) -> Option<Self> {
        if !rows.iter().any(ConsentRow::would_void) {
            return Some(Self::Registered);
        }
        rows.iter().any(|row| row.required && row.kind == PermissionType::Delegated).then_some(Self::Required)
    }
}

/// Why something that is required stays out of a change that grants what is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum StaysOpen {
    /// The script of a wished access scope gives it by a role; granted, it would make that scope void.
    ByScript,
    /// It isn't known whether roles of Exchange give it.
    Unknown,
}

/// What is wanted.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Wanted {
    /// Each of these, for everyone or for one user. Application permissions are for everyone.
    Grant {
        permissions: Vec<PermissionRef>,
        whom: Grantee,
    },
    /// Everything that is required and missing, for everyone.
    GrantMissing,
    Revoke {
        permissions: Vec<PermissionRef>,
        whom: Grantee,
    },
    /// Everything that the integration holds, of whatever API and for whomever.
    RevokeAll,
    /// Undoes the change that the journal has under this number.
    Restore {
        entry: u32,
    },
    /// What Microsoft's consent page would do.
    Page {
        with: ConsentPage,
    },
}

/// The change of an organization's integration that is asked about.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct PreviewChange {
    pub organization: OrganizationId,
    pub wanted: Wanted,
}

/// A change that was looked at from all sides, against what is held at this moment.
pub(super) struct Looked {
    organization: Organization,
    integration: Integration,
    tenant: Tenant,
    client: Option<ObjectId>,
    pub(super) holdings: Holdings,
    pub(super) plan: Plan,
    /// Whether something of it would make a wished access scope void, the organization's or that of another one of its integration.
    pub(super) voids: bool,
    /// Whether what the page would grant could be read; otherwise it is what the integration is known to need.
    foreseen: bool,
    /// Why not all that is required will be there after it, where that is so and it is to grant what is missing.
    open: Option<StaysOpen>,
}

impl Looked {
    /// Stands for exactly this change: another one has another text.
    fn seal(&self) -> String {
        let mut hasher = DefaultHasher::new();
        for part in [&self.plan.added, &self.plan.dropped] {
            part.iter().map(ToString::to_string).collect::<Vec<_>>().hash(&mut hasher);
        }
        format!("{:016x}", hasher.finish())
    }

    /// Whether the enterprise application has to be made first, because grants belong to it.
    const fn makes_app(&self) -> bool {
        self.client.is_none() && !self.plan.steps.is_empty()
    }

    /// The delegated permissions that its writes need.
    fn scopes(&self) -> Vec<&'static str> {
        let roles = self.plan.steps.iter().any(|step| matches!(step, Step::Assign { .. } | Step::Unassign { .. }));
        let scopes = self.plan.steps.iter().any(|step| matches!(step, Step::Create { .. } | Step::Alter { .. } | Step::Delete { .. }));
        [(roles, ASSIGN_ROLES), (scopes, GRANT_SCOPES), (self.makes_app(), MAKE_APPS)]
            .into_iter()
            .filter_map(|(needed, scope)| needed.then_some(scope))
            .collect()
    }

    /// What a role is needed for.
    fn action(&self) -> Action {
        let of_graph = |grant: &Grant| grant.kind == PermissionType::Application && grant.api == Api::Known(Resource::Graph);
        if self.plan.added.iter().chain(&self.plan.dropped).any(of_graph) { Action::GrantGraphRole } else { Action::Grant }
    }
}

/// Reads what is held now and plans the change.
pub(super) async fn look(desk: &Desk, graph: &Graph, ask: &PreviewChange, job: &Job) -> Result<Looked> {
    let id = ask.organization;
    let (organization, integration, tenant, given) = desk
        .read(move |conn| {
            let organization = organizations::get(conn, id)?;
            let integration = integrations::get(conn, organization.integration)?;
            let tenant = tenants::get(conn, organization.tenant)?;
            let given = given(conn, id, &integration)?;
            Ok((organization, integration, tenant, given))
        })
        .await?;
    let roles = given.beside();
    let app = enterprise::app(graph, integration.client_id, &job.stop).await?;
    let client = app.as_ref().map(|app| app.id);
    let holdings = holdings(graph, client, job).await?;
    let mut open = None;
    let (change, foreseen) = match &ask.wanted {
        Wanted::Grant { permissions, whom } => (Change::Add(named(&holdings, permissions, *whom)?), true),
        Wanted::GrantMissing => {
            let missing = missing(organization.needs(&integration), &holdings, roles);
            open = missing.open;
            (Change::Add(missing.grants), true)
        }
        Wanted::Revoke { permissions, whom } => (Change::Remove(held(&holdings, permissions, *whom)?), true),
        Wanted::RevokeAll => (Change::RemoveAll, true),
        Wanted::Restore { entry } => (undo(desk, &integration, *entry).await?, true),
        Wanted::Page { with } => page(graph, &organization, &integration, *with, job).await?,
    };
    let plan = grant::plan(&holdings.objects, &change);
    let voids = plan.added.iter().any(|grant| roles.would_void(grant));
    Ok(Looked { organization, integration, tenant, client, holdings, plan, voids, foreseen, open })
}

fn of(permission: &PermissionRef, whom: Grantee) -> Result<Grant> {
    let api = Api::Known(permission.resource);
    match (permission.kind, whom) {
        (PermissionType::Application, Grantee::Everyone) => Ok(Grant::role(api, &permission.name)),
        (PermissionType::Delegated, whom) => Ok(Grant::scope(api, &permission.name, whom)),
        (PermissionType::Application, Grantee::User(_)) => {
            Err(Error::input("whom", format!("{} is an application permission, which can't be one user's", permission.name)))
        }
    }
}

/// The permissions as grants, spelled as the tenant's own APIs publish them.
fn named(holdings: &Holdings, permissions: &[PermissionRef], whom: Grantee) -> Result<Vec<Grant>> {
    let spelled = |permission: &PermissionRef| {
        let wanted = of(permission, whom)?;
        let api = holdings.apis.get(wanted.api);
        let published =
            api.and_then(|api| api.publishes.iter().find(|one| one.kind == wanted.kind && one.name.eq_ignore_ascii_case(&wanted.name)));
        // What every sign-in asks for is no scope that an API has to publish under its own name.
        let name = match published {
            Some(published) => published.name.clone(),
            None if wanted.kind == PermissionType::Delegated && is_of_sign_in(&wanted.name) => wanted.name.clone(),
            None => {
                let (kind, resource) = (wanted.kind, permission.resource.name());
                return Err(Error::input(
                    "permissions",
                    format!("this tenant's {resource} publishes no {kind} permission {}", wanted.name),
                ));
            }
        };
        Ok(Grant { name, ..wanted })
    };
    if permissions.is_empty() {
        return Err(Error::input("permissions", "name at least one"));
    }
    permissions.iter().map(spelled).collect()
}

fn is_of_sign_in(name: &str) -> bool {
    ["openid", "profile", "email", "offline_access"].iter().any(|known| known.eq_ignore_ascii_case(name))
}

/// The permissions as grants that are there.
fn held(holdings: &Holdings, permissions: &[PermissionRef], whom: Grantee) -> Result<Vec<Grant>> {
    let there: BTreeSet<Grant> = grant::all(&holdings.objects).into_iter().collect();
    let found = |permission: &PermissionRef| {
        let wanted = of(permission, whom)?;
        let missing = || Error::input("permissions", format!("{} is not granted, so it can't be revoked", permission.name));
        there.get(&wanted).cloned().ok_or_else(missing)
    };
    if permissions.is_empty() {
        return Err(Error::input("permissions", "name at least one"));
    }
    permissions.iter().map(found).collect()
}

/// What is required and not there for everyone, by itself or by something wider.
struct Missing {
    grants: Vec<Grant>,
    /// Why not all of it is among the grants, where that is so.
    open: Option<StaysOpen>,
}

/// What would make a wished scope void stays out of the grants.
fn missing(required: &[RequiredPermission], holdings: &Holdings, roles: ByRoles<'_>) -> Missing {
    let held = consent::summary(&holdings.objects);
    let consent = consent::compare(required, Some(&held), roles, &[]);
    let (mut grants, mut open) = (Vec::new(), None);
    for row in consent.rows.into_iter().filter(|row| row.required && !row.optional && !row.holds()) {
        let grant = Grant::everyones(row.resource, row.kind, &row.name);
        if row.state == ConsentState::Unknown {
            open = open.or(Some(StaysOpen::Unknown));
        } else if roles.would_void(&grant) {
            open = Some(StaysOpen::ByScript);
        } else {
            grants.push(grant);
        }
    }
    Missing { grants, open }
}

/// The way back from what the journal has under a number.
async fn undo(desk: &Desk, integration: &Integration, number: u32) -> Result<Change> {
    let kept = desk.read(move |conn| journal::get(conn, number)).await?;
    let entry = kept.map(|kept| kept.entry).filter(|entry| entry.action.starts_with("consent."));
    let entry = entry.filter(|entry| entry.target == integration.client_id.to_string() && entry.tenant == Some(integration.tenant));
    let Some(entry) = entry else { return Err(Error::new(Code::NotFound, "the journal has no such change of this integration")) };
    let (Some(before), Some(after)) = (&entry.before, &entry.after) else {
        return Err(Error::input("entry", "the journal doesn't know what was granted before and after it"));
    };
    let read = |text: &str| -> Result<BTreeSet<Grant>> {
        text.split_whitespace().map(|one| one.parse().map_err(|why| Error::input("entry", why))).collect()
    };
    let (before, after) = (read(before)?, read(after)?);
    Ok(Change::Exchange { add: before.difference(&after).cloned().collect(), remove: after.difference(&before).cloned().collect() })
}

/// What Microsoft's page would do, and whether that could be read: the registration may be another tenant's, or none that the admin may
/// read.
async fn page(
    graph: &Graph,
    organization: &Organization,
    integration: &Integration,
    with: ConsentPage,
    job: &Job,
) -> Result<(Change, bool)> {
    let required = |kind: Option<PermissionType>| {
        let wanted = organization.needs(integration).iter().filter(move |wanted| kind.is_none_or(|kind| wanted.kind == kind));
        wanted.map(|wanted| Grant::everyones(wanted.resource, wanted.kind, &wanted.name)).collect::<Vec<_>>()
    };
    match with {
        ConsentPage::Required => Ok((Change::Rewrite(required(Some(PermissionType::Delegated))), true)),
        ConsentPage::Registered => {
            let registration = match applications::registration(graph, integration.client_id, &job.stop).await {
                Err(GraphError::Forbidden(_)) => None,
                read => read?,
            };
            let Some(registration) = registration else { return Ok((Change::Rewrite(required(None)), false)) };
            let api = applications::service_principal(graph, Resource::Graph.app_id(), &job.stop).await?;
            let of_graph = Api::Known(Resource::Graph);
            let asked = registration.required.iter().filter(|asked| asked.resource == Resource::Graph.app_id());
            let grants = asked.filter_map(|asked| {
                let name = api.as_ref()?.name_of(asked.kind, asked.id)?;
                Some(match asked.kind {
                    PermissionType::Application => Grant::role(of_graph, name),
                    PermissionType::Delegated => Grant::scope(of_graph, name, Grantee::Everyone),
                })
            });
            Ok((Change::Rewrite(grants.collect()), true))
        }
    }
}

/// What the journal keeps of what was held: all that is everyone's, and of single users what the change concerns. Without a plan,
/// which only Microsoft's page has none of, no single user is concerned.
pub(super) fn recorded<'a>(held: impl Iterator<Item = &'a Grant>, plan: Option<&Plan>) -> String {
    let concerned: BTreeSet<&Grant> = plan.iter().flat_map(|plan| plan.added.iter().chain(&plan.dropped)).collect();
    let kept = held.filter(|grant| grant.grantee == Grantee::Everyone || concerned.contains(grant));
    kept.map(ToString::to_string).collect::<Vec<_>>().join(" ")
}
