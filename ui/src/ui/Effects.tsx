import { makeStyles } from "@fluentui/react-components";
import type { Foreseen } from "../api/bindings";
import { date, fullTime } from "../lib/time";
import { whyRefused } from "../words/refused";
import { accessWords } from "../words/nouns";
import { t } from "../words/t";

const useStyles = makeStyles({
  list: { margin: 0, paddingLeft: "20px", display: "flex", flexDirection: "column", rowGap: "4px" },
  heading: { margin: "0 0 4px" },
});

/** Those who are refused only for want of an acknowledgement; once it is given, they are changed. */
export function unreadOf({ refused }: Foreseen): number {
  return refused.find(({ reason }) => reason === "limitations_unread")?.users ?? 0;
}

/** Switches that the change window holds up, those among them whose limitations are about to be acknowledged. */
export function waitsOf({ queued, queued_once_read }: Foreseen): number {
  return queued + queued_once_read;
}

/** What an action would come to, line by line. */
export function Effects({ foreseen }: { foreseen: Foreseen }) {
  const styles = useStyles();
  const waits = waitsOf(foreseen);
  const n = foreseen.changes + unreadOf(foreseen) - foreseen.queued_once_read;
  const lines = [
    ...(n > 0 ? [t("act.changes", { n })] : waits === 0 ? [t("act.nobody")] : []),
    ...(waits > 0
      ? [t("act.waits", { n: waits, time: foreseen.opens === null ? "–" : fullTime(foreseen.opens) })]
      : []),
    ...foreseen.access.map(({ from, to, users }) =>
      t("act.access", { n: users, from: accessWords[from], to: accessWords[to] }),
    ),
    ...(foreseen.kept_on_ews > 0 ? [t("act.keptOnEws", { n: foreseen.kept_on_ews })] : []),
    ...(foreseen.integration > 0 ? [t("act.integration", { n: foreseen.integration })] : []),
    ...(foreseen.initialized > 0 ? [t("act.initialized", { n: foreseen.initialized })] : []),
    ...(foreseen.must_sign_in > 0 ? [t("act.mustSignIn", { n: foreseen.must_sign_in })] : []),
    ...(foreseen.into_disabled ? [t("act.intoDisabled")] : []),
    ...(foreseen.consent_unread > 0 ? [t("act.consentUnread", { n: foreseen.consent_unread })] : []),
    ...(foreseen.ews
      ? [t("act.ewsUntil", { off: date(foreseen.ews.off_by_default), removed: date(foreseen.ews.removed) })]
      : []),
    ...(foreseen.untouched > 0 ? [t("act.untouched", { n: foreseen.untouched })] : []),
    ...foreseen.refused
      .filter(({ reason }) => reason !== "limitations_unread")
      .map((refused) => t("act.refused", { n: refused.users, reason: whyRefused(refused) })),
  ];
  return (
    <>
      <ul className={styles.list}>
        {lines.map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
      {foreseen.limitations.length > 0 && (
        <section>
          <h3 className={styles.heading}>{t("act.limitations")}</h3>
          {foreseen.unread.length === 0 && <span>{t("act.acknowledged")}</span>}
          <ul className={styles.list} aria-label={t("act.limitations")}>
            {foreseen.limitations.map((text) => (
              <li key={text}>{text}</li>
            ))}
          </ul>
        </section>
      )}
    </>
  );
}
