import { Dropdown, Field, makeStyles, Option } from "@fluentui/react-components";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { Chosen, Error as Refusal, PlanView, PutUsers } from "../../api/bindings";
import { call, refusalOf } from "../../api/client";
import { meantBy } from "../../api/filters";
import { agreeing, reading } from "../../api/queries";
import { useNotices } from "../../lib/notices";
import { ConfirmDialog } from "../../ui/ConfirmDialog";
import { ErrorBar } from "../../ui/ErrorBar";
import { explainActed } from "../../words/acted";
import { reasonWords } from "../../words/codes";
import { t } from "../../words/t";
import { waveName } from "../../words/waves";

const useStyles = makeStyles({
  list: { margin: 0, paddingLeft: "20px", display: "flex", flexDirection: "column", rowGap: "4px" },
});

type Props = {
  readonly organization: number;
  readonly users: Chosen;
  /** How many they are. */
  readonly meant: number;
  readonly onClose: () => void;
  readonly onDone: () => void;
};

/** Puts users into another wave of their organization's plan, and shows beforehand how many each wave then has. */
export function PutInWaveDialog({ organization, users, meant, onClose, onDone }: Props) {
  const [wave, setWave] = useState<number>();
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<Refusal>();
  const say = useNotices((notices) => notices.say);
  const shown = useQuery(reading("waves.show", { organization }));
  const plan = shown.data;
  const query = useQuery({
    ...agreeing("waves.foresee_put", { organization, users, wave: wave ?? 0 }),
    enabled: wave !== undefined,
  });
  const foreseen = wave === undefined ? undefined : query.data;
  const chosen = plan?.waves.find(({ number }) => number === wave);
  // Where nobody would be changed, it is told of all who are meant, and until that is known, of all who were selected.
  const n = foreseen ? foreseen.changes || foreseen.users : meant;
  const run = async () => {
    if (wave === undefined || !foreseen) return;
    setBusy(true);
    setRefusal(undefined);
    try {
      const put = await call("waves.put", { organization, users, wave, expected: meantBy(foreseen) });
      say("success", t("waves.putDone", { n: put.changes }));
      onDone();
    } catch (thrown) {
      setRefusal(refusalOf(thrown));
      void query.refetch();
      setBusy(false);
    }
  };
  const failed = shown.error ?? query.error;
  const failure = refusal ?? (failed ? refusalOf(failed) : undefined);
  return (
    <ConfirmDialog
      title={t("waves.putTitle", { n })}
      action={t("waves.putDo", { n })}
      busy={busy}
      disabledReason={whyNot(plan, wave, foreseen)}
      onConfirm={() => void run()}
      onClose={onClose}
    >
      <span>{t("waves.putAbout")}</span>
      {plan === null && <span>{t("waves.putNoPlan")}</span>}
      {plan && (
        <Field label={t("waves.putInto")} required>
          <Dropdown
            value={chosen ? waveName(chosen) : ""}
            selectedOptions={wave === undefined ? [] : [String(wave)]}
            onOptionSelect={(_, data) => setWave(Number(data.optionValue))}
          >
            {plan.waves.map((one) => (
              <Option key={one.number} value={String(one.number)} text={waveName(one)}>
                {t("waves.size", { wave: waveName(one), n: one.seen.users })}
              </Option>
            ))}
          </Dropdown>
        </Field>
      )}
      {plan && foreseen && <Outlook plan={plan} foreseen={foreseen} />}
      {failure && <ErrorBar failure={explainActed(failure)} />}
    </ConfirmDialog>
  );
}

/** Who comes, who doesn't, and how many each wave has afterwards. */
function Outlook({ plan, foreseen }: { plan: PlanView; foreseen: PutUsers }) {
  const styles = useStyles();
  const lines = [
    ...(foreseen.untouched > 0 ? [t("waves.putIn", { n: foreseen.untouched })] : []),
    ...foreseen.refused.map(({ reason, users }) => t("act.refused", { n: users, reason: reasonWords[reason] })),
  ];
  return (
    <>
      {lines.length > 0 && (
        <ul className={styles.list}>
          {lines.map((line) => (
            <li key={line}>{line}</li>
          ))}
        </ul>
      )}
      {foreseen.changes > 0 && (
        <section aria-label={t("waves.preview")}>
          <span>{t("waves.afterwards")}</span>
          <ul className={styles.list}>
            {plan.waves.map((one, at) => (
              <li key={one.number}>{t("waves.size", { wave: waveName(one), n: foreseen.sizes[at] ?? 0 })}</li>
            ))}
          </ul>
        </section>
      )}
    </>
  );
}

function whyNot(
  plan: PlanView | null | undefined,
  wave: number | undefined,
  foreseen: PutUsers | undefined,
): string | undefined {
  if (plan === null) return t("waves.putNoPlan");
  if (wave === undefined) return t("waves.putChoose");
  if (!foreseen) return t("act.looking");
  return foreseen.none ? reasonWords[foreseen.none] : undefined;
}
