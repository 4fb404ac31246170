//! The keychain's entries: one per secret, or a head and pieces where a secret is too long for one.
//!
//! Errors of the keyring crates are only ever matched, never printed: some of them carry the secret.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use keyring_core::{CredentialStore, Entry, Error};
use ring::digest;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::vault::{Reason, SecretName};

/// Windows takes 2,560 bytes an entry and KDE only text, so 1,800 bytes in base64 fit everywhere.
const PIECE: usize = 1800;
/// The most pieces: a secret of 28,800 bytes is no secret of ours.
const MOST_PIECES: usize = 16;
/// No full stop in it: the Windows store joins service and user with one.
const SERVICE: &str = "Rollcall";

/// The entries of one data folder in one store.
pub(crate) struct Entries {
    store: Arc<CredentialStore>,
    folder: String,
}

/// What the entry of a secret holds: it whole, or where its pieces are. The head is written after the pieces and names
/// their generation, so a crash leaves the old secret or the new one, never a mix.
#[derive(Serialize, Deserialize)]
enum Head {
    Whole(Text),
    Pieces { generation: Generation, count: usize, length: usize, sha256: String },
}

#[derive(Serialize, Deserialize, Clone, Copy, PartialEq, Eq)]
enum Generation {
    A,
    B,
}

/// Base64 text that is wiped when dropped.
#[derive(Serialize, Deserialize)]
#[serde(transparent)]
struct Text(String);

impl Drop for Text {
    fn drop(&mut self) {
        zeroize::Zeroize::zeroize(&mut self.0);
    }
}

/// Connects to the system's keychain.
pub(crate) fn connect() -> Result<Arc<CredentialStore>, Reason> {
    #[cfg(target_os = "linux")]
    let store = zbus_secret_service_keyring_store::Store::new();
    #[cfg(windows)]
    let store = windows_native_keyring_store::Store::new_with_configuration(&HashMap::from([("service_no_divider", "true")]));
    #[cfg(target_os = "macos")]
    let store = apple_native_keyring_store::keychain::Store::new();
    store.map(|store| store as Arc<CredentialStore>).map_err(|fault| match &fault {
        Error::PlatformFailure(cause) if is_io(cause.as_ref()) => Reason::NoSessionBus,
        Error::PlatformFailure(_) => Reason::NoService,
        _ => reason(fault),
    })
}

impl Entries {
    pub(crate) fn new(store: Arc<CredentialStore>, folder: &str) -> Self {
        Self { store, folder: folder.to_owned() }
    }

    /// Writes, reads and deletes an entry. Reading alone proves nothing: a locked keychain says that there is no entry.
    pub(crate) fn prove(&self) -> Result<(), Reason> {
        // Of this process alone, so that a window and a command line that start together don't fail each other.
        let entry = self.entry(&format!("self-test/{}", std::process::id()))?;
        entry.set_secret(b"Rollcall").map_err(reason)?;
        let read = entry.get_secret().map_err(reason);
        // Whatever the reading came to, nothing stays behind.
        let deleted = entry.delete_credential().map_err(reason);
        let read = read?;
        deleted?;
        if read == b"Rollcall" { Ok(()) } else { Err(Reason::Refused) }
    }

    pub(crate) fn put(&self, name: SecretName, secret: &[u8]) -> Result<(), Reason> {
        if secret.len() > PIECE * MOST_PIECES {
            return Err(Reason::TooLong);
        }
        // A damaged head must not keep a new secret out; what its pieces were is then found by looking.
        let old = self.head(name).unwrap_or(None).and_then(|head| head.generation());
        if secret.len() <= PIECE {
            self.write(&key(name), &Head::Whole(Text(STANDARD.encode(secret))))?;
            self.sweep(name, Generation::A)?;
            return self.sweep(name, Generation::B);
        }
        let generation = old.map_or(Generation::A, Generation::other);
        self.sweep(name, generation)?;
        for (at, piece) in secret.chunks(PIECE).enumerate() {
            let text = Zeroizing::new(STANDARD.encode(piece));
            self.entry(&piece_key(name, generation, at))?.set_secret(text.as_bytes()).map_err(reason)?;
        }
        let count = secret.len().div_ceil(PIECE);
        self.write(&key(name), &Head::Pieces { generation, count, length: secret.len(), sha256: sha256(secret) })?;
        self.sweep(name, generation.other())
    }

