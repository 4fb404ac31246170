import { makeStyles, mergeClasses, Tooltip, tokens } from "@fluentui/react-components";
import { Link, useMatchRoute } from "@tanstack/react-router";
import { useMedia } from "../../lib/media";
import { t } from "../../words/t";
import { groups, type Pane } from "./panes";

const WITHOUT_WORDS = "(max-width: 1099px)";
const NARROW = `@media ${WITHOUT_WORDS}`;

const useStyles = makeStyles({
  rail: {
    width: "208px",
    flexShrink: 0,
    overflowY: "auto",
    padding: "8px",
    boxSizing: "border-box",
    backgroundColor: tokens.colorNeutralBackground3,
    display: "flex",
    flexDirection: "column",
    rowGap: "2px",
    [NARROW]: { width: "56px" },
  },
  group: {
    padding: "12px 12px 4px",
    margin: 0,
    fontSize: tokens.fontSizeBase200,
    lineHeight: tokens.lineHeightBase200,
    fontWeight: tokens.fontWeightSemibold,
    color: tokens.colorNeutralForeground2,
    [NARROW]: { fontSize: 0, padding: "4px 0", borderTop: `1px solid ${tokens.colorNeutralStroke2}` },
  },
  list: { listStyle: "none", margin: 0, padding: 0, display: "flex", flexDirection: "column", rowGap: "2px" },
  item: {
    display: "flex",
    alignItems: "center",
    columnGap: "12px",
    height: "36px",
    padding: "0 12px",
    borderRadius: tokens.borderRadiusMedium,
    color: tokens.colorNeutralForeground1,
    textDecorationLine: "none",
    position: "relative",
    ":hover": { backgroundColor: tokens.colorNeutralBackground3Hover },
    ":focus-visible": { outline: `2px solid ${tokens.colorStrokeFocus2}`, outlineOffset: "-2px" },
    [NARROW]: { padding: "0", justifyContent: "center" },
  },
  current: {
    fontWeight: tokens.fontWeightSemibold,
    backgroundColor: tokens.colorNeutralBackground1,
    "::before": {
      content: '""',
      position: "absolute",
      left: 0,
      top: "8px",
      bottom: "8px",
      width: "3px",
      borderRadius: "2px",
      backgroundColor: tokens.colorCompoundBrandBackground,
    },
  },
  icon: { fontSize: "20px", flexShrink: 0 },
  currentIcon: { color: tokens.colorCompoundBrandForeground1 },
  word: { overflow: "hidden", textOverflow: "ellipsis", whiteSpace: "nowrap", [NARROW]: { display: "none" } },
});

/** The left navigation: where one can go, in groups. */
export function Rail() {
  const styles = useStyles();
  return (
    <nav className={styles.rail} aria-label={t("nav.label")} data-region="rail">
      {groups.map((group) => (
        <section key={group.name}>
          <h2 className={styles.group}>{t(group.name)}</h2>
          <ul className={styles.list}>
            {group.panes.map((pane) => (
              <li key={pane.to}>
                <Item pane={pane} />
              </li>
            ))}
          </ul>
        </section>
      ))}
    </nav>
  );
}

function Item({ pane }: { pane: Pane }) {
  const styles = useStyles();
  const matches = useMatchRoute();
  const current = matches({ to: pane.to, fuzzy: pane.to !== "/" }) !== false;
  const { Icon } = pane;
  const link = (
    <Link
      to={pane.to}
      search={(old: { org?: number }) => ({ org: old.org })}
      className={mergeClasses(styles.item, current && styles.current)}
      aria-current={current ? "page" : undefined}
    >
      <Icon className={mergeClasses(styles.icon, current && styles.currentIcon)} aria-hidden />
      <span className={styles.word}>{t(pane.name)}</span>
    </Link>
  );
  // Where the word is to be read, a second one would only cover the page.
  return useMedia(WITHOUT_WORDS) ? (
    <Tooltip content={t(pane.name)} relationship="label" positioning="after" showDelay={600}>
      {link}
    </Tooltip>
  ) : (
    link
  );
}
