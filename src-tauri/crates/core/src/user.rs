//! A user: a person or resource of the directory that was brought into an organization, and its mailbox.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::id::{ObjectId, OrganizationId, UserId};
pub use crate::mailbox::MailboxStatus;
use crate::organization::{AccessType, SyncStatus};
use crate::time::Timestamp;

/// What the directory says about whether a mailbox is to be expected. A hint shown beside the verdict, never a verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum MailboxKind {
    /// An enabled member with an Exchange plan.
    User,
    /// A disabled account with an address: usually a shared, room or equipment mailbox.
    SharedOrResource,
    /// A guest of another tenant.
    Guest,
    /// Synchronized from on-premises without an Exchange Online plan: the mailbox may live there.
    OnPremises,
    /// An enabled member without an Exchange plan.
    Unlicensed,
}

/// One user as `/users` describes it: only what is needed to find, show and judge it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct DirectoryUser {
    /// The Entra object id.
    pub object_id: ObjectId,
    /// The user principal name.
    pub upn: String,
    pub display_name: String,
    /// The primary address; may differ from the user principal name.
    pub mail: Option<String>,
    /// Further addresses (`proxyAddresses` without the primary, `smtp:` taken off).
    pub aliases: Vec<String>,
    pub department: Option<String>,
    pub job_title: Option<String>,
    pub enabled: bool,
    pub guest: bool,
    pub on_premises: bool,
    /// Whether an Exchange Online plan that comes with a mailbox is assigned and enabled.
    pub exchange_plan: bool,
}

impl DirectoryUser {
    /// Which kind of mailbox the directory makes one expect.
    #[must_use]
    pub const fn mailbox_kind(&self) -> MailboxKind {
        if self.guest {
            MailboxKind::Guest
        } else if self.exchange_plan {
            MailboxKind::User
        } else if self.on_premises {
            MailboxKind::OnPremises
        } else if !self.enabled && self.mail.is_some() {
            MailboxKind::SharedOrResource
        } else {
            MailboxKind::Unlicensed
        }
    }
}

/// A user as it is remembered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct User {
    pub id: UserId,
    pub organization: OrganizationId,
    pub directory: DirectoryUser,
    /// The user's own mailbox access type, where it overrides the organization's.
    pub access: Option<AccessType>,
    /// The user's own synchronization status.
    pub sync: SyncStatus,
    pub mailbox: MailboxStatus,
    /// Since when the mailbox stands there; `None` where it never moved.
    pub mailbox_since: Option<Timestamp>,
    pub created: Timestamp,
    /// When the directory last confirmed these facts.
    pub seen: Timestamp,
    /// When the directory was first read without this person in it; `None` while the person is there.
    pub gone: Option<Timestamp>,
}

/// Exchange service plans that come with a mailbox ("Product names and service plan identifiers for licensing").
pub const MAILBOX_PLANS: [&str; 10] = [
    "9aaf7827-d63c-4b61-89c3-182f06f82e5c",
    "efb87545-963c-4e0d-99df-69c6916d9eb0",
    "4a82b400-a79f-41a4-b4e2-e94f5787b113",
    "e8f81a67-bd96-4074-b108-cf193eb9433b",
    "fc52cc4b-ed7d-472d-bbe7-b081c23ecc56",
    "d42bdbd6-c335-4231-ab3d-c8f348d5aff5",
    "90927877-dcff-4af6-b346-2332c0b15bb7",
    "e9b4930a-925f-45e2-ac2a-3f7788ca6fdd",
    "8c3069c0-ccdb-44be-ab77-986203a67df2",
    "88f4d7ef-a73b-4246-8047-516022144c9f",
];

#[cfg(test)]
mod tests {
    use super::*;

    fn someone() -> DirectoryUser {
        DirectoryUser {
            object_id: ObjectId(uuid::Uuid::nil()),
            upn: "ada@contoso.example".into(),
            display_name: "Ada".into(),
            mail: Some("ada@contoso.example".into()),
            aliases: vec![],
            department: None,
            job_title: None,
            enabled: true,
            guest: false,
            on_premises: false,
            exchange_plan: true,
        }
    }

    #[test]
    fn the_directory_says_which_mailbox_to_expect() {
        assert_eq!(someone().mailbox_kind(), MailboxKind::User);
        let unlicensed = DirectoryUser { exchange_plan: false, ..someone() };
        assert_eq!(unlicensed.mailbox_kind(), MailboxKind::Unlicensed);
        assert_eq!(
            DirectoryUser { enabled: false, ..unlicensed.clone() }.mailbox_kind(),
            MailboxKind::SharedOrResource,
            "shared and room mailboxes have a disabled account"
        );
        assert_eq!(DirectoryUser { on_premises: true, ..unlicensed.clone() }.mailbox_kind(), MailboxKind::OnPremises);
        assert_eq!(DirectoryUser { guest: true, ..unlicensed }.mailbox_kind(), MailboxKind::Guest);
    }
}
