//! Asks those mailboxes again whose contradiction was too early to judge: when the clock says so, or when somebody does.

use rollcall_core::id::{IntegrationId, OrganizationId, ProofId};
use rollcall_core::rules::Reason;
use rollcall_core::scope::clock::{LATEST_RETRY, retry_after};
use rollcall_core::time::Timestamp;
use rollcall_store::proofs::{Proof, PutOff};
use rollcall_store::runs::RunState;
use rollcall_store::{organizations, proofs};
use tracing::warn;

use super::prove::claim;
use super::resume::{ProofRef, resume, standing_proof};
use super::show::{ProofView, Stands, facts, next_probe};
use super::sitting;
use crate::connection::{self, SecretAtHand};
use crate::desk::Desk;
use crate::error::{Code, Error, Result};
use crate::job::Job;
use crate::organizations::delete::OrganizationRef;

/// # Errors
/// `InvalidInput` where nothing was too early, or asking now would settle nothing; those of [`prove`](super::prove::prove).
pub async fn again(desk: &Desk, ask: ProofRef, job: &Job) -> Result<ProofView> {
    let proof = standing_proof(desk, ask).await?;
    let change = proof.change.filter(|_| proof.tally.too_early + proof.tally.provisional > 0 && proof.state == RunState::Finished);
    let Some(change) = change else { return Err(Error::input("proof", "nothing of it was too early to judge")) };
    if proof.tally.too_early == 0 && change.is_settling(desk.now()) {
        let until = change.settles().utc();
        return Err(Error::input("proof", format!("what was confirmed is provisional until {until}, and would be so again before that")));
    }
    let claim = claim(desk, proof.organization, job)?;
    let connected = connection::anew(desk, proof.organization, &claim.stop).await?;
    let now = desk.now();
    desk.write(move |tx| proofs::ask_again(tx, ask.proof, change.settles(), now)).await?;
    sitting::work(desk, &claim, &connected, ask.proof, job).await
}

/// Asks again, as the clock wants it, or goes on with what the last try has left. Where it fails it is put off, longer each time.
pub(crate) async fn by_itself(desk: &Desk, proof: ProofId, job: &Job) -> Result<()> {
    let ask = ProofRef { proof };
    let before = desk.read(move |conn| proofs::get(conn, proof)).await?;
    let tried = match before.state {
        RunState::Interrupted => Box::pin(resume(desk, ask, job)).await,
        RunState::Finished | RunState::Running | RunState::Cancelled => Box::pin(again(desk, ask, job)).await,
    };
    let Err(error) = tried else { return Ok(()) };
    if error.code == Code::Stopped || error.reason == Some(Reason::RunUnderWay) {
        return Ok(());
    }
    warn!("What was too early to judge could not be asked again: {}", error.code.name());
    let failures = before.put_off.map_or(0, |put_off| put_off.failures).saturating_add(1);
    let put_off = PutOff { failures, until: desk.now().after(retry_after(failures)), code: error.code.name().to_owned() };
    desk.write(move |tx| proofs::put_off(tx, proof, &put_off)).await
}

/// The proofs with mailboxes that are to be asked again by now, and whose integration can be signed in.
pub(crate) async fn due(desk: &Desk) -> Result<Vec<ProofId>> {
    let now = desk.now();
    let waiting: Vec<(OrganizationId, IntegrationId, ProofId)> = desk
        .read(move |conn| {
            let mut waiting = Vec::new();
            for organization in organizations::list(conn, None)? {
                let Some(proof) = proofs::latest(conn, organization.id)?.filter(|proof| is_due(proof, now)) else { continue };
                let (id, facts) = (proof.id, facts(conn, OrganizationRef { organization: organization.id })?);
                let stands = Stands::of(&proof, &facts) == Stands::Now;
                if stands {
                    waiting.push((organization.id, organization.integration, id));
                }
            }
            Ok(waiting)
        })
        .await?;
    let mut due = Vec::new();
    for (organization, integration, proof) in waiting {
        let busy = desk.proving().is_at(organization);
        if !busy && connection::secret_at_hand(desk, integration).await != SecretAtHand::None {
            due.push(proof);
        }
    }
    Ok(due)
}

/// Whether the clock wants a proof to be asked again, or one to be gone on with that it couldn't.
fn is_due(proof: &Proof, now: Timestamp) -> bool {
    match (proof.state, &proof.put_off) {
        // A wait that is longer than any was begun before somebody set the clock.
        (RunState::Finished | RunState::Interrupted, Some(put_off)) => put_off.until <= now || put_off.until.since(now) > LATEST_RETRY,
        (RunState::Finished, None) => next_probe(proof).is_some_and(|at| at <= now),
        (RunState::Interrupted, None) | (RunState::Running | RunState::Cancelled, _) => false,
    }
}

#[cfg(test)]
mod tests {
    use rollcall_core::id::ProofId;
    use rollcall_core::scope::Desired;
    use rollcall_core::scope::clock::{Change, Changed};
    use rollcall_core::scope::finding::Tally;
    use rollcall_store::proofs::Sample;

    use super::*;

    #[test]
    fn what_was_put_off_waits_for_its_time_whatever_the_clock_of_the_change_says() {
        const NOW: Timestamp = Timestamp(100_000_000);
        let proof = |state, until: Option<i64>| Proof {
            id: ProofId(1),
            organization: OrganizationId(1),
            state,
            started: NOW,
            finished: None,
            desired: Desired::Everyone,
            change: Some(Change { what: Changed::AccessPolicy, at: Timestamp(1) }),
            basis: None,
            workloads: vec![],
            sample: Sample::default(),
            tally: Tally { too_early: 1, ..Tally::default() },
            early: Some(Timestamp(2)),
            put_off: until.map(|until| PutOff { failures: 2, until: Timestamp(NOW.0 + until), code: "offline".to_owned() }),
        };
        let due = |state, until| is_due(&proof(state, until), NOW);
        assert!(due(RunState::Finished, None) && due(RunState::Finished, Some(0)));
        assert!(!due(RunState::Finished, Some(60_000)), "the last try has failed just now");
        assert!(due(RunState::Finished, Some(24 * 60 * 60 * 1_000)), "somebody has set the clock");
        assert!(due(RunState::Interrupted, Some(-1)), "the try has failed in its middle");
        assert!(!due(RunState::Interrupted, None), "somebody has paused it");
    }
}
