//! With whose token a run asks: the integration's own, or that of each user who has signed in to it.

use std::collections::HashMap;
use std::sync::Arc;

use rollcall_core::id::{ObjectId, OrganizationId};
use rollcall_core::organization::AccessType;
use rollcall_core::workload::Workload;
use rollcall_graph::gate::Gate;
use rollcall_store::{mailboxes, organizations};
use tokio_util::sync::CancellationToken;

use crate::connection::{self, Connected, Delegated};
use crate::desk::Desk;
use crate::error::Result;
use crate::mailboxes::tokens;

/// Whose tokens there are for a run.
pub(super) enum Reach {
    /// One that opens every mailbox.
    Application(Connected),
    /// One for each mailbox whose user has signed in; all go through the tenant's gate.
    Users { gate: Arc<Gate>, users: HashMap<ObjectId, Arc<Delegated>> },
}

impl Reach {
    /// Connects as an organization is reached.
    ///
    /// # Errors
    /// Those of [`connection::anew`]; `Keychain`.
    pub async fn of(desk: &Desk, organization: OrganizationId, stop: &CancellationToken) -> Result<Self> {
        let found = desk.read(move |conn| organizations::get(conn, organization)).await?;
        match found.access {
            AccessType::GraphDelegated => {
                let accounts = desk.read(move |conn| mailboxes::connected(conn, organization)).await?;
                let users = tokens::of_accounts(desk, &found, accounts).await?;
                Ok(Self::Users { gate: desk.gate(found.tenant)?, users })
            }
            AccessType::GraphAppOnly | AccessType::EwsAppOnly | AccessType::EwsDelegated => {
                Ok(Self::Application(connection::anew(desk, organization, stop).await?))
            }
        }
    }

    /// The gate that everything passes.
    pub fn gate(&self) -> &Arc<Gate> {
        match self {
            Self::Application(connected) => connected.app.graph.gate(),
            Self::Users { gate, .. } => gate,
        }
    }

    /// The workloads that the integration's own token opens.
    pub fn permitted(&self) -> Option<&[Workload]> {
        match self {
            Self::Application(connected) => Some(&connected.permitted),
            Self::Users { .. } => None,
        }
    }
}
