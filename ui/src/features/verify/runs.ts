import type { Run } from "../../api/bindings";
import type { State } from "../../lib/state";
import { shortTime } from "../../lib/time";
import { verdictBadges } from "../../words/nouns";
import { wordsOf } from "../../words/options";
import { t } from "../../words/t";

/** What a run came to, as one state. A finished run is good only if each mailbox answered. */
export function runBadge(run: Run, now = Date.now()): { state: State; word: string } {
  const { passed, failed, unknown, not_run } = run.ledger;
  switch (run.state) {
    case "running":
      return { state: "working", word: t("run.running") };
    case "interrupted":
      if (run.parked_until !== null && run.parked_until > now) {
        return { state: "waiting", word: t("run.parkedUntil", { time: shortTime(run.parked_until) }) };
      }
      return { state: "waiting", word: t("run.interrupted") };
    case "cancelled":
      return { state: "off", word: t("run.cancelled") };
    case "finished":
      if (failed > 0 && failed === run.mailboxes) return { state: "bad", word: t("run.allFailed") };
      if (failed > 0) return { state: "bad", word: t("run.someFailed") };
      if (unknown > 0 || not_run > 0) return { state: "attention", word: t("run.someUnknown") };
      return passed > 0 ? { state: "good", word: t("run.allPassed") } : { state: "unknown", word: t("run.nothing") };
  }
}

/** The run's ledger in the order and look of verdicts. */
export function ledgerSegments(run: Pick<Run, "ledger">) {
  return wordsOf(verdictBadges).map(({ value, word }) => ({
    value,
    word,
    state: verdictBadges[value].state,
    count: run.ledger[value],
  }));
}

/** Whom a run asks: so many mailboxes, or some of an earlier one. */
export function whichWords(run: Pick<Run, "failed_of" | "mailboxes">): string {
  return run.failed_of === null ? t("run.all", { n: run.mailboxes }) : t("run.failedOf", { run: run.failed_of });
}
