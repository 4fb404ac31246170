import type { Acted, Action, Chosen, Foreseen, Meant, Reason, UserFilter, UserRow, UserSort } from "./bindings";
import { type Desk, refused, type Verbs, waitingOf } from "./fakeDesk";
import { checksOf, detailOf, limitations, NOW, organizations, resultsOf } from "./fakeWorld";

/** What is asked of users who are in. */
export function userVerbs(desk: Desk): Verbs {
  return {
    "users.query": ({ filter, sort, offset, limit, workloads }) => {
      const all = desk.rows.filter(
        (row) => filter.organization === null || row.user.organization === filter.organization,
      );
      const matching = all
        .filter((row) => fits(row, filter) && inWave(desk, row, filter.wave))
        .sort(comparing(sort.by, sort.descending));
      const rows = matching.slice(offset, offset + limit);
      const told = (row: UserRow) => checksOf(row).map(({ result: { workload, verdict } }) => ({ workload, verdict }));
      return {
        total: all.length,
        matching: matching.length,
        rows: workloads ? rows.map((row) => ({ ...row, workloads: told(row) })) : rows,
      };
    },
    "users.describe": (ask) => {
      const row = desk.rows.find(({ user }) => ask.kind === "id" && user.id === ask.user);
      if (!row) throw refused("not_found");
      const waits_for_wave = waitingOf(desk, row.user.organization ?? 0).includes(row);
      return { ...detailOf(row), waits_for_wave };
    },
    "users.export": ({ filter, columns }) => {
      const users = whom({ by: "filter", of: filter }, desk.rows);
      return { text: `${columns.join(",")}\r\n`, users: users.length };
    },
    "users.cut_off": () => desk.options.cutOffActions ?? [],
    "users.foresee": ({ users, action }) => foreseen(desk, chosenOf(desk, users), action),
    "users.act": ({ users, action, expected }) => {
      const concerned = chosenOf(desk, users);
      refuseOthers(concerned, expected);
      return acted(desk, concerned, action);
    },
  };
}

/** Refuses where it was agreed to others than these. */
export function refuseOthers(concerned: readonly UserRow[], agreed: Meant | null | undefined) {
  if (agreed && agreed.seal !== meantNow(concerned).seal) throw refused("changed");
}

/** How many these are, and what stands for exactly these. */
export function meantNow(concerned: readonly UserRow[]): Meant {
  return { users: concerned.length, seal: concerned.map(({ user }) => user.id).join("-") };
}

/** Does an action, and tells what it came to. */
export function acted(desk: Desk, concerned: readonly UserRow[], action: Action): Acted {
  const { refused: reasons } = foreseen(desk, concerned, action);
  const unready = unreadyFor(desk, concerned, action);
  const stuck = action.kind === "remove" && !action.force ? concerned.filter(isInitialized) : [];
  const untouched = action.kind === "switch" ? concerned.filter(isSwitched).length : 0;
  const switching = action.kind === "switch" ? concerned.filter((row) => !unready.includes(row)) : [];
  const queues = action.kind === "switch" && waitsForWindow(desk, action);
  if (action.kind === "exclude") for (const row of concerned) row.user.mailbox = "excluded";
  for (const row of switching)
    if (queues) row.queued = NOW;
    else switched(row);
  desk.changed();
  const agreed =
    concerned.length -
    stuck.length -
    unready.length -
    untouched -
    (reasons[0]?.reason === "limitations_unread" ? reasons[0].users : 0);
  const why = (reason: Reason) => (row: UserRow) => ({ user: row.user.id, upn: row.user.directory.upn, reason });
  return {
    done: queues ? 0 : agreed,
    queued: queues ? agreed : 0,
    untouched,
    refused: stuck.length + unready.length,
    reasons: reasons.filter(({ reason }) => reason !== "limitations_unread"),
    refusals: [
      ...stuck.map(why("still_initialized")),
      ...unready.map((row) => ({ ...why("not_ready")(row), eligibility: row.judged.eligibility })),
    ],
  };
}

/** Whether a user is in the wave, if one is meant. */
function inWave(desk: Desk, row: UserRow, wave: number | null): boolean {
  return wave === null || desk.plans.get(row.user.organization)?.members.get(row.user.id) === wave;
}

/** The users that are chosen, by wave too. */
export function chosenOf(desk: Desk, users: Chosen): UserRow[] {
  return whom(users, desk.rows).filter((row) => inWave(desk, row, waveOf(users)));
}

/** Of whom a choice is made that names a wave. */
function waveOf(users: Chosen): number | null {
  return users.by === "filter" ? (users.of.wave ?? null) : null;
}

export function isInitialized({ user }: UserRow): boolean {
  return user.mailbox === "initialized" || user.mailbox === "switching";
}

/** The users that are chosen. */
function whom(users: Chosen, rows: readonly UserRow[]): UserRow[] {
  const of = (filter: UserFilter) =>
    rows.filter(
      (row) => (filter.organization === null || row.user.organization === filter.organization) && fits(row, filter),
    );
  switch (users.by) {
    case "ids":
      return rows.filter(({ user }) => users.of.includes(user.id));
    case "filter":
      return of(users.of);
    case "filter_but":
      return of(users.of.filter).filter(({ user }) => !users.of.but.includes(user.id));
  }
}

function switched(row: UserRow) {
  row.user.mailbox = "switching";
  row.queued = null;
}

