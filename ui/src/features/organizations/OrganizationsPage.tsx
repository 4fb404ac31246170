import { Button } from "@fluentui/react-components";
import { AddRegular, ArrowDownloadRegular, BuildingRegular, DeleteRegular } from "@fluentui/react-icons";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { Organization, OrganizationColumn, OrganizationView, Error as Refusal } from "../../api/bindings";
import { call, refusalOf, saveFile } from "../../api/client";
import { reading } from "../../api/queries";
import { useScope } from "../../api/scope";
import { useViews } from "../../api/views";
import { useNotices } from "../../lib/notices";
import { usePlace } from "../../lib/place";
import { useWalk } from "../../lib/walk";
import { Command, CommandBar, ReasonedButton } from "../../ui/CommandBar";
import { DataAge } from "../../ui/DataAge";
import { EmptyState } from "../../ui/EmptyState";
import { ErrorBar } from "../../ui/ErrorBar";
import { ClearFilters, Filter, FilterRow, TextFilter } from "../../ui/FilterPills";
import { Page, Split } from "../../ui/Page";
import { ColumnChooser } from "../../ui/table/ColumnChooser";
import { shownIds } from "../../ui/table/columns";
import { DataTable } from "../../ui/table/DataTable";
import { allOf } from "../../ui/table/rows";
import { SelectionBar } from "../../ui/table/SelectionBar";
import { hiddenAmong, isEmpty, isSelected, none } from "../../ui/table/selection";
import { useSelection } from "../../ui/table/useSelection";
import { ViewsMenu } from "../../ui/ViewsMenu";
import { explain } from "../../words/codes";
import { accessWords, syncBadges } from "../../words/nouns";
import { optionsOf, wordsOf } from "../../words/options";
import { t } from "../../words/t";
import { BulkDialog } from "./BulkDialog";
import { type BulkKind, bulkKinds } from "./bulk";
import { CreateDialog } from "./CreateDialog";
import { columns, inOrder } from "./columns";
import { OrganizationPanel } from "./OrganizationPanel";
import { RenameDialog } from "./RenameDialog";
import { type OrganizationsSearch, organizationsSearch, viewOf } from "./search";

const TABLE = "organizations";
const noFilters = { q: undefined, sync: undefined, access: undefined } satisfies Partial<OrganizationsSearch>;

function idOf({ organization }: OrganizationView): number {
  return organization.id;
}

