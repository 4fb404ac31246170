//! The access scope: planned, applied on the practice tenant, and proven from both sides by the integration's own calls.

use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rollcall_core::id::{ObjectId, OrganizationId};
use rollcall_core::issue::Cause;
use rollcall_core::scope::finding::{Finding, Outcome, Tally};
use rollcall_core::scope::plan::Purpose;
use rollcall_core::scope::present::Void;
use rollcall_core::scope::why::{Because, Link};
use rollcall_core::scope::{Expected, Mechanism, Remark, Rule};
use rollcall_core::time::Timestamp;
use rollcall_core::user::MailboxKind;
use rollcall_core::workload::Workload;
use rollcall_ops::desk::Desk;
use rollcall_ops::error::Code;
use rollcall_ops::job::{Job, Progress};
use rollcall_ops::organizations::delete::OrganizationRef;
use rollcall_ops::practice::exchange::{RunScopeScript, run_script};
use rollcall_ops::runs::results::{ResultQuery, results};
use rollcall_ops::scope::again::again;
use rollcall_ops::scope::ask::ask;
use rollcall_ops::scope::changed::{NoteChange, changed};
use rollcall_ops::scope::cut_off::cut_off;
use rollcall_ops::scope::evidence::evidence;
use rollcall_ops::scope::mailboxes::{ProofMailboxes, mailboxes};
use rollcall_ops::scope::plan::{PlanScope, plan};
use rollcall_ops::scope::prove::{ProveScope, prove};
use rollcall_ops::scope::read::{UnitState, read};
use rollcall_ops::scope::resume::{ProofRef, resume};
use rollcall_ops::scope::set::{SetScope, Wish, set};
use rollcall_ops::scope::show::{ProofView, ScopeView, Stands, show};
use rollcall_ops::scope::units::units;
use rollcall_ops::scope::why::{Why, WhyMailbox, why};
use rollcall_ops::settings::{self, Resume, Settings};
use rollcall_ops::sync::keep::keep;
use rollcall_ops::tenants::allow::{AllowMore, READ_EXCHANGE, allow};
use rollcall_ops::tenants::sign_in::TenantRef;
use rollcall_ops::tenants::sign_out::sign_out;
use rollcall_ops::verify::plan::{Scope, Verify};
use rollcall_ops::verify::start::start;
use rollcall_sandbox::browser::Person;
use rollcall_sandbox::world::{AppRole, EXCHANGE_APP_ID, Member, Propagation, Recipient, Required, RequiredKind, roles_of};
use rollcall_sandbox::{FaultPlan, Wire};
use rollcall_store::runs::{ResultFilter, RunState};
use rollcall_tests::{Rehearsal, Scene, at_the_browser, hand_in, open_desk};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

pub const AT_ONCE: Propagation = Propagation { policies: Duration::ZERO, roles: Duration::ZERO };

pub async fn stage(users: u32, propagation: Propagation) -> (Rehearsal, OrganizationId) {
    let rehearsal = Rehearsal::on(Scene { users, faults: FaultPlan::none(), ..Scene::default() }).await;
    rehearsal.sandbox.change(|world| world.exchange.propagation = propagation);
    rehearsal.sign_in().await.unwrap();
    let organization = rehearsal.organization("Contoso EU", "EU-01").await.unwrap().id;
    rehearsal.grant_as(organization, Person::Admin).await.unwrap();
    rehearsal.hand_in_secret().await.unwrap();
    let scopes = vec![READ_EXCHANGE.to_owned()];
    Box::pin(allow(&rehearsal.desk, AllowMore { tenant: rehearsal.tenant.id, scopes }, &at_the_browser(Person::Admin))).await.unwrap();
    (rehearsal, organization)
}

pub fn group(rehearsal: &Rehearsal, name: &str) -> ObjectId {
    let world = rehearsal.sandbox.world();
    world.groups.iter().find(|group| group.display_name == name).unwrap().id.parse().unwrap()
}

/// Wishes for a limit, and runs the script that makes it.
pub async fn limited(rehearsal: &Rehearsal, organization: OrganizationId, rule: Rule, mechanism: Mechanism, unit: ObjectId) -> ScopeView {
    let wish = Wish::Limited { rule, mechanism, unit };
    set(&rehearsal.desk, SetScope { organization, wish }, &Job::quiet()).await.unwrap();
    run(rehearsal, organization, Purpose::Apply).await
}

pub async fn run(rehearsal: &Rehearsal, organization: OrganizationId, purpose: Purpose) -> ScopeView {
    let ask = RunScopeScript { organization, purpose, mailboxes: Vec::new() };
    Box::pin(run_script(&rehearsal.desk, ask, &at_the_browser(Person::Admin))).await.unwrap()
}

/// Takes back what Entra has granted, once it was read that the roles are there.
pub async fn migrated(rehearsal: &Rehearsal, organization: OrganizationId) -> ScopeView {
    read(&rehearsal.desk, OrganizationRef { organization }, &Job::quiet()).await.unwrap();
    run(rehearsal, organization, Purpose::Migrate).await
}

