//! The three stages, command by command, over a practice tenant in another process. Needs a keychain, since each command is a
//! process of its own: runs where `ROLLCALL_TEST_KEYCHAIN=1` says that there is one to play with.

use std::collections::BTreeSet;
use std::process::Stdio;

use rollcall_sandbox::browser::Person;
use rollcall_sandbox::{FaultPlan, Options, Sandbox};
use serde_json::{Value, json};

use crate::script::{Ended, Script, Served, browse};

/// Whether there is a keychain to play with.
pub fn keychain() -> bool {
    let there = std::env::var("ROLLCALL_TEST_KEYCHAIN").is_ok_and(|value| value == "1");
    if !there {
        println!("skipped: set ROLLCALL_TEST_KEYCHAIN=1 on a private session bus to run this");
    }
    there
}

/// Starts a command that prints an address, visits it as this person, and waits for the end.
pub fn in_the_browser(script: &Script, arguments: &[&str], person: &Person) -> Ended {
    let mut waiting = script.start(&[arguments, &["--print-url"]].concat());
    let url = waiting.line();
    browse(&url, person);
    waiting.end()
}

/// Connected, signed in, with the integration's secret, and an organization without users.
pub fn organization(script: &Script, details: &Value) {
    assert_eq!(script.connect(details).code, 0);
    let signed_in = in_the_browser(script, &["sign-in", "--tenant", "Lab"], &Person::Admin);
    assert_eq!(signed_in.code, 0, "{signed_in:?}");
    let get = |field: &str| details[field].as_str().unwrap();
    let add = ["integration", "add", "CRM", "--tenant", "Lab", "--client-id", get("client_id"), "--preset", "revenue-grid"];
    let added = script.pipe(&[&add[..], &["--secret-stdin"]].concat(), get("client_secret"));
    assert_eq!(added.code, 0, "{added:?}");
    let create = ["org", "create", "HQ", "--tenant", "Lab", "--external-id", "hq", "--integration", "CRM", "--access", "graph_app_only"];
    assert_eq!(script.run(&create).code, 0);
}

/// The same with all users.
fn first_stage(script: &Script, served: &Served) {
    organization(script, &served.details);
    let imported = script.run(&["--json", "users", "import", "--org", "HQ", "--all"]);
    assert_eq!(imported.code, 0, "{imported:?}");
}

#[test]
fn the_last_line_of_an_import_tells_all_that_were_read() {
    if !keychain() {
        return;
    }
    let script = Script::with_keychain();
    let served = Served::start(&script, &["--users", "1200"]);
    organization(&script, &served.details);
    let shown = script.run(&["--json", "users", "import", "--org", "HQ", "--all", "--dry-run"]);
    let last = shown.err.lines().rfind(|line| line.ends_with(" none stored"));
    assert_eq!(last, Some("1,200 users read, none stored"), "and not how many the first page had: {shown:?}");
}

#[test]
fn where_no_browser_opens_and_nobody_is_there_a_sign_in_ends_at_once_and_says_what_to_do() {
    if !keychain() {
        return;
    }
    let script = Script::with_keychain();
    let served = Served::start(&script, &["--users", "20"]);
    served.connect(&script);
    // A search path on which nothing opens a browser.
    let nothing = script.data();
    let ended: Ended = script.command(&["sign-in", "--tenant", "Lab"]).env("PATH", nothing).stdin(Stdio::null()).output().unwrap().into();
    assert_eq!((ended.code, ended.out.as_str()), (4, ""), "{ended:?}");
    for part in ["Waiting until ", " for you to sign in. ", ": http://localhost:", "none could be opened here", "--print-url"] {
        assert!(ended.err.contains(part), "{part}: {ended:?}");
    }
}

