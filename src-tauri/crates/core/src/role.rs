//! The directory roles of administrators, and which of them each action needs at least.

use serde::{Deserialize, Serialize};
use ts_rs::TS;
use uuid::{Uuid, uuid};

/// A built-in role of Entra ("Microsoft Entra built-in roles").
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    GlobalAdministrator,
    PrivilegedRoleAdministrator,
    ApplicationAdministrator,
    CloudApplicationAdministrator,
    GlobalReader,
    ReportsReader,
    SecurityReader,
    SecurityAdministrator,
    ConditionalAccessAdministrator,
}

/// What an admin does that a role is needed for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Granting or taking an application permission of Microsoft Graph, or consent for the whole tenant that includes one.
    GrantGraphRole,
    /// Granting or taking delegated permissions, or application permissions of other APIs.
    Grant,
    ReadAudits,
    ReadConsentSettings,
    ReadConsentRequests,
    ReadConditionalAccess,
}

impl Role {
    /// Every role that we know by name.
    pub const ALL: [Self; 9] = [
        Self::GlobalAdministrator,
        Self::PrivilegedRoleAdministrator,
        Self::ApplicationAdministrator,
        Self::CloudApplicationAdministrator,
        Self::GlobalReader,
        Self::ReportsReader,
        Self::SecurityReader,
        Self::SecurityAdministrator,
        Self::ConditionalAccessAdministrator,
    ];

    /// The id of its template, the same in every tenant.
    #[must_use]
    pub const fn template(self) -> Uuid {
        match self {
            Self::GlobalAdministrator => uuid!("62e90394-69f5-4237-9190-012177145e10"),
            Self::PrivilegedRoleAdministrator => uuid!("e8611ab8-c189-46e8-94e1-60213ab1f814"),
            Self::ApplicationAdministrator => uuid!("9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3"),
            Self::CloudApplicationAdministrator => uuid!("158c047a-c907-4556-b7ef-446551a6b5f7"),
            Self::GlobalReader => uuid!("f2ef992c-3afb-46b9-b7cf-a126ee74c451"),
            Self::ReportsReader => uuid!("4a5d8f65-41da-4de4-8968-e035b65339cf"),
            Self::SecurityReader => uuid!("5d6b6bb7-de71-4623-b4af-96380a352509"),
            Self::SecurityAdministrator => uuid!("194ae4cb-b126-40b2-bd5b-6091b380977d"),
            Self::ConditionalAccessAdministrator => uuid!("b1be1c3e-b65d-4f19-8427-f6fa0d97feb9"),
        }
    }

    /// The name that Microsoft's portals show.
    #[must_use]
    pub const fn display_name(self) -> &'static str {
        match self {
            Self::GlobalAdministrator => "Global Administrator",
            Self::PrivilegedRoleAdministrator => "Privileged Role Administrator",
            Self::ApplicationAdministrator => "Application Administrator",
            Self::CloudApplicationAdministrator => "Cloud Application Administrator",
            Self::GlobalReader => "Global Reader",
            Self::ReportsReader => "Reports Reader",
            Self::SecurityReader => "Security Reader",
            Self::SecurityAdministrator => "Security Administrator",
            Self::ConditionalAccessAdministrator => "Conditional Access Administrator",
        }
    }

    /// The roles among template ids; ones that we don't know by name are left out.
    #[must_use]
    pub fn among(templates: &[Uuid]) -> Vec<Self> {
        Self::ALL.into_iter().filter(|role| templates.contains(&role.template())).collect()
    }
}

impl Action {
    /// The roles of which one is enough, the least first ("Grant tenant-wide admin consent to an application", and the built-in
    /// roles' own descriptions).
    #[must_use]
    pub const fn roles(self) -> &'static [Role] {
        match self {
            Self::GrantGraphRole => &[Role::PrivilegedRoleAdministrator, Role::GlobalAdministrator],
            Self::Grant => &[
                Role::CloudApplicationAdministrator,
                Role::ApplicationAdministrator,
                Role::PrivilegedRoleAdministrator,
                Role::GlobalAdministrator,
            ],
            Self::ReadAudits => {
                &[Role::ReportsReader, Role::SecurityReader, Role::SecurityAdministrator, Role::GlobalReader, Role::GlobalAdministrator]
            }
            Self::ReadConsentSettings | Self::ReadConsentRequests => {
                &[Role::CloudApplicationAdministrator, Role::ApplicationAdministrator, Role::GlobalReader, Role::GlobalAdministrator]
            }
            Self::ReadConditionalAccess => &[
                Role::SecurityReader,
                Role::ConditionalAccessAdministrator,
                Role::SecurityAdministrator,
                Role::GlobalReader,
                Role::GlobalAdministrator,
            ],
        }
    }

    /// Whether somebody with these roles may do it.
    #[must_use]
    pub fn is_open_to(self, roles: &[Role]) -> bool {
        self.roles().iter().any(|role| roles.contains(role))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_application_permission_of_graph_needs_more_than_an_application_administrator() {
        assert!(!Action::GrantGraphRole.is_open_to(&[Role::ApplicationAdministrator, Role::CloudApplicationAdministrator]));
        assert!(Action::GrantGraphRole.is_open_to(&[Role::PrivilegedRoleAdministrator]));
        assert!(Action::Grant.is_open_to(&[Role::CloudApplicationAdministrator]));
        assert!(!Action::Grant.is_open_to(&[Role::GlobalReader]));
    }

    #[test]
    fn roles_are_known_by_their_template() {
        let unknown = Uuid::from_u128(1);
        assert_eq!(Role::among(&[unknown, Role::GlobalReader.template()]), [Role::GlobalReader]);
    }
}
