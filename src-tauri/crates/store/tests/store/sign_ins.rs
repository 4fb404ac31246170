//! Sign-ins of users, and the tokens that outlive them.

use rollcall_core::id::{IntegrationId, ObjectId};
use rollcall_core::time::Timestamp;
use rollcall_store::mailboxes::{self, SignIn};
use rollcall_store::organizations;

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
