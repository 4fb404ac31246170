//! Integrations: the application that is rolled out, its permissions and its secret.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use rollcall_core::integration::{Integration as Described, Preset, RequiredPermission};
use rollcall_core::organization::AccessType;
use rollcall_core::presets;
use rollcall_identity::secret::ClientSecret;

use rollcall_ops::error::{Error, Result};
use rollcall_ops::integrations::add::{self, AddIntegration};
use rollcall_ops::integrations::change::{self, ChangeIntegration};
use rollcall_ops::integrations::export::ExportList;
use rollcall_ops::integrations::list::{self, IntegrationView, SecretAtHand};
use rollcall_ops::integrations::remove::{self, IntegrationRef};
use rollcall_ops::integrations::set_secret::{self, SecretStored, SetSecret};
use rollcall_ops::job::Job;
use rollcall_ops::tenants::sign_in::Kept;
use serde_json::json;

use crate::call::Call;
use crate::exit::Exit;
use crate::screen::Screen;
use crate::table::{Cell, Column, Paint, Table};
use crate::text::counted;
use crate::{lists, names, secret, words};

#[derive(Subcommand)]
pub enum Integration {
    /// Describe an integration: which application it is, and what it needs
    Add(Add),
    /// List the integrations
    List,
    /// Show one integration with what it needs and what it can't do over Graph
    Describe(Named),
    /// Change its name, its permissions or its secret
    Change(Change),
    /// Export the list of what it needs, as a JSON manifest
    Export(Export),
    /// Remove an integration that no organization uses, and its secret
    Remove(Named),
}

#[derive(Args)]
#[command(group(clap::ArgGroup::new("list").args(["permissions", "from_registration"])))]
pub struct Add {
    /// What you call it
    name: String,
    /// The tenant's name
    #[arg(long, value_name = "NAME")]
    tenant: String,
    /// Its application (client) id
    #[arg(long, value_name = "ID")]
    client_id: String,
    /// The built-in description that it starts from
    #[arg(long)]
    preset: PresetName,
    /// Your own list of permissions, in place of the preset's: a manifest, a table or a plain list; - for stdin
    #[arg(long, value_name = "FILE")]
    permissions: Option<PathBuf>,
    /// Take the list from the application's registration, where it is in this tenant
    #[arg(long)]
    from_registration: bool,
    /// Take its client secret from stdin, try it, and put it into the keychain
    #[arg(long)]
    secret_stdin: bool,
}

#[derive(Args)]
pub struct Named {
    /// The integration's name
    name: String,
    /// Its tenant, where several have one of that name
    #[arg(long, value_name = "NAME")]
    tenant: Option<String>,
}

#[derive(Args)]
#[command(group(clap::ArgGroup::new("what").args(["new_name", "permissions", "from_registration", "secret_stdin"]).required(true).multiple(true)))]
pub struct Change {
    /// The integration's name
    name: String,
    /// Its tenant, where several have one of that name
    #[arg(long, value_name = "NAME")]
    tenant: Option<String>,
    /// A new name
    #[arg(long = "name", value_name = "NAME")]
    new_name: Option<String>,
    /// A new list of permissions: a manifest, a table or a plain list; - for stdin
    #[arg(long, value_name = "FILE", conflicts_with = "from_registration")]
    permissions: Option<PathBuf>,
    /// Take the list from the application's registration, where it is in this tenant
    #[arg(long)]
    from_registration: bool,
    /// Take a new client secret from stdin, try it, and put it into the keychain
    #[arg(long)]
    secret_stdin: bool,
}

#[derive(Args)]
pub struct Export {
    #[command(flatten)]
    named: Named,
    #[command(flatten)]
    out: lists::Out,
}

#[derive(Clone, Copy, ValueEnum)]
enum PresetName {
    RevenueGrid,
    Outreach,
    Inloox,
    Crelate,
    /// Your own list, with --permissions or --from-registration
    Custom,
}

impl From<PresetName> for Preset {
    fn from(name: PresetName) -> Self {
        match name {
            PresetName::RevenueGrid => Self::RevenueGrid,
            PresetName::Outreach => Self::Outreach,
            PresetName::Inloox => Self::Inloox,
            PresetName::Crelate => Self::Crelate,
            PresetName::Custom => Self::Custom,
        }
    }
}

