//! The waves of a switch as a script sees them: foreseen, planned, changed, and why not.

use rollcall_core::eligibility::Eligibility;
use rollcall_core::id::OrganizationId;
use rollcall_core::organization::{AccessType, Organization};
use rollcall_core::verdict::Verdict;
use rollcall_core::wave::{Entry, Exit, OwnExit};
use rollcall_ops::desk::Desk;
use rollcall_ops::job::Job;
use rollcall_ops::organizations::acknowledge::acknowledge;
use rollcall_ops::organizations::change::{ChangeOrganization, change};
use rollcall_ops::organizations::delete::OrganizationRef;
use rollcall_ops::sync::run::Whose;
use rollcall_ops::users::act::Chosen;
use rollcall_ops::users::query::UserFilter;
use rollcall_ops::waves::plan::{Pilot, PlanWaves, plan};
use rollcall_ops::waves::start::{StartWave, start};
use rollcall_sandbox::{FaultKind, FaultPlan};
use rollcall_tests::{Rehearsal, Scene, meant};
use serde_json::{Value, json};

use crate::script::{Ended, Script};

const EXIT: Exit = Exit { initialized: 0, failed: 0, hours: 0, issues: None };

/// Forty users on EWS in the script's folder, which is the script's own from here on; the tenant goes on as long as it is held.
async fn on_ews(script: &Script) -> (String, Vec<String>, impl Sized) {
    let rehearsal = Rehearsal::in_folder(&script.data(), Scene { users: 40, ..Scene::default() }).await.of_ready_people();
    let (organization, people) = to_ews(&rehearsal).await;
    let Rehearsal { desk, sandbox, kept, .. } = rehearsal;
    drop(desk);
    (organization.name, people, (sandbox, kept))
}

/// Everybody of the directory in an organization on EWS, and their principal names.
async fn to_ews(rehearsal: &Rehearsal) -> (Organization, Vec<String>) {
    let organization = rehearsal.ready().await;
    let to_ews = ChangeOrganization { access: Some(AccessType::EwsAppOnly), ..ChangeOrganization::of(organization.id) };
    change(&rehearsal.desk, to_ews, &Job::quiet()).await.unwrap();
    let people = rehearsal.found(UserFilter::default()).await.into_iter().map(|row| row.user.directory.upn).collect();
    (organization, people)
}

