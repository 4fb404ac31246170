//! The practice tenant inside this process, for a rollout that is over when the command is.

use std::sync::{Arc, Mutex, PoisonError};

use rollcall_identity::secret::ClientSecret;
use rollcall_ops::desk::StartPractice;
use rollcall_ops::practice::ground::Ground;
use rollcall_sandbox::browser::{Person, visit};
use rollcall_sandbox::{Options, Planted, Sandbox};

/// Where the tenant of this command runs, once it does.
#[derive(Clone, Default)]
pub struct Rehearsal(Arc<Mutex<Option<Sandbox>>>);

impl Rehearsal {
    /// How the desk starts it.
    pub fn start(&self) -> StartPractice {
        let running = Arc::clone(&self.0);
        Box::new(move |users, seed| {
            let running = Arc::clone(&running);
            Box::pin(async move {
                let usual = Options::default();
                let options = Options { users: users.unwrap_or(usual.users), seed: seed.unwrap_or(usual.seed), ..usual };
                let sandbox = Sandbox::start(options).await?;
                let known = |key| sandbox.app(key).ok_or(std::io::ErrorKind::NotFound);
                let reader = known("revenue_grid")?;
                let details = sandbox.details();
                let ground = Ground {
                    authority: details.authority.clone(),
                    graph: details.graph.clone(),
                    directory: details.tenant_id.clone(),
                    console: details.console_client_id.parse().map_err(std::io::Error::other)?,
                    client_id: details.client_id.parse().map_err(std::io::Error::other)?,
                    client_secret: ClientSecret::new(details.client_secret.clone()),
                    vendor: known("outreach")?.client_id.parse().map_err(std::io::Error::other)?,
                    reader: reader.client_id.parse().map_err(std::io::Error::other)?,
                    reader_secret: ClientSecret::new(reader.client_secret),
                    visit: Arc::new(|page, upn| {
                        Box::pin(async move { visit(&page, &upn.map_or(Person::Admin, Person::Upn)).await.is_ok() })
                    }),
                };
                *running.lock().unwrap_or_else(PoisonError::into_inner) = Some(sandbox);
                Ok(ground)
            })
        })
    }

    /// What was planted in it; nothing before it runs.
    pub fn planted(&self) -> Vec<Planted> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).as_ref().map(Sandbox::planted).unwrap_or_default()
    }
}
