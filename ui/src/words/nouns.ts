import type {
  AccessType,
  Authorization,
  Cloud,
  ConsentRow,
  ConsentState,
  MailboxKind,
  MailboxStatus,
  PermissionType,
  Preset,
  Resource,
  Risk,
  Role,
  StageState,
  SyncStatus,
  Verdict,
  Workload,
} from "../api/bindings";
import type { State } from "../lib/state";

type Badge = { readonly state: State; readonly word: string };

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

export const consentBadges = {
  granted: { state: "good", word: "Granted" },
  missing: { state: "bad", word: "Missing" },
  pending_request: { state: "waiting", word: "Requested" },
  excess: { state: "attention", word: "Excess" },
  stronger_than_needed: { state: "attention", word: "Stronger than needed" },
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

export const workloadWords = {
  mail: "Mail",
  calendar: "Calendar",
  contacts: "Contacts",
  tasks: "Tasks",
  settings: "Mailbox settings",
} as const satisfies Record<Workload, string>;

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
