//! What one line, or one cell of a table, says: permissions with their types, a heading for the lines below, or neither.

use super::collect::Collector;
use super::words::{Address, Word, address, words};
use crate::permission::{PermissionType, Resource};

/// What a line is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Line<'t> {
    Names(Vec<Named<'t>>, Rest<'t>),
    /// It holds for the lines below. What it doesn't say stays as it was.
    Heading(Heading),
    /// Neither.
    Other,
}

/// A permission, as the line names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Named<'t> {
    pub what: What<'t>,
    /// The types that stand with it; two where it is wanted as both.
    pub kinds: Vec<PermissionType>,
}

/// The form in which it is named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum What<'t> {
    Plain(&'t str),
    Address(&'t str, Address<'t>),
}

/// What stands besides the names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rest<'t> {
    Nothing,
    /// A text that a colon or a dash sets apart from the only name: what the permission is for.
    Feature(&'t str),
    /// Something else.
    Unused(&'t str),
}

/// What a heading says.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Heading {
    pub kind: Option<PermissionType>,
    pub resource: Option<Resource>,
    pub optional: Option<bool>,
    /// Whether it is the bare name of a type, as it stands below a name where each cell of a table came on a line of its own.
    pub bare: bool,
}

/// Reads a line.
pub(super) fn read<'t>(line: &'t str, collector: &Collector<'_>) -> Line<'t> {
    let words = words(without_number(line));
    let mut is_name: Vec<bool> = words.iter().map(|word| names(word, collector)).collect();
    if !is_name.contains(&true) {
        if let Some(heading) = heading(&words) {
            return Line::Heading(heading);
        }
        // A word that stands alone on its line is meant as a name, however it is written.
        match words.as_slice() {
            [only] if !says_nothing(only.text) => is_name = vec![true],
            _ => return Line::Other,
        }
    } else {
        // So is one that stands alone between commas, in a line of names.
        for (at, word) in words.iter().enumerate() {
            let alone = words.iter().filter(|other| other.part == word.part).count() == 1;
            if alone && word.kind().is_none() && !says_nothing(word.text) && all_alone(&words, collector) {
                is_name.get_mut(at).into_iter().for_each(|is| *is = true);
            }
        }
    }
    gather(without_number(line), &words, &is_name)
}

