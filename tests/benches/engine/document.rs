//! Renews the figures in `docs/performance.md`, between marks, and the plots beside it. The words around them stay as they are.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::figures::{Measured, Step};
use crate::plot::{Line, draw};
use crate::{machine, table};

/// Writes what was measured.
pub fn write(measured: &Measured) -> Result<()> {
    let docs = docs()?;
    let file = docs.join("performance.md");
    let text = std::fs::read_to_string(&file).with_context(|| file.display().to_string())?;
    let text = renew(&text, "machine", &format!("{}.\n", machine::describe(measured.load)))?;
    let text = renew(&text, "figures", &table::marked(&measured.figures))?;
    let text = renew(&text, "growth", &table::marked_growth(&measured.growth))?;
    std::fs::write(&file, text).with_context(|| file.display().to_string())?;

    let each = |name, of| Line { name, of };
    let time =
        [each("time", |step: &Step| per_mailbox(step, step.seconds)), each("processor time", |step| per_mailbox(step, step.processor))];
    let memory = [each("peak memory", |step: &Step| step.megabytes)];
    let plots = [
        ("growth-time.svg", draw("Bringing in and checking, for each mailbox", "ms", &measured.growth, &time)),
        ("growth-memory.svg", draw("Peak memory of the whole", "MB", &measured.growth, &memory)),
    ];
    for (name, svg) in plots {
        let file = docs.join(name);
        std::fs::write(&file, svg).with_context(|| file.display().to_string())?;
    }
    Ok(())
}

fn per_mailbox(step: &Step, seconds: f64) -> f64 {
    seconds * 1_000.0 / f64::from(step.mailboxes)
}

/// Puts `content` between the marks of that name.
fn renew(text: &str, name: &str, content: &str) -> Result<String> {
    let (begin, end) = (format!("<!-- {name}: written by cargo xtask bench --write -->\n"), format!("<!-- {name} end -->"));
    let missing = || format!("docs/performance.md has no mark for {name}");
    let (before, rest) = text.split_once(&begin).with_context(missing)?;
    let (_, after) = rest.split_once(&end).with_context(missing)?;
    Ok(format!("{before}{begin}\n{content}\n{end}{after}"))
}

fn docs() -> Result<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().context("the top of the repository")?;
    Ok(root.join("docs"))
}
