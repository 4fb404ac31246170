//! What was seen of the users of a wave.

use rollcall_core::time::Timestamp;
use rollcall_core::wave::{Entry, Exit, Severity};
use rollcall_store::waves::{self, Plan, Wave};

use crate::fixture::{NOW, room};

const EXIT: Exit = Exit { initialized: 100, failed: 0, hours: 24, issues: Some(Severity::Lasting) };

#[test]
fn a_wave_is_watched_until_its_longest_unread_user_was_read_and_an_unknown_check_is_none() {
    let room = room();
    room.fill(4);
    let users: Vec<_> = (0..4).map(|n| room.user(n).user.id).collect();
    let plan = Plan {
        organization: room.organization,
        entry: Entry { authorized: false, window: false },
        exit: EXIT,
        by_itself: true,
        made: NOW,
        made_by: String::new(),
    };
    room.store.write(|tx| waves::keep(tx, &plan, &[(None, users.clone())])).unwrap();
    let seen = || {
        room.store
            .read(|conn| {
                let all: Vec<Wave> = waves::waves(conn, room.organization)?;
                waves::seen(conn, room.organization, &all[0], EXIT.issues)
            })
            .unwrap()
    };
    let set = |sql: &str| room.store.write(|tx| Ok(tx.execute(sql, [])?)).unwrap();
    set("UPDATE users SET session = 'passed', synced = 100 + id");
    set("UPDATE users SET synced = 9000 WHERE id = (SELECT max(id) FROM users)");
    assert_eq!(seen().watched_until, Some(Timestamp(100 + i64::from(users[0].0))), "one who was read lately says nothing of the others");

    set("UPDATE users SET session = NULL, synced = NULL, verdict = 'unknown' WHERE id = (SELECT min(id) FROM users)");
    let figures = seen();
    assert_eq!((figures.unseen, figures.unchecked), (1, 1), "a check that came to nothing has answered nothing");
    set("UPDATE users SET gone = 1 WHERE id = (SELECT min(id) FROM users)");
    assert_eq!((seen().users, seen().unseen), (3, 0), "who is gone from the directory is read by nobody");

    assert_eq!(room.store.read(waves::by_themselves).unwrap(), [room.organization]);
    room.store.write(|tx| waves::start(tx, room.organization, 1, "admin", NOW)).unwrap();
    assert!(room.store.read(waves::by_themselves).unwrap().is_empty(), "all were started");
}
