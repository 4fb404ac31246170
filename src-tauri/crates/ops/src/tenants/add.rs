//! Connects a tenant: remembers where it is and which application Rollcall signs in with. Nothing is sent yet.

use rollcall_core::organization;
use rollcall_core::tenant::{Cloud, Tenant};
use rollcall_identity::cloud::Endpoints;
use rollcall_store::tenants::{self, NewTenant};
use serde::Deserialize;
use ts_rs::TS;

use crate::desk::Desk;
use crate::error::{Error, Result};
use crate::job::Job;

/// The tenant to connect.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct AddTenant {
    pub name: String,
    pub cloud: Cloud,
    /// The tenant's GUID or a verified domain.
    pub directory: String,
    /// The application that Rollcall signs in with.
    pub client_id: String,
    /// Base address of sign-in; for a custom cloud only.
    pub authority: Option<String>,
    /// Base address of Graph; for a custom cloud only.
    pub graph: Option<String>,
}

/// # Errors
/// `InvalidInput` names the field; `DuplicateName`.
pub async fn add(desk: &Desk, ask: AddTenant, _job: &Job) -> Result<Tenant> {
    let name = organization::name(&ask.name).map_err(|why| Error::input("name", why))?;
    let directory = directory(&ask.directory)?;
    let client_id =
        ask.client_id.parse().map_err(|_| Error::input("client_id", "it is not a GUID such as 00000000-0000-0000-0000-000000000000"))?;
    let endpoints = endpoints(&ask)?;
    let new = NewTenant {
        name,
        cloud: ask.cloud,
        authority: without_slash(endpoints.authority().as_str()),
        graph: without_slash(endpoints.graph().as_str()),
        directory,
        client_id,
        practice: false,
    };
    let now = desk.now();
    desk.write(move |tx| tenants::insert(tx, &new, now)).await
}

fn endpoints(ask: &AddTenant) -> Result<Endpoints> {
    match (Endpoints::of(ask.cloud), ask.authority.as_deref(), ask.graph.as_deref()) {
        (Some(known), None, None) => Ok(known),
        (Some(_), _, _) => Err(Error::input("authority", "only a custom cloud takes addresses of its own")),
        (None, Some(authority), Some(graph)) => Endpoints::custom(authority, graph).map_err(|why| Error::input("authority and graph", why)),
        (None, _, _) => Err(Error::input("authority", "a custom cloud needs both the sign-in and the Graph address")),
    }
}

/// A GUID or a DNS name; `common`, `organizations` and `consumers` are no tenant.
fn directory(text: &str) -> Result<String> {
    let text = text.trim();
    let guid = text.parse::<rollcall_core::id::DirectoryId>().is_ok();
    let label = |label: &str| !label.is_empty() && label.len() <= 63 && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    let domain = text.len() <= 253 && text.contains('.') && text.split('.').all(label);
    if guid || domain {
        Ok(text.to_ascii_lowercase())
    } else {
        Err(Error::input("directory", "it is neither a tenant id (GUID) nor a domain such as contoso.example"))
    }
}

fn without_slash(url: &str) -> String {
    url.trim_end_matches('/').to_owned()
}

#[cfg(test)]
mod tests {
    use super::directory;

    #[test]
    fn a_tenant_is_a_guid_or_a_domain_and_nothing_else() {
        assert_eq!(directory(" Contoso.Example ").ok().as_deref(), Some("contoso.example"));
        assert!(directory("72f988bf-0000-41af-91ab-2d7cd011db47").is_ok());
        for bad in [
            "",
            "common",
            "organizations",
            "contoso",
            "contoso..example",
            "con toso.example",
            "contoso.example/x",
            "https://contoso.example",
            "a.b?c",
        ] {
            assert!(directory(bad).is_err(), "{bad:?}");
        }
    }
}
