//! The claim to read an organization's users: one pass at a time.

use rollcall_core::id::OrganizationId;
use rollcall_core::rules::Reason;
use tokio_util::sync::CancellationToken;

use crate::desk::Desk;
use crate::error::{Error, Result};

/// While it lives, nobody else reads the organization's users.
pub(super) struct Claim<'a> {
    desk: &'a Desk,
    organization: OrganizationId,
    /// Ends the pass at its next safe point.
    pub stop: CancellationToken,
}

impl<'a> Claim<'a> {
    /// Claims the organization for one pass.
    ///
    /// # Errors
    /// `NotNow` while another pass is under way.
    pub fn on(desk: &'a Desk, organization: OrganizationId, stop: &CancellationToken) -> Result<Self> {
        let mut syncing = desk.syncing();
        if syncing.contains_key(&organization) {
            return Err(Error::not_now(Reason::SessionsUnderWay));
        }
        let stop = stop.child_token();
        syncing.insert(organization, stop.clone());
        Ok(Self { desk, organization, stop })
    }
}

impl Drop for Claim<'_> {
    fn drop(&mut self) {
        self.desk.syncing().remove(&self.organization);
    }
}
