//! Brings users in, or shows first what that would do.

use std::io::Read;
use std::path::{Path, PathBuf};

use clap::{ArgGroup, Args, ValueEnum};
use rollcall_core::arrival::Fate;
use rollcall_core::consent::Authorization;
use rollcall_core::eligibility::Eligibility;
use rollcall_core::group::Group;
use rollcall_core::id::{ObjectId, OrganizationId};
use rollcall_ops::consent::change::ConsentPage;
use rollcall_ops::csv_text;
use rollcall_ops::error::{Code, Error, Result};
use rollcall_ops::groups::{self, FindGroups};
use rollcall_ops::job::Job;
use rollcall_ops::organizations::describe::ConsentSummary;
use rollcall_ops::users::csv_list::Understood;
use rollcall_ops::users::import::{self, FileBytes, ImportUsers, Imported, Source};
use rollcall_ops::users::preview::{self, ImportPreview, PreviewImport, PreviewLine, PreviewRef};
use serde::Serialize;

use crate::call::Call;
use crate::exit::Exit;
use crate::screen::Screen;
use crate::table::{Cell, Column, Paint, Table};
use crate::text::{count, counted, quoted};
use crate::{names, words};

#[derive(Args)]
#[command(group(ArgGroup::new("from").args(["all", "filter", "group", "csv"]).required(true)))]
pub struct Import {
    #[command(flatten)]
    of: names::Organization,
    /// Everybody in the directory
    #[arg(long)]
    all: bool,
    /// With --all: read everybody again, where reading what changed since the last time would do
    #[arg(long, requires = "all")]
    anew: bool,
    /// Those that an OData filter matches, such as "department eq 'Sales'"
    #[arg(long, value_name = "ODATA")]
    filter: Option<String>,
    /// The members of a group, by its name or object id
    #[arg(long, value_name = "GROUP")]
    group: Option<String>,
    /// With --group: those of groups inside it too
    #[arg(long, requires = "group")]
    nested: bool,
    /// Those whose address stands in a CSV file
    #[arg(long, value_name = "FILE")]
    csv: Option<PathBuf>,
    /// Show who would come in and who wouldn't, and store nothing
    #[arg(long)]
    dry_run: bool,
    /// With --dry-run: how the report is written
    #[arg(long, default_value = "table", requires = "dry_run")]
    format: Format,
    /// Import only if it is still exactly what the dry run with this seal has shown
    #[arg(long, value_name = "SEAL", conflicts_with_all = ["dry_run", "anew"])]
    as_shown: Option<String>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Table,
    Json,
    Csv,
}

/// Brings users in, or shows what that would do.
///
/// # Errors
/// Those of the verbs; `Changed` when something else would be imported than was shown.
pub async fn run(ask: Import, call: &Call) -> Result<Exit> {
    let view = ask.of.find(call).await?;
    let organization = view.organization.id;
    let from = source(&ask, organization, call).await?;
    if ask.dry_run {
        return dry_run(PreviewImport { organization, from }, ask.format, call).await;
    }
    let imported = match ask.as_shown {
        None => Box::pin(import::import(&call.desk, ImportUsers { organization, from, anew: ask.anew }, &call.job())).await?,
        Some(seal) => {
            let shown = Box::pin(preview::preview(&call.desk, PreviewImport { organization, from }, &call.job())).await?;
            if shown.seal != seal {
                return Err(Error::new(Code::Changed, format!("what would be imported now has the seal {}", shown.seal)));
            }
            Box::pin(import::import_shown(&call.desk, PreviewRef { seal }, &call.job())).await?
        }
    };
    call.screen.answer(&imported, |screen| {
        show(&imported, screen);
        if imported.read > 0
            && let Some(next) = next(&view.consent, &view.organization.name)
        {
            screen.line(&next);
        }
    });
    Ok(if imported.unmatched.is_empty() { Exit::Fine } else { Exit::Incomplete })
}

