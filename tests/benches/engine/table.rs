//! The figures as a person reads them: in the terminal, and in a document.

use std::fmt::Write as _;

use crate::figure::Figure;
use crate::figures::Step;

/// For the terminal: a line for each figure, what it was made of below it.
pub fn plain(figures: &[Figure]) -> String {
    let mut text = String::new();
    for figure in figures {
        let (shown, goal) = (&figure.shown, figure.goal());
        // Writing to a text can't fail.
        let _ = writeln!(text, "{}\n    {shown}, goal {goal}: {}", figure.what, judged(figure));
        let _ = writeln!(text, "    {}", with_tenant(figure));
    }
    text
}

/// For the document: a table.
pub fn marked(figures: &[Figure]) -> String {
    let mut text = String::from("| what | measured | goal | | made of |\n|---|---|---|---|---|\n");
    for figure in figures {
        text.push_str(&row(figure));
        text.push('\n');
    }
    text
}

/// A figure's row of it.
pub fn row(figure: &Figure) -> String {
    let (what, shown, goal) = (&figure.what, &figure.shown, figure.goal());
    format!("| {what} | {shown} | {goal} | {} | {} |", judged(figure), with_tenant(figure))
}

/// What each size costs, for the terminal.
pub fn growth(steps: &[Step]) -> String {
    let mut text = String::new();
    for step in steps {
        let each = |whole: f64| whole * 1_000.0 / f64::from(step.mailboxes);
        let _ = writeln!(
            text,
            "{:>7} mailboxes: {:7.2} s, {:.3} ms each; processor {:6.2} s, {:.3} ms each; {:.0} MB",
            step.mailboxes,
            step.seconds,
            each(step.seconds),
            step.processor,
            each(step.processor),
            step.megabytes
        );
    }
    text
}

/// The same for the document.
pub fn marked_growth(steps: &[Step]) -> String {
    let mut text =
        String::from("| mailboxes | time | time each | processor | processor each | peak memory |\n|---:|---:|---:|---:|---:|---:|\n");
    for step in steps {
        let each = |whole: f64| whole * 1_000.0 / f64::from(step.mailboxes);
        let _ = writeln!(
            text,
            "| {} | {:.2} s | {:.2} ms | {:.2} s | {:.2} ms | {:.0} MB |",
            crate::figures::grouped(step.mailboxes),
            step.seconds,
            each(step.seconds),
            step.processor,
            each(step.processor),
            step.megabytes
        );
    }
    text
}

fn judged(figure: &Figure) -> &'static str {
    if figure.met { "met" } else { "**not met**" }
}

fn with_tenant(figure: &Figure) -> String {
    match figure.tenant {
        Some(share) => format!("{}; practice tenant {:.0} % of a core", figure.detail, share * 100.0),
        None => figure.detail.clone(),
    }
}
