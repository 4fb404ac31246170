//! Actions on many users that the end of the program has cut off. Each is one write, so that nothing of it was done; the next start says
//! so in the journal, and to whoever opens the window.

use rollcall_core::action::Action;
use rollcall_core::time::Timestamp;
use rollcall_store::journal::{self, Entry, Outcome};
use rollcall_store::users::Chosen;
use rollcall_store::{StoreError, Transaction, settings};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::cut_off;
use crate::desk::Desk;
use crate::error::Result;
use crate::job::Job;

/// Where they are kept while they are under way.
const KEY: &str = "actions_under_way";
/// Where they wait to be told in the window, so that a program that was opened in between forgets none.
const UNTOLD: &str = "actions_cut_off";
/// Who tells it, in the journal.
const BY_ITSELF: &str = "start of the program";

/// An action of which nothing was done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct CutOffAction {
    pub action: Action,
    /// How many users it was agreed to concern, where a number was agreed to.
    pub users: Option<u32>,
    pub since: Timestamp,
}

impl CutOffAction {
    /// What is to be remembered of an action while it is under way. Nothing where it is for one user: whether that one has changed is
    /// seen at once.
    pub(crate) fn of(action: Action, chosen: &Chosen, expected: Option<u32>, since: Timestamp) -> Option<Self> {
        match chosen {
            Chosen::Ids(ids) if ids.len() < 2 => None,
            Chosen::Ids(ids) => Some(Self { action, users: u32::try_from(ids.len()).ok(), since }),
            Chosen::Filter(_) | Chosen::FilterBut { .. } => Some(Self { action, users: expected, since }),
        }
    }
}

/// Answers each once.
///
/// # Errors
/// Those of the store.
pub async fn cut_off(desk: &Desk, _ask: (), _job: &Job) -> Result<Vec<CutOffAction>> {
    cut_off::taken(desk, UNTOLD).await
}

/// Does an action in one write. Where the program ends before that is done, the next start can say that nothing was.
///
/// # Errors
/// Those of `write` and of the store.
pub(crate) async fn noted<T: Send + 'static>(
    desk: &Desk,
    under_way: Option<CutOffAction>,
    write: impl FnOnce(&Transaction<'_>) -> std::result::Result<T, StoreError> + Send + 'static,
) -> Result<T> {
    let Some(action) = under_way else { return desk.write(write).await };
    let (before, within) = (action.clone(), action.clone());
    desk.write(move |tx| begun(tx, &before)).await?;
    let written = desk
        .write(move |tx| {
            ended(tx, &within)?;
            write(tx)
        })
        .await;
    if written.is_err() {
        // It is told here and now, and what keeps this from being written has kept the action, too.
        let _ = desk.write(move |tx| ended(tx, &action)).await;
    }
    written
}

/// It begins with the next write.
fn begun(tx: &Transaction<'_>, action: &CutOffAction) -> std::result::Result<(), StoreError> {
    let mut all: Vec<CutOffAction> = cut_off::listed(tx, KEY)?;
    all.push(action.clone());
    settings::set(tx, KEY, &all)
}

/// It is done with this write, or surely not.
fn ended(tx: &Transaction<'_>, action: &CutOffAction) -> std::result::Result<(), StoreError> {
    let mut all: Vec<CutOffAction> = cut_off::listed(tx, KEY)?;
    if let Some(place) = all.iter().position(|one| one == action) {
        all.remove(place);
        settings::set(tx, KEY, &all)?;
    }
    Ok(())
}

/// Writes down which never ended.
pub(crate) fn tell(tx: &Transaction<'_>, now: Timestamp) -> std::result::Result<(), StoreError> {
    let all: Vec<CutOffAction> = cut_off::listed(tx, KEY)?;
    if all.is_empty() {
        return Ok(());
    }
    for one in &all {
        let users = one.users.map_or_else(|| "the users of a filter".to_owned(), |users| format!("{users} users"));
        let entry = Entry {
            at: now,
            actor: BY_ITSELF.to_owned(),
            tenant: None,
            action: "users.cut_off".to_owned(),
            target: users,
            before: Some(format!("{} was begun at {}", one.action.name(), one.since.iso())),
            after: Some("nothing of it was done".to_owned()),
            request_id: None,
            outcome: Outcome::Failed,
        };
        journal::append(tx, &entry)?;
    }
    let mut untold: Vec<CutOffAction> = cut_off::listed(tx, UNTOLD)?;
    untold.extend(all);
    settings::set(tx, UNTOLD, &untold)?;
    settings::set::<[CutOffAction]>(tx, KEY, &[])
}

#[cfg(test)]
mod tests {
    use rollcall_core::id::UserId;
    use rollcall_store::Store;
    use rollcall_store::users::UserFilter;

    use super::*;

    const NOW: Timestamp = Timestamp(1_000);

    #[test]
    fn only_what_never_ended_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path(), NOW).unwrap().store;
        let one = |users| CutOffAction::of(Action::Reset, &Chosen::Filter(UserFilter::default()), Some(users), NOW).unwrap();
        store.write(|tx| begun(tx, &one(7))).unwrap();
        store.write(|tx| begun(tx, &one(8))).unwrap();
        store.write(|tx| ended(tx, &one(7))).unwrap();
        store.write(|tx| tell(tx, NOW)).unwrap();
        store.write(|tx| tell(tx, NOW)).unwrap();
        assert_eq!(store.read(|conn| cut_off::listed::<CutOffAction>(conn, UNTOLD)).unwrap(), [one(8)]);
        let entries = store.read(|conn| journal::list(conn, None, 9)).unwrap();
        assert_eq!(entries.iter().map(|entry| entry.entry.target.as_str()).collect::<Vec<_>>(), ["8 users"], "once");
    }

    #[test]
    fn of_a_single_user_nothing_is_remembered() {
        let ids = |ids: &[u32]| Chosen::Ids(ids.iter().map(|id| UserId(*id)).collect());
        assert_eq!(CutOffAction::of(Action::Reset, &ids(&[1]), None, NOW), None);
        assert_eq!(CutOffAction::of(Action::Reset, &ids(&[1, 2]), None, NOW).unwrap().users, Some(2));
    }
}
