use std::fs;

use rollcall_core::issue::Cause;
use rollcall_core::user::DirectoryUser;
use rollcall_store::probes::ProbeResult;
use rollcall_store::runs::{self, Which};
use rollcall_store::users::{self, Chosen, UserFilter};

use crate::fixture::{NOW, Room, lines_are_those_of_the_users, named, passed, person, refused, room};

const NAMES: [&str; 10] = [
    "Σοφία Παπαδοπούλου",
    "Дмитрий Иванов",
    "محمد الأحمد",
    "נועה כהן",
    "अनन्या शर्मा",
    "王小明",
    "山田太郎",
    "김민준",
    "สมชาย ใจดี",
    "Zoë Ångström",
];

fn world() -> Room {
    let room = room();
    let people: Vec<_> = NAMES.iter().zip(0..).map(|(name, n)| named(n, name)).collect();
    room.bring_in(&people);
    room
}

#[test]
fn a_part_of_a_name_is_found_in_every_script() {
    let room = world();
    let cases = [
        ("παπαδ", 0),
        ("ΣΟΦ", 0),
        ("иван", 1),
        ("أحمد", 2),
        ("כהן", 3),
        ("शर्मा", 4),
        ("王小明", 5),
        ("山田太", 6),
        ("김민준", 7),
        ("สมชาย", 8),
        ("angstrom", 9),
        ("ZOE", 9),
        ("Zoë", 9),
        ("A\u{30a}ngstro\u{308}m", 9),
    ];
    for (search, n) in cases {
        assert_eq!(room.found(search), [NAMES[n]], "{search}");
    }
}

#[test]
fn one_or_two_letters_find_what_begins_with_them() {
    let room = world();
    for (search, n) in [("山田", 6), ("王", 5), ("김", 7), ("zo", 9), ("ån", 9), ("Иа", 99), ("א", 99), ("כה", 3), ("%", 99), ("_", 99)]
    {
        let expected: Vec<&str> = NAMES.get(n).copied().into_iter().collect();
        assert_eq!(room.found(search), expected, "{search}");
    }
}

#[test]
fn every_word_must_be_found_and_any_column_will_do() {
    let room = room();
    let buyer = DirectoryUser { department: Some("Procurement".into()), job_title: Some("Buyer".into()), ..named(1, "Jo Smith") };
    room.bring_in(&[buyer, named(2, "Jo Miller"), named(3, "Ann Smith"), person(4)]);
    assert_eq!(room.found("jo smith"), ["Jo Smith"], "a short word and a long one");
    assert_eq!(room.found("smith procure"), ["Jo Smith"]);
    assert_eq!(room.found("buyer"), ["Jo Smith"]);
    assert_eq!(room.found("alias4@contoso"), ["Person 00004"]);
    assert_eq!(room.found("person.2@"), ["Jo Miller"]);
    assert_eq!(room.found(&person(3).object_id.to_string()), ["Ann Smith"]);
    assert_eq!(room.found("  ").len(), 4, "nothing asked is nothing narrowed");
    assert!(room.found("smith miller").is_empty());
}

#[test]
fn an_object_id_is_found_by_any_part_and_an_address_in_any_case() {
    let room = room();
    let same = DirectoryUser { mail: Some("Person2@contoso.example".into()), ..named(2, "Same Address") };
    room.bring_in(&[named(1, "Ada Deed"), same, named(0x3a7b, "Jo Smith")]);
    assert_eq!(room.found("3a7b-0000"), ["Jo Smith"]);
    assert_eq!(room.found("3A7B smith"), ["Jo Smith"], "beside a word of the name");
    assert!(room.found("3a7b deed").is_empty());
    assert_eq!(room.found("c0ffee").len(), 3, "what all ids end with");
    assert_eq!(room.found("deed"), ["Ada Deed"], "a name may look like a part of an id");
    assert_eq!(room.found("PERSON2@"), ["Same Address"]);
    assert_eq!(room.found("person.1@"), ["Ada Deed"], "an address of its own");
}

/// A check of these people's mail that failed with a code and a cause.
fn fail(room: &Room, people: &[u32], code: &str, cause: Cause) {
    fail_with(room, people, 404, code, cause);
}

fn fail_with(room: &Room, people: &[u32], http: u16, code: &str, cause: Cause) {
    let run = room.start(&Which::All);
    let result = |user, workload| ProbeResult {
        http: Some(http),
        code: Some(code.into()),
        cause: Some(cause),
        fingerprint: Some(format!("graph.404.odd-code.{}.{workload}", cause.name())),
        ..refused(user, workload)
    };
    room.answer(run, people, result);
    room.store.write(|tx| runs::finish(tx, run, runs::RunEnd::Finished, NOW)).unwrap();
}

