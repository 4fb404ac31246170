//! Cancels a proof for good: what was answered stays, the rest counts as not asked.

use rollcall_store::proofs;
use rollcall_store::runs::RunState;

use super::resume::ProofRef;
use super::show::ProofView;
use crate::desk::Desk;
use crate::error::{Error, Result};
use crate::job::Job;

/// # Errors
/// `InvalidInput` for a proof that is over already.
pub async fn cancel(desk: &Desk, ask: ProofRef, _job: &Job) -> Result<ProofView> {
    let proof = desk.read(move |conn| proofs::get(conn, ask.proof)).await?;
    if matches!(proof.state, RunState::Finished | RunState::Cancelled) {
        return Err(Error::input("proof", "it is over already"));
    }
    desk.proving().end(proof.organization, proof.id).await;
    let now = desk.now();
    let proof = desk
        .write(move |tx| {
            if proofs::get(tx, ask.proof)?.state != RunState::Finished {
                proofs::mark(tx, ask.proof, RunState::Cancelled, now)?;
            }
            proofs::get(tx, ask.proof)
        })
        .await?;
    Ok(proof.into())
}
