//! The words of a line: names, types, addresses and the rest, with where they stand.

use crate::permission::{PermissionType, Resource};

/// A word and its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Word<'t> {
    pub text: &'t str,
    /// Where it begins and ends in the line, in bytes.
    pub start: usize,
    pub end: usize,
    /// Which part of the line it is in, parted by commas, semicolons and tabs.
    pub part: usize,
    /// Whether a colon follows it.
    pub leads: bool,
}

impl Word<'_> {
    /// The type that the word names, if it names one.
    pub fn kind(&self) -> Option<PermissionType> {
        match self.text.to_ascii_lowercase().as_str() {
            "application" | "applications" | "app-only" | "app-role" | "approle" => Some(PermissionType::Application),
            "delegated" | "delegate" => Some(PermissionType::Delegated),
            _ => None,
        }
    }

    /// Whether it only goes along with a type: "application *permission*".
    pub fn is_filler(&self) -> bool {
        matches!(
            self.text.to_ascii_lowercase().as_str(),
            "permission" | "permissions" | "scope" | "scopes" | "role" | "roles" | "type" | "access" | "and" | "or" | "the" | "these"
        )
    }

    /// Whether it is an address.
    pub fn is_address(&self) -> bool {
        self.text.contains("://")
    }

    /// Whether it has the form of a permission's name: parts joined by dots, with a capital in front.
    pub fn looks_like_a_name(&self) -> bool {
        let mut parts = self.text.split('.');
        self.text.starts_with(|c: char| c.is_ascii_uppercase())
            && self.text.contains('.')
            && parts.all(|part| part.starts_with(|c: char| c.is_ascii_alphabetic()))
            && self.text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_'))
    }
}

/// What an address says of a permission.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Address<'t> {
    /// A permission of that API.
    Of(Resource, &'t str),
    /// Whatever the registration lists.
    Default,
    /// Something else.
    Elsewhere,
}

/// Reads a scope that is written as an address. The hosts are those of all clouds, as scopes are written with them.
pub(super) fn address(text: &str) -> Address<'_> {
    const GRAPH: [&str; 5] = [
        "graph.microsoft.com",
        "graph.microsoft.us",
        "dod-graph.microsoft.us",
        "microsoftgraph.chinacloudapi.cn",
        "00000003-0000-0000-c000-000000000000",
    ];
    const EXCHANGE: [&str; 6] = [
        "outlook.office365.com",
        "outlook.office.com",
        "outlook.office365.us",
        "outlook-dod.office365.us",
        "partner.outlook.cn",
        "00000002-0000-0ff1-ce00-000000000000",
    ];
    let Some((_, rest)) = text.split_once("://") else { return Address::Elsewhere };
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    let is = |known: &[&str]| known.iter().any(|known| host.eq_ignore_ascii_case(known));
    let resource = if is(&GRAPH) {
        Resource::Graph
    } else if is(&EXCHANGE) {
        Resource::Exchange
    } else {
        return Address::Elsewhere;
    };
    // A resource that ends in a slash is written with two: `https://outlook.office365.com//.default`.
    match path.trim_matches('/') {
        ".default" => Address::Default,
        "" => Address::Elsewhere,
        name if name.contains('/') || name.contains('?') => Address::Elsewhere,
        name => Address::Of(resource, name),
    }
}

/// Takes a line apart. A word is a run of letters, digits, dots, dashes and underscores, or an address.
pub(super) fn words(line: &str) -> Vec<Word<'_>> {
    let mut words: Vec<Word<'_>> = Vec::new();
    let mut part = 0;
    let mut at = 0;
    while let Some(rest) = line.get(at..) {
        let Some(first) = rest.chars().next() else { break };
        let length = if is_address(rest) {
            rest.find(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | ')' | ']' | '>' | '<' | '"' | '\'' | '`' | '|'))
        } else {
            rest.find(|c: char| !(c.is_alphanumeric() || matches!(c, '.' | '-' | '_')))
        }
        .unwrap_or(rest.len());
        if length == 0 {
            match first {
                ',' | ';' | '\t' => part += 1,
                ':' => {
                    if let Some(last) = words.last_mut().filter(|last| last.end == at || line.get(last.end..at).is_some_and(is_blank)) {
                        last.leads = true;
                    }
                }
                _ => {}
            }
            at += first.len_utf8();
            continue;
        }
        let run = rest.get(..length).unwrap_or_default();
        // A name doesn't end in a dot or begin with a dash; `.default` begins with a dot.
        let text = run.trim_end_matches(['.', '-']).trim_start_matches('-');
        let text = if text.eq_ignore_ascii_case(".default") { text } else { text.trim_start_matches('.') };
        if !text.is_empty() {
            let start = at + run.find(text).unwrap_or_default();
            words.push(Word { text, start, end: start + text.len(), part, leads: false });
        }
        at += length;
    }
    words
}

fn is_blank(text: &str) -> bool {
    text.chars().all(|c| c.is_whitespace() || matches!(c, '*' | '`' | '_'))
}

fn is_address(text: &str) -> bool {
    ["https://", "http://", "api://"].iter().any(|scheme| text.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(line: &str) -> Vec<&str> {
        words(line).iter().map(|word| word.text).collect()
    }

    #[test]
    fn a_line_is_taken_apart_at_whatever_people_put_between_names() {
        assert_eq!(texts("Mail.Read, Mail.Send;User.Read\topenid|profile"), ["Mail.Read", "Mail.Send", "User.Read", "openid", "profile"]);
        assert_eq!(texts("**`Mail.Read`** (Application)."), ["Mail.Read", "Application"]);
        assert_eq!(texts("- [Mail.Read](https://a.example/x)"), ["Mail.Read", "https://a.example/x"]);
        assert_eq!(texts("Mail.Read+offline_access"), ["Mail.Read", "offline_access"]);
        assert!(words("Application : Mail.Read")[0].leads);
        assert_eq!(texts("--- ... \u{202e}"), Vec::<&str>::new());
    }

    #[test]
    fn a_scope_may_be_written_as_an_address_of_any_cloud() {
        assert_eq!(address("https://graph.microsoft.com/Mail.Read"), Address::Of(Resource::Graph, "Mail.Read"));
        assert_eq!(address("https://outlook.office365.com/EWS.AccessAsUser.All"), Address::Of(Resource::Exchange, "EWS.AccessAsUser.All"));
        assert_eq!(address("HTTPS://Graph.Microsoft.US/Mail.Read/"), Address::Of(Resource::Graph, "Mail.Read"));
        assert_eq!(address("https://outlook.office365.com//.default"), Address::Default);
        assert_eq!(address("https://graph.microsoft.com.evil.example/Mail.Read"), Address::Elsewhere);
        assert_eq!(address("https://evil.example/graph.microsoft.com/Mail.Read"), Address::Elsewhere);
        assert_eq!(address("https://graph.microsoft.com/v1.0/me/messages"), Address::Elsewhere);
    }
}
