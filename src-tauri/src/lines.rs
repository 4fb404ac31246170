//! Progress on its way to the screen: a burst is told as its newest line, and soon; what somebody has to see is never left out.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rollcall_ops::job::Progress;
use tokio::sync::Notify;
use tokio::time::Instant;

/// Between two lines. Four a second, and what is left goes with the answer: with that it is five.
const BETWEEN: Duration = Duration::from_millis(250);

/// The lines of one call.
pub struct Lines<S> {
    screen: S,
    inner: Mutex<Inner>,
    /// A line waits for its time.
    waits: Notify,
}

#[derive(Default)]
struct Inner {
    last: Option<Instant>,
    unsent: VecDeque<Progress>,
}

impl<S: Fn(Progress)> Lines<S> {
    /// Lines that go to this screen.
    pub fn new(screen: S) -> Self {
        Self { screen, inner: Mutex::default(), waits: Notify::new() }
    }

    /// Tells a line: at once where none was told lately, else when it is time.
    pub fn tell(&self, line: Progress, now: Instant) {
        let mut inner = self.inner();
        let at_once = at_once(&line);
        match inner.unsent.back_mut() {
            Some(last) if !at_once && !must_be_seen(last) => *last = line,
            Some(_) | None => inner.unsent.push_back(line),
        }
        if at_once {
            self.send_all(&mut inner);
        } else {
            self.send_due(&mut inner, now);
        }
        if !inner.unsent.is_empty() {
            self.waits.notify_one();
        }
    }

    /// Does the work, and sends meanwhile what waits for its time. When it returns, all that was told is sent.
    pub async fn beside<T>(&self, work: impl Future<Output = T>) -> T {
        let mut work = std::pin::pin!(work);
        let answer = loop {
            let next = self.next();
            tokio::select! {
                biased;
                answer = &mut work => break answer,
                () = tokio::time::sleep_until(next.unwrap_or_else(Instant::now)), if next.is_some() => {
                    self.send_due(&mut self.inner(), Instant::now());
                }
                () = self.waits.notified(), if next.is_none() => {}
            }
        };
        self.send_all(&mut self.inner());
        answer
    }

    /// When the line is due that waits, if one does.
    fn next(&self) -> Option<Instant> {
        let inner = self.inner();
        inner.last.filter(|_| !inner.unsent.is_empty()).map(|last| last + BETWEEN)
    }

    fn send_due(&self, inner: &mut Inner, now: Instant) {
        if inner.last.is_none_or(|last| now.saturating_duration_since(last) >= BETWEEN)
            && let Some(line) = inner.unsent.pop_front()
        {
            inner.last = Some(now);
            (self.screen)(line);
        }
    }

    fn send_all(&self, inner: &mut Inner) {
        inner.unsent.drain(..).for_each(&self.screen);
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What a person has to act on, and what is told once in a call, is not held back.
const fn at_once(line: &Progress) -> bool {
    match line {
        Progress::Browser { .. } | Progress::NotKept { .. } | Progress::ReadingBack => true,
        Progress::Read { .. }
        | Progress::Asked { .. }
        | Progress::Imported { .. }
        | Progress::Written { .. }
        | Progress::Verified(_)
        | Progress::Proven(_)
        | Progress::Synced(_) => false,
    }
}

/// Whether a later line doesn't take its place: that the work is parked, and that it is done.
const fn must_be_seen(line: &Progress) -> bool {
    match line {
        Progress::Verified(line) => line.parked || line.done == line.total,
        Progress::Proven(line) => line.done == line.total,
        Progress::Synced(line) => line.done == line.total,
        Progress::Asked { done, total } | Progress::Written { done, total } => *done == *total,
        Progress::Browser { .. } | Progress::NotKept { .. } | Progress::ReadingBack | Progress::Read { .. } | Progress::Imported { .. } => {
            false
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rollcall_core::time::Timestamp;
    use rollcall_ops::job::Verified;

    fn checked(done: u32) -> Progress {
        Progress::Verified(Verified { done, total: 1_000, ..Verified::default() })
    }

    fn parked() -> Progress {
        Progress::Verified(Verified { done: 30, total: 1_000, parked: true, waiting_until: Some(Timestamp(9)), ..Verified::default() })
    }

    /// A screen that keeps what it is told, and when.
    type Seen = Mutex<Vec<(Progress, Instant)>>;

    fn screen(seen: &Seen) -> Lines<impl Fn(Progress)> {
        Lines::new(|line| seen.lock().unwrap().push((line, Instant::now())))
    }

    fn said(seen: &Seen) -> Vec<Progress> {
        seen.lock().unwrap().iter().map(|(line, _)| line.clone()).collect()
    }

    #[tokio::test(start_paused = true)]
    async fn that_a_run_is_parked_arrives_after_a_burst_and_soon() {
        let seen = Seen::default();
        let lines = screen(&seen);
        lines
            .beside(async {
                (1..=30).for_each(|done| lines.tell(checked(done), Instant::now()));
                lines.tell(parked(), Instant::now());
                let told = Instant::now();
                tokio::time::sleep(Duration::from_secs(900)).await;
                let (last, at) = seen.lock().unwrap().last().cloned().unwrap();
                assert_eq!(last, parked(), "the work says nothing more for a quarter of an hour");
                assert!(at - told <= BETWEEN, "{:?}", at - told);
            })
            .await;
        assert_eq!(said(&seen), [checked(1), parked()]);
    }

    #[tokio::test(start_paused = true)]
    async fn the_newest_line_is_never_older_than_the_time_between_two() {
        let seen = Seen::default();
        let lines = screen(&seen);
        lines
            .beside(async {
                for done in 1..=900 {
                    lines.tell(checked(done), Instant::now());
                    tokio::time::sleep(Duration::from_millis(10)).await;
                }
                tokio::time::sleep(BETWEEN).await;
                assert_eq!(said(&seen).last(), Some(&checked(900)));
                lines.tell(checked(1_000), Instant::now());
            })
            .await;
        assert_eq!(said(&seen).last(), Some(&checked(1_000)), "the end is told before the answer");
        let at: Vec<Instant> = seen.lock().unwrap().iter().map(|(_, at)| *at).collect();
        for six in at.windows(6) {
            assert!(six[5] - six[0] >= Duration::from_secs(1), "six lines within a second");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn what_must_be_seen_is_seen_before_what_comes_after_it() {
        let seen = Seen::default();
        let lines = screen(&seen);
        lines
            .beside(async {
                for line in [checked(1), checked(2), parked(), checked(3), checked(4)] {
                    lines.tell(line, Instant::now());
                }
                lines.tell(Progress::ReadingBack, Instant::now());
                assert_eq!(said(&seen).last(), Some(&Progress::ReadingBack), "it waits for nothing");
            })
            .await;
        assert_eq!(said(&seen), [checked(1), parked(), checked(4), Progress::ReadingBack]);
    }
}
