//! System packages: what is needed, what is missing, and how it gets here. On Debian we install it; elsewhere we look
//! for it and name exactly what to install.

use crate::failure::{Failure, Outcome};
use crate::house::House;
use crate::machine::{Right, System, is_installed};
use crate::say;
use crate::work::Work;

/// What is going to be done, each with all that the one before it needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Need {
    /// Build `rollcallctl`.
    CommandLine,
    /// Build and open the window.
    Window,
    /// Run the tests that open no window: they keep secrets in a real Secret Service.
    Tests,
    /// Run the tests that drive the real window.
    WindowTests,
}

/// Sees to it that everything for `need` is installed, or stops with what to install.
pub fn ensure(house: &House, system: System, need: Need) -> Outcome<()> {
    match system {
        System::Debian => ensure_debian(house, need),
        System::Fedora | System::Arch | System::Suse | System::OtherLinux => {
            let absent: Vec<&str> =
                THINGS.iter().filter(|thing| thing.need <= need && !thing.mark.is_there(house)).map(|thing| thing.name(system)).collect();
            if absent.is_empty() { Ok(()) } else { Err(Failure::Missing(how_to_install(system, &absent))) }
        }
        // Cargo has linked this very program, so the compiler tools are there; only these have to be told.
        System::MacOs => {
            let tools = Work::new(house, "xcode-select", &["-p"]).succeeds();
            let advice = "The Xcode command line tools are missing; install them with:\n\n    xcode-select --install\n";
            if tools { Ok(()) } else { Err(Failure::Missing(advice.to_owned())) }
        }
        System::Windows => {
            say::line(
                "Windows: this needs the MSVC build tools (\"Desktop development with C++\" in the Visual Studio \
                 installer) and the WebView2 runtime, which Windows 11 has and \
                 https://developer.microsoft.com/microsoft-edge/webview2 offers for Windows 10.",
            );
            Ok(())
        }
    }
}

/// One thing that has to be installed: how to see that it is, and what the families of Linux call it.
struct Thing {
    need: Need,
    mark: Mark,
    debian: &'static [&'static str],
    fedora: &'static str,
    arch: &'static str,
    suse: &'static str,
}

/// By what a thing is seen to be there, where no package list can be asked.
enum Mark {
    Program(&'static str),
    Library(&'static str),
}

const THINGS: [Thing; 8] = [
    thing(Need::CommandLine, Mark::Program("cc"), &["gcc", "libc6-dev"], ["gcc", "gcc", "gcc"]),
    thing(Need::Window, Mark::Program("pkg-config"), &["pkg-config"], ["pkgconf-pkg-config", "pkgconf", "pkgconf-pkg-config"]),
    thing(
        Need::Window,
        Mark::Library("webkit2gtk-4.1"),
        &["libwebkit2gtk-4.1-dev"],
        ["webkit2gtk4.1-devel", "webkit2gtk-4.1", "webkit2gtk3-devel"],
    ),
    thing(Need::Tests, Mark::Program("dbus-run-session"), &["dbus"], ["dbus-daemon", "dbus", "dbus-1-daemon"]),
    thing(Need::Tests, Mark::Program("gnome-keyring-daemon"), &["gnome-keyring"], ["gnome-keyring", "gnome-keyring", "gnome-keyring"]),
    thing(
        Need::WindowTests,
        Mark::Program("WebKitWebDriver"),
        &["webkit2gtk-driver"],
        ["webkit2gtk-driver", "webkit2gtk-4.1", "webkit2gtk-driver"],
    ),
    thing(Need::WindowTests, Mark::Program("xvfb-run"), &["xvfb"], ["xorg-x11-server-Xvfb", "xorg-server-xvfb", "xorg-x11-server-Xvfb"]),
    thing(Need::WindowTests, Mark::Program("xauth"), &["xauth"], ["xorg-x11-xauth", "xorg-xauth", "xauth"]),
];

const fn thing(need: Need, mark: Mark, debian: &'static [&'static str], others: [&'static str; 3]) -> Thing {
    let [fedora, arch, suse] = others;
    Thing { need, mark, debian, fedora, arch, suse }
}

impl Thing {
    fn name(&self, system: System) -> &'static str {
        match (system, &self.mark) {
            (System::Fedora, _) => self.fedora,
            (System::Arch, _) => self.arch,
            (System::Suse, _) => self.suse,
            (_, Mark::Program(name) | Mark::Library(name)) => name,
        }
    }
}

impl Mark {
    fn is_there(&self, house: &House) -> bool {
        match self {
            Self::Program(name) => is_installed(name),
            Self::Library(name) => Work::new(house, "pkg-config", &["--exists", name]).succeeds(),
        }
    }
}

fn how_to_install(system: System, absent: &[&str]) -> String {
    let mut absent = absent.to_vec();
    absent.dedup();
    let names = absent.join(" ");
    match system {
        System::Fedora => format!("Something is missing; install it with:\n\n    sudo dnf install {names}\n"),
        System::Arch => format!("Something is missing; install it with:\n\n    sudo pacman -S --needed {names}\n"),
        System::Suse => format!("Something is missing; install it with:\n\n    sudo zypper install {names}\n"),
        System::Debian | System::OtherLinux | System::MacOs | System::Windows => {
            format!("Something is missing; install these with your package manager, headers included: {names}")
        }
    }
}

fn ensure_debian(house: &House, need: Need) -> Outcome<()> {
    let wanted = debian_packages(need);
    let mut question = vec!["-W", "-f", "${Package} ${db:Status-Status}\n"];
    question.extend(&wanted);
    // dpkg-query ends badly when it knows one of the packages not at all, and still tells about the others.
    let missing = missing(&wanted, &Work::new(house, "dpkg-query", &question).read_anyway());
    match plan(&missing, Right::here(house)) {
        Plan::Nothing => Ok(()),
        Plan::Ask(line) => Err(Failure::Missing(format!(
            "These packages are missing, and neither root's rights nor sudo are at hand: {}. Install them with:\n\n    {line}\n",
            missing.join(" ")
        ))),
        Plan::Install(right) => {
            say::headline(format_args!("Installing {}", missing.join(" ")));
            install(house, right, &missing)
        }
    }
}

fn debian_packages(need: Need) -> Vec<&'static str> {
    THINGS.iter().filter(|thing| thing.need <= need).flat_map(|thing| thing.debian).copied().collect()
}

