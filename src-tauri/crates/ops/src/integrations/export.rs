//! Exports what an integration, or an organization, requires: the manifest that can be kept, shared and read back.

use rollcall_core::id::{IntegrationId, OrganizationId};
use rollcall_core::integration::RequiredPermission;
use rollcall_core::manifest::arrange;
use rollcall_core::permission::{PermissionType, Resource};
use rollcall_store::{integrations, organizations};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::desk::Desk;
use crate::error::{Code, Error, Result};
use crate::job::Job;

/// Whose list is wanted.
#[derive(Debug, Clone, Copy, Deserialize, TS)]
#[serde(tag = "of", rename_all = "snake_case", deny_unknown_fields)]
pub enum ExportList {
    Integration { integration: IntegrationId },
    Organization { organization: OrganizationId },
}

/// A manifest as a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct ManifestFile {
    /// What the list is called.
    pub name: String,
    /// The JSON text.
    pub text: String,
}

/// # Errors
/// `NotFound`.
pub async fn export(desk: &Desk, ask: ExportList, _job: &Job) -> Result<ManifestFile> {
    let (name, permissions) = desk
        .read(move |conn| match ask {
            ExportList::Integration { integration } => {
                let integration = integrations::get(conn, integration)?;
                Ok((integration.name, integration.permissions))
            }
            ExportList::Organization { organization } => {
                let organization = organizations::get(conn, organization)?;
                let integration = integrations::get(conn, organization.integration)?;
                let needs = organization.needs(&integration).to_vec();
                Ok((organization.name, needs))
            }
        })
        .await?;
    Ok(ManifestFile { text: text(&name, permissions)?, name })
}

/// The manifest as it is written: fields that say nothing are left out.
#[derive(Serialize)]
struct Written<'a> {
    name: &'a str,
    permissions: Vec<WrittenPermission<'a>>,
}

#[derive(Serialize)]
struct WrittenPermission<'a> {
    name: &'a str,
    r#type: PermissionType,
    #[serde(skip_serializing_if = "is_usual")]
    resource: Resource,
    #[serde(skip_serializing_if = "Option::is_none")]
    feature: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    purpose: Option<&'a str>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    optional: bool,
}

fn is_usual(resource: &Resource) -> bool {
    *resource == Resource::default()
}

fn text(name: &str, mut permissions: Vec<RequiredPermission>) -> Result<String> {
    arrange(&mut permissions);
    let written = permissions.iter().map(|wanted| WrittenPermission {
        name: &wanted.name,
        r#type: wanted.kind,
        resource: wanted.resource,
        feature: wanted.feature.as_deref(),
        purpose: wanted.purpose.as_deref(),
        optional: wanted.optional,
    });
    let written = Written { name, permissions: written.collect() };
    let text = serde_json::to_string_pretty(&written)
        .map_err(|error| Error::new(Code::Internal, format!("the manifest could not be written ({:?})", error.classify())))?;
    Ok(text + "\n")
}

#[cfg(test)]
mod tests {
    use rollcall_core::integration::Preset;
    use rollcall_core::manifest::Manifest;
    use rollcall_core::organization::AccessType;
    use rollcall_core::presets;
    use serde_json::Value;

    use super::*;
    use crate::integrations::json_list;

    fn schema() -> Value {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../docs/permissions.schema.json");
        serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
    }

