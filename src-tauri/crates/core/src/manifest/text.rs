//! Reads a list that was typed or pasted, line by line, tables included.

use super::collect::{Collector, Entry};
use super::line::{self, Heading, Line, Named, Rest, What};
use super::table::{self, Column, Heads};
use super::words::{Address, address, words};
use super::{BadList, Known, LARGEST, MOST_LINES, Place, ReadList, Said};
use crate::organization::AccessType;
use crate::permission::{PermissionType, Resource};

/// Reads a text. `access` decides the type where the text says none; `known` is asked for what the catalogue doesn't know.
///
/// # Errors
/// [`BadList`] when it can't be read at all. What can't be read of it is told in the remarks.
pub fn read(text: &str, access: AccessType, known: Known<'_>) -> Result<ReadList, BadList> {
    if text.len() > LARGEST {
        return Err(BadList::TooLarge);
    }
    let text = text.trim_start_matches('\u{feff}');
    if text.lines().count() > MOST_LINES {
        return Err(BadList::TooManyLines);
    }
    let mut reading = Reading { collector: Collector::new(access, known), above: Heading::default(), lines: Vec::new() };
    reading.read(text)?;
    let list = reading.collector.finish();
    if list.permissions.is_empty() && list.remarks.is_empty() { Err(BadList::Empty) } else { Ok(list) }
}

struct Reading<'t, 'k> {
    collector: Collector<'k>,
    /// What the last heading says.
    above: Heading,
    /// Lines that are no table, until all of them are known.
    lines: Vec<(u32, &'t str, Line<'t>)>,
}

