//! Moments as Graph writes them: ISO 8601 in UTC.

use rollcall_core::time::Timestamp;

const DAY: i64 = 86_400;

/// A moment to the second: `2026-11-20T10:00:00Z`.
pub(crate) fn write(moment: Timestamp) -> String {
    let seconds = moment.0.div_euclid(1000);
    let (days, second) = (seconds.div_euclid(DAY), seconds.rem_euclid(DAY));
    let (year, month, day) = civil(days);
    format!("{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}Z", second / 3600, second / 60 % 60, second % 60)
}

/// Reads a moment, with or without fractions of a second; `None` for anything else, another time zone than UTC included.
pub(crate) fn read(text: &str) -> Option<Timestamp> {
    let (date, time) = text.strip_suffix('Z')?.split_once('T')?;
    let [year, month, day] = numbers(date, '-', [4, 2, 2])?;
    let (time, fraction) = time.split_once('.').unwrap_or((time, ""));
    let [hour, minute, second] = numbers(time, ':', [2, 2, 2])?;
    if !(1..=12).contains(&month) || hour > 23 || minute > 59 || second > 60 || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let days = days(year, month, day);
    // A day that the month doesn't have comes back as another date.
    if civil(days) != (year, month, day) {
        return None;
    }
    let millis: i64 = format!("{fraction:0<3}").get(..3)?.parse().ok()?;
    Some(Timestamp((days * DAY + hour * 3600 + minute * 60 + second) * 1000 + millis))
}

fn numbers(text: &str, separator: char, lengths: [usize; 3]) -> Option<[i64; 3]> {
    let parts: Vec<&str> = text.split(separator).collect();
    let parts: [&str; 3] = parts.try_into().ok()?;
    let mut read = [0; 3];
    for ((part, length), number) in parts.into_iter().zip(lengths).zip(&mut read) {
        if part.len() != length || !part.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        *number = part.parse().ok()?;
    }
    Some(read)
}

/// The date of a day counted from 1970-01-01, in the Gregorian calendar. Years are counted from March, so that the leap day is
/// the last of its year; 400 years have 146,097 days.
const fn civil(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let (era, day) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let date = day - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (year + era * 400 + if month <= 2 { 1 } else { 0 }, month, date)
}

/// The number of a date's day: the way back from [`civil`].
const fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let month = if month > 2 { month - 3 } else { month + 9 };
    let of_year = (153 * month + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    const MOMENTS: [(i64, &str); 6] = [
        (0, "1970-01-01T00:00:00Z"),
        (951_782_400_000, "2000-02-29T00:00:00Z"),
        (1_795_168_800_000, "2026-11-20T10:00:00Z"),
        (4_107_542_399_000, "2100-02-28T23:59:59Z"),
        (4_107_542_400_000, "2100-03-01T00:00:00Z"),
        (-1_000, "1969-12-31T23:59:59Z"),
    ];

    #[test]
    fn dates_are_those_of_the_calendar_both_ways() {
        for (moment, text) in MOMENTS {
            assert_eq!(write(Timestamp(moment)), text);
            assert_eq!(read(text), Some(Timestamp(moment)));
        }
        assert_eq!(write(Timestamp(1_795_168_800_999)), "2026-11-20T10:00:00Z", "cut to the second");
    }

    #[test]
    fn fractions_are_read_to_the_millisecond_and_nonsense_is_nothing() {
        assert_eq!(read("1970-01-01T00:00:01.5Z"), Some(Timestamp(1_500)));
        assert_eq!(read("1970-01-01T00:00:01.1234567Z"), Some(Timestamp(1_123)));
        for nonsense in [
            "",
            "now",
            "2026-02-30T00:00:00Z",
            "2026-13-01T00:00:00Z",
            "2026-01-01T00:00:00+01:00",
            "2026-01-01T24:00:00Z",
            "2026-1-1T0:0:0Z",
        ] {
            assert_eq!(read(nonsense), None, "{nonsense}");
        }
    }
}
