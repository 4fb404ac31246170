import { Button, Field, Input, makeStyles, Spinner, Textarea } from "@fluentui/react-components";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { Organization, Error as Refusal } from "../../api/bindings";
import { call, refusalOf } from "../../api/client";
import { reading } from "../../api/queries";
import { useNotices } from "../../lib/notices";
import { useSettled } from "../../lib/settled";
import { unbroken } from "../../lib/time";
import { ConfirmDialog } from "../../ui/ConfirmDialog";
import { ErrorBar } from "../../ui/ErrorBar";
import { boundedWords } from "../../words/bounds";
import { explain } from "../../words/codes";
import { t } from "../../words/t";
import { namesIn, prove } from "./proving";

const useStyles = makeStyles({ text: { margin: 0 } });

type Props = { readonly organization: Organization; readonly onClose: () => void };

/** A whole number, nothing where the field is empty, `undefined` for anything else. */
function numberIn(text: string): number | null | undefined {
  const typed = text.trim();
  if (typed === "") return null;
  return /^\d{1,6}$/.test(typed) ? Number(typed) : undefined;
}

/** Marks a field that holds no number. */
function marked(number: number | null | undefined) {
  return number === undefined
    ? { validationState: "error" as const, validationMessage: t("access.badNumber") }
    : undefined;
}

function useAnswer(onClose: () => void) {
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<Refusal>();
  const send = async (ask: () => Promise<unknown>) => {
    setBusy(true);
    setRefusal(undefined);
    try {
      await ask();
      onClose();
    } catch (thrown) {
      setRefusal(refusalOf(thrown));
      setBusy(false);
    }
  };
  return { busy, bar: refusal && <ErrorBar failure={explain(refusal)} />, send };
}

/** Says when the script was run, which starts the propagation clock. */
export function ChangedDialog({ organization, onClose }: Props) {
  const styles = useStyles();
  const [ago, setAgo] = useState("0");
  const { busy, bar, send } = useAnswer(onClose);
  const minutes = numberIn(ago);
  const note = () =>
    send(() => call("scope.changed", { organization: organization.id, at: Date.now() - (minutes ?? 0) * 60_000 }));
  return (
    <ConfirmDialog
      title={t("access.changedTitle")}
      action={t("access.changed")}
      busy={busy}
      disabledReason={minutes === undefined ? t("access.badNumber") : undefined}
      onClose={onClose}
      onConfirm={() => void note()}
    >
      <p className={styles.text}>{t("access.changedBody")}</p>
      <Field label={t("access.changedAt")} {...marked(minutes)}>
        <Input inputMode="numeric" value={ago} onChange={(_, data) => setAgo(data.value)} />
      </Field>
      {bar}
    </ConfirmDialog>
  );
}

/** Says which mailboxes a proof asks. */
export function ProveDialog({ organization, onClose }: Props) {
  const styles = useStyles();
  const [inside, setInside] = useState("");
  const [outside, setOutside] = useState("");
  const [seed, setSeed] = useState("1");
  const [named, setNamed] = useState("");
  const numbers = { inside: numberIn(inside), outside: numberIn(outside), seed: numberIn(seed) };
  const bad = Object.values(numbers).includes(undefined);
  const names = namesIn(named);
  return (
    <ConfirmDialog
      title={t("access.proveTitle", { organization: organization.name })}
      action={t("access.proveAction")}
      disabledReason={bad ? t("access.badNumber") : undefined}
      onClose={onClose}
      onConfirm={() => {
        prove(organization, {
          inside: numbers.inside ?? null,
          outside: numbers.outside ?? null,
          seed: numbers.seed ?? 1,
          named: names,
        });
        onClose();
      }}
    >
      <p className={styles.text}>{t("access.proveBody")}</p>
      <Foreseen organization={organization.id} inside={numbers.inside} outside={numbers.outside} named={names.length} />
      <Field label={t("access.sampleInside")} {...marked(numbers.inside)}>
        <Input inputMode="numeric" value={inside} onChange={(_, data) => setInside(data.value)} />
      </Field>
      <Field label={t("access.sampleOutside")} {...marked(numbers.outside)}>
        <Input inputMode="numeric" value={outside} onChange={(_, data) => setOutside(data.value)} />
      </Field>
      <Field label={t("access.seed")} {...marked(numbers.seed)}>
        <Input inputMode="numeric" value={seed} onChange={(_, data) => setSeed(data.value)} />
      </Field>
      <Field label={t("access.named")}>
        <Textarea value={named} onChange={(_, data) => setNamed(data.value)} />
      </Field>
    </ConfirmDialog>
  );
}

