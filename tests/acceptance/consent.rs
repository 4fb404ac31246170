//! Consent through the verbs, on real HTTP: for each preset the whole way, single grants shown before they are made, undoing, and what
//! a failed read or a lost answer may never look like.

use std::collections::BTreeSet;
use std::time::Duration;

use rollcall_core::approval::{Part, Unread};
use rollcall_core::consent::{Authorization, ConsentRow, ConsentState};
use rollcall_core::grant::Grantee;
use rollcall_core::id::{ObjectId, OrganizationId};
use rollcall_core::integration::Preset;
use rollcall_core::organization::AccessType;
use rollcall_core::permission::{PermissionType, Resource};
use rollcall_core::role::Role;
use rollcall_core::rules::Reason;
use rollcall_core::user_consent::{OwnConsent, UserConsent};
use rollcall_ops::consent::change::apply::{Applied, ApplyChange, apply};
use rollcall_ops::consent::change::preview::{ChangePreview, preview};
use rollcall_ops::consent::change::{ConsentPage, PermissionRef, PreviewChange, Wanted};
use rollcall_ops::consent::export::{ExportConsents, export, export_users};
use rollcall_ops::consent::grant::{GrantConsent, grant};
use rollcall_ops::consent::read::read;
use rollcall_ops::consent::show::{ConsentView, show};
use rollcall_ops::consent::tenant;
use rollcall_ops::consent::users::{ConsentUsers, WhichConsents, users};
use rollcall_ops::error::{Code, Result};
use rollcall_ops::job::Job;
use rollcall_ops::journal::{self, ListJournal, Outcome};
use rollcall_ops::organizations::delete::OrganizationRef;
use rollcall_ops::tenants::allow::{AllowMore, MAKE_APPS, READ_AUDITS, READ_POLICIES, READ_REQUESTS, allow};
use rollcall_ops::tenants::sign_in::TenantRef;
use rollcall_sandbox::browser::Person;
use rollcall_sandbox::{RouteFault, Trouble};
use rollcall_tests::{Rehearsal, Scene, at_the_browser};

const GRANTS_OF_CLIENT: &str = "GET /servicePrincipals/{sp}/oauth2PermissionGrants";

async fn signed_in(users: u32) -> Rehearsal {
    let rehearsal = Rehearsal::on(Scene { users, ..Scene::default() }).await;
    rehearsal.sign_in().await.unwrap();
    rehearsal
}

/// An organization whose integration is the vendor's application of that key.
async fn organization(rehearsal: &Rehearsal, key: &str, preset: Preset, access: AccessType) -> OrganizationId {
    rehearsal.organization_of(key, preset, access).await.id
}

async fn look(rehearsal: &Rehearsal, organization: OrganizationId) -> ConsentView {
    read(&rehearsal.desk, OrganizationRef { organization }, &Job::quiet()).await.unwrap()
}

async fn previewed(rehearsal: &Rehearsal, organization: OrganizationId, wanted: Wanted) -> ChangePreview {
    preview(&rehearsal.desk, PreviewChange { organization, wanted }, &Job::quiet()).await.unwrap()
}

/// Looks at a change, agrees to it, and does it.
async fn change(rehearsal: &Rehearsal, organization: OrganizationId, wanted: Wanted) -> Result<Applied> {
    let seal = previewed(rehearsal, organization, wanted.clone()).await.seal;
    let ask = ApplyChange { change: PreviewChange { organization, wanted }, seal };
    Box::pin(apply(&rehearsal.desk, ask, &at_the_browser(Person::Admin))).await
}

fn permission(kind: PermissionType, name: &str) -> PermissionRef {
    PermissionRef { resource: Resource::Graph, kind, name: name.into() }
}

/// The permissions that a preview says go beyond what is required.
fn surplus_of(shown: &ChangePreview) -> BTreeSet<String> {
    let lines = shown.added.first.iter().chain(&shown.kept.first);
    lines.filter(|line| line.beyond.is_some()).map(|line| format!("{} {}", line.grant.kind.name(), line.grant.name)).collect()
}

