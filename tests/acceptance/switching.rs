//! Switching users from EWS to Graph, and what else is done with many of them at once.

use std::sync::Arc;
use std::time::Duration;

use rollcall_core::action::Action;
use rollcall_core::change_window::{ChangeWindow, Day};
use rollcall_core::eligibility::Eligibility;
use rollcall_core::id::OrganizationId;
use rollcall_core::mailbox::MailboxStatus;
use rollcall_core::organization::{AccessType, SyncStatus};
use rollcall_core::rules::Reason;
use rollcall_core::timeline::Happening;
use rollcall_core::verdict::Verdict;
use rollcall_ops::consent::read::read as read_consent;
use rollcall_ops::desk::Desk;
use rollcall_ops::error::Code;
use rollcall_ops::job::Job;
use rollcall_ops::journal::{ListJournal, list as list_journal};
use rollcall_ops::organizations::acknowledge::acknowledge;
use rollcall_ops::organizations::change::{ChangeOrganization, change};
use rollcall_ops::organizations::delete::OrganizationRef;
use rollcall_ops::organizations::describe::describe as describe_organization;
use rollcall_ops::organizations::window::{SetWindow, set_window};
use rollcall_ops::sync::keep::keep;
use rollcall_ops::sync::run::Whose;
use rollcall_ops::users::act::{ActOnUsers, act};
use rollcall_ops::users::describe::{UserRef, describe};
use rollcall_ops::users::foresee::{AccessChange, ForeseeAction, foresee};
use rollcall_ops::users::query::{Sort, UserQuery, query};
use rollcall_ops::verify::plan::{Scope, Verify, plan};
use rollcall_ops::verify::start::start;
use rollcall_sandbox::browser::Person;
use rollcall_sandbox::{FaultPlan, Sandbox};
use rollcall_store::users::{Chosen, UserFilter, UserRow};
use rollcall_tests::{Rehearsal, Scene, meant};
use tokio_util::sync::CancellationToken;

const SWITCH: Action = Action::Switch { at_once: false, not_ready: false };

/// A rehearsal whose organization is still on EWS.
async fn on_ews(users: u32) -> (Rehearsal, OrganizationId) {
    let rehearsal = Rehearsal::on(Scene { users, faults: FaultPlan::none(), ..Scene::default() }).await.of_ready_people();
    let organization = rehearsal.ready().await.id;
    let to_ews = ChangeOrganization { access: Some(AccessType::EwsAppOnly), ..ChangeOrganization::of(organization) };
    change(&rehearsal.desk, to_ews, &Job::quiet()).await.unwrap();
    (rehearsal, organization)
}

fn of(organization: OrganizationId) -> Chosen {
    Chosen::Filter(UserFilter { organization: Some(organization), ..UserFilter::default() })
}