/** Every organization: how it is reached, how far its rollout is, what is wrong. */
export function OrganizationsPage() {
  const [place, change] = usePlace(organizationsSearch);
  const [bulk, setBulk] = useState<{ readonly kind: BulkKind; readonly views: readonly OrganizationView[] }>();
  const [renaming, setRenaming] = useState<Organization>();
  const { selection, select } = useSelection<number>(JSON.stringify([place.q, place.sync, place.access]));
  const [refusal, setRefusal] = useState<Refusal>();
  const say = useNotices((notices) => notices.say);
  const { query, all } = useScope();
  const integrations = useQuery(reading("integrations.list", null)).data;
  const sort = { column: place.sort ?? "name", descending: place.desc ?? false } as const;
  const shown = all && inOrder(all.filter(fitting(place)), sort.column, sort.descending);
  const question = JSON.stringify([place.q, place.sync, place.access, sort]);
  const source = { ...allOf(question, shown), revision: query.dataUpdatedAt };
  const walk = useWalk(source, idOf, place.open, (open) => change({ open }));
  const open = all?.find((view) => view.organization.id === place.open);
  const filtered = Object.keys(noFilters).some((name) => place[name as keyof typeof noFilters] !== undefined);
  // Those that were ticked one by one are meant also where the filters hide them, which the bar says.
  const selected = ((selection.mode === "include" ? all : shown) ?? []).filter((view) =>
    isSelected(selection, idOf(view)),
  );
  const views = useViews("organizations", viewOf(place), []);
  const save = async () => {
    setRefusal(undefined);
    try {
      const ask = { organizations: (shown ?? []).map(idOf), columns: shownIds(TABLE, columns) };
      const { text } = await call("organizations.export", ask);
      say("success", t("consent.saved"), await saveFile(t("organizations.file"), text));
    } catch (thrown) {
      setRefusal(refusalOf(thrown));
    }
  };
  return (
    <Page
      title={t("organizations.title")}
      busy={query.isFetching && all !== undefined}
      head={
        <>
          <CommandBar
            label={t("organizations.commands")}
            end={
              <>
                <ViewsMenu {...views} failureOf={(thrown) => explain(refusalOf(thrown))} />
                <ColumnChooser table={TABLE} columns={columns} />
                <DataAge
                  at={all && query.dataUpdatedAt}
                  busy={query.isFetching}
                  onRefresh={() => void query.refetch()}
                />
              </>
            }
          >
            <Command
              primary
              label={t("organizations.new")}
              icon={<AddRegular />}
              disabledReason={integrations?.length === 0 ? t("organizations.noIntegration") : undefined}
              onRun={() => change({ create: true })}
            />
            <Command
              label={t("export.table")}
              icon={<ArrowDownloadRegular />}
              keys="Control+E"
              disabledReason={shown?.length ? undefined : t("export.nothing")}
              onRun={() => void save()}
            />
            {isEmpty(selection) && (
              // Those that are ticked are deleted by the bar that they bring.
              <Command
                label={t("organizations.delete")}
                icon={<DeleteRegular />}
                disabledReason={open ? undefined : t("organizations.chooseFirst")}
                onRun={() => open && setBulk({ kind: "delete", views: [open] })}
              />
            )}
          </CommandBar>
          {query.error && <ErrorBar failure={explain(refusalOf(query.error))} onRetry={() => void query.refetch()} />}
          {refusal && <ErrorBar failure={explain(refusal)} />}
          <FilterRow count={all && shown && t("filter.count", { matching: shown.length, total: all.length })}>
            <TextFilter label={t("organizations.search")} value={place.q ?? ""} onChange={(q) => change({ q })} />
            <Filter
              label={t("users.sync")}
              options={wordsOf(syncBadges)}
              value={place.sync}
              onChange={(sync) => change({ sync })}
            />
            <Filter
              label={t("organizations.access")}
              options={optionsOf(accessWords)}
              value={place.access}
              onChange={(access) => change({ access })}
            />
            {filtered && <ClearFilters onClear={() => change(noFilters)} />}
          </FilterRow>
        </>
      }
    >
      <Split>
        <DataTable
          id={TABLE}
          label={t("organizations.title")}
          columns={columns}
          source={source}
          rowId={idOf}
          sort={sort}
          onSort={({ column, descending }) =>
            change({ sort: column as OrganizationColumn, desc: descending || undefined })
          }
          selection={selection}
          onSelect={select}
          openId={place.open}
          openIndex={walk.index}
          onOpen={walk.show}
          empty={
            filtered ? (
              <EmptyState
                icon={<BuildingRegular />}
                title={t("filter.nothing", { total: all?.length ?? 0 })}
                body={t("filter.nothingBody")}
              >
                <Button onClick={() => change(noFilters)}>{t("filter.clear")}</Button>
              </EmptyState>
            ) : (
              <EmptyState
                icon={<BuildingRegular />}
                title={t("organizations.emptyTitle")}
                body={t(integrations?.length === 0 ? "organizations.noIntegration" : "organizations.emptyBody")}
              >
                {integrations && integrations.length > 0 && (
                  <Button appearance="primary" onClick={() => change({ create: true })}>
                    {t("organizations.new")}
                  </Button>
                )}
              </EmptyState>
            )
          }
        />
        {open && (
          <OrganizationPanel
            view={open}
            tab={place.tab ?? "users"}
            onTab={(tab) => change({ tab })}
            onClose={walk.close}
            onPrevious={walk.previous}
            onNext={walk.next}
          />
        )}
      </Split>
      <SelectionBar
        selection={selection}
        total={shown?.length ?? 0}
        hidden={hiddenAmong(selection, (shown ?? []).map(idOf))}
        onSelect={select}
      >
        {selected.length === 1 && (
          <ReasonedButton size="small" onClick={() => setRenaming(selected[0]?.organization)}>
            {t("rename.command")}
          </ReasonedButton>
        )}
        {bulkKinds.map((kind) => (
          <ReasonedButton key={kind} size="small" onClick={() => setBulk({ kind, views: selected })}>
            {t(`bulk.${kind}`)}
          </ReasonedButton>
        ))}
      </SelectionBar>
      {place.create && integrations && (
        <CreateDialog
          integrations={integrations}
          onClose={(created) => change({ create: undefined, ...(created === undefined ? {} : { open: created }) })}
        />
      )}
      {renaming && <RenameDialog organization={renaming} onClose={() => setRenaming(undefined)} />}
      {bulk && (
        <BulkDialog
          {...bulk}
          onClose={() => setBulk(undefined)}
          onDone={() => {
            setBulk(undefined);
            select(none());
            if (bulk.kind === "delete") change({ open: undefined });
          }}
        />
      )}
    </Page>
  );
}

/** Whether an organization fits all filters; the text is looked for in its name and its External ID. */
function fitting({ q, sync, access }: OrganizationsSearch) {
  const wanted = (q ?? "").trim().toLocaleLowerCase();
  return ({ organization }: OrganizationView) =>
    (wanted === "" || `${organization.name} ${organization.external_id}`.toLocaleLowerCase().includes(wanted)) &&
    (sync === undefined || organization.sync === sync) &&
    (access === undefined || organization.access === access);
}