    pub(crate) fn get(&self, name: SecretName) -> Result<Option<Zeroizing<Vec<u8>>>, Reason> {
        match self.head(name)? {
            None => Ok(None),
            Some(Head::Whole(text)) => decoded(text.0.as_bytes()).map(Some),
            Some(Head::Pieces { generation, count, length, sha256: expected }) => {
                if count > MOST_PIECES || length > PIECE * MOST_PIECES {
                    return Err(Reason::Damaged);
                }
                let mut secret = Zeroizing::new(Vec::with_capacity(length));
                for at in 0..count {
                    let text = self.read(&piece_key(name, generation, at))?.ok_or(Reason::Damaged)?;
                    secret.extend_from_slice(&decoded(&text)?);
                }
                if secret.len() == length && sha256(&secret) == expected { Ok(Some(secret)) } else { Err(Reason::Damaged) }
            }
        }
    }

    pub(crate) fn delete(&self, name: SecretName) -> Result<(), Reason> {
        self.remove(&key(name))?;
        self.sweep(name, Generation::A)?;
        self.sweep(name, Generation::B)
    }

    /// Deletes the pieces of a generation, also those that a crash left behind: from the last to the first, so that a crash
    /// on the way leaves none beyond a gap.
    fn sweep(&self, name: SecretName, generation: Generation) -> Result<(), Reason> {
        let mut count = 0;
        while count < MOST_PIECES && self.read(&piece_key(name, generation, count))?.is_some() {
            count += 1;
        }
        (0..count).rev().try_for_each(|at| self.remove(&piece_key(name, generation, at)))
    }

    fn head(&self, name: SecretName) -> Result<Option<Head>, Reason> {
        let Some(text) = self.read(&key(name))? else { return Ok(None) };
        serde_json::from_slice(&text).map(Some).map_err(|_| Reason::Damaged)
    }

    fn write(&self, key: &str, head: &Head) -> Result<(), Reason> {
        let text = Zeroizing::new(serde_json::to_vec(head).map_err(|_| Reason::Refused)?);
        self.entry(key)?.set_secret(&text).map_err(reason)
    }

    fn read(&self, key: &str) -> Result<Option<Zeroizing<Vec<u8>>>, Reason> {
        match self.entry(key)?.get_secret() {
            Ok(bytes) => Ok(Some(Zeroizing::new(bytes))),
            Err(Error::NoEntry) => Ok(None),
            Err(fault) => Err(reason(fault)),
        }
    }

    fn remove(&self, key: &str) -> Result<(), Reason> {
        match self.entry(key)?.delete_credential() {
            Ok(()) | Err(Error::NoEntry) => Ok(()),
            Err(fault) => Err(reason(fault)),
        }
    }

    fn entry(&self, key: &str) -> Result<Entry, Reason> {
        // The Windows store would otherwise let the entry roam to other computers.
        let local = cfg!(windows).then(|| HashMap::from([("persistence", "Local")]));
        self.store.build(SERVICE, &format!("{}/{key}", self.folder), local.as_ref()).map_err(reason)
    }
}

impl Head {
    fn generation(&self) -> Option<Generation> {
        match self {
            Self::Whole(_) => None,
            Self::Pieces { generation, .. } => Some(*generation),
        }
    }
}

impl Generation {
    fn other(self) -> Self {
        match self {
            Self::A => Self::B,
            Self::B => Self::A,
        }
    }
}

fn key(name: SecretName) -> String {
    match name {
        SecretName::Refresh(tenant) => format!("refresh/{tenant}"),
        SecretName::Credential(integration) => format!("credential/{integration}"),
        SecretName::User(integration, account) => format!("user/{integration}/{account}"),
    }
}

fn piece_key(name: SecretName, generation: Generation, at: usize) -> String {
    let generation = match generation {
        Generation::A => 'a',
        Generation::B => 'b',
    };
    format!("{}/{generation}{at}", key(name))
}

fn decoded(text: &[u8]) -> Result<Zeroizing<Vec<u8>>, Reason> {
    STANDARD.decode(text).map(Zeroizing::new).map_err(|_| Reason::Damaged)
}

