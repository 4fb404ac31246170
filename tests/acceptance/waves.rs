//! An organization is switched in waves: each starts only by what was seen of the one before.

use rollcall_core::action::Action;
use rollcall_core::eligibility::Eligibility;
use rollcall_core::id::OrganizationId;
use rollcall_core::mailbox::MailboxStatus;
use rollcall_core::organization::AccessType;
use rollcall_core::rules::Reason;
use rollcall_core::timeline::Happening;
use rollcall_core::wave::{Criterion, Entry, Exit, Met, OwnExit, Severity, WaveState};
use rollcall_ops::desk::Desk;
use rollcall_ops::error::Code;
use rollcall_ops::groups::{self, FindGroups, GroupRef};
use rollcall_ops::job::Job;
use rollcall_ops::journal::{ListJournal, list as list_journal};
use rollcall_ops::organizations::acknowledge::acknowledge;
use rollcall_ops::organizations::change::{ChangeOrganization, change};
use rollcall_ops::organizations::delete::OrganizationRef;
use rollcall_ops::organizations::window::{SetWindow, set_window};
use rollcall_ops::sync::history::{SessionFigures, figures};
use rollcall_ops::sync::run::Whose;
use rollcall_ops::users::describe::{UserRef, describe};
use rollcall_ops::users::meant::Meant;
use rollcall_ops::users::query::UserRow;
use rollcall_ops::waves::criteria::{CriteriaChange, SetCriteria, foresee as foresee_criteria, set as set_criteria};
use rollcall_ops::waves::hold::{HoldWave, hold};
use rollcall_ops::waves::plan::{Pilot, PlanWaves, foresee, plan};
use rollcall_ops::waves::put::{PutInWave, foresee as foresee_put, put};
use rollcall_ops::waves::remove::remove;
use rollcall_ops::waves::show::{PlanView, show};
use rollcall_ops::waves::start::{StartWave, start, start_by_itself, start_due};
use rollcall_sandbox::FaultPlan;
use rollcall_store::users::{Chosen, UserFilter};
use rollcall_store::waves::users_of;
use rollcall_tests::{Rehearsal, Scene, meant};

use crate::switching::in_hours;

const SWITCH: Action = Action::Switch { at_once: true, not_ready: false };
const EXIT: Exit = Exit { initialized: 100, failed: 0, hours: 0, issues: Some(Severity::Lasting) };

/// Forty users on EWS, of whom four are to go first, then a quarter of the others.
async fn planned(by_itself: bool) -> (Rehearsal, OrganizationId) {
    let rehearsal = Rehearsal::on(Scene { users: 40, faults: FaultPlan::none(), ..Scene::default() }).await.of_ready_people();
    let organization = rehearsal.ready().await.id;
    let to_ews = ChangeOrganization { access: Some(AccessType::EwsAppOnly), ..ChangeOrganization::of(organization) };
    change(&rehearsal.desk, to_ews, &Job::quiet()).await.unwrap();
    let ask = PlanWaves { by_itself, ..four_first(organization) };
    assert_eq!(foresee(&rehearsal.desk, ask.clone(), &Job::quiet()).await.unwrap().sizes, [4, 9, 27]);
    plan(&rehearsal.desk, ask, &Job::quiet()).await.unwrap();
    (rehearsal, organization)
}

/// Four go first, then a quarter of the others.
fn four_first(organization: OrganizationId) -> PlanWaves {
    PlanWaves {
        organization,
        pilot: Pilot::Number { number: 4 },
        shares: vec![25],
        entry: Entry { authorized: false, window: false },
        exit: EXIT,
        own: Vec::new(),
        by_itself: false,
    }
}

async fn shown(rehearsal: &Rehearsal, organization: OrganizationId) -> PlanView {
    show(&rehearsal.desk, OrganizationRef { organization }, &Job::quiet()).await.unwrap().unwrap()
}

async fn states(rehearsal: &Rehearsal, organization: OrganizationId) -> Vec<WaveState> {
    shown(rehearsal, organization).await.waves.iter().map(|wave| wave.state).collect()
}

