//! Pauses that a service or a mailbox asked for, kept on disk so that they outlive the process.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rollcall_core::id::{ObjectId, TenantId};
use rollcall_core::time::Timestamp;
use rollcall_graph::gate::{BRIEF, Gate, Keeper, Lane, Pause, Paused};
use rollcall_store::{Connection, Store, StoreError, Transaction, settings};
use serde::{Deserialize, Serialize};

/// A pause as it is kept: its end by the service's own clock, and how long it was.
#[derive(Serialize, Deserialize)]
struct Kept {
    until: Timestamp,
    long_ms: u64,
}

/// Pauses that began within this time of each other may reach the disk in either order.
const TOGETHER_MS: i64 = 60_000;

/// So long after its end, whatever the clocks say, nobody needs to know of a mailbox's wait.
const LONG_AGO: Duration = Duration::from_secs(7 * 24 * 60 * 60);

impl Kept {
    const fn pause(&self) -> Pause {
        Pause { until: self.until, long: Duration::from_millis(self.long_ms) }
    }

    /// Whether this pause still holds when `other` is over. One that began well after `other` by the service's clock was kept while
    /// that clock was wrong, and outlasts nothing.
    fn outlasts(&self, other: &Self) -> bool {
        let began = |pause: &Self| pause.until.0.saturating_sub_unsigned(pause.long_ms);
        self.until >= other.until && began(self) <= began(other).saturating_add(TOGETHER_MS)
    }
}

/// What outlived the last process of the pauses in a tenant.
pub(crate) struct Outlived {
    lanes: Vec<(Lane, Pause)>,
    mailboxes: Vec<(ObjectId, Pause)>,
    /// The last process was cut off while it asked; nothing leaves before that time of day.
    in_doubt: Option<Timestamp>,
}

impl Outlived {
    /// Reads it.
    pub fn of(conn: &Connection, tenant: TenantId) -> Result<Self, StoreError> {
        let mut lanes = Vec::new();
        for lane in Lane::ALL {
            lanes.extend(settings::get::<Kept>(conn, &of_lane(tenant, lane))?.map(|kept| (lane, kept.pause())));
        }
        let mailboxes = settings::under::<Kept>(conn, &of_mailboxes(tenant))?;
        let mailboxes = mailboxes.into_iter().filter_map(|(mailbox, kept)| Some((mailbox.parse().ok()?, kept.pause()))).collect();
        Ok(Self { lanes, mailboxes, in_doubt: settings::get(conn, &of_doubt(tenant))? })
    }

    /// Has a gate that nothing has passed go by it.
    pub fn hold(self, gate: &Gate, now: Timestamp) {
        self.lanes.into_iter().for_each(|(lane, pause)| gate.restore(lane, pause));
        self.mailboxes.into_iter().for_each(|(mailbox, pause)| gate.restore_mailbox(mailbox, pause));
        if let Some(until) = self.in_doubt {
            gate.shut(until.since(now).min(BRIEF));
        }
    }
}

/// Forgets what mailboxes asked for long ago.
pub(crate) fn forget_old(tx: &Transaction<'_>, now: Timestamp) -> Result<(), StoreError> {
    for (mailbox, kept) in settings::under::<Kept>(tx, OF_MAILBOXES)? {
        if kept.until.after(LONG_AGO) < now {
            settings::remove(tx, &format!("{OF_MAILBOXES}{mailbox}"))?;
        }
    }
    Ok(())
}

/// Notes that a process was cut off while it asked something of a tenant: what it was answered in its last moments, and the
/// brief waits that it was asked for, are on no disk.
pub(crate) fn doubt(tx: &Transaction<'_>, tenant: TenantId, now: Timestamp) -> Result<(), StoreError> {
    settings::set(tx, &of_doubt(tenant), &now.after(BRIEF))
}

/// What keeps each pause of a tenant's services and mailboxes when it begins. Those that come while others are being written are written
/// together after them.
pub(crate) fn keeper(store: Arc<Store>, tenant: TenantId) -> Keeper {
    let waiting: Arc<Mutex<Vec<(String, Kept)>>> = Arc::default();
    Box::new(move |paused, pause| {
        let key = match paused {
            Paused::Lane(lane) => of_lane(tenant, lane),
            Paused::Mailbox(mailbox) => format!("{}{mailbox}", of_mailboxes(tenant)),
        };
        let kept = Kept { until: pause.until, long_ms: u64::try_from(pause.long.as_millis()).unwrap_or(u64::MAX) };
        let mut queue = waiting.lock().unwrap_or_else(PoisonError::into_inner);
        queue.push((key, kept));
        if queue.len() > 1 {
            // Whoever came first is about to take it along.
            return;
        }
        drop(queue);
        let (store, waiting) = (Arc::clone(&store), Arc::clone(&waiting));
        tokio::task::spawn_blocking(move || {
            let written = store.write(|tx| {
                let kept = std::mem::take(&mut *waiting.lock().unwrap_or_else(PoisonError::into_inner));
                kept.iter().try_for_each(|(key, kept)| keep(tx, key, kept))
            });
            if let Err(error) = written {
                tracing::warn!(%error, "A pause could not be kept; it holds for as long as this process lives");
            }
        });
    })
}

