//! Organizations: create, list, look at, change, adjust what they require, delete.

use std::path::PathBuf;

use clap::{ArgGroup, Args, Subcommand, ValueEnum};
use rollcall_core::id::OrganizationId;
use rollcall_core::mailbox::MailboxStatus;
use rollcall_core::organization::{AccessType, Organization, Rhythm, SyncStatus};
use rollcall_core::presets;
use rollcall_ops::error::{Error, Result};
use rollcall_ops::integrations::export::ExportList;
use rollcall_ops::job::Job;
use rollcall_ops::organizations::adjust::{self, AdjustOrganization};
use rollcall_ops::organizations::change::{self, ChangeOrganization};
use rollcall_ops::organizations::create::{self, CreateOrganization};
use rollcall_ops::organizations::delete::{self, Belongings, DeleteOrganization, ForeseeDeletion};
use rollcall_ops::organizations::describe::{self, ConsentSummary, MailboxCounts, OrganizationView, Stage, StageState};
use rollcall_ops::users::query::{self, Sort, UserFilter, UserQuery};
use serde_json::json;

use crate::call::Call;
use crate::exit::Exit;
use crate::moment::utc_or_dash;
use crate::screen::Screen;
use crate::sync::{self, ShowSessions, SyncOrganization};
use crate::table::{Cell, Column, Paint, Table};
use crate::text::{count, counted, quoted};
use crate::words;
use crate::{lists, names};

mod waves;
mod window;

use waves::Waves;
use window::Window;

#[derive(Subcommand)]
pub enum Org {
    /// Create an organization; its External ID can never be changed
    Create(Create),
    /// List the organizations with their stages
    List,
    /// Show one organization: what is done, what is next
    Describe(Named),
    /// Change its name, access type, synchronization or the rhythm of its sessions
    Change(Change),
    /// Give it a list of permissions of its own, or its integration's again
    Adjust(Adjust),
    /// Export the list of what it requires, as a JSON manifest
    Export(Export),
    /// Run sync sessions of its users now
    Sync(SyncOrganization),
    /// Show how its sync sessions stand
    ///
    /// Items that changed or are gone are counted as Microsoft tells them: once in a session, and once more in each later one in which
    /// Microsoft tells of the same change again. Which ones those are can't be known, because no item's id is kept.
    Sessions(ShowSessions),
    /// Say when its users may be switched
    Window(Window),
    /// Switch its users in waves
    #[command(subcommand)]
    Waves(Waves),
    /// Have its sessions wait
    Pause(Named),
    /// Have its sessions begin, or go on, while the console is open
    Start(Named),
    /// Delete an organization that has no users any more, or by force one with its users
    Delete(Delete),
}

impl Org {
    /// Whether a secret is handed in for this call.
    pub const fn takes_secret(&self) -> bool {
        matches!(self, Self::Sync(ask) if ask.secret_stdin)
    }
}

#[derive(Args)]
pub struct Create {
    /// What you call it
    name: String,
    /// The tenant's name
    #[arg(long, value_name = "NAME")]
    tenant: String,
    /// The id under which the integration's vendor knows it; fixed from now on
    #[arg(long, value_name = "ID")]
    external_id: String,
    /// The integration's name
    #[arg(long, value_name = "NAME")]
    integration: String,
    /// How the integration reaches the mailboxes
    #[arg(long)]
    access: Access,
}

#[derive(Args)]
pub struct Named {
    /// The organization's name
    pub name: String,
    /// Its tenant, where several have one of that name
    #[arg(long, value_name = "NAME")]
    pub tenant: Option<String>,
}

#[derive(Args)]
#[command(group(ArgGroup::new("what").args(["new_name", "access", "sync", "every", "failures"]).required(true).multiple(true)))]
pub struct Change {
    /// The organization's name
    name: String,
    /// Its tenant, where several have one of that name
    #[arg(long, value_name = "NAME")]
    tenant: Option<String>,
    /// A new name
    #[arg(long = "name", value_name = "NAME")]
    new_name: Option<String>,
    /// Another mailbox access type; from EWS to Graph it is for those who come from now on, the others are switched
    #[arg(long)]
    access: Option<Access>,
    /// Whether its users are synchronized
    #[arg(long)]
    sync: Option<Sync>,
    /// Minutes between two sessions of a user: 5 to 1440
    #[arg(long, value_name = "MINUTES")]
    every: Option<u32>,
    /// After so many failed sessions in a row a user is disabled: 1 to 100
    #[arg(long, value_name = "N")]
    failures: Option<u32>,
}

