//! The catalogue of permissions. It is part of the program, so no data folder is opened for it.

use clap::Subcommand;
use rollcall_core::id::PermissionId;
use rollcall_core::permission::{self, Permission, PermissionType, Resource, Risk};
use serde::Serialize;

use crate::exit::Exit;
use crate::screen::Screen;
use crate::table::{Cell, Column, Paint, Table};

#[derive(Subcommand)]
pub enum Permissions {
    /// List every permission with its id, whether it needs an admin, and its risk
    List,
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
        let &Permission { resource, kind, name, id, admin_consent, risk } = known;
        Self { name, kind, id, resource, admin_consent, risk }
    }
}

/// Answers from the catalogue.
pub fn run(ask: &Permissions, screen: &Screen) -> Exit {
    match ask {
        Permissions::List => list(screen),
    }
    Exit::Fine
}

fn list(screen: &Screen) {
    let all: Vec<Permission> = permission::catalogue().collect();
    let document: Vec<Row> = all.iter().map(Row::from).collect();
    screen.answer(&document, |screen| {
        let mut table = Table::new([
            Column::Left("name"),
            Column::Left("type"),
            Column::Left("resource"),
            Column::Left("admin consent"),
            Column::Left("risk"),
            Column::Spare("id"),
        ]);
        for known in &all {
            table.row([
                known.name.into(),
                known.kind.name().into(),
                known.resource.name().into(),
                if known.admin_consent { "yes" } else { "no" }.into(),
                cell(known.risk),
                Cell::painted(&known.id.to_string(), Paint::Faint),
            ]);
        }
        screen.table(&table);
    });
}

fn cell(risk: Risk) -> Cell {
    match risk {
        Risk::Low => Cell::painted("low", Paint::Good),
        Risk::Medium => "medium".into(),
        Risk::High => Cell::painted("high", Paint::Open),
        Risk::Critical => Cell::painted("critical", Paint::Bad),
    }
}
