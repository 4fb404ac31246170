import type { CauseWords } from "./kinds";

/** Why a mailbox refused, or could not be asked to the end. */
export const mailboxWords = {
  permission_missing: {
    what: "The integration's token carries no permission for this workload.",
    known: "Microsoft refused, and the token that asked holds no permission that opens the workload.",
    steps: [
      {
        text: "Grant the missing permission under Permissions; where the access scope gives it by a role, run the scope's script instead.",
        at: "permissions",
      },
      "Wait a few minutes until new tokens carry it.",
      "Check these mailboxes again.",
    ],
    fixed: "Permissions shows it as granted, and the next check of these mailboxes passes.",
  },
  access_policy: {
    what: "An application access policy of Exchange Online keeps the integration away from this mailbox.",
    known: "Microsoft's refusal names the policy; a scope of RBAC for Applications is refused in other words.",
    steps: [
      "Run Test-ApplicationAccessPolicy in Exchange Online PowerShell for one of these mailboxes: it names the policy.",
      "If the mailbox should be reached, add it to the group that the policy names.",
      "Wait: a change of a policy takes 30 minutes to two hours to be felt.",
      "Check these mailboxes again.",
    ],
    fixed: "Test-ApplicationAccessPolicy says Granted, and the next check passes.",
  },
  out_of_scope: {
    what: "The permission is there, but Exchange refuses this mailbox: it is outside the management scope, or a new grant hasn't spread yet.",
    known: "Microsoft denied access although the token holds the permission, and named no policy.",
    steps: [
      { text: "See when the permission was granted; after a fresh consent wait up to two hours.", at: "permissions" },
      "Otherwise run Test-ServicePrincipalAuthorization in Exchange Online PowerShell for one of these mailboxes.",
      "Where it says that the mailbox isn't in scope, add it to the scope of the integration's role assignment.",
      "Check these mailboxes again.",
    ],
    fixed: "Test-ServicePrincipalAuthorization says InScope True, and the next check passes.",
  },
  no_mailbox: {
    what: "There is no active Exchange Online mailbox behind this account.",
    known: "Exchange says that it has no mailbox for the account, in one of several codes that mean the same.",
    steps: [
      {
        text: "See whether these accounts should have a mailbox: guests, rooms and unlicensed accounts often shouldn't.",
        at: "users",
      },
      "Assign a licence with Exchange Online, or take the user out of the organization.",
      "A new mailbox can take a while to appear; check again then.",
    ],
    fixed: "The mailbox answers, or the user is no longer in the organization.",
  },
  mailbox_elsewhere: {
    what: "The mailbox is on-premises or on an older hosting that Graph doesn't reach.",
    known: "Exchange knows the mailbox and says that Graph can't serve it.",
    steps: [
      { text: "Move the mailbox to Exchange Online, or take the user out of the organization.", at: "users" },
      "Check again after the move.",
    ],
    fixed: "The mailbox answers after the move.",
  },
  user_gone: {
    what: "Exchange or Entra doesn't know this user any more.",
    known: "Microsoft says that the object id, which never changes, belongs to nobody.",
    steps: [{ text: "Restore the user in Entra within 30 days, or take it out of the organization.", at: "users" }],
    fixed: "The user is found at the next import, or is no longer in the organization.",
  },
  no_exchange: {
    what: "The tenant has no Exchange Online service.",
    known: "Exchange doesn't know the tenant at all, so no mailbox of it can answer.",
    steps: [
      { text: "Check that the right tenant is connected.", at: "tenants" },
      "Otherwise subscribe to a plan with Exchange Online.",
    ],
    fixed: "Any mailbox of the tenant answers.",
  },
  mailbox_full: {
    what: "The mailbox has reached its quota.",
    known: "Exchange refuses with the code of its quota, also where only something was read.",
    steps: ["Make room in the mailbox, or raise its quota in Exchange Online.", "Check these mailboxes again."],
    fixed: "The next check passes.",
  },
  license_missing: {
    what: "The user's licence doesn't include what was asked for.",
    known: "Exchange refuses with the code of its licence check.",
    steps: ["Assign a licence with Exchange Online.", "Check again after the licence has been applied."],
    fixed: "The next check passes.",
  },
  mailbox_misconfigured: {
    what: "The mailbox's configuration in the directory is broken.",
    known: "Exchange says so itself, with a code that stays however often one asks.",
    steps: [
      "Open the mailbox in the Exchange admin center and repair its settings; a mailbox without a primary address needs one.",
      "Check these mailboxes again.",
    ],
    fixed: "The next check passes.",
  },
  folder_missing: {
    what: "The folder that this workload lives in isn't there.",
    known: "Exchange opened the mailbox and didn't find the folder.",
    steps: [
      "Let the user open the mailbox once, so that its default folders are made.",
      "Otherwise repair the mailbox in Exchange Online.",
      "Check these mailboxes again.",
    ],
    fixed: "The next check passes.",
  },
  item_unreadable: {
    what: "An item of the mailbox is damaged, can't be converted, or is held back by a virus scanner.",
    known: "Exchange names the item's state in its code; the other items answer.",
    steps: [
      "Let the user open the newest items in Outlook on the web and delete the one that doesn't open.",
      "Otherwise repair the mailbox with New-MailboxRepairRequest in Exchange Online PowerShell.",
      "Check these mailboxes again.",
    ],
    fixed: "The next sync session or check passes.",
  },
  send_as_denied: {
    what: "The sender's address is not the mailbox's own, and the right Send As is missing.",
    known: "Exchange refuses to send and accepts everything else.",
    steps: [
      "Grant Send As for the address in the Exchange admin center, or let the integration send from the mailbox's own address.",
      "Wait up to an hour until Exchange knows the new right.",
      "Check these mailboxes again.",
    ],
    fixed: "The integration sends again.",
  },
  account_disabled: {
    what: "The user's account is disabled.",
    known: "Microsoft says so with a code of its own.",
    steps: [
      { text: "Enable the account in Entra, or take the user out of the organization.", at: "users" },
      "Check these mailboxes again.",
    ],
    fixed: "The next check passes, or the user is no longer in the organization.",
  },
  password_expired: {
    what: "The account's password has expired or must be changed.",
    known: "Microsoft says so with a code of its own.",
    steps: [
      "Ask the user to change the password, and then to sign in to the integration again.",
      "Where passwords come from on-premises, change it there and wait for the directory synchronization.",
    ],
    fixed: "The user's next sync session passes.",
  },
  refused_without_reason: {
    what: "Microsoft refused and didn't say why.",
    known: "The answer has a status and no code.",
    steps: [
      "Check these mailboxes again.",
      "If it goes on, open a case at Microsoft and hand on the support block of this group.",
    ],
    fixed: "The next check passes.",
  },
  unknown_code: {
    what: "Microsoft refused and gave a reason that isn't in Rollcall's catalogue.",
    known:
      "What is certain is the status, the code and the request ID below, when they came, and how many they concern.",
    steps: [
      "Look the code up in Microsoft's documentation of Graph errors.",
      "Check these mailboxes again.",
      "If it goes on, open a case at Microsoft: hand on the support block, which holds the request IDs, the UTC times and the codes.",
    ],
    fixed: "The next check passes, or answers with another code.",
  },
  mailbox_moving: {
    what: "Exchange is moving the mailbox at this moment.",
    known: "Exchange says so; a move can take hours.",
    steps: [
      "Wait until the move is over: Get-MoveRequest in Exchange Online PowerShell shows how far it is.",
      "Check these mailboxes again.",
    ],
    fixed: "The move is complete and the next check passes.",
  },
  throttled: {
    what: "Microsoft asked to wait each time, so the mailbox was not settled.",
    known: "Each answer was a 429 or the code of a busy server, also after every wait that was asked for.",
    steps: [
      "Nothing has to be mended. Check these mailboxes again later.",
      { text: "If it comes back at the same hour each day, leave more to the integration in Settings.", at: "general" },
    ],
    fixed: "The next check passes.",
  },
  sending_quota: {
    what: "The mailbox has reached what it may send for now.",
    known: "Exchange refuses to send with the code of its sending limit.",
    steps: [
      "Wait: the limit is counted over 24 hours.",
      "If it happens again, let the integration send fewer messages from this mailbox.",
    ],
    fixed: "The integration sends again.",
  },
  quarantined: {
    what: "The service has quarantined this kind of request for the mailbox.",
    known: "Exchange says so with a code of its own. Asking on prolongs it, so Rollcall doesn't.",
    steps: [
      "Leave these mailboxes alone for some hours, then check them again.",
      "If it goes on, open a case at Microsoft and hand on the support block of this group.",
    ],
    fixed: "The next check passes.",
  },
  service_unavailable: {
    what: "The service failed and went on failing.",
    known: "The status or the code is one of those that pass by themselves, and every try came to the same.",
    steps: [
      "Look at the service health of the tenant in the Microsoft 365 admin center.",
      "Check these mailboxes again later.",
      "If single mailboxes go on for days, hand the support block of this group to Microsoft.",
    ],
    fixed: "The next check passes.",
  },
  sync_state_lost: {
    what: "Microsoft no longer knows up to where the mailbox was read, as after a move.",
    known: "The answer asks for everything to be read anew.",
    steps: ["Nothing has to be mended: the next sync session reads the folder anew."],
    fixed: "The next sync session passes.",
  },
  no_answer: {
    what: "No answer came, or it was cut off, or it didn't come from Microsoft.",
    known: "There is no status, or an answer that Graph doesn't give.",
    steps: ["Check the network and the proxy of this computer.", "Check these mailboxes again."],
    fixed: "The next check passes.",
  },
  token_refused: {
    what: "The service refused the integration's token.",
    known: "Graph answered 401, also to a token that was fetched anew.",
    steps: [
      { text: "Check that the integration's secret is current.", at: "integrations" },
      "Check again: a new token is fetched for it.",
    ],
    fixed: "The next check passes.",
  },
  request_wrong: {
    what: "Microsoft refused a request of Rollcall's as wrong. The mailbox is not at fault.",
    known: "The code is one of those for requests that are put wrongly.",
    steps: [
      "Check again with the newest version of Rollcall.",
      "If it goes on, report it with the support block of this group.",
    ],
    fixed: "The next check passes.",
  },
  unexpected: {
    what: "The service answered in a way that isn't in Rollcall's catalogue.",
    known:
      "What is certain is the status, the code and the request ID below, when they came, and how many they concern.",
    steps: [
      "Check these mailboxes again.",
      "If it goes on, open a case at Microsoft: hand on the support block, which holds the request IDs, the UTC times and the codes.",
    ],
    fixed: "The next check passes.",
  },
} as const satisfies Readonly<Record<string, CauseWords>>;
