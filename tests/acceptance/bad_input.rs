//! Bad input at every door: a code that says what to do, and nothing lost.

use std::time::Duration;

use rollcall_core::consent::Authorization;
use rollcall_core::integration::Preset;
use rollcall_core::rules::Reason;
use rollcall_core::tenant::Cloud;
use rollcall_identity::secret::ClientSecret;
use rollcall_ops::consent::change::ConsentPage;
use rollcall_ops::consent::grant::{GrantConsent, grant};
use rollcall_ops::consent::read::read;
use rollcall_ops::desk::Pace;
use rollcall_ops::error::{Code, Error};
use rollcall_ops::integrations::add::{AddIntegration, add as add_integration};
use rollcall_ops::integrations::set_secret::{SetSecret, set_secret};
use rollcall_ops::job::{Job, Progress};
use rollcall_ops::organizations::change::{ChangeOrganization, change};
use rollcall_ops::organizations::delete::{DeleteOrganization, OrganizationRef, delete};
use rollcall_ops::runs::list::{ListRuns, list as list_runs};
use rollcall_ops::tenants::add::{AddTenant, add as add_tenant};
use rollcall_ops::tenants::list::list as list_tenants;
use rollcall_ops::tenants::sign_in::{TenantRef, sign_in};
use rollcall_ops::users::import::{ImportUsers, Source, import};
use rollcall_ops::users::query::{UserQuery, query};
use rollcall_ops::verify::plan::{Scope, Verify};
use rollcall_ops::verify::start::start;
use rollcall_sandbox::Wire;
use rollcall_sandbox::browser::Person;
use rollcall_store::runs::RunState;
use rollcall_store::users::{Sort, UserFilter};
use rollcall_tests::{Rehearsal, Scene, at_the_browser, open_desk};
use tokio_util::sync::CancellationToken;

fn small() -> Scene {
    Scene { users: 30, ..Scene::default() }
}