/// A wave to start with whom it has now, if those are so many.
async fn wave(desk: &Desk, organization: OrganizationId, wave: u32, users: u32) -> StartWave {
    let now = meant(desk, Chosen::Filter(users_of(organization, wave))).await;
    StartWave { organization, wave, expected: Meant { users, ..now } }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wave_starts_when_the_one_before_was_seen_to_be_met_and_not_sooner() {
    let (rehearsal, organization) = planned(false).await;
    assert_eq!(states(&rehearsal, organization).await, [WaveState::Waiting; 3], "the limitations are unread");
    let early = start(&rehearsal.desk, wave(&rehearsal.desk, organization, 1, 4).await, &Job::quiet()).await.unwrap_err();
    assert_eq!((early.code, early.reason), (Code::NotNow, Some(Reason::WaveWaits)));

    acknowledge(&rehearsal.desk, OrganizationRef { organization }, &Job::quiet()).await.unwrap();
    let changed = start(&rehearsal.desk, wave(&rehearsal.desk, organization, 1, 5).await, &Job::quiet()).await.unwrap_err();
    assert_eq!(changed.code, Code::Changed, "it has another number of users than was agreed to");
    let agreed = wave(&rehearsal.desk, organization, 1, 4).await;
    let [in_it, in_the_last] = [1, 3].map(|number| users_of(organization, number));
    let change_places = async |leaves: &UserFilter, comes: &UserFilter| {
        let [leaves, comes] = [rehearsal.found(leaves.clone()).await.remove(0), rehearsal.found(comes.clone()).await.remove(0)];
        for (row, wave) in [(comes, 1), (leaves, 3)] {
            let ask = PutInWave { organization, users: Chosen::Ids(vec![row.user.id]), wave, expected: None };
            put(&rehearsal.desk, ask, &Job::quiet()).await.unwrap();
        }
    };
    change_places(&in_it, &in_the_last).await;
    let changed = start(&rehearsal.desk, agreed, &Job::quiet()).await.unwrap_err();
    assert_eq!(changed.code, Code::Changed, "it has as many, but somebody came into it who was not shown");
    assert_eq!(states(&rehearsal, organization).await[0], WaveState::MayStart, "nothing was done");
    assert_eq!(start(&rehearsal.desk, wave(&rehearsal.desk, organization, 1, 4).await, &Job::quiet()).await.unwrap().done, 4);
    assert_eq!(states(&rehearsal, organization).await, [WaveState::Running, WaveState::Waiting, WaveState::Waiting]);
    let pilot = &shown(&rehearsal, organization).await.waves[0];
    assert_eq!((pilot.mailboxes.switching, pilot.seen.unseen), (4, 4));
    assert_eq!(pilot.exit[1].criterion, Criterion::Failed { percent: 0, users: 0, unseen: 4, of: 4 });
    assert_eq!(pilot.exit[1].met, Met::Unknown, "that nobody failed was not seen");

    rehearsal.sessions(organization, Whose::Due).await.unwrap();
    assert_eq!(states(&rehearsal, organization).await, [WaveState::Met, WaveState::MayStart, WaveState::Waiting]);
    let user = rehearsal.found(users_of(organization, 1)).await.remove(0).user.id;
    let told: Vec<_> = describe(&rehearsal.desk, UserRef::Id { user }, &Job::quiet()).await.unwrap().timeline;
    assert!(told.iter().any(|moment| moment.what == Happening::InWave { wave: 1 }), "{told:?}");
    let journal = list_journal(&rehearsal.desk, ListJournal { before: None, limit: 9 }, &Job::quiet()).await.unwrap();
    let entry = journal.iter().find(|entry| entry.action == "waves.start").unwrap();
    assert_eq!(entry.after.as_deref(), Some("wave 1, 4 users"));
}

#[tokio::test(flavor = "multi_thread")]
async fn sessions_leave_alone_whoever_waits_for_a_wave_and_say_how_many_that_are() {
    let rehearsal = Rehearsal::on(Scene { users: 40, faults: FaultPlan::none(), ..Scene::default() }).await.of_ready_people();
    let organization = rehearsal.ready().await.id;
    plan(&rehearsal.desk, four_first(organization), &Job::quiet()).await.unwrap();
    let initialized = || UserFilter { mailbox: vec![MailboxStatus::Initialized], ..UserFilter::default() };
    for whose in [Whose::Due, Whose::Everybody] {
        let came = rehearsal.sessions(organization, whose).await.unwrap();
        assert_eq!((came.users, came.waiting, came.whole), (0, 40, true), "all are reached over Graph, and no wave has started");
    }
    assert_eq!(rehearsal.found(initialized()).await.len(), 0);
    let last = rehearsal.found(users_of(organization, 3)).await.remove(0).user.id;
    let told = describe(&rehearsal.desk, UserRef::Id { user: last }, &Job::quiet()).await.unwrap();
    assert_eq!((told.waits_for_wave, told.next_session), (true, None));

    acknowledge(&rehearsal.desk, OrganizationRef { organization }, &Job::quiet()).await.unwrap();
    start(&rehearsal.desk, wave(&rehearsal.desk, organization, 1, 4).await, &Job::quiet()).await.unwrap();
    let came = rehearsal.sessions(organization, Whose::Everybody).await.unwrap();
    assert_eq!((came.users, came.waiting, came.committed.initialized), (4, 36, 4), "the pilot, and nobody past it");
    let figures = figures(&rehearsal.desk, SessionFigures { organization, days: 1 }, &Job::quiet()).await.unwrap();
    assert_eq!((figures.standing.users, figures.standing.waiting), (4, 36));

    assert_eq!(rehearsal.act(Chosen::Ids(vec![last]), SWITCH).await.untouched, 1, "over Graph already, there is nothing to switch");
    assert_eq!(rehearsal.act(Chosen::Ids(vec![last]), Action::Force).await.done, 1);
    let came = rehearsal.sessions(organization, Whose::Everybody).await.unwrap();
    assert_eq!((came.users, came.waiting), (5, 35), "whom somebody brings forward is read, and those brought in before are");
    assert_eq!(rehearsal.act(Chosen::Ids(vec![last]), Action::Reset).await.done, 1);
    let told = describe(&rehearsal.desk, UserRef::Id { user: last }, &Job::quiet()).await.unwrap();
    assert!(!told.waits_for_wave, "who was read before goes on being read, from the beginning");
    let second = rehearsal.found(users_of(organization, 2)).await.remove(0).user.id;
    assert_eq!(rehearsal.act(Chosen::Ids(vec![second]), Action::Force).await.done, 1);
    let told = describe(&rehearsal.desk, UserRef::Id { user: second }, &Job::quiet()).await.unwrap();
    assert!(!told.waits_for_wave, "its session is brought forward");
    let came = rehearsal.sessions(organization, Whose::Everybody).await.unwrap();
    assert_eq!((came.users, came.waiting, came.committed.initialized), (6, 34, 2));
    remove(&rehearsal.desk, OrganizationRef { organization }, &Job::quiet()).await.unwrap();
    assert_eq!(rehearsal.sessions(organization, Whose::Everybody).await.unwrap().users, 40, "without a plan nobody waits");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_switched_by_hand_does_not_wait_for_a_wave() {
    let (rehearsal, organization) = planned(false).await;
    acknowledge(&rehearsal.desk, OrganizationRef { organization }, &Job::quiet()).await.unwrap();
    let last = rehearsal.found(users_of(organization, 3)).await.remove(0).user.id;
    assert_eq!(rehearsal.act(Chosen::Ids(vec![last]), SWITCH).await.done, 1);
    let told = describe(&rehearsal.desk, UserRef::Id { user: last }, &Job::quiet()).await.unwrap();
    assert!(!told.waits_for_wave);
    let came = rehearsal.sessions(organization, Whose::Everybody).await.unwrap();
    assert_eq!((came.users, came.committed.initialized), (1, 1), "the others are on EWS");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wave_is_not_dealt_whoever_is_not_ready_and_is_not_judged_by_them() {
    let rehearsal = Rehearsal::on(Scene { users: 200, ..Scene::default() }).await;
    let organization = rehearsal.ready().await.id;
    let to_ews = ChangeOrganization { access: Some(AccessType::EwsAppOnly), ..ChangeOrganization::of(organization) };
    change(&rehearsal.desk, to_ews, &Job::quiet()).await.unwrap();
    acknowledge(&rehearsal.desk, OrganizationRef { organization }, &Job::quiet()).await.unwrap();
    let ready = UserFilter { eligibility: vec![Eligibility::Ready], ..UserFilter::default() };
    let ready = u32::try_from(rehearsal.found(ready).await.len()).unwrap();
    let ask = PlanWaves { pilot: Pilot::Number { number: 50 }, ..four_first(organization) };
    let foreseen = foresee(&rehearsal.desk, ask.clone(), &Job::quiet()).await.unwrap();
    assert!(foreseen.not_ready > 0 && foreseen.not_ready == 200 - ready, "{foreseen:?}");
    let view = plan(&rehearsal.desk, ask, &Job::quiet()).await.unwrap();
    assert_eq!(foreseen.sizes.iter().sum::<u32>(), 200);
    assert_eq!(view.waves.iter().map(|wave| wave.seen.users).sum::<u32>(), ready, "whom no wave switches none is judged by");
    let acted = start(&rehearsal.desk, wave(&rehearsal.desk, organization, 1, 50).await, &Job::quiet()).await.unwrap();
    assert_eq!((acted.done, acted.refused), (50, 0));

    // They stand in the last one, where nobody is switched of them.
    let members = rehearsal.found(users_of(organization, 3)).await;
    let unready = members.iter().filter(|row| row.judged.eligibility != Eligibility::Ready).count();
    assert_eq!(unready, foreseen.not_ready as usize);
    let named = Pilot::Named {
        addresses: members
            .iter()
            .filter(|row| row.judged.eligibility == Eligibility::Guest)
            .take(1)
            .map(|row| row.user.directory.upn.clone())
            .collect(),
    };
    remove(&rehearsal.desk, OrganizationRef { organization }, &Job::quiet()).await.unwrap();
    let guest_first = foresee(&rehearsal.desk, PlanWaves { pilot: named, ..four_first(organization) }, &Job::quiet()).await.unwrap();
    assert_eq!((guest_first.sizes[0], guest_first.not_ready), (1, foreseen.not_ready), "whoever is named is in the pilot, ready or not");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_on_graph_already_is_not_dealt_and_does_not_go_back_with_a_wave() {
    let (rehearsal, organization) = planned(false).await;
    let (desk, quiet) = (&rehearsal.desk, Job::quiet());
    acknowledge(desk, OrganizationRef { organization }, &quiet).await.unwrap();
    let everybody = || UserFilter { organization: Some(organization), ..UserFilter::default() };
    let ten: Vec<_> = rehearsal.found(everybody()).await[..10].iter().map(|row| row.user.id).collect();
    assert_eq!(rehearsal.act(Chosen::Ids(ten.clone()), SWITCH).await.done, 10);
    let foreseen = foresee(desk, four_first(organization), &quiet).await.unwrap();
    assert_eq!((foreseen.sizes.as_slice(), foreseen.on_graph, foreseen.not_ready), ([4, 7, 29].as_slice(), 10, 0));
    plan(desk, four_first(organization), &quiet).await.unwrap();
    let pilot = rehearsal.found(users_of(organization, 1)).await;
    assert!(pilot.iter().all(|row| !ten.contains(&row.user.id)), "a pilot of those who have nothing to switch shows nothing");

    // Whoever is named for it is in it all the same.
    let addresses = rehearsal.found(everybody()).await[..12].iter().map(|row| row.user.directory.upn.clone()).collect();
    plan(desk, PlanWaves { pilot: Pilot::Named { addresses }, ..four_first(organization) }, &quiet).await.unwrap();
    assert_eq!(start(desk, wave(desk, organization, 1, 12).await, &quiet).await.unwrap().done, 2);
    let started = shown(&rehearsal, organization).await.waves[0].started.unwrap();
    let by_it = UserFilter { switched_since: Some(started), ..users_of(organization, 1) };
    assert_eq!(rehearsal.act(Chosen::Filter(by_it), Action::GoBack).await.done, 2);
    let still = rehearsal.found(UserFilter { access: vec![AccessType::GraphAppOnly], ..everybody() }).await;
    assert_eq!(still.len(), 10);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_whole_wave_goes_back_and_the_next_one_then_waits() {
    let (rehearsal, organization) = planned(false).await;
    acknowledge(&rehearsal.desk, OrganizationRef { organization }, &Job::quiet()).await.unwrap();
    start(&rehearsal.desk, wave(&rehearsal.desk, organization, 1, 4).await, &Job::quiet()).await.unwrap();
    rehearsal.sessions(organization, Whose::Due).await.unwrap();
    let started = shown(&rehearsal, organization).await.waves[0].started.unwrap();
    let by_it = UserFilter { switched_since: Some(started), ..users_of(organization, 1) };
    assert_eq!(rehearsal.act(Chosen::Filter(by_it), Action::GoBack).await.done, 4);
    assert_eq!(states(&rehearsal, organization).await, [WaveState::NotMet, WaveState::Waiting, WaveState::Waiting]);

    let held = hold(&rehearsal.desk, HoldWave { organization, wave: 1, held: true }, &Job::quiet()).await.unwrap();
    assert_eq!(held.waves[0].state, WaveState::Held);
    start(&rehearsal.desk, wave(&rehearsal.desk, organization, 1, 4).await, &Job::quiet()).await.unwrap_err();
    hold(&rehearsal.desk, HoldWave { organization, wave: 1, held: false }, &Job::quiet()).await.unwrap();
    let again = start(&rehearsal.desk, wave(&rehearsal.desk, organization, 1, 4).await, &Job::quiet()).await.unwrap();
    assert_eq!(again.done, 4, "a wave that was started goes on with whoever isn't switched");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_held_wave_takes_back_the_switches_that_wait_for_the_change_window() {
    let (rehearsal, organization) = planned(false).await;
    acknowledge(&rehearsal.desk, OrganizationRef { organization }, &Job::quiet()).await.unwrap();
    set_window(&rehearsal.desk, SetWindow { organization, window: Some(in_hours(5)) }, &Job::quiet()).await.unwrap();
    let started = start(&rehearsal.desk, wave(&rehearsal.desk, organization, 1, 4).await, &Job::quiet()).await.unwrap();
    assert_eq!((started.done, started.queued), (0, 4));
    let waiting = || UserFilter { queued: true, ..users_of(organization, 1) };
    assert_eq!(rehearsal.found(waiting()).await.len(), 4);
    hold(&rehearsal.desk, HoldWave { organization, wave: 1, held: true }, &Job::quiet()).await.unwrap();
    assert_eq!(rehearsal.found(waiting()).await.len(), 0, "they don't begin when the window opens");
    hold(&rehearsal.desk, HoldWave { organization, wave: 1, held: false }, &Job::quiet()).await.unwrap();
    assert_eq!(start(&rehearsal.desk, wave(&rehearsal.desk, organization, 1, 4).await, &Job::quiet()).await.unwrap().queued, 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_removed_leaves_the_wave_and_whoever_is_new_comes_to_the_last() {
    let (rehearsal, organization) = planned(false).await;
    let first = rehearsal.found(users_of(organization, 1)).await.remove(0).user.id;
    rehearsal.act(Chosen::Ids(vec![first]), Action::Remove { force: false }).await;
    let sizes = |view: PlanView| view.waves.iter().map(|wave| wave.seen.users).collect::<Vec<_>>();
    assert_eq!(sizes(shown(&rehearsal, organization).await), [3, 9, 27]);
    rehearsal.import(organization).await.unwrap();
    assert_eq!(sizes(shown(&rehearsal, organization).await), [3, 9, 28], "back in, as somebody new");
}

#[tokio::test(flavor = "multi_thread")]
async fn only_where_it_was_chosen_the_next_wave_starts_by_itself_and_never_the_first() {
    for by_itself in [false, true] {
        let (rehearsal, organization) = planned(by_itself).await;
        acknowledge(&rehearsal.desk, OrganizationRef { organization }, &Job::quiet()).await.unwrap();
        assert_eq!(start_due(&rehearsal.desk).await.unwrap(), 0, "the first is for a person to start");
        start(&rehearsal.desk, wave(&rehearsal.desk, organization, 1, 4).await, &Job::quiet()).await.unwrap();
        assert_eq!(start_due(&rehearsal.desk).await.unwrap(), 0, "nothing was seen of the first yet");
        rehearsal.sessions(organization, Whose::Due).await.unwrap();
        assert_eq!(start_due(&rehearsal.desk).await.unwrap(), u32::from(by_itself));
        let second = &shown(&rehearsal, organization).await.waves[1];
        assert_eq!(second.started_by.as_deref(), by_itself.then_some("rollout plan"));
        let on_graph = UserFilter { access: vec![AccessType::GraphAppOnly], ..users_of(organization, 2) };
        assert_eq!(rehearsal.found(on_graph).await.len(), if by_itself { 9 } else { 0 });
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wave_that_is_to_start_by_itself_does_not_when_that_was_taken_back_since_the_last_look() {
    let (rehearsal, organization) = planned(true).await;
    let (desk, quiet) = (&rehearsal.desk, Job::quiet());
    acknowledge(desk, OrganizationRef { organization }, &quiet).await.unwrap();
    start(desk, wave(desk, organization, 1, 4).await, &quiet).await.unwrap();
    rehearsal.sessions(organization, Whose::Due).await.unwrap();
    set_criteria(desk, judged_by(organization, EXIT, &[], false), &quiet).await.unwrap();
    assert!(!start_by_itself(desk, organization, 2).await.unwrap());
    assert_eq!(states(&rehearsal, organization).await[1], WaveState::MayStart, "it is for a person to start again");
    set_criteria(desk, judged_by(organization, EXIT, &[], true), &quiet).await.unwrap();
    assert!(start_by_itself(desk, organization, 2).await.unwrap());
    assert!(!start_by_itself(desk, organization, 2).await.unwrap(), "it was started meanwhile");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pilot_is_named_by_address_by_group_or_kept_and_an_address_that_nobody_has_is_told() {
    let (rehearsal, organization) = planned(false).await;
    let (desk, quiet) = (&rehearsal.desk, Job::quiet());
    let people = rehearsal.found(UserFilter { organization: Some(organization), ..UserFilter::default() }).await;
    let with = |pilot| PlanWaves { pilot, ..four_first(organization) };

    let mut addresses: Vec<String> = people[..2].iter().map(|row| row.user.directory.upn.to_uppercase()).collect();
    assert_eq!(foresee(desk, with(Pilot::Named { addresses: addresses.clone() }), &quiet).await.unwrap().sizes, [2, 10, 28]);
    addresses.push("nobody@contoso.example".to_owned());
    let foreseen = foresee(desk, with(Pilot::Named { addresses: addresses.clone() }), &quiet).await.unwrap();
    assert_eq!((foreseen.sizes[0], foreseen.unknown.as_slice()), (2, &addresses[2..]));
    let unknown = plan(desk, with(Pilot::Named { addresses }), &quiet).await.unwrap_err();
    assert_eq!(unknown.code, Code::InvalidInput);
    assert!(unknown.detail.ends_with(": nobody@contoso.example"), "{}", unknown.detail);

    let found = groups::search(desk, FindGroups { organization, text: "integ sco".into() }, &quiet).await.unwrap();
    let group = found[0].id;
    let size = groups::size(desk, GroupRef { organization, group }, &quiet).await.unwrap();
    let view = plan(desk, with(Pilot::Group { group, nested: true }), &quiet).await.unwrap();
    let pilot = view.waves[0].seen.users;
    assert!(pilot > 0 && pilot <= size.nested && pilot < 40, "{pilot} of {size:?}");

    let kept = rehearsal.found(users_of(organization, 1)).await;
    let own = vec![OwnExit { wave: 1, exit: Exit { hours: 72, ..EXIT } }];
    let view = plan(desk, PlanWaves { shares: vec![], own, ..with(Pilot::Present) }, &quiet).await.unwrap();
    assert_eq!(
        (view.waves.len(), view.waves[0].seen.users, rehearsal.found(users_of(organization, 1)).await.len()),
        (2, pilot, kept.len())
    );
    let watched = |wave: usize| {
        view.waves[wave].exit.iter().find_map(|one| match one.criterion {
            Criterion::Watched { hours, .. } => Some(hours),
            _ => None,
        })
    };
    assert_eq!((watched(0), watched(1)), (Some(72), Some(0)), "a wave may have criteria of its own");
}

#[tokio::test(flavor = "multi_thread")]
async fn users_are_put_into_another_wave_until_one_of_the_two_was_started() {
    let (rehearsal, organization) = planned(false).await;
    let (desk, quiet) = (&rehearsal.desk, Job::quiet());
    let pilot = rehearsal.found(users_of(organization, 1)).await;
    let last = rehearsal.found(users_of(organization, 3)).await;
    let ask = |rows: &[UserRow], wave| PutInWave {
        organization,
        users: Chosen::Ids(rows.iter().map(|row| row.user.id).collect()),
        wave,
        expected: None,
    };
    let several = [&pilot[..1], &last[..2]].concat();
    let foreseen = foresee_put(desk, ask(&several, 1), &quiet).await.unwrap();
    assert_eq!((foreseen.users, foreseen.changes, foreseen.untouched), (3, 2, 1));
    assert_eq!(foreseen.sizes, [6, 9, 25]);
    assert_eq!(rehearsal.found(users_of(organization, 1)).await.len(), 4, "nothing was done yet");
    let agreed = |rows: &[UserRow]| meant(desk, Chosen::Ids(rows.iter().map(|row| row.user.id).collect()));
    for others in [[&pilot[..2], &last[..2]].concat(), [&pilot[1..2], &last[..2]].concat()] {
        let expected = Some(agreed(&others).await);
        let moved = put(desk, PutInWave { expected, ..ask(&several, 1) }, &quiet).await.unwrap_err();
        assert_eq!(moved.code, Code::Changed, "it was agreed to another number, or to as many others");
    }
    let expected = Some(agreed(&several).await);
    assert_eq!(put(desk, PutInWave { expected, ..ask(&several, 1) }, &quiet).await.unwrap(), foreseen);
    assert_eq!(rehearsal.found(users_of(organization, 1)).await.len(), 6);
    let journal = list_journal(desk, ListJournal { before: None, limit: 1 }, &quiet).await.unwrap();
    assert_eq!((journal[0].action.as_str(), journal[0].after.as_deref()), ("waves.put", Some("wave 1, 2 users")));
    let told = |user| async move { describe(desk, UserRef::Id { user }, &Job::quiet()).await.unwrap().timeline };
    let moved = told(last[0].user.id).await;
    let moment = moved.iter().find(|moment| moment.what == Happening::PutInWave { from: 3, to: 1 }).unwrap();
    assert_eq!(moment.actor.as_deref(), Some(journal[0].actor.as_str()));
    let stayed = told(pilot[0].user.id).await;
    assert!(!stayed.iter().any(|moment| matches!(moment.what, Happening::PutInWave { .. })), "it was in it before: {stayed:?}");

    let everybody = rehearsal.found(users_of(organization, 2)).await;
    let emptied = put(desk, ask(&everybody, 3), &quiet).await.unwrap_err();
    assert_eq!(emptied.reason, Some(Reason::WaveEmptied), "no wave is left with nobody");

    acknowledge(desk, OrganizationRef { organization }, &quiet).await.unwrap();
    start(desk, wave(desk, organization, 1, 6).await, &quiet).await.unwrap();
    for (rows, to) in [(&pilot[..1], 2), (&last[3..4], 1)] {
        let started = put(desk, ask(rows, to), &quiet).await.unwrap_err();
        assert_eq!(started.reason, Some(Reason::WaveStarted), "by those who were in it then it is judged");
    }
    assert_eq!(put(desk, ask(&[&pilot[..1], &last[3..4]].concat(), 2), &quiet).await.unwrap().changes, 1, "the other one waits still");
    let view = shown(&rehearsal, organization).await;
    assert_eq!((view.change, view.waves[0].start), (Some(Reason::WaveStarted), Some(Reason::WaveDone)));
    assert_eq!(foresee(desk, four_first(organization), &quiet).await.unwrap().refused, Some(Reason::WaveStarted));
    let changed = plan(desk, four_first(organization), &quiet).await.unwrap_err();
    assert_eq!(changed.reason, Some(Reason::WaveStarted));
}

/// The plan's criteria, of which the first wave and the others have to come to something else.
fn judged_by(organization: OrganizationId, exit: Exit, own: &[(u32, Exit)], by_itself: bool) -> SetCriteria {
    SetCriteria {
        organization,
        entry: Entry { authorized: false, window: false },
        exit,
        own: own.iter().map(|(wave, exit)| OwnExit { wave: *wave, exit: *exit }).collect(),
        by_itself,
        expected: None,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn criteria_change_while_a_wave_runs_and_what_would_stand_elsewhere_is_agreed_to_first() {
    let (rehearsal, organization) = planned(true).await;
    let (desk, quiet) = (&rehearsal.desk, Job::quiet());
    acknowledge(desk, OrganizationRef { organization }, &quiet).await.unwrap();
    start(desk, wave(desk, organization, 1, 4).await, &quiet).await.unwrap();
    let longer = Exit { hours: 72, ..EXIT };
    let ask = judged_by(organization, longer, &[], false);
    let foreseen = foresee_criteria(desk, ask.clone(), &quiet).await.unwrap();
    let exit = |wave| CriteriaChange::Exit { wave, before: EXIT, after: longer };
    assert_eq!(foreseen.changes, [CriteriaChange::ByItself { on: false }, exit(1), exit(2), exit(3)]);
    assert_eq!(foreseen.states, [WaveState::Running, WaveState::Waiting, WaveState::Waiting]);
    let before = shown(&rehearsal, organization).await;
    assert_eq!((before.exit, before.by_itself), (EXIT, true), "nothing was done yet");
    set_criteria(desk, ask.clone(), &quiet).await.unwrap();
    let again = set_criteria(desk, ask, &quiet).await.unwrap_err();
    assert_eq!(again.reason, Some(Reason::AlreadySo));

    // The pilot is watched for three days now; after a session it would have met what it had to before.
    rehearsal.sessions(organization, Whose::Due).await.unwrap();
    assert_eq!(states(&rehearsal, organization).await, [WaveState::Running, WaveState::Waiting, WaveState::Waiting]);
    let of_pilot = judged_by(organization, longer, &[(1, EXIT)], true);
    let foreseen = foresee_criteria(desk, of_pilot.clone(), &quiet).await.unwrap();
    assert_eq!(
        foreseen.changes,
        [
            CriteriaChange::ByItself { on: true },
            CriteriaChange::Exit { wave: 1, before: longer, after: EXIT },
            CriteriaChange::State { wave: 1, before: WaveState::Running, after: WaveState::Met },
            CriteriaChange::State { wave: 2, before: WaveState::Waiting, after: WaveState::MayStart },
            CriteriaChange::Starts { wave: 2, users: 9 },
        ]
    );
    let stale = SetCriteria { expected: Some(vec![WaveState::Running, WaveState::Waiting, WaveState::Waiting]), ..of_pilot.clone() };
    assert_eq!(set_criteria(desk, stale, &quiet).await.unwrap_err().code, Code::Changed, "it isn't what was agreed to");
    assert_eq!(start_due(desk).await.unwrap(), 0);
    set_criteria(desk, SetCriteria { expected: Some(foreseen.states), ..of_pilot }, &quiet).await.unwrap();
    let journal = list_journal(desk, ListJournal { before: None, limit: 1 }, &quiet).await.unwrap();
    assert_eq!(journal[0].action, "waves.criteria");
    let (was, is) = (journal[0].before.as_deref().unwrap(), journal[0].after.as_deref().unwrap());
    assert_eq!(was, "100 % initialized, 0 % failed, 72 h, no lasting issue");
    assert_eq!(
        is,
        "100 % initialized, 0 % failed, 72 h, no lasting issue; wave 1: 100 % initialized, 0 % failed, 0 h, no lasting issue; by itself; \
         wave 1 from running to met; wave 2 from waiting to may_start; wave 2 starts by itself, 9 users"
    );
    assert_eq!(start_due(desk).await.unwrap(), 1, "as it was told");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wave_that_is_over_keeps_what_it_was_judged_by() {
    let (rehearsal, organization) = planned(false).await;
    let (desk, quiet) = (&rehearsal.desk, Job::quiet());
    acknowledge(desk, OrganizationRef { organization }, &quiet).await.unwrap();
    start(desk, wave(desk, organization, 1, 4).await, &quiet).await.unwrap();
    rehearsal.sessions(organization, Whose::Due).await.unwrap();
    assert!(!shown(&rehearsal, organization).await.waves[0].over, "the next one still waits for it");
    start(desk, wave(desk, organization, 2, 9).await, &quiet).await.unwrap();
    let longer = Exit { hours: 72, ..EXIT };
    let otherwise = set_criteria(desk, judged_by(organization, EXIT, &[(1, longer)], false), &quiet).await.unwrap_err();
    assert_eq!(otherwise.reason, Some(Reason::WaveOver));
    let wrong = set_criteria(desk, judged_by(organization, EXIT, &[(4, longer)], false), &quiet).await.unwrap_err();
    assert_eq!(wrong.code, Code::InvalidInput, "there is no fourth wave");

    let foreseen = foresee_criteria(desk, judged_by(organization, longer, &[], false), &quiet).await.unwrap();
    assert_eq!(foreseen.over, [1]);
    assert_eq!(
        foreseen.changes,
        [2, 3].map(|wave| CriteriaChange::Exit { wave, before: EXIT, after: longer }),
        "what the first came to is settled, so nothing that was started by it is stopped"
    );
    let view = set_criteria(desk, judged_by(organization, longer, &[], false), &quiet).await.unwrap();
    assert_eq!(view.waves.iter().map(|wave| wave.own).collect::<Vec<_>>(), [Some(EXIT), None, None]);
    assert_eq!((view.waves[0].state, view.waves[1].state), (WaveState::Met, WaveState::Running));
    assert_eq!(view.waves.iter().map(|wave| wave.over).collect::<Vec<_>>(), [true, false, false]);
}
