//! A search: words, what of each is looked for in users' lines, and the statements that name who has it otherwise. A window goes by them one
//! after the other, and a condition in SQL holds them as they are, so that a write reaches exactly whom the window shows.

use rollcall_core::issue::Cause;
use rusqlite::Connection;
use rusqlite::functions::FunctionFlags;
use rusqlite::types::Value;
use uuid::Uuid;
use uuid::fmt::Hyphenated;

use super::lines::{WITH, lines_with};
use crate::fold::{fold, is_combining};
use crate::text;

/// More words than anybody types; each costs a lookup.
const WORDS: usize = 12;

/// A word, by how it is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Word<'a> {
    /// Of three letters and more: it may stand anywhere in a name, an address, the department, the job title, the object id, or an error.
    Long(&'a str),
    /// The same, and it may be the id of a request, by which a case at Microsoft names what a mailbox answered.
    WholeId(&'a str),
    /// It would stand in nearly everybody's name: it must begin a name or an address.
    Short(&'a str),
    /// The same; or it is a whole word of an error, as in "out of scope".
    ShortAmongLong(&'a str),
}

/// A statement that gives numbers of users, with its values.
pub type Way = (&'static str, Vec<Value>);

/// The words of a search; all of them must be found.
pub fn words<'a>(searched: &'a str) -> Vec<Word<'a>> {
    let words = searched.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty()).take(WORDS);
    let is_long = |word: &&str| word.chars().filter(|c| !is_combining(*c)).count() >= 3;
    let words: Vec<&str> = words.collect();
    let any_long = words.iter().any(is_long);
    let word = |word: &&'a str| match (is_long(word), any_long) {
        (true, _) if is_whole_id(word) => Word::WholeId(word),
        (true, _) => Word::Long(word),
        (false, true) => Word::ShortAmongLong(word),
        (false, false) => Word::Short(word),
    };
    words.iter().map(word).collect()
}

/// Clauses on `users AS u`, all of which must hold.
pub fn search(searched: &str) -> Vec<(String, Vec<Value>)> {
    let clause = |word: &Word<'_>| {
        let in_lines = word.in_lines().into_iter().map(|text| (WITH, vec![text.into()]));
        let (statements, values): (Vec<&str>, Vec<Vec<Value>>) = in_lines.into_iter().chain(word.others()).unzip();
        (format!("u.id IN ({})", statements.join(" UNION ALL ")), values.concat())
    };
    words(searched).iter().map(clause).collect()
}

impl Word<'_> {
    /// What is looked for in users' lines, either of which will do. A short word begins a name, another word of it, or an address.
    pub fn in_lines(&self) -> Vec<String> {
        let (word, before): (_, &[&str]) = match self {
            Self::Long(word) | Self::WholeId(word) => (word, &[""]),
            Self::Short(word) | Self::ShortAmongLong(word) => (word, &["\t", " "]),
        };
        let folded = fold(word);
        before.iter().map(|before| format!("{before}{folded}")).collect()
    }

    /// Whoever any of these names has the word, too.
    pub fn others(&self) -> Vec<Way> {
        match self {
            Self::Long(word) => vec![failed_with(word)],
            Self::WholeId(word) => {
                vec![failed_with(word), answered_with(word), answered_a_run_with(word), answered_a_session_with(word)]
            }
            Self::Short(_) => Vec::new(),
            Self::ShortAmongLong(word) => vec![failed_with_whole(word)],
        }
    }
}

