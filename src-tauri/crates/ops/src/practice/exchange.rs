//! Runs a planned script on the practice tenant, whose Exchange takes the cmdlets over loopback. On any other tenant an administrator
//! runs them in PowerShell; Rollcall never writes to a real Exchange.

use std::collections::BTreeMap;

use rollcall_core::grant::{Api, Grantee};
use rollcall_core::grant::{Change as GrantChange, Grant};
use rollcall_core::id::OrganizationId;
use rollcall_core::permission::{PermissionType, Resource};
use rollcall_core::scope::clock::Change;
use rollcall_core::scope::cmdlet::Said;
use rollcall_core::scope::plan::{AssignTo, NoScript, Purpose, Step};
use rollcall_core::scope::{Mechanism, Rule, clock::Changed};
use rollcall_core::tenant::Tenant;
use rollcall_graph::practice_exchange::{self, Cmdlet};
use rollcall_graph::send::Graph;
use rollcall_graph::{error::GraphError, grants};
use rollcall_store::{organizations, scopes, tenants};
use serde::Deserialize;
use ts_rs::TS;

use crate::connection;
use crate::consent::read::holdings;
use crate::desk::Desk;
use crate::error::{Error, Result};
use crate::job::{Job, Progress};
use crate::organizations::delete::OrganizationRef;
use crate::scope::plan::{Planned, planned, refused};
use crate::scope::show::{ScopeView, show};
use crate::tenants::allow::ASSIGN_ROLES;

/// Which script to run.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct RunScopeScript {
    pub organization: OrganizationId,
    pub purpose: Purpose,
    /// Addresses that the test is to try besides those of the last proof.
    pub mailboxes: Vec<String>,
}

/// # Errors
/// `InvalidInput` on a tenant that is no practice tenant; those of [`refused`], where there is no such script; those of the network.
pub async fn run_script(desk: &Desk, ask: RunScopeScript, job: &Job) -> Result<ScopeView> {
    let of = OrganizationRef { organization: ask.organization };
    let tenant = desk.read(move |conn| tenants::get(conn, organizations::get(conn, ask.organization)?.tenant)).await?;
    if !is_practice(&tenant) {
        return Err(Error::input("tenant", "this is no practice tenant: run the script in Exchange Online PowerShell"));
    }
    let planned = planned(desk, ask.organization, ask.mailboxes, job).await?;
    let steps = planned.steps(ask.purpose).map_err(refused)?;
    let graph = if steps.iter().any(|step| matches!(step, Step::Revoke { .. })) {
        connection::allowed(desk, tenant.id, &[ASSIGN_ROLES], job).await?
    } else {
        connection::delegated(desk, tenant.id).await?
    };
    let total = u32::try_from(steps.len()).unwrap_or(u32::MAX);
    let mut said = BTreeMap::new();
    for (done, step) in (1_u32..).zip(&steps) {
        said.extend(run_step(&graph, &planned, step, job).await?);
        job.tell(Progress::Written { done, total });
    }
    let now = desk.now();
    // What takes everything away takes roles, too.
    let limit = planned.limit.as_ref().filter(|_| ask.purpose != Purpose::Remove);
    let what = limit.map_or(Changed::Rbac, |limit| Changed::by(limit.mechanism));
    desk.write(move |tx| match ask.purpose {
        Purpose::Test => scopes::note_said(tx, ask.organization, &said, now).map(|_| ()),
        Purpose::Apply | Purpose::Remove | Purpose::Migrate | Purpose::Finish => {
            scopes::note_change(tx, ask.organization, Change { what, at: now })
        }
    })
    .await?;
    show(desk, of, job).await
}

/// A practice tenant runs on this computer, and its accounts are of a domain that nobody can own (RFC 2606, `.example`): whoever signed
/// in to a tenant of Microsoft's through a proxy on this computer has another one.
pub(crate) fn is_practice(tenant: &Tenant) -> bool {
    let here = ["http://127.0.0.1:", "http://localhost:"].iter().any(|base| tenant.graph.starts_with(base));
    here && tenant.identity.as_ref().is_some_and(|identity| identity.admin.to_ascii_lowercase().ends_with(".example"))
}

/// What a step says of mailboxes, where it is one that says something.
async fn run_step(graph: &Graph, planned: &Planned, step: &Step, job: &Job) -> Result<BTreeMap<String, Said>> {
    if let Step::Revoke { api, permission, .. } = step {
        revoke(graph, planned, *api, permission, job).await?;
        return Ok(BTreeMap::new());
    }
    let mut said = BTreeMap::new();
    for cmdlet in cmdlets(step) {
        let rows = match practice_exchange::run(graph, &cmdlet, &job.stop).await {
            Err(GraphError::NotFound(_)) if matches!(step, Step::Require { .. }) => return Err(refused(NoScript::RolesMissing)),
            Ok(rows) => rows,
            // The cmdlet knows no such mailbox, so it says nothing of it.
            Err(GraphError::NotFound(_)) if matches!(step, Step::Test { .. }) => Vec::new(),
            Err(error) => return Err(error.into()),
        };
        for row in rows {
            let granted = ["InScope", "AccessCheckResult"]
                .iter()
                .any(|name| row.get(*name).is_some_and(|said| said.eq_ignore_ascii_case("true") || said.eq_ignore_ascii_case("granted")));
            if let Some(mailbox) = row.get("Mailbox") {
                let known = said.entry(mailbox.to_lowercase()).or_insert(Said::Denied);
                if granted {
                    *known = Said::Granted;
                }
            }
        }
    }
    Ok(said)
}

