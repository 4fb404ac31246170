//! Where secrets rest: the system's keychain, or the memory of this session and nothing else. There is no file to fall
//! back to.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use keyring_core::CredentialStore;
use rollcall_core::id::{IntegrationId, ObjectId, TenantId};
use serde::Serialize;
use subtle::ConstantTimeEq;
use thiserror::Error;
use tokio::sync::Semaphore;
use ts_rs::TS;
use zeroize::Zeroizing;

use crate::keychain::{self, Entries};
use crate::secret::{ClientSecret, RefreshToken};

/// How long the keychain may take. A prompt that nobody answers must not hang a run.
const LIMIT: Duration = Duration::from_secs(5);

/// What a secret is filed under. Two data folders never share an entry, since each entry also bears the folder's own id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SecretName {
    /// The refresh token of the admin's sign-in to a tenant.
    Refresh(TenantId),
    /// The credential of an integration: its client secret.
    Credential(IntegrationId),
    /// The refresh token of a user who signed in to an integration, by the account's object id.
    User(IntegrationId, ObjectId),
}

/// The bytes of a secret; wiped when dropped, never printed.
#[derive(Clone)]
pub struct SecretBytes(Zeroizing<Vec<u8>>);

/// Why the keychain can't be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Error, Serialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(rename = "NoKeychain")]
pub enum Reason {
    /// No session bus: a server without a desktop, or a shell outside the desktop's session.
    #[error("there is no desktop session to ask for a keychain")]
    NoSessionBus,
    /// Nothing on this computer offers a keychain.
    #[error("no keychain is running on this computer")]
    NoService,
    /// The keychain is locked and was not unlocked.
    #[error("the keychain is locked")]
    Locked,
    /// The keychain refused or failed.
    #[error("the keychain refused")]
    Refused,
    /// The keychain didn't answer within five seconds.
    #[error("the keychain did not answer in time")]
    TooSlow,
    /// The secret is longer than the keychain or Rollcall's limit allows.
    #[error("the secret is too long for the keychain")]
    TooLong,
    /// What the keychain holds isn't what was put there: edited, or half missing.
    #[error("the keychain's entry is damaged")]
    Damaged,
    /// The caller chose not to use it.
    #[error("the keychain is not used in this session")]
    NotWanted,
}

/// Where a secret rests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rest {
    /// In the keychain: it will be there at the next start.
    Keychain,
    /// In memory, until the process ends.
    ThisSession(Reason),
}

/// Keeps secrets. Clones share everything.
#[derive(Clone)]
pub struct Vault(Arc<Inner>);

struct Inner {
    /// Holds what the keychain doesn't take, and so goes first when reading.
    memory: Mutex<HashMap<SecretName, SecretBytes>>,
    keychain: Result<Keychain, Reason>,
}

struct Keychain {
    entries: Arc<Entries>,
    /// One call at a time, as the stores don't order the calls of several threads. A call that hangs keeps its turn, so that
    /// hanging calls don't pile up.
    turn: Arc<Semaphore>,
    limit: Duration,
}

impl Vault {
    /// Opens the system's keychain for the data folder with this id and proves it by writing, reading and deleting an
    /// entry. When that fails, secrets are kept for this session only, and [`Vault::rests`] says why.
    pub async fn open(folder: &str) -> Self {
        let connect = tokio::task::spawn_blocking(keychain::connect);
        let store = match tokio::time::timeout(LIMIT, connect).await {
            Ok(Ok(store)) => store,
            Ok(Err(_)) => Err(Reason::Refused),
            Err(_) => Err(Reason::TooSlow),
        };
        match store {
            Ok(store) => Self::over(store, folder, LIMIT).await,
            Err(reason) => Self::without(reason),
        }
    }

    /// Keeps secrets in memory only, for tests and for secrets that are piped in.
    #[must_use]
    pub fn session_only() -> Self {
        Self::without(Reason::NotWanted)
    }

    /// Where a secret that is put now will rest.
    #[must_use]
    pub fn rests(&self) -> Rest {
        self.0.keychain.as_ref().map_or_else(|reason| Rest::ThisSession(*reason), |_| Rest::Keychain)
    }

