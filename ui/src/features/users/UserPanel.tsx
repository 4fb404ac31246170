import { makeStyles, MessageBar, MessageBarBody, MessageBarTitle, tokens } from "@fluentui/react-components";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import type { Check, UserDetail, UserRow, WorkloadResult } from "../../api/bindings";
import { refusalOf } from "../../api/client";
import { reading } from "../../api/queries";
import { fullTime } from "../../lib/time";
import { DetailsPanel } from "../../ui/DetailsPanel";
import { ErrorBar } from "../../ui/ErrorBar";
import { CopyableId, type Fact, Facts } from "../../ui/Facts";
import { PanelTabs } from "../../ui/PanelTabs";
import { StatusBadge } from "../../ui/StatusBadge";
import { explain } from "../../words/codes";
import {
  accessWords,
  checkedWell,
  eligibilityAdvice,
  eligibilityBadges,
  evidenceWords,
  kindWords,
  sessionBadges,
  verdictBadges,
  workloadWords,
} from "../../words/nouns";
import { t } from "../../words/t";
import { checkedWords, licence, mailboxBadge, syncedWords } from "./columns";
import { Mailboxes } from "./Mailboxes";
import { Sessions } from "./Sessions";
import { SyncBadge } from "./SyncBadge";
import { Timeline } from "./Timeline";
import { UserActions } from "./UserActions";
import { Remedy } from "../../ui/Remedy";

const useStyles = makeStyles({
  part: { display: "flex", flexDirection: "column", rowGap: "16px" },
  passed: {
    display: "flex",
    flexDirection: "column",
    rowGap: "2px",
    padding: "8px 12px",
    borderRadius: tokens.borderRadiusMedium,
    backgroundColor: tokens.colorNeutralBackground3,
  },
  unproven: { display: "flex", flexDirection: "column", rowGap: "4px" },
  check: {
    display: "flex",
    flexDirection: "column",
    rowGap: "8px",
    paddingBottom: "12px",
    borderBottom: `1px solid ${tokens.colorNeutralStroke2}`,
  },
  checkHead: { display: "flex", justifyContent: "space-between", alignItems: "center" },
  name: { fontWeight: tokens.fontWeightSemibold },
  quiet: { color: tokens.colorNeutralForeground2 },
});

/** How often it is looked whether a session can be brought forward again. */
const FORCED_MS = 5000;

const tabs = ["overview", "mailboxes", "timeline", "sessions", "checks", "issues"] as const;
type Tabs = (typeof tabs)[number];

type Props = {
  readonly user: number;
  readonly onClose: () => void;
  readonly onPrevious: (() => void) | undefined;
  readonly onNext: (() => void) | undefined;
};

/** One user: who, how reached, what each workload answered, and what to do about it. */
export function UserPanel({ user, onClose, onPrevious, onNext }: Props) {
  const styles = useStyles();
  const [tab, setTab] = useState<Tabs>("overview");
  const query = useQuery({
    ...reading("users.describe", { kind: "id", user }),
    // This reason passes with time, and not because anything stored has changed.
    refetchInterval: ({ state }) => (state.data?.may.force === "forced_just_now" ? FORCED_MS : false),
  });
  const detail = query.data;
  const issues = detail?.checks.filter(isIssue) ?? [];
  // Whoever was removed while the details were open has none any more.
  const removed = detail !== undefined && query.error !== null && refusalOf(query.error).code === "not_found";
  useEffect(() => {
    if (removed) onClose();
  }, [removed, onClose]);
  return (
    <DetailsPanel
      title={detail?.row.user.directory.display_name ?? t("panel.loading")}
      subtitle={detail && <CopyableId id={detail.row.user.directory.upn} what={t("users.upn")} />}
      subject={String(user)}
      onClose={onClose}
      onPrevious={onPrevious}
      onNext={onNext}
    >
      <PanelTabs
        value={tab}
        tabs={tabs.map((value) => ({ value, word: t(`users.tab.${value}`, { n: issues.length }) }))}
        onChoose={setTab}
      />
      {query.error && <ErrorBar failure={explain(refusalOf(query.error))} onRetry={() => void query.refetch()} />}
      {detail && <UserActions detail={detail} onCheck={() => setTab("checks")} />}
      {detail && (
        <div className={styles.part} role="tabpanel" aria-label={t(`users.tab.${tab}`, { n: issues.length })}>
          {tab === "overview" && <Overview detail={detail} />}
          {tab === "mailboxes" && <Mailboxes user={user} />}
          {tab === "timeline" && <Timeline detail={detail} />}
          {tab === "sessions" && <Sessions user={user} />}
          {tab === "checks" && <Checks checks={detail.checks} />}
          {tab === "issues" && <Issues issues={issues} switching={detail.row.user.mailbox === "switching"} />}
        </div>
      )}
    </DetailsPanel>
  );
}

