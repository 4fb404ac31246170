//! Which of a user's mailboxes sessions and checks read: those whose sync is on, each with its own sign-in and its own place in its feeds.

use std::time::Duration;

use rollcall_core::address::{AddressChange, SignInState};
use rollcall_core::eligibility::Eligibility;
use rollcall_core::id::UserId;
use rollcall_core::issue::Cause;
use rollcall_core::migration::MigrationStep;
use rollcall_core::session::SessionKind;
use rollcall_core::verdict::Verdict;
use rollcall_core::workload::Workload;
use rollcall_ops::issues::affected::{AffectedFilter, AffectedQuery, affected};
use rollcall_ops::job::Job;
use rollcall_ops::mailboxes::change::{ChangeMailbox, change};
use rollcall_ops::mailboxes::check::MailboxRef;
use rollcall_ops::mailboxes::connect::{ConnectMailbox, disconnect};
use rollcall_ops::mailboxes::migrate::MigrationAct;
use rollcall_ops::mailboxes::secondary::{add, remove};
use rollcall_ops::runs::WorkloadResult;
use rollcall_ops::runs::results::{ResultQuery, results as results_of};
use rollcall_ops::sync::history::{Session, SessionsOf, of_user};
use rollcall_ops::sync::run::Whose;
use rollcall_ops::users::describe::{UserDetail, UserRef, describe as describe_user};
use rollcall_ops::verify::plan::{Scope, Verify, plan};
use rollcall_ops::verify::start::start;
use rollcall_sandbox::Wire;
use rollcall_store::runs::{ResultFilter, Run};
use rollcall_store::users::UserFilter;
use rollcall_tests::{Rehearsal, Scene};

use crate::company::{Company, OUTBOUND};

impl Company {
    async fn session(&self) -> Session {
        self.rehearsal.sessions(self.organization, Whose::Everybody).await.unwrap();
        of_user(&self.rehearsal.desk, SessionsOf { user: self.user }, &Job::quiet()).await.unwrap().remove(0)
    }

    async fn check(&self) -> (Run, WorkloadResult) {
        checked(&self.rehearsal, self.user).await
    }

    async fn sign_in_state(&self) -> Option<SignInState> {
        self.detail().await.row.sign_in
    }

    async fn detail(&self) -> UserDetail {
        describe_user(&self.rehearsal.desk, UserRef::Id { user: self.user }, &Job::quiet()).await.unwrap()
    }

    /// The addresses under which mailboxes stand that are read.
    async fn read(&self) -> Vec<String> {
        let view = self.view().await;
        view.addresses.into_iter().filter(|one| one.read).map(|one| one.address.address).collect()
    }

    /// Another mailbox is named, signed in for, and synchronized.
    async fn with_another(&self) {
        self.connect_as(None, &self.upn).await.unwrap();
        self.add(OUTBOUND).await.unwrap();
        self.connect_as(Some(OUTBOUND), OUTBOUND).await.unwrap();
        self.set(OUTBOUND, AddressChange::Sync { on: true }).await.unwrap();
    }
}

/// Checks a user; answers the run and what it says of mail.
async fn checked(rehearsal: &Rehearsal, user: UserId) -> (Run, WorkloadResult) {
    let row = describe_user(&rehearsal.desk, UserRef::Id { user }, &Job::quiet()).await.unwrap().row;
    let which = Scope::Users { users: vec![user] };
    let run = Box::pin(start(&rehearsal.desk, Verify { organization: row.user.organization, which }, &Job::quiet())).await.unwrap();
    let ask = ResultQuery { run: run.id, filter: ResultFilter::default(), offset: 0, limit: 1 };
    let mailbox = results_of(&rehearsal.desk, ask, &Job::quiet()).await.unwrap().rows.remove(0);
    let mail = mailbox.workloads.into_iter().find(|result| result.workload == Workload::Mail).unwrap();
    (run, mail)
}

