//! `Retry-After` as a wait: seconds or an HTTP date (RFC 9110, part 10.2.3). Never negative, never below what was asked.

use std::time::{Duration, UNIX_EPOCH};

use crate::time::Timestamp;

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
#[must_use]
pub fn date(value: &str) -> Option<Timestamp> {
    let value = value.trim_matches([' ', '\t']);
    if value.len() > LONGEST {
        return None;
    }
    let since = httpdate::parse_http_date(value).ok()?.duration_since(UNIX_EPOCH).ok()?;
    i64::try_from(since.as_millis()).ok().map(Timestamp)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Fri, 20 Nov 2026 10:00:00 GMT.
    const BASE: Timestamp = Timestamp(1_795_168_800_000);

    #[test]
    fn seconds_are_taken_as_they_are() {
        for (value, seconds) in [
            ("0", 0),
            ("1", 1),
            ("7", 7),
            ("30", 30),
            ("60", 60),
            ("120", 120),
            ("3600", 3_600),
            ("86400", 86_400),
            ("604800", 604_800),
            ("007", 7),
            ("0000000000000000000000000000000000000000000000000000000000001", 1),
            (" 5", 5),
            ("5 ", 5),
            ("\t5\t", 5),
            ("4294967296", 4_294_967_296),
            ("9223372036854775807", 9_223_372_036_854_775_807),
            ("18446744073709551615", u64::MAX),
            ("18446744073709551616", u64::MAX),
            ("99999999999999999999999999999999999999999999999999999999999999", u64::MAX),
        ] {
            assert_eq!(parse(value, BASE), Some(Duration::from_secs(seconds)), "{value:?}");
        }
    }

    #[test]
    fn dates_of_all_three_forms_are_counted_from_the_answers_own() {
        for (value, seconds) in [
            ("Fri, 20 Nov 2026 10:00:00 GMT", 0),
            ("Fri, 20 Nov 2026 10:00:01 GMT", 1),
            ("Fri, 20 Nov 2026 10:01:00 GMT", 60),
            ("Fri, 20 Nov 2026 11:00:00 GMT", 3_600),
            ("Sat, 21 Nov 2026 10:00:00 GMT", 86_400),
            ("Friday, 20-Nov-26 10:00:30 GMT", 30),
            ("Fri Nov 20 10:00:30 2026", 30),
            (" Fri, 20 Nov 2026 10:00:30 GMT ", 30),
            ("Fri, 20 Nov 2026 09:59:59 GMT", 0),
            ("Thu, 01 Jan 1970 00:00:00 GMT", 0),
            ("Sunday, 06-Nov-94 08:49:37 GMT", 0),
            ("Sun Nov  6 08:49:37 1994", 0),
            ("Mon, 20 Nov 2028 10:00:00 GMT", 63_158_400),
        ] {
            assert_eq!(parse(value, BASE), Some(Duration::from_secs(seconds)), "{value:?}");
        }
    }

    #[test]
    fn what_is_neither_is_no_wait() {
        let long = "1".repeat(65);
        let comment = format!("Fri, {} 20 Nov 2026 10:00:00 GMT", "(".repeat(40));
        for value in [
            "",
            " ",
            "\t",
            "-1",
            "-0",
            "+5",
            "1.5",
            "1,5",
            "1e3",
            "0x10",
            "5s",
            "5 s",
            "five",
            "null",
            "NaN",
            "inf",
            "true",
            "1 2",
            "1, 2",
            "5, 10",
            "5;6",
            "\"5\"",
            "'5'",
            "[5]",
            "5\n6",
            "５",
            "٥",
            "5\u{200b}",
            "now",
            "tomorrow",
            "20 Nov 2026",
            "2026-11-20T10:00:00Z",
            "Fri, 20 Nov 2026 10:00:00",
            "Fri, 20 Nov 2026 10:00:00 CET",
            "Fri, 20 Nov 2026 10:00:00 +0100",
            "Fri, 32 Nov 2026 10:00:00 GMT",
            "Fri, 20 Nov 2026 25:00:00 GMT",
            "Fri, 20 Foo 2026 10:00:00 GMT",
            "Fri, 20 Nov 10:00:00 GMT",
            "Fri, 20 Nov 2026 10:00:30 GMT, Fri, 20 Nov 2026 10:01:00 GMT",
            "<html>",
            &long,
            &comment,
        ] {
            assert_eq!(parse(value, BASE), None, "{value:?}");
        }
    }

    #[test]
    fn no_wait_makes_a_moment_overflow() {
        let until = BASE.after(parse("18446744073709551615", BASE).unwrap());
        assert_eq!(until, Timestamp(i64::MAX));
    }
}
