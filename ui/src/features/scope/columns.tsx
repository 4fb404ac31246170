import type { ProofTarget } from "../../api/bindings";
import { shortTime } from "../../lib/time";
import { StatusBadge } from "../../ui/StatusBadge";
import type { Column } from "../../ui/table/columns";
import { findingBadge, observedWords, reportBadge, sideWords } from "../../words/scope";
import { workloadWords } from "../../words/nouns";
import { t } from "../../words/t";

const finding = (row: ProofTarget) =>
  row.finding ? findingBadge(row.finding, row.provisional) : { state: "waiting" as const, word: t("access.waiting") };

/** What each workload did: one word where all did the same. */
function observed({ calls }: ProofTarget): string {
  const [first] = calls;
  if (!first) return "";
  if (calls.every((call) => call.observed === first.observed)) return observedWords[first.observed];
  return calls.map((call) => `${workloadWords[call.workload]}: ${observedWords[call.observed]}`).join(", ");
}

const plain = (
  id: string,
  title: string,
  width: number,
  text: (row: ProofTarget) => string,
  more: Partial<Column<ProofTarget>> = {},
): Column<ProofTarget> => ({ id, title, width, render: text, text, ...more });

/** Expected, said and observed, side by side. */
export const scopeColumns: ReadonlyArray<Column<ProofTarget>> = [
  plain("upn", t("access.mailbox"), 240, (row) => row.upn, { fixed: true, grows: true }),
  plain("name", t("access.name"), 160, (row) => row.display_name, { grows: true }),
  {
    id: "finding",
    title: t("access.finding"),
    width: 232,
    render: (row) => <StatusBadge {...finding(row)} />,
    text: (row) => finding(row).word,
  },
  plain("expected", t("access.expected"), 140, (row) => sideWords[row.expected]),
  {
    id: "cmdlet",
    title: t("access.cmdlet"),
    width: 168,
    render: (row) => {
      if (!row.said) return "";
      const { state, word } = reportBadge(row.said, row.disagrees);
      return state === undefined ? word : <StatusBadge state={state} word={word} />;
    },
    text: (row) => (row.said ? reportBadge(row.said, row.disagrees).word : ""),
  },
  plain("observed", t("access.observed"), 160, observed, { grows: true }),
  plain("asked", t("issues.at"), 110, (row) => (row.asked === null ? "" : shortTime(row.asked))),
];
