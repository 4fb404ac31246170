//! Writes each request to a trace file, on demand, for whoever has to find out what went over the line. A line names the route, the
//! answer and the times, and Microsoft's request ids: no person, no address, no secret.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

use rollcall_core::id::TenantId;
use rollcall_graph::traffic::{Ear, Passage};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::desk::Desk;
use crate::error::{Code, Error, Result};
use crate::job::Job;
use crate::traffic::describe::{self, Traffic};

/// A file doesn't grow beyond this; some two million requests.
const LARGEST: u64 = 512 * 1024 * 1024;

/// Whether to record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct RecordTraffic {
    pub on: bool,
}

/// A trace file that is being written.
pub(crate) struct Recording {
    file: PathBuf,
    lines: Sender<Vec<u8>>,
    writer: JoinHandle<()>,
}

impl Recording {
    /// Where it is written; `None` once it is full, or the disk is.
    pub fn file(&self) -> Option<&Path> {
        (!self.writer.is_finished()).then_some(&self.file)
    }

    /// What writes the requests to a tenant down.
    pub fn ear(&self, tenant: TenantId) -> Ear {
        #[derive(Serialize)]
        struct Line<'a> {
            tenant: TenantId,
            #[serde(flatten)]
            passage: &'a Passage,
        }
        let lines = self.lines.clone();
        Arc::new(move |passage| {
            // Names and numbers always serialize; where the file is full nobody listens any more.
            if let Ok(line) = serde_json::to_vec(&Line { tenant, passage }) {
                let _ = lines.send(line);
            }
        })
    }

    fn begin(file: PathBuf) -> std::io::Result<Self> {
        let mut to = BufWriter::new(create(&file)?);
        let (lines, written) = channel::<Vec<u8>>();
        let writer = std::thread::Builder::new().name("trace".to_owned()).spawn(move || {
            let mut size = 0;
            loop {
                match written.recv_timeout(Duration::from_secs(1)) {
                    Ok(line) if size < LARGEST => {
                        size += line.len() as u64 + 1;
                        if to.write_all(&line).and_then(|()| to.write_all(b"\n")).is_err() {
                            return;
                        }
                    }
                    Ok(_) => return,
                    Err(RecvTimeoutError::Timeout) if to.flush().is_ok() => {}
                    Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => return,
                }
            }
        })?;
        Ok(Self { file, lines, writer })
    }

    /// Waits until every line is on disk. Nobody may hold an ear any more that could write one.
    fn end(self) {
        drop(self.lines);
        // A writer that panicked has written what it could.
        let _ = self.writer.join();
    }
}

/// Begins a new trace file in the data folder, or ends the one that is being written.
///
/// # Errors
/// `DiskFull` and the like when no file can be made.
pub async fn record(desk: &Desk, ask: RecordTraffic, job: &Job) -> Result<Traffic> {
    let running = desk.recording().as_ref().is_some_and(|recording| recording.file().is_some());
    if ask.on && !running {
        let file = desk.folder().join(format!("trace-{}.jsonl", desk.now().0));
        let recording =
            Recording::begin(file).map_err(|error| Error::new(Code::DiskFull, format!("no trace file can be made: {:?}", error.kind())))?;
        for (tenant, gate) in desk.gates().iter() {
            gate.traffic().listen(Some(recording.ear(*tenant)));
        }
        *desk.recording() = Some(recording);
    }
    if !ask.on {
        for gate in desk.gates().values() {
            gate.traffic().listen(None);
        }
        let recording = desk.recording().take();
        if let Some(recording) = recording {
            // A request that is being noted at this moment still holds its ear, so the end may take that long.
            let ended = tokio::task::spawn_blocking(move || recording.end()).await;
            ended.map_err(|_| Error::new(Code::Internal, "the trace file's writer ended without an answer"))?;
        }
    }
    describe::describe(desk, (), job).await
}

#[cfg(unix)]
fn create(file: &Path) -> std::io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt;
    File::options().create_new(true).write(true).mode(0o600).open(file)
}

#[cfg(not(unix))]
fn create(file: &Path) -> std::io::Result<File> {
    File::options().create_new(true).write(true).open(file)
}