    /// Where a secret would rest that is put now. A keychain that was in use may be locked by now, so it is proved again, which leaves
    /// nothing behind; where it is locked, the system may ask the person to unlock it.
    pub async fn try_keeping(&self) -> Rest {
        match &self.0.keychain {
            Err(reason) => Rest::ThisSession(*reason),
            Ok(keychain) => keychain.call(|entries| entries.prove()).await.map_or_else(Rest::ThisSession, |()| Rest::Keychain),
        }
    }

    /// Keeps a secret, in place of an older one of that name. It is always kept for this session at least; the answer says
    /// whether it will outlive it.
    pub async fn put(&self, name: SecretName, secret: SecretBytes) -> Rest {
        let refused = match &self.0.keychain {
            Err(reason) => *reason,
            Ok(keychain) => {
                let copy = secret.clone();
                match keychain.call(move |entries| entries.put(name, &copy.0)).await {
                    Ok(()) => {
                        self.memory().remove(&name);
                        return Rest::Keychain;
                    }
                    Err(reason) => reason,
                }
            }
        };
        self.memory().insert(name, secret);
        Rest::ThisSession(refused)
    }

    /// The secret of that name, if there is one.
    ///
    /// # Errors
    /// [`Reason`] says why the keychain can't tell; a locked one may also say that there is none.
    pub async fn get(&self, name: SecretName) -> Result<Option<SecretBytes>, Reason> {
        let held = self.memory().get(&name).cloned();
        match (held, &self.0.keychain) {
            (Some(secret), _) => Ok(Some(secret)),
            (None, Ok(keychain)) => Ok(keychain.call(move |entries| entries.get(name)).await?.map(SecretBytes)),
            (None, Err(_)) => Ok(None),
        }
    }

    /// Forgets the secret of that name; there need not be one.
    ///
    /// # Errors
    /// [`Reason`] says why the keychain may still hold it. The memory never does.
    pub async fn delete(&self, name: SecretName) -> Result<(), Reason> {
        self.memory().remove(&name);
        match &self.0.keychain {
            Ok(keychain) => keychain.call(move |entries| entries.delete(name)).await,
            Err(_) => Ok(()),
        }
    }

    /// A vault over this store, if it passes the test; no call may take longer than `limit`.
    pub async fn over(store: Arc<CredentialStore>, folder: &str, limit: Duration) -> Self {
        let keychain = Keychain { entries: Arc::new(Entries::new(store, folder)), turn: Arc::new(Semaphore::new(1)), limit };
        match keychain.call(|entries| entries.prove()).await {
            Ok(()) => Self::with(Ok(keychain)),
            Err(reason) => {
                tracing::warn!(%reason, "Secrets are kept for this session only");
                Self::without(reason)
            }
        }
    }

    fn without(reason: Reason) -> Self {
        Self::with(Err(reason))
    }

    fn with(keychain: Result<Keychain, Reason>) -> Self {
        Self(Arc::new(Inner { memory: Mutex::default(), keychain }))
    }

    fn memory(&self) -> std::sync::MutexGuard<'_, HashMap<SecretName, SecretBytes>> {
        self.0.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Keychain {
    /// Makes one call on a worker thread. One that takes too long is left behind, and its turn with it.
    async fn call<T: Send + 'static>(&self, call: impl FnOnce(&Entries) -> Result<T, Reason> + Send + 'static) -> Result<T, Reason> {
        let (entries, turn) = (Arc::clone(&self.entries), Arc::clone(&self.turn));
        let work = async {
            let turn = turn.acquire_owned().await.map_err(|_| Reason::Refused)?;
            let done = tokio::task::spawn_blocking(move || {
                let outcome = call(&entries);
                drop(turn);
                outcome
            });
            done.await.map_err(|_| Reason::Refused)?
        };
        tokio::time::timeout(self.limit, work).await.unwrap_or(Err(Reason::TooSlow))
    }
}

impl SecretBytes {
    /// Takes the bytes in.
    #[must_use]
    pub fn new(bytes: Vec<u8>) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// The secret itself.
    #[must_use]
    pub fn reveal(&self) -> &[u8] {
        &self.0
    }

    /// Whether both are the same, told in constant time.
    #[must_use]
    pub fn is(&self, other: &[u8]) -> bool {
        self.0.as_slice().ct_eq(other).into()
    }
}

