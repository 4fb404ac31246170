import type { Criterion, Met, WaveState } from "../api/bindings";
import type { State } from "../lib/state";
import { t } from "./t";

type Badge = { readonly state: State; readonly word: string };

/** Where a wave stands. */
export const waveBadges = {
  waiting: { state: "waiting", word: "Waits" },
  may_start: { state: "attention", word: "May start" },
  running: { state: "working", word: "Running" },
  met: { state: "good", word: "Criteria met" },
  not_met: { state: "bad", word: "Criteria not met" },
  held: { state: "off", word: "Held" },
} as const satisfies Record<WaveState, Badge>;

/** Whether a criterion is met. */
export const metBadges = {
  met: { state: "good", word: "Met" },
  not_met: { state: "bad", word: "Not met" },
  unknown: { state: "unknown", word: "Unknown" },
} as const satisfies Record<Met, Badge>;

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
        ? t("waves.watchedNot", { hours: criterion.hours })
        : t("waves.watched", { hours: criterion.hours, minutes: criterion.minutes });
    case "issues":
      return criterion.severity === "any"
        ? t("waves.issuesAny", { users: criterion.users, unseen: criterion.unseen })
        : t("waves.issuesLasting", { users: criterion.users, unseen: criterion.unseen });
  }
}
