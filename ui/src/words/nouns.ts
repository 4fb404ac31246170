import type {
  AccessType,
  RuleAction,
  Attribute,
  Authorization,
  Charset,
  Cloud,
  ConsentRow,
  ConsentState,
  Day,
  Eligibility,
  Evidence,
  Fate,
  FateKind,
  GroupKind,
  MailboxKind,
  MailboxStatus,
  PermissionType,
  Preset,
  Resource,
  Risk,
  Role,
  Separator,
  SignInState,
  StageState,
  SyncStatus,
  Unasked,
  Verdict,
  Workload,
} from "../api/bindings";
import type { State } from "../lib/state";
import { t } from "./t";

type Badge = { readonly state: State; readonly word: string };

/** The days of the week. */
export const dayWords = {
  monday: "Mon",
  tuesday: "Tue",
  wednesday: "Wed",
  thursday: "Thu",
  friday: "Fri",
  saturday: "Sat",
  sunday: "Sun",
} as const satisfies Record<Day, string>;

export const accessWords = {
  graph_app_only: "Graph (app-only)",
  graph_delegated: "Graph (delegated)",
  ews_app_only: "EWS (app-only)",
  ews_delegated: "EWS (delegated)",
} as const satisfies Record<AccessType, string>;

export const mailboxBadges = {
  initialized: { state: "good", word: "Initialized" },
  switching: { state: "working", word: "Switching" },
  not_initialized: { state: "waiting", word: "Not initialized" },
  error: { state: "bad", word: "Error" },
  excluded: { state: "off", word: "Excluded" },
} as const satisfies Record<MailboxStatus, Badge>;

/** A verdict that isn't certain never looks or sounds like a good one. */
export const verdictBadges = {
  passed: { state: "good", word: "Success" },
  failed: { state: "bad", word: "Failed" },
  unknown: { state: "attention", word: "Unknown" },
  not_run: { state: "unknown", word: "Not checked" },
} as const satisfies Record<Verdict, Badge>;

/** What a sync session came to; who had none yet is no success. */
export const sessionBadges = {
  passed: { state: "good", word: "Passed" },
  failed: { state: "bad", word: "Failed" },
  unknown: { state: "attention", word: "Unknown" },
  not_run: { state: "unknown", word: "No session yet" },
} as const satisfies Record<Verdict, Badge>;

export const syncBadges = {
  enabled: { state: "good", word: "Enabled" },
  disabled: { state: "off", word: "Disabled" },
  disabled_due_to_error: { state: "bad", word: "Disabled due to an error" },
} as const satisfies Record<SyncStatus, Badge>;

export const signInBadges = {
  connected: { state: "good", word: "Signed in" },
  needed: { state: "attention", word: "Sign-in needed" },
  not_signed_in: { state: "off", word: "Not signed in" },
} as const satisfies Record<SignInState, Badge>;

/** Whether somebody is read. What is allowed to be is not, while the organization's sessions are paused. */
export function syncBadge(sync: SyncStatus, paused: boolean): Badge {
  return sync === "enabled" && paused ? { state: "waiting", word: t("syncing.enabledPaused") } : syncBadges[sync];
}

export const consentBadges = {
  granted: { state: "good", word: "Granted" },
  missing: { state: "bad", word: "Missing" },
  pending_request: { state: "waiting", word: "Requested" },
  excess: { state: "attention", word: "Excess" },
  stronger_than_needed: { state: "attention", word: "Stronger than needed" },
  given_by_role: { state: "good", word: "Given by role" },
  given_elsewhere: { state: "attention", word: "Given, not as wished" },
  unknown: { state: "unknown", word: "Not checked" },
} as const satisfies Record<ConsentState, Badge>;

