import { Button, Tab, TabList } from "@fluentui/react-components";
import { ArrowLeftRegular, ArrowRepeat1Regular, ArrowRepeatAllRegular } from "@fluentui/react-icons";
import { useQuery } from "@tanstack/react-query";
import { type ComponentType, useState } from "react";
import type { Scope } from "../../api/bindings";
import { refusalOf } from "../../api/client";
import { problemsOf } from "../../api/problems";
import { reading } from "../../api/queries";
import { useScope } from "../../api/scope";
import { usePlace } from "../../lib/place";
import { fullTime } from "../../lib/time";
import { Command, CommandBar } from "../../ui/CommandBar";
import { DataAge } from "../../ui/DataAge";
import { ErrorBar } from "../../ui/ErrorBar";
import { Page } from "../../ui/Page";
import { SegmentBar } from "../../ui/SegmentBar";
import { StatusBadge } from "../../ui/StatusBadge";
import { explain, reasonWords } from "../../words/codes";
import { t } from "../../words/t";
import { Comparing } from "./Comparing";
import { LiveRun } from "./LiveRun";
import { PlanDialog } from "./PlanDialog";
import { Problems } from "./Problems";
import { Results } from "./Results";
import { ledgerSegments, runBadge, whichWords } from "./runs";
import { verifySearch } from "./search";

export type DetailsOf = ComponentType<{
  user: number;
  onClose: () => void;
  onPrevious: (() => void) | undefined;
  onNext: (() => void) | undefined;
}>;

/** One run: how far it is or what it came to, mailbox by mailbox and by problem. */
export function RunPage({ run: id, Details }: { run: number; Details: DetailsOf }) {
  const [place, change] = usePlace(verifySearch);
  const [again, setAgain] = useState<Scope>();
  const query = useQuery(reading("runs.describe", { run: id }));
  const { all } = useScope();
  const run = query.data?.run;
  const problems = query.data && problemsOf(query.data.fingerprints);
  const view = all?.find(({ organization }) => organization.id === run?.organization);
  const over = run?.state === "finished" || run?.state === "cancelled";
  const tab = place.tab ?? "results";
  const failed = run?.ledger.failed ?? 0;
  const unsettled = (run?.ledger.unknown ?? 0) + (run?.ledger.not_run ?? 0);
  const reason = view?.may.verify ? reasonWords[view.may.verify] : undefined;
  return (
    <Page
      title={t("run.heading", { id })}
      aside={run && `${run.organization_name} · ${whichWords(run)} · ${fullTime(run.started)}`}
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
            <Button
              appearance="subtle"
              icon={<ArrowLeftRegular />}
              onClick={() =>
                change({
                  run: undefined,
                  tab: undefined,
                  verdict: undefined,
                  fp: undefined,
                  q: undefined,
                  open: undefined,
                })
              }
            >
              {t("run.back")}
            </Button>
            {over && (
              <Command
                label={t("run.repeat", { n: failed })}
                icon={<ArrowRepeatAllRegular />}
                disabledReason={reason ?? (failed === 0 ? t("run.noneFailed") : undefined)}
                onRun={() => setAgain({ kind: "failed_of", run: run.id })}
              />
            )}
            {over && (
              <Command
                label={t("run.repeatUnsettled", { n: unsettled })}
                icon={<ArrowRepeat1Regular />}
                disabledReason={reason ?? (unsettled === 0 ? t("run.noneUnsettled") : undefined)}
                onRun={() => setAgain({ kind: "unsettled_of", run: run.id })}
              />
            )}
          </CommandBar>
          {query.error && <ErrorBar failure={explain(refusalOf(query.error))} onRetry={() => void query.refetch()} />}
          {run && !over && <LiveRun run={run} />}
          {run && over && (
            <>
              <StatusBadge {...runBadge(run)} strong />
              <SegmentBar
                label={t("run.ledger")}
                segments={ledgerSegments(run)}
                chosen={place.verdict}
                onChoose={(verdict) => change({ verdict, tab: undefined })}
              />
              <Comparing run={run} />
            </>
          )}
          <TabList
            size="small"
            selectedValue={tab}
            onTabSelect={(_, data) => change({ tab: data.value === "problems" ? "problems" : undefined })}
          >
            <Tab value="results">{t("run.tab.results")}</Tab>
            <Tab value="problems">{t("run.tab.problems", { n: problems?.length ?? 0 })}</Tab>
          </TabList>
        </>
      }
    >
      {tab === "results" && <Results run={id} Details={Details} />}
      {tab === "problems" && problems && (
        <Problems problems={problems} onShow={(fp) => change({ fp, tab: undefined, verdict: undefined })} />
      )}
      {again && run && view && (
        <PlanDialog
          organization={view.organization}
          which={again}
          onClose={() => {
            setAgain(undefined);
            change({ run: undefined });
          }}
        />
      )}
    </Page>
  );
}