/// Those that the matrix shows so.
fn surplus_after(view: &ConsentView) -> BTreeSet<String> {
    let beyond = |row: &&ConsentRow| !row.required && matches!(row.state, ConsentState::Excess | ConsentState::StrongerThanNeeded);
    view.consent.rows.iter().filter(beyond).map(|row| format!("{} {}", row.kind.name(), row.name)).collect()
}

fn state_of(view: &ConsentView, kind: PermissionType, name: &str) -> Option<ConsentState> {
    view.consent.rows.iter().find(|row| row.kind == kind && row.name == name).map(|row| row.state)
}

/// What an application holds in the tenant, as the practice tenant itself has it.
fn truth(rehearsal: &Rehearsal, key: &str) -> Vec<String> {
    let world = rehearsal.sandbox.world();
    let app = world.app_by_key(key).unwrap().client_id.clone();
    let Some(client) = world.principal_of(&app).map(|principal| principal.id.clone()) else { return Vec::new() };
    let roles = world.role_assignments.iter().filter(|role| role.principal_id == client).map(|role| role.app_role_id.clone());
    let scopes = world.delegated_grants.iter().filter(|grant| grant.client_id == client).flat_map(|grant| {
        let whom = grant.principal_id.clone().unwrap_or_default();
        grant.scope.split_whitespace().map(move |scope| format!("{} {scope} {whom}", grant.resource_id)).collect::<Vec<_>>()
    });
    let mut all: Vec<String> = roles.chain(scopes).collect();
    all.sort();
    all
}

