//! The forms in which PowerShell prints what a cmdlet answers: as a list, as a table, or as a file of separated values.

use super::cmdlet::Refused;
use crate::manifest::Place;

/// One object that a cmdlet has answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    pub place: Place,
    /// Its properties: the name in lower case, and what it holds.
    pub fields: Vec<(String, String)>,
}

impl Record {
    /// What a property holds.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// Reads a text that PowerShell has printed or written.
///
/// # Errors
/// [`Refused`] names the line that is nothing of the kind.
pub fn records(text: &str) -> Result<Vec<Record>, Refused> {
    let text = text.trim_start_matches('\u{feff}');
    let lines: Vec<(u32, &str)> = (1..).zip(text.lines()).collect();
    let told = |line: &&(u32, &str)| !is_passed_over(line.1) && !line.1.starts_with("#TYPE") && !line.1.starts_with("sep=");
    let Some(&(first, header)) = lines.iter().find(told) else { return Err(Refused::Nothing) };
    let names = |separator| cells(header, separator).map(|cell| cell.to_lowercase()).collect::<Vec<String>>();
    for separator in [',', ';', '\t'] {
        let names = names(separator);
        if names.iter().any(|name| name == "mailbox") && names.len() > 1 {
            let skipped: String = text.split_inclusive('\n').skip(first as usize).collect();
            return separated(&skipped, separator, &names, first + 1);
        }
    }
    let underlined = lines.get(first as usize).is_some_and(|(_, line)| is_underline(line));
    if underlined { drawn(&lines) } else { listed(&lines) }
}

/// Whether a line is none of what a cmdlet answers: nothing, a prompt, or a warning.
fn is_passed_over(line: &str) -> bool {
    let line = line.trim();
    let prompt = (line.starts_with("PS ") || line.starts_with("[PS] ")) && line.contains('>') || line.starts_with(">>");
    line.is_empty() || prompt || line.starts_with("WARNING: ") || line.starts_with("VERBOSE: ")
}

fn is_underline(line: &str) -> bool {
    let line = line.trim();
    line.starts_with('-') && line.chars().all(|letter| letter == '-' || letter == ' ')
}

fn odd(line: u32, text: &str) -> Refused {
    Refused::Odd { place: Place::Line(line), text: text.trim().to_owned() }
}

fn cells(line: &str, separator: char) -> impl Iterator<Item = &str> {
    line.split(separator).map(|cell| cell.trim().trim_matches('"'))
}

/// Separated values below a header that ends before `line`.
fn separated(text: &str, separator: char, names: &[String], mut line: u32) -> Result<Vec<Record>, Refused> {
    let mut records = Vec::new();
    for (row, lines) in rows(text, separator) {
        let place = Place::Line(line);
        if row.len() == names.len() {
            let fields = names.iter().cloned().zip(row.iter().map(|cell| cell.trim().to_owned())).collect();
            records.push(Record { place, fields });
        } else if row.iter().any(|cell| !cell.trim().is_empty()) {
            return Err(odd(line, &row.join(&separator.to_string())));
        }
        line += lines;
    }
    Ok(records)
}

/// The rows of a table, and how many lines each takes: quoted cells may hold separators, line ends and doubled quotes.
fn rows(text: &str, separator: char) -> impl Iterator<Item = (Vec<String>, u32)> {
    let mut letters = text.chars().peekable();
    std::iter::from_fn(move || {
        letters.peek()?;
        let (mut cells, mut cell, mut quoted, mut lines) = (Vec::new(), String::new(), false, 1);
        while let Some(letter) = letters.next() {
            match letter {
                '"' if quoted && letters.peek() == Some(&'"') => {
                    letters.next();
                    cell.push('"');
                }
                '"' => quoted = !quoted,
                '\r' if !quoted => {}
                '\n' if !quoted => break,
                _ if letter == separator && !quoted => cells.push(std::mem::take(&mut cell)),
                _ => {
                    lines += u32::from(letter == '\n');
                    cell.push(letter);
                }
            }
        }
        cells.push(cell);
        Some((cells, lines))
    })
}

/// Tables as `Format-Table` draws them. A column begins where its underline does.
fn drawn(lines: &[(u32, &str)]) -> Result<Vec<Record>, Refused> {
    let mut records = Vec::new();
    let mut columns: Vec<(usize, String)> = Vec::new();
    let mut lines = lines.iter().filter(|(_, line)| !is_passed_over(line)).peekable();
    while let Some(&(number, line)) = lines.next() {
        let place = Place::Line(number);
        if let Some((_, underline)) = lines.next_if(|(_, next)| is_underline(next)) {
            let letters: Vec<char> = underline.chars().collect();
            let starts = (0..letters.len()).filter(|&at| letters[at] == '-' && (at == 0 || letters[at - 1] == ' '));
            let starts: Vec<usize> = starts.collect();
            let names = slices(line, &starts).map(|name| name.to_lowercase());
            columns = starts.iter().copied().zip(names).collect();
            let has = |name: &str| columns.iter().any(|(_, known)| known == name);
            if has("mailbox") && !has("inscope") && !has("accesscheckresult") {
                return Err(Refused::CutOff { place });
            }
            continue;
        }
        if columns.is_empty() {
            return Err(odd(number, line));
        }
        let starts: Vec<usize> = columns.iter().map(|(start, _)| *start).collect();
        let fields = columns.iter().map(|(_, name)| name.clone()).zip(slices(line, &starts)).collect();
        records.push(Record { place, fields });
    }
    Ok(records)
}

fn slices(line: &str, starts: &[usize]) -> impl Iterator<Item = String> {
    let letters: Vec<char> = line.chars().collect();
    let slice = move |(nth, &start): (usize, &usize)| {
        let end = starts.get(nth + 1).copied().unwrap_or(usize::MAX);
        let cell: String = letters.iter().take(end).skip(start).collect();
        cell.trim().to_owned()
    };
    starts.iter().enumerate().map(slice)
}

/// Lists as `Format-List` prints them: an object ends with an empty line, or where a property comes again.
fn listed(lines: &[(u32, &str)]) -> Result<Vec<Record>, Refused> {
    let mut records: Vec<Record> = Vec::new();
    let mut open = false;
    for &(number, line) in lines {
        if is_passed_over(line) {
            open = false;
            continue;
        }
        let property = line.split_once(':').map(|(name, value)| (name.trim(), value.trim()));
        let property = property.filter(|(name, _)| !name.is_empty() && name.chars().all(|letter| letter.is_ascii_alphanumeric()));
        let indented = line.starts_with(' ');
        match (property, records.last_mut().filter(|_| open)) {
            // What was too long for a line goes on under it.
            (_, Some(Record { fields, .. })) if indented => {
                if let Some((_, value)) = fields.last_mut() {
                    value.push(' ');
                    value.push_str(line.trim());
                }
            }
            (Some((name, value)), last) => {
                let field = (name.to_lowercase(), value.to_owned());
                match last.filter(|last| last.field(&field.0).is_none()) {
                    Some(last) => last.fields.push(field),
                    None => records.push(Record { place: Place::Line(number), fields: vec![field] }),
                }
                open = true;
            }
            (None, _) => return Err(odd(number, line)),
        }
    }
    Ok(records)
}
