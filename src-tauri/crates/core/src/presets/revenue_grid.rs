//! Revenue Grid: the usual set, which the vendor adjusts per customer.

use super::HowToCheck::{ByHand, ByRollcall};
use super::{Description, Inspection, Need, Requirement};
use crate::organization::AccessType;
use crate::permission::PermissionType::Application;

pub(super) const DESCRIPTION: Description = Description {
    vendor: Some("Revenue Grid"),
    client_id: None,
    access: &AccessType::ALL,
    needs: NEEDS,
    limitations: LIMITATIONS,
    requirements: REQUIREMENTS,
};

const NEEDS: &[Need] = &[
    Need("Mail.ReadWrite", Application, "Saving e-mails to the CRM", "E-mails are read, saved to the CRM and marked as saved.", false),
    Need("Mail.Send", Application, "Sending from the sidebar", "Messages written in the sidebar leave from the user's mailbox.", false),
    Need("Calendars.ReadWrite", Application, "Calendar synchronization", "Events go from the calendar to the CRM and back.", false),
    Need("Contacts.ReadWrite", Application, "Contact synchronization", "Contacts go from the mailbox to the CRM and back.", false),
    Need(
        "MailboxSettings.Read",
        Application,
        "Time zones and working hours",
        "Times are shown and offered in the user's own time zone and working hours.",
        false,
    ),
    Need("User.Read.All", Application, "Finding users", "Users of the CRM are matched with those of the directory.", false),
    Need("Tasks.ReadWrite.All", Application, "Task synchronization", "Tasks go from the mailbox to the CRM and back.", false),
    Need(
        "OnlineMeetings.ReadWrite.All",
        Application,
        "Meeting links",
        "A link to an online meeting is put into events that want one.",
        true,
    ),
];

const LIMITATIONS: &[&str] = &[
    "Only mailboxes in Microsoft 365 can be reached; on-premises Exchange and Gmail can't.",
    "Sign-in is by OAuth 2.0 only; passwords and basic authentication no longer work.",
    "All e-mails of a conversation can't be saved in one go.",
    "The smart description is filled for tasks and contacts only.",
    "Small changes that an organizer makes to a meeting are sent to every attendee.",
    "The synchronization dashboard is in English only.",
    "Outlook tasks synchronize with restrictions.",
    "A calendar item reaches the CRM with the next session, not at once.",
    "E-mails of a selected conversation are not saved automatically.",
    "Attachments of calendar events are not saved.",
];

const REQUIREMENTS: &[Requirement] = &[
    Requirement { what: "The mailboxes are in Microsoft 365.", how_to_check: ByRollcall(Inspection::Mailboxes) },
    Requirement {
        what: "The integration signs in by OAuth 2.0, with a client secret or a certificate.",
        how_to_check: ByRollcall(Inspection::Secret),
    },
    Requirement { what: "The firewall lets the vendor's servers through.", how_to_check: ByHand },
    Requirement { what: "It lets through the addresses for Graph too: they are others than those for EWS.", how_to_check: ByHand },
    Requirement { what: "The permissions are those that the vendor configured for this customer.", how_to_check: ByHand },
    Requirement { what: "Users who were reached by their own sign-in sign in again after the switch.", how_to_check: ByHand },
];
