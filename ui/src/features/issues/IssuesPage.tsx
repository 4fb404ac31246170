import { Tab, TabList } from "@fluentui/react-components";
import {
  AlertSnoozeRegular,
  AlertOnRegular,
  ArrowDownloadRegular,
  ArrowSyncRegular,
  CheckmarkCircleRegular,
  CopyRegular,
} from "@fluentui/react-icons";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { type Board, CLASSES, type Error as Refusal, type OrganizationView, type Problem } from "../../api/bindings";
import { call, refusalOf, saveFile } from "../../api/client";
import { reading } from "../../api/queries";
import { useChooseScope, useScope } from "../../api/scope";
import { startRun } from "../../api/verifying";
import { useNotices } from "../../lib/notices";
import { grouped } from "../../lib/numbers";
import { usePlace } from "../../lib/place";
import { fullTime, shortTime } from "../../lib/time";
import { useWalk } from "../../lib/walk";
import { Command, CommandBar } from "../../ui/CommandBar";
import { DataAge } from "../../ui/DataAge";
import { EmptyState } from "../../ui/EmptyState";
import { ErrorBar } from "../../ui/ErrorBar";
import { ClearFilters, Filter, FilterRow } from "../../ui/FilterPills";
import { Page, Split } from "../../ui/Page";
import { StatusBadge } from "../../ui/StatusBadge";
import { ColumnChooser } from "../../ui/table/ColumnChooser";
import type { Column } from "../../ui/table/columns";
import { DataTable } from "../../ui/table/DataTable";
import type { Sort } from "../../ui/table/HeaderCell";
import { allOf } from "../../ui/table/rows";
import { classWords, whoWords } from "../../words/causes";
import type { Place } from "../../words/causes/kinds";
import { explain, reasonWords } from "../../words/codes";
import { optionsOf } from "../../words/options";
import { t } from "../../words/t";
import { AffectedUsers, type DetailsOf } from "./AffectedUsers";
import { ProblemPanel } from "./ProblemPanel";
import { fingerprints, matching, snoozes, sorted, title, where, who } from "./problems";
import { issuesSearch } from "./search";
import { SnoozeDialog } from "./SnoozeDialog";
import { useSupport } from "./support";
import { Trend, trendText } from "./Trend";

const TABLE = "issues";

function state(problem: Problem): string {
  if (problem.new) return t("issues.new");
  return problem.growing ? t("issues.growing") : "";
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
  {
    id: "state",
    title: t("issues.state"),
    width: 110,
    render: (problem) => (state(problem) === "" ? "" : <StatusBadge state="attention" word={state(problem)} />),
    text: state,
  },
  {
    id: "users",
    title: t("issues.users"),
    width: 90,
    numeric: true,
    sortable: true,
    render: (problem) => grouped(problem.users),
    text: (problem) => grouped(problem.users),
  },
  {
    id: "trend",
    title: t("issues.trend"),
    width: 110,
    render: (problem) => <Trend days={problem.trend} />,
    text: (problem) => trendText(problem.trend),
  },
  {
    id: "class",
    title: t("issues.class"),
    width: 180,
    render: (problem) => classWords[CLASSES[problem.cause]],
    text: (problem) => classWords[CLASSES[problem.cause]],
  },
  { id: "who", title: t("issues.who"), width: 240, render: who, text: who },
  {
    id: "since",
    title: t("issues.since"),
    width: 120,
    sortable: true,
    render: (problem) => shortTime(problem.first_seen),
    text: (problem) => fullTime(problem.first_seen),
  },
  {
    id: "last",
    title: t("issues.last"),
    width: 120,
    sortable: true,
    render: (problem) => shortTime(problem.last_seen),
    text: (problem) => fullTime(problem.last_seen),
  },
  { id: "workload", title: t("issues.workload"), width: 240, spare: true, render: where, text: where },
  {
    id: "organizations",
    title: t("issues.organizations"),
    width: 200,
    spare: true,
    render: (problem) => problem.organizations.map(({ name }) => name).join(", "),
    text: (problem) => problem.organizations.map(({ name }) => name).join(", "),
  },
];