/** Directory roles, as Microsoft's portals name them. */
export const roleWords = {
  global_administrator: "Global Administrator",
  privileged_role_administrator: "Privileged Role Administrator",
  application_administrator: "Application Administrator",
  cloud_application_administrator: "Cloud Application Administrator",
  global_reader: "Global Reader",
  reports_reader: "Reports Reader",
  security_reader: "Security Reader",
  security_administrator: "Security Administrator",
  conditional_access_administrator: "Conditional Access Administrator",
} as const satisfies Record<Role, string>;

/** How much harm a permission can do. */
export const riskWords = {
  low: "Low",
  medium: "Medium",
  high: "High",
  critical: "Critical",
} as const satisfies Record<Risk, string>;

/** Where a permission stands. One that the integration is complete without is not missing when nobody granted it. */
export function consentBadge(row: Pick<ConsentRow, "state" | "optional" | "required" | "whom">): Badge {
  if (isOfSome(row)) return { state: "attention", word: "For some users" };
  return row.optional && row.state === "missing" ? { state: "off", word: "Not granted" } : consentBadges[row.state];
}

/** Whether only some users have what everybody needs, which is no reason to rest. */
export function isOfSome(row: Pick<ConsentRow, "state" | "required" | "whom">): boolean {
  return row.state === "granted" && row.required && row.whom?.kind === "users";
}

export const authorizationBadges = {
  authorized: { state: "good", word: "Authorized" },
  partly_authorized: { state: "attention", word: "Partly authorized" },
  not_authorized: { state: "bad", word: "Not authorized" },
  unknown: { state: "unknown", word: "Not checked" },
} as const satisfies Record<Authorization, Badge>;

export const stageBadges = {
  not_started: { state: "unknown", word: "Not started" },
  in_progress: { state: "working", word: "In progress" },
  needs_attention: { state: "attention", word: "Needs attention" },
  done: { state: "good", word: "Done" },
  stale: { state: "waiting", word: "Stale" },
} as const satisfies Record<StageState, Badge>;

export const kindWords = {
  user: "User",
  shared_or_resource: "Shared or resource",
  guest: "Guest",
  on_premises: "On-premises",
  unlicensed: "No Exchange plan",
} as const satisfies Record<MailboxKind, string>;

/** What stands in the way of a mailbox. */
export const eligibilityBadges = {
  ready: { state: "good", word: "Ready" },
  shared: { state: "off", word: "Shared mailbox" },
  room: { state: "off", word: "Room" },
  equipment: { state: "off", word: "Equipment" },
  shared_or_resource: { state: "unknown", word: "Shared or resource" },
  unlicensed: { state: "attention", word: "No Exchange plan" },
  disabled: { state: "off", word: "Account disabled" },
  on_premises: { state: "attention", word: "On-premises mailbox" },
  guest: { state: "off", word: "Guest" },
  no_mailbox: { state: "bad", word: "No mailbox" },
  address_conflict: { state: "bad", word: "Address conflict" },
} as const satisfies Record<Eligibility, Badge>;

/** What to do about it. */
export const eligibilityAdvice = {
  ready: "Nothing to do.",
  shared: "Nobody signs in to it. Leave it out, unless the integration is to work on shared mailboxes.",
  room: "Leave it out, unless the integration is to work on rooms.",
  equipment: "Leave it out, unless the integration is to work on equipment.",
  shared_or_resource:
    "The account is disabled; which kind of mailbox it is, the mailbox says itself. Check eligibility with the integration's secret set and MailboxSettings.Read granted.",
  unlicensed: "Assign a licence with Exchange Online, or take the user out.",
  disabled: "Enable the account in Entra, or take the user out.",
  on_premises: "Move the mailbox to Exchange Online, or take the user out.",
  guest: "The mailbox is in another tenant. Take the user out.",
  no_mailbox: "Wait until the mailbox has been made, or assign a licence with Exchange Online.",
  address_conflict: "Another user has one of the addresses, too. Take it off one of the two.",
} as const satisfies Record<Eligibility, string>;

