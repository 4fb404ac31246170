use std::cmp::Ordering;
use std::collections::HashMap;

use uuid::Uuid;

use super::User;

/// Finds accounts by object id, and by user principal name or its beginning, in any letter case. Holds places in `World::users`, no texts.
pub(super) struct Index {
    /// By the two halves of the id: a whole number would be padded.
    by_id: HashMap<(u64, u64), u32>,
    /// In the order of the names in lower case.
    by_upn: Vec<u32>,
}

impl Index {
    pub(super) fn of(people: &[User]) -> Index {
        let numbered = || (0_u32..).zip(people);
        let by_id = numbered().filter_map(|(at, user)| Some((number(&user.id)?, at))).collect();
        let mut by_upn: Vec<u32> = numbered().map(|(at, _)| at).collect();
        by_upn.sort_by_cached_key(|at| people.get(*at as usize).map(|user| user.upn.to_lowercase()));
        Index { by_id, by_upn }
    }

    /// The place of the account with this id or user principal name.
    pub(super) fn find(&self, people: &[User], id_or_upn: &str) -> Option<usize> {
        if let Some(at) = number(id_or_upn).and_then(|id| self.by_id.get(&id)) {
            return Some(*at as usize);
        }
        let at = self.by_upn.binary_search_by(|at| order(upn(people, *at), id_or_upn)).ok()?;
        self.by_upn.get(at).map(|at| *at as usize)
    }

    /// The places of the accounts whose user principal name begins like this, in the order of the names.
    pub(super) fn beginning(&self, people: &[User], prefix: &str) -> &[u32] {
        let from = self.by_upn.partition_point(|at| order(upn(people, *at), prefix).is_lt());
        let rest = self.by_upn.get(from..).unwrap_or_default();
        rest.get(..rest.partition_point(|at| begins(upn(people, *at), prefix))).unwrap_or_default()
    }

    /// Adds the account at the end of `people`, or finds one again whose name was changed.
    pub(super) fn put(&mut self, people: &[User], at: u32) {
        self.by_upn.retain(|known| *known != at);
        let place = self.by_upn.partition_point(|known| order(upn(people, *known), upn(people, at)).is_lt());
        self.by_upn.insert(place, at);
        if let Some(id) = people.get(at as usize).and_then(|user| number(&user.id)) {
            self.by_id.insert(id, at);
        }
    }
}

fn upn(people: &[User], at: u32) -> &str {
    people.get(at as usize).map_or("", |user| &user.upn)
}

fn number(id: &str) -> Option<(u64, u64)> {
    // Other spellings of a UUID are no object ids.
    if id.len() == 36 { Uuid::try_parse(id).ok().map(|id| id.as_u64_pair()) } else { None }
}

fn order(left: &str, right: &str) -> Ordering {
    left.chars().flat_map(char::to_lowercase).cmp(right.chars().flat_map(char::to_lowercase))
}

fn begins(text: &str, prefix: &str) -> bool {
    let mut letters = text.chars().flat_map(char::to_lowercase);
    prefix.chars().flat_map(char::to_lowercase).all(|wanted| letters.next() == Some(wanted))
}

#[cfg(test)]
mod tests {
    use crate::faults::FaultPlan;
    use crate::world::World;

    #[test]
    fn a_beginning_finds_what_looking_at_everybody_finds() {
        let world = World::build(9, 2_000, &FaultPlan::default());
        for prefix in ["", "a", "A", "Ma", "maria", "room.", "info1", "o'", "zz", "ñ", "admin@contoso.example"] {
            let mut expected: Vec<&str> = world
                .users
                .iter()
                .map(|user| user.upn.as_str())
                .filter(|upn| upn.to_lowercase().starts_with(&prefix.to_lowercase()))
                .collect();
            expected.sort_by_key(|upn| upn.to_lowercase());
            let found: Vec<&str> = world.beginning(prefix).iter().map(|at| world.users[*at as usize].upn.as_str()).collect();
            assert_eq!(found, expected, "{prefix}");
        }
    }
}
