//! What a search reads: of each user a line of folded text, and of sixty-four users that follow one another a row of such lines. Going
//! through the lines of a hundred thousand takes milliseconds, and writing one costs hardly more than its letters.

use memchr::memmem::Finder;
use memchr::{memchr, memchr_iter, memrchr};
use rollcall_core::id::UserId;
use rollcall_core::user::DirectoryUser;
use rusqlite::functions::Context;
use rusqlite::types::{ToSqlOutput, Value};
use rusqlite::{Connection, OptionalExtension, Transaction, params};
use uuid::Uuid;

use super::directory_user;
use super::ids::Ids;
use crate::error::StoreError;
use crate::fold::fold_into;
use crate::text;

/// Users of a row: a set of them is one word of [`Ids`].
const PEOPLE: u32 = u64::BITS;

/// Lines that are to be written, in one go for each row of theirs.
#[derive(Default)]
pub struct Lines {
    text: String,
    /// Whose, and where they end.
    ends: Vec<(UserId, usize)>,
}

impl Lines {
    /// What of a user is searched: before the name and each address stands a tab, and so a word that begins one of them is found with it;
    /// before every word of the department, of the job title and before the object id stands a carriage return. No word has either in it.
    pub fn set(&mut self, id: UserId, name_key: &str, person: &DirectoryUser) {
        self.text.push('\t');
        self.text.push_str(name_key);
        self.add('\t', &person.upn);
        let is_new = |address: &str| !address.eq_ignore_ascii_case(&person.upn);
        let mail = person.mail.as_deref().filter(|mail| is_new(mail));
        let is_another = |alias: &&str| is_new(alias) && mail.is_none_or(|mail| !alias.eq_ignore_ascii_case(mail));
        let aliases = person.aliases.iter().map(String::as_str).filter(is_another);
        mail.into_iter().chain(aliases).for_each(|address| self.add('\t', address));
        let words = person.department.iter().chain(&person.job_title).flat_map(|text| text.split([' ', '\t', '\n', '\r']));
        words.for_each(|word| self.add('\r', word));
        self.add('\r', person.object_id.0.hyphenated().encode_lower(&mut Uuid::encode_buffer()));
        self.ends.push((id, self.text.len()));
    }

    /// Nothing of them is searched any more.
    pub fn clear(&mut self, ids: &[UserId]) {
        self.ends.extend(ids.iter().map(|id| (*id, self.text.len())));
    }

    fn add(&mut self, before: char, text: &str) {
        self.text.push(before);
        fold_into(&mut self.text, text);
    }

    /// Writes the rows of these lines anew.
    ///
    /// # Errors
    /// [`StoreError`] when they can't be written.
    pub fn write(&self, tx: &Transaction<'_>) -> Result<(), StoreError> {
        let starts = std::iter::once(0).chain(self.ends.iter().map(|(_, end)| *end));
        let mut lines: Vec<(UserId, &str)> = starts.zip(&self.ends).map(|(start, (id, end))| (*id, &self.text[start..*end])).collect();
        // Of two lines of a user the later one counts.
        lines.sort_by_key(|(id, _)| *id);
        let mut read = tx.prepare_cached("SELECT lines FROM search_lines WHERE block = ?1")?;
        let mut write = tx.prepare_cached("INSERT OR REPLACE INTO search_lines (block, lines) VALUES (?1, ?2)")?;
        let mut remove = tx.prepare_cached("DELETE FROM search_lines WHERE block = ?1")?;
        for row in lines.chunk_by(|(one, _), (other, _)| one.0 / PEOPLE == other.0 / PEOPLE) {
            let block = row[0].0.0 / PEOPLE;
            let before: Option<String> = read.query_row([block], |row| row.get(0)).optional()?;
            let after = renewed(before.as_deref().unwrap_or_default(), row);
            if after.is_empty() {
                remove.execute([block])?;
            } else {
                write.execute(params![block, after])?;
            }
        }
        Ok(())
    }
}

/// The lines of a row with some of them exchanged; what is empty at the end is left out.
fn renewed(before: &str, changed: &[(UserId, &str)]) -> String {
    let mut lines: Vec<&str> = before.split('\n').collect();
    lines.resize(PEOPLE as usize, "");
    for (id, line) in changed {
        lines[(id.0 % PEOPLE) as usize] = line;
    }
    let used = lines.iter().rposition(|line| !line.is_empty()).map_or(0, |last| last + 1);
    lines[..used].join("\n")
}

/// Writes the lines of everybody where there are none, which is so when the file comes from a version that had another index. Who can't be
/// read isn't searched; that keeps nobody from opening the file.
///
/// # Errors
/// [`StoreError`] when they can't be written.
pub(crate) fn make_up_for_lines(tx: &Transaction<'_>) -> Result<(), StoreError> {
    let missing = "SELECT EXISTS (SELECT 1 FROM users) AND NOT EXISTS (SELECT 1 FROM search_lines)";
    if !tx.query_row(missing, [], |row| row.get(0))? {
        return Ok(());
    }
    let mut statement = tx.prepare(
        "SELECT   id, name_key, object_id, upn, display_name, mail, aliases, department, job_title, enabled, guest, on_premises, exchange_plan
         FROM     users
         ORDER BY id",
    )?;
    let everybody = statement.query_map([], |row| Ok((UserId(row.get(0)?), row.get::<_, String>(1)?, directory_user(row, 2).ok())))?;
    let mut lines = Lines::default();
    for one in everybody {
        let (id, name_key, Some(person)) = one? else { continue };
        if id.0.is_multiple_of(PEOPLE) {
            std::mem::take(&mut lines).write(tx)?;
        }
        lines.set(id, &name_key, &person);
    }
    lines.write(tx)
}

