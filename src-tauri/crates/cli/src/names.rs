//! From the names that a person types to the numbers that the verbs take.

use clap::Args;
use rollcall_core::id::{IntegrationId, OrganizationId, TenantId};
use rollcall_ops::error::{Error, Result};
use rollcall_ops::integrations::list::{self as integrations, IntegrationView};
use rollcall_ops::job::Job;
use rollcall_ops::organizations::describe::{self as organizations, OrganizationView};
use rollcall_ops::tenants::list::{self as tenants, TenantView};

use crate::call::Call;

/// The organization that a command is about.
#[derive(Args)]
pub struct Organization {
    /// The organization's name
    #[arg(long, value_name = "NAME")]
    org: String,
    /// Its tenant, where several have one of that name
    #[arg(long, value_name = "NAME")]
    tenant: Option<String>,
}

impl Organization {
    /// Finds it.
    ///
    /// # Errors
    /// As [`organization`].
    pub async fn find(&self, call: &Call) -> Result<OrganizationView> {
        let view = organization(call, &self.org, self.tenant.as_deref()).await?;
        call.screen.about(&view);
        Ok(view)
    }
}

/// The organization that a list is confined to, if it is to one.
#[derive(Args)]
pub struct Confined {
    /// Only of this organization
    #[arg(long, value_name = "NAME")]
    org: Option<String>,
    /// Its tenant, where several have one of that name
    #[arg(long, value_name = "NAME")]
    tenant: Option<String>,
}

impl Confined {
    /// The number of the organization, where one is named.
    ///
    /// # Errors
    /// As [`organization`].
    pub async fn organization(&self, call: &Call) -> Result<Option<OrganizationId>> {
        match &self.org {
            Some(name) => Ok(Some(organization(call, name, self.tenant.as_deref()).await?.organization.id)),
            None => Ok(None),
        }
    }

    /// The number of the tenant, where one is named.
    ///
    /// # Errors
    /// As [`tenant`].
    pub async fn tenant(&self, call: &Call) -> Result<Option<TenantId>> {
        maybe_tenant(call, self.tenant.as_deref()).await
    }
}

/// The tenant of that name.
///
/// # Errors
/// `NotFound`.
pub async fn tenant(call: &Call, name: &str) -> Result<TenantView> {
    let all = tenants::list(&call.desk, (), &Job::quiet()).await?;
    all.into_iter()
        .find(|view| is(&view.tenant.name, name))
        .ok_or_else(|| Error::not_found("no tenant of that name; `tenant list` has them all"))
}

/// The number of the tenant of that name, where one is named.
///
/// # Errors
/// `NotFound`.
pub async fn maybe_tenant(call: &Call, name: Option<&str>) -> Result<Option<TenantId>> {
    match name {
        Some(name) => Ok(Some(tenant(call, name).await?.tenant.id)),
        None => Ok(None),
    }
}

/// The integration of that name, in that tenant if one is named.
///
/// # Errors
/// `NotFound`; `InvalidInput` when several tenants have one of that name.
pub async fn integration(call: &Call, name: &str, tenant: Option<&str>) -> Result<IntegrationView> {
    let within = maybe_tenant(call, tenant).await?;
    let all = integrations::list(&call.desk, (), &Job::quiet()).await?;
    only("integration", all.into_iter().filter(|view| is(&view.integration.name, name) && may_be(view.integration.tenant, within)))
}

/// The number of the integration of that name.
///
/// # Errors
/// As [`integration`].
pub async fn integration_id(call: &Call, name: &str, tenant: Option<&str>) -> Result<IntegrationId> {
    Ok(integration(call, name, tenant).await?.integration.id)
}

/// The organization of that name, in that tenant if one is named.
///
/// # Errors
/// `NotFound`; `InvalidInput` when several tenants have one of that name.
pub async fn organization(call: &Call, name: &str, tenant: Option<&str>) -> Result<OrganizationView> {
    let within = maybe_tenant(call, tenant).await?;
    let all = organizations::list(&call.desk, (), &Job::quiet()).await?;
    only("organization", all.into_iter().filter(|view| is(&view.organization.name, name) && may_be(view.organization.tenant, within)))
}

/// Names are compared without regard to case, like the store does.
fn is(name: &str, typed: &str) -> bool {
    name.to_lowercase() == typed.trim().to_lowercase()
}

fn may_be(tenant: TenantId, within: Option<TenantId>) -> bool {
    within.is_none_or(|within| within == tenant)
}

fn only<T>(what: &str, mut found: impl Iterator<Item = T>) -> Result<T> {
    let first = found.next().ok_or_else(|| Error::not_found(format!("no {what} of that name; `list` has them all")))?;
    match found.next() {
        None => Ok(first),
        Some(_) => Err(Error::input(what, "several tenants have one of that name: say which with --tenant")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rollcall_ops::error::Code;

    #[test]
    fn an_ambiguous_name_is_asked_about_and_never_guessed() {
        assert_eq!(only("organization", [7].into_iter()), Ok(7));
        assert_eq!(only::<u8>("organization", [].into_iter()).unwrap_err().code, Code::NotFound);
        let error = only("organization", [1, 2].into_iter()).unwrap_err();
        assert!(error.detail.contains("--tenant"), "{error}");
        assert!(is("Contoso HQ", " contoso hq "));
    }
}
