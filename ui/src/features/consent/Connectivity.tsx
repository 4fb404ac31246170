import {
  makeStyles,
  MessageBar,
  MessageBarBody,
  MessageBarTitle,
  Tab,
  TabList,
  tokens,
} from "@fluentui/react-components";
import { AddRegular, ArrowDownloadRegular, ArrowSyncRegular } from "@fluentui/react-icons";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type {
  ConsentPage,
  ConsentRow,
  Consented,
  ConsentView,
  Error as Refusal,
  OrganizationView,
  Wanted,
} from "../../api/bindings";
import { call, refusalOf, saveFile } from "../../api/client";
import { reading } from "../../api/queries";
import { begin, dismiss, isLive, stop, useWork } from "../../api/work";
import { useNotices } from "../../lib/notices";
import { usePlace } from "../../lib/place";
import { shortTime } from "../../lib/time";
import { BrowserWait } from "../../ui/BrowserWait";
import { Command, CommandBar } from "../../ui/CommandBar";
import { ConsentButton } from "../../ui/ConsentButton";
import { DataAge } from "../../ui/DataAge";
import { ErrorBar } from "../../ui/ErrorBar";
import { MoreCommands } from "../../ui/MoreCommands";
import { Page, Split } from "../../ui/Page";
import { StatusBadge } from "../../ui/StatusBadge";
import { ColumnChooser } from "../../ui/table/ColumnChooser";
import { explain, reasonWords, wordsForCode } from "../../words/codes";
import { authorizationBadges } from "../../words/nouns";
import { t } from "../../words/t";
import { ApprovalPanel } from "./ApprovalPanel";
import { ChangeDialog } from "./ChangeDialog";
import { consentColumns, isThere, summary } from "./columns";
import { GrantDialog } from "./GrantDialog";
import { Matrix, MatrixFilters, TABLE } from "./Matrix";
import { RolesBar } from "./RolesBar";
import { consentSearch } from "./search";
import { UsersConsent } from "./UsersConsent";

const useStyles = makeStyles({
  status: { display: "flex", alignItems: "center", flexWrap: "wrap", columnGap: "16px", rowGap: "4px" },
  matrix: { display: "flex", flexDirection: "column", rowGap: "8px", flexGrow: 1, minWidth: 0, minHeight: 0 },
  quiet: { color: tokens.colorNeutralForeground2 },
});

/** What is open beside the table when it is the application, and no permission. */
const APPLICATION = "application";

function held(shown: ConsentView | undefined): readonly ConsentRow[] {
  return shown?.consent.rows.filter((row) => row.whom !== null) ?? [];
}

function holdsNothing(shown: ConsentView | undefined): boolean {
  return held(shown).length === 0 && shown?.others.length === 0;
}

/** What a consent came to. */
function cameTo({ added, removed, consent }: Consented): string {
  if (added === null || removed === null) return t("consent.cameToUnknown");
  if (added === 0 && removed === 0)
    return t(consent.authorization === "authorized" ? "consent.cameToAllBefore" : "consent.cameToNothing");
  if (removed === 0) return t("consent.cameTo", { n: added });
  return t("consent.cameToBoth", { n: added, removed });
}

/** Whether it has to be there and isn't, as far as that is known. */
function isOpen(row: ConsentRow): boolean {
  return row.required && !row.optional && !isThere(row);
}

/** Whether granting what is missing would grant it: what the scope gives by a role is left to the scope. */
function canBeAdded(row: ConsentRow): boolean {
  return isOpen(row) && row.by_role === null && row.state !== "unknown";
}

