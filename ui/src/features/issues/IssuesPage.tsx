import { makeStyles, tokens } from "@fluentui/react-components";
import { CheckmarkCircleRegular } from "@fluentui/react-icons";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { type FingerprintRow, MENDS } from "../../api/bindings";
import { refusalOf } from "../../api/client";
import { type Problem, problemsOf, reachOf } from "../../api/problems";
import { reading } from "../../api/queries";
import { useScope } from "../../api/scope";
import { newest } from "../../lib/age";
import { grouped } from "../../lib/numbers";
import { usePlace } from "../../lib/place";
import { fullTime, shortTime } from "../../lib/time";
import { useWalk } from "../../lib/walk";
import { CommandBar, ReasonedButton } from "../../ui/CommandBar";
import { DataAge } from "../../ui/DataAge";
import { DetailsPanel } from "../../ui/DetailsPanel";
import { EmptyState } from "../../ui/EmptyState";
import { ErrorBar } from "../../ui/ErrorBar";
import { CopyableId, Facts } from "../../ui/Facts";
import { Page, Split } from "../../ui/Page";
import { RemedyBody } from "../../ui/Remedy";
import type { Column } from "../../ui/table/columns";
import { DataTable } from "../../ui/table/DataTable";
import type { Sort } from "../../ui/table/HeaderCell";
import { allOf } from "../../ui/table/rows";
import { causeWords, whoWords } from "../../words/causes";
import { explain } from "../../words/codes";
import { workloadWords } from "../../words/nouns";
import { t } from "../../words/t";
import { issuesSearch } from "./search";

const useStyles = makeStyles({
  part: { display: "flex", flexDirection: "column", rowGap: "16px", alignItems: "start" },
  answer: {
    display: "flex",
    flexDirection: "column",
    rowGap: "8px",
    alignItems: "start",
    paddingTop: "12px",
    borderTop: `1px solid ${tokens.colorNeutralStroke2}`,
    width: "100%",
  },
});

function keyOf({ cause }: Problem): string {
  return cause ?? "none";
}

function title({ cause }: Problem): string {
  return cause === null ? t("issues.noCause") : causeWords[cause].title;
}

function who({ cause }: Problem): string {
  return cause === null ? "" : whoWords[MENDS[cause]];
}

function where({ answers }: Problem): string {
  return [...new Set(answers.map((row) => workloadWords[row.workload]))].join(", ");
}

function reach(problem: Problem): string {
  return grouped(reachOf(problem));
}

function since({ answers }: Problem): number {
  return Math.min(...answers.map((row) => row.first_seen));
}

function answer({ http, code }: FingerprintRow): string {
  return http === null ? t("issues.noAnswer") : `${http} ${code ?? ""}`;
}

const columns: ReadonlyArray<Column<Problem>> = [
  {
    id: "problem",
    title: t("issues.problem"),
    width: 240,
    grows: true,
    fixed: true,
    sortable: true,
    render: title,
    text: title,
  },
  { id: "users", title: t("issues.users"), width: 90, numeric: true, sortable: true, render: reach, text: reach },
  { id: "workload", title: t("issues.workload"), width: 240, render: where, text: where },
  { id: "who", title: t("issues.who"), width: 300, render: who, text: who },
  {
    id: "since",
    title: t("issues.since"),
    width: 120,
    sortable: true,
    render: (problem) => shortTime(since(problem)),
    text: (problem) => shortTime(since(problem)),
  },
];

