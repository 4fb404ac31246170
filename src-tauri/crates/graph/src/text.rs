//! Texts and lists from outside, bounded before they are kept.

use serde::{Deserialize, Deserializer, de};

/// The longest text that is kept; names and addresses are far shorter.
const LONGEST: usize = 64 * 1024;

/// A text of at most 64 KiB.
#[derive(Debug, Default, Clone)]
pub(crate) struct Text(pub(crate) String);

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        if text.len() > LONGEST { Err(de::Error::custom("a text is too long")) } else { Ok(Self(text)) }
    }
}

/// A text that says something, or none.
pub(crate) fn some(text: Option<Text>) -> Option<String> {
    text.map(|text| text.0).filter(|text| !text.is_empty())
}

/// Graph sends `null` for empty lists now and then.
pub(crate) fn or_empty<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Vec<T>, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}
