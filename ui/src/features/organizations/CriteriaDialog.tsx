import { makeStyles, Switch, tokens } from "@fluentui/react-components";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { CriteriaChange, Error as Refusal, ForeseenCriteria, PlanView, SetCriteria } from "../../api/bindings";
import { call, refusalOf } from "../../api/client";
import { reading } from "../../api/queries";
import { useNotices } from "../../lib/notices";
import { useSettled } from "../../lib/settled";
import { ErrorBar } from "../../ui/ErrorBar";
import { explain, reasonWords } from "../../words/codes";
import { t } from "../../words/t";
import { criteriaChangeWords, waveName } from "../../words/waves";
import { EntryFields, ExitFields, OwnFields } from "./ExitFields";
import { criteriaOf, draftOf, type TypedCriteria, withOwn } from "./wavePlan";
import { WaveDialog } from "./WaveDialog";

const useStyles = makeStyles({
  part: { display: "flex", flexDirection: "column", rowGap: "8px" },
  heading: { margin: 0 },
  quiet: { color: tokens.colorNeutralForeground2 },
  list: { listStyle: "none", margin: 0, padding: 0, display: "flex", flexDirection: "column", rowGap: "4px" },
  changes: { margin: 0, paddingLeft: "20px", display: "flex", flexDirection: "column", rowGap: "4px" },
});

type Props = { readonly name: string; readonly plan: PlanView; readonly onClose: () => void };

/** Changes by what the waves are judged that are not over, and names beforehand what that changes, and which waves stand elsewhere by it. */
export function CriteriaDialog({ name, plan, onClose }: Props) {
  const styles = useStyles();
  // As it was when the dialog opened: what is typed is not thrown away when a session ends meanwhile.
  const [draft, setDraft] = useState<TypedCriteria>(() => draftOf(plan));
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<Refusal>();
  const say = useNotices((notices) => notices.say);
  const change = (part: Partial<TypedCriteria>) => setDraft({ ...draft, ...part });
  const wanted = criteriaOf(plan, draft);
  const asked = useSettled(wanted);
  const query = useQuery({
    ...reading("waves.foresee_criteria", asked ?? nothing),
    enabled: asked !== undefined,
    placeholderData: keepPreviousData,
    gcTime: 0,
  });
  const looking = wanted !== undefined && (JSON.stringify(asked) !== JSON.stringify(wanted) || query.isPlaceholderData);
  const foreseen = wanted && !looking ? query.data : undefined;
  const save = async () => {
    if (!wanted || !foreseen) return;
    setBusy(true);
    setRefusal(undefined);
    try {
      await call("waves.set_criteria", { ...wanted, expected: foreseen.states });
      say("success", t("waves.criteriaKept", { organization: name }));
      onClose();
    } catch (thrown) {
      setRefusal(refusalOf(thrown));
      void query.refetch();
      setBusy(false);
    }
  };
  const unforeseen = wanted && !looking && query.error ? refusalOf(query.error) : undefined;
  const failure = refusal ?? unforeseen;
  return (
    <WaveDialog
      title={t("waves.criteriaTitle", { organization: name })}
      about={t("waves.criteriaAbout")}
      action={t("waves.criteriaDo")}
      disabledReason={busy ? t("confirm.busy") : whyNot(wanted, foreseen, unforeseen)}
      onConfirm={() => void save()}
      onClose={onClose}
    >
      <EntryFields criteria={draft} onChange={change} />
      <ExitFields title={t("waves.exit")} exit={draft.exit} onChange={(exit) => change({ exit })} />
      <ul className={styles.list} aria-label={t("waves.title")}>
        {plan.waves.map((wave) =>
          wave.over ? (
            <li key={wave.number}>
              {waveName(wave)}: <span className={styles.quiet}>{t("waves.isOver")}</span>
            </li>
          ) : (
            <OwnFields
              key={wave.number}
              name={waveName(wave)}
              exit={draft.own[wave.number]}
              usual={draft.exit}
              onChange={(exit) => change(withOwn(draft, wave.number, exit))}
            />
          ),
        )}
      </ul>
      <Switch
        label={t("waves.startsByItself")}
        checked={draft.byItself}
        onChange={(_, data) => change({ byItself: data.checked })}
      />
      <section className={styles.part} aria-label={t("waves.criteriaChanges")}>
        <h3 className={styles.heading}>{t("waves.criteriaChanges")}</h3>
        {foreseen && <Changes plan={plan} foreseen={foreseen} />}
        {!foreseen && !unforeseen && <span role="status">{t(wanted ? "act.looking" : "waves.fix")}</span>}
      </section>
      {failure && <ErrorBar failure={explain(failure)} onRetry={refusal ? undefined : () => void query.refetch()} />}
    </WaveDialog>
  );
}

const nothing: SetCriteria = {
  organization: 0,
  entry: { authorized: false, window: false },
  exit: { initialized: 0, failed: 0, hours: 0, issues: null },
  own: [],
  by_itself: false,
};

/** Each thing that changes; first which waves stand elsewhere by it, or start by themselves. */
function Changes({ plan, foreseen }: { plan: PlanView; foreseen: ForeseenCriteria }) {
  const styles = useStyles();
  if (foreseen.changes.length === 0) return <span className={styles.quiet}>{t("act.nothing")}</span>;
  return (
    <ul className={styles.changes}>
      {[...foreseen.changes.filter(moves), ...foreseen.changes.filter((one) => !moves(one))].map((one) => {
        const words = criteriaChangeWords(one, plan);
        return <li key={words}>{words}</li>;
      })}
    </ul>
  );
}

function moves({ kind }: CriteriaChange): boolean {
  return kind === "state" || kind === "starts";
}

function whyNot(
  wanted: SetCriteria | undefined,
  foreseen: ForeseenCriteria | undefined,
  unforeseen: Refusal | undefined,
): string | undefined {
  if (!wanted) return t("waves.fix");
  if (unforeseen) return explain(unforeseen).title;
  if (!foreseen) return t("act.looking");
  return foreseen.none ? reasonWords[foreseen.none] : undefined;
}
