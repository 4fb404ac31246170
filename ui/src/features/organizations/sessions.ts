import type { OrganizationView, Sessions, Whose } from "../../api/bindings";
import { useCutOffPasses } from "../../api/cutOffPasses";
import { begin } from "../../api/work";
import { useNotices } from "../../lib/notices";
import { shortTime } from "../../lib/time";
import { t } from "../../words/t";

/** Names the sessions of an organization among the work that is going on. */
export function syncKey(organization: number): string {
  return `sync:${organization}`;
}

/** Runs sessions of an organization and says what they came to, wherever the person is by then; a failure is on the work. */
export async function runSessions({ organization }: OrganizationView, whose: Whose): Promise<void> {
  const { id, name } = organization;
  try {
    const came = await begin(syncKey(id), t("syncing.work", { organization: name }), "sync.run", {
      organization: id,
      whose,
    });
    if (came.whole) useCutOffPasses.getState().forget(id);
    useNotices.getState().say(came.whole ? "success" : "info", titleOf(came, name), bodyOf(came));
  } catch {
    // The work tells it.
  }
}

function titleOf({ users, waiting, whole }: Sessions, organization: string): string {
  if (users === 0 && waiting > 0) return t("syncing.allWait", { organization });
  if (users === 0) return t("syncing.nobodyDue", { organization });
  return t(whole ? "syncing.ran" : "syncing.ranPartly", { organization });
}

function bodyOf({ users, committed, waiting, waiting_until: until }: Sessions): string | undefined {
  const left = waiting > 0 ? t("syncing.waiting", { n: waiting }) : undefined;
  if (users === 0) return left;
  const { passed, failed, unknown, initialized, disabled } = committed;
  return [
    t("syncing.came", { passed, failed, unknown }),
    ...(initialized > 0 ? [t("syncing.becameInitialized", { n: initialized })] : []),
    ...(disabled > 0 ? [t("syncing.becameDisabled", { n: disabled })] : []),
    ...(until === null ? [] : [t("syncing.heldBack", { time: shortTime(until) })]),
    ...(left === undefined ? [] : [left]),
  ].join(" ");
}
