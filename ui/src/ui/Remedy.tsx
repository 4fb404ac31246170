import { Link, makeStyles, tokens } from "@fluentui/react-components";
import { type Cause, MENDS } from "../api/bindings";
import { causeTitles, causeWords, whoWords } from "../words/causes";
import type { Place } from "../words/causes/kinds";
import { t } from "../words/t";

const useStyles = makeStyles({
  root: { display: "flex", flexDirection: "column", rowGap: "8px" },
  what: { margin: 0 },
  who: { color: tokens.colorNeutralForeground2 },
  steps: { margin: 0, paddingLeft: "20px", display: "flex", flexDirection: "column", rowGap: "4px" },
});

/** A cause by name: what happened, who can mend it, and how. */
export function Remedy({ cause }: { cause: Cause }) {
  const styles = useStyles();
  return (
    <div className={styles.root}>
      <strong>{causeTitles[cause]}</strong>
      <RemedyBody cause={cause} />
    </div>
  );
}

/** The same where the cause is named already. */
export function RemedyBody({ cause }: { cause: Cause }) {
  const styles = useStyles();
  const words = causeWords[cause];
  return (
    <div className={styles.root}>
      <p className={styles.what}>{words.what}</p>
      <span className={styles.who}>{t("remedy.who", { who: whoWords[MENDS[cause]] })}</span>
      <Steps cause={cause} />
    </div>
  );
}

/** What to do, in order. A step that is done on a page of ours leads there, where somebody takes one there. */
export function Steps({ cause, onGo }: { cause: Cause; onGo?: (place: Place) => void }) {
  const styles = useStyles();
  return (
    <ol className={styles.steps}>
      {causeWords[cause].steps.map((step) =>
        typeof step === "string" ? (
          <li key={step}>{step}</li>
        ) : (
          <li key={step.text}>
            {onGo ? (
              <Link as="button" inline onClick={() => onGo(step.at)}>
                {step.text}
              </Link>
            ) : (
              step.text
            )}
          </li>
        ),
      )}
    </ol>
  );
}
