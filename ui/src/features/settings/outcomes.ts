import type { Outcome } from "../../api/bindings";
import type { State } from "../../lib/state";
import type { PlainKey } from "../../words/t";

/** How an entry of the journal ended. */
export const outcomes = {
  intended: { state: "waiting", word: "journal.intended" },
  done: { state: "good", word: "journal.done" },
  failed: { state: "bad", word: "journal.failed" },
  unknown: { state: "attention", word: "journal.unknown" },
} as const satisfies Record<Outcome, { state: State; word: PlainKey }>;