/** Open errors by cause: thousands of failures become a few groups, each with a remedy. */
export function IssuesPage() {
  const [place, change] = usePlace(issuesSearch);
  const [sort, setSort] = useState<Sort>({ column: "users", descending: true });
  const { chosen, all } = useScope();
  const navigate = useNavigate();
  const organization = chosen?.organization.id ?? null;
  const query = useQuery(reading("issues.groups", { organization }));
  const rows = query.data && sorted(problemsOf(query.data), sort);
  const source = {
    ...allOf(`issues ${organization} ${sort.column} ${sort.descending}`, rows),
    revision: query.dataUpdatedAt,
  };
  const walk = useWalk(source, keyOf, place.open, (open) => change({ open }));
  const open = rows?.find((problem) => keyOf(problem) === place.open);
  const lastRun = newest((chosen ? [chosen] : (all ?? [])).map((view) => view.checked));
  const showUsers = (fp: string) => void navigate({ to: "/users", search: { org: chosen?.organization.id, fp } });
  return (
    <Page
      title={t("issues.title")}
      aside={chosen?.organization.name}
      busy={query.isFetching && query.data !== undefined}
      head={
        <>
          <CommandBar
            label={t("issues.commands")}
            end={<DataAge at={lastRun} busy={query.isFetching} onRefresh={() => void query.refetch()} />}
          ></CommandBar>
          {query.error && <ErrorBar failure={explain(refusalOf(query.error))} onRetry={() => void query.refetch()} />}
          {rows && rows.length > 0 && <span role="status">{t("issues.summary", { n: rows.length })}</span>}
        </>
      }
    >
      <Split>
        <DataTable
          id="issues"
          label={t("issues.title")}
          columns={columns}
          source={source}
          rowId={keyOf}
          sort={sort}
          onSort={setSort}
          openId={place.open}
          openIndex={walk.index}
          onOpen={walk.show}
          empty={
            <EmptyState
              icon={<CheckmarkCircleRegular />}
              title={t(lastRun === undefined ? "issues.neverTitle" : "issues.emptyTitle")}
              body={lastRun === undefined ? t("issues.neverBody") : t("issues.emptyBody", { time: fullTime(lastRun) })}
            />
          }
        />
        {open && (
          <ProblemPanel
            problem={open}
            onClose={walk.close}
            onPrevious={walk.previous}
            onNext={walk.next}
            onShow={showUsers}
          />
        )}
      </Split>
    </Page>
  );
}

function ProblemPanel({
  problem,
  onShow,
  ...panel
}: {
  problem: Problem;
  onShow: (fingerprint: string) => void;
  onClose: () => void;
  onPrevious: (() => void) | undefined;
  onNext: (() => void) | undefined;
}) {
  const styles = useStyles();
  return (
    <DetailsPanel {...panel} title={title(problem)} subtitle={where(problem)} subject={keyOf(problem)}>
      <div className={styles.part}>
        {problem.cause && <RemedyBody cause={problem.cause} />}
        {problem.answers.map((row) => (
          <section key={row.fingerprint} className={styles.answer} aria-label={row.fingerprint}>
            <strong>{workloadWords[row.workload]}</strong>
            <Facts
              facts={[
                { name: t("check.answer"), value: answer(row) },
                { name: t("issues.since"), value: fullTime(row.first_seen) },
                {
                  name: t("issues.fingerprint"),
                  value: <CopyableId id={row.fingerprint} what={t("issues.fingerprint")} />,
                },
                ...row.sample_request_ids.slice(0, 1).map((id) => ({
                  name: t("check.requestId"),
                  value: <CopyableId id={id} what={t("check.requestId")} />,
                })),
              ]}
            />
            <ReasonedButton size="small" onClick={() => onShow(row.fingerprint)}>
              {t("issues.showUsers", { n: row.mailboxes })}
            </ReasonedButton>
          </section>
        ))}
      </div>
    </DetailsPanel>
  );
}

function sorted(problems: readonly Problem[], sort: Sort): Problem[] {
  const direction = sort.descending ? -1 : 1;
  const compare = {
    problem: (a: Problem, b: Problem) => title(a).localeCompare(title(b)),
    users: (a: Problem, b: Problem) => reachOf(a) - reachOf(b),
    since: (a: Problem, b: Problem) => since(a) - since(b),
  }[sort.column];
  return compare ? [...problems].sort((a, b) => direction * compare(a, b)) : [...problems];
}
