mod objects;
mod search;

use http::HeaderMap;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::error::{Refusal, bad_request, unsupported};
use super::filter::Filter;
use super::{Ask, Reply, seal};
pub(super) use objects::{count_objects, object, objects};
use search::Search;

/// What need not be escaped in the name of an option.
const KEPT_IN_NAMES: &AsciiSet = &NON_ALPHANUMERIC.remove(b'$');

/// The options behind the `?`, in their order; names without regard to letter case and to the leading `$`.
pub(super) struct Query(Vec<(String, String)>);

impl Query {
    pub(super) fn parse(query: &str) -> Query {
        Query(form_urlencoded::parse(query.as_bytes()).into_owned().collect())
    }

    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(key, _)| key.trim_start_matches('$').eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// The query again, without one option and with another one at its end.
    pub(super) fn with(&self, without: &[&str], name: &str, value: &str) -> String {
        let mut parts: Vec<String> = self
            .0
            .iter()
            .filter(|(key, _)| !without.iter().any(|gone| key.trim_start_matches('$').eq_ignore_ascii_case(gone)))
            .map(|(key, value)| format!("{}={}", utf8_percent_encode(key, KEPT_IN_NAMES), utf8_percent_encode(value, NON_ALPHANUMERIC)))
            .collect();
        parts.push(format!("{name}={}", utf8_percent_encode(value, NON_ALPHANUMERIC)));
        parts.join("&")
    }

    /// The properties asked for, none for "the usual ones".
    pub(super) fn select(&self) -> Vec<&str> {
        self.get("select").map(|names| names.split(',').map(str::trim).filter(|name| !name.is_empty()).collect()).unwrap_or_default()
    }
}

/// A collection of the directory that can be filtered, searched, sorted and paged.
pub(super) struct Collection<'a> {
    /// The part of `@odata.context` after `$metadata#`.
    pub(super) context: &'a str,
    /// The type's name for messages, such as `user`.
    pub(super) kind: &'a str,
    pub(super) len: usize,
    /// A property of one item; `None` when the item is not (or no longer) listed or there is no such property.
    pub(super) property: &'a dyn Fn(usize, &str) -> Option<Value>,
    /// Writes an item with these properties as JSON, where that is faster than through their values.
    pub(super) write: Option<&'a Write<'a>>,
    /// The items whose user principal name begins like this, where there is an index of them.
    pub(super) beginning: Option<&'a Beginning<'a>>,
    pub(super) listed: &'a dyn Fn(usize) -> bool,
    /// What comes without `$select`, `id` included.
    pub(super) usual: &'a [&'a str],
    /// What may be selected besides.
    pub(super) more: &'a [&'a str],
    pub(super) most: usize,
}

type Beginning<'a> = dyn Fn(&str) -> Vec<usize> + 'a;
type Write<'a> = dyn Fn(usize, &[&str], &mut Vec<u8>) + 'a;

/// A page that filters looks at so many items at most, so that a rare hit gives empty pages as Microsoft's service does.
const SCANNED_PER_PAGE: usize = 5_000;
const USUAL_PAGE: usize = 100;

/// The kind of the audit log's records. They are no objects of the directory: sorted and filtered at once without further ado.
pub(super) const AUDIT: &str = "directoryAudit";

