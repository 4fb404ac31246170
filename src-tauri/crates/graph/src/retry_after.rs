//! `Retry-After` as a wait: seconds or an HTTP date (RFC 9110, part 10.2.3). Never negative, never below what was asked.

use std::time::{Duration, UNIX_EPOCH};

use rollcall_core::time::Timestamp;

/// Dates have 29 characters at most in the forms that are allowed; what is longer is no date and may be meant to tire the parser.
const LONGEST: usize = 64;

/// Reads the header's value. `base` is the answer's own date where it has one, so that a wrong clock here does no harm, else now.
/// `None` for lists, signs, fractions and anything else that is neither.
#[must_use]
pub fn parse(value: &str, base: Timestamp) -> Option<Duration> {
    if value.len() > LONGEST {
        return None;
    }
    let value = value.trim_matches([' ', '\t']);
    if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) {
        // More seconds than fit are more than anyone will wait.
        return Some(Duration::from_secs(value.parse().unwrap_or(u64::MAX)));
    }
    date(value).map(|until| until.since(base))
}

/// An HTTP date as a moment.
pub(crate) fn date(value: &str) -> Option<Timestamp> {
    let value = value.trim_matches([' ', '\t']);
    if value.len() > LONGEST {
        return None;
    }
    let since = httpdate::parse_http_date(value).ok()?.duration_since(UNIX_EPOCH).ok()?;
    i64::try_from(since.as_millis()).ok().map(Timestamp)
}