/// Does what is asked of integrations.
///
/// # Errors
/// Those of the verbs.
pub async fn run(ask: Integration, call: &Call) -> Result<Exit> {
    match ask {
        Integration::Add(ask) => add(ask, call).await,
        Integration::List => list(call).await,
        Integration::Describe(named) => describe(&named, call).await,
        Integration::Change(ask) => change(ask, call).await,
        Integration::Export(ask) => export(&ask, call).await,
        Integration::Remove(named) => remove(&named, call).await,
    }
}

async fn add(ask: Add, call: &Call) -> Result<Exit> {
    let tenant = names::tenant(call, &ask.tenant).await?.tenant.id;
    one_stdin(ask.permissions.as_ref(), ask.secret_stdin)?;
    let preset: Preset = ask.preset.into();
    if preset == Preset::Custom && ask.permissions.is_none() && !ask.from_registration {
        return Err(Error::input("permissions", "a custom integration needs a list: --permissions FILE, or --from-registration"));
    }
    let permissions = match (&ask.permissions, ask.from_registration) {
        (Some(file), _) => Some(lists::read(file, usual_access(preset), tenant, call).await?),
        (None, true) => Some(lists::from_registration(&ask.client_id, tenant, call).await?),
        (None, false) => None,
    };
    // Read before anything is stored, so that an empty pipe leaves nothing half done.
    let secret = if ask.secret_stdin { Some(secret::read().await?) } else { None };
    let job = call.job();
    let ask = AddIntegration { tenant, name: ask.name, client_id: ask.client_id, preset, permissions };
    let integration = add::add(&call.desk, ask, &job).await?;
    let stored = match secret {
        Some(secret) => match keep(&integration, secret, call).await {
            Ok(stored) => Some(stored),
            Err(error) => {
                // Without its secret it would only be in the way of the next try.
                remove::remove(&call.desk, IntegrationRef { integration: integration.id }, &job).await?;
                return Err(error);
            }
        },
        None => None,
    };
    answer(&integration, stored.as_ref(), "Added", call)
}

async fn change(ask: Change, call: &Call) -> Result<Exit> {
    let found = names::integration(call, &ask.name, ask.tenant.as_deref()).await?.integration;
    one_stdin(ask.permissions.as_ref(), ask.secret_stdin)?;
    let permissions = match (&ask.permissions, ask.from_registration) {
        (Some(file), _) => Some(lists::read(file, usual_access(found.preset), found.tenant, call).await?),
        (None, true) => Some(lists::from_registration(&found.client_id.to_string(), found.tenant, call).await?),
        (None, false) => None,
    };
    let secret = if ask.secret_stdin { Some(secret::read().await?) } else { None };
    let stored = match secret {
        Some(secret) => Some(keep(&found, secret, call).await?),
        None => None,
    };
    let ask = ChangeIntegration { integration: found.id, name: ask.new_name, permissions };
    let integration = change::change(&call.desk, ask, &call.job()).await?;
    answer(&integration, stored.as_ref(), "Changed", call)
}

async fn export(ask: &Export, call: &Call) -> Result<Exit> {
    let integration = names::integration_id(call, &ask.named.name, ask.named.tenant.as_deref()).await?;
    lists::export(ExportList::Integration { integration }, &ask.out, call).await
}

/// One pipe carries one thing.
fn one_stdin(permissions: Option<&PathBuf>, secret: bool) -> Result<()> {
    if secret && permissions.is_some_and(|file| lists::is_stdin(file)) {
        return Err(Error::input(
            "permissions",
            "stdin is taken by the secret: put the list into a file, or hand the secret in afterwards",
        ));
    }
    Ok(())
}

/// How the integration reaches mailboxes first of all, which decides the type of a permission where a list says none.
fn usual_access(preset: Preset) -> AccessType {
    presets::describe(preset).access.first().copied().unwrap_or(AccessType::GraphAppOnly)
}

async fn keep(integration: &Described, secret: ClientSecret, call: &Call) -> Result<SecretStored> {
    set_secret::set_secret(&call.desk, SetSecret { integration: integration.id, secret }, &call.job()).await
}

