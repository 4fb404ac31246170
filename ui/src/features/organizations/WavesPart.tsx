import { makeStyles, tokens } from "@fluentui/react-components";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import type { Error as Refusal, JudgedCriterion, OrganizationView, PlanView, WaveView } from "../../api/bindings";
import { call, refusalOf } from "../../api/client";
import { reading } from "../../api/queries";
import { fullTime } from "../../lib/time";
import { ReasonedButton } from "../../ui/CommandBar";
import { ConfirmDialog } from "../../ui/ConfirmDialog";
import { ErrorBar } from "../../ui/ErrorBar";
import { SegmentBar } from "../../ui/SegmentBar";
import { StatusBadge } from "../../ui/StatusBadge";
import { explain, reasonWords } from "../../words/codes";
import { mailboxBadges } from "../../words/nouns";
import { wordsOf } from "../../words/options";
import { t } from "../../words/t";
import { criterionWords, entryBadges, exitWords, metBadges, waveBadge, waveName } from "../../words/waves";
import { CriteriaDialog } from "./CriteriaDialog";
import { PlanWavesDialog } from "./PlanWavesDialog";
import { type WaveAct, WaveActDialog } from "./WaveActDialog";

const useStyles = makeStyles({
  part: { display: "flex", flexDirection: "column", rowGap: "8px" },
  wave: {
    display: "flex",
    flexDirection: "column",
    rowGap: "8px",
    paddingTop: "16px",
    borderTop: `1px solid ${tokens.colorNeutralStroke2}`,
  },
  head: { display: "flex", flexWrap: "wrap", justifyContent: "space-between", alignItems: "center", columnGap: "8px" },
  heading: { margin: 0 },
  quiet: { color: tokens.colorNeutralForeground2 },
  list: { listStyle: "none", margin: 0, padding: 0, display: "flex", flexDirection: "column", rowGap: "4px" },
  criterion: { display: "grid", gridTemplateColumns: "92px 1fr", columnGap: "8px", alignItems: "start" },
  buttons: { display: "flex", flexWrap: "wrap", gap: "8px" },
});

/** The waves of an organization's rollout plan, each with its criteria. */
export function WavesPart({ view }: { view: OrganizationView }) {
  const styles = useStyles();
  const query = useQuery(reading("waves.show", { organization: view.organization.id }));
  const [open, setOpen] = useState<"plan" | "criteria" | "remove">();
  const [refusal, setRefusal] = useState<Refusal>();
  const plan = query.data;
  const close = () => setOpen(undefined);
  const remove = async () => {
    close();
    setRefusal(undefined);
    try {
      await call("waves.remove", { organization: view.organization.id });
    } catch (thrown) {
      setRefusal(refusalOf(thrown));
    }
  };
  if (query.error) return <ErrorBar failure={explain(refusalOf(query.error))} onRetry={() => void query.refetch()} />;
  if (plan === undefined) return null;
  return (
    <section className={styles.part} aria-label={t("waves.title")}>
      <h3 className={styles.heading}>{t("waves.title")}</h3>
      {plan ? <PlanFacts plan={plan} /> : <span className={styles.quiet}>{t("waves.none")}</span>}
      <div className={styles.buttons}>
        <ReasonedButton disabledReason={whyNotPlan(plan, view.users)} onClick={() => setOpen("plan")}>
          {t(plan ? "waves.change" : "waves.plan")}
        </ReasonedButton>
        {plan && (
          <ReasonedButton
            disabledReason={plan.criteria ? reasonWords[plan.criteria] : undefined}
            onClick={() => setOpen("criteria")}
          >
            {t("waves.criteria")}
          </ReasonedButton>
        )}
        {plan && <ReasonedButton onClick={() => setOpen("remove")}>{t("waves.remove")}</ReasonedButton>}
      </div>
      {refusal && <ErrorBar failure={explain(refusal)} />}
      {view.organization.rhythm.paused !== null && plan?.waves.some(isWatched) && <span>{t("waves.paused")}</span>}
      {plan?.waves.map((wave) => (
        <Wave key={wave.number} plan={plan} wave={wave} />
      ))}
      {open === "plan" && <PlanWavesDialog organization={view.organization} plan={plan} onClose={close} />}
      {open === "criteria" && plan && <CriteriaDialog name={view.organization.name} plan={plan} onClose={close} />}
      {open === "remove" && (
        <ConfirmDialog
          title={t("waves.removeTitle", { organization: view.organization.name })}
          action={t("waves.removeDo")}
          onConfirm={() => void remove()}
          onClose={close}
        >
          {t("waves.removeBody")}
        </ConfirmDialog>
      )}
    </section>
  );
}

function isWatched({ started, over }: WaveView): boolean {
  return started !== null && !over;
}

function whyNotPlan(plan: PlanView | null, users: number): string | undefined {
  if (plan?.change) return reasonWords[plan.change];
  return users === 0 ? reasonWords.no_users : undefined;
}

