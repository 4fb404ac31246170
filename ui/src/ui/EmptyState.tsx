import { makeStyles, tokens } from "@fluentui/react-components";
import type { ReactElement, ReactNode } from "react";

const useStyles = makeStyles({
  root: {
    display: "flex",
    flexDirection: "column",
    alignItems: "center",
    justifyContent: "center",
    textAlign: "center",
    rowGap: "8px",
    padding: "48px 24px",
    margin: "auto",
    maxWidth: "480px",
  },
  icon: { fontSize: "48px", lineHeight: 1, color: tokens.colorNeutralForeground3 },
  title: { fontSize: tokens.fontSizeBase400, fontWeight: tokens.fontWeightSemibold, margin: 0 },
  body: { color: tokens.colorNeutralForeground2, margin: 0 },
  actions: {
    display: "flex",
    columnGap: "8px",
    rowGap: "8px",
    flexWrap: "wrap",
    justifyContent: "center",
    marginTop: "8px",
  },
});

/** Nothing to show: why, and what to do about it. */
export function EmptyState({
  icon,
  title,
  body,
  children,
}: {
  icon?: ReactElement;
  title: string;
  body: string;
  children?: ReactNode;
}) {
  const styles = useStyles();
  return (
    <div className={styles.root}>
      {icon && (
        <span className={styles.icon} aria-hidden>
          {icon}
        </span>
      )}
      <h2 className={styles.title}>{title}</h2>
      <p className={styles.body}>{body}</p>
      {children && <div className={styles.actions}>{children}</div>}
    </div>
  );
}
