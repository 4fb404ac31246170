use rollcall_core::eligibility::Eligibility;
use rollcall_core::id::ObjectId;
use rollcall_core::issue::Cause;
use rollcall_core::mailbox::Step;
use rollcall_core::organization::{AccessType, SyncStatus};
use rollcall_core::time::Timestamp;
use rollcall_core::user::{DirectoryUser, MailboxKind, MailboxStatus};
use rollcall_core::verdict::Verdict;
use rollcall_store::organizations::{self, Belongings, OrganizationChange};
use rollcall_store::probes::ProbeResult;
use rollcall_store::runs::Which;
use rollcall_store::users::{self, Chosen, MailboxCounts, Sort, Upserted, UserFilter, UserSort, act, eligibility};

use crate::fixture::{NOW, add_integration, add_organization, add_tenant, named, passed, person, refused, room, unsettled};

#[test]
fn a_page_says_what_was_new_changed_or_the_same_and_leaves_people_where_they_are() {
    let room = room();
    let page: Vec<_> = (0..10).map(person).collect();
    assert_eq!(room.bring_in(&page), Upserted { new: 10, ..Upserted::default() });
    let mut again = page.clone();
    again[3].job_title = Some("Buyer".into());
    again.push(person(10));
    again.push(person(10));
    assert_eq!(room.bring_in(&again), Upserted { new: 1, changed: 1, same: 9, elsewhere: 0 }, "a person listed twice counts once");

    let asia = add_organization(&room.store, room.tenant, room.integration, "Asia", "AS-01");
    let upserted = room.store.write(|tx| users::upsert_page(tx, asia, &[person(1), person(11)], NOW)).unwrap();
    assert_eq!(upserted, Upserted { new: 1, elsewhere: 1, ..Upserted::default() });
    let upserted = room.store.write(|tx| users::upsert_page(tx, asia, &[person(12), person(2), person(13), person(11)], NOW)).unwrap();
    assert_eq!(upserted, Upserted { new: 2, same: 1, elsewhere: 1, changed: 0 }, "in whatever order they come");
    assert_eq!(room.user(1).organization_name, "Europe");
    assert_eq!(room.user(3).user.directory, again[3], "every fact comes back as it went in");
}

#[test]
fn whoever_is_known_is_found_in_whatever_order_a_page_comes_and_beside_the_same_person_of_another_tenant() {
    let room = room();
    let elsewhere = add_tenant(&room.store, "Fabrikam");
    let integration = add_integration(&room.store, elsewhere, "Other");
    let other = add_organization(&room.store, elsewhere, integration, "Other", "OT-01");
    let bring_in = |organization, people: &[u32]| {
        let page: Vec<_> = people.iter().map(|n| person(*n)).collect();
        room.store.write(|tx| users::upsert_page(tx, organization, &page, NOW)).unwrap()
    };
    // Numbers that follow one another are of both tenants in turn.
    for n in 0..8 {
        assert_eq!(bring_in(room.organization, &[n]).new, 1);
        assert_eq!(bring_in(other, &[n + 1]).new, 1);
    }
    for order in [[0, 1, 2, 3, 4, 5, 6, 7], [7, 6, 5, 4, 3, 2, 1, 0], [3, 4, 0, 1, 7, 2, 5, 6]] {
        assert_eq!(bring_in(room.organization, &order), Upserted { same: 8, ..Upserted::default() }, "{order:?}");
    }
    assert_eq!(bring_in(other, &[1, 2, 0, 3, 9, 4]), Upserted { same: 4, new: 2, ..Upserted::default() });
    assert_eq!(room.store.read(|conn| users::count(conn, &Chosen::Filter(UserFilter::default()))).unwrap(), 18);
}

