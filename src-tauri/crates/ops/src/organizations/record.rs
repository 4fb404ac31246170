//! Writes a change of an organization's settings down: what was, and what is, of each setting that is another one now.

use rollcall_core::organization::Organization;
use rollcall_core::time::Timestamp;
use rollcall_store::journal::{self, Entry, Outcome};
use rollcall_store::{StoreError, Transaction, tenants};

/// Adds an entry to the journal, in the transaction of the change. Where nothing is another there is none.
///
/// # Errors
/// Those of the store.
pub(crate) fn record(
    tx: &Transaction<'_>,
    action: &str,
    before: &Organization,
    after: &Organization,
    now: Timestamp,
) -> Result<(), StoreError> {
    let differences: Vec<_> = settings(before).into_iter().zip(settings(after)).filter(|((_, had), (_, has))| had != has).collect();
    if differences.is_empty() {
        return Ok(());
    }
    let side = |pick: fn(&(Setting, Setting)) -> &Setting| {
        let told: Vec<String> = differences.iter().map(pick).map(|(setting, value)| format!("{setting}: {value}")).collect();
        told.join("; ")
    };
    let entry = Entry {
        at: now,
        actor: tenants::get(tx, before.tenant)?.admin(),
        tenant: Some(before.tenant),
        action: action.to_owned(),
        // The name under which it was known until then.
        target: before.name.clone(),
        before: Some(side(|(had, _)| had)),
        after: Some(side(|(_, has)| has)),
        request_id: None,
        outcome: Outcome::Done,
    };
    journal::append(tx, &entry).map(|_| ())
}

/// A setting by name, with its value.
type Setting = (&'static str, String);

fn settings(of: &Organization) -> [Setting; 8] {
    let permissions = of.permissions.as_ref().map_or_else(
        || "the integration's".to_owned(),
        |own| own.iter().map(|one| format!("{} ({})", one.name, one.kind)).collect::<Vec<_>>().join(", "),
    );
    [
        ("name", of.name.clone()),
        ("access", of.access.name().to_owned()),
        ("sync", of.sync.name().to_owned()),
        ("every_minutes", of.rhythm.every_minutes.to_string()),
        ("failures", of.rhythm.failures.to_string()),
        ("sessions", of.rhythm.paused.map_or_else(|| "running".to_owned(), |since| format!("paused since {}", since.iso()))),
        ("window", of.window.as_ref().map_or_else(|| "at any time".to_owned(), ToString::to_string)),
        ("permissions", permissions),
    ]
}
