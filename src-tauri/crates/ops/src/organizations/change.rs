//! Changes what may be changed of an organization: its name, mailbox access type and synchronization status.

use rollcall_core::id::OrganizationId;
use rollcall_core::organization::{self, AccessType, Organization, SyncStatus};
use rollcall_store::organizations::{self, OrganizationChange};
use serde::Deserialize;
use ts_rs::TS;

use crate::desk::Desk;
use crate::error::{Code, Error, Result};
use crate::job::Job;

/// The changes; what is absent stays.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct ChangeOrganization {
    pub organization: OrganizationId,
    pub name: Option<String>,
    pub access: Option<AccessType>,
    pub sync: Option<SyncStatus>,
    /// Refused unless it is the one the organization has: the External ID is fixed.
    #[serde(default)]
    #[ts(optional = nullable)]
    pub external_id: Option<String>,
}

/// # Errors
/// `ExternalIdFixed`; `InvalidInput`; `DuplicateName`; `NotFound`.
pub async fn change(desk: &Desk, ask: ChangeOrganization, _job: &Job) -> Result<Organization> {
    let name = ask.name.as_deref().map(organization::name).transpose().map_err(|why| Error::input("name", why))?;
    let present = desk.read(move |conn| organizations::get(conn, ask.organization)).await?;
    if ask.external_id.as_deref().is_some_and(|wanted| wanted.trim() != present.external_id.as_str()) {
        return Err(Error::new(Code::ExternalIdFixed, format!("organization {} keeps its External ID", present.id)));
    }
    let change = OrganizationChange { name, access: ask.access, sync: ask.sync };
    desk.write(move |tx| organizations::change(tx, ask.organization, &change)).await
}
