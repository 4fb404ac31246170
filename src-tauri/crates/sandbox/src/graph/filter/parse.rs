use serde_json::Value;

use super::{Comparison, Filter, Operand, TextMatch};
use crate::graph::error::{Refusal, bad_request};

pub(super) fn parse(text: &str) -> Result<Filter, Refusal> {
    let mut parser = Parser { tokens: tokens(text)?, at: 0 };
    let filter = parser.either()?;
    if parser.at == parser.tokens.len() { Ok(filter) } else { Err(syntax()) }
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
