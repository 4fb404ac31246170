//! The rules of the house: who may import whom, and what each room does without.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// Which of our crates each may lean on. The tests see the whole house.
const ARROWS: &[(&str, &[&str])] = &[
    ("rollcall-core", &[]),
    ("rollcall-graph", &["rollcall-core"]),
    ("rollcall-identity", &["rollcall-core"]),
    ("rollcall-store", &["rollcall-core"]),
    ("rollcall-ops", &["rollcall-core", "rollcall-graph", "rollcall-identity", "rollcall-store"]),
    ("rollcall-sandbox", &[]),
    ("rollcallctl", &["rollcall-core", "rollcall-identity", "rollcall-ops", "rollcall-sandbox"]),
    ("rollcall", &["rollcall-core", "rollcall-identity", "rollcall-ops", "rollcall-sandbox"]),
    ("xtask", &[]),
];

/// What a room must never depend on, and why that would be wrong.
const ABSENT: &[(&str, &[&str], &str)] = &[
    ("rollcall-core", &["tokio", "reqwest", "rusqlite", "serde_json", "hyper", "tauri"], "nouns are true without network, disk or async"),
    ("rollcall-graph", &["rusqlite", "keyring-core", "tauri", "open"], "the wire to Graph knows no disk and no keychain"),
    (
        "rollcall-identity",
        &["rusqlite", "tauri", "open"],
        "the wire to Entra knows no database, and presents addresses without opening them",
    ),
    ("rollcall-store", &["reqwest", "hyper", "tokio", "tauri", "keyring-core"], "rows know no network"),
    (
        "rollcall-ops",
        &["tauri", "reqwest", "rusqlite", "keyring-core", "open", "clap"],
        "verbs go through the rooms below and are called by any face",
    ),
    ("rollcall-sandbox", &["reqwest", "oauth2", "rusqlite", "tauri"], "the practice tenant shares no wire code with the client it tests"),
    ("rollcallctl", &["tauri", "rusqlite", "reqwest"], "only the window knows Tauri"),
    ("xtask", &["serde", "tokio", "anyhow"], "set-up builds in a second, from nothing"),
];

#[test]
fn arrows_point_the_way_the_picture_says() {
    let (metadata, ours) = (metadata(), ours());
    for (name, allowed) in ARROWS {
        let leans_on = dependencies(&metadata, name, true);
        let found: BTreeSet<&str> = leans_on.iter().map(String::as_str).filter(|dependency| ours.contains(dependency)).collect();
        let allowed: BTreeSet<&str> = allowed.iter().copied().collect();
        assert!(found.is_subset(&allowed), "{name} leans on {found:?}, but may only lean on {allowed:?}");
    }
    let packages: BTreeSet<&str> = metadata["packages"].as_array().unwrap().iter().filter_map(|package| package["name"].as_str()).collect();
    let known: BTreeSet<&str> = ours.iter().copied().chain(["rollcall-tests"]).collect();
    assert_eq!(packages, known, "a new crate needs its arrows in this test");
}

#[test]
fn each_room_does_without_what_it_promises_to() {
    let metadata = metadata();
    for (name, absent, why) in ABSENT {
        let leans_on = dependencies(&metadata, name, true);
        for dependency in *absent {
            assert!(!leans_on.contains(*dependency), "{name} depends on {dependency}: {why}");
        }
    }
}

#[test]
fn only_the_window_mentions_tauri_and_only_the_store_speaks_sql() {
    for file in rust_files() {
        let (path, text) = (file.display().to_string(), std::fs::read_to_string(&file).unwrap());
        let in_window = file.starts_with(root().join("src-tauri/src")) || file.ends_with("src-tauri/build.rs");
        let in_tests = file.starts_with(root().join("tests"));
        assert!(in_window || in_tests || !text.contains("tauri::"), "{path} mentions tauri");
        let in_store = file.starts_with(root().join("src-tauri/crates/store"));
        let speaks_sql = ["SELECT ", "INSERT INTO", "DELETE FROM", "UPDATE users"].iter().any(|word| text.contains(word));
        assert!(in_store || in_tests || !speaks_sql, "{path} holds SQL");
    }
}

#[test]
fn nothing_is_left_for_later() {
    for file in rust_files() {
        let text = std::fs::read_to_string(&file).unwrap();
        for left in ["to".to_owned() + "do!(", "unimple".to_owned() + "mented!(", "FIX".to_owned() + "ME", "coming ".to_owned() + "soon"] {
            assert!(!text.contains(&left), "{} holds {left}", file.display());
        }
    }
}

fn metadata() -> Value {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--no-deps", "--locked"])
        .current_dir(root())
        .output()
        .unwrap();
    serde_json::from_slice(&output.stdout).unwrap()
}

fn ours() -> Vec<&'static str> {
    ARROWS.iter().map(|(name, _)| *name).collect()
}

/// The direct dependencies of a package; those of its tests only where `shipped` is false.
fn dependencies(metadata: &Value, name: &str, shipped: bool) -> BTreeSet<String> {
    let packages: BTreeMap<&str, &Value> =
        metadata["packages"].as_array().unwrap().iter().filter_map(|package| Some((package["name"].as_str()?, package))).collect();
    let package = packages.get(name).unwrap_or_else(|| panic!("there is no package {name}"));
    let dependencies = package["dependencies"].as_array().unwrap().iter();
    dependencies
        .filter(|dependency| !shipped || dependency["kind"] != "dev")
        .filter_map(|dependency| dependency["name"].as_str().map(str::to_owned))
        .collect()
}

fn rust_files() -> Vec<PathBuf> {
    let folders = [root().join("src-tauri/src"), root().join("src-tauri/crates"), root().join("src-tauri/build.rs"), root().join("tests")];
    folders.iter().flat_map(|folder| files_below(folder)).filter(|file| file.extension().is_some_and(|ending| ending == "rs")).collect()
}

fn files_below(path: &Path) -> Vec<PathBuf> {
    if path.is_file() {
        return vec![path.to_owned()];
    }
    let entries = std::fs::read_dir(path).map(|entries| entries.flatten().collect::<Vec<_>>()).unwrap_or_default();
    entries.iter().flat_map(|entry| files_below(&entry.path())).collect()
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}
