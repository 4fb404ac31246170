//! The other organizations of the application. Exchange and Entra know one application, not its organizations: what it may reach is what
//! all of them ask for, so that two different wishes can't both hold.

use rollcall_core::id::OrganizationId;
use rollcall_core::organization::AccessType;
use rollcall_core::scope::{Desired, Mechanism, cover};
use rollcall_store::scopes::{self, Beside, Scope};
use rollcall_store::users::{self, Chosen, UserFilter};
use rollcall_store::{Connection, StoreError, integrations, organizations};
use serde::Serialize;
use serde::de::IgnoredAny;
use ts_rs::TS;

/// Another organization of the application.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(rename = "ScopeSharer")]
pub struct Sharer {
    pub organization: OrganizationId,
    pub name: String,
    pub wish: SharedWish,
}

/// What it wishes, beside a wish of this organization.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum SharedWish {
    Same,
    /// Another one.
    Other {
        desired: Desired,
    },
    /// It has never set one. So many of its users are reached over Graph by the application's own identity: a limit holds for them, too.
    None {
        users: u32,
    },
}

/// The other organizations that a wish concerns. Those without a wish and without users on Graph it doesn't.
pub(super) fn sharers(conn: &Connection, organization: OrganizationId, desired: &Desired) -> Result<Vec<Sharer>, StoreError> {
    let mut sharers = Vec::new();
    for Beside { organization, name, scope } in scopes::beside::<IgnoredAny>(conn, organization)? {
        let wish = match scope {
            Some(Scope { desired: other, set_at: Some(_), .. }) if other.is_same(desired) => SharedWish::Same,
            Some(Scope { desired: other, set_at: Some(_), .. }) => SharedWish::Other { desired: other },
            Some(Scope { set_at: None, .. }) | None => {
                let filter =
                    UserFilter { organization: Some(organization), access: vec![AccessType::GraphAppOnly], ..UserFilter::default() };
                match users::count(conn, &Chosen::Filter(filter))? {
                    0 => continue,
                    users => SharedWish::None { users },
                }
            }
        };
        sharers.push(Sharer { organization, name, wish });
    }
    Ok(sharers)
}

/// The roles that other organizations of the application need.
pub(super) fn roles_beside(conn: &Connection, organization: OrganizationId) -> Result<Vec<String>, StoreError> {
    let mut roles = Vec::new();
    for Beside { organization, .. } in scopes::beside::<IgnoredAny>(conn, organization)? {
        let other = organizations::get(conn, organization)?;
        let coverage = cover::coverage(Mechanism::ManagementScope, other.needs(&integrations::get(conn, other.integration)?));
        roles.extend(coverage.scoped.into_iter().map(|scoped| scoped.role));
    }
    Ok(roles)
}

/// Whether one of them contradicts what this organization wishes.
pub(super) fn is_contested(sharers: &[Sharer]) -> bool {
    sharers.iter().any(|sharer| matches!(sharer.wish, SharedWish::Other { .. }))
}
