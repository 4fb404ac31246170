import {
  Button,
  Checkbox,
  makeStyles,
  Popover,
  PopoverSurface,
  PopoverTrigger,
  Tooltip,
  tokens,
} from "@fluentui/react-components";
import { ArrowDownRegular, ArrowUpRegular, ColumnTripleEditRegular } from "@fluentui/react-icons";
import { untouched, usePreferences } from "../../lib/preferences";
import { t } from "../../words/t";
import { type Column, isShown, moved, ordered } from "./columns";

const useStyles = makeStyles({
  surface: { display: "flex", flexDirection: "column", rowGap: "4px", minWidth: "260px", padding: "12px" },
  title: { fontWeight: tokens.fontWeightSemibold },
  line: { display: "grid", gridTemplateColumns: "1fr 28px 28px", alignItems: "center" },
  name: { minWidth: 0 },
  list: { maxHeight: "50vh", overflowY: "auto" },
});

/** Shows, hides and orders the columns of a table; the choice stays on this computer. */
export function ColumnChooser<Row>({ table, columns }: { table: string; columns: ReadonlyArray<Column<Row>> }) {
  const styles = useStyles();
  const choice = usePreferences((all) => all.columns[table]) ?? untouched;
  const setColumns = usePreferences((all) => all.setColumns);
  const flip = (id: string) => {
    const hidden = choice.hidden.includes(id) ? choice.hidden.filter((one) => one !== id) : [...choice.hidden, id];
    setColumns(table, { ...choice, hidden });
  };
  return (
    <Popover trapFocus positioning="below-end">
      <PopoverTrigger disableButtonEnhancement>
        <Button appearance="subtle" icon={<ColumnTripleEditRegular />}>
          {t("table.columns")}
        </Button>
      </PopoverTrigger>
      <PopoverSurface className={styles.surface} aria-label={t("table.columns")}>
        <span className={styles.title}>{t("table.columns")}</span>
        <div className={styles.list}>
          {ordered(columns, choice).map((column) => (
            <div key={column.id} className={styles.line}>
              <Checkbox
                className={styles.name}
                label={column.title}
                checked={isShown(column, choice)}
                disabled={column.fixed === true}
                onChange={() => flip(column.id)}
              />
              {!column.fixed &&
                ([-1, 1] as const).map((step) => {
                  const label = t(step < 0 ? "table.moveLeft" : "table.moveRight", { column: column.title });
                  return (
                    <Tooltip key={step} content={label} relationship="label">
                      <Button
                        size="small"
                        appearance="subtle"
                        icon={step < 0 ? <ArrowUpRegular /> : <ArrowDownRegular />}
                        onClick={() => setColumns(table, moved(columns, choice, column.id, step))}
                      />
                    </Tooltip>
                  );
                })}
            </div>
          ))}
        </div>
        <Button size="small" onClick={() => setColumns(table, untouched)}>
          {t("table.reset")}
        </Button>
      </PopoverSurface>
    </Popover>
  );
}