fn keep(tx: &Transaction<'_>, key: &str, kept: &Kept) -> Result<(), StoreError> {
    match settings::get::<Kept>(tx, key)? {
        Some(before) if before.outlasts(kept) => Ok(()),
        _ => settings::set(tx, key, kept),
    }
}

fn of_lane(tenant: TenantId, lane: Lane) -> String {
    format!("pause.{}.{tenant}", lane.name())
}

/// What the keys of mailboxes begin with.
const OF_MAILBOXES: &str = "pause.mailbox.";

/// The same for those of one tenant.
fn of_mailboxes(tenant: TenantId) -> String {
    format!("{OF_MAILBOXES}{tenant}.")
}

fn of_doubt(tenant: TenantId) -> String {
    format!("in_doubt.{tenant}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use rollcall_graph::gate::Visit;

    fn kept(until: i64, long_ms: u64) -> Kept {
        Kept { until: Timestamp(until), long_ms }
    }

    #[test]
    fn the_later_end_holds_whichever_was_written_first_unless_a_wrong_clock_named_it() {
        assert!(kept(110_001, 10_000).outlasts(&kept(110_000, 10_000)));
        assert!(!kept(110_000, 10_000).outlasts(&kept(110_001, 10_000)));
        assert!(kept(400_000, 300_000).outlasts(&kept(200_000, 10_000)), "a long pause that a short one came after");
        assert!(!kept(9_000_000, 10_000).outlasts(&kept(200_000, 10_000)), "it would have begun in the future");
    }

    #[tokio::test]
    async fn what_services_and_mailboxes_asked_for_is_there_for_the_next_process() {
        let folder = tempfile::tempdir().unwrap();
        let (tenant, other) = (TenantId(1), TenantId(2));
        let now = Timestamp(1_795_168_800_000);
        let store = Arc::new(Store::open(folder.path(), now).unwrap().store);
        let long = Duration::from_secs(600);
        let pause = Pause { until: now.after(long), long };
        let mailbox = |number| ObjectId(uuid::Uuid::from_u128(number));
        let keep = keeper(Arc::clone(&store), tenant);
        keep(Paused::Lane(Lane::Outlook), pause);
        (1..=50).for_each(|number| keep(Paused::Mailbox(mailbox(number)), pause));
        let outlived = |tenant| store.read(|conn| Outlived::of(conn, tenant)).unwrap();
        while outlived(tenant).mailboxes.len() < 50 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        let gate = |tenant, now| {
            let gate = Gate::new(Arc::new(|| Timestamp(0)), rollcall_graph::pace::Pace::default(), None);
            outlived(tenant).hold(&gate, now);
            gate
        };
        let held = gate(tenant, now);
        assert!(held.held(Lane::Outlook).is_some() && held.held(Lane::Directory).is_none());
        assert!(matches!(held.visit(mailbox(50)), Visit::Held { .. }));
        assert!(matches!(held.visit(mailbox(51)), Visit::Admitted(_)));
        let free = gate(other, now);
        assert!(free.held(Lane::Outlook).is_none() && matches!(free.visit(mailbox(1)), Visit::Admitted(_)), "another tenant's");

        store.write(|tx| doubt(tx, other, now)).unwrap();
        assert_eq!(gate(other, now).held(Lane::Directory), Some(Timestamp(0).after(BRIEF)));
        assert_eq!(gate(other, now.after(BRIEF)).held(Lane::Directory), None);
        assert_eq!(gate(other, Timestamp(0)).held(Lane::Directory), Some(Timestamp(0).after(BRIEF)), "never longer, whatever the clock");

        store.write(|tx| forget_old(tx, now.after(long))).unwrap();
        assert_eq!(outlived(tenant).mailboxes.len(), 50, "a clock may be wrong by days");
        store.write(|tx| forget_old(tx, now.after(long * 2_000))).unwrap();
        assert_eq!((outlived(tenant).mailboxes.len(), outlived(tenant).lanes.len()), (0, 1));
    }
}
