//! Passes: most answers of a run, and all alike. Those of neighbouring mailboxes that came together are packed in one row, each with
//! its own digest; whatever says more than a pass is a row of its own in `probes`.

use rollcall_core::id::{RunId, UserId};
use rollcall_core::time::Timestamp;
use rollcall_core::verdict::Verdict;
use rollcall_core::workload::Workload;
use rusqlite::{Connection, params};
use uuid::Uuid;

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

// A packed pass: the user's place, the workload's code and the two marks below, the status (two bytes), both ids (sixteen bytes each,
// zero where there is none), and half of the digest that the row of an answer has, which is as sure to notice a flipped bit.
const HAS_REQUEST_ID: u8 = 0x40;
const HAS_CLIENT_REQUEST_ID: u8 = 0x80;
const CODE: u8 = !(HAS_REQUEST_ID | HAS_CLIENT_REQUEST_ID);
const DIGEST: usize = 16;
const LENGTH: usize = 4 + 16 + 16 + DIGEST;

/// Adds the answer to the passes packed so far, if it says nothing but that; answers whether it does.
pub fn pack(packed: &mut Vec<u8>, run: RunId, user: UserId, answer: &Answer<'_>) -> bool {
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
    packed.extend_from_slice(&answer.digest(run, user)[..DIGEST]);
    true
}

/// The GUID that is written in the one way in which it is read back: `Some(None)` where there is no id, `None` where it is another
/// text.
fn canonical(id: Option<&str>) -> Option<Option<Uuid>> {
    let Some(text) = id else { return Some(None) };
    let id = Uuid::try_parse(text).ok()?;
    (id.hyphenated().encode_lower(&mut Uuid::encode_buffer()) == text).then_some(Some(id))
}

/// Whose passes are packed here, without a look at their digests. What can't be read is left out.
pub fn places(packed: &[u8]) -> impl Iterator<Item = (usize, Workload)> {
    packed.chunks_exact(LENGTH).filter_map(|pass| Some((usize::from(pass[0]), workload(pass[1])?)))
}

fn workload(marks: u8) -> Option<Workload> {
    Workload::ALL.into_iter().find(|workload| code(*workload) == marks & CODE)
}

/// A row of packed passes.
pub struct Row {
    pub run: RunId,
    pub checked: Timestamp,
    pub packed: Vec<u8>,
}

impl Row {
    /// The passes of one user, each as it was written, or as damaged.
    pub fn of(&self, user: UserId) -> impl Iterator<Item = WorkloadResult> {
        let mine = move |pass: &&[u8]| usize::from(pass[0]) == place_of(user);
        self.packed.chunks_exact(LENGTH).filter(mine).filter_map(move |pass| self.unpack(user, pass))
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
        let whole = result.digest(self.run, user)[..DIGEST] == pass[LENGTH - DIGEST..];
        Some(if whole { result } else { WorkloadResult::damaged(workload) })
    }
}

/// The passes of a mailbox in a run.
///
/// # Errors
/// [`StoreError`] when the disk can't be read.
pub fn of_mailbox(conn: &Connection, run: RunId, user: UserId) -> Result<Vec<WorkloadResult>, StoreError> {
    let mut statement = conn.prepare_cached("SELECT checked, answers FROM passes WHERE run = ?1 AND block = ?2")?;
    let mut rows = statement.query(params![run.0, block_of(user)])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let row = Row { run, checked: Timestamp(row.get(0)?), packed: row.get(1)? };
        found.extend(row.of(user));
    }
    Ok(found)
}

/// Which workloads of users from one number to another have passed in a run.
///
/// # Errors
/// [`StoreError`] when the disk can't be read.
pub fn between(conn: &Connection, run: RunId, first: UserId, last: UserId) -> Result<Vec<(UserId, Workload)>, StoreError> {
    let mut statement = conn.prepare_cached("SELECT block, answers FROM passes WHERE run = ?1 AND block BETWEEN ?2 AND ?3")?;
    let mut rows = statement.query(params![run.0, block_of(first), block_of(last)])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let (UserId(start), _) = users_of(row.get(0)?);
        let packed = row.get_ref(1)?.as_blob().map_err(rusqlite::Error::from)?;
        let of_row = places(packed).filter_map(|(place, workload)| Some((UserId(start + u32::try_from(place).ok()?), workload)));
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

    #[test]
    fn a_pass_is_read_as_it_was_packed_and_any_flipped_bit_is_noticed() {
        let (run, user) = (RunId(3), UserId(37));
        let mut packed = Vec::new();
        assert!(pack(&mut packed, run, user, &answer()));
        let row = Row { run, checked: Timestamp(7), packed };
        let whole: Vec<_> = row.of(user).collect();
        assert_eq!((whole.len(), whole[0].workload, whole[0].intact, whole[0].verdict), (1, Workload::Contacts, true, Verdict::Passed));
        assert_eq!((whole[0].request_id.as_deref(), whole[0].client_request_id.as_deref()), (Some(ID), Some(ID)));
        for bit in 0..LENGTH * 8 {
            let mut packed = row.packed.clone();
            packed[bit / 8] ^= 1 << (bit % 8);
            let flipped = Row { packed, ..row };
            let anybody = (32..48).map(UserId).flat_map(|user| flipped.of(user).collect::<Vec<_>>());
            assert!(anybody.into_iter().all(|result| !result.intact), "bit {bit}");
        }
        let later = Row { checked: Timestamp(8), packed: row.packed.clone(), run };
        assert!(later.of(user).all(|result| !result.intact), "the moment is part of it");
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
            assert!(!pack(&mut packed, RunId(1), UserId(1), &other));
        }
        assert!(packed.is_empty());
        assert!(pack(&mut packed, RunId(1), UserId(1), &Answer { request_id: None, ..answer() }));
        assert_eq!(places(&packed).collect::<Vec<_>>(), [(1, Workload::Contacts)]);
    }

    #[test]
    fn a_set_of_workloads_knows_its_own() {
        let some: Workloads = [Workload::Mail, Workload::Settings].into_iter().collect();
        let more: Workloads = Workload::ALL.into_iter().collect();
        assert!(more.hold(some) && !some.hold(more) && some.hold(Workloads::default()) && Workloads::default().is_empty());
        assert!(some.contains(Workload::Settings) && !some.contains(Workload::Tasks));
    }
}
