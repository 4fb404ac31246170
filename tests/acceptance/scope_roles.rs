//! Roles of Exchange beside the grants: what the consent counts of them, what is never advised beside a scope, and how long what was
//! once read of them counts.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use rollcall_core::consent::{Authorization, Consent, ConsentRow, ConsentState};
use rollcall_core::grant::Grantee;
use rollcall_core::id::OrganizationId;
use rollcall_core::integration::RequiredPermission;
use rollcall_core::permission::{PermissionType, Resource};
use rollcall_core::rules::Reason;
use rollcall_core::scope::finding::{Finding, Outcome};
use rollcall_core::scope::plan::Purpose;
use rollcall_core::scope::present::{Reach, Roles};
use rollcall_core::scope::warning::Warning;
use rollcall_core::scope::why::{Because, Link};
use rollcall_core::scope::{Mechanism, Rule};
use rollcall_core::time::{Clock, Timestamp};
use rollcall_ops::consent::change::apply::{ApplyChange, apply};
use rollcall_ops::consent::change::preview::preview;
use rollcall_ops::consent::change::{ConsentPage, PermissionRef, PreviewChange, StaysOpen, Wanted};
use rollcall_ops::consent::grant::{GrantConsent, grant};
use rollcall_ops::consent::read::read as read_consent;
use rollcall_ops::consent::show::ConsentView;
use rollcall_ops::desk::{Desk, Opening};
use rollcall_ops::error::Code;
use rollcall_ops::job::{Job, Progress};
use rollcall_ops::organizations::adjust::{AdjustOrganization, adjust};
use rollcall_ops::organizations::delete::OrganizationRef;
use rollcall_ops::organizations::describe::{StageState, describe};
use rollcall_ops::practice::exchange::{RunScopeScript, run_script};
use rollcall_ops::scope::ask::ask;
use rollcall_ops::scope::changed::{NoteChange, changed};
use rollcall_ops::scope::foresee::{ForeseeProof, foresee};
use rollcall_ops::scope::plan::{PlanScope, plan};
use rollcall_ops::scope::prove::{ProveScope, prove};
use rollcall_ops::scope::read::read;
use rollcall_ops::scope::roles::RolesRead;
use rollcall_ops::scope::set::{SetScope, Wish, set};
use rollcall_ops::scope::show::show;
use rollcall_ops::scope::why::{WhyMailbox, why};
use rollcall_ops::sync::keep::keep;
use rollcall_sandbox::browser::{Person, visit};
use rollcall_sandbox::world::{Propagation, World};
use rollcall_sandbox::{RouteFault, Trouble};
use rollcall_store::runs::RunState;
use rollcall_tests::{Rehearsal, Scene, at_the_browser};
use tokio_util::sync::CancellationToken;

use crate::scope::{AT_ONCE, everybody, found, group, limited, long_ago, migrated, plant, proven, run, stage};

fn row<'a>(consent: &'a Consent, name: &str) -> &'a ConsentRow {
    consent.rows.iter().find(|row| row.name == name && row.kind == PermissionType::Application).unwrap()
}

async fn consent(rehearsal: &Rehearsal, organization: OrganizationId) -> ConsentView {
    Box::pin(read_consent(&rehearsal.desk, OrganizationRef { organization }, &Job::quiet())).await.unwrap()
}

