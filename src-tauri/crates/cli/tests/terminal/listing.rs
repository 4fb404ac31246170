//! Users as a script lists them: by what the window's filters have.

use rollcall_sandbox::world::{Licence, Recipient};
use rollcall_sandbox::{FaultKind, FaultPlan};
use rollcall_tests::{Rehearsal, Scene};

use crate::script::{Ended, Script};

#[tokio::test(flavor = "multi_thread")]
async fn users_are_listed_by_kind_by_what_stands_in_the_way_by_problem_and_by_when_they_were_checked() {
    let script = Script::new();
    let faults = FaultPlan::none().with(FaultKind::MailboxNotEnabled, 1);
    let rehearsal = Rehearsal::in_folder(&script.data(), Scene { users: 40, faults, ..Scene::default() }).await.of_ready_people();
    rehearsal.sandbox.change(|world| {
        // The administrator comes first, and is left as is.
        let mut healthy = world.users.iter_mut().rev().filter(|user| user.fault.is_none());
        healthy.next().unwrap().recipient = Recipient::Guest;
        let shared = healthy.next().unwrap();
        (shared.recipient, shared.licence, shared.enabled) = (Recipient::Shared, Licence::None, false);
    });
    rehearsal.ready().await;
    let secret = rehearsal.sandbox.details().client_secret.clone();
    let Rehearsal { desk, sandbox, kept, .. } = rehearsal;
    drop(desk);
    let list = |only: &[&str]| script.run(&[&["users", "list", "--json"], only].concat());
    let found = |only: &[&str]| upns(&list(only));

    let all = found(&[]);
    let (guests, shared) = (found(&["--kind", "guest"]), found(&["--kind", "shared_or_resource"]));
    assert_eq!((guests.len(), shared.len(), found(&["--kind", "user"]).len()), (1, 1, all.len() - 2));
    let mut others = [guests, shared].concat();
    others.sort();
    let both = [found(&["--kind", "guest,shared_or_resource"]), found(&["--eligibility", "not_eligible"])].map(|mut upns| {
        upns.sort();
        upns
    });
    assert_eq!(both, [others.clone(), others]);
    assert_eq!(found(&["--eligibility", "not_eligible,ready"]).len(), all.len());

    let checked = all.first().unwrap().as_str();
    let verify = |more: &[&str]| script.pipe(&[&["verify", "--org", "Contoso EU", "--secret-stdin"], more].concat(), &secret);
    verify(&["--user", checked]);
    let never = found(&["--not-checked-since", "never"]);
    assert_eq!(never, all[1..], "who was checked a moment ago is left out");
    assert_eq!([found(&["--not-checked-since", "1d"]), found(&["--not-checked-since", "2026-01-01"])], [never.clone(), never]);
    assert_eq!(found(&["--not-checked-since", "0d"]), all, "and is not where that is long enough");

    verify(&[]);
    let groups = script.run(&["issues", "groups", "--json"]).json();
    let of_a_mailbox = groups.as_array().unwrap().iter().find(|group| group["code"] == "MailboxNotEnabledForRESTAPI").unwrap();
    let fingerprint = of_a_mailbox["fingerprint"].as_str().unwrap();
    let with_it = found(&["--fingerprint", fingerprint]);
    assert_eq!((with_it.len(), with_it == found(&["--verdict", "failed"])), (1, true), "{groups}");

    for (only, allowed) in [
        (["--kind", "person"], "user, shared_or_resource, guest, on_premises, unlicensed"),
        (["--eligibility", "fine"], "not_eligible, ready, shared, room, equipment, shared_or_resource, unlicensed, disabled"),
        (["--not-checked-since", "lately"], "a day, written as 2026-12-31, so many days, written as 7d, or never"),
    ] {
        let refused = script.run(&[&["users", "list"], &only[..]].concat());
        assert!(refused.code == 2 && refused.err.contains(allowed), "{refused:?}");
    }
    drop((sandbox, kept));
}

/// The principal names of the users that were listed, in their order.
fn upns(listed: &Ended) -> Vec<String> {
    let rows = listed.json();
    rows.as_array().unwrap().iter().map(|row| row["user"]["directory"]["upn"].as_str().unwrap().to_owned()).collect()
}
