use rollcall_core::approval::{Approval, Part, Registered, Unread};
use rollcall_core::consent::{ForWhom, Held};
use rollcall_core::id::{AppId, DirectoryId};
use rollcall_core::integration::RequiredPermission;
use rollcall_core::organization::{AccessType, Acknowledged, SyncStatus};
use rollcall_core::permission::{PermissionType, Resource};
use rollcall_core::tenant::TenantIdentity;
use rollcall_core::time::Timestamp;
use rollcall_store::deltas::{self, Delta};
use rollcall_store::integrations::IntegrationChange;
use rollcall_store::organizations::OrganizationChange;
use rollcall_store::runs::Which;
use rollcall_store::users::UserFilter;
use rollcall_store::{Field, StoreError, Thing, grants, integrations, journal, organizations, runs, settings, tenants};
use uuid::Uuid;

use crate::fixture::{NOW, Room, add_integration, add_organization, add_tenant, new_organization, passed, room};
use crate::journal::entry;

#[test]
fn an_external_id_never_changes_not_even_by_hand() {
    let room = room();
    let Room { store, organization, .. } = &room;
    let refused = store.write(|tx| Ok(tx.execute("UPDATE organizations SET external_id = 'EU-02'", [])?)).unwrap_err();
    assert!(matches!(refused, StoreError::Immutable), "{refused:?}");
    let change = OrganizationChange {
        name: Some("Europe and Africa".into()),
        access: Some(AccessType::GraphDelegated),
        ..OrganizationChange::default()
    };
    let after = store.write(|tx| organizations::change(tx, *organization, &change)).unwrap();
    assert_eq!((after.external_id.as_str(), after.name.as_str()), ("EU-01", "Europe and Africa"));
    assert_eq!((after.access, after.sync), (AccessType::GraphDelegated, SyncStatus::Enabled));
}

#[test]
fn names_and_external_ids_are_taken_whatever_their_case_but_only_in_one_tenant() {
    let room = room();
    let Room { store, tenant, integration, .. } = &room;
    let insert = |name, external_id| {
        store.write(|tx| organizations::insert(tx, &new_organization(*tenant, *integration, name, external_id), NOW)).unwrap_err()
    };
    assert!(matches!(insert("EUROPE", "EU-02"), StoreError::Duplicate(Field::Name)));
    assert!(matches!(insert("Asia", "eu-01"), StoreError::Duplicate(Field::ExternalId)));

    let practice = add_tenant(store, "Practice");
    let rehearsed = add_integration(store, practice, "Revenue Grid");
    let organization = add_organization(store, practice, rehearsed, "Europe", "EU-01");
    let found = |name: &str| store.read(|conn| organizations::by_name(conn, practice, name)).unwrap().map(|found| found.id);
    assert_eq!((found("europe"), found("eu-01"), found("asia")), (Some(organization), Some(organization), None));
}

#[test]
fn an_acknowledgement_is_kept_with_what_was_read_and_one_that_does_not_say_it_is_none() {
    let room = room();
    let Room { store, organization, integration, .. } = &room;
    let read = Acknowledged {
        at: NOW,
        by: Some("ada@contoso.example".into()),
        integration: *integration,
        limitations: vec!["No public folders.".into(), "Categories keep no colour.".into()],
    };
    let after = store.write(|tx| organizations::acknowledge(tx, *organization, &read)).unwrap();
    assert_eq!(after.acknowledged.as_ref(), Some(&read));
    assert!(after.has_acknowledged(&["No public folders."]) && !after.has_acknowledged(&["No public folders.", "No archive."]));
    let nobody = Acknowledged { by: None, ..read };
    let after = store.write(|tx| organizations::acknowledge(tx, *organization, &nobody)).unwrap();
    assert_eq!(after.acknowledged, Some(nobody));
    store.write(|tx| Ok(tx.execute("UPDATE organizations SET acknowledged_what = NULL", [])?)).unwrap();
    assert_eq!(store.read(|conn| organizations::get(conn, *organization)).unwrap().acknowledged, None, "as versions before kept it");
}

