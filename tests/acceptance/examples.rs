//! The two organizations that the practice tenant sets up: one by one what they are there to show, and what a new start leaves of it.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use rollcall_core::address::Connection;
use rollcall_core::consent::Authorization;
use rollcall_core::id::OrganizationId;
use rollcall_core::migration::MigrationStep;
use rollcall_core::organization::AccessType;
use rollcall_core::rules::Reason;
use rollcall_core::user::MailboxStatus;
use rollcall_core::wave::WaveState;
use rollcall_ops::consent::users::{ConsentUsers, WhichConsents, users as consents};
use rollcall_ops::desk::Desk;
use rollcall_ops::issues::board::{GroupIssues, groups};
use rollcall_ops::job::{Job, Progress};
use rollcall_ops::mailboxes::describe::{MailboxesOf, MailboxesView, describe};
use rollcall_ops::organizations::delete::OrganizationRef;
use rollcall_ops::organizations::describe::{OrganizationView, StageState, describe as describe_organization};
use rollcall_ops::practice::examples::{Examples, examples};
use rollcall_ops::practice::open::{self, OpenPractice, Practice};
use rollcall_ops::rules;
use rollcall_ops::sync::history::{SessionFigures, figures};
use rollcall_ops::tenants::sign_in::{TenantRef, sign_in};
use rollcall_ops::users::query::{Sort, UserFilter, UserPage, UserQuery, query};
use rollcall_ops::waves::show::show as show_plan;
use rollcall_sandbox::browser::Person;
use rollcall_sandbox::{Options, Sandbox};
use rollcall_tests::{at_the_browser, ground_of, open_practice};
use tokio_util::sync::CancellationToken;

/// A desk that opens practice tenants, the folder that it rests in, and the one that runs.
struct House {
    desk: Desk,
    running: Arc<Mutex<Option<Sandbox>>>,
    _folder: tempfile::TempDir,
}

impl House {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let running: Arc<Mutex<Option<Sandbox>>> = Arc::default();
        let started = Arc::clone(&running);
        let desk = open_practice(&folder.path().join("data"), move |users| {
            let started = Arc::clone(&started);
            async move {
                let sandbox = Sandbox::start(Options { users, ..Options::default() }).await?;
                let ground = ground_of(&sandbox);
                *started.lock().unwrap() = Some(sandbox);
                Ok(ground)
            }
        })
        .unwrap();
        Self { desk, running, _folder: folder }
    }

    /// As large as the one of the window.
    async fn open(&self) -> Practice {
        open::open(&self.desk, OpenPractice { users: Some(Options::default().users), seed: None }, &Job::quiet()).await.unwrap()
    }

    async fn sign_in(&self) -> TenantRef {
        let tenant = TenantRef { tenant: self.open().await.tenant.id };
        Box::pin(sign_in(&self.desk, tenant, &at_the_browser(Person::Admin))).await.unwrap();
        tenant
    }

    async fn set_up(&self) -> Examples {
        let tenant = self.sign_in().await;
        Box::pin(examples(&self.desk, tenant, &Job::quiet())).await.unwrap()
    }

    async fn view(&self, organization: OrganizationId) -> OrganizationView {
        describe_organization(&self.desk, OrganizationRef { organization }, &Job::quiet()).await.unwrap()
    }

    async fn found(&self, filter: UserFilter) -> UserPage {
        query(&self.desk, UserQuery { filter, sort: Sort::default(), offset: 0, limit: 1_000, workloads: true }, &Job::quiet())
            .await
            .unwrap()
    }

    /// The mailboxes of everybody of an organization.
    async fn mailboxes(&self, organization: OrganizationId) -> Vec<MailboxesView> {
        let mut all = Vec::new();
        for row in self.found(of(organization)).await.rows {
            all.push(describe(&self.desk, MailboxesOf { user: row.user.id }, &Job::quiet()).await.unwrap());
        }
        all
    }

    /// The one of them who has signed in.
    async fn connected(&self, organization: OrganizationId) -> Option<MailboxesView> {
        let mut all = self.mailboxes(organization).await;
        all.retain(|view| matches!(view.addresses[0].connection, Connection::Connected { .. }));
        assert!(all.len() <= 1, "one is connected, not {}", all.len());
        all.pop()
    }
}

