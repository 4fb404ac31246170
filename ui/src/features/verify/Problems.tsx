import { Button, makeStyles, tokens } from "@fluentui/react-components";
import { CheckmarkCircleRegular } from "@fluentui/react-icons";
import type { Problem } from "../../api/problems";
import { EmptyState } from "../../ui/EmptyState";
import { CopyableId } from "../../ui/Facts";
import { RemedyBody } from "../../ui/Remedy";
import { causeTitles } from "../../words/causes";
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
  title: { margin: 0, fontSize: tokens.fontSizeBase400, fontWeight: tokens.fontWeightSemibold },
  answers: { listStyle: "none", margin: 0, padding: 0, display: "flex", flexDirection: "column", rowGap: "4px" },
  answer: { display: "flex", alignItems: "center", flexWrap: "wrap", columnGap: "12px", minHeight: "32px" },
  workload: { width: "130px", fontWeight: tokens.fontWeightSemibold },
  code: { flexGrow: 1, color: tokens.colorNeutralForeground2, overflowWrap: "anywhere" },
  ids: { display: "flex", flexDirection: "column" },
  label: { color: tokens.colorNeutralForeground2 },
});

/** As many ids as a support case needs. */
const IDS_SHOWN = 5;

type Props = {
  readonly problems: readonly Problem[];
  readonly onShow: (fingerprint: string) => void;
};

/** The failures of a run by cause: few problems in place of many rows. */
export function Problems({ problems, onShow }: Props) {
  const styles = useStyles();
  if (problems.length === 0) {
    return (
      <EmptyState icon={<CheckmarkCircleRegular />} title={t("run.noProblemsTitle")} body={t("run.noProblemsBody")} />
    );
  }
  return (
    <div className={styles.list} data-region="grid" data-scrolls>
      {problems.map((problem) => (
        <ProblemCard key={problem.cause} problem={problem} onShow={onShow} />
      ))}
    </div>
  );
}

function ProblemCard({ problem: { cause, answers }, onShow }: { problem: Problem; onShow: Props["onShow"] }) {
  const styles = useStyles();
  const title = cause === null ? t("issues.noCause") : causeTitles[cause];
  const ids = answers.flatMap((row) => row.sample_request_ids).slice(0, IDS_SHOWN);
  return (
    <section className={styles.group} aria-label={title}>
      <h2 className={styles.title}>{title}</h2>
      {cause && <RemedyBody cause={cause} />}
      <ul className={styles.answers}>
        {answers.map((row) => (
          <li key={row.fingerprint} className={styles.answer}>
            <span className={styles.workload}>{workloadWords[row.workload]}</span>
            <span className={styles.code} title={row.fingerprint}>
              {row.http === null ? t("issues.noAnswer") : `${row.http} ${row.code ?? ""}`}
            </span>
            <Button size="small" onClick={() => onShow(row.fingerprint)}>
              {t("run.showMailboxes", { n: row.mailboxes })}
            </Button>
          </li>
        ))}
      </ul>
      {ids.length > 0 && (
        <div className={styles.ids}>
          <span className={styles.label}>{t("run.requestIds")}</span>
          {ids.map((id) => (
            <CopyableId key={id} id={id} what={t("check.requestId")} />
          ))}
        </div>
      )}
    </section>
  );
}
