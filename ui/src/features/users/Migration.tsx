import { makeStyles, mergeClasses, MessageBar, MessageBarBody, tokens } from "@fluentui/react-components";
import { useState } from "react";
import type { MailboxesView, MigrationAct, StepView } from "../../api/bindings";
import { fullTime } from "../../lib/time";
import { ReasonedButton } from "../../ui/CommandBar";
import { ConfirmDialog } from "../../ui/ConfirmDialog";
import { CopyableId } from "../../ui/Facts";
import { StatusBadge } from "../../ui/StatusBadge";
import { reasonWords } from "../../words/codes";
import { seenWords } from "../../words/connections";
import { t } from "../../words/t";
import { BeginMigration } from "./BeginMigration";
import type { Ask } from "./Mailboxes";

const useStyles = makeStyles({
  part: { display: "flex", flexDirection: "column", rowGap: "12px" },
  heading: { margin: 0 },
  quiet: { color: tokens.colorNeutralForeground2, fontSize: tokens.fontSizeBase200 },
  way: { overflowWrap: "anywhere" },
  list: { listStyle: "none", margin: 0, padding: 0, display: "flex", flexDirection: "column", rowGap: "12px" },
  step: {
    display: "flex",
    flexDirection: "column",
    rowGap: "6px",
    paddingLeft: "12px",
    borderLeft: `2px solid ${tokens.colorNeutralStroke1}`,
  },
  current: { borderLeftColor: tokens.colorBrandStroke1 },
  head: { display: "flex", flexWrap: "wrap", justifyContent: "space-between", columnGap: "8px" },
  name: { fontWeight: tokens.fontWeightSemibold },
  row: { display: "flex", flexWrap: "wrap", gap: "8px" },
});

type Props = {
  readonly view: MailboxesView;
  readonly vendor: string;
  readonly busy: boolean;
  readonly ask: Ask;
};

/** The way from the default mailbox to another one: six steps, of which only the current one can be taken. */
export function Migration({ view, vendor, busy, ask }: Props) {
  const styles = useStyles();
  const [beginning, setBeginning] = useState(false);
  const [leaving, setLeaving] = useState(false);
  const { migration } = view;
  const current = migration?.steps.find(({ done }) => done === null)?.step;
  const act = (what: MigrationAct) => void ask("mailboxes.migrate", { user: view.user, act: what });
  const secondary = view.addresses.some(({ kind }) => kind === "secondary");
  return (
    <section className={styles.part} aria-label={t("migration.title")}>
      <h3 className={styles.heading}>{t("migration.title")}</h3>
      {migration === null && <span className={styles.quiet}>{t("migration.none")}</span>}
      {migration !== null && (
        <>
          <span className={styles.way}>{t("migration.way", { from: migration.from, to: migration.to })}</span>
          <span className={styles.quiet}>
            {t("migration.versions", { add_in: migration.add_in, minimum: migration.minimum })}
          </span>
        </>
      )}
      {view.window_opens !== null && (migration === null || current !== undefined) && (
        <MessageBar intent="warning" layout="multiline">
          <MessageBarBody>{t("migration.outside", { time: fullTime(view.window_opens) })}</MessageBarBody>
        </MessageBar>
      )}
      {migration !== null && (
        <ol className={styles.list} aria-label={t("migration.steps")}>
          {migration.steps.map((step, at) => (
            <Step
              key={step.step}
              step={step}
              number={at + 1}
              current={step.step === current}
              vendor={vendor}
              busy={busy}
              act={act}
            />
          ))}
        </ol>
      )}
      {migration !== null && current === undefined && (
        <>
          <StatusBadge state="good" word={t("migration.finished")} />
          {view.addresses.some((one) => one.address === migration.to && one.read) && (
            <span className={styles.quiet}>{t("migration.afterwards", { to: migration.to })}</span>
          )}
        </>
      )}
      <div className={styles.row}>
        {current === undefined ? (
          <ReasonedButton
            size="small"
            disabledReason={secondary ? undefined : t("migration.noSecondary")}
            onClick={() => setBeginning(true)}
          >
            {t(migration === null ? "migration.begin" : "migration.again")}
          </ReasonedButton>
        ) : (
          <ReasonedButton size="small" onClick={() => setLeaving(true)}>
            {t("migration.giveUp")}
          </ReasonedButton>
        )}
      </div>
      {beginning && <BeginMigration view={view} onClose={() => setBeginning(false)} />}
      {leaving && (
        <ConfirmDialog
          title={t("migration.giveUpTitle")}
          action={t("migration.giveUpAction")}
          onClose={() => setLeaving(false)}
          onConfirm={() => {
            setLeaving(false);
            act({ kind: "give_up" });
          }}
        >
          {t("migration.giveUpBody")}
        </ConfirmDialog>
      )}
    </section>
  );
}

type StepProps = {
  readonly step: StepView;
  readonly number: number;
  readonly current: boolean;
  readonly vendor: string;
  readonly busy: boolean;
  readonly act: (what: MigrationAct) => void;
};

function Step({ step, number, current, vendor, busy, act }: StepProps) {
  const styles = useStyles();
  const title = t("migration.step", { n: number, title: t(`migration.title.${step.step}`) });
  return (
    <li
      className={mergeClasses(styles.step, current && styles.current)}
      aria-label={title}
      aria-current={current ? "step" : undefined}
    >
      <div className={styles.head}>
        <span className={styles.name}>{title}</span>
        <StatusBadge {...stateOf(step, current)} />
      </div>
      {step.done !== null && <span className={styles.quiet}>{doneWords(step.done)}</span>}
      {current && <span>{t("migration.atVendor", { vendor, what: t(`migration.todo.${step.step}`) })}</span>}
      {step.seen !== null && (
        <span className={styles.quiet}>
          {step.asks} · {seenWords(step.seen)}
        </span>
      )}
      {step.seen?.request_id && <CopyableId id={step.seen.request_id} what={t("check.requestId")} />}
      <div className={styles.row}>
        {current && step.asks !== null && (
          <ReasonedButton
            size="small"
            disabledReason={busy ? t("confirm.busy") : undefined}
            onClick={() => act({ kind: "check" })}
          >
            {t("migration.check", { address: step.asks })}
          </ReasonedButton>
        )}
        {current && (
          <ReasonedButton
            size="small"
            appearance="primary"
            disabledReason={busy ? t("confirm.busy") : step.tick === null ? undefined : reasonWords[step.tick]}
            onClick={() => act({ kind: "tick", step: step.step })}
          >
            {t("migration.tick")}
          </ReasonedButton>
        )}
        {step.done !== null && (
          <ReasonedButton
            size="small"
            disabledReason={busy ? t("confirm.busy") : undefined}
            onClick={() => act({ kind: "reopen", step: step.step })}
          >
            {t("migration.reopen")}
          </ReasonedButton>
        )}
      </div>
    </li>
  );
}

function stateOf(step: StepView, current: boolean) {
  if (step.done !== null) return { state: "good", word: t("migration.complete") } as const;
  return current
    ? ({ state: "working", word: t("migration.next") } as const)
    : ({ state: "off", word: t("migration.open") } as const);
}

function doneWords({ at, actor }: NonNullable<StepView["done"]>): string {
  const time = fullTime(at);
  return actor === "" ? t("migration.done", { time }) : t("migration.doneBy", { time, actor });
}
