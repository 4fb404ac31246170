import { makeStyles } from "@fluentui/react-components";
import { CheckmarkCircleRegular, PeopleRegular } from "@fluentui/react-icons";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { type FingerprintRow, MENDS } from "../../api/bindings";
import { refusalOf } from "../../api/client";
import { reading } from "../../api/queries";
import { useScope } from "../../api/scope";
import { newest } from "../../lib/age";
import { grouped } from "../../lib/numbers";
import { usePlace } from "../../lib/place";
import { fullTime, shortTime } from "../../lib/time";
import { useWalk } from "../../lib/walk";
import { Command, CommandBar, ReasonedButton } from "../../ui/CommandBar";
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
});

function problem({ cause }: FingerprintRow): string {
  return cause === null ? t("issues.noCause") : causeWords[cause].title;
}

function who({ cause }: FingerprintRow): string {
  return cause === null ? "" : whoWords[MENDS[cause]];
}

function answer(group: FingerprintRow): string {
  return group.http === null ? t("issues.noAnswer") : `${group.http} ${group.code ?? ""}`;
}

const columns: ReadonlyArray<Column<FingerprintRow>> = [
  {
    id: "problem",
    title: t("issues.problem"),
    width: 240,
    grows: true,
    fixed: true,
    sortable: true,
    render: (group) => problem(group),
    text: (group) => problem(group),
  },
  {
    id: "workload",
    title: t("issues.workload"),
    width: 120,
    sortable: true,
    render: (group) => workloadWords[group.workload],
    text: (group) => workloadWords[group.workload],
  },
  {
    id: "mailboxes",
    title: t("issues.users"),
    width: 90,
    numeric: true,
    sortable: true,
    render: (group) => grouped(group.mailboxes),
    text: (group) => String(group.mailboxes),
  },
  { id: "answer", title: t("check.answer"), width: 200, render: answer, text: answer },
  {
    id: "who",
    title: t("issues.who"),
    width: 240,
    render: (group) => who(group),
    text: (group) => who(group),
  },
  {
    id: "first_seen",
    title: t("issues.since"),
    width: 120,
    sortable: true,
    render: (group) => shortTime(group.first_seen),
    text: (group) => shortTime(group.first_seen),
  },
];

/** Open errors by cause: thousands of failures become a few groups, each with a remedy. */
export function IssuesPage() {
  const [place, change] = usePlace(issuesSearch);
  const [sort, setSort] = useState<Sort>({ column: "mailboxes", descending: true });
  const { chosen, all } = useScope();
  const navigate = useNavigate();
  const organization = chosen?.organization.id ?? null;
  const query = useQuery(reading("issues.groups", { organization }));
  const rows = query.data && sorted(query.data, sort);
  const source = {
    ...allOf(`issues ${organization} ${sort.column} ${sort.descending}`, rows),
    revision: query.dataUpdatedAt,
  };
  const walk = useWalk(
    source,
    (group) => group.fingerprint,
    place.open,
    (open) => change({ open }),
  );
  const open = rows?.find((group) => group.fingerprint === place.open);
  const lastRun = newest((chosen ? [chosen] : (all ?? [])).map((view) => view.checked));
  const showUsers = (fp: string) =>
    void navigate({ to: "/users", search: { org: chosen?.organization.id, fp } } as never);
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
          >
            <Command
              label={t("issues.openUsers")}
              icon={<PeopleRegular />}
              disabledReason={open ? undefined : t("issues.chooseFirst")}
              onRun={() => open && showUsers(open.fingerprint)}
            />
          </CommandBar>
          {query.error && <ErrorBar failure={explain(refusalOf(query.error))} onRetry={() => void query.refetch()} />}
          {rows && rows.length > 0 && (
            <span role="status">
              {t("issues.summary", { n: rows.length, failures: rows.reduce((sum, group) => sum + group.mailboxes, 0) })}
            </span>
          )}
        </>
      }
    >
      <Split>
        <DataTable
          id="issues"
          label={t("issues.title")}
          columns={columns}
          source={source}
          rowId={(group) => group.fingerprint}
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
          <GroupPanel
            group={open}
            onClose={walk.close}
            onPrevious={walk.previous}
            onNext={walk.next}
            onShow={() => showUsers(open.fingerprint)}
          />
        )}
      </Split>
    </Page>
  );
}

function GroupPanel({
  group,
  onShow,
  ...panel
}: {
  group: FingerprintRow;
  onShow: () => void;
  onClose: () => void;
  onPrevious: (() => void) | undefined;
  onNext: (() => void) | undefined;
}) {
  const styles = useStyles();
  return (
    <DetailsPanel
      {...panel}
      title={problem(group)}
      subtitle={workloadWords[group.workload]}
      subject={group.fingerprint}
    >
      <div className={styles.part}>
        {group.cause && <RemedyBody cause={group.cause} />}
        <ReasonedButton onClick={onShow}>{t("issues.showUsers", { n: group.mailboxes })}</ReasonedButton>
        <Facts
          facts={[
            { name: t("check.answer"), value: answer(group) },
            { name: t("issues.since"), value: fullTime(group.first_seen) },
            {
              name: t("issues.fingerprint"),
              value: <CopyableId id={group.fingerprint} what={t("issues.fingerprint")} />,
            },
            ...group.sample_request_ids.map((id, index) => ({
              name: index === 0 ? t("check.requestId") : `${t("check.requestId")} ${index + 1}`,
              value: <CopyableId id={id} what={t("check.requestId")} />,
            })),
          ]}
        />
      </div>
    </DetailsPanel>
  );
}

function sorted(groups: readonly FingerprintRow[], sort: Sort): FingerprintRow[] {
  const direction = sort.descending ? -1 : 1;
  const compare = {
    problem: (a: FingerprintRow, b: FingerprintRow) => problem(a).localeCompare(problem(b)),
    workload: (a: FingerprintRow, b: FingerprintRow) => a.workload.localeCompare(b.workload),
    mailboxes: (a: FingerprintRow, b: FingerprintRow) => a.mailboxes - b.mailboxes,
    first_seen: (a: FingerprintRow, b: FingerprintRow) => a.first_seen - b.first_seen,
  }[sort.column];
  return compare ? [...groups].sort((a, b) => direction * compare(a, b)) : [...groups];
}