#[derive(Args)]
#[command(group(ArgGroup::new("list").args(["permissions", "reset"]).required(true)))]
pub struct Adjust {
    #[command(flatten)]
    named: Named,
    /// Its own list of permissions: a manifest, a table or a plain list; - for stdin
    #[arg(long, value_name = "FILE")]
    permissions: Option<PathBuf>,
    /// Take its integration's list again
    #[arg(long)]
    reset: bool,
}

#[derive(Args)]
pub struct Export {
    #[command(flatten)]
    named: Named,
    #[command(flatten)]
    out: lists::Out,
}

#[derive(Args)]
pub struct Delete {
    #[command(flatten)]
    named: Named,
    /// With all its users, also those whose mailbox is initialized
    #[arg(long)]
    force: bool,
    /// Only say what would go with it, and whether it may be
    #[arg(long)]
    dry_run: bool,
}

#[derive(Clone, Copy, ValueEnum)]
#[value(rename_all = "snake_case")]
pub enum Access {
    /// Over Graph, by the integration itself
    GraphAppOnly,
    /// Over Graph, by each user's sign-in
    GraphDelegated,
    /// Over EWS, by the integration itself
    EwsAppOnly,
    /// Over EWS, by each user's sign-in
    EwsDelegated,
}

#[derive(Clone, Copy, ValueEnum)]
enum Sync {
    Enabled,
    Disabled,
}

impl From<Access> for AccessType {
    fn from(access: Access) -> Self {
        match access {
            Access::GraphAppOnly => Self::GraphAppOnly,
            Access::GraphDelegated => Self::GraphDelegated,
            Access::EwsAppOnly => Self::EwsAppOnly,
            Access::EwsDelegated => Self::EwsDelegated,
        }
    }
}

impl From<Sync> for SyncStatus {
    fn from(sync: Sync) -> Self {
        match sync {
            Sync::Enabled => Self::Enabled,
            Sync::Disabled => Self::Disabled,
        }
    }
}

/// Does what is asked of organizations.
///
/// # Errors
/// Those of the verbs.
pub async fn run(ask: Org, call: &Call) -> Result<Exit> {
    match ask {
        Org::Create(ask) => create(ask, call).await,
        Org::List => list(call).await,
        Org::Describe(named) => describe(&named, call).await,
        Org::Change(ask) => change(ask, call).await,
        Org::Adjust(ask) => adjust(&ask, call).await,
        Org::Export(ask) => export(&ask, call).await,
        Org::Sync(ask) => sync::organization(&ask, call).await,
        Org::Sessions(ask) => sync::show(&ask, call).await,
        Org::Window(ask) => window::run(ask, call).await,
        Org::Waves(ask) => waves::run(ask, call).await,
        Org::Pause(named) => sync::pause(&names::organization(call, &named.name, named.tenant.as_deref()).await?, true, call).await,
        Org::Start(named) => sync::pause(&names::organization(call, &named.name, named.tenant.as_deref()).await?, false, call).await,
        Org::Delete(ask) => delete(&ask, call).await,
    }
}

async fn create(ask: Create, call: &Call) -> Result<Exit> {
    let tenant = names::tenant(call, &ask.tenant).await?.tenant.id;
    let described = names::integration(call, &ask.integration, Some(&ask.tenant)).await?.integration;
    let integration = described.id;
    let ask =
        CreateOrganization { name: ask.name, external_id: ask.external_id, integration, access: ask.access.into(), tenant: Some(tenant) };
    let organization = create::create(&call.desk, ask, &call.job()).await?;
    if !presets::fits(described.preset, organization.access) {
        call.screen
            .note(&format!("{} isn't known to reach mailboxes by {}: look at what its vendor says.", described.name, organization.access));
    }
    call.screen.answer(&organization, |screen| {
        screen.line(&format!("Created {} with External ID {}, which is fixed from now on.", organization.name, organization.external_id));
        screen.line(&format!("Next: rollcallctl users import --org {} --all", quoted(&organization.name)));
    });
    Ok(Exit::Fine)
}

