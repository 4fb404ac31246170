//! Revenue Grid: the usual set, which the vendor adjusts per customer.

use super::Need;
use crate::permission::PermissionType::Application;

pub(super) const NEEDS: &[Need] = &[
    Need("Mail.ReadWrite", Application, "Saving e-mails to the CRM", false),
    Need("Mail.Send", Application, "Sending from the sidebar", false),
    Need("Calendars.ReadWrite", Application, "Calendar synchronization", false),
    Need("Contacts.ReadWrite", Application, "Contact synchronization", false),
    Need("MailboxSettings.Read", Application, "Time zones and working hours", false),
    Need("User.Read.All", Application, "Finding users", false),
    Need("Tasks.ReadWrite.All", Application, "Task synchronization", false),
    Need("OnlineMeetings.ReadWrite.All", Application, "Meeting links", true),
];

pub(super) const LIMITATIONS: &[&str] = &[
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
