//! Tables: CSV, TSV and Markdown, with a row of heads by which the columns are found.

use super::words::words;

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Column {
    Name,
    Kind,
    Resource,
    Feature,
    Purpose,
    /// Whether the integration is complete without it.
    Optional,
    /// The opposite.
    Required,
}

/// The row of heads: how cells are parted, and which column is which.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Heads {
    pub mark: char,
    columns: Vec<Option<Column>>,
    /// The heads of columns that are of no use here.
    pub unused: Vec<String>,
}

impl Heads {
    /// The cell of a column; empty where the row has none.
    pub fn cell<'r>(&self, row: &'r [String], column: Column) -> &'r str {
        let at = self.columns.iter().position(|known| *known == Some(column));
        at.and_then(|at| row.get(at)).map_or("", |cell| cell.trim())
    }
}

/// The heads, if the line is a row of them: one column is that of the names, and another is known too.
pub(super) fn heads(line: &str) -> Option<Heads> {
    ['|', '\t', ';', ','].into_iter().find_map(|mark| {
        let cells = if mark == '|' { piped(line)? } else { records(line, mark).into_iter().next()?.1 };
        let mut columns: Vec<Option<Column>> = Vec::new();
        let mut unused = Vec::new();
        for cell in &cells {
            let column = column(cell).filter(|column| !columns.contains(&Some(*column)));
            if column.is_none() && !cell.trim().is_empty() {
                unused.push(cell.trim().to_owned());
            }
            columns.push(column);
        }
        // The portal has the permission's title under "Permission" where "Claim value" has its name.
        if let Some(value) = cells.iter().position(|cell| plain(cell) == "claim value") {
            let title = columns.iter().position(|column| *column == Some(Column::Name));
            for at in title.into_iter().filter(|at| *at != value) {
                columns.get_mut(at).into_iter().for_each(|column| *column = None);
                unused.extend(cells.get(at).map(|cell| cell.trim().to_owned()));
            }
            columns.get_mut(value).into_iter().for_each(|column| *column = Some(Column::Name));
            unused.retain(|head| plain(head) != "claim value");
        }
        let known = columns.iter().flatten().count();
        (columns.contains(&Some(Column::Name)) && known > 1).then_some(Heads { mark, columns, unused })
    })
}

fn column(head: &str) -> Option<Column> {
    Some(match plain(head).as_str() {
        "permission"
        | "permissions"
        | "name"
        | "names"
        | "scope"
        | "scopes"
        | "permission name"
        | "permissions name"
        | "scope name"
        | "api permissions name"
        | "api permission name"
        | "claim value"
        | "graph permission"
        | "api permission" => Column::Name,
        "type" | "permission type" | "kind" | "permissions type" => Column::Kind,
        "resource" | "api" | "api name" | "resource name" => Column::Resource,
        "feature" | "features" | "used for" | "for" | "feature lost" | "lost without it" | "needed for" | "what for" => Column::Feature,
        "purpose" | "why" | "reason" | "justification" => Column::Purpose,
        "optional" => Column::Optional,
        "required" | "needed" | "mandatory" => Column::Required,
        _ => return None,
    })
}

/// A head as it is compared: its words in small letters.
fn plain(head: &str) -> String {
    let words: Vec<String> = words(head).iter().map(|word| word.text.to_ascii_lowercase()).collect();
    words.join(" ")
}

/// The cells of a row of a Markdown table, if it is one.
pub(super) fn piped(line: &str) -> Option<Vec<String>> {
    let line = line.trim();
    let inner = line.strip_prefix('|').unwrap_or(line);
    let inner = inner.strip_suffix('|').unwrap_or(inner);
    line.contains('|').then(|| inner.split('|').map(|cell| cell.trim().to_owned()).collect())
}

/// Whether the row is the line between heads and rows: `|---|:---:|`.
pub(super) fn is_rule(row: &[String]) -> bool {
    row.iter().all(|cell| !cell.is_empty() && cell.chars().all(|c| matches!(c, '-' | ':' | '=' | ' ')))
}

/// The records of a text whose cells are parted by a mark, each with the number of the line that it begins on, from 1. A cell in
/// quotes may hold the mark, line ends and doubled quotes (RFC 4180).
pub(super) fn records(text: &str, mark: char) -> Vec<(u32, Vec<String>)> {
    let mut records = Vec::new();
    let mut row: Vec<String> = Vec::new();
    let mut cell = String::new();
    let (mut quoted, mut fresh) = (false, true);
    let (mut line, mut begun) = (1u32, 1u32);
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '"' if quoted => {
                if letters.next_if_eq(&'"').is_some() {
                    cell.push('"');
                } else {
                    quoted = false;
                }
            }
            '"' if fresh => {
                quoted = true;
                fresh = false;
            }
            '\r' if !quoted && letters.peek() == Some(&'\n') => {}
            '\n' if !quoted => {
                row.push(std::mem::take(&mut cell));
                records.push((begun, std::mem::take(&mut row)));
                line += 1;
                begun = line;
                fresh = true;
            }
            _ if letter == mark && !quoted => {
                row.push(std::mem::take(&mut cell));
                fresh = true;
            }
            _ => {
                line += u32::from(letter == '\n');
                cell.push(letter);
                fresh = false;
            }
        }
    }
    if !cell.is_empty() || !row.is_empty() {
        row.push(cell);
        records.push((begun, row));
    }
    records
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heads_are_known_by_their_words_whatever_parts_them() {
        for line in ["Permission,Type", "| **Permission** | Type |", "API / Permissions name\tType\tDescription", "\"Scope\";\"Kind\""] {
            assert!(heads(line).is_some(), "{line}");
        }
        for line in ["Mail.Read,Application", "Permission", "Type, Description", "Mail.Read | Mail.Send", ""] {
            assert_eq!(heads(line), None, "{line}");
        }
        let portal = heads("API name\tClaim value\tPermission\tType").unwrap();
        let row = ["Microsoft Graph", "Mail.Read", "Read mail", "Delegated"].map(str::to_owned);
        assert_eq!(portal.cell(&row, Column::Name), "Mail.Read");
        assert_eq!(portal.unused, ["Permission"]);
    }

    #[test]
    fn cells_are_parted_as_everybody_parts_them() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../../shared/data/inputs/csv");
        let Ok(files) = std::fs::read_dir(format!("{folder}/csvs")) else {
            println!("skipped: the collection of CSV files is not at hand");
            return;
        };
        let mut compared = 0;
        for file in files.flatten() {
            let name = file.path().file_stem().unwrap().to_string_lossy().into_owned();
            let Ok(expected) = std::fs::read_to_string(format!("{folder}/json/{name}.json")) else { continue };
            // A file of one record is described by the record alone.
            let expected: Vec<std::collections::BTreeMap<String, String>> =
                serde_json::from_str(&expected).or_else(|_| serde_json::from_str(&expected).map(|one| vec![one])).unwrap();
            // In one file of the collection the number of a telephone was exchanged, in its JSON only.
            let text = std::fs::read_to_string(file.path()).unwrap().replace("2095257564", "1234567890");
            let mut rows = records(&text, ',').into_iter().map(|(_, row)| row);
            let heads = rows.next().unwrap();
            let found: Vec<std::collections::BTreeMap<String, String>> = rows.map(|row| heads.iter().cloned().zip(row).collect()).collect();
            assert_eq!(found, expected, "{name}");
            compared += 1;
        }
        assert!(compared > 8, "{compared} files were compared");
    }
}
