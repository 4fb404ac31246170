import type {
  Cause,
  Check,
  ConsentRow,
  Eligibilities,
  Eligibility,
  Evidence,
  Fate,
  Group,
  Ledger,
  MailboxCounts,
  MailboxKind,
  MailboxStatus,
  Organization,
  PreviewLine,
  Proposal,
  RequiredPermission,
  Route,
  RuleView,
  Run,
  SignInState,
  Session,
  Tenant,
  TenantTraffic,
  UserDetail,
  UserRow,
  Verdict,
  Workload,
  WorkloadResult,
} from "./bindings";

/** The pretend data behind tests and the development build: the same people each time, faults at known places. */

export const NOW = Date.UTC(2026, 10, 20, 13, 3);
const MINUTE = 60_000;

export function guid(n: number): string {
  const tail = n.toString(16).padStart(12, "0");
  return `6f1c0a9e-5c1b-4a6e-9d0a-${tail}`;
}

export const tenant: Tenant = {
  id: 1,
  name: "Contoso Practice",
  cloud: "custom",
  authority: "http://127.0.0.1:4000/p/x",
  graph: "http://127.0.0.1:4000/p/x/graph",
  directory: "contoso.example",
  client_id: guid(1),
  practice: true,
  identity: { directory_id: guid(2), display_name: "Contoso", admin: "admin@contoso.example", seen: NOW - 9 * MINUTE },
};

const features: ReadonlyArray<[string, string | null]> = [
  ["Mail.ReadWrite", "Mail capture"],
  ["Mail.Send", "Sending from the sidebar"],
  ["Calendars.ReadWrite", "Calendar sync"],
  ["Contacts.ReadWrite", "Contact sync"],
  ["MailboxSettings.Read", "Time zone and working hours"],
  ["User.Read.All", "Finding users"],
  ["Tasks.ReadWrite.All", "Task sync"],
];

export const needed: RequiredPermission[] = features.map(([name, feature]) => ({
  name,
  type: "application",
  resource: "graph",
  feature,
  optional: name === "Tasks.ReadWrite.All",
}));

export const limitations = [
  "Only mailboxes in Microsoft 365 can be reached.",
  "Small changes of a meeting by its organizer are sent to all attendees.",
];

/** The matrix while `missing` of the required permissions are not granted. */
export function matrix(missing: number): ConsentRow[] {
  const required = needed.map(
    (wanted, index): ConsentRow => ({
      ...wanted,
      required: true,
      admin_consent: true,
      state: index < missing ? "missing" : "granted",
      whom: index < missing ? null : { kind: "everyone" },
      instead: null,
      purpose: wanted.purpose ?? null,
      meaning: `Somebody with ${wanted.name} can use every mailbox of the tenant.`,
      risk: wanted.name.includes("Write") || wanted.name.includes("Send") ? "critical" : "high",
      since: index < missing ? null : NOW - 86_400_000,
      by: index < missing ? null : "admin@contoso.example",
      roles: [],
      by_role: null,
    }),
  );
  const held = {
    type: "application",
    resource: "graph",
    required: false,
    optional: false,
    feature: null,
    purpose: null,
    meaning: null,
    risk: "high",
    since: null,
    by: null,
    by_role: null,
  } as const;
  return [
    ...required,
    {
      ...held,
      roles: [],
      name: "Files.Read.All",
      admin_consent: true,
      state: "excess",
      whom: { kind: "everyone" },
      instead: null,
    },
    {
      ...held,
      roles: [],
      name: "MailboxSettings.ReadWrite",
      admin_consent: true,
      state: "stronger_than_needed",
      whom: { kind: "everyone" },
      instead: "MailboxSettings.Read",
    },
  ];
}

const presets = [
  ["Contoso EU", "EU-01", "graph_app_only"],
  ["Contoso US", "US-01", "ews_app_only"],
  ["Lab", "LAB", "graph_delegated"],
] as const;

export const organizations: Organization[] = [];

/** As they are before anybody has changed one. */
export function resetOrganizations() {
  organizations.splice(0, organizations.length, ...presets.map(organizationOf));
}

const organizationOf = ([name, external_id, access]: (typeof presets)[number], index: number): Organization => ({
  id: index + 1,
  tenant: 1,
  integration: 1,
  name,
  external_id,
  access,
  sync: "enabled",
  created: NOW - (40 - index) * 24 * 60 * MINUTE,
  rhythm: { every_minutes: 30, failures: 5, paused: index === 2 ? NOW - 60 * MINUTE : null },
  acknowledged: null,
  window: null,
});

resetOrganizations();

