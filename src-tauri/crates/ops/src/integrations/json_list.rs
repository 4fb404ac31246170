//! Lists of permissions in JSON: our manifest, an app registration's `requiredResourceAccess`, a grant's scopes, bare names.

use rollcall_core::id::AppId;
use rollcall_core::manifest::{BadList, Collector, Entry, Known, LARGEST, Place, ReadList, Said};
use rollcall_core::organization::AccessType;
use rollcall_core::permission::{PermissionType, Resource};
use serde_json::{Map, Value};

/// Why a JSON document can't be read as a list at all.
#[derive(Debug, thiserror::Error)]
pub(super) enum BadJson {
    #[error("the JSON can't be read: {0}")]
    Broken(String),
    #[error("the JSON holds no list of permissions; there may be a manifest, a requiredResourceAccess, a scope or an array of names")]
    NoList,
    #[error("{0}")]
    List(#[from] BadList),
}

/// Whether a text is meant as JSON. A list in Markdown may begin with a bracket too, but has no quotes then.
pub(super) fn is_json(text: &str) -> bool {
    let text = text.trim_start_matches('\u{feff}').trim_start();
    text.starts_with('{') || (text.starts_with('[') && (text.contains('"') || text.trim_end() == "[]"))
}

/// Reads a document.
///
/// # Errors
/// [`BadJson`]. What can't be read of a list is told in its remarks.
pub(super) fn read(text: &str, access: AccessType, known: Known<'_>) -> Result<ReadList, BadJson> {
    if text.len() > LARGEST {
        return Err(BadList::TooLarge.into());
    }
    let document: Value = serde_json::from_str(text.trim_start_matches('\u{feff}')).map_err(|error| {
        // The parser's own message may quote what stands there.
        BadJson::Broken(format!("{:?} error in line {}, column {}", error.classify(), error.line(), error.column()).to_lowercase())
    })?;
    let mut reading = Reading { collector: Collector::new(access, known), entry: 0 };
    reading.document(&document)?;
    let list = reading.collector.finish();
    if list.permissions.is_empty() && list.remarks.is_empty() { Err(BadList::Empty.into()) } else { Ok(list) }
}

struct Reading<'k> {
    collector: Collector<'k>,
    entry: u32,
}

