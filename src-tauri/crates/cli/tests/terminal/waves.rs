//! The waves of a switch as a script sees them: foreseen, planned, changed, and why not.

use rollcall_core::organization::AccessType;
use rollcall_ops::job::Job;
use rollcall_ops::organizations::change::{ChangeOrganization, change};
use rollcall_ops::users::query::UserFilter;
use rollcall_tests::{Rehearsal, Scene};

use crate::script::Script;

/// Forty users on EWS in the script's folder, which is the script's own from here on; the tenant goes on as long as it is held.
async fn on_ews(script: &Script) -> (String, Vec<String>, impl Sized) {
    let rehearsal = Rehearsal::in_folder(&script.data(), Scene { users: 40, ..Scene::default() }).await;
    let organization = rehearsal.ready().await;
    let to_ews = ChangeOrganization { access: Some(AccessType::EwsAppOnly), ..ChangeOrganization::of(organization.id) };
    change(&rehearsal.desk, to_ews, &Job::quiet()).await.unwrap();
    let people = rehearsal.found(UserFilter::default()).await.into_iter().map(|row| row.user.directory.upn).collect();
    let Rehearsal { desk, sandbox, kept, .. } = rehearsal;
    drop(desk);
    (organization.name, people, (sandbox, kept))
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
    let both = start(&["--acknowledge", "--dry-run"]);
    assert!(both.code == 2 && both.err.contains("it is a decision"), "{both:?}");
    assert_eq!(start(&["--json"]).json()["error"]["code"], "wave_waits", "nothing was accepted by the dry run");

    let started = start(&["--acknowledge"]);
    assert!(started.code == 0 && started.out.starts_with("3 users done"), "{started:?}");
    assert!(started.err.contains("  · "), "what is accepted is shown: {started:?}");
}
