import { makeStyles, tokens } from "@fluentui/react-components";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { Error as Refusal, OrganizationView, WaveView } from "../../api/bindings";
import { call, refusalOf } from "../../api/client";
import { reading } from "../../api/queries";
import { grouped } from "../../lib/numbers";
import { ReasonedButton } from "../../ui/CommandBar";
import { ConfirmDialog } from "../../ui/ConfirmDialog";
import { ErrorBar } from "../../ui/ErrorBar";
import { SegmentBar } from "../../ui/SegmentBar";
import { StatusBadge } from "../../ui/StatusBadge";
import { explain } from "../../words/codes";
import { mailboxBadges } from "../../words/nouns";
import { wordsOf } from "../../words/options";
import { t } from "../../words/t";
import { criterionWords, metBadges, waveBadges } from "../../words/waves";

const useStyles = makeStyles({
  part: { display: "flex", flexDirection: "column", rowGap: "8px" },
  heading: { margin: 0 },
  quiet: { color: tokens.colorNeutralForeground2 },
  list: { listStyle: "none", margin: 0, padding: 0, display: "flex", flexDirection: "column", rowGap: "4px" },
  buttons: { display: "flex", flexWrap: "wrap", gap: "8px" },
});

/** The waves of an organization's rollout plan, each with its criteria. */
export function WavesPart({ view }: { view: OrganizationView }) {
  const styles = useStyles();
  const plan = useQuery(reading("waves.show", { organization: view.organization.id })).data;
  if (!plan) return null;
  return (
    <section className={styles.part} aria-label={t("waves.title")}>
      <h3 className={styles.heading}>{t("waves.title")}</h3>
      <span className={styles.quiet}>{plan.by_itself ? t("waves.byItself") : t("waves.byHand")}</span>
      {plan.waves.map((wave) => (
        <Wave key={wave.number} organization={plan.organization} wave={wave} />
      ))}
    </section>
  );
}

function Wave({ organization, wave }: { organization: number; wave: WaveView }) {
  const styles = useStyles();
  const [asking, setAsking] = useState(false);
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<Refusal>();
  const badge = waveBadges[wave.state];
  const users = Object.values(wave.mailboxes).reduce((sum, count) => sum + count, 0);
  const attempt = async (work: () => Promise<unknown>) => {
    setBusy(true);
    setRefusal(undefined);
    try {
      await work();
      setAsking(false);
    } catch (thrown) {
      setRefusal(refusalOf(thrown));
    }
    setBusy(false);
  };
  const held = wave.held !== null;
  return (
    <section className={styles.part} aria-label={t("waves.wave", { n: wave.number })}>
      <h4 className={styles.heading}>{t("waves.wave", { n: wave.number })}</h4>
      <StatusBadge state={badge.state} word={badge.word} />
      <SegmentBar
        label={t("mailboxes.byStatus")}
        segments={wordsOf(mailboxBadges).map(({ value, word }) => ({
          value,
          word,
          state: mailboxBadges[value].state,
          count: wave.mailboxes[value],
        }))}
      />
      <ul className={styles.list}>
        {(wave.started === null ? wave.entry : wave.exit).map((one) => (
          <li key={one.criterion.kind}>
            <StatusBadge state={metBadges[one.met].state} word={metBadges[one.met].word} />{" "}
            {criterionWords(one.criterion)}
          </li>
        ))}
      </ul>
      {refusal && <ErrorBar failure={explain(refusal)} />}
      <div className={styles.buttons}>
        <ReasonedButton
          disabledReason={wave.state === "waiting" || held ? t("waves.waits") : undefined}
          onClick={() => setAsking(true)}
        >
          {t("waves.start")}
        </ReasonedButton>
        <ReasonedButton
          onClick={() => void attempt(() => call("waves.hold", { organization, wave: wave.number, held: !held }))}
        >
          {held ? t("waves.release") : t("waves.hold")}
        </ReasonedButton>
      </div>
      {asking && (
        <ConfirmDialog
          title={t("waves.wave", { n: wave.number })}
          action={t("waves.start")}
          busy={busy}
          onConfirm={() =>
            void attempt(() => call("waves.start", { organization, wave: wave.number, expected: users }))
          }
          onClose={() => setAsking(false)}
        >
          {t("waves.confirm", { users: grouped(users), left: grouped(wave.seen.left) })}
        </ConfirmDialog>
      )}
    </section>
  );
}
