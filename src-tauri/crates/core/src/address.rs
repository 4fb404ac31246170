//! The addresses under which a user's mailboxes sync and send: which there are, which of them is used for what, and whether it is
//! connected.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::id::ObjectId;
use crate::issue::Cause;
use crate::rules::{May, Reason};
use crate::time::Timestamp;
use crate::user::DirectoryUser;
use crate::verdict::Verdict;

/// What an address is to the user.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum AddressKind {
    /// The address that mail is sent from.
    Primary,
    /// What the user signs in with, where it differs from the primary address.
    PrincipalName,
    /// A further address of the same mailbox.
    Alias,
    /// Another mailbox that the user works with.
    Secondary,
}

/// What a mailbox answered when it was asked last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Seen {
    pub at: Timestamp,
    pub verdict: Verdict,
    /// Why it didn't answer, as far as that is known.
    pub cause: Option<Cause>,
    /// Graph's code for it.
    pub code: Option<String>,
    pub request_id: Option<String>,
}

/// One address of a user, and what it is used for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct MailboxAddress {
    pub address: String,
    pub kind: AddressKind,
    /// The account of a secondary mailbox; the others belong to the user's own.
    pub account: Option<ObjectId>,
    pub sync: bool,
    pub send: bool,
    pub default: bool,
    pub seen: Option<Seen>,
}

/// A mailbox that sessions and checks read for a user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadMailbox {
    pub account: ObjectId,
    /// Under which address it is the user's; `None` for the user's own mailbox.
    pub address: Option<String>,
}

/// Why a user has to sign in again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "why", rename_all = "snake_case")]
pub enum SignInNeed {
    /// The user was switched after the last sign-in.
    Switched,
    /// The sign-in service refuses to renew the token; its number, where it gave one.
    Refused { number: Option<u32> },
    /// The keychain of this computer doesn't hold the token any more.
    TokenMissing,
}

/// Whether the integration can reach a mailbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Connection {
    /// In its own name; nobody signs in.
    ByApplication,
    /// Through EWS, about which Graph says nothing.
    OverEws,
    /// By a sign-in of its user.
    Connected {
        since: Timestamp,
    },
    SignInNeeded {
        need: SignInNeed,
    },
    /// Nobody has signed in for it yet.
    NotConnected,
}

/// Whether a user whose mailbox answers only to its own sign-ins has signed in, as far as that was noted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum SignInState {
    /// For each mailbox that sessions and checks read, and none of the sign-ins has to be done again.
    Connected,
    /// One of them has to be done again: after a switch, or because its token is refused or gone.
    Needed,
    /// Nobody has signed in for one of these mailboxes yet.
    NotSignedIn,
}

/// What can be changed of an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum AddressChange {
    Sync { on: bool },
    Send { on: bool },
    Default,
}

impl SignInState {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Connected, Self::Needed, Self::NotSignedIn];

    /// The name used in JSON, in the database and on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Connected => "connected",
            Self::Needed => "needed",
            Self::NotSignedIn => "not_signed_in",
        }
    }
}

impl Connection {
    /// Whether something can be switched on for the mailbox.
    #[must_use]
    pub const fn is_up(self) -> bool {
        match self {
            Self::ByApplication | Self::OverEws | Self::Connected { .. } => true,
            Self::SignInNeeded { .. } | Self::NotConnected => false,
        }
    }
}

impl AddressKind {
    /// The name used in JSON, in the database and on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Primary => "primary",
            Self::PrincipalName => "principal_name",
            Self::Alias => "alias",
            Self::Secondary => "secondary",
        }
    }
}

/// The user's addresses: those that the directory has now, and the secondary mailboxes that were named. What was set for an address
/// stays with it; one that the directory has lost is gone. One of them is the default, the primary one where nothing else was chosen.
#[must_use]
pub fn discover(directory: &DirectoryUser, kept: &[MailboxAddress]) -> Vec<MailboxAddress> {
    let mut found: Vec<MailboxAddress> = Vec::new();
    let primary = directory.mail.as_ref().unwrap_or(&directory.upn);
    let own = [(primary, AddressKind::Primary), (&directory.upn, AddressKind::PrincipalName)];
    for (address, kind) in own.into_iter().chain(directory.aliases.iter().map(|alias| (alias, AddressKind::Alias))) {
        if !address.is_empty() && position(&found, address).is_none() {
            let known = position(kept, address).and_then(|at| kept.get(at)).filter(|known| known.kind != AddressKind::Secondary);
            found.push(known.map_or_else(
                || MailboxAddress { address: address.clone(), kind, account: None, sync: false, send: false, default: false, seen: None },
                |known| MailboxAddress { address: address.clone(), kind, ..known.clone() },
            ));
        }
    }
    for secondary in kept.iter().filter(|known| known.kind == AddressKind::Secondary) {
        if position(&found, &secondary.address).is_none() {
            found.push(secondary.clone());
        }
    }
    if !found.iter().any(|one| one.default)
        && let Some(first) = found.first_mut()
    {
        first.default = true;
    }
    found
}

