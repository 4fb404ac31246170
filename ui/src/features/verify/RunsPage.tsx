import { Button, MessageBar, MessageBarBody } from "@fluentui/react-components";
import { ClipboardCheckmarkRegular } from "@fluentui/react-icons";
import { useQuery } from "@tanstack/react-query";
import { useShallow } from "zustand/react/shallow";
import type { Run } from "../../api/bindings";
import { refusalOf } from "../../api/client";
import { reading } from "../../api/queries";
import { useScope } from "../../api/scope";
import { useWork, useWorks } from "../../api/work";
import { grouped } from "../../lib/numbers";
import { usePlace } from "../../lib/place";
import { lasted, shortTime } from "../../lib/time";
import { Command, CommandBar } from "../../ui/CommandBar";
import { DataAge } from "../../ui/DataAge";
import { EmptyState } from "../../ui/EmptyState";
import { ErrorBar } from "../../ui/ErrorBar";
import { Page } from "../../ui/Page";
import { StatusBadge } from "../../ui/StatusBadge";
import type { Column } from "../../ui/table/columns";
import { DataTable } from "../../ui/table/DataTable";
import { allOf } from "../../ui/table/rows";
import { explain, reasonWords } from "../../words/codes";
import { t } from "../../words/t";
import { LiveRun } from "./LiveRun";
import { PlanDialog } from "./PlanDialog";
import { runBadge, whichWords } from "./runs";
import { verifySearch } from "./search";
import { standingOf, verifyKey } from "../../api/verifying";

const figure = (id: string, title: string, of: (run: Run) => number): Column<Run> => ({
  id,
  title,
  width: 84,
  numeric: true,
  render: (run) => grouped(of(run)),
  text: (run) => String(of(run)),
});

function took(run: Run): string {
  return run.ended === null ? "" : lasted(run.ended - run.started);
}

const columns: ReadonlyArray<Column<Run>> = [
  {
    id: "run",
    title: t("run.title"),
    width: 80,
    fixed: true,
    render: (run) => t("run.name", { id: run.id }),
    text: (run) => t("run.name", { id: run.id }),
  },
  {
    id: "result",
    title: t("run.result"),
    width: 176,
    render: (run) => <StatusBadge {...runBadge(run)} />,
    text: (run) => runBadge(run).word,
  },
  {
    id: "organization",
    title: t("users.organization"),
    width: 120,
    grows: true,
    render: (run) => run.organization_name,
    text: (run) => run.organization_name,
  },
  { id: "which", title: t("run.which"), width: 130, grows: true, render: whichWords, text: whichWords },
  {
    id: "started",
    title: t("run.started"),
    width: 116,
    render: (run) => shortTime(run.started),
    text: (run) => shortTime(run.started),
  },
  { id: "took", title: t("run.took"), width: 84, render: took, text: took },
  figure("passed", t("run.passed"), (run) => run.ledger.passed),
  figure("failed", t("run.failed"), (run) => run.ledger.failed),
  figure("unknown", t("run.unknown"), (run) => run.ledger.unknown),
  { ...figure("not_run", t("run.notRun"), (run) => run.ledger.not_run), width: 112 },
];

const columnsInScope = columns.filter((column) => column.id !== "organization");

/** All runs of the chosen organization, newest first, and the way to start one. */
export function RunsPage() {
  const [place, change] = usePlace(verifySearch);
  const { chosen } = useScope();
  const organization = chosen?.organization.id ?? null;
  const query = useQuery(reading("runs.list", { organization }));
  const work = useWork(verifyKey(organization ?? -1));
  const reason = !chosen ? t("scope.chooseFirst") : chosen.may.verify ? reasonWords[chosen.may.verify] : undefined;
  const cards = useCards(query.data ?? []);
  return (
    <Page
      title={t("verify.title")}
      aside={chosen?.organization.name}
      busy={query.isFetching && query.data !== undefined}
      head={
        <>
          <CommandBar
            label={t("verify.commands")}
            end={
              <DataAge
                at={query.data && query.dataUpdatedAt}
                busy={query.isFetching}
                onRefresh={() => void query.refetch()}
              />
            }
          >
            <Command
              primary
              label={t("verify.start")}
              icon={<ClipboardCheckmarkRegular />}
              disabledReason={reason}
              onRun={() => change({ plan: true })}
            />
          </CommandBar>
          <MessageBar intent="info">
            <MessageBarBody>{t("verify.readOnly")}</MessageBarBody>
          </MessageBar>
          {query.error && <ErrorBar failure={explain(refusalOf(query.error))} onRetry={() => void query.refetch()} />}
          {work?.refusal && !cards.some(({ id }) => id === work.run) && <ErrorBar failure={explain(work.refusal)} />}
          {cards.map((run) => (
            <LiveRun key={run.id} run={run} onOpen={() => change({ run: run.id })} />
          ))}
        </>
      }
    >
      <DataTable
        id="runs"
        label={t("verify.title")}
        columns={chosen ? columnsInScope : columns}
        source={{ ...allOf(`runs ${organization}`, query.data), revision: query.dataUpdatedAt }}
        rowId={(run) => run.id}
        onOpen={(run) => change({ run: run.id })}
        empty={
          <EmptyState icon={<ClipboardCheckmarkRegular />} title={t("verify.emptyTitle")} body={t("verify.emptyBody")}>
            {chosen && reason === undefined && (
              <Button appearance="primary" onClick={() => change({ plan: true })}>
                {t("verify.start")}
              </Button>
            )}
          </EmptyState>
        }
      />
      {place.plan && chosen && (
        <PlanDialog
          organization={chosen.organization}
          which={{ kind: "all" }}
          onClose={() => change({ plan: undefined })}
        />
      )}
    </Page>
  );
}

/** The runs that have a card: each that goes on; where none does, the latest that can be resumed. */
function useCards(runs: readonly Run[]): readonly Run[] {
  const standings = useWorks(
    useShallow(({ all }) => runs.map((run) => standingOf(run, all[verifyKey(run.organization)]))),
  );
  const unfinished = runs.filter((run) => run.state === "running" || run.state === "interrupted");
  const going = unfinished.filter((run) => standings[runs.indexOf(run)] !== "resting");
  return going.length > 0 ? going : unfinished.slice(0, 1);
}
