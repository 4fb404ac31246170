//! Moves a user's work from the default mailbox to another one, step by step. Each step is written down when it is taken, so that it
//! goes on after a restart where it stood.

use rollcall_core::address::AddressKind;
use rollcall_core::id::UserId;
use rollcall_core::migration::{Migration, MigrationStep, Tick, Version};
use rollcall_core::rules::Reason;
use rollcall_core::time::Timestamp;
use rollcall_core::timeline::Happening;
use rollcall_store::{Transaction, mailboxes};
use serde::Deserialize;
use ts_rs::TS;

use super::check;
use super::connect::may_connect;
use super::describe::{self, MailboxesView};
use super::subject::{Subject, Told};
use crate::desk::Desk;
use crate::error::{Error, Result};
use crate::job::Job;

/// What to do with a user's migration.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct MigrateMailbox {
    pub user: UserId,
    pub act: MigrationAct,
}

/// An act of a migration.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum MigrationAct {
    /// To a secondary mailbox. Both versions are the admin's to give: the add-in's runs at the user's, and the vendor says which one
    /// it needs.
    Begin { to: String, add_in: String, minimum: String },
    /// Asks the mailbox that the current step depends on.
    Check,
    /// What the step wants is done, also at the vendor.
    Tick { step: MigrationStep },
    /// Back to a step that was ticked off.
    Reopen { step: MigrationStep },
    /// The migration is forgotten; the addresses stay as they are.
    GiveUp,
}

/// Outside the organization's change window it warns and goes on: the admin may have a reason.
///
/// # Errors
/// `NotNow` for a step that is not next or not proven, an add-in that is too old, or while another migration is under way;
/// `InvalidInput`; `NotFound`; those of the network.
pub async fn migrate(desk: &Desk, ask: MigrateMailbox, job: &Job) -> Result<MailboxesView> {
    let MigrateMailbox { user, act } = ask;
    match act {
        MigrationAct::Begin { to, add_in, minimum } => begin(desk, user, &to, &add_in, &minimum).await?,
        MigrationAct::Check => ask_mailbox(desk, user, job).await?,
        MigrationAct::Tick { step } => tick(desk, user, step).await?,
        MigrationAct::Reopen { step } => reopen(desk, user, step).await?,
        MigrationAct::GiveUp => give_up(desk, user).await?,
    }
    let subject = desk.read(move |conn| Subject::read(conn, user)).await?;
    describe::view(desk, subject).await
}

async fn begin(desk: &Desk, user: UserId, to: &str, add_in: &str, minimum: &str) -> Result<()> {
    let version = |what, text: &str| text.parse::<Version>().map_err(|why| Error::input(what, why));
    let (add_in, minimum) = (version("add_in", add_in)?, version("minimum", minimum)?);
    let (now, to) = (desk.now(), to.to_owned());
    desk.write(move |tx| {
        // From how everything stands by now: another change may have come between.
        let subject = Subject::read(tx, user)?;
        let (migration, old) = match begun(&subject, &to, add_in, minimum, now) {
            Ok(begun) => begun,
            Err(error) => return Ok(Err(error)),
        };
        let outside_window = subject.organization.window.as_ref().is_some_and(|window| !window.is_open(now));
        let what = Happening::MigrationBegun { from: old.clone(), to: to.clone(), outside_window };
        // The addresses that it moves between are kept from here on, whatever was set before.
        mailboxes::set_addresses(tx, user, &subject.addresses)?;
        mailboxes::set_migration(tx, user, Some(&migration))?;
        subject.tell(tx, "mailboxes.migrate_begin", Told { before: Some(old), ..Told::after(what, to) }, now).map(Ok)
    })
    .await?
}

/// The migration at its beginning, and the address that it leads away from.
fn begun(subject: &Subject, to: &str, add_in: Version, minimum: Version, now: Timestamp) -> Result<(Migration, String)> {
    match may_connect(subject.row.effective_access) {
        Ok(()) | Err(Reason::NobodySignsIn) => {}
        Err(reason) => return Err(Error::not_now(reason)),
    }
    if subject.is_migrating() {
        return Err(Error::not_now(Reason::MigrationUnderWay));
    }
    let new = Some(subject.named(to)?.1).filter(|one| one.kind == AddressKind::Secondary);
    let new = new.ok_or_else(|| Error::input("to", "it is not a secondary mailbox of the user"))?;
    let old = subject.addresses.iter().find(|one| one.default).filter(|old| old.address != new.address);
    let old = old.ok_or_else(|| Error::input("to", "it is the default mailbox already"))?;
    let begun = Tick { at: now, actor: subject.tenant.admin() };
    let migration = Migration::begin(old, &new.address, add_in, minimum, begun).map_err(Error::not_now)?;
    Ok((migration, old.address.clone()))
}

