import type { CutOffPass } from "../api/bindings";
import { t } from "./t";

/** How far sync sessions had come when the end of the program cut them off. */
export function howFar({ read, users }: CutOffPass): string {
  return t("sessions.cutOffBecause", { read, n: users });
}

/** The same, and what becomes of the rest. */
export function cutOffWords(pass: CutOffPass, paused: boolean): string {
  const rest = pass.users - pass.read - pass.forward;
  return [
    howFar(pass),
    ...(pass.forward > 0 ? [t("sessions.cutOffForward", { n: pass.forward })] : []),
    ...(rest > 0 ? [t(paused ? "sessions.cutOffPaused" : "sessions.cutOffDue")] : []),
  ].join(" ");
}
