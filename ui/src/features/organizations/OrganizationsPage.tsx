import { Button } from "@fluentui/react-components";
import { AddRegular, BuildingRegular, DeleteRegular } from "@fluentui/react-icons";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { OrganizationView } from "../../api/bindings";
import { call, refusalOf } from "../../api/client";
import { reading } from "../../api/queries";
import { useScope } from "../../api/scope";
import { grouped } from "../../lib/numbers";
import { usePlace } from "../../lib/place";
import { shortTime } from "../../lib/time";
import { useWalk } from "../../lib/walk";
import { Command, CommandBar } from "../../ui/CommandBar";
import { ConfirmDialog } from "../../ui/ConfirmDialog";
import { DataAge } from "../../ui/DataAge";
import { EmptyState } from "../../ui/EmptyState";
import { ErrorBar } from "../../ui/ErrorBar";
import { Page, Split } from "../../ui/Page";
import { StatusBadge } from "../../ui/StatusBadge";
import { ColumnChooser } from "../../ui/table/ColumnChooser";
import type { Column } from "../../ui/table/columns";
import { DataTable } from "../../ui/table/DataTable";
import { allOf } from "../../ui/table/rows";
import { explain, reasonWords } from "../../words/codes";
import { accessWords, authorizationBadges, stageBadges, syncBadges } from "../../words/nouns";
import { t } from "../../words/t";
import { CreateDialog } from "./CreateDialog";
import { OrganizationPanel } from "./OrganizationPanel";
import { organizationsSearch } from "./search";

const TABLE = "organizations";

function lastCheck({ checked }: OrganizationView): string {
  return checked === null ? t("users.neverChecked") : shortTime(checked);
}

const stagesInOrder = ["organization", "consent", "verify"] as const;

/** The first stage that isn't done, or the last one. */
function stage({ stages }: OrganizationView) {
  const at = stagesInOrder.find((one) => stages[one].state !== "done") ?? "verify";
  const { state, word } = stageBadges[stages[at].state];
  return { state, word: t("organizations.stageOf", { stage: t(`stage.${at}`), word }) };
}

const columns: ReadonlyArray<Column<OrganizationView>> = [
  {
    id: "name",
    title: t("organizations.name"),
    width: 140,
    grows: true,
    fixed: true,
    render: ({ organization }) => organization.name,
    text: ({ organization }) => organization.name,
  },
  {
    id: "external_id",
    title: t("organizations.externalId"),
    width: 104,
    render: ({ organization }) => organization.external_id,
    text: ({ organization }) => organization.external_id,
  },
  {
    id: "access",
    title: t("organizations.access"),
    width: 168,
    render: ({ organization }) => accessWords[organization.access],
    text: ({ organization }) => accessWords[organization.access],
  },
  {
    id: "users",
    title: t("organizations.users"),
    width: 72,
    numeric: true,
    render: (view) => grouped(view.users),
    text: (view) => String(view.users),
  },
  {
    id: "stage",
    title: t("organizations.stage"),
    width: 210,
    render: (view) => <StatusBadge {...stage(view)} />,
    text: (view) => stage(view).word,
  },
  {
    id: "consent",
    title: t("organizations.consent"),
    width: 150,
    render: ({ consent }) => <StatusBadge {...authorizationBadges[consent.authorization]} />,
    text: ({ consent }) => authorizationBadges[consent.authorization].word,
  },
  { id: "checked", title: t("organizations.lastCheck"), width: 110, render: lastCheck, text: lastCheck },
  {
    id: "issues",
    title: t("organizations.issues"),
    width: 104,
    numeric: true,
    render: (view) => grouped(view.with_issues),
    text: (view) => String(view.with_issues),
  },
  {
    id: "integration",
    title: t("organizations.integration"),
    width: 160,
    spare: true,
    render: (view) => view.integration_name,
    text: (view) => view.integration_name,
  },
  {
    id: "sync",
    title: t("users.sync"),
    width: 180,
    spare: true,
    render: ({ organization }) => <StatusBadge {...syncBadges[organization.sync]} />,
    text: ({ organization }) => syncBadges[organization.sync].word,
  },
  {
    id: "tenant",
    title: t("organizations.tenant"),
    width: 140,
    spare: true,
    render: (view) => view.tenant_name,
    text: (view) => view.tenant_name,
  },
];

function idOf({ organization }: OrganizationView): number {
  return organization.id;
}

/** Every organization: how it is reached, how far its rollout is, what is wrong. */
export function OrganizationsPage() {
  const [place, change] = usePlace(organizationsSearch);
  const [deleting, setDeleting] = useState(false);
  const { query, all } = useScope();
  const integrations = useQuery(reading("integrations.list", null)).data;
  const source = { ...allOf("organizations", all), revision: query.dataUpdatedAt };
  const walk = useWalk(source, idOf, place.open, (open) => change({ open }));
  const open = all?.find((view) => view.organization.id === place.open);
  const noDelete = open ? (open.may.delete ? reasonWords[open.may.delete] : undefined) : t("organizations.chooseFirst");
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
              label={t("organizations.delete")}
              icon={<DeleteRegular />}
              disabledReason={noDelete}
              onRun={() => setDeleting(true)}
            />
          </CommandBar>
          {query.error && <ErrorBar failure={explain(refusalOf(query.error))} onRetry={() => void query.refetch()} />}
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
          openId={place.open}
          openIndex={walk.index}
          onOpen={walk.show}
          empty={
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
      {place.create && integrations && (
        <CreateDialog
          integrations={integrations}
          onClose={(created) => change({ create: undefined, ...(created === undefined ? {} : { open: created }) })}
        />
      )}
      {deleting && open && (
        <DeleteDialog
          view={open}
          onClose={() => setDeleting(false)}
          onDone={() => {
            setDeleting(false);
            change({ open: undefined });
          }}
        />
      )}
    </Page>
  );
}

function DeleteDialog({ view, onClose, onDone }: { view: OrganizationView; onClose: () => void; onDone: () => void }) {
  const [failed, setFailed] = useState<unknown>();
  const remove = async () => {
    try {
      await call("organizations.delete", { organization: view.organization.id, force: false });
      onDone();
    } catch (thrown) {
      setFailed(thrown);
    }
  };
  return (
    <ConfirmDialog
      title={t("organizations.deleteTitle", { name: view.organization.name })}
      action={t("organizations.deleteAction")}
      onClose={onClose}
      onConfirm={() => void remove()}
    >
      {t("organizations.deleteBody")}
      {failed !== undefined && <ErrorBar failure={explain(refusalOf(failed))} />}
    </ConfirmDialog>
  );
}