/// The step after users came in, unless it is done already.
fn next(consent: &ConsentSummary, org: &str) -> Option<String> {
    if consent.authorization == Authorization::Authorized {
        return None;
    }
    let org = quoted(org);
    Some(match consent.page {
        Some(ConsentPage::Registered) => format!("Next: rollcallctl consent grant --org {org}"),
        Some(ConsentPage::Required) => format!("Next: rollcallctl consent grant --org {org} --exact"),
        None => format!("Next: rollcallctl consent show --org {org}"),
    })
}

fn show(imported: &Imported, screen: &Screen) {
    if let Some(since) = imported.since {
        screen.line(&format!("What changed since {} was read; --anew reads everybody.", since.utc()));
    }
    screen.line(&format!(
        "{} read: {} new, {} changed, {} as before.",
        counted(imported.read, "user", "users"),
        count(imported.new),
        count(imported.changed),
        count(imported.same)
    ));
    if imported.gone > 0 {
        screen.line(&format!(
            "{} not in the directory any more; `rollcallctl users delete` takes out who is gone.",
            counted(imported.gone, "user is", "users are")
        ));
    }
    if imported.elsewhere > 0 {
        screen.line(&format!("{} stayed in another organization.", counted(imported.elsewhere, "user", "users")));
    }
    if !imported.unmatched.is_empty() {
        screen.painted("Nobody in the directory has these addresses:", Paint::Open);
        for address in &imported.unmatched {
            screen.line(&format!("  {address}"));
        }
    }
}

/// The report as scripts read it.
#[derive(Serialize)]
struct Report<'a> {
    #[serde(flatten)]
    preview: &'a ImportPreview,
    lines: &'a [PreviewLine],
}

async fn dry_run(ask: PreviewImport, format: Format, call: &Call) -> Result<Exit> {
    let shown = Box::pin(preview::preview(&call.desk, ask, &call.job())).await?;
    let lines = preview::all(&call.desk, PreviewRef { seal: shown.seal.clone() }, &Job::quiet()).await?;
    let format = if call.screen.is_json() { Format::Json } else { format };
    match format {
        Format::Json => call.screen.document(&Report { preview: &shown, lines: &lines }),
        Format::Csv => call.screen.file(&csv_text::text(Some(preview::HEADER), lines.iter().map(preview::record))?),
        Format::Table => {
            table(&lines, &call.screen);
            sum(&shown, &call.screen);
        }
    }
    let fates = &shown.fates;
    Ok(if fates.unknown + fates.no_address == 0 { Exit::Fine } else { Exit::Incomplete })
}

fn table(lines: &[PreviewLine], screen: &Screen) {
    let mut table = Table::new([Column::Right("line"), Column::Left("who"), Column::Left("result"), Column::Flexible("what is known")]);
    for line in lines {
        let person = line.person.as_ref();
        let who = person.map(|person| person.upn.as_str()).or(line.written.as_deref()).unwrap_or_default();
        let mut known: Vec<String> = Vec::new();
        if line.by_alias {
            known.push(format!("{} is an alias", line.written.as_deref().unwrap_or_default()));
        }
        if let Some(judged) = person.filter(|_| line.fate == Fate::Added).map(|person| person.judged) {
            let title = words::of_eligibility(judged.eligibility).title;
            let ready = judged.eligibility == Eligibility::Ready;
            known.push(if ready { title.to_owned() } else { format!("{title} ({})", words::of_evidence(judged.evidence)) });
        }
        table.row([
            line.line.map(|number| number.to_string()).unwrap_or_default().as_str().into(),
            who.into(),
            Cell::painted(&words::of_fate(&line.fate), paint(&line.fate)),
            known.join("; ").into(),
        ]);
    }
    screen.table(&table);
}

const fn paint(fate: &Fate) -> Paint {
    match fate {
        Fate::Added => Paint::Good,
        Fate::Here | Fate::Duplicate { .. } => Paint::Faint,
        Fate::Elsewhere { .. } => Paint::Open,
        Fate::Unknown | Fate::NoAddress => Paint::Bad,
    }
}

