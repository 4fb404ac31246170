import type { CutOffPass } from "../api/bindings";
import { t } from "./t";

/** How far sync sessions had come when the end of the program cut them off, and what becomes of the rest. */
export function cutOffWords({ read, users }: CutOffPass, paused: boolean): string {
  return [
    t("sessions.cutOffBecause", { read, n: users }),
    ...(read < users ? [t(paused ? "sessions.cutOffPaused" : "sessions.cutOffDue")] : []),
  ].join(" ");
}
