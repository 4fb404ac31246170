//! Lists the catalogue of permissions.

use rollcall_core::id::PermissionId;
use rollcall_core::permission::{self, Permission, PermissionType, Resource, Risk};
use rollcall_core::workload::Workload;
use serde::Serialize;
use ts_rs::TS;

use crate::desk::Desk;
use crate::error::Result;
use crate::job::Job;

/// A permission of the catalogue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct PermissionView {
    pub resource: Resource,
    #[serde(rename = "type")]
    pub kind: PermissionType,
    pub name: &'static str,
    pub id: PermissionId,
    /// Whether the catalogue says that granting it needs an administrator. A tenant's policy may ask for one in more cases.
    pub admin_consent: bool,
    pub risk: Risk,
    /// What its holder can do, in plain words.
    pub meaning: &'static str,
    /// The permissions of the same API and type that it includes besides itself.
    pub covers: Vec<&'static str>,
    /// The workload whose probe answers only where this or a wider one is held; `None` where no probe shows it.
    pub shown_by: Option<Workload>,
}

impl From<Permission> for PermissionView {
    fn from(known: Permission) -> Self {
        let (covers, shown_by) = (known.covers().map(|narrow| narrow.name).collect(), known.shown_by());
        let Permission { resource, kind, name, id, admin_consent, risk, meaning } = known;
        Self { resource, kind, name, id, admin_consent, risk, meaning, covers, shown_by }
    }
}

/// # Errors
/// None: the catalogue is part of the program.
pub async fn list(_desk: &Desk, _ask: (), _job: &Job) -> Result<Vec<PermissionView>> {
    Ok(permission::catalogue().map(PermissionView::from).collect())
}
