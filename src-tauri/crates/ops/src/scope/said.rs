//! Takes in what Exchange's test cmdlets said, pasted or from a file: a column beside what is observed, never a proof. It takes the place of
//! what was said of the same mailboxes before, and of no others.

use std::collections::BTreeMap;

use rollcall_core::id::OrganizationId;
use rollcall_core::manifest::Place;
use rollcall_core::scope::cmdlet::{Printed, Refused, Said, take_in};
use rollcall_core::scope::printed::{self, Record};
use rollcall_store::{proofs, scopes};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use ts_rs::TS;

use super::show::facts;
use super::why::look_up;
use crate::desk::Desk;
use crate::error::{Code, Error, Result};
use crate::groups::directory;
use crate::job::Job;
use crate::organizations::delete::OrganizationRef;

/// Mailboxes that are looked up in the directory at most, where the last proof doesn't know them.
const LOOKED_UP: usize = 100;

/// What the cmdlets printed.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct ImportSaid {
    pub organization: OrganizationId,
    pub text: String,
}

/// Of how many mailboxes something was said, and of which nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct SaidOf {
    pub added: u32,
    /// Of these something was said before.
    pub replaced: u32,
    /// What was said of others before, and stays.
    pub kept: u32,
    pub failed: Vec<FailedTest>,
    /// Of these the cmdlet said that nothing was tested.
    pub not_run: Vec<String>,
    /// Nobody in the tenant has these addresses: what was said of them was not taken in.
    pub elsewhere: Vec<String>,
    /// Taken in, although nobody could tell whether they are of the tenant.
    pub unchecked: Vec<String>,
}

/// A mailbox that the cmdlet failed on; nothing is known of it by that.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct FailedTest {
    pub mailbox: String,
    pub error: String,
}

/// # Errors
/// `InvalidInput` where any of it isn't what a test cmdlet prints, or is of another application or mechanism; it names the place.
pub async fn said(desk: &Desk, ask: ImportSaid, job: &Job) -> Result<SaidOf> {
    let of = OrganizationRef { organization: ask.organization };
    let facts = desk.read(move |conn| facts(conn, of)).await?;
    let mechanism = facts.desired.limit().map(|limit| limit.mechanism);
    let records = records(&ask.text).map_err(refusal)?;
    let Printed { said, failed, not_run } = take_in(&records, mechanism, facts.integration.client_id).map_err(refusal)?;
    let Known { said, elsewhere, unchecked } = known(desk, ask.organization, said, job).await?;
    let now = desk.now();
    let scopes::Noted { added, replaced, kept } = desk.write(move |tx| scopes::note_said(tx, ask.organization, &said, now)).await?;
    let failed = failed.into_iter().map(|(mailbox, error)| FailedTest { mailbox, error }).collect();
    Ok(SaidOf { added, replaced, kept, failed, not_run: not_run.into_iter().collect(), elsewhere, unchecked })
}

/// What was said, sorted by whether its mailboxes are of the tenant.
struct Known {
    said: BTreeMap<String, Said>,
    elsewhere: Vec<String>,
    unchecked: Vec<String>,
}

async fn known(desk: &Desk, organization: OrganizationId, said: BTreeMap<String, Said>, job: &Job) -> Result<Known> {
    let (proven, others) = desk
        .read(move |conn| {
            let proof = proofs::latest(conn, organization)?;
            let (mut proven, mut others) = (BTreeMap::new(), Vec::new());
            for (mailbox, said) in said {
                let target = proof.as_ref().map(|proof| proofs::find(conn, proof.id, &mailbox)).transpose()?.flatten();
                match target {
                    Some(target) => note(&mut proven, &target.upn, said),
                    None => others.push((mailbox, said)),
                }
            }
            Ok((proven, others))
        })
        .await?;
    let mut known = Known { said: proven, elsewhere: Vec::new(), unchecked: Vec::new() };
    if others.is_empty() {
        return Ok(known);
    }
    let mut graph = directory(desk, organization).await.ok();
    for (nth, (mailbox, said)) in others.into_iter().enumerate() {
        let found = match graph.as_ref().filter(|_| nth < LOOKED_UP) {
            Some(graph) => look_up(graph, &mailbox, job).await,
            None => Err(Error::new(Code::Offline, "the directory can't be asked")),
        };
        match found {
            Ok(person) => note(&mut known.said, &person.upn, said),
            Err(error) if error.code == Code::NotFound => known.elsewhere.push(mailbox),
            Err(error) if error.code == Code::Stopped => return Err(error),
            Err(error) => {
                // Several people with one address are a matter of that address alone.
                graph = graph.filter(|_| error.code == Code::InvalidInput);
                known.unchecked.push(mailbox.clone());
                note(&mut known.said, &mailbox, said);
            }
        }
    }
    Ok(known)
}

