//! What a contributor types: set up, run, test, measure. It leans on nothing but the standard library, so that on a bare
//! machine it is there a second after it is asked for.

mod bench;
mod counts;
mod failure;
mod house;
mod interface;
mod machine;
mod node;
mod packages;
mod run;
mod say;
mod session;
mod stamp;
mod steps;
mod test;
mod work;

use std::process::ExitCode;

use failure::{Failure, Outcome};
use house::House;
use work::Work;

const HELP: &str = "\
cargo xtask run [--release]     set up what is missing, build, and open the window on the practice tenant;
                                without a display, the same rollout in the terminal
cargo xtask test                set up what is missing, then every check there is: format, lint, interface, Rust,
                                and the real window under a virtual display
cargo xtask test --quick        the same without the real window
cargo xtask test --only STEP    one step, and the builds that it needs
cargo xtask bench [NAME…]       measure: the store beside SQLite, the engine beside a bare client and graph-rs-sdk, on the
                                practice tenant
cargo xtask bench --quick       the engine's figures at small sizes, to see that everything works; without graph-rs-sdk
cargo xtask bench --write       all of them, and renew docs/performance.md and its plots; with names, only those
cargo xtask bindings            write ui/src/api/bindings.ts anew from the Rust types";

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match obey(&words) {
        Ok(code) => code,
        Err(failure) => {
            say::error(&failure);
            failure.exit_code()
        }
    }
}

fn obey(words: &[&str]) -> Outcome<ExitCode> {
    match words {
        [] | ["help" | "--help" | "-h"] => {
            say::line(HELP);
            Ok(ExitCode::SUCCESS)
        }
        ["run"] => run::run(&House::find()?, run::Profile::Debug),
        ["run", "--release"] => run::run(&House::find()?, run::Profile::Release),
        ["test"] => test::test(&House::find()?, test::Choice::Everything),
        ["test", "--quick"] => test::test(&House::find()?, test::Choice::Quick),
        ["test", "--only", step] => test::test(&House::find()?, test::Choice::Only(step)),
        ["bench", words @ ..] => bench::bench(&House::find()?, words),
        ["bindings"] => bindings(&House::find()?),
        unknown => Err(Failure::Usage(format!("there is no `cargo xtask {}`\n\n{HELP}", unknown.join(" ")))),
    }
}

fn bindings(house: &House) -> Outcome<ExitCode> {
    Work::cargo(house, &["test", "--locked", "-p", "rollcall-ops", "bindings"]).env("ROLLCALL_WRITE_BINDINGS", "1").run()?;
    Ok(ExitCode::SUCCESS)
}
