//! The practice tenant of the window: it runs inside the program, on loopback, and ends with it.

use std::sync::{Arc, Mutex, PoisonError};

use rollcall_identity::secret::ClientSecret;
use rollcall_ops::desk::StartPractice;
use rollcall_ops::practice::ground::Ground;
use rollcall_sandbox::browser::{Person, visit};
use rollcall_sandbox::{Options, Sandbox};

/// How the window starts its practice tenant; a new start ends the one before.
pub fn start() -> StartPractice {
    let running: Arc<Mutex<Option<Sandbox>>> = Arc::default();
    Box::new(move |users, seed| {
        let running = Arc::clone(&running);
        Box::pin(async move {
            let usual = Options::default();
            let sandbox =
                Sandbox::start(Options { users: users.unwrap_or(usual.users), seed: seed.unwrap_or(usual.seed), ..usual }).await?;
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
                visit: Arc::new(|page, upn| Box::pin(async move { visit(&page, &upn.map_or(Person::Admin, Person::Upn)).await.is_ok() })),
            };
            *running.lock().unwrap_or_else(PoisonError::into_inner) = Some(sandbox);
            Ok(ground)
        })
    })
}