/// Notes what was said under the one name by which a mailbox is known, whichever of its addresses the cmdlet was given.
fn note(all: &mut BTreeMap<String, Said>, name: &str, said: Said) {
    let known = all.entry(name.to_lowercase()).or_insert(said);
    if said == Said::Granted {
        *known = said;
    }
}

fn records(text: &str) -> std::result::Result<Vec<Record>, Refused> {
    let plain = text.trim_start_matches('\u{feff}').trim();
    // The shell of Exchange begins its prompt with a bracket.
    if !plain.starts_with(['{', '[']) || plain.starts_with("[PS]") {
        return printed::records(text);
    }
    let document: Value = serde_json::from_str(plain).map_err(|error| {
        let line = u32::try_from(error.line()).unwrap_or(u32::MAX);
        Refused::Odd { place: Place::Line(line), text: "this JSON can't be read".to_owned() }
    })?;
    // Windows PowerShell writes some lists as an object with their number.
    let entries = match document {
        Value::Array(entries) => entries,
        Value::Object(mut fields) => match fields.remove("value") {
            Some(Value::Array(entries)) => entries,
            Some(_) | None => vec![Value::Object(fields)],
        },
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => return Err(Refused::Nothing),
    };
    (1_u32..).zip(entries).map(|(number, entry)| record(Place::Entry(number), entry)).collect()
}

fn record(place: Place, entry: Value) -> std::result::Result<Record, Refused> {
    let Value::Object(fields) = entry else { return Err(Refused::Odd { place, text: "it is no object".to_owned() }) };
    let field = |(name, value): (String, Value)| {
        let value = match value {
            Value::Null => String::new(),
            Value::String(text) => text.trim().to_owned(),
            other @ (Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_)) => other.to_string(),
        };
        (name.to_lowercase(), value)
    };
    Ok(Record { place, fields: fields.into_iter().map(field).collect() })
}

fn refusal(why: Refused) -> Error {
    let why = match why {
        Refused::Nothing => "it is neither the file of the test script nor what a test cmdlet prints".to_owned(),
        Refused::Odd { place, text } => {
            let text: String = text.chars().take(80).collect();
            format!("{place} is none of what a test cmdlet prints: {text}")
        }
        Refused::NoMailbox { place } => {
            format!(
                "{place} doesn't say of which mailbox it is: the cmdlet alone doesn't tell; the test script writes it beside the result"
            )
        }
        Refused::CutOff { place } => format!(
            "{place} was cut off, as the window was too narrow: take the file that the test script has written, rollcall-scope-test.csv"
        ),
        Refused::OtherApp { place, app } => {
            format!("{place} is of another application, {app}: test the one of this integration")
        }
        Refused::OtherCmdlet { place, printed, wanted } => {
            format!("{place} is of {printed}, which knows nothing of this mechanism: {wanted} tests it")
        }
    };
    Error::input("text", why)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_of_powershell_is_read_whether_it_is_one_object_or_a_list() {
        let one = r#"{ "Mailbox": "ada@contoso.example", "InScope": true, "Error": null }"#;
        for text in [one.to_owned(), format!("[{one}]"), format!(r#"{{ "value": [{one}], "Count": 1 }}"#)] {
            let found = records(&text).unwrap();
            assert_eq!((found.len(), found[0].field("inscope"), found[0].field("error")), (1, Some("true"), Some("")), "{text}");
            assert_eq!(found[0].place, Place::Entry(1));
        }
        assert!(matches!(records("[1]"), Err(Refused::Odd { place: Place::Entry(1), .. })));
        assert!(matches!(records("{\n\"a\": }"), Err(Refused::Odd { place: Place::Line(2), .. })));
    }
}
