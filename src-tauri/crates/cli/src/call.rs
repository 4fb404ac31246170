//! One call of a command: the desk it works at, the screen it answers on, and the way it is stopped.

use std::io::{self, BufRead, IsTerminal};

use rollcall_core::rules::Reason;
use rollcall_ops::about;
use rollcall_ops::desk::Desk;
use rollcall_ops::error::{Code, Error, Result};
use rollcall_ops::job::Job;
use rollcall_ops::tenants::sign_in::Kept;
use tokio_util::sync::CancellationToken;

use crate::progress::{self, Browser, Unopened};
use crate::screen::Screen;
use crate::words;

/// What every command on the desk is handed.
pub struct Call {
    pub desk: Desk,
    pub screen: Screen,
    pub stop: CancellationToken,
    unopened: Unopened,
}

impl Call {
    pub fn new(desk: Desk, screen: Screen, stop: CancellationToken) -> Self {
        Self { desk, screen, stop, unopened: Unopened::default() }
    }

    /// A job whose progress is shown, and which a signal stops.
    pub fn job(&self) -> Job {
        self.job_with(Browser::Open)
    }

    /// The same, with a say in how an address gets to a browser.
    pub fn job_with(&self, browser: Browser) -> Job {
        progress::job(&self.screen, self.stop.clone(), browser, self.unopened.clone())
    }

    /// Asks on a terminal. Who can't be asked has not agreed.
    pub fn agrees(&self, question: &str) -> bool {
        if !io::stdin().is_terminal() {
            self.screen.note("Nobody can be asked here: repeat it with --yes to do it.");
            return false;
        }
        self.screen.note(&format!("{question} Type yes:"));
        let mut line = String::new();
        io::stdin().lock().read_line(&mut line).is_ok() && line.trim().eq_ignore_ascii_case("yes")
    }

    /// Says where the data went that could not be read, if that happened.
    pub fn tell_of_quarantine(&self) {
        if let Some(path) = self.desk.quarantined() {
            self.screen.note(&format!("The data was damaged. It was set aside as {} and new data was begun.", path.display()));
        }
    }

    /// Says at once that this computer has no keychain, where a sign-in is of no use to later commands without one.
    ///
    /// # Errors
    /// `Keychain`, with the reason.
    pub async fn needs_keychain(&self) -> Result<()> {
        match about::describe(&self.desk, (), &Job::quiet()).await?.keychain {
            Kept::Keychain => Ok(()),
            Kept::SessionOnly { reason } => {
                let why = words::of_keychain(reason);
                Err(Error::new(Code::Keychain, format!("nothing can be kept from one command to the next: {why}")))
            }
        }
    }

    /// Why the work was stopped, where that was for want of a browser; any other error as it is. Where the error is about a missing
    /// sign-in or secret, it tells also that this computer has no keychain to keep one in. Until when to wait is by the time of day.
    pub async fn explained(&self, error: Error) -> Error {
        let error = self.desk.told(error);
        if self.unopened.is_set() && matches!(error.code, Code::SignInCancelled | Code::Stopped) {
            return Error::new(Code::NoBrowser, "nothing was asked of Microsoft, and nothing was stored");
        }
        let missing = error.code == Code::NotSignedIn || matches!(error.reason, Some(Reason::NotSignedIn | Reason::NoSecret));
        if !missing {
            return error;
        }
        match about::describe(&self.desk, (), &Job::quiet()).await.map(|about| about.keychain) {
            Ok(Kept::SessionOnly { reason }) => {
                let before = if error.detail.is_empty() { String::new() } else { format!("{}; ", error.detail) };
                let detail = format!("{before}nothing can be kept from one command to the next: {}", words::of_keychain(reason));
                Error { detail, ..error }
            }
            Ok(Kept::Keychain) | Err(_) => error,
        }
    }
}
