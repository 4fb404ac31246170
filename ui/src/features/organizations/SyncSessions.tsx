import {
  Button,
  makeStyles,
  MessageBar,
  MessageBarActions,
  MessageBarBody,
  MessageBarTitle,
  Radio,
  RadioGroup,
  tokens,
} from "@fluentui/react-components";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import type { Code, Error as Refusal, Figures, Halt, OrganizationView } from "../../api/bindings";
import { call, refusalOf, saveFile } from "../../api/client";
import { useCutOffPasses } from "../../api/cutOffPasses";
import { reading } from "../../api/queries";
import { isLive, stop, useWork } from "../../api/work";
import { useNotices } from "../../lib/notices";
import { grouped } from "../../lib/numbers";
import { fullTime, instant, lasted, shortTime } from "../../lib/time";
import { useWait } from "../../lib/useWait";
import { ReasonedButton } from "../../ui/CommandBar";
import { ErrorBar } from "../../ui/ErrorBar";
import { Facts } from "../../ui/Facts";
import { ProgressPanel } from "../../ui/ProgressPanel";
import { SegmentBar } from "../../ui/SegmentBar";
import { StatusBadge } from "../../ui/StatusBadge";
import { explain, reasonWords } from "../../words/codes";
import { cutOffWords } from "../../words/cutOff";
import { sessionBadges } from "../../words/nouns";
import { wordsOf } from "../../words/options";
import { t } from "../../words/t";
import { average, barsOf, type Span, spans, together } from "./figures";
import { OutcomeChart } from "./OutcomeChart";
import { RhythmForm } from "./RhythmForm";
import { runSessions, syncKey } from "./sessions";

const useStyles = makeStyles({
  part: { display: "flex", flexDirection: "column", rowGap: "8px" },
  heading: { margin: 0 },
  buttons: { display: "flex", flexWrap: "wrap", gap: "8px", alignItems: "start" },
  quiet: { color: tokens.colorNeutralForeground2 },
});

