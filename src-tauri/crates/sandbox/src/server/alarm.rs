//! Waits to the tenth of a millisecond: the runtime's own timer rounds up to whole milliseconds, which would be measured as slowness.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::io;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread;
use std::time::Instant;

use tokio::sync::oneshot;

/// A thread that wakes whoever waits, when it is time. It ends with its last owner.
pub(crate) struct Alarm(Sender<Bell>);

struct Bell {
    at: Instant,
    ring: oneshot::Sender<()>,
}

impl Alarm {
    /// # Errors
    /// When the system gives no thread.
    pub(crate) fn new() -> io::Result<Alarm> {
        let (sender, orders) = mpsc::channel();
        thread::Builder::new().name("practice-alarm".to_owned()).spawn(move || keep(&orders))?;
        Ok(Alarm(sender))
    }

    /// Returns at this moment; at once when it is over.
    pub(crate) async fn until(&self, at: Instant) {
        if at <= Instant::now() {
            return;
        }
        let (ring, rung) = oneshot::channel();
        // Without its thread, which never ends before this, nobody is kept waiting.
        if self.0.send(Bell { at, ring }).is_ok() {
            let _ = rung.await;
        }
    }
}

fn keep(orders: &Receiver<Bell>) {
    let mut bells: BinaryHeap<Reverse<Bell>> = BinaryHeap::new();
    loop {
        let now = Instant::now();
        while let Some(bell) = due(&mut bells, now) {
            // Whoever no longer waits has hung up.
            let _ = bell.ring.send(());
        }
        let order = match bells.peek() {
            Some(Reverse(next)) => orders.recv_timeout(next.at.saturating_duration_since(Instant::now())),
            None => orders.recv().map_err(|_| RecvTimeoutError::Disconnected),
        };
        match order {
            Ok(bell) => bells.push(Reverse(bell)),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return,
        }
    }
}

fn due(bells: &mut BinaryHeap<Reverse<Bell>>, now: Instant) -> Option<Bell> {
    let Reverse(next) = bells.peek()?;
    if next.at <= now { bells.pop().map(|Reverse(bell)| bell) } else { None }
}

impl Ord for Bell {
    fn cmp(&self, other: &Bell) -> std::cmp::Ordering {
        self.at.cmp(&other.at)
    }
}

impl PartialOrd for Bell {
    fn partial_cmp(&self, other: &Bell) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Bell {
    fn eq(&self, other: &Bell) -> bool {
        self.at == other.at
    }
}

impl Eq for Bell {}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[tokio::test]
    async fn nobody_is_woken_early_and_who_waits_shorter_is_woken_first() {
        let alarm = Alarm::new().unwrap();
        let began = Instant::now();
        let after = |ms| {
            let alarm = &alarm;
            async move {
                alarm.until(began + Duration::from_millis(ms)).await;
                began.elapsed()
            }
        };
        let (long, short, over) = tokio::join!(after(60), after(20), after(0));
        assert!(long >= Duration::from_millis(60) && short >= Duration::from_millis(20));
        assert!(over < short && short < long);
    }
}
