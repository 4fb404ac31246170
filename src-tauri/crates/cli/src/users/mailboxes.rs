//! A user's mailboxes by command: which there are, what each is for, who signs in for it, and the guided migration.

use clap::{ArgGroup, Args, Subcommand, ValueEnum};
use rollcall_core::address::{AddressChange, AddressKind, Connection};
use rollcall_core::migration::MigrationStep;
use rollcall_core::verdict::Verdict;
use rollcall_ops::error::Result;
use rollcall_ops::job::Job;
use rollcall_ops::mailboxes::change::{self, ChangeMailbox};
use rollcall_ops::mailboxes::check::{self, MailboxRef};
use rollcall_ops::mailboxes::connect::{self, ConnectMailbox};
use rollcall_ops::mailboxes::describe::{self, MailboxesOf, MailboxesView, MigrationView};
use rollcall_ops::mailboxes::migrate::{self, MigrateMailbox, MigrationAct};
use rollcall_ops::mailboxes::secondary;

use super::find;
use crate::call::Call;
use crate::exit::Exit;
use crate::moment::utc_or_dash;
use crate::progress::Browser;
use crate::screen::Screen;
use crate::table::{Cell, Column, Paint, Table};
use crate::words;

/// The user meant.
#[derive(Args)]
pub struct Who {
    /// User principal name or any address
    upn: String,
    /// The tenant, where several know that address
    #[arg(long, value_name = "NAME")]
    tenant: Option<String>,
}

#[derive(Subcommand)]
pub enum Addressed {
    /// Show a user's mailboxes: what each is used for, and whether it is connected
    Mailboxes(Who),
    /// Say what one address of a user is used for, or name another mailbox of theirs
    #[command(subcommand)]
    Mailbox(Mailbox),
    /// Have a user sign in to the integration on this computer
    Connect(Connect),
    /// Take a user's sign-in out of the keychain
    Disconnect(Disconnect),
    /// Move a user from the default mailbox to another one, in six steps
    #[command(subcommand)]
    Migrate(Migrate),
}

#[derive(Subcommand)]
pub enum Mailbox {
    /// Switch sync and send of an address, or make it the default
    Set(Set),
    /// Name another mailbox that the user works with
    Add(One),
    /// Take such a mailbox off the list, and its sign-in out of the keychain
    Remove(One),
    /// Ask the mailbox whether it answers
    Check(One),
}

/// One address of a user.
#[derive(Args)]
pub struct One {
    #[command(flatten)]
    who: Who,
    /// The address
    address: String,
}