#[test]
fn an_error_is_found_by_its_code_and_by_the_words_of_its_cause() {
    let room = room();
    let scope = DirectoryUser { job_title: Some("Of counsel".into()), ..named(6, "Scopio Outis") };
    room.bring_in(&[named(1, "Ada No"), named(2, "Bo Jo"), named(3, "Cy Scope"), named(4, "Di"), named(5, "Eve"), scope]);
    fail(&room, &[1], "MailboxNotEnabledForRESTAPI", Cause::NoMailbox);
    fail(&room, &[2, 3], "ErrorAccessDenied", Cause::OutOfScope);
    fail(&room, &[4], "AADSTS50034", Cause::NoMailbox);
    for (search, found) in [
        ("mailboxnotenabledforrestapi", &["Ada No"][..]),
        ("NotEnabled", &["Ada No"]),
        ("AADSTS50034", &["Di"]),
        ("aadsts", &["Di"]),
        ("no mailbox", &["Ada No", "Di"]),
        ("out of scope", &["Bo Jo", "Cy Scope"]),
        ("scope", &["Bo Jo", "Cy Scope"]),
        ("out scop", &["Bo Jo", "Cy Scope", "Scopio Outis"]),
        ("bo denied", &["Bo Jo"]),
        ("jo out of scope", &["Bo Jo"]),
        ("erroraccessdenied mailbox", &[]),
        ("no", &["Ada No"]),
        ("of", &[]),
        ("graph", &[]),
        ("%", &[]),
        ("_mailbox", &[]),
    ] {
        assert_eq!(found_by_both(&room, search), found, "{search}");
    }

    let run = room.start(&Which::All);
    room.answer(run, &[2], passed);
    assert_eq!(room.found("out of scope"), ["Cy Scope"], "what has passed since has no error");
}

#[test]
fn each_of_several_errors_beneath_a_fingerprint_is_found_and_one_without_a_fingerprint_too() {
    let room = room();
    room.bring_in(&[named(1, "Ada"), named(2, "Bo"), named(3, "Cy"), named(4, "Di")]);
    let run = room.start(&Which::All);
    for (n, code, fingerprint) in
        [(1, "ErrorOne", Some("same")), (2, "ErrorTwo", Some("same")), (3, "ErrorTwo", Some("other")), (4, "ErrorTwo", None)]
    {
        room.answer(run, &[n], |user, workload| ProbeResult {
            code: Some(code.into()),
            fingerprint: fingerprint.map(str::to_owned),
            ..refused(user, workload)
        });
    }
    for (search, found) in [
        ("errorone", &["Ada"][..]),
        ("errortwo", &["Bo", "Cy", "Di"]),
        ("403 error", &["Ada", "Bo", "Cy", "Di"]),
        ("out of scope", &["Ada", "Bo", "Cy", "Di"]),
    ] {
        assert_eq!(found_by_both(&room, search), found, "{search}");
    }
}

/// Whoever is found for a search, by the window and by a write alike.
fn found_by_both(room: &Room, search: &str) -> Vec<String> {
    let found = room.found(search);
    let chosen = Chosen::Filter(UserFilter { search: Some(search.into()), ..UserFilter::default() });
    assert_eq!(room.store.read(|conn| users::count(conn, &chosen)).unwrap() as usize, found.len(), "a write for {search}");
    found
}

#[test]
fn an_error_is_found_by_the_title_that_is_shown_of_it_and_by_its_status() {
    let room = room();
    room.bring_in(&[named(1, "Ada No"), named(2, "Bo Full"), named(3, "Cy Iso"), named(4, "Di Inn"), named(5, "Eve")]);
    fail_with(&room, &[1], 403, "ErrorQuotaExceeded", Cause::MailboxFull);
    fail_with(&room, &[2], 404, "MailboxNotEnabledForRESTAPI", Cause::NoMailbox);
    fail_with(&room, &[3], 503, "ErrorMailboxMoveInProgress", Cause::MailboxMoving);
    fail_with(&room, &[4], 404, "", Cause::ItemUnreadable);
    for (search, found) in [
        ("Mailbox is full", &["Ada No"][..]),
        ("mailbox IS FULL", &["Ada No"]),
        ("is full", &["Ada No"]),
        ("mailbox full", &["Ada No", "Bo Full"]),
        ("No cloud mailbox", &["Bo Full"]),
        ("cloud", &["Bo Full"]),
        ("Mailbox is being moved", &["Cy Iso"]),
        ("An item can't be read", &["Di Inn"]),
        ("403", &["Ada No"]),
        ("404", &["Bo Full", "Di Inn"]),
        ("404 cloud", &["Bo Full"]),
        ("503 ErrorMailboxMoveInProgress", &["Cy Iso"]),
        ("404 full", &["Bo Full"]),
        ("500", &[]),
        ("mailbox_full", &[]),
        ("is", &["Cy Iso"]),
    ] {
        assert_eq!(found_by_both(&room, search), found, "{search}");
    }
    for cause in Cause::ALL {
        fail_with(&room, &[5], 418, "ErrorTomorrow", cause);
        let title = cause.title();
        assert!(found_by_both(&room, title).contains(&"Eve".to_owned()), "{title}");
    }
}

