import type { CutOffPass } from "../api/bindings";
import { t } from "./t";

/** How far sync sessions had come when the end of the program cut them off. */
export function howFar({ read, users }: CutOffPass): string {
  return t("sessions.cutOffBecause", { read, n: users });
}

/** The same, and what becomes of the rest. */
export function cutOffWords(pass: CutOffPass, paused: boolean): string {
  const rest = pass.read < pass.users ? [t(paused ? "sessions.cutOffPaused" : "sessions.cutOffDue")] : [];
  return [howFar(pass), ...rest].join(" ");
}
