import type { Acknowledged } from "../api/bindings";
import { fullTime } from "../lib/time";
import { t } from "./t";

/** When, and by whom, it was read what Graph can't do for an integration. */
export function acknowledgedWords({ at, by }: Acknowledged): string {
  const time = fullTime(at);
  return by === null ? t("consent.acknowledged", { time }) : t("consent.acknowledgedBy", { time, who: by });
}