/// Whether sessions and checks read the mailbox of an account, the user's own where there is none: those whose sync is on, and the own one
/// also where no other's is, because somebody has to be asked whether the integration reaches the user at all.
#[must_use]
pub fn is_read(addresses: &[MailboxAddress], account: Option<ObjectId>) -> bool {
    let syncs = |account| addresses.iter().any(|one| one.account == account && one.sync);
    syncs(account) || account.is_none() && !addresses.iter().any(|one| one.account.is_some() && one.sync)
}

/// The mailboxes that sessions and checks read for a user: the own one first.
#[must_use]
pub fn read(own: ObjectId, addresses: &[MailboxAddress]) -> Vec<ReadMailbox> {
    let own = is_read(addresses, None).then_some(ReadMailbox { account: own, address: None });
    let others = addresses.iter().filter(|one| one.sync).filter_map(|one| {
        let account = one.account?;
        Some(ReadMailbox { account, address: Some(one.address.clone()) })
    });
    own.into_iter().chain(others).collect()
}

/// Where an address stands among others, whatever its case.
#[must_use]
pub fn position(addresses: &[MailboxAddress], address: &str) -> Option<usize> {
    let wanted = address.trim().to_lowercase();
    addresses.iter().position(|one| one.address.to_lowercase() == wanted)
}

/// May this be changed of an address? The default one sends: what leaves without a sender of its own leaves from there.
///
/// # Errors
/// The reason, when not.
pub const fn may_change(one: &MailboxAddress, change: AddressChange, connection: Connection) -> May {
    match change {
        AddressChange::Sync { on: true } | AddressChange::Send { on: true } if !connection.is_up() => Err(Reason::MailboxNotConnected),
        AddressChange::Send { on: false } if one.default => Err(Reason::DefaultMustSend),
        AddressChange::Default if !one.send => Err(Reason::DefaultMustSend),
        AddressChange::Sync { .. } | AddressChange::Send { .. } | AddressChange::Default => Ok(()),
    }
}

/// What may be done with an address now; a reason where it may not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
pub struct AddressMay {
    /// Whether its sync can be switched to the other position.
    pub sync: Option<Reason>,
    /// The same of its send.
    pub send: Option<Reason>,
    pub default: Option<Reason>,
    /// Whether the mailbox can be asked.
    pub check: Option<Reason>,
    pub remove: Option<Reason>,
}

/// Judges all that may be done with an address. While the user is migrated step by step, the steps alone change it.
#[must_use]
pub fn may(one: &MailboxAddress, connection: Connection, migrating: bool) -> AddressMay {
    let still = |may: May| if migrating { Some(Reason::MigrationUnderWay) } else { may.err() };
    AddressMay {
        sync: still(may_change(one, AddressChange::Sync { on: !one.sync }, connection)),
        send: still(may_change(one, AddressChange::Send { on: !one.send }, connection)),
        default: still(may_change(one, AddressChange::Default, connection)),
        check: (!connection.is_up()).then_some(Reason::MailboxNotConnected),
        remove: still(may_take_off(one)),
    }
}

/// May a secondary mailbox be taken off the list?
///
/// # Errors
/// The reason, when not: another one has to be the default first.
pub const fn may_take_off(one: &MailboxAddress) -> May {
    if one.default { Err(Reason::MailboxIsDefault) } else { Ok(()) }
}

