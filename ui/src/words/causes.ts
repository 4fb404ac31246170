import type { Cause, Who } from "../api/bindings";

type Words = {
  /** The group's headline. */
  readonly title: string;
  /** What happened, in a sentence. */
  readonly what: string;
  /** What to do, in order. */
  readonly steps: readonly string[];
};

/** Why a mailbox didn't answer, and what mends it. */
export const causeWords = {
  permission_missing: {
    title: "Permission missing",
    what: "The integration's token carries no permission for this workload.",
    steps: [
      "Grant the missing permission under Permissions.",
      "Wait a few minutes until new tokens carry it.",
      "Check these mailboxes again.",
    ],
  },
  access_policy: {
    title: "Shut out by an application access policy",
    what: "An application access policy of Exchange Online keeps the integration away from this mailbox.",
    steps: [
      "If the mailbox should be reached, add it to the group that the policy names.",
      "Wait: a change of a policy can take 30 minutes or more to be felt.",
      "Check these mailboxes again.",
    ],
  },
  out_of_scope: {
    title: "Outside the integration's scope",
    what: "The permission is there, but Exchange refuses this mailbox: it is outside the management scope, or a new grant hasn't spread yet.",
    steps: [
      "If consent was granted just now, wait up to two hours and check again.",
      "Otherwise add the mailbox to the scope of the integration's role assignment in Exchange Online.",
      "Check these mailboxes again.",
    ],
  },
  no_mailbox: {
    title: "No cloud mailbox",
    what: "There is no active Exchange Online mailbox behind this account.",
    steps: [
      "Assign a licence with Exchange Online, or take the user out of the organization.",
      "A new mailbox can take a while to appear; check again then.",
    ],
  },
  mailbox_elsewhere: {
    title: "Mailbox is not in Exchange Online",
    what: "The mailbox is on-premises or on an older hosting that Graph doesn't reach.",
    steps: ["Move the mailbox to Exchange Online, or take the user out of the organization."],
  },
  user_gone: {
    title: "User no longer exists",
    what: "Exchange or Entra doesn't know this user any more.",
    steps: ["Restore the user in Entra, or take it out of the organization."],
  },
  no_exchange: {
    title: "Tenant has no Exchange Online",
    what: "The tenant has no Exchange Online service.",
    steps: ["Check that the right tenant is connected.", "Otherwise subscribe to a plan with Exchange Online."],
  },
  mailbox_full: {
    title: "Mailbox is full",
    what: "The mailbox has reached its quota.",
    steps: ["Make room in the mailbox, or raise its quota in Exchange Online."],
  },
  license_missing: {
    title: "Licence doesn't allow it",
    what: "The user's licence doesn't include what was asked for.",
    steps: ["Assign a licence with Exchange Online.", "Check again after the licence has been applied."],
  },
  mailbox_misconfigured: {
    title: "Mailbox is misconfigured",
    what: "The mailbox's configuration in the directory is broken.",
    steps: ["Open the mailbox in the Exchange admin center and repair its settings."],
  },
  folder_missing: {
    title: "Folder is missing",
    what: "The folder that this workload lives in isn't there.",
    steps: [
      "Let the user open the mailbox once, so that its default folders are made.",
      "Otherwise repair the mailbox in Exchange Online.",
    ],
  },
  account_disabled: {
    title: "Account is disabled",
    what: "The user's account is disabled.",
    steps: ["Enable the account in Entra, or take the user out of the organization."],
  },
  refused_without_reason: {
    title: "Refused without a reason",
    what: "Microsoft refused and didn't say why.",
    steps: ["Check again.", "If it goes on, open a case at Microsoft and hand on a request ID from the list."],
  },
  mailbox_moving: {
    title: "Mailbox is being moved",
    what: "Exchange is moving the mailbox at this moment.",
    steps: ["Check again when the move is over."],
  },
  throttled: {
    title: "Throttled",
    what: "Microsoft asked to wait each time, so the mailbox was not settled.",
    steps: ["Nothing has to be mended. Check these mailboxes again later."],
  },
  quarantined: {
    title: "Request quarantined",
    what: "The service has quarantined this kind of request for the mailbox.",
    steps: ["Open a case at Microsoft and hand on a request ID from the list."],
  },
  service_unavailable: {
    title: "Service unavailable",
    what: "The service failed and went on failing.",
    steps: ["Look at the service health of the tenant.", "Check these mailboxes again later."],
  },
  no_answer: {
    title: "No usable answer",
    what: "No answer came, or it was cut off, or it didn't come from Microsoft.",
    steps: ["Check the network and the proxy.", "Check these mailboxes again."],
  },
  token_refused: {
    title: "Token refused",
    what: "The service refused the integration's token.",
    steps: ["Check that the integration's secret is current.", "Check again: a new token is fetched for it."],
  },
  unexpected: {
    title: "Unexpected answer",
    what: "The service answered in a way that Rollcall doesn't know.",
    steps: ["Check again.", "If it goes on, report it with a request ID from the list."],
  },
  not_covered: {
    title: "Not covered by a permission",
    what: "None of the integration's permissions covers this workload, so it was not asked.",
    steps: ["Nothing to do, unless the integration should use it: then add the permission to the integration."],
  },
  needs_user_sign_in: {
    title: "Needs the user's own sign-in",
    what: "A delegated mailbox answers only to its signed-in user, so it was not asked.",
    steps: ["Ask the user to sign in to the integration."],
  },
  cancelled: {
    title: "Cancelled before its turn",
    what: "The run was cancelled before this mailbox was asked.",
    steps: ["Check again to ask it."],
  },
} as const satisfies Record<Cause, Words>;

/** Who can mend it. */
export const whoWords = {
  consent_admin: "Privileged Role Administrator or Global Administrator",
  exchange_admin: "Exchange Administrator",
  license_admin: "License Administrator",
  user_admin: "User Administrator",
  user: "The user, by signing in",
  wait: "Nobody has to; it passes by itself",
  microsoft_support: "Microsoft support",
  you: "You, here",
} as const satisfies Record<Who, string>;