/// Who has an address that is wanted, by number, and which. Addresses come folded.
///
/// # Errors
/// [`StoreError`] when the disk can't be read.
pub fn with_address(conn: &Connection, is_wanted: impl Fn(&str) -> bool) -> Result<Vec<(String, UserId)>, StoreError> {
    let mut found = Vec::new();
    each(conn, |id, line| {
        let addresses = line.split('\r').next().unwrap_or_default().split('\t').skip(2);
        found.extend(addresses.filter(|address| is_wanted(address)).map(|address| (address.to_owned(), id)));
    })?;
    Ok(found)
}

/// Everybody by folded display name.
///
/// # Errors
/// [`StoreError`] when the disk can't be read.
pub fn by_name(conn: &Connection) -> Result<Vec<UserId>, StoreError> {
    by(conn, 1)
}

/// Everybody by folded principal name.
///
/// # Errors
/// [`StoreError`] when the disk can't be read.
pub fn by_upn(conn: &Connection) -> Result<Vec<UserId>, StoreError> {
    by(conn, 2)
}

/// Everybody by what stands at a place of the line.
fn by(conn: &Connection, place: usize) -> Result<Vec<UserId>, StoreError> {
    // One text for all of them: a hundred thousand small ones would take twice the memory. Its beginning mostly tells names apart, without
    // a look at the text.
    let (mut names, mut places) = (String::new(), Vec::new());
    each(conn, |id, line| {
        if let Some(name) = line.split(['\t', '\r']).nth(place) {
            let start = names.len();
            names.push_str(name);
            places.push((beginning(name), start, names.len(), id));
        }
    })?;
    let name = |place: &(u128, usize, usize, UserId)| &names[place.1..place.2];
    places.sort_unstable_by(|one, other| one.0.cmp(&other.0).then_with(|| name(one).cmp(name(other))).then_with(|| one.3.cmp(&other.3)));
    Ok(places.into_iter().map(|(.., id)| id).collect())
}

/// Goes through the lines, by number; nobody's are empty.
fn each(conn: &Connection, mut take: impl FnMut(UserId, &str)) -> Result<(), StoreError> {
    let mut statement = conn.prepare_cached("SELECT block, lines FROM search_lines ORDER BY block")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let (block, lines) = (row.get::<_, u32>(0)?, row.get_ref(1)?.as_str().map_err(rusqlite::Error::from)?);
        for (number, line) in (0..PEOPLE).zip(lines.split('\n')) {
            take(UserId(block * PEOPLE + number), line);
        }
    }
    Ok(())
}

/// A number that orders as the first letters of a text do.
fn beginning(text: &str) -> u128 {
    let mut bytes = [0; size_of::<u128>()];
    bytes.iter_mut().zip(text.bytes()).for_each(|(byte, of_text)| *byte = of_text);
    u128::from_be_bytes(bytes)
}

/// What has to stand in a line: of each word one of some folded texts.
pub struct Needles {
    /// What goes first is looked for in all lines, the others only where it stands.
    first: Vec<Finder<'static>>,
    others: Vec<Vec<Finder<'static>>>,
}

impl Needles {
    /// `None` where there is no text. The longest one is likely the rarest.
    pub fn of(words: &[Vec<String>]) -> Option<Self> {
        let given = |word: &&Vec<String>| word.iter().all(|text| !text.is_empty());
        let mut words: Vec<&Vec<String>> = words.iter().filter(given).collect();
        words.sort_by_key(|word| std::cmp::Reverse(word.iter().map(String::len).min()));
        let finders = |word: &Vec<String>| word.iter().map(|text| Finder::new(text).into_owned()).collect();
        let mut words = words.into_iter().map(finders);
        Some(Self { first: words.next()?, others: words.collect() })
    }

    /// Which lines of a row have them, a bit for each.
    fn among(&self, lines: &[u8]) -> u64 {
        self.first.iter().fold(0, |found, first| found | self.beside(first, lines))
    }

    fn beside(&self, first: &Finder<'_>, lines: &[u8]) -> u64 {
        let (mut found, mut number, mut line_start, mut from) = (0, 0, 0, 0);
        while let Some(at) = lines.get(from..).and_then(|rest| first.find(rest)).map(|at| from + at) {
            if let Some(before) = memrchr(b'\n', &lines[line_start..at]) {
                number += memchr_iter(b'\n', &lines[line_start..at]).count();
                line_start += before + 1;
            }
            let line_end = memchr(b'\n', &lines[at..]).map_or(lines.len(), |end| at + end);
            let line = &lines[line_start..line_end];
            if self.others.iter().all(|word| word.iter().any(|text| text.find(line).is_some())) {
                found |= u32::try_from(number).ok().and_then(|number| 1u64.checked_shl(number)).unwrap_or(0);
            }
            from = line_end + 1;
        }
        found
    }
}

