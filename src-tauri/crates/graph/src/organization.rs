//! The tenant about itself.

use rollcall_core::id::DirectoryId;
use serde::Deserialize;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::error::{GraphError, Trace};
use crate::send::{Call, Graph};
use crate::text::{self, Text};
use crate::users::AssignedPlan;

/// What `/organization` says about the tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Organization {
    pub id: DirectoryId,
    pub name: String,
    /// The default domain, where one is marked.
    pub default_domain: Option<String>,
    /// All verified domains.
    pub domains: Vec<String>,
    /// Whether a plan with mailboxes is active in the tenant; `None` where the caller may not see plans.
    pub exchange: Option<bool>,
    /// Whether users are synchronized from on-premises.
    pub on_premises: bool,
}

/// Reads the tenant's own record.
///
/// # Errors
/// [`GraphError::Damaged`] when there isn't exactly one, and all that a read can end with.
pub async fn read(graph: &Graph, stop: &CancellationToken) -> Result<Organization, GraphError> {
    let select = "id,displayName,verifiedDomains,assignedPlans,onPremisesSyncEnabled";
    let call = Call::read(graph.url(&["organization"], &[("$select", select)])?);
    let list: List = graph.json(&call, stop).await?;
    let mut value = list.value.into_iter();
    match (value.next(), value.next()) {
        (Some(one), None) => Ok(one.into()),
        _ => Err(GraphError::Damaged(Box::new(Trace { http: Some(200), ..Trace::default() }))),
    }
}

#[derive(Deserialize)]
struct List {
    value: Vec<Wire>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Wire {
    id: Uuid,
    display_name: Option<Text>,
    #[serde(default, deserialize_with = "text::or_empty")]
    verified_domains: Vec<Domain>,
    #[serde(default, deserialize_with = "text::or_empty")]
    assigned_plans: Vec<AssignedPlan>,
    on_premises_sync_enabled: Option<bool>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Domain {
    name: Text,
    is_default: Option<bool>,
}

impl From<Wire> for Organization {
    fn from(wire: Wire) -> Self {
        let default_domain =
            wire.verified_domains.iter().find(|domain| domain.is_default == Some(true)).map(|domain| domain.name.0.clone());
        Self {
            id: DirectoryId(wire.id),
            name: text::some(wire.display_name).unwrap_or_default(),
            default_domain,
            domains: wire.verified_domains.into_iter().map(|domain| domain.name.0).collect(),
            exchange: (!wire.assigned_plans.is_empty()).then(|| wire.assigned_plans.iter().any(AssignedPlan::gives_mailbox)),
            on_premises: wire.on_premises_sync_enabled.unwrap_or(false),
        }
    }
}
