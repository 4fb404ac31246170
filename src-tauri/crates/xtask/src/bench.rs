//! `cargo xtask bench`: the store beside SQLite, the engine beside a bare client and graph-rs-sdk, in one table.

use std::fs;
use std::process::ExitCode;

use crate::failure::{Failure, Outcome};
use crate::house::House;
use crate::machine::System;
use crate::packages::{Need, ensure};
use crate::say;
use crate::work::Work;

/// How the store's benchmark begins each figure that it tells.
const FIGURE: &str = r#"{"figure""#;
/// The figure that wants the program with graph-rs-sdk.
const AGAINST_SDK: &str = "processor-sdk";
/// Where that program's package is, which is outside of the workspace.
const BESIDE: &str = "tests/benches/beside/Cargo.toml";

/// Measures. `words` are those of the engine's benchmark: names of figures, `--quick`, `--write`. With names or in a hurry the
/// store is left out, whose benchmark knows no small size. What takes minutes to build is built only where it is measured.
pub fn bench(house: &House, words: &[&str]) -> Outcome<ExitCode> {
    if let Some(unknown) = words.iter().find(|word| word.starts_with('-') && !matches!(**word, "--quick" | "--write" | "--json")) {
        return Err(Failure::Usage(format!("there is no `cargo xtask bench {unknown}`")));
    }
    ensure(house, System::here(), Need::CommandLine)?;
    let sdk = against_sdk(words).then(|| build_beside(house)).transpose()?;
    let file = house.store_figures();
    let typed = file.display().to_string();
    let mut engine = vec!["bench", "--locked", "-p", "rollcall-tests", "--bench", "engine", "--"];
    engine.extend(words);
    if let Some(program) = &sdk {
        engine.extend(["--sdk", program]);
    }
    if words.iter().all(|word| matches!(*word, "--write" | "--json")) {
        say::headline("The store beside SQLite");
        let mut figures = String::new();
        Work::cargo(house, &["bench", "--locked", "-p", "rollcall-store", "--", "--json"]).run_hearing(|line| {
            if line.starts_with(FIGURE) {
                figures.push_str(line.trim_end());
                figures.push('\n');
            }
        })?;
        fs::write(&file, figures).map_err(Failure::disk(&file))?;
        engine.extend(["--store", &typed]);
    }
    say::headline("The engine beside a bare client and graph-rs-sdk");
    Work::cargo(house, &engine).run()?;
    Ok(ExitCode::SUCCESS)
}

/// Whether the figure against graph-rs-sdk is measured: when it or all are asked for, and not in a hurry.
fn against_sdk(words: &[&str]) -> bool {
    let mut names = words.iter().filter(|word| !word.starts_with('-')).peekable();
    !words.contains(&"--quick") && (names.peek().is_none() || names.any(|name| AGAINST_SDK.contains(name)))
}

/// Builds the program with graph-rs-sdk and answers where it is.
fn build_beside(house: &House) -> Outcome<String> {
    say::headline("The program with graph-rs-sdk");
    let folder = house.beside().display().to_string();
    Work::cargo(house, &["build", "--release", "--locked", "--manifest-path", BESIDE, "--target-dir", &folder]).run()?;
    Ok(house.program("beside/release", "rollcall-beside").display().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sdk_is_built_only_where_it_is_measured() {
        for words in [&[][..], &["--write"], &["processor"], &["probe", "sdk"]] {
            assert!(against_sdk(words), "{words:?}");
        }
        for words in [&["--quick"][..], &["--quick", "processor"], &["probe"], &["--write", "processor-time"]] {
            assert!(!against_sdk(words), "{words:?}");
        }
    }
}
