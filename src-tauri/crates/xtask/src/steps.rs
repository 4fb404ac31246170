//! The steps of `cargo xtask test`, in order.

use crate::counts::{Runner, Tally};
use crate::house::House;
use crate::session::Session;
use crate::work::Work;

/// One step: its name, what it does, and how to type it when it fails.
pub struct Step {
    pub name: &'static str,
    pub does: Does,
    /// What later steps run or embed, so that it is done even when only one of those is asked for.
    pub prepares: bool,
    pub repeat: String,
}

/// What a step does.
#[derive(Clone)]
pub enum Does {
    /// A command that ends well or badly.
    Check(Work),
    /// A test runner, which says what it counted.
    Count(Work, Tally),
    /// The build of the interface, which is left out when nothing has changed.
    Interface,
    /// The tests of the window are not run, for this reason.
    LeaveWindowShut(&'static str),
}

/// What the machine and the person allow the tests to use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// A keychain and a virtual screen of the session's own.
    Window,
    /// A keychain of the session's own, and no screen.
    Keychain,
    /// Neither: a system that has no such sessions.
    Bare,
}

/// The test program that drives the real window.
const WINDOW_TESTS: &str = "e2e";

/// What belongs to no package of the workspace and is formatted like them; it is compiled only where it is measured.
const OUTSIDE: &str = "tests/benches/beside/src/main.rs";

/// Every cargo step selects the same packages and features, so that nothing is compiled in two variants.
const HOUSE: [&str; 4] = ["--locked", "--workspace", "--features", "rollcall/custom-protocol"];

/// All steps. The interface comes before anything that cargo compiles: the window embeds it.
pub fn steps(house: &House, session: &Session, stage: Stage) -> Vec<Step> {
    let cargo = |command: &str, more: &[&str]| Work::cargo(house, &[&[command], &HOUSE[..], more].concat());
    let npm = |words: &[&str]| Work::npm(house, words);

    let rust = cargo("test", &["--no-fail-fast"]);
    let rust = match stage {
        Stage::Window | Stage::Keychain => session.with_keychain(rust),
        Stage::Bare => rust,
    };
    let drive = cargo("test", &["--test", WINDOW_TESTS, "--", "--include-ignored", "--test-threads=1"])
        .env("ROLLCALL_E2E", "1")
        .env("ROLLCALL_PROGRAM", house.program("debug", "rollcall"))
        .env("ROLLCALL_SCREENSHOTS", house.screenshots());
    let window = match stage {
        Stage::Window => Does::Count(session.with_screen(drive), Tally::new(Runner::Cargo)),
        Stage::Keychain => Does::LeaveWindowShut("--quick leaves the window shut"),
        Stage::Bare => Does::LeaveWindowShut("the window is driven on Linux only"),
    };
    vec![
        step("format", Does::Check(Work::cargo(house, &["fmt", "--all", "--check", "--", OUTSIDE]))),
        step("interface-check", Does::Check(npm(&["run", "check"]))),
        step("interface-test", Does::Count(npm(&["test"]), Tally::new(Runner::Vitest))),
        Step { prepares: true, ..step("interface-build", Does::Interface) },
        step("lint", Does::Check(cargo("clippy", &["--all-targets", "--", "-D", "warnings"]))),
        Step { prepares: true, ..step("build", Does::Check(cargo("build", &["--all-targets"]))) },
        in_session("rust", Does::Count(rust, Tally::without(Runner::Cargo, WINDOW_TESTS))),
        in_session("window", window),
    ]
}

fn step(name: &'static str, does: Does) -> Step {
    let repeat = match &does {
        Does::Check(work) | Does::Count(work, _) => work.typed(),
        Does::Interface | Does::LeaveWindowShut(_) => only(name),
    };
    Step { name, does, prepares: false, repeat }
}

/// A step whose command works only inside a session, the folders of which are gone when a person repeats it.
fn in_session(name: &'static str, does: Does) -> Step {
    Step { name, does, prepares: false, repeat: only(name) }
}

fn only(name: &str) -> String {
    format!("cargo xtask test --only {name}")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The steps as they would be typed, in the session of the test `of`.
    fn typed(of: &str, stage: Stage) -> Vec<(&'static str, String)> {
        let folder = format!("rollcall-steps-{of}-{}", std::process::id());
        let session = Session::below(std::env::temp_dir().join(folder)).unwrap();
        let words = |step: Step| match step.does {
            Does::Check(work) | Does::Count(work, _) => (step.name, work.typed()),
            Does::Interface => (step.name, "interface".to_owned()),
            Does::LeaveWindowShut(why) => (step.name, why.to_owned()),
        };
        steps(&House::at("/house"), &session, stage).into_iter().map(words).collect()
    }

    #[test]
    fn the_interface_is_built_before_cargo_compiles_and_the_program_before_it_is_driven() {
        let names: Vec<_> = typed("order", Stage::Window).into_iter().map(|(name, _)| name).collect();
        let order = ["interface-build", "lint", "build", "rust", "window"].map(|name| names.iter().position(|n| *n == name));
        assert!(order.is_sorted() && order[0].is_some(), "{names:?}");
    }

    #[test]
    fn cargo_compiles_one_variant_of_everything() {
        for (name, line) in typed("variant", Stage::Window) {
            if ["lint", "build", "rust", "window"].contains(&name) {
                assert!(line.contains(" --locked --workspace --features rollcall/custom-protocol"), "{name}: {line}");
            }
        }
    }

    #[test]
    fn a_keychain_needs_a_session_and_the_window_a_screen() {
        let of = |stage, wanted: &str| typed("needs", stage).into_iter().find(|(name, _)| *name == wanted).unwrap().1;
        assert!(of(Stage::Window, "window").contains("ROLLCALL_E2E=1") && of(Stage::Window, "window").contains("xvfb-run"));
        assert!(of(Stage::Keychain, "rust").contains("ROLLCALL_TEST_KEYCHAIN=1"));
        assert!(!of(Stage::Keychain, "window").contains("cargo test"));
        assert!(!of(Stage::Bare, "rust").contains("dbus-run-session"));
    }
}
