//! Opening the data folder: lock it, look at the file before touching it, bring it to the newest schema.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rollcall_core::time::Timestamp;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use crate::error::{OpenError, StoreError};
use crate::lock::Lock;
use crate::migrate::{self, SCHEMA};
use crate::quarantine::{self, Condition};
use crate::store::Store;
use crate::users;

/// The database file within the folder.
pub const FILE: &str = "rollcall.db";

/// Bytes of a page, in a file that is made.
const PAGE: u32 = 8_192;

/// Bytes of the WAL.
const WAL: u32 = 64 << 20;

/// SQLite before this could corrupt a database in WAL mode when two connections wrote or checkpointed at once.
const SOUND_SQLITE: i32 = 3_051_003;

/// A store, and what had to be done to open it.
pub struct Opened {
    pub store: Store,
    /// Where the damaged data of before was set aside; a new store was begun.
    pub quarantined: Option<PathBuf>,
}

impl Store {
    /// Opens the data folder, or makes it. `now` names a copy that has to be set aside.
    ///
    /// # Errors
    /// [`OpenError`] says what to do. The data of a newer Rollcall is not touched.
    pub fn open(folder: &Path, now: Timestamp) -> Result<Opened, OpenError> {
        if rusqlite::version_number() < SOUND_SQLITE {
            return Err(OpenError::Io("the SQLite in use is too old to be trusted with two connections".into()));
        }
        make_folder(folder).map_err(|error| OpenError::of_file(error, folder))?;
        let lock = Lock::take(folder)?;
        let file = folder.join(FILE);
        let (mut quarantined, mut carried) = (None, Vec::new());
        match quarantine::look(&file)? {
            Condition::Sound => {}
            Condition::Newer(found) => return Err(OpenError::Newer { found, known: migrate::newest(SCHEMA) }),
            Condition::Damaged => {
                let aside = quarantine::set_aside(folder, now)?;
                carried = quarantine::salvage(&aside);
                quarantined = Some(aside);
            }
        }
        make_file(&file).map_err(|error| OpenError::of_file(error, folder))?;
        let mut writer = writer(&file)?;
        migrate::to_newest(&mut writer, SCHEMA, folder, now)?;
        if !carried.is_empty() {
            quarantine::carry_over(&mut writer, &carried)?;
        }
        let transaction = writer.transaction()?;
        users::make_up_for_lines(&transaction)?;
        transaction.commit()?;
        Ok(Opened { store: Store::new(writer, folder.to_owned(), lock)?, quarantined })
    }
}

fn writer(file: &Path) -> Result<Connection, OpenError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let writer = Connection::open_with_flags(file, flags)?;
    writer.busy_timeout(Duration::from_secs(10))?;
    // A file that is there keeps its own. A row of passes is longer than half of SQLite's usual page, of which a good part would stay
    // empty; and each page that is written costs two calls, whatever its size.
    writer.pragma_update(None, "page_size", PAGE)?;
    // Several readers beside one writer.
    writer.pragma_update(None, "journal_mode", "wal")?;
    // What was shown as done survives a power cut.
    writer.pragma_update(None, "synchronous", "full")?;
    // A row that leads nowhere can't be written.
    writer.pragma_update(None, "foreign_keys", true)?;
    // What is deleted is overwritten, not just unlinked.
    writer.pragma_update(None, "secure_delete", true)?;
    // 4 MiB: what a page of the directory touches in every index, for a tenant of some thousand users. For larger ones the rest is
    // left to the system's own cache, so that memory hardly grows with the directory.
    writer.pragma_update(None, "cache_size", -4_096)?;
    // So much between two checkpoints that a page of an index which changes again and again is carried over once.
    let page: u32 = writer.pragma_query_value(None, "page_size", |row| row.get(0))?;
    writer.pragma_update(None, "wal_autocheckpoint", WAL / page)?;
    writer.pragma_update(None, "journal_size_limit", WAL)?;
    // A statement stays as it was prepared, whatever values it is given: planning it again costs more than running it.
    writer.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    writer.set_prepared_statement_cache_capacity(128);
    users::teach(&writer)?;
    Ok(writer)
}

/// One more connection that can only read.
pub fn reader(folder: &Path) -> Result<Connection, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let reader = Connection::open_with_flags(folder.join(FILE), flags)?;
    reader.busy_timeout(Duration::from_secs(10))?;
    // 1 MiB: the inner pages of every index, and the window that is being looked at. There are several readers, and whoever goes through
    // a table once fills it with what nobody asks for again.
    reader.pragma_update(None, "cache_size", -1_024)?;
    reader.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    reader.set_prepared_statement_cache_capacity(64);
    users::teach(&reader)?;
    Ok(reader)
}

#[cfg(unix)]
fn make_folder(folder: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    if folder.is_dir() {
        return Ok(());
    }
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

#[cfg(not(unix))]
fn make_folder(folder: &Path) -> std::io::Result<()> {
    fs::create_dir_all(folder)
}

/// Makes the file before SQLite does, so that only its owner may read it; SQLite gives its WAL the same rights.
#[cfg(unix)]
fn make_file(file: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
    let made = fs::OpenOptions::new().create(true).truncate(false).write(true).mode(0o600).open(file)?;
    if made.metadata()?.permissions().mode() & 0o077 != 0 {
        made.set_permissions(fs::Permissions::from_mode(0o600))?;
    }
    Ok(())
}

#[cfg(not(unix))]
fn make_file(file: &Path) -> std::io::Result<()> {
    fs::OpenOptions::new().create(true).truncate(false).write(true).open(file).map(drop)
}
