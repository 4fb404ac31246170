//! `cargo xtask run`: from a bare machine to the window on the practice tenant.

use std::process::ExitCode;

use crate::failure::Outcome;
use crate::house::House;
use crate::machine::{System, draws_in_software, has_display};
use crate::packages::{Need, ensure};
use crate::work::Work;
use crate::{interface, node, say};

/// How cargo builds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Profile {
    Debug,
    Release,
}

impl Profile {
    fn folder(self) -> &'static str {
        match self {
            Self::Debug => "debug",
            Self::Release => "release",
        }
    }

    fn build(self, house: &House, words: &[&str]) -> Work {
        let flags: &[&str] = match self {
            Self::Debug => &["build", "--locked"],
            Self::Release => &["build", "--locked", "--release"],
        };
        Work::cargo(house, &[flags, words].concat())
    }
}

/// Sets up, builds and starts Rollcall; answers when it is closed.
pub fn run(house: &House, profile: Profile) -> Outcome<ExitCode> {
    let system = System::here();
    if has_display(system) { window(house, system, profile) } else { terminal(house, system, profile) }
}

fn window(house: &House, system: System, profile: Profile) -> Outcome<ExitCode> {
    // Node first: it is looked up at once, and what it misses only a person can install.
    node::check(house)?;
    ensure(house, system, Need::Window)?;
    interface::install(house)?;
    interface::build(house)?;
    say::headline("Building Rollcall");
    profile.build(house, &["--features", "rollcall/custom-protocol", "-p", "rollcall", "-p", "rollcallctl"]).run()?;

    say::headline("Opening Rollcall on the practice tenant");
    let program = house.program(profile.folder(), "rollcall");
    let mut rollcall = Work::new(house, program, &["--practice"]);
    if draws_in_software(system) && std::env::var_os("WEBKIT_DISABLE_DMABUF_RENDERER").is_none() {
        rollcall = rollcall.env("WEBKIT_DISABLE_DMABUF_RENDERER", "1");
    }
    rollcall.run()?;
    Ok(ExitCode::SUCCESS)
}

fn terminal(house: &House, system: System, profile: Profile) -> Outcome<ExitCode> {
    say::line(
        "There is no display (neither DISPLAY nor WAYLAND_DISPLAY is set), so no window can open.\n\
         The same rollout on the practice tenant runs in this terminal instead.",
    );
    ensure(house, system, Need::CommandLine)?;
    say::headline("Building rollcallctl");
    profile.build(house, &["-p", "rollcallctl"]).run()?;

    say::headline("The three stages against a fresh practice tenant");
    Work::new(house, house.program(profile.folder(), "rollcallctl"), &["rollout", "--practice"]).run()?;
    Ok(ExitCode::SUCCESS)
}
