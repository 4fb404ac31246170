use rollcall_core::id::TenantId;
use rollcall_store::journal::{self, Entry, Outcome, Verified};
use rollcall_store::{Store, StoreError};

use crate::fixture::{NOW, Room, room};

pub fn entry(action: &str, tenant: Option<TenantId>) -> Entry {
    Entry {
        at: NOW,
        actor: "admin@contoso.example".into(),
        tenant,
        action: action.into(),
        target: "Mail.Read".into(),
        before: None,
        after: Some("granted".into()),
        request_id: Some("5b1c".into()),
        outcome: Outcome::Done,
    }
}

fn written() -> Room {
    let room = room();
    for n in 1..=9 {
        let number = room.store.write(|tx| journal::append(tx, &entry(&format!("action.{n}"), Some(room.tenant)))).unwrap();
        assert_eq!(number, n);
    }
    room
}

fn verified(store: &Store) -> Verified {
    store.read(journal::verify).unwrap()
}

#[test]
fn entries_are_only_ever_added() {
    let room = written();
    let Room { store, .. } = &room;
    for change in ["UPDATE journal SET actor = 'nobody'", "DELETE FROM journal WHERE number = 3", "DELETE FROM journal"] {
        let refused = store.write(|tx| Ok(tx.execute(change, [])?)).unwrap_err();
        assert!(matches!(refused, StoreError::Immutable), "{change}: {refused:?}");
    }
    let page = store.read(|conn| journal::list(conn, Some(5), 2)).unwrap();
    assert_eq!(page.iter().map(|kept| kept.number).collect::<Vec<_>>(), [4, 3]);
    let last = store.read(|conn| journal::list(conn, None, 1)).unwrap().remove(0);
    assert_eq!(verified(store), Verified::Whole { entries: 9, head: last.digest }, "the head is what a keychain would keep");
}

#[test]
fn whoever_gets_past_the_triggers_is_found_out_at_the_first_entry_that_was_touched() {
    let tampered = [
        ("UPDATE journal SET after = 'revoked' WHERE number = 4", 4),
        ("UPDATE journal SET before = '' WHERE number = 4", 4),
        ("UPDATE journal SET digest = upper(digest) WHERE number = 4", 4),
        ("UPDATE journal SET outcome = 'whatever' WHERE number = 4", 4),
        ("DELETE FROM journal WHERE number = 4", 4),
        ("DELETE FROM journal WHERE number < 4", 1),
        ("UPDATE journal SET number = -number WHERE number IN (4, 5)", 1),
    ];
    for (change, first) in tampered {
        let room = written();
        let behind = rusqlite::Connection::open(room.folder.path().join("rollcall.db")).unwrap();
        behind.execute_batch("DROP TRIGGER journal_refuses_update; DROP TRIGGER journal_refuses_delete").unwrap();
        behind.execute(change, []).unwrap();
        assert_eq!(verified(&room.store), Verified::Broken { at: first }, "{change}");
    }
}

#[test]
fn a_cut_tail_shows_in_the_head() {
    let room = written();
    let Verified::Whole { head, .. } = verified(&room.store) else { panic!("it is whole") };
    let behind = rusqlite::Connection::open(room.folder.path().join("rollcall.db")).unwrap();
    behind.execute_batch("DROP TRIGGER journal_refuses_delete; DELETE FROM journal WHERE number = 9").unwrap();
    let Verified::Whole { entries: 8, head: shorter } = verified(&room.store) else { panic!("the rest is whole") };
    assert_ne!(head, shorter);
}