fn sum(shown: &ImportPreview, screen: &Screen) {
    screen.gap();
    if let Some(list) = &shown.list {
        screen.line(&understood(list));
    }
    let fates = &shown.fates;
    screen.line(&format!(
        "{} would come in; {} here already, {} in another organization, {} named twice, {} unknown, {} without an address.",
        counted(fates.added, "user", "users"),
        count(fates.here),
        count(fates.elsewhere),
        count(fates.duplicate),
        count(fates.unknown),
        count(fates.no_address),
    ));
    for (eligibility, number) in &shown.arriving {
        screen.line(&format!("  {} {}", count(*number), words::of_eligibility(*eligibility).title));
    }
    screen.line(&format!(
        "Nothing was stored. To import exactly this: the same command with --as-shown {} in place of --dry-run.",
        shown.seal
    ));
}

fn understood(list: &Understood) -> String {
    let column = list.column.as_ref().map_or_else(|| format!("column {}", list.place), |name| format!("column {} ({name})", list.place));
    format!(
        "The list was read as {}, separated by {}, addresses in {column}: {}.",
        words::of_charset(list.charset),
        words::of_separator(list.separator),
        counted(list.lines, "line", "lines")
    )
}

async fn source(ask: &Import, organization: OrganizationId, call: &Call) -> Result<Source> {
    if let Some(odata) = &ask.filter {
        return Ok(Source::Filter { odata: odata.clone() });
    }
    if let Some(text) = &ask.group {
        return Ok(Source::Group { group: group(text, organization, call).await?, nested: ask.nested });
    }
    match &ask.csv {
        Some(file) => Ok(Source::File { bytes: FileBytes(read(file)?) }),
        None => Ok(Source::All),
    }
}

/// The group that is meant: by its object id, or by a name that only one has.
///
/// # Errors
/// `NotFound`; `InvalidInput` when several have the name.
pub async fn group(text: &str, organization: OrganizationId, call: &Call) -> Result<ObjectId> {
    if let Ok(id) = text.parse::<ObjectId>() {
        return Ok(id);
    }
    let found = groups::search(&call.desk, FindGroups { organization, text: text.to_owned() }, &call.job()).await?;
    let same = |group: &&Group| group.display_name.to_lowercase() == text.trim().to_lowercase();
    let named: Vec<&Group> = found.iter().filter(same).collect();
    match named[..] {
        [one] => Ok(one.id),
        [] if found.is_empty() => Err(Error::not_found(format!("no group has a name that begins with {}", quoted(text)))),
        [] => {
            let names = found.iter().map(|group| group.display_name.as_str()).collect::<Vec<_>>().join(", ");
            Err(Error::not_found(format!("no group has just that name; there are {names}")))
        }
        _ => {
            let ids = named.iter().map(|group| format!("{} ({})", group.id, group.kind.name())).collect::<Vec<_>>().join(", ");
            Err(Error::input("group", format!("several groups have that name: say which by its id, {ids}")))
        }
    }
}

/// The most of a file that is read; the verb says that a larger one is too large.
const LIMIT: u64 = 64 * 1024 * 1024 + 1;

fn read(file: &Path) -> Result<Vec<u8>> {
    let unreadable = |error: std::io::Error| Error::input("csv", format!("the file can't be read ({:?})", error.kind()));
    let mut bytes = Vec::new();
    std::fs::File::open(file).map_err(unreadable)?.take(LIMIT).read_to_end(&mut bytes).map_err(unreadable)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn consent_comes_after_the_users_unless_all_is_granted() {
        let of = |authorization, page| ConsentSummary { authorization, granted: 0, required: 2, by_role: 0, page, read_at: None };
        let (all, exact) = (Some(ConsentPage::Registered), Some(ConsentPage::Required));
        assert_eq!(next(&of(Authorization::Unknown, all), "HQ").unwrap(), "Next: rollcallctl consent grant --org HQ");
        assert_eq!(next(&of(Authorization::Authorized, None), "HQ"), None);
        // Roles give the rest, so none is left to a script, and one without a role is missing.
        let by_role = next(&of(Authorization::PartlyAuthorized, None), "O'Neil").unwrap();
        assert_eq!(by_role, r"Next: rollcallctl consent show --org 'O'\''Neil'", "the page would make the scope void");
        let delegated = next(&of(Authorization::PartlyAuthorized, exact), "HQ").unwrap();
        assert_eq!(delegated, "Next: rollcallctl consent grant --org HQ --exact", "that leaves the scope what it is");
    }
}
