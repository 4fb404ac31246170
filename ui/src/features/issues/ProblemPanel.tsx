import { Checkbox, makeStyles, MessageBar, MessageBarBody, tokens } from "@fluentui/react-components";
import type { ReactNode } from "react";
import { CLASSES, type IssueGroup, type Problem } from "../../api/bindings";
import { grouped } from "../../lib/numbers";
import { fullTime } from "../../lib/time";
import { ReasonedButton } from "../../ui/CommandBar";
import { DetailsPanel } from "../../ui/DetailsPanel";
import { CopyableId, Facts } from "../../ui/Facts";
import { Steps } from "../../ui/Remedy";
import { StatusBadge } from "../../ui/StatusBadge";
import { causeWords, classWords, reachWords } from "../../words/causes";
import type { Place } from "../../words/causes/kinds";
import { t } from "../../words/t";
import { answer, families, place, snoozes, title, where, who } from "./problems";
import { Trend, trendText } from "./Trend";

const useStyles = makeStyles({
  part: { display: "flex", flexDirection: "column", rowGap: "16px", alignItems: "start" },
  section: { display: "flex", flexDirection: "column", rowGap: "8px", alignItems: "start", width: "100%" },
  heading: { margin: 0, fontSize: tokens.fontSizeBase300, fontWeight: tokens.fontWeightSemibold },
  text: { margin: 0 },
  quiet: { margin: 0, color: tokens.colorNeutralForeground2, fontSize: tokens.fontSizeBase200 },
  badges: { display: "flex", columnGap: "12px" },
  answer: {
    display: "flex",
    flexDirection: "column",
    rowGap: "8px",
    alignItems: "start",
    paddingTop: "12px",
    borderTop: `1px solid ${tokens.colorNeutralStroke2}`,
    width: "100%",
  },
});

type Props = {
  readonly problem: Problem;
  readonly onClose: () => void;
  readonly onPrevious: (() => void) | undefined;
  readonly onNext: (() => void) | undefined;
  readonly onGo: (place: Place) => void;
  readonly onUsers: () => void;
  readonly recheck: { readonly reason: string | undefined; readonly run: () => void };
  readonly support: {
    readonly withAddresses: boolean;
    readonly onAddresses: (named: boolean) => void;
    readonly take: (() => void) | undefined;
  };
};

/** One problem: what happened, how we know, who can fix it and how, what Microsoft answered, whom it concerns, and what support asks for. */
export function ProblemPanel({ problem, onGo, onUsers, recheck, support, ...panel }: Props) {
  const styles = useStyles();
  const words = causeWords[problem.cause];
  const unknown = problem.groups.find((group) => !group.code_known)?.code;
  return (
    <DetailsPanel {...panel} title={title(problem)} subtitle={where(problem)} subject={problem.key}>
      <div className={styles.part}>
        {(problem.new || problem.growing) && (
          <div className={styles.badges}>
            {problem.new && <StatusBadge state="attention" word={t("issues.new")} strong />}
            {problem.growing && <StatusBadge state="attention" word={t("issues.growing")} strong />}
          </div>
        )}
        <Snoozed problem={problem} />
        <Section heading={t("issues.happened")}>
          <p className={styles.text}>{words.what}</p>
        </Section>
        <Section heading={t("issues.known")}>
          <p className={styles.text}>{words.known}</p>
          {unknown && <p className={styles.text}>{t("issues.unknownCode", { code: unknown })}</p>}
        </Section>
        <Section heading={t("issues.fix")}>
          <Facts
            facts={[
              { name: t("issues.who"), value: who(problem) },
              { name: t("issues.class"), value: classWords[CLASSES[problem.cause]] },
              { name: t("issues.reach"), value: reachWords[problem.reach] },
            ]}
          />
          <Steps cause={problem.cause} onGo={onGo} />
          <p className={styles.quiet}>{`${t("issues.fixed")}: ${words.fixed}`}</p>
          <ReasonedButton size="small" disabledReason={recheck.reason} onClick={recheck.run}>
            {t("issues.recheckN", { n: problem.users })}
          </ReasonedButton>
        </Section>
        <Section heading={t("issues.answers")}>
          {families(problem).map((groups) => (
            <Answer key={groups[0].family} groups={groups} />
          ))}
        </Section>
        <Section heading={t("issues.users")}>
          <Facts
            facts={[
              { name: t("issues.users"), value: t("filter.count", { matching: problem.users, total: problem.of }) },
              {
                name: t("issues.organizations"),
                value: problem.organizations.map(({ name, users }) => `${name} (${grouped(users)})`).join(", "),
              },
              { name: t("issues.since"), value: fullTime(problem.first_seen) },
              { name: t("issues.last"), value: fullTime(problem.last_seen) },
              { name: t("issues.trendTitle"), value: <Trend days={problem.trend} /> },
            ]}
          />
          <p className={styles.quiet}>{trendText(problem.trend)}</p>
          <ReasonedButton size="small" onClick={onUsers}>
            {t("issues.showUsers", { n: problem.users })}
          </ReasonedButton>
        </Section>
        <Section heading={t("issues.forSupport")}>
          <p className={styles.quiet}>{t("issues.supportBody")}</p>
          <Checkbox
            label={t("issues.withAddresses")}
            checked={support.withAddresses}
            onChange={(_, data) => support.onAddresses(data.checked === true)}
          />
          <ReasonedButton
            size="small"
            disabledReason={support.take ? undefined : t("panel.loading")}
            onClick={() => support.take?.()}
          >
            {t("issues.copySupport")}
          </ReasonedButton>
        </Section>
      </div>
    </DetailsPanel>
  );
}

