import { Checkbox, Field, Input, makeStyles, Textarea } from "@fluentui/react-components";
import { useState } from "react";
import type { Error as Refusal, Problem } from "../../api/bindings";
import { call, refusalOf } from "../../api/client";
import { ConfirmDialog } from "../../ui/ConfirmDialog";
import { ErrorBar } from "../../ui/ErrorBar";
import { explain } from "../../words/codes";
import { t } from "../../words/t";
import { fingerprints, title } from "./problems";

const useStyles = makeStyles({ text: { margin: 0 } });

type Props = { readonly problem: Problem; readonly organization: number | null; readonly onClose: () => void };

/** Puts a problem out of sight, with the reason and until when. */
export function SnoozeDialog({ problem, organization, onClose }: Props) {
  const styles = useStyles();
  const [note, setNote] = useState("");
  const [opened] = useState(() => Date.now());
  // An empty field for a date may look as if today were in it (WebKitGTK): there is none until a day is wanted.
  const [dated, setDated] = useState(false);
  const [day, setDay] = useState(() => dayOf(opened + WEEK));
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<Refusal>();
  const until = dated ? beginOf(day) : null;
  const reason =
    note.trim() === ""
      ? t("issues.needsNote")
      : dated && day === ""
        ? t("issues.needsDay")
        : until !== null && until <= opened
          ? t("issues.pastDay")
          : undefined;
  const snooze = async () => {
    setBusy(true);
    setRefusal(undefined);
    try {
      await call("issues.snooze", { fingerprints: fingerprints(problem), organization, note, until });
      onClose();
    } catch (thrown) {
      setRefusal(refusalOf(thrown));
      setBusy(false);
    }
  };
  return (
    <ConfirmDialog
      title={t("issues.snoozeTitle", { problem: title(problem) })}
      action={t("issues.snoozeAction")}
      busy={busy}
      disabledReason={reason}
      onConfirm={() => void snooze()}
      onClose={onClose}
    >
      <p className={styles.text}>{t("issues.snoozeBody", { n: problem.users })}</p>
      <Field label={t("issues.snoozeNote")} hint={t("issues.snoozeNoteHint")} required>
        <Textarea value={note} onChange={(_, data) => setNote(data.value)} maxLength={500} />
      </Field>
      <Checkbox
        label={t("issues.snoozeDated")}
        checked={dated}
        onChange={(_, data) => setDated(data.checked === true)}
      />
      {dated && (
        <Field label={t("issues.snoozeUntil")}>
          <Input type="date" value={day} onChange={(_, data) => setDay(data.value)} />
        </Field>
      )}
      {refusal && <ErrorBar failure={explain(refusal)} />}
    </ConfirmDialog>
  );
}

const WEEK = 7 * 86_400_000;

/** The day of a time here, as a date field has it. */
function dayOf(time: number): string {
  const date = new Date(time);
  const two = (n: number) => String(n).padStart(2, "0");
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

/** When a day begins here. */
function beginOf(day: string): number {
  const [year = 0, month = 1, date = 1] = day.split("-").map(Number);
  return new Date(year, month - 1, date).getTime();
}
