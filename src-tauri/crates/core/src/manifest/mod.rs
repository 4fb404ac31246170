//! Lists of permissions as people have them: typed, pasted, exported from elsewhere. Whatever stands in one is either taken or
//! told of, with the reason; nothing vanishes.

mod collect;
mod line;
mod nearest;
mod table;
mod text;
mod words;

use std::fmt;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

pub use self::collect::{Collector, Entry};
pub use self::text::{kinds, read, resource_of};
use crate::integration::RequiredPermission;
use crate::permission::{PermissionType, Resource};

/// The largest text that is read, in bytes.
pub const LARGEST: usize = 256 * 1024;
/// The most lines of a text that are read.
pub const MOST_LINES: usize = 5_000;
/// The most permissions that one list may name: about twice as many as Microsoft publishes.
pub const MOST: usize = 1_000;

/// The file that describes what an integration needs: it is exported, shared and read back. Its JSON Schema is
/// `docs/permissions.schema.json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// What the list is called.
    pub name: String,
    pub permissions: Vec<RequiredPermission>,
}

/// The spelling under which somebody else than the catalogue knows a permission: the tenant's own service principals. It is
/// asked by name, or by id where that is all there is.
pub type Known<'k> = &'k dyn Fn(Resource, PermissionType, &str) -> Option<String>;

/// A list that was read: what was taken from it, and what there is to say of the rest.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, TS)]
pub struct ReadList {
    /// What the list calls itself, where it does.
    pub name: Option<String>,
    pub permissions: Vec<RequiredPermission>,
    pub remarks: Vec<Remark>,
}

impl ReadList {
    /// What could not be taken.
    pub fn refused(&self) -> impl Iterator<Item = &Remark> {
        self.remarks.iter().filter(|remark| remark.refused)
    }
}

/// Something to say of one place of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct Remark {
    pub place: Place,
    /// What stands there, shortened. It is as it was handed in: whoever shows it cleans it.
    pub text: String,
    #[serde(flatten)]
    pub what: Said,
    /// Whether something of that place was left out that was probably meant. Else it is only told.
    pub refused: bool,
}

/// A place in a list, counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, TS)]
#[serde(tag = "in", content = "number", rename_all = "snake_case")]
pub enum Place {
    /// A line of a text.
    Line(u32),
    /// An entry of a JSON list.
    Entry(u32),
    /// A JSON document, beside its entries.
    Document,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Line(number) => write!(f, "line {number}"),
            Self::Entry(number) => write!(f, "entry {number}"),
            Self::Document => f.write_str("the document"),
        }
    }
}

/// What there is to say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "said", rename_all = "snake_case")]
pub enum Said {
    /// Nobody knows a permission of that name or id; the nearest that is known, where one is near.
    Unknown { nearest: Option<String> },
    /// The permission exists, but only as the other type.
    OtherType { exists: PermissionType },
    /// The type is neither application nor delegated.
    BadType,
    /// It belongs to another API than Microsoft Graph and Exchange Online.
    OtherApi,
    /// `.default` stands for whatever the registration lists, and names nothing itself.
    DefaultScope,
    /// It is too long to be the name of a permission.
    TooLong,
    /// The entry is not of a form that is understood, or has a field that isn't; which one.
    NotAnEntry { field: Option<String> },
    /// It stands in the list already.
    Twice { first: Place },
    /// No type was given, so this one was taken: the only one that exists, or else the one that fits how mailboxes are reached.
    TypeTaken { kind: PermissionType, only: bool },
    /// No API was given, and only Exchange Online has a permission of that name.
    ExchangeTaken,
    /// The catalogue doesn't know it; the tenant publishes it.
    Live,
    /// No permission stands there.
    NoName,
    /// What stands besides the permission was not used.
    RestUnused,
    /// These columns of the table were not used.
    ColumnsUnused { columns: Vec<String> },
}

impl Said {
    /// Whether something was left out that was probably meant.
    #[must_use]
    pub const fn refuses(&self) -> bool {
        match self {
            Self::Unknown { .. }
            | Self::OtherType { .. }
            | Self::BadType
            | Self::OtherApi
            | Self::DefaultScope
            | Self::TooLong
            | Self::NotAnEntry { .. } => true,
            Self::Twice { .. }
            | Self::TypeTaken { .. }
            | Self::ExchangeTaken
            | Self::Live
            | Self::NoName
            | Self::RestUnused
            | Self::ColumnsUnused { .. } => false,
        }
    }
}

/// Why a list can't be read at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadList {
    #[error("it is empty: name at least one permission")]
    Empty,
    #[error("it is larger than 256 KiB; a list of permissions has a few lines")]
    TooLarge,
    #[error("it has more than 5,000 lines; a list of permissions has a few")]
    TooManyLines,
    #[error("it names more than 1,000 permissions, which is more than there are")]
    TooMany,
}

/// Puts a list into the order in which it is exported: by API, name and type, so that two exports of the same list are the same
/// text.
pub fn arrange(permissions: &mut [RequiredPermission]) {
    permissions.sort_by_cached_key(|wanted| (wanted.resource, wanted.name.to_ascii_lowercase(), wanted.kind));
}
