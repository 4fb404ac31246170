import { Button, makeStyles, MessageBar, MessageBarBody, tokens } from "@fluentui/react-components";
import { ArrowDownRegular, ArrowUpRegular, DeleteRegular, EditRegular } from "@fluentui/react-icons";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { Error as Refusal, MembershipRule, OrganizationView, RuleView } from "../../api/bindings";
import { call, refusalOf } from "../../api/client";
import { reading } from "../../api/queries";
import { begin, dismiss, isLive, stop, useWork } from "../../api/work";
import { fullTime } from "../../lib/time";
import { ReasonedButton } from "../../ui/CommandBar";
import { ConfirmDialog } from "../../ui/ConfirmDialog";
import { ErrorBar } from "../../ui/ErrorBar";
import { ProgressPanel } from "../../ui/ProgressPanel";
import { explain, reasonWords } from "../../words/codes";
import { actionWords } from "../../words/nouns";
import { conditionWords, outcomeWords } from "../../words/rules";
import { t } from "../../words/t";
import { ProposalList } from "./Proposals";
import { RuleDialog } from "./RuleDialog";

const useStyles = makeStyles({
  part: { display: "flex", flexDirection: "column", rowGap: "16px" },
  buttons: { display: "flex", flexWrap: "wrap", gap: "8px" },
  list: { listStyle: "none", margin: 0, padding: 0, display: "flex", flexDirection: "column", rowGap: "12px" },
  rule: {
    display: "flex",
    flexDirection: "column",
    rowGap: "4px",
    paddingBottom: "12px",
    borderBottom: `1px solid ${tokens.colorNeutralStroke2}`,
  },
  head: { display: "flex", columnGap: "8px", alignItems: "flex-start" },
  name: { flexGrow: 1, minWidth: 0, overflowWrap: "anywhere", fontWeight: tokens.fontWeightSemibold },
  quiet: { color: tokens.colorNeutralForeground2 },
});

