//! A change window: the hours of the week, in a time zone, in which an organization's users may be switched. Vendors advise to do it
//! before or after working hours.

use std::fmt;

use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;
use jiff::{ToSpan, ZonedDateTime};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::time::Timestamp;

/// A day of the week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Day {
    Monday,
    Tuesday,
    Wednesday,
    Thursday,
    Friday,
    Saturday,
    Sunday,
}

impl Day {
    /// All of them, Monday first.
    pub const ALL: [Self; 7] = [Self::Monday, Self::Tuesday, Self::Wednesday, Self::Thursday, Self::Friday, Self::Saturday, Self::Sunday];

    /// The name used in JSON and in the journal.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Monday => "monday",
            Self::Tuesday => "tuesday",
            Self::Wednesday => "wednesday",
            Self::Thursday => "thursday",
            Self::Friday => "friday",
            Self::Saturday => "saturday",
            Self::Sunday => "sunday",
        }
    }

    const fn of(weekday: Weekday) -> Self {
        match weekday {
            Weekday::Monday => Self::Monday,
            Weekday::Tuesday => Self::Tuesday,
            Weekday::Wednesday => Self::Wednesday,
            Weekday::Thursday => Self::Thursday,
            Weekday::Friday => Self::Friday,
            Weekday::Saturday => Self::Saturday,
            Weekday::Sunday => Self::Sunday,
        }
    }
}

/// When switches may begin. An end that isn't after the beginning is of the day after.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct ChangeWindow {
    /// The days on which it begins.
    pub days: Vec<Day>,
    /// Minutes after midnight.
    pub from: u16,
    pub to: u16,
    /// An IANA time zone: `Europe/Berlin`.
    pub zone: String,
}

impl fmt::Display for ChangeWindow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let days: Vec<&str> = self.days.iter().map(|day| day.name()).collect();
        let Self { from, to, zone, .. } = self;
        write!(f, "{} {:02}:{:02} to {:02}:{:02} {zone}", days.join(", "), from / 60, from % 60, to / 60, to % 60)
    }
}

/// Why a window can't be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadWindow {
    #[error("choose at least one day")]
    NoDay,
    #[error("a time of day is between 00:00 and 23:59")]
    NotATime,
    #[error("the window begins and ends at the same time; without a window users are switched at once")]
    Empty,
    #[error("that time zone is not known; use a name such as Europe/Berlin")]
    UnknownZone,
}

const MINUTES_OF_A_DAY: u16 = 24 * 60;

impl ChangeWindow {
    /// The window with its days in order and each of them once.
    ///
    /// # Errors
    /// [`BadWindow`] says what is wrong.
    pub fn checked(mut self) -> Result<Self, BadWindow> {
        self.days.sort();
        self.days.dedup();
        if self.days.is_empty() {
            return Err(BadWindow::NoDay);
        }
        if self.from >= MINUTES_OF_A_DAY || self.to >= MINUTES_OF_A_DAY {
            return Err(BadWindow::NotATime);
        }
        if self.from == self.to {
            return Err(BadWindow::Empty);
        }
        self.zone = self.zone.trim().to_owned();
        if zone(&self.zone).is_none() {
            return Err(BadWindow::UnknownZone);
        }
        Ok(self)
    }

    /// Whether it is open. One whose time zone isn't known any more is closed.
    #[must_use]
    pub fn is_open(&self, now: Timestamp) -> bool {
        let Some(now) = self.local(now) else { return false };
        // One that has begun the day before may go on past midnight.
        [now.date().yesterday().ok(), Some(now.date())]
            .into_iter()
            .flatten()
            .any(|day| self.on(day).is_some_and(|(from, to)| from <= now && now < to))
    }

    /// When it opens next; `None` while it is open, or where its time zone isn't known any more.
    #[must_use]
    pub fn opens(&self, now: Timestamp) -> Option<Timestamp> {
        if self.is_open(now) {
            return None;
        }
        let local = self.local(now)?;
        let mut day = local.date();
        // A week and a day, because a day of changed clocks may leave a window out.
        for _ in 0..9 {
            if let Some((from, _)) = self.on(day).filter(|(from, _)| *from > local) {
                return Some(Timestamp(from.timestamp().as_millisecond()));
            }
            day = day.tomorrow().ok()?;
        }
        None
    }

