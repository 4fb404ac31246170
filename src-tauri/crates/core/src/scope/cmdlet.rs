//! What Exchange's own test cmdlets said, as it is pasted or imported: a column beside what was observed, never a proof.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What the cmdlet said of a mailbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Said {
    Granted,
    Denied,
}

impl Said {
    /// The name used in JSON, in the database and in tables.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Granted => "granted",
            Self::Denied => "denied",
        }
    }
}

/// What test cmdlets have printed, by address in lower case.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Printed {
    pub said: BTreeMap<String, Said>,
    /// The mailboxes of which a cmdlet only said why it failed, such as those that Exchange doesn't know.
    pub failed: BTreeMap<String, String>,
}

impl Printed {
    fn note(&mut self, mailbox: &str, result: &str) {
        let Some(now) = verdict(result) else { return };
        if let Some(mailbox) = key(mailbox) {
            let known = self.said.entry(mailbox).or_insert(now);
            if now == Said::Granted {
                *known = now;
            }
        }
    }

    fn note_failure(&mut self, mailbox: &str, error: &str) {
        if let Some(mailbox) = key(mailbox).filter(|_| !error.trim().is_empty()) {
            self.failed.insert(mailbox, error.trim().to_owned());
        }
    }
}

fn key(mailbox: &str) -> Option<String> {
    let mailbox = mailbox.trim().to_lowercase();
    (!mailbox.is_empty()).then_some(mailbox)
}

/// Reads what the test script of a plan has written (CSV), or the list that the cmdlet prints. One right that is in scope makes a
/// mailbox granted; what was not run says nothing.
#[must_use]
pub fn read(text: &str) -> Printed {
    let text = text.trim_start_matches('\u{feff}');
    let mut printed = Printed::default();
    let mut rows = rows(text);
    let header: Vec<String> = rows.next().unwrap_or_default().iter().map(|cell| cell.trim().to_lowercase()).collect();
    let column = |names: &[&str]| header.iter().position(|cell| names.contains(&cell.as_str()));
    if let (Some(mailbox), Some(result)) = (column(&["mailbox"]), column(&["inscope", "accesscheckresult"])) {
        let error = column(&["error"]);
        for row in rows {
            let Some(mailbox) = row.get(mailbox) else { continue };
            if let Some(result) = row.get(result) {
                printed.note(mailbox, result);
            }
            if let Some(error) = error.and_then(|error| row.get(error)) {
                printed.note_failure(mailbox, error);
            }
        }
    } else {
        let mut mailbox = String::new();
        for (name, value) in text.lines().filter_map(|line| line.split_once(':')) {
            match name.trim().to_lowercase().as_str() {
                "mailbox" => value.trim().clone_into(&mut mailbox),
                "inscope" | "accesscheckresult" => printed.note(&mailbox, value),
                "error" => printed.note_failure(&mailbox, value),
                _ => {}
            }
        }
    }
    // One right that was tested says more than another that couldn't be.
    printed.failed.retain(|mailbox, _| !printed.said.contains_key(mailbox));
    printed
}

fn verdict(text: &str) -> Option<Said> {
    match text.trim().to_lowercase().as_str() {
        "true" | "granted" => Some(Said::Granted),
        "false" | "denied" => Some(Said::Denied),
        _ => None,
    }
}

/// The rows of a table: quoted cells may hold commas, line ends and doubled quotes.
fn rows(text: &str) -> impl Iterator<Item = Vec<String>> {
    let mut letters = text.chars().peekable();
    std::iter::from_fn(move || {
        letters.peek()?;
        let (mut cells, mut cell, mut quoted) = (Vec::new(), String::new(), false);
        while let Some(letter) = letters.next() {
            match letter {
                '"' if quoted && letters.peek() == Some(&'"') => {
                    letters.next();
                    cell.push('"');
                }
                '"' => quoted = !quoted,
                ',' if !quoted => cells.push(std::mem::take(&mut cell)),
                '\r' if !quoted => {}
                '\n' if !quoted => break,
                _ => cell.push(letter),
            }
        }
        cells.push(cell);
        Some(cells)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_cmdlets_are_read_as_table_and_as_list() {
        let table = "\u{feff}\"Mailbox\",\"RoleName\",\"InScope\"\r\n\"Ada@contoso.example\",\"Application Mail.Read, all\",\"False\"\r\n\
                     \"ada@contoso.example\",\"Application Mail.Send\",\"True\"\r\n\"bo@contoso.example\",\"x\",\"False\"\r\n\
                     \"cy@contoso.example\",\"x\",\"Not Run\"\r\n";
        let read_table = read(table).said;
        assert_eq!(read_table.get("ada@contoso.example"), Some(&Said::Granted), "one right in scope is enough");
        assert_eq!(read_table.get("bo@contoso.example"), Some(&Said::Denied));
        assert_eq!(read_table.get("cy@contoso.example"), None, "not run says nothing");
        let list = "AppId             : 1\nMailbox           : bo\nAccessCheckResult : Denied\n\nMailbox : di@contoso.example\nAccessCheckResult : Granted";
        assert_eq!(read(list).said, [("bo".to_owned(), Said::Denied), ("di@contoso.example".to_owned(), Said::Granted)].into());
        assert_eq!(read("nothing of the kind"), Printed::default());
    }

    #[test]
    fn a_mailbox_that_the_cmdlet_failed_on_is_told_and_stops_none_after_it() {
        let table = "\"Mailbox\",\"AccessCheckResult\",\"Error\"\r\n\"ada@contoso.example\",\"Granted\",\r\n\
                     \"Gone@contoso.example\",,\"The operation couldn't be performed:\r\nobject \"\"gone\"\", not found.\"\r\n\
                     \"bo@contoso.example\",\"Denied\",\r\n";
        let printed = read(table);
        let said = [("ada@contoso.example".to_owned(), Said::Granted), ("bo@contoso.example".to_owned(), Said::Denied)];
        assert_eq!(printed.said, said.into());
        let why = "The operation couldn't be performed:\r\nobject \"gone\", not found.";
        assert_eq!(printed.failed, [("gone@contoso.example".to_owned(), why.to_owned())].into());
    }
}
