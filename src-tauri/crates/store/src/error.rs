//! What can go wrong with the disk, by what the caller can do about it.

use std::path::{Path, PathBuf};

use rusqlite::ErrorCode;
use rusqlite::ffi;

/// What must be unique.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    Name,
    ExternalId,
}

/// What was looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Thing {
    Tenant,
    Integration,
    Organization,
    User,
    Run,
    Rule,
    Proof,
    Wave,
}

/// Why a read or a write didn't happen. Nothing of it was kept.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("another one already has this {0:?}: choose a different one")]
    Duplicate(Field),
    #[error("there is no such {0:?}")]
    NotFound(Thing),
    #[error("this can't be changed after it was created")]
    Immutable,
    #[error("something else still uses it: remove that first")]
    StillUsed,
    #[error("the disk is full: free some space and try again")]
    Full,
    #[error("the data folder is read-only: make it writable and try again")]
    ReadOnly,
    #[error("the stored data is damaged: restart to have it set aside and rebuilt")]
    Damaged,
    #[error("the data could not be read or written")]
    Io(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// Why the data folder can't be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Another window or command line works in the folder.
    #[error("the data folder is in use by another Rollcall{}: close that one, or choose another folder", process(*.pid))]
    InUse { pid: Option<u32> },
    /// A newer Rollcall wrote the data; it was not touched.
    #[error("the data is of version {found} and this Rollcall knows version {known}: update Rollcall")]
    Newer { found: u32, known: u32 },
    #[error("the disk is full: free some space and start again")]
    Full,
    #[error("the data folder is read-only: make it writable, or choose another folder")]
    ReadOnly,
    /// A file lies where the folder should be, or a folder where a file should be.
    #[error("the data folder can't be used, something else is in its place: choose another folder")]
    NotAFolder,
    /// Damaged, and it could not be set aside.
    #[error("the stored data is damaged and could not be moved aside: move it by hand")]
    Damaged(PathBuf),
    #[error("the data folder could not be opened")]
    Io(#[source] Box<dyn std::error::Error + Send + Sync>),
}

fn process(pid: Option<u32>) -> String {
    pid.map(|pid| format!(" (process {pid})")).unwrap_or_default()
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        let rusqlite::Error::SqliteFailure(failure, message) = &error else {
            return match error {
                rusqlite::Error::FromSqlConversionFailure(..)
                | rusqlite::Error::InvalidColumnType(..)
                | rusqlite::Error::IntegralValueOutOfRange(..) => Self::Damaged,
                other => Self::Io(Box::new(other)),
            };
        };
        match failure.code {
            ErrorCode::DiskFull => Self::Full,
            ErrorCode::ReadOnly => Self::ReadOnly,
            ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => Self::Damaged,
            ErrorCode::ConstraintViolation => match failure.extended_code {
                ffi::SQLITE_CONSTRAINT_TRIGGER => Self::Immutable,
                ffi::SQLITE_CONSTRAINT_FOREIGNKEY => Self::StillUsed,
                ffi::SQLITE_CONSTRAINT_UNIQUE if message.as_ref().is_some_and(|text| text.contains("external_id")) => {
                    Self::Duplicate(Field::ExternalId)
                }
                ffi::SQLITE_CONSTRAINT_UNIQUE if message.as_ref().is_some_and(|text| text.contains(".name")) => {
                    Self::Duplicate(Field::Name)
                }
                _ => Self::Io(Box::new(error)),
            },
            _ => Self::Io(Box::new(error)),
        }
    }
}

impl From<StoreError> for OpenError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Full => Self::Full,
            StoreError::ReadOnly => Self::ReadOnly,
            other => Self::Io(Box::new(other)),
        }
    }
}

impl From<rusqlite::Error> for OpenError {
    fn from(error: rusqlite::Error) -> Self {
        StoreError::from(error).into()
    }
}

impl OpenError {
    /// The error of a file operation in the data folder.
    pub(crate) fn of_file(error: std::io::Error, folder: &Path) -> Self {
        use std::io::ErrorKind;
        match error.kind() {
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded => Self::Full,
            ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => Self::ReadOnly,
            ErrorKind::NotADirectory | ErrorKind::IsADirectory => Self::NotAFolder,
            ErrorKind::AlreadyExists if !folder.is_dir() => Self::NotAFolder,
            _ => Self::Io(Box::new(error)),
        }
    }
}