    /// The window that begins on a day, if one does. Where clocks are put forward over its beginning it begins when they were.
    fn on(&self, day: Date) -> Option<(ZonedDateTime, ZonedDateTime)> {
        if !self.days.contains(&Day::of(day.weekday())) {
            return None;
        }
        let zone = zone(&self.zone)?;
        let at = |day: Date, minutes: u16| {
            let (hour, minute) = (i8::try_from(minutes / 60).ok()?, i8::try_from(minutes % 60).ok()?);
            day.at(hour, minute, 0, 0).to_zoned_datetime(zone.clone()).ok()
        };
        let end = if self.to > self.from { day } else { day.checked_add(1.day()).ok()? };
        Some((at(day, self.from)?, at(end, self.to)?))
    }

    fn local(&self, now: Timestamp) -> Option<ZonedDateTime> {
        Some(jiff::Timestamp::from_millisecond(now.0).ok()?.to_zoned_datetime(zone(&self.zone)?))
    }
}

fn zone(name: &str) -> Option<TimeZone> {
    TimeZone::get(name).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn window(days: &[Day], from: u16, to: u16, zone: &str) -> ChangeWindow {
        ChangeWindow { days: days.to_vec(), from, to, zone: zone.into() }
    }

    fn at(text: &str) -> Timestamp {
        Timestamp(text.parse::<jiff::Timestamp>().unwrap().as_millisecond())
    }

    const WEEK: [Day; 5] = [Day::Monday, Day::Tuesday, Day::Wednesday, Day::Thursday, Day::Friday];

    #[test]
    fn an_evening_window_is_open_over_midnight_into_the_day_after_its_last() {
        let evenings = window(&WEEK, 19 * 60, 6 * 60, "Europe/Berlin");
        for (moment, open) in [
            ("2026-11-26T17:59:00Z", false),
            ("2026-11-26T18:00:00Z", true),
            ("2026-11-27T04:59:00Z", true),
            ("2026-11-27T05:00:00Z", false),
            // Saturday morning belongs to Friday's window; Saturday evening to none.
            ("2026-11-28T03:00:00Z", true),
            ("2026-11-28T20:00:00Z", false),
        ] {
            assert_eq!(evenings.is_open(at(moment)), open, "{moment}");
        }
        assert_eq!(evenings.opens(at("2026-11-28T20:00:00Z")), Some(at("2026-11-30T18:00:00Z")), "Monday evening in Berlin");
        assert_eq!(evenings.opens(at("2026-11-26T20:00:00Z")), None, "it is open");
    }

    #[test]
    fn a_window_keeps_its_local_hours_when_clocks_change() {
        let mornings = window(&Day::ALL, 2 * 60 + 30, 5 * 60, "Europe/Berlin");
        // On 2026-03-29 there is no 02:30: clocks go from 02:00 to 03:00.
        assert!(!mornings.is_open(at("2026-03-29T00:59:00Z")));
        assert!(mornings.is_open(at("2026-03-29T01:30:00Z")) && !mornings.is_open(at("2026-03-29T03:00:00Z")));
        assert_eq!(mornings.opens(at("2026-03-29T12:00:00Z")), Some(at("2026-03-30T00:30:00Z")));
        assert_eq!(mornings.opens(at("2026-10-24T12:00:00Z")), Some(at("2026-10-25T00:30:00Z")), "the first of the two 02:30");
    }

    #[test]
    fn a_window_that_can_not_be_used_says_why() {
        assert_eq!(window(&[], 60, 120, "UTC").checked(), Err(BadWindow::NoDay));
        assert_eq!(window(&WEEK, 1440, 120, "UTC").checked(), Err(BadWindow::NotATime));
        assert_eq!(window(&WEEK, 60, 60, "UTC").checked(), Err(BadWindow::Empty));
        assert_eq!(window(&WEEK, 60, 120, "Middle Earth").checked(), Err(BadWindow::UnknownZone));
        let twice = window(&[Day::Friday, Day::Monday, Day::Friday], 60, 120, " Asia/Tokyo ").checked().unwrap();
        assert_eq!(twice.to_string(), "monday, friday 01:00 to 02:00 Asia/Tokyo");
        assert_eq!((twice.days, twice.zone.as_str()), (vec![Day::Monday, Day::Friday], "Asia/Tokyo"));
        assert!(!window(&WEEK, 60, 120, "Middle Earth").is_open(at("2026-11-26T01:30:00Z")));
    }
}