async fn list(call: &Call) -> Result<Exit> {
    let all = describe::list(&call.desk, (), &Job::quiet()).await?;
    call.screen.answer(&all, |screen| {
        if all.is_empty() {
            return screen.line("There is no organization yet. `rollcallctl org create --help` says how.");
        }
        let mut table = Table::new([
            Column::Flexible("name"),
            Column::Flexible("tenant"),
            Column::Flexible("integration"),
            Column::Right("users"),
            Column::Left("consent"),
            Column::Right("passed"),
            Column::Right("failed"),
            Column::Right("unknown"),
            Column::Spare("external id"),
            Column::Spare("access"),
            Column::Spare("sync"),
            Column::Spare("mailboxes"),
            Column::Spare("last session"),
            Column::Spare("stage"),
        ]);
        for view in &all {
            table.row([
                view.organization.name.as_str().into(),
                view.tenant_name.as_str().into(),
                view.integration_name.as_str().into(),
                count(view.users).into(),
                consent(&view.consent),
                count(view.verdicts.passed).into(),
                counts(view.verdicts.failed, Paint::Bad),
                counts(view.verdicts.unknown, Paint::Open),
                view.organization.external_id.as_str().into(),
                view.organization.access.name().into(),
                view.organization.sync.name().into(),
                mailboxes(&view.mailboxes).into(),
                utc_or_dash(view.last_session).into(),
                stage(view).into(),
            ]);
        }
        screen.table(&table);
    });
    Ok(Exit::Fine)
}

/// The users by the status of their mailbox, those that there are.
fn mailboxes(of: &MailboxCounts) -> String {
    let MailboxCounts { not_initialized, switching, initialized, error, excluded } = *of;
    let all = [
        (initialized, MailboxStatus::Initialized),
        (switching, MailboxStatus::Switching),
        (error, MailboxStatus::Error),
        (not_initialized, MailboxStatus::NotInitialized),
        (excluded, MailboxStatus::Excluded),
    ];
    let there = all.into_iter().filter(|(users, _)| *users > 0).map(|(users, status)| format!("{} {}", count(users), status.name()));
    let told = there.collect::<Vec<_>>().join(", ");
    if told.is_empty() { "–".to_owned() } else { told }
}

/// The first of the three stages that isn't done.
fn stage(view: &OrganizationView) -> String {
    let stages = [("1 Users", view.stages.organization), ("2 Consent", view.stages.consent), ("3 Verify", view.stages.verify)];
    let next = stages.into_iter().find(|(_, stage)| stage.state != StageState::Done);
    next.map_or_else(|| "done".to_owned(), |(name, stage)| format!("{name}: {}", state_words(stage.state).0))
}

async fn describe(named: &Named, call: &Call) -> Result<Exit> {
    let view = names::organization(call, &named.name, named.tenant.as_deref()).await?;
    call.screen.answer(&view, |screen| show(&view, screen));
    Ok(Exit::Fine)
}

