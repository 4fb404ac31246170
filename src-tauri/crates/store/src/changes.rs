//! Which users, or verdicts on them, the writer has changed since somebody last took note, as SQLite itself tells of each row.
//!
//! Changes are announced before their commit and published after it, and a reader takes what is published before its snapshot and
//! looks at both again after it. So a snapshot never holds a change that its reader wasn't told of: the change was announced before it
//! was committed, and from then on it is to be seen here until a reader takes it, whose snapshot then holds it, too. And no change is
//! taken for known that a snapshot didn't hold: only what is published, and so committed, is taken.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rusqlite::Connection;
use rusqlite::hooks::Action;

/// To read more users than these one by one takes as long as to read everybody.
const MOST: usize = 10_000;

/// Some users, or more than are worth to be told apart.
#[derive(Debug, Clone)]
pub enum Touched {
    Some(BTreeSet<u32>),
    Any,
}

impl Default for Touched {
    fn default() -> Self {
        Self::Some(BTreeSet::new())
    }
}

impl Touched {
    /// Both.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Some(mut some), Self::Some(others)) => {
                some.extend(others);
                if some.len() > MOST { Self::Any } else { Self::Some(some) }
            }
            (Self::Any, _) | (_, Self::Any) => Self::Any,
        }
    }

    fn touch(&mut self, row: i64) {
        let Self::Some(some) = self else { return };
        match u32::try_from(row) {
            Ok(id) if some.len() < MOST => {
                some.insert(id);
            }
            Ok(_) | Err(_) => *self = Self::Any,
        }
    }
}

/// What the writer has changed, in the three steps of a write.
#[derive(Clone)]
pub struct Changes(Arc<Mutex<Steps>>);

struct Steps {
    written: Touched,
    announced: Touched,
    published: Touched,
}

impl Changes {
    /// Listens to a writer. Nobody has taken note of anything yet, so everybody counts as changed.
    ///
    /// # Errors
    /// When the connection has no hooks.
    pub fn of(writer: &mut Connection) -> rusqlite::Result<Self> {
        let changes =
            Self(Arc::new(Mutex::new(Steps { written: Touched::default(), announced: Touched::default(), published: Touched::Any })));
        let told = changes.clone();
        writer.update_hook(Some(move |_: Action, _: &str, table: &str, row: i64| {
            if matches!(table, "users" | "verdicts") {
                told.steps().written.touch(row);
            }
        }))?;
        Ok(changes)
    }

    /// A transaction begins; what the one before left without a commit was rolled back. As long as everybody is to be read anyway,
    /// nobody is told apart.
    pub fn begin(&self) {
        let mut steps = self.steps();
        steps.written = match steps.published {
            Touched::Some(_) => Touched::default(),
            Touched::Any => Touched::Any,
        };
        steps.announced = Touched::default();
    }

    /// The commit is about to come.
    pub fn announce(&self) {
        let mut steps = self.steps();
        steps.announced = std::mem::take(&mut steps.written);
    }

    /// The commit is through.
    pub fn publish(&self) {
        let mut steps = self.steps();
        let announced = std::mem::take(&mut steps.announced);
        steps.published = std::mem::take(&mut steps.published).and(announced);
    }

    /// Takes what is published. A snapshot must follow.
    pub fn take(&self) -> Touched {
        std::mem::take(&mut self.steps().published)
    }

    /// What a snapshot that has begun may hold besides what was taken before it.
    pub fn peek(&self) -> Touched {
        let steps = self.steps();
        steps.published.clone().and(steps.announced.clone())
    }

    fn steps(&self) -> MutexGuard<'_, Steps> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listened() -> (Connection, Changes) {
        let mut writer = Connection::open_in_memory().unwrap();
        let changes = Changes::of(&mut writer).unwrap();
        writer
            .execute_batch(
                "CREATE TABLE users (id INTEGER PRIMARY KEY, n); CREATE TABLE others (id INTEGER PRIMARY KEY);
                 CREATE TABLE verdicts (user INTEGER PRIMARY KEY, verdict)",
            )
            .unwrap();
        assert!(matches!(changes.take(), Touched::Any), "at first nobody is known");
        (writer, changes)
    }

    fn told(touched: Touched) -> Vec<u32> {
        match touched {
            Touched::Some(ids) => ids.into_iter().collect(),
            Touched::Any => vec![u32::MAX],
        }
    }

    #[test]
    fn a_change_is_seen_from_before_its_commit_and_taken_only_after_it() {
        let (writer, changes) = listened();
        changes.begin();
        writer
            .execute_batch(
                "INSERT INTO users (id) VALUES (1), (2); UPDATE users SET n = 1 WHERE id = 2; INSERT INTO others VALUES (7);
                 INSERT INTO verdicts VALUES (3, 'passed'); DELETE FROM verdicts WHERE user = 4",
            )
            .unwrap();
        assert_eq!((told(changes.take()), told(changes.peek())), (vec![], vec![]), "so far it is the writer's own");
        changes.announce();
        assert_eq!((told(changes.take()), told(changes.peek())), (vec![], vec![1, 2, 3]), "a snapshot may hold it, or not yet");
        changes.publish();
        assert_eq!((told(changes.peek()), told(changes.take()), told(changes.peek())), (vec![1, 2, 3], vec![1, 2, 3], vec![]));
    }

    #[test]
    fn what_was_rolled_back_is_forgotten() {
        let (writer, changes) = listened();
        changes.begin();
        writer.execute_batch("BEGIN; INSERT INTO users (id) VALUES (1); ROLLBACK").unwrap();
        changes.begin();
        writer.execute_batch("BEGIN; INSERT INTO users (id) VALUES (2)").unwrap();
        changes.announce();
        changes.begin();
        writer.execute_batch("ROLLBACK; INSERT INTO users (id) VALUES (3)").unwrap();
        changes.announce();
        changes.publish();
        assert_eq!(told(changes.take()), [3]);
    }

    #[test]
    fn who_can_not_be_told_apart_is_anybody() {
        let (writer, changes) = listened();
        let many = format!(
            "WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < {MOST}) INSERT INTO users (id) SELECT n FROM n"
        );
        changes.begin();
        writer.execute_batch(&many).unwrap();
        changes.announce();
        changes.publish();
        assert_eq!(told(changes.peek()).len(), MOST);
        changes.begin();
        writer.execute_batch("INSERT INTO users (id) VALUES (4000000)").unwrap();
        changes.announce();
        changes.publish();
        assert!(matches!(changes.peek(), Touched::Any));
        changes.begin();
        assert!(matches!(changes.take(), Touched::Any));
        writer.execute_batch("DELETE FROM users WHERE id = 1").unwrap();
        changes.announce();
        changes.publish();
        assert!(matches!(changes.take(), Touched::Any), "of a write that began before it was taken");
        changes.begin();
        writer.execute_batch("INSERT INTO users (id) VALUES (5000000000)").unwrap();
        changes.announce();
        changes.publish();
        assert!(matches!(changes.take(), Touched::Any), "no number of a user");
    }
}
