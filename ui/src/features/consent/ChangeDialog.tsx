import { Field, Input, makeStyles, ProgressBar, Spinner, tokens } from "@fluentui/react-components";
import { useState } from "react";
import type { Applied, ChangePreview, Wanted } from "../../api/bindings";
import { refusalOf } from "../../api/client";
import { begin, dismiss, isLive, stop, useWork } from "../../api/work";
import { BrowserWait } from "../../ui/BrowserWait";
import { ConfirmDialog } from "../../ui/ConfirmDialog";
import { ErrorBar } from "../../ui/ErrorBar";
import { explain, reasonWords } from "../../words/codes";
import { progressLine } from "../../words/progress";
import { t } from "../../words/t";
import { refusedWords, usePreview } from "./preview";
import { LineList, Lines, lineKey, lineWords } from "./LineList";

const useStyles = makeStyles({
  text: { margin: 0 },
  bad: { color: tokens.colorPaletteRedForeground1 },
});

type Props = {
  readonly organization: number;
  readonly wanted: Wanted;
  readonly onClose: () => void;
};

/** Shows exactly what a change would do, does it when that is agreed to, and tells what was read back. */
export function ChangeDialog({ organization, wanted, onClose }: Props) {
  const styles = useStyles();
  const [typed, setTyped] = useState("");
  const [applied, setApplied] = useState<Applied>();
  const question = { organization, wanted };
  const preview = usePreview(organization, wanted);
  const key = `consent.apply:${organization}`;
  const work = useWork(key);
  const live = isLive(work);
  const shown = preview.data;
  const close = () => {
    if (!live) dismiss(key);
    onClose();
  };
  const apply = async (agreed: ChangePreview) => {
    dismiss(key);
    try {
      const title = t("change.work", { integration: agreed.integration });
      const answer = await begin(key, title, "consent.apply", { change: question, seal: agreed.seal });
      setApplied(answer);
    } catch {
      // The refusal is on the work, where the dialog shows it.
    }
  };
  if (applied) {
    return (
      <ConfirmDialog
        title={t("change.work", { integration: shown?.integration ?? "" })}
        action={t("change.close")}
        over
        onConfirm={close}
        onClose={close}
      >
        <Result applied={applied} />
      </ConfirmDialog>
    );
  }
  const changes = shown ? shown.added.total + shown.dropped.total : 0;
  const mustType = wanted.kind === "revoke_all" && shown && typed.trim() !== shown.integration;
  const reason =
    (live ? progressWords(work?.progress) : undefined) ??
    (shown ? undefined : t("change.reading")) ??
    (changes === 0 ? t("change.nothing") : undefined) ??
    (shown?.refused ? reasonWords[shown.refused] : undefined) ??
    (mustType ? t("change.typeFirst") : undefined);
  const stale = work?.refusal?.code === "changed";
  return (
    <ConfirmDialog
      title={
        shown
          ? t("change.title", { integration: shown.integration, tenant: shown.tenant })
          : t("change.work", { integration: "" })
      }
      action={stale ? t("change.again") : shown ? actionOf(shown) : t("confirm.busy")}
      disabledReason={stale && !live ? undefined : reason}
      onConfirm={() => {
        if (stale) {
          dismiss(key);
          void preview.refetch();
        } else if (shown) void apply(shown);
      }}
      onClose={close}
    >
      {preview.error && <ErrorBar failure={explain(refusalOf(preview.error))} onRetry={() => void preview.refetch()} />}
      {!shown && !preview.error && <Spinner size="tiny" label={t("change.reading")} labelPosition="after" />}
      {shown && (
        <>
          {shown.makes_app && <p className={styles.text}>{t("change.makesApp")}</p>}
          {changes === 0 && <p className={styles.text}>{t("change.nothing")}</p>}
          <Lines of={shown} />
          {shown.asks.length > 0 && (
            <p className={styles.text}>{t("change.asks", { scopes: shown.asks.join(", ") })}</p>
          )}
          {shown.refused && <p className={styles.bad}>{refusedWords(shown, shown.refused)}</p>}
          {wanted.kind === "revoke_all" && changes > 0 && (
            <Field label={t("change.type", { name: shown.integration })}>
              <Input value={typed} onChange={(_, data) => setTyped(data.value)} />
            </Field>
          )}
        </>
      )}
      {live && work?.browser !== undefined && (
        <BrowserWait title={t("change.waiting")} work={work} onCancel={() => stop(key)} />
      )}
      {live && work?.browser === undefined && (
        <Field label={progressWords(work?.progress)}>
          <ProgressBar
            {...(work?.progress?.kind === "written" ? { value: work.progress.done, max: work.progress.total } : {})}
          />
        </Field>
      )}
      {work?.refusal && <ErrorBar failure={explain(work.refusal)} />}
    </ConfirmDialog>
  );
}

function progressWords(progress: Parameters<typeof progressLine>[0] | undefined): string {
  return progress ? progressLine(progress) : t("change.sending");
}

function actionOf({ added, dropped, tenant }: ChangePreview): string {
  if (dropped.total === 0) return t("change.actionAdd", { n: added.total, tenant });
  if (added.total === 0) return t("change.actionRemove", { n: dropped.total, tenant });
  return t("change.actionBoth", { n: added.total + dropped.total, tenant });
}

function Result({ applied }: { applied: Applied }) {
  const styles = useStyles();
  const done = [...applied.dropped, ...applied.added];
  return (
    <div role="status">
      <LineList title={t("change.done", { n: done.length })} lines={{ total: done.length, first: done.slice(0, 50) }} />
      {applied.failed.length > 0 && (
        <>
          <strong className={styles.bad}>{t("change.failed", { n: applied.failed.length })}</strong>
          {applied.failed.slice(0, 10).map(({ line, error }) => (
            <div key={lineKey(line)}>
              <span>{lineWords(line)}</span>
              <ErrorBar failure={explain(error)} />
            </div>
          ))}
        </>
      )}
      <LineList
        title={t("change.settling", { n: applied.settling.length })}
        lines={{ total: applied.settling.length, first: applied.settling.slice(0, 50) }}
      />
      {applied.untouched > 0 && <p className={styles.text}>{t("change.untouched", { n: applied.untouched })}</p>}
      {done.length + applied.settling.length > 0 && (
        <p className={styles.text}>{t("change.undoHint", { entry: applied.entry })}</p>
      )}
    </div>
  );
}
