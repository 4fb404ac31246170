import { ArrowDownloadRegular, CheckmarkCircleRegular, ShieldPersonRegular } from "@fluentui/react-icons";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { Organization, ProofTarget, Error as Refusal, ScopeView } from "../../api/bindings";
import { call, refusalOf, saveFile } from "../../api/client";
import { reading, useWindowed } from "../../api/queries";
import { begin, isLive, stop, useWork } from "../../api/work";
import { useNotices } from "../../lib/notices";
import { usePlace } from "../../lib/place";
import { useWalk } from "../../lib/walk";
import { BrowserWait } from "../../ui/BrowserWait";
import { Command, CommandBar } from "../../ui/CommandBar";
import { MoreCommands } from "../../ui/MoreCommands";
import { DataAge } from "../../ui/DataAge";
import { EmptyState } from "../../ui/EmptyState";
import { ErrorBar } from "../../ui/ErrorBar";
import { TextFilter } from "../../ui/FilterPills";
import { Page, Split } from "../../ui/Page";
import { DataTable } from "../../ui/table/DataTable";
import { explain, reasonWords } from "../../words/codes";
import { t } from "../../words/t";
import { ChangedDialog, ProveDialog, SaidDialog } from "./AskDialogs";
import { scopeColumns } from "./columns";
import { ProofPart } from "./ProofPart";
import { proofKey } from "./proving";
import { ScriptsDialog } from "./ScriptsDialog";
import { accessSearch } from "./search";
import { SetDialog } from "./SetDialog";
import { Standing } from "./Standing";
import { WhyDialog } from "./WhyDialog";
import { WhyPanel } from "./WhyPanel";

const READ_EXCHANGE = "RoleManagement.Read.Exchange";

/** The scope of an organization: what is wanted, what is in force, and what the mailboxes themselves have shown. */
export function AccessScope({ organization, integration }: { organization: Organization; integration: string }) {
  const [place, change] = usePlace(accessSearch);
  const query = useQuery(reading("scope.show", { organization: organization.id }));
  const view = query.data;
  const readKey = `scope-read:${organization.id}`;
  const readWork = useWork(readKey);
  const proofWork = useWork(proofKey(organization.id));
  const say = useNotices((notices) => notices.say);
  const [refusal, setRefusal] = useState<Refusal>();
  const read = () =>
    begin(readKey, t("access.reading"), "scope.read", { organization: organization.id }).catch(() => undefined);
  const allow = () =>
    void begin(readKey, t("access.allowing"), "tenants.allow", {
      tenant: organization.tenant,
      scopes: [READ_EXCHANGE],
    }).then(read, () => undefined);
  const exportEvidence = async () => {
    if (!view?.proof) return;
    setRefusal(undefined);
    try {
      const { text } = await call("scope.evidence", { proof: view.proof.proof.id });
      const file = t("access.file", { organization: organization.name, id: view.proof.proof.id });
      say("success", t("access.exported"), await saveFile(file, text));
    } catch (thrown) {
      setRefusal(refusalOf(thrown));
    }
  };
  const everyone = view?.desired.kind === "everyone" && view.set_at === null ? t("access.everyoneReason") : undefined;
  const close = () => change({ ask: undefined });
  const failed = proofWork?.refusal ?? readWork?.refusal ?? refusal;
  return (
    <Page
      title={t("access.title")}
      aside={organization.name}
      busy={query.isFetching && view !== undefined}
      tall
      head={
        <>
          <CommandBar
            label={t("access.commands")}
            end={
              <DataAge
                at={view && query.dataUpdatedAt}
                busy={query.isFetching}
                onRefresh={() => void query.refetch()}
              />
            }
          >
            <Command
              primary
              label={t("access.prove")}
              icon={<CheckmarkCircleRegular />}
              disabledReason={proveReason(view)}
              onRun={() => change({ ask: "prove" })}
            />
            <Command label={t("access.change")} onRun={() => change({ ask: "set" })} />
            <Command label={t("access.scripts")} onRun={() => change({ ask: "scripts" })} />
            <Command label={t("access.whyCommand")} onRun={() => change({ ask: "why" })} />
            <Command
              label={t("access.export")}
              icon={<ArrowDownloadRegular />}
              keys="Control+E"
              disabledReason={view?.proof ? undefined : t("access.nothing")}
              onRun={() => void exportEvidence()}
            />
            <MoreCommands
              word={t("access.more")}
              label={t("access.moreLabel")}
              commands={[
                { label: t("access.changed"), disabledReason: everyone, onRun: () => change({ ask: "changed" }) },
                {
                  label: t("access.read"),
                  disabledReason: isLive(readWork) ? readWork?.title : undefined,
                  onRun: () => void read(),
                },
                { label: t("access.said"), onRun: () => change({ ask: "said" }) },
              ]}
            />
          </CommandBar>
          {query.error && <ErrorBar failure={explain(refusalOf(query.error))} onRetry={() => void query.refetch()} />}
          {failed && <ErrorBar failure={explain(failed)} />}
          {isLive(readWork) && readWork?.browser !== undefined && (
            <BrowserWait title={t("change.waiting")} work={readWork} onCancel={() => stop(readKey)} />
          )}
          {view && (
            <Standing
              organization={organization.name}
              view={view}
              busy={isLive(readWork) ? readWork?.title : undefined}
              onAllow={allow}
              onRead={() => void read()}
            />
          )}
          {view?.proof && (
            <ProofPart
              organization={organization}
              view={view.proof}
              stands={view.stands}
              underWay={view.under_way}
              finding={place.finding}
              onFinding={(finding) => change({ finding })}
            />
          )}
          {view?.proof && (
            <TextFilter label={t("access.search")} value={place.q ?? ""} onChange={(q) => change({ q })} />
          )}
        </>
      }
    >
      {view && !view.proof && (
        <EmptyState icon={<ShieldPersonRegular />} title={t("access.emptyTitle")} body={t("access.emptyBody")} />
      )}
      {view?.proof && <Mailboxes organization={organization.id} proof={view.proof.proof.id} />}
      {place.ask === "set" && view && (
        <SetDialog organization={organization} integration={integration} desired={view.desired} onClose={close} />
      )}
      {place.ask === "scripts" && view && (
        <ScriptsDialog
          organization={organization}
          practice={view.practice}
          onRead={read}
          onRun={() => change({ ask: "changed" })}
          onClose={close}
        />
      )}
      {place.ask === "changed" && <ChangedDialog organization={organization} onClose={close} />}
      {place.ask === "prove" && <ProveDialog organization={organization} onClose={close} />}
      {place.ask === "why" && <WhyDialog organization={organization} onClose={close} />}
      {place.ask === "said" && <SaidDialog organization={organization} kept={view?.said ?? 0} onClose={close} />}
    </Page>
  );
}