/// Those of `wanted` that dpkg doesn't call installed; a removed package whose settings stay is missing, too.
fn missing<'a>(wanted: &[&'a str], dpkg: &str) -> Vec<&'a str> {
    let installed: Vec<&str> = dpkg.lines().filter_map(|line| line.strip_suffix(" installed")).collect();
    wanted.iter().copied().filter(|package| !installed.contains(package)).collect()
}

/// What to do about missing packages.
#[derive(Debug, PartialEq, Eq)]
enum Plan {
    Nothing,
    /// Run apt-get, with sudo or without.
    Install(Right),
    /// Only a person can: the line to type.
    Ask(String),
}

fn plan(missing: &[&str], right: Right) -> Plan {
    if missing.is_empty() {
        return Plan::Nothing;
    }
    match right {
        Right::Root | Right::Sudo => Plan::Install(right),
        Right::Nobody => Plan::Ask(format!("sudo apt-get install -y --no-install-recommends {}", missing.join(" "))),
    }
}

/// Installs with the package lists that are there, and fetches new ones only when those don't lead to the packages.
fn install(house: &House, right: Right, packages: &[&str]) -> Outcome<()> {
    let apt_get = |words: &[&str]| apt_get(house, right, words);
    let install = [&["install", "-y", "--no-install-recommends"], packages].concat();
    let rehearsal = [&["install", "-s", "--no-install-recommends"], packages].concat();
    if Work::new(house, "apt-get", &rehearsal).succeeds() && apt_get(&install).run().is_ok() {
        return Ok(());
    }
    apt_get(&["update"]).run()?;
    apt_get(&install).run()
}

fn apt_get(house: &House, right: Right, words: &[&str]) -> Work {
    // `env`, because sudo drops the variables of the one who calls it.
    let work = Work::new(house, "apt-get", words).inside(&["env", "DEBIAN_FRONTEND=noninteractive"]);
    match right {
        Right::Sudo => work.inside(&["sudo"]),
        Right::Root | Right::Nobody => work,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_need_wants_what_the_one_before_wants_and_the_command_line_no_window() {
        assert_eq!(debian_packages(Need::CommandLine), ["gcc", "libc6-dev"]);
        assert_eq!(debian_packages(Need::Window), ["gcc", "libc6-dev", "pkg-config", "libwebkit2gtk-4.1-dev"]);
        let quick = debian_packages(Need::Tests);
        assert!(quick.ends_with(&["dbus", "gnome-keyring"]) && quick.len() == 6);
        assert!(debian_packages(Need::WindowTests).ends_with(&["webkit2gtk-driver", "xvfb", "xauth"]));
    }

    #[test]
    fn a_package_is_missing_unless_dpkg_says_installed() {
        let dpkg = "gcc installed\nxvfb config-files\nxauth not-installed\nlibc6-dev installed\nlibc6-dev installed\n";
        assert_eq!(missing(&["gcc", "libc6-dev", "xvfb", "xauth", "dbus"], dpkg), ["xvfb", "xauth", "dbus"]);
        assert_eq!(missing(&["gcc"], ""), ["gcc"], "without dpkg-query nothing is known to be installed");
    }

    #[test]
    fn we_install_with_the_rights_that_we_have_and_otherwise_print_the_line() {
        assert_eq!(plan(&[], Right::Nobody), Plan::Nothing);
        assert_eq!(plan(&["xvfb"], Right::Root), Plan::Install(Right::Root));
        assert_eq!(plan(&["xvfb"], Right::Sudo), Plan::Install(Right::Sudo));
        let Plan::Ask(line) = plan(&["xvfb", "xauth"], Right::Nobody) else { unreachable!("nobody may install") };
        assert_eq!(line, "sudo apt-get install -y --no-install-recommends xvfb xauth");
    }

    #[test]
    fn apt_get_asks_nothing_with_sudo_or_without() {
        let typed = |right| apt_get(&House::at("/"), right, &["update"]).typed();
        assert_eq!(typed(Right::Root), "env DEBIAN_FRONTEND=noninteractive apt-get update");
        assert_eq!(typed(Right::Sudo), "sudo env DEBIAN_FRONTEND=noninteractive apt-get update");
    }

    #[test]
    fn another_linux_is_told_its_own_words_once() {
        assert_eq!(
            how_to_install(System::Arch, &["webkit2gtk-4.1", "webkit2gtk-4.1", "xorg-xauth"]),
            "Something is missing; install it with:\n\n    sudo pacman -S --needed webkit2gtk-4.1 xorg-xauth\n"
        );
        assert!(how_to_install(System::Fedora, &["gcc"]).contains("sudo dnf install gcc"));
        assert!(how_to_install(System::Suse, &["gcc"]).contains("sudo zypper install gcc"));
    }
}
