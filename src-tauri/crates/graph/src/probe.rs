//! A probe: the cheapest request that shows whether a workload of a mailbox answers. Ids and counts only, never content.

use std::time::Duration;

use rollcall_core::id::ObjectId;
use rollcall_core::time::Timestamp;
use rollcall_core::workload::Workload;

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
    /// The request's address below the version. A calendar is asked for a window: the day that starts now.
    pub(crate) fn path(self, now: Timestamp) -> String {
        let user = self.user;
        match self.workload {
            Workload::Mail => format!("/users/{user}/mailFolders/inbox?$select=id,totalItemCount"),
            Workload::Calendar => {
                let (start, end) = (moment::write(now), moment::write(now.after(Duration::from_secs(86_400))));
                format!("/users/{user}/calendarView?startDateTime={start}&endDateTime={end}&$top=1&$select=id")
            }
            Workload::Contacts => format!("/users/{user}/contactFolders?$top=1&$select=id"),
            Workload::Tasks => format!("/users/{user}/todo/lists?$top=1"),
            Workload::Settings => format!("/users/{user}/mailboxSettings/userPurpose"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_probe_asks_for_no_content() {
        for workload in Workload::ALL {
            let path = Probe { user: ObjectId(uuid::Uuid::nil()), workload, attempt: 1 }.path(Timestamp(0));
            assert!(!path.contains("body") && !path.contains("subject"), "{path}");
            assert!(path.contains("$select=id") || path.contains("$top=1") || path.ends_with("userPurpose"), "{path} may answer with more");
        }
    }
}
