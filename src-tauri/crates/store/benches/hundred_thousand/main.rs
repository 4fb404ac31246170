//! What the store costs at the size it is made for, each figure beside what SQLite itself takes for the same rows in the same
//! program: `cargo bench -p rollcall-store`, with `-- --json` one line of JSON a figure, with
//! names only those figures, with `--quick` one pair of each for trying out.
#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a program for a person at a terminal, who wants figures or the reason why there are none"
)]

mod bare;
mod daily;
mod figure;
mod import;
mod people;
mod queries;
mod runs;

use figure::Report;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let json = arguments.iter().any(|argument| argument == "--json");
    let quick = arguments.iter().any(|argument| argument == "--quick");
    let wanted: Vec<String> = arguments.into_iter().filter(|argument| !argument.starts_with("--")).collect();
    let mut report = Report::new(json, quick, wanted);
    import::measure(&mut report);
    queries::measure(&mut report);
    daily::measure(&mut report);
    runs::measure(&mut report);
    report.end();
}
