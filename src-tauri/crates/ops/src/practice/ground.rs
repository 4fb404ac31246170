//! Where a practice tenant runs, which applications it knows, and how its people act at its pages in the browser.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use rollcall_core::id::AppId;
use rollcall_identity::secret::ClientSecret;

use crate::job::{Job, Progress};

/// Who has not come back from a page of the practice tenant by then won't: its people answer at once.
const A_WHILE: Duration = Duration::from_secs(30);

/// Opens a page of the practice tenant as one of its people, who allows what is asked: whom a user principal name names, or else the
/// administrator. Answers whether the way led to its end. It never leaves loopback.
pub type Visit = Arc<dyn Fn(String, Option<String>) -> Pin<Box<dyn Future<Output = bool> + Send>> + Send + Sync>;

/// Where a practice tenant runs: what its start says. Not `Debug`: it holds secrets.
pub struct Ground {
    pub authority: String,
    pub graph: String,
    pub directory: String,
    /// The application with which the admin signs in.
    pub console: AppId,
    /// The integration.
    pub client_id: AppId,
    pub client_secret: ClientSecret,
    /// A vendor's application to which each user signs in.
    pub vendor: AppId,
    /// A vendor's application that reads everybody in its own name, and its secret.
    pub reader: AppId,
    pub reader_secret: ClientSecret,
    /// What somebody of its people does at a page.
    pub visit: Visit,
}

impl Ground {
    /// A job whose pages in the browser are answered by somebody of the practice tenant, the administrator where nobody is named. All else
    /// is told to `job`, which stops it.
    pub(super) fn answered_by(&self, upn: Option<&str>, job: &Job) -> Job {
        let (stop, told, upn) = (job.stop.child_token(), job.clone(), upn.map(str::to_owned));
        let (given_up, visit) = (stop.clone(), Arc::clone(&self.visit));
        Job::new(stop, move |progress| {
            let Progress::Browser { url, .. } = progress else { return told.tell(progress) };
            let (visited, given_up) = (visit(url, upn.clone()), given_up.clone());
            tokio::spawn(async move {
                if visited.await {
                    tokio::time::sleep(A_WHILE).await;
                }
                given_up.cancel();
            });
        })
    }
}
