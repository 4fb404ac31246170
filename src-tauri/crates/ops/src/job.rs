//! What a verb needs of its caller while it works: a way to be stopped, and an ear for progress.

use std::fmt;
use std::sync::Arc;

use rollcall_core::bound::Bound;
use rollcall_core::time::Timestamp;
use rollcall_identity::loopback::Invitation;
use rollcall_identity::vault::Reason as NoKeychain;
use serde::Serialize;
use tokio_util::sync::CancellationToken;
use ts_rs::TS;

/// What long work says while it goes on.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Progress {
    /// The keychain can't be used: the sign-in that is about to be asked for holds for this session only, and why.
    NotKept { reason: NoKeychain },
    /// A person has to act in the browser. The face opens the page; the address is on this computer, leads there, and is what
    /// may be shown and copied.
    Browser {
        what: AtBrowser,
        url: String,
        /// When it is waited for no longer.
        until: Timestamp,
        /// Whether the face could open the page. It passes this on once more where that turns out to have failed.
        opened: bool,
        #[serde(skip)]
        #[ts(skip)]
        page: Page,
    },
    /// The browser has answered; Graph is being read to see what is true.
    ReadingBack,
    /// Users read from the directory, nothing of which is stored.
    Read { read: u32 },
    /// Users read from the directory and stored.
    Imported { read: u32, new: u32 },
    /// Mailboxes that were asked what they are, of so many.
    Asked { done: u32, total: u32 },
    /// Writes to the tenant that were made, of so many.
    Written { done: u32, total: u32 },
    /// A verification run: everything counted here is on disk.
    Verified(Verified),
    /// A proof of an access scope: everything counted here is on disk.
    Proven(Proven),
    /// Sync sessions: everything counted here is on disk.
    Synced(Synced),
}

/// What a person has to do in the browser.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum AtBrowser {
    SignIn,
    /// Sign in, and allow Rollcall these permissions on top.
    Allow {
        scopes: Vec<String>,
    },
    /// Consent for the integration.
    Consent,
}

/// The address of Microsoft's page. It carries the state and the nonce of the attempt, so it goes to the browser and nowhere
/// else: no screen, no log.
#[derive(Clone, PartialEq, Eq)]
pub struct Page(String);

impl Page {
    /// The address, for the one place that opens it.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Page {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Page")
    }
}

impl Progress {
    /// The way to a page of Microsoft's on which somebody has to do something. Faces take it for opened until they know better.
    pub(crate) fn inviting(invitation: &Invitation, what: AtBrowser, until: Timestamp) -> Self {
        Self::Browser { what, url: invitation.link.to_string(), until, opened: true, page: Page(invitation.page.to_string()) }
    }
}

/// How far a verification run is.
#[derive(Debug, Clone, Default, PartialEq, Serialize, TS)]
pub struct Verified {
    pub run: u32,
    /// Mailboxes whose every probe is settled.
    pub done: u32,
    pub total: u32,
    pub passed: u32,
    pub failed: u32,
    pub unknown: u32,
    /// Mailboxes a second, over the time that this sitting has worked.
    pub per_second: f64,
    /// Between how many seconds it will probably take from here.
    pub seconds_left: Option<(u32, u32)>,
    /// Requests sent, and answers that asked to wait, in this sitting.
    pub requests: u32,
    pub throttled: u32,
    /// Requests under way, and how many may be.
    pub in_flight: u32,
    pub allowed: u32,
    /// What keeps it from going faster.
    pub bound: Bound,
    /// Until when nothing is asked: Graph asked for it where that is the bound, else all that is left was put off.
    pub waiting_until: Option<Timestamp>,
    /// Whether the run is parked until then: the wait is a long one, and nothing is under way.
    pub parked: bool,
}

/// How far a proof of an access scope is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, TS)]
pub struct Proven {
    pub proof: u32,
    pub organization: u32,
    /// Mailboxes that have come to something, of so many.
    pub done: u32,
    pub total: u32,
    pub leaks: u32,
    pub lock_outs: u32,
    /// Until when everything waits because Graph asked for it.
    pub waiting_until: Option<Timestamp>,
}

/// How far the sync sessions of an organization are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, TS)]
pub struct Synced {
    pub organization: u32,
    /// Sessions that have ended, of so many users.
    pub done: u32,
    pub total: u32,
    pub passed: u32,
    pub failed: u32,
    pub unknown: u32,
    /// Items that are new or changed, and gone.
    pub changed: u32,
    pub removed: u32,
    /// Mailboxes that became initialized.
    pub initialized: u32,
    /// Until when everything waits because Graph asked for it.
    pub waiting_until: Option<Timestamp>,
}

/// The caller's side of one call.
#[derive(Clone)]
pub struct Job {
    /// Cancelled when the caller wants the work to stop at the next safe point.
    pub stop: CancellationToken,
    ear: Arc<dyn Fn(Progress) + Send + Sync>,
}

impl Job {
    /// A job whose progress goes to `ear`.
    pub fn new(stop: CancellationToken, ear: impl Fn(Progress) + Send + Sync + 'static) -> Self {
        Self { stop, ear: Arc::new(ear) }
    }

    /// A job that nobody listens to and nobody stops.
    #[must_use]
    pub fn quiet() -> Self {
        Self::new(CancellationToken::new(), |_| {})
    }

    /// Tells the caller how far the work is.
    pub fn tell(&self, progress: Progress) {
        (self.ear)(progress);
    }
}
