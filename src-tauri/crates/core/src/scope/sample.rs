//! A sample that anybody can draw again: the same seed and mailboxes give the same ones, in whatever order they come.

use crate::id::ObjectId;

/// The place of a mailbox in the draw of a seed; those with the lowest are taken.
#[must_use]
pub fn place(seed: u32, mailbox: ObjectId) -> u64 {
    // Mixed as by FNV-1a and then stirred, so that neighbouring ids lie far apart.
    let mut mixed = 0xCBF2_9CE4_8422_2325_u64;
    for byte in seed.to_be_bytes().into_iter().chain(mailbox.0.into_bytes()) {
        mixed = (mixed ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3);
    }
    mixed = (mixed ^ (mixed >> 33)).wrapping_mul(0xFF51_AFD7_ED55_8CCD);
    mixed ^ (mixed >> 33)
}

/// So many of the mailboxes, drawn by the seed; all of them where no number is given.
#[must_use]
pub fn draw(seed: u32, most: Option<u32>, mut mailboxes: Vec<ObjectId>) -> Vec<ObjectId> {
    if let Some(most) = most {
        mailboxes.sort_by_key(|&mailbox| place(seed, mailbox));
        mailboxes.truncate(most as usize);
    }
    mailboxes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_draws_the_same_whatever_the_order() {
        let all: Vec<ObjectId> = (0..500).map(|n| ObjectId(uuid::Uuid::from_u128(n))).collect();
        let turned: Vec<ObjectId> = all.iter().rev().copied().collect();
        let drawn = draw(7, Some(20), all.clone());
        assert_eq!(drawn, draw(7, Some(20), turned));
        assert_ne!(drawn, draw(8, Some(20), all.clone()));
        assert_eq!(draw(7, None, all.clone()), all);
    }
}
