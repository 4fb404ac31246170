import { Button, makeStyles } from "@fluentui/react-components";
import {
  AddRegular,
  ArrowDownloadRegular,
  DeleteRegular,
  EditRegular,
  KeyRegular,
  PlugConnectedRegular,
} from "@fluentui/react-icons";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { Error as Refusal, IntegrationView } from "../../api/bindings";
import { call, refusalOf, saveFile } from "../../api/client";
import { reading } from "../../api/queries";
import { useNotices } from "../../lib/notices";
import { usePlace } from "../../lib/place";
import { useWalk } from "../../lib/walk";
import { Command, CommandBar } from "../../ui/CommandBar";
import { ConfirmDialog } from "../../ui/ConfirmDialog";
import { DataAge } from "../../ui/DataAge";
import { DetailsPanel } from "../../ui/DetailsPanel";
import { EmptyState } from "../../ui/EmptyState";
import { ErrorBar } from "../../ui/ErrorBar";
import { CopyableId, Facts } from "../../ui/Facts";
import { Needs } from "../../ui/Needs";
import { Page, Split } from "../../ui/Page";
import { StatusBadge } from "../../ui/StatusBadge";
import type { Column } from "../../ui/table/columns";
import { DataTable } from "../../ui/table/DataTable";
import { allOf } from "../../ui/table/rows";
import { explain, reasonWords } from "../../words/codes";
import { presetWords } from "../../words/nouns";
import { t } from "../../words/t";
import { AddDialog } from "./AddDialog";
import { ChangeDialog } from "./ChangeDialog";
import { PresetFacts } from "./PresetFacts";
import { secretBadge } from "./secret";
import { SecretDialog } from "./SecretDialog";
import { integrationsSearch } from "./search";

const useStyles = makeStyles({
  part: { display: "flex", flexDirection: "column", rowGap: "16px" },
});

const columns: ReadonlyArray<Column<IntegrationView>> = [
  {
    id: "name",
    title: t("integrations.name"),
    width: 200,
    grows: true,
    fixed: true,
    render: ({ integration }) => integration.name,
    text: ({ integration }) => integration.name,
  },
  {
    id: "preset",
    title: t("integrations.preset"),
    width: 140,
    render: ({ integration }) => presetWords[integration.preset],
    text: ({ integration }) => presetWords[integration.preset],
  },
  {
    id: "client",
    title: t("integrations.clientId"),
    width: 300,
    render: ({ integration }) => integration.client_id,
    text: ({ integration }) => integration.client_id,
  },
  {
    id: "secret",
    title: t("integrations.secret"),
    width: 170,
    render: (view) => <StatusBadge {...secretBadge(view.secret)} />,
    text: (view) => secretBadge(view.secret).word,
  },
  {
    id: "permissions",
    title: t("integrations.permissions"),
    width: 110,
    numeric: true,
    render: ({ integration }) => integration.permissions.length,
    text: ({ integration }) => String(integration.permissions.length),
  },
  {
    id: "organizations",
    title: t("integrations.organizations"),
    width: 120,
    numeric: true,
    render: (view) => view.organizations,
    text: (view) => String(view.organizations),
  },
];

function idOf({ integration }: IntegrationView): number {
  return integration.id;
}

