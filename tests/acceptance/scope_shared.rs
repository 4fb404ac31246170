//! Two organizations of one application: Exchange has one limit for both. And what a script leaves, takes away, and never does too early.

use rollcall_core::consent::ConsentState;
use rollcall_core::id::{ObjectId, OrganizationId};
use rollcall_core::integration::Integration;
use rollcall_core::organization::AccessType;
use rollcall_core::rules::Reason;
use rollcall_core::scope::plan::{NoScript, Purpose};
use rollcall_core::scope::present::Void;
use rollcall_core::scope::warning::Warning;
use rollcall_core::scope::{Desired, Mechanism, Remark, Rule};
use rollcall_ops::consent::read::read as read_consent;
use rollcall_ops::integrations::add::{AddIntegration, add};
use rollcall_ops::job::Job;
use rollcall_ops::organizations::create::{CreateOrganization, create};
use rollcall_ops::organizations::delete::OrganizationRef;
use rollcall_ops::practice::exchange::{RunScopeScript, run_script};
use rollcall_ops::scope::changed::{NoteChange, changed};
use rollcall_ops::scope::plan::{PlanScope, ScopeScripts, plan};
use rollcall_ops::scope::read::read;
use rollcall_ops::scope::set::{SetScope, Wish, set};
use rollcall_ops::scope::shared::SharedWish;
use rollcall_ops::scope::show::show;
use rollcall_ops::scope::units::units;
use rollcall_ops::scope::weigh::weigh;
use rollcall_sandbox::browser::Person;
use rollcall_tests::{Rehearsal, at_the_browser};

use crate::scope::{AT_ONCE, group, limited, migrated, run, stage};

async fn planned(rehearsal: &Rehearsal, organization: OrganizationId) -> ScopeScripts {
    Box::pin(plan(&rehearsal.desk, PlanScope { organization, mailboxes: Vec::new() }, &Job::quiet())).await.unwrap()
}

fn why(planned: &ScopeScripts, purpose: Purpose) -> Option<NoScript> {
    planned.without.iter().find(|without| without.purpose == purpose).map(|without| without.why)
}

async fn refused(rehearsal: &Rehearsal, organization: OrganizationId, purpose: Purpose) -> Option<Reason> {
    let ask = RunScopeScript { organization, purpose, mailboxes: Vec::new() };
    Box::pin(run_script(&rehearsal.desk, ask, &at_the_browser(Person::Admin))).await.unwrap_err().reason
}

