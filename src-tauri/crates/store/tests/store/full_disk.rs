use std::fs;
use std::path::Path;
use std::process::Command;

use rollcall_store::{OpenError, Store, StoreError, settings};

use crate::fixture::{NOW, open};

/// A file system of four megabytes that goes when it goes; `None` where only an administrator may mount one.
struct Small(tempfile::TempDir);

impl Small {
    fn mounted() -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        mount(&["-t", "tmpfs", "-o", "size=4m", "tmpfs"], folder.path()).then_some(Self(folder))
    }

    fn path(&self) -> &Path {
        self.0.path()
    }
}

impl Drop for Small {
    fn drop(&mut self) {
        // A process that another test starts at this moment may still share what was open here.
        let _ = Command::new("umount").arg("--lazy").arg(self.path()).status();
    }
}

fn mount(arguments: &[&str], at: &Path) -> bool {
    let tried = Command::new("mount").args(arguments).arg(at).output();
    tried.is_ok_and(|output| output.status.success())
}

#[test]
fn a_full_disk_says_so_loses_nothing_and_goes_on_when_there_is_room() {
    let Some(small) = Small::mounted() else {
        println!("skipped: a small file system can't be mounted here");
        return;
    };
    let ballast = small.path().join("ballast");
    fs::write(&ballast, vec![0; 200_000]).unwrap();
    let store = open(small.path());
    let put = |n: u32| store.write(|tx| settings::set(tx, &format!("kept-{n}"), &"x".repeat(4000)));
    let kept = (0..).find(|n| put(*n).is_err()).unwrap();
    assert!(matches!(put(kept), Err(StoreError::Full)), "the disk is full and stays full");
    let all = || (0..kept).all(|n| store.read(|conn| settings::get::<String>(conn, &format!("kept-{n}"))).unwrap().is_some());
    assert!(kept > 10 && all(), "everything that was committed can be read while the disk is full");

    fs::remove_file(&ballast).unwrap();
    put(kept).unwrap();
    drop(store);
    let store = open(small.path());
    assert!((0..=kept).all(|n| store.read(|conn| settings::get::<String>(conn, &format!("kept-{n}"))).unwrap().is_some()));
}

#[test]
fn no_room_to_begin_and_no_right_to_write_are_told_apart() {
    let Some(small) = Small::mounted() else {
        println!("skipped: a small file system can't be mounted here");
        return;
    };
    let ballast = small.path().join("ballast");
    let _ = fs::write(&ballast, vec![0; 8_000_000]);
    assert!(matches!(Store::open(small.path(), NOW).err(), Some(OpenError::Full)));
    fs::remove_file(&ballast).unwrap();
    drop(open(small.path()));
    assert!(mount(&["-o", "remount,ro"], small.path()));
    let refused = Store::open(small.path(), NOW).err();
    assert!(matches!(refused, Some(OpenError::ReadOnly)), "{refused:?}");
}
