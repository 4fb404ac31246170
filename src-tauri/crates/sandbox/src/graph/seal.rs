use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::world::hash;

/// An opaque token for links to more pages and for delta rounds. The checksum catches what was altered; nothing in it is secret.
pub(super) fn seal(kind: &str, payload: &str) -> String {
    URL_SAFE_NO_PAD.encode(format!("{kind}\n{:016x}\n{payload}", hash(payload, kind.len() as u64)))
}

/// What [`seal`] put in; `None` for a token of another kind or a damaged one.
pub(super) fn open(kind: &str, token: &str) -> Option<String> {
    let text = String::from_utf8(URL_SAFE_NO_PAD.decode(token).ok()?).ok()?;
    let (found, rest) = text.split_once('\n')?;
    let (checksum, payload) = rest.split_once('\n')?;
    let whole = found == kind && checksum == format!("{:016x}", hash(payload, kind.len() as u64));
    whole.then(|| payload.to_owned())
}