/** Why granting what is missing would grant nothing. */
function whyNoneCanBeAdded(rows: readonly ConsentRow[]): string {
  const open = rows.filter(isOpen);
  if (open.length === 0) return t("consent.noneMissing");
  return t(open.every(({ state }) => state === "unknown") ? "consent.missingUnknown" : "consent.missingByScript");
}

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
  const [unsaved, setUnsaved] = useState<Refusal>();
  const [wanted, setWanted] = useState<Wanted>();
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
  const grant = async (asked: ConsentPage, firstRead: boolean) => {
    change({ grant: undefined });
    dismiss(key);
    setRefusal(undefined);
    const words = t("consent.granting", { integration: view.integration_name });
    try {
      if (firstRead) await call("organizations.acknowledge", { organization });
    } catch (thrown) {
      return setRefusal(refusalOf(thrown));
    }
    try {
      const answer = await begin(key, words, "consent.grant", { organization, with: asked });
      keep(answer);
      const badge = authorizationBadges[answer.consent.authorization];
      say(badge.state === "good" ? "success" : "info", cameTo(answer), t("consent.signedIn", { state: badge.word }));
    } catch {
      // The refusal is on the work, where the page shows it.
    }
  };
  const delegated = shown?.consent.rows.some((row) => row.required && row.type === "delegated") ?? false;
  const unread = shown && (shown.read_at === null || shown.error !== null) ? t("consent.notRead") : undefined;
  const lacking = shown?.consent.rows.filter(canBeAdded) ?? [];
  const pageVoids = shown?.page === null ? reasonWords.would_void_scope : undefined;
  const pageReason = reason ?? pageVoids;
  const reasonOf = (of: readonly ConsentRow[]) => {
    const may = of.some((row) => row.type === "application" && row.resource === "graph")
      ? shown?.may.graph_roles
      : shown?.may.others;
    return reason ?? (may ? reasonWords[may] : undefined);
  };
  const whyNotMissing = !shown
    ? t("consent.reading")
    : (unread ?? (lacking.length === 0 ? whyNoneCanBeAdded(shown.consent.rows) : reasonOf(lacking)));
  const save = async () => {
    setUnsaved(undefined);
    try {
      const organizationName = { organization: view.organization.name };
      const file = place.users
        ? await saveFile(
            t("consenting.file", organizationName),
            (await call("consent.export_users", { organization, which: "all", search: null })).text,
          )
        : await saveFile(t("consent.file", organizationName), (await call("consent.export", { organization })).text);
      say("success", t("consent.saved"), file);
    } catch (thrown) {
      setUnsaved(refusalOf(thrown));
    }
  };
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
            <ConsentButton disabledReason={pageReason} onClick={() => change({ grant: true })} />
            <Command
              label={t("consent.read")}
              icon={<ArrowSyncRegular />}
              disabledReason={reading_ ? t("consent.reading") : reason}
              onRun={() => void read()}
            />
            <Command
              label={t("consent.addMissing")}
              icon={<AddRegular />}
              disabledReason={whyNotMissing}
              onRun={() => setWanted({ kind: "grant_missing" })}
            />
            <Command
              label={t("consent.export")}
              icon={<ArrowDownloadRegular />}
              disabledReason={shown ? undefined : t("consent.reading")}
              onRun={() => void save()}
            />
            <MoreCommands
              word={t("consent.more")}
              label={t("consent.moreLabel")}
              commands={[
                { label: t("consent.application"), onRun: () => change({ open: APPLICATION, users: undefined }) },
                {
                  label: t("consent.removeAll"),
                  disabledReason: unread ?? (holdsNothing(shown) ? t("consent.noneHeld") : reasonOf(held(shown))),
                  onRun: () => setWanted({ kind: "revoke_all" }),
                },
              ]}
            />
          </CommandBar>
          {live && (
            <BrowserWait
              title={t(work?.progress?.kind === "reading_back" ? "work.readingBack" : "consent.waiting")}
              work={work}
              onCancel={() => stop(key)}
            />
          )}
          {work?.refusal && <ErrorBar failure={explain(work.refusal)} />}
          {refusal && <ErrorBar failure={explain(refusal)} onRetry={() => void read()} />}
          {unsaved && <ErrorBar failure={explain(unsaved)} onRetry={() => void save()} />}
          {query.error && <ErrorBar failure={explain(refusalOf(query.error))} onRetry={() => void query.refetch()} />}
          {shown?.error && (
            <MessageBar intent="warning" layout="multiline">
              <MessageBarBody>
                <MessageBarTitle>{t("consent.unreadTitle")}</MessageBarTitle> {t("consent.unreadBody")}{" "}
                {wordsForCode(shown.error).title} {wordsForCode(shown.error).advice}
              </MessageBarBody>
            </MessageBar>
          )}
          {shown && !unread && <RolesBar shown={shown} reasonOf={reasonOf} onChange={setWanted} />}
          {delegated && (
            <TabList
              size="small"
              aria-label={t("consent.views")}
              selectedValue={place.users ? "users" : "permissions"}
              onTabSelect={(_, data) => change({ users: data.value === "users" || undefined, open: undefined })}
            >
              <Tab value="permissions">{t("consent.showPermissions")}</Tab>
              <Tab value="users">{t("consent.showUsers")}</Tab>
            </TabList>
          )}
          {shown && (
            <div className={styles.status} role="status">
              <StatusBadge {...authorizationBadges[shown.consent.authorization]} strong />
              <span>{summary(shown.consent.rows)}</span>
              {shown.roles.kind === "read" && (
                <span className={styles.quiet}>{t("consent.rolesRead", { time: shortTime(shown.roles.at) })}</span>
              )}
              {shown.consent.features_off.length > 0 && (
                <span className={styles.quiet}>
                  {t("consent.featuresOff", { features: shown.consent.features_off.join(", ") })}
                </span>
              )}
              {shown.others.length > 0 && (
                <span className={styles.quiet}>{t("consent.others", { names: shown.others.join(", ") })}</span>
              )}
            </div>
          )}
          {!(place.users && delegated) && <MatrixFilters all={shown?.consent.rows} />}
        </>
      }
    >
      {place.users && delegated ? (
        <UsersConsent view={view} onChange={setWanted} />
      ) : (
        <Split>
          <div className={styles.matrix}>
            <Matrix
              title={title}
              organization={organization}
              shown={shown}
              revision={query.dataUpdatedAt}
              unread={unread}
              reasonOf={reasonOf}
              onChange={setWanted}
            />
          </div>
          {place.open === APPLICATION && shown && (
            <ApprovalPanel view={view} shown={shown} onChange={setWanted} onClose={() => change({ open: undefined })} />
          )}
        </Split>
      )}
      {place.grant && !pageReason && shown && (
        <GrantDialog
          view={view}
          shown={shown}
          onClose={() => change({ grant: undefined })}
          onConfirm={(asked, firstRead) => void grant(asked, firstRead)}
        />
      )}
      {wanted && <ChangeDialog organization={organization} wanted={wanted} onClose={() => setWanted(undefined)} />}
      {place.undo !== undefined && (
        <ChangeDialog
          organization={organization}
          wanted={{ kind: "restore", entry: place.undo }}
          onClose={() => change({ undo: undefined })}
        />
      )}
    </Page>
  );
}
