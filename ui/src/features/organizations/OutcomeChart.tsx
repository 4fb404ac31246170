import { Button, makeStyles, tokens } from "@fluentui/react-components";
import { ChevronDownRegular, ChevronRightRegular } from "@fluentui/react-icons";
import { useId, useState } from "react";
import type { Verdict } from "../../api/bindings";
import { grouped } from "../../lib/numbers";
import { instant } from "../../lib/time";
import { stateColour } from "../../ui/theme";
import { sessionBadges } from "../../words/nouns";
import { t } from "../../words/t";
import { average, type Bar, sessionsOf, together } from "./figures";

const useStyles = makeStyles({
  figure: { margin: 0, display: "flex", flexDirection: "column", rowGap: "8px" },
  chart: { width: "100%", maxWidth: "560px", height: "auto", display: "block" },
  axis: { stroke: tokens.colorNeutralStroke1, strokeWidth: 1 },
  grid: { stroke: tokens.colorNeutralStroke2, strokeWidth: 1, strokeDasharray: "2 3" },
  words: { fill: tokens.colorNeutralForeground2, fontSize: "11px", fontFamily: tokens.fontFamilyBase },
  legend: { display: "flex", flexWrap: "wrap", columnGap: "16px", listStyle: "none", margin: 0, padding: 0 },
  item: { display: "flex", alignItems: "center", columnGap: "6px" },
  quiet: { color: tokens.colorNeutralForeground2 },
  disclosure: { alignSelf: "start", marginLeft: "-8px" },
  frame: { overflowX: "auto" },
  table: {
    borderCollapse: "collapse",
    fontVariantNumeric: "tabular-nums",
    fontSize: tokens.fontSizeBase200,
    "& th, & td": { padding: "2px 10px 2px 0", textAlign: "right", fontWeight: tokens.fontWeightRegular },
    "& th:first-child": { textAlign: "left" },
    "& thead th": { color: tokens.colorNeutralForeground2 },
  },
});

const WIDTH = 360;
const HEIGHT = 132;
const LEFT = 34;
const TOP = 8;
const BOTTOM = 20;
/** Less than this can't be seen. */
const LEAST = 2;

/** From the axis upwards; each is told apart by its pattern as well as by its colour. */
const layers = [
  { verdict: "passed", colour: stateColour("stateGood") },
  { verdict: "unknown", colour: stateColour("stateAttention") },
  { verdict: "failed", colour: stateColour("stateBad") },
] as const satisfies ReadonlyArray<{ verdict: Verdict; colour: string }>;

type Drawn = (typeof layers)[number]["verdict"];

