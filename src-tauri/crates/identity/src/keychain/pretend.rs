//! A keychain for tests that can be locked, made to hang and made to fail after some writes.

use std::any::Any;
use std::sync::{Condvar, Mutex, MutexGuard};

use keyring_core::api::{Credential, CredentialApi, CredentialStoreApi};

use super::*;

#[derive(Default)]
struct Held {
    entries: HashMap<String, Vec<u8>>,
    locked: bool,
    unreadable: bool,
    writes_left: Option<usize>,
}

#[derive(Default)]
pub(crate) struct Pretend {
    held: Arc<Mutex<Held>>,
    hanging: Arc<(Mutex<bool>, Condvar)>,
}

struct One {
    held: Arc<Mutex<Held>>,
    hanging: Arc<(Mutex<bool>, Condvar)>,
    key: String,
}

impl Pretend {
    pub(crate) fn new() -> Arc<Self> {
        Arc::default()
    }

    pub(crate) fn lock(&self) {
        self.held.lock().unwrap().locked = true;
    }

    /// Has it hand out nothing, though it takes what is put.
    pub(crate) fn keep_closed(&self) {
        self.held.lock().unwrap().unreadable = true;
    }

    /// Makes every call hang, or lets them go on.
    pub(crate) fn hang(&self, on: bool) {
        *self.hanging.0.lock().unwrap() = on;
        self.hanging.1.notify_all();
    }

    pub(crate) fn entries(&self) -> usize {
        self.held.lock().unwrap().entries.len()
    }

    /// Dies after so many more changes; `None` brings it back.
    pub(crate) fn die_after(&self, changes: Option<usize>) {
        self.held.lock().unwrap().writes_left = changes;
    }

    pub(crate) fn edit(&self, change: impl FnOnce(&mut HashMap<String, Vec<u8>>)) {
        change(&mut self.held.lock().unwrap().entries);
    }
}

impl One {
    fn held(&self, changes: bool) -> keyring_core::Result<MutexGuard<'_, Held>> {
        let hanging = self.hanging.0.lock().unwrap();
        drop(self.hanging.1.wait_while(hanging, |on| *on).unwrap());
        let mut held = self.held.lock().unwrap();
        if held.locked && changes {
            return Err(Error::NoStorageAccess("locked".into()));
        }
        if changes && let Some(left) = held.writes_left {
            held.writes_left = Some(left.checked_sub(1).ok_or(Error::PlatformFailure("dead".into()))?);
        }
        Ok(held)
    }
}

impl CredentialApi for One {
    fn set_secret(&self, secret: &[u8]) -> keyring_core::Result<()> {
        assert!(secret.len() <= 2560 && secret.is_ascii(), "Windows takes 2,560 bytes, KDE only text");
        self.held(true)?.entries.insert(self.key.clone(), secret.to_vec());
        Ok(())
    }

    fn get_secret(&self) -> keyring_core::Result<Vec<u8>> {
        let held = self.held(false)?;
        if held.unreadable {
            return Err(Error::NoStorageAccess("refused".into()));
        }
        held.entries.get(&self.key).cloned().ok_or(Error::NoEntry)
    }

    fn delete_credential(&self) -> keyring_core::Result<()> {
        if !self.held(false)?.entries.contains_key(&self.key) {
            return Err(Error::NoEntry);
        }
        self.held(true)?.entries.remove(&self.key);
        Ok(())
    }

    fn get_credential(&self) -> keyring_core::Result<Option<Arc<Credential>>> {
        Ok(None)
    }

    fn get_specifiers(&self) -> Option<(String, String)> {
        None
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn debug_fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("pretend entry")
    }
}

impl CredentialStoreApi for Pretend {
    fn vendor(&self) -> String {
        "pretend".into()
    }

    fn id(&self) -> String {
        "pretend".into()
    }

    fn build(&self, service: &str, user: &str, _: Option<&HashMap<&str, &str>>) -> keyring_core::Result<Entry> {
        assert!(!service.contains('.'), "the Windows store joins with a full stop");
        let key = format!("{service}.{user}");
        let one = One { held: Arc::clone(&self.held), hanging: Arc::clone(&self.hanging), key };
        Ok(Entry::new_with_credential(Arc::new(one)))
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn debug_fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("pretend store")
    }
}
