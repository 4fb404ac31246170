//! Why something didn't answer, and what mends it, step by step.

use rollcall_core::issue::{Cause, Class, Reach, Who};

/// A title and what to do, in order.
#[derive(Debug, Clone, Copy)]
pub struct Cure {
    pub title: &'static str,
    pub steps: &'static [&'static str],
}

impl Cure {
    /// The steps as one text.
    pub fn advice(&self) -> String {
        self.steps.join(" ")
    }
}

/// Why a mailbox didn't answer, or why nobody could ask it, and what mends it.
pub const fn of_cause(cause: Cause) -> Cure {
    Cure { title: cause.title(), steps: steps(cause) }
}

const fn steps(cause: Cause) -> &'static [&'static str] {
    match cause {
        Cause::PermissionMissing => &[
            "Grant the missing permission with `consent add-missing`; what the access scope gives by a role comes from its script (`scope plan`).",
            "Wait a few minutes until new tokens carry it.",
            "Check these mailboxes again with `issues recheck`.",
        ],
        Cause::AccessPolicy => &[
            "Run Test-ApplicationAccessPolicy in Exchange Online PowerShell for one of these mailboxes: it names the policy.",
            "If the mailbox should be reached, add it to the group that the policy names.",
            "Wait: a change of a policy takes 30 minutes to two hours to be felt.",
            "Check these mailboxes again with `issues recheck`.",
        ],
        Cause::OutOfScope => &[
            "See when the permission was granted with `consent show`; after a fresh consent wait up to two hours.",
            "Otherwise run Test-ServicePrincipalAuthorization in Exchange Online PowerShell for one of these mailboxes.",
            "Where it says that the mailbox isn't in scope, add it to the scope of the integration's role assignment.",
            "Check these mailboxes again with `issues recheck`.",
        ],
        Cause::NoMailbox => &[
            "See whether these accounts should have a mailbox: guests, rooms and unlicensed accounts often shouldn't.",
            "Assign a licence with Exchange Online, or take the user out of the organization with `users delete`.",
            "A new mailbox can take a while to appear; check again then with `issues recheck`.",
        ],
        Cause::MailboxElsewhere => &[
            "Move the mailbox to Exchange Online, or take the user out of the organization with `users delete`.",
            "Check again after the move with `issues recheck`.",
        ],
        Cause::UserGone => &["Restore the user in Entra within 30 days, or take it out of the organization with `users delete`."],
        Cause::NoExchange => {
            &["Check that the right tenant is connected with `tenant list`.", "Otherwise subscribe to a plan with Exchange Online."]
        }
        Cause::MailboxFull => {
            &["Make room in the mailbox, or raise its quota in Exchange Online.", "Check these mailboxes again with `issues recheck`."]
        }
        Cause::LicenseMissing => {
            &["Assign a licence with Exchange Online.", "Check again with `issues recheck` after the licence has been applied."]
        }
        Cause::MailboxMisconfigured => &[
            "Open the mailbox in the Exchange admin center and repair its settings; a mailbox without a primary address needs one.",
            "Check these mailboxes again with `issues recheck`.",
        ],
        Cause::FolderMissing => &[
            "Let the user open the mailbox once, so that its default folders are made.",
            "Otherwise repair the mailbox in Exchange Online.",
            "Check these mailboxes again with `issues recheck`.",
        ],
        Cause::ItemUnreadable => &[
            "Let the user open the newest items in Outlook on the web and delete the one that doesn't open.",
            "Otherwise repair the mailbox with New-MailboxRepairRequest in Exchange Online PowerShell.",
            "Check these mailboxes again with `issues recheck`.",
        ],
        Cause::SendAsDenied => &[
            "Grant Send As for the address in the Exchange admin center, or let the integration send from the mailbox's own address.",
            "Wait up to an hour until Exchange knows the new right.",
            "Check these mailboxes again with `issues recheck`.",
        ],
        Cause::AccountDisabled => &[
            "Enable the account in Entra, or take the user out of the organization with `users delete`.",
            "Check these mailboxes again with `issues recheck`.",
        ],
        Cause::PasswordExpired => &[
            "Ask the user to change the password, and then to sign in to the integration again.",
            "Where passwords come from on-premises, change it there and wait for the directory synchronization.",
        ],
        Cause::RefusedWithoutReason => &[
            "Check these mailboxes again with `issues recheck`.",
            "If it goes on, open a case at Microsoft and hand on the support block of this group: `issues show --support`.",
        ],
        Cause::UnknownCode => &[
            "Look the code up in Microsoft's documentation of Graph errors.",
            "Check these mailboxes again with `issues recheck`.",
            "If it goes on, open a case at Microsoft: hand on the support block (`issues show --support`), which holds the request IDs, the UTC times and the codes.",
        ],
        Cause::MailboxMoving => &[
            "Wait until the move is over: Get-MoveRequest in Exchange Online PowerShell shows how far it is.",
            "Check these mailboxes again with `issues recheck`.",
        ],
        Cause::Throttled => &[
            "Nothing has to be mended. Check these mailboxes again later, with `issues recheck`.",
            "If it comes back at the same hour each day, leave more to the integration with `settings set`.",
        ],
        Cause::SendingQuota => &[
            "Wait: the limit is counted over 24 hours.",
            "If it happens again, let the integration send fewer messages from this mailbox.",
        ],
        Cause::Quarantined => &[
            "Leave these mailboxes alone for some hours, then check them again with `issues recheck`.",
            "If it goes on, open a case at Microsoft and hand on the support block of this group: `issues show --support`.",
        ],
        Cause::ServiceUnavailable => &[
            "Look at the service health of the tenant in the Microsoft 365 admin center.",
            "Check these mailboxes again later, with `issues recheck`.",
            "If single mailboxes go on for days, hand the support block of this group to Microsoft: `issues show --support`.",
        ],
        Cause::SyncStateLost => &["Nothing has to be mended: the next sync session reads the folder anew."],
        Cause::NoAnswer => &["Check the network and the proxy of this computer.", "Check these mailboxes again with `issues recheck`."],
        Cause::TokenRefused => &[
            "Check that the integration's secret is current with `integration describe`.",
            "Check again with `issues recheck`: a new token is fetched for it.",
        ],
        Cause::RequestWrong => &[
            "Check again with the newest version of Rollcall.",
            "If it goes on, report it with the support block of this group: `issues show --support`.",
        ],
        Cause::Unexpected => &[
            "Check these mailboxes again with `issues recheck`.",
            "If it goes on, open a case at Microsoft: hand on the support block (`issues show --support`), which holds the request IDs, the UTC times and the codes.",
        ],
        Cause::ConsentMissing => &["Grant consent with `consent grant`.", "Check again a few minutes later with `issues recheck`."],
        Cause::ConsentDeclined => &["Grant consent again with `consent grant`, and press Accept."],
        Cause::ConsentNotAllowed => &[
            "Sign in with `sign-in` as a Privileged Role Administrator or a Global Administrator, or ask one to grant it.",
            "See what users have asked for with `consent requests`.",
        ],
        Cause::AppNotInTenant => &[
            "Compare the client ID with the one that the vendor names: `integration describe`.",
            "Check that it is the right tenant and cloud.",
            "Grant consent with `consent grant`: that creates the enterprise application.",
        ],
        Cause::AppDisabled => &[
            "In the Entra admin center, open the enterprise application and set Enabled for users to sign-in to Yes.",
            "If Microsoft has disabled it, ask the vendor.",
        ],
        Cause::NotAssigned => &[
            "In the Entra admin center, assign the user or a group to the enterprise application, or set Assignment required to No.",
            "Check again with `issues recheck`.",
        ],
        Cause::SecretWrong => &[
            "Enter the secret again with `integration change --secret-stdin`: its value, not its ID.",
            "If the value is lost, make a new secret in the app registration.",
        ],
        Cause::SecretExpired => &[
            "Make a new secret in the app registration, or ask the vendor for one.",
            "Hand its value in with `integration change --secret-stdin`.",
        ],
        Cause::CertificateRefused => &[
            "Compare the certificate's thumbprint with those in the app registration.",
            "Upload the certificate there, or use one that is there.",
        ],
        Cause::RegistrationMismatch => &[
            "In the app registration, open Authentication and compare platform, redirect addresses and Supported account types with what the vendor asks for.",
            "An application for several tenants must be multitenant; a desktop application belongs to Mobile and desktop applications.",
        ],
        Cause::RedirectNotRegistered => &[
            "Add http://localhost to the registration, on the platform Mobile and desktop applications.",
            "For a vendor's application, consent on Microsoft's page and then run `consent show`.",
        ],
        Cause::ResourceMissing => &[
            "Compare the permissions of the registration with those that the integration needs: `consent show`.",
            "Subscribe to the service that the API belongs to, or take its permissions out of the registration.",
        ],
        Cause::TenantNotFound => &["Check the tenant's ID or domain, and its cloud: `tenant list`."],
        Cause::AccountElsewhere => {
            &["Sign in with `sign-in`, with an account of the tenant.", "A guest has to accept the invitation first."]
        }
        Cause::WrongCloud => {
            &["Add the tenant again with `tenant add` and the right --cloud.", "The application must be registered in that cloud, too."]
        }
        Cause::TenantRestricted => &[
            "Ask whoever runs the proxy whether the tenant is on its list of allowed tenants.",
            "Look at the cross-tenant access settings of both tenants.",
        ],
        Cause::ConditionalAccess => &[
            "In the Entra admin center, open the sign-in log, find the entry by the correlation ID, and read its tab Conditional Access.",
            "Meet the policy, or exclude the application from it.",
            "Check again with `issues recheck`.",
        ],
        Cause::MoreProofWanted => &["Ask the user to sign in to the integration again and to do what Microsoft's page asks."],
        Cause::SignInExpired => &["Sign in again with `sign-in`; where the mailbox answers only to its user, with `users connect`."],
        Cause::PasswordWrong => &["Ask the user to sign in to the integration again.", "If the password is lost, reset it in Entra."],
        Cause::AccountLocked => &["Read the entry in the sign-in log.", "Wait, or unblock the account in Entra."],
        Cause::ClockWrong => &["Set the clock of this computer from the network.", "Check again with `issues recheck`."],
        Cause::SignInUnavailable => {
            &["Check again in some minutes with `issues recheck`.", "If it goes on, look at the service health of the tenant."]
        }
        Cause::SignInRefused => &[
            "Look the number up at login.microsoftonline.com/error.",
            "Check again with `issues recheck`.",
            "If it goes on, open a case at Microsoft: hand on the support block (`issues show --support`), which holds number, correlation ID and UTC time.",
        ],
        Cause::NotCovered => &[
            "Nothing to do, unless the integration should use it: then add the permission to the integration's list with `integration change --permissions`.",
        ],
        Cause::NeedsUserSignIn => {
            &["Have its account sign in here with `users connect`; `users mailboxes` says which mailboxes wait for one."]
        }
        Cause::Cancelled => &["Ask it with `verify`."],
    }
}

