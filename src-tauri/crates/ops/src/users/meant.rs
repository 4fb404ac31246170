//! Whom an action was agreed to concern. A filter is alive: between the look at what an action would come to and the yes to it somebody
//! may come into it and somebody else leave, so that their number alone doesn't tell that others are meant by now.

use std::hash::{DefaultHasher, Hash, Hasher};

use rollcall_core::id::UserId;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::error::{Code, Error};

/// The users who were meant at one moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct Meant {
    pub users: u32,
    /// Stands for exactly these: others have another.
    pub seal: String,
}

impl Meant {
    /// Those who are handed in, in the order of their numbers.
    pub(crate) fn of(users: impl IntoIterator<Item = UserId>) -> Self {
        let mut hasher = DefaultHasher::new();
        let mut number = 0;
        for user in users {
            user.hash(&mut hasher);
            number += 1;
        }
        Self { users: number, seal: format!("{:016x}", hasher.finish()) }
    }

    /// The refusal where it was agreed to others than these.
    pub(crate) fn instead_of(&self, agreed: &Self) -> Error {
        let (now, before) = (self.users, agreed.users);
        let detail = if now == before {
            format!("{now} users are meant, as before, but not the same ones")
        } else {
            format!("{now} users are meant by now, not {before}")
        };
        Error::new(Code::Changed, detail)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_many_others_are_not_the_same() {
        let of = |ids: &[u32]| Meant::of(ids.iter().copied().map(UserId));
        assert_eq!(of(&[1, 2, 3]), of(&[1, 2, 3]));
        assert_ne!(of(&[1, 2, 3]), of(&[1, 2, 4]));
        let told = |now: &[u32], agreed: &[u32]| of(now).instead_of(&of(agreed)).detail;
        assert_eq!(told(&[1, 2], &[1, 3]), "2 users are meant, as before, but not the same ones");
        assert_eq!(told(&[1], &[1, 3]), "1 users are meant by now, not 2");
    }
}
