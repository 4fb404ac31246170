//! The menu: everything that a face may ask, each with its question and its answer. Dispatch and TypeScript derive from it.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::desk::Desk;
use crate::error::{Code, Error, Result};
use crate::job::Job;
use crate::{
    about, consent, groups, integrations, issues, journal, mailboxes, organizations, permissions, practice, rules, runs, scope, settings,
    sync, tenants, traffic, users, verify, views, waves,
};

macro_rules! menu {
    ($($name:literal: $question:ty => $answer:ty, $verb:path;)*) => {
        /// The names of all commands.
        pub const NAMES: &[&str] = &[$($name),*];

        /// Asks a command by its name, question and answer as JSON.
        ///
        /// # Errors
        /// `InvalidInput` for an unknown name or a question that doesn't fit; otherwise those of the command.
        pub async fn call(desk: &Desk, name: &str, question: Value, job: &Job) -> Result<Value> {
            match name {
                $($name => {
                    let question: $question = read(question)?;
                    let answer: $answer = Box::pin($verb(desk, question, job)).await.map_err(|error| desk.told(error))?;
                    write(&answer)
                })*
                _ => Err(Error::input("command", "there is no command of that name")),
            }
        }

        #[cfg(test)]
        pub(crate) fn declare(bindings: &mut crate::bindings::Bindings) {
            $(bindings.command::<$question, $answer>($name);)*
        }
    };
}

