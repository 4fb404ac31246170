import type { CutOffProof } from "../../api/bindings";
import { useCutOff } from "../../api/cutOff";
import { useNotices } from "../../lib/notices";
import { t } from "../../words/t";
import { goOn } from "./proving";

/** Goes on with the proofs that the end of the program has cut off, if the admin chose so. Each is named once. */
export function CutOffProofs(): null {
  useCutOff("scope.cut_off", goOnWith);
  return null;
}

function goOnWith(proofs: readonly CutOffProof[]) {
  const { say } = useNotices.getState();
  for (const { proof, organization } of proofs) {
    say("info", t("access.goesOn", { id: proof.id, organization }), t("access.goesOnBecause"));
    void goOn(proof, organization, "scope.resume");
  }
}
