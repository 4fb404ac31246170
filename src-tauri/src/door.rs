//! The door: all that the window may ask goes through `call`, which knows no command by name, and comes back as it is.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rollcall_ops::commands;
use rollcall_ops::desk::Desk;
use rollcall_ops::error::{Error, Result};
use rollcall_ops::job::{Job, Progress};
use serde_json::Value;
use tauri::ipc::Channel;
use tauri::{AppHandle, State};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tracing::warn;

use crate::lines::Lines;
use crate::window;

/// What can't open a browser says so sooner.
const UNTIL_OPEN: Duration = Duration::from_secs(5);

/// Sites that the window may open in the browser: Microsoft's own pages on permissions, consent and sign-in.
const SITES: &[&str] = &["learn.microsoft.com", "entra.microsoft.com", "admin.microsoft.com", "admin.exchange.microsoft.com"];

/// What stands behind the door: the desk, once it could be opened.
pub struct Door {
    app: AppHandle,
    desk: tokio::sync::Mutex<Option<Arc<Desk>>>,
    jobs: Mutex<HashMap<String, CancellationToken>>,
}

impl Door {
    /// A door to this desk.
    pub fn new(app: AppHandle, desk: Option<Arc<Desk>>) -> Self {
        Self { app, desk: tokio::sync::Mutex::new(desk), jobs: Mutex::default() }
    }

    /// The desk. Where it could not be opened it is tried again, because whatever was in the way, another Rollcall or a full
    /// disk, may be gone by now.
    async fn desk(&self) -> Result<Arc<Desk>> {
        let mut desk = self.desk.lock().await;
        if let Some(open) = desk.as_ref() {
            return Ok(Arc::clone(open));
        }
        let opened = window::open_desk(&self.app).await?;
        *desk = Some(Arc::clone(&opened));
        Ok(opened)
    }

    fn jobs(&self) -> std::sync::MutexGuard<'_, HashMap<String, CancellationToken>> {
        self.jobs.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Asks one command of the menu.
#[tauri::command]
pub async fn call(door: State<'_, Door>, name: String, question: Value, call_id: String, progress: Channel<Progress>) -> Result<Value> {
    let stop = CancellationToken::new();
    door.jobs().insert(call_id.clone(), stop.clone());
    let screen = progress.clone();
    // The window may have been closed; the work goes on all the same.
    let lines = Arc::new(Lines::new(move |line| drop(screen.send(line))));
    let job = Job::new(stop, ear(Arc::clone(&lines), progress));
    let work = async {
        match door.desk().await {
            Ok(desk) => commands::call(&desk, &name, question, &job).await,
            Err(error) => Err(error),
        }
    };
    let answer = Box::pin(lines.beside(work)).await;
    door.jobs().remove(&call_id);
    answer
}

/// Stops a call at its next safe point; the call itself then answers.
#[tauri::command]
pub fn stop(door: State<'_, Door>, call_id: &str) {
    if let Some(stop) = door.jobs().get(call_id) {
        stop.cancel();
    }
}

/// Opens one of Microsoft's pages in the browser.
#[tauri::command]
pub fn open_external(address: &str) -> Result<()> {
    let url: tauri::Url = address.parse().map_err(|_| Error::input("address", "it is not an address"))?;
    let known = url.scheme() == "https"
        && url.host_str().is_some_and(|host| SITES.contains(&host))
        && url.port().is_none()
        && url.username().is_empty();
    if known { browse(&url) } else { Err(Error::input("address", "it is not a page of Microsoft's")) }
}

/// Passes progress on to the screen, and opens the browser where a person has to act in it.
fn ear(lines: Arc<Lines<impl Fn(Progress) + Send + Sync + 'static>>, screen: Channel<Progress>) -> impl Fn(Progress) + Send + Sync {
    move |progress| {
        lines.tell(progress.clone(), Instant::now());
        if matches!(progress, Progress::Browser { .. }) {
            open_sign_in(progress, screen.clone());
        }
    }
}

/// Opens the listener on this computer, which leads to Microsoft's page: what starts a program can be read by every other one on the
/// computer. Where no browser can be opened the screen is told, which then shows the address to open.
fn open_sign_in(told: Progress, screen: Channel<Progress>) {
    let Progress::Browser { what, url, until, page, .. } = told else { return };
    let address: Option<tauri::Url> = url.parse().ok();
    let address = address.filter(|address| address.scheme() == "http" && address.host_str() == Some("localhost"));
    // Neither the sign-in nor the screen waits for what opens the browser.
    std::thread::spawn(move || {
        if address.is_some_and(|address| open::that_detached_with_timeout(address.as_str(), UNTIL_OPEN).is_ok()) {
            return;
        }
        warn!("The browser could not be opened");
        let _ = screen.send(Progress::Browser { what, url, until, opened: false, page });
    });
}

fn browse(url: &tauri::Url) -> Result<()> {
    open::that_detached(url.as_str())
        .map_err(|error| Error::input("address", format!("the browser could not be opened: {:?}", error.kind())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_pages_of_microsoft_are_opened() {
        for bad in [
            "http://learn.microsoft.com/x",
            "https://learn.microsoft.com.evil.example/",
            "https://evil.example/?learn.microsoft.com",
            "https://learn.microsoft.com@evil.example/",
            "https://user@learn.microsoft.com/",
            "https://learn.microsoft.com:8443/",
            "file:///etc/passwd",
            "javascript:alert(1)",
            "",
        ] {
            assert!(open_external(bad).is_err(), "{bad}");
        }
    }
}
