import { Button, makeStyles, tokens } from "@fluentui/react-components";
import { CheckmarkCircleRegular } from "@fluentui/react-icons";
import type { FingerprintRow } from "../../api/bindings";
import { EmptyState } from "../../ui/EmptyState";
import { CopyableId } from "../../ui/Facts";
import { Remedy } from "../../ui/Remedy";
import { workloadWords } from "../../words/nouns";
import { t } from "../../words/t";

const useStyles = makeStyles({
  list: { overflowY: "auto", padding: "8px 16px 24px", display: "flex", flexDirection: "column", rowGap: "16px" },
  group: {
    display: "flex",
    flexDirection: "column",
    rowGap: "12px",
    padding: "16px",
    borderRadius: tokens.borderRadiusLarge,
    border: `1px solid ${tokens.colorNeutralStroke2}`,
    maxWidth: "880px",
  },
  head: { display: "flex", alignItems: "baseline", columnGap: "16px", flexWrap: "wrap" },
  count: {
    fontSize: tokens.fontSizeBase500,
    fontWeight: tokens.fontWeightSemibold,
    fontVariantNumeric: "tabular-nums",
  },
  slug: {
    color: tokens.colorNeutralForeground2,
    fontFamily: tokens.fontFamilyMonospace,
    fontSize: tokens.fontSizeBase200,
  },
  ids: { display: "flex", flexDirection: "column" },
  label: { color: tokens.colorNeutralForeground2 },
});

/** The failures of a run by cause: few groups in place of many rows. */
export function Problems({
  fingerprints,
  onShow,
}: {
  fingerprints: readonly FingerprintRow[];
  onShow: (fingerprint: string) => void;
}) {
  const styles = useStyles();
  if (fingerprints.length === 0) {
    return (
      <EmptyState icon={<CheckmarkCircleRegular />} title={t("run.noProblemsTitle")} body={t("run.noProblemsBody")} />
    );
  }
  return (
    <div className={styles.list} data-region="grid">
      {fingerprints.map((group) => (
        <section key={group.fingerprint} className={styles.group} aria-label={group.fingerprint}>
          <div className={styles.head}>
            <span className={styles.count}>{t("run.mailboxes", { n: group.mailboxes })}</span>
            <span>{workloadWords[group.workload]}</span>
            <span className={styles.slug}>{group.fingerprint}</span>
          </div>
          {group.cause && <Remedy cause={group.cause} />}
          {group.sample_request_ids.length > 0 && (
            <div className={styles.ids}>
              <span className={styles.label}>{t("run.requestIds")}</span>
              {group.sample_request_ids.map((id) => (
                <CopyableId key={id} id={id} what={t("check.requestId")} />
              ))}
            </div>
          )}
          <div>
            <Button onClick={() => onShow(group.fingerprint)}>{t("run.showMailboxes", { n: group.mailboxes })}</Button>
          </div>
        </section>
      ))}
    </div>
  );
}
