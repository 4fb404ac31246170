//! The system's browser as far as the window is concerned: a program called `xdg-open`, first on the search path. It leaves the
//! address for the test, which then acts as the person at the browser.

use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use anyhow::Result;
use rollcall_sandbox::browser::{Person, Visited, visit};
use tokio::runtime::Runtime;

use crate::driver::until;

/// A moved file is there whole or not at all.
const SCRIPT: &str = "#!/bin/sh\nprintf '%s' \"$1\" >\"$0.coming\" && mv \"$0.coming\" \"$0.asked\"\n";

/// What opens an address on a desktop; where one fails the next is tried.
const LAUNCHERS: [&str; 6] = ["xdg-open", "gio", "gnome-open", "kde-open6", "kde-open5", "kde-open"];

/// A browser that opens nothing by itself.
pub struct Browser {
    folder: PathBuf,
}

impl Browser {
    /// Puts the program into a folder.
    pub fn in_folder(folder: &Path) -> Result<Self> {
        fs::create_dir_all(folder)?;
        let browser = Self { folder: folder.to_owned() };
        browser.works()?;
        Ok(browser)
    }

    /// From now on no program opens anything: each of those that a desktop may have says so and fails.
    pub fn fails(&self) -> Result<()> {
        LAUNCHERS.iter().try_for_each(|name| self.program(name, "#!/bin/sh\nexit 4\n"))
    }

    /// Opens addresses again.
    pub fn works(&self) -> Result<()> {
        self.program("xdg-open", SCRIPT)
    }

    fn program(&self, name: &str, script: &str) -> Result<()> {
        let program = self.folder.join(name);
        fs::write(&program, script)?;
        Ok(fs::set_permissions(&program, fs::Permissions::from_mode(0o755))?)
    }

    /// The search path on which this browser is the system's.
    pub fn search_path(&self) -> Result<OsString> {
        let usual = std::env::var_os("PATH").unwrap_or_default();
        Ok(std::env::join_paths(std::iter::once(self.folder.clone()).chain(std::env::split_paths(&usual)))?)
    }

    /// Waits for the window to open an address, and lets this person act on the pages behind it.
    pub fn visited_by(&self, person: &Person, runtime: &Runtime) -> Result<Visited> {
        let address = self.address()?;
        Ok(runtime.block_on(visit(&address, person))?)
    }

    /// Waits for the window to open an address, and takes it.
    pub fn address(&self) -> Result<String> {
        let asked = self.folder.join("xdg-open.asked");
        let address = until("the window to open the browser", || Ok(fs::read_to_string(&asked).ok()))?;
        fs::remove_file(asked)?;
        Ok(address)
    }
}
