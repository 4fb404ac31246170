use serde_json::Value;

use crate::graph::error::{Refusal, bad_request};

/// `"displayName:ada" OR "mail:ada"`: groups of clauses; one whole group must hold.
pub(super) struct Search(Vec<Vec<(String, String)>>);

impl Search {
    pub(super) fn parse(text: &str) -> Result<Search, Refusal> {
        let wrong = || bad_request("Syntax error in the search clause: clauses are written \"property:text\", in double quotes.");
        let mut groups = vec![Vec::new()];
        for (at, part) in text.trim().split('"').enumerate() {
            if at % 2 == 1 {
                let (property, wanted) = part.split_once(':').ok_or_else(wrong)?;
                let last = groups.last_mut().ok_or_else(wrong)?;
                last.push((property.to_owned(), wanted.trim().to_lowercase()));
            } else {
                match part.trim() {
                    "" | "AND" => {}
                    "OR" => groups.push(Vec::new()),
                    _ => return Err(wrong()),
                }
            }
        }
        if text.matches('"').count() % 2 == 1 || groups.iter().any(Vec::is_empty) {
            return Err(wrong());
        }
        Ok(Search(groups))
    }

    pub(super) fn matches(&self, property: &dyn Fn(&str) -> Option<Value>) -> bool {
        self.0.iter().any(|group| {
            group.iter().all(|(name, wanted)| {
                let text = property(name).and_then(|value| value.as_str().map(str::to_lowercase)).unwrap_or_default();
                // displayName is tokenised; other properties match from their start.
                let tokens: Vec<&str> = text.split(|c: char| !c.is_alphanumeric()).filter(|token| !token.is_empty()).collect();
                match name.eq_ignore_ascii_case("displayName") {
                    true => wanted.split_whitespace().all(|word| tokens.iter().any(|token| token.starts_with(word))),
                    false => text.starts_with(wanted.as_str()),
                }
            })
        })
    }
}
