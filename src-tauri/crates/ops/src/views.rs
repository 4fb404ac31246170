//! Views of lists that somebody has saved: filters, order and columns under a name. Kept in the data folder, so that a moved folder
//! takes them along.

use std::collections::BTreeMap;

use rollcall_core::organization;
use rollcall_store::settings;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::desk::Desk;
use crate::error::{Code, Error, Result};
use crate::job::Job;

const KEY: &str = "views";
/// So many views of a pane are kept.
const MOST: usize = 50;
/// The longest address of a view, in characters.
const LONGEST: usize = 4_000;

/// A list that views are kept of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Pane {
    Organizations,
    Users,
    Mailboxes,
}

/// A saved view.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct View {
    pub name: String,
    /// Filters, order and columns in the form in which the screens write and read them.
    pub address: String,
}

/// The list whose views are meant.
#[derive(Debug, Clone, Copy, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct ViewsOf {
    pub pane: Pane,
}

/// A view to keep.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct SaveView {
    pub pane: Pane,
    /// Unique in its pane, whatever its case.
    pub name: String,
    pub address: String,
    /// The name of the view that it takes the place of.
    #[serde(default)]
    #[ts(optional = nullable)]
    pub before: Option<String>,
}

/// A view to remove.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct RemoveView {
    pub pane: Pane,
    pub name: String,
}

type Kept = BTreeMap<Pane, Vec<View>>;

/// The views of a list, by name.
///
/// # Errors
/// Those of the store.
pub async fn list(desk: &Desk, ask: ViewsOf, _job: &Job) -> Result<Vec<View>> {
    let mut kept = desk.read(|conn| Ok(settings::get::<Kept>(conn, KEY)?.unwrap_or_default())).await?;
    Ok(kept.remove(&ask.pane).unwrap_or_default())
}

/// # Errors
/// `InvalidInput` for a name or an address that can't be kept, or one view too many; `DuplicateName`; `NotFound` when the one it is to
/// take the place of is gone.
pub async fn save(desk: &Desk, ask: SaveView, _job: &Job) -> Result<Vec<View>> {
    let name = organization::name(&ask.name).map_err(|why| Error::input("name", why))?;
    if ask.address.chars().count() > LONGEST || ask.address.chars().any(char::is_control) {
        return Err(Error::input("address", format!("it is one line of {LONGEST} characters at most")));
    }
    let view = View { name, address: ask.address };
    change(desk, ask.pane, move |views| put(views, view, ask.before.as_deref())).await
}

/// # Errors
/// `NotFound`.
pub async fn remove(desk: &Desk, ask: RemoveView, _job: &Job) -> Result<Vec<View>> {
    change(desk, ask.pane, move |views| {
        let at = place(views, &ask.name).ok_or_else(gone)?;
        views.remove(at);
        Ok(())
    })
    .await
}

async fn change(desk: &Desk, pane: Pane, change: impl FnOnce(&mut Vec<View>) -> Result<()> + Send + 'static) -> Result<Vec<View>> {
    desk.write(move |tx| {
        let mut kept = settings::get::<Kept>(tx, KEY)?.unwrap_or_default();
        let views = kept.entry(pane).or_default();
        if let Err(refused) = change(views) {
            return Ok(Err(refused));
        }
        let changed = views.clone();
        settings::set(tx, KEY, &kept)?;
        Ok(Ok(changed))
    })
    .await?
}

/// Puts the view among the others, by name, in the place of the one of the name `before`.
fn put(views: &mut Vec<View>, view: View, before: Option<&str>) -> Result<()> {
    let old = before.map(|name| place(views, name).ok_or_else(gone)).transpose()?;
    if place(views, &view.name).is_some_and(|at| Some(at) != old) {
        return Err(Error::new(Code::DuplicateName, "there is a view of that name"));
    }
    if old.is_none() && views.len() >= MOST {
        return Err(Error::input("views", format!("{MOST} views of a list are kept; remove one first")));
    }
    if let Some(at) = old {
        views.remove(at);
    }
    views.push(view);
    views.sort_by_key(|view| view.name.to_lowercase());
    Ok(())
}

fn place(views: &[View], name: &str) -> Option<usize> {
    let wanted = name.trim().to_lowercase();
    views.iter().position(|view| view.name.to_lowercase() == wanted)
}

fn gone() -> Error {
    Error::new(Code::NotFound, "there is no view of that name")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn view(name: &str, address: &str) -> View {
        View { name: name.into(), address: address.into() }
    }

    #[test]
    fn a_view_is_kept_once_renamed_in_its_place_and_never_over_another() {
        let mut views = Vec::new();
        put(&mut views, view("Sales", "a"), None).unwrap();
        put(&mut views, view("failed", "b"), None).unwrap();
        assert_eq!(put(&mut views, view("SALES", "c"), None).unwrap_err().code, Code::DuplicateName);
        put(&mut views, view("Failed", "d"), Some("failed")).unwrap();
        assert_eq!(put(&mut views, view("Sales", "e"), Some("Failed")).unwrap_err().code, Code::DuplicateName);
        assert_eq!(put(&mut views, view("New", "f"), Some("Old")).unwrap_err().code, Code::NotFound);
        assert_eq!(views, [view("Failed", "d"), view("Sales", "a")]);
    }

    #[test]
    fn no_more_views_are_kept_than_a_menu_can_hold() {
        let mut views: Vec<_> = (0..MOST).map(|n| view(&format!("View {n}"), "")).collect();
        assert_eq!(put(&mut views, view("One more", ""), None).unwrap_err().code, Code::InvalidInput);
        put(&mut views, view("View 0", "changed"), Some("View 0")).unwrap();
        assert_eq!(views.len(), MOST);
    }
}
