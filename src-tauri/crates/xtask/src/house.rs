//! Where things are: the repository, the interface's folder, what cargo builds.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use crate::failure::{Failure, Outcome};

/// The places that xtask works in, and the cargo that started it.
pub struct House {
    root: PathBuf,
    target: PathBuf,
    cargo: OsString,
}

impl House {
    /// Finds the house from what cargo tells the program that it starts.
    pub fn find() -> Outcome<Self> {
        let unknown = || Failure::Usage("start this as `cargo xtask`, inside the repository".to_owned());
        let manifest = std::env::var_os("CARGO_MANIFEST_DIR").ok_or_else(unknown)?;
        let root = Path::new(&manifest).ancestors().nth(3).ok_or_else(unknown)?.to_owned();
        // The running program is <target>/debug/xtask, wherever a person's cargo configuration puts <target>.
        let program = std::env::current_exe().map_err(Failure::disk(&root))?;
        let target = program.ancestors().nth(2).ok_or_else(unknown)?.to_owned();
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        Ok(Self { root, target, cargo })
    }

    /// The top of the repository.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The folder of the interface, with `package.json`.
    pub fn interface(&self) -> PathBuf {
        self.root.join("ui")
    }

    /// Where the end-to-end test leaves its pictures.
    pub fn screenshots(&self) -> PathBuf {
        self.target.join("screenshots")
    }

    /// Where the store's benchmark leaves its figures for the engine's, which shows them all.
    pub fn store_figures(&self) -> PathBuf {
        self.target.join("store-figures.jsonl")
    }

    /// Where the benchmark's program with graph-rs-sdk is built, which is outside of the workspace.
    pub fn beside(&self) -> PathBuf {
        self.target.join("beside")
    }

    /// A program that cargo has built in `profile_folder` (`debug` or `release`, below `beside` what is built there).
    pub fn program(&self, profile_folder: &str, name: &str) -> PathBuf {
        self.target.join(profile_folder).join(format!("{name}{}", std::env::consts::EXE_SUFFIX))
    }

    /// The cargo that started us, so that the toolchain stays the same.
    pub fn cargo(&self) -> &OsString {
        &self.cargo
    }
}

#[cfg(test)]
impl House {
    /// A house that is only on paper.
    pub fn at(root: &str) -> Self {
        Self { root: root.into(), target: Path::new(root).join("target"), cargo: "cargo".into() }
    }
}
