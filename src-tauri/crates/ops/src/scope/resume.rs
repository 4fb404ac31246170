//! Goes on with a proof that was paused, or cut off by the end of the program.

use rollcall_core::id::ProofId;
use rollcall_store::proofs;
use rollcall_store::runs::RunState;
use serde::Deserialize;
use ts_rs::TS;

use super::prove::Claim;
use super::show::ProofView;
use super::sitting;
use crate::connection;
use crate::desk::Desk;
use crate::error::{Error, Result};
use crate::job::Job;

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
    let proof = desk.read(move |conn| proofs::get(conn, ask.proof)).await?;
    match proof.state {
        RunState::Running | RunState::Interrupted => {}
        RunState::Finished | RunState::Cancelled => return Err(Error::input("proof", "it is over; start a new one")),
    }
    let claim = Claim::on(desk, proof.organization, job)?;
    let connected = connection::anew(desk, proof.organization, &claim.stop).await?;
    sitting::work(desk, &claim, &connected, ask.proof, job).await
}
