use serde_json::Value;

use super::error::{Refusal, bad_request};

/// A parsed `$filter` ("Use the $filter query parameter").
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Filter {
    And(Box<Filter>, Box<Filter>),
    Or(Box<Filter>, Box<Filter>),
    Not(Box<Filter>),
    Compare {
        left: Operand,
        how: Comparison,
        right: Value,
    },
    In {
        left: Operand,
        choices: Vec<Value>,
    },
    Text {
        how: TextMatch,
        left: Operand,
        right: String,
    },
    /// `collection/any(x:…)`.
    Any {
        collection: String,
        name: String,
        inner: Box<Filter>,
    },
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Operand {
    Path(String),
    /// `path/$count`.
    Count(String),
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Comparison {
    Eq,
    Ne,
    Gt,
    Ge,
    Lt,
    Le,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum TextMatch {
    Starts,
    Ends,
    Contains,
}

impl Filter {
    pub(super) fn parse(text: &str) -> Result<Filter, Refusal> {
        let mut parser = Parser { tokens: tokens(text)?, at: 0 };
        let filter = parser.either()?;
        if parser.at == parser.tokens.len() { Ok(filter) } else { Err(syntax()) }
    }

    /// Whether the directory answers it with the advanced query capabilities only.
    pub(super) fn is_advanced(&self) -> bool {
        match self {
            Filter::And(left, right) | Filter::Or(left, right) => left.is_advanced() || right.is_advanced(),
            Filter::Not(_) => true,
            Filter::Compare { left, how, .. } => *how == Comparison::Ne || matches!(left, Operand::Count(_)),
            Filter::In { .. } => false,
            Filter::Text { how, .. } => *how != TextMatch::Starts,
            Filter::Any { inner, .. } => inner.is_advanced(),
        }
    }

    /// The properties that it reads.
    pub(super) fn paths(&self) -> Vec<&str> {
        match self {
            Filter::And(left, right) | Filter::Or(left, right) => [left.paths(), right.paths()].concat(),
            Filter::Not(inner) => inner.paths(),
            Filter::Compare { left: Operand::Path(path) | Operand::Count(path), .. }
            | Filter::In { left: Operand::Path(path) | Operand::Count(path), .. }
            | Filter::Text { left: Operand::Path(path) | Operand::Count(path), .. } => vec![path],
            Filter::Any { collection, .. } => vec![collection],
        }
    }

    pub(super) fn matches(&self, property: &dyn Fn(&str) -> Option<Value>) -> bool {
        match self {
            Filter::And(left, right) => left.matches(property) && right.matches(property),
            Filter::Or(left, right) => left.matches(property) || right.matches(property),
            Filter::Not(inner) => !inner.matches(property),
            Filter::Compare { left, how, right } => compare(&left.value(property), *how, right),
            Filter::In { left, choices } => {
                let value = left.value(property);
                choices.iter().any(|choice| compare(&value, Comparison::Eq, choice))
            }
            Filter::Text { how, left, right } => {
                let value = left.value(property);
                let text = value.as_str().unwrap_or_default().to_lowercase();
                match how {
                    TextMatch::Starts => text.starts_with(right),
                    TextMatch::Ends => text.ends_with(right),
                    TextMatch::Contains => text.contains(right),
                }
            }
            Filter::Any { collection, name, inner } => {
                let Some(Value::Array(items)) = property(collection) else { return false };
                items.iter().any(|item| {
                    inner.matches(&|path| {
                        if path == name {
                            return Some(item.clone());
                        }
                        let rest = path.strip_prefix(name.as_str())?.strip_prefix('/')?;
                        item.get(rest).cloned()
                    })
                })
            }
        }
    }
}

impl Operand {
    fn value(&self, property: &dyn Fn(&str) -> Option<Value>) -> Value {
        match self {
            Operand::Path(path) => property(path).unwrap_or(Value::Null),
            Operand::Count(path) => match property(path) {
                Some(Value::Array(items)) => items.len().into(),
                _ => 0.into(),
            },
        }
    }
}

fn compare(left: &Value, how: Comparison, right: &Value) -> bool {
    let order = match (left, right) {
        (Value::String(left), Value::String(right)) => left.to_lowercase().partial_cmp(&right.to_lowercase()),
        (Value::Number(left), Value::Number(right)) => left.as_f64().partial_cmp(&right.as_f64()),
        (Value::Bool(left), Value::Bool(right)) => left.partial_cmp(right),
        (Value::Null, Value::Null) => Some(std::cmp::Ordering::Equal),
        _ => None,
    };
    match how {
        Comparison::Eq => order.is_some_and(std::cmp::Ordering::is_eq),
        Comparison::Ne => !order.is_some_and(std::cmp::Ordering::is_eq),
        Comparison::Gt => order.is_some_and(std::cmp::Ordering::is_gt),
        Comparison::Ge => order.is_some_and(std::cmp::Ordering::is_ge),
        Comparison::Lt => order.is_some_and(std::cmp::Ordering::is_lt),
        Comparison::Le => order.is_some_and(std::cmp::Ordering::is_le),
    }
}

#[derive(Debug, Clone, PartialEq)]
enum Token {
    Word(String),
    Text(String),
    Open,
    Close,
    Comma,
    Colon,
}

fn tokens(text: &str) -> Result<Vec<Token>, Refusal> {
    let mut tokens = Vec::new();
    let mut chars = text.chars().peekable();
    while let Some(&c) = chars.peek() {
        match c {
            ' ' => {
                chars.next();
            }
            '(' | ')' | ',' => {
                chars.next();
                tokens.push(match c {
                    '(' => Token::Open,
                    ')' => Token::Close,
                    _ => Token::Comma,
                });
            }
            '\'' => {
                chars.next();
                let mut literal = String::new();
                loop {
                    match chars.next() {
                        Some('\'') if chars.peek() == Some(&'\'') => {
                            chars.next();
                            literal.push('\'');
                        }
                        Some('\'') => break,
                        Some(c) => literal.push(c),
                        None => return Err(bad_request("There is an unterminated string literal in the filter.")),
                    }
                }
                tokens.push(Token::Text(literal));
            }
            _ => tokens.push(word(&mut chars)),
        }
    }
    Ok(tokens)
}

/// A name, a number, a GUID, a date and time, or the colon of a lambda.
fn word(chars: &mut std::iter::Peekable<std::str::Chars<'_>>) -> Token {
    let mut word = String::new();
    while let Some(&c) = chars.peek() {
        // The colon ends the variable of a lambda, but belongs to a time.
        let ends = matches!(c, ' ' | '(' | ')' | ',' | '\'') || c == ':' && !word.starts_with(|c: char| c.is_ascii_digit());
        if ends && !(word.is_empty() && c == ':') {
            break;
        }
        chars.next();
        word.push(c);
        if word == ":" {
            return Token::Colon;
        }
    }
    Token::Word(word)
}

struct Parser {
    tokens: Vec<Token>,
    at: usize,
}

impl Parser {
    fn either(&mut self) -> Result<Filter, Refusal> {
        let mut left = self.both()?;
        while self.take_word("or") {
            left = Filter::Or(Box::new(left), Box::new(self.both()?));
        }
        Ok(left)
    }

    fn both(&mut self) -> Result<Filter, Refusal> {
        let mut left = self.one()?;
        while self.take_word("and") {
            left = Filter::And(Box::new(left), Box::new(self.one()?));
        }
        Ok(left)
    }

    fn one(&mut self) -> Result<Filter, Refusal> {
        if self.take_word("not") {
            return Ok(Filter::Not(Box::new(self.one()?)));
        }
        if self.take(&Token::Open) {
            let inner = self.either()?;
            self.demand(&Token::Close)?;
            return Ok(inner);
        }
        let Some(Token::Word(name)) = self.next() else { return Err(syntax()) };
        if self.take(&Token::Open) {
            return self.call(&name);
        }
        let left = match name.strip_suffix("/$count") {
            Some(path) => Operand::Count(path.to_owned()),
            None => Operand::Path(name),
        };
        self.comparison(left)
    }

    fn call(&mut self, name: &str) -> Result<Filter, Refusal> {
        if let Some(collection) = name.strip_suffix("/any") {
            let Some(Token::Word(variable)) = self.next() else { return Err(syntax()) };
            self.demand(&Token::Colon)?;
            let inner = self.either()?;
            self.demand(&Token::Close)?;
            return Ok(Filter::Any { collection: collection.to_owned(), name: variable, inner: Box::new(inner) });
        }
        let how = match name.to_ascii_lowercase().as_str() {
            "startswith" => TextMatch::Starts,
            "endswith" => TextMatch::Ends,
            "contains" => TextMatch::Contains,
            _ => return Err(bad_request(format!("An unknown function with name '{name}' was found."))),
        };
        let Some(Token::Word(path)) = self.next() else { return Err(syntax()) };
        self.demand(&Token::Comma)?;
        let Some(Token::Text(right)) = self.next() else { return Err(syntax()) };
        self.demand(&Token::Close)?;
        // `startswith(a,'b') eq true` says the same.
        if self.take_word("eq") && !self.take_word("true") {
            return Err(syntax());
        }
        Ok(Filter::Text { how, left: Operand::Path(path), right: right.to_lowercase() })
    }

    fn comparison(&mut self, left: Operand) -> Result<Filter, Refusal> {
        let Some(Token::Word(how)) = self.next() else { return Err(syntax()) };
        let how = match how.to_ascii_lowercase().as_str() {
            "eq" => Comparison::Eq,
            "ne" => Comparison::Ne,
            "gt" => Comparison::Gt,
            "ge" => Comparison::Ge,
            "lt" => Comparison::Lt,
            "le" => Comparison::Le,
            "in" => {
                self.demand(&Token::Open)?;
                let mut choices = vec![self.literal()?];
                while self.take(&Token::Comma) {
                    choices.push(self.literal()?);
                }
                self.demand(&Token::Close)?;
                return Ok(Filter::In { left, choices });
            }
            _ => return Err(syntax()),
        };
        Ok(Filter::Compare { left, how, right: self.literal()? })
    }

    fn literal(&mut self) -> Result<Value, Refusal> {
        match self.next() {
            Some(Token::Text(text)) => Ok(Value::String(text)),
            Some(Token::Word(word)) => Ok(match word.as_str() {
                "true" => true.into(),
                "false" => false.into(),
                "null" => Value::Null,
                _ => word.parse::<i64>().map_or(Value::String(word), Value::from),
            }),
            Some(Token::Open | Token::Close | Token::Comma | Token::Colon) | None => Err(syntax()),
        }
    }

    fn next(&mut self) -> Option<Token> {
        let token = self.tokens.get(self.at).cloned();
        self.at += 1;
        token
    }

    fn take(&mut self, token: &Token) -> bool {
        let found = self.tokens.get(self.at) == Some(token);
        self.at += usize::from(found);
        found
    }

    fn take_word(&mut self, word: &str) -> bool {
        let found = matches!(self.tokens.get(self.at), Some(Token::Word(found)) if found.eq_ignore_ascii_case(word));
        self.at += usize::from(found);
        found
    }

    fn demand(&mut self, token: &Token) -> Result<(), Refusal> {
        if self.take(token) { Ok(()) } else { Err(syntax()) }
    }
}

fn syntax() -> Refusal {
    bad_request("Invalid filter clause: there is a syntax error.")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn holds(filter: &str) -> bool {
        let object = json!({
            "displayName": "Maeve O'Brien", "accountEnabled": true, "mail": null, "userType": "Member",
            "proxyAddresses": ["SMTP:maeve@contoso.example"], "assignedLicenses": [],
            "assignedPlans": [{"servicePlanId": "efb87545-963c-4e0d-99df-69c6916d9eb0", "capabilityStatus": "Enabled"}],
            "createdDateTime": "2024-05-01T00:00:00Z",
        });
        Filter::parse(filter).unwrap().matches(&|path| object.get(path).cloned())
    }

    #[test]
    fn the_roster_recipes_are_understood() {
        assert!(holds("accountEnabled eq true and userType eq 'Member'"));
        assert!(!holds("userType ne 'Member'"));
        assert!(holds("displayName eq 'maeve o''brien'"));
        assert!(holds("startswith(displayName,'Mae') and not (mail ne null)"));
        assert!(holds("assignedPlans/any(p:p/servicePlanId eq efb87545-963c-4e0d-99df-69c6916d9eb0 and p/capabilityStatus eq 'Enabled')"));
        assert!(holds("proxyAddresses/any(x:x eq 'smtp:maeve@contoso.example')"));
        assert!(holds("proxyAddresses/any(p:endsWith(p,'contoso.example'))"));
        assert!(holds("assignedLicenses/$count eq 0 or mail eq 'x'"));
        assert!(holds("userType in ('Guest','Member')"));
        assert!(holds("createdDateTime ge 2024-04-30T23:59:59Z"));
    }

    #[test]
    fn what_the_index_cannot_do_is_known() {
        let advanced = |text: &str| Filter::parse(text).unwrap().is_advanced();
        assert!(!advanced("accountEnabled eq true and startswith(mail,'a')"));
        assert!(advanced("mail ne null"));
        assert!(advanced("not startswith(mail,'a')"));
        assert!(advanced("assignedLicenses/$count eq 0"));
        assert!(Filter::parse("mail eq").is_err());
        assert!(Filter::parse("mail eq 'a").is_err());
    }
}
