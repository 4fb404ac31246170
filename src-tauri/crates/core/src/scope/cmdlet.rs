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

/// Reads what the test script of a plan has written (CSV), or the list that the cmdlet prints. One right that is in scope makes a
/// mailbox granted; what was not run says nothing. Addresses come in lower case.
#[must_use]
pub fn read(text: &str) -> BTreeMap<String, Said> {
    let text = text.trim_start_matches('\u{feff}');
    let mut said = BTreeMap::new();
    let mut note = |mailbox: &str, result: &str| {
        let Some(now) = verdict(result) else { return };
        let mailbox = mailbox.trim().to_lowercase();
        if !mailbox.is_empty() {
            let known = said.entry(mailbox).or_insert(now);
            if now == Said::Granted {
                *known = now;
            }
        }
    };
    let mut lines = text.lines();
    let header: Vec<String> = lines.next().map(|line| cells(line).iter().map(|cell| cell.to_lowercase()).collect()).unwrap_or_default();
    let column = |names: &[&str]| header.iter().position(|cell| names.contains(&cell.as_str()));
    if let (Some(mailbox), Some(result)) = (column(&["mailbox"]), column(&["inscope", "accesscheckresult"])) {
        for row in lines.map(cells) {
            if let (Some(mailbox), Some(result)) = (row.get(mailbox), row.get(result)) {
                note(mailbox, result);
            }
        }
    } else {
        let mut mailbox = String::new();
        for (name, value) in text.lines().filter_map(|line| line.split_once(':')) {
            match name.trim().to_lowercase().as_str() {
                "mailbox" => value.trim().clone_into(&mut mailbox),
                "inscope" | "accesscheckresult" => note(&mailbox, value),
                _ => {}
            }
        }
    }
    said
}

fn verdict(text: &str) -> Option<Said> {
    match text.trim().to_lowercase().as_str() {
        "true" | "granted" => Some(Said::Granted),
        "false" | "denied" => Some(Said::Denied),
        _ => None,
    }
}

/// The cells of a line: quoted ones may hold commas and doubled quotes.
fn cells(line: &str) -> Vec<String> {
    let (mut cells, mut cell, mut quoted) = (Vec::new(), String::new(), false);
    let mut letters = line.trim_end().chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '"' if quoted && letters.peek() == Some(&'"') => {
                letters.next();
                cell.push('"');
            }
            '"' => quoted = !quoted,
            ',' if !quoted => cells.push(std::mem::take(&mut cell)),
            _ => cell.push(letter),
        }
    }
    cells.push(cell);
    cells
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_cmdlets_are_read_as_table_and_as_list() {
        let table = "\u{feff}\"Mailbox\",\"RoleName\",\"InScope\"\r\n\"Ada@contoso.example\",\"Application Mail.Read, all\",\"False\"\r\n\
                     \"ada@contoso.example\",\"Application Mail.Send\",\"True\"\r\n\"bo@contoso.example\",\"x\",\"False\"\r\n\
                     \"cy@contoso.example\",\"x\",\"Not Run\"\r\n";
        let read_table = read(table);
        assert_eq!(read_table.get("ada@contoso.example"), Some(&Said::Granted), "one right in scope is enough");
        assert_eq!(read_table.get("bo@contoso.example"), Some(&Said::Denied));
        assert_eq!(read_table.get("cy@contoso.example"), None, "not run says nothing");
        let list = "AppId             : 1\nMailbox           : bo\nAccessCheckResult : Denied\n\nMailbox : di@contoso.example\nAccessCheckResult : Granted";
        assert_eq!(read(list), [("bo".to_owned(), Said::Denied), ("di@contoso.example".to_owned(), Said::Granted)].into());
        assert_eq!(read("nothing of the kind"), BTreeMap::new());
    }
}
