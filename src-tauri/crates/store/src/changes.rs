//! Which users the writer has changed since somebody last took note, as SQLite itself tells of each row.
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
            if table == "users" {
                told.steps().written.touch(row);
            }
        }))?;
        Ok(changes)
    }

    /// A transaction begins; what the one before left without a commit was rolled back.
    pub fn begin(&self) {
        let mut steps = self.steps();
        steps.written = Touched::default();
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
