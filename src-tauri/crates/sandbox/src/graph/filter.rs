mod parse;

use serde_json::Value;

use super::error::Refusal;

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
        parse::parse(text)
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

    /// The beginnings of which a property must have one for the filter to hold, whatever else it demands; none when it may begin anyhow.
    pub(super) fn beginnings(&self, property: &str) -> Vec<&str> {
        match self {
            Filter::Text { how: TextMatch::Starts, left: Operand::Path(path), right } if path.eq_ignore_ascii_case(property) => vec![right],
            Filter::And(left, right) => {
                Some(left.beginnings(property)).filter(|all| !all.is_empty()).unwrap_or_else(|| right.beginnings(property))
            }
            Filter::Or(left, right) => match (left.beginnings(property), right.beginnings(property)) {
                (left, right) if left.is_empty() || right.is_empty() => Vec::new(),
                (left, right) => [left, right].concat(),
            },
            Filter::Not(_) | Filter::Compare { .. } | Filter::In { .. } | Filter::Text { .. } | Filter::Any { .. } => Vec::new(),
        }
    }

    /// Whether it demands nothing but how properties begin.
    pub(super) fn is_about_beginnings(&self) -> bool {
        match self {
            Filter::Text { how, .. } => *how == TextMatch::Starts,
            Filter::Or(left, right) => left.is_about_beginnings() && right.is_about_beginnings(),
            Filter::And(..) | Filter::Not(_) | Filter::Compare { .. } | Filter::In { .. } | Filter::Any { .. } => false,
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