fn show(view: &OrganizationView, screen: &Screen) {
    let organization = &view.organization;
    let whose = match &organization.permissions {
        Some(own) => format!("a list of its own, {} long", own.len()),
        None => format!("those of {}", view.integration_name),
    };
    screen.headline(&organization.name);
    screen.facts(&[
        ("External ID", format!("{} (fixed)", organization.external_id).into()),
        ("Tenant", view.tenant_name.as_str().into()),
        ("Integration", view.integration_name.as_str().into()),
        ("Access", organization.access.name().into()),
        ("Permissions", whose.into()),
        ("Synchronization", organization.sync.name().into()),
        ("Sessions", rhythm(organization).into()),
        ("Change window", window::words(view).into()),
        ("Limitations of Graph", limitations(view).into()),
        ("Created", organization.created.utc().into()),
    ]);
    screen.gap();
    let ledger = &view.verdicts;
    let users = if view.users == 0 { "no users yet".to_owned() } else { counted(view.users, "user", "users") };
    let grants =
        format!("{}: {} of {} granted", words::of_authorization(view.consent.authorization), view.consent.granted, view.consent.required);
    let answers = format!("{} passed, {} failed, {} unknown, {} not checked", ledger.passed, ledger.failed, ledger.unknown, ledger.not_run);
    let mut table = Table::new([Column::Left("stage"), Column::Left("state"), Column::Flexible("what is known"), Column::Spare("as of")]);
    for (name, stage, known) in [
        ("1 Users", view.stages.organization, users),
        ("2 Consent", view.stages.consent, grants),
        ("3 Verify", view.stages.verify, answers),
    ] {
        table.row([name.into(), state(stage), known.into(), utc_or_dash(stage.evidence_at).into()]);
    }
    screen.table(&table);
}

/// Whether somebody has read what Graph can't do for the integration.
fn limitations(view: &OrganizationView) -> String {
    match &view.acknowledged {
        Some(read) => {
            let by = read.by.as_ref().map_or_else(String::new, |by| format!(" by {by}"));
            format!("{} acknowledged at {}{by}", read.limitations.len(), read.at.utc())
        }
        None if presets::limitations(view.preset).is_empty() => "none is known".to_owned(),
        None => "not acknowledged; `users switch --dry-run` tells them".to_owned(),
    }
}

fn rhythm(organization: &Organization) -> String {
    let Rhythm { every_minutes, failures, paused } = organization.rhythm;
    let goes = format!("every {every_minutes} minutes, disabled after {failures} failures");
    paused.map_or_else(|| goes.clone(), |since| format!("{goes}; paused since {}", since.utc()))
}

async fn change(ask: Change, call: &Call) -> Result<Exit> {
    let before = names::organization(call, &ask.name, ask.tenant.as_deref()).await?.organization;
    let ask = ChangeOrganization {
        organization: before.id,
        name: ask.new_name,
        access: ask.access.map(Into::into),
        sync: ask.sync.map(Into::into),
        every_minutes: ask.every,
        failures: ask.failures,
        external_id: None,
    };
    let organization = change::change(&call.desk, ask, &call.job()).await?;
    let on_ews = if before.access.comes_to_graph(organization.access) { on_ews(organization.id, call).await? } else { 0 };
    call.screen.answer(&organization, |screen| {
        screen.line(&format!("Changed {}.", organization.name));
        if on_ews > 0 {
            let name = quoted(&organization.name);
            screen.line(&format!(
                "Whoever comes from now on is reached by {}. {} on EWS until switched: `rollcallctl users switch --all-of {name}`, or in \
                 waves: `rollcallctl org waves plan {name} --pilot 5`.",
                organization.access,
                counted(on_ews, "user stays", "users stay")
            ));
        }
    });
    Ok(Exit::Fine)
}

/// How many users of an organization are reached over EWS.
async fn on_ews(organization: OrganizationId, call: &Call) -> Result<u32> {
    let access = AccessType::ALL.into_iter().filter(|access| !access.is_over_graph()).collect();
    let filter = UserFilter { organization: Some(organization), access, ..UserFilter::default() };
    let ask = UserQuery { filter, sort: Sort::default(), offset: 0, limit: 1, workloads: false };
    Ok(query::query(&call.desk, ask, &Job::quiet()).await?.matching)
}

async fn adjust(ask: &Adjust, call: &Call) -> Result<Exit> {
    let found = names::organization(call, &ask.named.name, ask.named.tenant.as_deref()).await?.organization;
    let permissions = match &ask.permissions {
        Some(file) => Some(lists::read(file, found.access, found.tenant, call).await?),
        None => None,
    };
    let ask = AdjustOrganization { organization: found.id, permissions };
    let organization = adjust::adjust(&call.desk, ask, &call.job()).await?;
    call.screen.answer(&organization, |screen| match &organization.permissions {
        Some(own) => {
            let own = counted(u32::try_from(own.len()).unwrap_or(u32::MAX), "permission", "permissions");
            screen.line(&format!(
                "{} now requires {own} of its own list. Where they are others than before, check its users again.",
                organization.name
            ));
        }
        None => screen.line(&format!("{} requires what its integration does.", organization.name)),
    });
    Ok(Exit::Fine)
}

