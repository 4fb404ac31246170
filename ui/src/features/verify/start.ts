import type { Run } from "../../api/bindings";
import { verifyKey } from "../../api/checks";
import { begin, useWorks } from "../../api/work";
import { t } from "../../words/t";

/** Goes on with a run that was paused or cut off. Resolves when the work on it has ended, however it did. */
export function resumeRun(run: Run): Promise<void> {
  return begin(
    verifyKey(run.organization),
    t("verify.work", { organization: run.organization_name }),
    "verify.resume",
    {
      run: run.id,
    },
  ).then(
    () => undefined,
    () => undefined,
  );
}

/** Resolves when the work of that key goes on no longer. */
export function settled(key: string): Promise<void> {
  const over = () => {
    const state = useWorks.getState().all[key]?.state;
    return state !== "running" && state !== "stopping";
  };
  if (over()) return Promise.resolve();
  return new Promise((resolve) => {
    const unsubscribe = useWorks.subscribe(() => {
      if (!over()) return;
      unsubscribe();
      resolve();
    });
  });
}
