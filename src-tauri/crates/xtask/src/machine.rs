//! The machine that we are on: its system, its screen, and who we are on it.

use std::env::var_os;
use std::fs;
use std::io::{IsTerminal, stdin};
use std::path::Path;

use crate::house::House;
use crate::work::Work;

/// The kinds of system that are set up differently.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum System {
    /// Debian and what descends from it: we install what is missing.
    Debian,
    /// Fedora and its kin: dnf.
    Fedora,
    /// Arch and its kin: pacman.
    Arch,
    /// openSUSE and its kin: zypper.
    Suse,
    /// Any other Linux.
    OtherLinux,
    /// macOS.
    MacOs,
    /// Windows.
    Windows,
}

impl System {
    /// The system that we run on.
    pub fn here() -> Self {
        if cfg!(windows) {
            Self::Windows
        } else if cfg!(target_os = "macos") {
            Self::MacOs
        } else {
            Self::of_linux(&fs::read_to_string("/etc/os-release").unwrap_or_default())
        }
    }

    /// Whether windows are drawn by X11 or Wayland and secrets are kept by a Secret Service.
    pub fn is_linux(self) -> bool {
        match self {
            Self::Debian | Self::Fedora | Self::Arch | Self::Suse | Self::OtherLinux => true,
            Self::MacOs | Self::Windows => false,
        }
    }

    /// Reads `ID` and `ID_LIKE` of os-release(5).
    fn of_linux(os_release: &str) -> Self {
        let field = |name: &str| os_release.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('='));
        let families = [field("ID"), field("ID_LIKE")].into_iter().flatten();
        families
            .flat_map(|value| value.trim_matches(['"', '\'']).split_whitespace())
            .find_map(|family| match family {
                "debian" | "ubuntu" => Some(Self::Debian),
                "fedora" | "rhel" | "centos" => Some(Self::Fedora),
                "arch" => Some(Self::Arch),
                "suse" | "opensuse" => Some(Self::Suse),
                _ => None,
            })
            .unwrap_or(Self::OtherLinux)
    }
}

/// How we may install packages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Right {
    /// We are root.
    Root,
    /// `sudo` works, or may ask for a password.
    Sudo,
    /// Neither.
    Nobody,
}

impl Right {
    /// What we may do here.
    pub fn here(house: &House) -> Self {
        if Work::new(house, "id", &["-u"]).read().is_some_and(|id| id.trim() == "0") {
            Self::Root
        } else if Work::new(house, "sudo", &["-n", "true"]).succeeds() || (is_installed("sudo") && stdin().is_terminal()) {
            Self::Sudo
        } else {
            Self::Nobody
        }
    }
}

/// Whether a window can be opened.
pub fn has_display(system: System) -> bool {
    let set = |name| var_os(name).is_some_and(|value| !value.is_empty());
    !system.is_linux() || set("DISPLAY") || set("WAYLAND_DISPLAY")
}

/// Whether WebKitGTK would draw with the processor: there it is two to three times as fast without DMA-BUF.
pub fn draws_in_software(system: System) -> bool {
    // xvfb-run hides which screen it is; its own name in XAUTHORITY tells.
    let virtual_screen = var_os("XAUTHORITY").is_some_and(|path| path.to_string_lossy().contains("xvfb"));
    system.is_linux() && (virtual_screen || !has_render_node(Path::new("/dev/dri")))
}

/// Whether a program of this name is on the search path.
pub fn is_installed(program: &str) -> bool {
    var_os("PATH").is_some_and(|path| std::env::split_paths(&path).any(|folder| folder.join(program).is_file()))
}

fn has_render_node(folder: &Path) -> bool {
    let Ok(mut entries) = fs::read_dir(folder) else { return false };
    entries.any(|entry| entry.is_ok_and(|entry| entry.file_name().to_string_lossy().starts_with("renderD")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_linux_is_told_by_its_family() {
        for (os_release, system) in [
            ("PRETTY_NAME=\"Debian GNU/Linux 12\"\nID=debian\n", System::Debian),
            ("ID=linuxmint\nID_LIKE=\"ubuntu debian\"\n", System::Debian),
            ("ID=\"rocky\"\nID_LIKE=\"rhel centos fedora\"\n", System::Fedora),
            ("ID=manjaro\nID_LIKE=arch\n", System::Arch),
            ("ID=\"opensuse-tumbleweed\"\nID_LIKE=\"opensuse suse\"\n", System::Suse),
            ("ID=alpine\n", System::OtherLinux),
            ("", System::OtherLinux),
        ] {
            assert_eq!(System::of_linux(os_release), system, "{os_release}");
        }
    }
}