#[test]
fn an_integration_in_use_stays_and_its_grants_are_those_of_its_last_read() {
    let room = room();
    room.fill(1);
    let Room { store, integration, organization, tenant, .. } = &room;
    let refused = store.write(|tx| integrations::delete(tx, *integration)).unwrap_err();
    assert!(matches!(refused, StoreError::StillUsed), "{refused:?}");

    let read = || store.read(|conn| grants::get(conn, *integration)).unwrap();
    let held = vec![Held {
        resource: Resource::Graph,
        kind: PermissionType::Application,
        name: "Mail.Read".into(),
        whom: ForWhom::Everyone,
        since: Some(NOW),
        by: Some("admin@contoso.example".into()),
    }];
    let unread = || Unread::NotAsked { scope: "Policy.Read.All".into() };
    let approval = Approval {
        app: None,
        assigned: Part::Unread { why: unread() },
        registered: Part::Read { value: Registered::Elsewhere },
        policies: Part::Unread { why: unread() },
        history: Part::Read { value: 3 },
    };
    let known = store.read(|conn| grants::of_users(conn, *organization)).unwrap();
    let users = vec![(known[0].object_id, "graph/Mail.Read".to_owned())];
    let snapshot = grants::Snapshot { held: held.clone(), others: vec![], approval, users };
    let consents = || {
        let users = store.read(|conn| grants::of_users(conn, *organization)).unwrap();
        users.into_iter().map(|user| user.scopes).filter(|scopes| !scopes.is_empty()).collect::<Vec<_>>()
    };
    assert_eq!(read(), None, "never read is not the same as nothing granted");
    store.write(|tx| grants::set(tx, *integration, &snapshot, NOW)).unwrap();
    assert_eq!((read().unwrap().held, read().unwrap().approval), (Some(held), Some(snapshot.approval.clone())));
    assert_eq!(consents(), ["graph/Mail.Read"]);
    store.write(|tx| grants::set_failed(tx, *integration, "Authorization_RequestDenied", NOW)).unwrap();
    assert_eq!(read().unwrap().held, None, "an older read must not pass for the present state");
    assert!(consents().is_empty());

    store.write(|tx| grants::set(tx, *integration, &snapshot, NOW)).unwrap();
    let other = IntegrationChange { client_id: Some(AppId(Uuid::from_u128(99))), ..IntegrationChange::default() };
    store.write(|tx| integrations::change(tx, *integration, &other)).unwrap();
    assert_eq!((read(), consents()), (None, vec![]), "they were another application's");

    store.write(|tx| organizations::delete(tx, *organization)).unwrap();
    store.write(|tx| integrations::delete(tx, *integration)).unwrap();
    assert_eq!(store.read(|conn| integrations::by_name(conn, *tenant, "revenue grid")).unwrap(), None);
}

#[test]
fn an_organization_requires_what_its_integration_does_until_it_has_a_list_of_its_own() {
    let room = room();
    room.fill(2);
    let Room { store, integration, organization, .. } = &room;
    let wanted = |name: &str| RequiredPermission {
        name: name.into(),
        kind: PermissionType::Application,
        resource: Resource::Graph,
        feature: None,
        purpose: None,
        optional: false,
    };
    let needs = || {
        store
            .read(|conn| {
                let organization = organizations::get(conn, *organization)?;
                Ok(organization.needs(&integrations::get(conn, organization.integration)?).to_vec())
            })
            .unwrap()
    };
    let checked = || store.read(|conn| organizations::tally(conn, *organization)).unwrap().verdicts.passed;
    let check = || {
        room.answer(room.start(&Which::All), &[0, 1], passed);
        assert_eq!(checked(), 2);
    };
    let set = |own: Option<&[RequiredPermission]>| store.write(|tx| organizations::set_permissions(tx, *organization, own)).unwrap();
    let of_integration = |list: Vec<RequiredPermission>| {
        let change = IntegrationChange { permissions: Some(list), ..IntegrationChange::default() };
        store.write(|tx| integrations::change(tx, *integration, &change)).unwrap();
    };

    check();
    of_integration(vec![wanted("Mail.Read")]);
    assert_eq!((needs(), checked()), (vec![wanted("Mail.Read")], 0), "another question was asked");
    check();
    set(Some(&[wanted("Mail.Read")]));
    assert_eq!(checked(), 2, "the same in other words");
    set(Some(&[wanted("Calendars.Read")]));
    assert_eq!((needs(), checked()), (vec![wanted("Calendars.Read")], 0));
    check();
    of_integration(vec![wanted("Contacts.Read")]);
    assert_eq!((needs(), checked()), (vec![wanted("Calendars.Read")], 2), "its own list is not the integration's");
    assert_eq!(set(None).permissions, None);
    assert_eq!((needs(), checked()), (vec![wanted("Contacts.Read")], 0));
    let nowhere = store.write(|tx| organizations::set_permissions(tx, rollcall_core::id::OrganizationId(99), None));
    assert!(matches!(nowhere, Err(StoreError::NotFound(Thing::Organization))));
}

