//! What doesn't need a tenant: help, bad input, the shape of answers, the lock.

use serde_json::json;

use crate::script::{Script, Served};

const CLIENT: &str = "11111111-2222-3333-4444-555555555555";

#[test]
fn help_names_what_there_is_and_nothing_else() {
    let script = Script::new();
    let help = script.run(&["--help"]);
    assert_eq!(help.code, 0);
    let commands: Vec<&str> = help
        .out
        .lines()
        .skip_while(|line| *line != "Commands:")
        .skip(1)
        .take_while(|line| !line.is_empty())
        .filter_map(|line| line.split_whitespace().next())
        .collect();
    assert_eq!(
        commands,
        [
            "tenant",
            "sign-in",
            "sign-out",
            "integration",
            "org",
            "users",
            "permissions",
            "consent",
            "verify",
            "runs",
            "issues",
            "journal",
            "settings",
            "practice",
            "rollout"
        ]
    );
    for command in commands {
        let help = script.run(&[command, "--help"]);
        assert_eq!(help.code, 0, "{command}");
        assert!(help.out.contains("Usage: rollcallctl"), "{command}");
        assert!(help.out.contains("--json"), "{command} doesn't say what every command takes");
    }
}

#[test]
fn a_command_that_is_not_understood_is_a_usage_error_in_json_too() {
    let script = Script::new();
    for wrong in [
        &["frobnicate"][..],
        &["tenant", "add"],
        &["tenant", "add", "Lab", "--cloud", "mars", "--tenant-id", "x", "--client-id", CLIENT],
        &["users", "import", "--org", "HQ"],
        &["users", "import", "--org", "HQ", "--all", "--csv", "x.csv"],
        &["org", "change", "HQ"],
        &["verify", "--org", "HQ", "--resume", "one"],
        &["verify", "--org", "HQ", "--resume", "1", "--failed-only"],
        &["verify", "--org", "HQ", "--unknown-only", "--failed-only"],
        &["settings", "set"],
        &["settings", "set", "--resume", "perhaps"],
        &["rollout"],
        &["practice", "serve", "--users", "1000000"],
    ] {
        let plain = script.run(wrong);
        assert_eq!((plain.code, plain.out.as_str()), (2, ""), "{wrong:?}: {}", plain.err);
        assert!(plain.err.contains("error:"), "{wrong:?}");
        let json = script.run(&[wrong, &["--json"]].concat());
        assert_eq!(json.code, 2, "{wrong:?}");
        assert_eq!(json.json()["error"]["code"], "usage", "{wrong:?}");
        assert_eq!(json.err, "", "{wrong:?}: with --json the error is on stdout");
    }
}

#[test]
fn input_that_can_not_be_used_names_the_field() {
    let script = Script::new();
    let add = |cloud: &[&str], id: &str, client: &str| {
        let fixed = ["--json", "tenant", "add", "Lab", "--tenant-id", id, "--client-id", client];
        script.run(&[&fixed, cloud].concat())
    };
    for (ended, field) in [
        (add(&["--cloud", "global"], "common", CLIENT), "directory"),
        (add(&["--cloud", "global"], "contoso.example", "not-a-guid"), "client_id"),
        (add(&["--cloud", "custom"], "contoso.example", CLIENT), "authority"),
        (add(&["--cloud", "global", "--graph", "https://graph.contoso.example"], "contoso.example", CLIENT), "authority"),
        (
            add(&["--cloud", "custom", "--authority", "http://contoso.example", "--graph", "https://x.example"], "contoso.example", CLIENT),
            "authority and graph",
        ),
    ] {
        assert_eq!(ended.code, 2, "{ended:?}");
        let error = &ended.json()["error"];
        assert_eq!(error["code"], "invalid_input");
        assert!(error["detail"].as_str().unwrap().starts_with(field), "{error}");
        let fields: Vec<&String> = error.as_object().unwrap().keys().collect();
        assert_eq!(fields.len(), 5, "{fields:?}");
    }
    let control =
        script.run(&["tenant", "add", "La\u{202e}b", "--cloud", "global", "--tenant-id", "contoso.example", "--client-id", CLIENT]);
    assert_eq!(control.code, 2);
    assert!(!control.err.contains('\u{202e}'), "what was typed doesn't reach the terminal raw");
}