/** What sessions came to over time: a bar for each hour or day, and the same as a table for whoever doesn't see it. */
export function OutcomeChart({ bars, label }: { bars: readonly Bar[]; label: string }) {
  const styles = useStyles();
  const id = useId().replace(/[^a-zA-Z0-9-]/g, "");
  const [table, setTable] = useState(false);
  const whole = together(bars);
  const most = Math.max(1, ...bars.map(sessionsOf));
  const slot = (WIDTH - LEFT) / bars.length;
  const tall = HEIGHT - TOP - BOTTOM;
  const ground = TOP + tall;
  const told = bars.filter((bar) => sessionsOf(bar) > 0);
  return (
    <figure className={styles.figure}>
      <svg className={styles.chart} viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-labelledby={`${id}title`}>
        <title id={`${id}title`}>
          {t("syncing.chart", { label, passed: whole.passed, failed: whole.failed, unknown: whole.unknown })}
        </title>
        <Patterns id={id} />
        <line className={styles.grid} x1={LEFT} x2={WIDTH} y1={TOP} y2={TOP} />
        <text className={styles.words} x={LEFT - 4} y={TOP + 4} textAnchor="end">
          {grouped(most)}
        </text>
        <text className={styles.words} x={LEFT - 4} y={ground} textAnchor="end">
          {grouped(0)}
        </text>
        {bars.map((bar, index) => {
          let top = ground;
          return (
            <g key={bar.from} data-bar={bar.word}>
              <title>{barWords(bar)}</title>
              {layers.map(({ verdict, colour }) => {
                if (bar[verdict] === 0) return null;
                const height = Math.max(LEAST, (bar[verdict] / most) * tall);
                top -= height;
                return (
                  <rect
                    key={verdict}
                    data-verdict={verdict}
                    x={LEFT + index * slot + slot * 0.12}
                    width={slot * 0.76}
                    y={top}
                    height={height}
                    fill={`url(#${id}${verdict})`}
                    stroke={colour}
                    strokeWidth={0.75}
                  />
                );
              })}
            </g>
          );
        })}
        <line className={styles.axis} x1={LEFT} x2={WIDTH} y1={ground} y2={ground} />
        <text className={styles.words} x={LEFT} y={HEIGHT - 4}>
          {bars[0]?.word}
        </text>
        <text className={styles.words} x={WIDTH} y={HEIGHT - 4} textAnchor="end">
          {bars.at(-1)?.word}
        </text>
      </svg>
      <ul className={styles.legend} aria-label={label}>
        {layers.map(({ verdict, colour }) => (
          <li key={verdict} className={styles.item}>
            <svg width="14" height="14" viewBox="0 0 14 14" aria-hidden>
              <rect x="1" y="1" width="12" height="12" fill={`url(#${id}${verdict})`} stroke={colour} />
            </svg>
            {sessionBadges[verdict].word} {grouped(whole[verdict])}
          </li>
        ))}
      </ul>
      <Button
        size="small"
        appearance="transparent"
        className={styles.disclosure}
        aria-expanded={table}
        icon={table ? <ChevronDownRegular /> : <ChevronRightRegular />}
        onClick={() => setTable(!table)}
      >
        {t("syncing.asTable")}
      </Button>
      {table && told.length === 0 && <span className={styles.quiet}>{t("syncing.noneInSpan")}</span>}
      {table && told.length > 0 && (
        <div className={styles.frame}>
          <table className={styles.table}>
            <thead>
              <tr>
                <th scope="col">{t("syncing.when")}</th>
                {layers.map(({ verdict }) => (
                  <th key={verdict} scope="col">
                    {sessionBadges[verdict].word}
                  </th>
                ))}
                <th scope="col">{t("syncing.items")}</th>
                <th scope="col">{t("syncing.average")}</th>
              </tr>
            </thead>
            <tbody>
              {told.map((bar) => (
                <tr key={bar.from}>
                  <th scope="row">{bar.word}</th>
                  {layers.map(({ verdict }) => (
                    <td key={verdict}>{grouped(bar[verdict])}</td>
                  ))}
                  <td>{grouped(bar.items)}</td>
                  <td>{instant(average(bar) ?? 0)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </figure>
  );
}

/** Full for what passed, dots for what isn't known, stripes for what failed. */
function Patterns({ id }: { id: string }) {
  const colour = (wanted: Drawn) => layers.find(({ verdict }) => verdict === wanted)?.colour;
  const tile = { patternUnits: "userSpaceOnUse", width: 4, height: 4 } as const;
  const page = <rect width="4" height="4" style={{ fill: tokens.colorNeutralBackground1 }} />;
  return (
    <defs>
      <pattern id={`${id}passed`} {...tile}>
        <rect width="4" height="4" style={{ fill: colour("passed") }} />
      </pattern>
      <pattern id={`${id}unknown`} {...tile}>
        {page}
        <circle cx="2" cy="2" r="1.1" style={{ fill: colour("unknown") }} />
      </pattern>
      <pattern id={`${id}failed`} {...tile}>
        {page}
        <path d="M-1 1 L1 -1 M0 4 L4 0 M3 5 L5 3" style={{ stroke: colour("failed"), strokeWidth: 1.6 }} />
      </pattern>
    </defs>
  );
}

function barWords(bar: Bar): string {
  return t("syncing.bar", { when: bar.word, passed: bar.passed, failed: bar.failed, unknown: bar.unknown });
}
