import type {
  ForeseenCriteria,
  ForeseenPlan,
  JudgedCriterion,
  Pilot,
  PlanView,
  PlanWaves,
  PutUsers,
  Reason,
  SetCriteria,
  UserRow,
  WaveView,
} from "./bindings";
import { type Desk, membersOf, organizationNamed, refused, type Verbs } from "./fakeDesk";
import { acted, chosenOf, meantNow, refuseOthers } from "./fakeUsers";
import { countsOf, NOW } from "./fakeWorld";
import { everyUser } from "./filters";

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
function dealt(
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
  const reason = present && present.started.size > 0 ? "wave_started" : sizes.includes(0) ? "wave_emptied" : null;
  const unready = rows.filter(({ judged }) => judged.eligibility === "on_premises");
  return { foreseen: { sizes, unknown, not_ready: unready.length, on_graph: 0, refused: reason }, members };
}

/** The plan as the menu answers it. */
function planViewOf(
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
    const next = started.has(number + 1);
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
        queued: 0,
        left,
        failed: its.filter(({ session }) => session === "failed").length,
        unseen: its.length,
        with_issues: its.filter(({ open_issues }) => open_issues > 0).length,
        unchecked: its.length,
        last_switch: since,
        watched_until: null,
      },
      entry,
      exit: [...RUNNING],
      own: asked.own.find((own) => own.wave === number)?.exit ?? null,
      over: since !== null && next,
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
    criteria: null,
  };
}

/** What other criteria come to, as far as the real one goes for what the screens show: a pilot that is watched for no hour is met. */
function outlookOf(plan: PlanView, ask: SetCriteria): ForeseenCriteria {
  const changes: ForeseenCriteria["changes"] = [];
  if (plan.entry.window !== ask.entry.window) changes.push({ kind: "window", required: ask.entry.window });
  if (plan.by_itself !== ask.by_itself) changes.push({ kind: "by_itself", on: ask.by_itself });
  const exitOf = (wave: WaveView) => ask.own.find((own) => own.wave === wave.number)?.exit ?? ask.exit;
  for (const wave of plan.waves) {
    const [before, after] = [wave.own ?? plan.exit, exitOf(wave)];
    if (JSON.stringify(before) !== JSON.stringify(after))
      changes.push({ kind: "exit", wave: wave.number, before, after });
  }
  const states = plan.waves.map((wave) => (wave.state === "running" && exitOf(wave).hours === 0 ? "met" : wave.state));
  for (const [at, wave] of plan.waves.entries()) {
    const after = states[at] ?? wave.state;
    if (after !== wave.state) changes.push({ kind: "state", wave: wave.number, before: wave.state, after });
  }
  const over = plan.waves.filter((wave) => wave.over).map(({ number }) => number);
  return { changes, over, states, none: changes.length === 0 ? "already_so" : null };
}

/** What putting users into a wave comes to. */
function putInto(plan: FakePlan, users: readonly UserRow[], wave: number): PutUsers {
  const of = ({ user }: UserRow) => plan.members.get(user.id) ?? 0;
  const untouched = users.filter((row) => of(row) === wave).length;
  const stuck = users.filter((row) => of(row) !== wave && (plan.started.has(of(row)) || plan.started.has(wave))).length;
  const changes = users.length - untouched - stuck;
  const after = new Map(plan.members);
  if (stuck === 0) for (const { user } of users) after.set(user.id, wave);
  return {
    ...meantNow(users),
    changes,
    untouched,
    refused: stuck > 0 ? [{ reason: "wave_started", users: stuck }] : [],
    sizes: [null, ...plan.asked.shares, null].map(
      (_, at) => [...after.values()].filter((its) => its === at + 1).length,
    ),
    none: stuck > 0 && changes === 0 ? "wave_started" : changes === 0 ? "already_so" : null,
  };
}

/** What is asked of waves. */
export function waveVerbs(desk: Desk): Verbs {
  const planShown = (organization: number) => {
    const plan = desk.plans.get(organization);
    return plan
      ? planViewOf(plan, membersOf(desk, organization), organizationNamed(organization).acknowledged !== null)
      : null;
  };
  const planHeld = (organization: number) => {
    const plan = planShown(organization);
    if (!plan) throw refused("not_found");
    return plan;
  };
  const planDealt = (ask: PlanWaves) =>
    dealt(ask, membersOf(desk, ask.organization), desk.plans.get(ask.organization), (search) =>
      chosenOf(desk, { by: "filter", of: { ...everyUser, organization: ask.organization, search } }),
    );
  return {
    "waves.show": ({ organization }) => planShown(organization),
    "waves.foresee": (ask) => planDealt(ask).foreseen,
    "waves.plan": (ask) => {
      const { foreseen: outlook, members } = planDealt(ask);
      if (outlook.refused) throw refused("not_now", outlook.refused);
      desk.plans.set(ask.organization, { asked: ask, members, started: new Map(), held: new Set() });
      desk.changed();
      return planHeld(ask.organization);
    },
    "waves.remove": ({ organization }) => {
      desk.plans.delete(organization);
      desk.changed();
      return null;
    },
    "waves.hold": ({ organization, wave, held }) => {
      const plan = desk.plans.get(organization);
      if (!plan) throw refused("not_found");
      if (held) plan.held.add(wave);
      else plan.held.delete(wave);
      desk.changed();
      return planHeld(organization);
    },
    "waves.start": ({ organization, wave, expected }) => {
      const plan = desk.plans.get(organization);
      if (!plan) throw refused("not_found");
      const members = chosenOf(desk, { by: "filter", of: { ...everyUser, organization, wave } });
      refuseOthers(members, expected);
      plan.started.set(wave, NOW);
      return acted(desk, members, { kind: "switch", at_once: false, not_ready: false });
    },
    "waves.foresee_criteria": (ask) => outlookOf(planHeld(ask.organization), ask),
    "waves.set_criteria": (ask) => {
      const { states, none } = outlookOf(planHeld(ask.organization), ask);
      if (none) throw refused("not_now", none);
      if (ask.expected && ask.expected.join() !== states.join()) throw refused("changed");
      const plan = desk.plans.get(ask.organization);
      if (!plan) throw refused("not_found");
      const { entry, exit, own, by_itself } = ask;
      desk.plans.set(ask.organization, { ...plan, asked: { ...plan.asked, entry, exit, own, by_itself } });
      desk.changed();
      return planHeld(ask.organization);
    },
    "waves.foresee_put": ({ organization, users, wave }) => {
      const plan = desk.plans.get(organization);
      if (!plan) throw refused("not_found");
      return putInto(plan, chosenOf(desk, users), wave);
    },
    "waves.put": ({ organization, users, wave, expected }) => {
      const plan = desk.plans.get(organization);
      if (!plan) throw refused("not_found");
      refuseOthers(chosenOf(desk, users), expected);
      const put = putInto(plan, chosenOf(desk, users), wave);
      if (put.none) throw refused("not_now", put.none);
      for (const { user } of chosenOf(desk, users)) plan.members.set(user.id, wave);
      desk.changed();
      return put;
    },
  };
}
