//! A moment as people read it: in UTC, to the minute, because a report is read in another time zone than it was made in.

use rollcall_core::time::Timestamp;

const DAY: i64 = 24 * 60 * 60;

/// `2026-11-21 09:30 UTC`.
pub fn utc(at: Timestamp) -> String {
    let seconds = at.0.div_euclid(1_000);
    let (year, month, day) = date(seconds.div_euclid(DAY));
    let within = seconds.rem_euclid(DAY);
    format!("{year:04}-{month:02}-{day:02} {:02}:{:02} UTC", within / 3_600, within % 3_600 / 60)
}

/// A moment that is near: `09:30 UTC` of the day that it is now, with its date otherwise.
pub fn near(at: Timestamp, now: Timestamp) -> String {
    let (whole, today) = (utc(at), utc(now));
    match (whole.split_once(' '), today.split_once(' ')) {
        (Some((day, time)), Some((same, _))) if day == same => time.to_owned(),
        _ => whole,
    }
}

/// [`utc`], or a dash.
pub fn utc_or_dash(at: Option<Timestamp>) -> String {
    at.map_or_else(|| "–".to_owned(), utc)
}

/// The Gregorian date of a day counted from 1970-01-01. Years are counted from March, so that the leap day is their last.
const fn date(day: i64) -> (i64, i64, i64) {
    const ERA: i64 = 146_097;
    let day = day + 719_468;
    let (era, of_era) = (day.div_euclid(ERA), day.rem_euclid(ERA));
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * of_year + 2) / 153;
    let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
    let year = year_of_era + era * 400 + if month <= 2 { 1 } else { 0 };
    (year, month, of_year - (153 * from_march + 2) / 5 + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_right_around_leap_days_and_the_epoch() {
        assert_eq!(utc(Timestamp(0)), "1970-01-01 00:00 UTC");
        assert_eq!(utc(Timestamp(-1)), "1969-12-31 23:59 UTC");
        assert_eq!(utc(Timestamp(951_782_400_000)), "2000-02-29 00:00 UTC");
        assert_eq!(utc(Timestamp(1_772_323_200_000)), "2026-03-01 00:00 UTC");
        assert_eq!(utc(Timestamp(4_107_542_340_000)), "2100-02-28 23:59 UTC");
    }

    #[test]
    fn a_moment_of_today_needs_no_date() {
        let now = Timestamp(1_772_323_200_000);
        assert_eq!(near(Timestamp(now.0 + 5_400_000), now), "01:30 UTC");
        assert_eq!(near(Timestamp(now.0 + 86_400_000), now), "2026-03-02 00:00 UTC");
    }
}