/// Answers a GET of a directory collection ("OData query parameters", "Advanced query capabilities on Microsoft Entra ID objects").
pub(super) fn page(ask: &Ask<'_>, collection: &Collection<'_>) -> Result<Reply, Refusal> {
    let plan = Plan::of(ask, collection)?;
    let candidates = plan.candidates(collection);
    let len = candidates.as_ref().map_or(collection.len, Vec::len);
    let item = |at: usize| candidates.as_ref().map_or(at, |candidates| candidates.get(at).copied().unwrap_or(at));
    let mut items = Vec::new();
    let mut at = plan.start;
    let scan_end = if plan.is_scan() { at.saturating_add(SCANNED_PER_PAGE) } else { usize::MAX };
    while at < len && items.len() < plan.top && at < scan_end {
        if plan.holds(collection, item(at)) {
            items.push(item(at));
        }
        at += 1;
    }
    let mut body = Vec::with_capacity(512 * (items.len() + 1));
    field(&mut body, b"{", "@odata.context", &context(ask, collection.context));
    // The count comes with the first page, and only to who asked for the advanced capabilities.
    if plan.counts && plan.start == 0 {
        field(&mut body, b",", "@odata.count", &plan.count(collection, candidates.as_deref()));
    }
    if (at..len).any(|at| (collection.listed)(item(at))) {
        field(&mut body, b",", "@odata.nextLink", &link(ask, "$skiptoken", &plan.token(ask, at)));
    }
    body.extend_from_slice(b",\"value\":");
    array(collection, &items, &plan.shown, &mut body);
    body.push(b'}');
    Ok(Reply::raw(200, body))
}

/// Writes a member of a JSON object.
pub(super) fn field(out: &mut Vec<u8>, before: &[u8], name: &str, value: &impl Serialize) {
    out.extend_from_slice(before);
    out.push(b'"');
    out.extend_from_slice(name.as_bytes());
    out.extend_from_slice(b"\":");
    // Neither texts nor memory can refuse to be written.
    let _ = serde_json::to_writer(out, value);
}

/// Answers a `/$count` segment: a bare number.
pub(super) fn count(ask: &Ask<'_>, collection: &Collection<'_>) -> Result<Reply, Refusal> {
    if !ask.eventual() {
        return Err(bad_request("$count is not currently supported."));
    }
    let plan = Plan::of(ask, collection)?;
    Ok(Reply::text(plan.count(collection, plan.candidates(collection).as_deref()).to_string()))
}

/// One item as an entity, with `$select` applied.
pub(super) fn entity(ask: &Ask<'_>, collection: &Collection<'_>, item: usize) -> Result<Reply, Refusal> {
    let shown = shown(&ask.query, collection, Single::Yes)?;
    let mut body = Map::new();
    body.insert("@odata.context".to_owned(), context(ask, &format!("{}/$entity", collection.context)).into());
    if let Value::Object(properties) = render(collection, item, &shown) {
        body.extend(properties);
    }
    Ok(Reply::json(200, body.into()))
}

/// An absolute link to the same path with one option more.
pub(super) fn link(ask: &Ask<'_>, option: &str, token: &str) -> String {
    let query = ask.query.with(&["skiptoken", "deltatoken"], option, token);
    format!("{}/v1.0/{}?{query}", ask.state.graph(), ask.path)
}

/// Writes items as a JSON array.
pub(super) fn array(collection: &Collection<'_>, items: &[usize], shown: &[&str], out: &mut Vec<u8>) {
    for (at, item) in items.iter().enumerate() {
        out.push(if at == 0 { b'[' } else { b',' });
        match collection.write {
            Some(write) => write(*item, shown, out),
            // Neither texts nor memory can refuse to be written.
            None => drop(serde_json::to_writer(&mut *out, &render(collection, *item, shown))),
        }
    }
    out.extend_from_slice(if items.is_empty() { b"[]" } else { b"]" });
}

fn render(collection: &Collection<'_>, item: usize, shown: &[&str]) -> Value {
    let mut object = Map::new();
    for name in shown {
        object.insert((*name).to_owned(), (collection.property)(item, name).unwrap_or(Value::Null));
    }
    if let Some(kind) = (collection.property)(item, "@odata.type") {
        object.insert("@odata.type".to_owned(), kind);
    }
    object.into()
}

/// Whether one item or a list is read: lists refuse what is stored apart from the directory.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Single {
    Yes,
    No,
}

