//! The organization whose users sign in on their own: some have consented, two have another mailbox, one is connected and about to be
//! migrated.

use std::collections::HashSet;

use rollcall_core::address::{AddressChange, AddressKind, Connection};
use rollcall_core::id::{OrganizationId, UserId};
use rollcall_core::integration::Preset;
use rollcall_core::organization::{AccessType, Organization};
use rollcall_core::rules::Reason;
use rollcall_core::user::DirectoryUser;
use rollcall_store::organizations;
use rollcall_store::users::UserRow;

use super::super::open::VENDOR;
use super::{Example, Place};
use crate::consent::read;
use crate::consent::users::{self as consents, ConsentUsers, WhichConsents};
use crate::error::{Code, Result};
use crate::mailboxes::change::{self, ChangeMailbox};
use crate::mailboxes::check::MailboxRef;
use crate::mailboxes::connect::{self, ConnectMailbox};
use crate::mailboxes::describe::{self, MailboxesOf, MailboxesView};
use crate::mailboxes::migrate::{self, MigrateMailbox, MigrationAct};
use crate::mailboxes::secondary;
use crate::organizations::delete::OrganizationRef;
use crate::sync::pause::{self, PauseSessions};
use crate::sync::run::{self, RunSessions, Whose};
use crate::users::query::WINDOW_LIMIT;
use crate::verify::plan::{Scope, Verify};
use crate::verify::start;

const EXAMPLE: Example = Example {
    name: "Example: delegated",
    external_id: "EXAMPLE-USERS",
    access: AccessType::GraphDelegated,
    filter: "department eq 'Marketing'",
};
/// So many people get another mailbox.
const WITH_SECONDARY: usize = 2;
/// What the migrated user has of the add-in, and what the vendor is said to ask for.
const ADD_IN: (&str, &str) = ("2.14.1", "2.14");

/// Sets it up, or goes on with it.
///
/// # Errors
/// Those of the verbs.
pub(super) async fn set_up(place: &Place<'_>) -> Result<Organization> {
    let integration = place.integration(VENDOR, place.ground.vendor, Preset::Outreach).await?;
    let organization = place.organization(&EXAMPLE, integration).await?;
    let of = OrganizationRef { organization: organization.id };
    let view = place.view(of.organization).await?;
    if view.users == 0 {
        place.bring_in(of.organization, &EXAMPLE).await?;
        // Whoever signs in is read from then on.
        pause::pause(place.desk, PauseSessions { organization: of.organization, paused: false }, place.job).await?;
    }
    if view.consent.read_at.is_none() {
        Box::pin(read::read(place.desk, of, place.job)).await?;
    }
    if let Some(mover) = name_secondaries(place, of.organization).await? {
        Box::pin(connect_one(place, of.organization, &mover)).await?;
    }
    place.desk.read(move |conn| organizations::get(conn, of.organization)).await
}

/// Each gets the mailbox of the colleague who comes next: those first who have consented, and whose addresses are of several kinds.
/// Answers the first of them.
async fn name_secondaries(place: &Place<'_>, organization: OrganizationId) -> Result<Option<UserRow>> {
    let consented = consented(place, organization).await?;
    let mut rows = place.members(organization).await?;
    rows.retain(|row| row.user.directory.enabled && row.user.directory.mail.is_some());
    rows.sort_by_key(|row| std::cmp::Reverse((consented.contains(&row.user.id), kinds(&row.user.directory))));
    for pair in rows.chunks_exact(2).take(WITH_SECONDARY) {
        let [one, other] = pair else { continue };
        name(place, one, other).await?;
    }
    Ok(rows.into_iter().next().filter(|row| consented.contains(&row.user.id)))
}

/// Who has consented to all that is needed.
async fn consented(place: &Place<'_>, organization: OrganizationId) -> Result<HashSet<UserId>> {
    let which = WhichConsents::Complete;
    let ask = ConsentUsers { organization, which, search: None, holding: None, offset: 0, limit: WINDOW_LIMIT };
    Ok(consents::users(place.desk, ask, place.job).await?.rows.into_iter().map(|row| row.user).collect())
}

async fn name(place: &Place<'_>, one: &UserRow, other: &UserRow) -> Result<()> {
    let ask = MailboxRef { user: one.user.id, address: other.user.directory.upn.clone() };
    match secondary::add(place.desk, ask, place.job).await {
        // It is on the list since the last time.
        Err(error) if error.code == Code::InvalidInput => Ok(()),
        named => named.map(drop),
    }
}

/// How many kinds of address somebody has beside the primary one.
fn kinds(directory: &DirectoryUser) -> usize {
    usize::from(directory.mail.as_ref().is_some_and(|mail| *mail != directory.upn)) + usize::from(!directory.aliases.is_empty())
}

/// Somebody signs in, has a session and a check, and begins to move to the other mailbox.
async fn connect_one(place: &Place<'_>, organization: OrganizationId, mover: &UserRow) -> Result<()> {
    let (desk, job, user) = (place.desk, place.job, mover.user.id);
    let mut view = describe::describe(desk, MailboxesOf { user }, job).await?;
    if !matches!(view.addresses.first().map(|one| one.connection), Some(Connection::Connected { .. })) {
        let at_the_page = place.ground.answered_by(Some(&mover.user.directory.upn), job);
        view = Box::pin(connect::connect(desk, ConnectMailbox { user, address: None }, &at_the_page)).await?;
        let sessions = RunSessions { organization, whose: Whose::Users { users: vec![user] } };
        match Box::pin(run::run(desk, sessions, job)).await {
            // Whoever has signed in is read by itself, too.
            Err(error) if error.reason == Some(Reason::SessionsUnderWay) => {}
            ran => _ = ran?,
        }
        let check = Verify { organization, which: Scope::Users { users: vec![user] } };
        Box::pin(start::start(desk, check, job)).await?;
    }
    if view.migration.is_none() { Box::pin(begin(place, &view)).await } else { Ok(()) }
}

/// Sync and send are on for the mailbox that is left, which then is asked: the first step waits for a tick.
async fn begin(place: &Place<'_>, view: &MailboxesView) -> Result<()> {
    let (desk, job, user) = (place.desk, place.job, view.user);
    let find = |kind| view.addresses.iter().map(|one| &one.address).find(|address| address.kind == kind);
    let (Some(old), Some(new)) = (find(AddressKind::Primary), find(AddressKind::Secondary)) else { return Ok(()) };
    for to in [AddressChange::Sync { on: true }, AddressChange::Send { on: true }] {
        change::change(desk, ChangeMailbox { user, address: old.address.clone(), change: to }, job).await?;
    }
    let begin = MigrationAct::Begin { to: new.address.clone(), add_in: ADD_IN.0.to_owned(), minimum: ADD_IN.1.to_owned() };
    for act in [begin, MigrationAct::Check] {
        Box::pin(migrate::migrate(desk, MigrateMailbox { user, act }, job)).await?;
    }
    Ok(())
}