async fn export(ask: &Export, call: &Call) -> Result<Exit> {
    let organization = names::organization(call, &ask.named.name, ask.named.tenant.as_deref()).await?.organization.id;
    lists::export(ExportList::Organization { organization }, &ask.out, call).await
}

async fn delete(ask: &Delete, call: &Call) -> Result<Exit> {
    let organization = names::organization(call, &ask.named.name, ask.named.tenant.as_deref()).await?.organization;
    if ask.dry_run {
        return foresee_deletion(&organization, ask.force, call).await;
    }
    let ask = DeleteOrganization { organization: organization.id, force: ask.force, expected: None };
    let gone = delete::delete(&call.desk, ask, &call.job()).await?;
    let json = json!({ "deleted": organization.name, "users": gone.users, "initialized": gone.initialized, "runs": gone.runs });
    call.screen.answer(&json, |screen| {
        let (users, runs) = (counted(gone.users, "user", "users"), counted(gone.runs, "run", "runs"));
        screen.line(&match gone.users {
            0 => format!("Deleted {} and {runs}. The journal stays.", organization.name),
            _ => format!(
                "Deleted {} with {users}, {} of them initialized or switching, and {runs}. The journal stays.",
                organization.name,
                count(gone.initialized)
            ),
        });
    });
    Ok(Exit::Fine)
}

/// Says what would go with an organization. Ends as the deletion would.
async fn foresee_deletion(organization: &Organization, force: bool, call: &Call) -> Result<Exit> {
    let ask = ForeseeDeletion { organizations: vec![organization.id] };
    let found = delete::foresee(&call.desk, ask, &Job::quiet()).await?;
    let Some(deletion) = found.first() else { return Err(Error::not_found("there is no such organization")) };
    let refused = if force { deletion.refused_by_force } else { deletion.refused };
    call.screen.answer(deletion, |screen| {
        let Belongings { users, initialized, checked, runs, sessions } = deletion.belongings;
        screen.line(&format!(
            "With {} would go: {}, {} of them initialized or switching, the check results of {}, {} and {}. Nothing changes in the tenant, \
             and the journal stays.",
            organization.name,
            counted(users, "user", "users"),
            count(initialized),
            count(checked),
            counted(runs, "run", "runs"),
            counted(sessions, "sync session", "sync sessions")
        ));
        if let Some(reason) = refused {
            let words = words::of_reason(reason);
            screen.painted(&format!("It would be refused: {}. {}", words.title, screen.filled(words.advice)), Paint::Open);
        }
    });
    Ok(if refused.is_some() { Exit::Incomplete } else { Exit::Fine })
}

fn consent(summary: &ConsentSummary) -> Cell {
    use rollcall_core::consent::Authorization;
    let paint = match summary.authorization {
        Authorization::Authorized => Paint::Good,
        Authorization::PartlyAuthorized => Paint::Open,
        Authorization::NotAuthorized => Paint::Bad,
        Authorization::Unknown => Paint::Faint,
    };
    Cell::painted(words::of_authorization(summary.authorization), paint)
}

fn state(stage: Stage) -> Cell {
    let (words, paint) = state_words(stage.state);
    Cell::painted(words, paint)
}

const fn state_words(state: StageState) -> (&'static str, Paint) {
    match state {
        StageState::NotStarted => ("not started", Paint::Faint),
        StageState::InProgress => ("in progress", Paint::Open),
        StageState::NeedsAttention => ("needs attention", Paint::Bad),
        StageState::Done => ("done", Paint::Good),
        StageState::Stale => ("stale", Paint::Open),
    }
}

fn counts(number: u32, paint: Paint) -> Cell {
    Cell::painted(&count(number), if number == 0 { Paint::Plain } else { paint })
}