/** Why mailboxes were not asked what they are. */
export const unaskedWords = {
  no_secret: "the integration's client secret isn't set",
  not_permitted: "the integration's token doesn't carry MailboxSettings.Read",
  broken_off: "the asking was broken off",
  no_answer: "some mailboxes did not answer",
} as const satisfies Record<Unasked, string>;

/** Where a judgement comes from. */
export const evidenceWords = {
  user_type: "Directory: userType",
  account_enabled: "Directory: accountEnabled",
  assigned_plans: "Directory: assignedPlans",
  on_premises_sync: "Directory: onPremisesSyncEnabled, no plan",
  mail: "Directory: mail",
  addresses: "Directory: addresses of all users known here",
  user_purpose: "Mailbox: mailboxSettings/userPurpose",
  last_check: "Answer of the last check",
} as const satisfies Record<Evidence, string>;

/** What becomes of somebody who is to be brought in. */
export const fateWords = {
  added: "will come in",
  here: "already here",
  elsewhere: "in another organization",
  duplicate: "named twice",
  unknown: "unknown address",
  no_address: "no address",
} as const satisfies Record<FateKind, string>;

const fateStates = {
  added: "good",
  here: "off",
  elsewhere: "attention",
  duplicate: "off",
  unknown: "bad",
  no_address: "bad",
} as const satisfies Record<FateKind, State>;

/** The same of one person or line, with where and which. */
export function fateBadge(fate: Fate): Badge {
  const word =
    fate.kind === "elsewhere"
      ? t("preview.elsewhere", { organization: fate.organization })
      : fate.kind === "duplicate"
        ? t("preview.duplicate", { line: fate.line })
        : fateWords[fate.kind];
  return { state: fateStates[fate.kind], word };
}

export const charsetWords = {
  utf8: "UTF-8",
  utf16: "UTF-16",
  windows1252: "Windows-1252",
} as const satisfies Record<Charset, string>;

export const separatorWords = {
  comma: "commas",
  semicolon: "semicolons",
  tab: "tabs",
} as const satisfies Record<Separator, string>;

export const groupWords = {
  security: "Security group",
  mail_enabled_security: "Mail-enabled security group",
  microsoft_365: "Microsoft 365 group",
  distribution: "Distribution list",
} as const satisfies Record<GroupKind, string>;

/** What of a person a rule looks at. */
export const attributeWords = {
  department: "Department",
  job_title: "Job title",
  country: "Country",
  usage_location: "Usage location",
  company_name: "Company name",
  domain: "Domain of an address",
} as const satisfies Record<Attribute, string>;

/** What becomes of those who fit a rule. */
export const actionWords = {
  propose: "Is proposed",
  add: "Comes in without asking",
} as const satisfies Record<RuleAction, string>;

export const workloadWords = {
  mail: "Mail",
  calendar: "Calendar",
  contacts: "Contacts",
  tasks: "Tasks",
  settings: "Mailbox settings",
} as const satisfies Record<Workload, string>;

/** The same where there is little room. */
export const workloadNames = { ...workloadWords, settings: "Settings" } as const satisfies Record<Workload, string>;

export const typeWords = {
  application: "Application",
  delegated: "Delegated",
} as const satisfies Record<PermissionType, string>;

export const resourceWords = { graph: "Graph", exchange: "Exchange" } as const satisfies Record<Resource, string>;

export const presetWords = {
  "revenue-grid": "Revenue Grid",
  outreach: "Outreach",
  inloox: "InLoox",
  crelate: "Crelate",
  custom: "Custom",
} as const satisfies Record<Preset, string>;

export const cloudWords = {
  global: "Global (worldwide and GCC)",
  us_gov: "US Government (GCC High)",
  us_gov_dod: "US Government (DoD)",
  china: "China (21Vianet)",
  custom: "Other endpoints",
} as const satisfies Record<Cloud, string>;

/** The words of a user's last check, kept letter for letter as the vendors' manuals show them. */
export const checkedWell = { status: "Status: Success", results: "Check results: connected successfully" } as const;
