import { Checkbox, Dropdown, Field, makeStyles, Option, Switch } from "@fluentui/react-components";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { Acted, Action, Error as Refusal, Foreseen } from "../../api/bindings";
import { call, refusalOf } from "../../api/client";
import { reading } from "../../api/queries";
import { useScope } from "../../api/scope";
import { useNotices } from "../../lib/notices";
import { fullTime } from "../../lib/time";
import { ConfirmDialog } from "../../ui/ConfirmDialog";
import { ErrorBar } from "../../ui/ErrorBar";
import { explain, reasonWords } from "../../words/codes";
import { accessWords } from "../../words/nouns";
import { optionsOf } from "../../words/options";
import { t } from "../../words/t";
import { type Access, actionOf, type Choices, type Intent } from "./actions";

const useStyles = makeStyles({
  list: { margin: 0, paddingLeft: "20px", display: "flex", flexDirection: "column", rowGap: "4px" },
  heading: { margin: "0 0 4px" },
});

type Props = { readonly intent: Intent; readonly onClose: () => void; readonly onDone: () => void };

/** Says what an action would do to the users it is for, does it when that is agreed to, and names who was refused. */
export function ActDialog({ intent, onClose, onDone }: Props) {
  const [choices, setChoices] = useState<Choices>({ to: undefined, access: "inherit", force: false, atOnce: false });
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<Refusal>();
  const [acted, setActed] = useState<Acted>();
  const say = useNotices((notices) => notices.say);
  const action = actionOf(intent.kind, choices);
  const query = useForeseen(intent, action);
  const foreseen = query.data;
  // Those who are refused only for want of it are switched once it is acknowledged.
  const waiting = foreseen?.refused.find(({ reason }) => reason === "limitations_unread")?.users ?? 0;
  const n = foreseen ? foreseen.changes + foreseen.queued + waiting : 0;
  const run = async () => {
    if (!action || !foreseen) return;
    setBusy(true);
    setRefusal(undefined);
    try {
      for (const organization of foreseen.unread) await call("organizations.acknowledge", { organization });
      const came = await call("users.act", { users: intent.users, action, expected: foreseen.users });
      if (came.refused > 0) return setActed(came);
      say(
        "success",
        t("act.done", { n: came.done }),
        came.queued > 0 ? t("act.queued", { n: came.queued }) : undefined,
      );
      onDone();
    } catch (thrown) {
      setRefusal(refusalOf(thrown));
      void query.refetch();
    } finally {
      setBusy(false);
    }
  };
  if (acted) return <Outcome acted={acted} onDone={onDone} />;
  const failure = refusal ?? (query.error ? refusalOf(query.error) : undefined);
  return (
    <ConfirmDialog
      title={t(`act.title.${intent.kind}`, { n: foreseen ? n : (countOf(intent) ?? 0) })}
      action={t(`act.do.${intent.kind}`, { n })}
      busy={busy}
      acknowledge={waiting > 0 ? t("act.acknowledge") : undefined}
      disabledReason={whyNot(action, foreseen, n)}
      onConfirm={() => void run()}
      onClose={onClose}
    >
      <span>{t(`act.about.${intent.kind}`)}</span>
      <ChoiceFields kind={intent.kind} choices={choices} onChoose={setChoices} />
      {action && !foreseen && !failure && <span role="status">{t("act.looking")}</span>}
      {foreseen && (waits(foreseen) > 0 || choices.atOnce) && (
        <Checkbox
          label={t("act.atOnce")}
          checked={choices.atOnce}
          onChange={(_, data) => setChoices({ ...choices, atOnce: data.checked === true })}
        />
      )}
      {foreseen && <Effects foreseen={foreseen} n={n - waits(foreseen)} />}
      {failure && <ErrorBar failure={explain(failure)} />}
    </ConfirmDialog>
  );
}

/** Switches that the change window holds up, those among them whose limitations are about to be acknowledged. */
function waits({ queued, queued_once_read }: Foreseen): number {
  return queued + queued_once_read;
}

function useForeseen(intent: Intent, action: Action | undefined) {
  const question = { users: intent.users, action: action ?? { kind: "include" as const } };
  return useQuery({ ...reading("users.foresee", question), enabled: action !== undefined });
}

function countOf({ users }: Intent): number | undefined {
  return users.by === "ids" ? users.of.length : undefined;
}

