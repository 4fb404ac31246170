//! Consent: required against granted, granting in the browser, and each permission given, taken back or restored on its own.

use clap::{Args, Subcommand, ValueEnum};
use rollcall_core::consent::ConsentRow;
use rollcall_core::grant::Grantee;
use rollcall_core::permission::{self, PermissionType, Resource};
use rollcall_core::rules::Reason;
use rollcall_ops::consent::change::apply::{ApplyChange, apply};
use rollcall_ops::consent::change::preview::preview;
use rollcall_ops::consent::change::{ConsentPage, PermissionRef, PreviewChange, Wanted};
use rollcall_ops::consent::export::{ExportConsents, export_users, table};
use rollcall_ops::consent::show::ConsentView;
use rollcall_ops::consent::tenant::read as read_tenant;
use rollcall_ops::consent::users::{ConsentUsers, WhichConsents, users};
use rollcall_ops::consent::{grant, read, show};
use rollcall_ops::error::{Error, Result};
use rollcall_ops::job::Job;
use rollcall_ops::organizations::delete::OrganizationRef;
use rollcall_ops::organizations::describe::OrganizationView;
use rollcall_ops::tenants::allow::{AllowMore, READ_AUDITS, READ_POLICIES, READ_REQUESTS, allow};
use rollcall_ops::tenants::sign_in::TenantRef;
use rollcall_ops::users::describe::{UserRef, describe};

use crate::call::Call;
use crate::exit::Exit;
use crate::names;
use crate::progress::Browser;

mod told;

#[derive(Subcommand)]
pub enum Consent {
    /// Read the grants and compare: required, granted, missing, excess, stronger than needed
    Show(Show),
    /// Grant what is required on Microsoft's admin-consent page, then read back what is true
    Grant(Grant),
    /// Give single permissions, after showing what that changes
    Add(Change),
    /// Take single permissions back, after showing what that changes
    Remove(Change),
    /// Take back everything that the integration holds, for whomever
    RemoveAll(Bare),
    /// Give everything that is required and missing
    AddMissing(Bare),
    /// Undo a change by its number in the journal
    Restore(Restore),
    /// Who of the users has consented to what is needed in their name
    Users(Users),
    /// What users have asked an administrator to approve, and what they may consent to themselves
    Requests(Requests),
}

const AFTER: &str = "\
Exit codes: 0 authorized, 1 partly or not authorized, 3 unknown.";

#[derive(Args)]
#[command(after_help = AFTER)]
pub struct Show {
    #[command(flatten)]
    of: names::Organization,
    /// What was read last, without asking Graph again
    #[arg(long)]
    cached: bool,
    /// As CSV, for a spreadsheet
    #[arg(long, conflicts_with = "json")]
    csv: bool,
}

#[derive(Args)]
pub struct Grant {
    #[command(flatten)]
    of: names::Organization,
    /// Write the address to stdout, on a line of its own, in place of opening a browser
    #[arg(long)]
    print_url: bool,
    /// Ask for exactly the delegated permissions that the organization requires, and not for all that the application is registered with
    #[arg(long)]
    exact: bool,
}

/// The API of a permission.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Api {
    Graph,
    Exchange,
}

/// The type of a permission.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Kind {
    Application,
    Delegated,
}

const CHANGE: &str = "\
Without --yes the change is shown and asked about; where nobody can be asked, it is shown and nothing is done (exit code 3).
Exit codes: 0 all of it was done, 1 some of it failed, 3 nothing was done or it isn't known, 4 not permitted.";

#[derive(Args)]
#[command(after_help = CHANGE)]
pub struct Change {
    /// Names such as Mail.Read
    #[arg(required = true, value_name = "PERMISSION")]
    permissions: Vec<String>,
    #[command(flatten)]
    of: names::Organization,
    /// For this user only, by principal name; delegated permissions
    #[arg(long, value_name = "UPN")]
    user: Option<String>,
    /// Application or delegated; otherwise the type that the organization requires, or the only one of that name
    #[arg(long = "type", value_enum)]
    kind: Option<Kind>,
    /// The API that publishes them
    #[arg(long, value_enum, default_value = "graph")]
    api: Api,
    #[command(flatten)]
    how: How,
}