function isIssue({ result }: Check): boolean {
  return result.verdict === "failed" || result.verdict === "unknown";
}

function Overview({ detail }: { detail: UserDetail }) {
  const { row, stuck, next_session, waits_for_wave, switch_begins } = detail;
  const styles = useStyles();
  const { directory } = row.user;
  return (
    <>
      {row.user.gone !== null && (
        <MessageBar intent="warning" layout="multiline">
          <MessageBarBody>{t("users.gone", { time: fullTime(row.user.gone) })}</MessageBarBody>
        </MessageBar>
      )}
      {row.user.mailbox === "switching" && !stuck && <Cancelled />}
      {stuck && row.user.mailbox_since !== null && (
        <MessageBar intent="warning" layout="multiline">
          <MessageBarBody>{t("switching.stuck", { time: fullTime(row.user.mailbox_since) })}</MessageBarBody>
        </MessageBar>
      )}
      {row.verdict === "passed" ? (
        <div className={styles.passed}>
          <StatusBadge state="good" word={checkedWell.status} strong />
          <span>{checkedWell.results}</span>
        </div>
      ) : (
        <Unproven row={row} />
      )}
      <Facts
        facts={[
          { name: t("users.checked"), value: checkedWords(row.checked) },
          { name: t("users.mailbox"), value: <StatusBadge {...mailboxBadge(row)} /> },
          ...(row.queued === null
            ? []
            : [
                {
                  name: t("switching.begins"),
                  value:
                    switch_begins === null
                      ? t("switching.beginsSoon")
                      : t("switching.beginsAt", { time: fullTime(switch_begins) }),
                },
              ]),
          { name: t("sessions.last"), value: syncedWords(row.synced) },
          { name: t("sessions.outcome"), value: <StatusBadge {...sessionBadges[row.session ?? "not_run"]} /> },
          ...(row.failing > 0 ? [{ name: "", value: t("sessions.failing", { n: row.failing }) }] : []),
          {
            name: t("sessions.next"),
            value: waits_for_wave
              ? t("sessions.nextWave")
              : next_session === null
                ? t("sessions.nextNone")
                : fullTime(next_session),
          },
          { name: t("users.sync"), value: <SyncBadge row={row} /> },
          { name: t("users.organization"), value: row.organization_name },
          {
            name: t("users.access"),
            value: t(row.user.access === null ? "users.organizationsAccess" : "users.ownAccess", {
              access: accessWords[row.effective_access],
            }),
          },
          { name: t("users.eligibility"), value: <StatusBadge {...eligibilityBadges[row.judged.eligibility]} /> },
          { name: t("users.evidence"), value: evidenceWords[row.judged.evidence] },
          ...(row.judged.eligibility === "ready"
            ? []
            : [{ name: t("users.toDo"), value: eligibilityAdvice[row.judged.eligibility] }]),
          { name: t("users.licence"), value: licence(row) },
          { name: t("users.kind"), value: kindWords[row.kind] },
          { name: t("users.mail"), value: directory.mail ?? t("users.noMail") },
          ...(directory.aliases.length > 0 ? [{ name: t("users.aliases"), value: directory.aliases.join(", ") }] : []),
          ...(directory.department ? [{ name: t("users.department"), value: directory.department }] : []),
          ...(directory.job_title ? [{ name: t("users.jobTitle"), value: directory.job_title }] : []),
          { name: t("users.account"), value: t(directory.enabled ? "users.accountOn" : "users.accountOff") },
          { name: t("users.objectId"), value: <CopyableId id={directory.object_id} what={t("users.objectId")} /> },
          { name: t("users.created"), value: fullTime(row.user.created) },
          { name: t("users.seen"), value: fullTime(row.user.seen) },
        ]}
      />
    </>
  );
}

