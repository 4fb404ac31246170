use std::fmt;
use std::ops::Deref;

use serde::{Serialize, Serializer};
use uuid::Uuid;

/// The object id of an account: text like any other, but without an allocation of its own. A large tenant has many.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Id([u8; LENGTH]);

const LENGTH: usize = uuid::fmt::Hyphenated::LENGTH;

impl Id {
    pub(super) fn new(id: Uuid) -> Id {
        let mut text = [0; LENGTH];
        id.hyphenated().encode_lower(&mut text);
        Id(text)
    }
}

impl Deref for Id {
    type Target = str;

    fn deref(&self) -> &str {
        // Made of a UUID, it is ASCII.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self)
    }
}

impl fmt::Debug for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&**self, f)
    }
}

impl Serialize for Id {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self)
    }
}
