import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import type { CutOffAction } from "../../api/bindings";
import { call } from "../../api/client";
import { reading } from "../../api/queries";
import { fullTime } from "../../lib/time";
import { useNotices } from "../../lib/notices";
import { t } from "../../words/t";

/** Tells, once the data is open, which actions on users the end of the program has cut off: nothing of them was done. */
export function CutOffActions(): null {
  const { isSuccess } = useQuery(reading("tenants.list", null));
  useEffect(() => {
    // Where they can't be read, the journal still has them.
    if (isSuccess) void call("users.cut_off", null).then(tell, () => undefined);
  }, [isSuccess]);
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
