//! What doesn't need a tenant: help, bad input, the shape of answers, the lock.

use std::collections::BTreeSet;
use std::process::Command;

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
            "rules",
            "permissions",
            "consent",
            "scope",
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
        &["issues", "show"],
        &["issues", "recheck", "x"],
        &["issues", "snooze", "x", "--org", "HQ"],
        &["issues", "snooze", "x", "--org", "HQ", "--note", "y", "--until", "tomorrow"],
        &["issues", "show", "x", "--addresses"],
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
        let fields: BTreeSet<&str> = error.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(fields, BTreeSet::from(["advice", "client_request_id", "code", "detail", "request_id", "title", "until"]));
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

    let nobody = script.run(&["org", "sync", "HQ", "--tenant", "Fabrikam"]);
    assert!(nobody.code == 3 && nobody.err.contains("users import --org HQ --all"), "it can be typed as it stands: {nobody:?}");

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

/// A tenant and an integration in it.
fn described() -> Script {
    let script = Script::new();
    script.run(&["tenant", "add", "Lab", "--cloud", "global", "--tenant-id", "contoso.example", "--client-id", CLIENT]);
    let add = ["integration", "add", "CRM", "--tenant", "Lab", "--client-id", CLIENT, "--preset", "revenue-grid"];
    assert_eq!(script.run(&add).code, 0);
    script
}

fn names_of(permissions: &serde_json::Value) -> Vec<String> {
    let list = permissions.as_array().unwrap().iter();
    list.map(|wanted| format!("{} {}", wanted["name"].as_str().unwrap(), wanted["type"].as_str().unwrap())).collect()
}

#[test]
fn a_list_is_taken_in_whatever_form_it_comes_and_what_was_chosen_is_said() {
    let script = described();
    for (name, text) in [
        ("list.txt", "Mail.Read (Application)\nCalendars.Read (Delegated)\n"),
        ("table.csv", "\u{feff}Permission;Type;Used for\r\nMail.Read;Application;Mail\r\nCalendars.Read;Delegated;Meetings\r\n"),
        ("table.md", "| Permission | Type |\n|---|---|\n| `Mail.Read` | Application |\n| `Calendars.Read` | Delegated |\n"),
        (
            "registration.json",
            r#"{"requiredResourceAccess": [{"resourceAppId": "00000003-0000-0000-c000-000000000000", "resourceAccess": [
                {"id": "810c84a8-4a9e-49e6-bf7d-12d183f40d01", "type": "Role"}, {"id": "465a38f9-76ea-45b9-9f34-9e8b0d4b0b42", "type": "Scope"}]}]}"#,
        ),
    ] {
        let changed = script.run(&["--json", "integration", "change", "CRM", "--permissions", &script.file(name, text)]);
        assert_eq!((changed.code, changed.err.as_str()), (0, ""), "{name}: {changed:?}");
        assert_eq!(
            names_of(&changed.json()["integration"]["permissions"]),
            ["Mail.Read application", "Calendars.Read delegated"],
            "{name}"
        );
    }
    let piped = script.pipe(&["integration", "change", "CRM", "--permissions", "-"], "mail.send, offline_access, mail.send");
    assert_eq!(piped.code, 0, "{piped:?}");
    for told in ["line 1 (mail.send): no type is given, so it is taken as application", "taken as delegated, the only type", "taken once"] {
        assert!(piped.err.contains(told), "{told}: {}", piped.err);
    }
    assert_eq!(script.pipe(&["--quiet", "integration", "change", "CRM", "--permissions", "-"], "Mail.Send").err, "");
}

