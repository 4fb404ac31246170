//! Passes: most answers of a run, and all alike. Those of neighbouring mailboxes that came together are packed in one row, with a digest;
//! whatever says more than a pass is a row of its own in `probes`.

use ring::digest;
use rollcall_core::id::{RunId, UserId};
use rollcall_core::time::Timestamp;
use rollcall_core::verdict::Verdict;
use rollcall_core::workload::Workload;
use rusqlite::{Connection, params};
use uuid::Uuid;
use uuid::fmt::Hyphenated;

use crate::error::StoreError;
use crate::result::{Answer, WorkloadResult};

/// Users with numbers in a row whose passes share a row: some hundred answers, which is less than a page of the file.
const NEIGHBOURS: u32 = 16;

/// The number of the block that a user is in.
pub const fn block_of(user: UserId) -> u32 {
    user.0 / NEIGHBOURS
}

/// The user's place in its block.
pub const fn place_of(user: UserId) -> usize {
    (user.0 % NEIGHBOURS) as usize
}

/// The first and the last user of a block.
pub const fn users_of(block: u32) -> (UserId, UserId) {
    let first = block.saturating_mul(NEIGHBOURS);
    (UserId(first), UserId(first.saturating_add(NEIGHBOURS - 1)))
}

/// How many places a block has.
pub const PLACES: usize = NEIGHBOURS as usize;

/// Some of the workloads.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Workloads(u8);

impl Workloads {
    pub const fn insert(&mut self, workload: Workload) {
        self.0 |= 1 << code(workload);
    }

    pub const fn contains(self, workload: Workload) -> bool {
        self.0 & 1 << code(workload) != 0
    }

    /// Whether all of `others` are among them.
    pub const fn hold(self, others: Self) -> bool {
        self.0 & others.0 == others.0
    }

    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }
}

impl FromIterator<Workload> for Workloads {
    fn from_iter<T: IntoIterator<Item = Workload>>(workloads: T) -> Self {
        let mut some = Self::default();
        workloads.into_iter().for_each(|workload| some.insert(workload));
        some
    }
}

/// What stands for a workload in a packed pass; never to be given another meaning.
const fn code(workload: Workload) -> u8 {
    match workload {
        Workload::Mail => 0,
        Workload::Calendar => 1,
        Workload::Contacts => 2,
        Workload::Tasks => 3,
        Workload::Settings => 4,
    }
}

// A packed pass: the user's place, the workload's code and the two marks below, the status (two bytes), and both ids (sixteen bytes
// each, zero where there is none).
const HAS_REQUEST_ID: u8 = 0x40;
const HAS_CLIENT_REQUEST_ID: u8 = 0x80;
const CODE: u8 = !(HAS_REQUEST_ID | HAS_CLIENT_REQUEST_ID);
const LENGTH: usize = 4 + 16 + 16;

/// Half a digest is as sure to notice a flipped bit. Up to version 24, each pass ended with one of its own.
const DIGEST: usize = 16;

/// A digest of all that a row says.
pub type Seal = [u8; DIGEST];

/// Adds the answer to the passes packed so far, if it says nothing but that; answers whether it does.
pub fn pack(packed: &mut Vec<u8>, user: UserId, answer: &Answer<'_>) -> bool {
    let nothing_else = answer.code.is_none() && answer.cause.is_none() && answer.fingerprint.is_none() && answer.mailbox.is_none();
    let plain = answer.verdict == Verdict::Passed && nothing_else;
    let (Some(http), true, Some(_)) = (answer.http, plain, answer.checked) else { return false };
    let (Some(request_id), Some(client_request_id)) = (canonical(answer.request_id), canonical(answer.client_request_id)) else {
        return false;
    };
    let marks = request_id.map_or(0, |_| HAS_REQUEST_ID) | client_request_id.map_or(0, |_| HAS_CLIENT_REQUEST_ID) | code(answer.workload);
    // Less than the number of places, which is less than a byte holds.
    packed.extend_from_slice(&[u8::try_from(place_of(user)).unwrap_or(u8::MAX), marks]);
    packed.extend_from_slice(&http.to_be_bytes());
    packed.extend_from_slice(request_id.unwrap_or_default().as_bytes());
    packed.extend_from_slice(client_request_id.unwrap_or_default().as_bytes());
    true
}

