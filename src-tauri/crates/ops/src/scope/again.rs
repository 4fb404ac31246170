//! Asks those mailboxes again whose contradiction was too early to judge: when the clock says so, or when somebody does.

use rollcall_core::id::{IntegrationId, OrganizationId, ProofId};
use rollcall_core::time::Timestamp;
use rollcall_store::runs::RunState;
use rollcall_store::{organizations, proofs};

use super::prove::Claim;
use super::resume::{ProofRef, standing_proof};
use super::show::{ProofView, Stands, facts};
use super::sitting;
use crate::connection::{self, SecretAtHand};
use crate::desk::Desk;
use crate::error::{Error, Result};
use crate::job::Job;
use crate::organizations::delete::OrganizationRef;

/// # Errors
/// `InvalidInput` where nothing was too early; those of [`prove`](super::prove::prove).
pub async fn again(desk: &Desk, ask: ProofRef, job: &Job) -> Result<ProofView> {
    let proof = standing_proof(desk, ask).await?;
    let change = proof.change.filter(|_| proof.tally.too_early + proof.tally.provisional > 0 && proof.state == RunState::Finished);
    let Some(change) = change else { return Err(Error::input("proof", "nothing of it was too early to judge")) };
    let claim = Claim::on(desk, proof.organization, job)?;
    let connected = connection::anew(desk, proof.organization, &claim.stop).await?;
    let now = desk.now();
    desk.write(move |tx| proofs::ask_again(tx, ask.proof, change.settles(), now)).await?;
    sitting::work(desk, &claim, &connected, ask.proof, job).await
}

/// The proofs with mailboxes that are to be asked again by now, and whose integration can be signed in.
pub(crate) async fn due(desk: &Desk) -> Result<Vec<ProofId>> {
    let now = desk.now();
    let waiting: Vec<(OrganizationId, IntegrationId, ProofId)> = desk
        .read(move |conn| {
            let mut waiting = Vec::new();
            for organization in organizations::list(conn, None)? {
                let Some(proof) = proofs::latest(conn, organization.id)?.filter(|proof| proof.state == RunState::Finished) else {
                    continue;
                };
                let (id, facts) = (proof.id, facts(conn, OrganizationRef { organization: organization.id })?);
                let stands = Stands::of(&proof, &facts.desired, facts.change) == Stands::Now;
                if stands && is_due(&proof.into(), now) {
                    waiting.push((organization.id, organization.integration, id));
                }
            }
            Ok(waiting)
        })
        .await?;
    let mut due = Vec::new();
    for (organization, integration, proof) in waiting {
        let busy = desk.proving().contains_key(&organization);
        if !busy && connection::secret_at_hand(desk, integration).await != SecretAtHand::None {
            due.push(proof);
        }
    }
    Ok(due)
}

fn is_due(proof: &ProofView, now: Timestamp) -> bool {
    proof.next_probe.is_some_and(|at| at <= now)
}
