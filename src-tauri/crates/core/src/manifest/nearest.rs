//! The known name that is nearest to a mistyped one.

use crate::permission::catalogue;

/// Names longer than this are nobody's typing mistake.
const LONGEST: usize = 60;

/// The name of the catalogue that takes the fewest changed letters to reach; `None` where that would be a guess.
pub(super) fn nearest(typed: &str) -> Option<&'static str> {
    let typed: Vec<u8> = typed.bytes().map(|byte| byte.to_ascii_lowercase()).collect();
    if typed.len() > LONGEST || typed.len() < 3 {
        return None;
    }
    let most = (typed.len() / 4).max(1);
    let mut best: Option<(usize, &'static str)> = None;
    for known in catalogue() {
        let near = best.map_or(most, |(distance, _)| distance.saturating_sub(1));
        if known.name.len().abs_diff(typed.len()) > near || best.is_some_and(|(distance, _)| distance == 0) {
            continue;
        }
        let distance = distance(&typed, known.name);
        if distance <= near {
            best = Some((distance, known.name));
        }
    }
    best.map(|(_, name)| name)
}

/// How many letters have to be put in, taken out or exchanged (Levenshtein's distance), whatever the case.
fn distance(typed: &[u8], known: &str) -> usize {
    let mut above: Vec<usize> = (0..=typed.len()).collect();
    for (row, letter) in known.bytes().enumerate() {
        let mut line = Vec::with_capacity(above.len());
        let mut left = row + 1;
        line.push(left);
        for (pair, &typed) in above.windows(2).zip(typed) {
            let &[corner, up] = pair else { continue };
            let exchanged = corner + usize::from(typed != letter.to_ascii_lowercase());
            left = exchanged.min(up + 1).min(left + 1);
            line.push(left);
        }
        above = line;
    }
    above.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_finds_its_name_and_anything_else_finds_none() {
        for (typed, meant) in [
            ("Mail.Raed", Some("Mail.Read")),
            ("mail.readwrite", Some("Mail.ReadWrite")),
            ("MailReadWrite", Some("Mail.ReadWrite")),
            ("Calendar.Read", Some("Calendars.Read")),
            ("offline-access", Some("offline_access")),
            ("Chat.Create.Everything", None),
            ("x", None),
            ("Ἀχιλλεύς", None),
        ] {
            assert_eq!(nearest(typed), meant, "{typed}");
        }
        assert_eq!(nearest(&"a".repeat(100_000)), None);
    }
}
