use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use rollcall_core::id::TenantId;
use rollcall_store::{OpenError, Store, journal, settings};

use crate::fixture::{NOW, open, room};
use crate::journal::entry;

/// Bytes of a page of the file.
const PAGE: usize = 8_192;

const HELD: &str = "ROLLCALL_TEST_HOLD";

/// Runs in a process of its own, started by the test below.
#[test]
fn hold_the_folder() {
    let Ok(folder) = std::env::var(HELD) else { return };
    let _store = open(Path::new(&folder));
    println!("\nholding");
    std::io::stdin().lines().next();
}

fn holder(folder: &Path) -> Child {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "opening::hold_the_folder", "--nocapture"])
        .env(HELD, folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    assert!(lines.map_while(Result::ok).any(|line| line == "holding"), "the other process opened the folder");
    child
}

#[test]
fn one_folder_has_one_owner_and_a_dead_owner_is_none() {
    let folder = tempfile::tempdir().unwrap();
    let mut other = holder(folder.path());
    let refused = Store::open(folder.path(), NOW).err().unwrap();
    assert!(matches!(refused, OpenError::InUse { pid: Some(pid) } if pid == other.id()), "{refused}");
    other.kill().unwrap();
    other.wait().unwrap();

    let first = open(folder.path());
    let refused = Store::open(folder.path(), NOW).err().unwrap();
    assert!(matches!(refused, OpenError::InUse { pid: Some(pid) } if pid == std::process::id()), "nor twice in one process");
    drop(first);
    open(folder.path());
}

#[cfg(unix)]
#[test]
fn nobody_else_can_read_the_folder_or_the_files() {
    use std::os::unix::fs::PermissionsExt;
    let above = tempfile::tempdir().unwrap();
    let folder = above.path().join("data").join("rollcall");
    let store = open(&folder);
    store.write(|tx| settings::set(tx, "theme", "dark")).unwrap();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&folder), 0o700);
    for file in ["rollcall.db", "rollcall.db-wal", "rollcall.db-shm"] {
        assert_eq!(mode(&folder.join(file)), 0o600, "{file}");
    }
}

#[test]
fn a_new_file_has_larger_pages_and_one_of_before_keeps_its_own() {
    let page = |folder: &Path| {
        let conn = rusqlite::Connection::open(folder.join("rollcall.db")).unwrap();
        conn.pragma_query_value(None, "page_size", |row| row.get::<_, u32>(0)).unwrap() as usize
    };
    let folder = tempfile::tempdir().unwrap();
    drop(open(folder.path()));
    assert_eq!(page(folder.path()), PAGE);

    let folder = tempfile::tempdir().unwrap();
    let before = rusqlite::Connection::open(folder.path().join("rollcall.db")).unwrap();
    before.execute_batch("PRAGMA page_size = 4096; PRAGMA journal_mode = wal; PRAGMA user_version = 0; VACUUM;").unwrap();
    drop(before);
    let store = open(folder.path());
    store.write(|tx| settings::set(tx, "theme", "dark")).unwrap();
    drop(store);
    assert_eq!(page(folder.path()), 4_096);
    assert_eq!(open(folder.path()).read(|conn| settings::get::<String>(conn, "theme")).unwrap().unwrap(), "dark");
}

#[test]
fn the_data_of_a_newer_rollcall_is_not_touched() {
    let folder = tempfile::tempdir().unwrap();
    drop(open(folder.path()));
    let file = folder.path().join("rollcall.db");
    rusqlite::Connection::open(&file).unwrap().pragma_update(None, "user_version", 99).unwrap();
    let before = fs::read(&file).unwrap();
    let refused = Store::open(folder.path(), NOW).err().unwrap();
    assert!(matches!(refused, OpenError::Newer { found: 99, .. }), "{refused}");
    assert_eq!(fs::read(&file).unwrap(), before);
}

