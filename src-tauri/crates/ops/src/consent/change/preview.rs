//! Shows what a change would do before anything is done: what is added, what stays, what goes, and what it takes to do it.

use std::collections::BTreeMap;

use rollcall_core::consent::{self, Beyond};
use rollcall_core::grant::{Api, Grant, Grantee};
use rollcall_core::id::ObjectId;
use rollcall_core::permission::{self, PermissionType, Risk};
use rollcall_core::role::Role;
use rollcall_core::rules::{self, Reason};
use rollcall_graph::me;
use rollcall_store::users;
use serde::Serialize;
use ts_rs::TS;

use super::{Looked, PreviewChange, StaysOpen, look};
use crate::connection;
use crate::consent::show::refusal;
use crate::desk::Desk;
use crate::error::{Error, Result};
use crate::job::Job;
use crate::organizations::describe::standing;

/// Lines of each kind that are shown; a change may concern every user.
const SHOWN: usize = 200;

/// What a change would do.
#[derive(Debug, Clone, Serialize, TS)]
pub struct ChangePreview {
    /// The tenant and the integration that would change, by the names that their owners gave them.
    pub tenant: String,
    pub integration: String,
    pub added: Lines,
    pub kept: Lines,
    pub dropped: Lines,
    /// Whether the tenant has no enterprise application for it, so that one is made first.
    pub makes_app: bool,
    /// Requests that change the tenant.
    pub writes: u32,
    /// Whether what would be granted could be read; otherwise Microsoft's page decides, and what is shown is what the integration is
    /// known to need.
    pub foreseen: bool,
    /// Delegated permissions that Microsoft's page will ask the admin for first.
    pub asks: Vec<String>,
    /// The roles of which one is needed, and why it can't be done: the admin has none of them, or it would make the access scope void.
    pub roles: Vec<Role>,
    pub refused: Option<Reason>,
    /// Where it is to grant what is missing: why not all that is required will be there after it, if so.
    pub open: Option<StaysOpen>,
    /// Stands for exactly this change; to be handed back when it is agreed to.
    pub seal: String,
}

/// Grants, and how many they are in all.
#[derive(Debug, Clone, Serialize, TS)]
pub struct Lines {
    pub total: u32,
    pub first: Vec<GrantLine>,
}

/// One permission for one grantee, in words.
#[derive(Debug, Clone, Serialize, TS)]
pub struct GrantLine {
    pub grant: Grant,
    /// What the API is called in the tenant.
    pub api_name: String,
    /// The user's principal name, where it is one user's and the user is known.
    pub upn: Option<String>,
    pub risk: Option<Risk>,
    /// What works with it, where the integration needs it.
    pub feature: Option<String>,
    /// How it goes beyond what the organization requires, where it does.
    pub beyond: Option<Beyond>,
}

/// # Errors
/// `NotNow` when nobody is signed in; `InvalidInput` for a permission that the tenant doesn't publish, isn't granted, or can't be one
/// user's; `NotFound`; those of the network.
pub async fn preview(desk: &Desk, ask: PreviewChange, job: &Job) -> Result<ChangePreview> {
    let standing = standing(desk, ask.organization).await?;
    rules::may_consent(&standing).map_err(Error::not_now)?;
    let tenant = desk.read(move |conn| Ok(rollcall_store::organizations::get(conn, ask.organization)?.tenant)).await?;
    let graph = connection::delegated(desk, tenant).await?;
    let looked = Box::pin(look(desk, &graph, &ask, job)).await?;
    let roles = me::roles(&graph, &job.stop).await.ok().map(|templates| Role::among(&templates));
    let held = connection::scopes(desk, tenant).await?;
    let action = looked.action();
    let asks = looked.scopes().into_iter().filter(|scope| !held.iter().any(|held| permission::covers(held, scope)));
    let names = names(desk, &looked).await?;
    let lines = |grants: &[Grant]| lines(grants, &looked, &names);
    Ok(ChangePreview {
        tenant: looked.tenant.identity.as_ref().map_or_else(|| looked.tenant.name.clone(), |identity| identity.display_name.clone()),
        integration: looked.integration.name.clone(),
        added: lines(&looked.plan.added),
        kept: lines(&looked.plan.kept),
        dropped: lines(&looked.plan.dropped),
        makes_app: looked.makes_app(),
        writes: u32::try_from(looked.plan.steps.len()).unwrap_or(u32::MAX),
        foreseen: looked.foreseen,
        asks: asks.map(str::to_owned).collect(),
        roles: action.roles().to_vec(),
        refused: if looked.voids { Some(Reason::WouldVoidScope) } else { refusal(true, roles.as_deref(), action) },
        open: looked.open,
        seal: looked.seal(),
    })
}

/// A change's grants in words, for an answer about each.
pub(super) async fn in_words(desk: &Desk, looked: &Looked, grants: &[Grant]) -> Result<Vec<GrantLine>> {
    let names = names(desk, looked).await?;
    Ok(grants.iter().map(|grant| line(grant, looked, &names)).collect())
}

type Names = BTreeMap<ObjectId, String>;

/// The principal names of the users among what is shown.
async fn names(desk: &Desk, looked: &Looked) -> Result<Names> {
    let plan = &looked.plan;
    let shown = [&plan.added, &plan.kept, &plan.dropped].into_iter().flat_map(|grants| grants.iter().take(SHOWN));
    let users: Vec<ObjectId> = shown
        .filter_map(|grant| match grant.grantee {
            Grantee::User(user) => Some(user),
            Grantee::Everyone => None,
        })
        .collect();
    let tenant = looked.organization.tenant;
    desk.read(move |conn| users::names(conn, tenant, &users)).await
}

fn lines(grants: &[Grant], looked: &Looked, names: &Names) -> Lines {
    Lines {
        total: u32::try_from(grants.len()).unwrap_or(u32::MAX),
        first: grants.iter().take(SHOWN).map(|grant| line(grant, looked, names)).collect(),
    }
}

fn line(grant: &Grant, looked: &Looked, names: &Names) -> GrantLine {
    let api_name = looked.holdings.apis.get(grant.api).map(|api| api.display_name.clone()).filter(|name| !name.is_empty());
    let known = match grant.api {
        Api::Known(resource) => permission::find(resource, grant.kind, &grant.name),
        Api::Other(_) => None,
    };
    let required = looked.organization.needs(&looked.integration);
    let needed = required.iter().find(|wanted| {
        Api::Known(wanted.resource) == grant.api && wanted.kind == grant.kind && wanted.name.eq_ignore_ascii_case(&grant.name)
    });
    GrantLine {
        api_name: api_name.unwrap_or_else(|| grant.api.to_string()),
        upn: match grant.grantee {
            Grantee::User(user) if grant.kind == PermissionType::Delegated => names.get(&user).cloned(),
            Grantee::User(_) | Grantee::Everyone => None,
        },
        risk: known.map(|known| known.risk),
        feature: needed.and_then(|wanted| wanted.feature.clone()),
        beyond: consent::beyond(required, grant.api, grant.kind, &grant.name),
        grant: grant.clone(),
    }
}