type Foresight = {
  readonly organization: number;
  readonly inside: number | null | undefined;
  readonly outside: number | null | undefined;
  readonly named: number;
};

/** What a proof will ask, and about how long that takes; the last that was known while something is typed. */
function Foreseen({ organization, inside, outside, named }: Foresight) {
  const styles = useStyles();
  const typed = inside === undefined || outside === undefined ? undefined : { organization, inside, outside, named };
  const asked = useSettled(typed);
  const query = useQuery({
    ...reading("scope.foresee", asked ?? { organization, inside: null, outside: null, named: 0 }),
    enabled: asked !== undefined,
    placeholderData: keepPreviousData,
  });
  if (query.error) return <ErrorBar failure={explain(refusalOf(query.error))} onRetry={() => void query.refetch()} />;
  const foreseen = query.data;
  if (!foreseen) return <Spinner size="tiny" label={t("access.foreseeing")} labelPosition="after" />;
  const { accounts, reads, mailboxes, probes, sampled, seconds, measured, bound } = foreseen;
  const asking = {
    mailboxes: t("access.foreseenMailboxes", { n: mailboxes }),
    requests: t("access.foreseenRequests", { n: probes }),
    reads: t("access.foreseenRequests", { n: reads }),
    low: unbroken(seconds[0]),
    high: unbroken(seconds[1]),
  };
  return (
    <p className={styles.text}>
      {t(sampled ? "access.foreseenSample" : "access.foreseenWhole", { accounts, ...asking })}{" "}
      {measured ? `${t("verify.planMeasured")} ${boundedWords[bound]}` : t("verify.planAssumed")}
    </p>
  );
}

/** Takes in what the test cmdlet has printed, or forgets what was taken in. */
export function SaidDialog({ organization, kept, onClose }: Props & { readonly kept: number }) {
  const styles = useStyles();
  const [text, setText] = useState("");
  const say = useNotices((notices) => notices.say);
  const { busy, bar, send } = useAnswer(onClose);
  const take = () =>
    send(async () => {
      const of = await call("scope.said", { organization: organization.id, text });
      const { added, replaced } = of;
      say(added + replaced > 0 ? "success" : "info", t("access.saidDone", { added, replaced, kept: of.kept }));
      const failed = of.failed.map(({ mailbox }) => mailbox);
      const others = [
        { key: "access.saidFailed", names: failed },
        { key: "access.saidNotRun", names: of.not_run },
        { key: "access.saidElsewhere", names: of.elsewhere },
        { key: "access.saidUnchecked", names: of.unchecked },
      ] as const;
      for (const { key, names } of others) {
        if (names.length > 0) say("info", t(key, { n: names.length }), names.join(", "));
      }
    });
  const clear = () =>
    send(async () => {
      const { mailboxes } = await call("scope.forget", { organization: organization.id });
      say("success", t("access.saidForgotten", { n: mailboxes }));
    });
  return (
    <ConfirmDialog
      title={t("access.saidTitle")}
      action={t("access.saidAction")}
      busy={busy}
      onClose={onClose}
      onConfirm={() => void take()}
    >
      <p className={styles.text}>{t("access.saidBody")}</p>
      {kept > 0 && (
        <p className={styles.text}>
          {t("access.saidKept", { n: kept })}{" "}
          <Button size="small" disabled={busy} onClick={() => void clear()}>
            {t("access.saidClear")}
          </Button>
        </p>
      )}
      <Field label={t("access.saidText")}>
        <Textarea value={text} rows={8} onChange={(_, data) => setText(data.value)} />
      </Field>
      {bar}
    </ConfirmDialog>
  );
}