/// Says that the change was made so long ago that every contradiction counts.
pub async fn long_ago(rehearsal: &Rehearsal, organization: OrganizationId) {
    let at = Some(Timestamp(rollcall_tests::clock()().0 - 3 * 60 * 60 * 1_000));
    changed(&rehearsal.desk, NoteChange { organization, at }, &Job::quiet()).await.unwrap();
}

pub fn everybody(organization: OrganizationId) -> ProveScope {
    ProveScope { organization, inside: None, outside: None, seed: 1, named: Vec::new() }
}

pub async fn proven(rehearsal: &Rehearsal, ask: ProveScope) -> ProofView {
    Box::pin(prove(&rehearsal.desk, ask, &Job::quiet())).await.unwrap()
}

pub async fn found(rehearsal: &Rehearsal, proof: &ProofView, finding: Finding) -> Vec<String> {
    let ask = ProofMailboxes { proof: proof.proof.id, finding: Some(finding), search: String::new(), offset: 0, limit: 1_000 };
    let mut upns: Vec<String> = mailboxes(&rehearsal.desk, ask, &Job::quiet()).await.unwrap().rows.into_iter().map(|row| row.upn).collect();
    upns.sort();
    upns
}

fn sorted(mut upns: Vec<String>) -> Vec<String> {
    upns.sort();
    upns
}

