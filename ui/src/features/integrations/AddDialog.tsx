import {
  Button,
  Dialog,
  DialogActions,
  DialogBody,
  DialogContent,
  DialogSurface,
  DialogTitle,
  Dropdown,
  Field,
  Input,
  makeStyles,
  Option,
  tokens,
} from "@fluentui/react-components";
import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import type { Error as Refusal, Preset, TenantView } from "../../api/bindings";
import { call, refusalOf } from "../../api/client";
import { listText, useTypedList } from "../../api/lists";
import { reading } from "../../api/queries";
import { isGuid } from "../../lib/guid";
import { ErrorBar } from "../../ui/ErrorBar";
import { invalid } from "../../ui/invalid";
import { ListField } from "../../ui/ListField";
import { Needs } from "../../ui/Needs";
import { explain } from "../../words/codes";
import { listFault } from "../../words/lists";
import { presetWords } from "../../words/nouns";
import { optionsOf } from "../../words/options";
import { t } from "../../words/t";
import { PresetFacts } from "./PresetFacts";

const useStyles = makeStyles({
  content: { display: "flex", flexDirection: "column", rowGap: "12px" },
  facts: { display: "flex", flexDirection: "column", rowGap: "12px", maxHeight: "220px", overflowY: "auto" },
  head: { margin: "0 0 4px", fontSize: tokens.fontSizeBase300, fontWeight: tokens.fontWeightSemibold },
});

/** Registers an application that is to be onboarded. Nothing is written to the tenant. */
export function AddDialog({
  tenants,
  onClose,
}: {
  tenants: readonly TenantView[];
  onClose: (added: number | undefined) => void;
}) {
  const styles = useStyles();
  const presets = useQuery(reading("presets.list", null)).data;
  const [tenant, setTenant] = useState(tenants[0]?.tenant.id);
  const [preset, setPreset] = useState<Preset>("revenue-grid");
  const [name, setName] = useState("");
  const [clientId, setClientId] = useState("");
  const [list, setList] = useState("");
  const [tried, setTried] = useState(false);
  const [busy, setBusy] = useState(false);
  /** Why the registration could not fill the list. */
  const [told, setTold] = useState<string>();
  const [refusal, setRefusal] = useState<Refusal>();
  const custom = preset === "custom";
  const typed = useTypedList(custom ? list : "", tenant, "graph_app_only");
  const wrong = {
    name: name.trim() === "" ? t("form.required") : undefined,
    clientId: isGuid(clientId) ? undefined : t("form.guid"),
    list: custom ? listFault(typed) : undefined,
  };
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (busy || tenant === undefined || wrong.name || wrong.clientId || wrong.list) return;
    setBusy(true);
    setRefusal(undefined);
    try {
      const added = await call("integrations.add", {
        tenant,
        name: name.trim(),
        client_id: clientId.trim(),
        preset,
        permissions: typed.permissions ?? null,
      });
      onClose(added.id);
    } catch (thrown) {
      setRefusal(refusalOf(thrown));
      setBusy(false);
    }
  };
  const fromRegistration = async () => {
    setTried(true);
    if (busy || tenant === undefined || wrong.clientId) return;
    setBusy(true);
    setRefusal(undefined);
    setTold(undefined);
    try {
      const found = await call("integrations.from_registration", { tenant, client_id: clientId.trim() });
      if (found.registered === "nowhere") setTold(t("list.nowhere"));
      else if (found.registered === "elsewhere") setTold(t("list.elsewhere", { name: found.display_name }));
      else if (found.list.permissions.length === 0) setTold(t("list.nothing"));
      else {
        setList(listText(found.list.permissions));
        if (name.trim() === "") setName(found.display_name);
      }
    } catch (thrown) {
      setRefusal(refusalOf(thrown));
    }
    setBusy(false);
  };
  const choose = (chosen: Preset) => {
    setPreset(chosen);
    // Of some vendors the application is the same in every tenant.
    const filledIn = presets?.some((one) => one.client_id === clientId) ?? false;
    const published = presets?.find((one) => one.preset === chosen)?.client_id;
    if (filledIn || (published && clientId.trim() === "")) setClientId(published ?? "");
  };
  const described = presets?.find((one) => one.preset === preset);
  return (
    <Dialog open onOpenChange={(_, data) => !data.open && onClose(undefined)}>
      <DialogSurface>
        <form onSubmit={(event) => void submit(event)} noValidate>
          <DialogBody>
            <DialogTitle>{t("integrations.addTitle")}</DialogTitle>
            <DialogContent className={styles.content}>
              {tenants.length > 1 && (
                <Field label={t("integrations.tenant")} required>
                  <Dropdown
                    value={tenants.find((view) => view.tenant.id === tenant)?.tenant.name ?? ""}
                    selectedOptions={[String(tenant)]}
                    onOptionSelect={(_, data) => setTenant(Number(data.optionValue))}
                  >
                    {tenants.map((view) => (
                      <Option key={view.tenant.id} value={String(view.tenant.id)}>
                        {view.tenant.name}
                      </Option>
                    ))}
                  </Dropdown>
                </Field>
              )}
              <Field
                label={t("integrations.preset")}
                hint={
                  described && !custom
                    ? t("integrations.presetHint", { n: described.permissions.length })
                    : t("integrations.customHint")
                }
                required
              >
                <Dropdown
                  value={presetWords[preset]}
                  selectedOptions={[preset]}
                  onOptionSelect={(_, data) => choose(data.optionValue as Preset)}
                >
                  {optionsOf(presetWords).map(({ value, word }) => (
                    <Option key={value} value={value}>
                      {word}
                    </Option>
                  ))}
                </Dropdown>
              </Field>
              <Field label={t("integrations.name")} required {...invalid(tried, wrong.name)}>
                <Input value={name} onChange={(_, data) => setName(data.value)} />
              </Field>
              <Field
                label={t("integrations.clientId")}
                hint={t("integrations.clientIdHint")}
                required
                {...invalid(tried, wrong.clientId)}
              >
                <Input
                  value={clientId}
                  spellCheck={false}
                  placeholder="00000000-0000-0000-0000-000000000000"
                  onChange={(_, data) => setClientId(data.value)}
                />
              </Field>
              {custom ? (
                <ListField
                  label={t("integrations.list")}
                  text={list}
                  onText={(text) => {
                    setTold(undefined);
                    setList(text);
                  }}
                  read={typed.read}
                  busy={typed.busy}
                  wrong={told ?? (tried || typed.broken ? wrong.list : undefined)}
                >
                  <Button size="small" disabledFocusable={busy} onClick={() => void fromRegistration()}>
                    {t("list.registration")}
                  </Button>
                </ListField>
              ) : (
                described && (
                  // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls has to be reached by keys (axe, scrollable-region-focusable)
                  <div className={styles.facts} tabIndex={0} role="group" aria-label={presetWords[preset]}>
                    <section>
                      <h3 className={styles.head}>{t("integrations.needs", { n: described.permissions.length })}</h3>
                      <Needs permissions={described.permissions} />
                    </section>
                    <PresetFacts preset={described} />
                  </div>
                )
              )}
              {typed.refusal && <ErrorBar failure={explain(typed.refusal)} />}
              {refusal && <ErrorBar failure={explain(refusal)} />}
            </DialogContent>
            <DialogActions>
              <Button type="submit" appearance="primary" disabledFocusable={busy}>
                {t("integrations.addAction")}
              </Button>
              <Button onClick={() => onClose(undefined)}>{t("confirm.cancel")}</Button>
            </DialogActions>
          </DialogBody>
        </form>
      </DialogSurface>
    </Dialog>
  );
}
