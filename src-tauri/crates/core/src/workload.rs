//! A workload: one kind of data of a mailbox that an integration reads or writes.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What of a mailbox is checked, one probe each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Workload {
    Mail,
    Calendar,
    Contacts,
    Tasks,
    Settings,
}

impl Workload {
    /// All of them, in the order in which screens and files list them.
    pub const ALL: [Self; 5] = [Self::Mail, Self::Calendar, Self::Contacts, Self::Tasks, Self::Settings];

    /// The name used in JSON, in the database and on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Mail => "mail",
            Self::Calendar => "calendar",
            Self::Contacts => "contacts",
            Self::Tasks => "tasks",
            Self::Settings => "settings",
        }
    }
}

impl fmt::Display for Workload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The text is not the name of a workload.
#[derive(Debug, thiserror::Error)]
#[error("not a workload")]
pub struct NotAWorkload;

impl FromStr for Workload {
    type Err = NotAWorkload;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|workload| workload.name() == text).ok_or(NotAWorkload)
    }
}