/// The words of a group of errors, one without a known cause included.
pub const fn of_group(cause: Option<Cause>) -> Cure {
    match cause {
        Some(cause) => of_cause(cause),
        None => of_cause(Cause::Unexpected),
    }
}

/// Who can mend it.
pub const fn of_who(who: Who) -> &'static str {
    match who {
        Who::ConsentAdmin => "Privileged Role Administrator or Global Administrator",
        Who::AppAdmin => "Cloud Application Administrator",
        Who::ExchangeAdmin => "Exchange Administrator",
        Who::LicenseAdmin => "License Administrator",
        Who::UserAdmin => "User Administrator",
        Who::PolicyAdmin => "Conditional Access Administrator",
        Who::User => "the user, by signing in",
        Who::Wait => "nobody has to, it passes by itself",
        Who::MicrosoftSupport => "Microsoft support",
        Who::You => "you, here",
        Who::Rollcall => "the makers of Rollcall",
    }
}

/// Whether it goes away, and of whose making it is.
pub const fn of_class(class: Class) -> &'static str {
    match class {
        Class::Mailbox => "lasting, of this mailbox",
        Class::Tenant => "lasting, a setting of the tenant",
        Class::Passing => "passing",
        Class::Ours => "ours, or unknown",
    }
}

/// How far it reaches.
pub const fn of_reach(reach: Reach) -> &'static str {
    match reach {
        Reach::One => "one mailbox",
        Reach::Several => "several mailboxes",
        Reach::Everybody => "everybody, so look at the tenant or the application",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_cause_has_steps_that_are_sentences() {
        for Cure { title, steps } in Cause::ALL.into_iter().map(of_cause) {
            assert!(!steps.is_empty() && steps.iter().all(|step| step.ends_with('.')), "{title}: {steps:?}");
        }
    }
}