    /// What a value breaks of a schema, as far as ours uses JSON Schema: type, required, properties, additionalProperties, items,
    /// enum, minLength, minItems.
    fn broken(value: &Value, schema: &Value, at: &str) -> Vec<String> {
        let mut broken_rules = Vec::new();
        let known = [
            "$schema",
            "$id",
            "title",
            "description",
            "default",
            "examples",
            "type",
            "required",
            "properties",
            "additionalProperties",
            "items",
            "enum",
            "minLength",
            "minItems",
        ];
        for rule in schema.as_object().unwrap().keys() {
            assert!(known.contains(&rule.as_str()), "the check in this test doesn't know {rule}");
        }
        let kinds: Vec<&str> = match &schema["type"] {
            Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).collect(),
            kind => kind.as_str().into_iter().collect(),
        };
        let kind = match value {
            Value::Null => "null",
            Value::Bool(_) => "boolean",
            Value::Number(_) => "number",
            Value::String(_) => "string",
            Value::Array(_) => "array",
            Value::Object(_) => "object",
        };
        if !kinds.is_empty() && !kinds.contains(&kind) {
            broken_rules.push(format!("{at} is a {kind}"));
        }
        if schema["enum"].as_array().is_some_and(|allowed| !allowed.contains(value)) {
            broken_rules.push(format!("{at} is {value}"));
        }
        let least = |rule: &str| schema[rule].as_u64().unwrap_or_default();
        if value.as_str().is_some_and(|text| (text.len() as u64) < least("minLength"))
            || value.as_array().is_some_and(|all| (all.len() as u64) < least("minItems"))
        {
            broken_rules.push(format!("{at} is too short"));
        }
        for (number, item) in value.as_array().into_iter().flatten().enumerate() {
            broken_rules.extend(broken(item, &schema["items"], &format!("{at}[{number}]")));
        }
        if let Some(fields) = value.as_object() {
            for name in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
                if !fields.contains_key(name) {
                    broken_rules.push(format!("{at} has no {name}"));
                }
            }
            for (name, field) in fields {
                match schema["properties"].get(name) {
                    Some(rules) => broken_rules.extend(broken(field, rules, &format!("{at}.{name}"))),
                    None if schema["additionalProperties"] == Value::Bool(false) => broken_rules.push(format!("{at}.{name} is unknown")),
                    None => {}
                }
            }
        }
        broken_rules
    }

    #[test]
    fn what_is_exported_keeps_to_the_schema_and_is_read_back_as_it_was() {
        let schema = schema();
        assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
        for preset in Preset::ALL.into_iter().filter(|preset| *preset != Preset::Custom) {
            let mut permissions = presets::permissions(preset);
            let exported = text(preset.name(), permissions.clone()).unwrap();
            let value: Value = serde_json::from_str(&exported).unwrap();
            assert_eq!(broken(&value, &schema, "manifest"), Vec::<String>::new(), "{preset}");

            arrange(&mut permissions);
            let manifest: Manifest = serde_json::from_str(&exported).unwrap();
            assert_eq!(manifest, Manifest { name: preset.name().into(), permissions: permissions.clone() });
            let read = json_list::read(&exported, AccessType::GraphAppOnly, &|_, _, _| None).unwrap();
            assert_eq!((read.permissions, read.remarks), (permissions.clone(), vec![]), "{preset}");
            permissions.reverse();
            assert_eq!(text(preset.name(), permissions).unwrap(), exported, "the order is always the same");
        }
    }

    #[test]
    fn the_schema_knows_every_field_and_nothing_else() {
        let schema = schema();
        let all = RequiredPermission {
            name: "Mail.Read".into(),
            kind: PermissionType::Application,
            resource: Resource::Exchange,
            feature: Some("x".into()),
            purpose: Some("x".into()),
            optional: true,
        };
        let value = serde_json::to_value(Manifest { name: "x".into(), permissions: vec![all.clone()] }).unwrap();
        assert_eq!(broken(&value, &schema, "manifest"), Vec::<String>::new());
        let names = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<std::collections::BTreeSet<_>>();
        let mut of_manifest = names(&value);
        of_manifest.insert("$schema".into());
        assert_eq!(names(&schema["properties"]), of_manifest);
        assert_eq!(names(&schema["properties"]["permissions"]["items"]["properties"]), names(&value["permissions"][0]));
        let written: Value = serde_json::from_str(&text("x", vec![all]).unwrap()).unwrap();
        assert_eq!(names(&written["permissions"][0]), names(&value["permissions"][0]), "the export leaves none out");

        for (wrong, why) in [
            (serde_json::json!({"permissions": []}), 2),
            (serde_json::json!({"name": "x", "permissions": [{"name": "Mail.Read", "type": "both", "kind": 1}]}), 2),
            (serde_json::json!([]), 1),
        ] {
            assert_eq!(broken(&wrong, &schema, "manifest").len(), why, "{wrong}");
        }
    }
}
