import type { Figures, Hour, Organization, Standing, UserRow, Verdict } from "./bindings";
import { type Desk, membersOf, organizationNamed, type Verbs, waitingOf } from "./fakeDesk";
import { NOW, sessionsOf } from "./fakeWorld";

const HOUR = 3_600_000;

function isRead(row: UserRow): boolean {
  return (
    row.effective_access === "graph_app_only" && row.effective_sync === "enabled" && row.user.mailbox !== "excluded"
  );
}

function standingOf(rows: readonly UserRow[], waiting: readonly UserRow[]): Standing {
  const read = rows.filter((row) => isRead(row) && !waiting.includes(row));
  const last = { passed: 0, failed: 0, unknown: 0, not_run: 0 };
  for (const row of read) last[row.session ?? "not_run"] += 1;
  return {
    users: read.length,
    last,
    latest: rows.reduce<number | null>((latest, { synced }) => Math.max(latest ?? 0, synced ?? 0) || null, null),
    stuck: rows.filter((row) => row.user.mailbox === "switching").length,
    waiting: waiting.length,
    disabled_due_to_error: rows.filter((row) => row.user.sync === "disabled_due_to_error").length,
  };
}

/** A session of each user every hour, some of which fail; by the clock of whoever looks. */
function hoursOf(users: number, days: number): Hour[] {
  const last = Math.floor(Date.now() / HOUR) * HOUR;
  return Array.from({ length: users === 0 ? 0 : days * 24 }, (_, n) => ({
    from: last - (days * 24 - 1 - n) * HOUR,
    passed: users - (n % 7),
    failed: n % 5,
    unknown: n % 3,
    changed: users * 4,
    removed: n % 9,
    requests: users * 5,
    took: users * 640,
  }));
}

function figuresOf(
  organization: Organization,
  rows: readonly UserRow[],
  waiting: readonly UserRow[],
  days: number,
  { halt, pause }: Desk["options"],
): Figures {
  const standing = standingOf(rows, waiting);
  const known = standing.last.passed + standing.last.failed + standing.last.unknown;
  return {
    standing,
    under_way: false,
    halt: halt
      ? { code: halt, detail: "pretend halt", request_id: null, since: NOW - 3 * HOUR, at: NOW - 60_000 }
      : null,
    waiting_until: pause ?? null,
    stuck_before: NOW - 2 * HOUR,
    hours: organization.access === "graph_app_only" ? hoursOf(known, days) : [],
  };
}

/** What is asked of sync sessions. */
export function syncVerbs(desk: Desk): Verbs {
  let passesTold = false;
  return {
    "sync.figures": ({ organization, days }) =>
      figuresOf(
        organizationNamed(organization),
        membersOf(desk, organization),
        waitingOf(desk, organization),
        days,
        desk.options,
      ),
    "sync.cut_off": () => {
      const passes = desk.options.cutOffPass === undefined || passesTold ? [] : [desk.options.cutOffPass];
      passesTold = true;
      return passes.map((organization_name) => ({
        organization: 1,
        organization_name,
        users: 450,
        read: 120,
        forward: 0,
        since: NOW,
      }));
    },
    "sync.pause": ({ organization, paused }) => {
      const found = organizationNamed(organization);
      found.rhythm = { ...found.rhythm, paused: paused ? NOW : null };
      desk.changed();
      return found;
    },
    "sync.run": async ({ organization, whose }, { onProgress, signal }) => {
      const waiting = waitingOf(desk, organization);
      const rest = membersOf(desk, organization).filter((row) => !waiting.includes(row));
      const members = whose.kind === "due" ? rest.slice(0, 12) : rest;
      const of = (verdict: Verdict, some: readonly UserRow[]) => some.filter((row) => row.verdict === verdict).length;
      const total = members.length;
      const stopped = () => signal?.aborted === true;
      let done = 0;
      while (done < total && !stopped()) {
        await desk.wait();
        done = Math.min(total, done + Math.max(1, Math.ceil(total / 20)));
        const some = members.slice(0, done);
        const counts = { passed: of("passed", some), failed: of("failed", some), unknown: of("unknown", some) };
        onProgress?.({
          kind: "synced",
          organization,
          done,
          total,
          ...counts,
          changed: done * 4,
          removed: 1,
          initialized: 0,
          waiting_until: desk.options.pause ?? null,
        });
        if (desk.options.pause !== undefined) break;
      }
      desk.changed();
      const some = members.slice(0, done);
      const counts = { passed: of("passed", some), failed: of("failed", some), unknown: of("unknown", some) };
      const committed = { ...counts, changed: done * 4, removed: 1, requests: done * 5, initialized: 3, disabled: 0 };
      return {
        users: total,
        done,
        committed,
        waiting: waiting.length,
        whole: done === total,
        waiting_until: desk.options.pause ?? null,
      };
    },
    "sync.export": ({ organization }) => ({
      text: `upn,number\r\n${membersOf(desk, organization)
        .map(({ user }) => `${user.directory.upn},1`)
        .join("\r\n")}\r\n`,
      sessions: membersOf(desk, organization).length,
    }),
    "sync.sessions": ({ user }) => {
      const row = desk.rows.find((one) => one.user.id === user);
      return row ? sessionsOf(row) : [];
    },
  };
}
