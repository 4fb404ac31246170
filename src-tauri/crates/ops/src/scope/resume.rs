//! Goes on with a proof that was paused, or cut off by the end of the program.

use rollcall_core::id::ProofId;
use rollcall_store::proofs::{self, Proof};
use rollcall_store::runs::RunState;
use serde::Deserialize;
use ts_rs::TS;

use super::prove::claim;
use super::show::{ProofView, Stands, facts};
use super::sitting;
use crate::connection;
use crate::desk::Desk;
use crate::error::{Error, Result};
use crate::job::Job;
use crate::organizations::delete::OrganizationRef;

/// Which proof.
#[derive(Debug, Clone, Copy, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct ProofRef {
    pub proof: ProofId,
}

/// Mailboxes that have come to something are not asked again.
///
/// # Errors
/// `InvalidInput` for a proof that is over; those of [`prove`](super::prove::prove).
pub async fn resume(desk: &Desk, ask: ProofRef, job: &Job) -> Result<ProofView> {
    let proof = standing_proof(desk, ask).await?;
    match proof.state {
        RunState::Running | RunState::Interrupted => {}
        RunState::Finished | RunState::Cancelled => return Err(Error::input("proof", "it is over; start a new one")),
    }
    let claim = claim(desk, proof.organization, job)?;
    let connected = connection::anew(desk, proof.organization, &claim.stop).await?;
    sitting::work(desk, &claim, &connected, ask.proof, job).await
}

/// A proof of the scope as it is wanted now: answers from before a change and after it don't belong together.
pub(super) async fn standing_proof(desk: &Desk, ask: ProofRef) -> Result<Proof> {
    let (proof, stands) = desk
        .read(move |conn| {
            let proof = proofs::get(conn, ask.proof)?;
            let facts = facts(conn, OrganizationRef { organization: proof.organization })?;
            let stands = Stands::of(&proof, &facts);
            Ok((proof, stands))
        })
        .await?;
    match stands {
        Stands::Now => Ok(proof),
        Stands::OtherScope => Err(Error::input("proof", "another scope is wanted by now; start a new proof")),
        Stands::BeforeChange => Err(Error::input("proof", "what is in force was changed since; start a new proof")),
    }
}
