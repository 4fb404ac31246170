//! Lists of permissions, from the registration and from people, and an organization that departs from its integration's.

use rollcall_core::consent::Authorization;
use rollcall_core::manifest::Said;
use rollcall_core::organization::AccessType;
use rollcall_core::permission::PermissionType;
use rollcall_core::presets;
use rollcall_core::workload::Workload;
use rollcall_ops::error::Code;
use rollcall_ops::integrations::change::{ChangeIntegration, change};
use rollcall_ops::integrations::export::{ExportList, export};
use rollcall_ops::integrations::from_registration::{FromRegistration, RegistrationRead, from_registration};
use rollcall_ops::integrations::read_list::{Asked, ReadListAsk, read_list};
use rollcall_ops::job::Job;
use rollcall_ops::organizations::adjust::{AdjustOrganization, adjust};
use rollcall_ops::organizations::delete::OrganizationRef;
use rollcall_ops::organizations::describe::describe;
use rollcall_ops::verify::plan::{Scope, Verify, plan};
use rollcall_sandbox::Wire;
use rollcall_sandbox::browser::Person;
use rollcall_tests::{Rehearsal, Scene};

async fn rehearsal() -> Rehearsal {
    Rehearsal::on(Scene { users: 30, ..Scene::default() }).await
}