#[test]
fn names_lead_to_what_was_added_and_an_ambiguous_one_asks() {
    let script = Script::new();
    for tenant in ["Contoso", "Fabrikam"] {
        let added = script.run(&["tenant", "add", tenant, "--cloud", "global", "--tenant-id", "contoso.example", "--client-id", CLIENT]);
        assert_eq!(added.code, 0, "{added:?}");
        let add = ["integration", "add", "CRM", "--tenant", tenant, "--client-id", CLIENT, "--preset", "outreach"];
        assert_eq!(script.run(&add).code, 0);
        let create =
            ["org", "create", "HQ", "--tenant", tenant, "--external-id", "hq", "--integration", "CRM", "--access", "graph_app_only"];
        assert_eq!(script.run(&create).code, 0);
    }
    let ambiguous = script.run(&["org", "describe", "HQ"]);
    assert_eq!(ambiguous.code, 2);
    assert!(ambiguous.err.contains("--tenant"), "{}", ambiguous.err);
    let described = script.run(&["--json", "org", "describe", "hq", "--tenant", "fabrikam"]).json();
    assert_eq!(described["tenant_name"], "Fabrikam", "names are found whatever their case");

    let duplicate =
        script.run(&["--json", "tenant", "add", "Contoso", "--cloud", "china", "--tenant-id", "x.example", "--client-id", CLIENT]);
    assert_eq!((duplicate.code, &duplicate.json()["error"]["code"]), (2, &json!("duplicate_name")));
    let used = script.run(&["--json", "integration", "remove", "CRM", "--tenant", "Contoso"]);
    assert_eq!((used.code, &used.json()["error"]["code"]), (3, &json!("has_organizations")));

    let renamed = script.run(&["org", "change", "HQ", "--tenant", "Contoso", "--name", "Main", "--access", "ews_app_only"]);
    assert_eq!(renamed.code, 0, "{renamed:?}");
    let ews = script.run(&["--json", "verify", "--org", "Main"]);
    assert_eq!((ews.code, &ews.json()["error"]["code"]), (3, &json!("uses_ews")));
    assert_eq!(script.run(&["org", "delete", "Main"]).code, 0);
    assert_eq!(script.run(&["tenant", "forget", "Contoso"]).code, 0);
    assert_eq!(script.run(&["--json", "tenant", "list"]).json().as_array().unwrap().len(), 1);
}

