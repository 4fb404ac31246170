import { makeStyles, MessageBar, MessageBarBody, MessageBarTitle, tokens } from "@fluentui/react-components";
import { ArrowSyncRegular, ShieldCheckmarkRegular } from "@fluentui/react-icons";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { ConsentView, Error as Refusal, OrganizationView } from "../../api/bindings";
import { call, refusalOf } from "../../api/client";
import { reading } from "../../api/queries";
import { begin, dismiss, isLive, stop, useWork } from "../../api/work";
import { useNotices } from "../../lib/notices";
import { usePlace } from "../../lib/place";
import { useWalk } from "../../lib/walk";
import { BrowserWait } from "../../ui/BrowserWait";
import { Command, CommandBar } from "../../ui/CommandBar";
import { ConsentButton } from "../../ui/ConsentButton";
import { DataAge } from "../../ui/DataAge";
import { EmptyState } from "../../ui/EmptyState";
import { ErrorBar } from "../../ui/ErrorBar";
import { Page, Split } from "../../ui/Page";
import { StatusBadge } from "../../ui/StatusBadge";
import { allOf } from "../../ui/table/rows";
import { ColumnChooser } from "../../ui/table/ColumnChooser";
import { DataTable } from "../../ui/table/DataTable";
import { explain, reasonWords, wordsForCode } from "../../words/codes";
import { authorizationBadges } from "../../words/nouns";
import { t } from "../../words/t";
import { consentColumns, rowKey, sortedRows, summary } from "./columns";
import { GrantDialog } from "./GrantDialog";
import { PermissionPanel } from "./PermissionPanel";
import { consentSearch } from "./search";

const useStyles = makeStyles({
  status: { display: "flex", alignItems: "center", flexWrap: "wrap", columnGap: "16px", rowGap: "4px" },
  quiet: { color: tokens.colorNeutralForeground2 },
});

const TABLE = "permissions";

/** The consent matrix of one organization, and the way to grant what is missing. */
export function Connectivity({ view, title }: { view: OrganizationView; title: string }) {
  const styles = useStyles();
  const client = useQueryClient();
  const organization = view.organization.id;
  const [place, change] = usePlace(consentSearch);
  const query = useQuery(reading("consent.show", { organization }));
  const say = useNotices((notices) => notices.say);
  const [reading_, setReading] = useState(false);
  const [refusal, setRefusal] = useState<Refusal>();
  const key = `consent.grant:${organization}`;
  const work = useWork(key);
  const live = isLive(work);
  const shown = query.data;
  const reason = live ? t("consent.underWay") : view.may.consent ? reasonWords[view.may.consent] : undefined;

  const keep = (answer: ConsentView) => {
    client.setQueryData(reading("consent.show", { organization }).queryKey, answer);
    void client.invalidateQueries({ queryKey: ["organizations.list"] });
  };
  const read = async () => {
    setReading(true);
    setRefusal(undefined);
    try {
      keep(await call("consent.read", { organization }));
    } catch (thrown) {
      setRefusal(refusalOf(thrown));
    } finally {
      setReading(false);
    }
  };
  const grant = async () => {
    change({ grant: undefined });
    dismiss(key);
    const words = t("consent.granting", { integration: view.integration_name });
    try {
      const answer = await begin(key, words, "consent.grant", { organization });
      keep(answer);
      const badge = authorizationBadges[answer.consent.authorization];
      say(badge.state === "good" ? "success" : "info", t("consent.signedIn"), badge.word);
    } catch {
      // The refusal is on the work, where the page shows it.
    }
  };
  const rows = shown && sortedRows(shown.consent.rows);
  const source = { ...allOf(`consent ${organization}`, rows), revision: query.dataUpdatedAt };
  const walk = useWalk(source, rowKey, place.open, (wanted) => change({ open: wanted }));
  const open = rows?.find((row) => rowKey(row) === place.open);
  return (
    <Page
      title={title}
      aside={t("consent.aside", { organization: view.organization.name, integration: view.integration_name })}
      busy={query.isFetching || reading_}
      head={
        <>
          <CommandBar
            label={t("consent.commands")}
            end={
              <>
                <ColumnChooser table={TABLE} columns={consentColumns} />
                <DataAge at={shown?.read_at ?? undefined} busy={reading_} onRefresh={() => void query.refetch()} />
              </>
            }
          >
            <ConsentButton disabledReason={reason} onClick={() => change({ grant: true })} />
            <Command
              label={t("consent.read")}
              icon={<ArrowSyncRegular />}
              disabledReason={reading_ ? t("consent.reading") : reason}
              onRun={() => void read()}
            />
          </CommandBar>
          {live && (
            <BrowserWait
              title={t(work?.progress?.kind === "reading_back" ? "work.readingBack" : "consent.waiting")}
              url={work?.browser}
              stopping={work?.state === "stopping"}
              onCancel={() => stop(key)}
            />
          )}
          {work?.refusal && <ErrorBar failure={explain(work.refusal)} />}
          {refusal && <ErrorBar failure={explain(refusal)} onRetry={() => void read()} />}
          {query.error && <ErrorBar failure={explain(refusalOf(query.error))} onRetry={() => void query.refetch()} />}
          {shown?.error && (
            <MessageBar intent="warning" layout="multiline">
              <MessageBarBody>
                <MessageBarTitle>{t("consent.unreadTitle")}</MessageBarTitle> {t("consent.unreadBody")}{" "}
                {wordsForCode(shown.error).title} {wordsForCode(shown.error).advice}
              </MessageBarBody>
            </MessageBar>
          )}
          {shown && (
            <div className={styles.status} role="status">
              <StatusBadge {...authorizationBadges[shown.consent.authorization]} strong />
              <span>{summary(shown.consent.rows)}</span>
              {shown.consent.features_off.length > 0 && (
                <span className={styles.quiet}>
                  {t("consent.featuresOff", { features: shown.consent.features_off.join(", ") })}
                </span>
              )}
            </div>
          )}
        </>
      }
    >
      <Split>
        <DataTable
          id={TABLE}
          label={title}
          columns={consentColumns}
          source={source}
          rowId={rowKey}
          openId={place.open}
          openIndex={walk.index}
          onOpen={walk.show}
          empty={
            <EmptyState
              icon={<ShieldCheckmarkRegular />}
              title={t("consent.emptyTitle")}
              body={t("consent.emptyBody")}
            />
          }
        />
        {open && <PermissionPanel row={open} onClose={walk.close} onPrevious={walk.previous} onNext={walk.next} />}
      </Split>
      {place.grant && !reason && shown && (
        <GrantDialog
          view={view}
          shown={shown}
          onClose={() => change({ grant: undefined })}
          onConfirm={() => void grant()}
        />
      )}
    </Page>
  );
}
