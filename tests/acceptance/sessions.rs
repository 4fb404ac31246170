//! Sync sessions: what they find is what was planted, what was read once is not read again, and whatever cuts them off loses nothing.

use std::sync::Arc;
use std::time::Duration;

use rollcall_core::action::Action;
use rollcall_core::issue::Cause;
use rollcall_core::mailbox::MailboxStatus;
use rollcall_core::organization::SyncStatus;
use rollcall_core::rules::Reason;
use rollcall_core::session::SessionKind;
use rollcall_core::timeline::Happening;
use rollcall_core::verdict::Verdict;
use rollcall_ops::job::{Job, Progress};
use rollcall_ops::organizations::change::{ChangeOrganization, change};
use rollcall_ops::organizations::delete::OrganizationRef;
use rollcall_ops::organizations::describe::{StageState, describe as describe_organization};
use rollcall_ops::sync::cut_off::cut_off;
use rollcall_ops::sync::export::{ExportSessions, export};
use rollcall_ops::sync::history::{SessionFigures, SessionsOf, figures, of_user};
use rollcall_ops::sync::keep::keep;
use rollcall_ops::sync::pause::{PauseSessions, pause};
use rollcall_ops::sync::run::{RunSessions, Whose, run};
use rollcall_ops::users::describe::{UserRef, describe};
use rollcall_ops::users::query::{Sort, UserQuery, query};
use rollcall_sandbox::{FaultKind, FaultPlan, Limits};
use rollcall_store::users::{Chosen, UserFilter, UserRow};
use rollcall_tests::{Rehearsal, Scene, open_desk};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

/// The first of those who had no session yet.
fn waiting() -> UserQuery {
    let filter = UserFilter { session: vec![Verdict::NotRun], ..UserFilter::default() };
    UserQuery { filter, sort: Sort::default(), offset: 0, limit: 1, workloads: false }
}

async fn healthy(users: u32) -> Rehearsal {
    Rehearsal::on(Scene { users, faults: FaultPlan::none(), ..Scene::default() }).await
}

async fn everybody(rehearsal: &Rehearsal) -> Vec<UserRow> {
    rehearsal.found(UserFilter::default()).await
}