/// The digest of a row.
pub fn seal(run: RunId, block: u32, completed: u32, checked: Timestamp, packed: &[u8]) -> Seal {
    let mut context = digest::Context::new(&digest::SHA256);
    for number in [run.0, block, completed] {
        context.update(&number.to_be_bytes());
    }
    context.update(&checked.0.to_be_bytes());
    context.update(packed);
    let mut seal = [0; DIGEST];
    seal.copy_from_slice(&context.finish().as_ref()[..DIGEST]);
    seal
}

/// The GUID that is written in the one way in which it is read back: `Some(None)` where there is no id, `None` where it is another
/// text.
fn canonical(id: Option<&str>) -> Option<Option<Uuid>> {
    let Some(text) = id else { return Some(None) };
    // Of this length is but the form with hyphens. Counting needs no look at one letter after the other.
    let is_canonical = text.len() == Hyphenated::LENGTH && text.bytes().filter(u8::is_ascii_uppercase).count() == 0;
    if is_canonical { Uuid::try_parse(text).ok().map(Some) } else { None }
}

/// Whose passes are packed here, without a look at digests. What can't be read is left out.
pub fn places(packed: &[u8], sealed: bool) -> impl Iterator<Item = (usize, Workload)> {
    packed.chunks_exact(length(sealed)).filter_map(|pass| Some((usize::from(pass[0]), workload(pass[1])?)))
}

/// The length of a packed pass in a row with a digest or without.
const fn length(sealed: bool) -> usize {
    if sealed { LENGTH } else { LENGTH + DIGEST }
}

fn workload(marks: u8) -> Option<Workload> {
    Workload::ALL.into_iter().find(|workload| code(*workload) == marks & CODE)
}

/// A row of packed passes.
pub struct Row {
    pub run: RunId,
    pub checked: Timestamp,
    packed: Vec<u8>,
    digests: Digests,
}

/// What tells that passes are what was written.
#[derive(Clone, Copy)]
enum Digests {
    /// The row's; and whether it fits.
    OfTheRow { fits: bool },
    /// Each pass has its own.
    OfEach,
}

impl Row {
    /// The columns that [`Row::read`] reads.
    pub const COLUMNS: &'static str = "p.checked, p.completed, p.answers, p.digest";

    /// Reads the row of a block.
    pub fn read(row: &rusqlite::Row<'_>, first: usize, run: RunId, block: u32) -> rusqlite::Result<Self> {
        let (checked, packed): (_, Vec<u8>) = (Timestamp(row.get(first)?), row.get(first + 2)?);
        let digests = match row.get_ref(first + 3)?.as_blob_or_null()? {
            Some(written) => {
                let completed = row.get(first + 1)?;
                Digests::OfTheRow { fits: written == seal(run, block, completed, checked, &packed) }
            }
            None => Digests::OfEach,
        };
        Ok(Self { run, checked, packed, digests })
    }

    /// The passes of one user, each as it was written, or as damaged.
    pub fn of(&self, user: UserId) -> impl Iterator<Item = WorkloadResult> {
        let mine = move |pass: &&[u8]| usize::from(pass[0]) == place_of(user);
        let length = length(matches!(self.digests, Digests::OfTheRow { .. }));
        self.packed.chunks_exact(length).filter(mine).filter_map(move |pass| self.unpack(user, pass))
    }

