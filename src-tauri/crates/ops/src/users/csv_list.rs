//! A list of people as a CSV file: whatever program wrote it, which of its columns holds the address, and the address of each line.

use csv::{ReaderBuilder, StringRecord};
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};
use serde::Serialize;
use ts_rs::TS;

use crate::error::{Error, Result};

/// The largest file that is taken.
const LARGEST: usize = 64 * 1024 * 1024;
/// The most lines that are taken: more than any tenant has users.
const MOST_LINES: usize = 500_000;
/// Lines that a separator and a column are chosen by.
const LOOKED_AT: usize = 200;
/// A cell over more lines than this is a quote that nobody closed; so is one over several lines that holds an address.
const LONGEST_CELL: usize = 20;
/// Characters of a line that are kept to show it.
const SHOWN: usize = 200;

/// How the bytes were written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Charset {
    Utf8,
    Utf16,
    /// What older Windows programs write in western Europe and America; taken where the bytes are no UTF-8.
    Windows1252,
}

/// What stands between two cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Separator {
    Comma,
    Semicolon,
    Tab,
}

impl Separator {
    const ALL: [Self; 3] = [Self::Comma, Self::Semicolon, Self::Tab];

    const fn byte(self) -> u8 {
        match self {
            Self::Comma => b',',
            Self::Semicolon => b';',
            Self::Tab => b'\t',
        }
    }
}

/// How a file was understood.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct Understood {
    pub charset: Charset,
    pub separator: Separator,
    /// The name of the column that the addresses are taken from, where the first line names the columns.
    pub column: Option<String>,
    /// Its place, from 1.
    pub place: u32,
    /// Lines that name somebody or should; blank ones and the heading aren't among them.
    pub lines: u32,
}

/// A file that was read.
#[derive(Debug)]
pub struct CsvList {
    pub understood: Understood,
    pub lines: Vec<CsvLine>,
}

/// A line that names somebody, or should.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CsvLine {
    /// Its number in the file, from 1.
    pub number: u32,
    /// The address, or `None` where the line holds none.
    pub address: Option<String>,
    /// The line as it is shown where it holds no address.
    pub written: String,
}

/// Reads a file.
///
/// # Errors
/// `InvalidInput` for a file that is too large, isn't text, or holds no address at all.
pub fn read(bytes: &[u8]) -> Result<CsvList> {
    if bytes.len() > LARGEST {
        return Err(Error::input("csv", "the file is larger than 64 MiB"));
    }
    let (text, charset) = decode(bytes)?;
    // A line ends in one way, so that it can be counted.
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let (said, text) = said_separator(&text);
    let separator = said.unwrap_or_else(|| separator_of(text));
    let records = records(text, separator)?;
    let heading = heading_of(&records);
    let column = heading.map_or_else(|| fullest(&records), |(_, column)| column);
    // Where nothing says what a column holds, a line of another shape may still name somebody.
    let loose = heading.is_none_or(|(named, _)| !named);
    // The line that names the separator was taken off, and counts all the same.
    let before = u32::from(said.is_some());
    let body = records.iter().skip(usize::from(heading.is_some()));
    let lines: Vec<CsvLine> = body
        .filter(|(_, record)| record.iter().any(|cell| !is_blank(cell)))
        .map(|(number, record)| {
            let own = record.get(column).and_then(address_in);
            let address = if own.is_none() && (loose || record.len() <= column) { record.iter().find_map(address_in) } else { own };
            CsvLine { number: number.saturating_add(before), address: address.map(str::to_owned), written: shown(record) }
        })
        .collect();
    if lines.iter().all(|line| line.address.is_none()) {
        return Err(Error::input("csv", "no line holds an address"));
    }
    let named = heading.and_then(|_| records.first()?.1.get(column)).map(|name| cut(name.trim())).filter(|name| !name.is_empty());
    let understood = Understood {
        charset,
        separator,
        column: named,
        place: u32::try_from(column).unwrap_or(u32::MAX).saturating_add(1),
        lines: u32::try_from(lines.len()).unwrap_or(u32::MAX),
    };
    Ok(CsvList { understood, lines })
}

