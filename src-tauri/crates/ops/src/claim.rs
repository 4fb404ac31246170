//! The claim to work on an organization: one sitting of a kind at a time, and what stops it.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rollcall_core::id::OrganizationId;
use tokio_util::sync::CancellationToken;

/// Between two looks at whether a sitting that was stopped has ended.
const LOOK: Duration = Duration::from_millis(10);

/// All who are at work of one kind, by organization. `I` numbers what they work on.
pub(crate) struct Sittings<I>(Mutex<HashMap<OrganizationId, Sitting<I>>>);

struct Sitting<I> {
    /// What is worked on, once it has a number.
    of: Option<I>,
    stop: CancellationToken,
}

impl<I> Default for Sittings<I> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<I> Sittings<I> {
    /// Whether somebody is at work on the organization.
    pub fn is_at(&self, organization: OrganizationId) -> bool {
        self.all().contains_key(&organization)
    }

    /// The organizations that somebody is at work on.
    pub fn organizations(&self) -> Vec<OrganizationId> {
        self.all().keys().copied().collect()
    }

    /// Claims the organization, where nobody is at work on it; `stop` ends the sitting, too.
    pub fn claim(&self, organization: OrganizationId, stop: &CancellationToken) -> Option<Claim<'_, I>> {
        let mut all = self.all();
        if all.contains_key(&organization) {
            return None;
        }
        let stop = stop.child_token();
        all.insert(organization, Sitting { of: None, stop: stop.clone() });
        Some(Claim { sittings: self, organization, stop })
    }

    /// Stops whoever is at work on the organization, at the next safe point.
    pub fn stop(&self, organization: OrganizationId) {
        if let Some(sitting) = self.all().get(&organization) {
            sitting.stop.cancel();
        }
    }

    fn all(&self) -> MutexGuard<'_, HashMap<OrganizationId, Sitting<I>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<I: PartialEq> Sittings<I> {
    /// Stops the work on this very thing and waits for its end. Another one of the organization goes on.
    pub async fn end(&self, organization: OrganizationId, of: I) {
        let at_work =
            || self.all().get(&organization).filter(|sitting| sitting.of.as_ref() == Some(&of)).map(|sitting| sitting.stop.clone());
        if let Some(stop) = at_work() {
            stop.cancel();
            while at_work().is_some() {
                tokio::time::sleep(LOOK).await;
            }
        }
    }
}

/// While it lives, no other sitting of the kind can work on the organization.
pub(crate) struct Claim<'a, I> {
    sittings: &'a Sittings<I>,
    pub organization: OrganizationId,
    /// Ends the sitting at its next safe point.
    pub stop: CancellationToken,
}

impl<I> Claim<'_, I> {
    /// Says what it is for.
    pub fn name(&self, of: I) {
        if let Some(sitting) = self.sittings.all().get_mut(&self.organization) {
            sitting.of = Some(of);
        }
    }
}

impl<I> Drop for Claim<'_, I> {
    fn drop(&mut self) {
        self.sittings.all().remove(&self.organization);
    }
}

#[cfg(test)]
mod tests {
    use rollcall_core::id::ProofId;

    use super::*;

    const HERE: OrganizationId = OrganizationId(1);

    #[tokio::test]
    async fn one_sitting_works_on_an_organization_and_only_what_is_meant_is_ended() {
        let (sittings, job) = (Sittings::<ProofId>::default(), CancellationToken::new());
        let claim = sittings.claim(HERE, &job).unwrap();
        claim.name(ProofId(2));
        assert!(sittings.claim(HERE, &job).is_none() && sittings.claim(OrganizationId(2), &job).is_some());
        sittings.end(HERE, ProofId(1)).await;
        assert!(!claim.stop.is_cancelled(), "an earlier proof is cancelled, the one at work goes on");
        let until_stopped = async {
            claim.stop.cancelled().await;
            drop(claim);
        };
        tokio::join!(sittings.end(HERE, ProofId(2)), until_stopped);
        assert!(!sittings.is_at(HERE) && !job.is_cancelled());
    }
}