impl<'t> Reading<'t, '_> {
    fn read(&mut self, text: &'t str) -> Result<(), BadList> {
        let mut number = 0u32;
        let mut from = 0;
        while let Some(rest) = text.get(from..).filter(|rest| !rest.is_empty()) {
            let line = rest.split_inclusive('\n').next().unwrap_or(rest);
            number += 1;
            if let Some(heads) = table::heads(line.trim_end_matches(['\r', '\n'])) {
                self.settle()?;
                let (lines, bytes) = self.table(number, rest, &heads)?;
                number += lines - 1;
                from += bytes;
                continue;
            }
            let content = line.trim_matches(['\r', '\n']);
            if !content.trim().is_empty() {
                match scopes_of(content) {
                    Some(scopes) => self.scopes(number, &scopes)?,
                    None => self.lines.push((number, content, line::read(content, &self.collector))),
                }
            }
            from += line.len();
        }
        self.settle()
    }

    /// Takes the lines that were read. Whether a bare type is a heading or belongs to the name above it is seen only when all are
    /// there: it is a heading if the first one comes before any name.
    fn settle(&mut self) -> Result<(), BadList> {
        let lines = std::mem::take(&mut self.lines);
        let first_name = lines.iter().position(|(_, _, line)| matches!(line, Line::Names(..)));
        let first_bare = lines.iter().position(|(_, _, line)| matches!(line, Line::Heading(heading) if heading.bare));
        let below = matches!((first_name, first_bare), (Some(name), Some(bare)) if name < bare);
        for (at, (number, text, line)) in lines.iter().enumerate() {
            match line {
                Line::Names(names, rest) => {
                    let behind = lines.iter().skip(at + 1).take_while(|(_, _, line)| !matches!(line, Line::Names(..)));
                    let own = behind.filter_map(|(_, _, line)| match line {
                        Line::Heading(heading) if heading.bare && below => heading.kind,
                        Line::Heading(_) | Line::Other | Line::Names(..) => None,
                    });
                    let own = own.take(1).collect::<Vec<_>>();
                    self.names(*number, names, &own, *rest)?;
                }
                Line::Heading(heading) if heading.bare && below => {}
                Line::Heading(heading) => self.head(*heading),
                Line::Other => {
                    if !words(text).is_empty() {
                        self.collector.say(Place::Line(*number), text, Said::NoName);
                    }
                }
            }
        }
        Ok(())
    }

    /// A heading says what it says; of the rest, what the last one said goes on.
    fn head(&mut self, heading: Heading) {
        self.above.kind = heading.kind.or(self.above.kind);
        self.above.resource = heading.resource.or(self.above.resource);
        self.above.optional = heading.optional.or(self.above.optional);
    }

    fn names(&mut self, number: u32, names: &[Named<'_>], own: &[PermissionType], rest: Rest<'_>) -> Result<(), BadList> {
        let place = Place::Line(number);
        let (feature, unused) = match rest {
            Rest::Nothing => (None, None),
            Rest::Feature(text) => (Some(text), None),
            Rest::Unused(text) => (None, Some(text)),
        };
        for named in names {
            self.collector.named(place, named, own, &Entry { feature, ..self.above.entry() })?;
        }
        if let Some(unused) = unused {
            self.collector.say(place, unused, Said::RestUnused);
        }
        Ok(())
    }

    /// Scopes are delegated: an application's own roles are asked for without naming them.
    fn scopes(&mut self, number: u32, scopes: &[String]) -> Result<(), BadList> {
        for scope in scopes {
            let what = if scope.contains("://") { What::Address(scope, address(scope)) } else { What::Plain(scope) };
            let named = Named { what, kinds: vec![PermissionType::Delegated] };
            self.collector.named(Place::Line(number), &named, &[], &Entry::default())?;
        }
        Ok(())
    }

    /// Reads a table whose heads stand in the first line of `text`: up to an empty line where it is Markdown, else to the end.
    /// Answers how many lines and bytes it took.
    fn table(&mut self, number: u32, text: &str, heads: &Heads) -> Result<(u32, usize), BadList> {
        if !heads.unused.is_empty() {
            let first = text.lines().next().unwrap_or_default();
            self.collector.say(Place::Line(number), first, Said::ColumnsUnused { columns: heads.unused.clone() });
        }
        let (rows, bytes) = if heads.mark == '|' {
            let taken: Vec<&str> = text.split_inclusive('\n').take_while(|line| line.contains('|')).collect();
            let rows = taken.iter().zip(1u32..).filter_map(|(line, number)| Some((number, table::piped(line)?))).collect();
            (rows, taken.iter().map(|line| line.len()).sum())
        } else {
            (table::records(text, heads.mark), text.len())
        };
        for (line, row) in rows.iter().skip(1).filter(|(_, row)| !table::is_rule(row)) {
            self.row(number + line - 1, row, heads)?;
        }
        let lines = text.get(..bytes).unwrap_or(text).lines().count();
        Ok((u32::try_from(lines).unwrap_or(u32::MAX).max(1), bytes))
    }

    fn row(&mut self, number: u32, row: &[String], heads: &Heads) -> Result<(), BadList> {
        let place = Place::Line(number);
        let cell = |column| heads.cell(row, column);
        if row.iter().all(|cell| cell.trim().is_empty()) {
            return Ok(());
        }
        let (name, kinds, resource) = (cell(Column::Name), kinds(cell(Column::Kind)), cell(Column::Resource));
        let whole = || row.iter().map(|cell| cell.trim()).filter(|cell| !cell.is_empty()).collect::<Vec<_>>().join(" ");
        if kinds.is_empty() && !cell(Column::Kind).is_empty() {
            self.collector.say(place, &whole(), Said::BadType);
            return Ok(());
        }
        let above = self.above.entry();
        let entry = Entry {
            resource: resource_of(resource).or(above.resource),
            feature: Some(cell(Column::Feature)),
            purpose: Some(cell(Column::Purpose)),
            optional: is_optional(cell(Column::Optional), cell(Column::Required)).unwrap_or(above.optional),
            ..above
        };
        match line::read(name, &self.collector) {
            Line::Names(..) if !resource.is_empty() && resource_of(resource).is_none() => {
                self.collector.say(place, &whole(), Said::OtherApi);
            }
            Line::Names(names, _) => {
                for named in &names {
                    self.collector.named(place, named, &kinds, &entry)?;
                }
            }
            Line::Heading(heading) => self.head(heading),
            Line::Other if name.split_whitespace().count() == 1 => {
                self.collector.say(place, name, Said::Unknown { nearest: None });
            }
            Line::Other => self.collector.say(place, &whole(), Said::NoName),
        }
        Ok(())
    }
}