fn lines(ended: &Ended) -> Vec<Value> {
    ended.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn a_rollout_command_by_command() {
    if !keychain() {
        return;
    }
    let script = Script::with_keychain();
    let faults = script.file("faults.json", r#"{"mailbox_not_enabled": 2, "quota_exceeded": 1, "quarantined": 1}"#);
    let served = Served::start(&script, &["--users", "60", "--seed", "5", "--faults", &faults]);
    first_stage(&script, &served);

    assert_eq!(script.run(&["consent", "show", "--org", "HQ"]).code, 1, "nothing is granted yet");
    let declined = in_the_browser(&script, &["consent", "grant", "--org", "HQ"], &Person::Declines("admin@contoso.example".to_owned()));
    assert_eq!(declined.code, 4, "{declined:?}");
    let granted = in_the_browser(&script, &["consent", "grant", "--org", "HQ"], &Person::Admin);
    assert_eq!(granted.code, 0, "{granted:?}");
    assert!(granted.out.lines().any(|line| line.starts_with("Signed in successfully: ") && line.ends_with(" granted.")), "{granted:?}");
    for part in ["would be added: ", "more than is required, of what would be added: ", ": nothing requires it", "for the consent on"] {
        assert!(granted.err.contains(part), "{part}: it is said before the page opens: {granted:?}");
    }
    let shown = script.run(&["consent", "show", "--org", "HQ", "--json"]);
    assert_eq!((shown.code, &shown.json()["consent"]["authorization"]), (0, &json!("authorized")));

    let verified = script.run(&["verify", "--org", "HQ", "--json"]);
    assert_eq!(verified.code, 1, "{verified:?}");
    let summary = verified.json();
    let fields: BTreeSet<&str> = summary.as_object().unwrap().keys().map(String::as_str).collect();
    for field in ["run", "org", "expected", "passed", "failed", "unknown", "not_run", "seconds", "requests", "throttled", "fingerprints"] {
        assert!(fields.contains(field), "{field} is missing");
    }
    assert_eq!([&summary["expected"], &summary["passed"], &summary["failed"], &summary["unknown"]], [60, 56, 3, 1]);
    for field in ["fingerprint", "code", "workload", "count", "remedy"] {
        assert!(!summary["fingerprints"][0][field].is_null(), "{field} is missing");
    }

    let again = script.run(&["verify", "--org", "HQ", "--failed-only", "--format", "jsonl"]);
    assert_eq!(again.code, 1, "{again:?}");
    let again = lines(&again);
    assert!(again.iter().any(|line| line["workloads"]["mail"]["code"] == "ErrorQuotaExceeded"), "{again:?}");
    for line in &again {
        let workloads: Vec<&String> = line["workloads"].as_object().unwrap().keys().collect();
        assert_eq!(workloads.len(), 5, "{line}");
        assert_ne!(line["verdict"], "passed");
    }

    let unknown = script.run(&["verify", "--org", "HQ", "--unknown-only", "--json"]);
    assert_eq!((unknown.code, &unknown.json()["expected"]), (3, &json!(1)), "who is unknown is still known after a run of the failed ones");

    let runs = script.run(&["runs", "list", "--json"]).json();
    assert_eq!(runs.as_array().unwrap().len(), 3);
    let compared = script.run(&["runs", "compare", "1", "2", "--json"]).json();
    assert_eq!((&compared["still_failing"]["count"], &compared["newly_failing"]["count"]), (&json!(3), &json!(0)));
    let groups = script.run(&["issues", "groups", "--org", "HQ", "--json"]).json();
    let full = groups.as_array().unwrap().iter().find(|group| group["code"] == "ErrorQuotaExceeded").unwrap().clone();
    inspect(&script, &full);
    let upn = again[0]["upn"].as_str().unwrap();
    assert_eq!(script.run(&["users", "describe", upn, "--json"]).json()["row"]["user"]["directory"]["upn"], upn);
    assert_eq!(script.run(&["users", "list", "--with-issues", "--json"]).json().as_array().unwrap().len(), 4);
    assert_eq!(script.run(&["users", "list", "--format", "csv"]).out.lines().count(), 61, "a header and one line a user");
    let request_id = full["request_ids"][0]["request_id"].as_str().unwrap();
    let named = script.run(&["users", "list", "--search", request_id, "--workloads", "--json"]).json();
    assert_eq!(named.as_array().unwrap().len(), 1, "whose mailbox answered so: {named}");
    assert_eq!(named[0]["first_cause"], "mailbox_full");
    let failed = json!({ "workload": "mail", "verdict": "failed" });
    assert!(named[0]["workloads"].as_array().unwrap().contains(&failed), "{named}");
    let csv = script.run(&["users", "list", "--search", request_id, "--workloads", "--format", "csv"]).out;
    assert!(csv.lines().next().unwrap().ends_with(",exchange_plan,brought_in,workloads") && csv.contains("mail failed, "), "{csv}");
    let table = script.run(&["users", "list", "--search", request_id, "--workloads"]).out;
    assert!(table.contains("WORKLOADS") && table.contains("mail failed"), "{table}");
    assert_eq!(script.run(&["users", "delete", upn]).code, 0);
    let full = script.run(&["--json", "org", "delete", "HQ"]);
    assert_eq!((full.code, &full.json()["error"]["code"]), (3, &json!("has_users")));
    assert_eq!(script.run(&["journal", "verify", "--json"]).json()["state"], "whole");
    let journal = script.run(&["journal", "list", "--json"]).json();
    assert!(journal.as_array().unwrap().iter().any(|entry| entry["action"] == "consent.grant" && entry["outcome"] == "done"), "{journal}");

    assert_eq!(script.run(&["sign-out", "--tenant", "Lab"]).code, 0);
    let out = script.run(&["--json", "users", "import", "--org", "HQ", "--all"]);
    assert_eq!((out.code, &out.json()["error"]["code"]), (4, &json!("not_signed_in")));
    let gone = script.run(&["--json", "org", "delete", "HQ", "--force"]);
    assert_eq!(
        (gone.code, &gone.json()["users"], &gone.json()["runs"]),
        (0, &json!(59), &json!(4)),
        "all but the user taken out before, and the run that checked a problem again"
    );
    assert_eq!(script.run(&["tenant", "forget", "Lab"]).code, 0, "secrets included");
}

/// What can be done about one group.
fn inspect(script: &Script, group: &Value) {
    assert_eq!([&group["cause"], &group["class"], &group["who"]], ["mailbox_full", "mailbox", "exchange_admin"]);
    assert_eq!((&group["count"], &group["new"], &group["reach"]), (&json!(1), &json!(false), &json!("one")), "it was checked twice");
    assert!(group["steps"].as_array().unwrap().iter().all(|step| step.as_str().unwrap().ends_with('.')));
    assert_eq!(group["trend"].as_array().unwrap().last(), Some(&json!(1)));
    assert!(group["since"].as_str().unwrap().ends_with('Z') && !group["request_ids"][0]["request_id"].is_null(), "{group}");
    let fingerprint = group["fingerprint"].as_str().unwrap();

    let shown = script.run(&["issues", "show", fingerprint]);
    assert!(shown.code == 0 && shown.out.contains("Mailbox is full: 1 user of 60") && shown.out.contains("request id"), "{shown:?}");
    assert_eq!(script.run(&["issues", "show", "mailbox_full", "--json"]).json()[0]["fingerprint"], fingerprint, "by its cause, too");
    let family = fingerprint.strip_suffix(".mail").unwrap();
    assert_eq!(script.run(&["issues", "show", family, "--json"]).json()[0]["fingerprint"], fingerprint, "and for every workload");
    let block = script.run(&["issues", "show", fingerprint, "--support"]);
    assert!(block.out.contains("Tenant ID: ") && !block.out.contains('@'), "{block:?}");
    assert!(script.run(&["issues", "show", fingerprint, "--support", "--addresses"]).out.contains("@contoso.example"));
    let csv = script.run(&["issues", "list", "--org", "HQ", "--fingerprint", fingerprint, "--format", "csv"]).out;
    assert_eq!(csv.lines().count(), 2, "{csv}");
    assert!(
        csv.starts_with("upn,name,organization,workload,") && csv.contains(",mailbox_full,exchange_admin,403,ErrorQuotaExceeded,"),
        "{csv}"
    );

    let there = |arguments: &[&str]| {
        let groups = script.run(&[&["issues", "groups", "--json"], arguments].concat()).json();
        groups.as_array().unwrap().iter().any(|one| one["fingerprint"] == fingerprint)
    };
    let snoozed = script.run(&["issues", "snooze", fingerprint, "--org", "HQ", "--note", "ticket 4711", "--until", "2126-12-31"]);
    assert_eq!(snoozed.code, 0, "{snoozed:?}");
    assert!(!there(&[]) && there(&["--snoozed"]));
    let shown = script.run(&["issues", "show", fingerprint]);
    assert!(shown.out.contains("In HQ it is put aside: ticket 4711"), "{shown:?}");
    assert_eq!(script.run(&["issues", "unsnooze", fingerprint, "--org", "HQ"]).code, 0);
    assert!(there(&[]));
    let twice = script.run(&["--json", "issues", "unsnooze", fingerprint, "--org", "HQ"]);
    assert_eq!((twice.code, &twice.json()["error"]["code"]), (2, &json!("not_found")));
    let past = script.run(&["--json", "issues", "snooze", fingerprint, "--org", "HQ", "--note", "x", "--until", "2001-01-01"]);
    assert_eq!((past.code, &past.json()["error"]["code"]), (2, &json!("invalid_input")));

    let again = script.run(&["issues", "recheck", fingerprint, "--org", "HQ", "--json"]);
    assert_eq!((again.code, &again.json()["expected"], &again.json()["failed"]), (1, &json!(1), &json!(1)), "it is still full");
    let nobody = script.run(&["--json", "issues", "recheck", "graph.403.none.mail", "--org", "HQ"]);
    assert_eq!((nobody.code, &nobody.json()["error"]["code"]), (2, &json!("not_found")));
}

#[test]
fn permissions_are_given_taken_and_restored_one_by_one() {
    if !keychain() {
        return;
    }
    let script = Script::with_keychain();
    let served = Served::start(&script, &["--users", "60", "--seed", "5"]);
    first_stage(&script, &served);

    let looked = script.run(&["consent", "add-missing", "--org", "HQ"]);
    assert_eq!(looked.code, 3, "nobody can be asked, so it is shown and nothing is done: {looked:?}");
    assert!(looked.err.contains("would be added: "), "{looked:?}");
    assert_eq!(script.run(&["consent", "show", "--org", "HQ"]).code, 1, "nothing was done");

    let given = in_the_browser(&script, &["consent", "add-missing", "--org", "HQ", "--yes"], &Person::Admin);
    assert_eq!(given.code, 0, "{given:?}");
    // What the admin has allowed Rollcall once, another process is given without a page.
    let agreed = |arguments: &[&str]| {
        let ended = script.run(&[arguments, &["--org", "HQ", "--yes"]].concat());
        assert_eq!(ended.code, 0, "{arguments:?}: {ended:?}");
        ended
    };
    assert_eq!(script.run(&["consent", "show", "--org", "HQ"]).code, 0);
    let taken = agreed(&["consent", "remove", "Mail.Send"]);
    assert!(taken.out.contains("Taken away: Mail.Send"), "{taken:?}");
    let table = script.run(&["consent", "show", "--org", "HQ", "--csv"]);
    assert_eq!(table.code, 1);
    assert!(table.out.contains("graph,application,Mail.Send,missing,yes,"), "{table:?}");

    let journal = script.run(&["journal", "list", "--json"]).json();
    let removal = journal.as_array().unwrap().iter().find(|entry| entry["action"] == "consent.remove" && entry["outcome"] == "done");
    let number = removal.unwrap()["number"].to_string();
    agreed(&["consent", "restore", &number]);
    assert_eq!(script.run(&["consent", "show", "--org", "HQ"]).code, 0, "what was undone is as it was");
    let unknown = script.run(&["--json", "consent", "add", "Mail.Redwrite", "--type", "application", "--org", "HQ", "--yes"]);
    assert_eq!((unknown.code, &unknown.json()["error"]["code"]), (2, &json!("invalid_input")), "{unknown:?}");

    let users = script.run(&["consent", "users", "--org", "HQ", "--csv"]);
    assert_eq!((users.code, users.out.lines().count()), (0, 61), "nothing is needed in users' own names: {users:?}");
}

#[test]
fn an_import_reads_only_what_changed_unless_it_is_to_read_everybody() {
    if !keychain() {
        return;
    }
    let script = Script::with_keychain();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let options = Options { users: 50, faults: FaultPlan::none(), ..Options::default() };
    let sandbox = runtime.block_on(Sandbox::start(options)).unwrap();
    organization(&script, &serde_json::to_value(sandbox.details()).unwrap());
    let import = |more: &[&str]| script.run(&[&["users", "import", "--org", "HQ", "--all"], more].concat());
    let first = import(&["--json"]).json();
    assert_eq!((&first["new"], &first["since"]), (&json!(50), &json!(null)));

    let upn = sandbox.planted().last().unwrap().upn.clone();
    assert!(sandbox.change(|world| {
        world.add_user("Ada Newcomer", "ada.newcomer");
        world.delete_user(&upn)
    }));
    let changes = import(&["--json"]).json();
    assert!(changes["since"].is_i64(), "{changes}");
    assert_eq!([&changes["read"], &changes["new"], &changes["gone"]], [1, 1, 1], "one came and one went: {changes}");

    let told = import(&[]);
    assert_eq!(told.code, 0, "{told:?}");
    assert!(told.out.contains("What changed since ") && told.out.contains("--anew reads everybody"), "{told:?}");
    assert!(told.out.contains("0 users read"), "{told:?}");

    let anew = import(&["--json", "--anew"]).json();
    assert_eq!((&anew["read"], &anew["since"]), (&json!(50), &json!(null)), "{anew}");
    assert_eq!(script.run(&["users", "import", "--org", "HQ", "--filter", "x", "--anew"]).code, 2, "a filter always reads anew");
}

#[test]
fn a_run_that_is_killed_goes_on_where_it_was() {
    if !keychain() {
        return;
    }
    let script = Script::with_keychain();
    let faults = script.file("faults.json", "{}");
    let served = Served::start(&script, &["--users", "800", "--faults", &faults, "--latency-ms", "60"]);
    first_stage(&script, &served);
    assert_eq!(in_the_browser(&script, &["consent", "grant", "--org", "HQ"], &Person::Admin).code, 0);

    let mut running = script.start(&["verify", "--org", "HQ"]);
    // The first line of progress is written when the first group of answers is on disk.
    running.until(" of 800 mailboxes");
    running.signal("KILL");
    assert_eq!(running.end().code, -1);

    let cut_off = &script.run(&["runs", "list", "--json"]).json()[0];
    assert_eq!(cut_off["state"], "interrupted", "{cut_off}");
    let before = cut_off["probes_done"].as_u64().unwrap();
    assert!(before > 0 && before < 4_000, "{before} of 4,000 probes were on disk");

    let mut paused = script.start(&["verify", "--org", "HQ", "--resume", "1"]);
    paused.until(" of 800 mailboxes");
    paused.signal("INT");
    let paused = paused.end();
    assert_eq!(paused.code, 3, "{paused:?}");
    assert!(paused.err.contains("--resume 1"), "it says how to go on: {}", paused.err);

    let resumed = script.run(&["verify", "--org", "HQ", "--resume", "1", "--json"]);
    assert_eq!(resumed.code, 0, "{resumed:?}");
    let summary = resumed.json();
    assert_eq!((&summary["run"], &summary["passed"], &summary["not_run"]), (&json!(1), &json!(800), &json!(0)));
    assert_eq!(script.run(&["verify", "--org", "HQ", "--resume", "1"]).code, 2, "a run that is over is not taken up again");
}

#[test]
fn a_user_signs_in_is_checked_with_the_own_token_and_is_migrated_step_by_step() {
    if !keychain() {
        return;
    }
    const WHO: &str = "plain.user@contoso.example";
    const OTHER: &str = "global.reader@contoso.example";
    let script = Script::with_keychain();
    let served = Served::start(&script, &["--users", "60", "--seed", "5", "--faults", &script.file("none.json", "{}")]);
    organization(&script, &served.details);
    let client_id = served.details["client_id"].as_str().unwrap();
    let add = ["integration", "add", "Sales", "--tenant", "Lab", "--client-id", client_id, "--preset", "outreach"];
    let added = script.run(&add);
    assert_eq!(added.code, 0, "{added:?}");
    let create =
        ["org", "create", "Out", "--tenant", "Lab", "--external-id", "out", "--integration", "Sales", "--access", "graph_delegated"];
    assert_eq!(script.run(&create).code, 0);
    assert_eq!(script.run(&["users", "import", "--org", "Out", "--all"]).code, 0);
    let granted = in_the_browser(&script, &["consent", "grant", "--org", "Out", "--exact"], &Person::Admin);
    assert_eq!(granted.code, 0, "{granted:?}");
    assert_eq!(script.run(&["verify", "--org", "Out"]).code, 3, "nobody has signed in");

    let other = in_the_browser(&script, &["users", "connect", WHO], &Person::Upn(OTHER.to_owned()));
    assert_eq!(other.code, 4, "another account signed in: {other:?}");
    let connected = in_the_browser(&script, &["users", "connect", WHO], &Person::Upn(WHO.to_owned()));
    assert_eq!(connected.code, 0, "{connected:?}");
    let checked = script.run(&["--json", "verify", "--org", "Out"]);
    assert_eq!((&checked.json()["passed"], &checked.json()["not_run"]), (&json!(1), &json!(59)), "{checked:?}");

    let told = script.run(&["verify", "--org", "Out"]);
    assert!(told.code == 3 && told.err.contains("an account has to sign in first"), "why most weren't checked is said: {told:?}");

    let users = |arguments: &[&str]| script.run(&[&["--json", "users"], arguments].concat());
    assert_eq!(users(&["mailbox", "set", WHO, WHO, "--sync", "on", "--send", "on"]).code, 0);
    assert_eq!(users(&["mailbox", "add", WHO, OTHER]).code, 0);
    let told = script.run(&["users", "mailboxes", WHO]).out.split_whitespace().collect::<Vec<_>>().join(" ");
    let connect = format!("{OTHER}: rollcallctl users connect {WHO} --mailbox {OTHER}, and its own account signs in");
    assert!(told.contains(&connect) && !told.contains(&format!("{WHO}: rollcallctl")), "only the other one is to be connected: {told}");
    let listed = |only: &[&str]| users(&[&["list"], only].concat()).json().as_array().unwrap().len();
    let states = [listed(&["--sign-in", "connected"]), listed(&["--sign-in", "needed,not-signed-in"]), listed(&["--several-mailboxes"])];
    assert_eq!(states, [1, 59, 1]);
    let old = users(&["migrate", "begin", WHO, "--to", OTHER, "--add-in", "1.9", "--minimum", "1.10"]);
    assert_eq!((old.code, &old.json()["error"]["code"]), (3, &json!("add_in_too_old")));
    assert_eq!(users(&["migrate", "begin", WHO, "--to", OTHER, "--add-in", "1.10", "--minimum", "1.10"]).code, 0);
    let early = users(&["migrate", "tick", WHO, "stop_sync_of_old"]);
    assert_eq!((early.code, &early.json()["error"]["code"]), (3, &json!("step_not_checked")));
    assert_eq!(users(&["migrate", "check", WHO]).code, 0);
    assert_eq!(users(&["migrate", "tick", WHO, "stop_sync_of_old"]).code, 0);
    assert_eq!(users(&["migrate", "check", WHO]).code, 4, "the new mailbox is not connected");
    let shown = script.run(&["users", "migrate", "show", WHO]);
    assert!(shown.code == 3 && shown.out.contains("2. The new mailbox is connected (connect_new): next"), "{shown:?}");

    // When it is over, the new mailbox is checked and read, and the old one no more.
    let connected = in_the_browser(&script, &["users", "connect", WHO, "--mailbox", OTHER], &Person::Upn(OTHER.to_owned()));
    assert_eq!(connected.code, 0, "{connected:?}");
    for (step, asks) in
        [("connect_new", true), ("switch_on_new", true), ("stop_send_of_old", true), ("make_default", false), ("hand_over", false)]
    {
        assert!(!asks || users(&["migrate", "check", WHO]).code == 0, "{step}");
        assert_eq!(users(&["migrate", "tick", WHO, step]).code, 0, "{step}");
    }
    let view = users(&["mailboxes", WHO]).json();
    let read: Vec<&Value> = view["addresses"].as_array().unwrap().iter().filter(|one| one["read"] == true).collect();
    assert!(read.len() == 1 && read[0]["address"] == OTHER, "{view}");
    assert_eq!(users(&["disconnect", WHO]).code, 0);
    let lines = script.run(&["verify", "--org", "Out", "--format", "jsonl"]).out;
    let of_user = lines.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()).find(|line| line["upn"] == WHO).unwrap();
    let mail = &of_user["workloads"]["mail"];
    assert_eq!((&mail["verdict"], &mail["mailbox"]), (&json!("passed"), &json!(OTHER)), "the own sign-in is not needed: {of_user}");
    let synced = script.run(&["org", "sync", "Out", "--all"]);
    assert_eq!(synced.code, 0, "{synced:?}");
    let described = script.run(&["users", "describe", WHO]).out.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(described.contains(&format!("nothing; {OTHER} was read")), "{described}");
    assert_eq!(users(&["disconnect", WHO, "--mailbox", OTHER]).code, 0);
    assert_eq!(users(&["mailboxes", WHO]).code, 3, "nothing is connected any more");
    let described = script.run(&["users", "describe", WHO]).out;
    assert!(described.contains(&format!("mail of {OTHER}")), "whose mailbox it was is said: {described}");
}

#[test]
fn users_are_brought_in_as_was_shown_and_kept_complete_by_rules() {
    if !keychain() {
        return;
    }
    let script = Script::with_keychain();
    let served = Served::start(&script, &["--users", "80", "--seed", "5", "--faults", &script.file("none.json", "{}")]);
    organization(&script, &served.details);

    let list = script.file("team.csv", "Name;E-mail\nAdmin;ADMIN@contoso.example\nNobody;nobody@contoso.example\n");
    let looked = script.run(&["users", "import", "--org", "HQ", "--csv", &list, "--dry-run", "--json"]);
    assert_eq!(looked.code, 3, "somebody is unknown: {looked:?}");
    let looked = looked.json();
    assert_eq!((&looked["fates"]["added"], &looked["list"]["separator"]), (&json!(1), &json!("semicolon")));
    assert_eq!((&looked["lines"][1]["line"], &looked["lines"][1]["fate"]["kind"]), (&json!(3), &json!("unknown")));
    let report = script.run(&["users", "import", "--org", "HQ", "--csv", &list, "--dry-run", "--format", "csv"]).out;
    assert!(report.starts_with("line,written,result,"), "{report}");
    assert_eq!(script.run(&["users", "list", "--json"]).json(), json!([]), "nothing was stored");
    let other = script.run(&["--json", "users", "import", "--org", "HQ", "--csv", &list, "--as-shown", "0000000000000000"]);
    assert_eq!(other.json()["error"]["code"], "changed", "{other:?}");
    let seal = looked["seal"].as_str().unwrap();
    let imported = script.run(&["--json", "users", "import", "--org", "HQ", "--csv", &list, "--as-shown", seal]);
    assert_eq!((imported.code, &imported.json()["new"]), (3, &json!(1)), "{imported:?}");

    // A group by its name; one that isn't named whole is asked about.
    let vague = script.run(&["--json", "users", "import", "--org", "HQ", "--group", "Integration", "--nested"]);
    assert_eq!(vague.json()["error"]["code"], "not_found", "{vague:?}");
    let pilot = script.run(&["--json", "users", "import", "--org", "HQ", "--group", "integration pilot"]);
    assert_eq!(pilot.code, 0, "{pilot:?}");

    let added = script.run(&["--json", "rules", "add", "--org", "HQ", "--attribute", "department", "--is", "Finance,Legal"]);
    assert_eq!(added.code, 0, "{added:?}");
    let ran = script.run(&["--json", "rules", "run", "--tenant", "Lab"]);
    let proposed = ran.json()[0]["rule"]["outcome"]["proposed"].as_u64().unwrap();
    assert!(proposed > 1, "{ran:?}");
    let waiting = script.run(&["--json", "rules", "proposals", "--org", "HQ"]).json();
    assert_eq!(waiting.as_array().unwrap().len() as u64, proposed);
    let upn = waiting[0]["upn"].as_str().unwrap();
    assert_eq!(script.run(&["--json", "rules", "decline", "--org", "HQ", upn]).json()["users"], 1);
    assert_eq!(script.run(&["--json", "rules", "accept", "--org", "HQ", "--all"]).json()["new"], proposed - 1);
    assert_eq!(script.run(&["--json", "rules", "run"]).json()[0]["proposed"], 0, "who was declined stays declined");
    assert_eq!(script.run(&["--json", "rules", "reconsider", "--org", "HQ", upn]).json()["users"], 1);

    let judged = script.run(&["--json", "users", "preflight", "--org", "HQ"]);
    assert_eq!(judged.code, 0, "{judged:?}");
    let ready = script.run(&["users", "list", "--eligibility", "ready", "--json"]).json();
    assert_eq!(ready.as_array().unwrap().len() as u64, judged.json()["counts"]["ready"].as_u64().unwrap());
    assert_eq!(script.run(&["users", "list", "--eligibility", "fine"]).code, 2);
}
