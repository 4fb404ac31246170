import type { CutOffRuns } from "../../api/bindings";
import { useCutOff } from "../../api/cutOff";
import { useNotices } from "../../lib/notices";
import { t } from "../../words/t";
import { resumeRun } from "../../api/verifying";

/**
 * Names the runs that the end of the program has cut off, and goes on with them, if the admin chose so. They are asked for once the data
 * is open, and each is named once.
 */
export function CutOff(): null {
  useCutOff("verify.cut_off", goOn);
  return null;
}

function goOn({ runs, resume }: CutOffRuns) {
  const { say } = useNotices.getState();
  const latest = new Map<number, Promise<void>>();
  for (const run of runs) {
    if (resume === "on_click") {
      const done = { done: run.mailboxes_done, n: run.mailboxes };
      say(
        "info",
        t("run.wasCutOff", { id: run.id, organization: run.organization_name }),
        t("run.wasCutOffThen", done),
      );
      continue;
    }
    say("info", t("run.goesOn", { id: run.id, organization: run.organization_name }), t("run.goesOnBecause"));
    // An organization is checked by one run at a time.
    const before = latest.get(run.organization);
    latest.set(run.organization, before ? before.then(() => resumeRun(run)) : resumeRun(run));
  }
}