impl Heading {
    /// What holds for a permission below it that says nothing itself.
    fn entry(&self) -> Entry<'static> {
        Entry { kind: self.kind, resource: self.resource, optional: self.optional.unwrap_or(false), ..Entry::default() }
    }
}

impl Collector<'_> {
    /// Takes what a short text names: a name, a scope written as an address, or several of them, each with or without its type.
    /// `usual` holds where the text says nothing itself.
    ///
    /// # Errors
    /// [`BadList::TooMany`].
    pub fn written(&mut self, place: Place, text: &str, usual: &Entry<'_>) -> Result<(), BadList> {
        match line::read(text, self) {
            Line::Names(names, rest) => {
                for named in &names {
                    self.named(place, named, &[], usual)?;
                }
                if let Rest::Feature(rest) | Rest::Unused(rest) = rest {
                    self.say(place, rest, Said::RestUnused);
                }
            }
            Line::Heading(_) | Line::Other => self.say(place, text, Said::NotAnEntry { field: None }),
        }
        Ok(())
    }

    /// Takes a permission of the types that stand with it; else of `kinds`, or of the one that is usual.
    fn named(&mut self, place: Place, named: &Named<'_>, kinds: &[PermissionType], usual: &Entry<'_>) -> Result<(), BadList> {
        let (name, own) = match named.what {
            What::Plain(name) if name.eq_ignore_ascii_case(".default") => return self.refuse(place, name, Said::DefaultScope),
            What::Plain(name) => (name, None),
            What::Address(_, Address::Of(resource, name)) => (name, Some(resource)),
            What::Address(text, Address::Default) => return self.refuse(place, text, Said::DefaultScope),
            What::Address(text, Address::Elsewhere) => return self.refuse(place, text, Said::OtherApi),
        };
        let kinds = if named.kinds.is_empty() { kinds } else { &named.kinds };
        let entry = Entry { name, resource: own.or(usual.resource), ..*usual };
        if kinds.is_empty() {
            return self.entry(place, &entry);
        }
        for &kind in kinds {
            self.entry(place, &Entry { kind: Some(kind), ..entry })?;
        }
        Ok(())
    }

    fn refuse(&mut self, place: Place, text: &str, said: Said) -> Result<(), BadList> {
        self.say(place, text, said);
        Ok(())
    }
}

/// The types that a cell names. `Role` and `Scope` are what an app registration calls them.
pub fn kinds(cell: &str) -> Vec<PermissionType> {
    let mut kinds: Vec<PermissionType> = Vec::new();
    for word in words(cell) {
        let kind = word.kind().or_else(|| match word.text.to_ascii_lowercase().as_str() {
            "role" | "app" => Some(PermissionType::Application),
            "scope" | "user" => Some(PermissionType::Delegated),
            _ => None,
        });
        if let Some(kind) = kind.filter(|kind| !kinds.contains(kind)) {
            kinds.push(kind);
        }
    }
    kinds
}

/// The API that a cell names, by its name or its application id.
pub fn resource_of(cell: &str) -> Option<Resource> {
    let cell = cell.trim().to_ascii_lowercase();
    let by_id = Resource::ALL.into_iter().find(|resource| resource.app_id().to_string() == cell);
    by_id.or_else(|| match cell.as_str() {
        _ if cell.contains("graph") => Some(Resource::Graph),
        _ if cell.contains("exchange") => Some(Resource::Exchange),
        _ => None,
    })
}

/// Whether the integration is complete without it, by the cells of either column.
fn is_optional(optional: &str, required: &str) -> Option<bool> {
    let yes = |cell: &str| match cell.to_ascii_lowercase().as_str() {
        "yes" | "y" | "true" | "x" | "1" => Some(true),
        "no" | "n" | "false" | "0" => Some(false),
        _ => None,
    };
    let word = |cell: &str| match cell.to_ascii_lowercase().as_str() {
        "optional" => Some(true),
        "required" | "mandatory" => Some(false),
        _ => None,
    };
    word(optional).or_else(|| word(required)).or_else(|| yes(optional)).or_else(|| yes(required).map(|required| !required))
}

