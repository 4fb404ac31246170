//! Takes a secret in: from a pipe, or typed at a prompt that doesn't show it. Never from an argument or the environment.

use std::io::{IsTerminal, Read};

use rollcall_identity::secret::ClientSecret;
use rollcall_ops::error::{Error, Result};

/// The most that is read: no secret is longer.
const LIMIT: u64 = 4_096;

/// Reads the secret from stdin; where that is a terminal, asks for it.
///
/// # Errors
/// `InvalidInput` when nothing came, or not text.
pub async fn read() -> Result<ClientSecret> {
    let read = tokio::task::spawn_blocking(|| {
        let stdin = std::io::stdin();
        if stdin.is_terminal() {
            return rpassword::prompt_password("Client secret: ");
        }
        let mut text = String::new();
        stdin.lock().take(LIMIT).read_to_string(&mut text)?;
        Ok(text)
    });
    let text =
        read.await.ok().and_then(std::result::Result::ok).ok_or_else(|| Error::input("secret", "it could not be read from stdin"))?;
    let secret = ClientSecret::new(text.trim().to_owned());
    if secret.reveal().is_empty() { Err(Error::input("secret", "nothing came from stdin")) } else { Ok(secret) }
}