/** What a check of access came to, where that is no success. A session that passed is no check, and says something else. */
function Unproven({ row }: { row: UserRow }) {
  const styles = useStyles();
  const { state, word } = verdictBadges[row.verdict];
  return (
    <div className={styles.unproven}>
      <StatusBadge state={state} word={t("users.verdictOf", { word })} strong />
      {row.verdict === "not_run" && row.session === "passed" && (
        <span className={styles.quiet}>{t("users.readNotChecked")}</span>
      )}
    </div>
  );
}

/** The line that vendors show while a connection is being switched. It counts as no issue. */
function Cancelled() {
  return (
    <MessageBar intent="info" layout="multiline">
      <MessageBarBody>
        <MessageBarTitle>{t("switching.line")}</MessageBarTitle> {t("switching.about")}
      </MessageBarBody>
    </MessageBar>
  );
}

function Checks({ checks }: { checks: readonly Check[] }) {
  const styles = useStyles();
  if (checks.length === 0) return <span className={styles.quiet}>{t("users.noChecks")}</span>;
  return checks.map(({ result }) => (
    <section key={result.workload} className={styles.check}>
      <div className={styles.checkHead}>
        <span className={styles.name}>{workloadWords[result.workload]}</span>
        <StatusBadge {...verdictBadges[result.verdict]} />
      </div>
      <CheckFacts result={result} />
    </section>
  ));
}

/** What came up before a switch was forgotten when it began, so that in the middle of one these are what keeps it from ending. */
function Issues({ issues, switching }: { issues: readonly Check[]; switching: boolean }) {
  const styles = useStyles();
  return (
    <>
      {switching && <Cancelled />}
      {issues.length === 0 && !switching && <span className={styles.quiet}>{t("users.noIssues")}</span>}
      {issues.map(({ result, first_seen }) => (
        <section key={result.workload} className={styles.check}>
          <div className={styles.checkHead}>
            <span className={styles.name}>{workloadWords[result.workload]}</span>
            <StatusBadge {...verdictBadges[result.verdict]} />
          </div>
          {result.cause && <Remedy cause={result.cause} />}
          <CheckFacts result={result} since={first_seen} />
        </section>
      ))}
    </>
  );
}

function CheckFacts({ result, since }: { result: WorkloadResult; since?: number }) {
  return (
    <Facts
      facts={[
        ...(result.intact ? [] : [{ name: t("check.record"), value: t("check.damaged") }]),
        ...(result.mailbox === null ? [] : [{ name: t("check.mailbox"), value: result.mailbox }]),
        ...(result.checked === null ? [] : [{ name: t("check.at"), value: fullTime(result.checked) }]),
        ...(since === undefined ? [] : [{ name: t("issues.since"), value: fullTime(since) }]),
        ...(result.http === null ? [] : [{ name: t("check.answer"), value: `${result.http} ${result.code ?? ""}` }]),
        ...idFact(t("check.requestId"), result.request_id),
        ...idFact(t("check.clientRequestId"), result.client_request_id),
      ]}
    />
  );
}

function idFact(name: string, id: string | null): Fact[] {
  return id === null ? [] : [{ name, value: <CopyableId id={id} what={name} /> }];
}
