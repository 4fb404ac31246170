import { makeStyles, Spinner } from "@fluentui/react-components";
import { useQuery } from "@tanstack/react-query";
import type { Organization, Scope } from "../../api/bindings";
import { refusalOf } from "../../api/client";
import { reading } from "../../api/queries";
import { unbroken } from "../../lib/time";
import { ConfirmDialog } from "../../ui/ConfirmDialog";
import { ErrorBar } from "../../ui/ErrorBar";
import { boundedWords } from "../../words/bounds";
import { explain, reasonWords } from "../../words/codes";
import { workloadWords } from "../../words/nouns";
import { t } from "../../words/t";
import { startRun } from "../../api/verifying";

const useStyles = makeStyles({ text: { margin: 0 } });

/** Says what a check will ask and how long it will take, before it starts. */
export function PlanDialog({
  organization,
  which,
  onClose,
}: {
  organization: Organization;
  which: Scope;
  onClose: () => void;
}) {
  const styles = useStyles();
  const query = useQuery({ ...reading("verify.plan", { organization: organization.id, which }), staleTime: 0 });
  const plan = query.data;
  const runs = useQuery(reading("runs.list", { organization: organization.id }));
  const interrupted = runs.data?.find(({ state }) => state === "interrupted");
  return (
    <ConfirmDialog
      title={t("verify.planTitle", { organization: organization.name })}
      action={plan ? t("verify.planAction", { n: plan.mailboxes }) : t("verify.start")}
      disabledReason={plan ? (plan.may ? reasonWords[plan.may] : undefined) : t("verify.planning")}
      onClose={onClose}
      onConfirm={() => {
        startRun(organization.id, organization.name, which);
        onClose();
      }}
    >
      {!plan && !query.error && <Spinner size="small" label={t("verify.planning")} />}
      {query.error && <ErrorBar failure={explain(refusalOf(query.error))} onRetry={() => void query.refetch()} />}
      {plan && (
        <>
          <p className={styles.text}>
            {t("verify.plan", {
              mailboxes: plan.mailboxes,
              probes: plan.probes,
              low: unbroken(plan.seconds[0]),
              high: unbroken(plan.seconds[1]),
            })}
          </p>
          <p className={styles.text}>
            {plan.measured ? `${t("verify.planMeasured")} ${boundedWords[plan.bound]}` : t("verify.planAssumed")}
          </p>
          {plan.not_covered.length > 0 && (
            <p className={styles.text}>
              {t("verify.notCovered", {
                workloads: plan.not_covered.map((workload) => workloadWords[workload]).join(", "),
              })}
            </p>
          )}
          <p className={styles.text}>{t("verify.readOnly")}</p>
          {interrupted && (
            <p className={styles.text}>
              {t("verify.interrupted", {
                id: interrupted.id,
                done: interrupted.mailboxes_done,
                n: interrupted.mailboxes,
              })}
            </p>
          )}
        </>
      )}
    </ConfirmDialog>
  );
}
