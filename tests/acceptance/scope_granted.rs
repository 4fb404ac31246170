//! What is granted for the whole tenant is read and changed with the consent: what is known of the access scopes follows.

use rollcall_core::id::OrganizationId;
use rollcall_core::permission::{PermissionType, Resource};
use rollcall_core::scope::finding::Outcome;
use rollcall_core::scope::present::Void;
use rollcall_core::scope::{Mechanism, Rule};
use rollcall_ops::consent::change::apply::{ApplyChange, apply};
use rollcall_ops::consent::change::preview::preview;
use rollcall_ops::consent::change::{PermissionRef, PreviewChange, Wanted};
use rollcall_ops::consent::read::read as read_consent;
use rollcall_ops::job::Job;
use rollcall_ops::organizations::delete::OrganizationRef;
use rollcall_ops::scope::read::read;
use rollcall_ops::scope::set::{SetScope, Wish, set};
use rollcall_ops::scope::show::{ScopeView, Stands, show};
use rollcall_sandbox::browser::Person;
use rollcall_tests::{Rehearsal, at_the_browser};

use crate::scope::{AT_ONCE, everybody, group, limited, long_ago, migrated, proven, stage};

async fn look(rehearsal: &Rehearsal, organization: OrganizationId) -> ScopeView {
    show(&rehearsal.desk, OrganizationRef { organization }, &Job::quiet()).await.unwrap()
}

/// Takes back, in Permissions, the grants that a scope is void by.
async fn revoke(rehearsal: &Rehearsal, organization: OrganizationId, voids: &[Void]) {
    let named = |void: &Void| match void {
        Void::Grant { permission } => {
            PermissionRef { resource: Resource::Graph, kind: PermissionType::Application, name: permission.clone() }
        }
        Void::Ews { .. } | Void::Assignment { .. } => panic!("only Graph's permissions were granted: {void:?}"),
    };
    let permissions = voids.iter().map(named).collect();
    let change = PreviewChange { organization, wanted: Wanted::Revoke { permissions, whom: rollcall_core::grant::Grantee::Everyone } };
    let seal = preview(&rehearsal.desk, change.clone(), &Job::quiet()).await.unwrap().seal;
    Box::pin(apply(&rehearsal.desk, ApplyChange { change, seal }, &at_the_browser(Person::Admin))).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_grant_that_permissions_show_or_revoke_voids_the_scopes_of_the_application_or_does_no_more() {
    let (rehearsal, organization) = stage(40, AT_ONCE).await;
    let pilot = group(&rehearsal, "Integration Pilot");
    limited(&rehearsal, organization, Rule::OnlyMembers, Mechanism::ManagementScope, pilot).await;
    migrated(&rehearsal, organization).await;
    let beside = rehearsal.organization("Contoso US", "US-01").await.unwrap().id;
    let wish = Wish::Limited { rule: Rule::OnlyMembers, mechanism: Mechanism::ManagementScope, unit: pilot };
    set(&rehearsal.desk, SetScope { organization: beside, wish }, &Job::quiet()).await.unwrap();
    for organization in [organization, beside] {
        read(&rehearsal.desk, OrganizationRef { organization }, &Job::quiet()).await.unwrap();
    }
    long_ago(&rehearsal, organization).await;
    let proof = proven(&rehearsal, everybody(organization)).await;
    assert_eq!(proof.outcome, Outcome::Confirmed, "{:?}", proof.proof.tally);
    let before = look(&rehearsal, organization).await;
    assert!(before.voids.is_empty() && before.stands == Stands::Now && !before.read_before_change, "{before:?}");

    // Somebody grants all of it again in Entra, and Permissions read that.
    rehearsal.sandbox.change(|world| {
        let app = world.apps.iter().find(|app| app.display_name == "Practice Integration").unwrap().client_id.clone();
        world.grant_tenant_wide(&app, 0);
    });
    Box::pin(read_consent(&rehearsal.desk, OrganizationRef { organization }, &Job::quiet())).await.unwrap();
    let void = look(&rehearsal, organization).await;
    assert!(void.voids.contains(&Void::Grant { permission: "Mail.ReadWrite".to_owned() }), "{:?}", void.voids);
    assert_eq!(void.stands, Stands::BeforeChange, "that proof is from before the grant");
    assert!(!void.read_before_change, "the grants are as they were read just now");
    let reading = void.reading.unwrap();
    assert!(reading.granted_at.is_some_and(|at| at > reading.at), "and it is said when");
    assert_eq!(look(&rehearsal, beside).await.voids, void.voids, "grants are the application's, not the organization's");
    let proof = proven(&rehearsal, everybody(organization)).await;
    assert_eq!((proof.outcome, look(&rehearsal, organization).await.stands), (Outcome::Contradicted, Stands::Now));

    // The screen says which grants to revoke; that is done where it sends one.
    revoke(&rehearsal, organization, &void.voids).await;
    for one in [organization, beside] {
        assert_eq!(look(&rehearsal, one).await.voids, []);
    }
    let revoked = look(&rehearsal, organization).await;
    assert_eq!(revoked.stands, Stands::BeforeChange, "its leaks were of the grants");
    assert!(!revoked.read_before_change && revoked.change.unwrap().settled, "the next token has them no more: nothing settles");
    let proof = proven(&rehearsal, everybody(organization)).await;
    assert_eq!((proof.outcome, look(&rehearsal, organization).await.stands), (Outcome::Confirmed, Stands::Now));

    // Reading again what is the same changes nothing.
    Box::pin(read_consent(&rehearsal.desk, OrganizationRef { organization }, &Job::quiet())).await.unwrap();
    assert_eq!(look(&rehearsal, organization).await.stands, Stands::Now);
}
