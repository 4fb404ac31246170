use uuid::Uuid;

/// A small reproducible generator (splitmix64, Steele, Lea and Flood 2014). Not for secrets.
#[derive(Clone)]
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Random {
        Random(seed)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number in `0..bound`; 0 when `bound` is 0.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        let bound = bound as u64;
        if bound == 0 {
            return 0;
        }
        (self.next() % bound) as usize
    }

    /// True in `percent` of 100 draws.
    pub(crate) fn chance(&mut self, percent: u64) -> bool {
        self.next() % 100 < percent
    }

    pub(crate) fn pick<T: Copy>(&mut self, items: &[T], otherwise: T) -> T {
        items.get(self.below(items.len())).copied().unwrap_or(otherwise)
    }

    /// A version 4 UUID in lower-case text.
    pub(crate) fn uuid(&mut self) -> String {
        self.uuid_bits().to_string()
    }

    /// A version 4 UUID.
    pub(crate) fn uuid_bits(&mut self) -> Uuid {
        uuid_of(self.next(), self.next())
    }

    /// Brings the items into a reproducible random order (Fisher and Yates).
    pub(crate) fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.below(last + 1));
        }
    }
}

/// A number that depends only on the text and the salt: the same mailbox always holds the same content.
pub(crate) fn hash(text: &str, salt: u64) -> u64 {
    let mut state = 0xcbf2_9ce4_8422_2325 ^ salt;
    for byte in text.bytes() {
        state = (state ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
    }
    Random::new(state).next()
}

/// A version 4 UUID from 128 given bits.
pub(crate) fn uuid_from(high: u64, low: u64) -> String {
    uuid_of(high, low).to_string()
}

fn uuid_of(high: u64, low: u64) -> Uuid {
    uuid::Builder::from_random_bytes(((u128::from(high) << 64) | u128::from(low)).to_be_bytes()).into_uuid()
}

/// Writes the same behind what is there already.
pub(crate) fn write_uuid(high: u64, low: u64, out: &mut Vec<u8>) {
    out.extend_from_slice(uuid_of(high, low).hyphenated().encode_lower(&mut [0; 36]).as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_sequence() {
        let (mut a, mut b) = (Random::new(7), Random::new(7));
        assert_eq!((a.uuid(), a.below(10), a.chance(50)), (b.uuid(), b.below(10), b.chance(50)));
        assert_ne!(Random::new(8).uuid(), Random::new(7).uuid());
    }
}