#[test]
fn a_user_is_found_by_principal_name_address_or_alias_whatever_its_case() {
    let room = room();
    room.fill(20);
    let find = |address: &str| room.store.read(|conn| users::by_upn(conn, room.tenant, address)).unwrap().map(|row| row.user.id);
    let wanted = Some(room.user(1).user.id);
    for address in ["person1@contoso.example", "PERSON.1@contoso.example", " Alias1@Contoso.example"] {
        assert_eq!(find(address), wanted, "{address}");
    }
    for nobody in ["", "a", "alias@contoso.example", "lias1@contoso.example", "\" OR 1", "alias1@contoso"] {
        assert_eq!(find(nobody), None, "part of an address is not the address: {nobody:?}");
    }
    let with_accent = DirectoryUser { aliases: vec!["zoë@contoso.example".into(), "zoe@old.example".into()], ..named(30, "Zoë") };
    let without = DirectoryUser { aliases: vec!["zoe@contoso.example".into()], ..named(31, "Zoe") };
    room.bring_in(&[with_accent, without]);
    let elsewhere = add_tenant(&room.store, "Fabrikam");
    let asked = ["zoe@contoso.example", "ZOË@contoso.example", "nobody@contoso.example", "person2@contoso.example", "zoe@old.example "];
    let found = |tenant| room.store.read(|conn| users::by_addresses(conn, tenant, &asked)).unwrap();
    let numbers: Vec<_> = found(room.tenant).into_iter().map(|row| row.map(|row| row.user.id)).collect();
    let id = |n| Some(room.user(n).user.id);
    assert_eq!(numbers, [id(31), id(30), None, id(2), id(30)]);
    assert!(found(elsewhere).iter().all(Option::is_none), "addresses are a tenant's");

    let shared = "one@contoso.example";
    let principal = DirectoryUser { upn: shared.to_uppercase(), mail: None, ..person(42) };
    let by_alias = DirectoryUser { aliases: vec![shared.into()], ..person(40) };
    let by_mail = |n| DirectoryUser { mail: Some(shared.into()), ..person(n) };
    for (newcomers, whose) in [(vec![by_alias], 40), (vec![by_mail(41), by_mail(43)], 41), (vec![principal], 42)] {
        room.bring_in(&newcomers);
        assert_eq!(find(shared), id(whose), "the principal name goes before the primary address, and that before an alias");
    }
}

#[test]
fn what_is_effective_is_the_users_own_access_and_the_stricter_status() {
    let room = room();
    room.fill(2);
    let one = room.user(1).user.id;
    room.store.write(|tx| act::set_access(tx, &[(one, Some(AccessType::EwsDelegated))])).unwrap();
    let off = OrganizationChange { sync: Some(SyncStatus::Disabled), ..OrganizationChange::default() };
    room.store.write(|tx| organizations::change(tx, room.organization, &off)).unwrap();
    assert_eq!((room.user(0).effective_access, room.user(0).effective_sync), (AccessType::GraphAppOnly, SyncStatus::Disabled));
    assert_eq!(room.user(1).effective_access, AccessType::EwsDelegated);
    room.store.write(|tx| act::set_sync(tx, &[one], SyncStatus::DisabledDueToError)).unwrap();
    assert_eq!(room.user(1).effective_sync, SyncStatus::DisabledDueToError);
}

#[test]
fn filters_narrow_together_and_the_total_stays_the_organizations() {
    let room = room();
    let mut people: Vec<_> = (0..12).map(person).collect();
    people.push(DirectoryUser { enabled: false, exchange_plan: false, ..named(12, "Room 1") });
    room.bring_in(&people);
    let run = room.start(&Which::All);
    room.answer(run, &[0, 1], refused);
    room.answer(run, &[2], unsettled);
    room.answer(run, &[3, 4, 5], passed);
    let ids = vec![room.user(0).user.id, room.user(5).user.id];
    room.step(&ids, Step::Session(Verdict::Passed));

    let page = |filter: UserFilter| users::query(&room.store, &filter, Sort::default(), 0, 5).unwrap();
    let failed = page(UserFilter { verdict: vec![Verdict::Failed, Verdict::Unknown], ..UserFilter::default() });
    assert_eq!((failed.total, failed.matching, failed.rows.len()), (13, 3, 3));
    assert_eq!(page(UserFilter { verdict: vec![Verdict::NotRun], ..UserFilter::default() }).matching, 7, "never checked is not run");
    assert_eq!(page(UserFilter { kind: vec![MailboxKind::SharedOrResource], ..UserFilter::default() }).matching, 1);
    let both = UserFilter { with_issues: true, mailbox: vec![MailboxStatus::Initialized], ..UserFilter::default() };
    assert_eq!(page(both).matching, 1);
    let print = UserFilter { fingerprint: Some("graph.403.erroraccessdenied.out_of_scope.mail".into()), ..UserFilter::default() };
    assert_eq!(page(print.clone()).matching, 2);
    let elsewhere = UserFilter { organization: Some(rollcall_core::id::OrganizationId(77)), ..print };
    assert_eq!((page(elsewhere.clone()).total, page(elsewhere).matching), (0, 0));

    let counts = room.store.read(|conn| users::counts_by_status(conn, &UserFilter::default())).unwrap();
    assert_eq!(counts, MailboxCounts { initialized: 2, not_initialized: 11, ..MailboxCounts::default() });
    let tally = room.store.read(|conn| organizations::tally(conn, room.organization)).unwrap();
    assert_eq!((tally.users, tally.verdicts.failed, tally.with_issues, tally.checked), (13, 2, 3, Some(NOW)));
}

