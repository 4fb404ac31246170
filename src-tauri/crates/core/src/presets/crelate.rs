//! Crelate: each recruiter signs in; least privilege, revocable at any time.

use super::Need;
use crate::permission::PermissionType::Delegated;

pub(super) const NEEDS: &[Need] = &[
    Need("openid", Delegated, "Signing in", false),
    Need("profile", Delegated, "Showing who is signed in", false),
    Need("email", Delegated, "Address to send from", false),
    Need("offline_access", Delegated, "Access without signing in daily", false),
    Need("Mail.ReadWrite", Delegated, "E-mail capture", false),
    Need("Mail.Send", Delegated, "Sending as the user", false),
    Need("Calendars.ReadWrite", Delegated, "Invitations", false),
];
