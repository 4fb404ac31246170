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
  Switch,
  Textarea,
} from "@fluentui/react-components";
import { useState } from "react";
import type { Organization, Source } from "../../api/bindings";
import { begin } from "../../api/work";
import { isGuid } from "../../lib/guid";
import { ReasonedButton } from "../../ui/CommandBar";
import { t } from "../../words/t";
import { importKey, useImported } from "./ImportProgress";

const useStyles = makeStyles({ content: { display: "flex", flexDirection: "column", rowGap: "16px" } });

type Kind = Source["kind"];
const kinds: readonly Kind[] = ["all", "group", "filter", "csv"];

/** Asks whom to bring in. Reading the directory changes nothing in the tenant. */
export function ImportDialog({ organization, onClose }: { organization: Organization; onClose: () => void }) {
  const styles = useStyles();
  const [kind, setKind] = useState<Kind>("all");
  const [text, setText] = useState<Record<Kind, string>>({ all: "", group: "", filter: "", csv: "" });
  const [nested, setNested] = useState(true);
  const [anew, setAnew] = useState(false);
  const typed = text[kind].trim();
  const type = (value: string) => setText({ ...text, [kind]: value });
  const start = () => {
    onClose();
    const title = t("users.importTitle", { organization: organization.name });
    void begin(importKey(organization.id), title, "users.import", {
      organization: organization.id,
      from: sourceOf(kind, typed, nested),
      anew: kind === "all" && anew,
    }).then(
      (imported) => useImported.setState({ [organization.id]: imported }),
      () => useImported.setState({ [organization.id]: undefined }),
    );
  };
  return (
    <Dialog open onOpenChange={(_, data) => !data.open && onClose()}>
      <DialogSurface>
        <DialogBody>
          <DialogTitle>{t("users.importTitle", { organization: organization.name })}</DialogTitle>
          <DialogContent className={styles.content}>
            <Field label={t("users.importWhom")} hint={t("users.importHint")}>
              <RadioGroup value={kind} onChange={(_, data) => setKind(data.value as Kind)}>
                {kinds.map((one) => (
                  <Radio key={one} value={one} label={t(`users.importKind.${one}`)} />
                ))}
              </RadioGroup>
            </Field>
            {kind === "all" && (
              <Field hint={t("users.anewHint")}>
                <Checkbox
                  label={t("users.anew")}
                  checked={anew}
                  onChange={(_, data) => setAnew(data.checked === true)}
                />
              </Field>
            )}
            {kind === "group" && (
              <>
                <Field label={t("users.groupId")} required hint={t("users.groupIdHint")}>
                  <Input value={text.group} onChange={(_, data) => type(data.value)} />
                </Field>
                <Switch
                  label={t("users.groupNested")}
                  checked={nested}
                  onChange={(_, data) => setNested(data.checked)}
                />
              </>
            )}
            {kind === "filter" && (
              <Field label={t("users.odata")} required hint={t("users.odataHint")}>
                <Input
                  value={text.filter}
                  placeholder="department eq 'Sales'"
                  onChange={(_, data) => type(data.value)}
                />
              </Field>
            )}
            {kind === "csv" && (
              <Field label={t("users.csv")} required hint={t("users.csvHint")}>
                <Textarea rows={6} value={text.csv} onChange={(_, data) => type(data.value)} />
              </Field>
            )}
          </DialogContent>
          <DialogActions>
            <ReasonedButton appearance="primary" disabledReason={whyNot(kind, typed)} onClick={start}>
              {t("users.importStart")}
            </ReasonedButton>
            <Button onClick={onClose}>{t("confirm.cancel")}</Button>
          </DialogActions>
        </DialogBody>
      </DialogSurface>
    </Dialog>
  );
}

function whyNot(kind: Kind, typed: string): string | undefined {
  if (kind === "all") return undefined;
  if (typed === "") return t("users.importNothing");
  return kind === "group" && !isGuid(typed) ? t("form.guid") : undefined;
}

function sourceOf(kind: Kind, typed: string, nested: boolean): Source {
  switch (kind) {
    case "all":
      return { kind };
    case "filter":
      return { kind, odata: typed };
    case "group":
      return { kind, group: typed, nested };
    case "csv":
      return { kind, text: typed };
  }
}
