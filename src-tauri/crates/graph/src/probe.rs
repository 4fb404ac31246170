//! A probe: the cheapest request that shows whether a workload of a mailbox answers. Ids and counts only, never content.

use std::time::Duration;

use rollcall_core::id::ObjectId;
use rollcall_core::time::Timestamp;
use rollcall_core::workload::Workload;
use uuid::Uuid;

use crate::error::Trace;
use crate::moment;

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
    /// Writes the request's address below the version. Nothing in it needs escaping, in an address or in JSON.
    pub(crate) fn write_path(self, day: &Day, to: &mut String) {
        to.push_str("/users/");
        to.push_str(self.user.0.hyphenated().encode_lower(&mut Uuid::encode_buffer()));
        match self.workload {
            Workload::Mail => to.push_str("/mailFolders/inbox?$select=id,totalItemCount"),
            Workload::Calendar => {
                let Day { start, end } = day;
                for part in ["/calendarView?startDateTime=", start, "&endDateTime=", end, "&$top=1&$select=id"] {
                    to.push_str(part);
                }
            }
            Workload::Contacts => to.push_str("/contactFolders?$top=1&$select=id"),
            Workload::Tasks => to.push_str("/todo/lists?$top=1"),
            Workload::Settings => to.push_str("/mailboxSettings/userPurpose"),
        }
    }
}

/// The window that calendars are asked for, as Graph writes it.
pub(crate) struct Day {
    start: String,
    end: String,
}

impl Day {
    /// The day that starts now.
    pub fn from(now: Timestamp) -> Self {
        Self { start: moment::write(now), end: moment::write(now.after(Duration::from_secs(86_400))) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_probe_asks_for_no_content() {
        for workload in Workload::ALL {
            let mut path = String::new();
            Probe { user: ObjectId(Uuid::nil()), workload, attempt: 1 }.write_path(&Day::from(Timestamp(0)), &mut path);
            assert!(!path.contains("body") && !path.contains("subject"), "{path}");
            assert!(path.contains("$select=id") || path.contains("$top=1") || path.ends_with("userPurpose"), "{path} may answer with more");
        }
    }
}