fn spoil_and_open(spoil: impl Fn(Vec<u8>) -> Vec<u8>) -> (Store, tempfile::TempDir) {
    let room = room();
    room.fill(200);
    room.store.write(|tx| journal::append(tx, &entry("consent.grant", Some(TenantId(1))))).unwrap();
    let folder = room.folder;
    drop(room.store);
    let file = folder.path().join("rollcall.db");
    let spoiled = spoil(fs::read(&file).unwrap());
    fs::write(&file, &spoiled).unwrap();

    let opened = Store::open(folder.path(), NOW).unwrap();
    let aside = opened.quarantined.unwrap();
    assert_eq!(aside, folder.path().join(format!("quarantine-{}", NOW.0)));
    assert!(fs::read(aside.join("rollcall.db")).unwrap() == spoiled, "what was set aside is byte for byte what was found");
    assert_eq!(fs::read_dir(&aside).unwrap().count(), 1, "and nothing else is left there");
    opened.store.write(|tx| settings::set(tx, "usable", &true)).unwrap();
    (opened.store, folder)
}

#[test]
fn a_damaged_file_is_set_aside_and_a_new_one_begun() {
    spoil_and_open(|_| b"this was never a database, whatever its name says".repeat(100));
    spoil_and_open(|bytes| bytes[..bytes.len() - PAGE].to_vec());
    spoil_and_open(|mut bytes| {
        bytes[0..16].fill(0);
        bytes
    });
}

#[test]
fn the_audit_log_outlives_damage_to_other_tables() {
    let (store, _folder) = spoil_and_open(|mut bytes| {
        let people = bytes.windows(12).position(|window| window == b"Person 00050").unwrap();
        let page = people / PAGE * PAGE;
        bytes[page..page + PAGE].fill(0);
        bytes
    });
    let verified = store.read(journal::verify).unwrap();
    assert!(matches!(verified, journal::Verified::Whole { entries: 1, .. }), "{verified:?}");
}

#[test]
fn an_emptied_file_beside_its_wal_is_damage_and_not_a_new_store() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("rollcall.db"), b"").unwrap();
    fs::write(folder.path().join("rollcall.db-wal"), b"what was committed last").unwrap();
    let aside = Store::open(folder.path(), NOW).unwrap().quarantined.unwrap();
    assert_eq!(fs::read(aside.join("rollcall.db-wal")).unwrap(), b"what was committed last");
}

#[test]
fn something_else_in_its_place_is_named_as_such() {
    let above = tempfile::tempdir().unwrap();
    let file = above.path().join("data");
    fs::write(&file, b"").unwrap();
    assert!(matches!(Store::open(&file, NOW).err(), Some(OpenError::NotAFolder)));
    assert!(matches!(Store::open(&file.join("deeper"), NOW).err(), Some(OpenError::NotAFolder)));
    fs::create_dir_all(above.path().join("other/rollcall.db")).unwrap();
    assert!(matches!(Store::open(&above.path().join("other"), NOW).err(), Some(OpenError::NotAFolder)));
}

#[test]
fn a_write_is_told_to_the_listener_and_a_failed_or_panicking_one_is_not_kept() {
    use std::sync::mpsc;
    let room = room();
    let store = &room.store;
    let (heard, told) = mpsc::channel();
    let before = store.revision();
    store.on_change(Box::new(move |revision| heard.send(revision).unwrap()));

    store.write(|tx| settings::set(tx, "kept", "yes")).unwrap();
    store
        .write(|tx| {
            settings::set(tx, "lost", "yes")?;
            Err::<(), _>(rollcall_store::StoreError::Immutable)
        })
        .unwrap_err();
    let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        store.write(|tx| -> Result<(), _> {
            settings::set(tx, "lost", "yes")?;
            panic!("in the middle of a write")
        })
    }));
    assert!(panicked.is_err());

    store.write(|tx| settings::set(tx, "kept", "still")).unwrap();
    assert_eq!(told.try_iter().collect::<Vec<_>>(), [before + 1, before + 2]);
    assert_eq!(store.read(|conn| settings::get::<String>(conn, "lost")).unwrap(), None);
    assert_eq!(store.read(|conn| settings::get::<String>(conn, "kept")).unwrap().as_deref(), Some("still"));
}
