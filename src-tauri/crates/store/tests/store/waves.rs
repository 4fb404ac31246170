//! What was seen of the users of a wave.

use rollcall_core::time::Timestamp;
use rollcall_core::wave::{Entry, Exit, Severity};
use rollcall_store::users::{Chosen, UserFilter};
use rollcall_store::waves::{self, LaidOut, Plan, Wave};

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
    room.store.write(|tx| waves::keep(tx, &plan, &[LaidOut { users: users.clone(), ..LaidOut::default() }])).unwrap();
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

    set("UPDATE users SET session = NULL, synced = NULL WHERE id = (SELECT min(id) FROM users)");
    set("INSERT INTO verdicts (user, verdict, open_issues) SELECT min(id), 'unknown', 1 FROM users");
    let figures = seen();
    assert_eq!((figures.unseen, figures.unchecked), (1, 1), "a check that came to nothing has answered nothing");
    set("UPDATE users SET gone = 1 WHERE id = (SELECT min(id) FROM users)");
    assert_eq!((seen().users, seen().unseen), (3, 0), "who is gone from the directory is read by nobody");

    assert_eq!(room.store.read(waves::by_themselves).unwrap(), [room.organization]);
    room.store.write(|tx| waves::start(tx, room.organization, 1, "admin", NOW)).unwrap();
    assert!(room.store.read(waves::by_themselves).unwrap().is_empty(), "all were started");
}

#[test]
fn users_are_put_into_another_wave_and_a_wave_may_have_criteria_of_its_own() {
    let room = room();
    room.fill(5);
    let users: Vec<_> = (0..5).map(|n| room.user(n).user.id).collect();
    let plan = Plan {
        organization: room.organization,
        entry: Entry { authorized: false, window: false },
        exit: EXIT,
        by_itself: false,
        made: NOW,
        made_by: String::new(),
    };
    let longer = Exit { hours: 72, ..EXIT };
    let laid_out = [
        LaidOut { exit: Some(longer), users: users[..1].to_vec(), ..LaidOut::default() },
        LaidOut { percent: Some(25), users: users[1..2].to_vec(), ..LaidOut::default() },
        LaidOut { users: users[2..4].to_vec(), ..LaidOut::default() },
    ];
    room.store.write(|tx| waves::keep(tx, &plan, &laid_out)).unwrap();
    let kept = room.store.read(|conn| waves::waves(conn, room.organization)).unwrap();
    assert_eq!(kept.iter().map(|wave| wave.exit).collect::<Vec<_>>(), [Some(longer), None, None]);

    let mut otherwise = kept;
    otherwise[0].exit = None;
    otherwise[1].exit = Some(longer);
    let by_itself = Plan { exit: longer, by_itself: true, made_by: "somebody else".to_owned(), ..plan.clone() };
    room.store.write(|tx| waves::judge(tx, &by_itself, &otherwise)).unwrap();
    let judged = room.store.read(|conn| Ok((waves::plan(conn, room.organization)?, waves::waves(conn, room.organization)?))).unwrap();
    assert_eq!(judged, (Some(Plan { made_by: String::new(), ..by_itself }), otherwise), "who made it stays");

    let sizes = || room.store.read(|conn| waves::sizes(conn, room.organization)).unwrap().into_values().collect::<Vec<_>>();
    assert_eq!(sizes(), [1, 1, 3], "who is new is in the last");
    room.store.write(|tx| waves::put(tx, room.organization, 2, &[users[2], users[4]])).unwrap();
    assert_eq!(sizes(), [1, 3, 1]);
    let everybody = Chosen::Filter(UserFilter { organization: Some(room.organization), ..UserFilter::default() });
    let members = room.store.read(|conn| waves::members(conn, &everybody)).unwrap();
    assert_eq!(members.iter().map(|(_, _, wave)| wave.unwrap()).collect::<Vec<_>>(), [1, 2, 2, 3, 2]);
}
