import { Button } from "@fluentui/react-components";
import { ArrowDownloadRegular, MailInboxCheckmarkRegular } from "@fluentui/react-icons";
import { useNavigate } from "@tanstack/react-router";
import type { ComponentType } from "react";
import type { MailboxCounts, UserRow } from "../../api/bindings";
import { refusalOf } from "../../api/client";
import { useUsersExport } from "../../api/exports";
import { everyUser } from "../../api/filters";
import { useWindowed } from "../../api/queries";
import { useScope } from "../../api/scope";
import { useViews } from "../../api/views";
import { useAsOf } from "../../lib/age";
import { usePlace } from "../../lib/place";
import { useWalk } from "../../lib/walk";
import { Command, CommandBar } from "../../ui/CommandBar";
import { DataAge } from "../../ui/DataAge";
import { EmptyState } from "../../ui/EmptyState";
import { ErrorBar } from "../../ui/ErrorBar";
import { ClearFilters, Filter, FilterRow, TextFilter } from "../../ui/FilterPills";
import { Page, Split } from "../../ui/Page";
import { SegmentBar } from "../../ui/SegmentBar";
import { ColumnChooser } from "../../ui/table/ColumnChooser";
import { shownIds } from "../../ui/table/columns";
import { DataTable } from "../../ui/table/DataTable";
import { ViewsMenu } from "../../ui/ViewsMenu";
import { explain } from "../../words/codes";
import { kindWords, mailboxBadges, verdictBadges } from "../../words/nouns";
import { optionsOf, wordsOf } from "../../words/options";
import { t } from "../../words/t";
import { mailboxColumns } from "./columns";
import { mailboxesSearch, viewOf } from "./search";

const TABLE = "mailboxes";
const noFilters = { q: undefined, status: undefined, verdict: undefined, kind: undefined };

export type DetailsOf = ComponentType<{
  user: number;
  onClose: () => void;
  onPrevious: (() => void) | undefined;
  onNext: (() => void) | undefined;
}>;

/** The same people seen from Exchange: which mailbox it is, where it stands, when it last answered. */
export function MailboxesPage({ Details }: { Details: DetailsOf }) {
  const [place, change] = usePlace(mailboxesSearch);
  const navigate = useNavigate();
  const { all, chosen } = useScope();
  const sort = place.sort ?? "upn";
  const question = {
    filter: {
      ...everyUser,
      organization: chosen?.organization.id ?? null,
      mailbox: place.status ? [place.status] : [],
      verdict: place.verdict ? [place.verdict] : [],
      kind: place.kind ? [place.kind] : [],
      search: place.q ?? null,
    },
    sort: { by: sort, descending: place.desc ?? false },
  };
  const list = useWindowed("users.query", { ...question, workloads: false });
  const views = useViews("mailboxes", viewOf(place), []);
  const exporting = useUsersExport();
  const save = () =>
    exporting.save(
      // The first column is the address at which the mailbox is known.
      { ...question, columns: shownIds(TABLE, mailboxColumns).map((id) => (id === "upn" ? "address" : id)) },
      {
        title: t("export.users"),
        file: chosen ? t("export.mailboxesOf", { organization: chosen.organization.name }) : t("export.mailboxesFile"),
        saved: t("consent.saved"),
      },
    );
  const source = {
    view: list.view,
    revision: list.revision,
    count: list.page?.matching,
    first: list.page?.rows ?? [],
    fetchWindow: async (start: number, end: number) => (await list.window(start, end)).rows,
  };
  const asOf = useAsOf(
    list,
    source.first.flatMap((row) => [row.user.seen, row.checked, row.synced]),
  );
  const walk = useWalk(source, idOf, place.open, (open) => change({ open }));
  const counts = sumOf((chosen ? [chosen] : (all ?? [])).map((view) => view.mailboxes));
  const filtered = Object.keys(noFilters).some((name) => place[name as keyof typeof noFilters] !== undefined);
  return (
    <Page
      title={t("mailboxes.title")}
      aside={chosen?.organization.name}
      busy={list.busy && list.page !== undefined}
      head={
        <>
          <CommandBar
            label={t("mailboxes.commands")}
            end={
              <>
                <ViewsMenu {...views} failureOf={(thrown) => explain(refusalOf(thrown))} />
                <ColumnChooser table={TABLE} columns={mailboxColumns} />
                <DataAge at={asOf} busy={list.busy} onRefresh={list.refresh} />
              </>
            }
          >
            <Command
              label={t("mailboxes.openIssues")}
              onRun={() => void navigate({ to: "/issues", search: { org: chosen?.organization.id } })}
            />
            <Command
              label={t("export.table")}
              icon={<ArrowDownloadRegular />}
              keys="Control+E"
              disabledReason={
                list.page?.matching ? (exporting.busy ? t("confirm.busy") : undefined) : t("export.nothing")
              }
              onRun={() => void save()}
            />
          </CommandBar>
          {exporting.refusal && <ErrorBar failure={explain(exporting.refusal)} />}
          {list.error && <ErrorBar failure={explain(refusalOf(list.error))} onRetry={list.refresh} />}
          <SegmentBar
            label={t("mailboxes.byStatus")}
            chosen={place.status}
            onChoose={(status) => change({ status })}
            segments={wordsOf(mailboxBadges).map(({ value, word }) => ({
              value,
              word,
              state: mailboxBadges[value].state,
              count: counts[value],
            }))}
          />
          <FilterRow count={list.page && t("filter.count", { matching: list.page.matching, total: list.page.total })}>
            <TextFilter label={t("users.search")} value={place.q ?? ""} onChange={(q) => change({ q })} />
            <Filter
              label={t("users.kind")}
              options={optionsOf(kindWords)}
              value={place.kind}
              onChange={(kind) => change({ kind })}
            />
            <Filter
              label={t("users.verdict")}
              options={wordsOf(verdictBadges)}
              value={place.verdict}
              onChange={(verdict) => change({ verdict })}
            />
            {filtered && <ClearFilters onClear={() => change(noFilters)} />}
          </FilterRow>
        </>
      }
    >
      <Split>
        <DataTable
          id={TABLE}
          label={t("mailboxes.title")}
          columns={mailboxColumns}
          source={source}
          rowId={idOf}
          sort={{ column: sort, descending: place.desc ?? false }}
          onSort={({ column, descending }) => change({ sort: column as typeof sort, desc: descending || undefined })}
          openId={place.open}
          openIndex={walk.index}
          onOpen={walk.show}
          empty={
            filtered ? (
              <EmptyState
                icon={<MailInboxCheckmarkRegular />}
                title={t("filter.nothing", { total: list.page?.total ?? 0 })}
                body={t("filter.nothingBody")}
              >
                <Button onClick={() => change(noFilters)}>{t("filter.clear")}</Button>
              </EmptyState>
            ) : (
              <EmptyState
                icon={<MailInboxCheckmarkRegular />}
                title={t("mailboxes.emptyTitle")}
                body={t("mailboxes.emptyBody")}
              />
            )
          }
        />
        {place.open !== undefined && (
          <Details user={place.open} onClose={walk.close} onPrevious={walk.previous} onNext={walk.next} />
        )}
      </Split>
    </Page>
  );
}

function idOf(row: UserRow): number {
  return row.user.id;
}

function sumOf(all: readonly MailboxCounts[]): MailboxCounts {
  const sum: MailboxCounts = { initialized: 0, switching: 0, not_initialized: 0, error: 0, excluded: 0 };
  for (const counts of all) for (const { value } of wordsOf(mailboxBadges)) sum[value] += counts[value];
  return sum;
}
