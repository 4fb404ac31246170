//! The mailboxes of a proof, as they are listed.

use rollcall_core::id::{ObjectId, ProofId};
use rollcall_core::scope::finding::Finding;
use rollcall_core::scope::{Desired, Expected};
use rollcall_core::time::Timestamp;
use rollcall_store::proofs::{self, NewTarget, PutOff, Sample, Settled};
use rollcall_store::runs::RunState;
use uuid::Uuid;

use crate::fixture::{NOW, Room, room};

/// A proof of mailboxes with these names, of which each has come to something or was not asked.
fn proof(room: &Room, mailboxes: &[(&str, Expected, Option<Finding>)]) -> ProofId {
    let targets: Vec<NewTarget> = (0_u128..)
        .zip(mailboxes)
        .map(|(n, (name, expected, _))| NewTarget {
            object_id: ObjectId(Uuid::from_u128(n)),
            upn: format!("{name}@contoso.example"),
            mail: None,
            display_name: (*name).to_owned(),
            expected: *expected,
            named: *name == "Zoe",
        })
        .collect();
    let settled: Vec<Settled> = (1_u32..)
        .zip(mailboxes)
        .filter_map(|(number, (.., finding))| finding.map(|finding| Settled { number, finding, asked: Timestamp(1), calls: vec![] }))
        .collect();
    room.store
        .write(|tx| {
            let id = proofs::create(tx, room.organization, (&Desired::Everyone, None, None), &[], &Sample::default(), &targets, NOW)?;
            proofs::commit(tx, id, &settled, &[])?;
            Ok(id)
        })
        .unwrap()
}

#[test]
fn the_gravest_come_first_and_those_alike_by_name() {
    use Expected::{Inside, Outside};
    let room = room();
    let id = proof(
        &room,
        &[
            ("ida", Inside, Some(Finding::ConfirmedInside)),
            ("Waits", Inside, None),
            ("Cy", Outside, Some(Finding::ConfirmedOutside)),
            ("Zoe", Outside, Some(Finding::Leak)),
            ("Una", Inside, Some(Finding::Unknown)),
            ("Lee", Inside, Some(Finding::LockOut)),
            ("adam", Outside, Some(Finding::Leak)),
            ("Tom", Outside, Some(Finding::TooEarly)),
            ("Ben", Outside, Some(Finding::Leak)),
            ("Bo", Outside, Some(Finding::ConfirmedOutside)),
        ],
    );
    let list = |finding, search: &str, page| {
        let found = room.store.read(|conn| proofs::targets(conn, id, finding, search, page)).unwrap();
        (found.total, found.rows.into_iter().map(|row| row.display_name).collect::<Vec<_>>())
    };
    let all = ["adam", "Ben", "Zoe", "Lee", "Tom", "Una", "Waits", "Bo", "Cy", "ida"].map(str::to_owned);
    assert_eq!(list(None, "", (0, 100)), (10, all.to_vec()));
    assert_eq!(list(None, "", (4, 3)), (10, all[4..7].to_vec()), "a page is a part of the same order");
    assert_eq!(list(Some(Finding::Leak), "", (1, 5)), (3, all[1..3].to_vec()));
    assert_eq!(list(None, "B", (0, 5)), (2, vec!["Ben".to_owned(), "Bo".to_owned()]));

    let tried = room.store.read(|conn| proofs::to_try(conn, id, 2)).unwrap();
    let upns = ["Lee", "Una", "Zoe", "adam"].map(|name| format!("{name}@contoso.example"));
    assert_eq!(tried, upns, "two of each side: who was named, then the gravest");
}

#[test]
fn whoever_is_to_be_asked_again_is_known_to_be_under_way_at_once() {
    let room = room();
    let id =
        proof(&room, &[("Tom", Expected::Outside, Some(Finding::TooEarly)), ("Bo", Expected::Outside, Some(Finding::ConfirmedOutside))]);
    room.store.write(|tx| proofs::mark(tx, id, RunState::Finished, NOW)).unwrap();
    let put_off = PutOff { failures: 2, until: Timestamp(NOW.0 + 1), code: "offline".to_owned() };
    room.store.write(|tx| proofs::put_off(tx, id, &put_off)).unwrap();
    let get = || room.store.read(|conn| proofs::get(conn, id)).unwrap();
    assert_eq!((get().put_off, get().state), (Some(put_off), RunState::Finished));
    room.store.write(|tx| proofs::ask_again(tx, id, Timestamp(i64::MAX), NOW)).unwrap();
    let again = get();
    assert_eq!((again.state, again.tally.waiting, again.put_off), (RunState::Running, 1, None), "a crash from here on is one");
    assert_eq!(room.store.read(proofs::running).unwrap(), [id]);
}
