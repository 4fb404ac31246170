import { Field, Input, makeStyles, Radio, RadioGroup, Switch, Textarea } from "@fluentui/react-components";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { Error as Refusal, ForeseenPlan, Organization, PlanView, PlanWaves } from "../../api/bindings";
import { MOST_WAVES } from "../../api/bindings";
import { call, refusalOf } from "../../api/client";
import { useGroups } from "../../api/groups";
import { reading } from "../../api/queries";
import { useNotices } from "../../lib/notices";
import { useSettled } from "../../lib/settled";
import { ErrorBar } from "../../ui/ErrorBar";
import { GroupPicker } from "../../ui/GroupPicker";
import { invalid } from "../../ui/invalid";
import { explain, reasonWords } from "../../words/codes";
import { t } from "../../words/t";
import { waveName } from "../../words/waves";
import { EntryFields, ExitFields, OwnFields } from "./ExitFields";
import { type Draft, draftOf, type PilotKind, pilots, pilotOf, planOf, sharesOf, withOwn } from "./wavePlan";
import { WaveDialog } from "./WaveDialog";

const useStyles = makeStyles({
  part: { display: "flex", flexDirection: "column", rowGap: "8px" },
  heading: { margin: 0 },
  number: { width: "120px" },
  list: { listStyle: "none", margin: 0, padding: 0, display: "flex", flexDirection: "column", rowGap: "4px" },
  users: { fontVariantNumeric: "tabular-nums" },
});

type Props = {
  readonly organization: Organization;
  /** The present one, where there is one. */
  readonly plan: PlanView | null;
  readonly onClose: () => void;
};

/** Lays the switch of an organization out in waves, and shows beforehand how many users each would have. */
export function PlanWavesDialog({ organization, plan, onClose }: Props) {
  const [draft, setDraft] = useState<Draft>(() => draftOf(plan));
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<Refusal>();
  const say = useNotices((notices) => notices.say);
  const change = (part: Partial<Draft>) => setDraft({ ...draft, ...part });
  const wanted = planOf(organization.id, draft);
  const { foreseen, failure, counting, retry } = useForeseenPlan(wanted);
  const shares = sharesOf(draft.shares);
  const reason = busy
    ? t("confirm.busy")
    : !wanted
      ? t(draft.pilot === "number" || pilotOf(draft) ? "waves.fix" : "waves.whoFirst")
      : counting
        ? t("waves.counting")
        : foreseen && foreseen.unknown.length > 0
          ? unknownWords(foreseen)
          : foreseen?.refused
            ? reasonWords[foreseen.refused]
            : undefined;
  const save = async () => {
    if (!wanted) return;
    setBusy(true);
    setRefusal(undefined);
    try {
      await call("waves.plan", wanted);
      say("success", t("waves.kept", { organization: organization.name }));
      onClose();
    } catch (thrown) {
      setRefusal(refusalOf(thrown));
      setBusy(false);
    }
  };
  const shown = refusal ?? failure;
  return (
    <WaveDialog
      title={t(plan ? "waves.changeTitle" : "waves.planTitle", { organization: organization.name })}
      about={t("waves.planAbout")}
      action={t(plan ? "waves.changeDo" : "waves.planDo")}
      disabledReason={reason}
      onConfirm={() => void save()}
      onClose={onClose}
    >
      <PilotFields organization={organization.id} hasPlan={plan !== null} draft={draft} change={change} />
      <Field
        label={t("waves.shares")}
        {...(shares ? { hint: t("waves.sharesHint") } : invalid(true, t("waves.sharesWrong", { most: MOST_WAVES })))}
      >
        <Input value={draft.shares} onChange={(_, data) => change({ shares: data.value })} />
      </Field>
      <EntryFields criteria={draft} onChange={change} />
      <ExitFields title={t("waves.exit")} exit={draft.exit} onChange={(exit) => change({ exit })} />
      <Waves shares={shares} foreseen={wanted && !counting ? foreseen : undefined} draft={draft} change={change} />
      <Switch
        label={t("waves.startsByItself")}
        checked={draft.byItself}
        onChange={(_, data) => change({ byItself: data.checked })}
      />
      {shown && <ErrorBar failure={explain(shown)} onRetry={refusal ? undefined : retry} />}
    </WaveDialog>
  );
}

