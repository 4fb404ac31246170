//! Texts that many users share, so that each user only has a number of one: the domains of addresses, and departments.

use std::collections::HashMap;

/// The number of a text; 0 where none is known.
pub type Number = u16;

/// More texts than that aren't shared by many.
const MOST: usize = 4_000;

/// The texts that are known, each under its number.
#[derive(Default)]
pub struct Shared(HashMap<Box<str>, Number>);

/// What a user shares: the domains of the principal name, of the primary address and of the last alias, and the department.
pub type Shares = [Number; 4];

/// Those texts that have a word in them.
pub struct Holding(Vec<bool>);

impl Shared {
    /// What a user shares. The aliases come as they are stored, as a list in JSON.
    pub fn of(&mut self, upn: &str, mail: Option<&str>, aliases: &str, department: Option<&str>) -> Shares {
        let last_alias = aliases.trim_end_matches(['"', ']']);
        [self.domain(upn), mail.map_or(0, |mail| self.domain(mail)), self.domain(last_alias), self.plain(department.unwrap_or_default())]
    }

    fn domain(&mut self, address: &str) -> Number {
        match address.rsplit_once('@') {
            Some((name, domain)) if !name.contains('\0') => self.plain(domain),
            Some(_) | None => 0,
        }
    }

    /// A text has a number where there is but one way to find a word in it: without accents, and without what ends a text for the
    /// search index.
    fn plain(&mut self, text: &str) -> Number {
        if text.bytes().all(|byte| byte.is_ascii() && byte != 0) { self.number(text) } else { 0 }
    }

    /// The texts that have the word in them, in any case.
    pub fn holding(&self, word: &str) -> Holding {
        let mut holding = vec![false; self.0.len() + 1];
        let word = word.to_ascii_lowercase();
        for (text, number) in &self.0 {
            holding[usize::from(*number)] = text.to_ascii_lowercase().contains(&word);
        }
        Holding(holding)
    }

    fn number(&mut self, text: &str) -> Number {
        if let Some(known) = self.0.get(text) {
            return *known;
        }
        match Number::try_from(self.0.len() + 1) {
            Ok(number) if self.0.len() < MOST => {
                self.0.insert(text.into(), number);
                number
            }
            Ok(_) | Err(_) => 0,
        }
    }
}

impl Holding {
    /// Whether there is one.
    pub fn any(&self) -> bool {
        self.0.contains(&true)
    }

    /// Whether one of these has it.
    pub fn has(&self, shares: Shares) -> bool {
        shares.into_iter().any(|number| self.0.get(usize::from(number)).copied().unwrap_or(false))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_known_in_any_case_and_only_where_it_is_plain() {
        let mut shared = Shared::default();
        let one =
            shared.of("ada@contoso.example", Some("ada@CONTOSO.example"), r#"["a@old.example","a@fabrikam.example"]"#, Some("Toso East"));
        let other = shared.of("bob_mail.example#EXT#@contoso.example", None, "[]", None);
        assert_eq!((other[0], &other[1..3]), (one[0], &[0; 2][..]));
        let none = shared.of("a\0b@contoso.example", Some("a@contosø.example"), "[]", Some("Einkauf für contoso.example"));
        assert_eq!((none, shared.of("nobody", None, r#"["@"]"#, Some(""))[0]), ([0; 4], 0));
        let has = |word: &str| [one, other, none].map(|shares| shared.holding(word).has(shares));
        assert_eq!((has("ToSo.e"), has("toso"), has("east")), ([true, true, false], [true, true, false], [true, false, false]));
        assert_eq!((has("fabrikam"), has("old"), has("\"]")), ([true, false, false], [false; 3], [false; 3]));
        assert!(!shared.holding("northwind").any());
    }

    #[test]
    fn what_nobody_shares_has_no_number() {
        let mut shared = Shared::default();
        let numbers: Vec<Number> = (0..5_000).map(|n| shared.plain(&format!("Room {n}"))).collect();
        assert_eq!(numbers.iter().filter(|number| **number == 0).count(), 5_000 - MOST);
        let has = |number| shared.holding("room").has([0, 0, 0, number]);
        assert!(has(numbers[0]) && !has(numbers[4_999]));
    }
}