/// A case at Microsoft names an id and nobody: it leads to whose mailbox it was.
#[test]
fn the_id_of_a_request_finds_whom_it_was_about_in_checks_and_in_sessions() {
    let room = room();
    room.bring_in(&[named(1, "Ada Check"), named(2, "Bo Session"), named(3, "Cy Ours"), named(4, "Di Well")]);
    let [theirs, ours, first, second] = [0xa1, 0xa2, 0xa3, 0xa4].map(|n| uuid::Uuid::from_u128(n << 64 | 0xbeef).to_string());
    let run = room.start(&Which::All);
    let with = |request_id: &str, client: Option<&String>| {
        let (request_id, client) = (Some(request_id.to_owned()), client.cloned());
        move |user, workload| ProbeResult { request_id: request_id.clone(), client_request_id: client.clone(), ..refused(user, workload) }
    };
    room.answer(run, &[1], with(&theirs, None));
    room.answer(run, &[3], with("0", Some(&ours)));
    // What was asked again since has another id, and is found by the first one all the same.
    let again = room.start(&Which::All);
    room.answer(again, &[1], with("1", None));
    for (id, minute) in [(&first, 1), (&second, 2)] {
        room.session_refused(2, id, minute);
    }
    for (search, found) in [
        (theirs.as_str(), &["Ada Check"][..]),
        (&theirs.to_uppercase(), &["Ada Check"]),
        (&format!("check {theirs}"), &["Ada Check"]),
        (&format!("session {theirs}"), &[]),
        (&ours, &["Cy Ours"]),
        (&first, &["Bo Session"]),
        (&second.to_uppercase(), &["Bo Session"]),
        (&theirs[..35], &[]),
        (&uuid::Uuid::from_u128(0xa5).to_string(), &[]),
    ] {
        assert_eq!(found_by_both(&room, search), found, "{search}");
    }
    room.store.write(|tx| users::forget_checks(tx, &Chosen::Ids(vec![rollcall_core::id::UserId(2)]))).unwrap();
    assert_eq!(found_by_both(&room, &first), ["Bo Session"], "sessions are kept when checks are forgotten");
}

#[test]
fn a_word_that_everybody_shares_finds_everybody_and_nobody_else() {
    let room = room();
    let of = |n, domain: &str, department: &str| DirectoryUser {
        upn: format!("person{n}@{domain}"),
        mail: None,
        aliases: vec![],
        department: Some(department.into()),
        ..named(n, "Same Name")
    };
    room.bring_in(&[of(1, "contoso.example", "Sales"), of(2, "CONTOSO.example", "East sales"), of(3, "mail.contoso.example", "SALES")]);
    let found = |search: &str| (room.found(search).len(), room.found(&format!("{search} same")).len());
    assert_eq!((found("contoso.ex"), found("sales"), found("EXAMPLE")), ((3, 3), (3, 3), (3, 3)));
    assert_eq!((found("mail.contoso"), found("east"), found("contoso.examples")), ((1, 1), (1, 1), (0, 0)));
    let moved = of(3, "fabrikam.example", "Buying");
    room.bring_in(&[moved, DirectoryUser { department: Some("Contoso".into()), ..of(4, "fabrikam.example", "") }]);
    assert_eq!((found("contoso"), found("sales"), found("fabrikam"), found("example")), ((3, 3), (2, 2), (2, 2), (4, 4)));
}