#[tokio::test(flavor = "multi_thread")]
async fn that_a_switch_will_wait_is_said_before_the_limitations_are_acknowledged() {
    let (rehearsal, organization) = on_ews(5).await;
    let closed = SetWindow { organization, window: Some(in_hours(12)) };
    set_window(&rehearsal.desk, closed, &Job::quiet()).await.unwrap();
    let ask = |at_once| ForeseeAction { users: of(organization), action: Action::Switch { at_once, not_ready: false } };
    let unread = foresee(&rehearsal.desk, ask(false), &Job::quiet()).await.unwrap();
    assert_eq!((unread.changes, unread.queued, unread.queued_once_read), (0, 0, 5));
    assert!(unread.opens.is_some());
    assert_eq!(foresee(&rehearsal.desk, ask(true), &Job::quiet()).await.unwrap().queued_once_read, 0, "done at once it waits for nothing");
    acknowledge(&rehearsal.desk, OrganizationRef { organization }, &Job::quiet()).await.unwrap();
    let read = foresee(&rehearsal.desk, ask(false), &Job::quiet()).await.unwrap();
    assert_eq!((read.queued, read.queued_once_read, read.opens), (5, 0, unread.opens));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_switch_is_foreseen_acknowledged_begun_and_ended_by_the_next_session() {
    let (rehearsal, organization) = on_ews(15).await;
    assert_eq!(rehearsal.sessions(organization, Whose::Everybody).await.unwrap().users, 0, "nobody is read over EWS");
    let ask = ForeseeAction { users: of(organization), action: SWITCH };
    let unread = foresee(&rehearsal.desk, ask.clone(), &Job::quiet()).await.unwrap();
    assert_eq!((unread.changes, unread.refused[0].reason, unread.refused[0].users), (0, Reason::LimitationsUnread, 15));
    assert_eq!(unread.none, None, "once they are acknowledged it changes them");
    assert_eq!((unread.limitations.len(), unread.unread.as_slice()), (10, [organization].as_slice()));
    assert_eq!(rehearsal.act(of(organization), SWITCH).await.refused, 15, "nothing is switched before it was read");

    let known = || async { describe_organization(&rehearsal.desk, OrganizationRef { organization }, &Job::quiet()).await.unwrap() };
    assert_eq!(known().await.acknowledged, None);
    acknowledge(&rehearsal.desk, OrganizationRef { organization }, &Job::quiet()).await.unwrap();
    let read = known().await.acknowledged.expect("it is known at the consent, too, and isn't asked again");
    assert_eq!((read.limitations.as_slice(), read.by.as_deref()), (unread.limitations.as_slice(), Some("admin@contoso.example")));
    let foreseen = foresee(&rehearsal.desk, ask.clone(), &Job::quiet()).await.unwrap();
    let over = AccessChange { from: AccessType::EwsAppOnly, to: AccessType::GraphAppOnly, users: 15 };
    assert_eq!((foreseen.users, foreseen.changes, foreseen.access), (15, 15, vec![over]));
    let before = rehearsal.sandbox.counts();
    assert_eq!(rehearsal.act(of(organization), SWITCH).await.done, 15);
    assert_eq!(rehearsal.sandbox.counts(), before, "a switch asks nothing of the tenant");
    let switching = rehearsal.found(UserFilter { mailbox: vec![MailboxStatus::Switching], ..UserFilter::default() }).await;
    assert!(switching.len() == 15 && switching.iter().all(|row| row.open_issues == 0), "what a switch cancels is no error");
    assert_eq!(rehearsal.act(of(organization), SWITCH).await.untouched, 15, "twice is once");
    assert_eq!(foresee(&rehearsal.desk, ask, &Job::quiet()).await.unwrap().none, Some(Reason::AlreadySwitched));
    let may = describe(&rehearsal.desk, UserRef::Id { user: switching[0].user.id }, &Job::quiet()).await.unwrap().may;
    assert_eq!(may.switch, Some(Reason::AlreadySwitched), "nobody is offered a switch that there is no more");

    rehearsal.sessions(organization, Whose::Due).await.unwrap();
    let done = rehearsal.found(UserFilter { mailbox: vec![MailboxStatus::Initialized], ..UserFilter::default() }).await;
    assert!(done.len() == 15 && done.iter().all(|row| row.effective_access == AccessType::GraphAppOnly));
    let timeline = describe(&rehearsal.desk, UserRef::Id { user: done[0].user.id }, &Job::quiet()).await.unwrap().timeline;
    assert_eq!(timeline[0].what, Happening::Initialized);
    assert_eq!(timeline[1].what, Happening::Switched { to: AccessType::GraphAppOnly });
    assert!(timeline[1].actor.as_deref().is_some_and(|actor| actor.starts_with("admin@")), "{timeline:?}");
    let journal = list_journal(&rehearsal.desk, ListJournal { before: None, limit: 5 }, &Job::quiet()).await.unwrap();
    let entry = journal.iter().find(|entry| entry.action == "users.switch").unwrap();
    assert_eq!((entry.target.as_str(), entry.after.as_deref()), ("15 users of Contoso EU", Some("graph_app_only")));
}

fn to(organization: OrganizationId, access: AccessType) -> ChangeOrganization {
    ChangeOrganization { access: Some(access), ..ChangeOrganization::of(organization) }
}

async fn reached_by(rehearsal: &Rehearsal, access: AccessType) -> usize {
    rehearsal.found(UserFilter { access: vec![access], ..UserFilter::default() }).await.len()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_access_type_over_graph_is_for_whoever_comes_from_now_on_and_the_others_have_to_be_switched() {
    let (rehearsal, organization) = on_ews(6).await;
    let newcomer = rehearsal.found(UserFilter::default()).await.remove(0).user.id;
    rehearsal.act(Chosen::Ids(vec![newcomer]), Action::Remove { force: true }).await;
    let set = Action::SetAccess { access: Some(AccessType::GraphAppOnly) };
    let refused = rehearsal.act(of(organization), set).await;
    assert_eq!((refused.done, refused.refused, refused.refusals[0].reason), (0, 5, Reason::MustSwitch));
    assert_eq!(refused.reasons.iter().map(|one| (one.reason, one.users)).collect::<Vec<_>>(), [(Reason::MustSwitch, 5)]);

    change(&rehearsal.desk, to(organization, AccessType::GraphAppOnly), &Job::quiet()).await.unwrap();
    assert_eq!(reached_by(&rehearsal, AccessType::EwsAppOnly).await, 5, "past window, queue and limitations nobody comes to Graph");
    assert_eq!(rehearsal.sessions(organization, Whose::Everybody).await.unwrap().users, 0);
    let inherit = rehearsal.act(of(organization), Action::SetAccess { access: None }).await;
    assert_eq!((inherit.refused, inherit.refusals[0].reason), (5, Reason::MustSwitch));
    rehearsal.import(organization).await.unwrap();
    assert_eq!(reached_by(&rehearsal, AccessType::GraphAppOnly).await, 1, "whoever comes comes over Graph");

    assert_eq!(rehearsal.act(of(organization), SWITCH).await.refused, 5, "nobody has read the limitations");
    acknowledge(&rehearsal.desk, OrganizationRef { organization }, &Job::quiet()).await.unwrap();
    let acted = rehearsal.act(of(organization), SWITCH).await;
    assert_eq!((acted.done, acted.untouched), (5, 1), "the newcomer is over Graph already");
    let switching = rehearsal.found(UserFilter { mailbox: vec![MailboxStatus::Switching], ..UserFilter::default() }).await;
    assert_eq!((switching.len(), reached_by(&rehearsal, AccessType::GraphAppOnly).await), (5, 6));
    assert!(switching.iter().all(|row| row.user.access.is_none()), "they follow their organization from now on");
    let told = describe(&rehearsal.desk, UserRef::Id { user: switching[0].user.id }, &Job::quiet()).await.unwrap().timeline;
    assert_eq!(told[0].what, Happening::Switched { to: AccessType::GraphAppOnly });
}

#[tokio::test(flavor = "multi_thread")]
async fn another_access_type_concerns_only_those_who_have_none_of_their_own() {
    let rehearsal = Rehearsal::on(Scene { users: 4, faults: FaultPlan::none(), ..Scene::default() }).await;
    let organization = rehearsal.ready().await.id;
    let own = rehearsal.found(UserFilter::default()).await.remove(0).user.id;
    rehearsal.act(Chosen::Ids(vec![own]), Action::SetAccess { access: Some(AccessType::GraphAppOnly) }).await;
    rehearsal.sessions(organization, Whose::Everybody).await.unwrap();
    start(&rehearsal.desk, Verify { organization, which: Scope::All }, &Job::quiet()).await.unwrap();
    change(&rehearsal.desk, to(organization, AccessType::EwsAppOnly), &Job::quiet()).await.unwrap();
    let (kept, back): (Vec<_>, Vec<_>) = rehearsal.found(UserFilter::default()).await.into_iter().partition(|row| row.user.id == own);
    assert_eq!((kept[0].user.mailbox, kept[0].verdict), (MailboxStatus::Initialized, Verdict::Passed), "it has one of its own");
    let anew = |row: &UserRow| (row.user.mailbox, row.verdict, row.session) == (MailboxStatus::NotInitialized, Verdict::NotRun, None);
    assert!(back.len() == 3 && back.iter().all(anew), "{back:?}");
    let told = describe(&rehearsal.desk, UserRef::Id { user: back[0].user.id }, &Job::quiet()).await.unwrap().timeline;
    assert_eq!(told[0].what, Happening::WentBack { to: AccessType::EwsAppOnly });
}

#[tokio::test(flavor = "multi_thread")]
async fn a_check_asks_exactly_those_who_are_reached_over_graph() {
    let (rehearsal, organization) = on_ews(6).await;
    let everybody = || Verify { organization, which: Scope::All };
    let nobody = start(&rehearsal.desk, everybody(), &Job::quiet()).await.unwrap_err();
    assert_eq!((nobody.code, nobody.reason), (Code::NotNow, Some(Reason::UsesEws)));
    acknowledge(&rehearsal.desk, OrganizationRef { organization }, &Job::quiet()).await.unwrap();
    let all: Vec<_> = rehearsal.found(UserFilter::default()).await.into_iter().map(|row| row.user.id).collect();
    rehearsal.act(Chosen::Ids(all[..2].to_vec()), SWITCH).await;
    let planned = plan(&rehearsal.desk, everybody(), &Job::quiet()).await.unwrap();
    assert_eq!((planned.mailboxes, planned.may, planned.not_covered), (2, None, vec![]));
    let run = start(&rehearsal.desk, everybody(), &Job::quiet()).await.unwrap();
    assert_eq!((run.mailboxes, run.ledger.passed), (2, 2), "although their organization is on EWS");
    let on_ews = Verify { organization, which: Scope::Users { users: all[2..].to_vec() } };
    assert_eq!(plan(&rehearsal.desk, on_ews.clone(), &Job::quiet()).await.unwrap().may, Some(Reason::UsesEws));
    assert_eq!(start(&rehearsal.desk, on_ews, &Job::quiet()).await.unwrap_err().reason, Some(Reason::UsesEws));

    change(&rehearsal.desk, to(organization, AccessType::GraphAppOnly), &Job::quiet()).await.unwrap();
    let run = start(&rehearsal.desk, everybody(), &Job::quiet()).await.unwrap();
    assert_eq!(run.mailboxes, 2, "whoever stays on EWS is not asked, whatever the organization is");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_not_ready_is_left_alone_with_the_reason_unless_that_is_meant() {
    let rehearsal = Rehearsal::on(Scene { users: 200, ..Scene::default() }).await;
    let organization = rehearsal.ready().await.id;
    change(&rehearsal.desk, to(organization, AccessType::EwsAppOnly), &Job::quiet()).await.unwrap();
    acknowledge(&rehearsal.desk, OrganizationRef { organization }, &Job::quiet()).await.unwrap();
    let of_kind = |eligibility| UserFilter { organization: Some(organization), eligibility, ..UserFilter::default() };
    let ready = rehearsal.found(of_kind(vec![Eligibility::Ready])).await.len();
    let guests = rehearsal.found(of_kind(vec![Eligibility::Guest])).await;
    assert!(ready < 200 && !guests.is_empty());

    let ask = ForeseeAction { users: of(organization), action: SWITCH };
    let foreseen = foresee(&rehearsal.desk, ask, &Job::quiet()).await.unwrap();
    let told = foreseen.refused.iter().find(|one| one.eligibility == Some(Eligibility::Guest)).expect("guests are told apart");
    assert_eq!((told.reason, told.users as usize), (Reason::NotReady, guests.len()));
    assert_eq!(foreseen.refused.iter().map(|one| one.users as usize).sum::<usize>(), 200 - ready);
    let acted = rehearsal.act(of(organization), SWITCH).await;
    assert_eq!((acted.done as usize, acted.refused as usize), (ready, 200 - ready));
    assert!(acted.refusals.iter().all(|one| one.reason == Reason::NotReady && one.eligibility.is_some()));
    assert_eq!(reached_by(&rehearsal, AccessType::EwsAppOnly).await, 200 - ready, "they are left as they are");
    let meant = Action::Switch { at_once: false, not_ready: true };
    assert_eq!(rehearsal.act(Chosen::Ids(vec![guests[0].user.id]), meant).await.done, 1);

    // What was decided when a switch was queued still holds when its time has come.
    let window = |window| SetWindow { organization, window };
    set_window(&rehearsal.desk, window(Some(in_hours(5))), &Job::quiet()).await.unwrap();
    let other = guests[1].user.id;
    assert_eq!(rehearsal.act(Chosen::Ids(vec![other]), meant).await.queued, 1);
    set_window(&rehearsal.desk, window(Some(in_hours(0))), &Job::quiet()).await.unwrap();
    let (desk, _tenant) = looked_after(rehearsal, organization, 0).await;
    let told = describe(&desk, UserRef::Id { user: other }, &Job::quiet()).await.unwrap();
    assert_eq!(told.row.effective_access, AccessType::GraphAppOnly);
}

/// The desk after somebody has looked after the queue, in which so many are left, and the tenant that goes on while it is held.
async fn looked_after(rehearsal: Rehearsal, organization: OrganizationId, left: u32) -> (Arc<Desk>, Sandbox) {
    let Rehearsal { desk, sandbox, .. } = rehearsal;
    let (desk, stop) = (Arc::new(desk), CancellationToken::new());
    let keeping = tokio::spawn(keep(Arc::clone(&desk), stop.clone()));
    let queued = async || describe_organization(&desk, OrganizationRef { organization }, &Job::quiet()).await.unwrap().queued;
    // The first look is taken at once; whoever is to stay has stayed by then.
    tokio::time::sleep(Duration::from_millis(500)).await;
    for _ in 0..300 {
        if queued().await == left {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(queued().await, left);
    stop.cancel();
    keeping.await.unwrap();
    (desk, sandbox)
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_switched_to_what_is_known_not_to_be_granted() {
    let rehearsal = Rehearsal::on(Scene { users: 3, faults: FaultPlan::none(), ..Scene::default() }).await;
    rehearsal.sign_in().await.unwrap();
    let organization = rehearsal.organization("Contoso EU", "EU-01").await.unwrap().id;
    rehearsal.import(organization).await.unwrap();
    change(&rehearsal.desk, to(organization, AccessType::EwsAppOnly), &Job::quiet()).await.unwrap();
    acknowledge(&rehearsal.desk, OrganizationRef { organization }, &Job::quiet()).await.unwrap();
    let ask = || ForeseeAction { users: of(organization), action: SWITCH };
    assert_eq!(foresee(&rehearsal.desk, ask(), &Job::quiet()).await.unwrap().changes, 3, "what was never read is not known to be missing");
    read_consent(&rehearsal.desk, OrganizationRef { organization }, &Job::quiet()).await.unwrap();
    assert_eq!(foresee(&rehearsal.desk, ask(), &Job::quiet()).await.unwrap().none, Some(Reason::ConsentMissing));
    assert_eq!(rehearsal.act(of(organization), SWITCH).await.refused, 3);
    rehearsal.grant_as(organization, Person::Admin).await.unwrap();
    assert_eq!(rehearsal.act(of(organization), SWITCH).await.done, 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_switch_that_waits_goes_on_waiting_where_the_consent_is_gone_when_its_time_has_come() {
    let rehearsal = Rehearsal::on(Scene { users: 3, faults: FaultPlan::none(), ..Scene::default() }).await;
    rehearsal.sign_in().await.unwrap();
    let organization = rehearsal.organization("Contoso EU", "EU-01").await.unwrap().id;
    rehearsal.import(organization).await.unwrap();
    change(&rehearsal.desk, to(organization, AccessType::EwsAppOnly), &Job::quiet()).await.unwrap();
    acknowledge(&rehearsal.desk, OrganizationRef { organization }, &Job::quiet()).await.unwrap();
    let window = |hours| SetWindow { organization, window: Some(in_hours(hours)) };
    set_window(&rehearsal.desk, window(5), &Job::quiet()).await.unwrap();
    assert_eq!(rehearsal.act(of(organization), SWITCH).await.queued, 3, "what was never read is not known to be missing");
    read_consent(&rehearsal.desk, OrganizationRef { organization }, &Job::quiet()).await.unwrap();
    set_window(&rehearsal.desk, window(0), &Job::quiet()).await.unwrap();
    let (desk, _tenant) = looked_after(rehearsal, organization, 3).await;
    let ask = ForeseeAction { users: of(organization), action: Action::Switch { at_once: true, not_ready: false } };
    assert_eq!(foresee(&desk, ask, &Job::quiet()).await.unwrap().none, Some(Reason::ConsentMissing));
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_on_ews_stays_there_in_an_organization_on_graph_until_it_is_switched() {
    let (rehearsal, organization) = on_ews(3).await;
    let there = rehearsal.organization_of("outreach", rollcall_core::integration::Preset::Outreach, AccessType::GraphDelegated).await.id;
    let action = Action::Move { to: there };
    let foreseen = foresee(&rehearsal.desk, ForeseeAction { users: of(organization), action }, &Job::quiet()).await.unwrap();
    assert_eq!((foreseen.changes, foreseen.kept_on_ews, foreseen.access), (3, 3, vec![]));
    assert_eq!(rehearsal.act(of(organization), action).await.done, 3);
    assert_eq!(reached_by(&rehearsal, AccessType::EwsAppOnly).await, 3);
    assert_eq!(rehearsal.act(of(there), SWITCH).await.refused, 3, "there, too, the limitations come first");
}

#[tokio::test(flavor = "multi_thread")]
async fn there_is_a_way_back_to_ews_and_a_reset_begins_anew() {
    let (rehearsal, organization) = on_ews(5).await;
    acknowledge(&rehearsal.desk, OrganizationRef { organization }, &Job::quiet()).await.unwrap();
    rehearsal.act(of(organization), SWITCH).await;
    rehearsal.sessions(organization, Whose::Due).await.unwrap();
    let one = rehearsal.found(UserFilter::default()).await.remove(0).user.id;
    let reset = rehearsal.act(Chosen::Ids(vec![one]), Action::Reset).await;
    assert_eq!(reset.done, 1);
    let row = rehearsal.found(UserFilter { mailbox: vec![MailboxStatus::NotInitialized], ..UserFilter::default() }).await.remove(0);
    assert_eq!((row.user.id, row.session), (one, None));
    let again = rehearsal.sessions(organization, Whose::Users { users: vec![one] }).await.unwrap();
    assert!(again.committed.initialized == 1 && again.committed.changed > 0, "it was read from its beginning: {again:?}");

    let foreseen =
        foresee(&rehearsal.desk, ForeseeAction { users: of(organization), action: Action::GoBack }, &Job::quiet()).await.unwrap();
    assert_eq!((foreseen.changes, foreseen.initialized, foreseen.ews.is_some()), (5, 5, true));
    assert_eq!(rehearsal.act(of(organization), Action::GoBack).await.done, 5);
    let back = rehearsal.found(UserFilter { access: vec![AccessType::EwsAppOnly], ..UserFilter::default() }).await;
    assert!(back.len() == 5 && back.iter().all(|row| row.user.access.is_none() && row.verdict == Verdict::NotRun));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_move_says_what_changes_for_the_users_and_concerns_only_whom_was_agreed_to() {
    let rehearsal = Rehearsal::on(Scene { users: 40, faults: FaultPlan::none(), ..Scene::default() }).await;
    let organization = rehearsal.ready().await.id;
    rehearsal.sessions(organization, Whose::Everybody).await.unwrap();
    let other = rehearsal.organization_of("outreach", rollcall_core::integration::Preset::Outreach, AccessType::GraphDelegated).await;
    let all = rehearsal.found(UserFilter::default()).await;
    let but: Vec<_> = all.iter().take(10).map(|row| row.user.id).collect();
    let chosen = Chosen::FilterBut { filter: UserFilter { organization: Some(organization), ..UserFilter::default() }, but };
    let action = Action::Move { to: other.id };
    let foreseen = foresee(&rehearsal.desk, ForeseeAction { users: chosen.clone(), action }, &Job::quiet()).await.unwrap();
    assert_eq!((foreseen.users, foreseen.changes, foreseen.integration, foreseen.initialized), (30, 30, 30, 30));
    assert_eq!(foreseen.access[0].to, AccessType::GraphDelegated);

    let narrower = Chosen::FilterBut {
        filter: UserFilter { organization: Some(organization), mailbox: vec![MailboxStatus::Initialized], ..UserFilter::default() },
        but: Vec::new(),
    };
    let agreed = Some(meant(&rehearsal.desk, narrower.clone()).await);
    rehearsal.act(Chosen::Ids(vec![all[20].user.id]), Action::Exclude).await;
    let stale = act(&rehearsal.desk, ActOnUsers { users: narrower, action, expected: agreed }, &Job::quiet()).await.unwrap_err();
    assert_eq!(stale.code, Code::Changed, "whoever the filter leaves by now was not agreed to");

    let agreed = Some(foreseen.meant());
    let moved = act(&rehearsal.desk, ActOnUsers { users: chosen, action, expected: agreed }, &Job::quiet()).await.unwrap();
    assert_eq!((moved.done, moved.untouched, moved.refused), (30, 0, 0));
    let there = rehearsal.found(UserFilter { organization: Some(other.id), ..UserFilter::default() }).await;
    assert_eq!(there.len(), 30);
    let excluded = there.iter().filter(|row| row.user.mailbox == MailboxStatus::Excluded).count();
    assert_eq!((excluded, there.iter().filter(|row| row.user.mailbox == MailboxStatus::NotInitialized).count()), (1, 29));
    let timeline = describe(&rehearsal.desk, UserRef::Id { user: there[0].user.id }, &Job::quiet()).await.unwrap().timeline;
    assert_eq!(timeline[0].what, Happening::Moved { from: "Contoso EU".into(), to: "Users of outreach".into() });
}

#[tokio::test(flavor = "multi_thread")]
async fn who_came_into_the_filter_after_it_was_looked_at_is_not_acted_on_unseen_though_another_left() {
    let rehearsal = Rehearsal::on(Scene { users: 40, faults: FaultPlan::none(), ..Scene::default() }).await;
    rehearsal.ready().await;
    let everybody = rehearsal.found(UserFilter::default()).await;
    let ids = |of: std::ops::Range<usize>| everybody[of].iter().map(|row| row.user.id).collect::<Vec<_>>();
    rehearsal.act(Chosen::Ids(ids(0..10)), Action::Exclude).await;
    let excluded = || UserFilter { mailbox: vec![MailboxStatus::Excluded], ..UserFilter::default() };
    let (desk, action) = (&rehearsal.desk, Action::Remove { force: false });
    let looked = async || {
        let ask = ForeseeAction { users: Chosen::Filter(excluded()), action };
        foresee(desk, ask, &Job::quiet()).await.unwrap()
    };
    let shown = looked().await;
    assert_eq!((shown.users, shown.changes), (10, 10));

    // As many as were shown, one of them another one.
    rehearsal.act(Chosen::Ids(ids(10..11)), Action::Exclude).await;
    rehearsal.act(Chosen::Ids(ids(0..1)), Action::Include).await;
    let go = async |agreed| {
        let ask = ActOnUsers { users: Chosen::Filter(excluded()), action, expected: Some(agreed) };
        act(desk, ask, &Job::quiet()).await
    };
    let stale = go(shown.meant()).await.unwrap_err();
    assert_eq!((stale.code, stale.detail.as_str()), (Code::Changed, "10 users are meant, as before, but not the same ones"));
    assert_eq!(rehearsal.found(UserFilter::default()).await.len(), 40, "nothing was done");

    let acted = go(looked().await.meant()).await.unwrap();
    assert_eq!((acted.done, acted.untouched, acted.refused), (10, 0, 0), "those who were looked at anew");
    let left: Vec<_> = rehearsal.found(UserFilter::default()).await.into_iter().map(|row| row.user.id).collect();
    assert_eq!(left, [ids(0..1), ids(11..40)].concat());
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_initialized_is_removed_by_force_only_and_each_refusal_has_a_name_and_a_reason() {
    let rehearsal = Rehearsal::on(Scene { users: 6, faults: FaultPlan::none(), ..Scene::default() }).await;
    let organization = rehearsal.ready().await.id;
    let all = rehearsal.found(UserFilter::default()).await;
    let some: Vec<_> = all.iter().take(2).map(|row| row.user.id).collect();
    rehearsal.sessions(organization, Whose::Users { users: some }).await.unwrap();
    let refused = rehearsal.act(of(organization), Action::Remove { force: false }).await;
    assert_eq!((refused.done, refused.refused), (4, 2));
    let names: Vec<_> = refused.refusals.iter().map(|one| (one.upn.as_str(), one.reason)).collect();
    let expected: Vec<_> = all.iter().take(2).map(|row| (row.user.directory.upn.as_str(), Reason::StillInitialized)).collect();
    assert_eq!(names, expected);
    assert_eq!(rehearsal.act(of(organization), Action::Remove { force: true }).await.done, 2);
    assert!(rehearsal.found(UserFilter::default()).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn synchronization_is_disabled_and_enabled_and_the_stricter_of_two_counts() {
    let rehearsal = Rehearsal::on(Scene { users: 5, faults: FaultPlan::none(), ..Scene::default() }).await;
    let organization = rehearsal.ready().await.id;
    let one = rehearsal.found(UserFilter::default()).await.remove(0).user.id;
    assert_eq!(rehearsal.act(Chosen::Ids(vec![one]), Action::DisableSync).await.done, 1);
    assert_eq!(rehearsal.sessions(organization, Whose::Everybody).await.unwrap().users, 4);
    let off = ChangeOrganization { sync: Some(SyncStatus::Disabled), ..ChangeOrganization::of(organization) };
    change(&rehearsal.desk, off, &Job::quiet()).await.unwrap();
    let disabled = rehearsal.found(UserFilter { sync: vec![SyncStatus::Disabled], ..UserFilter::default() }).await;
    assert_eq!(disabled.len(), 5);
    assert_eq!(rehearsal.sessions(organization, Whose::Everybody).await.unwrap().users, 0);
}

/// A window of an hour that begins so many hours from now, whatever the day.
pub fn in_hours(hours: i64) -> ChangeWindow {
    let now = rollcall_tests::clock()().0.div_euclid(60_000);
    let minute = |hours: i64| u16::try_from((now + hours * 60).rem_euclid(24 * 60)).unwrap();
    ChangeWindow { days: Day::ALL.to_vec(), from: minute(hours), to: minute(hours + 1), zone: "UTC".into() }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_switch_outside_of_the_change_window_waits_can_be_taken_back_or_overruled_and_begins_by_itself() {
    let (rehearsal, organization) = on_ews(12).await;
    acknowledge(&rehearsal.desk, OrganizationRef { organization }, &Job::quiet()).await.unwrap();
    let set = |window| {
        let ask = SetWindow { organization, window };
        let desk = &rehearsal.desk;
        async move { set_window(desk, ask, &Job::quiet()).await.unwrap() }
    };
    set(Some(in_hours(5))).await;
    let foreseen = foresee(&rehearsal.desk, ForeseeAction { users: of(organization), action: SWITCH }, &Job::quiet()).await.unwrap();
    assert_eq!((foreseen.users, foreseen.changes, foreseen.queued, foreseen.opens.is_some()), (12, 0, 12, true));
    let acted = rehearsal.act(of(organization), SWITCH).await;
    assert_eq!((acted.done, acted.queued), (0, 12));
    assert_eq!(rehearsal.act(of(organization), SWITCH).await.untouched, 12, "they wait already");

    let waiting = rehearsal.found(UserFilter { queued: true, ..UserFilter::default() }).await;
    let again = foresee(&rehearsal.desk, ForeseeAction { users: of(organization), action: SWITCH }, &Job::quiet()).await.unwrap();
    assert_eq!((again.none, again.changes), (Some(Reason::SwitchQueued), 0), "not that they were on Graph already");
    let waits = describe(&rehearsal.desk, UserRef::Id { user: waiting[0].user.id }, &Job::quiet()).await.unwrap();
    assert_eq!((waits.may.switch, waits.switch_begins), (Some(Reason::SwitchQueued), foreseen.opens));
    let one = |at: usize| Chosen::Ids(vec![waiting[at].user.id]);
    assert_eq!(rehearsal.act(one(0), Action::Withdraw).await.done, 1);
    assert_eq!(rehearsal.act(one(1), Action::Switch { at_once: true, not_ready: false }).await.done, 1, "overruled");
    let view = describe_organization(&rehearsal.desk, OrganizationRef { organization }, &Job::quiet()).await.unwrap();
    assert_eq!((view.queued, view.window_opens.is_some()), (10, true));

    let withdrawn = waiting[0].user.id;
    let Rehearsal { desk, sandbox, .. } = rehearsal;
    let desk = Arc::new(desk);
    let stop = CancellationToken::new();
    let keeping = tokio::spawn(keep(Arc::clone(&desk), stop.clone()));
    // The window opens.
    set_window(&desk, SetWindow { organization, window: Some(in_hours(0)) }, &Job::quiet()).await.unwrap();
    let initialized = || async {
        let ask = UserQuery {
            filter: UserFilter { mailbox: vec![MailboxStatus::Initialized], ..UserFilter::default() },
            sort: Sort::default(),
            offset: 0,
            limit: 50,
            workloads: false,
        };
        query(&desk, ask, &Job::quiet()).await.unwrap().matching
    };
    let mut done = 0;
    for _ in 0..300 {
        done = initialized().await;
        if done == 11 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(done, 11, "all but the one that was taken back, although sessions are paused: a switch brings its session forward");
    let left = describe(&desk, UserRef::Id { user: withdrawn }, &Job::quiet()).await.unwrap();
    assert_eq!(left.row.effective_access, AccessType::EwsAppOnly);
    let told: Vec<_> = left.timeline.into_iter().map(|moment| moment.what).collect();
    assert_eq!(told, [Happening::SwitchWithdrawn, Happening::SwitchQueued]);
    let journal = list_journal(&desk, ListJournal { before: None, limit: 20 }, &Job::quiet()).await.unwrap();
    assert!(journal.iter().any(|entry| entry.action == "users.switch" && entry.actor == "change window"), "{journal:?}");
    stop.cancel();
    keeping.await.unwrap();
    drop(sandbox);
}