const given = ["Ada", "Bo", "Chen", "Dina", "Elif", "Farid", "Greta", "Hugo", "Ilse", "Jamal", "Kaja", "Liam", "Mina"];
const family = ["Abel", "Brandt", "Costa", "Duarte", "Eriksen", "Fischer", "Garcia", "Haddad", "Ito", "Jansen", "Kaur"];
const departments = ["Sales", "Service", "Finance", "Legal", null];

/** The cause of every nth user's trouble; the first that divides wins. */
const faults: ReadonlyArray<[number, Cause, Workload[]]> = [
  [97, "no_mailbox", ["mail", "calendar", "contacts", "tasks", "settings"]],
  [61, "out_of_scope", ["mail", "calendar"]],
  [53, "throttled", ["calendar"]],
  [211, "mailbox_full", ["mail"]],
];

const answers: Partial<Record<Cause, [number, string]>> = {
  no_mailbox: [404, "MailboxNotEnabledForRESTAPI"],
  out_of_scope: [403, "ErrorAccessDenied"],
  throttled: [429, "ApplicationThrottled"],
  mailbox_full: [507, "ErrorQuotaExceeded"],
};

export const workloads: readonly Workload[] = ["mail", "calendar", "contacts", "tasks", "settings"];

function fingerprintOf(cause: Cause, workload: Workload): string {
  const [http, code] = answers[cause] ?? [0, "none"];
  return `graph.${http}.${code.toLowerCase()}.${cause}.${workload}`;
}

/** One of the unchecked who was read all the same. */
export const READ = 481;

/** One who was in the directory once. */
export const GONE = 62;

function kindOf(n: number): MailboxKind {
  if (n % 97 === 0) return "unlicensed";
  return n % 41 === 0 ? "shared_or_resource" : "user";
}

function judgedOf(n: number): UserRow["judged"] {
  if (kindOf(n) === "unlicensed") return { eligibility: "unlicensed", evidence: "assigned_plans" };
  if (kindOf(n) === "user") return { eligibility: "ready", evidence: "assigned_plans" };
  return { eligibility: "shared_or_resource", evidence: "account_enabled" };
}

/** The users by what stands in the way of their mailboxes. */
export function eligibilitiesOf(rows: readonly UserRow[]): Eligibilities {
  const counts: Eligibilities["counts"] = {};
  for (const { judged } of rows) counts[judged.eligibility] = (counts[judged.eligibility] ?? 0) + 1;
  return { counts, not_eligible: rows.length - (counts.ready ?? 0), judged: null, unasked: null };
}

export function person(n: number, organization: Organization, checked: boolean): UserRow {
  const first = given[n % given.length] ?? "";
  const last = family[(n * 7) % family.length] ?? "";
  const address = `${first}.${last}.${n}@contoso.example`.toLowerCase();
  const fault = checked ? faults.find(([every]) => n % every === 0) : undefined;
  const verdict: Verdict = !checked ? "not_run" : !fault ? "passed" : fault[1] === "throttled" ? "unknown" : "failed";
  const mailbox: MailboxStatus =
    kindOf(n) === "unlicensed" ? "excluded" : !checked ? "not_initialized" : n % 19 === 0 ? "switching" : "initialized";
  return {
    user: {
      id: n,
      organization: organization.id,
      directory: {
        object_id: guid(n),
        upn: address,
        display_name: `${first} ${last}`,
        mail: address,
        aliases: n % 13 === 0 ? [`${first}.${n}@contoso.example`.toLowerCase()] : [],
        department: departments[n % departments.length] ?? null,
        job_title: null,
        enabled: n % 41 !== 0,
        guest: false,
        on_premises: false,
        exchange_plan: kindOf(n) === "user",
      },
      access: null,
      sync: "enabled",
      mailbox: verdict === "failed" && mailbox !== "excluded" ? "error" : mailbox,
      mailbox_since: NOW - 3 * 60 * MINUTE,
      created: organization.created,
      seen: NOW - 25 * MINUTE,
      gone: n === GONE ? NOW - 60 * MINUTE : null,
    },
    organization_name: organization.name,
    effective_access: organization.access,
    effective_sync: "enabled",
    kind: kindOf(n),
    judged: judgedOf(n),
    purpose: null,
    verdict,
    checked: checked ? NOW - (n % 300) * 1000 : null,
    open_issues: fault ? fault[2].length : 0,
    first_cause: fault?.[1] ?? null,
    synced: checked || n === READ ? NOW - (n % 30) * MINUTE : null,
    session: checked ? verdict : n === READ ? "passed" : null,
    failing: verdict === "failed" ? 2 : 0,
    forced: null,
    queued: null,
    sign_in: organization.access === "graph_delegated" ? signInOf(n) : null,
    other_mailboxes: n % 9 === 0 ? 1 : 0,
    workloads: null,
  };
}

