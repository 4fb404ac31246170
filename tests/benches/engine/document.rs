//! Renews the figures in `docs/performance.md`, between marks, and the plots beside it. The words around them stay as they are.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};

use crate::figures::{Measured, Step};
use crate::plot::{Line, draw};
use crate::{machine, table};

/// Writes all that was measured.
pub fn write(measured: &Measured) -> Result<()> {
    let (file, text) = page()?;
    let text = renew(&text, "machine", &format!("{}.\n", machine::describe(measured.load)))?;
    let text = renew(&text, "figures", &table::marked(&measured.figures))?;
    let text = grown(&text, measured)?;
    std::fs::write(&file, text).with_context(|| file.display().to_string())
}

/// Writes the figures that were measured and leaves the others as they are, which were measured on the same machine.
pub fn write_some(measured: &Measured) -> Result<()> {
    let (file, text) = page()?;
    let here = machine::describe(None);
    ensure!(text.contains(&here), "the figures of docs/performance.md are of another machine, renew all of them; this is {here}");
    let mut text = text;
    let mut above: Option<String> = None;
    for figure in &measured.figures {
        let row = table::row(figure);
        let begin = format!("| {} |", figure.what);
        let old = text.lines().find(|line| line.starts_with(&begin)).map(str::to_owned);
        text = match (old, above) {
            (Some(old), _) => text.replacen(&old, &row, 1),
            // The first time that it is measured: below the one that it is measured with.
            (None, Some(above)) => text.replacen(&above, &format!("{above}\n{row}"), 1),
            (None, None) => bail!("docs/performance.md has no row for {}; renew all of them", figure.what),
        };
        above = Some(row);
    }
    if !measured.growth.is_empty() {
        text = grown(&text, measured)?;
    }
    std::fs::write(&file, text).with_context(|| file.display().to_string())
}

/// The page and where it is.
fn page() -> Result<(PathBuf, String)> {
    let file = docs()?.join("performance.md");
    let text = std::fs::read_to_string(&file).with_context(|| file.display().to_string())?;
    Ok((file, text))
}

/// The page with how cost grows, whose plots are drawn beside it.
fn grown(text: &str, measured: &Measured) -> Result<String> {
    let text = renew(text, "growth", &table::marked_growth(&measured.growth))?;

    let each = |name, of| Line { name, of };
    let time =
        [each("time", |step: &Step| per_mailbox(step, step.seconds)), each("processor time", |step| per_mailbox(step, step.processor))];
    let memory = [each("peak memory", |step: &Step| step.megabytes)];
    let plots = [
        ("growth-time.svg", draw("Bringing in and checking, for each mailbox", "ms", &measured.growth, &time)),
        ("growth-memory.svg", draw("Peak memory of the whole", "MB", &measured.growth, &memory)),
    ];
    for (name, svg) in plots {
        let file = docs()?.join(name);
        std::fs::write(&file, svg).with_context(|| file.display().to_string())?;
    }
    Ok(text)
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
