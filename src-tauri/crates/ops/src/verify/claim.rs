//! The claim to work on an organization: one sitting at a time, connected as the integration before anything is begun.

use rollcall_core::id::{OrganizationId, RunId};
use rollcall_core::rules::Reason;
use tokio_util::sync::CancellationToken;

use super::reach::Reach;
use crate::desk::{Desk, Sitting};
use crate::error::{Error, Result};
use crate::job::Job;

/// While it lives, no other sitting can work on the organization.
pub(super) struct Claim<'a> {
    desk: &'a Desk,
    organization: OrganizationId,
    /// Ends the sitting at its next safe point.
    pub stop: CancellationToken,
}

impl<'a> Claim<'a> {
    /// Claims the organization for one sitting.
    ///
    /// # Errors
    /// `NotNow` while another sitting works on it.
    pub fn on(desk: &'a Desk, organization: OrganizationId, job: &Job) -> Result<Self> {
        let mut verifying = desk.verifying();
        if verifying.contains_key(&organization) {
            return Err(Error::not_now(Reason::RunUnderWay));
        }
        let stop = job.stop.child_token();
        verifying.insert(organization, Sitting { run: None, stop: stop.clone() });
        Ok(Self { desk, organization, stop })
    }

    /// Connects as the integration, or as its users, before there is anything to be left half done.
    ///
    /// # Errors
    /// Those of [`Reach::of`].
    pub async fn connect(&self) -> Result<Reach> {
        Reach::of(self.desk, self.organization, &self.stop).await
    }

    /// Says which run it is for.
    pub fn name(&self, run: RunId) {
        if let Some(sitting) = self.desk.verifying().get_mut(&self.organization) {
            sitting.run = Some(run);
        }
    }
}

impl Drop for Claim<'_> {
    fn drop(&mut self) {
        self.desk.verifying().remove(&self.organization);
    }
}
