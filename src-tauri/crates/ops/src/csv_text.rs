//! CSV that a spreadsheet shows and never runs: a cell that would start a formula gets an apostrophe before it.

use crate::error::{Code, Error, Result};

/// A header and rows as CSV text with CRLF line ends (RFC 4180).
///
/// # Errors
/// `Internal` when a row has another number of cells than the one before.
pub fn text<R: AsRef<[String]>>(header: Option<&[&str]>, rows: impl IntoIterator<Item = R>) -> Result<String> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    let uneven = |_| Error::new(Code::Internal, "a row of the CSV has another number of cells");
    if let Some(header) = header {
        writer.write_record(header).map_err(uneven)?;
    }
    for row in rows {
        writer.write_record(row.as_ref().iter().map(|cell| harmless(cell))).map_err(uneven)?;
    }
    let bytes = writer.into_inner().map_err(|_| Error::new(Code::Internal, "the CSV could not be written"))?;
    String::from_utf8(bytes).map_err(|_| Error::new(Code::Internal, "the CSV is not text"))
}

/// The cell with an apostrophe before each line that a spreadsheet could take for a formula. Harmless cells stay as they are;
/// taking the apostrophe off again gives the original ("CSV Injection", OWASP).
fn harmless(cell: &str) -> String {
    if !cell.split(['\n', '\r']).any(is_formula) && !cell.starts_with(['\t', '\r', '\n']) {
        return cell.to_owned();
    }
    let mut safe = String::with_capacity(cell.len() + 2);
    if cell.starts_with(['\t', '\r', '\n']) {
        safe.push('\'');
    }
    for piece in cell.split_inclusive(['\n', '\r']) {
        if is_formula(piece) {
            safe.push('\'');
        }
        safe.push_str(piece);
    }
    safe
}

fn is_formula(line: &str) -> bool {
    let blank = |c: char| c.is_whitespace() || matches!(c, '\u{FEFF}' | '\u{200B}'..='\u{200F}' | '\u{2060}');
    line.trim_start_matches(blank).starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_line_of_a_cell_starts_a_formula_and_the_rest_is_untouched() {
        for hostile in ["=1+1", " \u{a0}@SUM(A1)", "\u{feff}+1", "＝1", "-2", "fine\n=1", "\tx"] {
            let safe = harmless(hostile);
            assert!(!safe.split(['\n', '\r']).any(is_formula), "{hostile:?} became {safe:?}");
            assert!(!safe.starts_with(['\t', '\r', '\n']), "{hostile:?} became {safe:?}");
        }
        assert_eq!(harmless("Ada O'Neil, 5-7 = fine"), "Ada O'Neil, 5-7 = fine");
    }

    #[test]
    fn cells_are_quoted_where_they_must_be() {
        let text = text(Some(&["name", "note"]), [["Ada".to_owned(), "says \"hi\", twice".to_owned()]]).unwrap();
        assert_eq!(text, "name,note\r\nAda,\"says \"\"hi\"\", twice\"\r\n");
    }
}
