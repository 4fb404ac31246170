import { makeStyles, tokens } from "@fluentui/react-components";
import type { TrendDay } from "../../api/bindings";
import { grouped } from "../../lib/numbers";
import { dayOf } from "../../lib/time";
import { t } from "../../words/t";

const HEIGHT = 16;
const STEP = 6;

const useStyles = makeStyles({
  bars: { display: "block", fill: tokens.colorNeutralForeground3 },
});

/** How many users had it day by day, the last bar is today. A day without a check has no bar. */
export function Trend({ days }: { days: readonly TrendDay[] }) {
  const styles = useStyles();
  const most = Math.max(1, ...days.map(({ users }) => users ?? 0));
  return (
    <svg
      className={styles.bars}
      role="img"
      aria-label={`${t("issues.trendTitle")}. ${trendText(days)}`}
      width={days.length * STEP}
      height={HEIGHT}
    >
      {days.map(({ day, users }, index) => {
        if (users === null) return null;
        // None at all is a line, so that it differs from not checked.
        const height = Math.max(1, Math.round((users / most) * HEIGHT));
        return <rect key={day} x={index * STEP} y={HEIGHT - height} width={STEP - 2} height={height} />;
      })}
    </svg>
  );
}

/** The same in words. */
export function trendText(days: readonly TrendDay[]): string {
  const known = days.filter(({ users }) => users !== null);
  return known.map(({ day, users }) => t("issues.day", { day: dayOf(day), users: grouped(users ?? 0) })).join(", ");
}
