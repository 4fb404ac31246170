import { Checkbox, Dropdown, Field, Link, Option, Switch } from "@fluentui/react-components";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import type { Acted, Action, Error as Refusal, ForeseeAction, Foreseen } from "../../api/bindings";
import { call, refusalOf } from "../../api/client";
import { meantBy } from "../../api/filters";
import { agreeing } from "../../api/queries";
import { useScope } from "../../api/scope";
import { useNotices } from "../../lib/notices";
import { ConfirmDialog } from "../../ui/ConfirmDialog";
import { Effects, unreadOf, waitsOf } from "../../ui/Effects";
import { ErrorBar } from "../../ui/ErrorBar";
import { Refusals } from "../../ui/Refusals";
import { useWayToSignIns } from "../../ui/signIns";
import { actedWords, explainActed } from "../../words/acted";
import { reasonWords } from "../../words/codes";
import { accessWords } from "../../words/nouns";
import { optionsOf } from "../../words/options";
import { t } from "../../words/t";
import { type Access, type ActionKind, actionOf, type Choices, type Intent, kindOf } from "./actions";

type Props = { readonly intent: Intent; readonly onClose: () => void; readonly onDone: () => void };

/** So many users are removed without their number being typed. */
const UNTYPED = 100;

const noChoices: Choices = { to: undefined, access: "inherit", force: false, atOnce: false, notReady: false };

/** Says what an action would do to the users it is for, does it when that is agreed to, and names who was refused. */
export function ActDialog({ intent, onClose, onDone }: Props) {
  const [choices, setChoices] = useState<Choices>({ ...noChoices, atOnce: intent.command === "switchNow" });
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<Refusal>();
  const [acted, setActed] = useState<Acted>();
  const say = useNotices((notices) => notices.say);
  const toSignIns = useWayToSignIns();
  const { command } = intent;
  const kind = kindOf(command);
  const action = actionOf(kind, choices);
  const query = useForeseen(intent, action);
  const foreseen = query.data;
  const waiting = foreseen ? unreadOf(foreseen) : 0;
  // Where nobody would be changed, it is told of all who are meant, and until that is known, of all who were selected.
  const n = foreseen ? foreseen.changes + foreseen.queued + waiting || foreseen.users : intent.meant;
  // What other choices came to is shown until these are looked at, and never agreed to.
  const settled = query.isPlaceholderData ? undefined : foreseen;
  const run = async () => {
    if (!action || !settled) return;
    setBusy(true);
    setRefusal(undefined);
    try {
      for (const organization of settled.unread) await call("organizations.acknowledge", { organization });
      const came = await call("users.act", { users: intent.users, action, expected: meantBy(settled) });
      if (came.refused > 0) return setActed(came);
      const { tone, title, body } = actedWords(kind, came);
      say(tone, title, body, settled.must_sign_in > 0 && came.done > 0 ? toSignIns : undefined);
      onDone();
    } catch (thrown) {
      setRefusal(refusalOf(thrown));
      void query.refetch();
    } finally {
      setBusy(false);
    }
  };
  if (acted) {
    const way = foreseen && foreseen.must_sign_in > 0 && acted.done > 0 ? toSignIns : undefined;
    return <Refusals kind={kind} acted={acted} way={way} onDone={onDone} />;
  }
  const failure = refusal ?? (query.error ? refusalOf(query.error) : undefined);
  return (
    <ConfirmDialog
      title={t(`act.title.${command}`, { n })}
      action={t(`act.do.${command}`, { n })}
      busy={busy}
      acknowledge={waiting > 0 ? t("act.acknowledge") : undefined}
      phrase={kind === "remove" && n > UNTYPED ? t("act.removePhrase", { n }) : undefined}
      disabledReason={whyNot(action, settled)}
      onConfirm={() => void run()}
      onClose={onClose}
    >
      {command === "switchNow" && <span>{t("act.about.switchNow")}</span>}
      <span>{t(`act.about.${kind}`)}</span>
      <ChoiceFields kind={kind} choices={choices} onChoose={setChoices} />
      {action && !foreseen && !failure && <span role="status">{t("act.looking")}</span>}
      {command !== "switchNow" && (choices.atOnce || (foreseen && waitsOf(foreseen) > 0)) && (
        <Checkbox
          label={t("act.atOnce")}
          checked={choices.atOnce}
          onChange={(_, data) => setChoices({ ...choices, atOnce: data.checked === true })}
        />
      )}
      {(choices.notReady || foreseen?.refused.some(({ reason }) => reason === "not_ready")) && (
        <Checkbox
          label={t("act.notReady")}
          checked={choices.notReady}
          onChange={(_, data) => setChoices({ ...choices, notReady: data.checked === true })}
        />
      )}
      {kind === "switch" && n > 1 && <InWaves />}
      {foreseen && <Effects foreseen={foreseen} />}
      {failure && <ErrorBar failure={explainActed(failure)} />}
    </ConfirmDialog>
  );
}

/** The other way to switch many: a pilot first. */
function InWaves() {
  const navigate = useNavigate();
  const { chosen } = useScope();
  if (!chosen) return null;
  const { id } = chosen.organization;
  return (
    <span>
      {t("act.inWaves")}{" "}
      <Link inline onClick={() => void navigate({ to: "/organizations", search: { org: id, open: id, tab: "waves" } })}>
        {t("act.toWaves")}
      </Link>
    </span>
  );
}

/** What it comes to; while another choice is being looked at, what the one before came to. */
function useForeseen({ users }: Intent, action: Action | undefined) {
  return useQuery({
    ...agreeing("users.foresee", action ? { users, action } : nothing),
    enabled: action !== undefined,
    placeholderData: keepPreviousData,
  });
}

/** It is never asked, so nothing is known of it. */
const nothing: ForeseeAction = { users: { by: "ids", of: [] }, action: { kind: "include" } };

function whyNot(action: Action | undefined, foreseen: Foreseen | undefined): string | undefined {
  if (!action) return t("act.chooseTarget");
  if (!foreseen) return t("act.looking");
  return foreseen.none ? reasonWords[foreseen.none] : undefined;
}

type FieldsProps = {
  readonly kind: ActionKind;
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
