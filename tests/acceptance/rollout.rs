//! The main job from nothing to proof, compared with what was planted.

use std::collections::HashMap;

use rollcall_core::consent::Authorization;
use rollcall_core::verdict::Verdict;
use rollcall_ops::job::Job;
use rollcall_ops::organizations::delete::OrganizationRef;
use rollcall_ops::organizations::describe::{self, StageState};
use rollcall_ops::runs::results;
use rollcall_ops::verify::plan::{Scope, Verify};
use rollcall_ops::verify::start::start;
use rollcall_sandbox::FaultPlan;
use rollcall_sandbox::browser::Person;
use rollcall_tests::{Rehearsal, Scene};

/// What a run says of each mailbox, by object id: the verdict, then verdict, status and code of each workload.
type Found = HashMap<String, (Verdict, HashMap<String, (Verdict, Option<u16>, Option<String>)>)>;

#[tokio::test(flavor = "multi_thread")]
async fn a_rollout_over_two_thousand_users_reaches_exactly_the_planted_verdicts() {
    let rehearsal = Rehearsal::on(Scene { users: 2_000, ..Scene::default() }).await;
    let organization = rehearsal.ready().await;
    let run = Box::pin(start(&rehearsal.desk, Verify { organization: organization.id, which: Scope::All }, &Job::quiet())).await.unwrap();
    let planted = rehearsal.sandbox.planted();
    assert_eq!(run.ledger.total() as usize, planted.len(), "every user of the directory was asked by name");

    let found = results_of(&rehearsal, run.id).await;
    for user in &planted {
        let (verdict, workloads) = found.get(&user.user_id).unwrap_or_else(|| panic!("{} is missing from the run", user.upn));
        assert_eq!(verdict.name(), user.verdict.verdict, "{} with {:?}", user.upn, user.fault);
        for (workload, expected) in &user.workloads {
            let name = format!("{workload:?}").to_lowercase();
            let (verdict, http, code) = &workloads[&name];
            assert_eq!(verdict.name(), expected.verdict, "{name} of {} with {:?}", user.upn, user.fault);
            if verdict == &Verdict::Failed {
                assert_eq!(
                    (*http, code.as_deref()),
                    (expected.http, expected.code.as_deref().filter(|code| !code.is_empty())),
                    "{name} of {}",
                    user.upn
                );
            }
        }
    }
    assert!(run.counters.throttled > 0, "mailboxes that asked for a wait are counted: {:?}", run.counters);
    assert_eq!(rehearsal.sandbox.violations(), 0, "no request may come before its Retry-After has passed");

    let view = describe::describe(&rehearsal.desk, OrganizationRef { organization: organization.id }, &Job::quiet()).await.unwrap();
    assert_eq!(view.stages.organization.state, StageState::Done);
    assert_eq!(view.stages.consent.state, StageState::Done);
    assert_eq!(view.stages.verify.state, StageState::NeedsAttention, "planted failures are not fine");
}

#[tokio::test(flavor = "multi_thread")]
async fn consent_is_believed_only_after_it_was_read_back() {
    let rehearsal = Rehearsal::on(Scene::default()).await;
    rehearsal.sign_in().await.unwrap();
    let organization = rehearsal.organization("Contoso EU", "EU-01").await.unwrap();
    let before =
        rollcall_ops::consent::read::read(&rehearsal.desk, OrganizationRef { organization: organization.id }, &Job::quiet()).await.unwrap();
    assert_eq!(before.consent.authorization, Authorization::NotAuthorized);
    let after = rehearsal.grant_as(organization.id, Person::Admin).await.unwrap();
    assert_eq!(after.consent.authorization, Authorization::Authorized);

    // One grant is taken away behind Rollcall's back: the next read says so and names the feature.
    rehearsal.sandbox.change(|world| {
        let contacts = "6918b873-d17a-4dc1-b314-35f528134491";
        world.role_assignments.retain(|assignment| assignment.app_role_id != contacts);
    });
    let partly =
        rollcall_ops::consent::read::read(&rehearsal.desk, OrganizationRef { organization: organization.id }, &Job::quiet()).await.unwrap();
    assert_eq!(partly.consent.authorization, Authorization::PartlyAuthorized);
    assert!(partly.consent.features_off.iter().any(|feature| feature == "Contact synchronization"), "{:?}", partly.consent.features_off);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_handed_in_before_consent_does_not_hold_back_what_is_granted_later() {
    let rehearsal = Rehearsal::on(Scene { users: 20, faults: FaultPlan::none(), ..Scene::default() }).await;
    rehearsal.sign_in().await.unwrap();
    rehearsal.hand_in_secret().await.unwrap();
    let organization = rehearsal.organization("Contoso EU", "EU-01").await.unwrap();
    rehearsal.import(organization.id).await.unwrap();
    rehearsal.grant_as(organization.id, Person::Admin).await.unwrap();
    let run = Box::pin(start(&rehearsal.desk, Verify { organization: organization.id, which: Scope::All }, &Job::quiet())).await.unwrap();
    assert_eq!(run.ledger.passed, 20, "the token of before the consent is not used after it");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_workload_without_permission_fails_with_that_cause_and_not_with_the_mailboxes() {
    use rollcall_core::issue::Cause;
    let rehearsal = Rehearsal::on(Scene { users: 20, faults: FaultPlan::none(), ..Scene::default() }).await;
    let organization = rehearsal.ready().await;
    rehearsal.sandbox.change(|world| {
        let tasks = "44e666d1-d276-445b-a5fc-8815eeb81d55";
        world.role_assignments.retain(|assignment| assignment.app_role_id != tasks);
    });
    let run = Box::pin(start(&rehearsal.desk, Verify { organization: organization.id, which: Scope::All }, &Job::quiet())).await.unwrap();
    let detail =
        rollcall_ops::runs::describe::describe(&rehearsal.desk, rollcall_ops::runs::describe::RunRef { run: run.id }, &Job::quiet())
            .await
            .unwrap();
    let causes: Vec<_> = detail.fingerprints.iter().map(|group| (group.cause, group.workload.name())).collect();
    assert_eq!(causes, [(Some(Cause::PermissionMissing), "tasks")]);
}

async fn results_of(rehearsal: &Rehearsal, run: rollcall_core::id::RunId) -> Found {
    let (sender, receiver) = std::sync::mpsc::channel();
    results::each(&rehearsal.desk, run, move |result| {
        let _ = sender.send(result);
    })
    .await
    .unwrap();
    receiver
        .into_iter()
        .map(|result| {
            let workloads = result
                .workloads
                .into_iter()
                .map(|answer| (answer.workload.name().to_owned(), (answer.verdict, answer.http, answer.code)))
                .collect();
            (result.object_id.to_string(), (result.verdict, workloads))
        })
        .collect()
}
