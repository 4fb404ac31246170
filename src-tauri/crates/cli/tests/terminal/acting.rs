//! What is done with users and organizations by command: foreseen, done, told, and refused with the reason.

use rollcall_core::organization::AccessType;
use rollcall_ops::job::Job;
use rollcall_ops::organizations::change::{ChangeOrganization, change};
use rollcall_ops::users::query::UserFilter;
use rollcall_sandbox::{FaultPlan, Sandbox};
use rollcall_tests::{Rehearsal, Scene};
use serde_json::{Value, json};

use crate::script::{Ended, Script};

const USERS: u32 = 12;

/// A folder with `Contoso EU` and an empty `Contoso US`, the principal names of the users, and the tenant that goes on while it is held.
struct Ready {
    script: Script,
    people: Vec<String>,
    sandbox: Sandbox,
}

impl Ready {
    async fn on(access: AccessType) -> Self {
        let script = Script::new();
        let scene = Scene { users: USERS, faults: FaultPlan::none(), ..Scene::default() };
        let rehearsal = Rehearsal::in_folder(&script.data(), scene).await.of_ready_people();
        rehearsal.sandbox.change(|world| {
            if let Some(last) = world.users.last_mut() {
                last.enabled = false;
            }
        });
        let organization = rehearsal.ready().await.id;
        rehearsal.organization("Contoso US", "US-01").await.unwrap();
        let ask = ChangeOrganization { access: Some(access), ..ChangeOrganization::of(organization) };
        change(&rehearsal.desk, ask, &Job::quiet()).await.unwrap();
        let people = rehearsal.found(UserFilter::default()).await.into_iter().map(|row| row.user.directory.upn).collect();
        let Rehearsal { desk, sandbox, .. } = rehearsal;
        drop(desk);
        Self { script, people, sandbox }
    }

    /// Acts on users, and answers the exit code with what is done, queued, untouched and refused.
    fn act(&self, arguments: &[&str]) -> (i32, [u64; 4]) {
        let ended = self.users(arguments);
        let acted = ended.json();
        (ended.code, ["done", "queued", "untouched", "refused"].map(|field| acted[field].as_u64().unwrap_or_else(|| panic!("{ended:?}"))))
    }

    fn users(&self, arguments: &[&str]) -> Ended {
        self.script.run(&[&["--json", "users"], arguments].concat())
    }

