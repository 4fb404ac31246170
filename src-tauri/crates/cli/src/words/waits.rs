//! What is said while a person has to act in the browser.

use rollcall_identity::vault::Reason as NoKeychain;
use rollcall_ops::job::AtBrowser;

/// What is waited for, until when, and the way there, in lines.
pub fn waiting_for(what: &AtBrowser, until: &str, link: &str) -> [String; 2] {
    [
        format!("{} Continue in the browser; if none comes up, open this address on this computer: {link}", waiting_at(what, until)),
        "If its page shows an error, check the client id and its redirect address. Ctrl+C gives up.".to_owned(),
    ]
}

/// What is waited for, and until when.
pub fn waiting_at(what: &AtBrowser, until: &str) -> String {
    match what {
        AtBrowser::SignIn => format!("Waiting until {until} for you to sign in."),
        AtBrowser::Allow { scopes } => format!("Waiting until {until} for you to sign in and allow Rollcall {}.", scopes.join(" and ")),
        AtBrowser::Consent => format!("Waiting until {until} for the consent on Microsoft's page."),
    }
}

/// A sign-in that is about to begin won't outlive this command.
pub fn not_kept(reason: NoKeychain) -> String {
    format!(
        "The sign-in can't be kept for later commands: {}. To keep it, press Ctrl+C, unlock the keychain or go to a desktop \
         session with one, and repeat the command.",
        of_keychain(reason)
    )
}

/// Why the keychain can't be used, as the end of a sentence.
pub const fn of_keychain(reason: NoKeychain) -> &'static str {
    match reason {
        NoKeychain::NoSessionBus => "there is no desktop session to ask for a keychain",
        NoKeychain::NoService => "no keychain is running on this computer",
        NoKeychain::Locked => "the keychain is locked",
        NoKeychain::Refused => "the keychain refused",
        NoKeychain::TooSlow => "the keychain did not answer in time",
        NoKeychain::TooLong => "the secret is too long for the keychain",
        NoKeychain::Damaged => "the keychain's entry is damaged",
        NoKeychain::NotWanted => "the keychain is not used in this session",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_says_for_what_until_when_and_where() {
        let allow = AtBrowser::Allow { scopes: vec!["Policy.Read.All".into(), "AuditLog.Read.All".into()] };
        let [said, then] = waiting_for(&allow, "09:30 UTC", "http://localhost:4000/to/1");
        for part in ["until 09:30 UTC", "allow Rollcall Policy.Read.All and AuditLog.Read.All.", ": http://localhost:4000/to/1"] {
            assert!(said.contains(part), "{part}: {said}");
        }
        assert!(then.contains("Ctrl+C"), "and how to leave it: {then}");
    }

    #[test]
    fn a_sign_in_that_cant_be_kept_is_told_with_the_reason() {
        let said = not_kept(NoKeychain::Locked);
        assert!(said.starts_with("The sign-in can't be kept for later commands: the keychain is locked. To keep it,"), "{said}");
    }
}