/** Some have signed in, some have to again, and some never did. */
function signInOf(n: number): SignInState {
  return (["connected", "needed", "not_signed_in"] as const)[n % 3] ?? "connected";
}

/** The mailbox that fails where a user has another one. */
export const OTHER_MAILBOX = "outbound@contoso.example";

export function resultsOf(row: UserRow): WorkloadResult[] {
  const fault = faults.find(([, cause]) => cause === row.first_cause);
  return workloads.map((workload): WorkloadResult => {
    const bad = fault?.[2].includes(workload) ?? false;
    const asked = row.verdict !== "not_run";
    const [http, code] = (bad && row.first_cause && answers[row.first_cause]) || [200, null];
    return {
      workload,
      verdict: !asked ? "not_run" : bad ? row.verdict : "passed",
      http: asked ? http : null,
      code,
      cause: bad ? row.first_cause : null,
      fingerprint: bad && row.first_cause ? fingerprintOf(row.first_cause, workload) : null,
      request_id: asked ? guid(row.user.id * 10 + workloads.indexOf(workload)) : null,
      client_request_id: asked ? guid(row.user.id * 10 + 5) : null,
      mailbox: bad && row.other_mailboxes > 0 ? OTHER_MAILBOX : null,
      checked: row.checked,
      intact: true,
    };
  });
}

export function checksOf(row: UserRow): Check[] {
  if (row.verdict === "not_run") return [];
  return resultsOf(row).map((result) => ({ result, run: 118, first_seen: row.checked ?? NOW }));
}

export function detailOf(row: UserRow): UserDetail {
  return {
    row,
    checks: checksOf(row),
    timeline:
      row.session === null
        ? []
        : [
            { at: NOW - 60 * MINUTE, what: { kind: "initialized" }, actor: null },
            { at: NOW - 90 * MINUTE, what: { kind: "switched", to: "graph_app_only" }, actor: "admin@contoso.example" },
          ],
    stuck: row.user.mailbox === "switching",
    next_session: row.synced === null ? null : row.synced + 30 * MINUTE,
    waits_for_wave: false,
    switch_begins: row.queued === null ? null : NOW + 180 * MINUTE,
    may: { force: null, switch: row.queued === null ? null : "switch_queued", go_back: null, remove: null },
  };
}

export function sessionsOf(row: UserRow): Session[] {
  if (row.session === null || row.synced === null) return [];
  const ended = row.synced;
  return [
    {
      number: 1,
      kind: "first",
      verdict: row.session,
      started: ended - 900,
      ended,
      changed: 41,
      removed: 0,
      requests: 8,
      readings: resultsOf(row).map(
        ({ workload, verdict, http, code, cause, request_id, client_request_id, mailbox }) => ({
          workload,
          verdict,
          ...(mailbox === null ? {} : { mailbox }),
          changed: verdict === "passed" ? 10 : 0,
          removed: 0,
          anew: false,
          http,
          code,
          cause,
          fingerprint: null,
          request_id,
          client_request_id,
        }),
      ),
    },
  ];
}

export function ledgerOf(rows: readonly UserRow[]): Ledger {
  const ledger: Ledger = { passed: 0, failed: 0, unknown: 0, not_run: 0 };
  for (const row of rows) ledger[row.verdict] += 1;
  return ledger;
}

export function countsOf(rows: readonly UserRow[]): MailboxCounts {
  const counts: MailboxCounts = { not_initialized: 0, switching: 0, initialized: 0, error: 0, excluded: 0 };
  for (const row of rows) counts[row.user.mailbox] += 1;
  return counts;
}

export function runOf(id: number, organization: Organization, rows: readonly UserRow[], started: number): Run {
  return {
    id,
    organization: organization.id,
    organization_name: organization.name,
    tenant: 1,
    state: "finished",
    workloads: workloads.map((workload) => ({ workload, not_asked: null })),
    failed_of: null,
    started,
    ended: started + 4 * MINUTE,
    parked_until: null,
    mailboxes: rows.length,
    mailboxes_done: rows.length,
    probes: rows.length * 5,
    probes_done: rows.length * 5,
    counters: { requests: Math.ceil(rows.length / 4), throttled: 3, retried: 12 },
    ledger: ledgerOf(rows),
  };
}

