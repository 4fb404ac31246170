import type { CriteriaChange, Criterion, Exit, Met, PlanView, Severity, WaveState, WaveView } from "../api/bindings";
import type { State } from "../lib/state";
import { lasted } from "../lib/time";
import { t } from "./t";

type Badge = { readonly state: State; readonly word: string };

/** Where a wave stands. */
const waveBadges = {
  waiting: { state: "waiting", word: "Waits" },
  may_start: { state: "attention", word: "May start" },
  running: { state: "working", word: "Running" },
  met: { state: "good", word: "Criteria met" },
  not_met: { state: "bad", word: "Criteria not met" },
  held: { state: "off", word: "Held" },
} as const satisfies Record<WaveState, Badge>;

/** Where it stands, also where all that was begun waits for the change window. */
export function waveBadge({ state, seen }: WaveView): Badge {
  const allWait = state === "running" && seen.queued > 0 && seen.queued === seen.under_way;
  return allWait ? { state: "waiting", word: "Waits for the change window" } : waveBadges[state];
}

/** Whether a criterion is met. */
export const metBadges = {
  met: { state: "good", word: "Met" },
  not_met: { state: "bad", word: "Not met" },
  unknown: { state: "unknown", word: "Unknown" },
} as const satisfies Record<Met, Badge>;

/** The same before a wave starts, when nothing has gone wrong yet. */
export const entryBadges = {
  ...metBadges,
  not_met: { state: "waiting", word: "Not yet" },
} as const satisfies Record<Met, Badge>;

/** Which open issues count; `none` where they don't matter. */
export const severityWords = {
  lasting: "None that lasts",
  any: "None at all",
  none: "Don't matter",
} as const satisfies Record<Severity | "none", string>;

/** What a wave is called: by its place in the plan, and by who is in it. */
export function waveName({ number, percent }: Pick<WaveView, "number" | "percent">): string {
  if (number === 1) return t("waves.pilot");
  return percent === null ? t("waves.rest", { wave: number }) : t("waves.share", { wave: number, percent });
}

/** What a wave has to come to, in one line. */
export function exitWords({ initialized, failed, hours, issues }: Exit): string {
  return t("waves.exitLine", { initialized, failed, hours, issues: t(`waves.issues.${issues ?? "none"}`) });
}

/** A criterion with the figures by which it was judged. */
export function criterionWords(criterion: Criterion): string {
  switch (criterion.kind) {
    case "acknowledged":
      return t("waves.acknowledged");
    case "authorized":
      return t("waves.authorized");
    case "previous_met":
      return t("waves.previousMet");
    case "window_open":
      return t("waves.windowOpen");
    case "initialized":
      return t("waves.initialized", { percent: criterion.percent, users: criterion.users, of: criterion.of });
    case "failed":
      return t("waves.failed", {
        percent: criterion.percent,
        users: criterion.users,
        of: criterion.of,
        unseen: criterion.unseen,
      });
    case "watched":
      return criterion.minutes === null
        ? t("waves.watchedNot", { n: criterion.hours })
        : t("waves.watched", { n: criterion.hours, time: lasted(criterion.minutes * 60_000) });
    case "issues":
      return criterion.severity === "any"
        ? t("waves.issuesAny", { users: criterion.users, unseen: criterion.unseen })
        : t("waves.issuesLasting", { users: criterion.users, unseen: criterion.unseen });
  }
}

/** What changes by other criteria. */
export function criteriaChangeWords(change: CriteriaChange, plan: PlanView): string {
  const named = (number: number) =>
    waveName(plan.waves.find((wave) => wave.number === number) ?? { number, percent: null });
  switch (change.kind) {
    case "authorized":
      return t(change.required ? "waves.change.authorized" : "waves.change.notAuthorized");
    case "window":
      return t(change.required ? "waves.change.window" : "waves.change.noWindow");
    case "by_itself":
      return t(change.on ? "waves.byItself" : "waves.byHand");
    case "exit":
      return t("waves.change.exit", {
        wave: named(change.wave),
        before: exitWords(change.before),
        after: exitWords(change.after),
      });
    case "state":
      return t("waves.change.state", {
        wave: named(change.wave),
        before: waveBadges[change.before].word,
        after: waveBadges[change.after].word,
      });
    case "starts":
      return t("waves.change.starts", { wave: named(change.wave), n: change.users });
  }
}