#[test]
fn short_words_begin_names_and_addresses_up_to_the_last_letter() {
    let room = room();
    let by =
        |n, upn: &str, mail: Option<&str>| DirectoryUser { upn: upn.into(), mail: mail.map(Into::into), ..named(n, &format!("Name {n}")) };
    room.bring_in(&[
        by(1, "X@one.example", None),
        by(2, "x[two.example", Some("Q\u{10ffff}q@two.example")),
        by(3, "xa@three.example", Some("XA@three.example")),
        by(4, "y@four.example", Some("z_z@four.example")),
        by(5, "é@five.example", Some("zz@five.example")),
    ]);
    let found = |search: &str| room.found(search).iter().map(|name| name[5..].parse().unwrap()).collect::<Vec<u32>>();
    assert_eq!((found("x"), found("X@"), found("xA"), found("x[")), (vec![1, 2, 3], vec![1], vec![3], vec![2]));
    assert_eq!((found("z_"), found("z%"), found("q\u{10ffff}"), found("zz")), (vec![4], vec![], vec![2], vec![5]));
    assert_eq!((found("n"), found("1"), found("y x"), found("y na")), (vec![1, 2, 3, 4, 5], vec![1], vec![], vec![4]));
}

#[test]
fn a_changed_name_is_found_and_the_old_one_is_not() {
    let room = world();
    room.bring_in(&[named(9, "Zoë Lindqvist"), named(3, "נועה כהן-לוי"), named(50, "Late Comer")]);
    assert_eq!((room.found("lindqvist"), room.found("late com")), (vec!["Zoë Lindqvist".to_owned()], vec!["Late Comer".to_owned()]));
    assert!(room.found("angstrom").is_empty());
    let gone = Chosen::Ids(vec![room.user(50).user.id]);
    room.bring_in(&[named(51, "Just Here"), named(9, "Zoë Ångström")]);
    room.store.write(|tx| users::delete(tx, &gone)).unwrap();
    assert!(room.found("late com").is_empty());
    assert_eq!(room.found("angstrom"), ["Zoë Ångström"]);
    lines_are_those_of_the_users(room);
}

/// A row of lines is of sixty-four users: each is found in their own place, at both ends of it, too.
#[test]
fn a_word_finds_its_user_among_thousands_and_no_neighbour() {
    let room = room();
    room.bring_in(&(0..500).map(person).collect::<Vec<_>>());
    room.bring_in(&(500..1_500).map(|n| named(n, &format!("Only x{n}y Tại"))).collect::<Vec<_>>());
    for n in 500..1_500 {
        assert_eq!(room.found(&format!("tai only x{n}y")), [format!("Only x{n}y Tại")]);
    }
    let every_third = Chosen::Ids((500..1_500).step_by(3).map(|n| room.user(n).user.id).collect());
    room.store.write(|tx| users::delete(tx, &every_third)).unwrap();
    for n in 500..1_500 {
        assert_eq!(room.found(&format!("x{n}y only")).len(), usize::from((n - 500) % 3 != 0));
    }
    lines_are_those_of_the_users(room);
}

#[test]
fn operators_quotes_and_wildcards_are_just_letters() {
    let room = world();
    room.bring_in(&[named(50, "O'Brien \"Bob\" AND (NOT) 100%_sure"), named(51, "=1+1; DROP TABLE users --")]);
    for (search, found) in [("o'brien", 1), ("\"bob\"", 1), ("(NOT)", 1), ("100%_s", 1), ("100%%s", 0), ("DROP TABLE", 1), ("=1+1;", 1)] {
        assert_eq!(room.found(search).len(), found, "{search}");
    }
    let hostile = [
        "\"",
        "\"\"\"\"",
        "*",
        "NEAR(",
        "a OR b",
        "name:ada",
        "{upn}: x",
        "^ada",
        "-ada",
        "' OR 1=1 --",
        "\0\0\0",
        "ada\0bob",
        "\\%",
        "((((",
        "AND AND AND",
        "\u{301}\u{301}\u{301}",
        "\u{202e}abc",
        "🙂🙂🙂",
        "\u{fffd}",
    ];
    for search in hostile {
        room.found(search);
    }
    room.found(&"long ".repeat(100_000));
}

#[test]
fn the_list_of_naughty_strings_can_be_a_name_and_a_search() {
    let Ok(list) = fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../../shared/data/inputs/lists/blns.json")) else {
        println!("skipped: the list of naughty strings is not here");
        return;
    };
    let strings: Vec<String> = serde_json::from_slice(&list).unwrap();
    let room = room();
    let people: Vec<_> = strings.iter().zip(0..).map(|(name, n)| named(n, name)).collect();
    room.bring_in(&people);
    for (name, n) in strings.iter().zip(0..) {
        assert_eq!(room.user(n).user.directory.display_name, *name, "kept letter by letter");
        room.found(name);
    }
    let whole = |text: &&String| text.chars().count() >= 3 && text.chars().all(char::is_alphanumeric);
    for name in strings.iter().filter(whole) {
        assert!(room.found(name).contains(name), "{name:?} finds itself");
    }
}
