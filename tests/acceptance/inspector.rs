//! What an admin does about errors: thousands of them come to a few problems, each is explained, mended, checked again, put aside.

use std::collections::BTreeSet;

use rollcall_core::id::OrganizationId;
use rollcall_core::issue::{Cause, Reach, SnoozeState};
use rollcall_core::time::Timestamp;
use rollcall_ops::error::Code;
use rollcall_ops::issues::IssueFilter;
use rollcall_ops::issues::affected::{AffectedFilter, AffectedQuery, affected};
use rollcall_ops::issues::board::{Board, GroupIssues, Problem, groups};
use rollcall_ops::issues::export::export;
use rollcall_ops::issues::snooze::{SnoozeIssues, UnsnoozeIssues, snooze, unsnooze};
use rollcall_ops::issues::support::{SupportAsk, support};
use rollcall_ops::job::Job;
use rollcall_ops::journal::{self, ListJournal};
use rollcall_ops::runs::Run;
use rollcall_ops::verify::plan::{Scope, Verify, plan};
use rollcall_ops::verify::start::start;
use rollcall_sandbox::{FaultKind, FaultPlan};
use rollcall_tests::{Rehearsal, Scene};

async fn check(rehearsal: &Rehearsal, organization: OrganizationId, which: Scope) -> Run {
    Box::pin(start(&rehearsal.desk, Verify { organization, which }, &Job::quiet())).await.unwrap()
}

async fn board(rehearsal: &Rehearsal) -> Board {
    groups(&rehearsal.desk, GroupIssues::default(), &Job::quiet()).await.unwrap()
}

fn of(board: &Board, cause: Cause) -> &Problem {
    board.problems.iter().find(|problem| problem.cause == cause).unwrap()
}

fn fingerprints(problem: &Problem) -> Vec<String> {
    problem.groups.iter().map(|group| group.fingerprint.clone()).collect()
}

/// Sets or mends a fault of some people with another, and of so many at most.
fn turn(rehearsal: &Rehearsal, from: Option<FaultKind>, to: Option<FaultKind>, most: usize) {
    rehearsal.sandbox.change(|world| {
        let healthy = |user: &&mut rollcall_sandbox::world::User| user.fault == from && user.admin_roles.is_empty();
        world.users.iter_mut().filter(healthy).take(most).for_each(|user| user.fault = to);
    });
}

/// How often the mailbox settings of anybody were asked for.
fn asked(rehearsal: &Rehearsal) -> u64 {
    rehearsal.sandbox.counts().iter().filter(|((route, _), _)| route.contains("mailboxSettings")).map(|(_, n)| n).sum()
}