#[derive(Args)]
#[command(group(ArgGroup::new("what").args(["sync", "send", "default"]).required(true).multiple(true)))]
pub struct Set {
    #[command(flatten)]
    one: One,
    /// Whether it is synchronized
    #[arg(long, value_name = "on|off")]
    sync: Option<Switch>,
    /// Whether mail is sent from it
    #[arg(long, value_name = "on|off")]
    send: Option<Switch>,
    /// Make it the default
    #[arg(long)]
    default: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Switch {
    On,
    Off,
}

#[derive(Args)]
pub struct Connect {
    #[command(flatten)]
    who: Who,
    /// A secondary mailbox, which its own account signs in for
    #[arg(long, value_name = "ADDRESS")]
    mailbox: Option<String>,
    /// Write the address to stdout, on a line of its own, in place of opening a browser
    #[arg(long)]
    print_url: bool,
}

#[derive(Args)]
pub struct Disconnect {
    #[command(flatten)]
    who: Who,
    /// A secondary mailbox
    #[arg(long, value_name = "ADDRESS")]
    mailbox: Option<String>,
}

#[derive(Subcommand)]
pub enum Migrate {
    /// Begin: the add-in's version is compared with the one that the vendor asks for
    Begin(Begin),
    /// Show where it stands
    Show(Who),
    /// Ask the mailbox that the current step depends on
    Check(Who),
    /// Say that a step is done, also at the vendor
    Tick(Step),
    /// Go back to a step that was done
    Reopen(Step),
    /// Forget the migration; the addresses stay as they are
    GiveUp(Who),
}

#[derive(Args)]
pub struct Begin {
    #[command(flatten)]
    who: Who,
    /// The secondary mailbox to move to
    #[arg(long, value_name = "ADDRESS")]
    to: String,
    /// The version of the add-in that the user has
    #[arg(long, value_name = "VERSION")]
    add_in: String,
    /// The version that the vendor asks for
    #[arg(long, value_name = "VERSION")]
    minimum: String,
}

#[derive(Args)]
pub struct Step {
    #[command(flatten)]
    who: Who,
    /// The step
    #[arg(value_parser = step)]
    step: MigrationStep,
}

fn step(text: &str) -> std::result::Result<MigrationStep, String> {
    let names = || MigrationStep::ALL.map(MigrationStep::name).join(", ");
    MigrationStep::ALL.into_iter().find(|step| step.name() == text).ok_or_else(|| format!("not a step: use {}", names()))
}

/// Does what is asked of mailboxes.
///
/// # Errors
/// Those of the verbs.
pub async fn run(ask: Addressed, call: &Call) -> Result<Exit> {
    match ask {
        Addressed::Mailboxes(who) => {
            let view = describe::describe(&call.desk, MailboxesOf { user: user(&who, call).await? }, &Job::quiet()).await?;
            Ok(show(&view, call))
        }
        Addressed::Mailbox(ask) => mailbox(ask, call).await,
        Addressed::Connect(ask) => {
            let browser = if ask.print_url { Browser::Print } else { Browser::Open };
            let wanted = ConnectMailbox { user: user(&ask.who, call).await?, address: ask.mailbox };
            let view = Box::pin(connect::connect(&call.desk, wanted, &call.job_with(browser))).await?;
            Ok(show(&view, call))
        }
        Addressed::Disconnect(ask) => {
            let wanted = ConnectMailbox { user: user(&ask.who, call).await?, address: ask.mailbox };
            let view = connect::disconnect(&call.desk, wanted, &call.job()).await?;
            call.screen.answer(&view, |screen| list(&view, screen));
            Ok(Exit::Fine)
        }
        Addressed::Migrate(ask) => migrate(ask, call).await,
    }
}

async fn user(who: &Who, call: &Call) -> Result<rollcall_core::id::UserId> {
    Ok(find(&who.upn, who.tenant.as_deref(), call).await?.row.user.id)
}

async fn named(one: One, call: &Call) -> Result<MailboxRef> {
    Ok(MailboxRef { user: user(&one.who, call).await?, address: one.address })
}

async fn mailbox(ask: Mailbox, call: &Call) -> Result<Exit> {
    let view = match ask {
        Mailbox::Set(ask) => set(ask, call).await?,
        Mailbox::Add(one) => secondary::add(&call.desk, named(one, call).await?, &call.job()).await?,
        Mailbox::Remove(one) => secondary::remove(&call.desk, named(one, call).await?, &call.job()).await?,
        Mailbox::Check(one) => {
            let address = one.address.clone();
            let view = check::check(&call.desk, named(one, call).await?, &call.job()).await?;
            call.screen.answer(&view, |screen| list(&view, screen));
            let asked = view.addresses.iter().find(|one| one.address.address.to_lowercase() == address.trim().to_lowercase());
            return Ok(exit(asked.and_then(|one| one.address.seen.as_ref()).map_or(Verdict::NotRun, |seen| seen.verdict)));
        }
    };
    call.screen.answer(&view, |screen| list(&view, screen));
    Ok(Exit::Fine)
}

async fn set(ask: Set, call: &Call) -> Result<MailboxesView> {
    let user = user(&ask.one.who, call).await?;
    let switched = |switch: Option<Switch>| switch.map(|switch| switch == Switch::On);
    let changes = [
        switched(ask.sync).map(|on| AddressChange::Sync { on }),
        switched(ask.send).filter(|on| *on).map(|on| AddressChange::Send { on }),
        ask.default.then_some(AddressChange::Default),
        switched(ask.send).filter(|on| !*on).map(|on| AddressChange::Send { on }),
    ];
    let mut view = describe::describe(&call.desk, MailboxesOf { user }, &Job::quiet()).await?;
    for change in changes.into_iter().flatten() {
        let ask = ChangeMailbox { user, address: ask.one.address.clone(), change };
        view = change::change(&call.desk, ask, &call.job()).await?;
    }
    Ok(view)
}

async fn migrate(ask: Migrate, call: &Call) -> Result<Exit> {
    let (who, act) = match ask {
        Migrate::Show(who) => {
            let view = describe::describe(&call.desk, MailboxesOf { user: user(&who, call).await? }, &Job::quiet()).await?;
            return Ok(show_migration(&view, call));
        }
        Migrate::Begin(ask) => (ask.who, MigrationAct::Begin { to: ask.to, add_in: ask.add_in, minimum: ask.minimum }),
        Migrate::Check(who) => (who, MigrationAct::Check),
        Migrate::Tick(ask) => (ask.who, MigrationAct::Tick { step: ask.step }),
        Migrate::Reopen(ask) => (ask.who, MigrationAct::Reopen { step: ask.step }),
        Migrate::GiveUp(who) => (who, MigrationAct::GiveUp),
    };
    let (checks, given_up) = (matches!(act, MigrationAct::Check), matches!(act, MigrationAct::GiveUp));
    let view = Box::pin(migrate::migrate(&call.desk, MigrateMailbox { user: user(&who, call).await?, act }, &call.job())).await?;
    if given_up {
        call.screen.answer(&view, |screen| {
            screen.line("The migration is forgotten. What sync, send and default are set to stays as it is now:");
            list(&view, screen);
        });
        return Ok(Exit::Fine);
    }
    let shown = show_migration(&view, call);
    let current = view.migration.as_ref().and_then(|migration| migration.steps.iter().find(|step| step.done.is_none()));
    Ok(match current.and_then(|step| step.seen.as_ref()) {
        Some(seen) if checks => exit(seen.verdict),
        Some(_) | None if checks => shown,
        Some(_) | None => Exit::Fine,
    })
}

const fn exit(verdict: Verdict) -> Exit {
    match verdict {
        Verdict::Passed => Exit::Fine,
        Verdict::Failed => Exit::Failed,
        Verdict::Unknown | Verdict::NotRun => Exit::Incomplete,
    }
}

/// Ends with 3 while one of the mailboxes is not connected.
fn show(view: &MailboxesView, call: &Call) -> Exit {
    call.screen.answer(view, |screen| list(view, screen));
    if view.addresses.iter().all(|one| one.connection.is_up()) { Exit::Fine } else { Exit::Incomplete }
}

fn list(view: &MailboxesView, screen: &Screen) {
    let mut table = Table::new([
        Column::Flexible("address"),
        Column::Left("kind"),
        Column::Left("connected"),
        Column::Left("sync"),
        Column::Left("send"),
        Column::Left("default"),
        Column::Left("read"),
        Column::Left("answered"),
        Column::Spare("at"),
    ]);
    let switch = |on: bool| if on { "on" } else { "off" };
    for one in &view.addresses {
        let (address, seen) = (&one.address, one.address.seen.as_ref());
        table.row([
            address.address.as_str().into(),
            kind(address.kind).into(),
            connected(one.connection),
            switch(address.sync).into(),
            switch(address.send).into(),
            if address.default { "default" } else { "" }.into(),
            if one.read { "yes" } else { "no" }.into(),
            seen.map_or_else(|| "not asked".into(), |seen| super::verdict(seen.verdict)),
            utc_or_dash(seen.map(|seen| seen.at)).into(),
        ]);
    }
    screen.table(&table);
    for cause in view.addresses.iter().filter_map(|one| one.address.seen.as_ref()?.cause) {
        let words = words::of_cause(cause);
        screen.paragraph(&format!("{}: {}", words.title, words.advice()), "→ ", "  ");
    }
    let which = format!("Sessions and checks read each mailbox whose sync is on, and that of {} itself where no other's is.", view.upn);
    screen.paragraph(&which, "", "");
    if view.addresses.iter().any(|one| !one.connection.is_up()) {
        let vendor = view.vendor.unwrap_or("the integration");
        screen.gap();
        for one in view.addresses.iter().filter(|one| !one.connection.is_up()) {
            let mailbox = match one.address.kind {
                AddressKind::Primary => String::new(),
                AddressKind::Secondary => format!(" --mailbox {}", one.address.address),
                // They belong to the mailbox of the primary one.
                AddressKind::PrincipalName | AddressKind::Alias => continue,
            };
            let address = &one.address.address;
            let here =
                format!("{address}: rollcallctl users connect {}{mailbox}, and its own account signs in on this computer.", view.upn);
            screen.paragraph(&here, "→ ", "  ");
        }
        let link = view.link.as_deref().map_or_else(String::new, |link| format!(" {link} leads there."));
        let there = format!("At {vendor}: each is connected there by its own account, which no call of Microsoft Graph shows.{link}");
        screen.paragraph(&there, "→ ", "  ");
    }
}

fn connected(connection: Connection) -> Cell {
    match connection {
        Connection::ByApplication => Cell::painted("by the application", Paint::Good),
        Connection::OverEws => Cell::painted("over EWS", Paint::Faint),
        Connection::Connected { .. } => Cell::painted("connected", Paint::Good),
        Connection::SignInNeeded { need } => Cell::painted(words::of_sign_in_need(need), Paint::Open),
        Connection::NotConnected => Cell::painted("has not signed in", Paint::Open),
    }
}

const fn kind(kind: AddressKind) -> &'static str {
    match kind {
        AddressKind::Primary => "primary",
        AddressKind::PrincipalName => "principal name",
        AddressKind::Alias => "alias",
        AddressKind::Secondary => "secondary",
    }
}

