import { makeStyles } from "@fluentui/react-components";
import { PeopleRegular } from "@fluentui/react-icons";
import type { ComponentType } from "react";
import type { Affected, Problem } from "../../api/bindings";
import { refusalOf } from "../../api/client";
import { useWindowed } from "../../api/queries";
import { usePlace } from "../../lib/place";
import { fullTime, shortTime } from "../../lib/time";
import { useWalk } from "../../lib/walk";
import { EmptyState } from "../../ui/EmptyState";
import { ErrorBar } from "../../ui/ErrorBar";
import { FilterRow, TextFilter } from "../../ui/FilterPills";
import { Split } from "../../ui/Page";
import type { Column } from "../../ui/table/columns";
import { DataTable } from "../../ui/table/DataTable";
import { explain } from "../../words/codes";
import { workloadWords } from "../../words/nouns";
import { t } from "../../words/t";
import { fingerprints } from "./problems";
import { issuesSearch } from "./search";

const useStyles = makeStyles({ filters: { padding: "0 16px 8px", flexShrink: 0 } });

/** The details of a user, which another page knows how to show. */
export type DetailsOf = ComponentType<{
  user: number;
  onClose: () => void;
  onPrevious: (() => void) | undefined;
  onNext: (() => void) | undefined;
}>;

function workloads(row: Affected): string {
  const words = row.workloads.map((workload) => workloadWords[workload]).join(", ");
  return row.mailboxes.length === 0 ? words : `${words} (${row.mailboxes.join(", ")})`;
}

const columns: ReadonlyArray<Column<Affected>> = [
  {
    id: "name",
    title: t("users.name"),
    width: 200,
    fixed: true,
    grows: true,
    render: (row) => row.display_name,
    text: (row) => row.display_name,
  },
  { id: "upn", title: t("users.upn"), width: 260, render: (row) => row.upn, text: (row) => row.upn },
  { id: "workloads", title: t("issues.workload"), width: 220, render: workloads, text: workloads },
  {
    id: "since",
    title: t("issues.since"),
    width: 120,
    render: (row) => shortTime(row.first_seen),
    text: (row) => fullTime(row.first_seen),
  },
  {
    id: "organization",
    title: t("issues.organization"),
    width: 160,
    spare: true,
    render: (row) => row.organization_name,
    text: (row) => row.organization_name,
  },
  {
    id: "request",
    title: t("check.requestId"),
    width: 290,
    render: (row) => row.request_id ?? "",
    text: (row) => row.request_id ?? "",
  },
  {
    id: "client",
    title: t("check.clientRequestId"),
    width: 290,
    spare: true,
    render: (row) => row.client_request_id ?? "",
    text: (row) => row.client_request_id ?? "",
  },
];

type Props = { readonly problem: Problem; readonly organization: number | null; readonly Details: DetailsOf };

/** Whom a problem concerns: one row a user. */
export function AffectedUsers({ problem, organization, Details }: Props) {
  const styles = useStyles();
  const [place, change] = usePlace(issuesSearch);
  const list = useWindowed("issues.affected", {
    filter: { organization, fingerprints: fingerprints(problem), search: place.q ?? null },
  });
  const source = {
    view: list.view,
    revision: list.revision,
    count: list.page?.matching,
    first: list.page?.rows ?? [],
    fetchWindow: async (start: number, end: number) => (await list.window(start, end)).rows,
  };
  const walk = useWalk(source, idOf, place.user, (user) => change({ user }));
  return (
    <>
      {list.error && <ErrorBar failure={explain(refusalOf(list.error))} onRetry={list.refresh} />}
      <div className={styles.filters}>
        <FilterRow count={list.page && t("users.count", { n: list.page.matching })}>
          <TextFilter label={t("users.search")} value={place.q ?? ""} onChange={(q) => change({ q })} />
        </FilterRow>
      </div>
      <Split>
        <DataTable
          id="affected"
          label={t("issues.tab.users", { n: problem.users })}
          columns={columns}
          source={source}
          rowId={idOf}
          openId={place.user}
          openIndex={walk.index}
          onOpen={walk.show}
          empty={<EmptyState icon={<PeopleRegular />} title={t("issues.nobody")} body={t("issues.nobodyBody")} />}
        />
        {place.user !== undefined && (
          <Details user={place.user} onClose={walk.close} onPrevious={walk.previous} onNext={walk.next} />
        )}
      </Split>
    </>
  );
}

function idOf(row: Affected): number {
  return row.user;
}