fn decode(bytes: &[u8]) -> Result<(String, Charset)> {
    let (charset, encoding, mark): (_, &'static Encoding, usize) = match Encoding::for_bom(bytes) {
        Some((encoding, mark)) if encoding == UTF_16LE || encoding == UTF_16BE => (Charset::Utf16, encoding, mark),
        Some((_, mark)) => (Charset::Utf8, UTF_8, mark),
        None if std::str::from_utf8(bytes).is_ok() => (Charset::Utf8, UTF_8, 0),
        None => (Charset::Windows1252, WINDOWS_1252, 0),
    };
    let (text, _) = encoding.decode_without_bom_handling(bytes.get(mark..).unwrap_or_default());
    // Text has none of these: it is a workbook, a picture, or UTF-16 without its mark.
    if text.contains('\0') {
        return Err(Error::input("csv", "the file is not text: save it as CSV (UTF-8) and try again"));
    }
    Ok((text.into_owned(), charset))
}

/// Some spreadsheets begin a file with `sep=;`.
fn said_separator(text: &str) -> (Option<Separator>, &str) {
    let (first, rest) = text.split_once('\n').unwrap_or((text, ""));
    let said = first.trim_matches('"');
    let said = said.strip_prefix("sep=").or_else(|| said.strip_prefix("SEP="));
    let separator = said.and_then(|said| Separator::ALL.into_iter().find(|one| said.as_bytes() == [one.byte()]));
    if separator.is_some() { (separator, rest) } else { (None, text) }
}

/// The one that the most lines have, and have alike.
fn separator_of(text: &str) -> Separator {
    let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).take(LOOKED_AT).collect();
    let alike = |separator: Separator| {
        let counts: Vec<usize> = lines.iter().map(|line| outside_quotes(line, separator.byte())).collect();
        let usual =
            counts.iter().copied().filter(|&count| count > 0).max_by_key(|count| counts.iter().filter(|other| *other == count).count());
        usual.map_or(0, |usual| counts.iter().filter(|count| **count == usual).count())
    };
    Separator::ALL.into_iter().rev().max_by_key(|&separator| alike(separator)).unwrap_or(Separator::Comma)
}

fn outside_quotes(line: &str, separator: u8) -> usize {
    let mut quoted = false;
    line.bytes()
        .filter(|&byte| {
            quoted ^= byte == b'"';
            byte == separator && !quoted
        })
        .count()
}

type Records = Vec<(u32, StringRecord)>;

/// The records with the numbers of their lines. A quote that nobody closes would swallow all that follows, so then quotes are letters
/// like others.
fn records(text: &str, separator: Separator) -> Result<Records> {
    match split(text, separator, true)? {
        Some(records) => Ok(records),
        None => Ok(split(text, separator, false)?.unwrap_or_default()),
    }
}

fn split(text: &str, separator: Separator, quoting: bool) -> Result<Option<Records>> {
    let mut reader =
        ReaderBuilder::new().delimiter(separator.byte()).has_headers(false).flexible(true).quoting(quoting).from_reader(text.as_bytes());
    let mut records = Records::new();
    let mut record = StringRecord::new();
    let (mut number, mut counted) = (1_u32, 0);
    while reader.read_record(&mut record).map_err(|_| Error::input("csv", "the file can't be read as a table"))? {
        let unclosed = |cell: &str| cell.contains('\n') && (cell.contains('@') || cell.matches('\n').count() > LONGEST_CELL);
        if quoting && record.iter().any(unclosed) {
            return Ok(None);
        }
        // The place of a record is before the blank lines that come before it.
        let start = record.position().and_then(|position| usize::try_from(position.byte()).ok()).unwrap_or(counted);
        let rest = text.get(start..).unwrap_or_default();
        let start = start + (rest.len() - rest.trim_start_matches('\n').len());
        number = number.saturating_add(lines_in(text.get(counted..start).unwrap_or_default()));
        counted = start;
        if records.len() >= MOST_LINES {
            return Err(Error::input("csv", format!("the file has more than {MOST_LINES} lines")));
        }
        records.push((number, record.clone()));
    }
    Ok(Some(records))
}