#[test]
fn who_is_new_is_judged_by_the_directory_at_once_and_who_was_known_when_doubts_are_looked_into() {
    let room = room();
    let guest = |n| DirectoryUser { guest: true, ..person(n) };
    room.bring_in(&[person(0), guest(1)]);
    let known = room.store.read(users::last_known).unwrap();
    assert_eq!(known, room.user(1).user.id);
    room.bring_in(&[guest(0), guest(1), guest(2), person(3)]);

    let judged = [0, 1, 2, 3].map(|n| room.user(n).judged.eligibility);
    assert_eq!(judged, [Eligibility::Ready, Eligibility::Guest, Eligibility::Guest, Eligibility::Ready], "who has changed waits");
    let doubtful = |known, these: &[u32]| {
        let these: Vec<ObjectId> = these.iter().map(|n| person(*n).object_id).collect();
        room.store.read(|conn| eligibility::doubtful(conn, room.organization, known, &these)).unwrap()
    };
    let ids = [0, 1, 2, 3].map(|n| room.user(n).user.id);
    assert_eq!(doubtful(None, &[]), [ids[1], ids[2]]);
    assert_eq!(doubtful(Some(known), &[]), [ids[1]]);
    assert_eq!(doubtful(Some(known), &[0, 2]), ids[..3]);
}

#[test]
fn after_a_check_only_those_are_judged_whom_it_may_have_made_another_of() {
    let room = room();
    let without_plan = |n| DirectoryUser { exchange_plan: false, ..person(n) };
    let guest = DirectoryUser { guest: true, ..person(0) };
    let shared = DirectoryUser { enabled: false, ..without_plan(1) };
    let without_mail = DirectoryUser { mail: None, ..person(3) };
    room.bring_in(&[guest, shared, without_plan(2), without_mail, person(4), person(5)]);
    let doubtful = || room.store.read(|conn| eligibility::doubtful_after_check(conn, room.organization)).unwrap();
    let ids = [0, 1, 2, 3, 4, 5].map(|n| room.user(n).user.id);
    assert_eq!(doubtful(), [ids[2], ids[3]], "whether they have a mailbox is told by whether it answers");

    let run = room.start(&Which::All);
    let no_mailbox = |user, workload| ProbeResult { cause: Some(Cause::NoMailbox), ..refused(user, workload) };
    room.answer(run, &[1, 4], no_mailbox);
    room.answer(run, &[5], refused);
    assert_eq!(doubtful(), ids[1..5], "and who is said to have none; being shut out says nothing of the mailbox");
}

#[test]
fn windows_of_every_order_fit_together_without_gap_or_repeat() {
    let room = room();
    room.fill(50);
    let sorts = [
        UserSort::Name,
        UserSort::Upn,
        UserSort::Organization,
        UserSort::Access,
        UserSort::Mailbox,
        UserSort::Kind,
        UserSort::Verdict,
        UserSort::Checked,
        UserSort::Issues,
    ];
    let of_one = UserFilter { organization: Some(room.organization), ..UserFilter::default() };
    for by in sorts {
        let of = |filter: &UserFilter, descending, offset, limit| -> Vec<_> {
            let page = users::query(&room.store, filter, Sort { by, descending }, offset, limit).unwrap();
            page.rows.into_iter().map(|row| row.user.id).collect()
        };
        let whole = of(&UserFilter::default(), false, 0, 50);
        for filter in [&UserFilter::default(), &of_one] {
            let window = |descending, offset, limit| of(filter, descending, offset, limit);
            assert_eq!(window(false, 0, 50), whole, "{by:?}: one organization has the order of all");
            let pieces: Vec<_> = (0..5).flat_map(|piece| window(false, piece * 10, 10)).collect();
            assert_eq!(pieces, whole, "{by:?}");
            let mut backwards = window(true, 0, 50);
            backwards.reverse();
            assert_eq!(backwards, whole, "{by:?}");
            let all = room.store.read(|conn| users::in_order(conn, filter, Sort { by, descending: false })).unwrap();
            assert_eq!(all, whole, "all at once are in the same order: {by:?}");
        }
    }
}

#[test]
fn who_was_not_checked_for_long_is_found_and_who_never_was_is_among_them() {
    let room = room();
    room.fill(6);
    let run = room.start(&Which::All);
    room.answer(run, &[0, 1], passed);
    let before = |moment: i64| {
        let filter = UserFilter { checked_before: Some(Timestamp(moment)), ..UserFilter::default() };
        users::query(&room.store, &filter, Sort::default(), 0, 10).unwrap().matching
    };
    assert_eq!((before(NOW.0 - 1), before(NOW.0)), (4, 6));
}

