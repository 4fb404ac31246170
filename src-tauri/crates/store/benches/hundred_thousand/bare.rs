//! SQLite without the store around it: the same file layout, statements prepared once, everything in one transaction.

use std::path::Path;

use rollcall_core::user::DirectoryUser;
use rusqlite::{Connection, params};

/// A bare connection to a store's file, with a write-ahead log and a cache that holds the indexes.
pub fn open(folder: &Path) -> Connection {
    let conn = Connection::open(folder.join("rollcall.db")).unwrap();
    conn.pragma_update(None, "journal_mode", "wal").unwrap();
    conn.pragma_update(None, "synchronous", "normal").unwrap();
    conn.pragma_update(None, "foreign_keys", false).unwrap();
    conn.pragma_update(None, "cache_size", -65_536).unwrap();
    conn.set_prepared_statement_cache_capacity(64);
    conn
}

/// Gives a file SQLite's own order of names and its own search index, and fills it.
pub fn index(conn: &Connection) {
    conn.execute_batch(
        "CREATE INDEX IF NOT EXISTS users_by_name ON users (name_key, id, organization);
         CREATE INDEX IF NOT EXISTS users_by_upn ON users (upn, id, organization);
         CREATE VIEW IF NOT EXISTS searched_users AS
         SELECT id, display_name, upn, iif(mail = upn, NULL, mail) AS mail, aliases, department, job_title
         FROM   users;
         CREATE VIRTUAL TABLE IF NOT EXISTS users_search USING fts5 (
             display_name, upn, mail, aliases, department, job_title,
             content = 'searched_users', content_rowid = 'id', columnsize = 0,
             tokenize = 'trigram remove_diacritics 1'
         );
         INSERT INTO users_search (users_search, rank) VALUES ('automerge', 16), ('hashsize', 2097152);
         INSERT INTO users_search (users_search) VALUES ('rebuild');",
    )
    .unwrap();
}

/// What is written of a person, made beforehand.
pub struct Row {
    object_id: String,
    name_key: String,
    aliases: String,
    person: DirectoryUser,
}

impl Row {
    pub fn of(person: &DirectoryUser) -> Self {
        Self {
            object_id: person.object_id.to_string(),
            name_key: person.display_name.to_lowercase(),
            aliases: serde_json::to_string(&person.aliases).unwrap(),
            person: person.clone(),
        }
    }
}

/// Inserts everybody in one transaction and then builds the search index.
pub fn insert(conn: &mut Connection, rows: &[Row]) {
    let tx = conn.transaction().unwrap();
    {
        let mut statement = tx
            .prepare(
                "INSERT INTO users (tenant, organization, object_id, upn, display_name, name_key, mail, aliases, department, job_title,
                                    enabled, guest, on_premises, exchange_plan, kind, sync, mailbox, created, seen)
                 VALUES (1, 1, ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, 0, 0, ?10, 'user', 'enabled', 'not_initialized', 0, 0)",
            )
            .unwrap();
        for row in rows {
            let person = &row.person;
            statement
                .execute(params![
                    row.object_id,
                    person.upn,
                    person.display_name,
                    row.name_key,
                    person.mail,
                    row.aliases,
                    person.department,
                    person.job_title,
                    person.enabled,
                    person.exchange_plan
                ])
                .unwrap();
        }
    }
    index(&tx);
    tx.commit().unwrap();
}

/// Offers everybody again in one transaction; nothing has changed.
pub fn upsert(conn: &mut Connection, rows: &[Row]) {
    let tx = conn.transaction().unwrap();
    {
        let mut statement = tx
            .prepare(
                "INSERT INTO users (tenant, organization, object_id, upn, display_name, name_key, mail, aliases, department, job_title,
                                    enabled, guest, on_premises, exchange_plan, kind, sync, mailbox, created, seen)
                 VALUES (1, 1, ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, 0, 0, ?10, 'user', 'enabled', 'not_initialized', 0, 0)
                 ON CONFLICT (tenant, object_id) DO UPDATE
                 SET   upn = excluded.upn, display_name = excluded.display_name, mail = excluded.mail, aliases = excluded.aliases,
                       department = excluded.department, job_title = excluded.job_title, enabled = excluded.enabled
                 WHERE upn IS NOT excluded.upn OR display_name IS NOT excluded.display_name OR mail IS NOT excluded.mail
                       OR aliases IS NOT excluded.aliases OR department IS NOT excluded.department
                       OR job_title IS NOT excluded.job_title OR enabled IS NOT excluded.enabled",
            )
            .unwrap();
        for row in rows {
            let person = &row.person;
            statement
                .execute(params![
                    row.object_id,
                    person.upn,
                    person.display_name,
                    row.name_key,
                    person.mail,
                    row.aliases,
                    person.department,
                    person.job_title,
                    person.enabled,
                    person.exchange_plan
                ])
                .unwrap();
        }
    }
    tx.commit().unwrap();
}