async fn revoke(graph: &Graph, planned: &Planned, api: Resource, permission: &str, job: &Job) -> Result<()> {
    let held = Box::pin(holdings(graph, Some(planned.app.object_id), job)).await?;
    let grant = Grant { api: Api::Known(api), kind: PermissionType::Application, name: permission.to_owned(), grantee: Grantee::Everyone };
    for step in rollcall_core::grant::plan(&held.objects, &GrantChange::Remove(vec![grant])).steps {
        grants::perform(graph, planned.app.object_id, &held.apis, &step, &job.stop)
            .await
            .map_err(|error| Error::new(crate::error::Code::OutcomeUnknown, error.to_string()))?;
    }
    Ok(())
}

/// The cmdlets of a step, as the script writes them.
fn cmdlets(step: &Step) -> Vec<Cmdlet> {
    match step {
        Step::RegisterApp(app) => vec![Cmdlet::new(
            "New-ServicePrincipal",
            [("AppId", app.client_id.to_string()), ("ObjectId", app.object_id.to_string()), ("DisplayName", app.name.clone())],
        )],
        Step::DefineScope { name, group, rule } => {
            let filter = match rule {
                Rule::OnlyMembers => format!("MemberOfGroup -eq '{group}'"),
                Rule::AllButMembers => format!("-not (MemberOfGroup -eq '{group}')"),
            };
            vec![Cmdlet::new("New-ManagementScope", [("Name", name.clone()), ("RecipientRestrictionFilter", filter)])]
        }
        Step::Assign { name, role, app, to } => {
            let (parameter, to) = match to {
                AssignTo::Scope(scope) => ("CustomResourceScope", scope.clone()),
                AssignTo::Unit(unit) => ("RecipientAdministrativeUnitScope", unit.to_string()),
            };
            let parameters = [("Name", name.clone()), ("Role", role.clone()), ("App", app.to_string()), (parameter, to)];
            vec![Cmdlet::new("New-ManagementRoleAssignment", parameters)]
        }
        Step::Unassign { names } => {
            names.iter().map(|name| Cmdlet::new("Remove-ManagementRoleAssignment", [("Identity", name.clone())])).collect()
        }
        Step::DropScope { name } => vec![Cmdlet::new("Remove-ManagementScope", [("Identity", name.clone())])],
        Step::Require { names } => {
            names.iter().map(|name| Cmdlet::new("Get-ManagementRoleAssignment", [("Identity", name.clone())])).collect()
        }
        Step::Revoke { .. } => Vec::new(),
        Step::AddPolicy { app, group, rule, label } => {
            let right = match rule {
                Rule::OnlyMembers => "RestrictAccess",
                Rule::AllButMembers => "DenyAccess",
            };
            let parameters = [
                ("AccessRight", right.to_owned()),
                ("AppId", app.to_string()),
                ("PolicyScopeGroupId", group.to_string()),
                ("Description", label.clone()),
            ];
            vec![Cmdlet::new("New-ApplicationAccessPolicy", parameters)]
        }
        Step::DropPolicies { app, keep } => {
            let parameters = [("AppId", app.to_string()), ("Like", "Rollcall: ".to_owned()), ("Keep", keep.clone().unwrap_or_default())];
            vec![Cmdlet::new("Remove-ApplicationAccessPolicy", parameters)]
        }
        Step::DropAllPolicies { app } => vec![Cmdlet::new("Remove-ApplicationAccessPolicy", [("AppId", app.to_string())])],
        Step::Test { mechanism, app, mailboxes } => mailboxes
            .iter()
            .map(|mailbox| match mechanism {
                Mechanism::AccessPolicy => {
                    Cmdlet::new("Test-ApplicationAccessPolicy", [("Identity", mailbox.clone()), ("AppId", app.client_id.to_string())])
                }
                Mechanism::ManagementScope | Mechanism::AdministrativeUnit => Cmdlet::new(
                    "Test-ServicePrincipalAuthorization",
                    [("Identity", app.object_id.to_string()), ("Resource", mailbox.clone())],
                ),
            })
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use rollcall_core::id::{AppId, DirectoryId, TenantId};
    use rollcall_core::tenant::{Cloud, TenantIdentity};
    use rollcall_core::time::Timestamp;
    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_tenant_behind_a_proxy_on_this_computer_is_no_practice_tenant() {
        let tenant = |graph: &str, admin: Option<&str>| Tenant {
            id: TenantId(1),
            name: "Lab".to_owned(),
            cloud: Cloud::Custom,
            authority: graph.to_owned(),
            graph: graph.to_owned(),
            directory: "contoso.example".to_owned(),
            client_id: AppId(Uuid::nil()),
            practice: false,
            identity: admin.map(|admin| TenantIdentity {
                directory_id: DirectoryId(Uuid::nil()),
                display_name: String::new(),
                admin: admin.to_owned(),
                seen: Timestamp(0),
            }),
        };
        let here = "http://127.0.0.1:8080";
        assert!(is_practice(&tenant(here, Some("admin@contoso.example"))));
        assert!(!is_practice(&tenant(here, Some("admin@contoso.com"))), "it leads to Microsoft");
        assert!(!is_practice(&tenant(here, None)), "nobody has signed in, so nobody knows");
        assert!(!is_practice(&tenant("https://graph.microsoft.com", Some("admin@contoso.example"))));
    }
}