menu! {
    "about.describe": () => about::About, about::describe;
    "consent.apply": consent::change::apply::ApplyChange => consent::change::apply::Applied, consent::change::apply::apply;
    "consent.export": organizations::delete::OrganizationRef => consent::export::ConsentTable, consent::export::export;
    "consent.export_users": consent::export::ExportConsents => consent::export::ConsentTable, consent::export::export_users;
    "consent.grant": consent::grant::GrantConsent => consent::grant::Consented, consent::grant::grant;
    "consent.preview": consent::change::PreviewChange => consent::change::preview::ChangePreview, consent::change::preview::preview;
    "consent.read": organizations::delete::OrganizationRef => consent::show::ConsentView, consent::read::read;
    "consent.read_tenant": tenants::sign_in::TenantRef => consent::tenant::TenantConsentView, consent::tenant::read;
    "consent.show": organizations::delete::OrganizationRef => consent::show::ConsentView, consent::show::show;
    "consent.tenant": tenants::sign_in::TenantRef => consent::tenant::TenantConsentView, consent::tenant::show;
    "consent.users": consent::users::ConsentUsers => consent::users::UserConsentPage, consent::users::users;
    "groups.search": groups::FindGroups => Vec<rollcall_core::group::Group>, groups::search;
    "groups.size": groups::GroupRef => groups::GroupSize, groups::size;
    "integrations.add": integrations::add::AddIntegration => rollcall_core::integration::Integration, integrations::add::add;
    "integrations.change": integrations::change::ChangeIntegration => rollcall_core::integration::Integration, integrations::change::change;
    "integrations.export": integrations::export::ExportList => integrations::export::ManifestFile, integrations::export::export;
    "integrations.from_registration": integrations::from_registration::FromRegistration => integrations::from_registration::RegistrationRead, integrations::from_registration::from_registration;
    "integrations.list": () => Vec<integrations::list::IntegrationView>, integrations::list::list;
    "integrations.read_list": integrations::read_list::ReadListAsk => integrations::read_list::ListRead, integrations::read_list::read_list;
    "integrations.remove": integrations::remove::IntegrationRef => (), integrations::remove::remove;
    "integrations.set_secret": integrations::set_secret::SetSecret => integrations::set_secret::SecretStored, integrations::set_secret::set_secret;
    "issues.affected": issues::affected::AffectedQuery => issues::affected::AffectedPage, issues::affected::affected;
    "issues.export": issues::IssueFilter => issues::export::IssueTable, issues::export::export;
    "issues.groups": issues::board::GroupIssues => issues::board::Board, issues::board::groups;
    "issues.list": issues::IssueQuery => issues::IssuePage, issues::list;
    "issues.snooze": issues::snooze::SnoozeIssues => (), issues::snooze::snooze;
    "issues.support": issues::support::SupportAsk => issues::support::SupportBlock, issues::support::support;
    "issues.unsnooze": issues::snooze::UnsnoozeIssues => (), issues::snooze::unsnooze;
    "journal.list": journal::ListJournal => Vec<journal::JournalEntry>, journal::list;
    "journal.verify": () => journal::JournalState, journal::verify;
    "mailboxes.add": mailboxes::check::MailboxRef => mailboxes::describe::MailboxesView, mailboxes::secondary::add;
    "mailboxes.change": mailboxes::change::ChangeMailbox => mailboxes::describe::MailboxesView, mailboxes::change::change;
    "mailboxes.check": mailboxes::check::MailboxRef => mailboxes::describe::MailboxesView, mailboxes::check::check;
    "mailboxes.connect": mailboxes::connect::ConnectMailbox => mailboxes::describe::MailboxesView, mailboxes::connect::connect;
    "mailboxes.describe": mailboxes::describe::MailboxesOf => mailboxes::describe::MailboxesView, mailboxes::describe::describe;
    "mailboxes.disconnect": mailboxes::connect::ConnectMailbox => mailboxes::describe::MailboxesView, mailboxes::connect::disconnect;
    "mailboxes.migrate": mailboxes::migrate::MigrateMailbox => mailboxes::describe::MailboxesView, mailboxes::migrate::migrate;
    "mailboxes.remove": mailboxes::check::MailboxRef => mailboxes::describe::MailboxesView, mailboxes::secondary::remove;
    "organizations.acknowledge": organizations::delete::OrganizationRef => rollcall_core::organization::Organization, organizations::acknowledge::acknowledge;
    "organizations.adjust": organizations::adjust::AdjustOrganization => rollcall_core::organization::Organization, organizations::adjust::adjust;
    "organizations.change": organizations::change::ChangeOrganization => rollcall_core::organization::Organization, organizations::change::change;
    "organizations.create": organizations::create::CreateOrganization => rollcall_core::organization::Organization, organizations::create::create;
    "organizations.delete": organizations::delete::DeleteOrganization => organizations::delete::Belongings, organizations::delete::delete;
    "organizations.describe": organizations::delete::OrganizationRef => organizations::describe::OrganizationView, organizations::describe::describe;
    "organizations.export": organizations::export::ExportOrganizations => organizations::export::OrganizationTable, organizations::export::export;
    "organizations.foresee": organizations::delete::ForeseeDeletion => Vec<organizations::delete::Deletion>, organizations::delete::foresee;
    "organizations.list": () => Vec<organizations::describe::OrganizationView>, organizations::describe::list;
    "organizations.set_window": organizations::window::SetWindow => rollcall_core::organization::Organization, organizations::window::set_window;
    "permissions.list": () => Vec<permissions::list::PermissionView>, permissions::list::list;
    "practice.examples": tenants::sign_in::TenantRef => practice::examples::Examples, practice::examples::examples;
    "practice.open": practice::open::OpenPractice => practice::open::Practice, practice::open::open;
    "practice.run_scope_script": practice::exchange::RunScopeScript => scope::show::ScopeView, practice::exchange::run_script;
    "presets.list": () => Vec<integrations::presets::PresetView>, integrations::presets::presets;
    "rules.accept": rules::decide::Decide => users::import::Imported, rules::decide::accept;
    "rules.add": rules::add::AddRule => rollcall_core::membership_rule::MembershipRule, rules::add::add;
    "rules.change": rules::change::ChangeRule => rollcall_core::membership_rule::MembershipRule, rules::change::change;
    "rules.decline": rules::decide::Decide => rules::decide::Decided, rules::decide::decline;
    "rules.evaluate": tenants::sign_in::TenantRef => Vec<rules::list::RuleView>, rules::evaluate::evaluate;
    "rules.list": tenants::sign_in::TenantRef => Vec<rules::list::RuleView>, rules::list::list;
    "rules.order": rules::order::OrderRules => Vec<rules::list::RuleView>, rules::order::order;
    "rules.proposals": rules::proposals::ListProposals => rollcall_store::proposals::ProposalPage, rules::proposals::proposals;
    "rules.reconsider": rules::decide::Decide => rules::decide::Decided, rules::decide::reconsider;
    "rules.remove": rules::remove::RuleRef => (), rules::remove::remove;
    "runs.compare": runs::compare::CompareRuns => rollcall_store::runs::Comparison, runs::compare::compare;
    "runs.describe": runs::describe::RunRef => runs::describe::RunDetail, runs::describe::describe;
    "runs.list": runs::list::ListRuns => Vec<rollcall_store::runs::Run>, runs::list::list;
    "runs.results": runs::results::ResultQuery => rollcall_store::runs::ResultPage, runs::results::results;
    "scope.again": scope::resume::ProofRef => scope::show::ProofView, scope::again::again;
    "scope.ask": scope::why::WhyMailbox => scope::why::Why, scope::ask::ask;
    "scope.cancel": scope::resume::ProofRef => scope::show::ProofView, scope::cancel::cancel;
    "scope.changed": scope::changed::NoteChange => scope::show::ScopeView, scope::changed::changed;
    "scope.cut_off": () => Vec<scope::cut_off::CutOffProof>, scope::cut_off::cut_off;
    "scope.evidence": scope::resume::ProofRef => scope::evidence::ScopeEvidence, scope::evidence::evidence;
    "scope.foresee": scope::foresee::ForeseeProof => scope::foresee::ForeseenProof, scope::foresee::foresee;
    "scope.forget": organizations::delete::OrganizationRef => scope::forget::Forgotten, scope::forget::forget;
    "scope.mailboxes": scope::mailboxes::ProofMailboxes => rollcall_store::proofs::TargetPage, scope::mailboxes::mailboxes;
    "scope.plan": scope::plan::PlanScope => scope::plan::ScopeScripts, scope::plan::plan;
    "scope.prove": scope::prove::ProveScope => scope::show::ProofView, scope::prove::prove;
    "scope.read": organizations::delete::OrganizationRef => scope::show::ScopeView, scope::read::read;
    "scope.resume": scope::resume::ProofRef => scope::show::ProofView, scope::resume::resume;
    "scope.said": scope::said::ImportSaid => scope::said::SaidOf, scope::said::said;
    "scope.set": scope::set::SetScope => scope::show::ScopeView, scope::set::set;
    "scope.show": organizations::delete::OrganizationRef => scope::show::ScopeView, scope::show::show;
    "scope.units": organizations::delete::OrganizationRef => Vec<scope::units::UnitView>, scope::units::units;
    "scope.weigh": scope::set::SetScope => scope::weigh::WeighedWish, scope::weigh::weigh;
    "scope.why": scope::why::WhyMailbox => scope::why::Why, scope::why::why;
    "settings.get": () => settings::Settings, settings::get;
    "settings.set": settings::Settings => settings::Settings, settings::set;
    "sync.cut_off": () => Vec<sync::cut_off::CutOffPass>, sync::cut_off::cut_off;
    "sync.export": sync::export::ExportSessions => sync::export::SessionTable, sync::export::export;
    "sync.figures": sync::history::SessionFigures => sync::history::Figures, sync::history::figures;
    "sync.pause": sync::pause::PauseSessions => rollcall_core::organization::Organization, sync::pause::pause;
    "sync.run": sync::run::RunSessions => sync::run::Sessions, sync::run::run;
    "sync.sessions": sync::history::SessionsOf => Vec<rollcall_store::sessions::Session>, sync::history::of_user;
    "tenants.add": tenants::add::AddTenant => rollcall_core::tenant::Tenant, tenants::add::add;
    "tenants.allow": tenants::allow::AllowMore => tenants::sign_in::SignedIn, tenants::allow::allow;
    "tenants.forget": tenants::sign_in::TenantRef => (), tenants::forget::forget;
    "tenants.list": () => Vec<tenants::list::TenantView>, tenants::list::list;
    "tenants.sign_in": tenants::sign_in::TenantRef => tenants::sign_in::SignedIn, tenants::sign_in::sign_in;
    "tenants.sign_out": tenants::sign_in::TenantRef => (), tenants::sign_out::sign_out;
    "traffic.describe": () => traffic::describe::Traffic, traffic::describe::describe;
    "traffic.record": traffic::record::RecordTraffic => traffic::describe::Traffic, traffic::record::record;
    "users.act": users::act::ActOnUsers => users::act::Acted, users::act::act;
    "users.cut_off": () => Vec<users::cut_off::CutOffAction>, users::cut_off::cut_off;
    "users.describe": users::describe::UserRef => users::describe::UserDetail, users::describe::describe;
    "users.export": users::export::ExportUsers => users::export::UserTable, users::export::export;
    "users.foresee": users::foresee::ForeseeAction => users::foresee::Foreseen, users::foresee::foresee;
    "users.import": users::import::ImportUsers => users::import::Imported, users::import::import;
    "users.import_shown": users::preview::PreviewRef => users::import::Imported, users::import::import_shown;
    "users.preflight": organizations::delete::OrganizationRef => rollcall_store::users::eligibility::Eligibilities, users::preflight::preflight;
    "users.preview": users::preview::PreviewImport => users::preview::ImportPreview, users::preview::preview;
    "users.preview_export": users::preview::PreviewRef => users::preview::PreviewTable, users::preview::export;
    "users.preview_forget": users::preview::PreviewRef => (), users::preview::forget;
    "users.preview_lines": users::preview::PreviewLines => users::preview::PreviewPage, users::preview::lines;
    "users.query": users::query::UserQuery => rollcall_store::users::UserPage, users::query::query;
    "verify.cancel": runs::describe::RunRef => rollcall_store::runs::Run, verify::cancel::cancel;
    "verify.cut_off": () => verify::cut_off::CutOffRuns, verify::cut_off::cut_off;
    "verify.plan": verify::plan::Verify => verify::plan::Plan, verify::plan::plan;
    "verify.resume": runs::describe::RunRef => rollcall_store::runs::Run, verify::resume::resume;
    "verify.start": verify::plan::Verify => rollcall_store::runs::Run, verify::start::start;
    "views.list": views::ViewsOf => Vec<views::View>, views::list;
    "views.remove": views::RemoveView => Vec<views::View>, views::remove;
    "views.save": views::SaveView => Vec<views::View>, views::save;
    "waves.foresee": waves::plan::PlanWaves => waves::plan::ForeseenPlan, waves::plan::foresee;
    "waves.foresee_criteria": waves::criteria::SetCriteria => waves::criteria::ForeseenCriteria, waves::criteria::foresee;
    "waves.foresee_put": waves::put::PutInWave => waves::put::PutUsers, waves::put::foresee;
    "waves.hold": waves::hold::HoldWave => waves::show::PlanView, waves::hold::hold;
    "waves.plan": waves::plan::PlanWaves => waves::show::PlanView, waves::plan::plan;
    "waves.put": waves::put::PutInWave => waves::put::PutUsers, waves::put::put;
    "waves.remove": organizations::delete::OrganizationRef => (), waves::remove::remove;
    "waves.set_criteria": waves::criteria::SetCriteria => waves::show::PlanView, waves::criteria::set;
    "waves.show": organizations::delete::OrganizationRef => Option<waves::show::PlanView>, waves::show::show;
    "waves.start": waves::start::StartWave => users::act::Acted, waves::start::start;
}

fn read<Q: DeserializeOwned>(question: Value) -> Result<Q> {
    // The message of the parser quotes the value, which may be a secret: only its kind and place are told.
    serde_json::from_value(question)
        .map_err(|error| Error::new(Code::InvalidInput, format!("the question doesn't fit the command ({:?})", error.classify())))
}

fn write<A: Serialize>(answer: &A) -> Result<Value> {
    serde_json::to_value(answer)
        .map_err(|error| Error::new(Code::Internal, format!("the answer could not be written ({:?})", error.classify())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_menu_is_sorted_and_nothing_stands_twice() {
        assert!(NAMES.is_sorted(), "a sorted menu is one that people find things in");
        assert!(NAMES.windows(2).all(|pair| pair[0] != pair[1]));
    }

    #[test]
    fn a_wrong_question_is_refused_without_being_quoted() {
        let error =
            read::<crate::integrations::set_secret::SetSecret>(serde_json::json!({"integration": "canary-1", "secret": "canary-2"}))
                .err()
                .unwrap();
        assert_eq!(error.code, Code::InvalidInput);
        assert!(!error.to_string().contains("canary"), "{error}");
    }
}
