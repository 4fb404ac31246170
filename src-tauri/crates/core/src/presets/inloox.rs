//! InLoox: most permissions are each user's own and can be given or taken one by one; a few hold for the organization.

use super::Need;
use crate::permission::PermissionType::{Application, Delegated};

pub(super) const NEEDS: &[Need] = &[
    Need("Calendars.Read.Shared", Delegated, "Colleagues' calendars and time tracking", false),
    Need("Calendars.ReadBasic.All", Application, "Workload analysis from busy times", false),
    Need("Calendars.ReadWrite", Delegated, "Tasks in the calendar", false),
    Need("Calendars.ReadWrite.Shared", Delegated, "Categories in shared calendars", false),
    Need("Contacts.Read", Delegated, "Own address book when inviting", false),
    Need("Contacts.Read.Shared", Delegated, "Shared address books when inviting", false),
    Need("email", Delegated, "Signing in", false),
    Need("openid", Delegated, "Signing in", false),
    Need("profile", Delegated, "Signing in", false),
    Need("offline_access", Delegated, "Staying connected", false),
    Need("Files.ReadWrite.All", Delegated, "Documents in SharePoint and OneDrive", false),
    Need("Group.Read.All", Delegated, "Teams channels, sites and Planner plans", false),
    Need("Mail.Read", Delegated, "Inbox view and e-mail tracking", false),
    Need("Mail.ReadWrite", Delegated, "Flags and categories on processed mail", false),
    Need("Sites.ReadWrite.All", Delegated, "Documents in SharePoint", false),
    Need("Tasks.Read", Delegated, "To Do and Planner import", false),
    Need("TeamsActivity.Send", Application, "Teams notifications", false),
    Need("User.Read", Delegated, "Own profile and single sign-on", false),
    Need("User.Read.All", Application, "Full profiles and contact synchronization", false),
];
