import type { Progress } from "../api/bindings";
import { shortTime } from "../lib/time";
import { t } from "./t";

/** One line that says how far long work is. */
export function progressLine(progress: Progress): string {
  switch (progress.kind) {
    case "browser":
      return t("work.browser");
    case "not_kept":
      return t("work.notKept");
    case "reading_back":
      return t("work.readingBack");
    case "written":
      return t("work.written", { done: progress.done, total: progress.total });
    case "read":
      return t("work.read", { read: progress.read });
    case "asked":
      return t("work.asked", { done: progress.done, total: progress.total });
    case "imported":
      return t("work.imported", { read: progress.read, new: progress.new });
    case "proven":
      return waiting(t("access.progress", { done: progress.done, total: progress.total }), progress.waiting_until);
    case "synced":
      return waiting(t("work.synced", { done: progress.done, total: progress.total }), progress.waiting_until);
    case "verified":
      return progress.parked && progress.waiting_until !== null
        ? t("work.parked", { done: progress.done, total: progress.total, time: shortTime(progress.waiting_until) })
        : waiting(
            t("work.verified", { done: progress.done, total: progress.total }),
            progress.bound === "pause" ? progress.waiting_until : null,
          );
  }
}

/** The line, with the moment until which Microsoft asked to wait. */
function waiting(line: string, until: number | null): string {
  return until === null ? line : t("work.waiting", { line, time: shortTime(until) });
}