/** Open errors by problem: thousands of failures become a few, each with its cause, its remedy and whom it concerns. */
export function IssuesPage({ Details }: { Details: DetailsOf }) {
  const [place, change] = usePlace(issuesSearch);
  const [sort, setSort] = useState<Sort>();
  const [snoozing, setSnoozing] = useState(false);
  const [withAddresses, setWithAddresses] = useState(false);
  const [refusal, setRefusal] = useState<Refusal>();
  const { chosen, all } = useScope();
  const chooseScope = useChooseScope();
  const navigate = useNavigate();
  const say = useNotices((notices) => notices.say);
  const organization = chosen?.organization.id ?? null;
  const query = useQuery(reading("issues.groups", { organization }));
  const board = query.data;
  const rows = board && sorted(matching(board.problems, place), sort);
  const source = {
    ...allOf(`issues ${organization} ${sort?.column} ${sort?.descending} ${filtersOf(place)}`, rows),
    revision: query.dataUpdatedAt,
  };
  const walk = useWalk(source, keyOf, place.open, (open) => change({ open }));
  // Also one that a filter has hidden, so that what was just put aside doesn't vanish under the reader.
  const open = board?.problems.find((problem) => problem.key === place.open);
  const take = useSupport(open, organization, withAddresses);
  const recheck = open && recheckOf(open, all ?? []);
  const needsOpen = open ? undefined : t("issues.openFirst");
  const filtered = place.who !== undefined || place.class !== undefined || place.aside !== undefined;

  const doing = async (work: () => Promise<unknown>) => {
    setRefusal(undefined);
    try {
      await work();
    } catch (thrown) {
      setRefusal(refusalOf(thrown));
    }
  };
  const save = () =>
    doing(async () => {
      const meant = open ? fingerprints(open) : (rows ?? []).flatMap(fingerprints);
      const filter = { organization, tenant: null, fingerprints: meant, search: null };
      const what = open ? title(open) : (chosen?.organization.name ?? "");
      const table = await call("issues.export", filter);
      say("success", t("issues.saved"), await saveFile(t("issues.file", { what }), table.text));
    });
  const again = () => {
    recheck?.run();
    say("info", t("issues.recheck"), t("issues.rechecking"));
  };
  const go = (to: Place) => {
    if (to === "users") return change({ users: true });
    const org = chosen?.organization.id ?? open?.organizations[0]?.organization;
    if (to === "tenants" || to === "general") return void navigate({ to: "/settings", search: { org, tab: to } });
    return void navigate({ to: `/${to}`, search: { org } });
  };
  const showingUsers = place.users === true && open !== undefined;
  return (
    <Page
      title={t("issues.title")}
      aside={chosen?.organization.name}
      busy={query.isFetching && board !== undefined}
      head={
        <>
          <CommandBar
            label={t("issues.commands")}
            end={
              <>
                <ColumnChooser table={TABLE} columns={columns} />
                <DataAge
                  at={board?.checked ?? undefined}
                  busy={query.isFetching}
                  onRefresh={() => void query.refetch()}
                />
              </>
            }
          >
            <Command
              primary
              label={t("issues.recheck")}
              icon={<ArrowSyncRegular />}
              disabledReason={needsOpen ?? recheck?.reason}
              onRun={again}
            />
            <Command
              label={t("issues.snooze")}
              icon={<AlertSnoozeRegular />}
              disabledReason={needsOpen ?? (open?.snoozed ? t("issues.already") : undefined)}
              onRun={() => setSnoozing(true)}
            />
            <Command
              label={t("issues.unsnooze")}
              icon={<AlertOnRegular />}
              disabledReason={needsOpen ?? (open && snoozes(open).length > 0 ? undefined : t("issues.notSnoozed"))}
              onRun={() =>
                open && void doing(() => call("issues.unsnooze", { fingerprints: fingerprints(open), organization }))
              }
            />
            <Command
              label={t("issues.copySupport")}
              icon={<CopyRegular />}
              disabledReason={needsOpen ?? (take ? undefined : t("panel.loading"))}
              onRun={() => take?.()}
            />
            <Command
              label={t("issues.export")}
              icon={<ArrowDownloadRegular />}
              disabledReason={(rows ?? []).length > 0 || open ? undefined : t("issues.emptyTitle")}
              onRun={() => void save()}
            />
          </CommandBar>
          {query.error && <ErrorBar failure={explain(refusalOf(query.error))} onRetry={() => void query.refetch()} />}
          {refusal && <ErrorBar failure={explain(refusal)} />}
          {open && (
            <TabList
              size="small"
              aria-label={t("issues.view")}
              selectedValue={showingUsers ? "users" : "problems"}
              onTabSelect={(_, { value }) =>
                change({ users: value === "users" || undefined, user: undefined, q: undefined })
              }
            >
              <Tab value="problems">{t("issues.tab.problems")}</Tab>
              <Tab value="users">{t("issues.tab.users", { n: open.users })}</Tab>
            </TabList>
          )}
          {!showingUsers && (
            <FilterRow count={rows && t("issues.count", { n: rows.length })}>
              {(all?.length ?? 0) > 1 && (
                <Filter
                  label={t("issues.organization")}
                  options={(all ?? []).map((view) => ({
                    value: String(view.organization.id),
                    word: view.organization.name,
                  }))}
                  value={chosen ? String(chosen.organization.id) : undefined}
                  onChange={(value) => chooseScope(all?.find((view) => String(view.organization.id) === value))}
                />
              )}
              <Filter
                label={t("issues.who")}
                options={optionsOf(whoWords)}
                value={place.who}
                onChange={(value) => change({ who: value })}
              />
              <Filter
                label={t("issues.class")}
                options={optionsOf(classWords)}
                value={place.class}
                onChange={(value) => change({ class: value })}
              />
              <Filter
                label={t("issues.asideOnly")}
                options={[{ value: "yes", word: t("issues.asideOnly") }]}
                value={place.aside ? "yes" : undefined}
                onChange={(value) => change({ aside: value === "yes" || undefined })}
              />
              {filtered && <ClearFilters onClear={() => change(noFilters)} />}
            </FilterRow>
          )}
        </>
      }
    >
      {showingUsers ? (
        <AffectedUsers problem={open} organization={organization} Details={Details} />
      ) : (
        <Split>
          <DataTable
            id={TABLE}
            label={t("issues.title")}
            columns={columns}
            source={source}
            rowId={keyOf}
            sort={sort}
            onSort={setSort}
            openId={place.open}
            openIndex={walk.index}
            onOpen={walk.show}
            empty={<Nothing board={board} filtered={filtered} />}
          />
          {open && recheck && (
            <ProblemPanel
              problem={open}
              onClose={walk.close}
              onPrevious={walk.previous}
              onNext={walk.next}
              onGo={go}
              onUsers={() => change({ users: true })}
              recheck={{ reason: recheck.reason, run: again }}
              support={{ withAddresses, onAddresses: setWithAddresses, take }}
            />
          )}
        </Split>
      )}
      {snoozing && open && (
        <SnoozeDialog problem={open} organization={organization} onClose={() => setSnoozing(false)} />
      )}
    </Page>
  );
}

