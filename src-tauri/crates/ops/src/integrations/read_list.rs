//! Reads a list of permissions as somebody has it: typed, pasted, exported from elsewhere. Nothing is stored.

use rollcall_core::id::{IntegrationId, TenantId};
use rollcall_core::manifest::{self, Known, ReadList, Said};
use rollcall_core::organization::AccessType;
use rollcall_store::integrations;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::json_list;
use super::published::Published;
use crate::connection;
use crate::desk::Desk;
use crate::error::{Error, Result};
use crate::job::Job;

/// The text to read.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct ReadListAsk {
    pub text: String,
    /// How mailboxes are reached, which decides the type of a permission where the text says none.
    pub access: AccessType,
    /// The tenant that is asked for what the catalogue doesn't know.
    #[serde(default)]
    #[ts(optional = nullable)]
    pub tenant: Option<TenantId>,
    /// In its place: the integration, whose tenant is asked.
    #[serde(default)]
    #[ts(optional = nullable)]
    pub integration: Option<IntegrationId>,
}

/// A list that was read, and whether the tenant had a say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct ListRead {
    #[serde(flatten)]
    pub list: ReadList,
    pub asked: Asked,
}

/// Whether the tenant was asked for names that the catalogue doesn't know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "tenant", rename_all = "snake_case")]
pub enum Asked {
    /// It didn't have to be.
    NotNeeded,
    /// It was: what is still unknown isn't published there either.
    Asked,
    /// Nobody is signed in to it, or no tenant was named.
    NotSignedIn,
    /// It could not be read; the code says why.
    Failed { code: String },
}

/// # Errors
/// `InvalidInput` when the text is no list at all; `NotFound` for the integration. What of a list can't be taken is told in the answer.
pub async fn read_list(desk: &Desk, ask: ReadListAsk, job: &Job) -> Result<ListRead> {
    let tenant = match (ask.tenant, ask.integration) {
        (Some(tenant), _) => Some(tenant),
        (None, Some(integration)) => Some(desk.read(move |conn| integrations::get(conn, integration)).await?.tenant),
        (None, None) => None,
    };
    let list = read(&ask.text, ask.access, &|_, _, _| None)?;
    if !list.remarks.iter().any(|remark| matches!(remark.what, Said::Unknown { .. })) {
        return Ok(ListRead { list, asked: Asked::NotNeeded });
    }
    let tenant = match tenant {
        Some(tenant) if connection::is_signed_in(desk, tenant).await => tenant,
        Some(_) | None => return Ok(ListRead { list, asked: Asked::NotSignedIn }),
    };
    match Published::read(desk, tenant, job).await {
        Ok(published) => {
            let list = read(&ask.text, ask.access, &|resource, kind, name| published.name(resource, kind, name))?;
            Ok(ListRead { list, asked: Asked::Asked })
        }
        Err(error) => Ok(ListRead { list, asked: Asked::Failed { code: error.code.name().to_owned() } }),
    }
}

fn read(text: &str, access: AccessType, known: Known<'_>) -> Result<ReadList> {
    if json_list::is_json(text) {
        return json_list::read(text, access, known).map_err(|why| Error::input("permissions", why));
    }
    manifest::read(text, access, known).map_err(|why| Error::input("permissions", why))
}