async fn ask_mailbox(desk: &Desk, user: UserId, job: &Job) -> Result<()> {
    let subject = desk.read(move |conn| Subject::read(conn, user)).await?;
    let migration = subject.migration.as_ref().ok_or_else(no_migration)?;
    let (step, address) = match (migration.current(), migration.asked()) {
        (Some(step), Some(address)) => (step, address.to_owned()),
        (Some(_), None) | (None, _) => return Err(Error::input("act", "there is nothing that a mailbox could answer to this step")),
    };
    let (_, seen) = check::checked(desk, &subject, subject.place(&address)?, job).await?;
    let now = desk.now();
    desk.write(move |tx| {
        let mut subject = Subject::read(tx, user)?;
        // Somebody else may have gone on meanwhile; the answer is for the step that asked.
        let Some(mut migration) = subject.migration.take().filter(|migration| migration.current() == Some(step)) else { return Ok(()) };
        let what = Happening::MigrationChecked { step, verdict: seen.verdict };
        let after = format!("{} {}: {}", step.name(), address, seen.verdict.name());
        let told = Told { request_id: seen.request_id.clone(), ..Told::after(what, after) };
        migration.note(seen);
        mailboxes::set_migration(tx, user, Some(&migration))?;
        subject.tell(tx, "mailboxes.migrate_check", told, now)
    })
    .await
}

async fn tick(desk: &Desk, user: UserId, step: MigrationStep) -> Result<()> {
    let now = desk.now();
    go(desk, user, move |tx, subject, migration| {
        let tick = Tick { at: now, actor: subject.tenant.admin() };
        let addresses = match migration.tick(step, subject.addresses.clone(), tick) {
            Ok(addresses) => addresses,
            Err(reason) => return Ok(Err(reason)),
        };
        mailboxes::set_addresses(tx, user, &addresses)?;
        mailboxes::set_migration(tx, user, Some(migration))?;
        let told = Told::after(Happening::MigrationTicked { step }, step.name());
        subject.tell(tx, "mailboxes.migrate_tick", told, now).map(Ok)
    })
    .await
}

async fn reopen(desk: &Desk, user: UserId, step: MigrationStep) -> Result<()> {
    let now: Timestamp = desk.now();
    go(desk, user, move |tx, subject, migration| {
        let addresses = match migration.reopen(step, subject.addresses.clone()) {
            Ok(addresses) => addresses,
            Err(reason) => return Ok(Err(reason)),
        };
        mailboxes::set_addresses(tx, user, &addresses)?;
        mailboxes::set_migration(tx, user, Some(migration))?;
        let told = Told::after(Happening::MigrationReopened { step }, step.name());
        subject.tell(tx, "mailboxes.migrate_reopen", told, now).map(Ok)
    })
    .await
}

async fn give_up(desk: &Desk, user: UserId) -> Result<()> {
    let now = desk.now();
    let begun = desk.read(move |conn| mailboxes::migration(conn, user)).await?.ok_or_else(no_migration)?;
    if begun.current().is_none() {
        return Err(Error::input("act", "all six steps are done, so there is nothing to give up"));
    }
    go(desk, user, move |tx, subject, migration| {
        mailboxes::set_migration(tx, user, None)?;
        let reached = migration.current().map_or("done", MigrationStep::name);
        let told = Told { before: Some(reached.to_owned()), after: None, ..Told::after(Happening::MigrationGivenUp, "") };
        subject.tell(tx, "mailboxes.migrate_give_up", told, now).map(Ok)
    })
    .await
}

/// Takes a migration on, from how it stands at that moment.
async fn go(
    desk: &Desk,
    user: UserId,
    step: impl FnOnce(
        &Transaction<'_>,
        &Subject,
        &mut Migration,
    ) -> std::result::Result<std::result::Result<(), Reason>, rollcall_store::StoreError>
    + Send
    + 'static,
) -> Result<()> {
    let went = desk
        .write(move |tx| {
            let mut subject = Subject::read(tx, user)?;
            let Some(mut migration) = subject.migration.take() else { return Ok(None) };
            step(tx, &subject, &mut migration).map(Some)
        })
        .await?;
    went.ok_or_else(no_migration)?.map_err(Error::not_now)
}

fn no_migration() -> Error {
    Error::not_found("no migration of this user was begun")
}
