//! A group of the directory: a way to name many people at once.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::id::ObjectId;

/// What kind of group it is, as the portals call it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum GroupKind {
    Security,
    MailEnabledSecurity,
    #[serde(rename = "microsoft_365")]
    Microsoft365,
    Distribution,
}

impl GroupKind {
    /// The kind by what the directory says of it.
    #[must_use]
    pub const fn of(unified: bool, mail: bool, security: bool) -> Self {
        match (unified, mail, security) {
            (true, _, _) => Self::Microsoft365,
            (false, true, true) => Self::MailEnabledSecurity,
            (false, true, false) => Self::Distribution,
            (false, false, _) => Self::Security,
        }
    }

    /// The name used in JSON and on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Security => "security",
            Self::MailEnabledSecurity => "mail_enabled_security",
            Self::Microsoft365 => "microsoft_365",
            Self::Distribution => "distribution",
        }
    }
}

/// A group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct Group {
    pub id: ObjectId,
    pub display_name: String,
    pub mail: Option<String>,
    pub kind: GroupKind,
}
