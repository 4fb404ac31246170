import type { CutOffPass } from "../../api/bindings";
import { useCutOff } from "../../api/cutOff";
import { useCutOffPasses } from "../../api/cutOffPasses";
import { useNotices } from "../../lib/notices";
import { howFar } from "../../words/cutOff";
import { t } from "../../words/t";

/**
 * Tells which sync sessions the end of the program has cut off, and how far they had come. Each is told once, when the data is open;
 * it stands where sessions are shown until somebody has read it.
 */
export function CutOffPasses(): null {
  useCutOff("sync.cut_off", tell);
  return null;
}

function tell(passes: readonly CutOffPass[]) {
  if (passes.length === 0) return;
  useCutOffPasses.getState().tell(passes);
  const { say } = useNotices.getState();
  // What becomes of the rest changes when sessions are paused or started: that is told where it is read later.
  for (const pass of passes) say("info", t("sessions.cutOff", { organization: pass.organization_name }), howFar(pass));
}