impl Reading<'_> {
    fn document(&mut self, document: &Value) -> Result<(), BadJson> {
        match document {
            Value::Array(entries) => self.entries(entries),
            Value::Object(fields) if fields.contains_key("permissions") => self.manifest(fields),
            Value::Object(fields) => match (fields.get("requiredResourceAccess"), fields.get("value")) {
                (Some(Value::Array(entries)), _) | (None, Some(Value::Array(entries))) => self.entries(entries),
                _ if fields.contains_key("resourceAppId") || fields.contains_key("scope") => self.entries(std::slice::from_ref(document)),
                _ => Err(BadJson::NoList),
            },
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Err(BadJson::NoList),
        }
    }

    /// Our own manifest, in which nothing stands that its schema doesn't know.
    fn manifest(&mut self, fields: &Map<String, Value>) -> Result<(), BadJson> {
        let Some(Value::Array(entries)) = fields.get("permissions") else { return Err(BadJson::NoList) };
        for (field, value) in fields {
            match (field.as_str(), value) {
                ("name", Value::String(name)) => self.collector.call(name),
                ("permissions" | "$schema", _) => {}
                _ => self.collector.say(Place::Document, field, Said::NotAnEntry { field: Some(field.clone()) }),
            }
        }
        self.entries(entries)
    }

    fn entries(&mut self, entries: &[Value]) -> Result<(), BadJson> {
        for entry in entries {
            self.entry = self.entry.saturating_add(1);
            let place = Place::Entry(self.entry);
            match entry {
                Value::String(name) => self.collector.written(place, name, &Entry::default())?,
                Value::Object(fields) => match (fields.get("resourceAppId"), fields.get("scope")) {
                    (Some(Value::String(api)), _) => self.resource(place, api, fields)?,
                    (None, Some(Value::String(scopes))) => self.scopes(place, scopes)?,
                    _ => self.permission(place, fields)?,
                },
                Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) => {
                    self.collector.say(place, &entry.to_string(), Said::NotAnEntry { field: None });
                }
            }
        }
        Ok(())
    }

    /// What a registration asks of one API.
    fn resource(&mut self, place: Place, api: &str, fields: &Map<String, Value>) -> Result<(), BadJson> {
        let resource = api.parse::<AppId>().ok().and_then(|id| Resource::ALL.into_iter().find(|known| known.app_id() == id));
        let Some(resource) = resource else {
            self.collector.say(place, api, Said::OtherApi);
            return Ok(());
        };
        let Some(Value::Array(accesses)) = fields.get("resourceAccess") else {
            self.collector.say(place, api, Said::NotAnEntry { field: Some("resourceAccess".to_owned()) });
            return Ok(());
        };
        for access in accesses {
            let Some(id) = access.get("id").and_then(Value::as_str) else {
                self.collector.say(place, &access.to_string(), Said::NotAnEntry { field: Some("id".to_owned()) });
                continue;
            };
            let kind = match access.get("type").and_then(Value::as_str) {
                Some("Role") => PermissionType::Application,
                Some("Scope") => PermissionType::Delegated,
                Some(_) | None => {
                    self.collector.say(place, id, Said::BadType);
                    continue;
                }
            };
            self.collector.entry(place, &Entry { name: id, kind: Some(kind), resource: Some(resource), ..Entry::default() })?;
        }
        Ok(())
    }

    /// The scopes of a delegated grant, which may be written as addresses.
    fn scopes(&mut self, place: Place, scopes: &str) -> Result<(), BadJson> {
        let delegated = Entry { kind: Some(PermissionType::Delegated), ..Entry::default() };
        for scope in scopes.split_whitespace() {
            self.collector.written(place, scope, &delegated)?;
        }
        Ok(())
    }

    /// An entry of our manifest. One with a field that isn't understood is refused as a whole: the field may have mattered.
    fn permission(&mut self, place: Place, fields: &Map<String, Value>) -> Result<(), BadJson> {
        let mut entry = Entry::default();
        let refuse = |collector: &mut Collector<'_>, field: &str| {
            collector.say(place, &Value::Object(fields.clone()).to_string(), Said::NotAnEntry { field: Some(field.to_owned()) });
        };
        for (field, value) in fields {
            match (field.as_str(), value) {
                ("name", Value::String(name)) => entry.name = name,
                ("type", Value::String(kind)) => match PermissionType::ALL.into_iter().find(|known| known.name() == kind) {
                    Some(kind) => entry.kind = Some(kind),
                    None => {
                        self.collector.say(place, kind, Said::BadType);
                        return Ok(());
                    }
                },
                ("resource", Value::String(api)) => match Resource::ALL.into_iter().find(|known| known.name() == api) {
                    Some(resource) => entry.resource = Some(resource),
                    None => {
                        self.collector.say(place, api, Said::OtherApi);
                        return Ok(());
                    }
                },
                ("feature", Value::String(text)) => entry.feature = Some(text),
                ("purpose", Value::String(text)) => entry.purpose = Some(text),
                ("optional", Value::Bool(optional)) => entry.optional = *optional,
                ("resource" | "feature" | "purpose", Value::Null) => {}
                (field, _) => {
                    refuse(&mut self.collector, field);
                    return Ok(());
                }
            }
        }
        if entry.name.trim().is_empty() {
            refuse(&mut self.collector, "name");
            return Ok(());
        }
        Ok(self.collector.entry(place, &entry)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rollcall_core::permission::find;

    fn list(text: &str) -> ReadList {
        assert!(is_json(text), "{text}");
        read(text, AccessType::GraphAppOnly, &|_, _, _| None).unwrap()
    }

    fn taken(text: &str) -> Vec<String> {
        let list = list(text);
        assert_eq!(list.refused().count(), 0, "{list:?}");
        list.permissions.iter().map(|wanted| format!("{} {} {}", wanted.name, wanted.kind, wanted.resource.name())).collect()
    }

    #[test]
    fn whatever_form_people_have_comes_to_the_same_list() {
        let both = ["Mail.Read application graph", "offline_access delegated graph"];
        for text in [
            r#"{"name": "Ours", "permissions": [{"name": "mail.read", "type": "application"}, {"name": "offline_access", "type": "delegated", "feature": null}]}"#,
            r#"["Mail.Read", "offline_access"]"#,
            "\u{feff}[\"Mail.Read (Application)\", \"https://graph.microsoft.com/offline_access\"]",
            r#"[{"name": "Mail.Read"}, {"name": "offline_access"}]"#,
            r#"{"appId": "x", "requiredResourceAccess": [{"resourceAppId": "00000003-0000-0000-c000-000000000000", "resourceAccess": [
                {"id": "810c84a8-4a9e-49e6-bf7d-12d183f40d01", "type": "Role"}, {"id": "7427e0e9-2fba-42fe-b0c0-848c9e6a8182", "type": "Scope"}]}]}"#,
            r#"[{"resourceAppId": "00000003-0000-0000-c000-000000000000", "resourceAccess": [
                {"id": "810c84a8-4a9e-49e6-bf7d-12d183f40d01", "type": "Role"}, {"id": "7427e0e9-2fba-42fe-b0c0-848c9e6a8182", "type": "Scope"}]}]"#,
        ] {
            assert_eq!(taken(text), both, "{text}");
        }
        let grants = r#"{"value": [{"clientId": "x", "consentType": "AllPrincipals", "scope": " openid Mail.Read"}]}"#;
        assert_eq!(taken(grants), ["openid delegated graph", "Mail.Read delegated graph"], "a grant's scopes are delegated");
        assert_eq!(
            taken(r#"{"scope": "https://outlook.office365.com/EWS.AccessAsUser.All"}"#),
            ["EWS.AccessAsUser.All delegated exchange"]
        );
    }

    #[test]
    fn what_is_not_understood_of_an_entry_is_told_with_its_number() {
        let list = list(
            r#"{"name": "x", "colour": 1, "permissions": [
                {"name": "Mail.Raed", "type": "application"}, {"name": "Mail.Read", "kind": "application"}, {"name": "Mail.Read", "type": "both"},
                {"type": "application"}, 7, "two words", {"name": "Mail.Read", "type": "application", "resource": "sharepoint"},
                {"resourceAppId": "11111111-0000-0000-0000-000000000000", "resourceAccess": []},
                {"resourceAppId": "00000003-0000-0000-c000-000000000000", "resourceAccess": [{"id": "22222222-0000-0000-0000-000000000000", "type": "Role"}, {"type": "Role"}]}]}"#,
        );
        assert!(list.permissions.is_empty());
        let field = |name: &str| Said::NotAnEntry { field: Some(name.into()) };
        let told: Vec<(Place, Said)> = list.remarks.into_iter().map(|remark| (remark.place, remark.what)).collect();
        assert_eq!(
            told,
            [
                (Place::Document, field("colour")),
                (Place::Entry(1), Said::Unknown { nearest: Some("Mail.Read".into()) }),
                (Place::Entry(2), field("kind")),
                (Place::Entry(3), Said::BadType),
                (Place::Entry(4), field("name")),
                (Place::Entry(5), Said::NotAnEntry { field: None }),
                (Place::Entry(6), Said::NotAnEntry { field: None }),
                (Place::Entry(7), Said::OtherApi),
                (Place::Entry(8), Said::OtherApi),
                (Place::Entry(9), Said::Unknown { nearest: None }),
                (Place::Entry(9), field("id")),
            ]
        );
    }

    #[test]
    fn hostile_json_is_refused_and_never_half_taken() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../../shared/data/inputs/json/test_parsing");
        let files: Vec<_> = std::fs::read_dir(folder).into_iter().flatten().flatten().collect();
        if files.is_empty() {
            println!("skipped: the collection of JSON files is not at hand");
        }
        let texts =
            files.iter().filter_map(|file| std::fs::read(file.path()).ok()).map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
        let deep = ["[".repeat(200_000), format!("{{\"permissions\":{}", "[".repeat(5_000))];
        for text in texts.chain(deep) {
            if let Ok(list) = read(&text, AccessType::GraphAppOnly, &|_, _, _| None) {
                assert!(list.permissions.iter().all(|wanted| find(wanted.resource, wanted.kind, &wanted.name).is_some()), "{text}");
            }
        }
        let many = format!("[{}\"Mail.Read\"]", "\"Mail.Read\",".repeat(1_000));
        assert!(matches!(read(&many, AccessType::GraphAppOnly, &|_, _, _| None), Err(BadJson::List(BadList::TooMany))));
        for (text, wrong) in [("{", "broken"), ("{\"a\": 1}", "no list"), ("{\"permissions\": {}}", "no list"), ("[]", "empty")] {
            assert!(read(text, AccessType::GraphAppOnly, &|_, _, _| None).is_err(), "{wrong}: {text}");
        }
        let told = read("{\"permissions\": [\n\"canary\" x", AccessType::GraphAppOnly, &|_, _, _| None).unwrap_err().to_string();
        assert!(told.contains("line 2") && !told.contains("canary"), "{told}");
        assert!(!is_json("[Mail.Read](https://learn.example)"), "that is Markdown");
    }
}
