//! Tenants: connect one, list them, look at one, forget it.

use clap::{Args, Subcommand, ValueEnum};
use rollcall_core::tenant::Cloud;
use rollcall_ops::error::Result;
use rollcall_ops::job::Job;
use rollcall_ops::tenants::add::{self, AddTenant};
use rollcall_ops::tenants::forget;
use rollcall_ops::tenants::list::{self, TenantView};
use rollcall_ops::tenants::sign_in::TenantRef;
use serde_json::json;

use crate::call::Call;
use crate::exit::Exit;
use crate::names;
use crate::table::{Cell, Column, Paint, Table};
use crate::text::quoted;

#[derive(Subcommand)]
pub enum Tenant {
    /// Connect a tenant; nothing is sent yet
    Add(Add),
    /// List the tenants
    List,
    /// Show one tenant
    Describe(Named),
    /// Forget a tenant with its organizations, users, runs and secrets; nothing changes in the tenant itself
    Forget(Named),
}

#[derive(Args)]
pub struct Add {
    /// What you call it
    name: String,
    /// The national cloud that it lives in
    #[arg(long)]
    cloud: CloudName,
    /// Base address of sign-in, for a custom cloud: https, or http on loopback
    #[arg(long, value_name = "URL")]
    authority: Option<String>,
    /// Base address of Graph without /v1.0, for a custom cloud
    #[arg(long, value_name = "URL")]
    graph: Option<String>,
    /// The tenant's id, or one of its domains
    #[arg(long, value_name = "ID_OR_DOMAIN")]
    tenant_id: String,
    /// Client id of the application that Rollcall signs in with
    #[arg(long, value_name = "ID")]
    client_id: String,
}

#[derive(Args)]
pub struct Named {
    /// The tenant's name
    name: String,
}

#[derive(Clone, Copy, ValueEnum)]
enum CloudName {
    /// Worldwide, GCC included
    Global,
    /// US Government L4 (GCC High)
    Usgov,
    /// US Government L5 (DoD)
    Usgovdod,
    /// China, operated by 21Vianet
    China,
    /// Addresses of your own, such as a practice tenant's
    Custom,
}

impl From<CloudName> for Cloud {
    fn from(name: CloudName) -> Self {
        match name {
            CloudName::Global => Self::Global,
            CloudName::Usgov => Self::UsGov,
            CloudName::Usgovdod => Self::UsGovDod,
            CloudName::China => Self::China,
            CloudName::Custom => Self::Custom,
        }
    }
}

/// Does what is asked of tenants.
///
/// # Errors
/// Those of the verbs.
pub async fn run(ask: Tenant, call: &Call) -> Result<Exit> {
    match ask {
        Tenant::Add(ask) => add(ask, call).await,
        Tenant::List => list(call).await,
        Tenant::Describe(named) => describe(&named.name, call).await,
        Tenant::Forget(named) => forget(&named.name, call).await,
    }
}

async fn add(ask: Add, call: &Call) -> Result<Exit> {
    let Add { name, cloud, authority, graph, tenant_id, client_id } = ask;
    let ask = AddTenant { name, cloud: cloud.into(), directory: tenant_id, client_id, authority, graph };
    let tenant = add::add(&call.desk, ask, &call.job()).await?;
    call.screen.answer(&tenant, |screen| {
        screen.line(&format!("Connected {}. Next: rollcallctl sign-in --tenant {}", tenant.name, quoted(&tenant.name)));
    });
    Ok(Exit::Fine)
}

async fn list(call: &Call) -> Result<Exit> {
    let tenants = list::list(&call.desk, (), &Job::quiet()).await?;
    call.screen.answer(&tenants, |screen| {
        if tenants.is_empty() {
            return screen.line(
                "No tenant is connected. `rollcallctl tenant add --help` says how, or rehearse with `rollcallctl rollout --practice`.",
            );
        }
        let mut table =
            Table::new([Column::Flexible("name"), Column::Left("cloud"), Column::Flexible("tenant"), Column::Flexible("signed in")]);
        for view in &tenants {
            table.row([view.tenant.name.as_str().into(), cloud(view.tenant.cloud).into(), directory(view).into(), signed_in(view)]);
        }
        screen.table(&table);
    });
    Ok(Exit::Fine)
}

async fn describe(name: &str, call: &Call) -> Result<Exit> {
    let view = names::tenant(call, name).await?;
    call.screen.answer(&view, |screen| {
        let tenant = &view.tenant;
        screen.headline(&tenant.name);
        let mut facts = vec![
            ("Cloud", cloud(tenant.cloud).into()),
            ("Tenant", directory(&view).into()),
            ("Signed in", signed_in(&view)),
            ("Client id", tenant.client_id.to_string().into()),
            ("Sign-in address", tenant.authority.as_str().into()),
            ("Graph address", tenant.graph.as_str().into()),
        ];
        if let Some(identity) = &tenant.identity {
            facts.push(("Tenant id", identity.directory_id.to_string().into()));
            facts.push(("Last sign-in", format!("{} by {}", identity.seen.utc(), identity.admin).into()));
        }
        screen.facts(&facts);
    });
    Ok(Exit::Fine)
}

async fn forget(name: &str, call: &Call) -> Result<Exit> {
    let tenant = names::tenant(call, name).await?.tenant;
    forget::forget(&call.desk, TenantRef { tenant: tenant.id }, &call.job()).await?;
    call.screen.answer(&json!({ "forgotten": tenant.name }), |screen| {
        screen.line(&format!("Forgot {}. The journal keeps what was done to it.", tenant.name));
    });
    Ok(Exit::Fine)
}

const fn cloud(cloud: Cloud) -> &'static str {
    match cloud {
        Cloud::Global => "global",
        Cloud::UsGov => "usgov",
        Cloud::UsGovDod => "usgovdod",
        Cloud::China => "china",
        Cloud::Custom => "custom",
    }
}

fn directory(view: &TenantView) -> &str {
    view.tenant.identity.as_ref().map_or(view.tenant.directory.as_str(), |identity| identity.display_name.as_str())
}

fn signed_in(view: &TenantView) -> Cell {
    match (&view.account, view.signed_in) {
        (Some(account), true) => Cell::painted(account, Paint::Good),
        (None, true) => Cell::painted("yes", Paint::Good),
        (_, false) => Cell::painted("no", Paint::Faint),
    }
}
