//! A desktop session for tests: a bus of its own with an unlocked keychain on it, and folders of its own, so that
//! nothing of the person at the machine is read or changed.

use std::fs;
use std::path::{Path, PathBuf};

use crate::failure::{Failure, Outcome};
use crate::work::Work;

/// The folders of a session. They go when it goes.
pub struct Session {
    folder: PathBuf,
}

/// Unlocks with an empty password. The newline matters: without it the keychain is there but refuses to keep anything.
const UNLOCK: &str = r#"printf '\n' | gnome-keyring-daemon --unlock --components=secrets --daemonize >/dev/null 2>&1 && exec "$@""#;

impl Session {
    /// Makes the folders, below a folder for temporary files that no other run has.
    pub fn begin() -> Outcome<Self> {
        Self::below(std::env::temp_dir().join(format!("rollcall-session-{}", std::process::id())))
    }

    /// Makes the folders below `folder`, which goes with them.
    pub fn below(folder: PathBuf) -> Outcome<Self> {
        let session = Self { folder };
        for (_, name) in FOLDERS {
            let folder = session.folder.join(name);
            fs::create_dir_all(&folder).map_err(Failure::disk(&folder))?;
        }
        keep_private(&session.folder.join("runtime"))?;
        Ok(session)
    }

    /// The same work on a bus of its own, with a keychain that tests may use.
    pub fn with_keychain(&self, work: Work) -> Work {
        let work = work.inside(&["dbus-run-session", "--", "sh", "-c", UNLOCK, "sh"]).env("ROLLCALL_TEST_KEYCHAIN", "1");
        FOLDERS.iter().fold(work, |work, (variable, name)| work.env(variable, self.folder.join(name)))
    }

    /// The same work with a keychain, and with a screen that nobody sees.
    pub fn with_screen(&self, work: Work) -> Work {
        self.with_keychain(work)
            .inside(&["xvfb-run", "-a", "-s", "-screen 0 1280x900x24"])
            // WebKitWebDriver hands its environment on to the window, which then lets itself be driven.
            .env("TAURI_WEBVIEW_AUTOMATION", "true")
            .env("WEBKIT_DISABLE_DMABUF_RENDERER", "1")
            .env("NO_AT_BRIDGE", "1")
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        // What is left in the folder for temporary files harms nobody.
        let _ = fs::remove_dir_all(&self.folder);
    }
}

const FOLDERS: [(&str, &str); 4] =
    [("XDG_RUNTIME_DIR", "runtime"), ("XDG_DATA_HOME", "data"), ("XDG_CONFIG_HOME", "config"), ("XDG_CACHE_HOME", "cache")];

/// The XDG Base Directory Specification wants the runtime folder for its owner alone.
#[cfg(unix)]
fn keep_private(folder: &Path) -> Outcome<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(folder, fs::Permissions::from_mode(0o700)).map_err(Failure::disk(folder))
}

#[cfg(not(unix))]
fn keep_private(_: &Path) -> Outcome<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::house::House;

    #[test]
    fn a_session_has_folders_of_its_own_and_takes_them_along() {
        let folder = std::env::temp_dir().join(format!("rollcall-session-test-{}", std::process::id()));
        let session = Session::below(folder.clone()).unwrap();
        let typed = session.with_screen(Work::cargo(&House::at("/house"), &["test"])).typed();
        let order = ["xvfb-run", "dbus-run-session", "gnome-keyring-daemon", "sh cargo test"].map(|part| typed.find(part));
        assert!(order.is_sorted() && order[0].is_some(), "screen, then bus, then keychain, then the tests: {typed}");
        for (variable, name) in FOLDERS {
            let own = folder.join(name);
            assert!(typed.contains(&format!("{variable}={}", own.display())) && own.is_dir(), "{variable}");
        }

        drop(session);
        assert!(!folder.exists());
    }
}