#[tokio::test(flavor = "multi_thread")]
async fn sessions_find_exactly_what_was_planted_and_make_mailboxes_of_it() {
    let rehearsal = Rehearsal::on(Scene { users: 600, ..Scene::default() }).await;
    let organization = rehearsal.ready().await.id;
    let came = rehearsal.sessions(organization, Whose::Everybody).await.unwrap();
    assert_eq!((came.users, came.done, came.whole), (600, 600, true));
    for planted in rehearsal.sandbox.planted() {
        let ask = UserRef::Address { tenant: rehearsal.tenant.id, address: planted.upn.clone() };
        let detail = describe(&rehearsal.desk, ask, &Job::quiet()).await.unwrap();
        let verdict = detail.row.session.map_or("none", Verdict::name);
        assert_eq!(verdict, planted.verdict.verdict, "{} with {:?}", planted.upn, planted.fault);
        let expected = match planted.verdict.verdict {
            "passed" => MailboxStatus::Initialized,
            "failed" => MailboxStatus::Error,
            _ => MailboxStatus::NotInitialized,
        };
        assert_eq!(detail.row.user.mailbox, expected, "{} with {:?}", planted.upn, planted.fault);
        assert_eq!(detail.row.open_issues > 0, planted.verdict.verdict != "passed", "{}", planted.upn);
    }
    let view = describe_organization(&rehearsal.desk, OrganizationRef { organization }, &Job::quiet()).await.unwrap();
    assert!(view.verdicts.failed > 0, "sessions tell of what fails: {:?}", view.verdicts);
    assert_eq!(view.stages.verify.state, StageState::NotStarted, "but they are no check");
    assert_eq!(rehearsal.sandbox.violations(), 0, "no request may come before its Retry-After has passed");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pause_that_one_session_meets_is_kept_by_all() {
    let limits = Limits { in_ten_seconds: Some(700), throttled_per_mille: 30, ..Limits::default() };
    let rehearsal = Rehearsal::on(Scene { users: 60, faults: FaultPlan::none(), limits, ..Scene::default() }).await;
    let organization = rehearsal.ready().await.id;
    let came = rehearsal.sessions(organization, Whose::Everybody).await.unwrap();
    assert_eq!((came.users, came.done, came.whole), (60, 60, true));
    let refused: u64 = rehearsal.sandbox.counts().iter().filter(|((_, status), _)| *status == 429).map(|(_, amount)| amount).sum();
    assert!(refused > 5, "{refused}");
    assert_eq!(rehearsal.sandbox.violations(), 0, "no request may come before its Retry-After has passed");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_tells_what_is_new_since_the_last_and_starts_over_when_the_service_has_forgotten() {
    let rehearsal = healthy(20).await;
    let organization = rehearsal.ready().await.id;
    let first = rehearsal.sessions(organization, Whose::Everybody).await.unwrap();
    assert!(first.committed.changed > 100, "mailboxes hold something: {first:?}");
    let second = rehearsal.sessions(organization, Whose::Everybody).await.unwrap();
    assert_eq!((second.committed.passed, second.committed.changed), (20, 0), "it was all told");
    rehearsal.sandbox.advance(Duration::from_secs(2 * 60 * 60));
    let third = rehearsal.sessions(organization, Whose::Everybody).await.unwrap();
    assert!((20..first.committed.changed).contains(&third.committed.changed), "a message an hour at least: {third:?}");

    rehearsal.sandbox.expire_deltas();
    let anew = rehearsal.sessions(organization, Whose::Everybody).await.unwrap();
    assert_eq!(anew.committed.passed, 20, "a lost place is no failure");
    assert!(anew.committed.changed >= first.committed.changed, "everything is told again: {anew:?}");
    let user = everybody(&rehearsal).await.remove(0).user.id;
    let kinds: Vec<_> = of_user(&rehearsal.desk, SessionsOf { user }, &Job::quiet()).await.unwrap().iter().map(|one| one.kind).collect();
    assert_eq!(kinds, [SessionKind::Resync, SessionKind::Incremental, SessionKind::Incremental, SessionKind::First]);
    let timeline = describe(&rehearsal.desk, UserRef::Id { user }, &Job::quiet()).await.unwrap().timeline;
    let told: Vec<_> = timeline.into_iter().map(|moment| moment.what).collect();
    assert_eq!(told, [Happening::Resynced, Happening::Initialized]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_that_is_told_again_is_counted_once() {
    let rehearsal = healthy(10).await;
    let organization = rehearsal.ready().await.id;
    let once = rehearsal.sessions(organization, Whose::Everybody).await.unwrap().committed;
    rehearsal.sandbox.replay_changes();
    rehearsal.sandbox.expire_deltas();
    let twice = rehearsal.sessions(organization, Whose::Everybody).await.unwrap().committed;
    assert!(once.changed > 0);
    // Something may have come in between, of which there is a message an hour at most.
    assert!((once.changed..once.changed + 10).contains(&twice.changed), "{once:?} and then {twice:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_mail_folder_is_read_and_a_deleted_folder_or_list_is_no_failure() {
    let rehearsal = healthy(10).await;
    let organization = rehearsal.ready().await.id;
    let messages =
        |status| *rehearsal.sandbox.counts().get(&("GET /users/{u}/mailFolders/{f}/messages/delta".to_owned(), status)).unwrap_or(&0);
    rehearsal.sessions(organization, Whose::Everybody).await.unwrap();
    let first = messages(200);
    rehearsal.sessions(organization, Whose::Everybody).await.unwrap();
    assert_eq!(messages(200) - first, 7 * 10, "seven folders, each from where it was left");

    let before = messages(200);
    rehearsal.sandbox.delete_place("archive");
    rehearsal.sandbox.delete_place("flaggedEmails");
    rehearsal.sandbox.advance(Duration::from_secs(2 * 60 * 60));
    let since = rehearsal.sessions(organization, Whose::Everybody).await.unwrap();
    assert_eq!((since.committed.passed, since.committed.failed), (10, 0), "{since:?}");
    assert!(since.committed.changed >= 10, "the other folders go on where they were: {since:?}");
    assert_eq!((messages(200) - before, messages(404)), (6 * 10, 0), "nobody asks for what the tree says is gone");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_is_stopped_keeps_what_it_read_and_the_rest_is_due() {
    let rehearsal =
        Rehearsal::on(Scene { users: 400, faults: FaultPlan::none(), latency: Duration::from_millis(15), ..Scene::default() }).await;
    let organization = rehearsal.ready().await.id;
    pause(&rehearsal.desk, PauseSessions { organization, paused: false }, &Job::quiet()).await.unwrap();
    let stop = CancellationToken::new();
    let pressed = stop.clone();
    let job = Job::new(stop, move |progress| {
        if matches!(&progress, Progress::Synced(line) if line.done > 0) {
            pressed.cancel();
        }
    });
    let ask = RunSessions { organization, whose: Whose::Due };
    let cut = Box::pin(run(&rehearsal.desk, ask, &job)).await.unwrap();
    assert!(!cut.whole && cut.done > 0 && cut.done < 400, "{cut:?}");
    let rest = rehearsal.sessions(organization, Whose::Due).await.unwrap();
    assert_eq!((rest.users, rest.done, rest.whole), (400 - cut.done, 400 - cut.done, true), "nobody twice and nobody left out");
    assert_eq!(rehearsal.sessions(organization, Whose::Due).await.unwrap().users, 0, "for half an hour nobody is due");
}

#[tokio::test(flavor = "multi_thread")]
async fn sessions_that_were_asked_for_are_told_to_go_on_though_sessions_are_paused_when_the_end_of_the_program_cuts_them_off() {
    let scene = Scene { users: 400, faults: FaultPlan::none(), latency: Duration::from_millis(15), ..Scene::default() };
    let rehearsal = Rehearsal::on(scene).await;
    let organization = rehearsal.ready().await.id;
    assert_eq!(rehearsal.act(Chosen::Filter(UserFilter::default()), Action::Force).await.done, 400);
    let Rehearsal { sandbox, desk, folder, kept, .. } = rehearsal;
    let read = Arc::new(Notify::new());
    let heard = Arc::clone(&read);
    let job = Job::new(CancellationToken::new(), move |progress| {
        if matches!(&progress, Progress::Synced(line) if line.done > 0) {
            heard.notify_one();
        }
    });
    {
        // The future of the sessions is dropped in its middle, as the end of a process would.
        let running = Box::pin(run(&desk, RunSessions { organization, whose: Whose::Due }, &job));
        tokio::select! {
            _ = running => panic!("it can't be done so soon"),
            () = read.notified() => {}
        }
    }
    drop(desk);
    assert!(eventually(|| async { open_desk(&folder, &Scene::default().pace).is_ok() }).await);
    let desk = open_desk(&folder, &Scene::default().pace).unwrap();
    let told = cut_off(&desk, (), &Job::quiet()).await.unwrap().remove(0);
    assert!(told.read > 0 && told.forward > 0 && told.read + told.forward == told.users, "{told:?}");
    let row = query(&desk, waiting(), &Job::quiet()).await.unwrap().rows.remove(0);
    let detail = describe(&desk, UserRef::Id { user: row.user.id }, &Job::quiet()).await.unwrap();
    assert!(detail.next_session.is_some(), "whoever was asked for is read next, though sessions are paused");
    drop((sandbox, kept));
}

#[tokio::test(flavor = "multi_thread")]
async fn while_the_console_is_open_whoever_is_due_is_read_and_a_pause_leaves_those_brought_forward() {
    let rehearsal = healthy(30).await;
    let organization = rehearsal.ready().await.id;
    let Rehearsal { sandbox, desk, tenant, .. } = rehearsal;
    let desk = Arc::new(desk);
    let stop = CancellationToken::new();
    let keeping = tokio::spawn(keep(Arc::clone(&desk), stop.clone()));
    let standing = || async {
        let ask = SessionFigures { organization, days: 1 };
        Box::pin(figures(&desk, ask, &Job::quiet())).await.unwrap()
    };
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(standing().await.standing.last.not_run, 30, "sessions begin when somebody starts them");

    pause(&desk, PauseSessions { organization, paused: false }, &Job::quiet()).await.unwrap();
    let read = eventually(|| async { standing().await.standing.last.passed == 30 && !standing().await.under_way }).await;
    assert!(read, "{:?}", standing().await);

    pause(&desk, PauseSessions { organization, paused: true }, &Job::quiet()).await.unwrap();
    let filter = UserFilter { tenant: Some(tenant.id), ..UserFilter::default() };
    let users = Chosen::Filter(filter);
    let expected = Some(rollcall_tests::meant(&desk, users.clone()).await);
    let ask = rollcall_ops::users::act::ActOnUsers { users, action: Action::Force, expected };
    let forced = rollcall_ops::users::act::act(&desk, ask.clone(), &Job::quiet()).await.unwrap();
    assert_eq!(forced.done, 30);
    let again = rollcall_ops::users::act::act(&desk, ask, &Job::quiet()).await.unwrap();
    assert_eq!((again.done, again.refused, again.refusals[0].reason), (0, 30, Reason::ForcedJustNow), "not sooner than a minute later");
    let read = eventually(|| async { standing().await.hours.iter().map(|hour| hour.passed).sum::<u32>() == 60 }).await;
    assert!(read, "{:?}", standing().await);
    stop.cancel();
    keeping.await.unwrap();
    drop(sandbox);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_keeps_all_from_being_read_is_told_on_the_organization_until_it_is_mended() {
    let rehearsal = healthy(10).await;
    let organization = rehearsal.ready().await.id;
    let principal = rehearsal.sandbox.details().client_id.clone();
    let enable = |on: bool| {
        rehearsal.sandbox.change(|world| {
            for one in world.principals.iter_mut().filter(|one| one.app_id == principal) {
                one.enabled = on;
            }
        });
    };
    enable(false);
    let error = rehearsal.sessions(organization, Whose::Everybody).await.unwrap_err();
    let ask = SessionFigures { organization, days: 1 };
    let halt = figures(&rehearsal.desk, ask, &Job::quiet()).await.unwrap().halt.unwrap();
    assert_eq!((halt.code.as_str(), error.code.name()), ("app_disabled", "app_disabled"));
    assert!(everybody(&rehearsal).await.iter().all(|row| row.failing == 0 && row.open_issues == 0), "it is nobody's own failure");
    enable(true);
    rehearsal.sessions(organization, Whose::Everybody).await.unwrap();
    assert_eq!(figures(&rehearsal.desk, ask, &Job::quiet()).await.unwrap().halt, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_whose_sessions_keep_failing_is_disabled_and_says_so_and_can_be_enabled_again() {
    let faults = FaultPlan::none().with(FaultKind::QuotaExceeded, 1);
    let rehearsal = Rehearsal::on(Scene { users: 12, faults, ..Scene::default() }).await;
    let organization = rehearsal.ready().await.id;
    let strict = ChangeOrganization { failures: Some(3), ..ChangeOrganization::of(organization) };
    change(&rehearsal.desk, strict, &Job::quiet()).await.unwrap();
    for _ in 0..3 {
        rehearsal.sessions(organization, Whose::Everybody).await.unwrap();
    }
    let disabled = rehearsal.found(UserFilter { sync: vec![SyncStatus::DisabledDueToError], ..UserFilter::default() }).await;
    assert_eq!(disabled.iter().map(|row| (row.failing, row.first_cause)).collect::<Vec<_>>(), [(3, Some(Cause::MailboxFull))]);
    let fourth = rehearsal.sessions(organization, Whose::Everybody).await.unwrap();
    assert_eq!(fourth.users, 11, "who is disabled is left alone");
    let user = disabled[0].user.id;
    let forced = rehearsal.act(Chosen::Ids(vec![user]), Action::Force).await;
    assert_eq!(forced.refusals[0].reason, Reason::SyncDisabled);
    rehearsal.act(Chosen::Ids(vec![user]), Action::EnableSync).await;
    assert_eq!(rehearsal.sessions(organization, Whose::Everybody).await.unwrap().users, 12);
}

#[tokio::test(flavor = "multi_thread")]
async fn sessions_can_be_taken_along_as_a_table_that_names_what_was_refused() {
    let faults = FaultPlan::none().with(FaultKind::QuotaExceeded, 1);
    let rehearsal = Rehearsal::on(Scene { users: 12, faults, ..Scene::default() }).await;
    let organization = rehearsal.ready().await.id;
    for _ in 0..2 {
        rehearsal.sessions(organization, Whose::Everybody).await.unwrap();
    }
    let table = export(&rehearsal.desk, ExportSessions { organization }, &Job::quiet()).await.unwrap();
    assert_eq!((table.sessions, table.text.lines().count()), (24, 25));
    let failed: Vec<_> = table.text.lines().filter(|line| line.contains(",failed,")).collect();
    assert!(failed.len() == 2 && failed.iter().all(|line| line.contains("mail: ErrorQuotaExceeded")), "{}", table.text);
}

/// Whether something becomes true within half a minute.
async fn eventually<F: Future<Output = bool>>(holds: impl Fn() -> F) -> bool {
    for _ in 0..300 {
        if holds().await {
            return true;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    false
}
