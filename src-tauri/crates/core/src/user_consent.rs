//! What a tenant lets its users consent to by themselves, and what becomes of the rest.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// The tenant's setting for consent by users ("Configure how users consent to applications").
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ConsentSettings {
    pub users: UserConsent,
    /// Whether users may ask an administrator for approval; `None` where that could not be read.
    pub workflow: Option<bool>,
}

/// To what users may consent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum UserConsent {
    /// To nothing.
    Nothing,
    /// To every delegated permission that needs no administrator (`microsoft-user-default-legacy`).
    Anything,
    /// To permissions classified as low, for applications of verified publishers or of the tenant (`microsoft-user-default-low`).
    LowImpact,
    /// To what Microsoft recommends, which leaves mail, calendars, contacts, tasks and files to administrators
    /// (`microsoft-user-default-recommended`).
    Recommended,
    /// To what policies of the tenant's own say, which Rollcall doesn't judge.
    Custom { policies: Vec<String> },
}

/// Whether a user can consent to a permission.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum OwnConsent {
    Can,
    /// The permission always needs an administrator.
    NeedsAdmin,
    /// The tenant's setting leaves it to administrators.
    TenantForbids,
    /// It depends on what the tenant has set, which can't be judged from here.
    Depends,
}

/// What assigned policies are called for users' own consent; others in the list are about groups.
const SELF: &str = "ManagePermissionGrantsForSelf.";

impl UserConsent {
    /// Reads the policies that are assigned to users by default
    /// (`authorizationPolicy.defaultUserRolePermissions.permissionGrantPoliciesAssigned`). The widest counts.
    #[must_use]
    pub fn of(assigned: &[String]) -> Self {
        let of_users: Vec<&str> = assigned
            .iter()
            .filter_map(|policy| {
                let prefix = policy.get(..SELF.len())?;
                prefix.eq_ignore_ascii_case(SELF).then(|| &policy[SELF.len()..])
            })
            .collect();
        let has = |name: &str| of_users.iter().any(|policy| policy.eq_ignore_ascii_case(name));
        let known = ["microsoft-user-default-low", "microsoft-user-default-recommended", "microsoft-user-default-allow-consent-apps"];
        if of_users.is_empty() {
            Self::Nothing
        } else if has("microsoft-user-default-legacy") {
            Self::Anything
        } else if of_users.iter().any(|policy| !known.iter().any(|name| policy.eq_ignore_ascii_case(name))) {
            Self::Custom { policies: of_users.iter().map(|&policy| policy.to_owned()).collect() }
        } else if has("microsoft-user-default-recommended") {
            Self::Recommended
        } else {
            Self::LowImpact
        }
    }

    /// Whether a user can consent to a delegated permission of that name; `admin_consent` is the catalogue's flag, `None` for a
    /// permission that it doesn't know.
    #[must_use]
    pub fn allows(&self, name: &str, admin_consent: Option<bool>) -> OwnConsent {
        if admin_consent == Some(true) {
            return OwnConsent::NeedsAdmin;
        }
        match self {
            Self::Nothing => OwnConsent::TenantForbids,
            Self::Anything if admin_consent.is_some() => OwnConsent::Can,
            Self::Recommended if is_left_to_admins(name) => OwnConsent::TenantForbids,
            // Which of the mail clients' permissions Microsoft counts among them changes by the wave.
            Self::Anything | Self::Recommended | Self::LowImpact | Self::Custom { .. } if is_sign_in(name) => OwnConsent::Can,
            Self::Anything | Self::Recommended | Self::LowImpact | Self::Custom { .. } => OwnConsent::Depends,
        }
    }
}

fn is_sign_in(name: &str) -> bool {
    ["openid", "profile", "email", "offline_access", "User.Read"].iter().any(|known| known.eq_ignore_ascii_case(name))
}

/// Whether Microsoft's recommended setting leaves a permission to administrators: files and sites since August 2025, Exchange and
/// Teams since November 2025 (MC1163922, whose exact list is not published), contacts, people and tasks since July 2026 (MC1304287).
fn is_left_to_admins(name: &str) -> bool {
    const FAMILIES: [&str; 16] = [
        "Mail.",
        "MailboxSettings.",
        "Calendars.",
        "Contacts.",
        "People.",
        "Tasks.",
        "Files.",
        "Sites.",
        "Chat.",
        "ChannelMessage.",
        "EWS.",
        "EAS.",
        "IMAP.",
        "POP.",
        "SMTP.",
        "MailboxFolder.",
    ];
    FAMILIES.iter().any(|family| name.get(..family.len()).is_some_and(|start| start.eq_ignore_ascii_case(family)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(policies: &[&str]) -> UserConsent {
        UserConsent::of(&policies.iter().map(|&policy| policy.to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn no_policy_for_oneself_means_no_consent() {
        assert_eq!(of(&[]), UserConsent::Nothing);
        assert_eq!(of(&["ManagePermissionGrantsForOwnedResource.microsoft-all"]), UserConsent::Nothing, "that one is about groups");
        assert_eq!(UserConsent::Nothing.allows("User.Read", Some(false)), OwnConsent::TenantForbids);
    }

    #[test]
    fn the_widest_of_several_policies_counts_and_unknown_ones_are_not_judged() {
        let low = "ManagePermissionGrantsForSelf.microsoft-user-default-low";
        let legacy = "managePermissionGrantsForSelf.microsoft-user-default-legacy";
        assert_eq!(of(&[low, legacy]), UserConsent::Anything);
        assert_eq!(of(&[low]), UserConsent::LowImpact);
        let own = of(&["ManagePermissionGrantsForSelf.contoso-mail", low]);
        assert!(matches!(&own, UserConsent::Custom { policies } if policies.len() == 2));
        assert_eq!(own.allows("Mail.Read", Some(false)), OwnConsent::Depends);
    }

    #[test]
    fn mail_is_left_to_administrators_where_microsoft_s_recommendation_holds() {
        let recommended = of(&["ManagePermissionGrantsForSelf.microsoft-user-default-recommended"]);
        assert_eq!(recommended.allows("Mail.ReadWrite", Some(false)), OwnConsent::TenantForbids);
        assert_eq!(recommended.allows("Group.Read.All", Some(true)), OwnConsent::NeedsAdmin);
        assert_eq!(recommended.allows("offline_access", Some(false)), OwnConsent::Can);
        assert_eq!(UserConsent::Anything.allows("Mail.ReadWrite", Some(false)), OwnConsent::Can);
        assert_eq!(UserConsent::Anything.allows("Unheard.Of", None), OwnConsent::Depends);
    }
}
