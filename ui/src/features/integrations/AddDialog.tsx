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
  Textarea,
} from "@fluentui/react-components";
import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import type { Error as Refusal, Preset, TenantView } from "../../api/bindings";
import { call, refusalOf } from "../../api/client";
import { reading } from "../../api/queries";
import { isGuid } from "../../lib/guid";
import { ErrorBar } from "../../ui/ErrorBar";
import { invalid } from "../../ui/invalid";
import { explain } from "../../words/codes";
import { presetWords } from "../../words/nouns";
import { optionsOf } from "../../words/options";
import { t } from "../../words/t";
import { readPermissions } from "./permissions";

const useStyles = makeStyles({ content: { display: "flex", flexDirection: "column", rowGap: "12px" } });

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
  const [refusal, setRefusal] = useState<Refusal>();
  const custom = preset === "custom";
  const permissions = custom ? readPermissions(list) : null;
  const wrong = {
    name: name.trim() === "" ? t("form.required") : undefined,
    clientId: isGuid(clientId) ? undefined : t("form.guid"),
    list: permissions !== null && "wrong" in permissions ? permissions.wrong : undefined,
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
        permissions: permissions !== null && "list" in permissions ? permissions.list : null,
      });
      onClose(added.id);
    } catch (thrown) {
      setRefusal(refusalOf(thrown));
      setBusy(false);
    }
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
                  onOptionSelect={(_, data) => setPreset(data.optionValue as Preset)}
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
              {custom && (
                <Field
                  label={t("integrations.list")}
                  hint={t("integrations.listHint")}
                  required
                  {...invalid(tried, wrong.list)}
                >
                  <Textarea
                    rows={5}
                    value={list}
                    placeholder={"Mail.ReadWrite application\nUser.Read delegated"}
                    onChange={(_, data) => setList(data.value)}
                  />
                </Field>
              )}
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
