import type { AddressChange, Happening } from "../api/bindings";
import { causeTitles } from "./causes";
import { accessWords, verdictBadges } from "./nouns";
import { t } from "./t";

/** What happened to a user, as its timeline tells it. */
export function happeningWords(what: Happening): string {
  switch (what.kind) {
    case "moved":
      return t("timeline.moved", { from: what.from, to: what.to });
    case "access_set":
      return what.access === null
        ? t("timeline.accessInherited")
        : t("timeline.access", { access: accessWords[what.access] });
    case "sync_enabled":
      return t("timeline.syncEnabled");
    case "sync_disabled":
      return t("timeline.syncDisabled");
    case "sync_disabled_due_to_error":
      return t("timeline.syncDisabledDueToError", { n: what.failures });
    case "put_in_wave":
      return t("timeline.putInWave", { from: what.from, to: what.to });
    case "in_wave":
      return t("timeline.inWave", { wave: what.wave });
    case "switch_queued":
      return t("timeline.switchQueued");
    case "switch_withdrawn":
      return t("timeline.switchWithdrawn");
    case "switched":
      return t("timeline.switched", { access: accessWords[what.to] });
    case "went_back":
      return t("timeline.wentBack", { access: accessWords[what.to] });
    case "initialized":
      return t("timeline.initialized");
    case "reset":
      return t("timeline.reset");
    case "excluded":
      return t("timeline.excluded");
    case "included":
      return t("timeline.included");
    case "forced":
      return t("timeline.forced");
    case "session_failed": {
      const why = what.cause === null ? t("issues.noCause") : causeTitles[what.cause];
      return t("timeline.sessionFailed", { why: what.code === null ? why : `${why} (${what.code})` });
    }
    case "session_recovered":
      return t("timeline.sessionRecovered");
    case "resynced":
      return t("timeline.resynced");
    case "connected":
      return t("timeline.connected", { address: what.address });
    case "disconnected":
      return t("timeline.disconnected", { address: what.address });
    case "mailbox_added":
      return t("timeline.mailboxAdded", { address: what.address });
    case "mailbox_taken_off":
      return t("timeline.mailboxTakenOff", { address: what.address });
    case "mailbox_set":
      return changeWords(what.address, what.change);
    case "migration_begun": {
      const way = { from: what.from, to: what.to };
      return what.outside_window ? t("timeline.migrationBegunOutside", way) : t("timeline.migrationBegun", way);
    }
    case "migration_checked":
      return t("timeline.migrationChecked", {
        title: t(`migration.title.${what.step}`),
        verdict: verdictBadges[what.verdict].word,
      });
    case "migration_ticked":
      return t("timeline.migrationTicked", { title: t(`migration.title.${what.step}`) });
    case "migration_reopened":
      return t("timeline.migrationReopened", { title: t(`migration.title.${what.step}`) });
    case "migration_given_up":
      return t("timeline.migrationGivenUp");
  }
}

function changeWords(address: string, change: AddressChange): string {
  if (change.kind === "default") return t("timeline.mailboxDefault", { address });
  const what = t(`mailboxes.${change.kind}`);
  return t(change.on ? "timeline.mailboxOn" : "timeline.mailboxOff", { what, address });
}
