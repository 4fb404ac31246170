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
  Radio,
  RadioGroup,
} from "@fluentui/react-components";
import { useState } from "react";
import type { RuleAction, Attribute, Condition, Error as Refusal, Group, MembershipRule } from "../../api/bindings";
import { call, refusalOf } from "../../api/client";
import { useGroups } from "../../api/groups";
import { ReasonedButton } from "../../ui/CommandBar";
import { ErrorBar } from "../../ui/ErrorBar";
import { GroupPicker } from "../../ui/GroupPicker";
import { explain } from "../../words/codes";
import { actionWords, attributeWords } from "../../words/nouns";
import { optionsOf } from "../../words/options";
import { t } from "../../words/t";

const useStyles = makeStyles({ content: { display: "flex", flexDirection: "column", rowGap: "16px" } });

const ways = ["one_of", "starts_with", "group"] as const;
type Way = (typeof ways)[number];

type Draft = {
  readonly way: Way;
  readonly attribute: Attribute;
  readonly text: string;
  readonly group: Pick<Group, "id" | "display_name"> | undefined;
  readonly nested: boolean;
  readonly action: RuleAction;
};

type Props = {
  readonly organization: number;
  readonly name: string;
  /** The rule to be changed; without one, another is added. */
  readonly rule: MembershipRule | undefined;
  readonly onClose: () => void;
};

/** Says whom an organization is to have, and what becomes of them. */
export function RuleDialog({ organization, name, rule, onClose }: Props) {
  const styles = useStyles();
  const [draft, setDraft] = useState<Draft>(() => draftOf(rule));
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<Refusal>();
  const groups = useGroups(organization, draft.group?.id);
  const change = (part: Partial<Draft>) => setDraft({ ...draft, ...part });
  const condition = conditionOf(draft);
  const save = async () => {
    if (!condition) return;
    setBusy(true);
    setRefusal(undefined);
    try {
      const { action } = draft;
      if (rule) await call("rules.change", { rule: rule.id, condition, action });
      else await call("rules.add", { organization, condition, action });
      onClose();
    } catch (thrown) {
      setRefusal(refusalOf(thrown));
      setBusy(false);
    }
  };
  return (
    <Dialog open onOpenChange={(_, data) => !data.open && onClose()}>
      <DialogSurface>
        <DialogBody>
          <DialogTitle>{t(rule ? "rules.changeTitle" : "rules.addTitle", { organization: name })}</DialogTitle>
          <DialogContent className={styles.content}>
            <Field label={t("rules.whom")}>
              <RadioGroup value={draft.way} onChange={(_, data) => change({ way: data.value as Way })}>
                {ways.map((way) => (
                  <Radio key={way} value={way} label={t(`rules.way.${way}`)} />
                ))}
              </RadioGroup>
            </Field>
            {draft.way === "group" ? (
              <GroupPicker
                {...groups}
                group={draft.group}
                nested={draft.nested}
                onGroup={(group) => change({ group })}
                onNested={(nested) => change({ nested })}
              />
            ) : (
              <>
                <Field label={t("rules.attribute")}>
                  <Dropdown
                    value={attributeWords[draft.attribute]}
                    selectedOptions={[draft.attribute]}
                    onOptionSelect={(_, data) => change({ attribute: data.optionValue as Attribute })}
                  >
                    {optionsOf(attributeWords).map(({ value, word }) => (
                      <Option key={value} value={value}>
                        {word}
                      </Option>
                    ))}
                  </Dropdown>
                </Field>
                <Field
                  required
                  label={t(draft.way === "one_of" ? "rules.values" : "rules.beginning")}
                  hint={t(draft.way === "one_of" ? "rules.valuesHint" : "rules.beginningHint")}
                >
                  <Input value={draft.text} onChange={(_, data) => change({ text: data.value })} />
                </Field>
              </>
            )}
            <Field label={t("rules.then")}>
              <RadioGroup value={draft.action} onChange={(_, data) => change({ action: data.value as RuleAction })}>
                {optionsOf(actionWords).map(({ value, word }) => (
                  <Radio key={value} value={value} label={word} />
                ))}
              </RadioGroup>
            </Field>
            {refusal && <ErrorBar failure={explain(refusal)} />}
          </DialogContent>
          <DialogActions>
            <ReasonedButton
              appearance="primary"
              disabledReason={busy ? t("confirm.busy") : condition ? undefined : t("rules.incomplete")}
              onClick={() => void save()}
            >
              {t(rule ? "rules.save" : "rules.addAction")}
            </ReasonedButton>
            <Button onClick={onClose}>{t("confirm.cancel")}</Button>
          </DialogActions>
        </DialogBody>
      </DialogSurface>
    </Dialog>
  );
}

function draftOf(rule: MembershipRule | undefined): Draft {
  const empty: Draft = {
    way: "one_of",
    attribute: "department",
    text: "",
    group: undefined,
    nested: true,
    action: rule?.action ?? "propose",
  };
  if (!rule) return empty;
  const { condition } = rule;
  if (condition.by === "group") {
    const group = { id: condition.group, display_name: condition.name };
    return { ...empty, way: "group", group, nested: condition.nested };
  }
  const { attribute, is } = condition;
  return is.test === "one_of"
    ? { ...empty, way: "one_of", attribute, text: is.values.join(", ") }
    : { ...empty, way: "starts_with", attribute, text: is.value };
}

function conditionOf({ way, attribute, text, group, nested }: Draft): Condition | undefined {
  if (way === "group") return group && { by: "group", group: group.id, name: group.display_name, nested };
  const value = text.trim();
  if (value === "") return undefined;
  if (way === "starts_with") return { by: "attribute", attribute, is: { test: "starts_with", value } };
  const values = value
    .split(",")
    .map((one) => one.trim())
    .filter((one) => one !== "");
  return values.length === 0 ? undefined : { by: "attribute", attribute, is: { test: "one_of", values } };
}