#[derive(Args)]
#[command(after_help = CHANGE)]
pub struct Bare {
    #[command(flatten)]
    of: names::Organization,
    #[command(flatten)]
    how: How,
}

#[derive(Args)]
#[command(after_help = CHANGE)]
pub struct Restore {
    /// The number of the entry in `journal list`
    #[arg(value_name = "NUMBER")]
    entry: u32,
    #[command(flatten)]
    of: names::Organization,
    #[command(flatten)]
    how: How,
}

#[derive(Args)]
pub struct How {
    /// Do it without asking
    #[arg(long)]
    yes: bool,
    /// Where Microsoft has to ask for more permissions first: write the address to stdout in place of opening a browser
    #[arg(long)]
    print_url: bool,
}

#[derive(Args)]
pub struct Users {
    #[command(flatten)]
    of: names::Organization,
    /// Only users who still lack something
    #[arg(long)]
    missing: bool,
    /// Only users with these words in the name or principal name
    #[arg(long, value_name = "TEXT")]
    search: Option<String>,
    /// Only users who were granted this permission of Graph themselves
    #[arg(long, value_name = "PERMISSION", conflicts_with = "csv")]
    holding: Option<String>,
    /// At most so many
    #[arg(long, value_name = "N", default_value_t = 200, value_parser = clap::value_parser!(u32).range(1..=1_000))]
    limit: u32,
    /// All that match, as CSV for a spreadsheet
    #[arg(long, conflicts_with = "json")]
    csv: bool,
}

#[derive(Args)]
pub struct Requests {
    /// The tenant's name
    #[arg(long, value_name = "NAME")]
    tenant: String,
    /// Ask Microsoft for the permissions that reading this needs, where the sign-in lacks them
    #[arg(long)]
    allow: bool,
    /// Write the address to stdout in place of opening a browser
    #[arg(long)]
    print_url: bool,
}

/// Does what is asked of consent. A look ends with 0 when all that is required is granted, 1 when not, 3 when it isn't known.
///
/// # Errors
/// Those of the verbs.
pub async fn run(ask: Consent, call: &Call) -> Result<Exit> {
    match ask {
        Consent::Show(ask) => {
            let organization = ask.of.find(call).await?;
            let question = OrganizationRef { organization: organization.organization.id };
            // Whoever isn't signed in is shown what was known last, with its age.
            let signed_out = organization.may.consent == Some(Reason::NotSignedIn);
            let view = if ask.cached || signed_out {
                show::show(&call.desk, question, &call.job()).await?
            } else {
                Box::pin(read::read(&call.desk, question, &call.job())).await?
            };
            if signed_out && !ask.cached {
                call.screen.note("Nobody is signed in to the tenant, so this is what was read last.");
            }
            if ask.csv {
                call.screen.file(&table(&view)?);
                return Ok(Exit::of_consent(view.consent.authorization));
            }
            Ok(answer(&view, &organization, call))
        }
        Consent::Grant(ask) => {
            let organization = ask.of.find(call).await?;
            let with = if ask.exact { ConsentPage::Required } else { ConsentPage::Registered };
            if organization.may.consent.is_none() {
                foretell(&organization, with, call).await;
            }
            let question = grant::GrantConsent { organization: organization.organization.id, with };
            let consented = Box::pin(grant::grant(&call.desk, question, &call.job_with(browser(ask.print_url)))).await;
            if let Err(error) = &consented {
                tell_whose_scope(error.reason, &organization, call).await;
            }
            let consented = consented?;
            call.screen.answer(&consented, |screen| {
                screen.line(&told::came_to(&consented));
                told::show_view(&consented.view, &organization, screen);
            });
            Ok(Exit::of_consent(consented.view.consent.authorization))
        }
        Consent::Add(ask) => {
            let (organization, permissions, whom) = named(&ask, call).await?;
            change(&organization, Wanted::Grant { permissions, whom }, &ask.how, call).await
        }
        Consent::Remove(ask) => {
            let (organization, permissions, whom) = named(&ask, call).await?;
            change(&organization, Wanted::Revoke { permissions, whom }, &ask.how, call).await
        }
        Consent::RemoveAll(ask) => change(&ask.of.find(call).await?, Wanted::RevokeAll, &ask.how, call).await,
        Consent::AddMissing(ask) => change(&ask.of.find(call).await?, Wanted::GrantMissing, &ask.how, call).await,
        Consent::Restore(ask) => change(&ask.of.find(call).await?, Wanted::Restore { entry: ask.entry }, &ask.how, call).await,
        Consent::Users(ask) => of_users(&ask, call).await,
        Consent::Requests(ask) => requests(&ask, call).await,
    }
}

