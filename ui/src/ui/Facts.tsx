import { makeStyles, tokens } from "@fluentui/react-components";
import type { ReactNode } from "react";
import { t } from "../words/t";
import { CopyButton } from "./CopyButton";

const useStyles = makeStyles({
  list: {
    display: "grid",
    gridTemplateColumns: "minmax(96px, max-content) 1fr",
    columnGap: "16px",
    rowGap: "6px",
    margin: 0,
    alignItems: "baseline",
  },
  name: { color: tokens.colorNeutralForeground2 },
  value: { margin: 0, minWidth: 0, overflowWrap: "anywhere" },
  id: { fontFamily: tokens.fontFamilyMonospace, fontSize: tokens.fontSizeBase200, userSelect: "text" },
});

export type Fact = { readonly name: string; readonly value: ReactNode };

/** Names and values of one object. */
export function Facts({ facts }: { facts: readonly Fact[] }) {
  const styles = useStyles();
  return (
    <dl className={styles.list}>
      {facts.map(({ name, value }) => (
        <div key={name} style={{ display: "contents" }}>
          <dt className={styles.name}>{name}</dt>
          <dd className={styles.value}>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** An id, code or command: monospace, selectable, one click to copy. `what` names it: "Request ID". */
export function CopyableId({ id, what }: { id: string; what: string }) {
  const styles = useStyles();
  return (
    <span>
      <span className={styles.id}>{id}</span>
      <CopyButton text={id} label={t("copy.what", { what })} />
    </span>
  );
}