fn only(mechanism: Mechanism, unit: ObjectId) -> Wish {
    Wish::Limited { rule: Rule::OnlyMembers, mechanism, unit }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_wishes_for_one_application_are_told_before_they_are_set_and_neither_is_planned() {
    let (rehearsal, hq) = stage(60, AT_ONCE).await;
    let desk = &rehearsal.desk;
    let pilot = group(&rehearsal, "Integration Pilot");
    let scope = group(&rehearsal, "Integration Scope");
    limited(&rehearsal, hq, Rule::OnlyMembers, Mechanism::ManagementScope, pilot).await;
    let branch = rehearsal.organization("Branch", "B-01").await.unwrap().id;
    let of = |organization| OrganizationRef { organization };

    // Whoever has wished for nothing contradicts nobody.
    let shown = show(desk, of(branch), &Job::quiet()).await.unwrap();
    assert!(!shown.contested && matches!(shown.shared[0].wish, SharedWish::Other { .. }), "{:?}", shown.shared);
    assert!(!show(desk, of(hq), &Job::quiet()).await.unwrap().contested);

    // The other wish is told before it is set.
    let ask = |organization, wish| SetScope { organization, wish };
    let other = only(Mechanism::ManagementScope, scope);
    let weighed = Box::pin(weigh(desk, ask(branch, other), &Job::quiet())).await.unwrap();
    assert!(weighed.contested, "{weighed:?}");
    assert_eq!(weighed.shared[0].name, "Contoso EU");
    let SharedWish::Other { desired: Desired::Limited { limit } } = &weighed.shared[0].wish else { panic!("{weighed:?}") };
    assert_eq!(limit.unit.name, "Integration Pilot");
    let same = Box::pin(weigh(desk, ask(branch, only(Mechanism::ManagementScope, pilot)), &Job::quiet())).await.unwrap();
    assert!(!same.contested && same.shared[0].wish == SharedWish::Same, "{same:?}");

    // Set all the same, it overwrites nothing of the first: there is no script for either.
    set(desk, ask(branch, other), &Job::quiet()).await.unwrap();
    let before = rehearsal.sandbox.world().exchange.now().clone();
    for organization in [hq, branch] {
        assert!(show(desk, of(organization), &Job::quiet()).await.unwrap().contested);
        let planned = planned(&rehearsal, organization).await;
        for purpose in [Purpose::Apply, Purpose::Migrate, Purpose::Finish] {
            assert_eq!(why(&planned, purpose), Some(NoScript::Contested), "{purpose:?}");
            assert_eq!(refused(&rehearsal, organization, purpose).await, Some(Reason::ScopeContested), "{purpose:?}");
        }
        let named = &planned.without[0].shared[0].name;
        assert_eq!(named, if organization == hq { "Branch" } else { "Contoso EU" });
        let kept: Vec<Purpose> = planned.scripts.iter().map(|script| script.purpose).collect();
        assert_eq!(kept, [Purpose::Test, Purpose::Remove], "asking and taking away contradict nobody");
        let removal = &planned.scripts[1].warnings;
        assert!(matches!(&removal[0], Warning::Shared { organizations } if organizations.contains(named)), "{removal:?}");
    }
    assert_eq!(*rehearsal.sandbox.world().exchange.now(), before);

    // One wish for both is one limit for both. Their files are told apart all the same.
    set(desk, ask(branch, only(Mechanism::ManagementScope, pilot)), &Job::quiet()).await.unwrap();
    let (one, two) = (planned(&rehearsal, hq).await, planned(&rehearsal, branch).await);
    assert!(one.scripts[0].purpose == Purpose::Apply && two.scripts[0].purpose == Purpose::Apply);
    assert_ne!(one.scripts[0].file, two.scripts[0].file);
    run(&rehearsal, branch, Purpose::Apply).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whom_a_limit_would_lock_out_of_an_organization_without_a_wish_is_counted() {
    let (rehearsal, hq) = stage(60, AT_ONCE).await;
    let branch = rehearsal.organization("Branch", "B-01").await.unwrap().id;
    let pilot = group(&rehearsal, "Integration Pilot");
    let ask = SetScope { organization: hq, wish: only(Mechanism::ManagementScope, pilot) };
    let nobody = Box::pin(weigh(&rehearsal.desk, ask.clone(), &Job::quiet())).await.unwrap();
    assert_eq!(nobody.shared, [], "nobody of it is there to be locked out");
    rehearsal.import(branch).await.unwrap();
    let weighed = Box::pin(weigh(&rehearsal.desk, ask, &Job::quiet())).await.unwrap();
    assert!(matches!(weighed.shared[0].wish, SharedWish::None { users } if users > 10) && !weighed.contested, "{weighed:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_integration_of_the_same_client_id_is_the_same_application() {
    let (rehearsal, hq) = stage(40, AT_ONCE).await;
    let pilot = group(&rehearsal, "Integration Pilot");
    limited(&rehearsal, hq, Rule::OnlyMembers, Mechanism::ManagementScope, pilot).await;
    let Integration { tenant, client_id, preset, .. } = rehearsal.integration.clone();
    let ask = AddIntegration { tenant, name: "Twin".to_owned(), client_id: client_id.to_string(), preset, permissions: None };
    let twin = add(&rehearsal.desk, ask, &Job::quiet()).await.unwrap();
    let (name, external_id) = ("Branch".to_owned(), "B-01".to_owned());
    let ask = CreateOrganization { name, external_id, integration: twin.id, access: AccessType::GraphAppOnly, tenant: None };
    let branch = create(&rehearsal.desk, ask, &Job::quiet()).await.unwrap();
    let wish = Wish::Everyone;
    set(&rehearsal.desk, SetScope { organization: branch.id, wish }, &Job::quiet()).await.unwrap();
    assert!(show(&rehearsal.desk, OrganizationRef { organization: hq }, &Job::quiet()).await.unwrap().contested);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_rollcall_has_made_goes_whatever_is_wished_by_then_and_what_others_have_made_stays() {
    let (rehearsal, organization) = stage(40, AT_ONCE).await;
    let desk = &rehearsal.desk;
    let pilot = group(&rehearsal, "Integration Pilot");
    let exchange = || rehearsal.sandbox.world().exchange.now().clone();
    limited(&rehearsal, organization, Rule::OnlyMembers, Mechanism::AccessPolicy, pilot).await;
    limited(&rehearsal, organization, Rule::OnlyMembers, Mechanism::ManagementScope, pilot).await;
    let unit = units(desk, OrganizationRef { organization }, &Job::quiet()).await.unwrap().remove(0);
    limited(&rehearsal, organization, Rule::OnlyMembers, Mechanism::AdministrativeUnit, unit.id).await;
    let now = rollcall_tests::clock()().0;
    rehearsal.sandbox.change(|world| {
        world.exchange.change(now, |limits| {
            let mut foreign = limits.policies[0].clone();
            foreign.description = "made by hand".to_owned();
            limits.policies.push(foreign);
            let mut foreign = limits.assignments[0].clone();
            foreign.name = "by hand".to_owned();
            limits.assignments.push(foreign);
        });
    });
    let made = exchange();
    assert!(made.policies.len() == 2 && made.scopes.len() == 1 && made.assignments.len() > 2, "{made:?}");
    set(desk, SetScope { organization, wish: Wish::Everyone }, &Job::quiet()).await.unwrap();
    let planned = planned(&rehearsal, organization).await;
    assert_eq!(planned.scripts.iter().map(|script| script.purpose).collect::<Vec<_>>(), [Purpose::Remove]);
    for _ in 0..2 {
        run(&rehearsal, organization, Purpose::Remove).await;
        let left = exchange();
        assert_eq!(left.scopes, []);
        assert_eq!(left.policies.iter().map(|policy| policy.description.as_str()).collect::<Vec<_>>(), ["made by hand"]);
        assert_eq!(left.assignments.iter().map(|one| one.name.as_str()).collect::<Vec<_>>(), ["by hand"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn back_to_a_policy_the_roles_of_before_go_and_until_then_it_is_said_what_they_are() {
    let (rehearsal, organization) = stage(40, AT_ONCE).await;
    let (desk, of) = (&rehearsal.desk, OrganizationRef { organization });
    let pilot = group(&rehearsal, "Integration Pilot");
    limited(&rehearsal, organization, Rule::OnlyMembers, Mechanism::ManagementScope, pilot).await;
    migrated(&rehearsal, organization).await;
    set(desk, SetScope { organization, wish: only(Mechanism::AccessPolicy, pilot) }, &Job::quiet()).await.unwrap();
    let view = read(desk, of, &Job::quiet()).await.unwrap();
    assert!(view.voids.iter().all(|void| matches!(void, Void::Assignment { .. })) && !view.voids.is_empty(), "{:?}", view.voids);
    let consent = Box::pin(read_consent(desk, of, &Job::quiet())).await.unwrap();
    let mail = consent.consent.rows.iter().find(|row| row.name == "Mail.ReadWrite").unwrap();
    assert!(mail.state == ConsentState::GivenElsewhere && !mail.roles.is_empty(), "{mail:?}");

    let planned = planned(&rehearsal, organization).await;
    for purpose in [Purpose::Migrate, Purpose::Finish] {
        assert_eq!(why(&planned, purpose), Some(NoScript::ForRoles), "it is said what they belong to");
    }
    let apply = &planned.scripts[0];
    assert!(apply.warnings.contains(&Warning::RolesGo) && apply.voids.is_empty(), "{apply:?}");
    run(&rehearsal, organization, Purpose::Apply).await;
    let left = rehearsal.sandbox.world().exchange.now().clone();
    assert_eq!((left.assignments.len(), left.policies.len()), (0, 1));
    assert_eq!(read(desk, of, &Job::quiet()).await.unwrap().voids, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_policies_of_a_move_stay_until_it_was_read_that_no_grant_stands() {
    let (rehearsal, organization) = stage(40, AT_ONCE).await;
    let (desk, of) = (&rehearsal.desk, OrganizationRef { organization });
    let pilot = group(&rehearsal, "Integration Pilot");
    limited(&rehearsal, organization, Rule::OnlyMembers, Mechanism::AccessPolicy, pilot).await;
    limited(&rehearsal, organization, Rule::OnlyMembers, Mechanism::ManagementScope, pilot).await;
    let policies = || rehearsal.sandbox.world().exchange.now().policies.len();
    let finish = async || {
        let planned = planned(&rehearsal, organization).await;
        let told = planned.without.into_iter().find(|without| without.purpose == Purpose::Finish);
        (told, refused(&rehearsal, organization, Purpose::Finish).await)
    };

    // Changed a moment ago, and what is known is of before.
    let shown = show(desk, of, &Job::quiet()).await.unwrap();
    assert!(shown.read_before_change, "{shown:?}");
    let (told, reason) = finish().await;
    assert_eq!((told.unwrap().why, reason), (NoScript::NotReadSince, Some(Reason::ScopeUnread)));

    // Read since: grants stand, each of which is named.
    assert!(!read(desk, of, &Job::quiet()).await.unwrap().read_before_change);
    let (told, reason) = finish().await;
    let told = told.unwrap();
    assert_eq!((told.why, reason), (NoScript::GrantsStand, Some(Reason::GrantsStand)));
    assert!(told.grants.contains(&Void::Grant { permission: "Mail.ReadWrite".to_owned() }), "{told:?}");
    assert_eq!(policies(), 1, "nothing has opened");

    // The move revokes them; once that was read, the policies may go.
    migrated(&rehearsal, organization).await;
    assert_eq!(finish().await.1, Some(Reason::ScopeUnread));
    read(desk, of, &Job::quiet()).await.unwrap();
    run(&rehearsal, organization, Purpose::Finish).await;
    assert_eq!(policies(), 0);
    changed(desk, NoteChange { organization, at: None }, &Job::quiet()).await.unwrap();
    assert!(show(desk, of, &Job::quiet()).await.unwrap().read_before_change, "somebody says that a script was run");
}

#[tokio::test(flavor = "multi_thread")]
async fn whom_a_mechanism_counts_is_told_before_it_is_chosen() {
    let (rehearsal, organization) = stage(60, AT_ONCE).await;
    let nested = group(&rehearsal, "Integration Scope");
    let weighed = async |rule, mechanism| {
        let ask = SetScope { organization, wish: Wish::Limited { rule, mechanism, unit: nested } };
        Box::pin(weigh(&rehearsal.desk, ask, &Job::quiet())).await.unwrap()
    };
    let by_roles = weighed(Rule::OnlyMembers, Mechanism::ManagementScope).await;
    let by_policy = weighed(Rule::OnlyMembers, Mechanism::AccessPolicy).await;
    let nested = by_policy.counted.unwrap();
    assert!(by_roles.counted == Some(0) && nested > 0, "{by_roles:?} {by_policy:?}");
    let left_out = Remark::NestedLeftOut { users: nested };
    assert_eq!(by_roles.remarks, [Remark::Empty { rule: Rule::OnlyMembers }, left_out]);
    let turned = weighed(Rule::AllButMembers, Mechanism::ManagementScope).await;
    assert!(turned.remarks.contains(&Remark::Empty { rule: Rule::AllButMembers }), "{turned:?}");
    assert_eq!(by_policy.remarks, [Remark::NestedCounted { users: nested }, Remark::PolicyIsLegacy]);
    assert!(show(&rehearsal.desk, OrganizationRef { organization }, &Job::quiet()).await.unwrap().set_at.is_none(), "nothing is kept");
}
