import { Button, makeStyles } from "@fluentui/react-components";
import { ClipboardCheckmarkRegular } from "@fluentui/react-icons";
import type { MailboxResult, Workload, WorkloadResult } from "../../api/bindings";
import { refusalOf } from "../../api/client";
import { useWindowed } from "../../api/queries";
import { usePlace } from "../../lib/place";
import { useWalk } from "../../lib/walk";
import { EmptyState } from "../../ui/EmptyState";
import { ErrorBar } from "../../ui/ErrorBar";
import { ClearFilters, Filter, FilterRow, TextFilter } from "../../ui/FilterPills";
import { Split } from "../../ui/Page";
import { StatusBadge } from "../../ui/StatusBadge";
import type { Column } from "../../ui/table/columns";
import { DataTable } from "../../ui/table/DataTable";
import { causeTitles } from "../../words/causes";
import { explain } from "../../words/codes";
import { verdictBadges, workloadWords } from "../../words/nouns";
import { optionsOf, wordsOf } from "../../words/options";
import { t } from "../../words/t";
import type { DetailsOf } from "./RunPage";
import { verifySearch } from "./search";

const useStyles = makeStyles({ filters: { padding: "4px 16px 8px" } });

function resultOf(row: MailboxResult, workload: Workload): WorkloadResult | undefined {
  return row.workloads.find((one) => one.workload === workload);
}

/** The result that decides the mailbox's verdict. */
function deciding(row: MailboxResult): WorkloadResult | undefined {
  return row.workloads.find((one) => one.verdict === row.verdict && one.cause !== null);
}

/** By what Microsoft's support finds the deciding request: its own id, or ours where no answer told one. */
function supportId(row: MailboxResult): string {
  const found = deciding(row);
  return found?.request_id ?? found?.client_request_id ?? "";
}

function cause(row: MailboxResult): string {
  if (row.verdict === "passed") return t("run.connected");
  const found = deciding(row);
  if (!found?.cause) return "";
  return found.mailbox === null ? causeTitles[found.cause] : `${found.mailbox}: ${causeTitles[found.cause]}`;
}

const columns: ReadonlyArray<Column<MailboxResult>> = [
  {
    id: "upn",
    title: t("mailboxes.mailbox"),
    width: 220,
    grows: true,
    fixed: true,
    render: (row) => row.upn,
    text: (row) => row.upn,
  },
  {
    id: "name",
    title: t("users.name"),
    width: 140,
    render: (row) => row.display_name,
    text: (row) => row.display_name,
  },
  {
    id: "verdict",
    title: t("run.status"),
    width: 112,
    render: (row) => <StatusBadge {...verdictBadges[row.verdict]} />,
    text: (row) => verdictBadges[row.verdict].word,
  },
  { id: "cause", title: t("run.checkResults"), width: 170, render: cause, text: cause },
  ...optionsOf(workloadWords).map(({ value, word }): Column<MailboxResult> => {
    const verdictOf = (row: MailboxResult) => verdictBadges[resultOf(row, value)?.verdict ?? "not_run"];
    return {
      id: value,
      title: word,
      width: 108,
      spare: value === "settings",
      render: (row) => <StatusBadge {...verdictOf(row)} />,
      text: (row) => verdictOf(row).word,
    };
  }),
  {
    id: "request",
    title: t("check.requestId"),
    width: 280,
    spare: true,
    render: supportId,
    text: supportId,
  },
];

const noFilters = { verdict: undefined, fp: undefined, q: undefined };

/** What each mailbox of a run answered. */
export function Results({ run, Details }: { run: number; Details: DetailsOf }) {
  const styles = useStyles();
  const [place, change] = usePlace(verifySearch);
  const list = useWindowed("runs.results", {
    run,
    filter: {
      verdict: place.verdict ? [place.verdict] : [],
      fingerprint: place.fp ?? null,
      search: place.q ?? null,
    },
  });
  const source = {
    view: list.view,
    revision: list.revision,
    count: list.page?.matching,
    first: list.page?.rows ?? [],
    fetchWindow: async (start: number, end: number) => (await list.window(start, end)).rows,
  };
  const walk = useWalk(source, idOf, place.open, (open) => change({ open }));
  const filtered = place.verdict !== undefined || place.fp !== undefined || place.q !== undefined;
  return (
    <>
      {list.error && <ErrorBar failure={explain(refusalOf(list.error))} onRetry={list.refresh} />}
      <div className={styles.filters}>
        <FilterRow count={list.page && t("run.count", { n: list.page.matching })}>
          <TextFilter label={t("mailboxes.search")} value={place.q ?? ""} onChange={(q) => change({ q })} />
          <Filter
            label={t("run.status")}
            options={wordsOf(verdictBadges)}
            value={place.verdict}
            onChange={(verdict) => change({ verdict })}
          />
          {place.fp !== undefined && (
            <Filter
              label={t("users.problem")}
              options={[{ value: place.fp, word: place.fp }]}
              value={place.fp}
              onChange={(fp) => change({ fp })}
            />
          )}
          {filtered && <ClearFilters onClear={() => change(noFilters)} />}
        </FilterRow>
      </div>
      <Split>
        <DataTable
          id="results"
          label={t("run.tab.results")}
          columns={columns}
          source={source}
          rowId={idOf}
          openId={place.open}
          openIndex={walk.index}
          onOpen={walk.show}
          empty={
            <EmptyState
              icon={<ClipboardCheckmarkRegular />}
              title={t(filtered ? "run.noneMatch" : "run.noResults")}
              body={t(filtered ? "filter.nothingBody" : "run.noResultsBody")}
            >
              {filtered && <Button onClick={() => change(noFilters)}>{t("filter.clear")}</Button>}
            </EmptyState>
          }
        />
        {place.open !== undefined && (
          <Details user={place.open} onClose={walk.close} onPrevious={walk.previous} onNext={walk.next} />
        )}
      </Split>
    </>
  );
}

function idOf(row: MailboxResult): number {
  return row.user;
}
