import { Button } from "@fluentui/react-components";
import type { ReactNode } from "react";
import { t } from "../../words/t";
import { everything, type Hidden, none, type Selection, selectedCount } from "./selection";
import { useTableStyles } from "./styles";

type Props<Id> = {
  readonly selection: Selection<Id>;
  /** How many rows match the question. */
  readonly total: number;
  /** How many of the selected are not among those rows. */
  readonly hidden: Hidden;
  readonly onSelect: (selection: Selection<Id>) => void;
  /** What can be done to the selected rows. */
  readonly children?: ReactNode;
};

/** Says how many rows are selected, on screen or not, and offers what can be done to them. */
export function SelectionBar<Id>({ selection, total, hidden, onSelect, children }: Props<Id>) {
  const styles = useTableStyles();
  const n = selectedCount(selection, total);
  if (n === 0) return null;
  return (
    <div className={styles.bar} role="toolbar" aria-label={t("table.selectionBar")}>
      <span className={styles.barCount} role="status">
        {countWords(selection, n, hidden)}
      </span>
      {selection.mode === "include" && total > 0 && !(n === total && hidden === 0) && (
        <Button size="small" appearance="transparent" onClick={() => onSelect(everything())}>
          {t("table.selectMatching", { n: total })}
        </Button>
      )}
      <Button size="small" appearance="transparent" onClick={() => onSelect(none())}>
        {t("table.clear")}
      </Button>
      {children}
    </div>
  );
}

function countWords<Id>({ mode, ids }: Selection<Id>, n: number, hidden: Hidden): string {
  if (mode === "exclude") {
    return ids.size === 0 ? t("table.selectedAll", { n }) : t("table.selectedBut", { n, but: ids.size });
  }
  if (hidden === undefined) return t("table.selectedElsewhere", { n });
  if (hidden === 0) return t("table.selectedCount", { n });
  return hidden === n ? t("table.selectedHidden", { n }) : t("table.selectedPartly", { n, hidden });
}
