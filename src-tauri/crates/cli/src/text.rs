//! Text from a tenant on its way to a terminal: what could steer the terminal or turn the reading direction is spelled out.

use std::borrow::Cow;
use std::fmt::Write;

/// Spells out control, direction and invisible characters, as in `\u{202e}`. Other text stays as it is.
pub fn clean(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_deceptive) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().fold(String::with_capacity(text.len() + 8), |mut cleaned, c| {
        if is_deceptive(c) {
            cleaned.extend(c.escape_unicode());
        } else {
            cleaned.push(c);
        }
        cleaned
    }))
}

/// JSON that says the same in characters that no terminal acts on. Outside of its strings JSON has none of those but line
/// feeds, which stay.
pub fn clean_json(json: &str) -> Cow<'_, str> {
    let deceptive = |c: char| c != '\n' && is_deceptive(c);
    if !json.chars().any(deceptive) {
        return Cow::Borrowed(json);
    }
    Cow::Owned(json.chars().fold(String::with_capacity(json.len() + 8), |mut cleaned, c| {
        if deceptive(c) {
            for unit in c.encode_utf16(&mut [0; 2]) {
                // Writing to a String can't fail.
                let _ = write!(cleaned, "\\u{unit:04x}");
            }
        } else {
            cleaned.push(c);
        }
        cleaned
    }))
}

/// A count with its thousands set apart: `12,345`.
pub fn count(number: u32) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A count with its noun: `1 mailbox`, `2 mailboxes`.
pub fn counted(number: u32, one: &str, many: &str) -> String {
    format!("{} {}", count(number), if number == 1 { one } else { many })
}

/// A duration in words: `42 s`, `3 min 5 s`, `2 h 10 min`.
pub fn seconds(seconds: u64) -> String {
    match seconds {
        0..60 => format!("{seconds} s"),
        60..3_600 => format!("{} min {} s", seconds / 60, seconds % 60),
        _ => format!("{} h {} min", seconds / 3_600, seconds % 3_600 / 60),
    }
}

/// Something a second: one decimal where it is slow.
pub fn rate(per_second: f64) -> String {
    if per_second < 10.0 {
        return format!("{per_second:.1}");
    }
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a float to integer cast saturates, and the value is not negative"
    )]
    let whole = per_second.round() as u32;
    count(whole)
}

/// A range of seconds in the unit that suits its end: `5 to 10 s`, `3 to 5 min`; a beginning of which that unit has less than one is in a
/// smaller one: `50 min to 3 h`.
pub fn range((low, high): (u32, u32)) -> String {
    let unit = match high {
        _ if low == high => return seconds(high.into()),
        0..90 => 1,
        90..5_400 => 60,
        _ => 3_600,
    };
    let (from, until) = (low / unit, format!("{} {}", high.div_ceil(unit), name_of(unit)));
    match low {
        _ if from > 0 || low == 0 => format!("{from} to {until}"),
        0..60 => format!("{low} s to {until}"),
        _ => format!("{} min to {until}", low / 60),
    }
}

const fn name_of(unit: u32) -> &'static str {
    match unit {
        1 => "s",
        60 => "min",
        _ => "h",
    }
}

/// A name as a shell takes it, in quotes where it has to be.
pub fn quoted(name: &str) -> Cow<'_, str> {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '@');
    if !name.is_empty() && !name.starts_with('-') && name.chars().all(plain) {
        return Cow::Borrowed(name);
    }
    Cow::Owned(format!("'{}'", name.replace('\'', r"'\''")))
}

fn is_deceptive(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{61C}' | '\u{180E}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E007F}'
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_from_a_tenant_steers_the_terminal() {
        assert_eq!(clean("Zoë 山田"), "Zoë 山田");
        let hostile = "\u{1b}[2J\u{9b}31m\u{202e}gnp.exe\u{7f}\r\n\u{2066}\u{e0041}";
        assert!(!clean(hostile).chars().any(is_deceptive), "{:?}", clean(hostile));
        let json = serde_json::to_string(&hostile).unwrap();
        let cleaned = clean_json(&json);
        assert!(!cleaned.chars().any(is_deceptive));
        assert_eq!(serde_json::from_str::<String>(&cleaned).unwrap(), hostile, "whoever parses it reads what was there");
    }

    #[test]
    fn numbers_read_well() {
        assert_eq!([count(0), count(999), count(1_000), count(1_234_567)], ["0", "999", "1,000", "1,234,567"]);
        assert_eq!([range((5, 10)), range((100, 290)), range((4_000, 8_000))], ["5 to 10 s", "1 to 5 min", "1 to 3 h"]);
        assert_eq!([range((3_000, 8_000)), range((40, 200)), range((20, 6_000))], ["50 min to 3 h", "40 s to 4 min", "20 s to 2 h"]);
        assert_eq!([range((0, 5)), range((0, 100))], ["0 to 5 s", "0 to 2 min"]);
        assert_eq!([quoted("HQ"), quoted("Contoso EU"), quoted("O'Neil"), quoted("")], ["HQ", "'Contoso EU'", r"'O'\''Neil'", "''"]);
        assert_eq!([range((2, 2)), range((0, 0)), rate(0.44), rate(9.96), rate(1_234.5)], ["2 s", "0 s", "0.4", "10.0", "1,235"]);
        assert_eq!([seconds(59), seconds(61), seconds(7_800)], ["59 s", "1 min 1 s", "2 h 10 min"]);
    }
}