async fn imported(rehearsal: &Rehearsal) -> u32 {
    let ask = UserQuery { filter: UserFilter::default(), sort: Sort::default(), offset: 0, limit: 1, workloads: false };
    query(&rehearsal.desk, ask, &Job::quiet()).await.unwrap().total
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_or_external_id_that_is_taken_is_refused_and_the_external_id_never_changes() {
    let rehearsal = Rehearsal::on(small()).await;
    let first = rehearsal.organization("Contoso EU", "EU-01").await.unwrap();
    assert_eq!(rehearsal.organization("contoso eu", "EU-02").await.unwrap_err().code, Code::DuplicateName);
    assert_eq!(rehearsal.organization("Contoso US", "eu-01").await.unwrap_err().code, Code::DuplicateExternalId);
    for (name, external_id) in [("", "X"), ("X", ""), ("X", "a b"), ("Evil\u{202e}", "X")] {
        assert_eq!(rehearsal.organization(name, external_id).await.unwrap_err().code, Code::InvalidInput, "{name:?} {external_id:?}");
    }
    let renaming = ChangeOrganization { name: Some("Renamed".into()), ..ChangeOrganization::of(first.id) };
    let ask = ChangeOrganization { external_id: Some("EU-02".into()), ..renaming.clone() };
    assert_eq!(change(&rehearsal.desk, ask, &Job::quiet()).await.unwrap_err().code, Code::ExternalIdFixed);
    let renamed = change(&rehearsal.desk, renaming, &Job::quiet()).await.unwrap();
    assert_eq!((renamed.name.as_str(), renamed.external_id.as_str()), ("Renamed", "EU-01"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tenant_that_does_not_exist_is_named_before_anybody_types_a_password() {
    let rehearsal = Rehearsal::on(small()).await;
    let details = rehearsal.sandbox.details();
    let ask = AddTenant {
        name: "Nowhere".into(),
        cloud: Cloud::Custom,
        directory: "nowhere.example".into(),
        client_id: details.client_id.clone(),
        authority: Some(details.authority.clone()),
        graph: Some(details.graph.clone()),
    };
    let nowhere = add_tenant(&rehearsal.desk, ask.clone(), &Job::quiet()).await.unwrap();
    let error = Box::pin(sign_in(&rehearsal.desk, TenantRef { tenant: nowhere.id }, &at_the_browser(Person::Admin))).await.unwrap_err();
    assert_eq!(error.code, Code::UnknownTenant, "{error}");
    assert!(error.request_id.is_some(), "Microsoft support asks for the correlation id");
    assert_eq!(add_tenant(&rehearsal.desk, ask.clone(), &Job::quiet()).await.unwrap_err().code, Code::DuplicateName);
    for (authority, graph) in [("http://evil.example", "http://evil.example"), ("ftp://127.0.0.1", "x"), ("", "")] {
        let ask = AddTenant { name: "Bad".into(), authority: Some(authority.into()), graph: Some(graph.into()), ..ask.clone() };
        assert_eq!(add_tenant(&rehearsal.desk, ask, &Job::quiet()).await.unwrap_err().code, Code::InvalidInput, "{authority}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_secret_is_refused_at_once_and_the_right_one_stays() {
    let rehearsal = Rehearsal::on(small()).await;
    let organization = rehearsal.ready().await;
    let wrong = SetSecret { integration: rehearsal.integration.id, secret: ClientSecret::new("not-the-secret".into()) };
    let error = set_secret(&rehearsal.desk, wrong, &Job::quiet()).await.unwrap_err();
    assert_eq!(error.code, Code::WrongSecret);
    assert!(error.detail.contains("7000215") && !error.detail.contains("not-the-secret"), "{error}");
    let run = Box::pin(start(&rehearsal.desk, Verify { organization: organization.id, which: Scope::All }, &Job::quiet())).await;
    assert!(run.is_ok(), "the secret that was right before still is");
}

#[tokio::test(flavor = "multi_thread")]
async fn consent_that_is_refused_abandoned_or_not_allowed_changes_nothing_and_says_which() {
    let rehearsal = Rehearsal::on(small()).await;
    rehearsal.sign_in().await.unwrap();
    let organization = rehearsal.organization("Contoso EU", "EU-01").await.unwrap().id;
    let declined = rehearsal.grant_as(organization, Person::Declines("admin@contoso.example".into())).await.unwrap_err();
    assert_eq!(declined.code, Code::ConsentDeclined);
    let not_allowed = rehearsal.grant_as(organization, Person::Upn("cloud.admin@contoso.example".into())).await.unwrap_err();
    assert_eq!(not_allowed.code, Code::NotPermitted, "{not_allowed}");

    // The browser is closed and the admin presses Cancel in the console.
    let stop = CancellationToken::new();
    let pressed = stop.clone();
    let job = Job::new(stop, move |progress| {
        if matches!(progress, Progress::Browser { .. }) {
            pressed.cancel();
        }
    });
    let abandoned = Box::pin(grant(&rehearsal.desk, GrantConsent { organization, with: ConsentPage::Registered }, &job)).await.unwrap_err();
    assert_eq!(abandoned.code, Code::SignInCancelled);
    let view = read(&rehearsal.desk, OrganizationRef { organization }, &Job::quiet()).await.unwrap();
    assert_eq!(view.consent.authorization, Authorization::NotAuthorized);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_with_another_state_never_signs_anybody_in() {
    let rehearsal = Rehearsal::on(small()).await;
    let stop = CancellationToken::new();
    let give_up = stop.clone();
    let job = Job::new(stop, move |progress| {
        if let Progress::Browser { page, .. } = progress {
            let give_up = give_up.clone();
            tokio::spawn(async move {
                let redirect = page
                    .reveal()
                    .split('&')
                    .find_map(|pair| pair.strip_prefix("redirect_uri="))
                    .unwrap()
                    .replace("%3A", ":")
                    .replace("%2F", "/");
                let forged = reqwest::Client::new()
                    .post(redirect)
                    .header("content-type", "application/x-www-form-urlencoded")
                    .body("code=forged&state=forged");
                let status = forged.send().await.unwrap().status();
                assert!(status.is_client_error(), "a forged answer is refused: {status}");
                give_up.cancel();
            });
        }
    });
    let error = Box::pin(sign_in(&rehearsal.desk, TenantRef { tenant: rehearsal.tenant.id }, &job)).await.unwrap_err();
    assert_eq!(error.code, Code::SignInCancelled, "the forged answer did not settle the sign-in");
    assert!(!list_tenants(&rehearsal.desk, (), &Job::quiet()).await.unwrap()[0].signed_in);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proxy_page_or_a_cut_answer_is_never_read_as_data() {
    for (wire, code) in [(html_proxy as fn() -> Wire, Code::NotGraph), (truncated, Code::DamagedAnswer)] {
        let rehearsal = Rehearsal::on(small()).await;
        rehearsal.sign_in().await.unwrap();
        let organization = rehearsal.organization("Contoso EU", "EU-01").await.unwrap().id;
        rehearsal.import(organization).await.unwrap();
        let before = imported(&rehearsal).await;
        rehearsal.sandbox.next_answers((0..40).map(|_| wire()).collect());
        let error = rehearsal.import(organization).await.unwrap_err();
        assert_eq!(error.code, code, "{error}");
        let error = read(&rehearsal.desk, OrganizationRef { organization }, &Job::quiet()).await.unwrap_err();
        assert_eq!(error.code, code, "{error}");
        let shown = rollcall_ops::consent::show::show(&rehearsal.desk, OrganizationRef { organization }, &Job::quiet()).await.unwrap();
        assert_eq!(shown.consent.authorization, Authorization::Unknown, "a failed read is unknown, never green");
        assert_eq!(shown.error.as_deref(), Some(code.name()));
        assert_eq!(imported(&rehearsal).await, before, "nothing that was brought in is lost");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn when_the_network_goes_the_cache_still_answers_and_the_run_waits_to_be_resumed() {
    let pace = Pace { patience: Duration::from_secs(1), ..Scene::default().pace };
    let rehearsal = Rehearsal::on(Scene { users: 400, latency: Duration::from_millis(30), pace, ..Scene::default() }).await;
    let organization = rehearsal.ready().await;
    let Rehearsal { sandbox, desk, kept, .. } = rehearsal;
    let ask = Verify { organization: organization.id, which: Scope::All };
    let under_way = CancellationToken::new();
    let seen = under_way.clone();
    let job = Job::new(CancellationToken::new(), move |progress| {
        if matches!(&progress, Progress::Verified(line) if line.done > 0) {
            seen.cancel();
        }
    });
    let unplug = async {
        under_way.cancelled().await;
        sandbox.stop().await;
    };
    let (ended, ()) = tokio::join!(Box::pin(start(&desk, ask.clone(), &job)), unplug);
    assert_eq!(ended.unwrap_err().code, Code::Offline);
    let runs = || list_runs(&desk, ListRuns::default(), QUIET.get_or_init(Job::quiet));
    assert_eq!(runs().await.unwrap()[0].state, RunState::Interrupted);

    assert_eq!(Box::pin(start(&desk, ask, &Job::quiet())).await.unwrap_err().code, Code::Offline);
    assert_eq!(runs().await.unwrap().len(), 1, "a run that can't begin leaves nothing behind");
    let everybody = ImportUsers { organization: organization.id, from: Source::All, anew: false };
    assert_eq!(Box::pin(import(&desk, everybody, &Job::quiet())).await.unwrap_err().code, Code::Offline);
    let ask = UserQuery { filter: UserFilter::default(), sort: Sort::default(), offset: 0, limit: 10, workloads: false };
    assert_eq!(query(&desk, ask, &Job::quiet()).await.unwrap().rows.len(), 10, "what is known is still searchable");
    drop(kept);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_copy_is_turned_away_and_a_newer_database_is_left_alone() {
    let rehearsal = Rehearsal::on(small()).await;
    let second = open_desk(&rehearsal.folder, &Scene::default().pace).map(|_| ()).unwrap_err();
    assert_eq!(second.code, Code::DataInUse);
    let Rehearsal { sandbox, desk, folder, kept, .. } = rehearsal;
    drop(desk);
    let file = folder.join("rollcall.db");
    let mut bytes = std::fs::read(&file).unwrap();
    // `user_version` stands big-endian at byte 60 of the header ("Database File Format" of SQLite).
    bytes[60..64].copy_from_slice(&9_999_u32.to_be_bytes());
    std::fs::write(&file, &bytes).unwrap();
    let newer = open_desk(&folder, &Scene::default().pace).map(|_| ()).unwrap_err();
    assert_eq!(newer.code, Code::DataNewer, "{newer}");
    assert_eq!(std::fs::read(&file).unwrap(), bytes, "not a byte of it is changed");
    drop((sandbox, kept));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_can_not_run_now_says_why() {
    let rehearsal = Rehearsal::on(small()).await;
    let organization = rehearsal.organization("Contoso EU", "EU-01").await.unwrap().id;
    let reason = |error: Error| (error.code, error.reason);
    assert_eq!(reason(rehearsal.import(organization).await.unwrap_err()), (Code::NotNow, Some(Reason::NotSignedIn)));
    let run = Box::pin(start(&rehearsal.desk, Verify { organization, which: Scope::All }, &Job::quiet())).await;
    assert_eq!(reason(run.unwrap_err()), (Code::NotNow, Some(Reason::NoUsers)));
    rehearsal.sign_in().await.unwrap();
    rehearsal.import(organization).await.unwrap();
    let run = Box::pin(start(&rehearsal.desk, Verify { organization, which: Scope::All }, &Job::quiet())).await;
    assert_eq!(reason(run.unwrap_err()), (Code::NotNow, Some(Reason::NoSecret)));
    let deleted = delete(&rehearsal.desk, DeleteOrganization { organization, force: false, expected: None }, &Job::quiet()).await;
    assert_eq!(reason(deleted.unwrap_err()), (Code::NotNow, Some(Reason::HasUsers)));
    let filter = ImportUsers { organization, from: Source::Filter { odata: "this is no filter".into() }, anew: false };
    assert_eq!(Box::pin(import(&rehearsal.desk, filter, &Job::quiet())).await.unwrap_err().code, Code::InvalidInput);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_integration_with_permissions_that_do_not_exist_is_refused_with_the_name() {
    let rehearsal = Rehearsal::on(small()).await;
    let permissions = serde_json::from_value(serde_json::json!([{"name": "Mail.ReadEverything", "type": "application"}])).unwrap();
    let ask = AddIntegration {
        tenant: rehearsal.tenant.id,
        name: "Odd".into(),
        client_id: rehearsal.integration.client_id.to_string(),
        preset: Preset::Custom,
        permissions: Some(permissions),
    };
    let error = add_integration(&rehearsal.desk, ask, &Job::quiet()).await.unwrap_err();
    assert_eq!(error.code, Code::InvalidInput);
    assert!(error.detail.contains("Mail.ReadEverything"), "{error}");
}

fn html_proxy() -> Wire {
    Wire::HtmlProxyPage
}

fn truncated() -> Wire {
    Wire::TruncatedJson
}

static QUIET: std::sync::OnceLock<Job> = std::sync::OnceLock::new();
