//! `cargo xtask bench`: the store beside SQLite and the engine beside a bare client, in one table.

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

/// Measures. `words` are those of the engine's benchmark: names of figures, `--quick`, `--write`. With names or in a hurry the
/// store is left out, whose benchmark knows no small size.
pub fn bench(house: &House, words: &[&str]) -> Outcome<ExitCode> {
    if let Some(unknown) = words.iter().find(|word| word.starts_with('-') && !matches!(**word, "--quick" | "--write" | "--json")) {
        return Err(Failure::Usage(format!("there is no `cargo xtask bench {unknown}`")));
    }
    ensure(house, System::here(), Need::CommandLine)?;
    let file = house.store_figures();
    let typed = file.display().to_string();
    let mut engine = vec!["bench", "--locked", "-p", "rollcall-tests", "--bench", "engine", "--"];
    engine.extend(words);
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
    say::headline("The engine beside a bare client");
    Work::cargo(house, &engine).run()?;
    Ok(ExitCode::SUCCESS)
}
