//! What a person has to do in the browser: how long it may take, and how a face is told of it.

use std::time::Duration;

use rollcall_identity::loopback::Invitation;
use rollcall_identity::vault::{Reason, Rest};

use crate::desk::Desk;
use crate::job::{AtBrowser, Job, Progress};

/// How long the browser may take before the attempt is given up.
pub(crate) const PATIENCE: Duration = Duration::from_secs(10 * 60);

/// What hands the page to the face, with what it is waited for and until when.
pub(crate) fn present<'a>(desk: &Desk, what: AtBrowser, job: &'a Job) -> impl FnOnce(&Invitation) + 'a {
    let until = desk.now().after(PATIENCE);
    move |invitation| job.tell(Progress::inviting(invitation, what, until))
}

/// Tells whoever is about to sign in where the sign-in won't outlive this session: before the browser is opened, so that a keychain can
/// be unlocked first.
pub(crate) async fn tell_unless_kept(desk: &Desk, job: &Job) {
    match desk.vault.try_keeping().await {
        Rest::Keychain | Rest::ThisSession(Reason::NotWanted) => {}
        Rest::ThisSession(reason) => job.tell(Progress::NotKept { reason }),
    }
}
