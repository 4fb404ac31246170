use serde_json::{Map, Value};

use super::{Collection, count, entity, page};
use crate::graph::error::Refusal;
use crate::graph::{Ask, Reply};

/// A collection whose items are whole JSON objects.
pub(in crate::graph) fn objects(ask: &Ask<'_>, context: &str, kind: &str, objects: &[Value]) -> Result<Reply, Refusal> {
    let names = names(objects);
    page(ask, &of_objects(context, kind, objects, &names, &|item, name| objects.get(item).and_then(|object| object.get(name)).cloned()))
}

/// A number of such a collection.
pub(in crate::graph) fn count_objects(ask: &Ask<'_>, kind: &str, objects: &[Value]) -> Result<Reply, Refusal> {
    let names = names(objects);
    count(ask, &of_objects("", kind, objects, &names, &|item, name| objects.get(item).and_then(|object| object.get(name)).cloned()))
}

/// One JSON object as an entity.
pub(in crate::graph) fn object(ask: &Ask<'_>, context: &str, kind: &str, object: &Value) -> Result<Reply, Refusal> {
    let names = names(std::slice::from_ref(object));
    entity(ask, &of_objects(context, kind, std::slice::from_ref(object), &names, &|_, name| object.get(name).cloned()), 0)
}

fn names(objects: &[Value]) -> Vec<&str> {
    let mut names: Vec<&str> = Vec::new();
    for name in objects.iter().filter_map(Value::as_object).flat_map(Map::keys) {
        if !names.contains(&name.as_str()) && !name.starts_with('@') {
            names.push(name);
        }
    }
    names
}

fn of_objects<'a>(
    context: &'a str,
    kind: &'a str,
    objects: &'a [Value],
    names: &'a [&'a str],
    property: &'a dyn Fn(usize, &str) -> Option<Value>,
) -> Collection<'a> {
    Collection {
        context,
        kind,
        len: objects.len(),
        property,
        write: None,
        beginning: None,
        listed: &|_| true,
        usual: names,
        more: &[],
        most: 999,
    }
}
