//! What an admin does on the days after: pause and resume, cancel, repeat for the failed ones, bring in some, sign out, forget.

use std::time::Duration;

use rollcall_core::action::Action;
use rollcall_core::organization::{AccessType, SyncStatus};
use rollcall_core::rules::Reason;
use rollcall_core::verdict::Verdict;
use rollcall_core::workload::Workload;
use rollcall_ops::issues::board::{GroupIssues, groups};
use rollcall_ops::issues::{IssueQuery, list as list_issues};
use rollcall_ops::job::{Job, Progress};
use rollcall_ops::organizations::change::{ChangeOrganization, change};
use rollcall_ops::organizations::delete::OrganizationRef;
use rollcall_ops::organizations::describe::{StageState, describe};
use rollcall_ops::runs::compare::{CompareRuns, compare};
use rollcall_ops::runs::describe::{RunRef, describe as describe_run};
use rollcall_ops::tenants::sign_in::TenantRef;
use rollcall_ops::tenants::{forget, list as list_tenants, sign_out};
use rollcall_ops::users::describe::{UserRef, describe as describe_user};
use rollcall_ops::users::import::{ImportUsers, Source, import};
use rollcall_ops::users::query::{UserQuery, query};
use rollcall_ops::verify::cancel::cancel;
use rollcall_ops::verify::plan::{Scope, Verify, plan};
use rollcall_ops::verify::resume::resume;
use rollcall_ops::verify::start::start;
use rollcall_sandbox::{FaultKind, FaultPlan};
use rollcall_store::checks::IssueFilter;
use rollcall_store::runs::RunState;
use rollcall_store::users::{Chosen, Sort, UserFilter};
use rollcall_tests::{Rehearsal, Scene};
use tokio_util::sync::CancellationToken;

/// A job that stops itself once a run has shown some mailboxes as done.
fn stopped_under_way() -> Job {
    let stop = CancellationToken::new();
    let pressed = stop.clone();
    Job::new(stop, move |progress| {
        if matches!(&progress, Progress::Verified(line) if line.done > 0) {
            pressed.cancel();
        }
    })
}

