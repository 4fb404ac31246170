//! What a proof of the access scope is worth: a refusal that shows nothing, a mailbox that something else keeps closed, what no scope limits,
//! and what the test cmdlets said, imported bit by bit.

use std::time::Duration;

use rollcall_core::scope::cmdlet::{Disagreement, Said};
use rollcall_core::scope::finding::{Finding, Outcome};
use rollcall_core::scope::plan::Purpose;
use rollcall_core::scope::why::{Because, Link};
use rollcall_core::scope::{Mechanism, Rule};
use rollcall_core::time::Timestamp;
use rollcall_ops::error::Code;
use rollcall_ops::job::Job;
use rollcall_ops::organizations::delete::OrganizationRef;
use rollcall_ops::scope::again::again;
use rollcall_ops::scope::ask::ask;
use rollcall_ops::scope::changed::{NoteChange, changed};
use rollcall_ops::scope::evidence::evidence;
use rollcall_ops::scope::forget::forget;
use rollcall_ops::scope::mailboxes::{ProofMailboxes, mailboxes};
use rollcall_ops::scope::plan::{PlanScope, plan};
use rollcall_ops::scope::prove::ProveScope;
use rollcall_ops::scope::read::read;
use rollcall_ops::scope::resume::ProofRef;
use rollcall_ops::scope::said::{ImportSaid, SaidOf, said};
use rollcall_ops::scope::set::{SetScope, Wish, set};
use rollcall_ops::scope::show::{ProofView, show};
use rollcall_ops::scope::why::{WhyMailbox, why};
use rollcall_sandbox::world::Propagation;
use rollcall_store::proofs::Target;
use rollcall_tests::Rehearsal;

use crate::scope::{AT_ONCE, everybody, found, group, limited, long_ago, migrated, proven, stage};

