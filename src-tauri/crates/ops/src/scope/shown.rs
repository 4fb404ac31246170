//! What shows that an application may open anything at all. One that may open nothing is refused everywhere, and its refusals show
//! nothing of a scope.

use rollcall_core::id::{OrganizationId, ProofId};
use rollcall_core::scope::Mechanism;
use rollcall_core::scope::finding::Right;
use rollcall_core::workload::Workload;
use rollcall_store::{Connection, StoreError, proofs};

use super::roles;

/// The workloads that are known to be open to it in some mailbox.
#[derive(Debug, Clone, Default)]
pub(super) struct Shown {
    /// Those of which its token carries a role of Entra.
    permitted: Vec<Workload>,
    otherwise: Vec<Workload>,
}

impl Shown {
    /// With a token. Where a proof asks mailboxes that must answer, only their answers show more than the token; a role that was read
    /// may not be in effect. Without such mailboxes the roles that were read are all that is known.
    pub fn of(
        conn: &Connection,
        organization: OrganizationId,
        proof: Option<ProofId>,
        permitted: Vec<Workload>,
    ) -> Result<Self, StoreError> {
        let answered = proof.map(|proof| proofs::answered_inside(conn, proof)).transpose()?;
        let otherwise = match answered {
            Some((true, workloads)) => workloads,
            Some((false, _)) | None => roles::assigned(conn, organization)?,
        };
        Ok(Self { permitted, otherwise })
    }

    /// Notes that a mailbox that must answer has.
    pub fn note(&mut self, workload: Workload) {
        if !self.otherwise.contains(&workload) {
            self.otherwise.push(workload);
        }
    }

    /// Whether the token carries a role of Entra that opens it.
    pub fn is_permitted(&self, workload: Workload) -> bool {
        self.permitted.contains(&workload)
    }

    /// By which right a call is let in.
    pub fn right(&self, mechanism: Option<Mechanism>, workload: Workload) -> Right {
        Right::of(mechanism, self.is_permitted(workload), self.otherwise.contains(&workload))
    }
}