const noFilters = { who: undefined, class: undefined, aside: undefined } as const;

function filtersOf(place: {
  who?: string | undefined;
  class?: string | undefined;
  aside?: boolean | undefined;
}): string {
  return `${place.who} ${place.class} ${place.aside}`;
}

function keyOf({ key }: Problem): string {
  return key;
}

/** Checks the users of a problem again in every organization where that can be done now; otherwise why not. */
function recheckOf(problem: Problem, all: readonly OrganizationView[]) {
  const concerned = all.filter((view) =>
    problem.organizations.some(({ organization }) => organization === view.organization.id),
  );
  const able = concerned.filter((view) => view.may.verify === null);
  const why = concerned.find((view) => view.may.verify !== null)?.may.verify;
  return {
    reason: able.length > 0 ? undefined : why ? reasonWords[why] : t("issues.nowhere"),
    run: () => {
      for (const { organization } of able) {
        startRun(organization.id, organization.name, { kind: "with_issues", fingerprints: fingerprints(problem) });
      }
    },
  };
}

/** Why no problem is shown: silence is told apart from health. */
function Nothing({ board, filtered }: { board: Board | undefined; filtered: boolean }) {
  const icon = <CheckmarkCircleRegular />;
  if (!board || (board.problems.length === 0 && board.checked === null)) {
    return <EmptyState icon={icon} title={t("issues.neverTitle")} body={t("issues.neverBody")} />;
  }
  if (board.problems.length > 0) {
    return filtered ? (
      <EmptyState icon={icon} title={t("issues.noneMatch")} body={t("filter.nothingBody")} />
    ) : (
      <EmptyState icon={icon} title={t("issues.allAsideTitle")} body={t("issues.allAsideBody")} />
    );
  }
  const last = t("issues.emptyBody", { time: fullTime(board.checked ?? 0) });
  const silent = board.not_checked > 0 ? ` ${t("issues.emptyNotChecked", { n: board.not_checked })}` : "";
  return <EmptyState icon={icon} title={t("issues.emptyTitle")} body={last + silent} />;
}