/** How the sync sessions of an organization stand, what they came to over time, and the way to start and to pause them. */
export function SyncSessions({ view }: { view: OrganizationView }) {
  const styles = useStyles();
  const { organization } = view;
  const { paused } = organization.rhythm;
  const [span, setSpan] = useState<Span>(1);
  const [refusal, setRefusal] = useState<Refusal>();
  const say = useNotices((notices) => notices.say);
  const work = useWork(syncKey(organization.id));
  const live = isLive(work);
  const query = useQuery({
    ...reading("sync.figures", { organization: organization.id, days: span }),
    placeholderData: keepPreviousData,
  });
  const figures = query.data;
  const underWay = live || figures?.under_way === true;
  const noRun = view.may.sync ? reasonWords[view.may.sync] : underWay ? reasonWords.sessions_under_way : undefined;
  const attempt = async (doing: () => Promise<void>) => {
    setRefusal(undefined);
    try {
      await doing();
    } catch (thrown) {
      setRefusal(refusalOf(thrown));
    }
  };
  const pause = () =>
    attempt(async () => {
      await call("sync.pause", { organization: organization.id, paused: paused === null });
    });
  const save = () =>
    attempt(async () => {
      const { text } = await call("sync.export", { organization: organization.id });
      say("success", t("consent.saved"), await saveFile(t("syncing.file", { organization: organization.name }), text));
    });
  return (
    <>
      <div className={styles.part}>
        <StatusBadge {...stateOf(view, underWay)} strong />
        <span className={styles.quiet}>
          {paused === null
            ? t("syncing.every", { n: organization.rhythm.every_minutes })
            : t(underWay ? "syncing.pausedButRunning" : "syncing.pausedSince", { time: shortTime(paused) })}
        </span>
      </div>
      <div className={styles.buttons}>
        <ReasonedButton appearance={paused === null ? "secondary" : "primary"} onClick={() => void pause()}>
          {t(paused === null ? "syncing.pause" : "syncing.start")}
        </ReasonedButton>
        <ReasonedButton disabledReason={noRun} onClick={() => void runSessions(view, { kind: "due" })}>
          {t("syncing.runDue")}
        </ReasonedButton>
        <ReasonedButton disabledReason={noRun} onClick={() => void runSessions(view, { kind: "everybody" })}>
          {t("syncing.runAll")}
        </ReasonedButton>
      </div>
      {organization.sync !== "enabled" && (
        <MessageBar intent="warning" layout="multiline">
          <MessageBarBody>{t("syncing.off")}</MessageBarBody>
        </MessageBar>
      )}
      {!underWay && <CutOff view={view} />}
      {live && work && <Running organization={organization.id} />}
      {work?.refusal && <ErrorBar failure={explain(work.refusal)} />}
      {refusal && <ErrorBar failure={explain(refusal)} />}
      {query.error && <ErrorBar failure={explain(refusalOf(query.error))} onRetry={() => void query.refetch()} />}
      {figures?.halt && <Halted halt={figures.halt} />}
      {!live && <HeldBack until={figures?.waiting_until ?? undefined} />}
      {figures && <Standing view={view} figures={figures} />}
      {figures && (
        <section className={styles.part} aria-label={t("syncing.overTime")}>
          <h3 className={styles.heading}>{t("syncing.overTime")}</h3>
          <RadioGroup
            layout="horizontal"
            aria-label={t("syncing.span")}
            value={String(span)}
            onChange={(_, data) => setSpan(spans.find((one) => String(one) === data.value) ?? 1)}
          >
            {spans.map((one) => (
              <Radio key={one} value={String(one)} label={t("syncing.days", { n: one })} />
            ))}
          </RadioGroup>
          <OverTime figures={figures} span={span} now={query.dataUpdatedAt} />
        </section>
      )}
      <section className={styles.part}>
        <h3 className={styles.heading}>{t("syncing.rhythm")}</h3>
        <RhythmForm key={organization.id} organization={organization} />
      </section>
      <div className={styles.buttons}>
        <ReasonedButton onClick={() => void save()}>{t("syncing.export")}</ReasonedButton>
      </div>
    </>
  );
}

/** That the end of the program cut sessions off, until somebody has read it. */
function CutOff({ view }: { view: OrganizationView }) {
  const { id, name, rhythm } = view.organization;
  const pass = useCutOffPasses(({ all }) => all.find(({ organization }) => organization === id));
  const forget = useCutOffPasses((passes) => passes.forget);
  if (!pass) return null;
  return (
    <MessageBar intent="warning" layout="multiline">
      <MessageBarBody>
        <MessageBarTitle>{t("sessions.cutOff", { organization: name })}.</MessageBarTitle>{" "}
        {cutOffWords(pass, rhythm.paused !== null)}
      </MessageBarBody>
      <MessageBarActions>
        <Button size="small" onClick={() => forget(id)}>
          {t("sessions.cutOffRead")}
        </Button>
      </MessageBarActions>
    </MessageBar>
  );
}

/** Until when nobody is read, because Microsoft asked for a pause. */
function HeldBack({ until }: { until: number | undefined }) {
  const left = useWait(until);
  if (until === undefined || !left) return null;
  return (
    <MessageBar intent="info" layout="multiline">
      <MessageBarBody>{t("syncing.heldBack", { time: shortTime(until) })}</MessageBarBody>
    </MessageBar>
  );
}

function stateOf({ organization }: OrganizationView, underWay: boolean) {
  if (underWay) return { state: "working", word: t("syncing.state.underWay") } as const;
  if (organization.rhythm.paused !== null) return { state: "off", word: t("syncing.state.paused") } as const;
  return { state: "good", word: t("syncing.state.started") } as const;
}

