//! Outreach: each user signs in; nothing is read in the application's own name.

use super::Need;
use crate::permission::PermissionType::Delegated;

pub(super) const NEEDS: &[Need] = &[
    Need("User.Read", Delegated, "Connecting a mailbox", false),
    Need("Calendars.ReadWrite", Delegated, "Meetings and availability", false),
    Need("MailboxSettings.Read", Delegated, "Time zones and working hours", false),
    Need("Mail.ReadWrite", Delegated, "Synchronizing e-mail", false),
    Need("Mail.Send", Delegated, "Sending sequences", false),
    Need("offline_access", Delegated, "Staying connected", false),
    Need("openid", Delegated, "Signing in", false),
    Need("profile", Delegated, "Signing in", false),
    Need("email", Delegated, "Signing in", false),
];

pub(super) const LIMITATIONS: &[&str] =
    &["Some calendar details behave differently from EWS.", "The Outlook add-in has to be current before a mailbox is moved."];
