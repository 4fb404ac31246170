//! A set of users' numbers, a bit for each.

use rollcall_core::id::UserId;

/// Numbers only grow and few are ever removed, so that a set takes an eighth of a byte for each user there is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ids(Vec<u64>);

impl Ids {
    pub fn insert(&mut self, id: UserId) {
        let (word, bit) = place(id);
        self.insert_word(word, bit);
    }

    /// Takes in up to sixty-four users that follow one another, a bit for each; `word` is the number of the first one, in sixty-fours.
    pub fn insert_word(&mut self, word: usize, bits: u64) {
        if bits == 0 {
            return;
        }
        if word >= self.0.len() {
            self.0.resize(word + 1, 0);
        }
        self.0[word] |= bits;
    }

    pub fn contains(&self, id: UserId) -> bool {
        let (word, bit) = place(id);
        self.0.get(word).is_some_and(|bits| bits & bit != 0)
    }

    /// Leaves only those who are in the other set, too.
    pub fn retain(&mut self, other: &Self) {
        self.0.truncate(other.0.len());
        self.0.iter_mut().zip(&other.0).for_each(|(bits, others)| *bits &= others);
    }

    /// Takes in those of the other set.
    pub fn extend(&mut self, other: &Self) {
        if self.0.len() < other.0.len() {
            self.0.resize(other.0.len(), 0);
        }
        self.0.iter_mut().zip(&other.0).for_each(|(bits, others)| *bits |= others);
    }

    pub fn len(&self) -> u32 {
        self.0.iter().map(|bits| bits.count_ones()).sum()
    }

    pub fn is_empty(&self) -> bool {
        self.0.iter().all(|bits| *bits == 0)
    }
}

impl FromIterator<UserId> for Ids {
    fn from_iter<T: IntoIterator<Item = UserId>>(ids: T) -> Self {
        let mut set = Self::default();
        ids.into_iter().for_each(|id| set.insert(id));
        set
    }
}

const fn place(id: UserId) -> (usize, u64) {
    ((id.0 / u64::BITS) as usize, 1 << (id.0 % u64::BITS))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(ids: &[u32]) -> Ids {
        ids.iter().copied().map(UserId).collect()
    }

    #[test]
    fn sets_of_unequal_length_meet() {
        let (mut few, mut many) = (set(&[1, 63, 64]), set(&[63, 64, 1_000]));
        assert!(few.contains(UserId(64)) && !few.contains(UserId(65)) && !few.contains(UserId(9_999)));
        many.retain(&few);
        assert_eq!((many.len(), many.contains(UserId(1))), (2, false));
        few.extend(&set(&[5_000]));
        assert_eq!(few.len(), 4);
        few.retain(&set(&[]));
        assert!(few.is_empty());
        few.insert_word(2, 0b101);
        few.insert_word(9, 0);
        assert_eq!(few, set(&[128, 130]));
    }
}