/// Ends with 3 while a step is open.
fn show_migration(view: &MailboxesView, call: &Call) -> Exit {
    call.screen.answer(view, |screen| match &view.migration {
        None => screen.line("No migration was begun. `rollcallctl users migrate begin --help` says how."),
        Some(migration) => steps(view, migration, screen),
    });
    match &view.migration {
        Some(migration) if migration.steps.iter().any(|step| step.done.is_none()) => Exit::Incomplete,
        Some(_) | None => Exit::Fine,
    }
}

fn steps(view: &MailboxesView, migration: &MigrationView, screen: &Screen) {
    screen.headline(&format!("{} → {}", migration.from, migration.to));
    screen.line(&format!("Add-in {}, at least {} is asked for.", migration.add_in, migration.minimum));
    if let Some(opens) = view.window_opens {
        screen.painted(&format!("Outside the change window, which opens at {}.", opens.utc()), Paint::Open);
    }
    let current = migration.steps.iter().position(|step| step.done.is_none());
    for (at, step) in migration.steps.iter().enumerate() {
        let words = words::of_step(step.step);
        screen.gap();
        let (mark, paint) = match &step.done {
            Some(_) => ("done", Paint::Good),
            None if Some(at) == current => ("next", Paint::Open),
            None => ("open", Paint::Faint),
        };
        screen.painted(&format!("{}. {} ({}): {mark}", at + 1, words.title, step.step.name()), paint);
        if let Some(done) = &step.done {
            screen.line(&format!("   {} {}", done.at.utc(), done.actor));
        } else if Some(at) == current {
            screen.paragraph(words.advice, "   ", "   ");
        }
        if let Some(seen) = &step.seen {
            let asked = step.asks.as_deref().unwrap_or_default();
            let id = seen.request_id.as_deref().map_or_else(String::new, |id| format!(", request id {id}"));
            screen.line(&format!("   {asked}: {} at {}{id}", words::of_verdict(seen.verdict), seen.at.utc()));
        }
    }
}
