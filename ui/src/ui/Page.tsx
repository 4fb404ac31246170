import { makeStyles, mergeClasses, ProgressBar, tokens } from "@fluentui/react-components";
import type { ReactNode } from "react";

const useStyles = makeStyles({
  page: { display: "flex", flexDirection: "column", flexGrow: 1, minHeight: 0 },
  head: {
    display: "flex",
    flexDirection: "column",
    rowGap: "8px",
    padding: "16px 16px 8px",
    flexShrink: 0,
    "@media (min-width: 1600px)": { padding: "20px 24px 8px" },
  },
  titleLine: { display: "flex", alignItems: "baseline", columnGap: "12px", flexWrap: "wrap", minHeight: "28px" },
  title: {
    margin: 0,
    fontSize: tokens.fontSizeBase500,
    lineHeight: tokens.lineHeightBase500,
    fontWeight: tokens.fontWeightSemibold,
  },
  aside: { color: tokens.colorNeutralForeground2 },
  busy: { height: "2px", flexShrink: 0 },
  body: { flexGrow: 1, minHeight: 0, display: "flex", flexDirection: "column" },
  reading: {
    overflowY: "auto",
    padding: "8px 16px 24px",
    display: "block",
    "@media (min-width: 1600px)": { padding: "8px 24px 24px" },
  },
  whole: { overflowY: "auto" },
  // A basis of its own: by its content the grid would be as tall as all of its rows.
  roomy: { flexShrink: 0, flexBasis: "480px" },
  split: { display: "flex", flexGrow: 1, minHeight: 0 },
});

type Props = {
  readonly title: string;
  /** What the page is about, beside its title. */
  readonly aside?: ReactNode;
  /** Command bar, filters, message bars: what stays while the content scrolls. */
  readonly head?: ReactNode;
  /** Data is being read again behind what is shown. */
  readonly busy?: boolean;
  /** The content scrolls as a document instead of filling the page as a grid. */
  readonly reading?: boolean;
  /** What stands above the grid can grow tall: the page scrolls as a whole, and the grid keeps room for ten rows. */
  readonly tall?: boolean;
  readonly children: ReactNode;
};

/** One page: title, what stays, and the content. */
export function Page({ title, aside, head, busy, reading, tall, children }: Props) {
  const styles = useStyles();
  return (
    <div className={mergeClasses(styles.page, tall && styles.whole)} data-scrolls={tall}>
      <div className={styles.head}>
        <div className={styles.titleLine}>
          <h1 className={styles.title}>{title}</h1>
          <span className={styles.aside}>{aside}</span>
        </div>
        {head}
      </div>
      <div className={styles.busy}>{busy && <ProgressBar aria-hidden thickness="medium" />}</div>
      <div
        className={mergeClasses(styles.body, reading && styles.reading, tall && styles.roomy)}
        data-scrolls={reading}
      >
        {children}
      </div>
    </div>
  );
}

/** A grid and the details of one of its rows, side by side. */
export function Split({ children }: { children: ReactNode }) {
  return <div className={useStyles().split}>{children}</div>;
}
