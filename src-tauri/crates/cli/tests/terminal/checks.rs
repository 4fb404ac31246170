//! Checks of a tenant that is ready for them, over real HTTP: what is said beforehand, meanwhile and afterwards, and what a pause, a
//! crash and a trace come to.

use std::collections::BTreeSet;
use std::os::unix::fs::PermissionsExt;
use std::time::Duration;

use rollcall_sandbox::{FaultPlan, Limits, Sandbox, Wire};
use rollcall_tests::{Rehearsal, Scene};
use serde_json::{Value, json};

use crate::script::{Ended, Running, Script};

const VERIFY: [&str; 4] = ["verify", "--org", "Contoso EU", "--secret-stdin"];

/// A data folder with an organization whose users were brought in and whose consent was granted, and the tenant that it is about.
struct Ready {
    script: Script,
    sandbox: Sandbox,
}

impl Ready {
    async fn with(scene: Scene) -> Self {
        let script = Script::new();
        let rehearsal = Rehearsal::in_folder(&script.data(), Scene { faults: FaultPlan::none(), ..scene }).await;
        rehearsal.ready().await;
        Self { script, sandbox: rehearsal.sandbox }
    }

    fn verify(&self, more: &[&str]) -> Ended {
        self.script.pipe(&[&VERIFY, more].concat(), &self.sandbox.details().client_secret)
    }

    fn start_verify(&self, more: &[&str]) -> Running {
        self.script.start_with(&[&VERIFY, more].concat(), &self.sandbox.details().client_secret)
    }

    fn answers_with(&self, status: u16) -> u64 {
        self.sandbox.counts().iter().filter(|((_, found), _)| *found == status).map(|(_, count)| count).sum()
    }
}

