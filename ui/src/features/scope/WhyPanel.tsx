import { makeStyles, Spinner, tokens } from "@fluentui/react-components";
import { useQuery } from "@tanstack/react-query";
import type { ProofTarget } from "../../api/bindings";
import { refusalOf } from "../../api/client";
import { reading } from "../../api/queries";
import { DetailsPanel } from "../../ui/DetailsPanel";
import { ErrorBar } from "../../ui/ErrorBar";
import { CopyableId } from "../../ui/Facts";
import { explain } from "../../words/codes";
import { workloadWords } from "../../words/nouns";
import { becauseWords, linkWords } from "../../words/scope";
import { t } from "../../words/t";

const useStyles = makeStyles({
  because: { margin: "0 0 12px", fontWeight: tokens.fontWeightSemibold },
  chain: { margin: 0, paddingLeft: "20px", display: "flex", flexDirection: "column", rowGap: "6px" },
  head: { fontSize: tokens.fontSizeBase300, margin: "12px 0 6px" },
});

/** Why the integration can or can't reach a mailbox: one sentence, and the chain of facts behind it. */
export function WhyPanel({
  organization,
  target,
  onClose,
  onPrevious,
  onNext,
}: {
  organization: number;
  target: ProofTarget;
  onClose: () => void;
  onPrevious: (() => void) | undefined;
  onNext: (() => void) | undefined;
}) {
  const styles = useStyles();
  const why = useQuery(reading("scope.why", { organization, mailbox: target.object_id }));
  return (
    <DetailsPanel
      title={target.display_name}
      subtitle={target.upn}
      subject={target.object_id}
      onClose={onClose}
      onPrevious={onPrevious}
      onNext={onNext}
    >
      <h3 className={styles.head}>{t("access.why")}</h3>
      {why.isPending && <Spinner size="tiny" />}
      {why.error && <ErrorBar failure={explain(refusalOf(why.error))} />}
      {why.data && (
        <>
          <p className={styles.because}>{becauseWords[why.data.because]}</p>
          <h3 className={styles.head}>{t("access.chain")}</h3>
          <ol className={styles.chain}>
            {why.data.chain.map((link) => (
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
        </>
      )}
    </DetailsPanel>
  );
}