fn lines_in(text: &str) -> u32 {
    u32::try_from(text.bytes().filter(|&byte| byte == b'\n').count()).unwrap_or(u32::MAX)
}

/// What a column of addresses is called, the surest first, without blanks and signs.
const COLUMN_NAMES: [&str; 14] = [
    "userprincipalname",
    "upn",
    "primarysmtpaddress",
    "primaryemailaddress",
    "emailaddress",
    "mailaddress",
    "email",
    "mail",
    "smtpaddress",
    "primaryaddress",
    "address",
    "username",
    "login",
    "account",
];

/// Whether the first line is a heading, whether it says by name which column holds the addresses, and which one does.
fn heading_of(records: &Records) -> Option<(bool, usize)> {
    let (_, first) = records.first()?;
    if first.iter().any(|cell| address_in(cell).is_some()) {
        return None;
    }
    let named: Vec<String> =
        first.iter().map(|cell| cell.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()).collect();
    let known = COLUMN_NAMES.iter().find_map(|known| named.iter().position(|name| name == known));
    match known {
        Some(column) => Some((true, column)),
        // A first line without an address names nobody, so it can only be a heading where others follow that do.
        None if records.len() > 1 => Some((false, fullest(records))),
        None => None,
    }
}

/// The column that most often holds an address.
fn fullest(records: &Records) -> usize {
    let mut counts: Vec<usize> = Vec::new();
    for (_, record) in records.iter().take(LOOKED_AT) {
        for (column, cell) in record.iter().enumerate() {
            if counts.len() <= column {
                counts.resize(column + 1, 0);
            }
            if let Some(count) = counts.get_mut(column).filter(|_| address_in(cell).is_some()) {
                *count += 1;
            }
        }
    }
    let most = counts.iter().copied().max().unwrap_or_default();
    counts.iter().position(|count| *count == most).unwrap_or_default()
}

/// The address that a cell holds: by itself, as `Ada <ada@contoso.example>`, or with `smtp:` or `mailto:` before it.
fn address_in(cell: &str) -> Option<&str> {
    let cell = cell.trim_matches(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '\u{feff}'));
    let inner = cell.rsplit_once('<').and_then(|(_, inner)| inner.strip_suffix('>')).unwrap_or(cell);
    let bare = ["smtp:", "SMTP:", "mailto:"].iter().find_map(|prefix| inner.strip_prefix(prefix)).unwrap_or(inner);
    let (local, domain) = bare.rsplit_once('@')?;
    let plain = |c: char| !c.is_whitespace() && !c.is_control() && !matches!(c, '<' | '>' | '(' | ')' | ',' | ';' | '"' | '=');
    (!local.is_empty() && !domain.is_empty() && bare.len() <= 320 && bare.chars().all(plain)).then_some(bare)
}

fn is_blank(cell: &str) -> bool {
    cell.chars().all(|c| c.is_whitespace() || c == '\u{feff}')
}

fn shown(record: &StringRecord) -> String {
    cut(&record.iter().map(str::trim).filter(|cell| !cell.is_empty()).collect::<Vec<_>>().join(" · "))
}

