//! Lists of permissions on their way in and out: from a file, stdin or a registration, and into a file.

use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

use clap::Args;
use rollcall_core::id::TenantId;
use rollcall_core::integration::RequiredPermission;
use rollcall_core::manifest::{LARGEST, ReadList, Remark};
use rollcall_core::organization::AccessType;
use rollcall_ops::error::{Error, Result};
use rollcall_ops::integrations::export::{self, ExportList};
use rollcall_ops::integrations::from_registration::{self, FromRegistration, RegistrationRead};
use rollcall_ops::integrations::read_list::{self, Asked, ListRead, ReadListAsk};
use serde_json::json;

use crate::call::Call;
use crate::exit::Exit;
use crate::words;

/// How many remarks are told one by one.
const TOLD: usize = 20;

/// Where an exported list goes.
#[derive(Args)]
pub struct Out {
    /// Write it to this file, in place of what is there, rather than to stdout
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// Whether this stands for stdin.
pub fn is_stdin(file: &Path) -> bool {
    file.as_os_str() == "-"
}

/// Reads a list from a file, or from stdin, and says what there is to say of it.
///
/// # Errors
/// `InvalidInput` names every place that can't be used, with the reason and what to do; those of the verb.
pub async fn read(file: &Path, access: AccessType, tenant: TenantId, call: &Call) -> Result<Vec<RequiredPermission>> {
    let text = text_of(file, "permissions").await?;
    let ask = ReadListAsk { text, access, tenant: Some(tenant), integration: None };
    let ListRead { list, asked } = read_list::read_list(&call.desk, ask, &call.job()).await?;
    tell(&list, call);
    let refused: Vec<&Remark> = list.refused().collect();
    if !refused.is_empty() {
        let why = match asked {
            Asked::NotNeeded | Asked::Asked => String::new(),
            Asked::NotSignedIn => "; signed in, unknown names are looked for in the tenant too".to_owned(),
            Asked::Failed { code } => format!("; the tenant could not be asked for unknown names ({code})"),
        };
        return Err(Error::input("permissions", format!("{}{why}", listed(&refused))));
    }
    if list.permissions.is_empty() {
        return Err(Error::input(
            "permissions",
            "no permission is named in it; one on each line is enough, such as Mail.Read (application)",
        ));
    }
    Ok(list.permissions)
}

/// Takes the list from the application's registration in the tenant.
///
/// # Errors
/// `InvalidInput` when it is registered elsewhere or asks for nothing; `NotFound`; `NotSignedIn`; those of the reads.
pub async fn from_registration(client_id: &str, tenant: TenantId, call: &Call) -> Result<Vec<RequiredPermission>> {
    let ask = FromRegistration { tenant, client_id: client_id.to_owned() };
    match from_registration::from_registration(&call.desk, ask, &call.job()).await {
        Ok(RegistrationRead::Here { list, .. }) => {
            tell(&list, call);
            let refused: Vec<&Remark> = list.refused().collect();
            if !refused.is_empty() {
                // A registration may well ask for other APIs too; that is nothing that whoever reads it can correct.
                call.screen.note(&format!("Not taken from the registration: {}.", listed(&refused)));
            }
            if list.permissions.is_empty() {
                return Err(Error::input(
                    "permissions",
                    "the registration asks for none of Graph or Exchange Online; use --permissions FILE",
                ));
            }
            Ok(list.permissions)
        }
        Ok(RegistrationRead::Elsewhere { display_name }) => Err(Error::input(
            "client_id",
            format!("{display_name} is registered in another tenant, so what it asks for can't be read here; use --permissions FILE"),
        )),
        Ok(RegistrationRead::Nowhere) => {
            Err(Error::not_found("the tenant has neither a registration nor an enterprise application of that client id"))
        }
        Err(error) => Err(call.explained(error).await),
    }
}

/// Exports a list, to stdout or into a file.
///
/// # Errors
/// `InvalidInput` when the file can't be written; those of the verb.
pub async fn export(ask: ExportList, out: &Out, call: &Call) -> Result<Exit> {
    let manifest = export::export(&call.desk, ask, &call.job()).await?;
    let Some(file) = &out.out else {
        call.screen.file(&manifest.text);
        return Ok(Exit::Fine);
    };
    std::fs::write(file, &manifest.text).map_err(|error| Error::input("out", format!("the file can't be written ({:?})", error.kind())))?;
    call.screen.answer(&json!({ "name": manifest.name, "file": file.display().to_string() }), |screen| {
        screen.line(&format!("Exported the list of {} to {}.", manifest.name, file.display()));
    });
    Ok(Exit::Fine)
}

/// What was chosen, left out twice and not used, on stderr.
fn tell(list: &ReadList, call: &Call) {
    let told: Vec<&Remark> = list.remarks.iter().filter(|remark| !remark.refused).collect();
    for remark in told.iter().take(TOLD) {
        call.screen.note(&sentence(remark));
    }
    if told.len() > TOLD {
        call.screen.note(&format!("… and {} more remarks.", told.len() - TOLD));
    }
}

fn listed(remarks: &[&Remark]) -> String {
    let mut told: Vec<String> = remarks.iter().take(TOLD).map(|remark| sentence(remark)).collect();
    if remarks.len() > TOLD {
        told.push(format!("and {} more", remarks.len() - TOLD));
    }
    told.join("; ")
}

fn sentence(remark: &Remark) -> String {
    format!("{} ({}): {}", remark.place, remark.text, words::of_said(&remark.what))
}

/// The text of a file, or of stdin; `what` names it in a refusal.
///
/// # Errors
/// `InvalidInput` where it can't be read.
pub async fn text_of(file: &Path, what: &str) -> Result<String> {
    let file = file.to_owned();
    let read = tokio::task::spawn_blocking(move || {
        let mut bytes = Vec::new();
        // One byte more than is allowed, so that what is too large is told and not cut off.
        let most = u64::try_from(LARGEST).unwrap_or(u64::MAX).saturating_add(1);
        if is_stdin(&file) {
            std::io::stdin().lock().take(most).read_to_end(&mut bytes)?;
        } else {
            std::fs::File::open(&file)?.take(most).read_to_end(&mut bytes)?;
        }
        Ok::<_, std::io::Error>(bytes)
    });
    let bytes = match read.await {
        Ok(read) => read.map_err(|error| Error::input(what, format!("the file can't be read ({:?})", error.kind())))?,
        Err(_) => return Err(Error::input(what, format!("the file can't be read ({:?})", ErrorKind::Interrupted))),
    };
    decoded(bytes).ok_or_else(|| Error::input(what, "the file is neither UTF-8 nor UTF-16 with its mark; save it as UTF-8 and try again"))
}

/// Bytes as text. Windows PowerShell writes UTF-16 with a mark at its start, by `>` and by `Out-File`.
fn decoded(bytes: Vec<u8>) -> Option<String> {
    let units = |rest: &[u8], unit: fn([u8; 2]) -> u16| {
        let pairs = rest.chunks_exact(2);
        let whole = pairs.remainder().is_empty();
        let units: Vec<u16> = pairs.map(|pair| unit([pair[0], pair[1]])).collect();
        String::from_utf16(&units).ok().filter(|_| whole)
    };
    match bytes.as_slice() {
        [0xFF, 0xFE, rest @ ..] => units(rest, u16::from_le_bytes),
        [0xFE, 0xFF, rest @ ..] => units(rest, u16::from_be_bytes),
        _ => String::from_utf8(bytes).ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_windows_powershell_writes_is_read() {
        let text = "Mailbox : müller@contoso.example";
        let little: Vec<u8> = [0xFF, 0xFE].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect();
        let big: Vec<u8> = [0xFE, 0xFF].into_iter().chain(text.encode_utf16().flat_map(u16::to_be_bytes)).collect();
        for bytes in [little.clone(), big, text.as_bytes().to_vec()] {
            assert_eq!(decoded(bytes).as_deref(), Some(text));
        }
        assert_eq!((decoded(little[..9].to_vec()), decoded(vec![b'm', 0xFC])), (None, None), "half a letter, and Latin-1");
    }
}