    fn unpack(&self, user: UserId, pass: &[u8]) -> Option<WorkloadResult> {
        let workload = workload(pass[1])?;
        let id = |mark: u8, from: usize| -> Option<String> {
            let bytes = (pass[1] & mark != 0).then(|| pass.get(from..from + 16)).flatten()?;
            Uuid::from_slice(bytes).ok().map(|id| id.hyphenated().to_string())
        };
        let result = WorkloadResult {
            workload,
            verdict: Verdict::Passed,
            http: Some(u16::from_be_bytes([pass[2], pass[3]])),
            code: None,
            cause: None,
            fingerprint: None,
            request_id: id(HAS_REQUEST_ID, 4),
            client_request_id: id(HAS_CLIENT_REQUEST_ID, 20),
            mailbox: None,
            checked: Some(self.checked),
            intact: true,
        };
        let whole = match self.digests {
            Digests::OfTheRow { fits } => fits,
            Digests::OfEach => result.digest(self.run, user)[..DIGEST] == pass[LENGTH..],
        };
        Some(if whole { result } else { WorkloadResult::damaged(workload) })
    }
}

/// The number of the last row that there was, be it gone by now; 0 where there was none.
///
/// # Errors
/// [`StoreError`] when the disk can't be read.
pub fn last(conn: &Connection) -> Result<i64, StoreError> {
    let mut statement = conn.prepare_cached("SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'passes'")?;
    Ok(statement.query_row([], |row| row.get(0))?)
}

/// The passes of a mailbox in a run.
///
/// # Errors
/// [`StoreError`] when the disk can't be read.
pub fn of_mailbox(conn: &Connection, run: RunId, user: UserId) -> Result<Vec<WorkloadResult>, StoreError> {
    let mut statement = conn.prepare_cached(&format!("SELECT {} FROM passes AS p WHERE p.run = ?1 AND p.block = ?2", Row::COLUMNS))?;
    let mut rows = statement.query(params![run.0, block_of(user)])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.extend(Row::read(row, 0, run, block_of(user))?.of(user));
    }
    Ok(found)
}

