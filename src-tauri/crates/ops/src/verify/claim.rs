//! The claim to work on an organization: one sitting at a time, connected as the integration before anything is begun.

use std::sync::Arc;

use rollcall_core::id::{OrganizationId, RunId};
use rollcall_core::issue::cause_of_sign_in;
use rollcall_core::rules::Reason;
use rollcall_core::workload::Workload;
use rollcall_identity::error::IdentityError;
use rollcall_store::issues::{self, SignInRefusal};
use rollcall_store::organizations;
use tokio_util::sync::CancellationToken;

use crate::connection::{self, AppOnly};
use crate::desk::{Desk, Sitting};
use crate::error::{Code, Error, Result};
use crate::job::Job;

/// The integration's own connection, and the workloads that its token opens.
pub(super) struct Connected {
    pub app: Arc<AppOnly>,
    pub permitted: Vec<Workload>,
}

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

    /// Connects as the integration, before there is anything to be left half done. A token carries the permissions of the moment
    /// it was issued, so each sitting begins with a new one ("OAuth 2.0 client credentials flow"): what was granted since the
    /// last one counts at once.
    ///
    /// # Errors
    /// `WrongSecret`, `SecretExpired`, `AppUnknown` and the like; those of the network; `Stopped`.
    pub async fn connect(&self) -> Result<Connected> {
        let organization = self.organization;
        let integration = self.desk.read(move |conn| Ok(organizations::get(conn, organization)?.integration)).await?;
        self.desk.app_only().remove(&integration);
        let app = connection::app_only(self.desk, integration).await?;
        let signed_in = tokio::select! {
            signed_in = app.sign_in() => signed_in,
            () = self.stop.cancelled() => return Err(Error::new(Code::Stopped, "stopped while a token was fetched")),
        };
        if let Err(refused) = signed_in {
            self.note(&refused).await?;
            return Err(refused.into());
        }
        let permitted = app.permitted().await?;
        Ok(Connected { app, permitted })
    }

    /// Without a token none of the organization's mailboxes can be asked, which is an issue of the organization until a sitting has
    /// begun. What was no answer of Entra's says nothing about it.
    async fn note(&self, refused: &IdentityError) -> Result<()> {
        let Some(number) = refused.aadsts else { return Ok(()) };
        let request_id = refused.correlation_id.map(|id| id.to_string());
        let refusal = SignInRefusal { cause: cause_of_sign_in(number), number: Some(number), request_id };
        let (organization, now) = (self.organization, self.desk.now());
        self.desk.write(move |tx| issues::note_sign_in(tx, organization, Some(&refusal), now)).await
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