/// The addresses after a change of the one at a place. Whatever becomes the default takes it from the one that was.
#[must_use]
pub fn changed(mut addresses: Vec<MailboxAddress>, at: usize, change: AddressChange) -> Vec<MailboxAddress> {
    if change == AddressChange::Default {
        addresses.iter_mut().for_each(|one| one.default = false);
    }
    if let Some(one) = addresses.get_mut(at) {
        match change {
            AddressChange::Sync { on } => one.sync = on,
            AddressChange::Send { on } => one.send = on,
            AddressChange::Default => one.default = true,
        }
    }
    addresses
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ada() -> DirectoryUser {
        DirectoryUser {
            object_id: ObjectId(uuid::Uuid::nil()),
            upn: "ada@contoso.example".into(),
            display_name: "Ada".into(),
            mail: Some("ada@people.contoso.example".into()),
            aliases: vec!["Ada@Contoso.example".into(), "ada.l@contoso.example".into()],
            department: None,
            job_title: None,
            enabled: true,
            guest: false,
            on_premises: false,
            exchange_plan: true,
        }
    }

    fn secondary() -> MailboxAddress {
        MailboxAddress {
            address: "outbound@contoso.example".into(),
            kind: AddressKind::Secondary,
            account: Some(ObjectId(uuid::Uuid::max())),
            sync: false,
            send: false,
            default: false,
            seen: None,
        }
    }

    const UP: Connection = Connection::Connected { since: Timestamp(1) };

    #[test]
    fn each_address_of_the_directory_is_found_once_and_the_primary_one_is_the_default() {
        let found = discover(&ada(), &[secondary()]);
        let shown: Vec<_> = found.iter().map(|one| (one.address.as_str(), one.kind, one.default)).collect();
        assert_eq!(
            shown,
            [
                ("ada@people.contoso.example", AddressKind::Primary, true),
                ("ada@contoso.example", AddressKind::PrincipalName, false),
                ("ada.l@contoso.example", AddressKind::Alias, false),
                ("outbound@contoso.example", AddressKind::Secondary, false),
            ]
        );
        let same = DirectoryUser { mail: None, aliases: vec![], ..ada() };
        assert_eq!(discover(&same, &[]).len(), 1, "a principal name that is the primary address is no second one");
    }

    #[test]
    fn what_was_set_stays_with_an_address_and_goes_with_it() {
        let mut kept = discover(&ada(), &[secondary()]);
        kept[2].send = true;
        kept = changed(kept, 2, AddressChange::Default);
        let again = discover(&ada(), &kept);
        assert!(again[2].send && again[2].default && !again[0].default);
        let without = discover(&DirectoryUser { aliases: vec![], ..ada() }, &kept);
        assert!(without.len() == 3 && without[0].default, "an alias that the directory has lost is nobody's default");
    }

    #[test]
    fn an_address_that_the_user_now_owns_is_no_other_mailbox_any_more() {
        let owned = DirectoryUser { aliases: vec![secondary().address], ..ada() };
        let found = discover(&owned, &[MailboxAddress { sync: true, ..secondary() }]);
        assert_eq!((found.len(), found[2].kind, found[2].account, found[2].sync), (3, AddressKind::Alias, None, false));
    }

    #[test]
    fn a_switch_wants_a_connection_and_the_default_sends() {
        let (on, off) = (MailboxAddress { send: true, ..secondary() }, secondary());
        let default = MailboxAddress { default: true, ..on.clone() };
        let gone = Connection::SignInNeeded { need: SignInNeed::Switched };
        for (one, change, connection, may) in [
            (&off, AddressChange::Sync { on: true }, UP, Ok(())),
            (&off, AddressChange::Sync { on: true }, Connection::NotConnected, Err(Reason::MailboxNotConnected)),
            (&off, AddressChange::Send { on: true }, gone, Err(Reason::MailboxNotConnected)),
            (&on, AddressChange::Send { on: false }, gone, Ok(())),
            (&default, AddressChange::Send { on: false }, UP, Err(Reason::DefaultMustSend)),
            (&default, AddressChange::Sync { on: false }, UP, Ok(())),
            (&off, AddressChange::Default, UP, Err(Reason::DefaultMustSend)),
            (&on, AddressChange::Default, UP, Ok(())),
        ] {
            assert_eq!(may_change(one, change, connection), may, "{change:?} {connection:?}");
        }
        assert_eq!(may_take_off(&default), Err(Reason::MailboxIsDefault));
    }

    #[test]
    fn all_that_may_be_done_is_said_at_once_and_a_migration_keeps_it_as_it_is() {
        let off = secondary();
        let apart = may(&off, Connection::NotConnected, false);
        let not_connected = Some(Reason::MailboxNotConnected);
        assert_eq!((apart.sync, apart.send, apart.check), (not_connected, not_connected, not_connected));
        assert_eq!((apart.default, apart.remove), (Some(Reason::DefaultMustSend), None));
        let default = MailboxAddress { default: true, sync: true, send: true, ..secondary() };
        let up = may(&default, UP, false);
        assert_eq!((up.sync, up.send, up.check), (None, Some(Reason::DefaultMustSend), None), "its sync can be switched off");
        assert_eq!(up.remove, Some(Reason::MailboxIsDefault));
        let moving = may(&default, UP, true);
        assert_eq!([moving.sync, moving.send, moving.default, moving.remove], [Some(Reason::MigrationUnderWay); 4]);
        assert_eq!(moving.check, None, "asking changes nothing");
    }

    #[test]
    fn those_are_read_whose_sync_is_on_and_the_own_one_where_there_is_no_other() {
        let own = ada().object_id;
        let addresses = |own: bool, other: bool| {
            let mut all = discover(&ada(), &[MailboxAddress { sync: other, ..secondary() }]);
            // An alias counts for its mailbox.
            all[2].sync = own;
            all
        };
        let ada = ReadMailbox { account: own, address: None };
        let other = ReadMailbox { account: ObjectId(uuid::Uuid::max()), address: Some(secondary().address) };
        for (own_syncs, other_syncs, expected) in [
            (false, false, vec![ada.clone()]),
            (true, false, vec![ada.clone()]),
            (true, true, vec![ada, other.clone()]),
            (false, true, vec![other]),
        ] {
            let all = addresses(own_syncs, other_syncs);
            assert_eq!(read(own, &all), expected, "{own_syncs} {other_syncs}");
            for account in [None, secondary().account] {
                assert_eq!(is_read(&all, account), expected.iter().any(|one| one.account == account.unwrap_or(own)));
            }
        }
    }

    #[test]
    fn there_is_one_default_whatever_is_changed() {
        let mut all = discover(&ada(), &[secondary()]);
        for at in [3, 1, 1, 0] {
            all = changed(all, at, AddressChange::Default);
            all = changed(all, at, AddressChange::Sync { on: true });
            assert_eq!(all.iter().filter(|one| one.default).count(), 1);
            assert!(all[at].default && all[at].sync);
        }
    }
}