function PlanFacts({ plan }: { plan: PlanView }) {
  const styles = useStyles();
  const time = fullTime(plan.made);
  return (
    <>
      <span className={styles.quiet}>
        {plan.made_by === "" ? t("waves.planned", { time }) : t("waves.plannedBy", { time, who: plan.made_by })}
      </span>
      <span className={styles.quiet}>{plan.by_itself ? t("waves.byItself") : t("waves.byHand")}</span>
    </>
  );
}

function Wave({ plan, wave }: { plan: PlanView; wave: WaveView }) {
  const styles = useStyles();
  const navigate = useNavigate();
  const [act, setAct] = useState<WaveAct>();
  const [refusal, setRefusal] = useState<Refusal>();
  const badge = waveBadge(wave);
  const { organization } = plan;
  const { number, started, started_by } = wave;
  const held = wave.held !== null;
  const hold = async () => {
    setRefusal(undefined);
    try {
      await call("waves.hold", { organization, wave: number, held: !held });
    } catch (thrown) {
      setRefusal(refusalOf(thrown));
    }
  };
  return (
    <section className={styles.wave} aria-label={waveName(wave)}>
      <div className={styles.head}>
        <h4 className={styles.heading}>{waveName(wave)}</h4>
        <StatusBadge state={badge.state} word={badge.word} />
      </div>
      <SegmentBar
        label={t("mailboxes.byStatus")}
        segments={wordsOf(mailboxBadges).map(({ value, word }) => ({
          value,
          word,
          state: mailboxBadges[value].state,
          count: wave.mailboxes[value],
        }))}
      />
      {started !== null && (
        <span className={styles.quiet}>
          {started_by
            ? t("waves.startedBy", { time: fullTime(started), who: started_by })
            : t("waves.started", { time: fullTime(started) })}
        </span>
      )}
      {started === null ? (
        <>
          <Criteria label={t("waves.beforeStart")} of={wave.entry} badges={entryBadges} />
          <span className={styles.quiet}>
            {t("waves.willHaveToComeTo", { criteria: exitWords(wave.own ?? plan.exit) })}
          </span>
        </>
      ) : (
        <Criteria label={t("waves.hasToComeTo")} of={wave.exit} badges={metBadges} />
      )}
      {refusal && <ErrorBar failure={explain(refusal)} />}
      <div className={styles.buttons}>
        <ReasonedButton disabledReason={whyNotStart(wave)} onClick={() => setAct("start")}>
          {t(started === null ? "waves.start" : "waves.goOn")}
        </ReasonedButton>
        <ReasonedButton onClick={() => void hold()}>{held ? t("waves.release") : t("waves.hold")}</ReasonedButton>
        {started !== null && <ReasonedButton onClick={() => setAct("go_back")}>{t("waves.goBack")}</ReasonedButton>}
        <ReasonedButton
          appearance="subtle"
          onClick={() => void navigate({ to: "/users", search: { org: organization, wave: number } })}
        >
          {t("waves.show")}
        </ReasonedButton>
        {started !== null && wave.seen.failed > 0 && (
          <ReasonedButton
            appearance="subtle"
            onClick={() =>
              void navigate({ to: "/users", search: { org: organization, wave: number, session: "failed" } })
            }
          >
            {t("waves.showFailed")}
          </ReasonedButton>
        )}
        {started !== null && wave.seen.with_issues > 0 && (
          <ReasonedButton
            appearance="subtle"
            onClick={() => void navigate({ to: "/users", search: { org: organization, wave: number, issues: true } })}
          >
            {t("waves.showIssues")}
          </ReasonedButton>
        )}
      </div>
      {act && <WaveActDialog organization={organization} wave={wave} act={act} onClose={() => setAct(undefined)} />}
    </section>
  );
}

type CriteriaProps = {
  readonly label: string;
  readonly of: readonly JudgedCriterion[];
  readonly badges: typeof metBadges | typeof entryBadges;
};

function Criteria({ label, of, badges }: CriteriaProps) {
  const styles = useStyles();
  return (
    <ul className={styles.list} aria-label={label}>
      {of.map(({ criterion, met }) => (
        <li key={criterion.kind} className={styles.criterion}>
          <StatusBadge {...badges[met]} />
          <span>{criterionWords(criterion)}</span>
        </li>
      ))}
    </ul>
  );
}

/** Why a wave doesn't start, with the criteria that it waits for. That limitations are unread is no reason: the dialog shows them. */
function whyNotStart({ start, entry }: WaveView): string | undefined {
  if (start === null) return undefined;
  if (start !== "wave_waits") return reasonWords[start];
  const open = entry.filter(({ criterion, met }) => met !== "met" && criterion.kind !== "acknowledged");
  if (open.length === 0) return undefined;
  return t("waves.waitsFor", { criteria: open.map(({ criterion }) => criterionWords(criterion)).join("; ") });
}
