//! Texts that many users share, so that each user only has a number of one: the domains of principal names, and departments.

use std::collections::HashMap;

/// The number of a text; 0 where none is known.
pub type Number = u16;

/// More texts than that aren't shared by many.
const MOST: usize = 4_000;

/// The texts that are known, each under its number.
#[derive(Default)]
pub struct Shared(HashMap<Box<str>, Number>);

/// Those texts that have a word in them.
pub struct Holding(Vec<bool>);

impl Shared {
    /// The number of a principal name's domain.
    pub fn domain(&mut self, upn: &str) -> Number {
        match upn.rsplit_once('@') {
            Some((name, domain)) if is_plain(domain) && !name.contains('\0') => self.number(domain),
            Some(_) | None => 0,
        }
    }

    /// The number of a department.
    pub fn department(&mut self, department: Option<&str>) -> Number {
        department.filter(|text| is_plain(text)).map_or(0, |text| self.number(text))
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

/// Whether there is but one way to find a word in it: without accents, and without what ends a text for the search index.
fn is_plain(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii() && byte != 0)
}

impl Holding {
    /// Whether there is one.
    pub fn any(&self) -> bool {
        self.0.contains(&true)
    }

    /// Whether one of these has it.
    pub fn has(&self, numbers: [Number; 2]) -> bool {
        numbers.into_iter().any(|number| self.0.get(usize::from(number)).copied().unwrap_or(false))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_known_in_any_case_and_only_where_it_is_plain() {
        let mut shared = Shared::default();
        let contoso = shared.domain("ada@contoso.example");
        assert_eq!(shared.domain("bob_mail.example#EXT#@contoso.example"), contoso);
        let (loud, sales) = (shared.domain("cy@CONTOSO.example"), shared.department(Some("Toso East")));
        assert_eq!([shared.domain("nobody"), shared.domain("a@contosø.example"), shared.domain("a\0b@contoso.example")], [0; 3]);
        assert_eq!([shared.department(None), shared.department(Some("Einkauf für contoso.example"))], [0; 2]);
        let (domains, both) = (shared.holding("ToSo.e"), shared.holding("toso"));
        assert_eq!([contoso, loud, sales, 0].map(|one| domains.has([one, 0])), [true, true, false, false]);
        assert!(both.has([0, sales]) && !shared.holding("northwind").any());
    }

    #[test]
    fn what_nobody_shares_has_no_number() {
        let mut shared = Shared::default();
        let numbers: Vec<Number> = (0..5_000).map(|n| shared.department(Some(&format!("Room {n}")))).collect();
        assert_eq!(numbers.iter().filter(|number| **number == 0).count(), 5_000 - MOST);
        assert!(shared.holding("room").has([numbers[0], 0]) && !shared.holding("room").has([numbers[4_999], 0]));
    }
}
