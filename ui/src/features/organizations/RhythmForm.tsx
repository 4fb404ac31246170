import { Field, Input, makeStyles } from "@fluentui/react-components";
import { type FormEvent, useState } from "react";
import { type Error as Refusal, type Organization, RHYTHM } from "../../api/bindings";
import { call, refusalOf } from "../../api/client";
import { useNotices } from "../../lib/notices";
import { ReasonedButton } from "../../ui/CommandBar";
import { ErrorBar } from "../../ui/ErrorBar";
import { explain } from "../../words/codes";
import { t } from "../../words/t";

const useStyles = makeStyles({
  form: { display: "flex", flexDirection: "column", rowGap: "12px" },
  number: { width: "120px" },
  button: { alignSelf: "start" },
});

type Named = keyof typeof RHYTHM;
const named = ["every_minutes", "failures"] as const satisfies readonly Named[];

/** How often an organization's users are read, and after how many failures a user is disabled. */
export function RhythmForm({ organization }: { organization: Organization }) {
  const styles = useStyles();
  const kept = organization.rhythm;
  const [typed, setTyped] = useState<Partial<Record<Named, string>>>({});
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<Refusal>();
  const say = useNotices((notices) => notices.say);
  const shown = (name: Named) => typed[name] ?? String(kept[name]);
  const wrong = (name: Named) => (isWithin(name, shown(name)) ? undefined : t("syncing.between", RHYTHM[name]));
  const isChanged = named.some((name) => shown(name) !== String(kept[name]));
  const reason = named.map(wrong).find((found) => found !== undefined) ?? (isChanged ? undefined : t("syncing.same"));
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (busy || reason !== undefined) return;
    setBusy(true);
    setRefusal(undefined);
    try {
      await call("organizations.change", {
        organization: organization.id,
        name: null,
        access: null,
        sync: null,
        every_minutes: Number(shown("every_minutes")),
        failures: Number(shown("failures")),
      });
      setTyped({});
      say("success", t("syncing.rhythmSaved"));
    } catch (thrown) {
      setRefusal(refusalOf(thrown));
    } finally {
      setBusy(false);
    }
  };
  return (
    <form className={styles.form} onSubmit={(event) => void submit(event)} noValidate>
      {named.map((name) => {
        const fault = wrong(name);
        return (
          <Field
            key={name}
            label={t(`syncing.rhythm.${name}`)}
            {...(fault === undefined
              ? { hint: t("syncing.between", RHYTHM[name]) }
              : { validationState: "error" as const, validationMessage: fault })}
          >
            <Input
              className={styles.number}
              type="number"
              min={RHYTHM[name].least}
              max={RHYTHM[name].most}
              value={shown(name)}
              onChange={(_, data) => setTyped({ ...typed, [name]: data.value })}
            />
          </Field>
        );
      })}
      {refusal && <ErrorBar failure={explain(refusal)} />}
      <ReasonedButton className={styles.button} type="submit" disabledReason={reason}>
        {t("syncing.saveRhythm")}
      </ReasonedButton>
    </form>
  );
}

function isWithin(name: Named, text: string): boolean {
  const number = Number(text);
  return /^\d+$/.test(text.trim()) && number >= RHYTHM[name].least && number <= RHYTHM[name].most;
}