/** The mailboxes of the last proof: expected, said, observed. */
function Mailboxes({ organization, proof }: { organization: number; proof: number }) {
  const [place, change] = usePlace(accessSearch);
  const list = useWindowed("scope.mailboxes", { proof, finding: place.finding ?? null, search: place.q ?? "" });
  const source = {
    view: list.view,
    revision: list.revision,
    count: list.page?.total,
    first: list.page?.rows ?? [],
    fetchWindow: async (start: number, end: number) => (await list.window(start, end)).rows,
  };
  const walk = useWalk(source, numberOf, place.open, (open) => change({ open }));
  const open = useQuery({
    queryKey: ["scope.mailboxes", "one", proof, walk.index, list.view, list.revision],
    queryFn: async () => (await list.window(walk.index ?? 0, (walk.index ?? 0) + 1)).rows[0] ?? null,
    enabled: place.open !== undefined && walk.index !== undefined,
  });
  const target = source.first.find((row) => row.number === place.open) ?? open.data ?? undefined;
  return (
    <Split>
      <DataTable
        id="scope"
        label={t("access.title")}
        columns={scopeColumns}
        source={source}
        rowId={numberOf}
        openId={place.open}
        openIndex={walk.index}
        onOpen={walk.show}
        empty={<EmptyState icon={<ShieldPersonRegular />} title={t("access.noneTitle")} body={t("access.noneBody")} />}
      />
      {target && place.open !== undefined && (
        <WhyPanel
          organization={organization}
          target={target}
          onClose={walk.close}
          onPrevious={walk.previous}
          onNext={walk.next}
        />
      )}
    </Split>
  );
}

function numberOf(row: ProofTarget): number {
  return row.number;
}

function proveReason(view: ScopeView | undefined): string | undefined {
  if (!view) return t("access.reading");
  if (view.under_way) return t("access.underWay");
  return view.may_prove ? reasonWords[view.may_prove] : undefined;
}
