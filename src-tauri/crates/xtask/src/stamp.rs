//! Stamps: a fingerprint of what a piece of work was made from, left beside its result, so that the work isn't
//! done twice and is done again as soon as a source has changed.

use std::collections::hash_map::DefaultHasher;
use std::fs;
use std::hash::{Hash, Hasher};
use std::io;
use std::path::{Path, PathBuf};

/// The fingerprint of files and of everything below folders: their names and contents. What is not there counts as
/// empty. Another Rust release may hash differently; then the work is done once more than needed.
pub fn fingerprint(sources: &[PathBuf]) -> io::Result<String> {
    let mut files = Vec::new();
    for source in sources {
        collect(source, &mut files)?;
    }
    files.sort();
    let mut hasher = DefaultHasher::new();
    for file in files {
        file.hash(&mut hasher);
        fs::read(&file)?.hash(&mut hasher);
    }
    Ok(format!("{:016x}", hasher.finish()))
}

/// Whether the stamp at `path` says that the result was made from exactly these sources.
pub fn is_current(path: &Path, fingerprint: &str) -> bool {
    fs::read_to_string(path).is_ok_and(|left| left == fingerprint)
}

fn collect(source: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    if source.is_dir() {
        for entry in fs::read_dir(source)? {
            collect(&entry?.path(), files)?;
        }
    } else if source.is_file() {
        files.push(source.to_owned());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A folder of this test's own, gone when the test ends.
    struct Scratch(PathBuf);

    impl Scratch {
        fn new(name: &str) -> Self {
            let path = std::env::temp_dir().join(format!("rollcall-stamp-{name}-{}", std::process::id()));
            fs::create_dir_all(path.join("src/deep")).unwrap();
            fs::write(path.join("src/deep/a.ts"), "a").unwrap();
            fs::write(path.join("package.json"), "{}").unwrap();
            Self(path)
        }

        fn print(&self) -> String {
            fingerprint(&[self.0.join("src"), self.0.join("package.json"), self.0.join("absent")]).unwrap()
        }
    }

    impl Drop for Scratch {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    #[test]
    fn a_changed_added_renamed_or_removed_source_makes_the_stamp_stale() {
        let scratch = Scratch::new("sources");
        let stamp = scratch.0.join("stamp");
        let first = scratch.print();
        assert!(!is_current(&stamp, &first), "no stamp was left yet");
        fs::write(&stamp, &first).unwrap();
        assert!(is_current(&stamp, &scratch.print()));

        let deep = scratch.0.join("src/deep");
        let changes: [&dyn Fn() -> io::Result<()>; 4] = [
            &|| fs::write(deep.join("a.ts"), "b"),
            &|| fs::write(deep.join("b.ts"), "a"),
            &|| fs::rename(deep.join("b.ts"), deep.join("c.ts")),
            &|| fs::remove_file(deep.join("a.ts")),
        ];
        let mut seen = vec![first];
        for change in changes {
            change().unwrap();
            let now = scratch.print();
            assert!(!seen.contains(&now), "every change shows");
            assert!(!is_current(&stamp, &now));
            seen.push(now);
        }
    }
}
