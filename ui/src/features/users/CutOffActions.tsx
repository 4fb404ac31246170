import type { CutOffAction } from "../../api/bindings";
import { useCutOff } from "../../api/cutOff";
import { fullTime } from "../../lib/time";
import { useNotices } from "../../lib/notices";
import { t } from "../../words/t";

/** Tells, once the data is open, which actions on users the end of the program has cut off: nothing of them was done. */
export function CutOffActions(): null {
  useCutOff("users.cut_off", tell);
  return null;
}

function tell(actions: readonly CutOffAction[]) {
  const { say } = useNotices.getState();
  for (const { action, users, since } of actions) {
    const what = t(`act.${action.kind}`).replace("…", "");
    const title = users === null ? t("act.cutOffSome", { what }) : t("act.cutOff", { what, n: users });
    say("error", title, t("act.cutOffThen", { time: fullTime(since) }));
  }
}
