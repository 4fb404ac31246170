//! The one window: built from Rust, kept on its own pages, told of every change of the data.

use std::sync::Arc;

use anyhow::Context;
use rollcall_ops::desk::Desk;
use rollcall_ops::error::Result;
use rollcall_ops::job::Job;
use rollcall_ops::practice::open::{self, OpenPractice};
use rollcall_ops::sync::keep::keep;
use tauri::{AppHandle, Emitter, Manager, Url, WebviewUrl, WebviewWindowBuilder};
use tokio_util::sync::CancellationToken;
use tracing::warn;

use crate::changes;
use crate::door::{self, Door};
use crate::save;
use crate::start;

/// The label that the capability file names.
const LABEL: &str = "main";

/// Opens the window and stays until it is closed. With `practice`, the practice tenant is connected first.
pub fn run(practice: bool) -> anyhow::Result<()> {
    tauri::Builder::default()
        .plugin(tauri_plugin_single_instance::init(|app, _, _| focus(app)))
        .plugin(tauri_plugin_window_state::Builder::default().build())
        .invoke_handler(tauri::generate_handler![door::call, door::stop, door::open_external, save::save_file])
        .setup(move |app| {
            // A desk that can't be opened is asked for again by the first call, whose answer the screen then shows.
            let desk = tauri::async_runtime::block_on(open_desk(app.handle())).ok();
            // A practice tenant ends with the program, so one that was connected before is started again.
            let wanted = |desk: &&Arc<Desk>| practice || tauri::async_runtime::block_on(open::is_known(desk));
            if let Some(desk) = desk.as_ref().filter(wanted) {
                let opened = tauri::async_runtime::block_on(Box::pin(open::open(desk, OpenPractice::default(), &Job::quiet())));
                if let Err(error) = opened {
                    warn!("The practice tenant could not be opened: {error}");
                }
            }
            app.manage(Door::new(app.handle().clone(), desk));
            WebviewWindowBuilder::new(app, LABEL, WebviewUrl::App("index.html".into()))
                .title("Rollcall")
                .inner_size(1280.0, 860.0)
                .min_inner_size(1024.0, 640.0)
                .on_navigation(is_our_own)
                .build()?;
            Ok(())
        })
        .run(tauri::generate_context!())
        .context("Tauri")
}

/// Opens the desk, tells the window of its changes from then on, and keeps its organizations synchronized until the program ends.
pub async fn open_desk(app: &AppHandle) -> Result<Arc<Desk>> {
    let desk = Arc::new(start::desk().await?);
    tell_changes(app, &desk);
    tauri::async_runtime::spawn(keep(Arc::clone(&desk), CancellationToken::new()));
    Ok(desk)
}

/// The app's own pages, and nothing else: whatever a page or a stray link asks for.
fn is_our_own(url: &Url) -> bool {
    let bundled = (url.scheme() == "tauri" && url.host_str() == Some("localhost")) || url.host_str() == Some("tauri.localhost");
    let development = cfg!(debug_assertions) && !cfg!(feature = "custom-protocol") && url.host_str() == Some("localhost");
    bundled || development
}

fn focus(app: &AppHandle) {
    if let Some(window) = app.get_webview_window(LABEL) {
        let shown = window.unminimize().and_then(|()| window.show()).and_then(|()| window.set_focus());
        if shown.is_err() {
            warn!("The window could not be brought to the front");
        }
    }
}

/// One `changed` event for all the commits of a moment.
fn tell_changes(app: &AppHandle, desk: &Desk) {
    let (sender, revisions) = tokio::sync::watch::channel(0);
    desk.on_change(move |revision| {
        sender.send_replace(revision);
    });
    let app = app.clone();
    tauri::async_runtime::spawn(changes::tell(revisions, move |revision| {
        if app.emit("changed", revision).is_err() {
            warn!("The window could not be told of a change");
        }
    }));
}

#[cfg(test)]
mod tests {
    use super::is_our_own;

    #[test]
    fn the_window_stays_on_its_own_pages() {
        for (address, ours) in [
            ("tauri://localhost/index.html", true),
            ("http://tauri.localhost/", true),
            ("http://tauri.attacker.example/", false),
            ("https://login.microsoftonline.com/", false),
            ("data:text/html,x", false),
            ("about:blank", false),
            ("file:///etc/passwd", false),
        ] {
            assert_eq!(is_our_own(&address.parse().unwrap()), ours, "{address}");
        }
    }
}