/// Plants leaks and lock-outs around the pilot group; answers whose they are.
pub fn plant(rehearsal: &Rehearsal) -> (Vec<String>, Vec<String>) {
    rehearsal.sandbox.change(|world| {
        let members: Vec<u32> = world
            .groups
            .iter()
            .find(|group| group.display_name == "Integration Pilot")
            .unwrap()
            .members
            .iter()
            .filter_map(|member| if let Member::User(at) = member { Some(*at) } else { None })
            .collect();
        let inside: Vec<(String, String)> =
            members.iter().step_by(9).map(|at| &world.users[*at as usize]).map(|user| (user.id.to_string(), user.upn.clone())).collect();
        let outside: Vec<(String, String)> = (0_u32..)
            .zip(&world.users)
            .filter(|(at, user)| user.department == "Finance" && user.enabled && !members.contains(at))
            .step_by(17)
            .map(|(_, user)| (user.id.to_string(), user.upn.clone()))
            .collect();
        world.exchange.astray = inside.iter().chain(&outside).map(|(id, _)| id.clone()).collect();
        let upns = |side: Vec<(String, String)>| sorted(side.into_iter().map(|(_, upn)| upn).collect());
        (upns(outside), upns(inside))
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn among_five_thousand_every_planted_leak_and_lock_out_is_found_and_none_is_invented() {
    let (rehearsal, organization) = stage(5_000, AT_ONCE).await;
    let pilot = group(&rehearsal, "Integration Pilot");
    limited(&rehearsal, organization, Rule::OnlyMembers, Mechanism::AccessPolicy, pilot).await;
    long_ago(&rehearsal, organization).await;
    let (leaks, lock_outs) = plant(&rehearsal);
    assert!(leaks.len() > 5 && lock_outs.len() > 2);

    let proof = proven(&rehearsal, everybody(organization)).await;
    assert_eq!((proof.proof.state, proof.outcome), (RunState::Finished, Outcome::Contradicted));
    let tally = proof.proof.tally;
    assert_eq!((tally.unknown, tally.too_early, tally.waiting), (0, 0, 0));
    assert_eq!(found(&rehearsal, &proof, Finding::Leak).await, leaks);
    assert_eq!(found(&rehearsal, &proof, Finding::LockOut).await, lock_outs);
    assert!(tally.confirmed_outside > 4_000, "{tally:?}");
    assert_eq!(rehearsal.sandbox.violations(), 0);

    // The cmdlet knows nothing of what goes astray: it stands beside what was observed and contradicts it.
    let ask = RunScopeScript { organization, purpose: Purpose::Test, mailboxes: vec![leaks[0].clone()] };
    Box::pin(run_script(&rehearsal.desk, ask, &Job::quiet())).await.unwrap();
    let told = why(&rehearsal.desk, WhyMailbox { organization, mailbox: leaks[0].clone() }, &Job::quiet()).await.unwrap();
    assert_eq!(told.because, Because::NotHeld);
    assert_eq!(told.mailbox.said.map(|report| report.said.name()), Some("denied"));
    let table = evidence(&rehearsal.desk, ProofRef { proof: proof.proof.id }, &Job::quiet()).await.unwrap().text;
    let row = table.lines().find(|line| line.starts_with(&leaks[0])).unwrap();
    assert!(row.contains("outside,denied,leak,counts,mail,answered,200"), "{row}");
    let mut told: Vec<String> = table.lines().skip(1).filter_map(|line| line.split(',').next()).map(str::to_owned).collect();
    told.dedup();
    assert_eq!(sorted(told[..leaks.len()].to_vec()), leaks, "evidence tells what contradicts first");
    assert_eq!(sorted(told[leaks.len()..leaks.len() + lock_outs.len()].to_vec()), lock_outs);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_grant_for_the_whole_tenant_voids_a_scope_and_the_move_takes_it_away() {
    let (rehearsal, organization) = stage(150, AT_ONCE).await;
    let pilot = group(&rehearsal, "Integration Pilot");
    limited(&rehearsal, organization, Rule::OnlyMembers, Mechanism::ManagementScope, pilot).await;
    let view = read(&rehearsal.desk, OrganizationRef { organization }, &Job::quiet()).await.unwrap();
    let early = proven(&rehearsal, everybody(organization)).await;
    let tally = early.proof.tally;
    assert!(early.outcome == Outcome::Contradicted && tally.leaks > 0 && tally.too_early == 0, "no waiting closes it: {tally:?}");
    let leak = found(&rehearsal, &early, Finding::Leak).await.remove(0);
    let of = WhyMailbox { organization, mailbox: leak };
    let told = why(&rehearsal.desk, of.clone(), &Job::quiet()).await.unwrap();
    assert_eq!(told.because, Because::TenantWideGrant);
    let asked = Box::pin(ask(&rehearsal.desk, of, &Job::quiet())).await.unwrap();
    assert_eq!((asked.because, asked.mailbox.finding), (Because::TenantWideGrant, Some(Finding::Leak)));
    long_ago(&rehearsal, organization).await;
    assert!(view.voids.contains(&Void::Grant { permission: "Mail.ReadWrite".to_owned() }), "{:?}", view.voids);
    let ews = Void::Ews { permission: "full_access_as_app".to_owned() };
    assert!(!view.voids.contains(&ews), "it isn't granted");
    rehearsal.sandbox.change(|world| {
        let app = world.apps.iter_mut().find(|app| app.display_name == "Practice Integration").unwrap();
        let full = |role: &AppRole| role.value == "full_access_as_app";
        let role = roles_of(EXCHANGE_APP_ID).into_iter().find(full).unwrap();
        let (resource_app_id, value) = (EXCHANGE_APP_ID.to_owned(), role.value.to_owned());
        app.required.push(Required { resource_app_id, id: role.id.to_owned(), kind: RequiredKind::Role, value });
        let client_id = app.client_id.clone();
        world.grant_tenant_wide(&client_id, 0);
    });
    let view = read(&rehearsal.desk, OrganizationRef { organization }, &Job::quiet()).await.unwrap();
    assert!(view.voids.contains(&ews), "no scope holds over EWS: {:?}", view.voids);
    assert!(view.coverage.unscopable.contains(&"Tasks.ReadWrite.All".to_owned()), "{:?}", view.coverage);
    let proof = proven(&rehearsal, everybody(organization)).await;
    assert_eq!((proof.outcome, proof.proof.tally.lock_outs), (Outcome::Contradicted, 0));
    let leak = found(&rehearsal, &proof, Finding::Leak).await.remove(0);
    let told = why(&rehearsal.desk, WhyMailbox { organization, mailbox: leak }, &Job::quiet()).await.unwrap();
    assert_eq!(told.because, Because::TenantWideGrant);

    migrated(&rehearsal, organization).await;
    read(&rehearsal.desk, OrganizationRef { organization }, &Job::quiet()).await.unwrap();
    long_ago(&rehearsal, organization).await;
    let proof = proven(&rehearsal, everybody(organization)).await;
    assert_eq!(proof.outcome, Outcome::Confirmed, "{:?}", proof.proof.tally);
    let view = show(&rehearsal.desk, OrganizationRef { organization }, &Job::quiet()).await.unwrap();
    assert_eq!(view.voids, [], "the move takes back what opens every mailbox over EWS, too");
    assert!(view.reading.unwrap().granted.contains(&"Tasks.ReadWrite.All".to_owned()), "no role stands for tasks");
    assert!(proof.proof.tally.confirmed_inside > 0 && proof.proof.tally.confirmed_outside > 0);

    // Whoever is outside is refused on purpose: nobody is told to grant again what would void the scope.
    rehearsal.import(organization).await.unwrap();
    let run = Box::pin(start(&rehearsal.desk, Verify { organization, which: Scope::All }, &Job::quiet())).await.unwrap();
    let all = ResultQuery { run: run.id, filter: ResultFilter::default(), offset: 0, limit: 1_000 };
    let rows = results(&rehearsal.desk, all, &Job::quiet()).await.unwrap().rows;
    let mail = rows.iter().filter_map(|row| row.workloads.iter().find(|one| one.workload == Workload::Mail)?.cause);
    let causes: Vec<Cause> = mail.collect();
    assert!(causes.contains(&Cause::OutOfScope) && !causes.contains(&Cause::PermissionMissing), "{causes:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_in_force_is_kept_before_anybody_has_wished_for_a_scope() {
    let (rehearsal, organization) = stage(40, AT_ONCE).await;
    read(&rehearsal.desk, OrganizationRef { organization }, &Job::quiet()).await.unwrap();
    let view = show(&rehearsal.desk, OrganizationRef { organization }, &Job::quiet()).await.unwrap();
    assert!(view.reading.is_some_and(|reading| !reading.granted.is_empty()) && view.set_at.is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_contradiction_is_too_early_until_exchange_has_heard_of_the_change() {
    let slow = Propagation { policies: Duration::from_secs(15 * 60), roles: Duration::from_secs(60 * 60) };
    let (rehearsal, organization) = stage(120, slow).await;
    let pilot = group(&rehearsal, "Integration Pilot");
    let view = limited(&rehearsal, organization, Rule::AllButMembers, Mechanism::AccessPolicy, pilot).await;
    let change = view.change.unwrap();
    assert!(!change.settled && change.settles == Timestamp(change.change.at.0 + 60 * 60 * 1_000));
    let proof = proven(&rehearsal, everybody(organization)).await;
    assert_eq!((proof.outcome, proof.proof.tally.leaks), (Outcome::TooEarly, 0));
    assert!(proof.next_probe.is_some_and(|at| at > proof.proof.started && at < change.settles), "{proof:?}");
    let early = proof.proof.tally.too_early;

    // Another start of the program knows it, too.
    let before = rehearsal.sandbox.counts();
    rehearsal.sandbox.advance(Duration::from_secs(16 * 60));
    let again = Box::pin(again(&rehearsal.desk, ProofRef { proof: proof.proof.id }, &Job::quiet())).await.unwrap();
    assert_eq!(again.proof.tally.confirmed_outside, early);
    assert_eq!(again.outcome, Outcome::TooEarly, "whoever answered may have been let in by what was in force before");
    assert_eq!((again.proof.tally.provisional, again.next_probe), (again.proof.tally.asked(), Some(change.settles)));
    let mail = ("GET /users/{u}/mailFolders/{f}".to_owned(), 403);
    let asked = rehearsal.sandbox.counts().get(&mail).copied().unwrap_or_default() - before.get(&mail).copied().unwrap_or_default();
    assert_eq!(asked, u64::from(early), "until the window is over only contradictions are asked again");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_role_still_opens_is_too_early_and_not_taken_for_a_grant() {
    let slow = Propagation { policies: Duration::from_secs(15 * 60), roles: Duration::from_secs(60 * 60) };
    let (rehearsal, organization) = stage(150, slow).await;
    limited(&rehearsal, organization, Rule::OnlyMembers, Mechanism::ManagementScope, group(&rehearsal, "Integration Pilot")).await;
    migrated(&rehearsal, organization).await;
    rehearsal.sandbox.advance(Duration::from_secs(3 * 60 * 60));
    read(&rehearsal.desk, OrganizationRef { organization }, &Job::quiet()).await.unwrap();

    // Exchange hasn't heard yet that others are to be reached now: whoever was reached before still answers.
    limited(&rehearsal, organization, Rule::OnlyMembers, Mechanism::ManagementScope, group(&rehearsal, "Finance")).await;
    let proof = proven(&rehearsal, everybody(organization)).await;
    assert_eq!((proof.outcome, proof.proof.tally.leaks), (Outcome::TooEarly, 0), "{:?}", proof.proof.tally);
    assert!(proof.proof.tally.too_early > 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn nested_groups_count_as_the_mechanism_counts_them_and_units_allow() {
    let (rehearsal, organization) = stage(150, AT_ONCE).await;
    let nested = group(&rehearsal, "Integration Scope");
    let by_policy = limited(&rehearsal, organization, Rule::OnlyMembers, Mechanism::AccessPolicy, nested).await;
    assert!(by_policy.may_prove.is_none());
    long_ago(&rehearsal, organization).await;
    let proof = proven(&rehearsal, everybody(organization)).await;
    assert_eq!(proof.outcome, Outcome::Confirmed, "{:?}", proof.proof.tally);
    assert!(proof.proof.tally.confirmed_inside > 5, "members of Sales are inside through their group");

    limited(&rehearsal, organization, Rule::OnlyMembers, Mechanism::ManagementScope, nested).await;
    let view = show(&rehearsal.desk, OrganizationRef { organization }, &Job::quiet()).await.unwrap();
    assert_eq!(view.stands, Stands::OtherScope, "what was proven of one scope says nothing of another");
    let refused = Box::pin(again(&rehearsal.desk, ProofRef { proof: proof.proof.id }, &Job::quiet())).await.unwrap_err();
    assert_eq!(refused.code, Code::InvalidInput);
    let view = read(&rehearsal.desk, OrganizationRef { organization }, &Job::quiet()).await.unwrap();
    let remarks = view.reading.unwrap().remarks;
    assert!(remarks.iter().any(|remark| matches!(remark, Remark::NestedLeftOut { users } if *users > 5)), "{remarks:?}");
    migrated(&rehearsal, organization).await;
    read(&rehearsal.desk, OrganizationRef { organization }, &Job::quiet()).await.unwrap();
    long_ago(&rehearsal, organization).await;
    let proof = proven(&rehearsal, everybody(organization)).await;
    assert_eq!((proof.outcome, proof.proof.tally.confirmed_inside), (Outcome::Confirmed, 0), "nobody is a direct member");

    let unit = units(&rehearsal.desk, OrganizationRef { organization }, &Job::quiet()).await.unwrap().remove(0);
    limited(&rehearsal, organization, Rule::OnlyMembers, Mechanism::AdministrativeUnit, unit.id).await;
    read(&rehearsal.desk, OrganizationRef { organization }, &Job::quiet()).await.unwrap();
    long_ago(&rehearsal, organization).await;
    let proof = proven(&rehearsal, everybody(organization)).await;
    assert!(proof.outcome == Outcome::Confirmed && proof.proof.tally.confirmed_inside > 5, "{:?}", proof.proof.tally);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_group_that_was_renamed_or_deleted_and_a_mailbox_of_elsewhere_each_have_a_clear_outcome() {
    let (rehearsal, organization) = stage(100, AT_ONCE).await;
    let pilot = group(&rehearsal, "Integration Pilot");
    limited(&rehearsal, organization, Rule::OnlyMembers, Mechanism::AccessPolicy, pilot).await;
    long_ago(&rehearsal, organization).await;
    let rename = |name: &str, deleted: bool| {
        rehearsal.sandbox.change(|world| {
            let group = world.groups.iter_mut().find(|group| group.id == pilot.to_string()).unwrap();
            (group.display_name, group.deleted) = (name.to_owned(), deleted);
        });
    };
    rename("Pilot\r\nRemove-Mailbox -Identity * ; '", false);
    let view = read(&rehearsal.desk, OrganizationRef { organization }, &Job::quiet()).await.unwrap();
    let reading = view.reading.unwrap();
    assert!(matches!(reading.unit, UnitState::Here { renamed_from: Some(ref name), .. } if name == "Integration Pilot"), "{reading:?}");
    let scripts = plan(&rehearsal.desk, PlanScope { organization, mailboxes: Vec::new() }, &Job::quiet()).await.unwrap();
    let code = scripts.scripts.iter().flat_map(|script| script.text.lines()).filter(|line| !line.starts_with('#'));
    assert!(code.clone().count() > 5 && code.clone().all(|line| !line.contains("Remove-Mailbox")), "a name stays in its comment");

    let named = vec!["nobody@elsewhere.example".to_owned(), "admin@contoso.example".to_owned()];
    let sampled = ProveScope { inside: Some(3), outside: Some(7), named, ..everybody(organization) };
    let proof = proven(&rehearsal, sampled.clone()).await;
    assert_eq!(proof.proof.sample.unknown, ["nobody@elsewhere.example"]);
    let asked = proof.proof.tally.asked();
    assert!(proof.outcome == Outcome::Confirmed && (10..=11).contains(&asked), "{:?}", proof.proof.tally);
    let again = proven(&rehearsal, sampled).await;
    assert_eq!(found(&rehearsal, &again, Finding::ConfirmedOutside).await, found(&rehearsal, &proof, Finding::ConfirmedOutside).await);

    rename("Integration Pilot", true);
    let view = read(&rehearsal.desk, OrganizationRef { organization }, &Job::quiet()).await.unwrap();
    assert_eq!(view.reading.unwrap().unit, UnitState::Gone);
    let refused = Box::pin(prove(&rehearsal.desk, everybody(organization), &Job::quiet())).await.unwrap_err();
    assert_eq!(refused.code, Code::NotFound);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proof_that_waits_says_until_when_before_anything_has_answered() {
    let (rehearsal, organization) = stage(40, AT_ONCE).await;
    rehearsal.import(organization).await.unwrap();
    limited(&rehearsal, organization, Rule::OnlyMembers, Mechanism::AccessPolicy, group(&rehearsal, "Integration Pilot")).await;
    rehearsal.sandbox.next_answers(vec![Wire::ServiceUnavailable { retry_after: Some(240) }]);
    // A check meets the pause; the proof after it begins in the middle of it.
    let (checking, waits) = (CancellationToken::new(), CancellationToken::new());
    let pressed = checking.clone();
    let job = Job::new(checking, move |progress| {
        if matches!(&progress, Progress::Verified(line) if line.waiting_until.is_some()) {
            pressed.cancel();
        }
    });
    Box::pin(start(&rehearsal.desk, Verify { organization, which: Scope::All }, &job)).await.unwrap();
    let (pressed, told) = (waits.clone(), Arc::new(Mutex::new(None)));
    let ear = Arc::clone(&told);
    let job = Job::new(waits, move |progress| {
        if let Progress::Proven(line) = progress {
            ear.lock().unwrap().get_or_insert(line);
            pressed.cancel();
        }
    });
    let proof = Box::pin(prove(&rehearsal.desk, everybody(organization), &job)).await.unwrap();
    assert_eq!(proof.proof.state, RunState::Interrupted);
    let line = told.lock().unwrap().unwrap();
    assert_eq!((line.done, line.waiting_until.is_some()), (0, true), "{line:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proof_is_paused_and_goes_on_where_it_was_with_a_token_that_has_expired_meanwhile() {
    let (rehearsal, organization) = stage(600, AT_ONCE).await;
    let pilot = group(&rehearsal, "Integration Pilot");
    limited(&rehearsal, organization, Rule::OnlyMembers, Mechanism::AccessPolicy, pilot).await;
    long_ago(&rehearsal, organization).await;
    let stop = CancellationToken::new();
    let enough = stop.clone();
    let job = Job::new(stop, move |progress| {
        if matches!(progress, Progress::Proven(proven) if proven.done > 50) {
            enough.cancel();
        }
    });
    let paused = Box::pin(prove(&rehearsal.desk, everybody(organization), &job)).await.unwrap();
    let Tally { waiting, .. } = paused.proof.tally;
    assert!(paused.proof.state == RunState::Interrupted && waiting > 0, "{:?}", paused.proof);
    let done = paused.proof.tally.asked();

    let sandbox = &rehearsal.sandbox;
    let begun = std::sync::atomic::AtomicBool::new(false);
    let expire = {
        let begun = std::sync::Arc::new(begun);
        let (stop, seen) = (CancellationToken::new(), std::sync::Arc::clone(&begun));
        (Job::new(stop, move |_| seen.store(true, std::sync::atomic::Ordering::Relaxed)), begun)
    };
    let (job, begun) = expire;
    let go_on = async { Box::pin(resume(&rehearsal.desk, ProofRef { proof: paused.proof.id }, &job)).await };
    let age = async {
        while !begun.load(std::sync::atomic::Ordering::Relaxed) {
            tokio::task::yield_now().await;
        }
        sandbox.advance(Duration::from_secs(2 * 60 * 60));
    };
    let (ended, ()) = tokio::join!(go_on, age);
    let ended = ended.unwrap();
    assert_eq!((ended.proof.state, ended.outcome), (RunState::Finished, Outcome::Confirmed), "{:?}", ended.proof.tally);
    assert!(ended.proof.tally.asked() > done && ended.proof.tally.waiting == 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_too_early_is_asked_again_by_itself_when_the_clock_says_so() {
    let slow = Propagation { policies: Duration::from_secs(15 * 60), roles: Duration::ZERO };
    let (rehearsal, organization) = stage(40, slow).await;
    let pilot = group(&rehearsal, "Integration Pilot");
    limited(&rehearsal, organization, Rule::AllButMembers, Mechanism::AccessPolicy, pilot).await;
    // The window has some seconds left, so the next look is when they are over.
    let at = Some(Timestamp(rollcall_tests::clock()().0 - (60 * 60 - 8) * 1_000));
    changed(&rehearsal.desk, NoteChange { organization, at }, &Job::quiet()).await.unwrap();
    let proof = proven(&rehearsal, everybody(organization)).await;
    assert_eq!(proof.outcome, Outcome::TooEarly, "{:?}", proof.proof.tally);
    let Rehearsal { sandbox, desk, kept: _kept, .. } = rehearsal;
    sandbox.advance(Duration::from_secs(16 * 60));
    let (desk, stop) = (Arc::new(desk), CancellationToken::new());
    let keeping = tokio::spawn(keep(Arc::clone(&desk), stop.clone()));
    let mut confirmed = false;
    for _ in 0..600 {
        let view = show(&desk, OrganizationRef { organization }, &Job::quiet()).await.unwrap();
        confirmed = view.proof.is_some_and(|now| {
            assert!(now.outcome != Outcome::Confirmed || now.proof.tally.provisional == 0);
            now.proof.id == proof.proof.id && now.outcome == Outcome::Confirmed
        });
        if confirmed {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    stop.cancel();
    keeping.await.unwrap();
    assert!(confirmed, "the clock has asked again");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proof_that_was_cut_off_goes_on_by_itself_if_the_admin_chose_so() {
    let (rehearsal, organization) = stage(600, AT_ONCE).await;
    let pilot = group(&rehearsal, "Integration Pilot");
    limited(&rehearsal, organization, Rule::OnlyMembers, Mechanism::AccessPolicy, pilot).await;
    long_ago(&rehearsal, organization).await;
    let Rehearsal { sandbox, desk, folder, kept, .. } = rehearsal;
    let cut_off = async |desk: &Desk| cut_off(desk, (), &Job::quiet()).await.unwrap();
    let (asked, job) = first_answers();
    // The future of the proof is dropped in its middle, as the end of a process would.
    tokio::select! {
        _ = Box::pin(prove(&desk, everybody(organization), &job)) => panic!("it can't be done so soon"),
        () = asked.notified() => {}
    }
    drop(desk);
    let desk = opened(&folder).await;
    assert_eq!(cut_off(&desk).await, [], "it waits for a click where nobody chose otherwise");
    let chosen = Settings { resume: Resume::ByItself, ..Settings::default() };
    settings::set(&desk, chosen, &Job::quiet()).await.unwrap();
    drop(desk);

    // Another program has looked in, and the next one still knows.
    let desk = opened(&folder).await;
    let named = cut_off(&desk).await;
    let proof = &named[0].proof;
    assert!(proof.state == RunState::Interrupted && proof.tally.waiting > 0 && proof.tally.asked() > 0, "{proof:?}");
    assert_eq!((named.len(), named[0].organization.as_str(), cut_off(&desk).await), (1, "Contoso EU", vec![]), "once");
    hand_in(&desk, &sandbox).await.unwrap();
    let ended = Box::pin(resume(&desk, ProofRef { proof: proof.id }, &Job::quiet())).await.unwrap();
    assert_eq!(ended.outcome, Outcome::Confirmed, "{:?}", ended.proof.tally);
    drop(desk);
    let desk = opened(&folder).await;
    assert_eq!(cut_off(&desk).await, [], "what is over isn't cut off");

    drop((desk, kept));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failing_sign_in_puts_the_next_look_off_and_says_until_when() {
    let slow = Propagation { policies: Duration::from_secs(15 * 60), roles: Duration::ZERO };
    let (rehearsal, organization) = stage(40, slow).await;
    let pilot = group(&rehearsal, "Integration Pilot");
    limited(&rehearsal, organization, Rule::AllButMembers, Mechanism::AccessPolicy, pilot).await;
    let now = || rollcall_tests::clock()();
    // The next look is due in a moment.
    let at = Some(Timestamp(now().0 - (15 * 60 - 3) * 1_000));
    changed(&rehearsal.desk, NoteChange { organization, at }, &Job::quiet()).await.unwrap();
    let proof = proven(&rehearsal, everybody(organization)).await;
    assert_eq!(proof.outcome, Outcome::TooEarly, "{:?}", proof.proof.tally);
    let Rehearsal { sandbox, desk, kept, .. } = rehearsal;
    sandbox.change(|world| world.apps.iter_mut().for_each(|app| app.secrets.clear()));
    while now() < proof.next_probe.unwrap() {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let (desk, stop) = (Arc::new(desk), CancellationToken::new());
    let keeping = tokio::spawn(keep(Arc::clone(&desk), stop.clone()));
    let put_off = loop {
        let view = show(&desk, OrganizationRef { organization }, &Job::quiet()).await.unwrap();
        if let Some(put_off) = view.proof.and_then(|now| now.proof.put_off) {
            break put_off;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    };
    assert_eq!((put_off.failures, put_off.code.as_str()), (1, Code::WrongSecret.name()));
    let wait = put_off.until.since(now());
    assert!(wait > Duration::from_secs(30) && wait <= Duration::from_secs(60), "{wait:?}");
    stop.cancel();
    keeping.await.unwrap();
    drop((desk, kept));
}

#[tokio::test(flavor = "multi_thread")]
async fn why_is_said_of_any_mailbox_of_the_tenant_and_one_that_no_proof_asked_can_be_asked() {
    let (rehearsal, organization) = stage(150, AT_ONCE).await;
    let pilot = group(&rehearsal, "Integration Pilot");
    limited(&rehearsal, organization, Rule::OnlyMembers, Mechanism::AccessPolicy, pilot).await;
    read(&rehearsal.desk, OrganizationRef { organization }, &Job::quiet()).await.unwrap();
    long_ago(&rehearsal, organization).await;
    let (inside, leak) = rehearsal.sandbox.change(|world| {
        let members = &world.groups.iter().find(|group| group.display_name == "Integration Pilot").unwrap().members;
        let is_inside = |at: u32| members.contains(&Member::User(at));
        let people =
            || (0_u32..).zip(&world.users).filter(|(_, user)| user.enabled && user.fault.is_none() && user.recipient == Recipient::Person);
        let inside = people().find(|(at, _)| is_inside(*at)).unwrap().1;
        let outside = people().filter(|(at, user)| !is_inside(*at) && !user.aliases.is_empty()).last().unwrap().1;
        let (id, alias) = (outside.id.to_string(), outside.aliases[0].clone());
        let inside = inside.upn.clone();
        world.exchange.astray = vec![id.clone()];
        (inside, (id, alias))
    });
    let of = |mailbox: &str| WhyMailbox { organization, mailbox: mailbox.to_owned() };
    let why = async |mailbox: &str| why(&rehearsal.desk, of(mailbox), &Job::quiet()).await;

    // Before any proof the facts are told, and that nothing was asked.
    let told = why(&leak.1).await.unwrap();
    assert_eq!((told.because, told.mailbox.object_id.to_string(), told.mailbox.finding), (Because::NotAsked, leak.0.clone(), None));
    assert!(
        told.chain.iter().any(|link| matches!(link, Link::Side { expected: Expected::Outside, unit: Some(_), .. })),
        "{:?}",
        told.chain
    );
    assert!(told.chain.iter().any(|link| matches!(link, Link::Mailbox { of: MailboxKind::User, enabled: true, .. })));
    assert!(told.chain.contains(&Link::NotAsked));
    let before = rehearsal.sandbox.counts().len();
    let asked = Box::pin(ask(&rehearsal.desk, of(&leak.1), &Job::quiet())).await.unwrap();
    assert!(rehearsal.sandbox.counts().len() > before, "it was asked over the wire");
    assert_eq!((asked.because, asked.mailbox.finding, asked.mailbox.proof), (Because::NotHeld, Some(Finding::Leak), None));
    assert!(asked.chain.iter().any(|link| matches!(link, Link::Called { call } if call.http == Some(200) && call.request_id.is_some())));
    let asked = Box::pin(ask(&rehearsal.desk, of(&inside), &Job::quiet())).await.unwrap();
    assert_eq!(asked.because, Because::InScope);
    let nobody = why("nobody@contoso.example").await.unwrap_err();
    assert_eq!(nobody.code, Code::NotFound);

    // Of a mailbox of the last proof its answers are told, by whichever address; the others were still not asked.
    let sampled = ProveScope { inside: Some(0), outside: Some(0), named: vec![leak.1.clone()], ..everybody(organization) };
    let proof = proven(&rehearsal, sampled).await;
    for name in [&leak.0, &leak.1] {
        let told = why(name).await.unwrap();
        assert_eq!((told.because, told.mailbox.proof), (Because::NotHeld, Some(proof.proof.id)));
        assert!(told.chain.iter().any(|link| matches!(link, Link::Mailbox { of: MailboxKind::User, seen: None, .. })), "{:?}", told.chain);
    }
    let asked = Box::pin(ask(&rehearsal.desk, of(&leak.1), &Job::quiet())).await.unwrap();
    assert!(asked.chain.iter().any(|link| matches!(link, Link::Mailbox { enabled: true, .. })), "{:?}", asked.chain);
    assert_eq!(why(&inside).await.unwrap().because, Because::NotAsked);
    let guest = rehearsal.sandbox.world().users.iter().find(|user| user.recipient == Recipient::Guest).map(|user| user.id.to_string());
    if let Some(guest) = guest {
        assert_eq!(why(&guest).await.unwrap().because, Because::NoMailbox, "a guest's mailbox is elsewhere");
    }

    // Signed out, nothing is known of the mailbox but what was remembered of its user.
    let state = |why: Why| why.chain.into_iter().find(|link| matches!(link, Link::Mailbox { .. } | Link::MailboxUnread));
    sign_out(&rehearsal.desk, TenantRef { tenant: rehearsal.tenant.id }, &Job::quiet()).await.unwrap();
    assert_eq!(state(why(&leak.0).await.unwrap()), Some(Link::MailboxUnread));
    rehearsal.sign_in().await.unwrap();
    rehearsal.import(organization).await.unwrap();
    sign_out(&rehearsal.desk, TenantRef { tenant: rehearsal.tenant.id }, &Job::quiet()).await.unwrap();
    let remembered = state(why(&leak.0).await.unwrap());
    assert!(matches!(remembered, Some(Link::Mailbox { enabled: true, seen: Some(_), .. })), "{remembered:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_secret_no_next_look_is_promised_but_that_it_is_waited_for() {
    let slow = Propagation { policies: Duration::from_secs(15 * 60), roles: Duration::ZERO };
    let (rehearsal, organization) = stage(40, slow).await;
    let of = OrganizationRef { organization };
    let pilot = group(&rehearsal, "Integration Pilot");
    limited(&rehearsal, organization, Rule::AllButMembers, Mechanism::AccessPolicy, pilot).await;
    let early = proven(&rehearsal, everybody(organization)).await;
    assert!(early.outcome == Outcome::TooEarly && early.next_probe.is_some() && !early.waits_for_secret, "{early:?}");
    let with_it = show(&rehearsal.desk, of, &Job::quiet()).await.unwrap().proof.unwrap();
    assert_eq!((with_it.next_probe, with_it.waits_for_secret), (early.next_probe, false));

    // The secret was for that session only.
    let Rehearsal { sandbox, desk, folder, kept, .. } = rehearsal;
    drop(desk);
    let desk = opened(&folder).await;
    let without = show(&desk, of, &Job::quiet()).await.unwrap().proof.unwrap();
    assert_eq!((without.next_probe, without.waits_for_secret), (early.next_probe, true));
    hand_in(&desk, &sandbox).await.unwrap();
    assert!(!show(&desk, of, &Job::quiet()).await.unwrap().proof.unwrap().waits_for_secret);

    // What stands for nothing any more is not asked again.
    changed(&desk, NoteChange { organization, at: None }, &Job::quiet()).await.unwrap();
    let old = show(&desk, of, &Job::quiet()).await.unwrap();
    assert_eq!((old.stands, old.proof.unwrap().next_probe), (Stands::BeforeChange, None));
    drop((desk, kept));
}

/// A job, and what says that its proof has the first answers on disk.
fn first_answers() -> (Arc<Notify>, Job) {
    let asked = Arc::new(Notify::new());
    let told = Arc::clone(&asked);
    let job = Job::new(CancellationToken::new(), move |progress| {
        if matches!(progress, Progress::Proven(proven) if proven.done > 0) {
            told.notify_one();
        }
    });
    (asked, job)
}

/// The folder opened anew: what was on its way to the disk still gets there, and it is free after that.
async fn opened(folder: &Path) -> Desk {
    loop {
        match open_desk(folder, &Scene::default().pace) {
            Ok(desk) => return desk,
            Err(_) => tokio::time::sleep(Duration::from_millis(5)).await,
        }
    }
}
