import { Field, makeStyles, MessageBar, MessageBarBody, Radio, RadioGroup, Spinner } from "@fluentui/react-components";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type {
  DesiredScope,
  Group,
  Mechanism,
  Organization,
  Error as Refusal,
  ScopeRule,
  ScopeWish,
  WeighedWish,
} from "../../api/bindings";
import { call, refusalOf } from "../../api/client";
import { useGroups } from "../../api/groups";
import { reading } from "../../api/queries";
import { ConfirmDialog } from "../../ui/ConfirmDialog";
import { ErrorBar } from "../../ui/ErrorBar";
import { GroupPicker } from "../../ui/GroupPicker";
import { explain } from "../../words/codes";
import { optionsOf } from "../../words/options";
import { mechanismWords, remarkWords, sharerWords } from "../../words/scope";
import { t } from "../../words/t";

const useStyles = makeStyles({
  text: { margin: 0 },
  bar: { minHeight: "fit-content", flexShrink: 0 },
  body: { whiteSpace: "normal", padding: "6px 12px 6px 0" },
});

type Whom = "everyone" | ScopeRule;

/** What should be known of a wish before it is set: whom the mechanism counts, and what others of the application want. */
function Weighed({ of }: { of: WeighedWish }) {
  const styles = useStyles();
  const shared = of.shared.filter(({ wish }) => wish.kind === "other" || of.counted !== null).map(sharerWords);
  const sentences = [...of.remarks.map(remarkWords), ...shared.filter((words) => words !== undefined)];
  return (
    <>
      {of.counted !== null && <p className={styles.text}>{t("access.weighed", { n: of.counted })}</p>}
      {sentences.length > 0 && (
        <MessageBar intent={of.contested ? "error" : "warning"} layout="multiline" className={styles.bar}>
          <MessageBarBody className={styles.body}>
            {sentences.map((sentence) => (
              <div key={sentence}>{sentence}</div>
            ))}
          </MessageBarBody>
        </MessageBar>
      )}
    </>
  );
}

/** Says whom the integration is to reach, and by which mechanism. */
export function SetDialog({
  organization,
  integration,
  desired,
  onClose,
}: {
  organization: Organization;
  /** The name of the integration whose reach it is. */
  integration: string;
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
  const wish: ScopeWish | undefined =
    whom === "everyone"
      ? { kind: "everyone" }
      : chosen === undefined
        ? undefined
        : { kind: "limited", rule: whom, mechanism, unit: chosen };
  const weighed = useQuery({
    ...reading("scope.weigh", { organization: organization.id, wish: wish ?? { kind: "everyone" } }),
    enabled: wish !== undefined,
    gcTime: 0,
    meta: { watched: true },
  });
  // A refusal is of what was chosen before.
  const choosing =
    <T,>(choose: (value: T) => void) =>
    (value: T) => {
      setRefusal(undefined);
      choose(value);
    };
  const confirm = async () => {
    if (wish === undefined) return;
    setBusy(true);
    setRefusal(undefined);
    try {
      await call("scope.set", { organization: organization.id, wish });
      onClose();
    } catch (thrown) {
      setRefusal(refusalOf(thrown));
      setBusy(false);
    }
  };
  return (
    <ConfirmDialog
      title={t("access.setTitle", { integration })}
      action={t("access.set")}
      busy={busy}
      disabledReason={whom !== "everyone" && chosen === undefined ? t("access.chooseUnit") : undefined}
      onClose={onClose}
      onConfirm={() => void confirm()}
    >
      <p className={styles.text}>{t("access.setBody")}</p>
      <Field label={t("access.rule")}>
        <RadioGroup value={whom} onChange={(_, data) => choosing(setWhom)(data.value as Whom)}>
          <Radio value="everyone" label={t("access.ruleEveryone")} />
          <Radio value="only_members" label={t("access.ruleOnly")} />
          <Radio value="all_but_members" label={t("access.ruleAllBut")} />
        </RadioGroup>
      </Field>
      {whom !== "everyone" && (
        <Field label={t("access.mechanism")}>
          <RadioGroup value={mechanism} onChange={(_, data) => choosing(setMechanism)(data.value as Mechanism)}>
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
      {whom !== "everyone" && !byUnit && <GroupPicker {...lookup} group={group} onGroup={choosing(setGroup)} />}
      {byUnit && (
        <Field label={t("access.units")}>
          <RadioGroup value={unit ?? ""} onChange={(_, data) => choosing(setUnit)(data.value)}>
            {(units.data ?? []).map(({ id, name }) => (
              <Radio key={id} value={id} label={name} />
            ))}
          </RadioGroup>
        </Field>
      )}
      {wish !== undefined && weighed.isFetching && (
        <Spinner size="tiny" label={t("access.weighing")} labelPosition="after" />
      )}
      {wish !== undefined && weighed.data && <Weighed of={weighed.data} />}
      {units.error && <ErrorBar failure={explain(refusalOf(units.error))} onRetry={() => void units.refetch()} />}
      {refusal && <ErrorBar failure={explain(refusal)} />}
    </ConfirmDialog>
  );
}
