import { Field, makeStyles, Radio, RadioGroup } from "@fluentui/react-components";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { DesiredScope, Group, Mechanism, Organization, Error as Refusal, ScopeRule } from "../../api/bindings";
import { call, refusalOf } from "../../api/client";
import { useGroups } from "../../api/groups";
import { reading } from "../../api/queries";
import { ConfirmDialog } from "../../ui/ConfirmDialog";
import { ErrorBar } from "../../ui/ErrorBar";
import { GroupPicker } from "../../ui/GroupPicker";
import { explain } from "../../words/codes";
import { optionsOf } from "../../words/options";
import { mechanismWords } from "../../words/scope";
import { t } from "../../words/t";

const useStyles = makeStyles({ text: { margin: 0 } });

type Whom = "everyone" | ScopeRule;

/** Says whom the integration is to reach, and by which mechanism. */
export function SetDialog({
  organization,
  desired,
  onClose,
}: {
  organization: Organization;
  desired: DesiredScope;
  onClose: () => void;
}) {
  const styles = useStyles();
  const before = desired.kind === "limited" ? desired.limit : undefined;
  const [whom, setWhom] = useState<Whom>(before?.rule ?? "only_members");
  const [mechanism, setMechanism] = useState<Mechanism>(before?.mechanism ?? "management_scope");
  const [group, setGroup] = useState<Pick<Group, "id" | "display_name"> | undefined>(
    before && before.unit.of.kind === "group" ? { id: before.unit.id, display_name: before.unit.name } : undefined,
  );
  const [unit, setUnit] = useState<string | undefined>(
    before?.unit.of.kind === "administrative_unit" ? before.unit.id : undefined,
  );
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<Refusal>();
  const byUnit = whom !== "everyone" && mechanism === "administrative_unit";
  const lookup = useGroups(organization.id, byUnit ? undefined : group?.id);
  const units = useQuery({
    ...reading("scope.units", { organization: organization.id }),
    enabled: byUnit,
    meta: { watched: true },
  });
  const chosen = byUnit ? unit : group?.id;
  const confirm = async () => {
    setBusy(true);
    setRefusal(undefined);
    try {
      const wish =
        whom === "everyone" || chosen === undefined
          ? { kind: "everyone" as const }
          : { kind: "limited" as const, rule: whom, mechanism, unit: chosen };
      await call("scope.set", { organization: organization.id, wish });
      onClose();
    } catch (thrown) {
      setRefusal(refusalOf(thrown));
      setBusy(false);
    }
  };
  return (
    <ConfirmDialog
      title={t("access.setTitle", { organization: organization.name })}
      action={t("access.set")}
      busy={busy}
      disabledReason={whom !== "everyone" && chosen === undefined ? t("access.chooseUnit") : undefined}
      onClose={onClose}
      onConfirm={() => void confirm()}
    >
      <p className={styles.text}>{t("access.setBody")}</p>
      <Field label={t("access.rule")}>
        <RadioGroup value={whom} onChange={(_, data) => setWhom(data.value as Whom)}>
          <Radio value="everyone" label={t("access.ruleEveryone")} />
          <Radio value="only_members" label={t("access.ruleOnly")} />
          <Radio value="all_but_members" label={t("access.ruleAllBut")} />
        </RadioGroup>
      </Field>
      {whom !== "everyone" && (
        <Field label={t("access.mechanism")}>
          <RadioGroup value={mechanism} onChange={(_, data) => setMechanism(data.value as Mechanism)}>
            {optionsOf(mechanismWords).map(({ value, word }) => (
              <Radio
                key={value}
                value={value}
                label={word}
                disabled={value === "administrative_unit" && whom === "all_but_members"}
              />
            ))}
          </RadioGroup>
        </Field>
      )}
      {whom !== "everyone" && !byUnit && <GroupPicker {...lookup} group={group} onGroup={setGroup} />}
      {byUnit && (
        <Field label={t("access.units")}>
          <RadioGroup value={unit ?? ""} onChange={(_, data) => setUnit(data.value)}>
            {(units.data ?? []).map(({ id, name }) => (
              <Radio key={id} value={id} label={name} />
            ))}
          </RadioGroup>
        </Field>
      )}
      {units.error && <ErrorBar failure={explain(refusalOf(units.error))} onRetry={() => void units.refetch()} />}
      {refusal && <ErrorBar failure={explain(refusal)} />}
    </ConfirmDialog>
  );
}