/// What an application comes to before anything is granted for everyone. To Outreach many users have consented by themselves.
fn nothing_for_everyone(key: &str) -> Authorization {
    if key == "outreach" { Authorization::PartlyAuthorized } else { Authorization::NotAuthorized }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_preset_goes_from_nothing_to_all_loses_one_and_every_kind_of_surplus_is_called_out() {
    use PermissionType::{Application, Delegated};
    let rehearsal = signed_in(60).await;
    for (key, preset, access, lost, kind) in [
        ("revenue_grid", Preset::RevenueGrid, AccessType::GraphAppOnly, "Contacts.ReadWrite", Application),
        ("outreach", Preset::Outreach, AccessType::GraphDelegated, "Mail.Send", Delegated),
        ("inloox", Preset::Inloox, AccessType::GraphDelegated, "Calendars.ReadBasic.All", Application),
        ("crelate", Preset::Crelate, AccessType::GraphDelegated, "Calendars.ReadWrite", Delegated),
    ] {
        let organization = organization(&rehearsal, key, preset, access).await;
        let before = look(&rehearsal, organization).await;
        assert_eq!(before.consent.authorization, nothing_for_everyone(key), "{key}");
        assert!(!before.consent.rows.iter().any(|row| row.required && row.holds()), "{key}: nothing is granted for everyone");

        let page = previewed(&rehearsal, organization, Wanted::Page { with: ConsentPage::Registered }).await;
        let ask = GrantConsent { organization, with: ConsentPage::Registered };
        let consented = Box::pin(grant(&rehearsal.desk, ask, &at_the_browser(Person::Admin))).await.unwrap();
        assert_eq!(
            (consented.added, consented.removed),
            (Some(page.added.total), Some(page.dropped.total)),
            "{key}: what came of it is said"
        );
        let after = consented.view;
        assert_eq!(after.consent.authorization, Authorization::Authorized, "{key}");
        assert_eq!(surplus_of(&page), surplus_after(&after), "{key}: what is more than required afterwards was said to be beforehand");
        assert!(after.consent.features_off.is_empty(), "{key}");

        let taken = change(&rehearsal, organization, Wanted::Revoke { permissions: vec![permission(kind, lost)], whom: Grantee::Everyone });
        let taken = taken.await.unwrap();
        let feature = taken.consent.consent.rows.iter().find(|row| row.name == lost && row.kind == kind).unwrap().feature.clone().unwrap();
        assert_eq!(taken.consent.consent.authorization, Authorization::PartlyAuthorized, "{key}");
        assert_eq!(taken.consent.consent.features_off, [feature], "{key}: the one feature that needs it");

        let surplus = Wanted::Grant {
            permissions: vec![permission(Application, "Sites.Read.All"), permission(Delegated, "People.Read")],
            whom: Grantee::Everyone,
        };
        let foretold = surplus_of(&previewed(&rehearsal, organization, surplus.clone()).await);
        assert!(foretold.contains("application Sites.Read.All") && foretold.contains("delegated People.Read"), "{key}: {foretold:?}");
        let surplus = change(&rehearsal, organization, surplus).await.unwrap();
        assert!(surplus.failed.is_empty(), "{key}: {:?}", surplus.failed);
        for (kind, name) in [(Application, "Sites.Read.All"), (Delegated, "People.Read")] {
            assert_eq!(state_of(&surplus.consent, kind, name), Some(ConsentState::Excess), "{key} {name}");
        }

        let whole = change(&rehearsal, organization, Wanted::GrantMissing).await.unwrap();
        assert_eq!(whole.consent.consent.authorization, Authorization::Authorized, "{key}");
        assert!(whole.dropped.is_empty(), "{key}: giving what is missing takes nothing away");

        for trouble in [Trouble::Forbidden, Trouble::Throttled { retry_after: 3_600 }, Trouble::CutOff] {
            rehearsal.sandbox.fail(RouteFault::always(GRANTS_OF_CLIENT, trouble));
            let error = read(&rehearsal.desk, OrganizationRef { organization }, &Job::quiet()).await.err();
            let unknown = show(&rehearsal.desk, OrganizationRef { organization }, &Job::quiet()).await.unwrap();
            rehearsal.sandbox.heal();
            assert!(error.is_some(), "{key} {trouble:?}");
            assert_eq!(unknown.consent.authorization, Authorization::Unknown, "{key} {trouble:?}");
            assert!(unknown.consent.rows.iter().all(|row| row.state == ConsentState::Unknown), "{key} {trouble:?}: never green");
            if matches!(trouble, Trouble::Throttled { .. }) {
                // The pause is kept in full by all, so a rehearsal of its own goes on from here.
                return each_of_the_rest(key).await;
            }
        }
    }
}

/// A pause of an hour ends what one rehearsal can do; the presets after the first are gone through without it.
async fn each_of_the_rest(done: &str) {
    use PermissionType::{Application, Delegated};
    let rehearsal = signed_in(60).await;
    for (key, preset, access, lost, kind) in [
        ("outreach", Preset::Outreach, AccessType::GraphDelegated, "Mail.Send", Delegated),
        ("inloox", Preset::Inloox, AccessType::GraphDelegated, "Calendars.ReadBasic.All", Application),
        ("crelate", Preset::Crelate, AccessType::GraphDelegated, "Calendars.ReadWrite", Delegated),
    ] {
        assert_ne!(key, done);
        let organization = organization(&rehearsal, key, preset, access).await;
        assert_eq!(look(&rehearsal, organization).await.consent.authorization, nothing_for_everyone(key), "{key}");
        let ask = GrantConsent { organization, with: ConsentPage::Registered };
        let after = Box::pin(grant(&rehearsal.desk, ask, &at_the_browser(Person::Admin))).await.unwrap().view;
        assert_eq!(after.consent.authorization, Authorization::Authorized, "{key}");
        let wanted = Wanted::Revoke { permissions: vec![permission(kind, lost)], whom: Grantee::Everyone };
        let taken = change(&rehearsal, organization, wanted).await.unwrap();
        assert_eq!(taken.consent.consent.authorization, Authorization::PartlyAuthorized, "{key}");
        assert_eq!(taken.consent.consent.features_off.len(), 1, "{key}");
        for trouble in [Trouble::Forbidden, Trouble::CutOff] {
            rehearsal.sandbox.fail(RouteFault::always(GRANTS_OF_CLIENT, trouble));
            assert!(read(&rehearsal.desk, OrganizationRef { organization }, &Job::quiet()).await.is_err(), "{key} {trouble:?}");
            rehearsal.sandbox.heal();
            let unknown = show(&rehearsal.desk, OrganizationRef { organization }, &Job::quiet()).await.unwrap();
            assert_eq!(unknown.consent.authorization, Authorization::Unknown, "{key} {trouble:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_scope_for_one_user_leaves_the_others_and_undoing_restores_exactly() {
    let rehearsal = signed_in(60).await;
    let organization = organization(&rehearsal, "outreach", Preset::Outreach, AccessType::GraphDelegated).await;
    let before = truth(&rehearsal, "outreach");
    let user: ObjectId = rehearsal.sandbox.world().users[7].id.to_string().parse().unwrap();
    let wanted = Wanted::Grant {
        permissions: vec![permission(PermissionType::Delegated, "contacts.read"), permission(PermissionType::Delegated, "Mail.Read")],
        whom: Grantee::User(user),
    };
    let shown = previewed(&rehearsal, organization, wanted.clone()).await;
    assert_eq!((shown.added.total, shown.dropped.total), (2, 0));
    assert_eq!(shown.asks, ["DelegatedPermissionGrant.ReadWrite.All"], "more than reading is asked for when it is needed");
    let done = change(&rehearsal, organization, wanted).await.unwrap();
    assert_eq!(done.added.len(), 2);
    let after = truth(&rehearsal, "outreach");
    assert!(before.iter().all(|grant| after.contains(grant)), "what was there stays");
    assert_eq!(after.len(), before.len() + 2);

    change(&rehearsal, organization, Wanted::Restore { entry: done.entry }).await.unwrap();
    assert_eq!(truth(&rehearsal, "outreach"), before, "exactly as it was");

    let all = change(&rehearsal, organization, Wanted::RevokeAll).await.unwrap();
    assert!(truth(&rehearsal, "outreach").is_empty());
    change(&rehearsal, organization, Wanted::Restore { entry: all.entry }).await.unwrap();
    assert_eq!(truth(&rehearsal, "outreach"), before, "everybody's own consent came back, too");

    let entries = journal::list(&rehearsal.desk, ListJournal { before: None, limit: 100 }, &Job::quiet()).await.unwrap();
    let outcomes: Vec<Outcome> = entries.iter().rev().map(|entry| entry.outcome).collect();
    assert_eq!(outcomes, [Outcome::Intended, Outcome::Done].repeat(4), "the intent before each change, the outcome after it");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_agreed_to_is_what_is_done_and_a_lost_answer_is_read_back() {
    let rehearsal = signed_in(60).await;
    let organization = organization(&rehearsal, "crelate", Preset::Crelate, AccessType::GraphDelegated).await;
    let wanted = Wanted::GrantMissing;
    let shown = previewed(&rehearsal, organization, wanted.clone()).await;
    let client_id = rehearsal.sandbox.app("crelate").unwrap().client_id;
    let now_ms = rehearsal.sandbox.now_ms();
    rehearsal.sandbox.change(|world| world.grant_tenant_wide(&client_id, now_ms));
    let ask = ApplyChange { change: PreviewChange { organization, wanted }, seal: shown.seal };
    let error = Box::pin(apply(&rehearsal.desk, ask, &at_the_browser(Person::Admin))).await.unwrap_err();
    assert_eq!(error.code, Code::Changed, "somebody else was there first: it is looked at again");

    for (trouble, there) in [(Trouble::DoneUnanswered, true), (Trouble::UndoneUnanswered, false)] {
        rehearsal.sandbox.fail(RouteFault::always("PATCH /oauth2PermissionGrants/{id}", trouble).times(1));
        let wanted = Wanted::Grant { permissions: vec![permission(PermissionType::Delegated, "Tasks.Read")], whom: Grantee::Everyone };
        let applied = change(&rehearsal, organization, wanted.clone()).await.unwrap();
        assert_eq!((applied.added.len(), applied.failed.len()), if there { (1, 0) } else { (0, 1) }, "{trouble:?}");
        if there {
            let back = Wanted::Revoke { permissions: vec![permission(PermissionType::Delegated, "Tasks.Read")], whom: Grantee::Everyone };
            change(&rehearsal, organization, back).await.unwrap();
        } else {
            assert_eq!(applied.failed[0].error.code, Code::OutcomeUnknown);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_application_that_the_tenant_has_not_seen_is_made_and_waited_for() {
    let rehearsal = Rehearsal::on(Scene { users: 60, settling: Duration::from_millis(1_200), ..Scene::default() }).await;
    rehearsal.sign_in().await.unwrap();
    let organization = organization(&rehearsal, "revenue_grid", Preset::RevenueGrid, AccessType::GraphAppOnly).await;
    let shown = previewed(&rehearsal, organization, Wanted::GrantMissing).await;
    assert!(shown.makes_app && shown.asks.contains(&MAKE_APPS.to_owned()), "{shown:?}");

    let applied = change(&rehearsal, organization, Wanted::GrantMissing).await.unwrap();
    assert_eq!((applied.added.len(), applied.failed.len(), applied.settling.len(), applied.untouched), (7, 0, 0, 0), "{applied:?}");
    assert_eq!(applied.consent.consent.authorization, Authorization::Authorized);
    let entries = journal::list(&rehearsal.desk, ListJournal { before: None, limit: 10 }, &Job::quiet()).await.unwrap();
    assert_eq!(entries.iter().map(|entry| entry.outcome).collect::<Vec<_>>(), [Outcome::Done, Outcome::Intended]);
    assert!(!previewed(&rehearsal, organization, Wanted::RevokeAll).await.makes_app);
}

#[tokio::test(flavor = "multi_thread")]
async fn tables_say_what_the_screens_say_and_run_nothing() {
    let rehearsal = signed_in(60).await;
    let organization = organization(&rehearsal, "outreach", Preset::Outreach, AccessType::GraphDelegated).await;
    rehearsal.import(organization).await.unwrap();
    let view = look(&rehearsal, organization).await;
    let matrix = export(&rehearsal.desk, OrganizationRef { organization }, &Job::quiet()).await.unwrap().text;
    assert_eq!(matrix.lines().count(), view.consent.rows.len() + 1);
    assert!(matrix.starts_with("api,type,permission,state,required,"), "{matrix}");
    assert!(matrix.contains("graph,delegated,Mail.Send,granted,yes,"), "{matrix}");
    let ask = ExportConsents { organization, which: WhichConsents::Missing, search: None };
    let people = export_users(&rehearsal.desk, ask, &Job::quiet()).await.unwrap().text;
    assert!(people.lines().count() > 2 && people.lines().skip(1).all(|line| line.contains(",missing,")), "{people}");
    assert!(people.contains(",'=SUM(Gil),"), "a name that a spreadsheet would run is made harmless: {people}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_that_is_not_enough_is_told_before_anything_is_sent() {
    let rehearsal = Rehearsal::on(Scene { users: 60, ..Scene::default() }).await;
    rehearsal.sign_in_as(Person::Upn("cloud.admin@contoso.example".into())).await.unwrap();
    let organization = organization(&rehearsal, "inloox", Preset::Inloox, AccessType::GraphDelegated).await;
    let role = |name| Wanted::Grant { permissions: vec![permission(PermissionType::Application, name)], whom: Grantee::Everyone };
    let scope = |name| Wanted::Grant { permissions: vec![permission(PermissionType::Delegated, name)], whom: Grantee::Everyone };
    let refused = previewed(&rehearsal, organization, role("User.Read.All")).await;
    assert_eq!(refused.refused, Some(Reason::NeedsPrivilegedRole));
    assert_eq!(refused.roles, [Role::PrivilegedRoleAdministrator, Role::GlobalAdministrator]);
    assert_eq!(previewed(&rehearsal, organization, scope("Mail.Read")).await.refused, None, "delegated ones are open to this role");
    let view = look(&rehearsal, organization).await;
    assert_eq!((view.may.graph_roles, view.may.others), (Some(Reason::NeedsPrivilegedRole), None));
    assert!(truth(&rehearsal, "inloox").is_empty(), "looking changes nothing");

    for (name, whom) in [("Unheard.Of", Grantee::Everyone), ("User.Read.All", Grantee::User(ObjectId(uuid::Uuid::from_u128(1))))] {
        let ask = PreviewChange {
            organization,
            wanted: Wanted::Grant { permissions: vec![permission(PermissionType::Application, name)], whom },
        };
        assert_eq!(preview(&rehearsal.desk, ask, &Job::quiet()).await.unwrap_err().code, Code::InvalidInput, "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_consented_is_known_user_by_user_and_the_tenant_says_why_the_rest_can_not() {
    let rehearsal = signed_in(400).await;
    let organization = organization(&rehearsal, "outreach", Preset::Outreach, AccessType::GraphDelegated).await;
    rehearsal.import(organization).await.unwrap();
    let desk = &rehearsal.desk;
    let page = async |which| {
        let ask = ConsentUsers { organization, which, search: None, holding: None, offset: 0, limit: 500 };
        users(desk, ask, &Job::quiet()).await
    };
    assert_eq!(page(WhichConsents::All).await.unwrap().counts, None, "never read is not the same as nobody");

    let view = look(&rehearsal, organization).await;
    let unread = Part::Unread { why: Unread::NotAsked { scope: READ_POLICIES.into() } };
    assert_eq!(view.approval.as_ref().unwrap().policies, unread, "what was not asked for is said, not guessed");
    let all = page(WhichConsents::All).await.unwrap();
    let counts = all.counts.unwrap();
    assert_eq!(counts.complete + counts.partly + counts.nothing, u32::try_from(all.rows.len()).unwrap());
    for row in &all.rows {
        let world = rehearsal.sandbox.world();
        let client = rehearsal.sandbox.app("outreach").unwrap().client_id;
        let scopes = world.delegated_scopes(&client, &row.object_id.to_string());
        let missing: Vec<&String> = all.needed.iter().filter(|name| !scopes.contains(name)).collect();
        assert_eq!(row.missing.as_ref().unwrap().iter().collect::<Vec<_>>(), missing, "{}", row.upn);
    }
    assert!(counts.complete > 0 && counts.partly > 0 && counts.nothing > 0, "{counts:?}");
    assert_eq!(page(WhichConsents::Missing).await.unwrap().matching, counts.partly + counts.nothing);
    let holding = Some("graph/Mail.Send".to_owned());
    let ask = ConsentUsers { organization, which: WhichConsents::All, search: None, holding, offset: 0, limit: 500 };
    let holders = users(desk, ask, &Job::quiet()).await.unwrap();
    assert!(holders.matching > 0 && holders.rows.iter().all(|row| row.own.contains(&"Mail.Send".to_owned())), "for which users");
    assert_eq!(holders.matching as usize, all.rows.iter().filter(|row| row.own.contains(&"Mail.Send".to_owned())).count());

    let scopes = [READ_POLICIES, READ_REQUESTS, READ_AUDITS].map(str::to_owned).to_vec();
    let ask = AllowMore { tenant: rehearsal.tenant.id, scopes };
    Box::pin(allow(&rehearsal.desk, ask, &at_the_browser(Person::Admin))).await.unwrap();
    let view = look(&rehearsal, organization).await;
    assert_eq!(view.tenant.as_ref().unwrap().settings.value().unwrap().users, UserConsent::Recommended);
    let can = |name: &str| view.own.iter().find(|own| own.name == name).map(|own| own.can);
    assert_eq!((can("Mail.ReadWrite"), can("offline_access")), (Some(OwnConsent::TenantForbids), Some(OwnConsent::Can)));
    assert_eq!(view.requests.len(), 2);
    assert!(view.requests.iter().any(|one| one.beyond.contains(&"Files.Read.All".to_owned())), "one asks for more than is needed");
    assert!(view.requests.iter().all(|one| !one.request.askers.is_empty()));
    assert_eq!(state_of(&view, PermissionType::Delegated, "Mail.Send"), Some(ConsentState::Granted), "by the users' own consent");

    let wanted = Wanted::Grant { permissions: vec![permission(PermissionType::Delegated, "Mail.Send")], whom: Grantee::Everyone };
    change(&rehearsal, organization, wanted).await.unwrap();
    let view = look(&rehearsal, organization).await;
    let row = view.consent.rows.iter().find(|row| row.name == "Mail.Send").unwrap();
    let admin = rehearsal.sandbox.details().admin.clone();
    assert_eq!(row.by.as_deref(), Some(admin.as_str()), "the tenant's own log says who granted it");
    let page = page(WhichConsents::All).await.unwrap();
    assert_eq!(page.for_everyone, ["Mail.Send"]);

    let tenant = tenant::show(&rehearsal.desk, TenantRef { tenant: rehearsal.tenant.id }, &Job::quiet()).await.unwrap();
    assert!(tenant.tenant.unwrap().roles.unwrap().contains(&Role::GlobalAdministrator));
}