#[test]
fn what_goes_with_an_organization_is_counted_before_it_goes() {
    let room = room();
    room.fill(5);
    let run = room.start(&Which::All);
    room.answer(run, &[0, 1], passed);
    room.step(&[room.user(0).user.id], Step::Session(Verdict::Passed));
    room.step(&[room.user(1).user.id], Step::Switched);
    let of = |id| room.store.read(|conn| organizations::belongings(conn, id)).unwrap();
    assert_eq!(of(room.organization), Belongings { users: 5, initialized: 2, checked: 2, runs: 1, sessions: 0 });
    let asia = add_organization(&room.store, room.tenant, room.integration, "Asia", "AS-01");
    assert_eq!(of(asia), Belongings::default());
}

#[test]
fn names_are_ordered_as_a_reader_expects() {
    let room = room();
    room.bring_in(&[named(0, "Zoe"), named(1, "élodie"), named(2, "Ägir"), named(3, "adam"), named(4, "Eva")]);
    assert_eq!(room.names(&UserFilter::default()), ["adam", "Ägir", "élodie", "Eva", "Zoe"]);
}

#[test]
fn a_moved_user_starts_unchecked_and_a_deleted_one_can_not_be_found() {
    let room = room();
    room.fill(5);
    let run = room.start(&Which::All);
    room.answer(run, &[0, 1, 2], passed);
    let asia = add_organization(&room.store, room.tenant, room.integration, "Asia", "AS-01");
    let moving = Chosen::Ids(vec![room.user(0).user.id, room.user(1).user.id]);
    assert_eq!(room.store.write(|tx| users::move_to(tx, &moving, asia)).unwrap(), 2);
    assert_eq!(room.store.write(|tx| users::move_to(tx, &moving, asia)).unwrap(), 0, "they are there already");
    assert_eq!((room.user(0).verdict, room.user(0).checked), (Verdict::NotRun, None), "another integration may not reach them");

    let passed_ones = Chosen::Filter(UserFilter { verdict: vec![Verdict::Passed], ..UserFilter::default() });
    assert_eq!(room.store.read(|conn| users::count(conn, &passed_ones)).unwrap(), 1);
    assert_eq!(room.store.write(|tx| users::delete(tx, &passed_ones)).unwrap(), 1);
    assert!(room.found("00002").is_empty());
    assert_eq!(room.found("Person").len(), 4);
}

#[test]
fn an_organization_knows_how_many_it_has_whoever_comes_moves_or_goes() {
    let room = room();
    let asia = add_organization(&room.store, room.tenant, room.integration, "Asia", "AS-01");
    let totals = || {
        let of = |filter: UserFilter| users::query(&room.store, &filter, Sort::default(), 0, 0).unwrap().total;
        let in_one = |id| of(UserFilter { organization: Some(id), ..UserFilter::default() });
        (in_one(room.organization), in_one(asia), of(UserFilter { tenant: Some(room.tenant), ..UserFilter::default() }))
    };
    room.fill(10);
    room.fill(12);
    assert_eq!(totals(), (12, 0, 12));
    let some = |people: &[u32]| Chosen::Ids(people.iter().map(|n| room.user(*n).user.id).collect());
    room.store.write(|tx| users::move_to(tx, &some(&[1, 2, 3]), asia)).unwrap();
    room.store.write(|tx| users::delete(tx, &some(&[3, 4]))).unwrap();
    assert_eq!(totals(), (8, 2, 10));
}

#[test]
fn who_is_gone_from_the_directory_is_marked_once_and_unmarked_by_coming_back() {
    let room = room();
    room.fill(3);
    let gone = [person(1).object_id, person(2).object_id, person(99).object_id];
    let mark = |at| room.store.write(|tx| users::mark_gone(tx, room.tenant, &gone, Timestamp(at))).unwrap();
    assert_eq!((mark(100), mark(200)), (2, 0));
    assert_eq!((room.user(0).user.gone, room.user(1).user.gone), (None, Some(Timestamp(100))), "since when, not until when");
    room.bring_in(&[person(1), DirectoryUser { job_title: Some("Buyer".into()), ..person(2) }]);
    assert_eq!((room.user(1).user.gone, room.user(2).user.gone), (None, None));
}

#[test]
fn a_hundred_thousand_people_fit() {
    let room = room();
    let bring_in = || {
        let mut sum = Upserted::default();
        for page in 0..100 {
            let people: Vec<_> = (page * 1000..(page + 1) * 1000).map(person).collect();
            let upserted = room.bring_in(&people);
            sum = Upserted { new: sum.new + upserted.new, same: sum.same + upserted.same, ..sum };
        }
        sum
    };
    assert_eq!(bring_in(), Upserted { new: 100_000, ..Upserted::default() });
    assert_eq!(bring_in(), Upserted { same: 100_000, ..Upserted::default() });
    assert_eq!(room.found("person 90210"), ["Person 90210"]);
}