/// How a page is to be reached.
pub const fn browser(print_url: bool) -> Browser {
    if print_url { Browser::Print } else { Browser::Open }
}

/// The permissions and the grantee that a person typed.
async fn named(ask: &Change, call: &Call) -> Result<(OrganizationView, Vec<PermissionRef>, Grantee)> {
    let organization = ask.of.find(call).await?;
    let whom = match &ask.user {
        None => Grantee::Everyone,
        Some(address) => {
            let question = UserRef::Address { tenant: organization.organization.tenant, address: address.clone() };
            Grantee::User(describe(&call.desk, question, &call.job()).await?.row.user.directory.object_id)
        }
    };
    let resource = match ask.api {
        Api::Graph => Resource::Graph,
        Api::Exchange => Resource::Exchange,
    };
    let view = show::show(&call.desk, OrganizationRef { organization: organization.organization.id }, &call.job()).await?;
    let permissions: Result<Vec<PermissionRef>> = ask
        .permissions
        .iter()
        .map(|name| {
            let kind = match (ask.kind, whom) {
                (Some(Kind::Application), _) => PermissionType::Application,
                (Some(Kind::Delegated), _) | (None, Grantee::User(_)) => PermissionType::Delegated,
                (None, Grantee::Everyone) => kind_of(name, resource, &view)?,
            };
            Ok(PermissionRef { resource, kind, name: name.clone() })
        })
        .collect();
    Ok((organization, permissions?, whom))
}

/// The type that is meant where none was said: the one that stands in the matrix, or the only one of that name.
fn kind_of(name: &str, resource: Resource, view: &ConsentView) -> Result<PermissionType> {
    let here: Vec<&ConsentRow> =
        view.consent.rows.iter().filter(|row| row.resource == resource && row.name.eq_ignore_ascii_case(name)).collect();
    if let [only] = here.as_slice() {
        return Ok(only.kind);
    }
    let known: Vec<PermissionType> =
        PermissionType::ALL.into_iter().filter(|kind| permission::find(resource, *kind, name).is_some()).collect();
    match known.as_slice() {
        [only] => Ok(*only),
        [] => Err(Error::input("permission", format!("{name} is not in the catalogue; say --type application or --type delegated"))),
        _ => Err(Error::input("permission", format!("{name} exists as both; say --type application or --type delegated"))),
    }
}

/// Says whose access scope a grant would make void, where that is why it is refused.
async fn tell_whose_scope(refused: Option<Reason>, view: &OrganizationView, call: &Call) {
    if refused != Some(Reason::WouldVoidScope) {
        return;
    }
    let of = OrganizationRef { organization: view.organization.id };
    // What can't be read now names nobody; the refusal itself stands.
    let Ok(shown) = show::show(&call.desk, of, &Job::quiet()).await else { return };
    call.screen.note(&format!("It is the access scope of {} that it would make void.", shown.scoped_by.join(", ")));
}