/// Which workloads of users from one number to another have passed in a run.
///
/// # Errors
/// [`StoreError`] when the disk can't be read.
pub fn between(conn: &Connection, run: RunId, first: UserId, last: UserId) -> Result<Vec<(UserId, Workload)>, StoreError> {
    let mut statement =
        conn.prepare_cached("SELECT block, answers, digest IS NOT NULL FROM passes WHERE run = ?1 AND block BETWEEN ?2 AND ?3")?;
    let mut rows = statement.query(params![run.0, block_of(first), block_of(last)])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let (UserId(start), _) = users_of(row.get(0)?);
        let packed = row.get_ref(1)?.as_blob().map_err(rusqlite::Error::from)?;
        let of_row =
            places(packed, row.get(2)?).filter_map(|(place, workload)| Some((UserId(start + u32::try_from(place).ok()?), workload)));
        found.extend(of_row.filter(|(user, _)| (first..=last).contains(user)));
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "9f1b7c52-52b6-4d6e-8a9c-1d2e3f405162";

    fn answer() -> Answer<'static> {
        Answer {
            workload: Workload::Contacts,
            verdict: Verdict::Passed,
            http: Some(200),
            code: None,
            cause: None,
            fingerprint: None,
            request_id: Some(ID),
            client_request_id: Some(ID),
            mailbox: None,
            checked: Some(Timestamp(7)),
        }
    }

    /// The row of block 2 of run 3 as the file has it.
    fn row(completed: u32, checked: i64, packed: &[u8], digest: Option<&[u8]>) -> Row {
        let file = Connection::open_in_memory().unwrap();
        file.query_row("SELECT ?1, ?2, ?3, ?4", params![checked, completed, packed, digest], |row| Row::read(row, 0, RunId(3), 2)).unwrap()
    }

    /// What a row says of anybody in its block.
    fn of_anybody(row: &Row) -> Vec<WorkloadResult> {
        (32..48).map(UserId).flat_map(|user| row.of(user).collect::<Vec<_>>()).collect()
    }

    fn assert_is_the_answer(row: &Row) {
        let whole: Vec<_> = row.of(UserId(37)).collect();
        assert_eq!((whole.len(), whole[0].workload, whole[0].intact, whole[0].verdict), (1, Workload::Contacts, true, Verdict::Passed));
        assert_eq!((whole[0].request_id.as_deref(), whole[0].client_request_id.as_deref()), (Some(ID), Some(ID)));
    }

    #[test]
    fn a_pass_is_read_as_it_was_packed_and_any_flipped_bit_of_its_row_is_noticed() {
        let mut packed = Vec::new();
        assert!(pack(&mut packed, UserId(37), &answer()));
        let seal = seal(RunId(3), 2, 1 << 5, Timestamp(7), &packed);
        assert_is_the_answer(&row(1 << 5, 7, &packed, Some(&seal)));
        for bit in 0..LENGTH * 8 {
            let mut flipped = packed.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            assert!(of_anybody(&row(1 << 5, 7, &flipped, Some(&seal))).iter().all(|result| !result.intact), "bit {bit}");
        }
        for (completed, checked, digest) in [(1, 7, seal), (1 << 5, 8, seal), (1 << 5, 7, Seal::default())] {
            let told = of_anybody(&row(completed, checked, &packed, Some(&digest)));
            assert_eq!(told.iter().map(|result| result.intact).collect::<Vec<_>>(), [false], "{completed} {checked}");
        }
    }

    #[test]
    fn a_row_of_before_has_a_digest_for_each_pass() {
        let mut packed = Vec::new();
        assert!(pack(&mut packed, UserId(37), &answer()));
        packed.extend_from_slice(&answer().digest(RunId(3), UserId(37))[..DIGEST]);
        let of_two = [packed.clone(), packed.clone()].concat();
        assert_is_the_answer(&row(0, 7, &packed, None));
        assert_eq!(places(&of_two, false).collect::<Vec<_>>(), [(5, Workload::Contacts); 2]);
        for bit in 0..(LENGTH + DIGEST) * 8 {
            let mut flipped = packed.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            assert!(of_anybody(&row(0, 7, &flipped, None)).iter().all(|result| !result.intact), "bit {bit}");
        }
        assert!(of_anybody(&row(0, 8, &packed, None)).iter().all(|result| !result.intact), "the moment is part of it");
        let mut spoilt = of_two.clone();
        spoilt[6] ^= 1;
        let told: Vec<_> = of_anybody(&row(0, 7, &spoilt, None)).iter().map(|result| result.intact).collect();
        assert_eq!(told, [false, true], "the other one is as it was");
    }

    #[test]
    fn only_what_comes_back_letter_by_letter_is_packed() {
        let mut packed = Vec::new();
        let upper = ID.to_uppercase();
        for other in [
            Answer { verdict: Verdict::Unknown, ..answer() },
            Answer { http: None, ..answer() },
            Answer { code: Some("OK"), ..answer() },
            Answer { request_id: Some(&upper), ..answer() },
            Answer { client_request_id: Some(""), ..answer() },
            Answer { mailbox: Some("outbound@contoso.example"), ..answer() },
            Answer { client_request_id: Some("9f1b7c5252b64d6e8a9c1d2e3f405162"), ..answer() },
        ] {
            assert!(!pack(&mut packed, UserId(1), &other));
        }
        assert!(packed.is_empty());
        assert!(pack(&mut packed, UserId(1), &Answer { request_id: None, ..answer() }));
        assert_eq!(places(&packed, true).collect::<Vec<_>>(), [(1, Workload::Contacts)]);
    }

    #[test]
    fn a_set_of_workloads_knows_its_own() {
        let some: Workloads = [Workload::Mail, Workload::Settings].into_iter().collect();
        let more: Workloads = Workload::ALL.into_iter().collect();
        assert!(more.hold(some) && !some.hold(more) && some.hold(Workloads::default()) && Workloads::default().is_empty());
        assert!(some.contains(Workload::Settings) && !some.contains(Workload::Tasks));
    }
}
