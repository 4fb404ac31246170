import type {
  Chosen,
  ForeseenPlan,
  JudgedCriterion,
  Pilot,
  PlanView,
  PlanWaves,
  PutUsers,
  Reason,
  UserRow,
  WaveView,
} from "./bindings";
import { countsOf, NOW } from "./fakeWorld";

/** A plan of the pretend world: who is in which wave, and what became of it. */
export type FakePlan = {
  readonly asked: PlanWaves;
  readonly members: Map<number, number>;
  readonly started: Map<number, number>;
  readonly held: Set<number>;
};

const RUNNING: readonly JudgedCriterion[] = [
  { criterion: { kind: "initialized", percent: 95, users: 0, of: 10 }, met: "not_met" },
  { criterion: { kind: "failed", percent: 2, users: 0, unseen: 10, of: 10 }, met: "unknown" },
  { criterion: { kind: "watched", hours: 24, minutes: null }, met: "unknown" },
];

/** Deals users out, as far as the real one goes for what the screens show. */
export function dealt(
  ask: PlanWaves,
  rows: readonly UserRow[],
  present: FakePlan | undefined,
  searched: (text: string) => readonly UserRow[],
): { readonly foreseen: ForeseenPlan; readonly members: Map<number, number> } {
  const of = (row: UserRow) => row.user.directory.upn.toLowerCase();
  const pilotOf = (pilot: Pilot): readonly UserRow[] => {
    switch (pilot.kind) {
      case "number":
        return rows.slice(0, pilot.number);
      case "named":
        return rows.filter((row) => pilot.addresses.some((address) => address.toLowerCase() === of(row)));
      case "filter":
        return searched(pilot.filter.search ?? "");
      case "group":
        return rows.slice(0, 7);
      case "present":
        return rows.filter(({ user }) => present?.members.get(user.id) === 1);
    }
  };
  const first = pilotOf(ask.pilot);
  const rest = rows.filter((row) => !first.includes(row));
  const unknown =
    ask.pilot.kind === "named"
      ? ask.pilot.addresses.filter((address) => !rows.some((row) => of(row) === address.toLowerCase()))
      : [];
  const members = new Map(first.map(({ user }) => [user.id, 1]));
  let from = 0;
  const sizes = [first.length];
  for (const [at, percent] of [...ask.shares, undefined].entries()) {
    const size = percent === undefined ? rest.length - from : Math.ceil((rest.length * percent) / 100);
    const some = rest.slice(from, from + size);
    for (const { user } of some) members.set(user.id, at + 2);
    sizes.push(some.length);
    from += size;
  }
  const refused = present && present.started.size > 0 ? "wave_started" : sizes.includes(0) ? "wave_emptied" : null;
  return { foreseen: { sizes, unknown, refused }, members };
}

/** The plan as the menu answers it. */
export function planViewOf(
  { asked, members, started, held }: FakePlan,
  rows: readonly UserRow[],
  acknowledged: boolean,
): PlanView {
  const wave = (percent: number | null, at: number): WaveView => {
    const number = at + 1;
    const its = rows.filter(({ user }) => members.get(user.id) === number);
    const since = started.get(number) ?? null;
    const entry: JudgedCriterion[] = [
      { criterion: { kind: "acknowledged" }, met: acknowledged ? "met" : "not_met" },
      ...(number > 1 ? [{ criterion: { kind: "previous_met" as const }, met: "not_met" as const }] : []),
    ];
    const left = its.filter(({ user }) => user.mailbox !== "switching").length;
    const start: Reason | null = held.has(number)
      ? "wave_held"
      : number > 1 || !acknowledged
        ? "wave_waits"
        : since !== null && left === 0
          ? "wave_done"
          : null;
    return {
      number,
      percent,
      state: held.has(number) ? "held" : since !== null ? "running" : start === null ? "may_start" : "waiting",
      started: since,
      started_by: since === null ? null : "admin@contoso.example",
      held: held.has(number) ? NOW : null,
      mailboxes: countsOf(its),
      seen: {
        users: its.length,
        initialized: 0,
        under_way: its.length - left,
        left,
        failed: 0,
        unseen: its.length,
        with_issues: 0,
        unchecked: its.length,
        last_switch: since,
        watched_until: null,
      },
      entry,
      exit: [...RUNNING],
      own: asked.own.find((own) => own.wave === number)?.exit ?? null,
      start,
    };
  };
  return {
    organization: asked.organization,
    entry: asked.entry,
    exit: asked.exit,
    by_itself: asked.by_itself,
    made: NOW,
    made_by: "admin@contoso.example",
    waves: [null, ...asked.shares, null].map(wave),
    change: started.size > 0 ? "wave_started" : null,
  };
}

/** What putting users into a wave comes to. */
export function putInto(plan: FakePlan, users: readonly UserRow[], wave: number): PutUsers {
  const of = ({ user }: UserRow) => plan.members.get(user.id) ?? 0;
  const untouched = users.filter((row) => of(row) === wave).length;
  const stuck = users.filter((row) => of(row) !== wave && (plan.started.has(of(row)) || plan.started.has(wave))).length;
  const changes = users.length - untouched - stuck;
  const after = new Map(plan.members);
  if (stuck === 0) for (const { user } of users) after.set(user.id, wave);
  return {
    users: users.length,
    changes,
    untouched,
    refused: stuck > 0 ? [{ reason: "wave_started", users: stuck }] : [],
    sizes: [null, ...plan.asked.shares, null].map(
      (_, at) => [...after.values()].filter((its) => its === at + 1).length,
    ),
    none: stuck > 0 && changes === 0 ? "wave_started" : changes === 0 ? "already_so" : null,
  };
}

/** Of whom a choice is made that names a wave. */
export function waveOf(users: Chosen): number | null {
  return users.by === "filter" ? (users.of.wave ?? null) : null;
}
