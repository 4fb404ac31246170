import { Button } from "@fluentui/react-components";
import type { ReactNode } from "react";
import { t } from "../../words/t";
import { everything, none, type Selection, selectedCount } from "./selection";
import { useTableStyles } from "./styles";

type Props<Id> = {
  readonly selection: Selection<Id>;
  /** How many rows match the question. */
  readonly total: number;
  readonly onSelect: (selection: Selection<Id>) => void;
  /** What can be done to the selected rows. */
  readonly children?: ReactNode;
};

/** Says how many rows are selected, on screen or not, and offers what can be done to them. */
export function SelectionBar<Id>({ selection, total, onSelect, children }: Props<Id>) {
  const styles = useTableStyles();
  const n = selectedCount(selection, total);
  if (n === 0) return null;
  return (
    <div className={styles.bar} role="toolbar" aria-label={t("table.selectionBar")}>
      <span className={styles.barCount} role="status">
        {t("table.selectedCount", { n })}
      </span>
      {children}
      {n < total && (
        <Button size="small" appearance="transparent" onClick={() => onSelect(everything())}>
          {t("table.selectMatching", { n: total })}
        </Button>
      )}
      <Button size="small" appearance="transparent" onClick={() => onSelect(none())}>
        {t("table.clear")}
      </Button>
    </div>
  );
}