/** What went over the line to a tenant: batches, their parts, and pages of the directory. */
export function trafficOf({ id, name }: Tenant): TenantTraffic {
  const kind = (route: string, status: number | null, count: number, repeats = 0, took = 84): Route => ({
    route,
    inside: false,
    status,
    count,
    repeats,
    waited_ms: count * 12,
    took_ms: count * took,
  });
  const inside = (route: string, status: number, count: number): Route => ({
    ...kind(route, status, count),
    inside: true,
    waited_ms: 0,
    took_ms: 0,
  });
  return {
    tenant: id,
    name,
    requests_per_second: 61.4,
    parts_per_second: 1204.2,
    services: [
      { name: "directory", in_flight: 0, waiting: 0, allowed: 8, bound: "work", held_until: null },
      { name: "outlook", in_flight: 14, waiting: 3, allowed: 16, bound: "line", held_until: null },
    ],
    routes: [
      kind("GET /users", 200, 49, 0, 132),
      kind("POST /$batch", 200, 1204, 2),
      kind("POST /$batch", 429, 2, 0, 31),
      kind("POST /$batch", null, 1, 1, 30_000),
      inside("GET /users/{id}/messages", 200, 4721),
      inside("GET /users/{id}/messages", 403, 79),
      inside("GET /users/{id}/messages", 429, 12),
    ],
  };
}

/** Groups of the directory, one of each kind. */
export const groups: Group[] = (
  [
    ["Sales", "microsoft_365", "sales@contoso.example"],
    ["Sales Desk", "distribution", "sales.desk@contoso.example"],
    ["Office London", "security", null],
    ["Integration Scope", "mail_enabled_security", "integration.scope@contoso.example"],
  ] as const
).map(([display_name, kind, mail], index) => ({ id: guid(500 + index), display_name, kind, mail }));

const judgements: ReadonlyArray<[Eligibility, Evidence]> = [
  ["ready", "assigned_plans"],
  ["ready", "assigned_plans"],
  ["ready", "assigned_plans"],
  ["shared_or_resource", "account_enabled"],
  ["unlicensed", "assigned_plans"],
  ["disabled", "account_enabled"],
  ["on_premises", "on_premises_sync"],
  ["guest", "user_type"],
  ["no_mailbox", "mail"],
  ["address_conflict", "addresses"],
];

const fatesOfList: readonly Fate[] = [
  { kind: "added" },
  { kind: "here" },
  { kind: "elsewhere", organization: "Contoso US" },
  { kind: "duplicate", line: 2 },
  { kind: "unknown" },
  { kind: "no_address" },
];

/** What a dry run shows: every fate among the lines of a list, or people only. */
export function previewLines(ofList: boolean): PreviewLine[] {
  return Array.from({ length: 600 }, (_, index): PreviewLine => {
    const fate = fatesOfList[ofList ? index % 6 : index % 3] ?? { kind: "added" };
    const named = fate.kind !== "unknown" && fate.kind !== "no_address";
    const first = given[index % given.length] ?? "";
    const last = family[(index * 7) % family.length] ?? "";
    const upn = `${first}.${last}.${index}@contoso.example`.toLowerCase();
    const [eligibility, evidence] = judgements[index % judgements.length] ?? ["ready", "assigned_plans"];
    const byAlias = ofList && index % 18 === 0;
    return {
      line: ofList ? index + 2 : null,
      written: !ofList ? null : fate.kind === "no_address" ? "=cmd" : byAlias ? `${first}@mail.contoso.example` : upn,
      fate,
      person: named
        ? { object_id: guid(10_000 + index), upn, display_name: `${first} ${last}`, judged: { eligibility, evidence } }
        : null,
      by_alias: byAlias,
    };
  });
}

/** Rules of two organizations that want some of the same people. */
export function rulesOf(): RuleView[] {
  const outcome = {
    at: NOW - MINUTE,
    here: 0,
    elsewhere: 0,
    declined: 0,
    proposed: 0,
    added: 0,
    lost: [],
    group_gone: false,
  };
  return [
    {
      rule: {
        id: 1,
        organization: 2,
        condition: { by: "attribute", attribute: "usage_location", is: { test: "one_of", values: ["US", "CA"] } },
        action: "add",
        created: NOW,
        outcome: { ...outcome, matching: 41_377, here: 41_377 },
      },
      organization_name: "Contoso US",
      open: 0,
    },
    {
      rule: {
        id: 2,
        organization: 1,
        condition: { by: "group", group: guid(500), name: "Sales", nested: true },
        action: "propose",
        created: NOW,
        outcome: {
          ...outcome,
          matching: 340,
          here: 300,
          declined: 1,
          proposed: 3,
          lost: [{ to: 1, organization: 2, users: 36 }],
        },
      },
      organization_name: "Contoso EU",
      open: 3,
    },
  ];
}

export function proposalsOf(): Proposal[] {
  return ["Nora New", "Otto Neu", "Pia Nova"].map((display_name, index) => ({
    object_id: guid(700 + index),
    upn: `${display_name.toLowerCase().replace(" ", ".")}@contoso.example`,
    display_name,
    rule: 2,
    at: NOW - MINUTE,
  }));
}
