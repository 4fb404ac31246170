//! Progress of long work: a bar on a terminal, a line every few seconds elsewhere, on stderr in any case.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use rollcall_ops::job::{Job, Page, Progress, Verified};
use rollcall_sandbox::browser::{self, Person};
use tokio_util::sync::CancellationToken;
use url::Url;

use crate::screen::Screen;
use crate::text::{count, counted, range};

/// Between two lines where there is no terminal.
const EVERY: Duration = Duration::from_secs(5);

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

/// A job whose progress is shown on this screen. The bar goes when the job does.
pub fn job(screen: &Screen, stop: CancellationToken, browser: Browser) -> Job {
    let shown = Shown { screen: screen.clone(), bar: Mutex::default(), last: Mutex::default() };
    let shown = Arc::new(shown);
    Job::new(stop, move |progress| match progress {
        Progress::Browser { url, page } => shown.visit(&url, &page, &browser),
        Progress::ReadingBack => shown.note("Reading back what is true now …"),
        Progress::Imported { read, new } => shown.imported(read, new),
        Progress::Verified(verified) => shown.verified(&verified),
    })
}

struct Shown {
    screen: Screen,
    bar: Mutex<Option<ProgressBar>>,
    last: Mutex<Option<Instant>>,
}

impl Shown {
    /// What opens a browser sees the link only: the page's address would end up in the arguments of a process.
    fn visit(&self, link: &str, page: &Page, browser: &Browser) {
        match browser {
            Browser::Print => self.screen.line(page.reveal()),
            Browser::Person(person) => {
                let (url, person) = (page.reveal().to_owned(), person.clone());
                tokio::spawn(async move { browser::visit(&url, &person).await });
            }
            Browser::Open => {
                if may_open(link) && open::that_detached(link).is_ok() {
                    self.note("Continue in the browser. If its page shows an error, press Ctrl+C and check the client id and its redirect address.");
                } else {
                    self.screen.note("No browser could be opened. Open this address yourself; Ctrl+C gives up:");
                    self.screen.note(link);
                }
            }
        }
    }

    fn note(&self, text: &str) {
        match self.bar().as_ref() {
            Some(bar) => bar.suspend(|| self.screen.note(text)),
            None => self.screen.note(text),
        }
    }

    fn imported(&self, read: u32, new: u32) {
        let text = format!("{} read, {} new", counted(read, "user", "users"), count(new));
        self.show(&text, None);
    }

    fn verified(&self, verified: &Verified) {
        let mut text = format!("{} passed, {} failed, {} unknown", count(verified.passed), count(verified.failed), count(verified.unknown));
        match (verified.waiting_until, verified.seconds_left) {
            (Some(_), _) => text.push_str(", waiting because Graph asked for it"),
            (None, Some(left)) if verified.done < verified.total => text.push_str(&format!(", {} left", range(left))),
            (None, _) => {}
        }
        self.show(&text, Some((verified.done, verified.total)));
    }

    fn show(&self, text: &str, of: Option<(u32, u32)>) {
        if self.screen.is_quiet() {
            return;
        }
        if console::Term::stderr().is_term() {
            let mut slot = self.bar();
            let bar = slot.get_or_insert_with(|| bar(of.is_some()));
            if let Some((done, total)) = of {
                bar.set_length(total.into());
                bar.set_position(done.into());
            }
            bar.set_message(text.to_owned());
            bar.tick();
        } else if self.is_time() || of.is_some_and(|(done, total)| done == total) {
            let share = of.map(|(done, total)| format!("{} of {}: ", count(done), counted(total, "mailbox", "mailboxes")));
            self.screen.note(&format!("{}{text}", share.unwrap_or_default()));
        }
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

    fn bar(&self) -> MutexGuard<'_, Option<ProgressBar>> {
        self.bar.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Shown {
    fn drop(&mut self) {
        if let Some(bar) = self.bar().take() {
            bar.finish_and_clear();
        }
    }
}

fn bar(counts: bool) -> ProgressBar {
    let bar = ProgressBar::with_draw_target(counts.then_some(0), ProgressDrawTarget::stderr());
    let template = if counts { "{bar:16.cyan/dim} {human_pos} of {human_len}  {wide_msg}" } else { "{spinner:.cyan} {msg}" };
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
    use super::may_open;

    #[test]
    fn only_web_addresses_are_opened() {
        assert!(may_open("https://login.microsoftonline.com/x"));
        assert!(may_open("http://127.0.0.1:8400/p/x"));
        for other in ["http://login.example/", "file:///etc/passwd", "ms-settings:", "javascript:1", "--help", ""] {
            assert!(!may_open(other), "{other}");
        }
    }
}
