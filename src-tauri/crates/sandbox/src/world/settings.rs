use super::{App, GRAPH_APP_ID, World, scopes_of};

/// What users may consent to by themselves ("Configure how users consent to applications").
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UserConsent {
    /// Nothing.
    None,
    /// Any delegated permission that needs no administrator, for any app.
    Legacy,
    /// Permissions classified as low, for verified publishers and apps of the tenant.
    Low,
    /// Microsoft's own choice, which changes with time.
    Recommended,
}

/// The tenant's settings about consent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConsentSettings {
    pub user_consent: UserConsent,
    /// Whether people may ask an administrator for what they may not consent to.
    pub workflow: bool,
}

impl Default for ConsentSettings {
    fn default() -> ConsentSettings {
        ConsentSettings { user_consent: UserConsent::Recommended, workflow: true }
    }
}

impl UserConsent {
    pub const ALL: [UserConsent; 4] = [UserConsent::None, UserConsent::Legacy, UserConsent::Low, UserConsent::Recommended];

    /// The id of the built-in policy behind it; none when nobody may consent.
    #[must_use]
    pub fn policy(self) -> Option<&'static str> {
        match self {
            UserConsent::None => None,
            UserConsent::Legacy => Some("microsoft-user-default-legacy"),
            UserConsent::Low => Some("microsoft-user-default-low"),
            UserConsent::Recommended => Some("microsoft-user-default-recommended"),
        }
    }
}

/// What the practice company classified as low.
const LOW: [&str; 5] = ["openid", "profile", "email", "offline_access", "User.Read"];

/// What Microsoft's own choice leaves to administrators: the waves of August 2025 and of June 2026 by name. Of that in between
/// (MC1163922) only the workloads are known, so all permissions of those workloads count.
const WITHHELD: [&str; 12] = [
    "Files.Read.All",
    "Files.ReadWrite.All",
    "Sites.Read.All",
    "Sites.ReadWrite.All",
    "Contacts.ReadWrite",
    "Contacts.Read.Shared",
    "Contacts.ReadWrite.Shared",
    "People.Read",
    "Tasks.Read",
    "Tasks.ReadWrite",
    "Tasks.Read.Shared",
    "Tasks.ReadWrite.Shared",
];
const WITHHELD_WORKLOADS: [&str; 9] =
    ["Mail.", "MailboxSettings.", "Calendars.", "Chat.", "ChannelMessage.", "EWS.", "EAS.", "POP.", "IMAP."];

impl World {
    /// Whether a user may consent alone to this delegated permission of Microsoft Graph.
    pub(crate) fn may_consent(&self, app: &App, scope: &str) -> bool {
        if scopes_of(GRAPH_APP_ID).iter().any(|known| known.admin && known.value == scope) {
            return false;
        }
        match self.consent.user_consent {
            UserConsent::None => false,
            UserConsent::Legacy => true,
            UserConsent::Low => LOW.contains(&scope) && (app.verified || !app.multi_tenant),
            UserConsent::Recommended => {
                !WITHHELD.contains(&scope) && !WITHHELD_WORKLOADS.iter().any(|workload| scope.starts_with(workload))
            }
        }
    }
}
