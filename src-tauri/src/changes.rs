//! Changes of the data, as often as a screen can follow: many commits of a moment are one event.

use std::time::Duration;

use tokio::sync::watch;

/// The screens hear of changes at most five times a second.
const BETWEEN: Duration = Duration::from_millis(200);

/// Tells each revision that comes: the first one at once, those of the next moment together when it is over, so that the last
/// revision is always told. Ends when nobody can send one any more.
pub async fn tell(mut revisions: watch::Receiver<u64>, hear: impl Fn(u64) + Send) {
    while revisions.changed().await.is_ok() {
        let revision = *revisions.borrow_and_update();
        hear(revision);
        tokio::time::sleep(BETWEEN).await;
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use tokio::time::{Instant, sleep};

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_thousand_commits_a_second_are_five_events_and_the_last_revision_arrives() {
        let (commits, revisions) = watch::channel(0);
        let heard = Arc::new(Mutex::new(Vec::new()));
        let started = Instant::now();
        let telling = tokio::spawn(tell(revisions, {
            let heard = Arc::clone(&heard);
            move |revision| heard.lock().unwrap().push((started.elapsed(), revision))
        }));
        for revision in 1..=2_000 {
            commits.send_replace(revision);
            sleep(Duration::from_millis(1)).await;
        }
        sleep(Duration::from_secs(5)).await;
        drop(commits);
        telling.await.unwrap();

        let heard = heard.lock().unwrap();
        assert!(heard[0].0 < Duration::from_millis(2) && heard[0].1 == 1, "the first is told at once: {:?}", heard[0]);
        assert_eq!(heard.last().unwrap().1, 2_000, "the last one is told");
        assert!(heard.last().unwrap().0 <= Duration::from_millis(2_201), "and soon: {:?}", heard.last());
        for five in heard.windows(6) {
            assert!(five[5].0 - five[0].0 >= Duration::from_secs(1), "more than five in a second: {five:?}");
        }
        assert!(heard.len() >= 10, "it goes on while changes come: {heard:?}");
    }
}
