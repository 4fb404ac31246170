import type { Deletion, OrganizationView, Reason } from "../../api/bindings";
import { call, refusalOf } from "../../api/client";
import { explain, reasonWords } from "../../words/codes";
import { t } from "../../words/t";

/** What can be done with several organizations at once. */
export const bulkKinds = ["enable", "disable", "start", "pause", "delete"] as const;
export type BulkKind = (typeof bulkKinds)[number];

/** What it comes to for one of them. */
export type Planned = {
  readonly view: OrganizationView;
  readonly effect: { readonly kind: "changes" | "nothing" } | { readonly kind: "refused"; readonly reason: Reason };
  /** What goes with it, where it is deleted. */
  readonly deletion: Deletion | undefined;
};

/** What came of one of them; `why` where it isn't done. */
export type Came = {
  readonly view: OrganizationView;
  readonly came: "done" | "untouched" | "failed";
  readonly why: string | undefined;
};

/** Sorts organizations by what it comes to for each. Those of which it isn't known yet what would go are left out. */
export function planOf(
  kind: BulkKind,
  views: readonly OrganizationView[],
  deletions: readonly Deletion[],
  force: boolean,
): Planned[] {
  if (kind !== "delete") {
    return views.map((view) => ({
      view,
      effect: { kind: isSo(kind, view) ? "nothing" : "changes" },
      deletion: undefined,
    }));
  }
  return views.flatMap((view) => {
    const deletion = deletions.find(({ organization }) => organization === view.organization.id);
    if (!deletion) return [];
    const reason = force ? deletion.refused_by_force : deletion.refused;
    return [{ view, effect: reason ? { kind: "refused", reason } : { kind: "changes" }, deletion }];
  });
}

function isSo(kind: Exclude<BulkKind, "delete">, { organization }: OrganizationView): boolean {
  switch (kind) {
    case "enable":
      return organization.sync === "enabled";
    case "disable":
      return organization.sync === "disabled";
    case "start":
      return organization.rhythm.paused === null;
    case "pause":
      return organization.rhythm.paused !== null;
  }
}

/** Does it to one after the other. One that can't be done holds none of the others up. */
export async function carryOut(
  kind: BulkKind,
  plan: readonly Planned[],
  force: boolean,
  onDone: (done: number) => void,
): Promise<Came[]> {
  const all: Came[] = [];
  for (const planned of plan) {
    all.push(await carryOutOne(kind, planned, force));
    onDone(all.length);
  }
  return all;
}

async function carryOutOne(kind: BulkKind, { view, effect, deletion }: Planned, force: boolean): Promise<Came> {
  if (effect.kind === "nothing") return { view, came: "untouched", why: t("bulk.alreadySo") };
  if (effect.kind === "refused") return { view, came: "untouched", why: reasonWords[effect.reason] };
  try {
    await doIt(kind, view.organization.id, force, deletion);
    return { view, came: "done", why: undefined };
  } catch (thrown) {
    const { title, advice } = explain(refusalOf(thrown));
    return { view, came: "failed", why: `${title} ${advice}` };
  }
}

function doIt(kind: BulkKind, organization: number, force: boolean, deletion: Deletion | undefined) {
  switch (kind) {
    case "enable":
      return call("organizations.change", { organization, name: null, access: null, sync: "enabled" });
    case "disable":
      return call("organizations.change", { organization, name: null, access: null, sync: "disabled" });
    case "start":
      return call("sync.pause", { organization, paused: false });
    case "pause":
      return call("sync.pause", { organization, paused: true });
    case "delete":
      return call("organizations.delete", { organization, force, expected: deletion?.belongings.users ?? null });
  }
}