/// The properties to show, spelled as the metadata spells them.
pub(super) fn shown<'a>(query: &Query, collection: &Collection<'a>, single: Single) -> Result<Vec<&'a str>, Refusal> {
    let wanted = query.select();
    if wanted.is_empty() || wanted == ["*"] {
        return Ok(collection.usual.to_vec());
    }
    let mut shown = vec!["id"];
    for name in wanted {
        let known = collection.usual.iter().chain(collection.more).find(|known| known.eq_ignore_ascii_case(name));
        match known {
            Some(&"id") => {}
            Some(known) => shown.push(known),
            None if name.eq_ignore_ascii_case("mailboxSettings") && single == Single::No => {
                return Err(Refusal::new(501, "NotImplemented", "This property is available for a single user only."));
            }
            None if collection.len == 0 => {}
            None => {
                let message = format!("Could not find a property named '{name}' on type 'microsoft.graph.{}'.", collection.kind);
                return Err(Refusal::new(400, "BadRequest", message));
            }
        }
    }
    Ok(shown)
}

struct Plan<'a> {
    shown: Vec<&'a str>,
    filter: Option<Filter>,
    search: Option<Search>,
    order_by: Option<(String, bool)>,
    top: usize,
    counts: bool,
    start: usize,
    /// The beginnings of which user principal names must have one, where an index knows those that do.
    beginnings: Vec<String>,
    /// Whether the filter demands nothing else, and what is looked at comes from that index.
    beginnings_suffice: bool,
}

impl<'a> Plan<'a> {
    fn of(ask: &Ask<'_>, collection: &Collection<'a>) -> Result<Plan<'a>, Refusal> {
        let query = &ask.query;
        let counts = query.get("count").is_some_and(|count| count.eq_ignore_ascii_case("true")) && ask.eventual();
        if query.get("skip").is_some() {
            return Err(unsupported("'$skip' is not supported by the service."));
        }
        let top = match query.get("top") {
            None => USUAL_PAGE,
            Some(top) => top.parse().ok().filter(|top| (1..=collection.most).contains(top)).ok_or_else(|| {
                unsupported(format!("Invalid page size specified: '{top}'. Must be between 1 and {} inclusive.", collection.most))
            })?,
        };
        let filter = query.get("filter").map(Filter::parse).transpose()?;
        // Without any object there is nothing to learn the properties from.
        let known = |path: &str| {
            let mut properties = collection.usual.iter().chain(collection.more);
            let name = path.split('/').next().unwrap_or(path);
            collection.len == 0 || properties.any(|known| known.eq_ignore_ascii_case(name))
        };
        if let Some(unknown) = filter.iter().flat_map(Filter::paths).find(|path| !known(path)) {
            let message = format!("Could not find a property named '{unknown}' on type 'microsoft.graph.{}'.", collection.kind);
            return Err(Refusal::new(400, "BadRequest", message));
        }
        let order_by = query.get("orderby").map(|order| order_by(order, collection)).transpose()?;
        let advanced = collection.kind != AUDIT && filter.as_ref().is_some_and(|filter| filter.is_advanced() || order_by.is_some());
        // The segment /$count counts without $count=true.
        let counting = counts || ask.segments.last().is_some_and(|last| last.eq_ignore_ascii_case("$count"));
        if advanced && !(ask.eventual() && counting) {
            return Err(unsupported(
                "Operator or property is not supported without the header ConsistencyLevel: eventual and the option $count=true.",
            ));
        }
        let search = query.get("search").map(Search::parse).transpose()?;
        if search.is_some() && !ask.eventual() {
            return Err(unsupported(
                "Request with $search query parameter only works through MSGraph with a special request header: 'ConsistencyLevel: eventual'",
            ));
        }
        let start = match query.get("skiptoken") {
            None => 0,
            Some(token) => place(ask, token).ok_or_else(|| {
                Refusal::new(400, "Directory_ExpiredPageToken", "The specified page token value has expired or is not valid.")
            })?,
        };
        let indexed = filter.as_ref().filter(|_| collection.beginning.is_some() && order_by.is_none());
        let beginnings: Vec<String> = indexed.iter().flat_map(|filter| filter.beginnings("userPrincipalName")).map(str::to_owned).collect();
        let beginnings_suffice = !beginnings.is_empty() && indexed.is_some_and(Filter::is_about_beginnings);
        let shown = shown(query, collection, Single::No)?;
        Ok(Plan { shown, filter, search, order_by, top, counts, start, beginnings, beginnings_suffice })
    }

    /// Whether items are looked at one by one, most of them perhaps in vain.
    fn is_scan(&self) -> bool {
        self.search.is_some() || self.filter.is_some() && self.beginnings.is_empty()
    }

    /// The items to look at, in their order; `None` for all as they come.
    fn candidates(&self, collection: &Collection<'_>) -> Option<Vec<usize>> {
        if self.order_by.is_some() {
            return self.order(collection);
        }
        let beginning = collection.beginning?;
        match self.beginnings.as_slice() {
            [] => None,
            [one] => Some(beginning(one)),
            several => {
                let mut all: Vec<usize> = several.iter().flat_map(|one| beginning(one)).collect();
                all.sort_unstable();
                all.dedup();
                Some(all)
            }
        }
    }

    fn count(&self, collection: &Collection<'_>, candidates: Option<&[usize]>) -> usize {
        match candidates {
            Some(candidates) => candidates.iter().filter(|item| self.holds(collection, **item)).count(),
            None => (0..collection.len).filter(|item| self.holds(collection, *item)).count(),
        }
    }

    fn holds(&self, collection: &Collection<'_>, item: usize) -> bool {
        let property = |name: &str| (collection.property)(item, name);
        // A candidate begins as it must; when that is all the filter wants, its name need not be read again.
        let fits = |filter: &Filter| self.beginnings_suffice || filter.matches(&property);
        (collection.listed)(item)
            && self.filter.as_ref().is_none_or(fits)
            && self.search.as_ref().is_none_or(|search| search.matches(&property))
    }

    fn order(&self, collection: &Collection<'_>) -> Option<Vec<usize>> {
        let (property, descending) = self.order_by.as_ref()?;
        let mut order: Vec<usize> = (0..collection.len).collect();
        order.sort_by_cached_key(|item| {
            (collection.property)(*item, property).and_then(|value| value.as_str().map(str::to_lowercase)).unwrap_or_default()
        });
        if *descending {
            order.reverse();
        }
        Some(order)
    }

    /// The place of the next page. What else the query says is checked, so that a token serves no other query.
    fn token(&self, ask: &Ask<'_>, at: usize) -> String {
        seal::seal("page", &format!("{at} {}", ask.query.with(&["skiptoken", "top"], "at", ask.path)))
    }
}