/// The scopes of an address that asks for consent or sign-in, as vendors send it: what follows `scope=`.
fn scopes_of(line: &str) -> Option<Vec<String>> {
    let (_, value) = line.split_once("scope=")?;
    let value = value.split(['&', '"', '#']).next().unwrap_or(value);
    let scopes: Vec<String> = unescaped(value).split_whitespace().map(str::to_owned).collect();
    (!scopes.is_empty()).then_some(scopes)
}

/// A value of an address's query as it was before it was escaped.
fn unescaped(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, behind @ ..] = rest {
        let escaped = match (first, behind) {
            (b'%', [high, low, ..]) => {
                let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
                digit(*high).zip(digit(*low)).map(|(high, low)| high * 16 + low)
            }
            _ => None,
        };
        bytes.push(escaped.unwrap_or(if *first == b'+' { b' ' } else { *first }));
        rest = if escaped.is_some() { behind.get(2..).unwrap_or_default() } else { behind };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use PermissionType::{Application, Delegated};

    /// What a text comes to: each permission as `name type`, with the API where it is Exchange Online's.
    fn taken(text: &str) -> Vec<String> {
        let list = read(text, AccessType::GraphAppOnly, &|_, _, _| None).unwrap();
        assert_eq!(list.refused().collect::<Vec<_>>(), Vec::<&super::super::Remark>::new(), "{text}");
        list.permissions.iter().map(shown).collect()
    }

    fn shown(wanted: &crate::integration::RequiredPermission) -> String {
        let api = if wanted.resource == Resource::Exchange { " exchange" } else { "" };
        format!("{} {}{api}", wanted.name, wanted.kind)
    }

    const BOTH: [&str; 2] = ["Mail.Read application", "Calendars.Read delegated"];

    #[test]
    fn the_type_may_stand_wherever_people_write_it() {
        for text in [
            "Mail.Read (Application)\nCalendars.Read (Delegated)",
            "Mail.Read Application, Calendars.Read Delegated",
            "application: Mail.Read\ndelegated: Calendars.Read",
            "Mail.Read - Application permission\r\nCalendars.Read - Delegated permission\r\n",
            "1. `Mail.Read` [application]\n2. `Calendars.Read` [delegated]",
            "## Application permissions\n\n- Mail.Read\n\n## Delegated permissions\n\n- calendars.read",
            "Application\nMail.Read\nDelegated\nCalendars.Read",
            "App permissions:\nMail.Read\nDelegated scopes:\nCalendars.Read",
            "Microsoft Graph (2)\nMail.Read\nApplication\nCalendars.Read\nDelegated",
            "Permission,Type\nMail.Read,Application\nCalendars.Read,Delegated\n",
            "Scope;Kind\n\"Mail.Read\";\"role\"\n\"Calendars.Read\";\"scope\"",
            "Type\tName\nApplication\tMail.Read\nDelegated\tCalendars.Read",
            "What it needs:\n\n| Permission | Type | Used for |\n|---|:---:|---|\n| `Mail.Read` | Application | mail |\n| Calendars.Read | Delegated | x |",
            "API / Permissions name\tType\tDescription\tAdmin consent required\tStatus\nMicrosoft Graph (2)\nMail.Read\tApplication\tRead mail\tYes\tGranted for Contoso\nCalendars.Read\tDelegated\tRead calendars\tNo\t",
            "810c84a8-4a9e-49e6-bf7d-12d183f40d01\n465a38f9-76ea-45b9-9f34-9e8b0d4b0b42",
        ] {
            assert_eq!(taken(text), BOTH, "{text}");
        }
    }

    #[test]
    fn names_may_be_parted_by_anything_and_without_a_type_the_way_mailboxes_are_reached_decides() {
        for text in
            ["Mail.Read Mail.Send", "Mail.Read,Mail.Send", "Mail.Read; Mail.Send", "mail.read\n\nMAIL.SEND\n", "Mail.Read\tMail.Send"]
        {
            let list = read(text, AccessType::GraphDelegated, &|_, _, _| None).unwrap();
            assert_eq!(list.permissions.iter().map(shown).collect::<Vec<_>>(), ["Mail.Read delegated", "Mail.Send delegated"], "{text}");
            let told: Vec<&Said> = list.remarks.iter().map(|remark| &remark.what).collect();
            assert_eq!(told, [&Said::TypeTaken { kind: Delegated, only: false }; 2], "what was chosen is said");
        }
        let only = read("offline_access", AccessType::GraphAppOnly, &|_, _, _| None).unwrap();
        assert_eq!(only.remarks[0].what, Said::TypeTaken { kind: Delegated, only: true });
    }

    #[test]
    fn scopes_as_addresses_and_in_an_address_are_delegated_ones_of_their_api() {
        assert_eq!(
            taken("https://graph.microsoft.com/Mail.Read (delegated) https://outlook.office365.com/EWS.AccessAsUser.All (delegated)"),
            ["Mail.Read delegated", "EWS.AccessAsUser.All delegated exchange"]
        );
        let url = "https://login.microsoftonline.com/common/oauth2/v2.0/authorize?client_id=x&scope=openid%20https%3A%2F%2Fgraph.microsoft.com%2FMail.Read+offline_access&state=1";
        assert_eq!(taken(url), ["openid delegated", "Mail.Read delegated", "offline_access delegated"]);
        assert_eq!(taken("full_access_as_app"), ["full_access_as_app application exchange"], "only Exchange Online has it");
        assert_eq!(taken("Office 365 Exchange Online\nMail.Read (Application)"), ["Mail.Read application exchange"]);
    }

    #[test]
    fn a_table_says_what_for_and_whether_it_must_be() {
        let text = "Permission,Type,Resource,Used for,Why,Required,Notes\n\"Mail.Read, Mail.Send\",Application,Microsoft Graph,\"Mail, all of it\",To file it.,yes,x\nOnlineMeetings.ReadWrite.All,Application,,Links,,optional,\n";
        let list = read(text, AccessType::GraphAppOnly, &|_, _, _| None).unwrap();
        let [read, send, meetings] = list.permissions.as_slice() else { panic!("{list:?}") };
        assert_eq!(
            (read.feature.as_deref(), read.purpose.as_deref(), read.optional),
            (Some("Mail, all of it"), Some("To file it."), false)
        );
        assert_eq!((send.name.as_str(), send.feature.as_deref()), ("Mail.Send", Some("Mail, all of it")));
        assert_eq!((meetings.feature.as_deref(), meetings.purpose.as_deref(), meetings.optional), (Some("Links"), None, true));
        assert_eq!(list.remarks[0].what, Said::ColumnsUnused { columns: vec!["Notes".into()] });
        let plain = read_app("Mail.Read: e-mail capture\nOptional permissions\nMail.Send (Application) – sending, in the user's name");
        assert_eq!(plain.permissions[0].feature.as_deref(), Some("e-mail capture"));
        assert_eq!(plain.permissions[1].feature.as_deref(), Some("sending, in the user's name"));
        assert!(plain.permissions[1].optional);
    }

    fn read_app(text: &str) -> ReadList {
        read(text, AccessType::GraphAppOnly, &|_, _, _| None).unwrap()
    }

    #[test]
    fn what_is_not_taken_is_told_with_its_line_and_the_reason() {
        let list = read_app(
            "Please grant these to our application:\nMail.Raed (Application)\nCalendars.Read.Shared (Application)\nMail.Read (Application)\nmail.read (Application)\nhttps://graph.microsoft.com/.default\napi://contoso.example/Things.Read\nFrobnicate.All (Delegated)\nMail.Send (Application) thank you",
        );
        assert_eq!(list.permissions.iter().map(shown).collect::<Vec<_>>(), ["Mail.Read application", "Mail.Send application"]);
        let told: Vec<(Place, &Said)> = list.remarks.iter().map(|remark| (remark.place, &remark.what)).collect();
        assert_eq!(
            told,
            [
                (Place::Line(1), &Said::NoName),
                (Place::Line(2), &Said::Unknown { nearest: Some("Mail.Read".into()) }),
                (Place::Line(3), &Said::OtherType { exists: Delegated }),
                (Place::Line(5), &Said::Twice { first: Place::Line(4) }),
                (Place::Line(6), &Said::DefaultScope),
                (Place::Line(7), &Said::OtherApi),
                (Place::Line(8), &Said::Unknown { nearest: None }),
                (Place::Line(9), &Said::RestUnused),
            ]
        );
        assert_eq!(list.refused().count(), 5);
        let table = read_app("Permission,Type\nMail.Read,Sometimes\nMail.Raed,Application\nSomething Else,Application\n\"\n\",\n");
        let told: Vec<(Place, &Said)> = table.remarks.iter().map(|remark| (remark.place, &remark.what)).collect();
        assert_eq!(
            told,
            [
                (Place::Line(2), &Said::BadType),
                (Place::Line(3), &Said::Unknown { nearest: Some("Mail.Read".into()) }),
                (Place::Line(4), &Said::NoName),
            ]
        );
    }

    #[test]
    fn what_the_tenant_publishes_is_taken_under_its_live_name() {
        let published = |resource: Resource, kind: PermissionType, name: &str| {
            let it = resource == Resource::Exchange && kind == Application;
            let named = name.eq_ignore_ascii_case("exchange.manageasappv2") || name == "11111111-2222-3333-4444-555555555555";
            (it && named).then(|| "Exchange.ManageAsAppV2".to_owned())
        };
        for text in ["Exchange.ManageAsAppV2", "exchange.manageasappv2 (application)", "11111111-2222-3333-4444-555555555555"] {
            let list = read(text, AccessType::GraphAppOnly, &published).unwrap();
            assert_eq!(list.permissions.iter().map(shown).collect::<Vec<_>>(), ["Exchange.ManageAsAppV2 application exchange"], "{text}");
            assert!(list.remarks.iter().any(|remark| remark.what == Said::Live), "{text}");
        }
    }

    #[test]
    fn a_list_that_is_no_list_is_refused_as_a_whole() {
        let refused = |text: &str| read(text, AccessType::GraphAppOnly, &|_, _, _| None).unwrap_err();
        assert_eq!(refused(" \u{feff}\r\n\t"), BadList::Empty);
        assert_eq!(refused(&"x".repeat(LARGEST + 1)), BadList::TooLarge);
        assert_eq!(refused(&"\n".repeat(MOST_LINES + 1).replace('\n', "x\n")), BadList::TooManyLines);
        assert_eq!(refused(&"Mail.Read ".repeat(2_000)), BadList::TooMany);
        let long = read_app(&format!("{}.Read", "A".repeat(5_000)));
        assert_eq!(long.remarks[0].what, Said::TooLong);
        assert!(long.remarks[0].text.len() < 400, "only a part is quoted");
    }

    #[test]
    fn hostile_text_is_told_and_never_taken() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../../shared/data/inputs");
        let mut texts: Vec<String> = Vec::new();
        for file in ["payloads", "csv/csvs", "json/test_parsing"] {
            let files = std::fs::read_dir(format!("{folder}/{file}")).into_iter().flatten().flatten();
            texts
                .extend(files.filter_map(|file| std::fs::read(file.path()).ok()).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()));
        }
        if texts.is_empty() {
            println!("skipped: the collections of hostile input are not at hand");
        }
        for wild in [
            "|",
            "||||",
            "\"",
            ",,,\n,,",
            "Permission|Type\n|",
            "Permission,Type\n\"",
            "Name;Type\n;;;;",
            "=1+1;Mail",
            ":::",
            "scope=",
            "scope=%",
            "scope=%zz%2",
            "\u{202e}Mail.Read\u{202c}",
            "Mail.Read\0",
            "https://",
            "api://",
        ] {
            texts.push(wild.to_owned());
        }
        for text in &texts {
            if let Ok(list) = read(text, AccessType::GraphAppOnly, &|_, _, _| None) {
                let known = |wanted: &crate::integration::RequiredPermission| {
                    crate::permission::find(wanted.resource, wanted.kind, &wanted.name).is_some()
                };
                assert!(list.permissions.iter().all(known), "{list:?}");
                assert!(list.remarks.iter().all(|remark| remark.text.chars().count() <= 101));
                assert!(
                    list.permissions.len() + list.remarks.len() > 0 || text.trim_end().lines().count() > 1,
                    "nothing vanishes: {text:?}"
                );
            }
        }
    }
}
