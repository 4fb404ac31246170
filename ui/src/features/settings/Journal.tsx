import { makeStyles, tokens } from "@fluentui/react-components";
import { NotebookRegular } from "@fluentui/react-icons";
import { useQuery } from "@tanstack/react-query";
import type { JournalEntry, JournalState, Outcome } from "../../api/bindings";
import { refusalOf } from "../../api/client";
import { reading } from "../../api/queries";
import type { State } from "../../lib/state";
import { fullTime } from "../../lib/time";
import { EmptyState } from "../../ui/EmptyState";
import { ErrorBar } from "../../ui/ErrorBar";
import { StatusBadge } from "../../ui/StatusBadge";
import type { Column } from "../../ui/table/columns";
import { DataTable } from "../../ui/table/DataTable";
import { allOf } from "../../ui/table/rows";
import { explain } from "../../words/codes";
import { type PlainKey, t } from "../../words/t";

const useStyles = makeStyles({
  root: { display: "flex", flexDirection: "column", rowGap: "12px" },
  line: { display: "flex", flexWrap: "wrap", columnGap: "16px", rowGap: "4px" },
  quiet: { color: tokens.colorNeutralForeground2 },
  grid: { display: "flex", height: "calc(100vh - 260px)", minHeight: "240px" },
});

const SHOWN = 500;

const outcomes = {
  intended: { state: "waiting", word: "journal.intended" },
  done: { state: "good", word: "journal.done" },
  failed: { state: "bad", word: "journal.failed" },
  unknown: { state: "attention", word: "journal.unknown" },
} as const satisfies Record<Outcome, { state: State; word: PlainKey }>;

const text = (id: string, title: string, width: number, of: (entry: JournalEntry) => string): Column<JournalEntry> => ({
  id,
  title,
  width,
  render: of,
  text: of,
});

const columns: ReadonlyArray<Column<JournalEntry>> = [
  { ...text("at", t("journal.at"), 190, (entry) => fullTime(entry.at)), fixed: true },
  text("actor", t("journal.actor"), 190, (entry) => entry.actor),
  text("action", t("journal.action"), 150, (entry) => entry.action),
  text("target", t("journal.target"), 160, (entry) => entry.target),
  {
    ...text("outcome", t("journal.outcome"), 116, (entry) => t(outcomes[entry.outcome].word)),
    render: ({ outcome }) => <StatusBadge state={outcomes[outcome].state} word={t(outcomes[outcome].word)} />,
  },
  { ...text("before", t("journal.before"), 110, (entry) => entry.before ?? ""), grows: true },
  text("after", t("journal.after"), 110, (entry) => entry.after ?? ""),
];

/** What was changed, by whom, with what was before and after; and whether the record itself is whole. */
export function Journal() {
  const styles = useStyles();
  const entries = useQuery(reading("journal.list", { before: null, limit: SHOWN }));
  const chain = useQuery(reading("journal.verify", null));
  const failed = entries.error ?? chain.error;
  return (
    <div className={styles.root}>
      {failed && <ErrorBar failure={explain(refusalOf(failed))} onRetry={() => void entries.refetch()} />}
      <div className={styles.line} role="status">
        {chain.data && <StatusBadge {...chainBadge(chain.data)} strong />}
        {entries.data?.length === SHOWN && <span className={styles.quiet}>{t("journal.latest", { n: SHOWN })}</span>}
      </div>
      <div className={styles.grid}>
        <DataTable
          id="journal"
          label={t("journal.title")}
          columns={columns}
          source={{ ...allOf("journal", entries.data), revision: entries.dataUpdatedAt }}
          rowId={(entry) => entry.number}
          empty={
            <EmptyState icon={<NotebookRegular />} title={t("journal.emptyTitle")} body={t("journal.emptyBody")} />
          }
        />
      </div>
    </div>
  );
}

function chainBadge(chain: JournalState): { state: State; word: string } {
  return chain.state === "whole"
    ? { state: "good", word: t("journal.whole", { n: chain.entries }) }
    : { state: "bad", word: t("journal.broken", { n: chain.at }) };
}
