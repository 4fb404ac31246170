use std::time::{Duration, UNIX_EPOCH};

/// `yyyy-MM-ddTHH:mm:ss`, UTC without a mark, as in Graph's `innerError.date`.
pub(super) fn stamp(ms: i64) -> String {
    let seconds = ms.div_euclid(1_000);
    let (year, month, day) = civil(seconds.div_euclid(86_400));
    let of_day = seconds.rem_euclid(86_400);
    format!("{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}", of_day / 3_600, of_day / 60 % 60, of_day % 60)
}

/// The same with a `Z`, as in properties of type DateTimeOffset.
pub(super) fn moment(ms: i64) -> String {
    format!("{}Z", stamp(ms))
}

/// An HTTP date (RFC 9110, 5.6.7); moments before 1970 become 1970.
pub(super) fn http_date(ms: i64) -> String {
    let ms = u64::try_from(ms).unwrap_or(0);
    httpdate::fmt_http_date(UNIX_EPOCH + Duration::from_millis(ms))
}

/// Milliseconds since 1970 of an ISO 8601 date or date and time; no zone means UTC.
pub(super) fn parse(text: &str) -> Option<i64> {
    let (date, rest) = text.split_once('T').unwrap_or((text, "00:00:00Z"));
    let mut parts = date.splitn(3, '-').map(str::parse::<i64>);
    let (year, month, day) = (parts.next()?.ok()?, parts.next()?.ok()?, parts.next()?.ok()?);
    if !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    let (clock, offset_minutes) = zone(rest)?;
    let mut parts = clock.split(':');
    let hours: i64 = parts.next()?.parse().ok()?;
    let minutes: i64 = parts.next()?.parse().ok()?;
    let seconds: f64 = parts.next().unwrap_or("0").parse().ok()?;
    let seconds_ms = (seconds * 1_000.0) as i64;
    Some(days(year, month, day) * 86_400_000 + (hours * 60 + minutes - offset_minutes) * 60_000 + seconds_ms)
}

fn zone(text: &str) -> Option<(&str, i64)> {
    if let Some(clock) = text.strip_suffix(['Z', 'z']) {
        return Some((clock, 0));
    }
    let Some(at) = text.rfind(['+', '-', ' ']) else { return Some((text, 0)) };
    let (clock, offset) = text.split_at(at);
    // A `+` that was not percent-encoded arrives as a blank.
    let sign = if offset.starts_with('-') { -1 } else { 1 };
    let (hours, minutes) = offset.get(1..)?.split_once(':')?;
    Some((clock, sign * (hours.parse::<i64>().ok()? * 60 + minutes.parse::<i64>().ok()?)))
}

/// Days since 1970 of a date of the Gregorian calendar, counted in eras of 400 years.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

fn civil(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let shifted_month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    (era * 400 + year + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_survive_the_round_trip() {
        for ms in [0, 951_782_400_000, 1_709_539_200_000, 1_795_219_199_000] {
            assert_eq!(parse(&moment(ms)), Some(ms), "{}", moment(ms));
        }
        assert_eq!(moment(951_782_400_000), "2000-02-29T00:00:00Z");
        assert_eq!(parse("2026-11-20T10:00:00+02:00"), parse("2026-11-20T08:00:00Z"));
        assert_eq!(parse("2026-11-20T08:00:00.0000000"), parse("2026-11-20T08:00:00Z"));
        assert_eq!(parse("yesterday"), None);
    }
}