fn of(organization: OrganizationId) -> UserFilter {
    UserFilter { organization: Some(organization), ..UserFilter::default() }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_sets_them_up_before_the_admin_has_signed_in() {
    let house = House::new();
    let tenant = TenantRef { tenant: house.open().await.tenant.id };
    let refused = Box::pin(examples(&house.desk, tenant, &Job::quiet())).await.err().unwrap();
    assert_eq!(refused.reason, Some(Reason::NotSignedIn));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_app_only_one_is_checked_and_synchronized_and_has_a_switch_before_it() {
    let house = House::new();
    let organization = house.set_up().await.by_application;
    assert_eq!(organization.access, AccessType::GraphAppOnly);
    let view = house.view(organization.id).await;
    assert_eq!((view.consent.authorization, view.stages.consent.state), (Authorization::Authorized, StageState::Done));

    // A check, with what it found in the inspector and at each user.
    assert!(view.verdicts.passed > 0 && view.verdicts.failed > 0 && view.last_run.is_some(), "{:?}", view.verdicts);
    let board = groups(&house.desk, GroupIssues { organization: Some(organization.id) }, &Job::quiet()).await.unwrap();
    assert!(!board.problems.is_empty(), "the inspector shows problems");
    let everybody = house.found(of(organization.id)).await;
    assert!(everybody.rows.iter().any(|row| row.workloads.as_ref().is_some_and(|workloads| !workloads.is_empty())));

    // Sessions, of which the first and the next differ, and a chart of them.
    let ask = SessionFigures { organization: organization.id, days: 7 };
    let figures = figures(&house.desk, ask, &Job::quiet()).await.unwrap();
    assert!(!figures.hours.is_empty() && figures.standing.last.passed > 0, "{:?}", figures.standing);
    assert!(view.mailboxes.initialized > 0 && view.organization.rhythm.paused.is_none(), "{:?}", view.mailboxes);

    // Some can be switched, in waves and in a change window, and a rule proposes others.
    let ews = house.found(UserFilter { access: vec![AccessType::EwsAppOnly], ..of(organization.id) }).await;
    assert!(ews.matching == 10 && ews.total > ews.matching, "{} of {}", ews.matching, ews.total);
    assert!(ews.rows.iter().all(|row| row.user.mailbox == MailboxStatus::NotInitialized));
    let plan = show_plan(&house.desk, OrganizationRef { organization: organization.id }, &Job::quiet()).await.unwrap().unwrap();
    assert!(
        plan.waves.len() == 3 && plan.waves[0].state == WaveState::Waiting,
        "nobody has read the limitations: {:?}",
        plan.waves[0].state
    );
    assert!(view.organization.window.is_some());
    let rules = rules::list::list(&house.desk, TenantRef { tenant: organization.tenant }, &Job::quiet()).await.unwrap();
    let outcome = rules[0].rule.outcome.as_ref().unwrap();
    assert!(rules.len() == 1 && outcome.proposed > 0, "{outcome:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_delegated_one_has_several_mailboxes_one_connected_and_about_to_be_migrated() {
    let house = House::new();
    let organization = house.set_up().await.by_users;
    assert_eq!((organization.access, organization.rhythm.paused), (AccessType::GraphDelegated, None));
    let all = house.mailboxes(organization.id).await;
    let kinds: BTreeSet<&str> = all.iter().flat_map(|view| &view.addresses).map(|one| one.address.kind.name()).collect();
    assert_eq!(kinds.into_iter().collect::<Vec<_>>(), ["alias", "primary", "principal_name", "secondary"]);

    let mover = house.connected(organization.id).await.expect("somebody is connected");
    let migration = mover.migration.expect("a migration was begun");
    assert_eq!(migration.steps[0].step, MigrationStep::StopSyncOfOld);
    assert!(migration.steps[0].seen.is_some() && migration.steps[0].done.is_none(), "the old mailbox was asked, and nothing was ticked");
    let row = house.found(of(organization.id)).await.rows.into_iter().find(|row| row.user.id == mover.user).unwrap();
    assert!(row.session.is_some() && row.checked.is_some(), "who is connected is read and checked");

    // What everybody has to consent to is still to be asked for: some have, some haven't.
    let ask = ConsentUsers { organization: organization.id, which: WhichConsents::All, search: None, holding: None, offset: 0, limit: 1 };
    let counts = consents(&house.desk, ask, &Job::quiet()).await.unwrap().counts.unwrap();
    assert!(counts.complete > 0 && counts.partly + counts.nothing > 0, "{counts:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_call_changes_nothing_and_no_page_of_theirs_reaches_the_admins_browser() {
    let house = House::new();
    let first = house.set_up().await;
    let tenant = TenantRef { tenant: first.by_users.tenant };
    let pages = Arc::new(Mutex::new(0));
    let seen = Arc::clone(&pages);
    let job = Job::new(CancellationToken::new(), move |progress| {
        if matches!(progress, Progress::Browser { .. }) {
            *seen.lock().unwrap() += 1;
        }
    });
    let before = (house.view(first.by_application.id).await.last_run, house.connected(first.by_users.id).await.unwrap().user);
    let again = Box::pin(examples(&house.desk, tenant, &job)).await.unwrap();
    assert_eq!((again.by_application.id, again.by_users.id), (first.by_application.id, first.by_users.id));
    let after = (house.view(first.by_application.id).await.last_run, house.connected(first.by_users.id).await.unwrap().user);
    assert_eq!((before, *pages.lock().unwrap()), (after, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_start_forgets_consent_checks_and_sign_ins_and_the_same_call_brings_them_back() {
    let house = House::new();
    let first = house.set_up().await;
    let (by_application, by_users) = (first.by_application.id, first.by_users.id);

    let tenant = house.sign_in().await;
    let view = house.view(by_application).await;
    assert_eq!((view.consent.authorization, view.verdicts.passed), (Authorization::Unknown, 0));
    assert!(house.connected(by_users).await.is_none());

    Box::pin(examples(&house.desk, tenant, &Job::quiet())).await.unwrap();
    let view = house.view(by_application).await;
    assert!(view.consent.authorization == Authorization::Authorized && view.verdicts.passed > 0, "{:?}", view.verdicts);
    assert!(house.connected(by_users).await.is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_made_before_a_failure_stays_and_the_next_call_goes_on() {
    let house = House::new();
    let tenant = house.sign_in().await;
    // Stopped when the first mailboxes are being checked: by then there is an organization with consent.
    let stop = CancellationToken::new();
    let stopped = stop.clone();
    let job = Job::new(stop, move |progress| {
        if matches!(progress, Progress::Verified(_)) {
            stopped.cancel();
        }
    });
    let failed = Box::pin(examples(&house.desk, tenant, &job)).await;
    let whole = Box::pin(examples(&house.desk, tenant, &Job::quiet())).await.unwrap();
    assert!(failed.is_err(), "it was stopped part-way");
    let view = house.view(whole.by_application.id).await;
    assert!(view.users > 10 && view.verdicts.passed > 0 && view.last_session.is_some() && view.organization.rhythm.paused.is_none());
    assert!(house.connected(whole.by_users.id).await.is_some());
    drop(house.running.lock().unwrap().take());
}