macro_rules! texts {
    ($($name:ident),*) => {$(
        impl From<&$name> for SecretBytes {
            fn from(secret: &$name) -> Self {
                Self::new(secret.reveal().as_bytes().to_vec())
            }
        }

        impl TryFrom<&SecretBytes> for $name {
            type Error = Reason;

            /// Damaged when the bytes aren't text.
            fn try_from(bytes: &SecretBytes) -> Result<Self, Reason> {
                std::str::from_utf8(bytes.reveal()).map(|text| Self::new(text.to_owned())).map_err(|_| Reason::Damaged)
            }
        }
    )*};
}

texts!(RefreshToken, ClientSecret);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keychain::pretend::Pretend;

    const NAME: SecretName = SecretName::Refresh(TenantId(7));

    async fn vault_over(pretend: &Arc<Pretend>) -> Vault {
        Vault::over(pretend.clone(), "folder-a", Duration::from_millis(200)).await
    }

    fn secret(text: &str) -> SecretBytes {
        SecretBytes::new(text.into())
    }

    #[tokio::test]
    async fn a_secret_rests_in_the_keychain_and_is_gone_when_deleted() {
        let pretend = Pretend::new();
        let vault = vault_over(&pretend).await;
        assert_eq!((vault.try_keeping().await, pretend.entries()), (Rest::Keychain, 0), "a trial leaves nothing behind");
        assert_eq!(vault.put(NAME, secret("one")).await, Rest::Keychain);
        let other_start = vault_over(&pretend).await;
        assert!(other_start.get(NAME).await.unwrap().unwrap().is(b"one"));
        other_start.delete(NAME).await.unwrap();
        assert!(vault.get(NAME).await.unwrap().is_none());
        assert_eq!(pretend.entries(), 0, "the self-test leaves nothing behind either");
    }

    #[tokio::test]
    async fn a_trial_whose_reading_is_refused_leaves_nothing_behind_either() {
        let pretend = Pretend::new();
        let vault = vault_over(&pretend).await;
        pretend.keep_closed();
        assert_eq!((vault.try_keeping().await, pretend.entries()), (Rest::ThisSession(Reason::Locked), 0));
    }

    #[tokio::test]
    async fn two_data_folders_dont_share_a_secret() {
        let pretend = Pretend::new();
        let one = vault_over(&pretend).await;
        let two = Vault::over(pretend.clone(), "folder-b", LIMIT).await;
        one.put(NAME, secret("one")).await;
        assert!(two.get(NAME).await.unwrap().is_none());
    }

    #[tokio::test]
    async fn a_locked_keychain_means_this_session_only() {
        let pretend = Pretend::new();
        pretend.lock();
        let vault = vault_over(&pretend).await;
        assert_eq!(vault.rests(), Rest::ThisSession(Reason::Locked));
        assert_eq!(vault.put(NAME, secret("one")).await, Rest::ThisSession(Reason::Locked));
        assert!(vault.get(NAME).await.unwrap().unwrap().is(b"one"), "work goes on from memory");
        assert_eq!(pretend.entries(), 0);
    }

    #[tokio::test]
    async fn a_keychain_that_locks_later_keeps_the_newest_secret_for_this_session() {
        let pretend = Pretend::new();
        let vault = vault_over(&pretend).await;
        vault.put(NAME, secret("old")).await;
        pretend.lock();
        assert_eq!(vault.try_keeping().await, Rest::ThisSession(Reason::Locked), "it is known before anything is put");
        assert_eq!(vault.put(NAME, secret("new")).await, Rest::ThisSession(Reason::Locked));
        assert!(vault.get(NAME).await.unwrap().unwrap().is(b"new"));
        assert_eq!(vault.delete(NAME).await, Err(Reason::Locked), "the old one is still there, and that is said");
    }

    #[tokio::test]
    async fn a_keychain_that_hangs_is_left_behind() {
        let pretend = Pretend::new();
        let vault = vault_over(&pretend).await;
        pretend.hang(true);
        assert_eq!(vault.get(NAME).await.err(), Some(Reason::TooSlow));
        assert_eq!(vault.put(NAME, secret("one")).await, Rest::ThisSession(Reason::TooSlow));
        pretend.hang(false);
        assert!(vault.get(NAME).await.unwrap().unwrap().is(b"one"));
    }
}
