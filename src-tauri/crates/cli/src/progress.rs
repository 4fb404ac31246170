//! Progress of long work: a bar on a terminal, a line every few seconds elsewhere, on stderr in any case.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use rollcall_core::bound::Bound;
use rollcall_core::time::Timestamp;
use rollcall_ops::job::{Job, Progress, Proven, Synced, Verified};
use rollcall_sandbox::browser::{self, Person};
use tokio_util::sync::CancellationToken;
use url::Url;

use crate::moment::near;
use crate::screen::Screen;
use crate::text::{count, counted, range, rate};
use crate::{start, words};

/// Between two lines where there is no terminal.
const EVERY: Duration = Duration::from_secs(5);

/// What can't open a browser says so sooner.
const UNTIL_OPEN: Duration = Duration::from_secs(5);

/// How an address that a person has to visit gets to a browser.
#[derive(Debug, Clone)]
pub enum Browser {
    /// The system's browser opens it.
    Open,
    /// It is written to stdout, and whoever reads it opens it.
    Print,
    /// The practice tenant's own person visits it.
    Person(Person),
}

/// Whether a job was stopped because no browser could be opened and nobody is there to open one.
#[derive(Debug, Clone, Default)]
pub struct Unopened(Arc<AtomicBool>);

impl Unopened {
    pub fn is_set(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// A job whose progress is shown on this screen. The bar goes when the job does.
pub fn job(screen: &Screen, stop: CancellationToken, browser: Browser, unopened: Unopened) -> Job {
    let shown = Shown { screen: screen.clone(), bar: Mutex::default(), last: Mutex::default(), unsaid: Mutex::default() };
    let shown = Arc::new(shown);
    let give_up = stop.clone();
    Job::new(stop, move |progress| match progress {
        Progress::NotKept { reason } => shown.note(&words::not_kept(reason)),
        Progress::Browser { what, url, until, page, .. } => match &browser {
            Browser::Print => {
                shown.note(&words::waiting_at(&what, &near(until, start::now())));
                shown.screen.line(page.reveal());
            }
            Browser::Person(person) => {
                let (url, person) = (page.reveal().to_owned(), person.clone());
                tokio::spawn(async move { browser::visit(&url, &person).await });
            }
            Browser::Open => {
                for line in words::waiting_for(&what, &near(until, start::now()), &url) {
                    shown.note(&line);
                }
                shown.open(url, give_up.clone(), unopened.clone());
            }
        },
        Progress::ReadingBack => shown.note("Reading back what is true now …"),
        Progress::Read { read } => shown.counting(format!("{} read, none stored", counted(read, "user", "users"))),
        Progress::Imported { read, new } => {
            shown.counting(format!("{} read, {} new", counted(read, "user", "users"), count(new)));
        }
        Progress::Asked { done, total } => shown.counting(format!("{} of {} asked", count(done), counted(total, "mailbox", "mailboxes"))),
        Progress::Written { done, total } => shown.note(&format!("{done} of {total} changes sent")),
        Progress::Verified(verified) => shown.verified(&verified, start::now()),
        Progress::Proven(proven) => shown.proven(&proven, start::now()),
        Progress::Synced(synced) => shown.synced(&synced, start::now()),
    })
}

struct Shown {
    screen: Screen,
    bar: Mutex<Option<ProgressBar>>,
    last: Mutex<Option<Instant>>,
    /// What was counted after the last line.
    unsaid: Mutex<Option<String>>,
}

impl Shown {
    /// What opens a browser sees the link only: the page's address would end up in the arguments of a process. Where none opens, a
    /// person at a terminal can go to the link by another way; with nobody there, the wait would be for nothing.
    fn open(self: &Arc<Self>, link: String, stop: CancellationToken, unopened: Unopened) {
        let shown = Arc::downgrade(self);
        // A thread of its own, because the end of the command doesn't wait for what opens a browser.
        std::thread::spawn(move || {
            if may_open(&link) && open::that_detached_with_timeout(&link, UNTIL_OPEN).is_ok() {
                return;
            }
            let Some(shown) = shown.upgrade() else { return };
            if console::Term::stderr().is_term() && !shown.screen.is_quiet() {
                shown.note("No browser could be opened here: open that address yourself.");
            } else {
                unopened.0.store(true, Ordering::Relaxed);
                stop.cancel();
            }
        });
    }

    fn note(&self, text: &str) {
        match self.bar().as_ref() {
            Some(bar) => bar.suspend(|| self.screen.note(text)),
            None => self.screen.note(text),
        }
    }

    fn counting(&self, text: String) {
        if console::Term::stderr().is_term() {
            self.draw(None, text, String::new());
        } else if self.is_time() {
            self.unsaid().take();
            self.screen.note(&text);
        } else {
            *self.unsaid() = Some(text);
        }
    }

    fn proven(&self, proven: &Proven, now: Timestamp) {
        let came_to = format!(
            "{}, {}{}",
            counted(proven.leaks, "leak", "leaks"),
            counted(proven.lock_outs, "lock-out", "lock-outs"),
            waiting(proven.waiting_until, now)
        );
        if console::Term::stderr().is_term() {
            self.draw(Some((proven.done, proven.total)), counted(proven.done, "mailbox", "mailboxes"), came_to);
        } else if self.is_time() || proven.done == proven.total {
            self.screen.note(&format!("{} of {}: {came_to}", count(proven.done), counted(proven.total, "mailbox", "mailboxes")));
        }
    }

    fn synced(&self, synced: &Synced, now: Timestamp) {
        let came_to = format!(
            "{} passed, {} failed, {} unknown{}",
            count(synced.passed),
            count(synced.failed),
            count(synced.unknown),
            waiting(synced.waiting_until, now)
        );
        if console::Term::stderr().is_term() {
            self.draw(Some((synced.done, synced.total)), counted(synced.changed, "item", "items"), came_to);
        } else if self.is_time() || synced.done == synced.total {
            self.screen.note(&format!("{} of {}: {came_to}", count(synced.done), counted(synced.total, "session", "sessions")));
        }
    }

    fn verified(&self, verified: &Verified, now: Timestamp) {
        let of = (verified.done, verified.total);
        let came_to = came_to(verified);
        match verified.waiting_until.filter(|_| verified.parked) {
            Some(until) => {
                let until = near(until, now);
                self.note(&format!(
                    "Graph asked for a pause until {until}; the run is parked and goes on by itself then. \
                     Ctrl+C ends this program; the run can be resumed."
                ));
                self.draw(Some(of), format!("parked until {until}"), came_to);
            }
            None if console::Term::stderr().is_term() => self.draw(Some(of), pace(verified, now), came_to),
            None if self.is_time() || verified.done == verified.total => {
                let done = format!("{} of {}", count(verified.done), counted(verified.total, "mailbox", "mailboxes"));
                self.screen.note(&format!("{done}: {}; {came_to}", pace(verified, now)));
            }
            None => {}
        }
    }

    /// Brings the bar up to date, where there is a terminal: one line with how fast it goes, and one with what it came to.
    fn draw(&self, of: Option<(u32, u32)>, pace: String, came_to: String) {
        if self.screen.is_quiet() || !console::Term::stderr().is_term() {
            return;
        }
        let mut slot = self.bar();
        let bar = slot.get_or_insert_with(|| bar(of.is_some()));
        if let Some((done, total)) = of {
            bar.set_length(total.into());
            bar.set_position(done.into());
        }
        bar.set_message(pace);
        bar.set_prefix(came_to);
        bar.tick();
    }

    fn is_time(&self) -> bool {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        let time = last.is_none_or(|last| now.duration_since(last) >= EVERY);
        if time {
            *last = Some(now);
        }
        time
    }

    fn unsaid(&self) -> MutexGuard<'_, Option<String>> {
        self.unsaid.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn bar(&self) -> MutexGuard<'_, Option<ProgressBar>> {
        self.bar.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Shown {
    fn drop(&mut self) {
        if let Some(bar) = self.bar().take() {
            bar.finish_and_clear();
        }
        // The last line tells how far it came, not how far it was some seconds before.
        if let Some(text) = self.unsaid().take() {
            self.screen.note(&text);
        }
    }
}

/// How far it is, how fast it goes, how long it will take from here, and what keeps it from going faster.
fn pace(verified: &Verified, now: Timestamp) -> String {
    let Verified { done, total, per_second, seconds_left, bound, waiting_until, .. } = verified;
    let percent = u64::from(*done) * 100 / u64::from(*total).max(1);
    let mut text = format!("{percent} %, {} a second", rate(*per_second));
    if done < total {
        if let Some(left) = seconds_left {
            text.push_str(&format!(", {} left", range(*left)));
        }
        text.push_str(&format!(", bound by {}", words::of_bound(*bound)));
        match waiting_until {
            Some(until) if *bound == Bound::Pause => text.push_str(&format!(" until {}", near(*until, now))),
            Some(until) => text.push_str(&format!("; all that is left is asked again at {}", near(*until, now))),
            None => {}
        }
    }
    text
}

/// Until when everything waits, behind what it came to so far.
fn waiting(until: Option<Timestamp>, now: Timestamp) -> String {
    until.map(|until| format!("; Graph asked for a pause until {}", near(until, now))).unwrap_or_default()
}

fn came_to(verified: &Verified) -> String {
    format!("{} passed, {} failed, {} unknown", count(verified.passed), count(verified.failed), count(verified.unknown))
}

fn bar(counts: bool) -> ProgressBar {
    let bar = ProgressBar::with_draw_target(counts.then_some(0), ProgressDrawTarget::stderr());
    let template = if counts { "{bar:16.cyan/dim} {human_pos} of {human_len}  {wide_msg}\n{prefix}" } else { "{spinner:.cyan} {msg}" };
    match ProgressStyle::with_template(template) {
        Ok(style) => bar.with_style(style.progress_chars("━━─")),
        Err(_) => bar,
    }
}

/// Only what a browser is for: https, or this computer's own loopback. Never a file or another program's scheme.
fn may_open(url: &str) -> bool {
    Url::parse(url).is_ok_and(|url| match url.scheme() {
        "https" => true,
        "http" => matches!(url.host_str(), Some("127.0.0.1" | "localhost" | "[::1]")),
        _ => false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn progress_says_how_fast_how_long_and_what_bounds_it() {
        let now = Timestamp(1_772_323_200_000);
        let half =
            Verified { done: 400, total: 800, per_second: 95.2, seconds_left: Some((4, 6)), bound: Bound::Share, ..Verified::default() };
        assert_eq!(pace(&half, now), "50 %, 95 a second, 4 to 6 s left, bound by what is left to the integration's own work");
        let waiting = Verified { bound: Bound::Pause, seconds_left: None, waiting_until: Some(Timestamp(now.0 + 120_000)), ..half.clone() };
        assert_eq!(pace(&waiting, now), "50 %, 95 a second, bound by a pause that Graph asked for until 00:02 UTC");
        let put_off = Verified { bound: Bound::Work, seconds_left: None, ..waiting.clone() };
        assert!(pace(&put_off, now).ends_with("; all that is left is asked again at 00:02 UTC"), "{}", pace(&put_off, now));
        assert_eq!(pace(&Verified { done: 800, ..half }, now), "100 %, 95 a second", "nothing bounds what is over");
    }

    #[test]
    fn a_pause_is_said_with_its_end() {
        let now = Timestamp(1_772_323_200_000);
        assert_eq!(waiting(None, now), "");
        assert_eq!(waiting(Some(Timestamp(now.0 + 120_000)), now), "; Graph asked for a pause until 00:02 UTC");
    }

    #[test]
    fn only_web_addresses_are_opened() {
        assert!(may_open("https://login.microsoftonline.com/x"));
        assert!(may_open("http://127.0.0.1:8400/p/x"));
        for other in ["http://login.example/", "file:///etc/passwd", "ms-settings:", "javascript:1", "--help", ""] {
            assert!(!may_open(other), "{other}");
        }
    }
}
