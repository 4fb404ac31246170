//! Organizations as lists and as wholes: what is exported is what is counted, and one that is deleted takes with it what was named before.

use rollcall_core::change_window::{ChangeWindow, Day};
use rollcall_core::organization::{AccessType, SyncStatus};
use rollcall_core::rules::Reason;
use rollcall_core::verdict::Verdict;
use rollcall_ops::error::{Code, Result};
use rollcall_ops::job::Job;
use rollcall_ops::journal::{self, ListJournal};
use rollcall_ops::organizations::change::{ChangeOrganization, change};
use rollcall_ops::organizations::delete::{Belongings, DeleteOrganization, ForeseeDeletion, delete, foresee};
use rollcall_ops::organizations::describe;
use rollcall_ops::organizations::export::{self as organization_table, ExportOrganizations, OrganizationColumn};
use rollcall_ops::organizations::window::{SetWindow, set_window};
use rollcall_ops::sync::pause::{PauseSessions, pause};
use rollcall_ops::sync::run::Whose;
use rollcall_ops::users::export::{ExportUsers, UserColumn, export};
use rollcall_store::users::{Sort, UserFilter, UserSort};
use rollcall_tests::{Rehearsal, Scene};

async fn rehearsal() -> Rehearsal {
    Rehearsal::on(Scene { users: 60, ..Scene::default() }).await
}

