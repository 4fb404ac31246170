//! An `application/x-www-form-urlencoded` form, read strictly: what a browser would never send is refused whole, because
//! two readers who repair nonsense differently are how answers get mixed up.

use zeroize::Zeroizing;

/// No answer of Entra has near this many fields.
const MOST_FIELDS: usize = 32;

/// The fields of a form, each name once. Values are wiped when dropped.
pub struct Form(Vec<(String, Zeroizing<String>)>);

impl Form {
    /// Reads a form. Nothing comes back when a byte is outside printable ASCII, an escape is broken, a value isn't UTF-8, a
    /// name occurs twice or there are more than 32 fields.
    #[must_use]
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        if !bytes.iter().all(u8::is_ascii_graphic) || !escapes_are_whole(bytes) {
            return None;
        }
        let mut fields: Vec<(String, Zeroizing<String>)> = Vec::new();
        for (name, value) in form_urlencoded::parse(bytes) {
            let value = Zeroizing::new(value.into_owned());
            let repaired = |text: &str| text.contains(char::REPLACEMENT_CHARACTER);
            let again = fields.iter().any(|(known, _)| *known == name);
            if again || fields.len() == MOST_FIELDS || repaired(&name) || repaired(&value) {
                return None;
            }
            fields.push((name.into_owned(), value));
        }
        Some(Self(fields))
    }

    /// The value of the field with exactly this name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// A copy of the field, or an empty text.
    pub(crate) fn text(&self, name: &str) -> String {
        self.get(name).unwrap_or_default().to_owned()
    }
}

fn escapes_are_whole(bytes: &[u8]) -> bool {
    bytes
        .iter()
        .enumerate()
        .filter(|(_, byte)| **byte == b'%')
        .all(|(at, _)| bytes.get(at + 1..at + 3).is_some_and(|pair| pair.iter().all(u8::is_ascii_hexdigit)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_browsers_form_is_read() {
        let form = Form::parse(b"code=a%2Fb&state=x+y&empty=").unwrap();
        assert_eq!((form.get("code"), form.get("state"), form.get("empty")), (Some("a/b"), Some("x y"), Some("")));
        assert_eq!(form.get("Code"), None, "names are exact");
    }

    #[test]
    fn what_no_browser_sends_is_refused_whole() {
        let too_many = (0..=MOST_FIELDS).map(|n| format!("f{n}=1")).collect::<Vec<_>>().join("&");
        assert!(Form::parse(too_many.rsplit_once('&').unwrap().0.as_bytes()).is_some());
        for bad in [
            "state=a&state=a",
            "state=a&st%61te=b",
            "a=%",
            "a=%2",
            "a=%zz",
            "a=%ff",
            "a=%c0%80",
            "a=\u{feff}",
            "a=b c",
            "a=\r\n",
            "a=\0",
            too_many.as_str(),
        ] {
            assert!(Form::parse(bad.as_bytes()).is_none(), "{bad:.30}");
        }
    }
}
