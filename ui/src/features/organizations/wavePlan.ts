import type { Exit, Group, PlanView, PlanWaves, SetCriteria, Severity } from "../../api/bindings";
import { MOST_HOURS, MOST_WAVES } from "../../api/bindings";
import { everyUser } from "../../api/filters";

export const pilots = ["number", "named", "group", "search"] as const;
export type PilotKind = (typeof pilots)[number] | "present";

/** Criteria as they are typed. */
export type TypedExit = {
  readonly initialized: string;
  readonly failed: string;
  readonly hours: string;
  readonly issues: Severity | "none";
};

/** The numbers among them, and between what each has to be. */
export const limits = {
  initialized: { least: 0, most: 100 },
  failed: { least: 0, most: 100 },
  hours: { least: 0, most: MOST_HOURS },
} as const satisfies Partial<Record<keyof TypedExit, { least: number; most: number }>>;

/** A plan as it is typed. */
export type Draft = {
  readonly pilot: PilotKind;
  readonly number: string;
  readonly addresses: string;
  readonly search: string;
  readonly group: Pick<Group, "id" | "display_name"> | undefined;
  readonly nested: boolean;
  readonly shares: string;
  readonly authorized: boolean;
  readonly window: boolean;
  readonly exit: TypedExit;
  /** By the numbers of waves that have to come to something else. */
  readonly own: Readonly<Record<number, TypedExit>>;
  readonly byItself: boolean;
};

/** By what a plan judges its waves, as it is typed. */
export type TypedCriteria = Pick<Draft, "authorized" | "window" | "exit" | "own" | "byItself">;

/** The present plan, or what is usual. */
export function draftOf(plan: PlanView | null): Draft {
  const shares = plan?.waves.flatMap(({ percent }) => percent ?? []) ?? [10, 30];
  const own = plan?.waves.flatMap((wave) => (wave.own ? [[wave.number, typed(wave.own)] as const] : [])) ?? [];
  return {
    pilot: plan ? "present" : "number",
    number: "10",
    addresses: "",
    search: "",
    group: undefined,
    nested: true,
    shares: shares.join(", "),
    authorized: plan?.entry.authorized ?? true,
    window: plan?.entry.window ?? false,
    exit: typed(plan?.exit ?? { initialized: 95, failed: 2, hours: 24, issues: "lasting" }),
    own: Object.fromEntries(own),
    byItself: plan?.by_itself ?? false,
  };
}

function typed({ initialized, failed, hours, issues }: Exit): TypedExit {
  return {
    initialized: String(initialized),
    failed: String(failed),
    hours: String(hours),
    issues: issues ?? "none",
  };
}

/** The shares; nothing where they are none. */
export function sharesOf(text: string): number[] | undefined {
  const parts = text.split(/[\s,;%]+/).filter((part) => part !== "");
  const shares = parts.map(Number);
  const fit =
    parts.every((part) => /^\d+$/.test(part)) &&
    shares.every((share) => share >= 1) &&
    shares.reduce((sum, share) => sum + share, 0) < 100 &&
    shares.length + 2 <= MOST_WAVES;
  return fit ? shares : undefined;
}

/** Whether a number is typed that fits. */
export function fits(name: keyof typeof limits, text: string): boolean {
  const { least, most } = limits[name];
  return /^\d+$/.test(text.trim()) && Number(text) >= least && Number(text) <= most;
}

/** The addresses that were typed, each once. */
function addressesOf(text: string): string[] {
  return [...new Set(text.split(/[\s,;]+/).filter((part) => part !== ""))];
}

/** Who goes first; nothing while that is open or wrong. */
export function pilotOf({ pilot, number, addresses, search, group, nested }: Draft): PlanWaves["pilot"] | undefined {
  switch (pilot) {
    case "present":
      return { kind: "present" };
    case "number":
      return /^\d+$/.test(number.trim()) && Number(number) > 0 ? { kind: "number", number: Number(number) } : undefined;
    case "named": {
      const named = addressesOf(addresses);
      return named.length === 0 ? undefined : { kind: "named", addresses: named };
    }
    case "search":
      return search.trim() === "" ? undefined : { kind: "filter", filter: { ...everyUser, search: search.trim() } };
    case "group":
      return group && { kind: "group", group: group.id, nested };
  }
}

function exitOf({ initialized, failed, hours, issues }: TypedExit): Exit | undefined {
  if (!fits("initialized", initialized) || !fits("failed", failed) || !fits("hours", hours)) return undefined;
  return {
    initialized: Number(initialized),
    failed: Number(failed),
    hours: Number(hours),
    issues: issues === "none" ? null : issues,
  };
}

/** By what so many waves are to be judged; nothing while something of it is wrong. */
function judgingOf(draft: TypedCriteria, waves: number): Omit<SetCriteria, "organization"> | undefined {
  const exit = exitOf(draft.exit);
  if (!exit) return undefined;
  const own: SetCriteria["own"] = [];
  for (const [key, criteria] of Object.entries(draft.own)) {
    const [wave, itsExit] = [Number(key), exitOf(criteria)];
    // Criteria of a wave that the shares don't make any more are kept in the form only.
    if (wave > waves) continue;
    if (!itsExit) return undefined;
    own.push({ wave, exit: itsExit });
  }
  return { entry: { authorized: draft.authorized, window: draft.window }, exit, own, by_itself: draft.byItself };
}

/** The plan that is asked for; nothing while something of it is open or wrong. */
export function planOf(organization: number, draft: Draft): PlanWaves | undefined {
  const [pilot, shares] = [pilotOf(draft), sharesOf(draft.shares)];
  const judging = shares && judgingOf(draft, shares.length + 2);
  return pilot && shares && judging ? { organization, pilot, shares, ...judging } : undefined;
}

/** The criteria that are asked for; nothing while something of them is wrong. */
export function criteriaOf(plan: PlanView, draft: TypedCriteria): SetCriteria | undefined {
  const judging = judgingOf(draft, plan.waves.length);
  return judging && { organization: plan.organization, ...judging };
}

/** The draft with criteria of its own for a wave, or without them. */
export function withOwn(draft: TypedCriteria, wave: number, exit: TypedExit | undefined): Pick<TypedCriteria, "own"> {
  const { [wave]: _before, ...others } = draft.own;
  return { own: exit ? { ...others, [wave]: exit } : others };
}
