//! What can be asked on the command line. Each noun keeps its own questions in its own file.

use std::path::PathBuf;

use clap::builder::Styles;
use clap::builder::styling::AnsiColor;
use clap::{Args, Parser, Subcommand};

use crate::{
    consent, integration, issues, journal, org, permissions, practice, rollout, rules, runs, scope, session, settings, tenant, users,
    verify,
};

const STYLES: Styles = Styles::styled()
    .header(AnsiColor::BrightBlue.on_default().bold())
    .usage(AnsiColor::BrightBlue.on_default().bold())
    .literal(AnsiColor::Cyan.on_default())
    .placeholder(AnsiColor::Cyan.on_default());

const AFTER: &str = "\
A rollout, step by step (each command has a --help of its own):
  rollcallctl tenant add Contoso --cloud global \\
              --tenant-id contoso.example --client-id ID
  rollcallctl sign-in --tenant Contoso
  rollcallctl integration add CRM --tenant Contoso --client-id ID \\
              --preset revenue-grid --secret-stdin
  rollcallctl org create HQ --tenant Contoso --external-id hq-1 \\
              --integration CRM --access graph_app_only
  rollcallctl users import --org HQ --all
  rollcallctl consent grant --org HQ
  rollcallctl verify --org HQ

Or rehearse all of it without a Microsoft account:
  rollcallctl rollout --practice

Exit codes:
  0  done, and everything checked passed     4  not signed in or not permitted
  1  something checked failed                6  another Rollcall owns the data
  2  the command can't be used like this    70  a fault of Rollcall itself
  3  incomplete: unknown or not run";

/// Puts a mail integration onto Microsoft Graph for every mailbox, and proves that it works.
#[derive(Parser)]
#[command(name = "rollcallctl", version, after_help = AFTER, styles = STYLES, disable_help_subcommand = true)]
pub struct Arguments {
    #[command(flatten)]
    pub globals: Globals,
    #[command(subcommand)]
    pub command: Command,
}

/// What every command takes, before or after its name.
#[derive(Args)]
pub struct Globals {
    /// Where the data rests [default: ROLLCALL_DATA_DIR, else this account's application data]
    #[arg(long, global = true, value_name = "DIR", help_heading = "Everywhere")]
    pub data_dir: Option<PathBuf>,
    /// Write one JSON document to stdout and nothing else there
    #[arg(long, global = true, help_heading = "Everywhere")]
    pub json: bool,
    /// Say nothing on stderr but errors
    #[arg(long, short, global = true, help_heading = "Everywhere")]
    pub quiet: bool,
}

#[derive(Subcommand)]
pub enum Command {
    /// Connect a tenant, look at it, forget it
    #[command(subcommand)]
    Tenant(tenant::Tenant),
    /// Sign in to a tenant as its admin, in the browser
    SignIn(session::SignIn),
    /// Sign out of a tenant: the token leaves the keychain, the data stays
    SignOut(session::SignOut),
    /// Describe the application that is being rolled out, and hand in its secret
    #[command(subcommand)]
    Integration(integration::Integration),
    /// Stage 1: organizations, which share one integration and one mailbox access type
    #[command(subcommand)]
    Org(org::Org),
    /// Stage 1: bring users in, find them, take them out
    #[command(subcommand)]
    Users(users::Users),
    /// Stage 1: rules that keep an organization's users complete
    #[command(subcommand)]
    Rules(rules::Rules),
    /// The catalogue of permissions
    #[command(subcommand)]
    Permissions(permissions::Permissions),
    /// Stage 2: what is granted against what is required
    #[command(subcommand)]
    Consent(consent::Consent),
    /// Stage 2: whom the integration may reach, proven from both sides
    #[command(subcommand)]
    Scope(scope::Scope),
    /// Stage 3: check users' access, every mailbox by name
    Verify(verify::Verify),
    /// Earlier runs of verify
    #[command(subcommand)]
    Runs(runs::Runs),
    /// What keeps mailboxes from answering
    #[command(subcommand)]
    Issues(issues::Issues),
    /// The audit log: what was changed in the tenant, by whom
    #[command(subcommand)]
    Journal(journal::Journal),
    /// What a check leaves to the integration, and what becomes of a run that was cut off
    #[command(subcommand)]
    Settings(settings::Settings),
    /// A simulated tenant to rehearse in
    #[command(subcommand)]
    Practice(practice::Practice),
    /// All three stages in one go, against a fresh practice tenant
    Rollout(rollout::Rollout),
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn the_questions_are_consistent() {
        super::Arguments::command().debug_assert();
    }
}
