import { makeStyles } from "@fluentui/react-components";
import type { Acted } from "../api/bindings";
import { whyRefused } from "../words/refused";
import { t } from "../words/t";
import { ConfirmDialog } from "./ConfirmDialog";

const useStyles = makeStyles({
  list: { margin: 0, paddingLeft: "20px", display: "flex", flexDirection: "column", rowGap: "4px" },
});

/** So many are named; the rest are counted. */
const NAMED = 50;

/** Who was refused, each with the reason. */
export function Refusals({ acted, onDone }: { acted: Acted; onDone: () => void }) {
  const styles = useStyles();
  const shown = acted.refusals.slice(0, NAMED);
  const more = acted.refused - shown.length;
  return (
    <ConfirmDialog
      title={t("act.resultTitle", { n: acted.refused })}
      action={t("act.close")}
      over
      onConfirm={onDone}
      onClose={onDone}
    >
      <span>{t("act.result", { done: acted.done, untouched: acted.untouched, refused: acted.refused })}</span>
      <ul className={styles.list} aria-label={t("act.doneRefused", { n: acted.refused })}>
        {shown.map((refusal) => (
          <li key={refusal.user}>
            {refusal.upn}: {whyRefused(refusal)}
          </li>
        ))}
        {more > 0 && <li>{t("act.more.refused", { n: more })}</li>}
      </ul>
    </ConfirmDialog>
  );
}