async fn moved(rehearsal: &Rehearsal, organization: OrganizationId) {
    let pilot = group(rehearsal, "Integration Pilot");
    limited(rehearsal, organization, Rule::OnlyMembers, Mechanism::ManagementScope, pilot).await;
    migrated(rehearsal, organization).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_roles_give_is_counted_and_nothing_is_granted_again_that_the_move_has_taken_away() {
    let (rehearsal, organization) = stage(60, AT_ONCE).await;
    let of = OrganizationRef { organization };
    let pilot = group(&rehearsal, "Integration Pilot");
    limited(&rehearsal, organization, Rule::OnlyMembers, Mechanism::ManagementScope, pilot).await;
    let before = consent(&rehearsal, organization).await;
    let mail = row(&before.consent, "Mail.ReadWrite");
    assert_eq!((mail.state, mail.by_role.as_deref()), (ConsentState::Granted, Some("Application Mail.ReadWrite")));

    // The script has run, and nobody has read the roles since.
    migrated(&rehearsal, organization).await;
    let unread = consent(&rehearsal, organization).await;
    assert!(matches!(unread.roles, RolesRead::BeforeChange { .. }), "{:?}", unread.roles);
    assert_eq!(
        (unread.consent.authorization, row(&unread.consent, "Mail.ReadWrite").state),
        (Authorization::Unknown, ConsentState::Unknown)
    );
    let ask = |wanted| PreviewChange { organization, wanted };
    let job = at_the_browser(Person::Admin);
    let missing = Box::pin(preview(&rehearsal.desk, ask(Wanted::GrantMissing), &job)).await.unwrap();
    assert_eq!((missing.added.total, missing.refused), (0, None), "{:?}", missing.added);
    assert_eq!(missing.open, Some(StaysOpen::Unknown));
    let mail = PermissionRef { resource: Resource::Graph, kind: PermissionType::Application, name: "Mail.ReadWrite".to_owned() };
    let again = ask(Wanted::Grant { permissions: vec![mail], whom: Grantee::Everyone });
    let shown = Box::pin(preview(&rehearsal.desk, again.clone(), &job)).await.unwrap();
    assert_eq!((shown.added.total, shown.refused), (1, Some(Reason::WouldVoidScope)));
    let refused = Box::pin(apply(&rehearsal.desk, ApplyChange { change: again, seal: shown.seal }, &job)).await.unwrap_err();
    assert_eq!(refused.reason, Some(Reason::WouldVoidScope));
    let page = GrantConsent { organization, with: ConsentPage::Registered };
    let refused = Box::pin(grant(&rehearsal.desk, page, &job)).await.unwrap_err();
    assert_eq!(refused.reason, Some(Reason::WouldVoidScope), "Microsoft's page grants all that is registered");

    read(&rehearsal.desk, of, &Job::quiet()).await.unwrap();
    let view = consent(&rehearsal, organization).await;
    let mail = row(&view.consent, "Mail.ReadWrite");
    assert_eq!((view.consent.authorization, mail.state), (Authorization::Authorized, ConsentState::GivenByRole));
    assert!(matches!(view.roles, RolesRead::Read { .. }), "{:?}", view.roles);
    assert_eq!(view.consent.features_off, before.consent.features_off, "the move has switched nothing off");
    assert!(mail.roles.iter().all(|one| matches!(one.reach, Reach::Scope { .. })) && !mail.roles.is_empty(), "{:?}", mail.roles);
    assert_eq!(row(&view.consent, "Tasks.ReadWrite.All").state, ConsentState::Granted, "no role gives tasks");
    let described = describe(&rehearsal.desk, of, &Job::quiet()).await.unwrap();
    assert_eq!((described.consent.authorization, described.consent.by_role), (Authorization::Authorized, 0));
    assert_eq!(described.stages.consent.state, StageState::Done);

    // Another organization of the integration is told of the same roles, which don't reach all of its own: it wishes everybody.
    let other = rehearsal.organization("Contoso US", "US-01").await.unwrap().id;
    let view = consent(&rehearsal, other).await;
    let mail = row(&view.consent, "Mail.ReadWrite");
    assert_eq!((view.consent.authorization, mail.state), (Authorization::PartlyAuthorized, ConsentState::GivenElsewhere));
    assert_eq!(mail.by_role.as_deref(), Some("Application Mail.ReadWrite"), "granted, it would void the scope of the first");
    let page = GrantConsent { organization: other, with: ConsentPage::Registered };
    let refused = Box::pin(grant(&rehearsal.desk, page, &job)).await.unwrap_err();
    assert_eq!(refused.reason, Some(Reason::WouldVoidScope), "it would void the scope of the first");

    // Somebody takes a role away: it is missing, and given back by the script alone.
    let now = rollcall_tests::clock()().0;
    rehearsal.sandbox.change(|world| {
        world.exchange.change(now, |limits| limits.assignments.retain(|one| one.role != "Application Mail.ReadWrite"));
    });
    read(&rehearsal.desk, of, &Job::quiet()).await.unwrap();
    let view = consent(&rehearsal, organization).await;
    let mail = row(&view.consent, "Mail.ReadWrite");
    assert_eq!((mail.state, mail.by_role.as_deref()), (ConsentState::Missing, Some("Application Mail.ReadWrite")));
    assert_eq!(view.consent.authorization, Authorization::PartlyAuthorized);
    let missing = Box::pin(preview(&rehearsal.desk, ask(Wanted::GrantMissing), &job)).await.unwrap();
    assert_eq!((missing.added.total, missing.open), (0, Some(StaysOpen::ByScript)), "{:?}", missing.added);
    assert_eq!(describe(&rehearsal.desk, of, &Job::quiet()).await.unwrap().consent.by_role, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn where_roles_give_the_rest_and_one_other_is_missing_microsofts_page_is_never_the_next_step() {
    let (rehearsal, organization) = stage(40, AT_ONCE).await;
    let desk = &rehearsal.desk;
    let of = OrganizationRef { organization };
    let page = async || {
        let summary = describe(desk, of, &Job::quiet()).await.unwrap().consent;
        let shown = consent(&rehearsal, organization).await.page;
        assert_eq!(shown, summary.page, "one rule for the matrix and for the totals");
        (summary.authorization, summary.by_role, shown)
    };
    assert_eq!(page().await, (Authorization::Authorized, 0, Some(ConsentPage::Registered)));
    moved(&rehearsal, organization).await;
    read(desk, of, &Job::quiet()).await.unwrap();
    consent(&rehearsal, organization).await;
    assert_eq!(page().await, (Authorization::Authorized, 0, None));

    let ask = |wanted| PreviewChange { organization, wanted };
    let job = at_the_browser(Person::Admin);
    let tasks = PermissionRef { resource: Resource::Graph, kind: PermissionType::Application, name: "Tasks.ReadWrite.All".to_owned() };
    let revoke = ask(Wanted::Revoke { permissions: vec![tasks], whom: Grantee::Everyone });
    let shown = Box::pin(preview(desk, revoke.clone(), &job)).await.unwrap();
    Box::pin(apply(desk, ApplyChange { change: revoke, seal: shown.seal }, &job)).await.unwrap();
    assert_eq!(page().await, (Authorization::PartlyAuthorized, 0, None), "no permission is left to a script, and roles give the rest");
    let registered = GrantConsent { organization, with: ConsentPage::Registered };
    let refused = Box::pin(grant(desk, registered, &job)).await.unwrap_err();
    assert_eq!(refused.reason, Some(Reason::WouldVoidScope));
    let missing = Box::pin(preview(desk, ask(Wanted::GrantMissing), &job)).await.unwrap();
    let names: Vec<&str> = missing.added.first.iter().map(|line| line.grant.name.as_str()).collect();
    assert_eq!((names, missing.open, missing.refused), (vec!["Tasks.ReadWrite.All"], None, None));

    // Asked for delegated permissions only, the page leaves the scope what it is.
    let view = consent(&rehearsal, organization).await;
    let required = view.consent.rows.iter().filter(|row| row.required).map(|row| RequiredPermission {
        name: row.name.clone(),
        kind: row.kind,
        resource: row.resource,
        feature: None,
        purpose: None,
        optional: row.optional,
    });
    let delegated = RequiredPermission {
        name: "Mail.Read".to_owned(),
        kind: PermissionType::Delegated,
        resource: Resource::Graph,
        feature: None,
        purpose: None,
        optional: false,
    };
    let needs = AdjustOrganization { organization, permissions: Some(required.chain([delegated]).collect()) };
    adjust(desk, needs, &Job::quiet()).await.unwrap();
    assert_eq!(page().await, (Authorization::PartlyAuthorized, 0, Some(ConsentPage::Required)));
    Box::pin(grant(desk, GrantConsent { organization, with: ConsentPage::Required }, &job)).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn roles_are_the_applications_whichever_of_its_organizations_reads_or_changes_them() {
    let (rehearsal, first) = stage(40, AT_ONCE).await;
    let pilot = group(&rehearsal, "Integration Pilot");
    moved(&rehearsal, first).await;
    let of = |organization| OrganizationRef { organization };
    read(&rehearsal.desk, of(first), &Job::quiet()).await.unwrap();
    let second = rehearsal.organization("Contoso US", "US-01").await.unwrap().id;

    // The second wishes the same; what the first has read and run counts for it, too.
    let wish = |unit| Wish::Limited { rule: Rule::OnlyMembers, mechanism: Mechanism::ManagementScope, unit };
    set(&rehearsal.desk, SetScope { organization: second, wish: wish(pilot) }, &Job::quiet()).await.unwrap();
    let view = consent(&rehearsal, second).await;
    assert_eq!(row(&view.consent, "Mail.ReadWrite").state, ConsentState::GivenByRole, "{:?}", view.roles);

    // Somebody takes a role away, and the second reads it: the first is told so.
    let now = rollcall_tests::clock()().0;
    rehearsal.sandbox.change(|world| {
        world.exchange.change(now, |limits| limits.assignments.retain(|one| one.role != "Application Mail.ReadWrite"));
    });
    read(&rehearsal.desk, of(second), &Job::quiet()).await.unwrap();
    let view = consent(&rehearsal, first).await;
    assert_eq!(row(&view.consent, "Mail.ReadWrite").state, ConsentState::Missing, "{:?}", view.roles);

    // The first has run a script, and says so: what is known of the roles is of before for the second as well.
    changed(&rehearsal.desk, NoteChange { organization: first, at: None }, &Job::quiet()).await.unwrap();
    for organization in [first, second] {
        let view = consent(&rehearsal, organization).await;
        assert!(matches!(view.roles, RolesRead::BeforeChange { .. }), "{:?}", view.roles);
        assert_eq!(row(&view.consent, "Calendars.ReadWrite").state, ConsentState::Unknown);
    }

    // The second goes by a policy now: a grant for it would void the scope of the first all the same.
    let by_policy = Wish::Limited { rule: Rule::OnlyMembers, mechanism: Mechanism::AccessPolicy, unit: pilot };
    set(&rehearsal.desk, SetScope { organization: second, wish: by_policy }, &Job::quiet()).await.unwrap();
    let job = at_the_browser(Person::Admin);
    let page = GrantConsent { organization: second, with: ConsentPage::Registered };
    let refused = Box::pin(grant(&rehearsal.desk, page, &job)).await.unwrap_err();
    assert_eq!(refused.reason, Some(Reason::WouldVoidScope));
    let mail = PermissionRef { resource: Resource::Graph, kind: PermissionType::Application, name: "Mail.ReadWrite".to_owned() };
    let ask = PreviewChange { organization: second, wanted: Wanted::Grant { permissions: vec![mail], whom: Grantee::Everyone } };
    let shown = Box::pin(preview(&rehearsal.desk, ask, &job)).await.unwrap();
    assert_eq!(shown.refused, Some(Reason::WouldVoidScope));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_scope_of_an_earlier_wish_is_not_taken_for_the_one_that_is_wished_now() {
    let (rehearsal, organization) = stage(40, AT_ONCE).await;
    moved(&rehearsal, organization).await;
    let of = OrganizationRef { organization };
    read(&rehearsal.desk, of, &Job::quiet()).await.unwrap();
    let told = async || {
        let view = consent(&rehearsal, organization).await;
        (row(&view.consent, "Mail.ReadWrite").state, view.roles)
    };
    assert_eq!(told().await.0, ConsentState::GivenByRole);

    let other = group(&rehearsal, "Integration Scope");
    let wish = Wish::Limited { rule: Rule::OnlyMembers, mechanism: Mechanism::ManagementScope, unit: other };
    set(&rehearsal.desk, SetScope { organization, wish }, &Job::quiet()).await.unwrap();
    read(&rehearsal.desk, of, &Job::quiet()).await.unwrap();
    let (state, roles) = told().await;
    assert!(state == ConsentState::Unknown && matches!(roles, RolesRead::ScriptUntold { .. }), "{state:?} {roles:?}");

    run(&rehearsal, organization, Purpose::Apply).await;
    read(&rehearsal.desk, of, &Job::quiet()).await.unwrap();
    let (state, roles) = told().await;
    assert!(state == ConsentState::GivenByRole && matches!(roles, RolesRead::Read { .. }), "{state:?} {roles:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_missing_is_granted_but_for_what_would_make_the_scope_void_and_a_wish_in_the_middle_counts() {
    let (rehearsal, organization) = stage(40, AT_ONCE).await;
    let app = |world: &World| world.apps.iter().find(|app| app.display_name == "Practice Integration").unwrap().client_id.clone();
    rehearsal.sandbox.change(|world| {
        let client = app(world);
        let principal = world.principal_of(&client).unwrap().id.clone();
        world.role_assignments.retain(|role| role.principal_id != principal);
    });
    let (desk, job) = (&rehearsal.desk, at_the_browser(Person::Admin));
    let ask = |wanted| PreviewChange { organization, wanted };

    // Before a scope is wished all of it may be granted; the wish comes while Microsoft asks the admin for more.
    let mail = PermissionRef { resource: Resource::Graph, kind: PermissionType::Application, name: "Mail.ReadWrite".to_owned() };
    let again = ask(Wanted::Grant { permissions: vec![mail], whom: Grantee::Everyone });
    let shown = Box::pin(preview(desk, again.clone(), &job)).await.unwrap();
    assert_eq!(shown.refused, None);
    let (asked, url) = tokio::sync::mpsc::unbounded_channel();
    let waits = Job::new(CancellationToken::new(), move |progress| {
        if let Progress::Browser { url, .. } = progress {
            asked.send(url).unwrap();
        }
    });
    let pilot = group(&rehearsal, "Integration Pilot");
    let wish = Wish::Limited { rule: Rule::OnlyMembers, mechanism: Mechanism::ManagementScope, unit: pilot };
    let applying = Box::pin(apply(desk, ApplyChange { change: again, seal: shown.seal }, &waits));
    let meanwhile = async {
        let mut url = url;
        let url = url.recv().await.unwrap();
        set(desk, SetScope { organization, wish }, &Job::quiet()).await.unwrap();
        visit(&url, &Person::Admin).await.unwrap();
    };
    let (refused, ()) = tokio::join!(applying, meanwhile);
    assert_eq!(refused.unwrap_err().reason, Some(Reason::WouldVoidScope));

    // What Exchange's own API gives over EWS would void it as well: the rest can be granted.
    let required = ["full_access_as_app", "User.Read.All"].map(|name| RequiredPermission {
        name: name.to_owned(),
        kind: PermissionType::Application,
        resource: if name == "full_access_as_app" { Resource::Exchange } else { Resource::Graph },
        feature: None,
        purpose: None,
        optional: false,
    });
    let needs = AdjustOrganization { organization, permissions: Some(required.to_vec()) };
    adjust(desk, needs, &Job::quiet()).await.unwrap();
    read(desk, OrganizationRef { organization }, &Job::quiet()).await.unwrap();
    let missing = Box::pin(preview(desk, ask(Wanted::GrantMissing), &job)).await.unwrap();
    let names: Vec<&str> = missing.added.first.iter().map(|line| line.grant.name.as_str()).collect();
    assert_eq!((names, missing.refused), (vec!["User.Read.All"], None));
}

#[tokio::test(flavor = "multi_thread")]
async fn microsofts_page_is_judged_by_what_is_registered_and_not_by_what_is_required() {
    let (rehearsal, organization) = stage(40, AT_ONCE).await;
    moved(&rehearsal, organization).await;
    let job = at_the_browser(Person::Admin);
    let page = GrantConsent { organization, with: ConsentPage::Registered };

    // Where the present grants can't be read, that is what is said.
    rehearsal.sandbox.fail(RouteFault::always("GET /servicePrincipals/{sp}/appRoleAssignments", Trouble::Forbidden));
    let unread = Box::pin(grant(&rehearsal.desk, page, &job)).await.unwrap_err();
    rehearsal.sandbox.heal();
    assert_eq!((unread.code, unread.reason), (Code::NotPermitted, None));

    // Nothing of a mailbox is required, and the registration asks for it all the same.
    let tasks = RequiredPermission {
        name: "Tasks.ReadWrite.All".to_owned(),
        kind: PermissionType::Application,
        resource: Resource::Graph,
        feature: None,
        purpose: None,
        optional: false,
    };
    let needs = AdjustOrganization { organization, permissions: Some(vec![tasks]) };
    adjust(&rehearsal.desk, needs, &Job::quiet()).await.unwrap();
    let refused = Box::pin(grant(&rehearsal.desk, page, &job)).await.unwrap_err();
    assert_eq!(refused.reason, Some(Reason::WouldVoidScope));

    // The registration is right: mail is required and given by roles, and the page grants the rest.
    let needs = AdjustOrganization { organization, permissions: None };
    adjust(&rehearsal.desk, needs, &Job::quiet()).await.unwrap();
    rehearsal.sandbox.change(|world| {
        let app = world.apps.iter_mut().find(|app| app.display_name == "Practice Integration").unwrap();
        app.required.retain(|asked| !["Mail", "Calendars", "Contacts", "Mailbox"].iter().any(|of| asked.value.starts_with(of)));
    });
    let looks = || -> u64 {
        let of_grants = |route: &str| route == "GET /servicePrincipals/{sp}/appRoleAssignments";
        rehearsal.sandbox.counts().iter().filter(|((route, _), _)| of_grants(route)).map(|(_, count)| count).sum()
    };
    let before = looks();
    Box::pin(grant(&rehearsal.desk, page, &job)).await.unwrap();
    assert_eq!(looks() - before, 3, "before, after and to keep: what the page can't grant isn't waited for");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proof_without_the_permission_to_read_roles_keeps_what_was_known_of_them_with_its_date() {
    let (rehearsal, organization) = stage(100, AT_ONCE).await;
    let of = OrganizationRef { organization };
    moved(&rehearsal, organization).await;
    let reading = read(&rehearsal.desk, of, &Job::quiet()).await.unwrap().reading.unwrap();
    let known = reading.assignments.read().unwrap().to_vec();
    assert!(!known.is_empty());
    long_ago(&rehearsal, organization).await;

    // Whoever signs in anew asks for the least again.
    let rehearsal = rehearsal.restarted();
    rehearsal.sign_in().await.unwrap();
    let proof = proven(&rehearsal, everybody(organization)).await;
    assert_eq!(proof.outcome, Outcome::Confirmed, "{:?}", proof.proof.tally);
    let after = show(&rehearsal.desk, of, &Job::quiet()).await.unwrap().reading.unwrap();
    let Roles::Earlier { value, at, .. } = &after.assignments else { panic!("{:?}", after.assignments) };
    assert_eq!((value, *at), (&known, reading.at));
    assert!(after.at > reading.at && after.assignments.read().is_none(), "it acquits nothing");
    let view = consent(&rehearsal, organization).await;
    let mail = row(&view.consent, "Mail.ReadWrite");
    assert!(mail.state == ConsentState::Unknown && !mail.roles.is_empty(), "told, and decided by nothing: {mail:?}");
    assert_eq!((view.consent.authorization, mail.whom), (Authorization::Unknown, None));
    assert!(matches!(view.roles, RolesRead::Earlier { at, .. } if at == reading.at), "{:?}", view.roles);
    let inside = found(&rehearsal, &proof, Finding::ConfirmedInside).await.remove(0);
    let told = why(&rehearsal.desk, WhyMailbox { organization, mailbox: inside }, &Job::quiet()).await.unwrap();
    assert!(told.chain.iter().any(|link| matches!(link, Link::AssignedBefore { at, .. } if *at == reading.at)), "{:?}", told.chain);

    // Another proof later, and it is still of the reading that could.
    proven(&rehearsal, ProveScope { inside: Some(1), outside: Some(1), ..everybody(organization) }).await;
    let later = show(&rehearsal.desk, of, &Job::quiet()).await.unwrap().reading.unwrap();
    assert_eq!(later.assignments.told_at(later.at), Some(reading.at));
}

#[tokio::test(flavor = "multi_thread")]
async fn among_five_thousand_what_roles_leave_open_or_closed_is_found_and_nothing_is_invented() {
    let (rehearsal, organization) = stage(5_000, AT_ONCE).await;
    moved(&rehearsal, organization).await;
    read(&rehearsal.desk, OrganizationRef { organization }, &Job::quiet()).await.unwrap();
    long_ago(&rehearsal, organization).await;
    let (leaks, lock_outs) = plant(&rehearsal);
    assert!(leaks.len() > 5 && lock_outs.len() > 2);
    let proof = proven(&rehearsal, everybody(organization)).await;
    let tally = proof.proof.tally;
    assert_eq!((proof.outcome, tally.unknown, tally.too_early, tally.waiting), (Outcome::Contradicted, 0, 0, 0));
    assert_eq!(found(&rehearsal, &proof, Finding::Leak).await, leaks);
    assert_eq!(found(&rehearsal, &proof, Finding::LockOut).await, lock_outs);
    assert!(tally.confirmed_outside > 4_000, "{tally:?}");
    assert_eq!(rehearsal.sandbox.violations(), 0);
    let leak = WhyMailbox { organization, mailbox: leaks[0].clone() };
    assert_eq!(why(&rehearsal.desk, leak, &Job::quiet()).await.unwrap().because, Because::NotHeld, "no grant and no role explains it");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_move_from_a_policy_to_roles_opens_and_closes_nobody_on_its_way() {
    // Roles take their time, as Microsoft's do.
    let slow = Propagation { policies: Duration::from_secs(30 * 60), roles: Duration::from_secs(2 * 60 * 60) };
    let (rehearsal, organization) = stage(100, slow).await;
    let of = OrganizationRef { organization };
    let pilot = group(&rehearsal, "Integration Pilot");
    limited(&rehearsal, organization, Rule::OnlyMembers, Mechanism::AccessPolicy, pilot).await;
    rehearsal.sandbox.advance(Duration::from_secs(31 * 60));
    let wish = Wish::Limited { rule: Rule::OnlyMembers, mechanism: Mechanism::ManagementScope, unit: pilot };
    set(&rehearsal.desk, SetScope { organization, wish }, &Job::quiet()).await.unwrap();
    let policies = || rehearsal.sandbox.world().exchange.now().policies.len();
    let mut inside = Vec::new();
    let mut nobody_noticed = async |step: &str| {
        read(&rehearsal.desk, of, &Job::quiet()).await.unwrap();
        long_ago(&rehearsal, organization).await;
        let proof = proven(&rehearsal, everybody(organization)).await;
        let tally = proof.proof.tally;
        assert_eq!((proof.outcome, tally.lock_outs, tally.leaks), (Outcome::Confirmed, 0, 0), "{step}: {tally:?}");
        inside.push(tally.confirmed_inside);
    };

    // No role stands for the grants yet: whoever asks for the move first is told so, and nothing is taken back.
    nobody_noticed("before").await;
    let refused = RunScopeScript { organization, purpose: Purpose::Migrate, mailboxes: Vec::new() };
    let refused = Box::pin(run_script(&rehearsal.desk, refused, &at_the_browser(Person::Admin))).await.unwrap_err();
    assert_eq!(refused.reason, Some(Reason::RolesMissing));
    nobody_noticed("refused").await;

    run(&rehearsal, organization, Purpose::Apply).await;
    nobody_noticed("roles assigned, and not yet in force").await;
    let script = async |purpose| {
        let scripts = plan(&rehearsal.desk, PlanScope { organization, mailboxes: Vec::new() }, &Job::quiet()).await.unwrap().scripts;
        scripts.into_iter().find(|script| script.purpose == purpose).unwrap()
    };
    let migrate = script(Purpose::Migrate).await;
    let change = show(&rehearsal.desk, of, &Job::quiet()).await.unwrap().change.unwrap();
    assert_eq!(migrate.warnings[0], Warning::RolesNotBefore { at: Some(change.settles) });
    assert!(migrate.text.contains("if (-not $Confirmed) {"), "{}", migrate.text);

    rehearsal.sandbox.advance(Duration::from_secs(2 * 60 * 60));
    nobody_noticed("roles in force").await;
    run(&rehearsal, organization, Purpose::Migrate).await;
    assert_eq!(policies(), 1, "the policies go last");
    nobody_noticed("grants taken back").await;
    rehearsal.sandbox.advance(Duration::from_secs(2 * 60 * 60));
    run(&rehearsal, organization, Purpose::Finish).await;
    rehearsal.sandbox.advance(Duration::from_secs(31 * 60));
    assert_eq!(policies(), 0);
    nobody_noticed("finished").await;
    assert!(inside[0] > 0 && inside.iter().all(|count| *count == inside[0]), "{inside:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_in_that_may_not_read_roles_takes_back_no_grant_that_no_role_stands_for() {
    let (rehearsal, organization) = stage(40, AT_ONCE).await;
    let rehearsal = rehearsal.restarted();
    rehearsal.sign_in().await.unwrap();
    let pilot = group(&rehearsal, "Integration Pilot");
    let wish = Wish::Limited { rule: Rule::OnlyMembers, mechanism: Mechanism::ManagementScope, unit: pilot };
    set(&rehearsal.desk, SetScope { organization, wish }, &Job::quiet()).await.unwrap();
    read(&rehearsal.desk, OrganizationRef { organization }, &Job::quiet()).await.unwrap();
    let held = || rehearsal.sandbox.world().role_assignments.len();
    let before = held();
    let ask = RunScopeScript { organization, purpose: Purpose::Migrate, mailboxes: Vec::new() };
    let refused = Box::pin(run_script(&rehearsal.desk, ask, &at_the_browser(Person::Admin))).await.unwrap_err();
    assert_eq!((refused.reason, held()), (Some(Reason::RolesMissing), before), "the script looks itself");
    run(&rehearsal, organization, Purpose::Apply).await;
    migrated(&rehearsal, organization).await;
    assert!(held() < before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_that_is_required_no_more_goes_with_the_next_script_unless_another_organization_needs_it() {
    let (rehearsal, organization) = stage(40, AT_ONCE).await;
    let of = OrganizationRef { organization };
    let pilot = group(&rehearsal, "Integration Pilot");
    limited(&rehearsal, organization, Rule::OnlyMembers, Mechanism::ManagementScope, pilot).await;
    let roles = || -> Vec<String> {
        let mut all: Vec<String> = rehearsal.sandbox.world().exchange.now().assignments.iter().map(|one| one.role.clone()).collect();
        all.sort();
        all
    };
    let all = roles();
    assert!(all.len() > 1, "{all:?}");
    let mail = RequiredPermission {
        name: "Mail.ReadWrite".to_owned(),
        kind: PermissionType::Application,
        resource: Resource::Graph,
        feature: None,
        purpose: None,
        optional: false,
    };
    let needs = AdjustOrganization { organization, permissions: Some(vec![mail.clone()]) };
    adjust(&rehearsal.desk, needs, &Job::quiet()).await.unwrap();
    let other = rehearsal.organization("Contoso US", "US-01").await.unwrap().id;
    read(&rehearsal.desk, of, &Job::quiet()).await.unwrap();
    run(&rehearsal, organization, Purpose::Apply).await;
    assert_eq!(roles(), all, "the other one needs them all");

    adjust(&rehearsal.desk, AdjustOrganization { organization: other, permissions: Some(vec![mail]) }, &Job::quiet()).await.unwrap();
    read(&rehearsal.desk, of, &Job::quiet()).await.unwrap();
    let scripts = plan(&rehearsal.desk, PlanScope { organization, mailboxes: Vec::new() }, &Job::quiet()).await.unwrap().scripts;
    let apply = scripts.iter().find(|script| script.purpose == Purpose::Apply).unwrap();
    let told = apply.warnings.iter().find_map(|one| if let Warning::UnneededRolesGo { roles } = one { Some(roles.len()) } else { None });
    assert_eq!(told, Some(all.len() - 1), "{:?}", apply.warnings);
    run(&rehearsal, organization, Purpose::Apply).await;
    assert_eq!(roles(), ["Application Mail.ReadWrite"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_scope_that_limits_only_what_no_read_shows_says_so_and_not_that_nothing_can_be_limited() {
    let (rehearsal, organization) = stage(40, AT_ONCE).await;
    let pilot = group(&rehearsal, "Integration Pilot");
    limited(&rehearsal, organization, Rule::OnlyMembers, Mechanism::ManagementScope, pilot).await;
    let refusal = async |name: &str, resource| {
        let required = RequiredPermission {
            name: name.to_owned(),
            kind: PermissionType::Application,
            resource,
            feature: None,
            purpose: None,
            optional: false,
        };
        let needs = AdjustOrganization { organization, permissions: Some(vec![required]) };
        adjust(&rehearsal.desk, needs, &Job::quiet()).await.unwrap();
        let refused = Box::pin(prove(&rehearsal.desk, everybody(organization), &Job::quiet())).await.unwrap_err();
        let mailbox = WhyMailbox { organization, mailbox: "admin@contoso.example".to_owned() };
        let asked = Box::pin(ask(&rehearsal.desk, mailbox, &Job::quiet())).await.unwrap_err();
        assert_eq!((asked.code, asked.reason), (refused.code, refused.reason), "{name}");
        (refused.code, refused.reason)
    };
    let no_read = (Code::NotNow, Some(Reason::NothingToAsk));
    assert_eq!(refusal("Mail.Send", Resource::Graph).await, no_read);
    assert_eq!(refusal("full_access_as_app", Resource::Exchange).await, no_read);
    assert_eq!(refusal("Tasks.ReadWrite.All", Resource::Graph).await, (Code::InvalidInput, None), "no mechanism limits tasks");
}

#[tokio::test(flavor = "multi_thread")]
async fn each_script_comes_with_what_has_to_be_known_before_and_a_proof_with_what_it_will_ask() {
    let (rehearsal, organization) = stage(120, AT_ONCE).await;
    moved(&rehearsal, organization).await;
    read(&rehearsal.desk, OrganizationRef { organization }, &Job::quiet()).await.unwrap();
    let scripts = plan(&rehearsal.desk, PlanScope { organization, mailboxes: Vec::new() }, &Job::quiet()).await.unwrap().scripts;
    assert!(scripts.iter().all(|script| !script.warnings.is_empty()), "{scripts:?}");
    let finish = &scripts.iter().find(|script| script.purpose == Purpose::Finish).unwrap().warnings;
    let shown = show(&rehearsal.desk, OrganizationRef { organization }, &Job::quiet()).await.unwrap();
    assert!(finish.contains(&Warning::NotBefore { at: Some(shown.change.unwrap().settles) }), "{finish:?}");

    let ask = |inside, outside, named| ForeseeProof { organization, inside, outside, named };
    let whole = foresee(&rehearsal.desk, ask(None, None, 0), &Job::quiet()).await.unwrap();
    let accounts = u32::try_from(rehearsal.sandbox.world().users.len()).unwrap();
    assert_eq!((whole.accounts, whole.mailboxes, whole.sampled), (accounts, accounts, false));
    let sampled = foresee(&rehearsal.desk, ask(Some(3), Some(4), 2), &Job::quiet()).await.unwrap();
    let workloads = u32::try_from(shown.coverage.workloads.len()).unwrap();
    assert!(workloads > 0 && sampled.reads > 0, "{sampled:?}");
    assert_eq!((sampled.sampled, sampled.mailboxes, sampled.probes), (true, 9, 9 * workloads));
    long_ago(&rehearsal, organization).await;
    let before: u64 = probes(&rehearsal);
    let named = vec!["admin@contoso.example".to_owned(), "nobody@elsewhere.example".to_owned()];
    let proof = proven(&rehearsal, ProveScope { inside: Some(3), outside: Some(4), named, ..everybody(organization) }).await;
    let asked = probes(&rehearsal) - before;
    assert!(proof.proof.tally.asked() <= sampled.mailboxes, "{:?}", proof.proof.tally);
    assert!((1..=u64::from(sampled.probes)).contains(&asked), "{asked} of {sampled:?}");
}

/// Requests that have asked mailboxes.
fn probes(rehearsal: &Rehearsal) -> u64 {
    let of_mailbox = |route: &str| route.starts_with("GET /users/{u}/") && !route.contains("memberOf");
    rehearsal.sandbox.counts().iter().filter(|((route, _), _)| of_mailbox(route)).map(|(_, count)| count).sum()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_clock_goes_on_across_a_restart_and_while_the_computer_sleeps() {
    let slow = Propagation { policies: Duration::from_secs(15 * 60), roles: Duration::ZERO };
    let (rehearsal, organization) = stage(40, slow).await;
    let of = OrganizationRef { organization };
    let pilot = group(&rehearsal, "Integration Pilot");
    limited(&rehearsal, organization, Rule::AllButMembers, Mechanism::AccessPolicy, pilot).await;
    let proof = proven(&rehearsal, everybody(organization)).await;
    assert_eq!(proof.outcome, Outcome::TooEarly, "{:?}", proof.proof.tally);

    let Rehearsal { sandbox, desk, folder, vault, kept, .. } = rehearsal;
    drop(desk);
    let slept = Arc::new(AtomicI64::new(0));
    let desk = Arc::new(opened(&folder, vault, Arc::clone(&slept)).await);
    let view = show(&desk, of, &Job::quiet()).await.unwrap();
    let again = view.proof.unwrap();
    assert_eq!((again.next_probe, again.outcome), (proof.next_probe, Outcome::TooEarly), "the restart has moved nothing");
    assert!(view.change.is_some_and(|change| !change.settled && Some(change.change) == proof.proof.change));

    // An hour of sleep: the clock of the wall has gone on, and so has Exchange.
    let stop = CancellationToken::new();
    let keeping = tokio::spawn(keep(Arc::clone(&desk), stop.clone()));
    sandbox.advance(Duration::from_secs(61 * 60));
    slept.store(61 * 60 * 1_000, Ordering::Relaxed);
    let settled = loop {
        let now = show(&desk, of, &Job::quiet()).await.unwrap().proof.unwrap();
        if now.outcome != Outcome::TooEarly && now.proof.state == RunState::Finished {
            break now;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    };
    assert_eq!((settled.outcome, settled.proof.id, settled.proof.tally.provisional), (Outcome::Confirmed, proof.proof.id, 0));
    stop.cancel();
    keeping.await.unwrap();
    drop((desk, kept));
}

/// The folder opened anew with a clock that is ahead by so many milliseconds.
async fn opened(folder: &Path, vault: rollcall_identity::vault::Vault, ahead: Arc<AtomicI64>) -> Desk {
    let wall = rollcall_tests::clock();
    let clock: Clock = Arc::new(move || Timestamp(wall().0 + ahead.load(Ordering::Relaxed)));
    loop {
        let opening = Opening {
            folder: folder.to_owned(),
            vault: vault.clone(),
            clock: Arc::clone(&clock),
            steady: Arc::clone(&clock),
            pace: Scene::default().pace,
            start_practice: None,
        };
        match Desk::open(opening) {
            Ok(desk) => return desk,
            Err(_) => tokio::time::sleep(Duration::from_millis(5)).await,
        }
    }
}