/** The applications that are being onboarded, and what each of them needs. */
export function IntegrationsPage() {
  const [place, change] = usePlace(integrationsSearch);
  const [dialog, setDialog] = useState<"secret" | "change" | "remove">();
  const query = useQuery(reading("integrations.list", null));
  const tenants = useQuery(reading("tenants.list", null)).data;
  const source = { ...allOf("integrations", query.data), revision: query.dataUpdatedAt };
  const walk = useWalk(source, idOf, place.open, (open) => change({ open }));
  const open = query.data?.find((view) => view.integration.id === place.open);
  const say = useNotices((notices) => notices.say);
  const [failed, setFailed] = useState<Refusal>();
  const save = async () => {
    if (!open) return;
    setFailed(undefined);
    try {
      const { name, text } = await call("integrations.export", {
        of: "integration",
        integration: open.integration.id,
      });
      say("success", t("consent.saved"), await saveFile(t("list.exportFile", { name }), text));
    } catch (thrown) {
      setFailed(refusalOf(thrown));
    }
  };
  const chooseFirst = open ? undefined : t("integrations.chooseFirst");
  return (
    <Page
      title={t("integrations.title")}
      busy={query.isFetching && query.data !== undefined}
      head={
        <>
          <CommandBar
            label={t("integrations.commands")}
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
              label={t("integrations.add")}
              icon={<AddRegular />}
              disabledReason={tenants?.length === 0 ? t("integrations.noTenant") : undefined}
              onRun={() => change({ add: true })}
            />
            <Command
              label={t("integrations.setSecret")}
              icon={<KeyRegular />}
              disabledReason={chooseFirst}
              onRun={() => setDialog("secret")}
            />
            <Command
              label={t("list.change")}
              icon={<EditRegular />}
              disabledReason={chooseFirst}
              onRun={() => setDialog("change")}
            />
            <Command
              label={t("list.export")}
              icon={<ArrowDownloadRegular />}
              disabledReason={chooseFirst}
              onRun={() => void save()}
            />
            <Command
              label={t("integrations.remove")}
              icon={<DeleteRegular />}
              disabledReason={
                chooseFirst ?? (open && open.organizations > 0 ? reasonWords.has_organizations : undefined)
              }
              onRun={() => setDialog("remove")}
            />
          </CommandBar>
          {failed && <ErrorBar failure={explain(failed)} />}
          {query.error && <ErrorBar failure={explain(refusalOf(query.error))} onRetry={() => void query.refetch()} />}
        </>
      }
    >
      <Split>
        <DataTable
          id="integrations"
          label={t("integrations.title")}
          columns={columns}
          source={source}
          rowId={idOf}
          openId={place.open}
          openIndex={walk.index}
          onOpen={walk.show}
          empty={
            <EmptyState
              icon={<PlugConnectedRegular />}
              title={t("integrations.emptyTitle")}
              body={t("integrations.emptyBody")}
            >
              <Button appearance="primary" onClick={() => change({ add: true })}>
                {t("integrations.add")}
              </Button>
            </EmptyState>
          }
        />
        {open && <IntegrationPanel view={open} onClose={walk.close} onPrevious={walk.previous} onNext={walk.next} />}
      </Split>
      {place.add && tenants && (
        <AddDialog
          tenants={tenants}
          onClose={(added) => change({ add: undefined, ...(added ? { open: added } : {}) })}
        />
      )}
      {dialog === "change" && open && (
        <ChangeDialog integration={open.integration} onClose={() => setDialog(undefined)} />
      )}
      {dialog === "secret" && open && <SecretDialog view={open} onClose={() => setDialog(undefined)} />}
      {dialog === "remove" && open && (
        <RemoveDialog
          view={open}
          onClose={() => setDialog(undefined)}
          onDone={() => {
            setDialog(undefined);
            change({ open: undefined });
          }}
        />
      )}
    </Page>
  );
}

function IntegrationPanel({
  view: { integration, secret },
  ...panel
}: {
  view: IntegrationView;
  onClose: () => void;
  onPrevious: (() => void) | undefined;
  onNext: (() => void) | undefined;
}) {
  const styles = useStyles();
  const presets = useQuery(reading("presets.list", null)).data;
  const preset = presets?.find((one) => one.preset === integration.preset);
  return (
    <DetailsPanel
      {...panel}
      title={integration.name}
      subtitle={presetWords[integration.preset]}
      subject={String(integration.id)}
    >
      <div className={styles.part}>
        <Facts
          facts={[
            {
              name: t("integrations.clientId"),
              value: <CopyableId id={integration.client_id} what={t("integrations.clientId")} />,
            },
            { name: t("integrations.secret"), value: <StatusBadge {...secretBadge(secret)} /> },
          ]}
        />
        <section>
          <h3>{t("integrations.needs", { n: integration.permissions.length })}</h3>
          <Needs permissions={integration.permissions} />
        </section>
        {preset && <PresetFacts preset={preset} />}
      </div>
    </DetailsPanel>
  );
}

function RemoveDialog({ view, onClose, onDone }: { view: IntegrationView; onClose: () => void; onDone: () => void }) {
  const [failed, setFailed] = useState<unknown>();
  const remove = async () => {
    try {
      await call("integrations.remove", { integration: view.integration.id });
      onDone();
    } catch (thrown) {
      setFailed(thrown);
    }
  };
  return (
    <ConfirmDialog
      title={t("integrations.removeTitle", { name: view.integration.name })}
      action={t("integrations.removeAction")}
      onClose={onClose}
      onConfirm={() => void remove()}
    >
      {t("integrations.removeBody")}
      {failed !== undefined && <ErrorBar failure={explain(refusalOf(failed))} />}
    </ConfirmDialog>
  );
}
