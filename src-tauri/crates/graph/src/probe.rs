//! A probe: the cheapest request that shows whether a workload of a mailbox answers. Ids and counts only, never content.

use std::time::Duration;

use rollcall_core::id::ObjectId;
use rollcall_core::time::Timestamp;
use rollcall_core::workload::Workload;

use crate::error::Trace;

/// One workload of one mailbox to be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Probe {
    pub user: ObjectId,
    pub workload: Workload,
    /// Which try it is, from 1.
    pub attempt: u32,
}

/// A probe and what came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Probed {
    pub probe: Probe,
    pub answer: Answer,
}

/// What came of a probe.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// The workload answered with data. Nothing of the data is kept.
    Answered(Trace),
    /// It was refused; the trace's code, status and message tell why. With a wait where the service named one.
    Refused { trace: Trace, retry_after: Option<Duration> },
    /// It was throttled on its own: ask it again after the wait, counted from now; the others of its batch aren't concerned.
    Throttled { trace: Trace, retry_after: Option<Duration> },
    /// The batch's answer leaves it out, or holds something that isn't Graph's.
    Unanswered(Trace),
}

impl Answer {
    /// What identifies the answer.
    #[must_use]
    pub const fn trace(&self) -> &Trace {
        match self {
            Self::Answered(trace) | Self::Refused { trace, .. } | Self::Throttled { trace, .. } | Self::Unanswered(trace) => trace,
        }
    }
}

impl Probe {
    /// The request's address below the version. A calendar is asked for a window: the day that starts now.
    pub(crate) fn path(self, now: Timestamp) -> String {
        let user = self.user;
        match self.workload {
            Workload::Mail => format!("/users/{user}/mailFolders/inbox?$select=id,totalItemCount"),
            Workload::Calendar => {
                let (start, end) = (iso(now), iso(now.after(Duration::from_secs(86_400))));
                format!("/users/{user}/calendarView?startDateTime={start}&endDateTime={end}&$top=1&$select=id")
            }
            Workload::Contacts => format!("/users/{user}/contactFolders?$top=1&$select=id"),
            Workload::Tasks => format!("/users/{user}/todo/lists?$top=1"),
            Workload::Settings => format!("/users/{user}/mailboxSettings/userPurpose"),
        }
    }
}

/// A moment as ISO 8601 in UTC, to the second.
fn iso(moment: Timestamp) -> String {
    let seconds = moment.0.div_euclid(1000);
    let (days, second) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    let (year, month, day) = civil(days);
    format!("{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}Z", second / 3600, second / 60 % 60, second % 60)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_those_of_the_calendar() {
        for (moment, date) in [
            (0, "1970-01-01T00:00:00Z"),
            (951_782_400_000, "2000-02-29T00:00:00Z"),
            (1_795_168_800_999, "2026-11-20T10:00:00Z"),
            (4_107_542_399_000, "2100-02-28T23:59:59Z"),
            (4_107_542_400_000, "2100-03-01T00:00:00Z"),
            (-1, "1969-12-31T23:59:59Z"),
        ] {
            assert_eq!(iso(Timestamp(moment)), date);
        }
    }

    #[test]
    fn a_probe_asks_for_no_content() {
        for workload in Workload::ALL {
            let path = Probe { user: ObjectId(uuid::Uuid::nil()), workload, attempt: 1 }.path(Timestamp(0));
            assert!(!path.contains("body") && !path.contains("subject"), "{path}");
            assert!(path.contains("$select=id") || path.contains("$top=1") || path.ends_with("userPurpose"), "{path} may answer with more");
        }
    }
}
