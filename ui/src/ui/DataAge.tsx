import { Button, makeStyles, Tooltip, tokens } from "@fluentui/react-components";
import { ArrowClockwiseRegular } from "@fluentui/react-icons";
import { fullTime, shortTime } from "../lib/time";
import { t } from "../words/t";

const useStyles = makeStyles({
  root: {
    display: "inline-flex",
    alignItems: "center",
    columnGap: "4px",
    color: tokens.colorNeutralForeground2,
    fontSize: tokens.fontSizeBase200,
    whiteSpace: "nowrap",
    fontVariantNumeric: "tabular-nums",
  },
});

/** How old the shown data is, and the button that makes it younger. */
export function DataAge({ at, busy, onRefresh }: { at: number | undefined; busy?: boolean; onRefresh: () => void }) {
  const styles = useStyles();
  return (
    <span className={styles.root}>
      {at === undefined ? (
        <span>{t("age.never")}</span>
      ) : (
        <Tooltip content={fullTime(at)} relationship="description">
          <span>{t("age.asOf", { time: shortTime(at) })}</span>
        </Tooltip>
      )}
      <Tooltip content={t("age.refresh")} relationship="label">
        <Button
          appearance="subtle"
          size="small"
          icon={<ArrowClockwiseRegular />}
          disabledFocusable={busy === true}
          onClick={onRefresh}
        />
      </Tooltip>
    </span>
  );
}
