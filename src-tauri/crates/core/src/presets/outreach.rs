//! Outreach: each user signs in; nothing is read in the application's own name.

use super::HowToCheck::{ByHand, ByRollcall};
use super::{Description, Inspection, Need, Requirement};
use crate::organization::AccessType;
use crate::permission::PermissionType::Delegated;

pub(super) const DESCRIPTION: Description = Description {
    vendor: Some("Outreach"),
    client_id: None,
    access: &[AccessType::GraphDelegated, AccessType::EwsDelegated],
    needs: NEEDS,
    limitations: &["Some calendar details behave differently from EWS."],
    requirements: REQUIREMENTS,
};

const NEEDS: &[Need] = &[
    Need("User.Read", Delegated, "Connecting a mailbox", "The mailbox is matched with the user who connects it.", false),
    Need(
        "Calendars.ReadWrite",
        Delegated,
        "Meetings and availability",
        "Meetings are booked into the user's calendar, and free times are offered from it.",
        false,
    ),
    Need(
        "MailboxSettings.Read",
        Delegated,
        "Time zones and working hours",
        "Messages are planned for the user's working hours in the user's time zone.",
        false,
    ),
    Need(
        "Mail.ReadWrite",
        Delegated,
        "Synchronizing e-mail",
        "Replies and sent mail are read into the prospect's history, and drafts are prepared.",
        false,
    ),
    Need("Mail.Send", Delegated, "Sending sequences", "The steps of a sequence leave from the user's own mailbox.", false),
    Need("offline_access", Delegated, "Staying connected", "Mail is synchronized and sent while the user isn't signed in.", false),
    Need("openid", Delegated, "Signing in", "The user connects the mailbox with a Microsoft account.", false),
    Need("profile", Delegated, "Signing in", "The connected account is shown by its name.", false),
    Need("email", Delegated, "Signing in", "The connected account is recognized by its address.", false),
];

const REQUIREMENTS: &[Requirement] = &[
    Requirement { what: "The Outlook add-in is current before a mailbox is moved.", how_to_check: ByHand },
    Requirement { what: "Mailboxes are moved before or after working hours.", how_to_check: ByHand },
    Requirement {
        what: "A user's further mailboxes are moved one at a time, and the old one goes on sending until what is scheduled was handed over.",
        how_to_check: ByHand,
    },
    Requirement {
        what: "Consent for Graph is granted; the one for EWS doesn't count for it.",
        how_to_check: ByRollcall(Inspection::Consent),
    },
    Requirement {
        what: "Users may confirm the permissions themselves, or an admin approves their requests.",
        how_to_check: ByRollcall(Inspection::UserConsent),
    },
];
