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
use rollcall_sandbox::browser::Person;
use rollcall_sandbox::world::{Member, Propagation, World};
use rollcall_sandbox::{FaultPlan, Options, RouteFault, Sandbox, Trouble};
use rollcall_tests::{Rehearsal, Scene};
use serde_json::json;
use tokio_util::sync::CancellationToken;

use crate::script::Script;
use crate::walk::{in_the_browser, keychain, organization};

/// Leaves a mailbox open that the pilot group doesn't hold. Answers its address.
fn let_astray(world: &mut World) -> String {
    let pilot = world.groups.iter().find(|group| group.display_name == "Integration Pilot").unwrap();
    let outside = (0_u32..)
        .zip(&world.users)
        .filter(|(at, user)| user.department == "Finance" && user.enabled && !pilot.members.contains(&Member::User(*at)))
        .map(|(_, user)| user)
        .last()
        .unwrap();
    let (id, leak) = (outside.id.to_string(), outside.upn.clone());
    world.exchange.astray = vec![id];
    leak
}

/// A folder in which a proof of a policy was paused, with one mailbox astray on each side, and the tenant that it is about.
async fn paused(script: &Script) -> (Sandbox, String) {
    paused_by(script, Mechanism::AccessPolicy, Duration::from_secs(3 * 60 * 60), let_astray).await
}