fn lines(text: &str) -> Vec<&str> {
    text.lines().collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_table_of_users_has_exactly_the_rows_counted_and_the_columns_chosen() {
    let rehearsal = rehearsal().await;
    let organization = rehearsal.ready().await.id;
    rehearsal.sessions(organization, Whose::Everybody).await.unwrap();
    let filter = UserFilter { session: vec![Verdict::Passed], ..UserFilter::default() };
    let ask = ExportUsers {
        filter: filter.clone(),
        sort: Sort { by: UserSort::Upn, descending: true },
        columns: vec![UserColumn::Upn, UserColumn::Mailbox, UserColumn::Outcome],
    };
    let table = export(&rehearsal.desk, ask, &Job::quiet()).await.unwrap();
    let rows = lines(&table.text);
    assert_eq!(rows[0], "upn,mailbox_status,session_result");
    let mut expected: Vec<_> = rehearsal.found(filter).await.into_iter().map(|row| row.user.directory.upn).collect();
    expected.sort_by_key(|upn| std::cmp::Reverse(upn.to_lowercase()));
    let found: Vec<_> = rows[1..].iter().map(|row| row.split(',').next().unwrap_or_default().to_owned()).collect();
    assert_eq!((found, table.users as usize), (expected.clone(), expected.len()));
    assert!(rows[1..].iter().all(|row| row.ends_with(",initialized,passed")), "{}", table.text);

    let none = ExportUsers { filter: UserFilter::default(), sort: Sort::default(), columns: vec![] };
    assert_eq!(export(&rehearsal.desk, none, &Job::quiet()).await.unwrap_err().code, Code::InvalidInput);
    let stopped = Job::quiet();
    stopped.stop.cancel();
    let all = ExportUsers { filter: UserFilter::default(), sort: Sort::default(), columns: vec![UserColumn::Name] };
    assert_eq!(export(&rehearsal.desk, all, &stopped).await.unwrap_err().code, Code::Stopped);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_table_of_organizations_keeps_the_order_of_the_list_and_starts_no_formula() {
    let rehearsal = rehearsal().await;
    let eu = rehearsal.ready().await.id;
    let odd = rehearsal.organization("=SUM(A1)", "US-01").await.unwrap().id;
    let columns = vec![OrganizationColumn::Name, OrganizationColumn::ExternalId, OrganizationColumn::Statuses, OrganizationColumn::Session];
    let ask = ExportOrganizations { organizations: vec![odd, eu], columns };
    let table = organization_table::export(&rehearsal.desk, ask, &Job::quiet()).await.unwrap();
    assert_eq!(
        lines(&table.text),
        [
            "name,external_id,initialized,switching,not_initialized,error,excluded,last_session",
            "'=SUM(A1),US-01,0,0,0,0,0,",
            "Contoso EU,EU-01,0,0,60,0,0,",
        ]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_organization_with_users_goes_by_force_only_and_the_journal_names_whom_it_served() {
    let rehearsal = rehearsal().await;
    let organization = rehearsal.ready().await.id;
    let came = rehearsal.sessions(organization, Whose::Everybody).await.unwrap();
    let would = foresee(&rehearsal.desk, ForeseeDeletion { organizations: vec![organization] }, &Job::quiet()).await.unwrap().remove(0);
    let served = came.committed.initialized;
    assert!(served > 0);
    assert_eq!((would.belongings.users, would.belongings.initialized, would.belongings.sessions), (60, served, 60));
    assert_eq!((would.refused, would.refused_by_force), (Some(Reason::HasUsers), None));

    let ask = |force, expected| delete_it(&rehearsal, DeleteOrganization { organization, force, expected });
    assert_eq!(ask(false, None).await.unwrap_err().reason, Some(Reason::HasUsers));
    assert_eq!(ask(true, Some(59)).await.unwrap_err().code, Code::Changed, "one came since it was agreed to");
    pause(&rehearsal.desk, PauseSessions { organization, paused: false }, &Job::quiet()).await.unwrap();
    assert_eq!(ask(true, Some(60)).await.unwrap(), would.belongings);

    assert!(rehearsal.found(UserFilter::default()).await.is_empty());
    assert!(describe::list(&rehearsal.desk, (), &Job::quiet()).await.unwrap().is_empty());
    assert_eq!(ask(true, None).await.unwrap_err().code, Code::NotFound);
    let entries = journal::list(&rehearsal.desk, ListJournal { before: None, limit: 50 }, &Job::quiet()).await.unwrap();
    let entry = entries.iter().find(|one| one.action == "organizations.delete").unwrap();
    assert_eq!(entry.target, "Contoso EU");
    assert_eq!(entry.before.clone().unwrap(), format!("EU-01: 60 users, {served} of them initialized or switching; 0 runs"));

    // Whoever was deleted with it is brought back by an import into another one.
    let again = rehearsal.organization("Contoso again", "EU-02").await.unwrap().id;
    assert_eq!(rehearsal.import(again).await.unwrap().new, 60);
}

#[tokio::test(flavor = "multi_thread")]
async fn each_setting_that_is_changed_is_in_the_journal_with_what_was_and_what_is() {
    let rehearsal = rehearsal().await;
    let (desk, quiet) = (&rehearsal.desk, Job::quiet());
    let organization = rehearsal.ready().await.id;
    // It was made paused: sessions start when somebody says so.
    pause(desk, PauseSessions { organization, paused: false }, &quiet).await.unwrap();
    let paused = pause(desk, PauseSessions { organization, paused: true }, &quiet).await.unwrap().rhythm.paused.unwrap();
    let ask = ChangeOrganization {
        name: Some("Contoso Europe".to_owned()),
        access: Some(AccessType::GraphDelegated),
        sync: Some(SyncStatus::Disabled),
        every_minutes: Some(60),
        ..ChangeOrganization::of(organization)
    };
    change(desk, ask.clone(), &quiet).await.unwrap();
    let window = Some(ChangeWindow { days: vec![Day::Friday], from: 19 * 60, to: 6 * 60, zone: "Europe/Berlin".to_owned() });
    set_window(desk, SetWindow { organization, window }, &quiet).await.unwrap();
    // Asked once more it is so already, which is nothing to write down; what is refused isn't either.
    change(desk, ask, &quiet).await.unwrap();
    let refused = ChangeOrganization { every_minutes: Some(1), ..ChangeOrganization::of(organization) };
    assert_eq!(change(desk, refused, &quiet).await.unwrap_err().code, Code::InvalidInput);

    let entries = journal::list(desk, ListJournal { before: None, limit: 50 }, &quiet).await.unwrap();
    let of_settings = ["organizations.change", "organizations.set_window", "sync.pause"];
    let told: Vec<_> = entries.into_iter().filter(|entry| of_settings.contains(&entry.action.as_str())).collect();
    let seen: Vec<(&str, &str, &str)> =
        told.iter().map(|entry| (entry.target.as_str(), entry.before.as_deref().unwrap(), entry.after.as_deref().unwrap())).collect();
    let since = format!("sessions: paused since {}", paused.iso());
    assert_eq!(
        seen[..3],
        [
            ("Contoso Europe", "window: at any time", "window: friday 19:00 to 06:00 Europe/Berlin"),
            (
                "Contoso EU",
                "name: Contoso EU; access: graph_app_only; sync: enabled; every_minutes: 30",
                "name: Contoso Europe; access: graph_delegated; sync: disabled; every_minutes: 60"
            ),
            ("Contoso EU", "sessions: running", since.as_str()),
        ]
    );
    assert!(seen[3].1.starts_with("sessions: paused since ") && seen[3].2 == "sessions: running", "{seen:?}");
    assert!(told.iter().all(|entry| !entry.actor.is_empty()), "{told:?}");
}

async fn delete_it(rehearsal: &Rehearsal, ask: DeleteOrganization) -> Result<Belongings> {
    delete(&rehearsal.desk, ask, &Job::quiet()).await
}
