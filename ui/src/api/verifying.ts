import type { Run, Scope } from "./bindings";
import { begin, useWorks } from "./work";
import { t } from "../words/t";

/** Names the verification of an organization among the work that is going on. */
export function verifyKey(organization: number): string {
  return `verify:${organization}`;
}

/** Checks an organization's mailboxes. Resolves when the check is over; rejects with a refusal, which is on the work as well. */
export function check(organization: number, name: string, which: Scope): Promise<unknown> {
  return begin(verifyKey(organization), t("verify.work", { organization: name }), "verify.start", {
    organization,
    which,
  });
}

/** Starts a check of an organization's mailboxes. What comes of it is in the store; a failure is on the work. */
export function startRun(organization: number, name: string, which: Scope): void {
  void check(organization, name, which).catch(() => undefined);
}

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