/// Whose lines have all of these words.
///
/// # Errors
/// [`StoreError`] when the disk can't be read.
pub fn with_all(conn: &Connection, words: &[Vec<String>]) -> Result<Ids, StoreError> {
    let mut ids = Ids::default();
    let Some(needles) = Needles::of(words) else { return Ok(ids) };
    let mut statement = conn.prepare_cached("SELECT block, lines FROM search_lines")?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, needles.among(row.get_ref(1)?.as_bytes()?))))?;
    for row in rows {
        let (block, found): (u32, u64) = row?;
        ids.insert_word(block as usize, found);
    }
    Ok(ids)
}

/// Whose lines have a folded text, as a statement with that value.
pub const WITH: &str = "SELECT l.block * 64 + line.value FROM search_lines AS l CROSS JOIN json_each(lines_with(?, l.lines)) AS line";

/// The function `lines_with(folded, lines)` of [`WITH`]: the numbers of the lines that have the text, as a list in JSON; nothing where none
/// has it, of which SQL makes no rows.
pub fn lines_with(context: &Context<'_>) -> rusqlite::Result<ToSqlOutput<'static>> {
    // The word is the same for all rows of a statement.
    let needles = context
        .get_or_create_aux(0, |word| -> Result<_, rusqlite::types::FromSqlError> { Ok(Needles::of(&[vec![word.as_str()?.to_owned()]])) })?;
    let found = needles.as_ref().as_ref().map_or(0, |needles| context.get_raw(1).as_bytes().map_or(0, |lines| needles.among(lines)));
    if found == 0 {
        return Ok(ToSqlOutput::Owned(Value::Null));
    }
    let numbers: Vec<u32> = (0..PEOPLE).filter(|number| found >> number & 1 == 1).collect();
    text::to_json(&numbers).map(ToSqlOutput::from).map_err(|error| rusqlite::Error::UserFunctionError(error.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn needles(words: &[&str]) -> Option<Needles> {
        Needles::of(&words.iter().map(|word| word.split('|').map(str::to_owned).collect()).collect::<Vec<_>>())
    }

    fn found(words: &[&str], lines: &str) -> Vec<u32> {
        let found = needles(words).unwrap().among(lines.as_bytes());
        (0..PEOPLE).filter(|number| found >> number & 1 == 1).collect()
    }

    #[test]
    fn a_word_is_found_in_each_line_that_has_it_and_in_one_text_of_it() {
        let lines = "ada\tada@contoso.example\n\nbob ada\tsales\n\nadada";
        assert_eq!(found(&["ada"], lines), [0, 2, 4]);
        assert_eq!(found(&["ada", "sal"], lines), [2]);
        assert_eq!((found(&["\tada|bob"], lines), found(&["con|sal", "ada"], lines)), (vec![0, 2], vec![0, 2]), "one of two will do");
        assert_eq!((found(&["ab"], lines), found(&["aada"], lines)), (vec![], vec![]));
        assert_eq!((found(&["adada"], lines), found(&["sales"], "")), (vec![4], vec![]));
        assert!(needles(&[]).is_none() && needles(&[""]).is_none());
        assert_eq!((found(&["", "sales"], lines), found(&["\n"], "a\n")), (vec![2], vec![0]), "words that nobody types are no harm");
        assert_eq!(found(&["x"], &"x\n".repeat(70)), (0..64).collect::<Vec<_>>(), "more than a row can have is no harm");
    }

    #[test]
    fn lines_are_exchanged_in_their_places() {
        assert_eq!(renewed("", &[(UserId(66), "c")]), "\n\nc");
        assert_eq!(renewed("a\n\nc", &[(UserId(0), "d"), (UserId(1), "b"), (UserId(1), "e")]), "d\ne\nc");
        assert_eq!(
            (renewed("a\nb\nc", &[(UserId(2), ""), (UserId(1), "")]), renewed("a", &[(UserId(0), "")])),
            ("a".into(), String::new())
        );
    }

    #[test]
    fn words_of_a_department_stand_apart_and_an_address_stands_once() {
        let person = DirectoryUser {
            object_id: rollcall_core::id::ObjectId(Uuid::nil()),
            upn: "Ada@contoso.example".into(),
            display_name: "Ada".into(),
            mail: Some("ada@contoso.example".into()),
            aliases: vec!["ADA@contoso.example".into(), "a.l@contoso.example".into()],
            department: Some("R\n&D East".into()),
            job_title: None,
            enabled: true,
            guest: false,
            on_premises: false,
            exchange_plan: true,
        };
        let mut lines = Lines::default();
        lines.set(UserId(1), "ada", &person);
        assert_eq!(lines.text, "\tada\tada@contoso.example\ta.l@contoso.example\rr\r&d\reast\r00000000-0000-0000-0000-000000000000");
    }
}