/// A secret that was handed in and could not be kept is not what was asked for, and ends with 4.
fn answer(integration: &Described, stored: Option<&SecretStored>, done: &str, call: &Call) -> Result<Exit> {
    let kept = stored.is_none_or(|stored| stored.kept == Kept::Keychain);
    let secret = stored.map(|stored| json!({ "proven": stored.proven, "stored": stored.kept == Kept::Keychain }));
    call.screen.answer(&json!({ "integration": integration, "secret": secret }), |screen| {
        screen.line(&format!("{done} {}. It needs {}.", integration.name, needs(&integration.permissions)));
        if let Some(stored) = stored {
            tell(stored, screen);
        }
    });
    Ok(if kept { Exit::Fine } else { Exit::NotPermitted })
}

fn tell(stored: &SecretStored, screen: &Screen) {
    let proven = if stored.proven { "Entra accepted its secret" } else { "Entra can't say yet whether its secret is right" };
    match &stored.kept {
        Kept::Keychain => screen.line(&format!("{proven}; it is in the keychain.")),
        Kept::SessionOnly { reason } => {
            let why = words::of_keychain(*reason);
            screen.line(&format!("{proven}, but nothing was stored: {why}. Hand it to `verify` with --secret-stdin."));
        }
    }
}

async fn list(call: &Call) -> Result<Exit> {
    let all = list::list(&call.desk, (), &Job::quiet()).await?;
    call.screen.answer(&all, |screen| {
        if all.is_empty() {
            return screen.line("No integration is described. `rollcallctl integration add --help` says how.");
        }
        let mut table = Table::new([
            Column::Flexible("name"),
            Column::Left("preset"),
            Column::Right("permissions"),
            Column::Right("organizations"),
            Column::Left("secret"),
            Column::Spare("client id"),
        ]);
        for view in &all {
            table.row([
                view.integration.name.as_str().into(),
                view.integration.preset.name().into(),
                view.integration.permissions.len().to_string().into(),
                view.organizations.to_string().into(),
                at_hand(view),
                view.integration.client_id.to_string().into(),
            ]);
        }
        screen.table(&table);
    });
    Ok(Exit::Fine)
}

async fn describe(named: &Named, call: &Call) -> Result<Exit> {
    let view = names::integration(call, &named.name, named.tenant.as_deref()).await?;
    call.screen.answer(&view, |screen| {
        let integration = &view.integration;
        screen.headline(&integration.name);
        screen.facts(&[
            ("Client id", integration.client_id.to_string().into()),
            ("Preset", integration.preset.name().into()),
            ("Secret", at_hand(&view)),
            ("Used by", counted(view.organizations, "organization", "organizations").into()),
        ]);
        screen.gap();
        let mut table = Table::new([Column::Left("permission"), Column::Left("type"), Column::Left("needed"), Column::Flexible("for")]);
        for wanted in &integration.permissions {
            table.row([
                wanted.name.as_str().into(),
                wanted.kind.name().into(),
                if wanted.optional { Cell::painted("optional", Paint::Faint) } else { "required".into() },
                wanted.feature.as_deref().unwrap_or("–").into(),
            ]);
        }
        screen.table(&table);
        let requirements = presets::describe(integration.preset).requirements;
        if !requirements.is_empty() {
            screen.gap();
            screen.headline("What has to be in place");
            for requirement in requirements {
                screen.paragraph(&format!("{} Seen {}.", requirement.what, words::of_check(requirement.how_to_check)), "  - ", "    ");
            }
        }
        if !view.limitations.is_empty() {
            screen.gap();
            screen.headline("What it can't do over Graph");
            for limitation in &view.limitations {
                screen.paragraph(limitation, "  - ", "    ");
            }
        }
    });
    Ok(Exit::Fine)
}

async fn remove(named: &Named, call: &Call) -> Result<Exit> {
    let integration = names::integration(call, &named.name, named.tenant.as_deref()).await?.integration;
    remove::remove(&call.desk, IntegrationRef { integration: integration.id }, &call.job()).await?;
    call.screen.answer(&json!({ "removed": integration.name }), |screen| {
        screen.line(&format!("Removed {} and its secret. What it was granted in the tenant stays granted.", integration.name));
    });
    Ok(Exit::Fine)
}

fn needs(permissions: &[RequiredPermission]) -> String {
    counted(u32::try_from(permissions.len()).unwrap_or(u32::MAX), "permission", "permissions")
}

fn at_hand(view: &IntegrationView) -> Cell {
    match view.secret {
        SecretAtHand::Keychain => Cell::painted("in the keychain", Paint::Good),
        SecretAtHand::Session => "for this call".into(),
        SecretAtHand::None => Cell::painted("none", Paint::Faint),
    }
}
