import type { Connection, Seen } from "../api/bindings";
import { fullTime } from "../lib/time";
import type { State } from "../lib/state";
import { causeTitles } from "./causes";
import { verdictBadges } from "./nouns";
import { t } from "./t";

/** Whether a mailbox is connected, as a badge. */
export function connectionBadge(connection: Connection): { state: State; word: string } {
  switch (connection.kind) {
    case "by_application":
      return { state: "good", word: t("mailboxes.byApplication") };
    case "over_ews":
      return { state: "off", word: t("mailboxes.overEws") };
    case "connected":
      return { state: "good", word: t("mailboxes.connected") };
    case "sign_in_needed":
      return { state: "attention", word: t(`mailboxes.need.${connection.need.why}`) };
    case "not_connected":
      return { state: "off", word: t("mailboxes.notConnected") };
  }
}

/** What a mailbox answered last. */
export function seenWords(seen: Seen | null): string {
  if (seen === null) return t("mailboxes.notAsked");
  const time = fullTime(seen.at);
  if (seen.verdict === "passed") return t("mailboxes.answered", { time });
  const why = seen.cause === null ? verdictBadges[seen.verdict].word : causeTitles[seen.cause];
  return t("mailboxes.refused", { why: seen.code === null ? why : `${why} (${seen.code})`, time });
}
