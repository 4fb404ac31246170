import type { Proof } from "../../api/bindings";
import { begin } from "../../api/work";
import { useNotices } from "../../lib/notices";
import { t } from "../../words/t";

/** Names the proof of an organization among the work that is going on. */
export function proofKey(organization: number): string {
  return `scope:${organization}`;
}

/** The addresses in a text, one on each line or between commas. */
export function namesIn(text: string): string[] {
  return text.split(/[\s,;]+/).filter((name) => name !== "");
}

/** Proves the scope. What comes of it is in the store; a failure is on the work. */
export function prove(
  organization: { readonly id: number; readonly name: string },
  ask: {
    readonly inside: number | null;
    readonly outside: number | null;
    readonly seed: number;
    readonly named: string[];
  },
): void {
  void begin(proofKey(organization.id), t("access.work", { organization: organization.name }), "scope.prove", {
    organization: organization.id,
    ...ask,
  }).catch(() => undefined);
}

/** Goes on with a paused proof, or asks those again that were too early to judge, and says what that came to. */
export async function goOn(proof: Proof, name: string, how: "scope.resume" | "scope.again"): Promise<void> {
  const title = t("access.work", { organization: name });
  try {
    const { proof: after } = await begin(proofKey(proof.organization), title, how, { proof: proof.id });
    if (how === "scope.resume" || after.state !== "finished") return;
    const { leaks, lock_outs: lockOuts, too_early: early } = after.tally;
    useNotices.getState().say("success", t("access.askedAgain", { leaks, lockOuts, early }));
  } catch {
    // The refusal stands on the work.
  }
}