function whyNot(action: Action | undefined, foreseen: Foreseen | undefined, n: number): string | undefined {
  if (!action) return t("act.chooseTarget");
  if (!foreseen) return t("act.looking");
  return n === 0 ? t("act.nothing") : undefined;
}

type FieldsProps = {
  readonly kind: Intent["kind"];
  readonly choices: Choices;
  readonly onChoose: (choices: Choices) => void;
};

/** What an action leaves to choose. */
function ChoiceFields({ kind, choices, onChoose }: FieldsProps) {
  const { all } = useScope();
  if (kind === "move") {
    const target = all?.find((view) => view.organization.id === choices.to);
    return (
      <Field label={t("act.moveTo")} required>
        <Dropdown
          value={target?.organization.name ?? ""}
          selectedOptions={choices.to === undefined ? [] : [String(choices.to)]}
          onOptionSelect={(_, data) => onChoose({ ...choices, to: Number(data.optionValue) })}
        >
          {(all ?? []).map(({ organization }) => (
            <Option key={organization.id} value={String(organization.id)} text={organization.name}>
              {organization.name}
            </Option>
          ))}
        </Dropdown>
      </Field>
    );
  }
  if (kind === "set_access") {
    const options = [{ value: "inherit" as const, word: t("act.inherit") }, ...optionsOf(accessWords)];
    return (
      <Field label={t("act.accessType")}>
        <Dropdown
          value={options.find(({ value }) => value === choices.access)?.word ?? ""}
          selectedOptions={[choices.access]}
          onOptionSelect={(_, data) => onChoose({ ...choices, access: data.optionValue as Access })}
        >
          {options.map(({ value, word }) => (
            <Option key={value} value={value}>
              {word}
            </Option>
          ))}
        </Dropdown>
      </Field>
    );
  }
  if (kind === "remove") {
    return (
      <Switch
        label={t("act.removeForce")}
        checked={choices.force}
        onChange={(_, data) => onChoose({ ...choices, force: data.checked })}
      />
    );
  }
  return null;
}

/** What it would come to, line by line. */
function Effects({ foreseen, n }: { foreseen: Foreseen; n: number }) {
  const styles = useStyles();
  const lines = [
    ...(n > 0 || waits(foreseen) === 0 ? [t("act.changes", { n })] : []),
    ...(waits(foreseen) > 0
      ? [t("act.waits", { n: waits(foreseen), time: foreseen.opens === null ? "–" : fullTime(foreseen.opens) })]
      : []),
    ...foreseen.access.map(({ from, to, users }) =>
      t("act.access", { n: users, from: accessWords[from], to: accessWords[to] }),
    ),
    ...(foreseen.integration > 0 ? [t("act.integration", { n: foreseen.integration })] : []),
    ...(foreseen.initialized > 0 ? [t("act.initialized", { n: foreseen.initialized })] : []),
    ...(foreseen.must_sign_in > 0 ? [t("act.mustSignIn", { n: foreseen.must_sign_in })] : []),
    ...(foreseen.into_disabled ? [t("act.intoDisabled")] : []),
    ...(foreseen.ews_until !== null ? [t("act.ewsUntil", { date: fullTime(foreseen.ews_until) })] : []),
    ...(foreseen.untouched > 0 ? [t("act.untouched", { n: foreseen.untouched })] : []),
    ...foreseen.refused
      .filter(({ reason }) => reason !== "limitations_unread")
      .map(({ reason, users }) => t("act.refused", { n: users, reason: reasonWords[reason] })),
  ];
  return (
    <>
      <ul className={styles.list}>
        {lines.map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
      {foreseen.limitations.length > 0 && (
        <section>
          <h3 className={styles.heading}>{t("act.limitations")}</h3>
          <ul className={styles.list} aria-label={t("act.limitations")}>
            {foreseen.limitations.map((text) => (
              <li key={text}>{text}</li>
            ))}
          </ul>
        </section>
      )}
    </>
  );
}

/** So many are named; the rest are counted. */
const NAMED = 50;

/** Who was refused, each with the reason. */
function Outcome({ acted, onDone }: { acted: Acted; onDone: () => void }) {
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
        {shown.map(({ user, upn, reason }) => (
          <li key={user}>
            {upn}: {reasonWords[reason]}
          </li>
        ))}
        {more > 0 && <li>{t("act.more.refused", { n: more })}</li>}
      </ul>
    </ConfirmDialog>
  );
}