/// Whose last checks failed, or came to nothing, with an error of which a condition with one value holds. Errors are few and the same
/// for many: the index is gone through in leaps, from each fingerprint with an error to the next; what has no fingerprint is rare.
macro_rules! failed_where {
    ($condition:literal) => {
        concat!(
            "SELECT user
             FROM   checks INDEXED BY checks_open
             WHERE  verdict IN ('failed', 'unknown')
                    AND (fingerprint, error) IN (
                        WITH RECURSIVE errors (pair) AS (
                            SELECT json_array('', '')
                            UNION
                            SELECT (SELECT   json_array(c.fingerprint, c.error)
                                    FROM     checks AS c INDEXED BY checks_open
                                    WHERE    c.verdict IN ('failed', 'unknown') AND (c.fingerprint, c.error) > (pair ->> 0, pair ->> 1)
                                    ORDER BY c.fingerprint, c.error
                                    LIMIT    1)
                            FROM   errors
                            WHERE  pair IS NOT NULL)
                        SELECT pair ->> 0, pair ->> 1 AS error FROM errors WHERE pair IS NOT NULL AND ",
            $condition,
            ")
             UNION ALL
             SELECT user
             FROM   checks INDEXED BY checks_open
             WHERE  verdict IN ('failed', 'unknown') AND fingerprint IS NULL AND ",
            $condition
        )
    };
}

/// Whose error has the word in what is shown of it: its status, its code, or the name or the title of its cause.
fn failed_with(word: &str) -> Way {
    (failed_where!("holds(?, shown(error))"), vec![word.to_owned().into(); 2])
}

/// Whose error has it as a whole word.
fn failed_with_whole(word: &str) -> Way {
    (failed_where!(r"' ' || shown(error) || ' ' LIKE ? ESCAPE '\'"), vec![format!("% {} %", literal(&fold(word))).into(); 2])
}

/// One of whose latest answers has that id, Microsoft's or Rollcall's own. Passes that nothing went before are packed and not looked
/// through, so that these rows are about as many as the failures; no index of ids is written for a look that is this rare.
fn answered_with(id: &str) -> Way {
    let id = || id.to_owned().into();
    ("SELECT user FROM checks WHERE request_id = ? COLLATE NOCASE OR client_request_id = ? COLLATE NOCASE", vec![id(), id()])
}

/// One of whose answers to a run, be it long ago, has that id: what a case is about has often been asked again since.
fn answered_a_run_with(id: &str) -> Way {
    let id = || id.to_owned().into();
    ("SELECT user FROM probes WHERE request_id = ? COLLATE NOCASE OR client_request_id = ? COLLATE NOCASE", vec![id(), id()])
}

/// One of whose kept sessions was answered so where it didn't pass; such ids are written in lower case.
fn answered_a_session_with(id: &str) -> Way {
    (
        "SELECT user FROM sessions INDEXED BY sessions_amiss WHERE verdict <> 'passed' AND instr(readings, ?) > 0",
        vec![id.to_ascii_lowercase().into()],
    )
}

/// Whether the word is a whole id, as Microsoft and Rollcall write them.
fn is_whole_id(word: &str) -> bool {
    word.len() == Hyphenated::LENGTH && Uuid::try_parse(word).is_ok()
}

/// The text as itself within LIKE.
fn literal(text: &str) -> String {
    text.replace('\\', r"\\").replace('%', r"\%").replace('_', r"\_")
}

/// Gives a connection the functions of these statements: `lines_with(folded, lines)`; `folded(text)`; `holds(word, text)`: whether the word
/// stands in the text; and `shown(error)`: what a person reads of an error of the table of checks.
pub(crate) fn teach(conn: &Connection) -> rusqlite::Result<()> {
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC | FunctionFlags::SQLITE_DIRECTONLY;
    conn.create_scalar_function("lines_with", 2, flags, lines_with)?;
    conn.create_scalar_function("folded", 1, flags, |context| Ok(fold(context.get_raw(0).as_str()?)))?;
    conn.create_scalar_function("holds", 2, flags, |context| {
        let (word, text) = (fold(context.get_raw(0).as_str()?), context.get_raw(1).as_str_or_null()?.map(fold));
        Ok(text.is_some_and(|text| text.contains(&word)))
    })?;
    conn.create_scalar_function("shown", 1, flags, |context| Ok(context.get_raw(0).as_str_or_null()?.map(shown)))
}

/// The status and the code, the words of the cause, and its title.
fn shown(error: &str) -> String {
    let (before, name) = error.rsplit_once(' ').unwrap_or(("", error));
    // A row that a newer version wrote may hold a cause that this one doesn't know.
    let title = text::by_name::<Cause>(name).map_or("", Cause::title);
    format!("{before} {} {title}", name.replace('_', " "))
}