#[test]
fn forgetting_a_tenant_takes_its_rows_and_leaves_the_audit_log() {
    let room = room();
    room.fill(20);
    let run = room.start(&Which::All);
    room.answer(run, &[1, 2], passed);
    let Room { store, tenant, .. } = &room;
    store.write(|tx| journal::append(tx, &entry("users.import", Some(*tenant)))).unwrap();
    let identity = TenantIdentity {
        directory_id: DirectoryId(Uuid::from_u128(1)),
        display_name: "Contoso".into(),
        admin: "admin@contoso.example".into(),
        seen: NOW,
    };
    store.write(|tx| tenants::set_identity(tx, *tenant, &identity)).unwrap();
    assert_eq!(store.read(|conn| tenants::by_name(conn, "CONTOSO")).unwrap().unwrap().identity, Some(identity));

    store.write(|tx| deltas::set(tx, room.organization, "https://graph.microsoft.com/v1.0/users/delta?$deltatoken=1", NOW)).unwrap();
    store.write(|tx| tenants::forget(tx, *tenant)).unwrap();
    let rows_left = |table: &str| {
        store.read(|conn| Ok(conn.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get::<_, u32>(0))?)).unwrap()
    };
    for table in [
        "tenants",
        "integrations",
        "organizations",
        "users",
        "runs",
        "run_mailboxes",
        "probes",
        "passes",
        "checks",
        "grants",
        "deltas",
        "unplanned",
        "search_lines",
    ] {
        assert_eq!(rows_left(table), 0, "{table}");
    }
    assert!(room.found("person").is_empty(), "nor can anything be found");
    assert!(room.names(&UserFilter::default()).is_empty());
    assert_eq!(store.read(|conn| journal::list(conn, None, 10)).unwrap()[0].entry.tenant, Some(*tenant));
    assert!(matches!(store.read(|conn| runs::get(conn, run)), Err(StoreError::NotFound(Thing::Run))));
}

#[test]
fn a_setting_is_read_as_it_was_put() {
    let room = room();
    let Room { store, .. } = &room;
    store.write(|tx| settings::set(tx, "columns", &["upn", "verdict"])).unwrap();
    assert_eq!(store.read(|conn| settings::get::<Vec<String>>(conn, "columns")).unwrap().unwrap(), ["upn", "verdict"]);
    assert_eq!(store.read(|conn| settings::get::<u32>(conn, "columns")).unwrap(), None, "of a form that isn't understood");
    store.write(|tx| settings::remove(tx, "columns")).unwrap();
    assert_eq!(store.read(|conn| settings::get::<Vec<String>>(conn, "columns")).unwrap(), None);
}

#[test]
fn where_the_changes_go_on_is_kept_until_it_is_forgotten() {
    let room = room();
    let (store, organization) = (&room.store, room.organization);
    let get = || store.read(|conn| deltas::get(conn, organization)).unwrap();
    assert_eq!(get(), None);
    for (link, at) in [("https://graph.microsoft.com/v1.0/users/delta?$deltatoken=1", 1), ("https://graph.microsoft.com/next", 2)] {
        store.write(|tx| deltas::set(tx, organization, link, Timestamp(at))).unwrap();
        assert_eq!(get(), Some(Delta { link: link.into(), at: Timestamp(at) }), "the latest");
    }
    store.write(|tx| deltas::forget(tx, organization)).unwrap();
    assert_eq!(get(), None);
    let nowhere = store.write(|tx| deltas::set(tx, rollcall_core::id::OrganizationId(99), "x", NOW));
    assert!(nowhere.is_err(), "there is no such organization");
}
