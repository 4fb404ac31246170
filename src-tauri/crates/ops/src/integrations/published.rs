//! What the tenant's own service principals of Microsoft Graph and Exchange Online publish: the last word on which permissions
//! there are in it.

use rollcall_core::id::{PermissionId, TenantId};
use rollcall_core::integration::{BadPermissions, RequiredPermission, check, check_with};
use rollcall_core::permission::{PermissionType, Resource};
use rollcall_graph::applications::{self, ServicePrincipal};

use crate::connection;
use crate::desk::Desk;
use crate::error::{Error, Result};
use crate::job::Job;

/// The permissions that a tenant has.
pub(crate) struct Published(Vec<(Resource, ServicePrincipal)>);

impl Published {
    /// Asks the tenant. An API that it has no service principal of publishes nothing there.
    ///
    /// # Errors
    /// `NotSignedIn`; those of a read.
    pub async fn read(desk: &Desk, tenant: TenantId, job: &Job) -> Result<Self> {
        let graph = connection::delegated(desk, tenant).await?;
        let (of_graph, of_exchange) = tokio::try_join!(
            applications::service_principal(&graph, Resource::Graph.app_id(), &job.stop),
            applications::service_principal(&graph, Resource::Exchange.app_id(), &job.stop),
        )?;
        let both = [(Resource::Graph, of_graph), (Resource::Exchange, of_exchange)];
        Ok(Self(both.into_iter().filter_map(|(resource, principal)| Some((resource, principal?))).collect()))
    }

    /// The name that is published for a name, whatever its case, or for an id.
    pub fn name(&self, resource: Resource, kind: PermissionType, name_or_id: &str) -> Option<String> {
        let (_, principal) = self.0.iter().find(|(of, _)| *of == resource)?;
        let id: PermissionId = name_or_id.parse().ok().or_else(|| principal.id_of(kind, name_or_id))?;
        principal.name_of(kind, id).map(str::to_owned)
    }
}

/// Checks a list of required permissions. What the catalogue doesn't know is looked for in the tenant, where somebody is signed in.
///
/// # Errors
/// `InvalidInput` names the permission; those of the read.
pub(crate) async fn checked(
    desk: &Desk,
    tenant: TenantId,
    permissions: Vec<RequiredPermission>,
    job: &Job,
) -> Result<Vec<RequiredPermission>> {
    match check(permissions.clone()) {
        Ok(checked) => Ok(checked),
        Err(unknown @ BadPermissions::Unknown { .. }) if !connection::is_signed_in(desk, tenant).await => {
            Err(Error::input("permissions", format!("{unknown}; when you are signed in, it is looked for in the tenant too")))
        }
        Err(BadPermissions::Unknown { .. }) => {
            let published = Published::read(desk, tenant, job).await?;
            let known = |resource, kind, name: &str| published.name(resource, kind, name);
            check_with(permissions, &known).map_err(|why| match why {
                BadPermissions::Unknown { .. } => Error::input("permissions", format!("{why}, and the tenant publishes none of that name")),
                BadPermissions::Empty | BadPermissions::Twice(_) => Error::input("permissions", why),
            })
        }
        Err(why @ (BadPermissions::Empty | BadPermissions::Twice(_))) => Err(Error::input("permissions", why)),
    }
}

#[cfg(test)]
mod tests {
    use rollcall_core::id::ObjectId;
    use rollcall_graph::applications::Published as Permission;
    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_permission_is_found_by_its_published_name_and_by_its_id_of_that_api_and_type_only() {
        let id = PermissionId(Uuid::from_u128(1));
        let published = |kind, name: &str| Permission { kind, id, name: name.into(), enabled: true };
        let principal = ServicePrincipal {
            id: ObjectId(Uuid::from_u128(2)),
            app_id: Resource::Exchange.app_id(),
            display_name: "Office 365 Exchange Online".into(),
            enabled: true,
            publishes: vec![published(PermissionType::Application, "Exchange.ManageAsAppV2"), published(PermissionType::Delegated, "")],
        };
        let tenant = Published(vec![(Resource::Exchange, principal)]);
        let found = |kind, name: &str| tenant.name(Resource::Exchange, kind, name);
        let live = Some("Exchange.ManageAsAppV2".to_owned());
        assert_eq!(found(PermissionType::Application, "exchange.manageasappv2"), live);
        assert_eq!(found(PermissionType::Application, &id.to_string()), live);
        assert_eq!(found(PermissionType::Delegated, "Exchange.ManageAsAppV2"), None);
        assert_eq!(found(PermissionType::Delegated, &id.to_string()), None, "it has no name there");
        assert_eq!(tenant.name(Resource::Graph, PermissionType::Application, "Exchange.ManageAsAppV2"), None);
    }
}