/** What a plan comes to, once nothing of it was changed for a moment: a group's members are asked for each time. */
function useForeseenPlan(wanted: PlanWaves | undefined) {
  const asked = useSettled(wanted);
  const query = useQuery({
    ...reading("waves.foresee", asked ?? nothing),
    enabled: asked !== undefined,
    placeholderData: keepPreviousData,
    // The directory says nothing by itself when a group changes, and is not asked again for what the store has to tell.
    gcTime: 0,
    meta: { watched: asked?.pilot.kind === "group" },
  });
  const settled = JSON.stringify(asked) === JSON.stringify(wanted);
  return {
    foreseen: query.data,
    failure: settled && query.error ? refusalOf(query.error) : undefined,
    counting: wanted !== undefined && (!settled || query.isFetching),
    retry: () => void query.refetch(),
  };
}

const nothing: PlanWaves = {
  organization: 0,
  pilot: { kind: "present" },
  shares: [],
  entry: { authorized: false, window: false },
  exit: { initialized: 0, failed: 0, hours: 0, issues: null },
  own: [],
  by_itself: false,
};

type FieldsProps = { readonly draft: Draft; readonly change: (part: Partial<Draft>) => void };

/** Who goes first. */
function PilotFields({
  organization,
  hasPlan,
  draft,
  change,
}: FieldsProps & { organization: number; hasPlan: boolean }) {
  const styles = useStyles();
  const groups = useGroups(organization, draft.group?.id);
  const ways: readonly PilotKind[] = hasPlan ? ["present", ...pilots] : pilots;
  return (
    <>
      <Field label={t("waves.who")}>
        <RadioGroup value={draft.pilot} onChange={(_, data) => change({ pilot: data.value as PilotKind })}>
          {ways.map((way) => (
            <Radio key={way} value={way} label={t(`waves.who.${way}`)} />
          ))}
        </RadioGroup>
      </Field>
      {draft.pilot === "number" && (
        <Field
          label={t("waves.number")}
          required
          {...invalid(true, pilotOf(draft) ? undefined : t("waves.numberWrong"))}
        >
          <Input
            className={styles.number}
            type="number"
            min={1}
            value={draft.number}
            onChange={(_, data) => change({ number: data.value })}
          />
        </Field>
      )}
      {draft.pilot === "named" && (
        <Field label={t("waves.addresses")} required hint={t("waves.addressesHint")}>
          <Textarea
            rows={4}
            value={draft.addresses}
            spellCheck={false}
            onChange={(_, data) => change({ addresses: data.value })}
          />
        </Field>
      )}
      {draft.pilot === "search" && (
        <Field label={t("waves.search")} required hint={t("waves.searchHint")}>
          <Input value={draft.search} onChange={(_, data) => change({ search: data.value })} />
        </Field>
      )}
      {draft.pilot === "group" && (
        <GroupPicker
          {...groups}
          group={draft.group}
          nested={draft.nested}
          onGroup={(group) => change({ group })}
          onNested={(nested) => change({ nested })}
        />
      )}
    </>
  );
}

type WavesProps = FieldsProps & {
  readonly shares: readonly number[] | undefined;
  readonly foreseen: ForeseenPlan | undefined;
};

/** The waves that it makes, with their users, and what each has to come to where that differs. */
function Waves({ shares, foreseen, draft, change }: WavesProps) {
  const styles = useStyles();
  if (!shares) return null;
  const waves = [null, ...shares, null].map((percent, at) => ({ number: at + 1, percent }));
  return (
    <section className={styles.part}>
      <h3 className={styles.heading}>{t("waves.preview")}</h3>
      <ul className={styles.list} aria-label={t("waves.preview")}>
        {waves.map((wave) => (
          <OwnFields
            key={wave.number}
            name={waveName(wave)}
            exit={draft.own[wave.number]}
            usual={draft.exit}
            onChange={(exit) => change(withOwn(draft, wave.number, exit))}
          >
            <span className={styles.users}>{usersOf(foreseen, wave.number)}</span>
          </OwnFields>
        ))}
      </ul>
      {foreseen && foreseen.not_ready > 0 && <span>{t("waves.notReady", { n: foreseen.not_ready })}</span>}
      {foreseen && foreseen.on_graph > 0 && <span>{t("waves.onGraph", { n: foreseen.on_graph })}</span>}
      <span role="status">
        {foreseen && foreseen.unknown.length > 0
          ? unknownWords(foreseen)
          : foreseen?.refused && reasonWords[foreseen.refused]}
      </span>
    </section>
  );
}

function usersOf(foreseen: ForeseenPlan | undefined, wave: number): string {
  const users = foreseen?.sizes[wave - 1];
  return users === undefined ? "–" : t("users.count", { n: users });
}

/** So many addresses are named. */
const NAMED = 10;

function unknownWords({ unknown }: ForeseenPlan): string {
  const more = unknown.length - NAMED;
  const named = [...unknown.slice(0, NAMED), ...(more > 0 ? [t("change.more", { n: more })] : [])];
  return t("waves.unknown", { n: unknown.length, addresses: named.join(", ") });
}
