//! The whole rollout in one command.

use crate::script::Script;

#[test]
fn a_rehearsal_comes_to_what_was_planted() {
    let script = Script::new();
    let ended = script.run(&["rollout", "--practice", "--users", "120", "--seed", "7", "--json"]);
    assert_eq!(ended.code, 0, "{ended:?}");
    let answer = ended.json();
    assert_eq!(answer["consent"], "authorized");
    assert_eq!(answer["import"]["new"], 120);
    assert_eq!(answer["planted"]["mailboxes"], 120);
    assert_eq!(answer["planted"]["different"], serde_json::json!([]));
    let traffic = answer["traffic"].as_array().unwrap();
    assert!(
        traffic.iter().any(|route| route["route"] == "GET /users" && route["inside"] == false && route["status"] == 200),
        "{traffic:?}"
    );
    assert!(traffic.iter().any(|route| route["route"] == "POST /$batch" && route["count"].as_u64().unwrap() > 20), "{traffic:?}");
    let verify = &answer["verify"];
    let sum = ["passed", "failed", "unknown", "not_run"].iter().map(|name| verify[name].as_u64().unwrap()).sum::<u64>();
    assert_eq!(sum, verify["expected"].as_u64().unwrap(), "every mailbox is counted once");
    assert!(verify["failed"].as_u64().unwrap() > 0 && verify["unknown"].as_u64().unwrap() > 0, "trouble was planted: {verify}");
    assert!(
        verify["fingerprints"].as_array().unwrap().iter().all(|group| group["remedy"].as_str().is_some_and(|text| text.ends_with('.')))
    );
}