fn everyone(search: Option<&str>) -> UserQuery {
    UserQuery {
        filter: UserFilter { search: search.map(str::to_owned), ..UserFilter::default() },
        sort: Sort::default(),
        offset: 0,
        limit: 1_000,
        workloads: false,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_paused_run_is_resumed_where_it_was_and_asks_nobody_twice() {
    let rehearsal =
        Rehearsal::on(Scene { users: 800, faults: FaultPlan::none(), latency: Duration::from_millis(20), ..Scene::default() }).await;
    let organization = rehearsal.ready().await.id;
    let ask = Verify { organization, which: Scope::All };
    let paused = Box::pin(start(&rehearsal.desk, ask, &stopped_under_way())).await.unwrap();
    assert_eq!(paused.state, RunState::Interrupted);
    assert!(paused.mailboxes_done > 0 && paused.mailboxes_done < 800, "{} are done", paused.mailboxes_done);
    let done = Box::pin(resume(&rehearsal.desk, RunRef { run: paused.id }, &Job::quiet())).await.unwrap();
    assert_eq!((done.state, done.id, done.ledger.passed), (RunState::Finished, paused.id, 800));
    let answered: u64 = rehearsal
        .sandbox
        .counts()
        .iter()
        .filter(|((route, status), _)| route.contains("mailboxSettings") && *status == 200)
        .map(|(_, n)| n)
        .sum();
    assert!(answered < 900, "mailboxes that had answered were asked again: {answered} answers for 800 mailboxes");
    let again = Box::pin(resume(&rehearsal.desk, RunRef { run: paused.id }, &Job::quiet())).await;
    assert!(again.is_err(), "a run that is over is not resumed");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pause_shortens_no_wait_that_graph_asked_for() {
    let faults = FaultPlan::none().with(FaultKind::ThrottledOnce, 150);
    let rehearsal = Rehearsal::on(Scene { users: 300, faults, latency: Duration::from_millis(5), ..Scene::default() }).await;
    let organization = rehearsal.ready().await.id;
    let mut run = Box::pin(start(&rehearsal.desk, Verify { organization, which: Scope::All }, &stopped_under_way())).await.unwrap();
    for _ in 0..3 {
        run = Box::pin(resume(&rehearsal.desk, RunRef { run: run.id }, &stopped_under_way())).await.unwrap();
        if run.state == RunState::Finished {
            break;
        }
    }
    if run.state != RunState::Finished {
        run = Box::pin(resume(&rehearsal.desk, RunRef { run: run.id }, &Job::quiet())).await.unwrap();
    }
    assert_eq!(run.ledger.passed, 300);
    assert!(run.counters.throttled > 100, "{:?}", run.counters);
    assert_eq!(rehearsal.sandbox.violations(), 0, "whoever resumes a run waits as long as whoever began it was told to");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_checked_in_another_way_is_not_checked() {
    let rehearsal = Rehearsal::on(Scene { users: 20, faults: FaultPlan::none(), ..Scene::default() }).await;
    let organization = rehearsal.ready().await.id;
    Box::pin(start(&rehearsal.desk, Verify { organization, which: Scope::All }, &Job::quiet())).await.unwrap();
    let state = || async { describe(&rehearsal.desk, OrganizationRef { organization }, &Job::quiet()).await.unwrap() };
    assert_eq!(state().await.stages.verify.state, StageState::Done);
    let ask = ChangeOrganization { access: Some(AccessType::GraphDelegated), ..ChangeOrganization::of(organization) };
    change(&rehearsal.desk, ask, &Job::quiet()).await.unwrap();
    let view = state().await;
    assert_eq!((view.verdicts.not_run, view.verdicts.passed), (20, 0), "app-only answers say nothing about signed-in users");
    assert_ne!(view.stages.verify.state, StageState::Done);
}

#[tokio::test(flavor = "multi_thread")]
async fn cancelling_keeps_what_answered_and_marks_the_rest_as_not_asked() {
    let rehearsal =
        Rehearsal::on(Scene { users: 3_000, faults: FaultPlan::none(), latency: Duration::from_millis(20), ..Scene::default() }).await;
    let organization = rehearsal.ready().await.id;
    let under_way = CancellationToken::new();
    let seen = under_way.clone();
    let job = Job::new(CancellationToken::new(), move |progress| {
        if matches!(&progress, Progress::Verified(line) if line.done > 0) {
            seen.cancel();
        }
    });
    let working = async { Box::pin(start(&rehearsal.desk, Verify { organization, which: Scope::All }, &job)).await };
    let cancelling = async {
        under_way.cancelled().await;
        let run = rollcall_ops::runs::list::list(&rehearsal.desk, rollcall_ops::runs::list::ListRuns::default(), &Job::quiet())
            .await
            .unwrap()
            .remove(0);
        let second = Box::pin(start(&rehearsal.desk, Verify { organization, which: Scope::All }, &Job::quiet())).await;
        assert_eq!(second.unwrap_err().reason, Some(Reason::RunUnderWay));
        cancel(&rehearsal.desk, RunRef { run: run.id }, &Job::quiet()).await.unwrap()
    };
    let (_, cancelled) = tokio::join!(working, cancelling);
    assert_eq!(cancelled.state, RunState::Cancelled);
    assert!(cancelled.ledger.passed > 0 && cancelled.ledger.not_run > 0, "{:?}", cancelled.ledger);
    assert_eq!(cancelled.ledger.total(), 3_000);
    assert_ne!(cancelled.ledger.verdict(), Verdict::Passed, "what was not asked is not fine");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_failed_ones_are_checked_again_and_compared_with_before() {
    let rehearsal = Rehearsal::on(Scene::default()).await;
    let organization = rehearsal.ready().await.id;
    let first = Box::pin(start(&rehearsal.desk, Verify { organization, which: Scope::All }, &Job::quiet())).await.unwrap();
    let (failed, unsettled) = (first.ledger.failed, first.ledger.unknown);
    assert!(failed > 5 && unsettled > 2, "the default faults leave work to do");
    let ask = Verify { organization, which: Scope::FailedOf { run: first.id } };
    assert_eq!(plan(&rehearsal.desk, ask.clone(), &Job::quiet()).await.unwrap().mailboxes, failed, "the plan says beforehand how many");
    let second = Box::pin(start(&rehearsal.desk, ask, &Job::quiet())).await.unwrap();
    assert_eq!((second.mailboxes, second.ledger.failed), (failed, failed), "exactly the failed ones are asked");
    let ask = Verify { organization, which: Scope::UnsettledOf { run: first.id } };
    let third = Box::pin(start(&rehearsal.desk, ask, &Job::quiet())).await.unwrap();
    assert_eq!(third.mailboxes, unsettled, "and, on their own, those that were left unknown");
    let comparison = compare(&rehearsal.desk, CompareRuns { before: first.id, after: second.id }, &Job::quiet()).await.unwrap();
    assert_eq!(comparison.still_failing.count, second.ledger.failed);
    assert_eq!(comparison.newly_failing.count, 0);

    let board = groups(&rehearsal.desk, GroupIssues { organization: Some(organization) }, &Job::quiet()).await.unwrap();
    let groups: Vec<_> = board.problems.into_iter().flat_map(|problem| problem.groups).collect();
    let detail = describe_run(&rehearsal.desk, RunRef { run: first.id }, &Job::quiet()).await.unwrap();
    assert_eq!(groups.len(), detail.fingerprints.len(), "open issues are grouped as the run's failures are");
    let page = IssueQuery {
        filter: IssueFilter { fingerprints: vec![groups[0].fingerprint.clone()], ..IssueFilter::default() },
        offset: 0,
        limit: 100,
    };
    let issues = list_issues(&rehearsal.desk, page, &Job::quiet()).await.unwrap();
    assert_eq!(issues.matching, groups[0].users);
    let user = describe_user(&rehearsal.desk, UserRef::Id { user: issues.rows[0].user }, &Job::quiet()).await.unwrap();
    assert_eq!(user.checks.len(), Workload::ALL.len());
    assert!(user.row.open_issues > 0 && user.row.verdict != Verdict::Passed);
}

#[tokio::test(flavor = "multi_thread")]
async fn some_are_brought_in_by_filter_group_or_csv_and_nobody_is_in_two_organizations() {
    let rehearsal = Rehearsal::on(Scene { faults: FaultPlan::none(), ..Scene::default() }).await;
    rehearsal.sign_in().await.unwrap();
    let first = rehearsal.organization("Contoso EU", "EU-01").await.unwrap().id;
    let second = rehearsal.organization("Contoso US", "US-01").await.unwrap().id;
    let bring = |organization, from| {
        Box::pin(import(&rehearsal.desk, ImportUsers { organization, from, anew: false }, QUIET.get_or_init(Job::quiet)))
    };

    let (group, members) = {
        let world = rehearsal.sandbox.world();
        let group = world.groups.iter().find(|group| !world.transitive_members(group).is_empty()).unwrap();
        (group.id.clone(), world.transitive_members(group).len())
    };
    let by_group = bring(first, Source::Group { group: group.parse().unwrap(), nested: true }).await.unwrap();
    assert_eq!(by_group.new as usize, members);
    let all = bring(second, Source::All).await.unwrap();
    assert_eq!(all.elsewhere, by_group.new, "who is in the first stays there");
    assert_eq!(all.read, all.new + all.elsewhere);

    let csv = "\u{feff}Name;Address\r\nAda Admin;ADMIN@contoso.example\r\nNobody;nobody@contoso.example\r\n".to_owned();
    let by_csv = bring(second, Source::Csv { text: csv }).await.unwrap();
    assert_eq!((by_csv.read, by_csv.unmatched.as_slice()), (1, ["nobody@contoso.example".to_owned()].as_slice()));
    let by_filter = bring(second, Source::Filter { odata: "startswith(displayName,'A')".into() }).await.unwrap();
    assert!(by_filter.read > 0 && by_filter.new == 0 && by_filter.read < all.read);

    let found = query(&rehearsal.desk, everyone(Some("admin@contoso")), &Job::quiet()).await.unwrap();
    assert!(found.rows.iter().any(|row| row.user.directory.upn == "admin@contoso.example"));
    let removed = rehearsal.act(Chosen::Ids(vec![found.rows[0].user.id]), Action::Remove { force: false }).await;
    assert_eq!((removed.done, removed.refused), (1, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_found_by_an_error_is_who_an_action_reaches() {
    let rehearsal =
        Rehearsal::on(Scene { users: 40, faults: FaultPlan::none().with(FaultKind::QuotaExceeded, 100), ..Scene::default() }).await;
    let organization = rehearsal.ready().await.id;
    let all = query(&rehearsal.desk, everyone(None), &Job::quiet()).await.unwrap();
    assert!(all.rows.iter().all(|row| row.open_issues == 0));
    let run = Box::pin(start(&rehearsal.desk, Verify { organization, which: Scope::All }, &Job::quiet())).await.unwrap();
    assert!(run.ledger.failed > 0);

    for (searched, action, status) in [
        ("errorquotaexceeded", Action::DisableSync, SyncStatus::Disabled),
        ("mailbox full", Action::EnableSync, SyncStatus::Enabled),
        ("QuotaExceeded contoso.example", Action::DisableSync, SyncStatus::Disabled),
        ("Mailbox is full", Action::EnableSync, SyncStatus::Enabled),
        ("403 errorquota", Action::DisableSync, SyncStatus::Disabled),
    ] {
        let ask = everyone(Some(searched));
        let found = query(&rehearsal.desk, ask.clone(), &Job::quiet()).await.unwrap();
        assert_eq!((found.matching, found.total), (run.ledger.failed, all.total), "{searched}");
        let acted = rehearsal.act(Chosen::Filter(ask.filter.clone()), action).await;
        assert_eq!(acted.done, run.ledger.failed, "{searched}");
        let then = query(&rehearsal.desk, ask, &Job::quiet()).await.unwrap();
        assert!(then.rows.iter().all(|row| row.effective_sync == status), "what was just written is shown");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_out_keeps_the_cache_and_forgetting_the_tenant_leaves_nothing() {
    let rehearsal = Rehearsal::on(Scene { users: 40, ..Scene::default() }).await;
    rehearsal.ready().await;
    let (tenant, quiet) = (TenantRef { tenant: rehearsal.tenant.id }, Job::quiet());
    sign_out::sign_out(&rehearsal.desk, tenant, &quiet).await.unwrap();
    assert!(!list_tenants::list(&rehearsal.desk, (), &quiet).await.unwrap()[0].signed_in);
    let page = query(&rehearsal.desk, everyone(None), &quiet).await.unwrap();
    assert!(page.total > 0, "what is known is still searchable");
    let someone = page.rows.iter().map(|row| row.user.directory.upn.clone()).find(|upn| upn.len() > 25).unwrap();

    forget::forget(&rehearsal.desk, tenant, &quiet).await.unwrap();
    assert_eq!(query(&rehearsal.desk, everyone(None), &quiet).await.unwrap().total, 0);
    let Rehearsal { sandbox, desk, folder, kept, .. } = rehearsal;
    drop((desk, sandbox));
    for file in std::fs::read_dir(&folder).unwrap().flatten() {
        let bytes = std::fs::read(file.path()).unwrap();
        let left = bytes.windows(someone.len()).any(|window| window == someone.as_bytes());
        assert!(!left, "{} still names a user of the forgotten tenant", file.path().display());
    }
    drop(kept);
}

static QUIET: std::sync::OnceLock<Job> = std::sync::OnceLock::new();
