import { Button, makeStyles, Spinner, tokens } from "@fluentui/react-components";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { Error as Refusal, Why } from "../../api/bindings";
import { call, refusalOf } from "../../api/client";
import { reading } from "../../api/queries";
import { shortTime } from "../../lib/time";
import { ErrorBar } from "../../ui/ErrorBar";
import { CopyableId } from "../../ui/Facts";
import { StatusBadge } from "../../ui/StatusBadge";
import { explainLookUp } from "../../words/codes";
import { workloadWords } from "../../words/nouns";
import { becauseWords, findingBadge, linkWords } from "../../words/scope";
import { t } from "../../words/t";

const useStyles = makeStyles({
  because: { margin: "0 0 12px", fontWeight: tokens.fontWeightSemibold },
  chain: { margin: 0, paddingLeft: "20px", display: "flex", flexDirection: "column", rowGap: "6px" },
  head: { fontSize: tokens.fontSizeBase300, margin: "12px 0 6px" },
  who: { display: "flex", flexWrap: "wrap", alignItems: "center", columnGap: "12px", marginBottom: "8px" },
});

/** Why the integration can or can't reach a mailbox: one sentence, the facts behind it, and a way to ask the mailbox now. */
export function WhyFacts({ organization, mailbox, named }: { organization: number; mailbox: string; named?: boolean }) {
  const styles = useStyles();
  const why = useQuery({ ...reading("scope.why", { organization, mailbox }), meta: { watched: named === true } });
  const [asked, setAsked] = useState<Why>();
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<Refusal>();
  const ask = async () => {
    setBusy(true);
    setRefusal(undefined);
    try {
      setAsked(await call("scope.ask", { organization, mailbox }));
    } catch (thrown) {
      setRefusal(refusalOf(thrown));
    } finally {
      setBusy(false);
    }
  };
  const told = asked ?? why.data;
  const failed = refusal ?? (why.error ? refusalOf(why.error) : undefined);
  return (
    <>
      <h3 className={styles.head}>{t("access.why")}</h3>
      {why.isPending && <Spinner size="tiny" label={t("access.looking")} />}
      {failed && <ErrorBar failure={explainLookUp(failed)} />}
      {told && (
        <>
          {named && (
            <div className={styles.who}>
              <span>{`${told.mailbox.display_name} · ${told.mailbox.upn}`}</span>
              {told.mailbox.finding && (
                <StatusBadge {...findingBadge(told.mailbox.finding, told.mailbox.provisional)} />
              )}
            </div>
          )}
          <p className={styles.because}>
            {becauseWords[told.because]}
            {told.mailbox.provisional !== null &&
              ` ${t("access.provisionalUntil", { time: shortTime(told.mailbox.provisional) })}`}
          </p>
          <h3 className={styles.head}>{t("access.chain")}</h3>
          <ol className={styles.chain}>
            {told.chain.map((link) => (
              <li key={linkWords(link)}>
                {linkWords(link)}
                {link.kind === "called" && link.call.request_id !== null && (
                  <div>
                    <CopyableId id={link.call.request_id} what={workloadWords[link.call.workload]} />
                  </div>
                )}
              </li>
            ))}
          </ol>
          <p>
            <Button
              size="small"
              disabled={busy}
              icon={busy ? <Spinner size="tiny" /> : undefined}
              onClick={() => void ask()}
            >
              {t("access.askNow")}
            </Button>
          </p>
        </>
      )}
    </>
  );
}
