import type { Proof } from "../../api/bindings";
import { begin } from "../../api/work";
import { t } from "../../words/t";

/** Names the proof of an organization among the work that is going on. */
export function proofKey(organization: number): string {
  return `scope:${organization}`;
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

/** Goes on with a paused proof, or asks those again that were too early to judge. */
export function goOn(proof: Proof, name: string, how: "scope.resume" | "scope.again"): void {
  void begin(proofKey(proof.organization), t("access.work", { organization: name }), how, { proof: proof.id }).catch(
    () => undefined,
  );
}