/// A folder in which a proof was paused, of a scope that was changed so long before, and the tenant that it is about.
async fn paused_by<T>(script: &Script, mechanism: Mechanism, ago: Duration, prepare: impl FnOnce(&mut World) -> T) -> (Sandbox, T) {
    let rehearsal = Rehearsal::in_folder(&script.data(), Scene { users: 400, faults: FaultPlan::none(), ..Scene::default() }).await;
    let organization = rehearsal.ready().await.id;
    let (group, prepared) = rehearsal.sandbox.change(|world| {
        world.exchange.propagation = Propagation { policies: Duration::ZERO, roles: Duration::ZERO };
        let pilot = world.groups.iter().find(|group| group.display_name == "Integration Pilot").unwrap();
        let group = pilot.id.parse().unwrap();
        (group, prepare(world))
    });
    let quiet = Job::quiet();
    let wish = Wish::Limited { rule: Rule::OnlyMembers, mechanism, unit: group };
    set(&rehearsal.desk, SetScope { organization, wish }, &quiet).await.unwrap();
    let ask = RunScopeScript { organization, purpose: Purpose::Apply, mailboxes: Vec::new() };
    Box::pin(run_script(&rehearsal.desk, ask, &quiet)).await.unwrap();
    let at = Some(Timestamp(rollcall_tests::clock()().0 - i64::try_from(ago.as_millis()).unwrap()));
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
    (rehearsal.sandbox, prepared)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_paused_proof_goes_on_and_its_leak_is_named_explained_and_ends_with_1() {
    let script = Script::new();
    let (sandbox, leak) = paused(&script).await;
    let of = ["--org", "Contoso EU"];
    let before = script.run(&[&["--json", "scope", "show"], &of[..]].concat());
    assert_eq!(before.code, 3, "a paused proof proves nothing: {before:?}");
    let evidence = script.run(&[&["scope", "evidence"], &of[..]].concat()).out;
    let waiting = evidence.lines().find(|line| line.contains(",not_asked,")).and_then(|line| line.split(',').next()).unwrap();
    let why = script.run(&[&["scope", "why"], &of[..], &[waiting]].concat());
    assert!(why.code == 3 && why.out.contains("Nothing was asked of it yet"), "nobody has to be signed in to say so: {why:?}");
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
    let taken = script.run(&[&["scope", "said"], &of[..], &[said.as_str()]].concat());
    assert!(taken.code == 0 && taken.out.contains(": 1 added, 0 replaced, 0 kept."), "{taken:?}");
    let shown = script.run(&[&["scope", "show"], &of[..]].concat());
    assert!(shown.out.contains("The test cmdlet says otherwise than observed or wanted of 1 mailbox."), "{shown:?}");
    assert!(shown.out.contains("Entra has granted for the whole tenant: Calendars.ReadWrite, "), "{shown:?}");
    assert!(shown.out.contains("Access policies: Graph doesn't tell."), "{shown:?}");
    // Windows PowerShell writes what `>` takes as UTF-16.
    let list = format!("\u{feff}\r\nMailbox           : {leak}\r\nAccessCheckResult : Denied\r\n");
    let list: Vec<u8> = list.encode_utf16().flat_map(u16::to_le_bytes).collect();
    std::fs::write(script.data().join("list.txt"), list).unwrap();
    let list = script.data().join("list.txt").to_str().unwrap().to_owned();
    let taken = script.run(&[&["scope", "said"], &of[..], &[list.as_str()]].concat());
    assert!(taken.code == 0 && taken.out.contains(": 0 added, 1 replaced, 0 kept."), "{taken:?}");
    for (text, why) in [
        ("Mailbox,InScope\nada@contoso.example,True\n", "line 2 is of Test-ServicePrincipalAuthorization"),
        ("Dear colleague,\n", "line 1 is none of what a test cmdlet prints: Dear colleague,"),
    ] {
        let odd = script.file("odd.txt", text);
        let refused = script.run(&[&["scope", "said"], &of[..], &[odd.as_str()]].concat());
        assert!(refused.code == 2 && refused.err.contains(why), "{refused:?}");
    }
    std::fs::write(script.data().join("latin.csv"), [0x4D, 0xFC]).unwrap();
    let latin = script.data().join("latin.csv").to_str().unwrap().to_owned();
    let refused = script.run(&[&["scope", "said"], &of[..], &[latin.as_str()]].concat());
    assert!(refused.code == 2 && refused.err.contains("text: the file is neither UTF-8 nor"), "{refused:?}");
    let part = script.file("part.csv", &format!("Mailbox,AccessCheckResult,Error\n{leak},Denied,\ngone@contoso.example,,Not found\n"));
    let part = script.run(&[&["scope", "said"], &of[..], &[part.as_str()]].concat());
    assert!(part.code == 3 && part.out.contains("gone@contoso.example: the cmdlet failed"), "{part:?}");
    let evidence = script.run(&[&["scope", "evidence"], &of[..]].concat());
    assert!(evidence.out.lines().any(|line| line.starts_with(&leak) && line.contains("outside,denied,leak,counts,mail,answered,200")));
    assert_eq!(script.run(&[&["scope", "show"], &of[..]].concat()).code, 1);
    let cleared = script.run(&[&["scope", "said"], &of[..], &["--clear"]].concat());
    assert!(cleared.code == 0 && cleared.out.contains("Forgotten: what the cmdlet said of 1 mailbox."), "{cleared:?}");
    let age = script.run(&[&["scope", "changed"], &of[..], &["--minutes-ago", "99999999"]].concat());
    assert!(age.code == 2 && age.err.contains("what was changed then has long settled"), "{age:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn leaks_by_a_grant_are_told_at_once_with_their_one_cause_and_the_plan_says_what_to_revoke() {
    let script = Script::new();
    let (sandbox, ()) = paused_by(&script, Mechanism::ManagementScope, Duration::ZERO, |_| ()).await;
    let of = ["--org", "Contoso EU"];
    let proven = script.pipe(&[&["scope", "prove"], &of[..], &["--resume", "--secret-stdin"]].concat(), &sandbox.details().client_secret);
    assert!(proven.code == 1 && proven.out.contains(": contradicted\n") && proven.out.contains(", 0 too early,"), "{proven:?}");
    assert_eq!(proven.out.matches("leak: ").count(), 50, "{proven:?}");
    assert!(proven.out.contains(" more: `rollcallctl scope evidence --org 'Contoso EU'`\n"), "{proven:?}");
    let cause = "Cause of each leak listed: It answered although it is outside: a grant for the whole tenant";
    assert_eq!(proven.out.matches(cause).count(), 1, "{proven:?}");
    let revoke = "`rollcallctl consent remove Mail.ReadWrite --org 'Contoso EU' --type application`";
    assert_eq!(proven.out.matches(revoke).count(), 1, "{proven:?}");

    let plan = script.run(&[&["scope", "plan"], &of[..]].concat());
    let top = plan.out.split_once("\r\n\r\n").unwrap().0;
    assert!(plan.code == 0 && top.contains("# Warning: Mail.ReadWrite is granted for the whole tenant"), "{plan:?}");
    assert!(plan.err.contains(revoke), "who saves the script sees it, too: {plan:?}");
    assert!(plan.err.contains("Before it is run: for up to 120 minutes after it Exchange goes on with what it knew"), "{plan:?}");
    let migrate = script.run(&[&["scope", "plan"], &of[..], &["--for", "migrate"]].concat());
    assert!(migrate.code == 0 && !migrate.out.contains("Warning: Mail.ReadWrite"), "that script revokes it: {migrate:?}");
    assert!(migrate.err.contains("Before it is run: it takes ") && migrate.err.contains("Granted again, they would make the scope void."));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_only_provisional_is_told_as_such_in_the_head_and_in_the_numbers() {
    let script = Script::new();
    let (sandbox, ()) = paused_by(&script, Mechanism::AccessPolicy, Duration::ZERO, |_| ()).await;
    let resume = ["scope", "prove", "--org", "Contoso EU", "--resume", "--secret-stdin"];
    let proven = script.pipe(&resume, &sandbox.details().client_secret);
    assert_eq!(proven.code, 3, "{proven:?}");
    assert!(proven.out.contains(": provisional until ") && proven.out.contains(" of those confirmed are provisional until "), "{proven:?}");
    assert!(proven.out.contains("What is provisional is asked again at ") && !proven.out.contains("too early to judge"), "{proven:?}");
    // The secret was for that call.
    let shown = script.run(&["scope", "show", "--org", "Contoso EU"]);
    assert!(!shown.out.contains("while Rollcall is open"), "nothing is promised without the secret: {shown:?}");
    let waits = "but the integration's secret is not at hand, so nothing is asked by itself. Hand it in: \
                 `rollcallctl scope prove --org 'Contoso EU' --again --secret-stdin`";
    assert!(shown.out.contains(waits), "{shown:?}");
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
    assert!(saved.code == 0 && saved.err.contains("ten mailboxes of each side of the last proof, and leaves 3"), "{saved:?}");
    let text = std::fs::read_to_string(&file).unwrap();
    assert!(text.starts_with("\u{feff}# ") && text.contains("Test-ApplicationAccessPolicy") && text.contains("\r\n"));
    let migrate = script.run(&[&["scope", "plan"], &of[..], &["--for", "migrate"]].concat());
    assert_eq!(migrate.code, 2, "a policy is where one moves from: {migrate:?}");
}

#[test]
fn a_scope_is_wished_for_practised_and_proven_command_by_command() {
    if !keychain() {
        return;
    }
    let script = Script::with_keychain();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let sandbox = runtime.block_on(Sandbox::start(Options { users: 80, faults: FaultPlan::none(), ..Options::default() })).unwrap();
    sandbox.change(|world| world.exchange.propagation = Propagation { policies: Duration::ZERO, roles: Duration::ZERO });
    organization(&script, &serde_json::to_value(sandbox.details()).unwrap());
    assert_eq!(in_the_browser(&script, &["consent", "grant", "--org", "HQ"], &Person::Admin).code, 0);
    let scope = |arguments: &[&str]| script.run(&[&["scope", arguments[0], "--org", "HQ"], &arguments[1..]].concat());
    let as_json = |arguments: &[&str]| scope(&[arguments, &["--json"]].concat());

    for wrong in [&["set"][..], &["set", "--everyone", "--only", "x", "--by", "access-policy"]] {
        assert_eq!(scope(wrong).code, 2, "{wrong:?} says not whom");
    }
    let by_default = as_json(&["set", "--only", "Integration Pilot"]);
    assert_eq!((by_default.code, &by_default.json()["desired"]["limit"]["mechanism"]), (0, &json!("management_scope")), "{by_default:?}");
    let unknown = as_json(&["set", "--only", "Nobody's Group", "--by", "access-policy"]);
    assert_eq!((unknown.code, &unknown.json()["error"]["code"]), (2, &json!("not_found")), "{unknown:?}");
    let unfit = as_json(&["set", "--all-but", "Sales Unit", "--by", "administrative-unit"]);
    assert_eq!(unfit.code, 2, "a unit can only allow: {unfit:?}");
    let everyone = scope(&["set", "--everyone"]);
    assert!(everyone.code == 0 && everyone.out.contains("To be reached: everyone"), "{everyone:?}");
    assert_eq!(scope(&["practise"]).code, 2, "there is nothing to limit");
    let limited = as_json(&["set", "--only", "integration pilot", "--by", "access-policy"]);
    assert_eq!(limited.code, 0, "{limited:?}");
    let limit = &limited.json()["desired"]["limit"];
    assert_eq!([&limit["rule"], &limit["mechanism"], &limit["unit"]["name"]], ["only_members", "access_policy", "Integration Pilot"]);
    let journal = script.run(&["journal", "list", "--json"]).json();
    assert!(journal.as_array().unwrap().iter().any(|entry| entry["action"] == "scope.set"), "{journal}");

    assert_eq!(as_json(&["prove"]).json()["proof"]["outcome"], "contradicted", "nothing limits it yet");
    let practised = scope(&["practise"]);
    assert!(practised.code == 0 && practised.out.contains("; contradictions count from "), "{practised:?}");
    assert_eq!(scope(&["practise", "--for", "migrate"]).code, 2, "a policy is where one moves from");
    let early = as_json(&["prove"]);
    assert_eq!((early.code, &early.json()["proof"]["outcome"]), (3, &json!("too_early")), "it may have been so before: {early:?}");
    assert_eq!(scope(&["changed", "--minutes-ago", "180"]).code, 0);

    let proven = scope(&["prove"]);
    assert_eq!(proven.code, 0, "{proven:?}");
    assert!(proven.err.contains("The directory of 8") && proven.err.contains("the whole directory, at most "), "{proven:?}");
    assert!(proven.out.contains(": confirmed\n") && proven.out.contains(", 0 leaks, 0 lock-outs, 0 too early, 0 unknown"), "{proven:?}");
    sandbox.fail(RouteFault::always("GET /users/$count", Trouble::Forbidden).times(1));
    let uncounted = scope(&["prove", "--inside", "1", "--outside", "1"]);
    let said = "How many mailboxes there are couldn't be counted beforehand: ";
    assert!(uncounted.code == 0 && uncounted.err.contains(said), "a proof doesn't wait for the count: {uncounted:?}");
    let before = asked(&sandbox, COUNT);
    assert_eq!(scope(&["prove", "--quiet"]).code, 0);
    assert_eq!(asked(&sandbox, COUNT) - before, 1, "the proof counts, and nobody reads beforehand how many there are");
    let shown = scope(&["show"]);
    assert_eq!(shown.code, 3, "a role beside the scope would not have been seen: {shown:?}");
    assert!(shown.out.contains("this sign-in has no RoleManagement.Read.Exchange: `rollcallctl scope show --org HQ --allow`"), "{shown:?}");
    let allowed = in_the_browser(&script, &["scope", "show", "--org", "HQ", "--allow"], &Person::Admin);
    assert!(allowed.code == 0 && allowed.out.contains("Exchange has assigned no role of RBAC for Applications."), "{allowed:?}");
    assert_eq!(scope(&["show"]).code, 0, "all is known, and it was proven");
    let leak = sandbox.change(let_astray);
    let sampled = as_json(&["prove", "--inside", "2", "--outside", "3", "--seed", "7", "--named", &leak, "--named", "x@other.example"]);
    assert_eq!(sampled.code, 1, "{sampled:?}");
    let answer = sampled.json();
    let (proof, named) = (&answer["proof"]["proof"], &answer["contradictions"]);
    assert_eq!((&proof["sample"]["seed"], &proof["sample"]["unknown"]), (&json!(7), &json!(["x@other.example"])));
    assert!(named[0]["upn"] == leak.as_str() && named.as_array().unwrap().len() == 1, "{named}");
    let table = scope(&["prove", "--outside", "0", "--named", &leak]);
    assert!(table.code == 1 && table.out.contains(&format!("leak: {leak}")) && table.out.contains("1 leak,"), "{table:?}");

    let unasked = scope(&["why", "admin@contoso.example"]);
    assert!(
        unasked.code == 3
            && unasked.out.contains("Nothing was asked of it yet")
            && unasked.err.contains("scope why --org HQ admin@contoso.example --ask"),
        "{unasked:?}"
    );
    let asked = as_json(&["why", "admin@contoso.example", "--ask"]);
    assert_eq!((asked.code, &asked.json()["mailbox"]["proof"]), (0, &json!(null)), "{asked:?}");
    assert!(asked.json()["chain"].as_array().unwrap().iter().any(|link| link["kind"] == "called"), "{asked:?}");
    let tested = as_json(&["practise", "--for", "test", "--mailbox", &leak]);
    assert!(tested.code == 0 && tested.json()["practice"] == true, "{tested:?}");
    let evidence = scope(&["evidence"]);
    assert_eq!(evidence.code, 0, "{evidence:?}");
    assert!(evidence.out.starts_with("mailbox,name,object_id,named,expected,cmdlet,finding,worth,workload,observed,http,code,request_id,"));
    let leaked = evidence.out.lines().find(|line| line.starts_with(&leak)).unwrap();
    assert!(leaked.contains(",yes,outside,denied,leak,counts,mail,answered,200,"), "the cmdlet is told beside what was seen: {leaked}");
    assert_eq!(as_json(&["evidence"]).json()["text"], evidence.out, "the same text in JSON");
}

#[test]
fn two_organizations_of_one_application_are_told_of_each_other_and_a_move_ends_only_without_grants() {
    if !keychain() {
        return;
    }
    let script = Script::with_keychain();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let sandbox = runtime.block_on(Sandbox::start(Options { users: 40, faults: FaultPlan::none(), ..Options::default() })).unwrap();
    organization(&script, &serde_json::to_value(sandbox.details()).unwrap());
    assert_eq!(in_the_browser(&script, &["consent", "grant", "--org", "HQ"], &Person::Admin).code, 0);
    let create = ["org", "create", "Branch", "--tenant", "Lab", "--external-id", "b", "--integration", "CRM", "--access", "graph_app_only"];
    assert_eq!(script.run(&create).code, 0);
    let of = |org: &str, arguments: &[&str]| script.run(&[&["scope", arguments[0], "--org", org], &arguments[1..]].concat());
    let hq = |arguments: &[&str]| of("HQ", arguments);

    // What a mechanism counts is said before it is set, and which mechanism goes by a unit of that name.
    let unit = hq(&["set", "--only", "Sales Unit"]);
    assert!(unit.code == 2 && unit.err.contains("`--by administrative-unit` goes by it"), "{unit:?}");
    let nobody = hq(&["set", "--only", "Integration Scope"]);
    assert!(nobody.code == 0 && nobody.err.contains("nobody would be reached: every mailbox is refused"), "{nobody:?}");

    // Policies of before and roles of today: the policies go last, and only when no grant stands.
    assert_eq!(hq(&["set", "--only", "Integration Pilot", "--by", "access-policy"]).code, 0);
    assert_eq!(hq(&["practise"]).code, 0);
    let belongs = hq(&["plan", "--for", "finish"]);
    assert!(belongs.code == 2 && belongs.err.contains("Migrate and finish belong to a wish by RBAC for Applications"), "{belongs:?}");
    assert_eq!(hq(&["set", "--only", "Integration Pilot", "--by", "management-scope"]).code, 0);
    let applied = hq(&["practise"]);
    assert!(applied.code == 0 && applied.out.contains(", before the last change, and may be so no more"), "{applied:?}");
    let unread = hq(&["plan", "--for", "finish", "--json"]);
    assert_eq!((unread.code, &unread.json()["error"]["code"]), (3, &json!("scope_unread")), "{unread:?}");
    hq(&["show", "--read"]);
    let stand = hq(&["plan", "--for", "finish"]);
    let revoke = "`rollcallctl consent remove Mail.ReadWrite --org HQ --type application`";
    assert!(stand.code == 3 && stand.err.contains(revoke), "each is named, with what revokes it: {stand:?}");
    let practised = hq(&["practise", "--for", "finish"]);
    assert!(practised.code == 3 && practised.err.contains("that only the access policies limit"), "{practised:?}");
    assert_eq!(sandbox.world().exchange.now().policies.len(), 1);

    // Another wish for the same application is named before it is set, on both, and in place of a script.
    let other = of("Branch", &["set", "--all-but", "Integration Pilot"]);
    assert!(
        other.code == 0 && other.err.contains("HQ has the same application, and wishes for another scope: only the members of"),
        "{other:?}"
    );
    assert!(hq(&["show"]).out.contains("Branch has the same application, and wishes for another scope: everyone but the members of"));
    for (org, names) in [("HQ", "Branch has"), ("Branch", "HQ has")] {
        let plan = of(org, &["plan"]);
        assert!(plan.code == 3 && plan.out.is_empty() && plan.err.contains(names), "{plan:?}");
        assert!(plan.err.contains("integration of its own"), "the ways out: {plan:?}");
    }
    let mail = ["Mail.ReadWrite", "--type", "application", "--yes"];
    let revoked = in_the_browser(&script, &[&["consent", "remove", "--org", "HQ"], &mail[..]].concat(), &Person::Admin);
    assert_eq!(revoked.code, 0, "{revoked:?}");
    let consent = script.run(&[&["consent", "add", "--org", "Branch"], &mail[..]].concat());
    assert!(consent.code == 3 && consent.err.contains("It is the access scope of Branch, HQ that it would make void."), "{consent:?}");

    // Removing is there whatever is wished.
    assert_eq!(hq(&["set", "--everyone"]).code, 0);
    let removal = hq(&["plan", "--for", "remove"]);
    assert!(
        removal.code == 0 && removal.out.contains("Remove-ManagementScope") && removal.err.contains("and so of Branch as well"),
        "{removal:?}"
    );
    assert_eq!(hq(&["practise", "--for", "remove"]).code, 0);
    let left = sandbox.world().exchange.now().clone();
    assert_eq!((left.policies.len(), left.scopes.len(), left.assignments.len()), (0, 0, 0));
}

/// What is asked for the grants of application permissions, and for the number of users.
const GRANTS: &str = "GET /servicePrincipals/{sp}/appRoleAssignments";
const COUNT: &str = "GET /users/$count";

/// How often a route was asked.
fn asked(sandbox: &Sandbox, of: &str) -> u64 {
    sandbox.counts().iter().filter(|((route, _), _)| route == of).map(|(_, count)| count).sum()
}

#[test]
fn after_the_move_to_roles_consent_is_authorized_by_them_and_nothing_is_granted_that_would_void_the_scope() {
    if !keychain() {
        return;
    }
    let script = Script::with_keychain();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let sandbox = runtime.block_on(Sandbox::start(Options { users: 40, faults: FaultPlan::none(), ..Options::default() })).unwrap();
    organization(&script, &serde_json::to_value(sandbox.details()).unwrap());
    let in_browser = |arguments: &[&str]| in_the_browser(&script, &[arguments, &["--org", "HQ"]].concat(), &Person::Admin);
    let run = |arguments: &[&str]| script.run(&[arguments, &["--org", "HQ"]].concat());
    assert_eq!(in_browser(&["consent", "grant"]).code, 0);
    assert_eq!(run(&["scope", "set", "--only", "Integration Pilot"]).code, 0);
    let void = run(&["consent", "show"]);
    assert!(void.code == 0 && void.out.contains("Granted for the whole tenant, which makes the wished scope of HQ void: "), "{void:?}");
    assert_eq!(run(&["scope", "show", "--read"]).code, 1, "the grants make it void");
    let early = in_browser(&["scope", "practise", "--for", "migrate"]);
    assert!(early.code == 3 && early.err.contains("Exchange lacks roles that have to take the place of the grants"), "{early:?}");
    assert_eq!(run(&["scope", "practise"]).code, 0);
    assert_eq!(run(&["scope", "show", "--read"]).code, 1, "the grants make it void");
    let migrate = run(&["scope", "plan", "--for", "migrate"]);
    assert!(migrate.code == 0 && migrate.err.contains("It stops unless it is run with -Confirmed."), "{migrate:?}");
    assert!(migrate.err.contains("until then the roles may not count, and without the grants those mailboxes are refused"), "{migrate:?}");
    assert_eq!(run(&["scope", "practise", "--for", "migrate"]).code, 0, "Microsoft has been asked once already");
    let unread = run(&["consent", "show"]);
    assert!(unread.code == 3 && unread.out.contains("Roles of Exchange: not read, this sign-in has no "), "{unread:?}");

    assert_eq!(in_browser(&["scope", "show", "--allow"]).code, 3, "not proven yet");
    let given = run(&["consent", "show"]);
    assert!(given.code == 0 && given.out.contains(": Authorized\n") && given.out.contains("given by role"), "{given:?}");
    assert!(given.out.contains("Mail.ReadWrite: Application Mail.ReadWrite for "), "{given:?}");
    let before = asked(&sandbox, GRANTS);
    let again = run(&["consent", "grant", "--json"]);
    assert_eq!((again.code, &again.json()["error"]["code"]), (3, &json!("would_void_scope")), "{again:?}");
    assert_eq!(asked(&sandbox, GRANTS) - before, 2, "once to say what the page would do, and once before it is opened");
    let before = asked(&sandbox, GRANTS);
    assert_eq!(run(&["consent", "grant", "--quiet"]).code, 3);
    assert_eq!(asked(&sandbox, GRANTS) - before, 1, "nobody reads what the page would do");
    let added = run(&["consent", "add", "Mail.ReadWrite", "--yes"]);
    assert!(added.code == 3 && added.err.contains("It would make the access scope void"), "{added:?}");
    assert!(!added.err.contains("Needed is one of these roles"), "no role is the cure: {added:?}");
    assert!(given.out.contains("  the scope  "), "for whom it is: {given:?}");
    let missing = run(&["consent", "add-missing"]);
    assert!(missing.code == 0 && missing.out.contains("Nothing would change"), "{missing:?}");

    // The next session may not read roles: what was known stays, and settles nothing.
    let earlier = run(&["scope", "show", "--read"]);
    assert!(earlier.code == 3 && earlier.out.contains("What follows of them is from the reading of "), "{earlier:?}");
    assert!(earlier.out.contains("Assigned then: Application Mail.ReadWrite for "), "{earlier:?}");
    let before = asked(&sandbox, GRANTS);
    let open = run(&["consent", "add-missing"]);
    assert!(open.code == 3 && open.out.contains("`rollcallctl scope show --org HQ --read` reads them."), "{open:?}");
    assert_eq!(asked(&sandbox, GRANTS) - before, 1, "what was looked at says what stays open");
    let told = run(&["consent", "show"]);
    assert!(told.code == 3 && told.out.contains(" is shown only as information."), "{told:?}");
    let gone = run(&["consent", "remove", "Tasks.ReadWrite.All", "--yes"]);
    assert_eq!(gone.code, 0, "{gone:?}");
    let partly = run(&["consent", "add-missing", "--yes"]);
    assert!(partly.code == 3 && partly.out.contains("Tasks.ReadWrite.All"), "granted, and not all that is required: {partly:?}");
    assert!(partly.err.contains("`rollcallctl scope show --org HQ --read` reads them."), "{partly:?}");

    assert_eq!(run(&["scope", "practise", "--for", "remove"]).code, 0);
    assert_eq!(run(&["scope", "show", "--allow"]).code, 3, "allowed once already, and not proven yet");
    let taken = run(&["consent", "add-missing"]);
    let script = "What is missing comes from the access scope's script: `rollcallctl scope plan --org HQ` writes it.";
    assert!(taken.code == 3 && taken.out.contains(script), "{taken:?}");
}

#[test]
fn a_proof_that_is_killed_goes_on_with_the_next_one_where_the_settings_say_so() {
    if !keychain() {
        return;
    }
    let script = Script::with_keychain();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let options = Options { users: 800, faults: FaultPlan::none(), latency: Duration::from_millis(60), ..Options::default() };
    let sandbox = runtime.block_on(Sandbox::start(options)).unwrap();
    organization(&script, &serde_json::to_value(sandbox.details()).unwrap());
    assert_eq!(in_the_browser(&script, &["consent", "grant", "--org", "HQ"], &Person::Admin).code, 0);
    assert_eq!(script.run(&["settings", "set", "--resume", "by-itself"]).code, 0);
    kill_a_proof(&script, &sandbox, &runtime);
    let cut_off = script.run(&["scope", "show", "--org", "HQ", "--json"]).json()["proof"]["proof"].clone();
    assert_eq!(cut_off["state"], "interrupted", "{cut_off}");
    assert!(cut_off["tally"]["waiting"].as_u64().unwrap() > 0);

    let other = script.run(&["scope", "prove", "--org", "HQ", "--inside", "2", "--json"]).json()["proof"]["proof"].clone();
    assert_ne!(other["id"], cut_off["id"], "who asks for others is told of those");
    kill_a_proof(&script, &sandbox, &runtime);
    let ended = script.run(&["scope", "prove", "--org", "HQ", "--json"]);
    assert!(ended.code == 0 && ended.err.contains("Proof 3 was cut off and goes on"), "{ended:?}");
    assert_eq!((&ended.json()["proof"]["proof"]["id"], &ended.json()["proof"]["outcome"]), (&json!(3), &json!("confirmed")));
}

/// Begins a proof of all mailboxes, and kills it when some were asked.
fn kill_a_proof(script: &Script, sandbox: &Sandbox, runtime: &tokio::runtime::Runtime) {
    let batches = || sandbox.counts().iter().filter(|((route, _), _)| route.ends_with("/$batch")).map(|(_, count)| count).sum::<u64>();
    let before = batches();
    let running = script.start(&["scope", "prove", "--org", "HQ"]);
    while batches() < before + 4 {
        runtime.block_on(async { tokio::time::sleep(Duration::from_millis(5)).await });
    }
    running.signal("KILL");
    assert_eq!(running.end().code, -1);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_mechanism_the_present_one_is_taken_or_a_management_scope_and_it_is_said_which() {
    let script = Script::new();
    let rehearsal = Rehearsal::in_folder(&script.data(), Scene { users: 40, faults: FaultPlan::none(), ..Scene::default() }).await;
    let name = rehearsal.ready().await.name;
    let Rehearsal { desk, sandbox, kept, .. } = rehearsal;
    drop(desk);
    let set = script.run(&["scope", "set", "--org", &name, "--only", "Integration Pilot"]);
    assert_eq!(set.code, 4, "understood; the group is looked up by somebody who is signed in: {set:?}");
    assert!(set.err.contains("By RBAC for Applications (management scope); --by chooses another"), "{set:?}");
    drop((sandbox, kept));

    let script = Script::new();
    let (_tenant, _) = paused(&script).await;
    let name = script.run(&["org", "list", "--json"]).json()[0]["organization"]["name"].as_str().unwrap().to_owned();
    let set = script.run(&["scope", "set", "--org", &name, "--all-but", "Integration Pilot"]);
    assert!(set.code == 4 && set.err.contains("By application access policy; "), "{set:?}");
}