fn cut(text: &str) -> String {
    text.chars().take(SHOWN).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(bytes: &[u8]) -> Vec<(u32, Option<String>)> {
        read(bytes).unwrap().lines.into_iter().map(|line| (line.number, line.address)).collect()
    }

    fn named(number: u32, address: &str) -> (u32, Option<String>) {
        (number, Some(address.to_owned()))
    }

    #[test]
    fn each_separator_is_told_by_the_lines_and_quotes_are_respected() {
        for (text, separator) in [
            ("Name,Mail\r\n\"Abel, Ada; née B\",ada@contoso.example\r\n", Separator::Comma),
            ("Name;Mail\n\"Abel, Ada\";ada@contoso.example\nBo;\n", Separator::Semicolon),
            ("Name\tMail\nAbel, Ada\tada@contoso.example\n", Separator::Tab),
            ("sep=;\nName;Mail\nAbel, Ada;ada@contoso.example\n", Separator::Semicolon),
            ("ada@contoso.example", Separator::Comma),
        ] {
            let list = read(text.as_bytes()).unwrap();
            assert_eq!(list.understood.separator, separator, "{text}");
            assert_eq!(list.lines[0].address.as_deref(), Some("ada@contoso.example"), "{text}");
        }
    }

    #[test]
    fn what_excel_and_others_write_is_read_and_said() {
        let text = "Név;E-mail\nÁda;ada@contoso.example\n";
        let marked = [&b"\xef\xbb\xbf"[..], text.as_bytes()].concat();
        let little: Vec<u8> = std::iter::once(0xfeff).chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = std::iter::once(0xfeff).chain(text.encode_utf16()).flat_map(u16::to_be_bytes).collect();
        let western = b"N\xe9v;E-mail\n\xc1da;ada@contoso.example\n".to_vec();
        for (bytes, charset) in [
            (text.as_bytes().to_vec(), Charset::Utf8),
            (marked, Charset::Utf8),
            (little, Charset::Utf16),
            (big, Charset::Utf16),
            (western, Charset::Windows1252),
        ] {
            let list = read(&bytes).unwrap();
            assert_eq!((list.understood.charset, list.understood.column.as_deref(), list.understood.place), (charset, Some("E-mail"), 2));
            assert_eq!(list.lines[0].address.as_deref(), Some("ada@contoso.example"));
            assert!(list.lines[0].written.contains("Áda"), "{:?}", list.lines[0]);
        }
        let unmarked: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert!(read(&unmarked).is_err_and(|error| error.detail.contains("not text")));
        assert!(read(b"PK\x03\x04\0\0").is_err());
    }

    #[test]
    fn the_column_is_found_by_its_name_or_by_what_it_holds() {
        let by_name = "Manager,User principal name,Mail\nboss@contoso.example,ada@contoso.example,a.l@contoso.example\nboss@contoso.example,,bo@contoso.example\n";
        assert_eq!(found(by_name.as_bytes()), [named(2, "ada@contoso.example"), (3, None)], "a manager is no substitute");
        let by_content = "1,Ada,ada@contoso.example\n2,Bo@home,bo@contoso.example\n";
        assert_eq!(found(by_content.as_bytes()), [named(1, "ada@contoso.example"), named(2, "bo@contoso.example")]);
        let loose = "Ada Abel <ada@contoso.example>\nBo\tsmtp:bo@contoso.example\nEve\n";
        assert_eq!(found(loose.as_bytes()), [named(1, "ada@contoso.example"), named(2, "bo@contoso.example"), (3, None)]);
        for end in ["\r\n", "\n", "\r"] {
            let text = ["mail,note", "", "ada@contoso.example,\"two", "lines\"", "", "", "bo@contoso.example"].join(end);
            assert_eq!(found(text.as_bytes()), [named(3, "ada@contoso.example"), named(7, "bo@contoso.example")], "{end:?}");
        }
    }

    #[test]
    fn hostile_lines_cost_nobody_else_their_line() {
        let text = "mail;\n\n   \n;;;\nada@contoso.example\n=cmd|' /C calc'!A0\n\"unclosed\n";
        for more in [2, 100] {
            let lines = found(format!("{text}{}", "bo@contoso.example\n".repeat(more)).as_bytes());
            assert_eq!(lines[..4], [named(5, "ada@contoso.example"), (6, None), (7, None), named(8, "bo@contoso.example")]);
            assert_eq!(lines.len(), 3 + more, "the open quote swallows nothing");
        }
        assert!(read(b"name\nAda\n").is_err(), "a file without addresses is a wrong file, not an empty import");
        assert!(read(b"").is_err() && read(b"\xef\xbb\xbf").is_err());
    }
}
