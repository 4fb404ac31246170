import { makeStyles, ProgressBar, tokens } from "@fluentui/react-components";
import { type ReactNode, useEffect, useRef, useState } from "react";
import { perSecond, share } from "../lib/numbers";
import { lasted } from "../lib/time";
import { t } from "../words/t";

const useStyles = makeStyles({
  panel: {
    display: "flex",
    flexDirection: "column",
    rowGap: "8px",
    padding: "12px 16px",
    borderRadius: tokens.borderRadiusLarge,
    border: `1px solid ${tokens.colorNeutralStroke2}`,
    backgroundColor: tokens.colorNeutralBackground1,
  },
  line: { display: "flex", alignItems: "center", flexWrap: "wrap", columnGap: "16px", rowGap: "4px" },
  title: { fontWeight: tokens.fontWeightSemibold },
  numbers: { fontVariantNumeric: "tabular-nums" },
  quiet: { color: tokens.colorNeutralForeground2, fontVariantNumeric: "tabular-nums" },
  spring: { flexGrow: 1 },
  spoken: { position: "absolute", width: "1px", height: "1px", overflow: "hidden", clipPath: "inset(50%)" },
});

type Props = {
  readonly title: string;
  readonly done: number;
  readonly total: number | undefined;
  /** When the work began, in milliseconds since 1970. */
  readonly started: number | undefined;
  /** Steps a second, as the engine measures it. */
  readonly rate?: number | undefined;
  /** Between how many seconds it will probably still take. */
  readonly secondsLeft?: readonly [number, number] | undefined;
  /** What else there is to say about its pace. */
  readonly details?: readonly string[];
  readonly actions?: ReactNode;
};

/** Work in progress: how far, how fast, how long still, and the buttons that stop it. */
export function ProgressPanel(props: Props) {
  const styles = useStyles();
  const pace = usePace(props);
  const headline =
    props.total === undefined
      ? t("progress.counted", { done: props.done })
      : t("progress.of", { done: props.done, total: props.total, share: share(props.done, props.total) });
  return (
    <section className={styles.panel} aria-label={props.title}>
      <div className={styles.line}>
        <span className={styles.title}>{props.title}</span>
        <span className={styles.numbers}>{headline}</span>
        <span className={styles.spring} />
        {props.actions}
      </div>
      {props.total === undefined ? (
        <ProgressBar aria-label={props.title} thickness="large" />
      ) : (
        <ProgressBar aria-label={props.title} thickness="large" value={props.done} max={Math.max(1, props.total)} />
      )}
      {pace !== "" && <span className={styles.quiet}>{pace}</span>}
      {props.details && props.details.length > 0 && <span className={styles.quiet}>{props.details.join(" · ")}</span>}
      <Announced text={headline} />
    </section>
  );
}

/** "18.4/s · 2 min gone · about 2 to 3 min left", or nothing while there is nothing to say yet. */
function usePace(props: Props): string {
  const { started, rate, secondsLeft } = props;
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    if (started === undefined) return;
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, [started]);
  const parts: string[] = [];
  if (rate !== undefined && rate > 0) {
    parts.push(t("progress.rate", { rate: perSecond(rate) }));
  }
  if (started !== undefined) parts.push(t("progress.gone", { time: lasted(now - started) }));
  if (secondsLeft) {
    const [low, high] = secondsLeft.map((seconds) => lasted(seconds * 1000));
    parts.push(
      low === high
        ? t("progress.leftOne", { time: String(low) })
        : t("progress.left", { low: String(low), high: String(high) }),
    );
  }
  return parts.join(" · ");
}

/** Tells screen readers how far it is, at most every five seconds. */
function Announced({ text }: { text: string }) {
  const styles = useStyles();
  const latest = useRef(text);
  useEffect(() => {
    latest.current = text;
  });
  const [said, setSaid] = useState(text);
  useEffect(() => {
    const timer = setInterval(() => setSaid(latest.current), 5000);
    return () => clearInterval(timer);
  }, []);
  return (
    <span role="status" className={styles.spoken}>
      {said}
    </span>
  );
}
