import { makeStyles, mergeClasses, tokens } from "@fluentui/react-components";
import { grouped } from "../lib/numbers";
import type { State } from "../lib/state";
import { StatusBadge } from "./StatusBadge";
import { stateColour } from "./theme";

const useStyles = makeStyles({
  root: { display: "flex", flexDirection: "column", rowGap: "8px" },
  legend: {
    display: "flex",
    flexWrap: "wrap",
    columnGap: "12px",
    rowGap: "4px",
    listStyle: "none",
    margin: 0,
    padding: 0,
  },
  item: {
    display: "flex",
    alignItems: "center",
    minHeight: "28px",
    padding: "0 8px",
    border: "1px solid transparent",
    borderRadius: tokens.borderRadiusMedium,
    backgroundColor: "transparent",
    color: "inherit",
    font: "inherit",
    cursor: "pointer",
    ":hover": { backgroundColor: tokens.colorNeutralBackground1Hover },
    ":focus-visible": { outline: `2px solid ${tokens.colorStrokeFocus2}` },
  },
  pressed: {
    backgroundColor: tokens.colorNeutralBackground1Selected,
    border: `1px solid ${tokens.colorNeutralStroke1}`,
  },
  bar: { width: "100%", height: "10px", display: "flex", columnGap: "2px", borderRadius: "5px", overflow: "hidden" },
  none: { flexGrow: 1, backgroundColor: tokens.colorNeutralBackground5 },
  segment: { minWidth: "3px" },
});

const colours = {
  good: stateColour("stateGood"),
  working: stateColour("stateWorking"),
  waiting: tokens.colorNeutralStroke1,
  attention: stateColour("stateAttention"),
  bad: stateColour("stateBad"),
  off: tokens.colorNeutralStroke2,
  unknown: tokens.colorNeutralStroke2,
} satisfies Record<State, string>;

export type Segment<Value extends string> = {
  readonly value: Value;
  readonly state: State;
  readonly word: string;
  readonly count: number;
};

type Props<Value extends string> = {
  readonly label: string;
  readonly segments: ReadonlyArray<Segment<Value>>;
  readonly chosen?: Value | undefined;
  readonly onChoose?: (value: Value | undefined) => void;
  /** A word leads to those it counts, instead of filtering what is here. */
  readonly leads?: boolean;
};

/** How a whole divides into states: words with counts, and one bar in the same order. A word filters by itself. */
export function SegmentBar<Value extends string>({ label, segments, chosen, onChoose, leads }: Props<Value>) {
  const styles = useStyles();
  return (
    <div className={styles.root}>
      <ul className={styles.legend} aria-label={label}>
        {segments.map(({ value, state, word, count }) => {
          const badge = <StatusBadge state={state} word={`${word} ${grouped(count)}`} />;
          return (
            <li key={value}>
              {onChoose ? (
                <button
                  type="button"
                  aria-pressed={leads ? undefined : value === chosen}
                  className={mergeClasses(styles.item, value === chosen && styles.pressed)}
                  onClick={() => onChoose(value === chosen ? undefined : value)}
                >
                  {badge}
                </button>
              ) : (
                badge
              )}
            </li>
          );
        })}
      </ul>
      <Strip segments={segments} />
    </div>
  );
}

/** Only the bar. With a label it stands for itself; without one, words beside it say the same. */
export function Strip({ segments, label }: { segments: ReadonlyArray<Segment<string>>; label?: string }) {
  const styles = useStyles();
  const shown = segments.filter((segment) => segment.count > 0);
  const spoken = label === undefined ? { "aria-hidden": true } : { role: "img", "aria-label": label };
  return (
    <span className={styles.bar} {...spoken}>
      {shown.length === 0 && <span className={styles.none} />}
      {shown.map(({ value, state, count }) => (
        <span key={value} className={styles.segment} style={{ flexGrow: count, backgroundColor: colours[state] }} />
      ))}
    </span>
  );
}
