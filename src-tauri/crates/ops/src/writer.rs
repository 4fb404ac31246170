//! The one thread that writes to the store. Its transactions follow each other anyway; on a thread of their own they find the
//! memory that the last one used, where threads in turn would each keep some.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::{Sender, channel};
use std::thread::JoinHandle;

use rollcall_store::{Store, StoreError, Transaction};
use tokio::sync::oneshot;

use crate::error::{Code, Error, Result};

type Errand = Box<dyn FnOnce() + Send>;

/// Takes transactions one after the other, in the order in which they come.
pub(crate) struct Writer {
    /// Gone only while it is dropped.
    errands: Option<Sender<Errand>>,
    thread: Option<JoinHandle<()>>,
}

impl Writer {
    /// Starts the thread.
    ///
    /// # Errors
    /// `Internal` when the system has no thread to give.
    pub fn start() -> Result<Self> {
        let (errands, come) = channel::<Errand>();
        let thread = std::thread::Builder::new().name("store".to_owned()).spawn(move || {
            for errand in come {
                // It rolled its transaction back when it unwound, and whoever waits for it sees that no answer comes.
                let _ = catch_unwind(AssertUnwindSafe(errand));
            }
        });
        let thread = thread.map_err(|error| Error::new(Code::Internal, format!("no thread to write with: {:?}", error.kind())))?;
        Ok(Self { errands: Some(errands), thread: Some(thread) })
    }

    /// Writes in one transaction. It is carried out to the end even if nobody waits for it any more.
    pub async fn write<T: Send + 'static>(
        &self,
        store: &Arc<Store>,
        write: impl FnOnce(&Transaction<'_>) -> std::result::Result<T, StoreError> + Send + 'static,
    ) -> Result<T> {
        let (tell, told) = oneshot::channel();
        let store = Arc::clone(store);
        let errand: Errand = Box::new(move || {
            let answer = store.write(write);
            // Whoever hears the answer may close the store at once.
            drop(store);
            let _ = tell.send(answer);
        });
        // An errand that can't be sent takes its end of the channel with it.
        let _ = self.errands.as_ref().map(|errands| errands.send(errand));
        match told.await {
            Ok(answer) => answer.map_err(Error::from),
            Err(_) => Err(Error::new(Code::Internal, "a database task ended without an answer")),
        }
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.errands = None;
        if let Some(thread) = self.thread.take() {
            // What has been begun is brought to its end; a panic in it was caught.
            let _ = thread.join();
        }
    }
}

#[cfg(test)]
mod tests {
    use rollcall_core::time::Timestamp;
    use rollcall_store::settings;

    use super::*;

    #[tokio::test]
    async fn what_panics_is_an_error_of_its_own_and_the_next_is_written() {
        let folder = tempfile::tempdir().unwrap();
        let store = Arc::new(Store::open(folder.path(), Timestamp(1)).unwrap().store);
        let writer = Writer::start().unwrap();
        let broken = writer.write(&store, |tx| {
            settings::set(tx, "kept", &1)?;
            assert!(tx.is_autocommit(), "a transaction is open");
            Ok(())
        });
        assert_eq!(broken.await.unwrap_err().code, Code::Internal);
        assert_eq!(store.read(|conn| settings::get::<u32>(conn, "kept")).unwrap(), None, "it was rolled back");
        writer.write(&store, |tx| settings::set(tx, "kept", &2)).await.unwrap();
        assert_eq!(store.read(|conn| settings::get(conn, "kept")).unwrap(), Some(2));
    }

    #[tokio::test]
    async fn what_was_begun_is_written_though_nobody_waits_and_the_store_can_be_opened_again() {
        let folder = tempfile::tempdir().unwrap();
        let store = Arc::new(Store::open(folder.path(), Timestamp(1)).unwrap().store);
        let writer = Writer::start().unwrap();
        let (begun, begins) = std::sync::mpsc::channel();
        let write = writer.write(&store, move |tx| {
            let _ = begun.send(());
            settings::set(tx, "kept", &1)
        });
        let given_up = tokio::time::timeout(std::time::Duration::ZERO, write).await;
        // It may have been quick enough.
        drop(given_up);
        begins.recv().unwrap();
        drop(store);
        drop(writer);
        let store = Store::open(folder.path(), Timestamp(2)).unwrap().store;
        assert_eq!(store.read(|conn| settings::get(conn, "kept")).unwrap(), Some(1));
    }
}
