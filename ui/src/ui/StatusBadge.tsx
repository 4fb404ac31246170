import { makeStyles, mergeClasses, tokens } from "@fluentui/react-components";
import {
  ArrowSyncFilled,
  CheckmarkCircleFilled,
  CircleHintRegular,
  ClockRegular,
  DismissCircleFilled,
  SubtractCircleRegular,
  WarningFilled,
} from "@fluentui/react-icons";
import type { State } from "../lib/state";
import { type StateColour, stateColour } from "./theme";

const looks = {
  good: { Icon: CheckmarkCircleFilled, colour: "stateGood" },
  working: { Icon: ArrowSyncFilled, colour: "stateWorking" },
  waiting: { Icon: ClockRegular, colour: "stateWaiting" },
  attention: { Icon: WarningFilled, colour: "stateAttention" },
  bad: { Icon: DismissCircleFilled, colour: "stateBad" },
  off: { Icon: SubtractCircleRegular, colour: "stateOff" },
  unknown: { Icon: CircleHintRegular, colour: "stateOff" },
} as const satisfies Record<State, { Icon: typeof ClockRegular; colour: StateColour }>;

const useStyles = makeStyles({
  badge: {
    display: "inline-flex",
    verticalAlign: "middle",
    alignItems: "center",
    columnGap: "6px",
    minWidth: 0,
    maxWidth: "100%",
  },
  icon: { flexShrink: 0, fontSize: "16px" },
  word: { overflow: "hidden", textOverflow: "ellipsis", whiteSpace: "nowrap" },
  strong: { fontWeight: tokens.fontWeightSemibold },
  stateGood: { color: stateColour("stateGood") },
  stateWorking: { color: stateColour("stateWorking") },
  stateWaiting: { color: stateColour("stateWaiting") },
  stateAttention: { color: stateColour("stateAttention") },
  stateBad: { color: stateColour("stateBad") },
  stateOff: { color: stateColour("stateOff") },
});

/** A state as shape, word and colour, in that order of importance. */
export function StatusBadge({ state, word, strong }: { state: State; word: string; strong?: boolean }) {
  const styles = useStyles();
  const { Icon, colour } = looks[state];
  return (
    <span className={mergeClasses(styles.badge, styles[colour], strong && styles.strong)} data-state={state}>
      <Icon className={styles.icon} aria-hidden />
      <span className={styles.word}>{word}</span>
    </span>
  );
}