/// Shows what a change would do, asks, does it, and says what came of it.
async fn change(organization: &OrganizationView, wanted: Wanted, how: &How, call: &Call) -> Result<Exit> {
    let question = PreviewChange { organization: organization.organization.id, wanted };
    let job = call.job_with(browser(how.print_url));
    let shown = Box::pin(preview(&call.desk, question.clone(), &job)).await?;
    if shown.added.total == 0 && shown.dropped.total == 0 {
        call.screen.answer(&shown, |screen| screen.line(&told::unchanged(shown.open, &organization.organization.name)));
        return Ok(if shown.open.is_none() { Exit::Fine } else { Exit::Incomplete });
    }
    if !how.yes {
        told::show_preview(&shown, &call.screen);
    }
    tell_whose_scope(shown.refused, organization, call).await;
    if let Some(reason) = shown.refused {
        // No role is a cure for anything else.
        if matches!(reason, Reason::NeedsPrivilegedRole | Reason::NeedsApplicationRole) {
            let needed: Vec<&str> = shown.roles.iter().map(|role| role.display_name()).collect();
            call.screen.note(&format!("Needed is one of these roles: {}.", needed.join(", ")));
        }
        return Err(Error::not_now(reason));
    }
    if !how.yes && !call.agrees(&format!("Do this in {}?", shown.tenant)) {
        call.screen.answer(&shown, |screen| screen.line("Nothing was changed."));
        return Ok(Exit::Incomplete);
    }
    let applied = Box::pin(apply(&call.desk, ApplyChange { change: question, seal: shown.seal }, &job)).await?;
    call.screen.answer(&applied, |screen| told::show_applied(&applied, screen));
    if let Some(open) = shown.open {
        call.screen.note(&told::stays_open(open, &organization.organization.name));
    }
    Ok(match (applied.failed.is_empty(), applied.untouched as usize + applied.settling.len()) {
        (true, 0) if shown.open.is_none() => Exit::Fine,
        (false, _) => Exit::Failed,
        (true, _) => Exit::Incomplete,
    })
}

/// Says what Microsoft's page would do, before it is opened. Where nobody would read it, nothing is asked of Graph for it.
async fn foretell(organization: &OrganizationView, with: ConsentPage, call: &Call) {
    if call.screen.is_quiet() {
        return;
    }
    let question = PreviewChange { organization: organization.organization.id, wanted: Wanted::Page { with } };
    match Box::pin(preview(&call.desk, question, &call.job())).await {
        Ok(shown) => {
            told::show_preview(&shown, &call.screen);
            if !shown.foreseen {
                call.screen.note(
                    "  What the application is registered with can't be read here. Microsoft's page decides, and may list other ones.",
                );
            }
        }
        Err(_) => call.screen.note("The present grants are not known, so it can't be said what will be added."),
    }
}

async fn of_users(ask: &Users, call: &Call) -> Result<Exit> {
    let organization = ask.of.find(call).await?;
    let question = ConsentUsers {
        organization: organization.organization.id,
        which: if ask.missing { WhichConsents::Missing } else { WhichConsents::All },
        search: ask.search.clone(),
        holding: ask.holding.as_ref().map(|name| format!("{}/{name}", Resource::Graph.name())),
        offset: 0,
        limit: ask.limit,
    };
    let page = users(&call.desk, question.clone(), &call.job()).await?;
    if ask.csv {
        let ConsentUsers { organization, which, search, .. } = question;
        let table = export_users(&call.desk, ExportConsents { organization, which, search }, &call.job()).await?;
        call.screen.file(&table.text);
    } else {
        call.screen.answer(&page, |screen| told::show_users(&page, screen));
    }
    Ok(match page.counts {
        None => Exit::Incomplete,
        Some(counts) if counts.partly + counts.nothing == 0 => Exit::Fine,
        Some(_) => Exit::Failed,
    })
}

async fn requests(ask: &Requests, call: &Call) -> Result<Exit> {
    let tenant = names::tenant(call, &ask.tenant).await?.tenant.id;
    let job = call.job_with(browser(ask.print_url));
    if ask.allow {
        let scopes = [READ_REQUESTS, READ_POLICIES, READ_AUDITS].map(str::to_owned).to_vec();
        Box::pin(allow(&call.desk, AllowMore { tenant, scopes }, &job)).await?;
    }
    let view = Box::pin(read_tenant(&call.desk, TenantRef { tenant }, &job)).await?;
    call.screen.answer(&view, |screen| told::show_requests(&view, screen));
    let known = view.tenant.as_ref().is_some_and(|tenant| tenant.requests.value().is_some());
    Ok(if known { Exit::Fine } else { Exit::Incomplete })
}

fn answer(view: &ConsentView, organization: &OrganizationView, call: &Call) -> Exit {
    call.screen.answer(view, |screen| told::show_view(view, organization, screen));
    Exit::of_consent(view.consent.authorization)
}
