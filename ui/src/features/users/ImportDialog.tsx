import {
  Button,
  Checkbox,
  Dialog,
  DialogActions,
  DialogBody,
  DialogContent,
  DialogSurface,
  DialogTitle,
  Field,
  Input,
  makeStyles,
  Radio,
  RadioGroup,
} from "@fluentui/react-components";
import { useState } from "react";
import type { Imported, ImportPreview, Organization, Error as Refusal } from "../../api/bindings";
import { call } from "../../api/client";
import { useGroups } from "../../api/groups";
import { begin, dismiss, isLive, stop, useWork } from "../../api/work";
import { ReasonedButton } from "../../ui/CommandBar";
import { GroupPicker } from "../../ui/GroupPicker";
import { ErrorBar } from "../../ui/ErrorBar";
import { ProgressPanel } from "../../ui/ProgressPanel";
import { invalid } from "../../ui/invalid";
import { explain, wrongInput } from "../../words/codes";
import { t } from "../../words/t";
import { importKey, useImported } from "./ImportProgress";
import { ImportReport } from "./ImportReport";
import { ListPicker } from "./ListPicker";
import { type Draft, emptyDraft, kinds, sourceOf, whyNot } from "./source";

const useStyles = makeStyles({
  content: { display: "flex", flexDirection: "column", rowGap: "16px" },
  wide: { maxWidth: "min(1040px, 96vw)" },
});

type Props = { readonly organization: Organization; readonly onClose: () => void };

/** Asks whom to bring in, shows what that would do, and does it when that is agreed to. Nothing changes in the tenant. */
export function ImportDialog({ organization, onClose }: Props) {
  const styles = useStyles();
  const [draft, setDraft] = useState<Draft>(emptyDraft);
  const [shown, setShown] = useState<ImportPreview>();
  const key = `preview:${organization.id}`;
  const work = useWork(key);
  const live = isLive(work);
  const from = sourceOf(draft);
  const title = t("users.importTitle", { organization: organization.name });
  // A refusal is of whom was said then.
  const change = (next: Draft) => {
    if (work?.refusal) dismiss(key);
    setDraft(next);
  };
  const forget = () => {
    if (shown) void call("users.preview_forget", { seal: shown.seal });
    setShown(undefined);
  };
  const close = () => {
    if (live) stop(key);
    else dismiss(key);
    forget();
    onClose();
  };
  const show = async () => {
    if (!from) return;
    dismiss(key);
    try {
      setShown(await begin(key, title, "users.preview", { organization: organization.id, from }));
      dismiss(key);
    } catch {
      // The refusal is on the work, where the dialog shows it.
    }
  };
  const done = (imported: Promise<Imported>) => {
    onClose();
    void imported.then(
      (answer) => useImported.setState({ [organization.id]: answer }),
      () => useImported.setState({ [organization.id]: undefined }),
    );
  };
  const importShown = (preview: ImportPreview) =>
    done(begin(importKey(organization.id), title, "users.import_shown", { seal: preview.seal }));
  const importAtOnce = () => {
    if (!from) return;
    const anew = draft.kind === "all" && draft.anew;
    done(begin(importKey(organization.id), title, "users.import", { organization: organization.id, from, anew }));
  };
  return (
    <Dialog open modalType="modal" onOpenChange={(_, data) => !data.open && close()}>
      <DialogSurface {...(shown ? { className: styles.wide } : {})}>
        <DialogBody>
          <DialogTitle>{title}</DialogTitle>
          <DialogContent className={styles.content}>
            {shown ? (
              <ImportReport preview={shown} organization={organization.name} />
            ) : (
              <Whom organization={organization.id} draft={draft} onDraft={change} refusal={work?.refusal} />
            )}
            {live && (
              <ProgressPanel
                title={t("users.previewing")}
                done={work?.progress?.kind === "read" ? work.progress.read : 0}
                total={undefined}
                started={work?.started}
                actions={
                  <Button size="small" disabled={work?.state === "stopping"} onClick={() => stop(key)}>
                    {t(work?.state === "stopping" ? "activity.stopping" : "users.importStop")}
                  </Button>
                }
              />
            )}
            {work?.refusal && (
              <ErrorBar failure={explain(work.refusal)} told={shown ? [] : [toldOf(draft, work.refusal)]} />
            )}
          </DialogContent>
          {shown ? (
            <DialogActions>
              <ReasonedButton
                appearance="primary"
                disabledReason={arrivals(shown) === 0 ? t("users.previewNobody") : undefined}
                onClick={() => importShown(shown)}
              >
                {importWords(shown)}
              </ReasonedButton>
              <Button onClick={forget}>{t("users.previewBack")}</Button>
              <Button onClick={close}>{t("confirm.cancel")}</Button>
            </DialogActions>
          ) : (
            <DialogActions>
              <ReasonedButton
                appearance="primary"
                disabledReason={live ? t("users.previewing") : whyNot(draft)}
                onClick={() => void show()}
              >
                {t("users.preview")}
              </ReasonedButton>
              {draft.kind !== "list" && (
                <ReasonedButton disabledReason={live ? t("users.previewing") : whyNot(draft)} onClick={importAtOnce}>
                  {t("users.importAtOnce")}
                </ReasonedButton>
              )}
              <Button onClick={close}>{t("confirm.cancel")}</Button>
            </DialogActions>
          )}
        </DialogBody>
      </DialogSurface>
    </Dialog>
  );
}