/** Those whose mailboxes aren't ready, unless they are switched all the same. */
function unreadyFor({ options }: Desk, concerned: readonly UserRow[], action: Action): UserRow[] {
  if (!options.notReady || action.kind !== "switch" || action.not_ready) return [];
  return concerned.filter(({ judged }) => judged.eligibility === "on_premises");
}

function waitsForWindow({ options }: Desk, action: Action): boolean {
  return options.shut === true && action.kind === "switch" && !action.at_once;
}

/** As far as the real one goes for what the screens show. */
function foreseen(desk: Desk, concerned: readonly UserRow[], action: Action): Foreseen {
  const queued = action.kind === "switch" && !action.at_once ? concerned.filter((row) => row.queued !== null) : [];
  const unready = unreadyFor(desk, concerned, action);
  const unread = organizations.filter(
    ({ id, acknowledged }) => acknowledged === null && concerned.some(({ user }) => user.organization === id),
  );
  const waits =
    action.kind === "switch"
      ? concerned.filter((row) => !isSwitched(row) && !queued.includes(row) && !unready.includes(row)).length *
        Math.sign(unread.length)
      : 0;
  const already = (action.kind === "switch" ? concerned.filter(isSwitched).length : 0) + queued.length;
  const stays = action.kind === "remove" && !action.force ? concerned.filter(isInitialized).length : 0;
  const refusedFor: Foreseen["refused"] = [
    ...(waits > 0 ? [{ reason: "limitations_unread" as const, users: waits }] : []),
    ...(stays > 0 ? [{ reason: "still_initialized" as const, users: stays }] : []),
    ...(unready.length > 0
      ? [{ reason: "not_ready" as const, users: unready.length, eligibility: "on_premises" as const }]
      : []),
  ];
  const changes = concerned.length - waits - stays - already - unready.length;
  const shut = waitsForWindow(desk, action);
  return {
    ...meantNow(concerned),
    changes: shut ? 0 : changes,
    queued: shut ? changes : 0,
    queued_once_read: shut ? waits : 0,
    opens: shut ? NOW + 3_600_000 : null,
    untouched: already,
    refused: refusedFor,
    none:
      unready.length > 0 && unready.length === concerned.length
        ? "not_ready"
        : already === 0 || already < concerned.length
          ? null
          : queued.length > 0
            ? "switch_queued"
            : "already_switched",
    access:
      action.kind === "switch"
        ? [{ from: "ews_app_only", to: "graph_app_only", users: concerned.length - already - unready.length }]
        : [],
    kept_on_ews: 0,
    integration: 0,
    initialized: 0,
    must_sign_in: action.kind === "switch" ? concerned.filter((row) => row.sign_in !== null).length : 0,
    into_disabled: false,
    limitations: action.kind === "switch" ? [...limitations] : [],
    unread: action.kind === "switch" ? unread.map(({ id }) => id) : [],
    consent_unread: 0,
    ews: action.kind === "go_back" ? { off_by_default: Date.UTC(2026, 9, 1), removed: Date.UTC(2027, 3, 1) } : null,
  };
}

function isSwitched({ effective_access, user }: UserRow): boolean {
  return effective_access.startsWith("graph") && (user.mailbox === "initialized" || user.mailbox === "switching");
}

function fits(row: UserRow, filter: UserFilter): boolean {
  const wanted = filter.search?.toLowerCase();
  const { directory, mailbox } = row.user;
  return (
    (filter.mailbox.length === 0 || filter.mailbox.includes(mailbox)) &&
    (filter.verdict.length === 0 || filter.verdict.includes(row.verdict)) &&
    (filter.kind.length === 0 || filter.kind.includes(row.kind)) &&
    (filter.session.length === 0 || filter.session.includes(row.session ?? "not_run")) &&
    (filter.sync.length === 0 || filter.sync.includes(row.effective_sync)) &&
    (filter.mailbox_before === null || (row.user.mailbox_since ?? 0) <= filter.mailbox_before) &&
    (filter.checked_before === null || (row.checked ?? 0) <= filter.checked_before) &&
    (filter.access.length === 0 || filter.access.includes(row.effective_access)) &&
    (filter.eligibility.length === 0 || filter.eligibility.includes(row.judged.eligibility)) &&
    (filter.sign_in.length === 0 || (row.sign_in !== null && filter.sign_in.includes(row.sign_in))) &&
    (!filter.several_mailboxes || row.other_mailboxes > 0) &&
    (!filter.with_issues || row.open_issues > 0) &&
    (!filter.fingerprint || resultsOf(row).some((result) => result.fingerprint === filter.fingerprint)) &&
    (!wanted || `${directory.display_name} ${directory.upn}`.toLowerCase().includes(wanted))
  );
}

function comparing(by: UserSort, descending: boolean) {
  const key = (row: UserRow): string | number => {
    switch (by) {
      case "name":
        return row.user.directory.display_name;
      case "upn":
        return row.user.directory.upn;
      case "organization":
        return row.organization_name;
      case "access":
        return row.effective_access;
      case "mailbox":
        return row.user.mailbox;
      case "kind":
        return row.kind;
      case "verdict":
        return row.verdict;
      case "checked":
        return row.checked ?? 0;
      case "issues":
        return row.open_issues;
      case "session":
        return row.synced ?? 0;
      case "sync":
        return row.effective_sync;
    }
  };
  return (a: UserRow, b: UserRow) => {
    const [left, right] = [key(a), key(b)];
    const order = left < right ? -1 : left > right ? 1 : a.user.id - b.user.id;
    return descending ? -order : order;
  };
}
