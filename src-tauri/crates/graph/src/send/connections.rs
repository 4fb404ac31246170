//! The connections to one host: reused by every request, and given up for new ones when the service says it can't go on.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use reqwest::Client;
use rollcall_core::time::Timestamp;

use crate::pace::Pace;

/// Requests that fail together have failed on the same connections, which are replaced once.
const BETWEEN: Duration = Duration::from_secs(5);

pub(super) struct Connections {
    pace: Pace,
    here: bool,
    current: Mutex<(Client, Option<Timestamp>)>,
}

impl Connections {
    /// `here` is for a Graph on this computer. `None` when the system's certificates can't be read.
    pub fn new(pace: &Pace, here: bool) -> Option<Self> {
        let client = client(pace, here)?;
        Some(Self { pace: pace.clone(), here, current: Mutex::new((client, None)) })
    }

    /// What requests leave through.
    pub fn client(&self) -> Client {
        self.current().0.clone()
    }

    /// From now on requests leave through new connections; those under way end on the old ones.
    pub fn renew(&self, now: Timestamp) {
        let mut current = self.current();
        if current.1.is_some_and(|last| now.since(last) < BETWEEN) {
            return;
        }
        if let Some(client) = client(&self.pace, self.here) {
            *current = (client, Some(now));
        }
    }

    fn current(&self) -> MutexGuard<'_, (Client, Option<Timestamp>)> {
        self.current.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn client(pace: &Pace, here: bool) -> Option<Client> {
    // Fails only when a provider was installed before, which is then the one to use.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let builder = Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .connect_timeout(pace.connect)
        .read_timeout(pace.read)
        .timeout(pace.whole)
        .referer(false)
        // Pages of a megabyte must not wait for window updates, and a connection that a sleep has killed is noticed.
        .http2_adaptive_window(true)
        .http2_keep_alive_interval(Duration::from_secs(30))
        .user_agent(concat!("Rollcall/", env!("CARGO_PKG_VERSION")));
    // A proxy has no business between this computer and itself.
    let builder = if here { builder.no_proxy() } else { builder.https_only(true) };
    builder.build().ok()
}