#[test]
fn a_bad_line_is_named_with_the_reason_and_the_next_step_and_nothing_is_stored() {
    let script = described();
    let before = script.run(&["--json", "integration", "describe", "CRM"]).out;
    for (text, told) in [
        (
            "Mail.Read (Application)\nMail.Raed (Application)",
            "line 2 (Mail.Raed): no permission of that name is known; did you mean Mail.Read?",
        ),
        ("Calendars.Read.Shared (Application)", "line 1 (Calendars.Read.Shared): it exists only as delegated"),
        ("https://graph.microsoft.com/.default", "--from-registration"),
        ("Permission,Type\nMail.Read,Sometimes", "line 2 (Mail.Read Sometimes): the type is neither application nor delegated"),
        (r#"["Mail.Read", 7]"#, "entry 2 (7): it is no permission"),
        ("{\n  oops", "line 2"),
        ("thank you very much", "no permission is named in it"),
        (" \n", "it is empty"),
        ("Frobnicate.All", "signed in, unknown names are looked for in the tenant too"),
    ] {
        let refused = script.run(&["--json", "integration", "change", "CRM", "--permissions", &script.file("bad", text)]);
        let error = &refused.json()["error"];
        assert_eq!((refused.code, &error["code"]), (2, &json!("invalid_input")), "{text}");
        assert!(error["detail"].as_str().unwrap().contains(told), "{text}: {error}");
    }
    let huge = script.run(&["integration", "change", "CRM", "--permissions", &script.file("huge", &"Mail.Read\n".repeat(40_000))]);
    assert!(huge.code == 2 && huge.err.contains("256 KiB"), "{huge:?}");
    let both = script.pipe(&["integration", "change", "CRM", "--permissions", "-", "--secret-stdin"], "Mail.Read");
    assert!(both.code == 2 && both.err.contains("stdin is taken"), "{both:?}");
    let registration = script.run(&["--json", "integration", "change", "CRM", "--from-registration"]);
    assert_eq!((registration.code, &registration.json()["error"]["code"]), (4, &json!("not_signed_in")), "{registration:?}");
    assert_eq!(script.run(&["--json", "integration", "describe", "CRM"]).out, before);
    let hostile = script.run(&["integration", "change", "CRM", "--permissions", &script.file("hostile", "\u{1b}[31mMail.Raed\u{202e}")]);
    assert!(hostile.code == 2 && !hostile.err.contains(['\u{1b}', '\u{202e}']), "{hostile:?}");
}

#[test]
fn what_is_exported_is_read_back_as_it_was() {
    let script = described();
    let exported = script.run(&["integration", "export", "CRM"]);
    assert_eq!((exported.code, exported.err.as_str()), (0, ""), "{exported:?}");
    let manifest = exported.json();
    assert_eq!((&manifest["name"], manifest["permissions"].as_array().unwrap().len()), (&json!("CRM"), 8));
    let file = script.data().with_file_name("out.json").to_str().unwrap().to_owned();
    let written = script.run(&["integration", "export", "crm", "--out", &file]);
    assert!(written.code == 0 && written.out.contains("out.json"), "{written:?}");
    assert_eq!(std::fs::read_to_string(&file).unwrap(), exported.out);

    let add = ["integration", "add", "Copy", "--tenant", "Lab", "--client-id", CLIENT, "--preset", "custom", "--permissions", &file];
    let added = script.run(&add);
    assert_eq!((added.code, added.err.as_str()), (0, ""), "{added:?}");
    let again = script.run(&["integration", "export", "Copy"]).json();
    assert_eq!(again["permissions"], manifest["permissions"]);
    assert_eq!(script.run(&["integration", "export", "CRM", "--out", "/nonexistent/x.json"]).code, 2);
    let shown = script.run(&["integration", "describe", "CRM"]).out;
    assert!(
        shown.contains("What has to be in place") && shown.contains("The firewall lets the vendor's servers through. Seen by hand."),
        "{shown}"
    );
}

#[test]
fn an_organization_departs_from_its_integration_and_comes_back() {
    let script = described();
    let create = ["org", "create", "HQ", "--tenant", "Lab", "--external-id", "hq", "--integration", "CRM", "--access", "graph_app_only"];
    assert_eq!(script.run(&create).code, 0);
    let list = script.file("own.txt", "Mail.Read\nCalendars.Read\n");
    let adjusted = script.run(&["--json", "org", "adjust", "HQ", "--permissions", &list]);
    assert_eq!(adjusted.code, 0, "{adjusted:?}");
    assert_eq!(names_of(&adjusted.json()["permissions"]), ["Mail.Read application", "Calendars.Read application"], "as its access says");
    let needs = || -> u64 { script.run(&["--json", "org", "describe", "HQ"]).json()["consent"]["required"].as_u64().unwrap() };
    let rows = || script.run(&["--json", "consent", "show", "--org", "HQ"]).json()["consent"]["rows"].as_array().unwrap().len();
    assert_eq!((rows(), needs()), (2, 2), "consent is compared with the list of its own");
    assert!(script.run(&["org", "describe", "HQ"]).out.contains("a list of its own, 2 long"));
    assert_eq!(
        names_of(&script.run(&["org", "export", "HQ"]).json()["permissions"]),
        ["Calendars.Read application", "Mail.Read application"]
    );
    assert_eq!(script.run(&["integration", "export", "CRM"]).json()["permissions"].as_array().unwrap().len(), 8, "that is not touched");

    let reset = script.run(&["org", "adjust", "HQ", "--reset"]);
    assert!(reset.code == 0 && reset.out.contains("requires what its integration does"), "{reset:?}");
    assert_eq!((rows(), needs()), (8, 7), "one of the eight is optional");
    for wrong in [&["org", "adjust", "HQ"][..], &["org", "adjust", "HQ", "--reset", "--permissions", &list]] {
        assert_eq!(script.run(wrong).code, 2, "{wrong:?}");
    }
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
    let mut fields: Vec<&String> = served.details.as_object().unwrap().keys().collect();
    fields.sort();
    assert_eq!(fields, ["admin", "authority", "client_id", "client_secret", "console_client_id", "graph", "tenant_id"]);
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
fn without_a_keychain_a_sign_in_says_so_before_anybody_is_sent_to_a_page() {
    let script = Script::new();
    let served = Served::start(&script, &["--users", "20"]);
    served.connect(&script);
    let ended = script.run(&["--json", "sign-in", "--tenant", "Lab"]);
    let error = &ended.json()["error"];
    assert_eq!((ended.code, &error["code"]), (4, &json!("keychain")), "it is known before anybody is sent to a page: {ended:?}");
    assert!(error["advice"].as_str().unwrap().contains("Unlock it") && !ended.err.contains("Waiting"), "{ended:?}");

    let mut waiting = script.start(&["sign-in", "--tenant", "Lab", "--print-url"]);
    waiting.until("can't be kept for later commands");
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
    assert!(error["advice"].as_str().unwrap().contains("`rollcallctl sign-in --tenant Lab`"), "it can be typed as it stands: {error}");
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

#[test]
fn help_says_what_an_option_goes_with() {
    let help = Script::new().run(&["issues", "show", "--help"]);
    assert!(help.code == 0 && help.out.contains("goes with --support"), "{help:?}");
}

#[test]
fn whoever_has_read_enough_of_the_help_misses_nothing() {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let left = Command::new(env!("CARGO_BIN_EXE_rollcallctl")).arg("--help").stdout(writer).status().unwrap();
    assert_eq!(left.code(), Some(0));
}
