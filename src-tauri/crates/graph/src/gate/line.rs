//! Who waits for a place: one line for each party, and the parties take turns, so that a long run doesn't keep a short one waiting.

use std::collections::{BTreeMap, VecDeque};

use crate::party::Party;

/// The lines of all parties.
pub(super) struct Line<T> {
    waiting: BTreeMap<Party, VecDeque<T>>,
    /// The party that was served last.
    last: Option<Party>,
}

impl<T> Default for Line<T> {
    fn default() -> Self {
        Self { waiting: BTreeMap::new(), last: None }
    }
}

impl<T> Line<T> {
    /// Joins the end of the party's line.
    pub fn join(&mut self, party: Party, place: T) {
        self.waiting.entry(party).or_default().push_back(place);
    }

    /// The first of the party whose turn it is.
    pub fn next(&mut self) -> Option<(Party, T)> {
        let after = self.last.and_then(|last| self.waiting.keys().find(|party| **party > last).copied());
        let party = after.or_else(|| self.waiting.keys().next().copied())?;
        let line = self.waiting.get_mut(&party)?;
        let place = line.pop_front();
        if line.is_empty() {
            self.waiting.remove(&party);
        }
        self.last = Some(party);
        place.map(|place| (party, place))
    }

    /// How many of those who joined still wait.
    pub fn count(&self, still_waits: impl Fn(&T) -> bool) -> u32 {
        let waiting = self.waiting.values().flatten().filter(|place| still_waits(place)).count();
        u32::try_from(waiting).unwrap_or(u32::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rollcall_core::id::RunId;

    #[test]
    fn parties_take_turns_however_long_their_lines_are() {
        let (long, short) = (Party::Run(RunId(1)), Party::Run(RunId(2)));
        let mut line = Line::default();
        for place in 0..5 {
            line.join(long, place);
        }
        line.join(short, 100);
        line.join(short, 101);
        line.join(Party::Console, 200);
        assert_eq!(line.count(|_| true), 8);
        let order: Vec<i32> = std::iter::from_fn(|| line.next()).map(|(_, place)| place).collect();
        assert_eq!(order, [200, 0, 100, 1, 101, 2, 3, 4]);
        assert_eq!(line.count(|_| true), 0);
    }
}
