//! Crelate: each recruiter signs in; least privilege, revocable at any time.

use uuid::uuid;

use super::HowToCheck::{ByHand, ByRollcall};
use super::{Description, Inspection, Need, Requirement};
use crate::id::AppId;
use crate::organization::AccessType;
use crate::permission::PermissionType::Delegated;

pub(super) const DESCRIPTION: Description = Description {
    vendor: Some("Crelate"),
    client_id: Some(AppId(uuid!("8410d572-e055-48e5-b2c7-869538daf671"))),
    access: &[AccessType::GraphDelegated],
    needs: NEEDS,
    limitations: &[],
    requirements: REQUIREMENTS,
};

const NEEDS: &[Need] = &[
    Need("openid", Delegated, "Signing in", "Recruiters sign in with their Microsoft account.", false),
    Need("profile", Delegated, "Showing who is signed in", "The connected account is shown by its name.", false),
    Need("email", Delegated, "Address to send from", "The address that mail goes out from is taken from the account.", false),
    Need(
        "offline_access",
        Delegated,
        "Access without signing in daily",
        "Access is renewed in the background, so that nobody has to sign in every day.",
        false,
    ),
    Need("Mail.ReadWrite", Delegated, "E-mail capture", "The recruiter's correspondence is found and filed with the candidate.", false),
    Need("Mail.Send", Delegated, "Sending as the user", "Messages written in Crelate leave from the recruiter's own mailbox.", false),
    Need(
        "Calendars.ReadWrite",
        Delegated,
        "Invitations",
        "Invitations are created, and those that it created itself are changed; other events stay as they are.",
        false,
    ),
];

const REQUIREMENTS: &[Requirement] = &[
    Requirement { what: "The firewall lets the vendor's servers reach the mail endpoint.", how_to_check: ByHand },
    Requirement {
        what: "The application is approved under the tenant's enterprise applications and enabled for sign-in.",
        how_to_check: ByRollcall(Inspection::Application),
    },
    Requirement { what: "Conditional access lets the application pass.", how_to_check: ByRollcall(Inspection::ConditionalAccess) },
    Requirement { what: "Users may grant the permissions themselves.", how_to_check: ByRollcall(Inspection::UserConsent) },
];