#[test]
fn a_custom_list_of_permissions_is_taken_from_a_file_and_a_wrong_one_is_named() {
    let script = Script::new();
    script.run(&["tenant", "add", "Lab", "--cloud", "global", "--tenant-id", "contoso.example", "--client-id", CLIENT]);
    let good = script
        .file("good.json", r#"{"name": "Ours", "permissions": [{"name": "mail.read", "type": "application", "feature": "Reading"}]}"#);
    let add = |name: &str, file: &str| {
        let fixed = ["--json", "integration", "add", name, "--tenant", "Lab", "--client-id", CLIENT, "--preset", "custom"];
        script.run(&[&fixed[..], &["--permissions", file]].concat())
    };
    let added = add("Ours", &good);
    assert_eq!(added.code, 0, "{added:?}");
    assert_eq!(added.json()["integration"]["permissions"][0]["name"], "Mail.Read", "spelled as Microsoft does");
    for (name, text) in [
        ("unknown.json", r#"{"name": "x", "permissions": [{"name": "Mail.Raed", "type": "application"}]}"#),
        ("field.json", r#"{"name": "x", "permissions": [{"name": "Mail.Read", "kind": "application"}]}"#),
        ("broken.json", "{"),
    ] {
        let refused = add("Other", &script.file(name, text));
        assert_eq!((refused.code, &refused.json()["error"]["code"]), (2, &json!("invalid_input")), "{name}");
    }
    let missing = script.run(&["integration", "add", "Other", "--tenant", "Lab", "--client-id", CLIENT, "--preset", "custom"]);
    assert_eq!(missing.code, 2, "a custom integration needs a list");
}

#[test]
fn the_catalogue_has_six_fields_each_and_needs_no_data_folder() {
    let script = Script::new();
    let listed = script.run(&["permissions", "list", "--json", "--data-dir", "/dev/null/nowhere"]);
    assert_eq!(listed.code, 0, "{listed:?}");
    let listed = listed.json();
    let mail = listed.as_array().unwrap().iter().find(|row| row["name"] == "Mail.ReadWrite" && row["type"] == "application").unwrap();
    assert_eq!(
        mail,
        &json!({
            "name": "Mail.ReadWrite", "type": "application", "id": "e2a3a72e-5f79-4c64-b1b1-878b674786c9", "resource": "graph",
            "admin_consent": true, "risk": "critical"
        })
    );
}

#[test]
fn the_catalogue_is_searched_by_name_id_and_meaning() {
    let script = Script::new();
    let found = |text: &str| -> Vec<String> {
        let listed = script.run(&["permissions", "list", "--search", text, "--json"]);
        assert_eq!(listed.code, 0, "{listed:?}");
        listed.json().as_array().unwrap().iter().map(|row| row["name"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(found("SITES.manage"), ["Sites.Manage.All", "Sites.Manage.All"], "one of each type");
    assert_eq!(found("dc890d15-9560-4a4c-9b7f-a736ec74ec40"), ["full_access_as_app"]);
    assert!(found("send anybody").contains(&"Mail.Send".to_owned()));
    assert!(found("nothing of the kind").is_empty());
    let told = script.run(&["permissions", "list", "--search", "mail.send"]);
    assert!(told.out.contains("Send mail in the name of anybody") && told.out.contains("critical"), "{told:?}");
    assert!(script.run(&["permissions", "list", "--search", "nothing of the kind"]).out.contains("nothing of that"));
}

#[test]
fn practice_says_where_it_is_and_ends_when_interrupted() {
    let script = Script::new();
    let served = Served::start(&script, &["--users", "20"]);
    let fields: Vec<&String> = served.details.as_object().unwrap().keys().collect();
    assert_eq!(fields.len(), 6, "{fields:?}");
    assert_eq!(served.get("admin"), "admin@contoso.example");
    let ended = served.interrupt();
    assert_eq!((ended.code, ended.out.as_str()), (0, ""), "{ended:?}");

    let wrong = script.file("faults.json", r#"{"quota": 1}"#);
    let refused = script.run(&["--json", "practice", "serve", "--faults", &wrong]);
    assert_eq!(refused.code, 2);
    assert!(refused.json()["error"]["detail"].as_str().unwrap().contains("quota_exceeded"), "the known kinds are listed");
}

#[test]
fn two_on_one_data_folder_never_write_at_once() {
    let script = Script::new();
    let served = Served::start(&script, &["--users", "20"]);
    assert_eq!(served.connect(&script).code, 0);
    let mut waiting = script.start(&["sign-in", "--tenant", "Lab", "--print-url"]);
    let url = waiting.line();
    assert!(url.starts_with("http://127.0.0.1:") && url.contains("/oauth2/v2.0/authorize?"), "{url}");

    let second = script.run(&["--json", "tenant", "list"]);
    assert_eq!((second.code, &second.json()["error"]["code"]), (6, &json!("data_in_use")), "{second:?}");

    waiting.signal("INT");
    let cancelled = waiting.end();
    assert_eq!(cancelled.code, 4, "{cancelled:?}");
    assert_eq!(script.run(&["tenant", "list"]).code, 0, "the folder is free again");
}

#[test]
fn without_a_keychain_a_sign_in_stores_nothing_and_says_so() {
    let script = Script::new();
    let served = Served::start(&script, &["--users", "20"]);
    served.connect(&script);
    let mut waiting = script.start(&["sign-in", "--tenant", "Lab", "--print-url"]);
    let url = waiting.line();
    crate::script::browse(&url, &rollcall_sandbox::browser::Person::Admin);
    let ended = waiting.end();
    assert_eq!(ended.code, 4, "{ended:?}");
    assert!(ended.out.contains("Nothing was stored"), "{ended:?}");

    let client = served.get("client_id");
    script.run(&["integration", "add", "CRM", "--tenant", "Lab", "--client-id", client, "--preset", "revenue-grid"]);
    script.run(&["org", "create", "HQ", "--tenant", "Lab", "--external-id", "hq", "--integration", "CRM", "--access", "graph_app_only"]);
    let import = script.run(&["--json", "users", "import", "--org", "HQ", "--all"]);
    let error = &import.json()["error"];
    assert_eq!((import.code, &error["code"]), (4, &json!("not_signed_in")));
    assert!(error["detail"].as_str().unwrap().contains("keychain"), "it says why a sign-in doesn't help here: {error}");
    assert_eq!(script.run(&["consent", "show", "--org", "HQ"]).code, 3, "nothing is known about the grants");

    let wrong = script.pipe(&["--json", "verify", "--org", "HQ", "--secret-stdin"], "not-the-secret\n");
    assert_eq!((wrong.code, &wrong.json()["error"]["code"]), (4, &json!("wrong_secret")));
    let empty = script.pipe(&["verify", "--org", "HQ", "--secret-stdin"], "\n");
    assert_eq!(empty.code, 2, "{empty:?}");
}

#[test]
fn settings_stay_as_they_were_set_and_what_is_not_named_is_left_alone() {
    let script = Script::new();
    assert_eq!(script.run(&["settings", "show", "--json"]).json(), json!({ "leave_to_integration": 25, "resume": "on_click" }));
    let set = script.run(&["settings", "set", "--leave-to-integration", "60", "--json"]);
    assert_eq!((set.code, set.json()), (0, json!({ "leave_to_integration": 60, "resume": "on_click" })));
    assert_eq!(script.run(&["settings", "set", "--resume", "by-itself"]).code, 0);
    assert_eq!(script.run(&["settings", "show", "--json"]).json(), json!({ "leave_to_integration": 60, "resume": "by_itself" }));
    let refused = script.run(&["settings", "set", "--leave-to-integration", "91", "--json"]);
    assert_eq!((refused.code, &refused.json()["error"]["code"]), (2, &json!("invalid_input")), "something has to be left for the check");
    assert!(script.run(&["settings", "show"]).out.contains("60 %"), "a refused value changes nothing");
}

#[test]
fn a_log_is_written_only_when_asked_for_and_never_to_stdout() {
    let script = Script::new();
    let plain = script.run(&["--json", "tenant", "list"]);
    assert_eq!((plain.out.as_str(), plain.err.as_str()), ("[]\n", ""));
    let logged = script.command(&["--json", "tenant", "list"]).env("ROLLCALL_LOG", "trace").output().unwrap();
    assert_eq!(logged.stdout, plain.out.as_bytes());
    let lines = String::from_utf8(logged.stderr).unwrap();
    assert!(lines.lines().all(|line| line.contains("rollcall")), "only our own lines: {lines}");
}