/** Whom the organization is to have: its rules among all of the tenant's, and who is proposed by them. */
export function Rules({ view }: { view: OrganizationView }) {
  const styles = useStyles();
  const { organization } = view;
  const { tenant } = organization;
  const query = useQuery(reading("rules.list", { tenant }));
  const [editing, setEditing] = useState<{ rule: MembershipRule | undefined }>();
  const [removing, setRemoving] = useState<RuleView>();
  const [refusal, setRefusal] = useState<Refusal>();
  const key = `rules:${tenant}`;
  const work = useWork(key);
  const all = query.data ?? [];
  const own = all.filter(({ rule }) => rule.organization === organization.id);
  const signIn = view.may.import ? reasonWords[view.may.import] : undefined;
  const run = async () => {
    dismiss(key);
    try {
      await begin(key, t("rules.running"), "rules.evaluate", { tenant });
      dismiss(key);
    } catch {
      // The refusal is on the work, where the panel shows it.
    }
  };
  const attempt = async (what: Promise<unknown>) => {
    setRefusal(undefined);
    try {
      await what;
    } catch (thrown) {
      setRefusal(refusalOf(thrown));
    }
  };
  const move = (rule: number, step: -1 | 1) => {
    const order = all.map((one) => one.rule.id);
    const from = order.indexOf(rule);
    order.splice(from + step, 0, ...order.splice(from, 1));
    void attempt(call("rules.order", { tenant, rules: order }));
  };
  return (
    <div className={styles.part}>
      <span className={styles.quiet}>{t("rules.about")}</span>
      <div className={styles.buttons}>
        <ReasonedButton disabledReason={signIn} onClick={() => setEditing({ rule: undefined })}>
          {t("rules.add")}
        </ReasonedButton>
        <ReasonedButton
          disabledReason={
            signIn ?? (all.length === 0 ? t("rules.none") : isLive(work) ? t("rules.running") : undefined)
          }
          onClick={() => void run()}
        >
          {t("rules.run")}
        </ReasonedButton>
      </div>
      {query.error && <ErrorBar failure={explain(refusalOf(query.error))} onRetry={() => void query.refetch()} />}
      {refusal && <ErrorBar failure={explain(refusal)} />}
      {isLive(work) && (
        <ProgressPanel
          title={t("rules.running")}
          done={work?.progress && "read" in work.progress ? work.progress.read : 0}
          total={undefined}
          started={work?.started}
          actions={
            <Button size="small" disabled={work?.state === "stopping"} onClick={() => stop(key)}>
              {t(work?.state === "stopping" ? "activity.stopping" : "users.importStop")}
            </Button>
          }
        />
      )}
      {work?.refusal && <ErrorBar failure={explain(work.refusal)} />}
      {query.data && own.length === 0 && <span className={styles.quiet}>{t("rules.noneHere")}</span>}
      <ol className={styles.list}>
        {own.map((one) => {
          const place = all.findIndex(({ rule }) => rule.id === one.rule.id);
          const what = conditionWords(one.rule.condition);
          return (
            <li key={one.rule.id} className={styles.rule}>
              <div className={styles.head}>
                <span className={styles.name}>{what}</span>
                <Button
                  size="small"
                  appearance="subtle"
                  icon={<ArrowUpRegular />}
                  disabled={place === 0}
                  aria-label={t("rules.earlier", { rule: what })}
                  onClick={() => move(one.rule.id, -1)}
                />
                <Button
                  size="small"
                  appearance="subtle"
                  icon={<ArrowDownRegular />}
                  disabled={place === all.length - 1}
                  aria-label={t("rules.later", { rule: what })}
                  onClick={() => move(one.rule.id, 1)}
                />
                <Button
                  size="small"
                  appearance="subtle"
                  icon={<EditRegular />}
                  aria-label={t("rules.edit", { rule: what })}
                  onClick={() => setEditing({ rule: one.rule })}
                />
                <Button
                  size="small"
                  appearance="subtle"
                  icon={<DeleteRegular />}
                  aria-label={t("rules.remove", { rule: what })}
                  onClick={() => setRemoving(one)}
                />
              </div>
              <span>{actionWords[one.rule.action]}</span>
              <span className={styles.quiet}>{t("rules.place", { place: place + 1, of: all.length })}</span>
              <span className={styles.quiet}>
                {one.rule.outcome
                  ? t("rules.asOf", { time: fullTime(one.rule.outcome.at), outcome: outcomeWords(one.rule.outcome) })
                  : t("rules.neverRun")}
              </span>
              {one.rule.outcome?.lost.map((lost) => (
                <MessageBar key={lost.to} intent="warning" layout="multiline">
                  <MessageBarBody>
                    {t("rules.lost", {
                      n: lost.users,
                      organization: nameOf(all, lost.to),
                      rule: wantedBy(all, lost.to),
                    })}
                  </MessageBarBody>
                </MessageBar>
              ))}
            </li>
          );
        })}
      </ol>
      <ProposalList organization={organization.id} reason={signIn} />
      {editing && (
        <RuleDialog
          organization={organization.id}
          name={organization.name}
          rule={editing.rule}
          onClose={() => setEditing(undefined)}
        />
      )}
      {removing && (
        <ConfirmDialog
          title={t("rules.removeTitle")}
          action={t("rules.removeAction")}
          onClose={() => setRemoving(undefined)}
          onConfirm={() => {
            setRemoving(undefined);
            void attempt(call("rules.remove", { rule: removing.rule.id }));
          }}
        >
          <strong>{conditionWords(removing.rule.condition)}</strong>
          <span>{t("rules.removeBody")}</span>
        </ConfirmDialog>
      )}
    </div>
  );
}

function nameOf(all: readonly RuleView[], rule: number): string {
  return all.find((one) => one.rule.id === rule)?.organization_name ?? t("rules.another");
}

function wantedBy(all: readonly RuleView[], rule: number): string {
  const found = all.find((one) => one.rule.id === rule);
  return found ? conditionWords(found.rule.condition) : t("rules.another");
}
