import type { Run, Scope } from "./bindings";
import { begin, isLive, useWorks, type Work } from "./work";
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
    { run: run.id },
    run.id,
  ).then(
    () => undefined,
    () => undefined,
  );
}

/** Whether a run goes on: as work of this window, which can pause it; by what is stored; or not, so that it can be resumed. */
export type Standing = "here" | "running" | "resting";

/** Where a run that isn't over stands, beside the work on its organization, which is on one run at a time. */
export function standingOf(run: Run, work: Work | undefined): Standing {
  const going = run.state === "running" ? "running" : "resting";
  if (work?.run === run.id) return isLive(work) ? "here" : work.state === "done" ? going : "resting";
  return isLive(work) && work?.run !== undefined ? "resting" : going;
}

/** Resolves when the work of that key goes on no longer. */
export function settled(key: string): Promise<void> {
  const over = () => !isLive(useWorks.getState().all[key]);
  if (over()) return Promise.resolve();
  return new Promise((resolve) => {
    const unsubscribe = useWorks.subscribe(() => {
      if (!over()) return;
      unsubscribe();
      resolve();
    });
  });
}
