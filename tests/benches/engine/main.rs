//! The engine beside a bare client and graph-rs-sdk, each on a practice tenant: how long the same work takes, what it costs, and
//! whether it was done right.

mod bare;
mod child;
mod document;
mod figure;
mod figures;
mod machine;
mod ours;
mod pairs;
mod plot;
mod sdk;
mod serve;
mod stage;
mod table;
mod truth;
mod usage;

use std::io::{Write, stdout};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};

const HELP: &str = "\
cargo bench -p rollcall-tests --bench engine [-- [NAME…] [--quick] [--json] [--write] [--store FILE] [--sdk FILE]]

NAME      only the figures whose name contains it
--quick   smaller tenants and one pair each: shows that it works, measures nothing worth keeping
--json    one JSON line for each figure instead of the table
--write   renew the figures and the plots of docs/performance.md, with names only those
--store   the store's own figures, as its benchmark's --json writes them
--sdk     the program of tests/benches/beside, for the figure against graph-rs-sdk";

/// What the command line asks for.
#[derive(Default)]
struct Wish {
    names: Vec<String>,
    quick: bool,
    json: bool,
    write: bool,
    store: Option<PathBuf>,
    sdk: Option<PathBuf>,
}

fn main() -> ExitCode {
    match obey() {
        Ok(code) => code,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn obey() -> Result<ExitCode> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    // The roles that this program plays in processes of their own.
    match words.first().map(String::as_str) {
        Some(serve::ROLE) => return child::play(serve::serve).map(|()| ExitCode::SUCCESS),
        Some(bare::ROLE) => return child::answer(bare::run).map(|()| ExitCode::SUCCESS),
        Some(ours::ROLE) => return child::answer(ours::run).map(|()| ExitCode::SUCCESS),
        Some(_) | None => {}
    }
    let wish = read(&words)?;
    if cfg!(debug_assertions) {
        say("This was built without optimisation; its figures say nothing.");
    }
    measure(&wish)
}

fn measure(wish: &Wish) -> Result<ExitCode> {
    if wish.quick && wish.write {
        bail!("--write wants figures at their full size");
    }
    let size = if wish.quick { figures::Size::quick() } else { figures::Size::full() };
    let tell = |text: &str| {
        let _ = writeln!(std::io::stderr(), "{text}");
    };
    // What can't be read is said before anything is measured.
    let of_the_store = wish.store.as_deref().map(figure::of_the_store).transpose()?;
    let mut measured = figures::measure(&size, &wish.names, wish.sdk.as_deref(), &tell)?;
    measured.figures.extend(of_the_store.unwrap_or_default());
    if wish.json {
        for figure in &measured.figures {
            say(&serde_json::to_string(figure)?);
        }
    } else {
        say(&table::plain(&measured.figures));
        say(&table::growth(&measured.growth));
        say(&machine::describe(measured.load));
    }
    if wish.write {
        if wish.names.is_empty() {
            document::write(&measured)?;
        } else {
            document::write_some(&measured)?;
        }
        say("docs/performance.md is renewed.");
    }
    Ok(ExitCode::SUCCESS)
}

fn read(words: &[String]) -> Result<Wish> {
    let mut wish = Wish::default();
    let mut words = words.iter();
    while let Some(word) = words.next() {
        match word.as_str() {
            // Cargo's own.
            "--bench" => {}
            "--quick" => wish.quick = true,
            "--json" => wish.json = true,
            "--write" => wish.write = true,
            "--store" => wish.store = Some(words.next().context("--store wants a file")?.into()),
            "--sdk" => wish.sdk = Some(words.next().context("--sdk wants a file")?.into()),
            name if name.starts_with('-') => bail!("there is no {name}\n\n{HELP}"),
            name => wish.names.push(name.to_owned()),
        }
    }
    Ok(wish)
}

/// A line that is out at once. Nobody reading any more is no reason to stop.
fn say(text: &str) {
    let mut out = stdout().lock();
    let _ = writeln!(out, "{text}").and_then(|()| out.flush());
}
