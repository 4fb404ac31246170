//! An integration: the application being onboarded, and the permissions it needs.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::id::{AppId, IntegrationId, TenantId};
use crate::manifest::Known;
use crate::organization::AccessType;
use crate::permission::{self, PermissionType, Resource};
use crate::time::Timestamp;
use crate::workload::Workload;

/// Which built-in description an integration starts from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum Preset {
    RevenueGrid,
    Outreach,
    Inloox,
    Crelate,
    /// The admin's own list.
    Custom,
}

impl Preset {
    /// All of them, in the order in which they are offered.
    pub const ALL: [Self; 5] = [Self::RevenueGrid, Self::Outreach, Self::Inloox, Self::Crelate, Self::Custom];

    /// The name used in JSON, in the database and on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::RevenueGrid => "revenue-grid",
            Self::Outreach => "outreach",
            Self::Inloox => "inloox",
            Self::Crelate => "crelate",
            Self::Custom => "custom",
        }
    }
}

impl fmt::Display for Preset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The text is not the name of a preset.
#[derive(Debug, thiserror::Error)]
#[error("not a preset: use revenue-grid, outreach, inloox, crelate or custom")]
pub struct NotAPreset;

impl FromStr for Preset {
    type Err = NotAPreset;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|preset| preset.name() == text).ok_or(NotAPreset)
    }
}

/// A permission that the integration needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct RequiredPermission {
    /// Its name, such as `Mail.ReadWrite`.
    pub name: String,
    #[serde(rename = "type")]
    pub kind: PermissionType,
    #[serde(default)]
    pub resource: Resource,
    /// What stops working without it.
    #[serde(default)]
    pub feature: Option<String>,
    /// Why the integration needs it, in a sentence.
    #[serde(default)]
    #[ts(optional = nullable)]
    pub purpose: Option<String>,
    /// Whether the integration is complete without it.
    #[serde(default)]
    pub optional: bool,
}

/// Why a list of required permissions can't be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadPermissions {
    #[error("the list of permissions is empty")]
    Empty,
    #[error("{0} is listed twice")]
    Twice(String),
    #[error("{name} is not a {kind} permission of {resource} that the catalogue knows")]
    Unknown { name: String, kind: &'static str, resource: &'static str },
}

/// Checks a list of required permissions against the catalogue and spells the names as Microsoft does.
///
/// # Errors
/// [`BadPermissions`] names the first entry that can't be used.
pub fn check(permissions: Vec<RequiredPermission>) -> Result<Vec<RequiredPermission>, BadPermissions> {
    check_with(permissions, &|_, _, _| None)
}

/// The same, where somebody else may know what the catalogue doesn't.
///
/// # Errors
/// As [`check`].
pub fn check_with(permissions: Vec<RequiredPermission>, known: Known<'_>) -> Result<Vec<RequiredPermission>, BadPermissions> {
    if permissions.is_empty() {
        return Err(BadPermissions::Empty);
    }
    let mut checked: Vec<RequiredPermission> = Vec::with_capacity(permissions.len());
    for wanted in permissions {
        let typed = wanted.name.trim();
        let listed = permission::find(wanted.resource, wanted.kind, typed).map(|known| known.name.to_owned());
        let Some(name) = listed.or_else(|| known(wanted.resource, wanted.kind, typed)) else {
            return Err(BadPermissions::Unknown { name: wanted.name, kind: wanted.kind.name(), resource: wanted.resource.name() });
        };
        let same =
            |earlier: &RequiredPermission| earlier.name == name && earlier.kind == wanted.kind && earlier.resource == wanted.resource;
        if checked.iter().any(same) {
            return Err(BadPermissions::Twice(name));
        }
        checked.push(RequiredPermission { name, ..wanted });
    }
    Ok(checked)
}

/// An integration as it is remembered. Its secret rests in the keychain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct Integration {
    pub id: IntegrationId,
    pub tenant: TenantId,
    pub name: String,
    /// The application (client) id.
    pub client_id: AppId,
    pub preset: Preset,
    pub permissions: Vec<RequiredPermission>,
    pub created: Timestamp,
}

/// Whether one of these permissions lets this workload be reached in the way the organization uses.
#[must_use]
pub fn covers(permissions: &[RequiredPermission], workload: Workload, access: AccessType) -> bool {
    let kind = match access {
        AccessType::GraphAppOnly => PermissionType::Application,
        AccessType::GraphDelegated => PermissionType::Delegated,
        AccessType::EwsAppOnly | AccessType::EwsDelegated => return false,
    };
    permissions.iter().any(|wanted| wanted.resource == Resource::Graph && wanted.kind == kind && permission::opens(&wanted.name, workload))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted(name: &str, kind: PermissionType) -> RequiredPermission {
        RequiredPermission { name: name.into(), kind, resource: Resource::Graph, feature: None, purpose: None, optional: false }
    }

    #[test]
    fn a_list_is_spelled_as_microsoft_spells_it_and_refused_with_the_entry_named() {
        let list = check(vec![wanted(" mail.readwrite", PermissionType::Application)]).map(|l| l[0].name.clone());
        assert_eq!(list, Ok("Mail.ReadWrite".to_owned()));
        assert_eq!(check(vec![]), Err(BadPermissions::Empty));
        let twice = vec![wanted("Mail.Read", PermissionType::Delegated), wanted("mail.read", PermissionType::Delegated)];
        assert_eq!(check(twice), Err(BadPermissions::Twice("Mail.Read".into())));
        assert!(
            matches!(check(vec![wanted("Calendars.Read.Shared", PermissionType::Application)]), Err(BadPermissions::Unknown { .. })),
            "that one exists as delegated only"
        );
    }
}
