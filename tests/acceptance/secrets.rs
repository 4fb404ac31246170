//! Where secrets are not: the data folder, and the log at its most talkative.

use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use rollcall_ops::job::{Job, Progress};
use rollcall_ops::tenants::sign_in::{TenantRef, sign_in};
use rollcall_ops::verify::plan::{Scope, Verify};
use rollcall_ops::verify::start::start;
use rollcall_sandbox::browser::{Person, visit};
use rollcall_tests::{Rehearsal, Scene};
use tokio_util::sync::CancellationToken;
use tracing_subscriber::fmt::MakeWriter;

#[tokio::test(flavor = "multi_thread")]
async fn no_secret_is_in_the_data_folder_or_in_the_log_at_trace_level() {
    let log = Log::default();
    tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).with_writer(log.clone()).init();
    let rehearsal = Rehearsal::on(Scene { users: 60, ..Scene::default() }).await;
    let seen = sign_in_and_note(&rehearsal).await;
    let organization = rehearsal.organization("Contoso EU", "EU-01").await.unwrap();
    rehearsal.import(organization.id).await.unwrap();
    rehearsal.grant_as(organization.id, Person::Admin).await.unwrap();
    rehearsal.hand_in_secret().await.unwrap();
    Box::pin(start(&rehearsal.desk, Verify { organization: organization.id, which: Scope::All }, &Job::quiet())).await.unwrap();

    let mut canaries = rehearsal.sandbox.issued();
    assert!(canaries.len() > 5, "tokens of every kind were given out: {}", canaries.len());
    canaries.push(rehearsal.sandbox.details().client_secret.clone());
    canaries.extend(seen);
    let Rehearsal { sandbox, desk, folder, kept, .. } = rehearsal;
    drop((desk, sandbox));

    let log = log.text();
    assert!(log.contains("TRACE"), "the log is as talkative as it gets");
    for canary in &canaries {
        assert!(canary.len() > 15, "a canary must be long enough not to occur by chance");
        for form in forms(canary) {
            assert!(!contains(log.as_bytes(), form.as_bytes()), "the log holds a secret of {} characters", canary.len());
            if let Some(file) = file_with(&folder, form.as_bytes()) {
                panic!("{file} holds a secret of {} characters", canary.len());
            }
        }
    }
    drop(kept);
}

/// Signs in and notes the state that went through the browser.
async fn sign_in_and_note(rehearsal: &Rehearsal) -> Vec<String> {
    let noted: Arc<Mutex<Vec<String>>> = Arc::default();
    let inside = Arc::clone(&noted);
    let job = Job::new(CancellationToken::new(), move |progress| {
        let shown = serde_json::to_string(&progress).unwrap();
        if let Progress::Browser { url, page, .. } = progress {
            let query = page.reveal().split_once('?').map_or("", |(_, query)| query);
            let secret = |name: &str| query.split('&').find_map(|pair| pair.strip_prefix(&format!("{name}="))).map(str::to_owned);
            assert!(!shown.contains("state") && !shown.contains("nonce"), "the screen is told of neither: {shown}");
            inside.lock().unwrap_or_else(PoisonError::into_inner).extend([secret("state"), secret("nonce")].into_iter().flatten());
            tokio::spawn(async move { visit(&url, &Person::Admin).await });
        }
    });
    Box::pin(sign_in(&rehearsal.desk, TenantRef { tenant: rehearsal.tenant.id }, &job)).await.unwrap();
    let noted = noted.lock().unwrap_or_else(PoisonError::into_inner).clone();
    assert_eq!(noted.len(), 2, "the address carries a state and a nonce");
    noted
}

/// The ways in which a secret may be written down.
fn forms(secret: &str) -> Vec<String> {
    use base64::Engine;
    use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
    let hex = secret.bytes().map(|byte| format!("{byte:02x}")).collect();
    let wide = secret.chars().flat_map(|c| [c, '\0']).collect();
    vec![secret.to_owned(), STANDARD_NO_PAD.encode(secret), URL_SAFE_NO_PAD.encode(secret), hex, wide, secret.chars().rev().collect()]
}

fn file_with(folder: &Path, needle: &[u8]) -> Option<String> {
    std::fs::read_dir(folder).unwrap().flatten().find_map(|entry| {
        let path = entry.path();
        if path.is_dir() {
            return file_with(&path, needle);
        }
        contains(&std::fs::read(&path).unwrap_or_default(), needle).then(|| path.display().to_string())
    })
}

fn contains(hay: &[u8], needle: &[u8]) -> bool {
    hay.windows(needle.len()).any(|window| window == needle)
}

/// Everything that was logged.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap_or_else(PoisonError::into_inner)).into_owned()
    }
}

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}