fn count(traffic: &Value, which: impl Fn(&Value) -> bool) -> u64 {
    traffic.as_array().unwrap().iter().filter(|route| which(route)).map(|route| route["count"].as_u64().unwrap()).sum()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_check_says_beforehand_how_long_it_takes_and_afterwards_what_it_sent() {
    // Who is asked to come back in a second makes a run that is long enough to be measured.
    let limits = Limits { throttled_per_mille: 100, ..Limits::default() };
    let ready = Ready::with(Scene { users: 200, limits, ..Scene::default() }).await;
    let before = [ready.answers_with(200), ready.answers_with(429)];

    let checked = ready.verify(&["--json"]);
    assert_eq!(checked.code, 0, "{checked:?}");
    let mut said = checked.err.lines();
    let plan = said.next().unwrap();
    assert!(plan.starts_with("200 mailboxes, ") && plan.contains("bound by Microsoft's limits; assumed"), "{plan}");
    let progress = said.next().unwrap();
    for part in [" of 200 mailboxes: ", " %, ", " a second", " bound by ", " passed, "] {
        assert!(progress.contains(part), "{part:?} is missing: {progress}");
    }
    let summary = checked.json();
    let traffic = &summary["traffic"];
    let fields: BTreeSet<&str> = traffic[0].as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(fields, BTreeSet::from(["route", "status", "inside", "count", "repeats", "waited_ms", "took_ms"]));
    assert_eq!(
        [count(traffic, |route| route["status"] == 200), count(traffic, |route| route["status"] == 429)],
        [ready.answers_with(200) - before[0], ready.answers_with(429) - before[1]],
        "each answer that the tenant gave is counted once: {traffic}"
    );
    assert_eq!(count(traffic, |route| route["inside"] == false), summary["requests"].as_u64().unwrap());

    let again = ready.verify(&[]);
    assert_eq!(again.code, 0, "{again:?}");
    let plan = again.err.lines().next().unwrap();
    assert!(plan.ends_with("measured when this tenant was last checked."), "{plan}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trace_holds_every_request_and_nothing_personal_or_secret() {
    let limits = Limits { throttled_per_mille: 50, ..Limits::default() };
    let ready = Ready::with(Scene { users: 120, limits, ..Scene::default() }).await;
    let checked = ready.verify(&["--json", "--trace"]);
    assert_eq!(checked.code, 0, "{checked:?}");
    let said = checked.err.lines().find_map(|line| line.strip_prefix("Each request is written down in ")).unwrap();
    let (file, _) = said.split_once(',').unwrap();
    assert!(file.starts_with(ready.script.data().to_str().unwrap()), "{file}");
    assert_eq!(std::fs::metadata(file).unwrap().permissions().mode() & 0o777, 0o600, "for nobody else's eyes");

    let trace = std::fs::read_to_string(file).unwrap();
    let lines: Vec<Value> = trace.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let (sent, batches) = (count(&checked.json()["traffic"], |route| route["inside"] == false), "POST /$batch");
    let alone = lines.iter().filter(|line| line["inside"] == false).count();
    assert_eq!(alone as u64, sent, "one line for each request");
    let refused = lines.iter().filter(|line| line["inside"] == true && line["status"] == 429).count() as u64;
    assert_eq!(
        refused,
        count(&checked.json()["traffic"], |route| route["inside"] == true && route["status"] == 429),
        "and each refused part"
    );
    assert!(lines.iter().any(|line| line["route"] == batches && line["status"] == 200 && line["request_id"].is_string()), "{trace}");
    assert!(!trace.contains('@'), "an address stands in it");
    for person in ready.sandbox.planted() {
        assert!(!trace.contains(&person.user_id) && !trace.contains(&person.upn), "{} stands in it", person.upn);
    }
    let issued = ready.sandbox.issued();
    assert!(!issued.is_empty());
    assert!(issued.iter().chain([&ready.sandbox.details().client_secret]).all(|secret| !trace.contains(secret)), "a secret stands in it");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_pause_parks_the_run_and_every_command_says_until_when() {
    let ready = Ready::with(Scene { users: 120, ..Scene::default() }).await;
    ready.sandbox.next_answers(vec![Wire::ServiceUnavailable { retry_after: Some(1_200) }]);
    let mut running = ready.start_verify(&[]);
    let parked = running.until("asked for a pause");
    assert!(parked.contains(" UTC; the run is parked and goes on by itself then. Ctrl+C ends this program"), "{parked}");
    running.signal("KILL");
    assert_eq!(running.end().code, -1);

    let run = &ready.script.run(&["runs", "list", "--json"]).json()[0];
    assert_eq!(run["state"], "interrupted");
    let until = run["parked_until"].as_i64().unwrap();
    let left = until - ready.sandbox.now_ms();
    assert!((1_000_000..=1_200_000).contains(&left), "{left} ms are left of the twenty minutes");
    assert_eq!(ready.script.run(&["runs", "describe", "1", "--json"]).json()["parked_until"], until);
    for command in [&["runs", "list"][..], &["runs", "describe", "1"]] {
        let told = ready.script.run(command).out;
        assert!(told.to_lowercase().contains("parked until "), "{command:?}: {told}");
    }

    let mut resumed = ready.start_verify(&["--resume", "last"]);
    resumed.until("asked for a pause");
    resumed.signal("INT");
    let stopped = resumed.end();
    assert_eq!(stopped.code, 3, "{stopped:?}");
    assert!(stopped.err.contains("--resume 1"), "it says how to go on: {}", stopped.err);
    assert_eq!(ready.sandbox.violations(), 0, "the pause outlives the process");
    let told = ready.script.run(&["runs", "list"]).out;
    assert!(told.contains("interrupted") && !told.contains("parked"), "whoever stopped it has not parked it: {told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn sessions_that_meet_a_long_pause_say_until_when_the_rest_is_due() {
    let ready = Ready::with(Scene { users: 20, ..Scene::default() }).await;
    ready.sandbox.next_answers(vec![Wire::ServiceUnavailable { retry_after: Some(1_200) }]);
    let mut check = ready.start_verify(&[]);
    check.until("asked for a pause");
    check.signal("INT");
    check.end();
    let sync = |more: &[&str]| {
        let ask = ["org", "sync", "Contoso EU", "--all", "--secret-stdin"];
        ready.script.pipe(&[&ask, more].concat(), &ready.sandbox.details().client_secret)
    };
    let told = sync(&["--json"]);
    assert_eq!((told.code, &told.json()["complete"]), (3, &json!(false)), "{told:?}");
    let left = told.json()["waiting_until"].as_i64().unwrap() - ready.sandbox.now_ms();
    assert!((1_000_000..=1_200_000).contains(&left), "{left} ms are left of the twenty minutes");
    let told = sync(&[]);
    assert_eq!(told.code, 3, "{told:?}");
    assert!(told.out.contains("Graph asked for a pause until ") && told.out.contains(" UTC: 20 users are still due."), "{told:?}");
    assert!(told.err.contains("; Graph asked for a pause until "), "it is said while it waits, too: {told:?}");
    assert_eq!(ready.sandbox.violations(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn mailboxes_are_shown_set_and_migrated_by_command_with_the_exit_codes_that_say_what_is_open() {
    let ready = Ready::with(Scene { users: 40, ..Scene::default() }).await;
    let run = |arguments: &[&str]| ready.script.run(&[&["--json", "users"], arguments].concat());
    let code = |ended: &Ended| ended.json()["error"]["code"].as_str().unwrap_or_default().to_owned();
    let (who, mail) = ("plain.user@contoso.example", "plain.user@contoso.example");
    let shown = run(&["mailboxes", who]);
    let (first, second) = (&shown.json()["addresses"][0], &shown.json()["addresses"][1]);
    assert_eq!((shown.code, &first["kind"], &first["default"]), (0, &json!("primary"), &json!(true)));
    assert_eq!((&second["kind"], &second["connection"]["kind"]), (&json!("alias"), &json!("by_application")));

    let unsent = run(&["mailbox", "set", who, mail, "--default"]);
    assert_eq!((unsent.code, code(&unsent)), (3, "default_must_send".to_owned()), "the default sends: {unsent:?}");
    let set = run(&["mailbox", "set", who, mail, "--sync", "on", "--send", "on", "--default"]);
    assert_eq!((set.code, &set.json()["addresses"][0]["send"]), (0, &json!(true)));
    assert_eq!(run(&["mailbox", "set", who, mail]).code, 2, "nothing was asked for");
    assert_eq!(run(&["mailbox", "set", who, "nobody@contoso.example", "--send", "on"]).code, 2);
    let asked = run(&["mailbox", "check", who, mail]);
    assert_eq!((asked.code, code(&asked)), (4, "no_secret".to_owned()), "nothing holds the secret: {asked:?}");

    let connected = run(&["connect", who, "--print-url"]);
    assert_eq!((connected.code, code(&connected)), (3, "nobody_signs_in".to_owned()), "{connected:?}");
    let begun = run(&["migrate", "begin", who, "--to", mail, "--add-in", "2.1", "--minimum", "2"]);
    assert_eq!((begun.code, code(&begun)), (2, "invalid_input".to_owned()), "it is no other mailbox: {begun:?}");
    assert_eq!(run(&["migrate", "tick", who, "hand_over"]).code, 2, "none was begun");
    assert_eq!(run(&["migrate", "tick", who, "fly"]).code, 2, "there is no such step");
    let told = ready.script.run(&["users", "mailboxes", who]).out;
    assert!(told.contains("by the application") && told.contains("plain.user@contoso.example"), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_crash_cut_off_is_resumed_without_knowing_its_number() {
    let ready = Ready::with(Scene { users: 400, latency: Duration::from_millis(80), ..Scene::default() }).await;
    let nothing = ready.verify(&["--json", "--resume", "last"]);
    assert_eq!((nothing.code, &nothing.json()["error"]["code"]), (2, &json!("not_found")));

    let mut running = ready.start_verify(&[]);
    running.until(" of 400 mailboxes");
    running.signal("KILL");
    assert_eq!(running.end().code, -1);

    let other = ready.verify(&[]);
    assert_eq!(other.code, 0, "{other:?}");
    assert!(other.err.contains("Run 1 stays interrupted; --resume 1"), "who starts anew is told of it: {}", other.err);

    let resumed = ready.verify(&["--json", "--resume", "last"]);
    assert_eq!(resumed.code, 0, "the other run is over, so it isn't the one: {resumed:?}");
    let summary = resumed.json();
    assert_eq!((&summary["run"], &summary["passed"], &summary["not_run"]), (&json!(1), &json!(400), &json!(0)));
    assert_eq!(ready.verify(&["--resume", "last"]).code, 2, "there is nothing left to go on with");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_crash_cut_off_goes_on_by_itself_where_the_admin_wants_that() {
    let ready = Ready::with(Scene { users: 400, latency: Duration::from_millis(80), ..Scene::default() }).await;
    assert_eq!(ready.script.run(&["settings", "set", "--resume", "by-itself"]).code, 0);
    let mut running = ready.start_verify(&[]);
    running.until(" of 400 mailboxes");
    running.signal("KILL");
    assert_eq!(running.end().code, -1);
    assert_eq!(ready.script.run(&["runs", "list"]).code, 0, "a command in between takes nothing up");

    let gone_on = ready.verify(&["--json"]);
    assert_eq!(gone_on.code, 0, "{gone_on:?}");
    assert!(gone_on.err.contains("Run 1 was cut off and goes on"), "{}", gone_on.err);
    assert_eq!([&gone_on.json()["run"], &gone_on.json()["passed"]], [1, 400]);
    assert_eq!(ready.verify(&["--json"]).json()["run"], 2, "once it is over the next check is a new one");
}

#[tokio::test(flavor = "multi_thread")]
async fn sessions_that_a_crash_cut_off_are_told_once_by_the_next_command_on_users_or_organizations() {
    let ready = Ready::with(Scene { users: 400, latency: Duration::from_millis(80), ..Scene::default() }).await;
    let sync = ["org", "sync", "Contoso EU", "--all", "--secret-stdin"];
    let mut running = ready.script.start_with(&sync, &ready.sandbox.details().client_secret);
    running.until(" of ");
    running.signal("KILL");
    assert_eq!(running.end().code, -1);

    let list = |more: &[&str]| ready.script.run(&[&["org", "list"], more].concat());
    assert!(!list(&["--quiet"]).err.contains("cut off"), "where nobody reads it, it is kept");
    let told = list(&[]);
    assert!(told.code == 0 && told.err.contains("Sync sessions of Contoso EU, begun at "), "{told:?}");
    assert!(told.err.contains(" were cut off: ") && told.err.contains(" of 400 users were read, which is kept."), "{told:?}");
    assert!(!list(&[]).err.contains("cut off"), "once");
}
