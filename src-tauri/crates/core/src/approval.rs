//! Whether an application may be used in a tenant at all, whatever it was granted: its enterprise application, who is assigned to it,
//! the credentials of its registration, and the policies of conditional access that name it.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::id::{DirectoryId, ObjectId};
use crate::role::Role;
use crate::time::Timestamp;

/// How long before its end a credential is warned of.
const SOON: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// An application's representative in the tenant ("enterprise application"; a service principal in Graph).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct EnterpriseApp {
    pub id: ObjectId,
    pub display_name: String,
    /// Whether tokens are issued for it: *Enabled for users to sign in*.
    pub enabled: bool,
    /// Whether only users who are assigned to it may sign in.
    pub assignment_required: bool,
    /// Why Microsoft disabled it, in Microsoft's word for it; `None` where it didn't.
    pub disabled_by_microsoft: Option<String>,
    /// The tenant that registered it.
    pub owner: Option<DirectoryId>,
}

/// Who is assigned to an application.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Assigned {
    pub users: u32,
    pub groups: u32,
    /// The first of them, by display name.
    pub names: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum CredentialKind {
    Secret,
    Certificate,
}

/// A credential of a registration. What is secret about it is never read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Credential {
    pub kind: CredentialKind,
    pub key_id: String,
    pub name: Option<String>,
    /// When it ends; `None` where the directory doesn't say.
    pub ends: Option<Timestamp>,
}

/// How a credential stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum CredentialState {
    Valid,
    /// It ends within 30 days.
    EndsSoon,
    Ended,
    /// The directory doesn't say when it ends.
    Unknown,
}

/// The registration of an application, where this tenant owns it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Registered {
    Here {
        credentials: Vec<Credential>,
    },
    /// Another tenant owns it: its credentials are the vendor's, and nothing can be read of them here.
    Elsewhere,
}

/// Whether a policy is in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum PolicyState {
    On,
    Off,
    /// It only writes down what it would do.
    ReportOnly,
}

/// Why a policy of conditional access concerns an application.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Concern {
    /// It names the application among those to which access is judged.
    NamesIt,
    /// It is for all applications, or for all of Office 365.
    AllApplications,
    /// It is for workload identities and names its service principal, or all of them: the application's own sign-in.
    WorkloadIdentity,
}

/// A policy of conditional access that concerns the application.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct AccessPolicy {
    pub name: String,
    pub state: PolicyState,
    pub concern: Concern,
}

/// A part of the tenant that is read beside the grants, and that not every admin may read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Part<T> {
    Read { value: T },
    Unread { why: Unread },
}

/// Why a part could not be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Unread {
    /// Rollcall has not been allowed to: this delegated permission has to be asked for first.
    NotAsked { scope: String },
    /// The signed-in admin has none of these roles.
    NoRole { roles: Vec<Role> },
    /// The read failed; the code is ours.
    Failed { code: String },
}

/// Whether an application may be used in a tenant, as it was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Approval {
    /// `None`: the tenant has no enterprise application for it, so nobody has consented to anything yet.
    pub app: Option<EnterpriseApp>,
    pub assigned: Part<Assigned>,
    pub registered: Part<Registered>,
    pub policies: Part<Vec<AccessPolicy>>,
    /// How many changes of its grants the directory's log still has. Who granted what is told from these.
    pub history: Part<u32>,
}

impl<T> Part<T> {
    /// What was read.
    pub const fn value(&self) -> Option<&T> {
        match self {
            Self::Read { value } => Some(value),
            Self::Unread { .. } => None,
        }
    }
}

impl Credential {
    /// How it stands at `now`.
    #[must_use]
    pub fn state(&self, now: Timestamp) -> CredentialState {
        match self.ends {
            None => CredentialState::Unknown,
            Some(ends) if ends <= now => CredentialState::Ended,
            Some(ends) if ends.since(now) <= SOON => CredentialState::EndsSoon,
            Some(_) => CredentialState::Valid,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_credential_is_warned_of_from_thirty_days_before_its_end() {
        let day = 24 * 60 * 60 * 1000;
        let state = |days: i64| {
            let ends = Some(Timestamp(100 * day + days * day));
            Credential { kind: CredentialKind::Secret, key_id: "k".into(), name: None, ends }.state(Timestamp(100 * day))
        };
        assert_eq!([state(31), state(30), state(1)], [CredentialState::Valid, CredentialState::EndsSoon, CredentialState::EndsSoon]);
        assert_eq!([state(0), state(-400)], [CredentialState::Ended, CredentialState::Ended]);
    }
}
