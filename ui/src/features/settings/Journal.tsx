import { makeStyles, tokens } from "@fluentui/react-components";
import { NotebookRegular } from "@fluentui/react-icons";
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import type { JournalEntry, JournalState } from "../../api/bindings";
import { refusalOf } from "../../api/client";
import { reading } from "../../api/queries";
import type { State } from "../../lib/state";
import { fullTime } from "../../lib/time";
import { usePlace } from "../../lib/place";
import { useWalk } from "../../lib/walk";
import { EmptyState } from "../../ui/EmptyState";
import { ErrorBar } from "../../ui/ErrorBar";
import { Split } from "../../ui/Page";
import { StatusBadge } from "../../ui/StatusBadge";
import type { Column } from "../../ui/table/columns";
import { DataTable } from "../../ui/table/DataTable";
import { allOf } from "../../ui/table/rows";
import { explain } from "../../words/codes";
import { t } from "../../words/t";
import { EntryPanel } from "./EntryPanel";
import { grantsOf, isOfConsent } from "./grants";
import { outcomes } from "./outcomes";
import { settingsSearch } from "./search";

const useStyles = makeStyles({
  root: { display: "flex", flexDirection: "column", rowGap: "12px" },
  line: { display: "flex", flexWrap: "wrap", columnGap: "16px", rowGap: "4px" },
  quiet: { color: tokens.colorNeutralForeground2 },
  grid: { display: "flex", height: "calc(100vh - 260px)", minHeight: "240px" },
});

const SHOWN = 500;

const text = (id: string, title: string, width: number, of: (entry: JournalEntry) => string): Column<JournalEntry> => ({
  id,
  title,
  width,
  render: of,
  text: of,
});

/** What was there, in a word: the list itself is in the details. */
function held(entry: JournalEntry, written: string | null): string {
  if (written === null) return "";
  return isOfConsent(entry) ? t("consent.count", { n: grantsOf(written).length }) : written;
}

/** The columns; `names` are those of the integrations, by client id. */
const columnsWith = (names: ReadonlyMap<string, string>): ReadonlyArray<Column<JournalEntry>> => [
  { ...text("at", t("journal.at"), 190, (entry) => fullTime(entry.at)), fixed: true },
  text("actor", t("journal.actor"), 190, (entry) => entry.actor),
  text("action", t("journal.action"), 150, (entry) => entry.action),
  text("target", t("journal.target"), 160, (entry) => names.get(entry.target) ?? entry.target),
  {
    ...text("outcome", t("journal.outcome"), 116, (entry) => t(outcomes[entry.outcome].word)),
    render: ({ outcome }) => <StatusBadge state={outcomes[outcome].state} word={t(outcomes[outcome].word)} />,
  },
  { ...text("before", t("journal.before"), 110, (entry) => held(entry, entry.before)), grows: true },
  text("after", t("journal.after"), 110, (entry) => held(entry, entry.after)),
];

function numberOf(entry: JournalEntry): number {
  return entry.number;
}

/** What was changed, by whom, with what was before and after; and whether the record itself is whole. */
export function Journal() {
  const styles = useStyles();
  const [place, change] = usePlace(settingsSearch);
  const entries = useQuery(reading("journal.list", { before: null, limit: SHOWN }));
  const chain = useQuery(reading("journal.verify", null));
  const integrations = useQuery(reading("integrations.list", null)).data;
  const columns = useMemo(
    () => columnsWith(new Map(integrations?.map(({ integration }) => [integration.client_id, integration.name]))),
    [integrations],
  );
  const source = { ...allOf("journal", entries.data), revision: entries.dataUpdatedAt };
  const walk = useWalk(source, numberOf, place.entry, (entry) => change({ entry }));
  const open = entries.data?.find((entry) => entry.number === place.entry);
  const failed = entries.error ?? chain.error;
  return (
    <div className={styles.root}>
      {failed && <ErrorBar failure={explain(refusalOf(failed))} onRetry={() => void entries.refetch()} />}
      <div className={styles.line} role="status">
        {chain.data && <StatusBadge {...chainBadge(chain.data)} strong />}
        {entries.data?.length === SHOWN && <span className={styles.quiet}>{t("journal.latest", { n: SHOWN })}</span>}
      </div>
      <div className={styles.grid}>
        <Split>
          <DataTable
            id="journal"
            label={t("journal.title")}
            columns={columns}
            source={source}
            rowId={numberOf}
            openId={place.entry}
            openIndex={walk.index}
            onOpen={walk.show}
            empty={
              <EmptyState icon={<NotebookRegular />} title={t("journal.emptyTitle")} body={t("journal.emptyBody")} />
            }
          />
          {open && <EntryPanel entry={open} onClose={walk.close} onPrevious={walk.previous} onNext={walk.next} />}
        </Split>
      </div>
    </div>
  );
}

function chainBadge(chain: JournalState): { state: State; word: string } {
  return chain.state === "whole"
    ? { state: "good", word: t("journal.whole", { n: chain.entries }) }
    : { state: "bad", word: t("journal.broken", { n: chain.at }) };
}