#[tokio::test(flavor = "multi_thread")]
async fn three_thousand_failures_come_to_three_problems_and_mending_one_ends_it() {
    let faults =
        FaultPlan::none().with(FaultKind::MailboxNotEnabled, 200).with(FaultKind::PolicyExcluded, 200).with(FaultKind::InvalidLicense, 240);
    let rehearsal = Rehearsal::on(Scene { users: 1_200, faults, ..Scene::default() }).await;
    let organization = rehearsal.ready().await.id;
    let before = board(&rehearsal).await;
    assert_eq!((before.problems.len(), before.checked, before.not_checked), (0, None, 1_200), "silence that means nothing says so");

    let run = check(&rehearsal, organization, Scope::All).await;
    assert_eq!(run.ledger.failed, 640);
    let first = board(&rehearsal).await;
    let failures: u32 = first.problems.iter().flat_map(|problem| &problem.groups).map(|group| group.users).sum();
    assert_eq!(failures, 200 * 5 + 200 * 4 + 240 * 5);
    let found: Vec<_> = first.problems.iter().map(|problem| (problem.cause, problem.users, problem.reach, problem.new)).collect();
    assert_eq!(found[0], (Cause::LicenseMissing, 240, Reach::Several, true), "what concerns most comes first");
    let causes: BTreeSet<Cause> = found.iter().map(|(cause, ..)| *cause).collect();
    assert_eq!(causes, BTreeSet::from([Cause::NoMailbox, Cause::AccessPolicy, Cause::LicenseMissing]));
    assert_eq!((found.len(), first.not_checked), (3, 0));
    let policy = of(&first, Cause::AccessPolicy);
    assert_eq!((policy.groups.len(), policy.of), (4, 1_200), "tasks are not what a policy shuts");
    assert!(policy.groups.iter().all(|group| group.samples.len() == 5 && group.samples[0].request_id.is_some()));
    assert_eq!(policy.trend.last().map(|day| day.users), Some(Some(200)));

    // Whoever is concerned, by name, and as a table with the ids of each answer.
    let filter = AffectedFilter { organization: Some(organization), fingerprints: fingerprints(policy), search: None };
    let page = affected(&rehearsal.desk, AffectedQuery { filter, offset: 0, limit: 1_000 }, &Job::quiet()).await.unwrap();
    let planted: BTreeSet<String> =
        rehearsal.sandbox.planted().into_iter().filter(|one| one.fault == Some(FaultKind::PolicyExcluded)).map(|one| one.upn).collect();
    assert_eq!(page.rows.iter().map(|row| row.upn.clone()).collect::<BTreeSet<_>>(), planted);
    let ask = IssueFilter { fingerprints: fingerprints(policy), ..IssueFilter::default() };
    let table = export(&rehearsal.desk, ask, &Job::quiet()).await.unwrap().text;
    assert_eq!(table.lines().count(), 1 + 200 * 4);

    // The policy's group takes them in; only they are asked again.
    turn(&rehearsal, Some(FaultKind::PolicyExcluded), None, usize::MAX);
    let which = Scope::WithIssues { fingerprints: fingerprints(policy) };
    let foretold = plan(&rehearsal.desk, Verify { organization, which: which.clone() }, &Job::quiet()).await.unwrap();
    let asked_before = asked(&rehearsal);
    let again = check(&rehearsal, organization, which).await;
    assert_eq!((foretold.mailboxes, again.mailboxes, again.ledger.passed), (200, 200, 200));
    assert_eq!(asked(&rehearsal) - asked_before, 200, "each of them once, and nobody else");
    let second = board(&rehearsal).await;
    assert_eq!(second.problems.len(), 2, "what passes is no issue any more: {:?}", second.problems);
    assert!(second.problems.iter().all(|problem| problem.new), "nobody has asked the others again");
    check(&rehearsal, organization, Scope::All).await;
    assert!(board(&rehearsal).await.problems.iter().all(|problem| !problem.new), "who has it for the second time is no news");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_put_aside_comes_back_when_it_grows_by_half_and_the_journal_says_who_did_it() {
    let faults = FaultPlan::none().with(FaultKind::QuotaExceeded, 10).with(FaultKind::Quarantined, 4);
    let rehearsal = Rehearsal::on(Scene { users: 120, faults, ..Scene::default() }).await;
    let organization = rehearsal.ready().await.id;
    check(&rehearsal, organization, Scope::All).await;
    let full = fingerprints(of(&board(&rehearsal).await, Cause::MailboxFull));
    let ask = |note: &str, until| SnoozeIssues { fingerprints: full.clone(), organization: Some(organization), note: note.into(), until };
    let quiet = Job::quiet();
    assert_eq!(snooze(&rehearsal.desk, ask(" ", None), &quiet).await.unwrap_err().code, Code::InvalidInput);
    assert_eq!(snooze(&rehearsal.desk, ask("later", Some(Timestamp(1))), &quiet).await.unwrap_err().code, Code::InvalidInput);
    let nowhere = SnoozeIssues { fingerprints: vec!["graph.403.none".into()], ..ask("x", None) };
    assert_eq!(snooze(&rehearsal.desk, nowhere, &quiet).await.unwrap_err().code, Code::NotFound);
    snooze(&rehearsal.desk, ask("Ticket 4711: archive is ordered", None), &quiet).await.unwrap();

    let state = |board: &Board| {
        let problem = of(board, Cause::MailboxFull);
        let snooze = problem.organizations[0].snooze.clone().unwrap();
        (problem.snoozed, snooze.state, problem.users)
    };
    let seen = board(&rehearsal).await;
    assert_eq!(state(&seen), (true, SnoozeState::Active, 10));
    let by = of(&seen, Cause::MailboxFull).organizations[0].snooze.clone().unwrap();
    assert_eq!((by.actor.as_str(), by.note.as_str()), ("admin@contoso.example", "Ticket 4711: archive is ordered"));
    assert!(!of(&seen, Cause::Quarantined).snoozed, "what wasn't put aside stays in sight");

    turn(&rehearsal, None, Some(FaultKind::QuotaExceeded), 4);
    check(&rehearsal, organization, Scope::All).await;
    assert_eq!(state(&board(&rehearsal).await), (true, SnoozeState::Active, 14), "it goes on counting");
    turn(&rehearsal, None, Some(FaultKind::QuotaExceeded), 1);
    check(&rehearsal, organization, Scope::All).await;
    assert_eq!(state(&board(&rehearsal).await), (false, SnoozeState::Grown, 15));

    let taken_up = UnsnoozeIssues { fingerprints: full.clone(), organization: Some(organization) };
    unsnooze(&rehearsal.desk, taken_up.clone(), &quiet).await.unwrap();
    assert_eq!(unsnooze(&rehearsal.desk, taken_up, &quiet).await.unwrap_err().code, Code::NotFound);
    let entries = journal::list(&rehearsal.desk, ListJournal { before: None, limit: 2 }, &quiet).await.unwrap();
    let told: Vec<_> = entries.iter().map(|entry| (entry.action.as_str(), entry.actor.as_str())).collect();
    assert_eq!(told, [("issues.unsnooze", "admin@contoso.example"), ("issues.snooze", "admin@contoso.example")]);
    assert!(entries[1].after.as_deref().unwrap().starts_with("Ticket 4711"), "{entries:?}");

    // Gone and back again is news, whatever was put aside before.
    snooze(&rehearsal.desk, ask("again", None), &quiet).await.unwrap();
    turn(&rehearsal, Some(FaultKind::QuotaExceeded), None, usize::MAX);
    check(&rehearsal, organization, Scope::All).await;
    turn(&rehearsal, None, Some(FaultKind::QuotaExceeded), 3);
    check(&rehearsal, organization, Scope::All).await;
    let back = board(&rehearsal).await;
    let back = of(&back, Cause::MailboxFull);
    assert_eq!((back.snoozed, back.organizations[0].snooze.clone(), back.new), (false, None, true));
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_token_the_whole_organization_has_one_problem_until_there_is_a_token() {
    let rehearsal = Rehearsal::on(Scene { users: 40, faults: FaultPlan::none(), ..Scene::default() }).await;
    let organization = rehearsal.ready().await.id;
    let expire = |at: Option<i64>| {
        rehearsal.sandbox.change(|world| {
            for secret in world.apps.iter_mut().flat_map(|app| &mut app.secrets) {
                secret.expires_ms = at;
            }
        });
    };
    expire(Some(1));
    let refused = Box::pin(start(&rehearsal.desk, Verify { organization, which: Scope::All }, &Job::quiet())).await.unwrap_err();
    assert_eq!(refused.code, Code::SecretExpired);
    let seen = board(&rehearsal).await;
    let [problem] = &seen.problems[..] else { panic!("{seen:?}") };
    assert_eq!((problem.cause, problem.reach, problem.users), (Cause::SecretExpired, Reach::Everybody, 40));
    let group = &problem.groups[0];
    assert_eq!((group.fingerprint.as_str(), group.code.as_deref()), ("entra.7000222.secret_expired", Some("AADSTS7000222")));
    assert_eq!(group.samples[0].request_id, refused.request_id, "the correlation id, for Microsoft");

    expire(None);
    let run = check(&rehearsal, organization, Scope::WithIssues { fingerprints: fingerprints(problem) }).await;
    assert_eq!(run.ledger.passed, 40, "nobody could be asked, so everybody is");
    assert_eq!(board(&rehearsal).await.problems, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_support_block_has_what_microsoft_asks_for_and_names_people_only_when_told_to() {
    let faults = FaultPlan::none().with(FaultKind::EmptyCode, 3);
    let rehearsal = Rehearsal::on(Scene { users: 40, faults, ..Scene::default() }).await;
    let organization = rehearsal.ready().await.id;
    check(&rehearsal, organization, Scope::All).await;
    let seen = board(&rehearsal).await;
    let problem = of(&seen, Cause::RefusedWithoutReason);
    let block = async |with_addresses| {
        let ask = SupportAsk { fingerprints: fingerprints(problem), organization: None, with_addresses };
        support(&rehearsal.desk, ask, &Job::quiet()).await.unwrap().text
    };
    let text = block(false).await;
    let details = rehearsal.sandbox.details();
    for part in
        [&details.tenant_id, &details.client_id, "HTTP 403", "mailboxes: 3", problem.groups[0].samples[0].request_id.as_ref().unwrap()]
    {
        assert!(text.contains(part), "{part} is not in\n{text}");
    }
    assert!(!text.contains('@'), "nobody is named:\n{text}");
    assert!(rehearsal.sandbox.issued().iter().all(|token| !text.contains(token.as_str())), "a token got into the block");
    let named = block(true).await;
    assert_eq!(named.matches("@contoso.example").count(), 3, "{named}");
}