fn mail(session: &Session) -> (Verdict, Option<&str>, Option<Cause>) {
    let mail = session.readings.iter().find(|reading| reading.workload == Workload::Mail).unwrap();
    (mail.verdict, mail.mailbox.as_deref(), mail.cause)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_users_probes_wait_for_as_long_as_the_sign_in_service_asks() {
    let company = Company::new().await;
    company.connect_as(None, &company.upn).await.unwrap();
    let company = company.restarted();
    let sandbox = &company.rehearsal.sandbox;
    sandbox.next_token_answers(vec![Wire::ServiceUnavailable { retry_after: Some(2) }]);
    let begun = std::time::Instant::now();
    let (run, answer) = company.check().await;
    assert_eq!((run.ledger.passed, answer.http), (1, Some(200)));
    assert!(begun.elapsed() >= Duration::from_secs(2), "{:?}", begun.elapsed());
    assert_eq!(sandbox.early_token_requests(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_migration_the_new_mailbox_is_read_and_the_old_one_no_more() {
    let company = Company::new().await;
    company.ready_to_migrate().await;
    let before = company.session().await;
    assert_eq!((before.kind, mail(&before)), (SessionKind::First, (Verdict::Passed, None, None)));
    assert!(!company.read().await.contains(&OUTBOUND.to_owned()));

    company.migrate(company.begin()).await.unwrap();
    for step in MigrationStep::ALL {
        if step == MigrationStep::ConnectNew {
            // Nobody else's sync is on: the old one is watched until the new one can be.
            assert_eq!(mail(&company.session().await), (Verdict::Passed, None, None));
            company.connect_as(Some(OUTBOUND), OUTBOUND).await.unwrap();
        }
        if step.asks().is_some() {
            company.migrate(MigrationAct::Check).await.unwrap();
        }
        company.migrate(MigrationAct::Tick { step }).await.unwrap();
    }
    assert_eq!(company.read().await, [OUTBOUND]);
    let after = company.session().await;
    assert_eq!((after.kind, after.verdict), (SessionKind::First, Verdict::Passed), "nothing was known of this mailbox yet");
    assert_eq!(company.session().await.kind, SessionKind::Incremental, "it goes on where it was");
    let (run, answer) = company.check().await;
    assert_eq!((run.ledger.passed, answer.mailbox.as_deref(), answer.http), (1, Some(OUTBOUND), Some(200)));

    // The old account's sign-in is nobody's business any more, the new one's is.
    company.rehearsal.sandbox.revoke(&company.upn);
    let company = company.restarted();
    assert_eq!(company.session().await.verdict, Verdict::Passed);
    assert_eq!(company.sign_in_state().await, Some(SignInState::Connected));
    company.rehearsal.sandbox.revoke(OUTBOUND);
    let company = company.restarted();
    assert_eq!(mail(&company.session().await), (Verdict::Failed, Some(OUTBOUND), Some(Cause::SignInExpired)));
    assert_eq!(company.sign_in_state().await, Some(SignInState::Needed));
}

#[tokio::test(flavor = "multi_thread")]
async fn of_several_mailboxes_each_is_read_and_the_gravest_decides() {
    let company = Company::new().await;
    company.connect_as(None, &company.upn).await.unwrap();
    let alone = company.session().await;
    company.with_another().await;
    company.set(&company.mail, AddressChange::Sync { on: true }).await.unwrap();
    let both = company.session().await;
    assert_eq!((both.number, both.kind, both.verdict), (2, SessionKind::Incremental, Verdict::Passed), "one session of the user");
    assert!(both.requests > alone.requests, "the first of the other one, and what is new of the own: {alone:?} {both:?}");
    assert!(both.changed > 0 && company.session().await.changed < both.changed, "each goes on where it was: {both:?}");
    let (run, answer) = company.check().await;
    assert_eq!((run.ledger.passed, answer.mailbox.as_deref()), (1, Some(OUTBOUND)), "it passed when the last of them had");
    let ask = Verify { organization: company.organization, which: Scope::Users { users: vec![company.user] } };
    let plan = plan(&company.rehearsal.desk, ask, &Job::quiet()).await.unwrap();
    let covered = run.workloads.iter().filter(|one| one.not_asked.is_none()).count();
    assert_eq!((plan.mailboxes as usize, plan.probes as usize), (1, 2 * covered), "both are asked");

    company.rehearsal.sandbox.revoke(OUTBOUND);
    let company = company.restarted();
    let refused = company.session().await;
    assert_eq!((refused.verdict, mail(&refused)), (Verdict::Failed, (Verdict::Failed, Some(OUTBOUND), Some(Cause::SignInExpired))));
    let issues = company.detail().await.checks.into_iter().filter(|check| check.result.verdict == Verdict::Failed);
    assert!(issues.map(|check| check.result.mailbox).all(|mailbox| mailbox.as_deref() == Some(OUTBOUND)));
    let (failing, open) = {
        let row = company.detail().await.row;
        (row.failing, row.open_issues)
    };
    assert!(open > 0);

    // The other one is still to sign in: the user is not proven, and is not failing more for it.
    let waits = company.session().await;
    assert_eq!((waits.verdict, mail(&waits)), (Verdict::Unknown, (Verdict::NotRun, Some(OUTBOUND), Some(Cause::NeedsUserSignIn))));
    let row = company.detail().await.row;
    assert_eq!((row.failing, row.open_issues, row.sign_in), (failing, open, Some(SignInState::Needed)), "what is open stays open");
    let (run, answer) = company.check().await;
    let of_answer = (answer.verdict, answer.mailbox.as_deref(), answer.cause);
    assert_eq!((run.ledger.passed, of_answer), (0, (Verdict::NotRun, Some(OUTBOUND), Some(Cause::NeedsUserSignIn))));

    company.connect_as(Some(OUTBOUND), OUTBOUND).await.unwrap();
    assert_eq!(company.session().await.verdict, Verdict::Passed);
    assert_eq!(company.detail().await.row.open_issues, 0, "it is over with the next session that passes");

    // Named once more it is read from the beginning: its places went with it.
    remove(&company.rehearsal.desk, company.named(OUTBOUND), &Job::quiet()).await.unwrap();
    let own = company.session().await;
    company.with_another().await;
    let anew = company.session().await;
    assert!(anew.verdict == Verdict::Passed && anew.changed > own.changed, "{own:?} {anew:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_with_the_own_mailbox_is_not_hidden_by_another() {
    let company = Company::new().await;
    company.with_another().await;
    company.set(&company.mail, AddressChange::Sync { on: true }).await.unwrap();
    company.rehearsal.sandbox.revoke(&company.upn);
    let company = company.restarted();
    let (run, answer) = company.check().await;
    assert_eq!((run.ledger.failed, answer.mailbox, answer.cause), (1, None, Some(Cause::SignInExpired)));
    let session = company.session().await;
    assert_eq!(mail(&session), (Verdict::NotRun, None, Some(Cause::NeedsUserSignIn)), "the other one alone proves nothing of the user");
    assert!(session.requests > 0, "and is read all the same");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mailbox_that_cannot_be_asked_hides_nothing_of_the_next() {
    const THIRD: &str = "global.reader@contoso.example";
    let company = Company::new().await;
    company.with_another().await;
    company.add(THIRD).await.unwrap();
    company.connect_as(Some(THIRD), THIRD).await.unwrap();
    for address in [&*company.mail, THIRD] {
        company.set(address, AddressChange::Sync { on: true }).await.unwrap();
    }
    let gone = ConnectMailbox { user: company.user, address: Some(OUTBOUND.to_owned()) };
    disconnect(&company.rehearsal.desk, gone, &Job::quiet()).await.unwrap();
    let (_, answer) = company.check().await;
    assert_eq!((answer.mailbox.as_deref(), answer.cause), (Some(OUTBOUND), Some(Cause::NeedsUserSignIn)), "the others have passed");

    company.rehearsal.sandbox.revoke(THIRD);
    let company = company.restarted();
    let (run, answer) = company.check().await;
    assert_eq!((run.ledger.failed, answer.mailbox.as_deref(), answer.cause), (1, Some(THIRD), Some(Cause::SignInExpired)));
    let filter = AffectedFilter { organization: None, fingerprints: answer.fingerprint.into_iter().collect(), search: None };
    let ask = AffectedQuery { filter, offset: 0, limit: 10 };
    let affected = affected(&company.rehearsal.desk, ask, &Job::quiet()).await.unwrap();
    assert_eq!(affected.rows.iter().map(|row| row.mailboxes.clone()).collect::<Vec<_>>(), [[THIRD.to_owned()]]);
}

#[tokio::test(flavor = "multi_thread")]
async fn where_the_application_reads_everybody_another_mailbox_is_read_in_its_name() {
    let rehearsal = Rehearsal::on(Scene { users: 60, ..Scene::default() }).await;
    let organization = rehearsal.ready().await.id;
    let everybody = Verify { organization, which: Scope::All };
    Box::pin(start(&rehearsal.desk, everybody, &Job::quiet())).await.unwrap();
    let rows = rehearsal.found(UserFilter { organization: Some(organization), ..UserFilter::default() }).await;
    let out_of_order = rows.iter().find(|row| row.first_cause == Some(Cause::NoMailbox)).expect("somebody has no mailbox");
    let healthy = rows.iter().find(|row| row.verdict == Verdict::Passed).unwrap();
    let (user, address) = (healthy.user.id, out_of_order.user.directory.upn.clone());
    let named = MailboxRef { user, address: address.clone() };
    let view = add(&rehearsal.desk, named, &Job::quiet()).await.unwrap();
    let address = view.addresses.last().unwrap().address.address.clone();
    assert_eq!(checked(&rehearsal, user).await.0.ledger.passed, 1, "a mailbox that isn't synchronized is not asked");

    let on = ChangeMailbox { user, address: address.clone(), change: AddressChange::Sync { on: true } };
    change(&rehearsal.desk, on, &Job::quiet()).await.unwrap();
    let (run, answer) = checked(&rehearsal, user).await;
    assert_eq!((run.ledger.failed, answer.mailbox.as_deref()), (1, Some(&*address)));
    let row = describe_user(&rehearsal.desk, UserRef::Id { user }, &Job::quiet()).await.unwrap().row;
    assert_eq!((row.first_cause, row.judged.eligibility), (Some(Cause::NoMailbox), Eligibility::Ready), "the user's own is no less ready");
    rehearsal.sessions(organization, Whose::Users { users: vec![user] }).await.unwrap();
    let session = of_user(&rehearsal.desk, SessionsOf { user }, &Job::quiet()).await.unwrap().remove(0);
    assert_eq!((session.verdict, mail(&session).1), (Verdict::Failed, Some(&*address)));
}