/** How far the sessions are that were run from here. */
function Running({ organization }: { organization: number }) {
  const key = syncKey(organization);
  const work = useWork(key);
  const now = work?.progress?.kind === "synced" ? work.progress : undefined;
  const left = useWait(now?.waiting_until ?? undefined);
  return (
    <ProgressPanel
      title={t("syncing.running")}
      done={now?.done ?? 0}
      total={now?.total}
      started={work?.started}
      details={
        now
          ? [
              t("syncing.came", { passed: now.passed, failed: now.failed, unknown: now.unknown }),
              t("sessions.items", { changed: now.changed, removed: now.removed }),
              ...(now.waiting_until !== null && left
                ? [t("run.waiting", { time: shortTime(now.waiting_until), left: lasted(left) })]
                : []),
            ]
          : []
      }
      actions={
        <Button size="small" disabled={work?.state === "stopping"} onClick={() => stop(key)}>
          {t(work?.state === "stopping" ? "activity.stopping" : "activity.stop")}
        </Button>
      }
    />
  );
}

/** Why nobody can be read, as it was noted the last time. */
function Halted({ halt }: { halt: Halt }) {
  const styles = useStyles();
  const { code, detail, request_id } = halt;
  const failure = explain({ code: code as Code, detail, request_id, reason: null, until: null });
  return (
    <div className={styles.part}>
      <ErrorBar failure={{ ...failure, title: `${t("syncing.halted")} ${failure.title}` }} />
      <span className={styles.quiet}>
        {t("syncing.haltedSince", { since: fullTime(halt.since), at: shortTime(halt.at) })}
      </span>
    </div>
  );
}

/** The users by what their last session came to, and those with whom something hangs; each number leads to its users. */
function Standing({ view, figures }: { view: OrganizationView; figures: Figures }) {
  const styles = useStyles();
  const navigate = useNavigate();
  const { standing } = figures;
  const org = view.organization.id;
  return (
    <section className={styles.part} aria-label={t("syncing.last")}>
      <h3 className={styles.heading}>{t("syncing.last")}</h3>
      <SegmentBar
        label={t("syncing.last")}
        leads
        onChoose={(session) => void navigate({ to: "/users", search: { org, session } })}
        segments={wordsOf(sessionBadges).map(({ value, word }) => ({
          value,
          word,
          state: sessionBadges[value].state,
          count: standing.last[value],
        }))}
      />
      <Facts
        facts={[
          { name: t("syncing.readUsers"), value: grouped(standing.users) },
          ...(standing.waiting > 0 ? [{ name: t("syncing.waitUsers"), value: grouped(standing.waiting) }] : []),
          {
            name: t("sessions.last"),
            value: standing.latest === null ? t("users.neverSynced") : shortTime(standing.latest),
          },
        ]}
      />
      {standing.stuck + standing.disabled_due_to_error > 0 && (
        <div className={styles.buttons}>
          {standing.stuck > 0 && (
            <ReasonedButton
              size="small"
              onClick={() => void navigate({ to: "/users", search: { org, mailbox: "switching", stuck: true } })}
            >
              {t("syncing.stuck", { n: standing.stuck })}
            </ReasonedButton>
          )}
          {standing.disabled_due_to_error > 0 && (
            <ReasonedButton
              size="small"
              onClick={() => void navigate({ to: "/users", search: { org, sync: "disabled_due_to_error" } })}
            >
              {t("syncing.disabled", { n: standing.disabled_due_to_error })}
            </ReasonedButton>
          )}
        </div>
      )}
    </section>
  );
}

function OverTime({ figures, span, now }: { figures: Figures; span: Span; now: number }) {
  const styles = useStyles();
  const bars = barsOf(figures.hours, span, now);
  const whole = together(bars);
  const each = average(whole);
  return (
    <>
      <OutcomeChart bars={bars} label={t(span === 1 ? "syncing.byHour" : "syncing.byDay", { n: span })} />
      <Facts
        facts={[
          { name: t("syncing.items"), value: grouped(whole.items) },
          { name: t("syncing.average"), value: each === undefined ? "–" : instant(each) },
        ]}
      />
      <span className={styles.quiet}>{t("syncing.itemsAbout")}</span>
    </>
  );
}
