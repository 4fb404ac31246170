//! Tables and lists of facts, laid out for the width at hand. Every cell is cleaned before it is measured.

use console::{Style, measure_text_width, truncate_str};

use crate::text::clean;

/// What a piece of text says by its colour, on a terminal that has any.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Paint {
    #[default]
    Plain,
    Strong,
    Faint,
    Good,
    Bad,
    Open,
}

impl Paint {
    /// The text in this colour.
    pub fn on(self, text: &str) -> String {
        if text.is_empty() {
            return String::new();
        }
        let style = match self {
            Self::Plain => return text.to_owned(),
            Self::Strong => Style::new().bold(),
            Self::Faint => Style::new().dim(),
            Self::Good => Style::new().green(),
            Self::Bad => Style::new().red(),
            Self::Open => Style::new().yellow(),
        };
        style.apply_to(text).to_string()
    }
}

/// One cell of a table.
pub struct Cell {
    text: String,
    paint: Paint,
}

impl Cell {
    /// A cell in a colour.
    pub fn painted(text: &str, paint: Paint) -> Self {
        Self { text: clean(text).into_owned(), paint }
    }
}

impl<T: AsRef<str>> From<T> for Cell {
    fn from(text: T) -> Self {
        Self::painted(text.as_ref(), Paint::Plain)
    }
}

