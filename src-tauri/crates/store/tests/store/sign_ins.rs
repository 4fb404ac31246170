//! Sign-ins of users, and the tokens that outlive them.

use rollcall_core::address::{self, AddressKind, MailboxAddress, SignInNeed};
use rollcall_core::id::{IntegrationId, ObjectId};
use rollcall_core::organization::AccessType;
use rollcall_core::time::Timestamp;
use rollcall_store::mailboxes::{self, SignIn};
use rollcall_store::sessions::{self, Due};
use rollcall_store::users::act;
use rollcall_store::{organizations, users};

use crate::fixture::room;

const NONE: [(IntegrationId, ObjectId); 0] = [];

#[test]
fn a_token_is_to_be_dropped_when_the_last_sign_in_with_it_is_gone_and_until_it_is_dropped() {
    let room = room();
    room.fill(2);
    let account = ObjectId(uuid::Uuid::from_u128(7));
    let sign_in = |integration: IntegrationId| SignIn { account, integration, since: Timestamp(1), need: None };
    let users: Vec<_> = (0..2).map(|n| room.user(n).user.id).collect();
    let discarded = || room.store.read(mailboxes::discarded).unwrap();
    for &user in &users {
        room.store.write(|tx| mailboxes::note_sign_in(tx, user, &sign_in(room.integration))).unwrap();
    }
    // A later sign-in of the same account replaces the row, and the token with it.
    room.store.write(|tx| mailboxes::note_sign_in(tx, users[0], &SignIn { since: Timestamp(2), ..sign_in(room.integration) })).unwrap();
    room.store.write(|tx| mailboxes::forget_sign_in(tx, users[0], account)).unwrap();
    assert_eq!(discarded(), NONE, "another user's sign-in uses it");

    room.store.write(|tx| organizations::delete(tx, room.organization)).unwrap();
    assert_eq!(discarded(), [(room.integration, account)], "it goes with whatever the user was part of");
    room.store.write(|tx| mailboxes::token_dropped(tx, room.integration, account)).unwrap();
    assert_eq!(discarded(), NONE);
}

#[test]
fn a_token_of_somebody_who_signs_in_again_is_kept() {
    let room = room();
    room.fill(1);
    let account = ObjectId(uuid::Uuid::from_u128(7));
    let sign_in = SignIn { account, integration: room.integration, since: Timestamp(1), need: None };
    let user = room.user(0).user.id;
    room.store.write(|tx| mailboxes::note_sign_in(tx, user, &sign_in)).unwrap();
    room.store.write(|tx| mailboxes::forget_sign_in(tx, user, account)).unwrap();
    assert_eq!(room.store.read(mailboxes::discarded).unwrap().len(), 1);
    room.store.write(|tx| mailboxes::note_sign_in(tx, user, &sign_in)).unwrap();
    assert_eq!(room.store.read(mailboxes::discarded).unwrap(), NONE);
}

/// Whether a user is read, and of what, is told for one user by the rule, and for an organization by the disk: for each way in which sync and
/// sign-ins can stand they say the same.
#[test]
fn the_disk_and_the_rule_agree_on_which_mailboxes_are_read() {
    let room = room();
    room.fill(1);
    let row = room.user(0);
    let (user, own) = (row.user.id, row.user.directory.object_id);
    let others = [ObjectId(uuid::Uuid::from_u128(7)), ObjectId(uuid::Uuid::from_u128(8))];
    let one = |address: &str, account: Option<ObjectId>, sync| MailboxAddress {
        address: address.to_owned(),
        kind: if account.is_some() { AddressKind::Secondary } else { AddressKind::Primary },
        account,
        sync,
        send: false,
        default: account.is_none(),
        seen: None,
    };
    let set_access = |access| room.store.write(|tx| users::act::set_access(tx, &[(user, Some(access))])).unwrap();
    // Three mailboxes that sync or not; three sign-ins that are there, are to be made again, or aren't.
    for case in 0..8 * 27_u32 {
        let (syncs, signs) = (case % 8, case / 8);
        let sync = |n: u32| syncs >> n & 1 == 1;
        let addresses = vec![
            one("own@contoso.example", None, sync(0)),
            one("seven@contoso.example", Some(others[0]), sync(1)),
            one("eight@contoso.example", Some(others[1]), sync(2)),
        ];
        let sign_ins = [(own, signs % 3), (others[0], signs / 3 % 3), (others[1], signs / 9)];
        let write = |tx: &rollcall_store::Transaction<'_>| {
            mailboxes::set_addresses(tx, user, &addresses)?;
            for (account, state) in sign_ins {
                mailboxes::forget_sign_in(tx, user, account)?;
                let need = (state == 2).then_some(SignInNeed::Switched);
                if state > 0 {
                    mailboxes::note_sign_in(tx, user, &SignIn { account, integration: room.integration, since: Timestamp(1), need })?;
                }
            }
            Ok(())
        };
        room.store.write(write).unwrap();
        let read = address::read(own, &addresses);
        let has = |account| sign_ins.contains(&(account, 1));

        let known = room.store.read(|conn| mailboxes::read_otherwise(conn, room.organization)).unwrap();
        let told = known.get(&user).map(|all| all.iter().map(|one| (one.mailbox.clone(), one.signed_in)).collect::<Vec<_>>());
        let expected = read.iter().map(|mailbox| (mailbox.clone(), has(mailbox.account))).collect::<Vec<_>>();
        assert_eq!(told, (sync(1) || sync(2)).then_some(expected), "{case}");

        let any = read.iter().any(|mailbox| has(mailbox.account));
        for (access, is_read) in [(AccessType::GraphDelegated, any), (AccessType::GraphAppOnly, true)] {
            set_access(access);
            let due = |conn: &_| sessions::due(conn, room.organization, Due::Since(Timestamp(9)), Timestamp(9), 10);
            assert_eq!(room.store.read(due).unwrap().len(), usize::from(is_read), "{case} {access}");
        }
        assert_eq!(room.store.read(|conn| mailboxes::any_connected(conn, room.organization)).unwrap(), any, "{case}");
        let concerned = room.store.read(|conn| act::concerned(conn, &users::Chosen::Ids(vec![user]), &[])).unwrap();
        assert_eq!(concerned[0].standing.connected, any, "{case}");
    }
}