fn sha256(bytes: &[u8]) -> String {
    digest::digest(&digest::SHA256, bytes).as_ref().iter().fold(String::new(), |mut text, byte| {
        // Writing to a text can't fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn reason(fault: Error) -> Reason {
    match fault {
        Error::NoStorageAccess(_) => Reason::Locked,
        Error::TooLong(..) => Reason::TooLong,
        Error::NoDefaultStore => Reason::NoService,
        Error::BadEncoding(_) | Error::BadDataFormat(..) | Error::BadStoreFormat(_) | Error::Ambiguous(_) => Reason::Damaged,
        Error::PlatformFailure(cause) if is_io(cause.as_ref()) => Reason::NoService,
        // The enum is open to new variants.
        _ => Reason::Refused,
    }
}

/// Whether a connection lies at the bottom of this, not an answer.
fn is_io(fault: &(dyn std::error::Error + 'static)) -> bool {
    let mut cause = Some(fault);
    while let Some(error) = cause {
        if error.is::<std::io::Error>() || error.is::<Arc<std::io::Error>>() {
            return true;
        }
        cause = error.source();
    }
    false
}

#[cfg(test)]
pub(crate) mod pretend;

#[cfg(test)]
mod tests {
    use rollcall_core::id::IntegrationId;

    use super::pretend::Pretend;
    use super::*;

    const NAME: SecretName = SecretName::Credential(IntegrationId(3));

    fn fresh() -> (Arc<Pretend>, Entries) {
        let pretend = Pretend::new();
        let entries = Entries::new(pretend.clone(), "folder");
        (pretend, entries)
    }

    fn bytes(length: usize, seed: u8) -> Vec<u8> {
        (0..length).map(|at| u8::try_from(at % 251).unwrap() ^ seed).collect()
    }

    #[test]
    fn secrets_of_every_length_come_back_and_leave_nothing_behind() {
        let (pretend, entries) = fresh();
        for length in [0, 1, 1799, 1800, 1801, 2560, 2561, 3600, 3601, 28_800, 5, 4000, 1] {
            let secret = bytes(length, 1);
            entries.put(NAME, &secret).unwrap();
            assert_eq!(entries.get(NAME).unwrap().unwrap().as_slice(), secret, "{length}");
            let pieces = if length <= PIECE { 0 } else { length.div_ceil(PIECE) };
            assert_eq!(pretend.entries(), 1 + pieces, "{length}: the older pieces are gone");
        }
        assert_eq!(entries.put(NAME, &bytes(28_801, 1)), Err(Reason::TooLong));
        entries.delete(NAME).unwrap();
        assert_eq!((entries.get(NAME).unwrap(), pretend.entries()), (None, 0));
    }

    #[test]
    fn a_crash_at_any_moment_leaves_the_old_secret_or_the_new_one() {
        for (before, after) in [(10, 5000), (5000, 10), (5000, 7000), (7000, 2000), (10, 20)] {
            let (old, new) = (bytes(before, 1), bytes(after, 2));
            for changes in 0..20 {
                let (pretend, entries) = fresh();
                entries.put(NAME, &old).unwrap();
                pretend.die_after(Some(changes));
                let _ = entries.put(NAME, &new);
                pretend.die_after(None);
                let found = entries.get(NAME).unwrap().unwrap();
                assert!(*found == old || *found == new, "{before} to {after}, dead after {changes} changes");
                entries.delete(NAME).unwrap();
                assert_eq!(pretend.entries(), 0, "pieces left by the crash are found");
            }
        }
    }

    #[test]
    fn an_edited_or_missing_piece_is_noticed() {
        let (pretend, entries) = fresh();
        entries.put(NAME, &bytes(4000, 1)).unwrap();
        pretend.edit(|all| {
            let piece = all.iter_mut().find(|(key, _)| key.ends_with("/a1")).unwrap().1;
            *piece = STANDARD.encode(bytes(PIECE, 9)).into_bytes();
        });
        assert_eq!(entries.get(NAME), Err(Reason::Damaged));
        pretend.edit(|all| all.retain(|key, _| !key.ends_with("/a1")));
        assert_eq!(entries.get(NAME), Err(Reason::Damaged));
        pretend.edit(|all| *all.get_mut("Rollcall.folder/credential/3").unwrap() = b"other".to_vec());
        assert_eq!(entries.get(NAME), Err(Reason::Damaged));
        entries.put(NAME, &bytes(9, 1)).unwrap();
        assert_eq!(entries.get(NAME).unwrap().unwrap().as_slice(), bytes(9, 1), "a new secret repairs it");
    }

    #[test]
    fn a_reason_never_repeats_what_the_keyring_said() {
        for fault in [
            Error::BadEncoding(b"canary".to_vec()),
            Error::BadDataFormat(b"canary".to_vec(), "canary".into()),
            Error::PlatformFailure("canary".into()),
            Error::Invalid("canary".into(), "canary".into()),
        ] {
            let reason = reason(fault);
            assert!(!format!("{reason} {reason:?}").contains("canary"));
        }
    }
}
