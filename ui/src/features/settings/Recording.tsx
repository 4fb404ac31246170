import { Field, makeStyles, Switch } from "@fluentui/react-components";
import { useState } from "react";
import type { Error as Refusal } from "../../api/bindings";
import { call, refusalOf } from "../../api/client";
import { ErrorBar } from "../../ui/ErrorBar";
import { CopyableId, Facts } from "../../ui/Facts";
import { explain } from "../../words/codes";
import { t } from "../../words/t";

const useStyles = makeStyles({ root: { display: "flex", flexDirection: "column", rowGap: "8px", maxWidth: "720px" } });

/** Starts and ends the trace file, and says where it is. The last one stays named after its end. */
export function Recording({ file, onChanged }: { file: string | null; onChanged: () => void }) {
  const styles = useStyles();
  const [written, setWritten] = useState<string>();
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<Refusal>();
  const switched = async (on: boolean) => {
    setBusy(true);
    setRefusal(undefined);
    try {
      await call("traffic.record", { on });
      setWritten(on ? undefined : (file ?? undefined));
      onChanged();
    } catch (thrown) {
      setRefusal(refusalOf(thrown));
    } finally {
      setBusy(false);
    }
  };
  return (
    <div className={styles.root}>
      <Field hint={t("traffic.recordHint")}>
        <Switch
          label={t("traffic.record")}
          checked={file !== null}
          disabled={busy}
          onChange={(_, data) => void switched(data.checked)}
        />
      </Field>
      {file !== null && (
        <Facts facts={[{ name: t("traffic.writing"), value: <CopyableId id={file} what={t("traffic.file")} /> }]} />
      )}
      {file === null && written !== undefined && (
        <Facts facts={[{ name: t("traffic.written"), value: <CopyableId id={written} what={t("traffic.file")} /> }]} />
      )}
      {refusal && <ErrorBar failure={explain(refusal)} />}
    </div>
  );
}
