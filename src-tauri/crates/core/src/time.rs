//! A moment in time, always handed in by a face: nothing below the faces reads a clock.

use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// In seconds.
const DAY: i64 = 24 * 60 * 60;

/// Milliseconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(transparent)]
#[ts(type = "number")]
pub struct Timestamp(pub i64);

impl Timestamp {
    /// The moment `later` after this one; saturates at the end of time.
    #[must_use]
    pub fn after(self, later: Duration) -> Self {
        Self(self.0.saturating_add(i64::try_from(later.as_millis()).unwrap_or(i64::MAX)))
    }

    /// The moment `earlier` before this one; saturates at the beginning of time.
    #[must_use]
    pub fn before(self, earlier: Duration) -> Self {
        Self(self.0.saturating_sub(i64::try_from(earlier.as_millis()).unwrap_or(i64::MAX)))
    }

    /// As people read it, in UTC and to the minute, because a report is read in another time zone than it was made in:
    /// `2026-11-21 09:30 UTC`.
    #[must_use]
    pub fn utc(self) -> String {
        let seconds = self.0.div_euclid(1_000);
        let (year, month, day) = date(seconds.div_euclid(DAY));
        let within = seconds.rem_euclid(DAY);
        format!("{year:04}-{month:02}-{day:02} {:02}:{:02} UTC", within / 3_600, within % 3_600 / 60)
    }

    /// As programs and Microsoft support read it, in UTC and to the millisecond: `2026-11-21T09:30:15.026Z`.
    #[must_use]
    pub fn iso(self) -> String {
        let seconds = self.0.div_euclid(1_000);
        let (year, month, day) = date(seconds.div_euclid(DAY));
        let within = seconds.rem_euclid(DAY);
        let (hour, minute, second) = (within / 3_600, within % 3_600 / 60, within % 60);
        format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{:03}Z", self.0.rem_euclid(1_000))
    }

    /// The beginning of a day in UTC, written as `2026-11-21`; `None` for what is no day.
    #[must_use]
    pub fn of_day(text: &str) -> Option<Self> {
        let mut parts = text.trim().splitn(3, '-');
        let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
        if year.len() != 4 || month.len() != 2 || day.len() != 2 {
            return None;
        }
        let wanted = (year.parse().ok()?, month.parse().ok()?, day.parse().ok()?);
        // A day is within a month of where its year and month would be if all months had the mean length.
        let near = (wanted.0 - 1_970) * 3_652_425 / 10_000 + (wanted.1 - 1) * 30;
        let found = (near - 40..near + 80).find(|&at| date(at) == wanted)?;
        Some(Self(found * DAY * 1_000))
    }

    /// How long it is from `earlier` to this moment; zero when `earlier` isn't earlier.
    #[must_use]
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }
}

/// What tells the time: the faces hand in the system's clock, tests one that they move.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// A clock for waits: it begins at `start` and goes on with `elapsed`, which must count the time that the computer sleeps, so that
/// setting the system's clock neither shortens a wait nor draws it out.
pub fn steady(start: Timestamp, elapsed: impl Fn() -> Duration + Send + Sync + 'static) -> Clock {
    Arc::new(move || start.after(elapsed()))
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
    fn a_difference_is_never_negative() {
        let (early, late) = (Timestamp(1_000), Timestamp(4_000));
        assert_eq!(late.since(early), Duration::from_secs(3));
        assert_eq!(early.since(late), Duration::ZERO, "a clock that was put back must not yield a huge wait");
        assert_eq!(early.after(Duration::from_secs(3)), late);
    }

    #[test]
    fn a_steady_clock_knows_only_how_long_it_has_run() {
        let clock = steady(Timestamp(5_000), || Duration::from_millis(250));
        assert_eq!(clock(), Timestamp(5_250));
    }

    #[test]
    fn dates_are_right_around_leap_days_and_the_epoch() {
        assert_eq!(Timestamp(0).utc(), "1970-01-01 00:00 UTC");
        assert_eq!(Timestamp(951_782_400_026).iso(), "2000-02-29T00:00:00.026Z");
        for day in ["1970-01-01", "2000-02-29", "2026-12-31", "2027-01-01", "2100-03-01", "1999-12-31"] {
            assert_eq!(Timestamp::of_day(day).map(|at| at.utc()), Some(format!("{day} 00:00 UTC")));
        }
        for wrong in ["2026-02-29", "2026-13-01", "2026-1-1", "26-01-01", "tomorrow", "", "2026-01-01T00:00"] {
            assert_eq!(Timestamp::of_day(wrong), None, "{wrong}");
        }
        assert_eq!(Timestamp(-1).utc(), "1969-12-31 23:59 UTC");
        assert_eq!(Timestamp(951_782_400_000).utc(), "2000-02-29 00:00 UTC");
        assert_eq!(Timestamp(1_772_323_200_000).utc(), "2026-03-01 00:00 UTC");
        assert_eq!(Timestamp(4_107_542_340_000).utc(), "2100-02-28 23:59 UTC");
    }
}
