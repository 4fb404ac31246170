//! The interface: its packages and its build, each done only when what it is made from has changed.

use std::fs;
use std::path::PathBuf;

use crate::failure::{Failure, Outcome};
use crate::house::House;
use crate::say;
use crate::stamp::{fingerprint, is_current};
use crate::work::Work;

/// Installs the interface's packages as its lockfile names them.
pub fn install(house: &House) -> Outcome<()> {
    let ui = house.interface();
    let print = print(house, vec![ui.join("package.json"), ui.join("package-lock.json")])?;
    if is_current(&stamp(house, "installed"), &print) {
        return Ok(());
    }
    say::headline("Installing the interface's packages");
    Work::npm(house, &["ci", "--no-audit", "--no-fund"]).run()?;
    leave(house, "installed", &print)
}

/// Builds the interface into `ui/dist`, which the window embeds. Answers whether anything had to be done.
pub fn build(house: &House) -> Outcome<bool> {
    let print = print(house, sources(house)?)?;
    let built = house.interface().join("dist").join("index.html").is_file();
    if built && is_current(&stamp(house, "built"), &print) {
        return Ok(false);
    }
    Work::npm(house, &["run", "build"]).run()?;
    leave(house, "built", &print)?;
    Ok(true)
}

/// The sources, and the files beside them that steer the build; not what is installed or built.
fn sources(house: &House) -> Outcome<Vec<PathBuf>> {
    let ui = house.interface();
    let mut sources = vec![ui.join("src"), ui.join("public")];
    for entry in fs::read_dir(&ui).map_err(Failure::disk(&ui))? {
        let path = entry.map_err(Failure::disk(&ui))?.path();
        if path.is_file() {
            sources.push(path);
        }
    }
    Ok(sources)
}

fn print(house: &House, sources: Vec<PathBuf>) -> Outcome<String> {
    fingerprint(&sources).map_err(Failure::disk(&house.interface()))
}

/// Stamps rest among the installed packages: what lies in `ui/dist` would be shipped, and a fresh install starts over.
fn stamp(house: &House, name: &str) -> PathBuf {
    house.interface().join("node_modules").join(format!(".rollcall-{name}"))
}

fn leave(house: &House, name: &str, print: &str) -> Outcome<()> {
    let path = stamp(house, name);
    fs::write(&path, print).map_err(Failure::disk(&path))
}