/// How a column is laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Column {
    /// Never shortened.
    Left(&'static str),
    /// Never shortened, and its figures stand below each other.
    Right(&'static str),
    /// Shortened when the terminal is too narrow.
    Flexible(&'static str),
    /// Left out when the terminal is too narrow, the rightmost first.
    Spare(&'static str),
}

impl Column {
    const fn head(self) -> &'static str {
        match self {
            Self::Left(head) | Self::Right(head) | Self::Flexible(head) | Self::Spare(head) => head,
        }
    }
}

/// Rows under their heads.
pub struct Table {
    columns: Vec<Column>,
    rows: Vec<Vec<Cell>>,
}

/// The narrowest that a flexible column becomes.
const NARROWEST: usize = 10;
const GAP: &str = "  ";

impl Table {
    /// A table without rows.
    pub fn new(columns: impl IntoIterator<Item = Column>) -> Self {
        Self { columns: columns.into_iter().collect(), rows: Vec::new() }
    }

    /// Adds a row; its cells stand under the columns in order.
    pub fn row(&mut self, cells: impl IntoIterator<Item = Cell>) {
        self.rows.push(cells.into_iter().collect());
    }

    /// The lines of the table, no wider than `width` where that can be done. Heads are left out of the pages after the first.
    pub fn lines(&self, width: Option<usize>, heads: bool) -> Vec<String> {
        let widths = self.widths(width);
        let head = heads.then(|| {
            let heads = self.columns.iter().map(|column| Cell { text: column.head().to_uppercase(), paint: Paint::Faint });
            self.line(&heads.collect::<Vec<_>>(), &widths)
        });
        head.into_iter().chain(self.rows.iter().map(|row| self.line(row, &widths))).collect()
    }

    fn widths(&self, limit: Option<usize>) -> Vec<usize> {
        let natural = |at: usize, column: &Column| {
            let cells = self.rows.iter().filter_map(|row| row.get(at)).map(|cell| measure_text_width(&cell.text));
            cells.chain([measure_text_width(column.head())]).max().unwrap_or_default()
        };
        // A column of width 0 is left out, and its gap with it.
        let whole = |widths: &[usize]| {
            let shown = widths.iter().filter(|width| **width > 0).count();
            widths.iter().sum::<usize>() + GAP.len() * shown.saturating_sub(1)
        };
        let mut widths: Vec<usize> = self.columns.iter().enumerate().map(|(at, column)| natural(at, column)).collect();
        let Some(limit) = limit else { return widths };
        for (at, _) in self.columns.iter().enumerate().rev().filter(|(_, column)| matches!(column, Column::Spare(_))) {
            if whole(&widths) > limit
                && let Some(width) = widths.get_mut(at)
            {
                *width = 0;
            }
        }
        while whole(&widths) > limit {
            let flexible = self.columns.iter().zip(&mut widths).filter(|(column, _)| matches!(column, Column::Flexible(_)));
            match flexible.map(|(_, width)| width).filter(|width| **width > NARROWEST).max() {
                Some(widest) => *widest -= 1,
                None => break,
            }
        }
        widths
    }

    fn line(&self, cells: &[Cell], widths: &[usize]) -> String {
        let mut line = String::new();
        let shown = cells.iter().zip(&self.columns).zip(widths).filter(|(_, width)| **width > 0);
        for (at, ((cell, column), &width)) in shown.enumerate() {
            let text = truncate_str(&cell.text, width, "…");
            let blank = " ".repeat(width.saturating_sub(measure_text_width(&text)));
            if at > 0 {
                line.push_str(GAP);
            }
            let painted = cell.paint.on(&text);
            match column {
                Column::Right(_) => line.extend([blank, painted]),
                Column::Left(_) | Column::Flexible(_) | Column::Spare(_) => line.extend([painted, blank]),
            }
        }
        line.trim_end().to_owned()
    }
}

/// Labels and what they say, below each other.
pub fn facts(rows: &[(&str, Cell)]) -> Vec<String> {
    let widest = rows.iter().map(|(label, _)| measure_text_width(label)).max().unwrap_or_default();
    rows.iter()
        .map(|(label, cell)| {
            let blank = " ".repeat(widest - measure_text_width(label));
            format!("  {}{blank}  {}", Paint::Faint.on(label), cell.paint.on(&cell.text))
        })
        .collect()
}

/// Breaks a text into lines of at most `width`, each begun by `indent`, the first by `lead`.
pub fn wrapped(text: &str, lead: &str, indent: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = lead.to_owned();
    let mut bare = true;
    for word in clean(text).split_whitespace() {
        if !bare && measure_text_width(&line) + 1 + measure_text_width(word) > width {
            lines.push(std::mem::replace(&mut line, indent.to_owned()));
            bare = true;
        }
        if !bare {
            line.push(' ');
        }
        line.push_str(word);
        bare = false;
    }
    lines.push(line);
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> Table {
        let mut table = Table::new([Column::Flexible("name"), Column::Right("users"), Column::Left("state")]);
        table.row(["A rather long name of an organization".into(), "7".into(), "done".into()]);
        table.row(["山田".into(), "1,200".into(), "in progress".into()]);
        table
    }

    #[test]
    fn columns_stand_below_each_other_whatever_the_script() {
        let lines = table().lines(None, true);
        assert_eq!(lines[0], "NAME                                   USERS  STATE");
        assert_eq!(lines[1], "A rather long name of an organization      7  done");
        assert_eq!(lines[2], "山田                                   1,200  in progress");
    }

    #[test]
    fn a_narrow_terminal_shortens_what_may_be_shortened() {
        let lines = table().lines(Some(40), true);
        assert!(lines.iter().all(|line| measure_text_width(line) <= 40), "{lines:#?}");
        assert!(lines[1].contains("…") && lines[1].ends_with("7  done"), "{lines:#?}");
    }

    #[test]
    fn a_spare_column_goes_before_anything_is_shortened() {
        let mut table = Table::new([Column::Left("upn"), Column::Spare("name"), Column::Spare("mailbox"), Column::Flexible("why")]);
        table.row(["ada@contoso.example".into(), "Ada".into(), "not_initialized".into(), "Mailbox is full".into()]);
        assert_eq!(table.lines(Some(50), false), ["ada@contoso.example  Ada   Mailbox is full"]);
        assert_eq!(table.lines(Some(37), false), ["ada@contoso.example  Mailbox is full"]);
        assert_eq!(table.lines(Some(33), false), ["ada@contoso.example  Mailbox is …"]);
    }

    #[test]
    fn a_cell_can_not_start_an_escape_sequence() {
        assert!(!Cell::from("\u{1b}[31mred").text.contains('\u{1b}'));
    }

    #[test]
    fn long_advice_is_broken_between_words() {
        assert_eq!(wrapped("one two three", "- ", "  ", 9), ["- one two", "  three"]);
    }
}
