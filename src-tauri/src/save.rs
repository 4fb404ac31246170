//! Saves a text that the admin asked for as a new file among the downloads, and never over another file.

use std::fs::OpenOptions;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use rollcall_ops::error::{Code, Error, Result};
use tauri::{AppHandle, Manager};

/// The kinds of files that screens export.
const KINDS: &[&str] = &["csv", "json", "ps1"];
/// Characters of a name; what follows is left out.
const LONGEST: usize = 80;
/// What tells a spreadsheet that a table is UTF-8 and not in the computer's own letters (RFC 3629, section 6).
const MARK: &str = "\u{feff}";
/// Files of the same name that are put beside each other before it is given up.
const MOST: u32 = 1_000;

/// Writes the text into a new file and says where that is. `name` may hold anything, because tenants' names are part of it; only its
/// letters, digits, dots, hyphens and blanks are used.
///
/// # Errors
/// `InvalidInput` for another kind of file; `NotSaved` when it can't be written.
#[tauri::command]
pub async fn save_file(app: AppHandle, name: String, text: String) -> Result<String> {
    let folder = app.path().download_dir().or_else(|_| app.path().home_dir());
    let folder = folder.map_err(|_| Error::new(Code::NotSaved, "this computer names no folder for downloads"))?;
    let saved = tauri::async_runtime::spawn_blocking(move || save(&folder, &name, &text)).await;
    let file = saved.map_err(|_| Error::new(Code::NotSaved, "saving was broken off"))??;
    Ok(file.to_string_lossy().into_owned())
}

fn save(folder: &Path, name: &str, text: &str) -> Result<PathBuf> {
    let kind = name.rsplit_once('.').map(|(_, kind)| kind).filter(|kind| KINDS.contains(kind));
    let Some(kind) = kind else { return Err(Error::input("name", "only CSV, JSON and PowerShell are saved")) };
    let mark = if matches!(kind, "csv" | "ps1") && !text.starts_with(MARK) { MARK } else { "" };
    let stem = plain(name.trim_end_matches(kind));
    std::fs::create_dir_all(folder).map_err(|error| refusal(&error))?;
    for number in 1..=MOST {
        let file = folder.join(if number == 1 { format!("{stem}.{kind}") } else { format!("{stem} ({number}).{kind}") });
        match OpenOptions::new().write(true).create_new(true).open(&file) {
            Ok(mut open) => {
                let written = open.write_all(mark.as_bytes()).and_then(|()| open.write_all(text.as_bytes())).and_then(|()| open.sync_all());
                // Half a table would be taken for a whole one.
                return written.map(|()| file.clone()).map_err(|error| {
                    let _ = std::fs::remove_file(&file);
                    refusal(&error)
                });
            }
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            Err(error) => return Err(refusal(&error)),
        }
    }
    Err(Error::input("name", "there are a thousand files of that name already"))
}

/// The part of a name that every file system takes, and that hides nothing.
fn plain(name: &str) -> String {
    let kept = |c: char| if c.is_alphanumeric() || matches!(c, '-' | '.' | ' ') { c } else { '-' };
    let plain: String = name.chars().map(kept).take(LONGEST).collect();
    let plain = plain.trim_matches(['-', '.', ' ']);
    if plain.is_empty() { "rollcall".to_owned() } else { plain.to_owned() }
}

fn refusal(error: &std::io::Error) -> Error {
    Error::new(Code::NotSaved, format!("the file could not be written among the downloads ({:?})", error.kind()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_written_over_and_nothing_outside_the_folder() {
        let room = std::env::temp_dir().join(format!("rollcall-save-{}", std::process::id()));
        let saved = |name: &str, text: &str| save(&room, name, text).map(|file| file.strip_prefix(&room).unwrap().to_owned());
        assert_eq!(saved("Consent of HQ.csv", "a").unwrap(), Path::new("Consent of HQ.csv"));
        assert_eq!(saved("Consent of HQ.csv", "b").unwrap(), Path::new("Consent of HQ (2).csv"));
        assert_eq!(std::fs::read_to_string(room.join("Consent of HQ.csv")).unwrap(), "\u{feff}a", "by its mark Excel knows the letters");
        let list = saved("List.json", "{}").unwrap();
        assert_eq!(std::fs::read_to_string(room.join(list)).unwrap(), "{}");
        let script = saved("scope-apply.ps1", "# a").unwrap();
        assert_eq!(
            std::fs::read_to_string(room.join(script)).unwrap(),
            "\u{feff}# a",
            "without it Windows PowerShell reads the old code page"
        );
        for hostile in ["../../etc/cron.csv", "C:\\x.csv", "a\0b.csv", "..csv", "\u{202e}vsc.csv"] {
            let file = saved(hostile, "x").unwrap();
            assert_eq!(file.components().count(), 1, "{hostile:?} became {}", file.display());
        }
        assert_eq!(saved("run.exe", "x").unwrap_err().code, Code::InvalidInput);
        assert_eq!(saved("csv", "x").unwrap_err().code, Code::InvalidInput);
        std::fs::remove_dir_all(&room).unwrap();
    }
}
