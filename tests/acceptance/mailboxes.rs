//! Several mailboxes of one user: which there are, who signs in for them, what each is used for, and the guided migration.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use rollcall_core::action::Action;
use rollcall_core::address::{AddressChange, AddressKind, Connection, SignInNeed, SignInState};
use rollcall_core::change_window::{ChangeWindow, Day};
use rollcall_core::id::{OrganizationId, UserId};
use rollcall_core::integration::Preset;
use rollcall_core::integration::RequiredPermission;
use rollcall_core::issue::Cause;
use rollcall_core::mailbox::MailboxStatus;
use rollcall_core::migration::MigrationStep;
use rollcall_core::organization::{AccessType, Organization};
use rollcall_core::permission::{PermissionType, Resource};
use rollcall_core::presets;
use rollcall_core::rules::Reason;
use rollcall_core::timeline::Happening;
use rollcall_core::verdict::Verdict;
use rollcall_core::workload::Workload;
use rollcall_identity::vault::SecretName;
use rollcall_ops::error::Code;
use rollcall_ops::job::{Job, Progress};
use rollcall_ops::journal::{ListJournal, list as list_journal};
use rollcall_ops::mailboxes::check::{MailboxRef, check};
use rollcall_ops::mailboxes::connect::{ConnectMailbox, connect, disconnect};
use rollcall_ops::mailboxes::describe::{MailboxesOf, MailboxesView, describe};
use rollcall_ops::mailboxes::migrate::MigrationAct;
use rollcall_ops::mailboxes::secondary::remove;
use rollcall_ops::organizations::acknowledge::acknowledge;
use rollcall_ops::organizations::adjust::{AdjustOrganization, adjust};
use rollcall_ops::organizations::change::{ChangeOrganization, change as change_organization};
use rollcall_ops::organizations::delete::OrganizationRef;
use rollcall_ops::organizations::window::{SetWindow, set_window};
use rollcall_ops::runs::describe::RunRef;
use rollcall_ops::runs::list::{ListRuns, list as list_runs};
use rollcall_ops::runs::results::{ResultQuery, results as results_of};
use rollcall_ops::sync::run::{RunSessions, Whose, run as run_sessions};
use rollcall_ops::users::describe::{UserRef, describe as describe_user};
use rollcall_ops::verify::plan::{Scope, Verify};
use rollcall_ops::verify::resume::resume;
use rollcall_ops::verify::start::start;
use rollcall_sandbox::FaultPlan;
use rollcall_sandbox::browser::Person;
use rollcall_store::runs::{ResultFilter, RunState};
use rollcall_store::users::{Chosen, UserFilter};
use rollcall_tests::{Rehearsal, Scene, at_the_browser, clock};
use tokio_util::sync::CancellationToken;

use crate::company::{Company, OUTBOUND, reason};

/// Has these users reached with their own sign-ins, where the organization's others are reached in the integration's own name.
async fn reach_as_users(rehearsal: &Rehearsal, organization: OrganizationId, users: Vec<UserId>) {
    let of_user = RequiredPermission {
        name: "Mail.Read".into(),
        kind: PermissionType::Delegated,
        resource: Resource::Graph,
        feature: None,
        purpose: None,
        optional: false,
    };
    let mut permissions = presets::permissions(Preset::RevenueGrid).to_vec();
    permissions.push(of_user);
    adjust(&rehearsal.desk, AdjustOrganization { organization, permissions: Some(permissions) }, &Job::quiet()).await.unwrap();
    let (count, own) = (users.len(), Action::SetAccess { access: Some(AccessType::GraphDelegated) });
    assert_eq!(rehearsal.act(Chosen::Ids(users), own).await.done as usize, count);
}

fn next(view: &MailboxesView) -> Option<MigrationStep> {
    view.migration.as_ref()?.steps.iter().find(|step| step.done.is_none()).map(|step| step.step)
}

