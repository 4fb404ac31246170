import { makeStyles } from "@fluentui/react-components";
import type { WorkloadVerdict } from "../../api/bindings";
import { StatusBadge } from "../../ui/StatusBadge";
import { verdictBadges, workloadNames, workloadWords } from "../../words/nouns";
import { t } from "../../words/t";

const useStyles = makeStyles({
  all: { display: "flex", alignItems: "center", columnGap: "12px", minWidth: 0 },
});

/** What each workload of a mailbox last answered, for one row of a table: an icon for the answer and the workload's name. */
export function WorkloadBadges({ of }: { of: readonly WorkloadVerdict[] }) {
  const styles = useStyles();
  if (of.length === 0) return workloadsWords(of);
  return (
    <span className={styles.all} role="img" aria-label={workloadsWords(of)}>
      {of.map(({ workload, verdict }) => (
        <StatusBadge key={workload} state={verdictBadges[verdict].state} word={workloadNames[workload]} />
      ))}
    </span>
  );
}

/** The same in words, for whoever copies or hears it. */
export function workloadsWords(of: readonly WorkloadVerdict[]): string {
  return of.length === 0 ? t("users.neverChecked") : of.map(workloadVerdictWords).join(", ");
}

/** "Calendar: Failed". */
function workloadVerdictWords({ workload, verdict }: WorkloadVerdict): string {
  return t("users.workloadVerdict", { workload: workloadWords[workload], word: verdictBadges[verdict].word });
}