/// Whether every part of the line is a single word, so that the line is a list and not a sentence.
fn all_alone(words: &[Word<'_>], collector: &Collector<'_>) -> bool {
    words.windows(2).all(|pair| matches!(pair, [a, b] if a.part != b.part || b.kind().is_some() || names(b, collector)))
}

fn gather<'t>(line: &'t str, words: &[Word<'t>], is_name: &[bool]) -> Line<'t> {
    let mut found: Vec<Named<'t>> = Vec::new();
    let mut ahead: Option<PermissionType> = None;
    let mut used = vec![false; words.len()];
    let mut at = 0;
    while let Some(word) = words.get(at) {
        if is_name.get(at) == Some(&true) {
            let what = if word.is_address() { What::Address(word.text, address(word.text)) } else { What::Plain(word.text) };
            let behind = if ahead.is_none() { types_behind(words, is_name, at + 1) } else { 0 };
            let mut kinds: Vec<PermissionType> = ahead.into_iter().collect();
            used.iter_mut().skip(at).take(behind + 1).for_each(|used| *used = true);
            kinds.extend(words.iter().skip(at + 1).take(behind).filter_map(Word::kind));
            kinds.dedup();
            found.push(Named { what, kinds });
            at += behind + 1;
            continue;
        }
        if let Some(kind) = word.kind().filter(|_| leads_to_a_name(words, is_name, at)) {
            ahead = Some(kind);
            used.get_mut(at).into_iter().for_each(|used| *used = true);
        } else if word.is_filler() && found.is_empty() {
            used.get_mut(at).into_iter().for_each(|used| *used = true);
        }
        at += 1;
    }
    let rest = rest(line, words, &used, found.len());
    Line::Names(found, rest)
}

/// How many words behind a name belong to its type. A type with a colon behind it belongs to what follows.
fn types_behind(words: &[Word<'_>], is_name: &[bool], from: usize) -> usize {
    let run = words.iter().zip(is_name).skip(from).take_while(|(word, name)| !**name && (word.kind().is_some() || word.is_filler()));
    let run: Vec<&Word<'_>> = run.map(|(word, _)| word).collect();
    let leads = run.iter().any(|word| word.leads);
    if leads || !run.iter().any(|word| word.kind().is_some()) { 0 } else { run.len() }
}

/// Whether nothing but fillers stands between a type and the name behind it.
fn leads_to_a_name(words: &[Word<'_>], is_name: &[bool], at: usize) -> bool {
    let behind = words.iter().zip(is_name).skip(at + 1).find(|(word, name)| **name || !word.is_filler());
    behind.is_some_and(|(_, name)| *name)
}

fn rest<'t>(line: &'t str, words: &[Word<'t>], used: &[bool], names: usize) -> Rest<'t> {
    let open = |(word, used): (&Word<'t>, &bool)| (!used).then_some(*word);
    let Some(first) = words.iter().zip(used).find_map(open) else { return Rest::Nothing };
    let from_there = line.get(first.start..).unwrap_or_default().trim().trim_end_matches(['|', '*', '"']).trim();
    let before = words.iter().take_while(|word| word.start < first.start).last();
    let gap = before.and_then(|before| line.get(before.end..first.start)).unwrap_or_default();
    let all_behind = words.iter().zip(used).skip_while(|(word, _)| word.start < first.start).all(|(_, used)| !used);
    let apart = [": ", " - ", " – ", " — ", "– ", "— ", " = ", " => ", " -> "].iter().any(|mark| gap.contains(mark));
    if names == 1 && all_behind && apart { Rest::Feature(from_there) } else { Rest::Unused(from_there) }
}

fn heading(words: &[Word<'_>]) -> Option<Heading> {
    let mut heading = Heading::default();
    let mut kinds: Vec<PermissionType> = Vec::new();
    for word in words {
        match word.text.to_ascii_lowercase().as_str() {
            "graph" => heading.resource = Some(Resource::Graph),
            "exchange" => heading.resource = Some(Resource::Exchange),
            "required" | "mandatory" | "needed" => heading.optional = Some(false),
            "optional" => heading.optional = Some(true),
            "microsoft" | "office" | "online" | "api" | "365" | "app" | "o365" => {}
            number if number.parse::<u16>().is_ok() => {}
            _ => match word.kind() {
                Some(kind) => kinds.push(kind),
                None if word.is_filler() => {}
                None => return None,
            },
        }
    }
    // Office 365 Exchange Online has Graph's word in none of its names; "app permissions" has no type word but means one.
    if kinds.is_empty() && words.first().is_some_and(|word| word.text.eq_ignore_ascii_case("app")) && words.len() > 1 {
        kinds.push(PermissionType::Application);
    }
    kinds.dedup();
    if let [kind] = kinds.as_slice() {
        heading.kind = Some(*kind);
    }
    heading.bare = words.len() == 1 && heading.kind.is_some();
    (heading.kind.is_some() || heading.resource.is_some() || heading.optional.is_some()).then_some(heading)
}

/// Whether a word names a permission, or is meant to.
fn names(word: &Word<'_>, collector: &Collector<'_>) -> bool {
    if word.is_address() {
        return address(word.text) != Address::Elsewhere || !word.text.to_ascii_lowercase().starts_with("http");
    }
    word.text.eq_ignore_ascii_case(".default")
        || word.looks_like_a_name()
        || word.text.parse::<uuid::Uuid>().is_ok()
        || (!word.is_filler() && word.kind().is_none() && is_telling(word.text) && collector.is_known(word.text))
}

/// `email` and `profile` are permissions, but in a sentence they are words.
fn is_telling(text: &str) -> bool {
    text.contains(['.', '_']) || matches!(text, "openid" | "profile" | "email")
}

/// What stands in cells besides names and types.
fn says_nothing(text: &str) -> bool {
    matches!(
        text.to_ascii_lowercase().as_str(),
        "yes"
            | "no"
            | "true"
            | "false"
            | "granted"
            | "status"
            | "description"
            | "name"
            | "permission"
            | "permissions"
            | "scope"
            | "scopes"
            | "type"
    ) || text.bytes().all(|byte| byte.is_ascii_digit())
}

/// The line without a number in front, as in `1. Mail.Read` and `2) Mail.Send`.
fn without_number(line: &str) -> &str {
    let rest = line.trim_start().trim_start_matches(|c: char| c.is_ascii_digit());
    match rest.strip_prefix(". ").or_else(|| rest.strip_prefix(") ")) {
        Some(rest) if rest.len() < line.trim_start().len() => rest,
        Some(_) | None => line,
    }
}