    fn row(&self, upn: &str) -> Value {
        self.users(&["describe", upn]).json()["row"].clone()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn users_are_switched_within_the_window_taken_back_and_moved() {
    let ready = Ready::on(AccessType::EwsAppOnly).await;
    let [one, other] = [ready.people[0].as_str(), ready.people[1].as_str()];
    let unswitched = ready.script.run(&["--json", "verify", "--org", "Contoso EU"]);
    assert_eq!((unswitched.code, &unswitched.json()["error"]["code"]), (3, &json!("uses_ews")));
    let secret = format!("{}\n", ready.sandbox.details().client_secret);
    let unread = ready.script.pipe(&["org", "sync", "Contoso EU", "--all", "--secret-stdin"], &secret);
    assert!(unread.code == 0 && unread.err.contains("Nobody is read here: whoever is on EWS"), "{unread:?}");
    assert_eq!(ready.act(&["switch", one]), (3, [0, 0, 0, 1]), "nothing before the limitations were accepted");
    assert_eq!(ready.users(&["switch", one, "--dry-run"]).code, 3, "as the switch itself would end");
    let refused = ready.script.run(&["users", "switch", one]);
    assert!(refused.out.contains(&format!("{one}: ")) && refused.err.contains("--acknowledge accepts it:"), "{refused:?}");

    // A window that opens on no day that is today or tomorrow.
    let window = ["org", "window", "Contoso EU", "--from", "03:00", "--to", "03:01", "--zone", "UTC", "--days"];
    let day = far_day();
    assert_eq!(ready.script.run(&[&window[..], &[day]].concat()).code, 0);
    assert_eq!(ready.act(&["switch", "--acknowledge", one, other]), (0, [0, 2, 0, 0]));
    let listed = |filter: &[&str]| ready.users(&[&["list"], filter].concat()).json().as_array().unwrap().len();
    assert_eq!((listed(&["--queued"]), listed(&["--stuck"])), (2, 0));
    assert_eq!(ready.act(&["withdraw", one]), (0, [1, 0, 0, 0]));
    assert_eq!((listed(&["--queued"]), ready.users(&["list", "--stuck", "--status", "error"]).code), (1, 2));
    assert_eq!(ready.act(&["switch", "--now", one]), (0, [1, 0, 0, 0]));
    assert_eq!(ready.act(&["switch", "--now", one]), (0, [0, 0, 1, 0]), "done once, and untouched then");
    assert_eq!(ready.row(one)["user"]["mailbox"], "switching");
    let secret = ready.sandbox.details().client_secret.clone();
    let checked = ready.script.pipe(&["--json", "verify", "--org", "Contoso EU", "--secret-stdin", "--user", one], &secret);
    assert_eq!((checked.code, &checked.json()["passed"]), (0, &json!(1)), "who was switched is checked: {checked:?}");
    assert_eq!(ready.script.run(&["org", "window", "Contoso EU", "--always"]).code, 0);

    let foreseen = ready.users(&["go-back", one, "--dry-run"]);
    assert_eq!(foreseen.code, 0, "nobody would be refused");
    let foreseen = foreseen.json();
    assert_eq!((&foreseen["changes"], ready.row(one)["effective_access"].clone()), (&json!(1), json!("graph_app_only")));
    assert_eq!(ready.act(&["go-back", one]), (0, [1, 0, 0, 0]));
    assert_eq!(ready.row(one)["effective_access"], "ews_app_only");
    assert_eq!(listed(&["--access", "graph_app_only,graph_delegated"]), 0);
    assert_eq!(listed(&["--access", "ews_app_only"]), ready.people.len());
    assert_eq!(ready.act(&["set-access", "--to", "graph_app_only", one]), (3, [0, 0, 0, 1]), "from EWS to Graph only a switch leads");
    assert_eq!(ready.act(&["set-access", "--to", "ews_delegated", one]), (0, [1, 0, 0, 0]));
    let told = |upn: &str| ready.script.run(&["users", "describe", upn]).out;
    assert!(told(one).contains("ews_delegated, set on the user") && told(other).contains("ews_app_only, set on the organization"));
    assert_eq!((ready.row(one)["user"]["access"].clone(), ready.users(&["set-access", one]).code), (json!("ews_delegated"), 2));
    assert_eq!(ready.act(&["set-access", "--inherit", one]), (0, [1, 0, 0, 0]));
    assert_eq!(ready.row(one)["user"]["access"], Value::Null);

    let unready = ready.users(&["list", "--eligibility", "disabled"]).json();
    let unready = unready[0]["user"]["directory"]["upn"].as_str().unwrap();
    let left_alone = ready.script.run(&["users", "switch", unready]);
    assert!(
        left_alone.code == 3 && left_alone.out.contains(&format!("{unready}: ")) && left_alone.out.contains("disabled"),
        "{left_alone:?}"
    );
    assert_eq!(ready.act(&["switch", "--not-ready", unready]), (0, [1, 0, 0, 0]));

    assert_eq!(ready.act(&["move", "--to", "Contoso US", one]), (0, [1, 0, 0, 0]));
    assert_eq!(ready.row(one)["effective_access"], "ews_app_only", "it stays where it is until it is switched");
    for (who, code, why) in [(one, 2, "is in Contoso US"), (other, 3, "can't be asked, and nobody was.")] {
        let unasked = ready.script.run(&["verify", "--org", "Contoso EU", "--user", &format!("{unready},{who}")]);
        assert!(unasked.code == code && unasked.err.contains(why), "nobody is left out in silence: {unasked:?}");
    }
    assert_eq!(ready.row(one)["organization_name"], "Contoso US");
}

#[tokio::test(flavor = "multi_thread")]
async fn users_are_read_checked_disabled_excluded_reset_and_removed() {
    let ready = Ready::on(AccessType::GraphAppOnly).await;
    let [one, other] = [ready.people[0].as_str(), ready.people[1].as_str()];
    let secret = ready.sandbox.details().client_secret.clone();
    let read = |upn: &str| ready.script.pipe(&["--json", "users", "sync", upn, "--secret-stdin"], &secret);
    assert_eq!(ready.script.run(&["org", "start", "Contoso EU"]).code, 0);
    assert_eq!(ready.act(&["disable", one]), (0, [1, 0, 0, 0]));
    assert_eq!(ready.row(one)["effective_sync"], "disabled");
    let disabled = ready.users(&["list", "--sync", "disabled,disabled_due_to_error"]).json();
    assert_eq!((disabled.as_array().unwrap().len(), &disabled[0]["user"]["directory"]["upn"]), (1, &json!(one)));
    assert!(ready.script.run(&["users", "describe", one]).out.contains("disabled, set on the user"));
    assert_eq!(ready.act(&["enable", one]), (0, [1, 0, 0, 0]));
    let synced = read(one);
    assert_eq!((synced.code, ready.row(one)["user"]["mailbox"].clone()), (0, json!("initialized")), "{synced:?}");

    let described = ready.script.run(&["users", "describe", one]).out;
    assert!(described.contains("WHAT DID NOT PASS") && described.contains("Failed sessions in a row"), "{described}");
    assert_eq!(ready.users(&["describe", one]).json()["sessions"][0]["number"], 1);

    let checked =
        ready.script.pipe(&["--json", "verify", "--org", "Contoso EU", "--secret-stdin", "--user", &format!("{one},{other}")], &secret);
    assert_eq!((checked.code, &checked.json()["passed"]), (0, &json!(2)), "these two and nobody else: {checked:?}");
    let described = ready.script.run(&["users", "describe", one]).out;
    assert!(described.contains("Request IDs, for Microsoft's support:\n  mail: request-id "), "{described}");

    assert_eq!(ready.users(&["delete", one, other, "--dry-run"]).code, 3, "one of them would be refused");
    let kept = ready.act(&["delete", one, other]);
    assert_eq!(kept, (3, [1, 0, 0, 1]), "who is initialized stays");
    assert_eq!(ready.act(&["reset", one]), (0, [1, 0, 0, 0]));
    assert_eq!(ready.row(one)["user"]["mailbox"], "not_initialized");
    assert_eq!(read(one).code, 0);
    assert_eq!(ready.act(&["exclude", one]), (0, [1, 0, 0, 0]));
    assert_eq!(ready.act(&["exclude", one]), (0, [0, 0, 1, 0]));
    assert_eq!(ready.act(&["include", one]), (0, [1, 0, 0, 0]));
    assert_eq!(ready.act(&["delete", "--force", one]), (0, [1, 0, 0, 0]));
    assert_eq!(ready.act(&["disable", "--all-of", "Contoso EU"]), (0, [u64::from(USERS) - 2, 0, 0, 0]));
}

#[tokio::test(flavor = "multi_thread")]
async fn organizations_are_renamed_disabled_started_paused_and_deleted() {
    let ready = Ready::on(AccessType::GraphAppOnly).await;
    let org = |arguments: &[&str]| ready.script.run(&[&["--json", "org"], arguments].concat());
    let renamed = org(&["change", "Contoso US", "--name", "Contoso Americas", "--sync", "disabled"]);
    assert_eq!((renamed.code, &renamed.json()["sync"], &renamed.json()["external_id"]), (0, &json!("disabled"), &json!("US-01")));
    assert_eq!(org(&["change", "Contoso Americas", "--name", "Contoso EU"]).json()["error"]["code"], "duplicate_name");
    assert_eq!(org(&["start", "Contoso EU"]).code, 0);
    let running = |name: &str| org(&["describe", name]).json()["organization"]["rhythm"]["paused"].is_null();
    assert!(running("Contoso EU"));
    assert_eq!(org(&["pause", "Contoso EU"]).code, 0);
    assert!(!running("Contoso EU"));
    let listed = ready.script.run(&["org", "list"]).out;
    for told in ["EU-01", "graph_app_only", "not_initialized", "EXTERNAL ID", "LAST SESSION", "STAGE", "3 Verify: not started"] {
        assert!(listed.contains(told), "{told}: {listed}");
    }
    let foreseen = |more: &[&str]| org(&[&["delete", "Contoso EU", "--dry-run"], more].concat());
    let refused = foreseen(&[]);
    assert_eq!((refused.code, &refused.json()["belongings"]["users"]), (3, &json!(USERS)), "it has users: {refused:?}");
    assert_eq!(foreseen(&["--force"]).code, 0, "with them it may go");
    let told = ready.script.run(&["org", "delete", "Contoso EU", "--dry-run"]).out;
    assert!(told.contains(&format!("would go: {USERS} users, ")) && told.contains("It would be refused: "), "{told}");
    assert_eq!(org(&["delete", "Contoso Americas"]).code, 0);
    let left = org(&["list"]).json();
    assert_eq!(left.as_array().unwrap().len(), 1, "{left}");
}

/// The day of the week, as a command takes it, on which a window opens that is days away from now.
fn far_day() -> &'static str {
    const DAYS: [&str; 7] = ["thu", "fri", "sat", "sun", "mon", "tue", "wed"];
    // 1970 began on a Thursday.
    let today = rollcall_tests::clock()().0.div_euclid(24 * 60 * 60 * 1_000);
    DAYS[usize::try_from((today + 3).rem_euclid(7)).unwrap()]
}
