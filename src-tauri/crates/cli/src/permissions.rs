//! The catalogue of permissions. It is part of the program, so no data folder is opened for it.

use clap::{Args, Subcommand};
use rollcall_core::id::PermissionId;
use rollcall_core::permission::{self, Permission, PermissionType, Resource, Risk};
use serde::Serialize;

use crate::exit::Exit;
use crate::screen::Screen;
use crate::table::{Cell, Column, Paint, Table};

#[derive(Subcommand)]
pub enum Permissions {
    /// List the permissions with what each allows, whether it needs an admin, its risk and its id
    List(List),
}

#[derive(Args)]
pub struct List {
    /// Only those whose name, id or meaning holds every word of this text
    #[arg(long, value_name = "TEXT")]
    search: Option<String>,
}

/// A permission as scripts read it; the names of the fields are a contract.
#[derive(Serialize)]
struct Row {
    name: &'static str,
    #[serde(rename = "type")]
    kind: PermissionType,
    id: PermissionId,
    resource: Resource,
    admin_consent: bool,
    risk: Risk,
}

impl From<&Permission> for Row {
    fn from(known: &Permission) -> Self {
        let &Permission { resource, kind, name, id, admin_consent, risk, meaning: _ } = known;
        Self { name, kind, id, resource, admin_consent, risk }
    }
}

/// Answers from the catalogue.
pub fn run(ask: &Permissions, screen: &Screen) -> Exit {
    match ask {
        Permissions::List(ask) => list(ask, screen),
    }
    Exit::Fine
}

fn list(ask: &List, screen: &Screen) {
    let all: Vec<Permission> = permission::catalogue().filter(|known| is_found(known, ask.search.as_deref())).collect();
    let document: Vec<Row> = all.iter().map(Row::from).collect();
    screen.answer(&document, |screen| {
        if all.is_empty() {
            return screen.line("The catalogue has nothing of that. A tenant may publish permissions that it doesn't know.");
        }
        let mut table = Table::new([
            Column::Left("name"),
            Column::Left("type"),
            Column::Left("resource"),
            Column::Left("admin consent"),
            Column::Left("risk"),
            Column::Flexible("what its holder can do"),
            Column::Spare("id"),
        ]);
        for known in &all {
            table.row([
                known.name.into(),
                known.kind.name().into(),
                known.resource.name().into(),
                if known.admin_consent { "yes" } else { "no" }.into(),
                cell(known.risk),
                known.meaning.into(),
                Cell::painted(&known.id.to_string(), Paint::Faint),
            ]);
        }
        screen.table(&table);
    });
}

fn is_found(known: &Permission, search: Option<&str>) -> bool {
    let text = format!("{} {} {}", known.name, known.id, known.meaning).to_lowercase();
    search.is_none_or(|search| search.to_lowercase().split_whitespace().all(|word| text.contains(word)))
}

fn cell(risk: Risk) -> Cell {
    let paint = match risk {
        Risk::Low => Paint::Good,
        Risk::Medium => Paint::Plain,
        Risk::High => Paint::Open,
        Risk::Critical => Paint::Bad,
    };
    Cell::painted(risk.name(), paint)
}
