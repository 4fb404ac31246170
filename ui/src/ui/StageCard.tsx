import { makeStyles, tokens } from "@fluentui/react-components";
import type { ReactNode } from "react";
import type { State } from "../lib/state";
import { StatusBadge } from "./StatusBadge";

const useStyles = makeStyles({
  card: {
    display: "flex",
    flexDirection: "column",
    rowGap: "12px",
    padding: "16px",
    borderRadius: tokens.borderRadiusLarge,
    border: `1px solid ${tokens.colorNeutralStroke2}`,
    backgroundColor: tokens.colorNeutralBackground1,
    boxShadow: tokens.shadow2,
    minWidth: 0,
  },
  head: { display: "flex", flexDirection: "column", rowGap: "4px" },
  title: { margin: 0, fontSize: tokens.fontSizeBase400, fontWeight: tokens.fontWeightSemibold },
  figure: {
    fontSize: tokens.fontSizeHero700,
    lineHeight: tokens.lineHeightHero700,
    fontWeight: tokens.fontWeightSemibold,
  },
  caption: { color: tokens.colorNeutralForeground2 },
  criteria: { listStyle: "none", margin: 0, padding: 0, display: "flex", flexDirection: "column", rowGap: "6px" },
  foot: {
    marginTop: "auto",
    paddingTop: "4px",
    display: "flex",
    flexDirection: "column",
    rowGap: "8px",
    alignItems: "start",
  },
  evidence: { color: tokens.colorNeutralForeground2, fontSize: tokens.fontSizeBase200 },
});

export type Criterion = { readonly state: State; readonly text: string };

type Props = {
  readonly number: number;
  readonly title: string;
  readonly state: State;
  readonly word: string;
  /** The one number that matters, and what it counts. */
  readonly figure: string;
  readonly caption: string;
  readonly criteria: readonly Criterion[];
  readonly evidence: string;
  /** The one primary action. */
  readonly children: ReactNode;
};

/** One stage of a rollout: its state by evidence, what is met, what is not, and the next step. */
export function StageCard(props: Props) {
  const styles = useStyles();
  return (
    <section className={styles.card} aria-label={`${props.number} ${props.title}`}>
      <div className={styles.head}>
        <h2 className={styles.title}>
          {props.number}. {props.title}
        </h2>
        <StatusBadge state={props.state} word={props.word} strong />
      </div>
      <div>
        <div className={styles.figure}>{props.figure}</div>
        <div className={styles.caption}>{props.caption}</div>
      </div>
      <ul className={styles.criteria}>
        {props.criteria.map((criterion) => (
          <li key={criterion.text}>
            <StatusBadge state={criterion.state} word={criterion.text} />
          </li>
        ))}
      </ul>
      <div className={styles.foot}>
        <span className={styles.evidence}>{props.evidence}</span>
        {props.children}
      </div>
    </section>
  );
}