#[tokio::test(flavor = "multi_thread")]
async fn waves_are_foreseen_planned_and_users_put_into_another_one() {
    let script = Script::new();
    let (organization, people, _tenant) = on_ews(&script).await;

    let waves = |more: &[&str]| script.run(&[&["org", "waves"], more, &[&organization, "--json"]].concat());
    let two = people[..2].join(",");
    let plan = ["plan", "--pilot-users", two.as_str(), "--shares", "25"];
    let foreseen = waves(&[&plan[..], &["--dry-run"]].concat());
    assert_eq!((foreseen.code, foreseen.json()["waves"].clone()), (0, serde_json::json!([2, 10, 28])), "{foreseen:?}");
    let unknown = waves(&["plan", "--pilot-users", "nobody@contoso.example"]);
    assert_eq!((unknown.code, unknown.json()["error"]["code"].clone()), (2, "invalid_input".into()), "{unknown:?}");

    let planned = waves(&[&plan[..], &["--own", "1:hours=72,issues=any"]].concat());
    assert_eq!(planned.code, 0, "{planned:?}");
    assert_eq!(planned.json()["waves"][0]["own"], serde_json::json!({ "initialized": 95, "failed": 2, "hours": 72, "issues": "any" }));
    assert_eq!(planned.json()["waves"][1]["own"], serde_json::Value::Null);
    let wrong = waves(&[&plan[..], &["--own", "5:hours=72"]].concat());
    assert_eq!(wrong.code, 2, "there is no fifth wave: {wrong:?}");

    let put = |wave: &str, upn: &str| script.run(&["org", "waves", "put", &organization, "--wave", wave, upn, "--json"]);
    let came = put("2", &people[0]);
    assert_eq!((came.code, came.json()["sizes"].clone()), (0, serde_json::json!([1, 11, 28])), "{came:?}");
    let emptied = put("2", &people[1]);
    assert_eq!((emptied.code, emptied.json()["error"]["code"].clone()), (3, "wave_emptied".into()), "{emptied:?}");
    let kept_pilot = waves(&["plan", "--keep-pilot", "--shares", "50"]);
    assert_eq!(kept_pilot.json()["waves"][0]["seen"]["users"], 1, "{kept_pilot:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_pilot_starts_once_what_graph_cannot_do_is_accepted_with_it() {
    let script = Script::new();
    let (organization, _, _tenant) = on_ews(&script).await;
    assert_eq!(script.run(&["org", "waves", "plan", &organization, "--pilot", "3"]).code, 0);
    let start = |more: &[&str]| script.run(&[&["org", "waves", "start", &organization, "--wave", "1"], more].concat());

    let unread = start(&[]);
    assert_eq!(unread.code, 3, "{unread:?}");
    assert!(unread.err.contains("--acknowledge accepts it:\n  · "), "{unread:?}");
    assert!(!unread.err.contains("WaveWaits"), "no name from inside: {unread:?}");
    assert_eq!(start(&["--json"]).json()["error"]["detail"], "");
    let both = start(&["--acknowledge", "--dry-run"]);
    assert!(both.code == 2 && both.err.contains("it is a decision"), "{both:?}");
    assert_eq!(start(&["--json"]).json()["error"]["code"], "wave_waits", "nothing was accepted by the dry run");

    let dry = start(&["--dry-run"]);
    assert!(dry.code == 3 && dry.out.starts_with("It can't be started: The wave can't start yet."), "{dry:?}");
    assert!(dry.out.contains("3 would change once what Graph can't do is accepted") && !dry.out.contains("refused"), "{dry:?}");
    assert_eq!(
        (&start(&["--dry-run", "--json"]).json()["start"], start(&["--dry-run"]).out.contains("--now")),
        (&"wave_waits".into(), false)
    );

    let started = start(&["--acknowledge"]);
    assert!(started.code == 0 && started.out.starts_with("3 users done"), "{started:?}");
    assert!(started.err.contains("  · "), "what is accepted is shown: {started:?}");
    let deleted = script.run(&["users", "delete", "--all-of", &organization]);
    assert!(deleted.code == 3 && deleted.out.contains("The mailbox is initialized or switching."), "{deleted:?}");
    let described = script.run(&["org", "describe", &organization]);
    assert!(described.out.contains("10 acknowledged at ") && described.out.contains(" by admin@contoso.example"), "{described:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dry_run_of_a_wave_and_of_its_way_back_ends_as_the_wave_itself_would_and_does_nothing() {
    let script = Script::new();
    let rehearsal = Rehearsal::in_folder(&script.data(), Scene { users: 40, ..Scene::default() }).await.of_ready_people();
    rehearsal.sandbox.change(|world| world.users.last_mut().unwrap().enabled = false);
    let (Organization { id, name, .. }, people) = to_ews(&rehearsal).await;
    acknowledge(&rehearsal.desk, OrganizationRef { organization: id }, &Job::quiet()).await.unwrap();
    let unready = UserFilter { eligibility: vec![Eligibility::Disabled], ..UserFilter::default() };
    let unready = rehearsal.found(unready).await[0].user.directory.upn.clone();
    let [one, other] = [0, 1].map(|nth| people.iter().filter(|upn| **upn != unready).nth(nth).unwrap().as_str());
    let Rehearsal { desk, sandbox, kept, .. } = rehearsal;
    drop(desk);
    let pilot = [one, &unready].join(",");
    assert_eq!(script.run(&["org", "waves", "plan", &name, "--pilot-users", &pilot]).code, 0);
    let waves = |act: &str, wave: &str, more: &[&str]| {
        let ended = script.run(&[&["--json", "org", "waves", act, &name, "--wave", wave], more].concat());
        (ended.code, ended.json())
    };
    let figures = |found: &Value, of: [&str; 3]| of.map(|field| found[field].as_u64().unwrap_or(u64::MAX));
    let access = |upn: &str| script.run(&["--json", "users", "describe", upn]).json()["row"]["effective_access"].clone();

    // One of the two is ready: the other would be refused, and is.
    let (code, dry) = waves("start", "1", &["--dry-run"]);
    assert_eq!((code, &dry["start"], figures(&dry, ["users", "changes", "untouched"])), (3, &Value::Null, [2, 1, 0]), "{dry}");
    assert_eq!((&dry["refused"][0]["reason"], &dry["refused"][0]["users"]), (&json!("not_ready"), &json!(1)), "{dry}");
    assert_eq!((access(one), access(other)), (json!("ews_app_only"), json!("ews_app_only")), "nothing was done");
    let told = script.run(&["org", "waves", "start", &name, "--wave", "1", "--dry-run"]);
    assert!(told.code == 3 && told.out.contains("1 would be refused: ") && !told.out.contains("can't be started"), "{told:?}");
    let (code, started) = waves("start", "1", &[]);
    assert_eq!((code, figures(&started, ["done", "untouched", "refused"])), (3, [1, 0, 1]), "as it was foreseen: {started}");

    // Nobody joins a wave that was started, nor leaves it.
    let put = |upn: &str, wave: &str, more: &[&str]| {
        let ended = script.run(&[&["--json", "org", "waves", "put", &name, "--wave", wave, upn], more].concat());
        (ended.code, ended.json())
    };
    let (code, dry) = put(other, "1", &["--dry-run"]);
    assert_eq!((code, &dry["refused"][0]["reason"]), (3, &json!("wave_started")), "{dry}");
    let (code, refused) = put(other, "1", &[]);
    assert_eq!((code, &refused["error"]["code"]), (3, &json!("wave_started")), "{refused}");

    // Whom the wave has switched goes back: not whoever was switched otherwise, nor whoever the wave could not switch.
    assert_eq!(script.run(&["users", "switch", other]).code, 0);
    let (code, dry) = waves("go-back", "1", &["--dry-run"]);
    assert_eq!((code, figures(&dry, ["users", "changes", "untouched"])), (0, [1, 1, 0]), "{dry}");
    assert_eq!(access(one), "graph_app_only", "nothing was done");
    let (code, back) = waves("go-back", "1", &[]);
    assert_eq!((code, figures(&back, ["done", "untouched", "refused"])), (0, [1, 0, 0]), "{back}");
    assert_eq!((access(one), access(other)), (json!("ews_app_only"), json!("graph_app_only")));
    let (code, dry) = waves("go-back", "1", &["--dry-run"]);
    assert_eq!((code, figures(&dry, ["users", "changes", "untouched"])), (0, [1, 0, 1]), "it is like that already: {dry}");

    // A wave that was not started has switched nobody, and one that isn't there is a mistake.
    let (code, dry) = waves("go-back", "2", &["--dry-run"]);
    assert_eq!((code, figures(&dry, ["users", "changes", "untouched"])), (0, [0, 0, 0]), "{dry}");
    let (code, back) = waves("go-back", "2", &[]);
    assert_eq!((code, figures(&back, ["done", "untouched", "refused"]), access(other)), (0, [0, 0, 0], json!("graph_app_only")));
    for act in ["start", "go-back"] {
        assert_eq!((waves(act, "9", &["--dry-run"]).0, waves(act, "9", &[]).0), (2, 2), "{act} of no wave");
    }
    drop((sandbox, kept));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_organization_that_comes_to_graph_says_who_stays_on_ews_and_a_wave_that_it_waits_for_its_window() {
    let script = Script::new();
    let (organization, _, _tenant) = on_ews(&script).await;
    let changed = script.run(&["org", "change", &organization, "--access", "graph_app_only"]);
    assert!(changed.code == 0 && changed.out.contains("40 users stay on EWS until switched: `rollcallctl users switch"), "{changed:?}");
    assert_eq!(script.run(&["org", "waves", "plan", &organization, "--pilot", "3"]).code, 0);
    // A window of one minute, half a day from now.
    let minute = (rollcall_tests::clock()().0.div_euclid(60_000) + 720).rem_euclid(24 * 60);
    let time = |minute: i64| format!("{:02}:{:02}", minute / 60, minute % 60);
    let (from, to) = (time(minute), time((minute + 1) % (24 * 60)));
    let days = "mon,tue,wed,thu,fri,sat,sun";
    let window = script.run(&["org", "window", &organization, "--days", days, "--from", &from, "--to", &to, "--zone", "UTC"]);
    assert_eq!(window.code, 0, "{window:?}");
    let started = script.run(&["org", "waves", "start", &organization, "--wave", "1", "--acknowledge"]);
    assert_eq!(started.code, 0, "{started:?}");
    let shown = script.run(&["org", "waves", "show", &organization]);
    assert!(shown.out.starts_with("Wave 1 (pilot) waits for the change window"), "{shown:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_waits_for_a_wave_is_not_brought_in_by_a_session_and_it_is_said_why() {
    let script = Script::new();
    let faults = FaultPlan::none();
    let rehearsal = Rehearsal::in_folder(&script.data(), Scene { users: 40, faults, ..Scene::default() }).await.of_ready_people();
    let organization = rehearsal.ready().await.name;
    let Rehearsal { desk, sandbox, kept, .. } = rehearsal;
    drop(desk);
    assert_eq!(script.run(&["org", "waves", "plan", &organization, "--pilot", "3"]).code, 0);
    let sync = |more: &[&str]| {
        let all = [&["org", "sync", &organization, "--all", "--secret-stdin"], more].concat();
        script.pipe(&all, &format!("{}\n", sandbox.details().client_secret))
    };
    let came = sync(&[]);
    let why = "40 users were left alone: their wave of the rollout plan has not started. `org waves show`";
    assert!(came.code == 0 && came.out.starts_with(why), "{came:?}");
    assert_eq!((&sync(&["--json"]).json()["waiting_for_wave"], &sync(&["--json"]).json()["sessions"]), (&40.into(), &0.into()));
    drop(kept);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wave_that_missed_its_criteria_names_who_failed_and_the_next_step() {
    let script = Script::new();
    let faults = FaultPlan::none().with(FaultKind::MailboxNotEnabled, 9);
    let rehearsal = Rehearsal::in_folder(&script.data(), Scene { users: 40, faults, ..Scene::default() }).await.of_ready_people();
    let (desk, quiet) = (&rehearsal.desk, Job::quiet());
    let organization = rehearsal.ready().await;
    let id = organization.id;
    let to_ews = ChangeOrganization { access: Some(AccessType::EwsAppOnly), ..ChangeOrganization::of(id) };
    change(desk, to_ews, &quiet).await.unwrap();
    acknowledge(desk, OrganizationRef { organization: id }, &quiet).await.unwrap();
    plan(desk, of_so_many(id, 39), &quiet).await.unwrap();
    start(desk, first_wave(desk, id).await, &quiet).await.unwrap();
    rehearsal.sessions(id, Whose::Due).await.unwrap();
    let of_session = UserFilter { wave: Some(1), session: vec![Verdict::Failed], ..UserFilter::default() };
    let failed: Vec<String> = rehearsal.found(of_session).await.into_iter().map(|row| row.user.directory.upn).collect();
    assert!(failed.len() > 5, "more than are named: {failed:?}");
    let Rehearsal { desk, sandbox, kept, .. } = rehearsal;
    drop(desk);

    let shown = script.run(&["org", "waves", "show", &organization.name]);
    assert_eq!(shown.code, 1, "{shown:?}");
    let line = format!("Failed in wave 1: {} and {} more. `rollcallctl users list --org ", failed[..5].join(", "), failed.len() - 5);
    assert!(shown.out.contains(&line) && shown.out.contains("\nNext: mend what `rollcallctl issues groups"), "{shown:?}");
    let list = |more: &[&str]| script.run(&[&["users", "list", "--json"], more].concat());
    let upns = |ended: &Ended| {
        let rows = ended.json();
        rows.as_array().unwrap().iter().map(|row| row["user"]["directory"]["upn"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(upns(&list(&["--org", &organization.name, "--wave", "1", "--session", "failed"])), failed);
    assert_eq!(upns(&list(&["--wave", "2"])).len(), 1);
    let (all, failed) = (upns(&list(&[])).len(), upns(&list(&["--verdict", "failed"])).len());
    assert_eq!(failed + upns(&list(&["--verdict", "passed,unknown,not-run"])).len(), all, "each has one verdict");
    assert!(failed < all, "the filter leaves somebody out");
    let none = script.run(&["users", "list", "--status", "error", "--search", "nobody-at-all"]);
    assert!(none.code == 0 && none.err.contains("`--verdict failed` in its place lists users whose check failed"), "{none:?}");
    drop((sandbox, kept));
}

#[tokio::test(flavor = "multi_thread")]
async fn criteria_of_a_started_plan_change_and_whatever_stands_elsewhere_by_that_wants_a_yes() {
    let script = Script::new();
    let rehearsal =
        Rehearsal::in_folder(&script.data(), Scene { users: 40, faults: FaultPlan::none(), ..Scene::default() }).await.of_ready_people();
    let organization = pilot_was_read(&rehearsal).await;
    let Rehearsal { desk, sandbox, kept, .. } = rehearsal;
    drop(desk);
    let criteria = |more: &[&str]| script.run(&[&["org", "waves", "criteria", organization.as_str()], more].concat());

    assert_eq!(criteria(&[]).code, 2, "something has to be named");
    let dry = criteria(&["--failed", "5", "--own", "1:failed=1", "--dry-run"]);
    let line = "Wave 2 has to come to: 0 % initialized, 5 % failed at most, watched for 0 h, whatever the issues; before: \
                0 % initialized, 0 % failed at most, watched for 0 h, whatever the issues.";
    assert!(dry.code == 0 && dry.out.contains(line), "{dry:?}");
    let own = "Wave 1 has to come to: 0 % initialized, 1 % failed at most, watched for 48 h, whatever the issues";
    assert!(dry.out.contains(own), "what isn't named of its own stays: {dry:?}");
    let set = criteria(&["--failed", "5", "--own", "1:failed=1"]);
    assert!(set.code == 0 && set.out.contains(line), "no wave stands elsewhere, so nothing is asked: {set:?}");
    let same = criteria(&["--failed", "5", "--json"]);
    assert_eq!((same.code, same.json()["error"]["code"].clone()), (3, "already_so".into()), "{same:?}");

    for wrong in [&["--as-plan", "9"][..], &["--as-plan", "1", "--own", "1:hours=5"]] {
        let wrong = criteria(wrong);
        assert!(wrong.code == 2 && wrong.err.contains("--as-plan"), "{wrong:?}");
    }
    let dry = criteria(&["--failed", "5", "--dry-run"]);
    assert!(dry.code == 3 && dry.out.contains("It would be refused: It is like that already."), "{dry:?}");

    // Watched for no hour, the pilot has met what it has to.
    let lax = ["--as-plan", "1", "--by-itself", "true"];
    let unasked = criteria(&lax);
    assert!(unasked.code == 3 && unasked.err.contains("repeat it with --yes"), "{unasked:?}");
    assert!(unasked.err.contains("Wave 1 goes from \"is running\" to \"met its criteria\"."), "{unasked:?}");
    assert!(unasked.err.contains("Wave 2 then starts by itself and switches"), "{unasked:?}");
    let shown = script.run(&["org", "waves", "show", &organization, "--json"]).json();
    assert_eq!(shown["waves"][0]["own"]["hours"], 48, "nothing was changed");
    let agreed = criteria(&[&lax[..], &["--yes", "--json"]].concat());
    assert_eq!((agreed.code, agreed.json()["waves"][0]["state"].clone()), (0, "met".into()), "{agreed:?}");
    drop((sandbox, kept));
}

/// An organization whose pilot was switched and read once, and is to be watched for two days.
async fn pilot_was_read(rehearsal: &Rehearsal) -> String {
    let (desk, quiet) = (&rehearsal.desk, Job::quiet());
    let organization = rehearsal.ready().await;
    let id = organization.id;
    let to_ews = ChangeOrganization { access: Some(AccessType::EwsAppOnly), ..ChangeOrganization::of(id) };
    change(desk, to_ews, &quiet).await.unwrap();
    acknowledge(desk, OrganizationRef { organization: id }, &quiet).await.unwrap();
    let own = vec![OwnExit { wave: 1, exit: Exit { hours: 48, ..EXIT } }];
    plan(desk, PlanWaves { own, ..of_so_many(id, 3) }, &quiet).await.unwrap();
    start(desk, first_wave(desk, id).await, &quiet).await.unwrap();
    rehearsal.sessions(id, Whose::Due).await.unwrap();
    organization.name
}

/// The first wave, with whom it has.
async fn first_wave(desk: &Desk, organization: OrganizationId) -> StartWave {
    let users = UserFilter { organization: Some(organization), wave: Some(1), ..UserFilter::default() };
    StartWave { organization, wave: 1, expected: meant(desk, Chosen::Filter(users)).await }
}

/// A pilot of so many, and everybody else after it.
fn of_so_many(organization: OrganizationId, number: u32) -> PlanWaves {
    PlanWaves {
        organization,
        pilot: Pilot::Number { number },
        shares: Vec::new(),
        entry: Entry { authorized: false, window: false },
        exit: EXIT,
        own: Vec::new(),
        by_itself: false,
    }
}
