//! The access scope as a script sees it: what it is told, how a paused proof goes on, and the codes that say what it came to.

use std::time::Duration;

use rollcall_core::scope::plan::Purpose;
use rollcall_core::scope::{Mechanism, Rule};
use rollcall_core::time::Timestamp;
use rollcall_ops::job::{Job, Progress};
use rollcall_ops::practice::exchange::{RunScopeScript, run_script};
use rollcall_ops::scope::changed::{NoteChange, changed};
use rollcall_ops::scope::prove::{ProveScope, prove};
use rollcall_ops::scope::set::{SetScope, Wish, set};
use rollcall_sandbox::world::{Member, Propagation};
use rollcall_sandbox::{FaultPlan, Sandbox};
use rollcall_tests::{Rehearsal, Scene};
use tokio_util::sync::CancellationToken;

use crate::script::Script;

/// A folder in which a proof of a policy was paused, with one mailbox astray on each side, and the tenant that it is about.
async fn paused(script: &Script) -> (Sandbox, String) {
    let rehearsal = Rehearsal::in_folder(&script.data(), Scene { users: 400, faults: FaultPlan::none(), ..Scene::default() }).await;
    let organization = rehearsal.ready().await.id;
    let (group, leak) = rehearsal.sandbox.change(|world| {
        world.exchange.propagation = Propagation { policies: Duration::ZERO, roles: Duration::ZERO };
        let pilot = world.groups.iter().find(|group| group.display_name == "Integration Pilot").unwrap();
        let outside = (0_u32..)
            .zip(&world.users)
            .filter(|(at, user)| user.department == "Finance" && user.enabled && !pilot.members.contains(&Member::User(*at)))
            .map(|(_, user)| user)
            .last()
            .unwrap();
        let (id, leak) = (outside.id.to_string(), outside.upn.clone());
        let group = pilot.id.parse().unwrap();
        world.exchange.astray = vec![id];
        (group, leak)
    });
    let quiet = Job::quiet();
    let wish = Wish::Limited { rule: Rule::OnlyMembers, mechanism: Mechanism::AccessPolicy, unit: group };
    set(&rehearsal.desk, SetScope { organization, wish }, &quiet).await.unwrap();
    let ask = RunScopeScript { organization, purpose: Purpose::Apply, mailboxes: Vec::new() };
    Box::pin(run_script(&rehearsal.desk, ask, &quiet)).await.unwrap();
    let at = Some(Timestamp(rollcall_tests::clock()().0 - 3 * 60 * 60 * 1_000));
    changed(&rehearsal.desk, NoteChange { organization, at }, &quiet).await.unwrap();
    let stop = CancellationToken::new();
    let enough = stop.clone();
    let job = Job::new(stop, move |progress| {
        if matches!(progress, Progress::Proven(_)) {
            enough.cancel();
        }
    });
    let ask = ProveScope { organization, inside: None, outside: None, seed: 1, named: Vec::new() };
    Box::pin(prove(&rehearsal.desk, ask, &job)).await.unwrap();
    (rehearsal.sandbox, leak)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_paused_proof_goes_on_and_its_leak_is_named_explained_and_ends_with_1() {
    let script = Script::new();
    let (sandbox, leak) = paused(&script).await;
    let of = ["--org", "Contoso EU"];
    let before = script.run(&[&["--json", "scope", "show"], &of[..]].concat());
    assert_eq!(before.code, 3, "a paused proof proves nothing: {before:?}");
    let resume = [&["--json", "scope", "prove"], &of[..], &["--resume", "--secret-stdin"]].concat();
    let proven = script.pipe(&resume, &sandbox.details().client_secret);
    assert_eq!(proven.code, 1, "{proven:?}");
    let answer = proven.json();
    assert_eq!(answer["proof"]["outcome"], "contradicted");
    assert_eq!((&answer["contradictions"][0]["upn"], &answer["contradictions"][0]["finding"]), (&leak.clone().into(), &"leak".into()));

    let why = script.run(&[&["scope", "why"], &of[..], &[leak.as_str()]].concat());
    assert!(
        why.code == 0 && why.out.contains("not all was read that might explain it") && why.out.contains("mail answered at "),
        "{why:?}"
    );
    let said = script.file("said.csv", &format!("Mailbox,AccessCheckResult\n{leak},Denied\n"));
    assert_eq!(script.run(&[&["scope", "said"], &of[..], &[said.as_str()]].concat()).code, 0);
    let evidence = script.run(&[&["scope", "evidence"], &of[..]].concat());
    assert!(evidence.out.lines().any(|line| line.starts_with(&leak) && line.contains("outside,denied,leak,mail,answered,200")));
    assert_eq!(script.run(&[&["scope", "show"], &of[..]].concat()).code, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_is_written_from_what_was_read_last_and_as_windows_reads_it() {
    let script = Script::new();
    let (_sandbox, _) = paused(&script).await;
    let of = ["--org", "Contoso EU"];
    let plan = script.run(&[&["scope", "plan"], &of[..]].concat());
    assert!(plan.out.starts_with('\u{feff}'), "what is piped into a file is a script, too");
    assert!(plan.code == 0 && plan.out.contains("New-ApplicationAccessPolicy -AccessRight RestrictAccess -AppId '"), "{plan:?}");
    let file = script.data().join("scope.ps1");
    let saved = script.run(&[&["scope", "plan"], &of[..], &["--for", "test", "--out", file.to_str().unwrap()]].concat());
    assert_eq!(saved.code, 0, "{saved:?}");
    let text = std::fs::read_to_string(&file).unwrap();
    assert!(text.starts_with("\u{feff}# ") && text.contains("Test-ApplicationAccessPolicy") && text.contains("\r\n"));
    let migrate = script.run(&[&["scope", "plan"], &of[..], &["--for", "migrate"]].concat());
    assert_eq!(migrate.code, 2, "a policy is where one moves from: {migrate:?}");
}
