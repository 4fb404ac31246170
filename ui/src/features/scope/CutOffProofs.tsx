import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import type { CutOffProof } from "../../api/bindings";
import { call } from "../../api/client";
import { reading } from "../../api/queries";
import { useNotices } from "../../lib/notices";
import { t } from "../../words/t";
import { goOn } from "./proving";

/** Goes on with the proofs that the end of the program has cut off, if the admin chose so. Each is named once. */
export function CutOffProofs(): null {
  const { isSuccess } = useQuery(reading("tenants.list", null));
  useEffect(() => {
    // Where they can't be read they stay paused, with the button that resumes them.
    if (isSuccess) void call("scope.cut_off", null).then(goOnWith, () => undefined);
  }, [isSuccess]);
  return null;
}

function goOnWith(proofs: readonly CutOffProof[]) {
  const { say } = useNotices.getState();
  for (const { proof, organization } of proofs) {
    say("info", t("access.goesOn", { id: proof.id, organization }), t("access.goesOnBecause"));
    void goOn(proof, organization, "scope.resume");
  }
}