async fn of(rehearsal: &Rehearsal, proof: &ProofView, finding: Option<Finding>) -> Vec<Target> {
    let ask = ProofMailboxes { proof: proof.proof.id, finding, search: String::new(), offset: 0, limit: 1_000 };
    mailboxes(&rehearsal.desk, ask, &Job::quiet()).await.unwrap().rows
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_shows_nothing_while_the_application_may_open_nothing() {
    let slow = Propagation { policies: Duration::ZERO, roles: Duration::from_secs(60 * 60) };
    let (rehearsal, organization) = stage(80, slow).await;
    let pilot = group(&rehearsal, "Integration Pilot");
    limited(&rehearsal, organization, Rule::OnlyMembers, Mechanism::ManagementScope, pilot).await;
    migrated(&rehearsal, organization).await;
    read(&rehearsal.desk, OrganizationRef { organization }, &Job::quiet()).await.unwrap();
    long_ago(&rehearsal, organization).await;

    // The grant is taken back, and no role has come into effect: everybody is refused.
    let proof = proven(&rehearsal, everybody(organization)).await;
    let tally = proof.proof.tally;
    assert!(tally.lock_outs > 0 && tally.unknown > 0 && tally.confirmed_outside == 0, "{tally:?}");
    let outside = found(&rehearsal, &proof, Finding::Unknown).await.remove(0);
    let mailbox = WhyMailbox { organization, mailbox: outside };
    let told = why(&rehearsal.desk, mailbox.clone(), &Job::quiet()).await.unwrap();
    assert_eq!(told.because, Because::NothingOpens);
    let asked = Box::pin(ask(&rehearsal.desk, mailbox.clone(), &Job::quiet())).await.unwrap();
    assert_eq!((asked.because, asked.mailbox.finding), (Because::NothingOpens, Some(Finding::Unknown)));

    // Once somebody inside answers, the same refusal is one of the scope, whoever was asked first.
    rehearsal.sandbox.advance(Duration::from_secs(61 * 60));
    let proof = proven(&rehearsal, everybody(organization)).await;
    assert_eq!((proof.outcome, proof.proof.tally.unknown), (Outcome::Confirmed, 0), "{:?}", proof.proof.tally);
    let asked = Box::pin(ask(&rehearsal.desk, mailbox, &Job::quiet())).await.unwrap();
    assert_eq!(asked.because, Because::OutOfScope);
}

#[tokio::test(flavor = "multi_thread")]
async fn evidence_stands_by_itself_and_says_what_voids_the_scope_and_what_no_scope_limits() {
    let (rehearsal, organization) = stage(80, AT_ONCE).await;
    let pilot = group(&rehearsal, "Integration Pilot");
    // A policy keeps closed what the grant opens, while a scope is wished for that the grant makes void.
    limited(&rehearsal, organization, Rule::OnlyMembers, Mechanism::AccessPolicy, pilot).await;
    limited(&rehearsal, organization, Rule::OnlyMembers, Mechanism::ManagementScope, pilot).await;
    let vip = "admin@contoso.example".to_owned();
    let sampled = ProveScope { outside: Some(5), seed: 7, named: vec![vip.clone()], ..everybody(organization) };
    let proof = proven(&rehearsal, sampled).await;
    assert_eq!((proof.outcome, proof.proof.tally.leaks), (Outcome::TooEarly, 0), "{:?}", proof.proof.tally);
    let basis = proof.proof.basis.clone().unwrap();
    assert_eq!(basis.unlimited, ["Tasks.ReadWrite.All"], "a proof asks nothing of it");

    let told = why(&rehearsal.desk, WhyMailbox { organization, mailbox: vip.clone() }, &Job::quiet()).await.unwrap();
    assert_eq!((told.because, told.mailbox.finding), (Because::KeptClosed, Some(Finding::ConfirmedOutside)));
    assert_eq!(told.mailbox.provisional, proof.proof.change.map(|change| change.settles()));
    assert!(told.chain.iter().any(|link| matches!(link, Link::Unlimited { permissions } if permissions == &basis.unlimited)));
    assert!(of(&rehearsal, &proof, None).await.iter().all(|target| target.provisional.is_some()), "none of them counts yet");

    let text = evidence(&rehearsal.desk, ProofRef { proof: proof.proof.id }, &Job::quiet()).await.unwrap().text;
    let names: Vec<&str> = text.lines().next().unwrap().split(',').collect();
    // No cell of this table holds a comma but the scope's name, which holds none here.
    let row: Vec<&str> = text.lines().find(|line| line.starts_with(&vip)).unwrap().split(',').collect();
    assert_eq!(row.len(), names.len());
    let cell = |name: &str| row[names.iter().position(|known| *known == name).unwrap()].to_owned();
    assert_eq!((cell("finding"), cell("worth")), ("confirmed_outside".to_owned(), "provisional; scope_void".to_owned()));
    assert_eq!((cell("reason"), cell("outcome"), cell("stands")), ("kept_closed".to_owned(), "too_early".to_owned(), "now".to_owned()));
    assert!(cell("voided_by").contains("grant for the whole tenant: Mail.ReadWrite"), "{}", cell("voided_by"));
    assert_eq!((cell("not_limited"), cell("roles_read")), ("Tasks.ReadWrite.All".to_owned(), "yes".to_owned()));
    let sample = &proof.proof.sample;
    assert_eq!(cell("sample_inside"), format!("all {}", sample.of_inside));
    assert_eq!((cell("sample_outside"), cell("seed")), (format!("5 of {}", sample.of_outside), "7".to_owned()));
    assert_eq!((cell("organization"), cell("application_id")), ("Contoso EU".to_owned(), basis.app.to_string()));
    assert!(cell("tenant_id").parse::<uuid::Uuid>().is_ok(), "the tenant's own id: {}", cell("tenant_id"));
    assert_eq!(cell("proof"), proof.proof.id.to_string());

    // Nothing of it can be asked again usefully before the change has settled.
    let refused = Box::pin(again(&rehearsal.desk, ProofRef { proof: proof.proof.id }, &Job::quiet())).await.unwrap_err();
    assert!(refused.code == Code::InvalidInput && refused.detail.contains("provisional until"), "{refused:?}");

    // Once another scope is wanted no line counts any more.
    let wish = Wish::Limited { rule: Rule::AllButMembers, mechanism: Mechanism::ManagementScope, unit: pilot };
    set(&rehearsal.desk, SetScope { organization, wish }, &Job::quiet()).await.unwrap();
    let text = evidence(&rehearsal.desk, ProofRef { proof: proof.proof.id }, &Job::quiet()).await.unwrap().text;
    assert!(text.lines().skip(1).all(|line| line.contains(",other_scope; provisional; scope_void,")), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_cmdlet_says_is_kept_mailbox_by_mailbox_dated_and_set_against_what_was_seen() {
    let (rehearsal, organization) = stage(80, AT_ONCE).await;
    let pilot = group(&rehearsal, "Integration Pilot");
    limited(&rehearsal, organization, Rule::OnlyMembers, Mechanism::AccessPolicy, pilot).await;
    long_ago(&rehearsal, organization).await;
    let proof = proven(&rehearsal, everybody(organization)).await;
    let outside = of(&rehearsal, &proof, Some(Finding::ConfirmedOutside)).await;
    let (one, two) = (outside[0].upn.clone(), outside[1].upn.clone());
    let app = proof.proof.basis.as_ref().unwrap().app;
    let import = async |text: String| said(&rehearsal.desk, ImportSaid { organization, text }, &Job::quiet()).await;
    let block = |app: &str, mailbox: &str, said: &str| format!("AppId : {app}\nMailbox : {mailbox}\nAccessCheckResult : {said}\n\n");
    let ours = |mailbox: &str, said: &str| block(&app.to_string(), mailbox, said);

    let other = import(block("00000000-0000-0000-0000-000000000000", &one, "Granted")).await.unwrap_err();
    assert!(other.code == Code::InvalidInput && other.detail.contains("of another application, 00000000-"), "{other:?}");
    let cmdlet = import(format!("Mailbox,InScope\n{one},True\n")).await.unwrap_err();
    assert!(cmdlet.detail.contains("Test-ServicePrincipalAuthorization, which knows nothing of this mechanism"), "{cmdlet:?}");

    let numbers = |of: &SaidOf| (of.added, of.replaced, of.kept);
    let first = import(ours(&one, "Granted") + &ours("nobody@fabrikam.example", "Granted")).await.unwrap();
    assert_eq!((numbers(&first), first.elsewhere), ((1, 0, 0), vec!["nobody@fabrikam.example".to_owned()]));
    let second = import(ours(&two, "Denied")).await.unwrap();
    assert_eq!(numbers(&second), (1, 0, 1), "mailbox by mailbox");
    let third = import(ours(&two.to_uppercase(), "Denied")).await.unwrap();
    assert_eq!(numbers(&third), (0, 1, 1));
    let view = show(&rehearsal.desk, OrganizationRef { organization }, &Job::quiet()).await.unwrap();
    assert_eq!((view.said, view.proof.unwrap().proof.tally.disagreements), (2, 1), "it grants what must be refused, and was");
    let target = of(&rehearsal, &proof, None).await.into_iter().find(|target| target.upn == one).unwrap();
    assert_eq!((target.said.unwrap().said, target.disagrees), (Said::Granted, Some(Disagreement::WithBoth)));
    let text = evidence(&rehearsal.desk, ProofRef { proof: proof.proof.id }, &Job::quiet()).await.unwrap().text;
    let line = text.lines().find(|line| line.starts_with(&one)).unwrap();
    assert!(line.contains(",present_scope,with_both,"), "{line}");

    // After a change they are of another time, and stand against nothing.
    let at = Some(Timestamp(rollcall_tests::clock()().0));
    changed(&rehearsal.desk, NoteChange { organization, at }, &Job::quiet()).await.unwrap();
    let proof = proven(&rehearsal, everybody(organization)).await;
    let target = of(&rehearsal, &proof, None).await.into_iter().find(|target| target.upn == one).unwrap();
    assert!(target.said.unwrap().before_change && target.disagrees.is_none() && proof.proof.tally.disagreements == 0);
    let text = evidence(&rehearsal.desk, ProofRef { proof: proof.proof.id }, &Job::quiet()).await.unwrap().text;
    assert!(text.lines().any(|line| line.starts_with(&one) && line.contains(",before_change,,")), "{text}");
    let forgotten = forget(&rehearsal.desk, OrganizationRef { organization }, &Job::quiet()).await.unwrap();
    assert_eq!(forgotten.mailboxes, 2);
    assert!(of(&rehearsal, &proof, None).await.iter().all(|target| target.said.is_none()));
}

#[tokio::test(flavor = "multi_thread")]
async fn before_the_first_proof_a_test_tries_some_mailboxes_of_each_side() {
    let (rehearsal, organization) = stage(80, AT_ONCE).await;
    let pilot = group(&rehearsal, "Integration Pilot");
    limited(&rehearsal, organization, Rule::OnlyMembers, Mechanism::ManagementScope, pilot).await;
    let ask = PlanScope { organization, mailboxes: vec!["ceo@contoso.example".to_owned()] };
    let scripts = plan(&rehearsal.desk, ask, &Job::quiet()).await.unwrap();
    let test = scripts.scripts.iter().find(|script| script.purpose == Purpose::Test).unwrap();
    let (_, list) = test.text.split_once("$mailboxes = @(").unwrap();
    let tried: Vec<&str> =
        list.split_once(')').unwrap().0.lines().map(|line| line.trim().trim_end_matches(',').trim_matches('\'')).collect();
    let world = rehearsal.sandbox.world();
    let members = &world.groups.iter().find(|group| group.display_name == "Integration Pilot").unwrap().members;
    let inside = |upn: &&&str| {
        let at = (0_u32..).zip(&world.users).find(|(_, user)| user.upn.eq_ignore_ascii_case(upn)).map(|(at, _)| at);
        at.is_some_and(|at| members.contains(&rollcall_sandbox::world::Member::User(at)))
    };
    let tried: Vec<&str> = tried.into_iter().filter(|one| !one.is_empty()).collect();
    assert_eq!(tried.first(), Some(&"ceo@contoso.example"), "who was named comes first");
    let within = tried.iter().filter(inside).count();
    assert!((1..=10).contains(&within) && tried.len() - 1 - within == 10, "{within} of {tried:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_that_a_reading_has_shown_can_not_be_told_to_be_older_than_what_was_read_before_it() {
    let (rehearsal, organization) = stage(40, AT_ONCE).await;
    let pilot = group(&rehearsal, "Integration Pilot");
    limited(&rehearsal, organization, Rule::OnlyMembers, Mechanism::ManagementScope, pilot).await;
    // Told as so old, the change is none that explains why roles are there that were not read a moment ago.
    long_ago(&rehearsal, organization).await;
    let seen = read(&rehearsal.desk, OrganizationRef { organization }, &Job::quiet()).await.unwrap().change.unwrap();
    assert!(!seen.settled, "the clock runs from the reading that has shown it");
    let tell = async |at: Option<Timestamp>| changed(&rehearsal.desk, NoteChange { organization, at }, &Job::quiet()).await;
    let refused = tell(Some(Timestamp(seen.change.at.0 - 3 * 60 * 60 * 1_000))).await.unwrap_err();
    assert!(refused.code == Code::InvalidInput && refused.detail.contains("say a later moment"), "{refused:?}");
    let told = tell(None).await.unwrap().change.unwrap();
    assert!(told.change.at >= seen.change.at);
}