/** Those who come in, and those who are here and are refreshed. */
function arrivals({ fates }: ImportPreview): number {
  return fates.added + fates.here;
}

/** What the button does, in the figures of the report above it. */
function importWords({ fates: { added, here } }: ImportPreview): string {
  if (added === 0) return t("users.refreshShown", { n: here });
  return here === 0 ? t("users.importShown", { n: added }) : t("users.importRefreshShown", { n: added, here });
}

/** What the field says that holds whom to bring in. */
function toldOf({ kind }: Draft, refusal: Refusal): string | undefined {
  if (kind === "filter") return wrongInput(refusal);
  return kind === "list" ? wrongInput(refusal, "csv") : undefined;
}

type WhomProps = {
  readonly organization: number;
  readonly draft: Draft;
  readonly onDraft: (draft: Draft) => void;
  /** Why it couldn't be read. */
  readonly refusal: Refusal | undefined;
};

function Whom({ organization, draft, onDraft, refusal }: WhomProps) {
  const change = (part: Partial<Draft>) => onDraft({ ...draft, ...part });
  const groups = useGroups(organization, draft.group?.id);
  return (
    <>
      <Field label={t("users.importWhom")} hint={t("users.importHint")}>
        <RadioGroup value={draft.kind} onChange={(_, data) => change({ kind: data.value as Draft["kind"] })}>
          {kinds.map((one) => (
            <Radio key={one} value={one} label={t(`users.importKind.${one}`)} />
          ))}
        </RadioGroup>
      </Field>
      {draft.kind === "all" && (
        <Field hint={t("users.anewHint")}>
          <Checkbox
            label={t("users.anew")}
            checked={draft.anew}
            onChange={(_, data) => change({ anew: data.checked === true })}
          />
        </Field>
      )}
      {draft.kind === "group" && (
        <GroupPicker
          {...groups}
          group={draft.group}
          nested={draft.nested}
          onGroup={(group) => change({ group })}
          onNested={(nested) => change({ nested })}
        />
      )}
      {draft.kind === "filter" && (
        <Field
          label={t("users.odata")}
          required
          hint={t("users.odataHint")}
          {...invalid(true, refusal && toldOf(draft, refusal))}
        >
          <Input
            value={draft.odata}
            placeholder="department eq 'Sales'"
            onChange={(_, data) => change({ odata: data.value })}
          />
        </Field>
      )}
      {draft.kind === "list" && (
        <ListPicker
          file={draft.file}
          text={draft.text}
          wrong={refusal && toldOf(draft, refusal)}
          onFile={(file) => change({ file })}
          onText={(text) => change({ text })}
        />
      )}
    </>
  );
}