async fn registered(rehearsal: &Rehearsal, client_id: &str) -> rollcall_ops::error::Result<RegistrationRead> {
    let ask = FromRegistration { tenant: rehearsal.tenant.id, client_id: client_id.to_owned() };
    from_registration(&rehearsal.desk, ask, &Job::quiet()).await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_registration_asks_for_is_read_live_and_said_plainly_when_it_is_elsewhere() {
    let rehearsal = rehearsal().await;
    let own = rehearsal.sandbox.details().client_id.clone();
    assert_eq!(registered(&rehearsal, &own).await.unwrap_err().code, Code::NotSignedIn);
    rehearsal.sign_in().await.unwrap();

    let Ok(RegistrationRead::Here { list, .. }) = registered(&rehearsal, &own).await else { panic!("it is registered here") };
    assert!(list.remarks.is_empty(), "{list:?}");
    let names = |kind| list.permissions.iter().filter(|wanted| wanted.kind == kind).map(|wanted| wanted.name.as_str()).collect::<Vec<_>>();
    assert!(names(PermissionType::Application).contains(&"Mail.ReadWrite"), "ids were turned into names: {list:?}");
    assert!(names(PermissionType::Delegated).contains(&"offline_access"));

    // Exchange Online's own application is Microsoft's: every tenant has its enterprise application, none its registration.
    let elsewhere = registered(&rehearsal, "00000002-0000-0ff1-ce00-000000000000").await.unwrap();
    assert_eq!(elsewhere, RegistrationRead::Elsewhere { display_name: "Office 365 Exchange Online".into() });
    assert_eq!(registered(&rehearsal, "99999999-0000-0000-0000-000000000000").await.unwrap(), RegistrationRead::Nowhere);
    assert_eq!(registered(&rehearsal, "Exchange").await.unwrap_err().code, Code::InvalidInput);

    rehearsal.sandbox.next_answers((0..12).map(|_| Wire::TruncatedJson).collect());
    assert!(registered(&rehearsal, &own).await.is_err(), "half an answer is no list");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_the_catalogue_does_not_know_is_looked_for_in_the_tenant() {
    let rehearsal = rehearsal().await;
    let read = async |text: &str| {
        let ask = ReadListAsk {
            text: text.to_owned(),
            access: AccessType::GraphAppOnly,
            tenant: None,
            integration: Some(rehearsal.integration.id),
        };
        read_list(&rehearsal.desk, ask, &Job::quiet()).await.unwrap()
    };
    assert_eq!(read("Mail.Read (Application)").await.asked, Asked::NotNeeded);
    assert_eq!(read("Frobnicate.All").await.asked, Asked::NotSignedIn);
    rehearsal.sign_in().await.unwrap();
    let asked = read("Mail.Read (Application)\nFrobnicate.All").await;
    assert_eq!((asked.asked, asked.list.permissions.len()), (Asked::Asked, 1));
    assert_eq!(asked.list.remarks[0].what, Said::Unknown { nearest: None }, "the tenant publishes none of that name either");

    let mut permissions = presets::permissions(rehearsal.integration.preset);
    permissions[0].name = "Frobnicate.All".into();
    let ask = ChangeIntegration { integration: rehearsal.integration.id, name: None, permissions: Some(permissions) };
    let refused = change(&rehearsal.desk, ask, &Job::quiet()).await.unwrap_err();
    assert!(refused.code == Code::InvalidInput && refused.detail.contains("the tenant publishes none"), "{refused}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_organization_s_own_list_decides_consent_and_what_is_checked() {
    let rehearsal = rehearsal().await;
    let organization = rehearsal.ready().await;
    let desk = &rehearsal.desk;
    let planned = async || {
        let ask = Verify { organization: organization.id, which: Scope::All };
        let plan = plan(desk, ask, &Job::quiet()).await.unwrap();
        (plan.not_covered, plan.probes / plan.mailboxes)
    };
    let consent = async || describe(desk, OrganizationRef { organization: organization.id }, &Job::quiet()).await.unwrap().consent;
    let own = async |text: Option<&str>| {
        let permissions = match text {
            Some(text) => {
                let ask = ReadListAsk {
                    text: text.to_owned(),
                    access: AccessType::GraphAppOnly,
                    tenant: Some(rehearsal.tenant.id),
                    integration: None,
                };
                Some(read_list(desk, ask, &Job::quiet()).await.unwrap().list.permissions)
            }
            None => None,
        };
        adjust(desk, AdjustOrganization { organization: organization.id, permissions }, &Job::quiet()).await
    };
    assert_eq!(planned().await, (vec![], 5));
    let before = consent().await;

    own(Some("Mail.Read\nCalendars.Read\nSites.Read.All")).await.unwrap();
    assert_eq!(planned().await, (vec![Workload::Contacts, Workload::Tasks, Workload::Settings], 2));
    let after = consent().await;
    assert_eq!((after.granted, after.required), (2, 3), "the wider grants stand in, and one is missing");
    assert_eq!(after.authorization, Authorization::PartlyAuthorized);
    let exported = export(desk, ExportList::Organization { organization: organization.id }, &Job::quiet()).await.unwrap();
    assert!(exported.text.contains("Sites.Read.All") && exported.name == organization.name, "{exported:?}");

    let ask = AdjustOrganization { organization: organization.id, permissions: Some(vec![]) };
    assert_eq!(adjust(desk, ask, &Job::quiet()).await.unwrap_err().code, Code::InvalidInput, "nothing is no list");
    own(None).await.unwrap();
    assert_eq!(planned().await, (vec![], 5));
    let again = consent().await;
    assert_eq!((again.granted, again.required, again.authorization), (before.granted, before.required, before.authorization));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_registration_asks_for_is_what_consent_to_it_grants() {
    let rehearsal = rehearsal().await;
    rehearsal.sign_in().await.unwrap();
    let organization = rehearsal.organization("Contoso EU", "EU-01").await.unwrap();
    rehearsal.grant_as(organization.id, Person::Admin).await.unwrap();
    let own = rehearsal.sandbox.details().client_id.clone();
    let Ok(RegistrationRead::Here { list, .. }) = registered(&rehearsal, &own).await else { panic!("it is registered here") };
    let ask = ChangeIntegration { integration: rehearsal.integration.id, name: None, permissions: Some(list.permissions) };
    change(&rehearsal.desk, ask, &Job::quiet()).await.unwrap();
    let view = describe(&rehearsal.desk, OrganizationRef { organization: organization.id }, &Job::quiet()).await.unwrap();
    assert_eq!(view.consent.authorization, Authorization::Authorized);
}