fn place(ask: &Ask<'_>, token: &str) -> Option<usize> {
    let payload = seal::open("page", token)?;
    let (at, query) = payload.split_once(' ')?;
    (query == ask.query.with(&["skiptoken", "top"], "at", ask.path)).then(|| at.parse().ok()).flatten()
}

fn order_by(text: &str, collection: &Collection<'_>) -> Result<(String, bool), Refusal> {
    let mut words = text.split_whitespace();
    let name = words.next().unwrap_or_default();
    let descending = words.next().is_some_and(|direction| direction.eq_ignore_ascii_case("desc"));
    const SORTABLE: [&str; 4] = ["displayName", "userPrincipalName", "createdDateTime", "activityDateTime"];
    match SORTABLE.iter().find(|known| known.eq_ignore_ascii_case(name)) {
        Some(known) if collection.usual.iter().chain(collection.more).any(|property| property == known) => {
            Ok(((*known).to_owned(), descending))
        }
        Some(_) | None => Err(unsupported(format!("Sorting not supported for property '{name}'."))),
    }
}

/// `@odata.context` for the part after `$metadata#`.
pub(super) fn context(ask: &Ask<'_>, part: &str) -> String {
    format!("{}/v1.0/$metadata#{part}", ask.state.graph())
}

/// A list that is never paged.
pub(super) fn whole(ask: &Ask<'_>, part: &str, value: Vec<Value>) -> Reply {
    Reply::json(200, json!({ "@odata.context": context(ask, part), "value": value }))
}

/// The `Prefer` header's answer, `Preference-Applied`.
pub(super) fn preference_applied(headers: &mut HeaderMap, preference: &str) {
    if let Ok(value) = http::HeaderValue::from_str(preference) {
        headers.insert("preference-applied", value);
    }
}