function Section({ heading, children }: { heading: string; children: ReactNode }) {
  const styles = useStyles();
  return (
    <section className={styles.section} aria-label={heading}>
      <h3 className={styles.heading}>{heading}</h3>
      {children}
    </section>
  );
}

/** One answer of Microsoft's, over the workloads that gave it: status, code, and the ids of a request that met it. */
function Answer({ groups }: { groups: readonly [IssueGroup, ...IssueGroup[]] }) {
  const styles = useStyles();
  const [group] = groups;
  const sample = groups.flatMap(({ samples }) => samples)[0];
  const name = groups.length === 1 ? group.fingerprint : group.family;
  return (
    <div className={styles.answer}>
      <strong>{answer(group)}</strong>
      <Facts
        facts={[
          {
            name: t("issues.users"),
            value: groups
              .map((one) => t("issues.onWorkload", { workload: place(one), users: grouped(one.users) }))
              .join(", "),
          },
          ...(sample?.request_id
            ? [
                {
                  name: t("check.requestId"),
                  value: <CopyableId id={sample.request_id} what={t("check.requestId")} />,
                },
              ]
            : []),
          ...(sample?.client_request_id
            ? [
                {
                  name: t("check.clientRequestId"),
                  value: <CopyableId id={sample.client_request_id} what={t("check.clientRequestId")} />,
                },
              ]
            : []),
          ...(sample
            ? [
                {
                  name: t("issues.at"),
                  value: <CopyableId id={new Date(sample.at).toISOString()} what={t("issues.at")} />,
                },
              ]
            : []),
          {
            name: t("issues.fingerprint"),
            value: <CopyableId id={name} what={t("issues.fingerprint")} />,
          },
        ]}
      />
    </div>
  );
}

/** Who put it aside and why, and what has brought it back. */
function Snoozed({ problem }: { problem: Problem }) {
  return snoozes(problem).map(({ organization, snooze }) => {
    const told = { at: fullTime(snooze.at), note: snooze.note };
    const by =
      snooze.actor === ""
        ? t("issues.snoozedBySomebody", told)
        : t("issues.snoozedBy", { ...told, actor: snooze.actor });
    const end = {
      active: snooze.until === null ? t("issues.untilGrown") : t("issues.untilDay", { day: fullTime(snooze.until) }),
      time_up: t("issues.timeUp"),
      grown: t("issues.grown", { n: snooze.users }),
    }[snooze.state];
    return (
      <MessageBar key={organization} intent={snooze.state === "active" ? "info" : "warning"} layout="multiline">
        <MessageBarBody>
          {by} {end}
        </MessageBarBody>
      </MessageBar>
    );
  });
}
