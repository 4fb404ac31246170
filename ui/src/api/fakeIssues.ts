import type {
  Affected,
  AffectedFilter,
  Board,
  Concerned,
  IssueGroup,
  Organization,
  Problem,
  SnoozeView,
  TrendDay,
  UserRow,
} from "./bindings";
import type { Desk, Verbs } from "./fakeDesk";
import { guid, NOW, organizations, resultsOf } from "./fakeWorld";

const DAY = 86_400_000;

/** What was put aside, by fingerprint and organization. */
type Snoozes = Map<string, SnoozeView>;

function snoozeKey(fingerprint: string, organization: number): string {
  return `${fingerprint} ${organization}`;
}

/** The problems of the pretend people. */
function boardOf(rows: readonly UserRow[], snoozes: Snoozes, only: number | null): Board {
  const within = rows.filter((row) => only === null || row.user.organization === only);
  const problems = new Map<string, Problem>();
  for (const row of within.filter((one) => one.first_cause !== null)) {
    const cause = row.first_cause;
    if (cause === null) continue;
    const organization = organizations.find(({ id }) => id === row.user.organization);
    const problem = problems.get(cause) ?? {
      key: cause,
      cause,
      users: 0,
      of: within.length,
      reach: "several",
      organizations: [],
      first_seen: NOW - 3 * DAY,
      last_seen: NOW - 60_000,
      new: cause === "mailbox_full",
      growing: cause === "throttled",
      snoozed: false,
      trend: [],
      groups: [],
    };
    problem.users += 1;
    count(problem.organizations, organization);
    for (const result of resultsOf(row).filter(({ fingerprint }) => fingerprint !== null)) {
      const group = groupOf(problem, result.fingerprint ?? "", result);
      group.users += 1;
      count(group.organizations, organization);
      if (group.samples.length < 5) {
        const { request_id, client_request_id } = result;
        group.samples.push({ request_id, client_request_id, at: NOW - 60_000, user: row.user.id });
      }
    }
    problems.set(cause, problem);
  }
  for (const problem of problems.values()) {
    problem.reach = problem.users === 1 ? "one" : "several";
    problem.trend = trendOf(problem.users);
    for (const group of problem.groups) {
      group.trend = trendOf(group.users);
      for (const one of group.organizations) {
        one.snooze = snoozes.get(snoozeKey(group.fingerprint, one.organization)) ?? null;
      }
    }
    for (const one of problem.organizations) {
      const own = problem.groups.map(
        (group) => group.organizations.find(({ organization }) => organization === one.organization)?.snooze ?? null,
      );
      one.snooze = own.every((snooze) => snooze !== null) ? (own[0] ?? null) : null;
    }
    problem.snoozed = problem.organizations.every(({ snooze }) => snooze?.state === "active");
  }
  const sorted = [...problems.values()].sort((a, b) => Number(b.new) - Number(a.new) || b.users - a.users);
  const checked = within.some((row) => row.checked !== null) ? NOW - 60_000 : null;
  return { problems: sorted, checked, not_checked: within.filter((row) => row.verdict === "not_run").length };
}

/** Whom a problem concerns. */
function affectedOf(rows: readonly UserRow[], filter: AffectedFilter): Affected[] {
  return rows.flatMap((row) => {
    const met = resultsOf(row).filter(({ fingerprint }) => fingerprint && filter.fingerprints.includes(fingerprint));
    const { directory, organization } = row.user;
    const meant = filter.organization === null || organization === filter.organization;
    const found = !filter.search || `${directory.upn}`.includes(filter.search.toLowerCase());
    if (met.length === 0 || !meant || !found) return [];
    return [
      {
        user: row.user.id,
        object_id: directory.object_id,
        upn: directory.upn,
        display_name: directory.display_name,
        organization,
        organization_name: organizations.find(({ id }) => id === organization)?.name ?? "",
        workloads: met.map(({ workload }) => workload),
        mailboxes: [...new Set(met.flatMap(({ mailbox }) => mailbox ?? []))],
        first_seen: NOW - 3 * DAY,
        last_seen: NOW - 60_000,
        request_id: met[0]?.request_id ?? null,
        client_request_id: met[0]?.client_request_id ?? null,
      },
    ];
  });
}

/** What would be handed to Microsoft. */
function supportText(fingerprints: readonly string[], withAddresses: boolean): string {
  const who = withAddresses ? "  mailbox ada.abel.1@contoso.example" : "";
  return `Rollcall support block\nTenant ID: ${guid(2)}\n${fingerprints.join("\n")}\n  request-id ${guid(11)}${who}\n`;
}

function groupOf(
  problem: Problem,
  fingerprint: string,
  of: Pick<IssueGroup, "workload" | "http" | "code">,
): IssueGroup {
  const known = problem.groups.find((group) => group.fingerprint === fingerprint);
  if (known) return known;
  const group: IssueGroup = {
    fingerprint,
    family: fingerprint.slice(0, fingerprint.lastIndexOf(".")),
    workload: of.workload,
    http: of.http,
    code: of.code,
    code_known: of.code !== "ErrorTomorrow",
    users: 0,
    first_seen: problem.first_seen,
    last_seen: problem.last_seen,
    new: problem.new,
    organizations: [],
    trend: [],
    samples: [],
  };
  problem.groups.push(group);
  return group;
}

function count(all: Concerned[], organization: Organization | undefined) {
  if (!organization) return;
  const known = all.find((one) => one.organization === organization.id);
  if (known) known.users += 1;
  else all.push({ organization: organization.id, name: organization.name, users: 1, snooze: null });
}

function trendOf(users: number): TrendDay[] {
  const today = Math.floor(NOW / DAY);
  return Array.from({ length: 14 }, (_, index) => ({
    day: (today - 13 + index) * DAY,
    users: index % 5 === 3 ? null : Math.round((users * (index + 1)) / 14),
  }));
}

/** What is asked of sync issues. */
export function issueVerbs(desk: Desk): Verbs {
  const snoozes: Snoozes = new Map();
  return {
    "issues.groups": ({ organization }) => boardOf(desk.started ? desk.rows : [], snoozes, organization),
    "issues.affected": ({ filter, offset, limit }) => {
      const all = affectedOf(desk.rows, filter);
      return { matching: all.length, rows: all.slice(offset, offset + limit) };
    },
    "issues.export": () => ({ text: "upn,name,organization,workload\r\n" }),
    "issues.support": ({ fingerprints, with_addresses }) => ({ text: supportText(fingerprints, with_addresses) }),
    "issues.snooze": ({ fingerprints, organization, note, until }) => {
      const actor = "admin@contoso.example";
      for (const fingerprint of fingerprints) {
        const snooze: SnoozeView = { note, actor, at: NOW, until, users: 1, state: "active" };
        for (const { id } of organizations) {
          if (organization === null || organization === id) snoozes.set(snoozeKey(fingerprint, id), snooze);
        }
      }
      desk.changed();
      return null;
    },
    "issues.unsnooze": ({ fingerprints }) => {
      for (const fingerprint of fingerprints) {
        for (const { id } of organizations) snoozes.delete(snoozeKey(fingerprint, id));
      }
      desk.changed();
      return null;
    },
  };
}