/// Sync, send and default of an address.
fn switches(view: &MailboxesView, address: &str) -> (bool, bool, bool) {
    let one = &view.addresses.iter().find(|one| one.address.address == address).unwrap().address;
    (one.sync, one.send, one.default)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_directory_tells_the_addresses_and_graph_whether_there_is_such_a_mailbox() {
    let company = Company::new().await;
    let found = company.view().await;
    let kinds: Vec<AddressKind> = found.addresses.iter().map(|one| one.address.kind).collect();
    assert_eq!(kinds[..3], [AddressKind::Primary, AddressKind::PrincipalName, AddressKind::Alias]);
    assert_eq!((found.addresses[0].address.address.as_str(), found.addresses[0].address.default), (company.mail.as_str(), true));
    assert_eq!(found.addresses[0].connection, Connection::NotConnected);

    let with = company.add(OUTBOUND).await.unwrap();
    assert_eq!(with.addresses.last().map(|one| one.address.kind), Some(AddressKind::Secondary));
    assert_eq!(with.addresses.last().unwrap().address.seen, None, "nobody has signed in for it, so nobody has asked it");
    for (bad, code) in [("nobody@contoso.example", Code::NotFound), (OUTBOUND, Code::InvalidInput), ("no address", Code::InvalidInput)] {
        assert_eq!(company.add(bad).await.err().map(|error| error.code), Some(code), "{bad}");
    }
    assert_eq!(company.add(&company.upn).await.err().map(|error| error.code), Some(Code::InvalidInput), "it is the user's own");

    let own = remove(&company.rehearsal.desk, company.named(&company.upn), &Job::quiet()).await;
    assert_eq!(own.err().map(|error| error.code), Some(Code::InvalidInput), "what the directory has nobody takes off here");
    let without = remove(&company.rehearsal.desk, company.named(OUTBOUND), &Job::quiet()).await.unwrap();
    assert_eq!(without.addresses.len(), found.addresses.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mailbox_is_connected_by_its_own_account_and_by_no_other() {
    let company = Company::new().await;
    let refused = company.connect_as(None, OUTBOUND).await.err().unwrap();
    assert_eq!(refused.code, Code::WrongAccount);
    assert_eq!(company.view().await.addresses[0].connection, Connection::NotConnected, "nothing of it is kept");
    assert_eq!(reason(company.set(&company.mail, AddressChange::Sync { on: true }).await), Some(Reason::MailboxNotConnected));
    let may = company.view().await.addresses[0].may;
    assert_eq!((may.sync, may.check), (Some(Reason::MailboxNotConnected), Some(Reason::MailboxNotConnected)), "it is said beforehand");

    let connected = company.connect_as(None, &company.upn).await.unwrap();
    let [primary, principal, ..] = connected.addresses.as_slice() else { panic!("there are two addresses at least") };
    assert!(matches!(primary.connection, Connection::Connected { .. }) && matches!(principal.connection, Connection::Connected { .. }));
    let seen = primary.address.seen.as_ref().unwrap();
    assert!(seen.verdict == Verdict::Passed && seen.request_id.is_some(), "it was asked with the user's own token");

    company.add(OUTBOUND).await.unwrap();
    assert_eq!(company.connect_as(Some(OUTBOUND), &company.upn).await.err().map(|error| error.code), Some(Code::WrongAccount));
    let both = company.connect_as(Some(OUTBOUND), OUTBOUND).await.unwrap();
    assert!(both.addresses.iter().all(|one| one.connection.is_up()));
}

#[tokio::test(flavor = "multi_thread")]
async fn sync_and_send_are_switched_one_by_one_and_the_default_sends() {
    let company = Company::new().await;
    company.connect_as(None, &company.upn).await.unwrap();
    assert_eq!(reason(company.set(&company.upn, AddressChange::Default).await), Some(Reason::DefaultMustSend));
    company.set(&company.upn, AddressChange::Send { on: true }).await.unwrap();
    let chosen = company.set(&company.upn, AddressChange::Default).await.unwrap();
    assert_eq!((switches(&chosen, &company.upn), switches(&chosen, &company.mail)), ((false, true, true), (false, false, false)));
    assert_eq!(reason(company.set(&company.upn, AddressChange::Send { on: false }).await), Some(Reason::DefaultMustSend));
    let detail = describe_user(&company.rehearsal.desk, UserRef::Id { user: company.user }, &Job::quiet()).await.unwrap();
    let newest = detail.timeline.first().unwrap();
    assert_eq!(newest.what, Happening::MailboxSet { address: company.upn.clone(), change: AddressChange::Default });
    assert!(newest.actor.as_deref().is_some_and(|actor| actor.contains("admin")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_switch_and_a_refused_token_both_ask_for_a_new_sign_in() {
    let company = Company::new().await;
    company.connect_as(None, &company.upn).await.unwrap();
    let desk = &company.rehearsal.desk;
    let organization = company.organization;
    let access = |access| ChangeOrganization { access: Some(access), ..ChangeOrganization::of(organization) };
    change_organization(desk, access(AccessType::EwsDelegated), &Job::quiet()).await.unwrap();
    acknowledge(desk, OrganizationRef { organization }, &Job::quiet()).await.unwrap();
    let acted = company.rehearsal.act(Chosen::Ids(vec![company.user]), Action::Switch { at_once: true, not_ready: false }).await;
    assert_eq!(acted.done, 1);
    let need = Connection::SignInNeeded { need: SignInNeed::Switched };
    assert_eq!(company.view().await.addresses[0].connection, need);
    let stand = async |state| {
        let filter = UserFilter { organization: Some(organization), sign_in: vec![state], ..UserFilter::default() };
        company.rehearsal.found(filter).await.into_iter().map(|row| (row.user.id, row.sign_in)).collect::<Vec<_>>()
    };
    assert_eq!(stand(SignInState::Needed).await, [(company.user, Some(SignInState::Needed))], "who has to again can be listed");
    assert_eq!(stand(SignInState::Connected).await, []);
    let asked = check(desk, company.named(&company.mail), &Job::quiet()).await;
    assert_eq!(reason(asked), Some(Reason::MailboxNotConnected), "the old token is not tried");

    let again = company.connect_as(None, &company.upn).await.unwrap();
    assert!(again.addresses[0].connection.is_up());
    assert_eq!(stand(SignInState::Connected).await, [(company.user, Some(SignInState::Connected))]);
    assert_eq!(stand(SignInState::NotSignedIn).await, [], "the others are on EWS, over which nobody signs in here");
    company.add(OUTBOUND).await.unwrap();
    let several = company.rehearsal.found(UserFilter { several_mailboxes: true, ..UserFilter::default() }).await;
    assert_eq!(several.iter().map(|row| (row.user.id, row.other_mailboxes)).collect::<Vec<_>>(), [(company.user, 1)]);
    company.rehearsal.sandbox.revoke(&company.upn);
    let company = company.restarted();
    let asked = check(&company.rehearsal.desk, company.named(&company.mail), &Job::quiet()).await.unwrap();
    let seen = asked.addresses[0].address.seen.as_ref().unwrap();
    assert_eq!((seen.verdict, seen.code.as_deref()), (Verdict::Failed, Some("AADSTS50173")));
    assert_eq!(asked.addresses[0].connection, Connection::SignInNeeded { need: SignInNeed::Refused { number: Some(50_173) } });
}

#[tokio::test(flavor = "multi_thread")]
async fn a_switched_user_signs_in_again_and_the_next_session_initializes_the_mailbox() {
    let company = Company::new().await;
    company.connect_as(None, &company.upn).await.unwrap();
    let (desk, organization) = (&company.rehearsal.desk, company.organization);
    let access = |access| ChangeOrganization { access: Some(access), ..ChangeOrganization::of(organization) };
    change_organization(desk, access(AccessType::EwsDelegated), &Job::quiet()).await.unwrap();
    acknowledge(desk, OrganizationRef { organization }, &Job::quiet()).await.unwrap();
    company.rehearsal.act(Chosen::Ids(vec![company.user]), Action::Switch { at_once: true, not_ready: false }).await;
    let early = company.rehearsal.sessions(organization, Whose::Everybody).await;
    assert_eq!(reason(early), Some(Reason::UsersMustSignIn), "the old token is not used");

    company.connect_as(None, &company.upn).await.unwrap();
    let read = company.rehearsal.sessions(organization, Whose::Everybody).await.unwrap();
    assert_eq!((read.users, read.committed.passed, read.committed.initialized), (1, 1, 1), "the others have not signed in");

    company.rehearsal.sandbox.revoke(&company.upn);
    let company = company.restarted();
    let refused = company.rehearsal.sessions(organization, Whose::Everybody).await.unwrap();
    assert_eq!((refused.done, refused.committed.failed), (1, 1));
    let row = describe_user(&company.rehearsal.desk, UserRef::Id { user: company.user }, &Job::quiet()).await.unwrap().row;
    assert_eq!((row.user.mailbox, row.first_cause), (MailboxStatus::Error, Some(Cause::SignInExpired)));
    let need = Connection::SignInNeeded { need: SignInNeed::Refused { number: Some(50_173) } };
    assert_eq!(company.view().await.addresses[0].connection, need);
    let forced = company.rehearsal.act(Chosen::Ids(vec![company.user]), Action::Force).await;
    assert_eq!(forced.refusals[0].reason, Reason::UsersMustSignIn);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_check_asks_those_who_have_signed_in_with_their_own_tokens_and_says_of_the_others_that_they_have_not() {
    let company = Company::new().await;
    let (desk, organization) = (&company.rehearsal.desk, company.organization);
    let ask = || Verify { organization, which: Scope::All };
    assert_eq!(reason(Box::pin(start(desk, ask(), &Job::quiet())).await), Some(Reason::UsersMustSignIn));
    company.connect_as(None, &company.upn).await.unwrap();
    let everybody = company.rehearsal.found(UserFilter { organization: Some(organization), ..UserFilter::default() }).await;
    let other = everybody.iter().find(|row| row.user.directory.upn == OUTBOUND).unwrap().user.id;
    let sign_in = ConnectMailbox { user: other, address: None };
    Box::pin(connect(desk, sign_in, &at_the_browser(Person::Upn(OUTBOUND.to_owned())))).await.unwrap();
    company.rehearsal.sandbox.revoke(OUTBOUND);
    let company = company.restarted();
    let desk = &company.rehearsal.desk;

    let run = Box::pin(start(desk, ask(), &Job::quiet())).await.unwrap();
    let all = u32::try_from(everybody.len()).unwrap();
    assert_eq!((run.state, run.ledger.passed, run.ledger.failed, run.ledger.not_run), (RunState::Finished, 1, 1, all - 2));
    let results = ResultQuery { run: run.id, filter: ResultFilter::default(), offset: 0, limit: all };
    let rows = results_of(desk, results, &Job::quiet()).await.unwrap().rows;
    let of = |upn: &str| rows.iter().find(|row| row.upn == upn).unwrap();
    let mail = |upn: &str| of(upn).workloads.iter().find(|result| result.workload == Workload::Mail).unwrap().clone();
    assert_eq!((of(&company.upn).verdict, mail(&company.upn).http), (Verdict::Passed, Some(200)));
    assert_eq!((mail(OUTBOUND).verdict, mail(OUTBOUND).code.as_deref()), (Verdict::Failed, Some("AADSTS50173")));
    let unasked = rows.iter().filter(|row| row.verdict == Verdict::NotRun);
    assert!(unasked.flat_map(|row| &row.workloads).all(|result| result.http.is_none()));
    let stranger = rows.iter().find(|row| row.verdict == Verdict::NotRun).unwrap().upn.clone();
    assert_eq!(mail(&stranger).cause, Some(Cause::NeedsUserSignIn));
    let view = describe(desk, MailboxesOf { user: other }, &Job::quiet()).await.unwrap();
    assert_eq!(view.addresses[0].connection, Connection::SignInNeeded { need: SignInNeed::Refused { number: Some(50_173) } });
}

#[tokio::test(flavor = "multi_thread")]
async fn a_check_asks_each_user_as_that_user_is_reached_and_not_as_the_organization_is() {
    let rehearsal = Rehearsal::on(Scene { users: 30, faults: FaultPlan::none(), ..Scene::default() }).await;
    let organization = rehearsal.ready().await;
    let desk = &rehearsal.desk;
    let everybody = rehearsal.found(UserFilter::default()).await;
    let [signs_in, does_not] = [&everybody[0].user, &everybody[1].user];
    reach_as_users(&rehearsal, organization.id, vec![signs_in.id, does_not.id]).await;
    let person = Person::Upn(signs_in.directory.upn.clone());
    Box::pin(connect(desk, ConnectMailbox { user: signs_in.id, address: None }, &at_the_browser(person))).await.unwrap();

    let run = Box::pin(start(desk, Verify { organization: organization.id, which: Scope::All }, &Job::quiet())).await.unwrap();
    assert_eq!((run.state, run.ledger.passed, run.ledger.not_run), (RunState::Finished, 29, 1));
    let results = ResultQuery { run: run.id, filter: ResultFilter::default(), offset: 0, limit: 30 };
    let rows = results_of(desk, results, &Job::quiet()).await.unwrap().rows;
    let causes = |upn: &str| {
        let row = rows.iter().find(|row| row.upn == upn).unwrap();
        [Workload::Mail, Workload::Calendar].map(|workload| row.workloads.iter().find(|one| one.workload == workload).unwrap().cause)
    };
    assert_eq!(causes(&signs_in.directory.upn), [None, Some(Cause::NotCovered)], "the token of the user, which opens mail alone");
    assert_eq!(causes(&does_not.directory.upn), [Some(Cause::NeedsUserSignIn), Some(Cause::NotCovered)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_is_looked_for_when_its_users_turn_comes_and_not_before() {
    let company = Company::new().await;
    let organization = company.organization;
    company.connect_as(None, &company.upn).await.unwrap();
    let others = company.rehearsal.found(UserFilter { search: Some(OUTBOUND.to_owned()), ..UserFilter::default() }).await;
    let other = others[0].user.id;
    let sign_in = ConnectMailbox { user: other, address: None };
    Box::pin(connect(&company.rehearsal.desk, sign_in, &at_the_browser(Person::Upn(OUTBOUND.to_owned())))).await.unwrap();
    company.rehearsal.vault.delete(SecretName::User(company.integration, company.account)).await.unwrap();
    let company = company.restarted();
    let desk = &company.rehearsal.desk;

    // Stopped before anybody's turn: the keychain was asked for nobody, so nobody's token is missed and both are read the next time.
    let stop = CancellationToken::new();
    stop.cancel();
    let ask = RunSessions { organization, whose: Whose::Everybody };
    let read = Box::pin(run_sessions(desk, ask, &Job::new(stop, |_| {}))).await.unwrap();
    assert_eq!((read.users, read.done, read.whole), (2, 0, false));

    // A check leaves out whoever's token isn't at hand, and so does a session, which notes it.
    let run = Box::pin(start(desk, Verify { organization, which: Scope::All }, &Job::quiet())).await.unwrap();
    assert_eq!((run.state, run.ledger.passed, run.ledger.failed), (RunState::Finished, 1, 0));
    let told = Arc::new(Mutex::new(Vec::new()));
    let heard = Arc::clone(&told);
    let job = Job::new(CancellationToken::new(), move |progress| {
        if let Progress::Synced(synced) = progress {
            heard.lock().unwrap().push((synced.done, synced.total));
        }
    });
    let ask = RunSessions { organization, whose: Whose::Everybody };
    let read = Box::pin(run_sessions(desk, ask, &job)).await.unwrap();
    assert_eq!((read.users, read.done, read.committed.passed, read.whole), (2, 1, 1, true));
    assert_eq!(told.lock().unwrap().last(), Some(&(1, 1)), "whoever is left out is waited for by nobody");
    let ask = RunSessions { organization, whose: Whose::Everybody };
    assert_eq!(Box::pin(run_sessions(desk, ask, &Job::quiet())).await.unwrap().users, 1, "the other one has to sign in again");
}

#[tokio::test(flavor = "multi_thread")]
async fn while_a_token_is_opened_only_those_wait_who_need_one() {
    let rehearsal = Rehearsal::on(Scene { users: 30, faults: FaultPlan::none(), ..Scene::default() }).await;
    let Organization { id: organization, integration, .. } = rehearsal.ready().await;
    // Users take their turns by number, so these two are the first.
    let mut everybody = rehearsal.found(UserFilter::default()).await;
    everybody.sort_by_key(|row| row.user.id);
    let sign_in: Vec<_> = everybody.iter().take(2).map(|row| &row.user).collect();
    reach_as_users(&rehearsal, organization, sign_in.iter().map(|user| user.id).collect()).await;
    for user in &sign_in {
        let person = Person::Upn(user.directory.upn.clone());
        let ask = ConnectMailbox { user: user.id, address: None };
        Box::pin(connect(&rehearsal.desk, ask, &at_the_browser(person))).await.unwrap();
    }
    let [first, second] = [0, 1].map(|which| sign_in[which].directory.object_id);
    let names = [first, second].map(|account| SecretName::User(integration, account));
    let others = [SecretName::Refresh(rehearsal.tenant.id), SecretName::Credential(integration)];
    let (rehearsal, keychain) = rehearsal.with_keychain(names.into_iter().chain(others)).await;

    // The first one's token comes when all are read who need none.
    keychain.hold(Some(first));
    let job = Job::new(CancellationToken::new(), move |progress| {
        if matches!(progress, Progress::Synced(synced) if synced.done == 28) {
            keychain.hold(None);
        }
    });
    let ask = RunSessions { organization, whose: Whose::Everybody };
    let read = Box::pin(run_sessions(&rehearsal.desk, ask, &job)).await.unwrap();
    assert_eq!((read.users, read.done, read.committed.passed, read.whole), (30, 30, 30, true));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_asked_before_the_keychain_is_locked_is_kept_and_nobody_has_to_sign_in_again() {
    let company = Company::at(Duration::from_millis(10)).await;
    let organization = company.organization;
    company.connect_as(None, &company.upn).await.unwrap();
    let others = company.rehearsal.found(UserFilter { search: Some(OUTBOUND.to_owned()), ..UserFilter::default() }).await;
    let other = &others[0].user;
    let sign_in = ConnectMailbox { user: other.id, address: None };
    Box::pin(connect(&company.rehearsal.desk, sign_in, &at_the_browser(Person::Upn(OUTBOUND.to_owned())))).await.unwrap();
    // Users take their turns by number.
    let mut in_turn = [(company.user, company.account, company.upn.clone()), (other.id, other.directory.object_id, OUTBOUND.to_owned())];
    in_turn.sort_by_key(|(user, ..)| *user);
    let [(first, first_account, upn), (last, last_account, _)] = in_turn;
    let (company, keychain) = company.with_keychain(&[first_account, last_account]).await;
    let desk = &company.rehearsal.desk;

    keychain.lock(Some(last_account));
    let ask = Verify { organization, which: Scope::Users { users: vec![first, last] } };
    let cut_off = Box::pin(start(desk, ask, &Job::quiet())).await.unwrap_err();
    assert_eq!(cut_off.code, Code::Keychain);
    let run = list_runs(desk, ListRuns { organization: Some(organization) }, &Job::quiet()).await.unwrap().remove(0);
    assert_eq!(run.state, RunState::Interrupted);
    let results = ResultQuery { run: run.id, filter: ResultFilter::default(), offset: 0, limit: 2 };
    let rows = results_of(desk, results, &Job::quiet()).await.unwrap().rows;
    let asked = rows.iter().find(|row| row.upn == upn).unwrap();
    assert!(asked.workloads.iter().any(|result| result.verdict == Verdict::Passed), "what was under way has landed: {asked:?}");

    let cut_off = company.rehearsal.sessions(organization, Whose::Everybody).await.unwrap_err();
    assert_eq!(cut_off.code, Code::Keychain);
    let session = async |user| describe_user(desk, UserRef::Id { user }, &Job::quiet()).await.unwrap().row.session;
    assert_eq!((session(first).await, session(last).await), (Some(Verdict::Passed), None));

    keychain.lock(None);
    assert_eq!(company.rehearsal.sessions(organization, Whose::Everybody).await.unwrap().committed.passed, 2);
    assert_eq!(Box::pin(resume(desk, RunRef { run: run.id }, &Job::quiet())).await.unwrap().ledger.passed, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_in_that_is_revoked_meanwhile_is_one_users_failure_and_nobody_elses() {
    let company = Company::new().await;
    let (desk, organization) = (&company.rehearsal.desk, company.organization);
    company.connect_as(None, &company.upn).await.unwrap();
    let others = company.rehearsal.found(UserFilter { search: Some(OUTBOUND.to_owned()), ..UserFilter::default() }).await;
    let sign_in = ConnectMailbox { user: others[0].user.id, address: None };
    Box::pin(connect(desk, sign_in, &at_the_browser(Person::Upn(OUTBOUND.to_owned())))).await.unwrap();
    assert_eq!(company.rehearsal.sessions(organization, Whose::Everybody).await.unwrap().committed.passed, 2);

    // Graph takes the tokens at hand no more, and Entra renews one of the two.
    company.rehearsal.sandbox.revoke(&company.upn);
    company.rehearsal.sandbox.advance(Duration::from_secs(2 * 60 * 60));
    let read = company.rehearsal.sessions(organization, Whose::Everybody).await.unwrap();
    assert_eq!((read.whole, read.committed.passed, read.committed.failed), (true, 1, 1));
    let need = Connection::SignInNeeded { need: SignInNeed::Refused { number: Some(50_173) } };
    assert_eq!(company.view().await.addresses[0].connection, need);

    company.connect_as(None, &company.upn).await.unwrap();
    company.rehearsal.sandbox.revoke(&company.upn);
    company.rehearsal.sandbox.advance(Duration::from_secs(2 * 60 * 60));
    let run = Box::pin(start(desk, Verify { organization, which: Scope::All }, &Job::quiet())).await.unwrap();
    assert_eq!((run.state, run.ledger.passed, run.ledger.failed), (RunState::Finished, 1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_goes_with_its_sign_in_and_with_its_user() {
    let company = Company::new().await;
    let connected = company.connect_as(None, &company.upn).await.unwrap();
    assert!(connected.addresses[0].connection.is_up() && company.holds_token().await);
    let issued = company.rehearsal.sandbox.issued();
    for file in std::fs::read_dir(company.rehearsal.folder()).unwrap().map(|file| file.unwrap().path()).filter(|path| path.is_file()) {
        let bytes = std::fs::read(&file).unwrap();
        let holds = |token: &String| bytes.windows(token.len()).any(|part| part == token.as_bytes());
        assert!(!issued.is_empty() && !issued.iter().any(holds), "a token stands in {}", file.display());
    }
    let gone = disconnect(&company.rehearsal.desk, ConnectMailbox { user: company.user, address: None }, &Job::quiet()).await.unwrap();
    assert_eq!((gone.addresses[0].connection, company.holds_token().await), (Connection::NotConnected, false));
    company.connect_as(None, &company.upn).await.unwrap();
    let before = company.rehearsal.found(UserFilter { organization: Some(company.organization), ..UserFilter::default() }).await.len();
    company.rehearsal.act(Chosen::Ids(vec![company.user]), Action::Remove { force: true }).await;
    assert!(!company.holds_token().await);
    company.rehearsal.import(company.organization).await.unwrap();
    let everybody = company.rehearsal.found(UserFilter { organization: Some(company.organization), ..UserFilter::default() }).await;
    let again = everybody.iter().find(|row| row.user.directory.upn == company.upn).unwrap().user.id;
    let view = describe(&company.rehearsal.desk, MailboxesOf { user: again }, &Job::quiet()).await.unwrap();
    assert_eq!((everybody.len(), view.addresses[0].connection), (before, Connection::NotConnected));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_migration_goes_step_by_step_survives_a_restart_and_is_written_down() {
    let company = Company::new().await;
    company.ready_to_migrate().await;
    let old_add_in = MigrationAct::Begin { to: OUTBOUND.to_owned(), add_in: "2.3.9".to_owned(), minimum: "2.4".to_owned() };
    assert_eq!(reason(company.migrate(old_add_in).await), Some(Reason::AddInTooOld));
    let begun = company.migrate(company.begin()).await.unwrap();
    assert_eq!(next(&begun), Some(MigrationStep::StopSyncOfOld));
    assert_eq!(reason(company.set(&company.mail, AddressChange::Sync { on: false }).await), Some(Reason::MigrationUnderWay));

    let tick = |step| MigrationAct::Tick { step };
    assert_eq!(reason(company.migrate(tick(MigrationStep::MakeDefault)).await), Some(Reason::StepNotReached), "nothing is skipped");
    assert_eq!(reason(company.migrate(tick(MigrationStep::StopSyncOfOld)).await), Some(Reason::StepNotChecked));
    company.migrate(MigrationAct::Check).await.unwrap();
    let first = company.migrate(tick(MigrationStep::StopSyncOfOld)).await.unwrap();
    assert_eq!(switches(&first, &company.mail), (false, true, true), "it goes on sending");

    let unconnected = company.migrate(MigrationAct::Check).await;
    assert_eq!(reason(unconnected), Some(Reason::MailboxNotConnected), "the new mailbox can't be asked yet");
    company.connect_as(Some(OUTBOUND), OUTBOUND).await.unwrap();
    company.migrate(MigrationAct::Check).await.unwrap();
    company.migrate(tick(MigrationStep::ConnectNew)).await.unwrap();

    let company = company.restarted();
    let resumed = company.view().await;
    assert_eq!(next(&resumed), Some(MigrationStep::SwitchOnNew), "it stands where it stood");
    for step in [MigrationStep::SwitchOnNew, MigrationStep::StopSendOfOld, MigrationStep::MakeDefault, MigrationStep::HandOver] {
        if matches!(step, MigrationStep::SwitchOnNew | MigrationStep::StopSendOfOld) {
            company.migrate(MigrationAct::Check).await.unwrap();
        }
        company.migrate(tick(step)).await.unwrap();
    }
    let done = company.view().await;
    assert_eq!((next(&done), switches(&done, OUTBOUND), switches(&done, &company.mail)), (None, (true, true, true), (false, false, false)));

    let too_late = company.migrate(MigrationAct::GiveUp).await.err().unwrap();
    assert_eq!((too_late.code, company.view().await.migration.is_some()), (Code::InvalidInput, true), "what is done isn't lost");

    let journal = list_journal(&company.rehearsal.desk, ListJournal { before: None, limit: 100 }, &Job::quiet()).await.unwrap();
    let steps = journal.iter().filter(|one| one.action == "mailboxes.migrate_tick").collect::<Vec<_>>();
    assert!(steps.len() == 6 && steps.iter().all(|one| one.actor.contains("admin") && one.target == company.upn));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_step_that_was_done_can_be_opened_again_and_has_to_be_proven_anew() {
    let company = Company::new().await;
    company.ready_to_migrate().await;
    company.migrate(company.begin()).await.unwrap();
    company.migrate(MigrationAct::Check).await.unwrap();
    company.migrate(MigrationAct::Tick { step: MigrationStep::StopSyncOfOld }).await.unwrap();
    let back = company.migrate(MigrationAct::Reopen { step: MigrationStep::StopSyncOfOld }).await.unwrap();
    assert_eq!((next(&back), switches(&back, &company.mail)), (Some(MigrationStep::StopSyncOfOld), (true, true, true)));
    assert_eq!(back.migration.unwrap().steps[0].tick, Some(Reason::StepNotChecked));
    let given_up = company.migrate(MigrationAct::GiveUp).await.unwrap();
    assert!(given_up.migration.is_none() && switches(&given_up, &company.mail).0);
}

#[tokio::test(flavor = "multi_thread")]
async fn outside_the_change_window_a_migration_says_when_it_opens_and_goes_on() {
    let company = Company::new().await;
    company.ready_to_migrate().await;
    // Open for one minute a day, which began twelve hours ago.
    let minute = (clock()().0 / 60_000 + 12 * 60) % (24 * 60);
    let from = u16::try_from(minute).unwrap();
    let window = ChangeWindow { days: Day::ALL.to_vec(), from, to: (from + 1) % (24 * 60), zone: "UTC".to_owned() };
    let ask = SetWindow { organization: company.organization, window: Some(window) };
    set_window(&company.rehearsal.desk, ask, &Job::quiet()).await.unwrap();
    let begun = company.migrate(company.begin()).await.unwrap();
    assert!(begun.window_opens.is_some() && begun.migration.is_some());
    let detail = describe_user(&company.rehearsal.desk, UserRef::Id { user: company.user }, &Job::quiet()).await.unwrap();
    assert!(matches!(detail.timeline[0].what, Happening::MigrationBegun { outside_window: true, .. }));
}

#[tokio::test(flavor = "multi_thread")]
async fn where_the_application_reads_everybody_nobody_signs_in() {
    let rehearsal = Rehearsal::on(Scene { users: 40, faults: FaultPlan::none(), ..Scene::default() }).await;
    let organization = rehearsal.ready().await.id;
    let row = rehearsal.found(UserFilter { organization: Some(organization), ..UserFilter::default() }).await.remove(0);
    let user = row.user.id;
    let refused = Box::pin(connect(&rehearsal.desk, ConnectMailbox { user, address: None }, &Job::quiet())).await;
    assert_eq!(reason(refused), Some(Reason::NobodySignsIn));
    let address = row.user.directory.upn.clone();
    let asked = check(&rehearsal.desk, MailboxRef { user, address }, &Job::quiet()).await.unwrap();
    assert_eq!(asked.addresses[0].connection, Connection::ByApplication);
    assert_eq!(asked.addresses[0].address.seen.as_ref().map(|seen| seen.verdict), Some(Verdict::Passed));
}
