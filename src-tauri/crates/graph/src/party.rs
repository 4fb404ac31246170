//! On whose behalf a request leaves: who shares the gate fairly, and whose figures it counts in.

use rollcall_core::id::{OrganizationId, RunId};

/// A piece of work that passes the gate.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Party {
    /// Whatever a person at the console asks.
    #[default]
    Console,
    /// A verification run.
    Run(RunId),
    /// The sync sessions of an organization's users.
    Sessions(OrganizationId),
    /// The proof of an organization's access scope.
    Proof(OrganizationId),
}
